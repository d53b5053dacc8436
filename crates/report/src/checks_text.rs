//! Checks of live domains as text: a line each, by domain, green or red or waiting.

use anstyle::Style;
use jiff::Timestamp;
use model::check::{Check, Outcome};
use standards::Severity;

use crate::page::{Page, Part};
use crate::{Palette, words};

/// Every check by domain, in their order: what was looked at, what was seen, and what to do where a
/// rule is broken. `now` says how long there is to wait. Without `all`, what is good is counted
/// and not listed.
pub fn checks_text(checks: &[Check], all: bool, now: Timestamp, palette: &Palette) -> String {
    let mut page = Page::new(palette);
    for group in checks.chunk_by(|one, next| one.domain == next.domain) {
        page.gap();
        page.line(0, &[Part(palette.strong, group[0].domain.as_str())]);
        for check in group.iter().filter(|check| all || !is_good(check)) {
            show(&mut page, check, now);
        }
        let good = group.iter().filter(|check| is_good(check)).count();
        if !all && good > 0 {
            let text = format!("{} good", words::counted(good, "check"));
            page.line(2, &[Part(palette.good, "ok  "), Part(palette.faint, &text)]);
        }
    }
    page.gap();
    page.line(0, &[Part(palette.strong, &summary(checks))]);
    page.finish()
}

/// Checks as lines of a page, by domain.
pub(crate) fn checks(page: &mut Page<'_>, checks: &[Check], now: Timestamp) {
    for group in checks.chunk_by(|one, next| one.domain == next.domain) {
        let style = page.palette.strong;
        page.line(0, &[Part(style, group[0].domain.as_str())]);
        for check in group {
            show(page, check, now);
        }
    }
}

fn is_good(check: &Check) -> bool {
    check.outcome == Outcome::Good
}

fn show(page: &mut Page<'_>, check: &Check, now: Timestamp) {
    let palette = *page.palette;
    let (sign, style) = sign(check, &palette);
    let what = format!("{:<9} {}", check.rule, check.what);
    let seen = check.seen.as_deref().unwrap_or_default();
    let beside = match &check.outcome {
        Outcome::Good => page.rest_of_line(seen, &what),
        Outcome::Skipped { why } => page.rest_of_line(why, &what),
        Outcome::Finding(_) | Outcome::Waiting { .. } => String::new(),
    };
    page.line(
        2,
        &[
            Part(style, sign),
            Part(Style::new(), &what),
            Part(palette.faint, &beside),
        ],
    );
    match &check.outcome {
        Outcome::Finding(finding) => {
            page.folded(6, &Part(style, ""), &Part(style, &finding.reason));
            let label = Part(palette.strong, "= ");
            page.folded(6, &label, &Part(Style::new(), &finding.fix));
        }
        Outcome::Waiting { until: None } => {
            let text = format!("{seen}: {}", words::waiting(None));
            page.folded(6, &Part(style, ""), &Part(style, &text));
        }
        Outcome::Waiting { until: Some(until) } => {
            let seconds = until.as_second() - now.as_second();
            let left = words::lasting(u64::try_from(seconds).unwrap_or(0));
            let text = format!("resolvers still answer {seen}, until {until}, {left} from now");
            page.folded(6, &Part(style, ""), &Part(style, &text));
        }
        Outcome::Good | Outcome::Skipped { .. } => {}
    }
}

/// Four columns, so that a line can be told without colours.
fn sign(check: &Check, palette: &Palette) -> (&'static str, Style) {
    match &check.outcome {
        Outcome::Good => ("ok  ", palette.good),
        Outcome::Finding(finding) => {
            let sign = match finding.severity {
                Severity::Error => "!!  ",
                Severity::Warn => "!   ",
                Severity::Info => "i   ",
            };
            (sign, palette.severity(finding.severity))
        }
        Outcome::Waiting { .. } => ("..  ", palette.change),
        Outcome::Skipped { .. } => ("-   ", palette.faint),
    }
}

/// How many there are of each outcome.
pub(crate) struct Counts {
    pub(crate) good: usize,
    pub(crate) findings: usize,
    /// Those of the findings that ask for nothing: what the manifest accepts, among them.
    pub(crate) noted: usize,
    pub(crate) waiting: usize,
    pub(crate) skipped: usize,
}

impl Counts {
    pub(crate) fn of(checks: &[Check]) -> Self {
        let count = |is: fn(&Outcome) -> bool| {
            let same = checks.iter().filter(|check| is(&check.outcome));
            same.count()
        };
        Self {
            good: count(|outcome| matches!(outcome, Outcome::Good)),
            findings: count(|outcome| matches!(outcome, Outcome::Finding(_))),
            noted: count(
                |outcome| matches!(outcome, Outcome::Finding(finding) if finding.severity == Severity::Info),
            ),
            waiting: count(|outcome| matches!(outcome, Outcome::Waiting { .. })),
            skipped: count(|outcome| matches!(outcome, Outcome::Skipped { .. })),
        }
    }
}

fn summary(checks: &[Check]) -> String {
    let counts = Counts::of(checks);
    let domains = checks
        .chunk_by(|one, next| one.domain == next.domain)
        .count();
    let parts = [
        (counts.good, "good"),
        (counts.findings - counts.noted, "broken"),
        (counts.noted, "noted"),
        (counts.waiting, "waiting"),
        (counts.skipped, "not looked at"),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", words::grouped(count)))
        .collect();
    let of = format!(
        "{} of {}",
        words::counted(checks.len(), "check"),
        words::counted(domains, "domain")
    );
    if parts.is_empty() {
        return format!("{of}.");
    }
    let until = last_wait(checks).map(|until| format!(" Look again after {until}."));
    format!("{of}: {}.{}", parts.join(", "), until.unwrap_or_default())
}

/// When resolvers have forgotten the last of what they still answer.
pub(crate) fn last_wait(checks: &[Check]) -> Option<Timestamp> {
    let waits = checks.iter().filter_map(|check| match check.outcome {
        Outcome::Waiting { until } => until,
        _ => None,
    });
    waits.max()
}

#[cfg(test)]
pub(crate) mod tests {
    use insta::assert_snapshot;
    use standards::Finding;

    use super::*;
    use model::rules::{self, Rule};

    pub(crate) fn now() -> Timestamp {
        "2026-11-24T08:00:00Z".parse().expect("a time")
    }

    /// One check of each outcome.
    pub(crate) fn checks() -> Vec<Check> {
        let check = |domain: &str, rule: &'static Rule, what: &str, outcome| Check {
            rule: rule.id.into(),
            domain: domain.parse().expect("a name"),
            what: what.to_owned(),
            seen: Some("v=STSv1; id=before\u{1b}[2J".to_owned()),
            outcome,
        };
        let missing = Finding::new(
            rules::DMARC_03,
            "it lacks <v=DMARC1; p=reject>; there is nothing",
        );
        let stale = Finding::new(
            rules::STS_P14,
            "the mx pattern old.example.com matches no MX host",
        );
        let until = "2026-11-24T08:05:00Z".parse().expect("a time");
        let why = "mail hosts were not asked".to_owned();
        vec![
            check(
                "example.com",
                rules::SPF_02,
                "example.com TXT",
                Outcome::Good,
            ),
            check(
                "example.com",
                rules::DMARC_03,
                "_dmarc.example.com TXT",
                Outcome::Finding(missing),
            ),
            check(
                "example.com",
                rules::STS_R06,
                "_mta-sts.example.com TXT",
                Outcome::Waiting { until: Some(until) },
            ),
            check(
                "example.com",
                rules::RPT_07,
                "_smtp._tls.example.com TXT",
                Outcome::Waiting { until: None },
            ),
            check(
                "example.net",
                rules::STS_P14,
                "MTA-STS policy of example.net",
                Outcome::Finding(stale),
            ),
            check(
                "example.net",
                rules::STS_P16,
                "STARTTLS of mx1.example.net",
                Outcome::Skipped { why },
            ),
        ]
    }

    #[test]
    fn what_is_not_good_stands_out() {
        assert_snapshot!(checks_text(&checks(), false, now(), &Palette::plain()));
    }

    #[test]
    fn all_is_shown_where_all_is_asked_for() {
        assert_snapshot!(checks_text(&checks(), true, now(), &Palette::plain()));
    }

    #[test]
    fn nothing_from_outside_moves_a_cursor() {
        for palette in [Palette::plain(), Palette::coloured()] {
            let text = checks_text(&checks(), true, now(), &palette);
            assert!(!text.contains("\u{1b}[2J"), "{text:?}");
        }
    }
}
