//! Drift, as text.

use anstyle::Style;
use jiff::Timestamp;
use model::{Check, CheckOutcome, FailOn, Foreseen, MailImpact, Verdict};
use plan::{Drift, Moved};
use standards::dns::Name;

use crate::checks_text;
use crate::moved_text::moved;
use crate::page::{Page, Part};
use crate::{Detail, Palette, alike, words};

/// The comparison of the world with how we left it.
#[derive(Clone, Copy, Debug)]
pub struct Drifted<'a> {
    /// The resources that moved.
    pub drifts: &'a [Drift],
    /// The checks of an external observer.
    pub live: &'a [Check],
    /// How many resources were compared.
    pub owned: usize,
    /// The domains that the ledger has nothing of.
    pub unapplied: &'a [Name],
    /// The events with a known date that are near, the next first.
    pub foreseen: &'a [Foreseen],
    /// The reasons why something is not known that would be foreseen.
    pub unasked: &'a [String],
    /// Those of them that fail the run.
    pub fail_on: FailOn,
    /// When everything was last read anew, where this run left a part of it to its version.
    pub last_read_anew: Option<Timestamp>,
    /// Why it is not on record what this run read.
    pub unrecorded: Option<&'a str>,
    /// The time.
    pub now: Timestamp,
}

impl Drifted<'_> {
    /// Whether nothing moved. What resolvers still remember did not.
    pub fn is_in_sync(&self) -> bool {
        let mut drifts = self.drifts.iter();
        self.owned > 0 && drifts.all(Drift::is_note) && Verdict::of(self.live) < Verdict::Faulty
    }

    /// The checks that show something.
    pub(crate) fn shown(&self) -> Vec<Check> {
        let is_shown = |check: &&Check| match check.outcome {
            CheckOutcome::Finding(_) | CheckOutcome::Waiting { .. } => true,
            CheckOutcome::Good | CheckOutcome::Skipped { .. } => false,
        };
        self.live.iter().filter(is_shown).cloned().collect()
    }
}

/// Every resource that moved, by domain: each field as we left it and as it is now. Then the view of
/// an external observer, and the events that are foreseen. Unless the `detail` is full, what is equal
/// in several domains is said once.
pub fn drift_text(drifted: &Drifted<'_>, detail: Detail, palette: &Palette) -> String {
    let mut page = Page::new(palette);
    moved(&mut page, drifted.drifts, detail);
    let shown = drifted.shown();
    if !shown.is_empty() {
        page.gap();
        page.line(0, &[Part(palette.strong, "Seen from outside")]);
        checks_text::by_domain(&mut page, &shown, false, detail, drifted.now);
    }
    foreseen(&mut page, drifted, detail);
    unapplied(&mut page, drifted.unapplied);
    page.gap();
    summary(&mut page, drifted);
    page.finish()
}

/// The events with a known date, those that fail the run with a sign.
fn foreseen(page: &mut Page<'_>, drifted: &Drifted<'_>, detail: Detail) {
    let palette = *page.palette;
    if drifted.foreseen.is_empty() {
        return;
    }
    page.gap();
    page.line(0, &[Part(palette.strong, "Foreseen")]);
    let keyed = drifted.foreseen.iter().map(|one| {
        let general = |text: &str| text.replace(&*one.subject, alike::ANY);
        let key = match detail {
            // Not every subject is a domain: `SES of mail in eu-west-1`.
            Detail::Brief if !one.subject.contains(' ') => format!(
                "{} {} {} {}",
                one.at,
                one.mail,
                general(&one.reason),
                general(&one.fix)
            ),
            Detail::Brief | Detail::Full => format!("{one:?}"),
        };
        (one.subject.as_str(), key, one)
    });
    for (subjects, one) in alike::together(keyed) {
        let general = |text: &str| match subjects.as_slice() {
            [_] => text.to_owned(),
            _ => text.replace(&*one.subject, alike::ANY),
        };
        let (sign, style) = if drifted.fail_on.fails(one, drifted.now) {
            ("!!  ", palette.bad)
        } else {
            ("i   ", palette.notice)
        };
        let seconds = one.at.as_second() - drifted.now.as_second();
        let when = match u64::try_from(seconds) {
            Ok(left @ 1..) => format!("{}, in {}", words::moment(one.at), words::lasting(left)),
            _ => format!("since {}", words::moment(one.at)),
        };
        let room = palette.width.saturating_sub(6 + 2 + when.chars().count());
        let subject = format!("{}  {when}", alike::title(&subjects, room));
        page.line(2, &[Part(style, sign), Part(palette.strong, &subject)]);
        let mail = match one.mail {
            MailImpact::None => None,
            mail => Some(format!("mail impact: {mail}")),
        };
        let notes: Vec<String> = mail
            .into_iter()
            .chain(one.rule.map(str::to_owned))
            .collect();
        let reason = match notes.as_slice() {
            [] => general(&one.reason),
            notes => format!("{} ({})", general(&one.reason), notes.join(", ")),
        };
        page.folded(6, &Part(style, ""), &Part(style, &reason));
        page.folded(
            6,
            &Part(palette.strong, "= "),
            &Part(Style::new(), &general(&one.fix)),
        );
    }
}

/// The domains that nothing was compared of. They are no drift, and not in sync either.
fn unapplied(page: &mut Page<'_>, domains: &[Name]) {
    if domains.is_empty() {
        return;
    }
    let palette = *page.palette;
    page.gap();
    page.line(0, &[Part(palette.strong, "Not applied yet")]);
    let names: Vec<&str> = domains.iter().map(Name::as_str).collect();
    page.folded(
        2,
        &Part(Style::new(), ""),
        &Part(Style::new(), &names.join(", ")),
    );
}

fn summary(page: &mut Page<'_>, drifted: &Drifted<'_>) {
    let palette = *page.palette;
    let text = summary_line(drifted);
    if drifted.is_in_sync() {
        page.line(0, &[Part(palette.good, &text)]);
    } else {
        page.line(0, &[Part(palette.strong, &text)]);
        let hint = "`deploy plan` shows what apply would do about it.";
        page.line(0, &[Part(palette.faint, hint)]);
    }
    if let Some(text) = reading_line(drifted) {
        page.folded(0, &Part(palette.faint, ""), &Part(palette.faint, &text));
    }
}

/// When everything was last read anew, where this run left a part of it to AWS's wide reads.
pub(crate) fn reading_line(drifted: &Drifted<'_>) -> Option<String> {
    let last = drifted.last_read_anew?;
    Some(format!(
        "This run compared versions. What has none, such as the expiry of a bucket, was last read on {}; \
         `deploy drift --refresh` reads it now.",
        words::moment(last)
    ))
}

/// The outcome of a run, in one line.
pub(crate) fn summary_line(drifted: &Drifted<'_>) -> String {
    let Drifted { drifts, owned, .. } = *drifted;
    let count = |is: fn(&Moved) -> bool| drifts.iter().filter(|drift| is(&drift.moved)).count();
    if owned == 0 {
        return "Nothing is recorded here.".to_owned();
    }
    if drifted.is_in_sync() {
        let resources = words::counted(owned, "resource");
        return format!("In sync: {resources} as we left them.");
    }
    format!(
        "Drift: {} modified, {} deleted, {} not seen, of {}{}.",
        count(|moved| matches!(moved, Moved::Modified(_))),
        count(|moved| matches!(moved, Moved::Deleted)),
        count(|moved| matches!(moved, Moved::Unknown(_))),
        words::counted(owned, "resource"),
        from_outside(drifted.live),
    )
}

/// How many findings there are from outside, for the end of a line.
fn from_outside(live: &[Check]) -> String {
    match live.iter().filter_map(Check::finding).count() {
        0 => String::new(),
        count => format!("; {} from outside", words::counted(count, "finding")),
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use model::{Change, Diff, Effect, Location, ResourceId, Side};

    use serde_json::json;

    use super::*;

    fn drift(name: &str, moved: Moved) -> Drift {
        let location = Location {
            account: "dns".into(),
            account_id: "111111111111".parse().expect("an account id"),
            region: "us-east-1".into(),
        };
        Drift {
            resource: ResourceId::new("route53_record_set", "example.com", name),
            location: Some(location),
            moved,
            mail: MailImpact::Sending,
            since: None,
            changed_by: None,
        }
    }

    fn drifts() -> Vec<Drift> {
        let change = |field: &str, from: &[&str], to: &[&str]| Change {
            field: field.to_owned(),
            from: Side::of(&from),
            to: Side::of(&to),
            effect: Effect::InPlace,
        };
        let changes = vec![
            change("values", &["v=DMARC1; p=none"], &["v=DMARC1; p=quarantine"]),
            change("values of others", &["evil\u{1b}[2J"], &[]),
        ];
        vec![
            drift("dmarc", Moved::Modified(Diff { changes })),
            drift("mx", Moved::Deleted),
            drift("spf", Moved::Unknown("AccessDenied".to_owned())),
        ]
    }

    fn drifted<'a>(drifts: &'a [Drift], live: &'a [Check]) -> Drifted<'a> {
        Drifted {
            drifts,
            live,
            owned: 41,
            unapplied: &[],
            foreseen: &[],
            unasked: &[],
            last_read_anew: None,
            unrecorded: None,
            fail_on: FailOn::default(),
            now: crate::checks_text::tests::now(),
        }
    }

    /// The other forms of a run: the same rows, escaped by each.
    #[test]
    fn a_run_in_its_other_forms() {
        let drifts = drifts();
        let checks = crate::checks_text::tests::checks();
        let names = ["b.example"].map(|name| Name::parse(name).expect("a name"));
        let shown = Drifted {
            unapplied: &names,
            ..drifted(&drifts, &checks)
        };
        assert_snapshot!("markdown", crate::drift_markdown(&shown));
        assert_snapshot!("junit", crate::drift_junit(&shown));
        let html = crate::drift_html(&shown).replace(crate::html::STYLE, "…");
        for loads in ["<script", "src=", "href=", "url(", "\u{1b}"] {
            assert!(!html.contains(loads), "{loads}");
        }
        assert_snapshot!("html", html);
    }

    #[test]
    fn a_run_in_sync_has_a_case_that_passes() {
        let junit = crate::drift_junit(&drifted(&[], &[]));
        assert!(junit.contains("tests=\"1\" failures=\"0\""), "{junit}");
        let markdown = crate::drift_markdown(&drifted(&[], &[]));
        assert_eq!(markdown, "**In sync: 41 resources as we left them.**\n\n");
    }

    #[test]
    fn a_value_that_others_added_is_a_note() {
        let change = Change {
            field: "values of others".to_owned(),
            from: Side::of(&["verify-me=1234"]),
            to: Side::of(&[(); 0]),
            effect: Effect::Nothing,
        };
        let diff = Diff {
            changes: vec![change],
        };
        let notes = [drift("spf", Moved::Added(diff))];
        let shown = drifted(&notes, &[]);
        assert!(shown.is_in_sync());
        assert_snapshot!(drift_text(&shown, Detail::Brief, &Palette::plain()));
        assert_eq!(
            json!(crate::drift_json(&shown))["drift"][0]["moved"],
            "added"
        );
    }

    #[test]
    fn domains_without_a_record_are_listed_and_change_nothing_else() {
        let names = ["a.example", "b.example"].map(|name| Name::parse(name).expect("a name"));
        let shown = Drifted {
            unapplied: &names,
            ..drifted(&[], &[])
        };
        assert!(shown.is_in_sync());
        assert_snapshot!(drift_text(&shown, Detail::Brief, &Palette::plain()), @r"
        Not applied yet
          a.example, b.example

        In sync: 41 resources as we left them.
        ");
        let json = json!(crate::drift_json(&shown));
        assert_eq!(json["unapplied"], json!(["a.example", "b.example"]));
    }

    #[test]
    fn events_are_shown_with_their_dates() {
        let event = |at: &str, mail| Foreseen {
            rule: (mail == MailImpact::Branding).then_some("VMC-10"),
            subject: "example.com".to_owned(),
            at: at.parse().expect("a time"),
            mail,
            reason: "the mark certificate \u{1b}[2J ends".to_owned(),
            fix: "renew it".to_owned(),
        };
        let events = [
            event("2026-11-23T08:00:00Z", MailImpact::None),
            event("2026-12-01T08:00:00Z", MailImpact::Branding),
            event("2027-01-20T08:00:00Z", MailImpact::Branding),
        ];
        let shown = Drifted {
            foreseen: &events,
            unasked: &[],
            last_read_anew: None,
            unrecorded: None,
            ..drifted(&[], &[])
        };
        assert_snapshot!(drift_text(&shown, Detail::Brief, &Palette::plain()));
        let fails = json!(crate::drift_json(&shown))["foreseen"].clone();
        let fails: Vec<bool> = fails
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| one["fails"].as_bool().expect("a bool"))
            .collect();
        assert_eq!(fails, [true, true, false]);
    }

    #[test]
    fn each_field_is_shown_as_it_was_left_and_as_it_is() {
        let text =
            |drifts: &[Drift]| drift_text(&drifted(drifts, &[]), Detail::Brief, &Palette::plain());
        assert_snapshot!(text(&drifts()), @r"
        example.com
          ~ route53_record_set dmarc  dns us-east-1  is not as we left it (mail impact: sending)
              values: v=DMARC1; p=quarantine → v=DMARC1; p=none
              values of others: (none) → evil\u{1b}[2J
          - route53_record_set mx     dns us-east-1  is gone (mail impact: sending)
          ? route53_record_set spf    dns us-east-1  could not be seen: AccessDenied (mail impact: sending)

        Drift: 1 modified, 1 deleted, 1 not seen, of 41 resources.
        `deploy plan` shows what apply would do about it.
        ");
        assert_snapshot!(text(&[]), @"In sync: 41 resources as we left them.");
    }

    #[test]
    fn equal_drift_in_several_domains_is_said_once() {
        let of = |number: usize, name: &str| {
            let domain = format!("d{number}.example");
            let diff = Diff {
                changes: vec![Change {
                    field: "values".to_owned(),
                    from: Side::of(&[format!("v=DMARC1; p=none; rua=mailto:a@{domain}")]),
                    to: Side::of(&[format!("v=DMARC1; p=reject; rua=mailto:a@{domain}")]),
                    effect: Effect::InPlace,
                }],
            };
            Drift {
                resource: ResourceId::new("route53_record_set", &domain, name),
                ..drift(name, Moved::Modified(diff))
            }
        };
        let ends = |number: usize| Foreseen {
            rule: None,
            subject: format!("d{number}.example"),
            at: "2026-12-01T08:00:00Z".parse().expect("a time"),
            mail: MailImpact::Branding,
            reason: format!("the mark certificate of d{number}.example ends"),
            fix: "renew it".to_owned(),
        };
        let drifts: Vec<Drift> = (100..300).map(|number| of(number, "dmarc")).collect();
        let odd = of(300, "_dmarc");
        let drifts = [&drifts[..], &[odd]].concat();
        let foreseen: Vec<Foreseen> = (100..300).map(ends).collect();
        let shown = Drifted {
            foreseen: &foreseen,
            owned: 201,
            ..drifted(&drifts, &[])
        };
        let palette = Palette::plain().in_columns(80);
        assert_snapshot!(drift_text(&shown, Detail::Brief, &palette));
        let full = drift_text(&shown, Detail::Full, &palette);
        assert!(full.contains("\nd299.example\n"), "{full}");
    }

    #[test]
    fn what_an_observer_sees_is_drift_too_unless_it_is_on_its_way() {
        let checks = crate::checks_text::tests::checks();
        let palette = Palette::plain();
        assert_snapshot!(drift_text(&drifted(&[], &checks), Detail::Brief, &palette));
        let on_its_way: Vec<Check> = checks
            .iter()
            .filter(|check| check.finding().is_none())
            .cloned()
            .collect();
        assert!(drifted(&[], &on_its_way).is_in_sync());
        let json = json!(crate::drift_json(&drifted(&[], &checks)));
        assert_eq!(json["in_sync"], false);
        assert_eq!(json["live"].as_array().map(Vec::len), Some(4));
        assert_eq!(json["live"][0]["rule"], "DMARC-03");
    }

    #[test]
    fn json_says_which_side_is_which() {
        let drifts = drifts();
        let json = json!(crate::drift_json(&drifted(&drifts, &[])));
        assert_eq!(
            json["drift"][0]["changes"][0]["is"],
            json!(["v=DMARC1; p=none"])
        );
        assert_eq!(json["drift"][1]["moved"], "deleted");
        assert_eq!(json["drift"][2]["reason"], "AccessDenied");
    }
}
