//! A year of the example fleet with a drift run each week: an event with a known date is told a week before
//! it at the latest, one that comes at once by the first run after it, and no week without a fault fails.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use sandbox::world::World;
use serde_json::Value;
use tests::place::Place;

const DAY: SignedDuration = SignedDuration::from_hours(24);
const WEEK: SignedDuration = SignedDuration::from_hours(24 * 7);

/// The end of the mark certificate in `assets/`.
const MARK_ENDS: &str = "2028-11-30T00:00:00Z";
/// The last week before it, counted from the beginning of the year.
const MARK_ENDS_IN: i32 = 44;
const WEEKS: i32 = 52;
/// The weeks in whose runs something is wrong, or will be within two weeks.
const FAULTY: [i32; 14] = [5, 6, 10, 11, 19, 20, 25, 26, 31, 32, 35, 38, 42, 43];

/// A domain of the fleet whose policy senders must follow.
const ENFORCED: &str = "  example.org: { mta_sts: { mode: enforce, max_age: 7d } }\n";
const NO_POLICY: &str = "  example.org: { mta_sts: }\n";
const LOGO: &str = "bimi: { logo: ../assets/logo.svg }\n  # These two";
const MARK: &str =
    "bimi: { logo: ../assets/logo.svg, certificate: ../assets/bimi_vmc.pem }\n  # These two";
const ACCEPTED: &str = "    accept: { VMC-02: for tests }\n";

/// The fleet at the beginning of the year, and what it was told.
struct Year {
    place: Place,
    start: Timestamp,
    told: Vec<Told>,
}

/// An event that a run told, for the first time.
#[derive(Debug)]
struct Told {
    week: i32,
    reason: String,
    /// How long before the event.
    before: SignedDuration,
}

impl Year {
    fn begin() -> Self {
        // The test says itself what goes wrong.
        let place = Place::of("fleet").in_calm();
        place.edit("  example.org:\n", ENFORCED);
        place.edit(LOGO, &MARK.replace('\n', &format!("\n{ACCEPTED}")));
        let accept = ["--yes", "--accept-risk", "STS-P16"];
        place.run("apply", &accept).exits(0);
        let end: Timestamp = MARK_ENDS.parse().expect("a time");
        let start = end - WEEK * MARK_ENDS_IN;
        let told = Vec::new();
        let mut year = Self { place, start, told };
        year.run(0, 0);
        assert!(year.told.is_empty());
        year
    }

    /// The run of a week, which ends with `code`; and the resources that it found moved.
    #[track_caller]
    fn run(&mut self, week: i32, code: i32) -> Vec<String> {
        let now = self.start + WEEK * week;
        let left = now.duration_since(self.place.world().time).as_secs();
        self.place.advance(&format!("{left}s"));
        let ran = self.place.run("drift", &["--json"]);
        assert_eq!(ran.code, code, "week {week}: {}{}", ran.stdout, ran.stderr);
        let document = ran.json();
        for check in document["live"].as_array().expect("a list") {
            self.hear_of_now(week, check);
        }
        for event in document["foreseen"].as_array().expect("a list") {
            self.hear(week, event);
        }
        let drift = document["drift"].as_array().expect("a list").iter();
        let resources = drift.map(|one| one["resource"].as_str().expect("an id"));
        resources.map(str::to_owned).collect()
    }

    fn hear(&mut self, week: i32, event: &Value) {
        let text = |key: &str| event[key].as_str().expect("a text").to_owned();
        let reason = text("reason");
        if self.told.iter().all(|told| told.reason != reason) {
            let at: Timestamp = text("at").parse().expect("a time");
            let before = at.duration_since(self.start + WEEK * week);
            self.told.push(Told {
                week,
                reason,
                before,
            });
        }
    }

    /// A finding from outside: it is there already.
    fn hear_of_now(&mut self, week: i32, check: &Value) {
        // What resolvers still remember is awaited, and is no finding.
        let Some(reason) = check["finding"]["reason"].as_str().map(str::to_owned) else {
            return;
        };
        if self.told.iter().all(|told| told.reason != reason) {
            self.told.push(Told {
                week,
                reason,
                before: SignedDuration::ZERO,
            });
        }
    }

    /// Lets registries have this of a domain.
    fn registered(&self, domain: &str, text: &str) {
        self.place.change_world(|world, _| {
            let text = format!("registrations: {{ {domain}: {{ {text} }} }}");
            world.add_yaml(&text).expect("a world file");
        });
    }

    /// Lets a day before the run of a week come, on which SES does not find the records of these names.
    fn unseen_before(&self, week: i32, names: &str) {
        let day_before = self.start + WEEK * week - DAY;
        let left = day_before.duration_since(self.place.world().time).as_secs();
        self.place.advance(&format!("{left}s"));
        self.ses(&format!("unseen: [{names}]"));
        self.place.change_world(World::advance);
    }

    /// The week in which an event was told first, and how long before it came.
    #[track_caller]
    fn told(&self, words: &str) -> (i32, SignedDuration) {
        let told = self.told.iter().find(|told| told.reason.contains(words));
        let told = told.unwrap_or_else(|| panic!("nobody was told `{words}`"));
        (told.week, told.before)
    }

    /// Lets SES of the fleet's account be as `standing` says.
    fn ses(&self, standing: &str) {
        self.place.change_world(|world, _| {
            let text =
                format!(r#"ses: [{{ account: "333333333333", region: eu-west-1, {standing} }}]"#);
            world.add_yaml(&text).expect("a world file");
        });
    }

    /// Somebody deletes the records by which ACM validates the certificates of one domain.
    fn lose_validation(&self) {
        self.place.change_world(|world, _| {
            let mut zones = world.route53.zones_of("111111111111");
            let zone = zones.find(|zone| zone.name.plain() == "example.net");
            let zone = zone.expect("a zone");
            drop(zones);
            let id = zone.id.clone();
            let validations = zone.records.from(None).filter(|set| {
                let mut values = set.values().iter();
                values.any(|value| value.contains("acm-validations"))
            });
            let names: Vec<String> = validations.map(|set| set.key.name.plain()).collect();
            assert!(!names.is_empty());
            for name in names {
                world.lose_records(&id, &name, "CNAME").expect("a name");
            }
        });
    }

    /// Accepts VMC-02 until a day of a week.
    fn accept_until(&self, week: i32) -> Timestamp {
        let until = TimeZone::UTC
            .to_datetime(self.start + WEEK * week + DAY * 3)
            .date();
        self.place.edit(
            "VMC-02: for tests",
            &format!("VMC-02: {{ reason: for tests, until: {until} }}"),
        );
        let midnight = until.to_datetime(Time::midnight());
        TimeZone::UTC.to_timestamp(midnight).expect("a time") + DAY
    }

    fn accept_for_ever(&self) {
        let text = self.place.read(self.place.manifest());
        let (_, dated) = text.split_once("VMC-02: ").expect("it is accepted");
        let (dated, _) = dated.split_once(" }\n").expect("the end of it");
        self.place.edit(dated, "for tests");
    }

    fn apply(&self, code: i32) {
        self.place.apply().exits(code);
        self.place.advance("5m");
    }
}

#[test]
fn a_year_of_weekly_runs_tells_everything_in_time_and_nothing_else() {
    let mut year = Year::begin();
    let mut accepted_until = Timestamp::MAX;
    let registered_until = year.start + WEEK * 32 + DAY * 3;
    year.registered("example.net", &format!("expires: {registered_until}"));
    for week in 1..=WEEKS {
        // Whatever comes, comes in the week before the run.
        match week {
            5 => year.ses("enforcement: SHUTDOWN, sending: false"),
            7 => year.ses("enforcement: HEALTHY, sending: true"),
            10 => year.lose_validation(),
            12 => drop(year.place.run("drift", &["--repair", "--yes"]).exits(0)),
            13 => accepted_until = year.accept_until(20),
            21 => year.accept_for_ever(),
            24 => {
                year.place.edit(ENFORCED, NO_POLICY);
                year.apply(5);
            }
            27 => year.apply(0),
            33 => year.registered("example.net", ""),
            35 => {
                let ds = format!("12345 13 2 {}", "00".repeat(32));
                year.registered("example.org", &format!("ds: ['{ds}']"));
            }
            36 => year.registered("example.org", ""),
            38 => year.unseen_before(38, "example.com, mail.example.net"),
            39 => year.ses("unseen: []"),
            44 => {
                year.place.edit(ACCEPTED, "");
                year.place.edit(MARK, LOGO);
                year.apply(0);
            }
            _ => {}
        }
        let is_faulty = FAULTY.contains(&week);
        let moved = year.run(week, if is_faulty { 3 } else { 0 });
        // The record of a validation alone is lost, in the week before the tenth run.
        let lost: &[&str] = match week {
            10 | 11 => &["route53_record_set/example.net/acm.mta-sts.example.net"],
            _ => &[],
        };
        assert_eq!(moved, lost, "week {week}");
    }
    let dated = [
        "the mark certificate",
        "VMC-02 is accepted until",
        "the registration of example.net",
    ];
    for words in dated {
        let (_, before) = year.told(words);
        assert!(before >= WEEK, "{words}: {before:?} before");
    }
    assert!(accepted_until < year.start + WEEK * 21);
    // What comes at once is told by the first run after it.
    let at_once = [
        ("paused", 5),
        ("acm-validations.aws", 10),
        ("no sender holds", 25),
        ("the zone is not signed", 35),
        ("does not vouch for example.com", 38),
        ("MAIL FROM domain mail.example.net", 38),
    ];
    for (words, week) in at_once {
        assert_eq!(year.told(words).0, week, "{words}");
    }
    let known = |told: &&Told| {
        let at_once = at_once.iter().map(|(words, _)| words);
        let mut words = dated.iter().chain(at_once);
        words.any(|words| told.reason.contains(words))
    };
    let others: Vec<&Told> = year.told.iter().filter(|told| !known(told)).collect();
    assert!(others.is_empty(), "{others:?}");
}
