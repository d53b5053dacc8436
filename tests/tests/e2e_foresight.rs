//! `deploy drift` tells what breaks on a known day, before it does: a world on the day before exits 3,
//! and the same world without the fault exits 0.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tests::place::{Place, Ran};

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The end of the certificate in `assets/`.
const MARK_ENDS: &str = "2028-11-30T00:00:00Z";

fn applied() -> Place {
    let place = Place::of("example");
    place.apply().exits(0);
    place.advance("5m");
    place
}

/// Lets time pass until `days` before `end`.
fn advance_to(place: &Place, end: Timestamp, days: i32) {
    let left = (end - DAY * days).duration_since(place.world().time);
    place.advance(&format!("{}s", left.as_secs()));
}

fn drift(place: &Place, options: &[&str]) -> Ran {
    place.run("drift", options)
}

#[test]
fn a_mark_certificate_that_ends() {
    let end: Timestamp = MARK_ENDS.parse().expect("a time");
    let place = applied();
    advance_to(&place, end, 61);
    let early = drift(&place, &["--json"]).exits(0).json();
    assert_eq!(early["foreseen"], serde_json::json!([]));
    advance_to(&place, end, 20);
    drift(&place, &[])
        .exits(0)
        .says("In sync")
        .says("example.com 2028-11-30 00:00 UTC, in 19 d 23 h")
        .says("the mark certificate assets/bimi_vmc.pem ends")
        .says("mail impact: branding");
    drift(&place, &["--fail-on", "30"]).exits(3);
    drift(&place, &["--fail-on", "warn"]).exits(3);
    advance_to(&place, end, 1);
    let late = drift(&place, &["--json"]).exits(3).json();
    assert_eq!(late["in_sync"], true);
    assert_eq!(late["foreseen"][0]["fails"], true);
    drift(&place, &["--fail-on", "error"]).exits(0);

    place.edit(", certificate: ../assets/bimi_vmc.pem", "");
    place.apply().exits(0);
    place.advance("5m");
    drift(&place, &["--fail-on", "warn"]).exits(0);
}

/// The manifest is read on the day of this machine, so that the last day is one to come.
#[test]
fn an_acceptance_that_runs_out() {
    let place = applied();
    let until = TimeZone::UTC
        .to_datetime(place.world().time + DAY * 40)
        .date();
    let midnight = until.to_datetime(Time::midnight());
    let end = TimeZone::UTC.to_timestamp(midnight).expect("a time") + DAY;
    let reason = "VMC-02: test certificate, replace it with the one of your mark authority";
    let dated = format!("VMC-02: {{ reason: for tests, until: {until} }}");
    drift(&place, &["--fail-on", "warn"]).exits(0);
    place.edit(reason, &dated);
    drift(&place, &["--fail-on", "warn"]).exits(0);
    advance_to(&place, end, 20);
    drift(&place, &[]).exits(0).says("VMC-02 is accepted until");
    advance_to(&place, end, 1);
    drift(&place, &[]).exits(3).says("nothing can be applied");
    place.edit(&dated, reason);
    drift(&place, &[]).exits(0);
}

#[test]
fn a_grace_period_that_is_over() {
    let place = Place::of("example");
    let policy = "    mta_sts: { mode: testing, max_age: 7d }\n";
    let enforced = "    mta_sts: { mode: enforce, max_age: 7d }\n";
    place.edit(policy, enforced);
    place
        .run("apply", &["--yes", "--accept-risk", "STS-P16"])
        .exits(0);
    place.advance("5m");
    place.edit(enforced, "");
    place.apply().exits(5);
    place.advance("5d");
    // Somebody may hold the policy still: nothing is to be done.
    drift(&place, &["--fail-on", "warn"]).exits(0);
    place.advance("3d");
    drift(&place, &[])
        .exits(3)
        .says("`deploy apply` finishes the wind-down");
    place.apply().exits(0);
    place.advance("5m");
    drift(&place, &["--fail-on", "warn"]).exits(0);
}

#[test]
fn an_account_that_may_not_send() {
    let check = |standing: &str, says: &str| {
        let place = applied();
        drift(&place, &["--fail-on", "warn"]).exits(0);
        place.change_world(|world, _| {
            let text =
                format!(r#"ses: [{{ account: "444444444444", region: eu-west-1, {standing} }}]"#);
            world.add_yaml(&text).expect("a world file");
        });
        drift(&place, &["--fail-on", "error"])
            .exits(3)
            .says("SES of operations in eu-west-1")
            .says(says)
            .says("mail impact: sending");
    };
    check("enforcement: PROBATION", "under review");
    check("enforcement: SHUTDOWN, sending: false", "paused");
}

/// Silence is not "it may send": a role without the permission is told what was not asked.
#[test]
fn an_account_that_could_not_be_asked_is_named() {
    let place = Place::of("example");
    place.make_world(Some(
        r#"accounts: { "333333333333": { roles: { mail-deploy: { denied: ["ses:GetAccount"] } } } }"#,
    ));
    place.apply().exits(0);
    place.advance("5m");
    drift(&place, &[])
        .exits(0)
        .says("In sync")
        .says("could not be asked whether it may send")
        .says("ses:GetAccount");
}

const SENDING: &str = "project: anycompany
accounts: { dns: { id: \"111111111111\", role: mail-deploy } }
domains:
  example.com:
    dns: { route53: { account: dns } }
    ses: [{ account: dns, region: eu-west-1, mail_from: mail }]
";

fn sends() -> Place {
    let place = Place::with(SENDING);
    place.apply().exits(0);
    place.advance("5m");
    place
}

#[test]
fn a_quota_that_is_nearly_used_up() {
    let place = sends();
    let sent = |count: u32| {
        place.change_world(|world, _| {
            let text = format!(
                r#"ses: [{{ account: "111111111111", region: eu-west-1, sent: {count} }}]"#
            );
            world.add_yaml(&text).expect("a world file");
        });
    };
    sent(39_999);
    drift(&place, &["--fail-on", "warn"]).exits(0);
    sent(45_000);
    drift(&place, &[])
        .exits(3)
        .says("45000 of 50000 messages of a day went out")
        .says("mail impact: sending");
}

/// The records are there, and SES does not see them: nothing drifts, and mail suffers all the same.
#[test]
fn identities_that_fall_back() {
    let place = sends();
    let unseen = |names: &str| {
        place.change_world(|world, now| {
            let text = format!(
                r#"ses: [{{ account: "111111111111", region: eu-west-1, unseen: [{names}] }}]"#
            );
            world.add_yaml(&text).expect("a world file");
            world.advance(now);
        });
        place.advance("1h");
    };
    drift(&place, &["--fail-on", "warn"]).exits(0);
    unseen("example.com");
    let told = drift(&place, &["--json"]).exits(3).json();
    assert_eq!(told["in_sync"], true);
    assert_eq!(told["foreseen"][0]["rule"], "LIVE-05");
    assert_eq!(told["foreseen"][0]["mail"], "sending");
    drift(&place, &["--fail-on", "error"])
        .exits(3)
        .says("does not vouch for example.com any more")
        .says("DKIM TEMPORARY_FAILURE");
    unseen("");
    drift(&place, &["--fail-on", "warn"]).exits(0);
    unseen("mail.example.com");
    drift(&place, &["--fail-on", "error"])
        .exits(3)
        .says("In sync")
        .says("MAIL FROM domain mail.example.com any more (TEMPORARY_FAILURE)")
        .says("SPF does not align");
    unseen("");
    drift(&place, &["--fail-on", "warn"]).exits(0);
}

const BROUGHT: &str = "project: anycompany
accounts: { dns: { id: \"111111111111\", role: mail-deploy } }
domains:
  example.com:
    dns: { route53: { account: dns } }
    ses:
      - account: dns
        region: eu-west-1
        dkim: { byo: { selector: first, private_key: first.pem } }
";

const RIGHT_DS: &str = "2371 13 2 C988EC423E3880EB8DD8A46FE06CA230EE23F35B578D64E78B29C3E1C83D245A";

/// The rotation of the guide: both keys are published for a week, and the second signs.
#[test]
fn a_dkim_key_that_signs_for_a_year() {
    let place = Place::with(BROUGHT);
    for (file, key) in [("first", "pkcs8"), ("second", "second")] {
        let path = format!("crates/standards/src/dkim/test_keys/{key}.pem");
        let key = tests::repository::text(&path);
        place.write(&format!("deploy/{file}.pem"), &key);
    }
    place.apply().exits(0);
    let year = place.world().time + DAY * 365;
    advance_to(&place, year, 31);
    drift(&place, &["--fail-on", "warn"]).exits(0);
    advance_to(&place, year, 20);
    drift(&place, &[])
        .exits(0)
        .says("under the selector first has signed for a year");
    advance_to(&place, year, 1);
    let late = drift(&place, &["--json"]).exits(3).json();
    assert_eq!(late["in_sync"], true);
    assert_eq!(late["foreseen"][0]["rule"], "LIVE-07");

    let accepted = place.copy();
    accepted.edit(
        "    ses:\n",
        "    accept: { LIVE-07: for tests }\n    ses:\n",
    );
    drift(&accepted, &["--fail-on", "warn"]).exits(0);

    place.edit(
        "selector: first, private_key: first.pem",
        "selector: second, private_key: second.pem, beside: [{ selector: first, private_key: first.pem }]",
    );
    place.apply().exits(0);
    let published = |selector: &str| {
        let world = place.world();
        let name = format!("{selector}._domainkey.example.com");
        let found = world.world.resolve(&name, "TXT", world.time);
        matches!(found, sandbox::dns::Lookup::Found { .. })
    };
    assert!(published("first") && published("second"));
    drift(&place, &["--fail-on", "warn"]).exits(0);
    place.advance("7d");
    place.edit(
        ", beside: [{ selector: first, private_key: first.pem }]",
        "",
    );
    place.apply().exits(0);
    place.advance("5m");
    assert!(!published("first") && published("second"));
    drift(&place, &["--fail-on", "warn"]).exits(0);
}

/// The registrar has the DS record of a key that the zone has no more.
#[test]
fn a_ds_record_that_leads_to_no_key() {
    let place = sends();
    let key = "257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==";
    let sign = |ds: &str| {
        place.change_world(|world, _| {
            let text =
                format!("registrations: {{ example.com: {{ ds: ['{ds}'], dnskey: ['{key}'] }} }}");
            world.add_yaml(&text).expect("a world file");
        });
    };
    sign(RIGHT_DS);
    drift(&place, &["--fail-on", "warn"])
        .exits(0)
        .says("In sync");
    sign(&RIGHT_DS.replace("C988", "0000"));
    drift(&place, &["--fail-on", "error"])
        .exits(3)
        .says("LIVE-06")
        .says("none is the same");
}

/// The registrar does not renew the domain.
#[test]
fn a_registration_that_ends() {
    let place = sends();
    let end = place.world().time + DAY * 100;
    let registered = |text: &str| {
        place.change_world(|world, _| {
            let text = format!("registrations: {{ example.com: {{ {text} }} }}");
            world.add_yaml(&text).expect("a world file");
        });
    };
    let foreseen = |code: i32| {
        let document = drift(&place, &["--json"]).exits(code).json();
        assert_eq!(document["unasked"], serde_json::json!([]));
        document["foreseen"].clone()
    };
    let ends = format!("expires: {end}");
    registered(&ends);
    advance_to(&place, end, 61);
    assert_eq!(foreseen(0), serde_json::json!([]));
    advance_to(&place, end, 59);
    drift(&place, &["--fail-on", "60"])
        .exits(3)
        .says("the registration of example.com ends")
        .says("mail impact: receiving, LIVE-08");
    advance_to(&place, end, 20);
    assert_eq!(foreseen(0)[0]["fails"], false);
    advance_to(&place, end, 7);
    assert_eq!(foreseen(3)[0]["rule"], "LIVE-08");
    advance_to(&place, end, 1);
    assert_eq!(foreseen(3)[0]["fails"], true);
    registered("");
    drift(&place, &["--fail-on", "warn"]).exits(0);
    // A registry that does not tell is no all-clear, and no fault.
    registered("rdap: false");
    drift(&place, &["--fail-on", "warn"])
        .exits(0)
        .says("In sync")
        .says("no registry of .com answers by RDAP");
}

/// Limits as the manifest states them, and the one of CloudFront that nobody can raise.
#[test]
fn limits_that_are_nearly_reached() {
    let place = applied();
    drift(&place, &["--fail-on", "warn"]).exits(0);
    let web = "  web:        { id: \"222222222222\", role: mail-deploy }";
    let limited = |limits: &str| web.replace(" }", &format!(", limits: {{ {limits} }} }}"));
    let certificates = limited("certificates: 1");
    place.edit(web, &certificates);
    let told = drift(&place, &["--json"]).exits(3).json();
    assert_eq!(told["in_sync"], true);
    assert_eq!(told["foreseen"][0]["rule"], "AWS-03");
    drift(&place, &[])
        .exits(3)
        .says("web in us-east-1")
        .says("there are 1 ACM certificates, and 1 is the limit");
    let distributions = limited("distributions: 1");
    place.edit(&certificates, &distributions);
    drift(&place, &[])
        .exits(3)
        .says("there are 1 CloudFront distributions, and 1 is the limit");
    place.edit(&distributions, web);
    drift(&place, &["--fail-on", "warn"]).exits(0);

    let world = place.world().world;
    let controls = world.cloudfront.list_access_controls("222222222222");
    let control = controls.first().expect("an access control").id.clone();
    let others = |count: usize| {
        place.change_world(|world, _| {
            let others = (0..count).map(|number| {
                format!(
                    r#"{{ account: "222222222222", aliases: [site{count}-{number}.example], access_control: {control} }}"#
                )
            });
            let others: Vec<String> = others.collect();
            let text = format!("distributions: [{}]", others.join(", "));
            world.add_yaml(&text).expect("a world file");
        });
    };
    others(88);
    drift(&place, &["--fail-on", "warn"]).exits(0);
    others(1);
    drift(&place, &[])
        .exits(3)
        .says("there are 90 distributions of one origin access control");
}

/// ACM begins 60 days before the end, and says that it waits for records. The healthy twin is renewed.
#[test]
fn a_certificate_that_acm_does_not_renew() {
    let place = applied();
    let healthy = place.copy();
    let world = place.world().world;
    let certificates = world.acm.list("222222222222/us-east-1");
    let end = certificates[0].not_after().expect("an issued certificate");
    place.change_world(|world, _| {
        let zone = world.route53.zones_of("111111111111").next();
        let zone = zone.expect("a zone");
        let id = zone.id.clone();
        let sets = zone.records.from(None);
        let validations = sets.filter(|set| {
            let mut values = set.values().iter();
            values.any(|value| value.contains("acm-validations"))
        });
        let names: Vec<String> = validations.map(|set| set.key.name.plain()).collect();
        assert_eq!(names.len(), 2);
        for name in names {
            world.lose_records(&id, &name, "CNAME").expect("a name");
        }
    });
    advance_to(&place, end, 61);
    assert_eq!(
        drift(&place, &["--json"]).json()["foreseen"],
        serde_json::json!([])
    );
    advance_to(&place, end, 40);
    let early = drift(&place, &["--json"]).exits(3).json();
    let reason = early["foreseen"][0]["reason"].as_str().unwrap_or_default();
    assert!(reason.contains("PENDING_VALIDATION"), "{early:#}");
    assert_eq!(early["foreseen"][0]["fails"], false);
    assert_eq!(early["foreseen"][0]["mail"], "receiving");
    advance_to(&place, end, 1);
    let late = drift(&place, &["--json"]).exits(3).json();
    assert_eq!(late["foreseen"][0]["fails"], true);

    advance_to(&healthy, end, 40);
    drift(&healthy, &["--fail-on", "warn"]).exits(0);
    advance_to(&healthy, end, 1);
    drift(&healthy, &["--fail-on", "warn"]).exits(0);
}
