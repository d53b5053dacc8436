//! Checks of live domains as text: a line each, by domain, green or red or waiting.

use anstyle::Style;
use jiff::Timestamp;
use model::{About, Check, CheckOutcome};
use standards::{Finding, Place, Severity};

use crate::page::{Page, Part};
use crate::{Detail, Palette, alike, words};

/// Every check by domain, in their order: the place, the observation, and the fix where a
/// rule is broken. `now` says how long there is to wait. Without `all`, what is good is counted
/// and not listed, and domains of which the same is said stand together, unless the `detail` is full.
pub fn checks_text(
    checks: &[Check],
    all: bool,
    detail: Detail,
    now: Timestamp,
    palette: &Palette,
) -> String {
    let mut page = Page::new(palette);
    let detail = if all { Detail::Full } else { detail };
    by_domain(&mut page, checks, all, detail, now);
    page.gap();
    page.line(0, &[Part(palette.strong, &summary(checks))]);
    page.finish()
}

/// Checks by domain, with a gap between domains. Without `all`, what is good is counted and not listed.
pub(crate) fn by_domain(
    page: &mut Page<'_>,
    checks: &[Check],
    all: bool,
    detail: Detail,
    now: Timestamp,
) {
    let groups = checks.chunk_by(|one, next| one.about == next.about);
    let groups = groups.map(|group| (group[0].about.to_string(), Group::of(group, all)));
    let groups: Vec<(String, Group)> = groups.collect();
    let keyed = groups.iter().map(|(name, group)| {
        let key = match detail {
            Detail::Brief => format!("{:?}", group.anywhere(name)),
            Detail::Full => name.clone(),
        };
        (name.as_str(), key, group)
    });
    for (at, (domains, group)) in alike::together(keyed).into_iter().enumerate() {
        if at > 0 {
            page.gap();
        }
        alike::heading(page, &domains, "");
        match domains.as_slice() {
            [_] => group.show(page, now, ""),
            [first, ..] => group.anywhere(first).show(page, now, " each"),
            [] => {}
        }
    }
}

/// The report on one domain: the checks that are listed, and how many are good beside them.
#[derive(Debug)]
struct Group {
    listed: Vec<Check>,
    good: usize,
}

impl Group {
    fn of(checks: &[Check], all: bool) -> Self {
        let listed = checks.iter().filter(|check| all || !check.is_good());
        let listed: Vec<Check> = listed.cloned().collect();
        Self {
            good: checks.len() - listed.len(),
            listed,
        }
    }

    /// The same of whichever domain.
    fn anywhere(&self, domain: &str) -> Self {
        Self {
            listed: self
                .listed
                .iter()
                .map(|check| anywhere(check, domain))
                .collect(),
            good: self.good,
        }
    }

    fn show(&self, page: &mut Page<'_>, now: Timestamp, of_each: &str) {
        for check in &self.listed {
            show(page, check, now);
        }
        if self.good > 0 {
            let palette = *page.palette;
            let text = format!("{} good{of_each}", words::counted(self.good, "check"));
            page.line(2, &[Part(palette.good, "ok  "), Part(palette.faint, &text)]);
        }
    }
}

/// A check of whichever domain.
fn anywhere(check: &Check, domain: &str) -> Check {
    let general = |text: &String| text.replace(domain, alike::ANY);
    let outcome = match &check.outcome {
        CheckOutcome::Good => CheckOutcome::Good,
        CheckOutcome::Finding(finding) => CheckOutcome::Finding(Finding {
            reason: general(&finding.reason),
            fix: general(&finding.fix),
            place: Place::Whole,
            ..finding.clone()
        }),
        CheckOutcome::Waiting { until } => CheckOutcome::Waiting { until: *until },
        CheckOutcome::Skipped { why, fix } => CheckOutcome::Skipped {
            why: general(why),
            fix: fix.as_ref().map(general),
        },
    };
    Check {
        about: About::Machine,
        rule: check.rule.clone(),
        what: general(&check.what),
        seen: check.seen.as_ref().map(general),
        outcome,
    }
}

pub(crate) fn show(page: &mut Page<'_>, check: &Check, now: Timestamp) {
    let palette = *page.palette;
    let (sign, style) = sign(check, &palette);
    let what = format!("{:<9} {}", check.rule, check.what);
    let seen = check.seen.as_deref().unwrap_or_default();
    let beside = match &check.outcome {
        CheckOutcome::Good => page.rest_of_line(seen, &what),
        CheckOutcome::Skipped { why, fix: None } => page.rest_of_line(why, &what),
        CheckOutcome::Skipped { fix: Some(_), .. } => "  could not be seen".to_owned(),
        CheckOutcome::Finding(_) | CheckOutcome::Waiting { .. } => String::new(),
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
        CheckOutcome::Finding(finding) => explain(page, style, &finding.reason, &finding.fix),
        CheckOutcome::Skipped {
            why,
            fix: Some(fix),
        } => explain(page, style, why, fix),
        CheckOutcome::Waiting { until: None } => {
            let text = format!("{seen}: {}", words::waiting(None));
            page.folded(6, &Part(style, ""), &Part(style, &text));
        }
        CheckOutcome::Waiting { until: Some(until) } => {
            let seconds = until.as_second() - now.as_second();
            let left = words::lasting(u64::try_from(seconds).unwrap_or(0));
            let text = format!("resolvers still answer {seen}, until {until}, {left} from now");
            page.folded(6, &Part(style, ""), &Part(style, &text));
        }
        CheckOutcome::Good | CheckOutcome::Skipped { fix: None, .. } => {}
    }
}

/// The reason and the fix below a line.
fn explain(page: &mut Page<'_>, style: Style, reason: &str, fix: &str) {
    page.folded(6, &Part(style, ""), &Part(style, reason));
    let label = Part(page.palette.strong, "= ");
    page.folded(6, &label, &Part(Style::new(), fix));
}

/// Four columns, so that a line can be told without colours.
fn sign(check: &Check, palette: &Palette) -> (&'static str, Style) {
    match &check.outcome {
        CheckOutcome::Good => ("ok  ", palette.good),
        CheckOutcome::Finding(finding) => {
            let sign = match finding.severity {
                Severity::Error => "!!  ",
                Severity::Warn => "!   ",
                Severity::Info => "i   ",
            };
            (sign, palette.severity(finding.severity))
        }
        CheckOutcome::Waiting { .. } => ("..  ", palette.change),
        CheckOutcome::Skipped { fix: None, .. } => ("-   ", palette.faint),
        CheckOutcome::Skipped { fix: Some(_), .. } => ("?   ", palette.change),
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
        let count = |is: fn(&CheckOutcome) -> bool| {
            let same = checks.iter().filter(|check| is(&check.outcome));
            same.count()
        };
        Self {
            good: count(|outcome| matches!(outcome, CheckOutcome::Good)),
            findings: count(|outcome| matches!(outcome, CheckOutcome::Finding(_))),
            noted: count(
                |outcome| matches!(outcome, CheckOutcome::Finding(finding) if finding.severity == Severity::Info),
            ),
            waiting: count(|outcome| matches!(outcome, CheckOutcome::Waiting { .. })),
            skipped: count(|outcome| matches!(outcome, CheckOutcome::Skipped { .. })),
        }
    }

    /// The counts that are not zero, with `skipped` as the word for what was not checked.
    pub(crate) fn in_words(&self, skipped: &str) -> String {
        let counts = [
            (self.good, "good"),
            (self.findings - self.noted, "broken"),
            (self.noted, "noted"),
            (self.waiting, "waiting"),
            (self.skipped, skipped),
        ];
        let counts = counts.into_iter().filter(|(count, _)| *count > 0);
        let counts = counts.map(|(count, what)| format!("{} {what}", words::grouped(count)));
        counts.collect::<Vec<_>>().join(", ")
    }
}

fn summary(checks: &[Check]) -> String {
    let counts = Counts::of(checks);
    let domains = checks.chunk_by(|one, next| one.about == next.about).count();
    let parts = counts.in_words("not checked");
    let of = format!(
        "{} of {}",
        words::counted(checks.len(), "check"),
        words::counted(domains, "domain")
    );
    if parts.is_empty() {
        return format!("{of}.");
    }
    let until = last_wait(checks).map(|until| format!(" Look again after {until}."));
    format!("{of}: {parts}.{}", until.unwrap_or_default())
}

/// When resolvers have forgotten the last of what they still answer.
pub(crate) fn last_wait(checks: &[Check]) -> Option<Timestamp> {
    let waits = checks.iter().filter_map(|check| match check.outcome {
        CheckOutcome::Waiting { until } => until,
        _ => None,
    });
    waits.max()
}

#[cfg(test)]
pub(crate) mod tests {
    use insta::assert_snapshot;
    use model::About;
    use model::rules::{self, Rule};
    use standards::Finding;

    use super::*;

    pub(crate) fn now() -> Timestamp {
        "2026-11-24T08:00:00Z".parse().expect("a time")
    }

    /// One check of each outcome.
    pub(crate) fn checks() -> Vec<Check> {
        let check = |domain: &str, rule: &'static Rule, what: &str, outcome| Check {
            about: About::Domain(domain.parse().expect("a name")),
            rule: rule.id.into(),
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
                CheckOutcome::Good,
            ),
            check(
                "example.com",
                rules::DMARC_03,
                "_dmarc.example.com TXT",
                CheckOutcome::Finding(missing),
            ),
            check(
                "example.com",
                rules::STS_R06,
                "_mta-sts.example.com TXT",
                CheckOutcome::Waiting { until: Some(until) },
            ),
            check(
                "example.com",
                rules::RPT_07,
                "_smtp._tls.example.com TXT",
                CheckOutcome::Waiting { until: None },
            ),
            check(
                "example.net",
                rules::STS_P14,
                "MTA-STS policy of example.net",
                CheckOutcome::Finding(stale),
            ),
            check(
                "example.net",
                rules::STS_P16,
                "STARTTLS of mx1.example.net",
                CheckOutcome::Skipped { why, fix: None },
            ),
        ]
    }

    #[test]
    fn what_is_not_good_stands_out() {
        assert_snapshot!(checks_text(
            &checks(),
            false,
            Detail::Brief,
            now(),
            &Palette::plain()
        ));
    }

    #[test]
    fn all_is_shown_where_all_is_asked_for() {
        assert_snapshot!(checks_text(
            &checks(),
            true,
            Detail::Brief,
            now(),
            &Palette::plain()
        ));
    }

    #[test]
    fn nothing_from_outside_moves_a_cursor() {
        for palette in [Palette::plain(), Palette::coloured()] {
            let text = checks_text(&checks(), true, Detail::Brief, now(), &palette);
            assert!(!text.contains("\u{1b}[2J"), "{text:?}");
        }
    }
}
