//! The state of any domain's mail as text: a line for each standard, and what to do first.

use anstyle::Style;
use model::{Grade, NextStep, Overview, Subject};

use crate::page::{Page, Part};
use crate::plan_text::Detail;
use crate::{Palette, words};

/// Steps that are shown of many: those that come later change before their turn.
const STEPS_SHOWN: usize = 6;

/// A page for each domain. The values as they are published, and all steps, only in full detail.
pub fn overview_text(overviews: &[Overview], detail: Detail, palette: &Palette) -> String {
    let mut page = Page::new(palette);
    for overview in overviews {
        page.gap();
        page.line(0, &[Part(palette.strong, overview.domain.as_str())]);
        for subject in &overview.subjects {
            show(&mut page, subject, detail);
        }
        page.gap();
        steps(&mut page, &overview.steps, detail);
    }
    page.finish()
}

fn show(page: &mut Page<'_>, subject: &Subject, detail: Detail) {
    let palette = *page.palette;
    let (sign, style) = sign(subject.grade, &palette);
    let label = format!("{sign}{:<8} ", subject.standard.to_string());
    page.folded(
        2,
        &Part(style, &label),
        &Part(Style::new(), &subject.summary),
    );
    if detail == Detail::Full {
        for value in &subject.values {
            page.folded(15, &Part(palette.faint, "· "), &Part(palette.faint, value));
        }
    }
}

/// Four columns, so that a line can be told without colours.
fn sign(grade: Grade, palette: &Palette) -> (&'static str, Style) {
    match grade {
        Grade::Good => ("ok  ", palette.good),
        Grade::Begun => ("..  ", palette.change),
        Grade::Absent => ("    ", palette.change),
        Grade::Faulty => ("!!  ", palette.bad),
        Grade::Unseen => ("?   ", palette.notice),
        Grade::Unused => ("-   ", palette.faint),
    }
}

fn steps(page: &mut Page<'_>, steps: &[NextStep], detail: Detail) {
    let palette = *page.palette;
    if steps.is_empty() {
        page.line(2, &[Part(palette.good, "Nothing is to be done.")]);
        return;
    }
    let shown = match detail {
        Detail::Full => steps.len(),
        Detail::Brief => STEPS_SHOWN,
    };
    page.line(2, &[Part(palette.strong, "To do, the most urgent first:")]);
    for (at, step) in steps.iter().take(shown).enumerate() {
        let label = format!("{:>2}. {}: ", at + 1, step.standard);
        let rule = step.rule.as_ref().map(|rule| format!(" ({rule})"));
        let action = format!("{}{}", step.action, rule.unwrap_or_default());
        page.folded(
            2,
            &Part(palette.strong, &label),
            &Part(Style::new(), &action),
        );
        page.folded(
            6,
            &Part(palette.faint, ""),
            &Part(palette.faint, &step.reason),
        );
    }
    let more = steps.len().saturating_sub(shown);
    if more > 0 {
        let text = format!("and {} more: `--full` shows them", words::grouped(more));
        page.line(6, &[Part(palette.faint, &text)]);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use insta::assert_snapshot;
    use model::rules;
    use model::{Standard, Subject};
    use standards::Finding;

    use super::*;

    /// A domain with one standard of each grade, and hostile text in its values.
    pub(crate) fn overview() -> Overview {
        let subject = |standard, grade, summary: &str, values: &[&str]| Subject {
            standard,
            grade,
            summary: summary.to_owned(),
            values: values.iter().map(|&value| value.to_owned()).collect(),
            findings: Vec::new(),
        };
        let mut spf = subject(
            Standard::Spf,
            Grade::Faulty,
            "receivers can't use it",
            &["v=spf1 \u{1b}[2J<script>alert(1)</script>"],
        );
        let finding = Finding::new(rules::SPF_02, "there are 2 SPF records | <b>x</b>");
        spf.findings.push(finding);
        let step = |standard, action: &str, reason: &str, rule: Option<&'static str>| NextStep {
            standard,
            action: action.to_owned(),
            reason: reason.to_owned(),
            rule: rule.map(Into::into),
        };
        Overview {
            domain: "example.com".parse().expect("a name"),
            subjects: vec![
                subject(
                    Standard::Dns,
                    Grade::Unseen,
                    "no name server is visible",
                    &[],
                ),
                subject(
                    Standard::Mx,
                    Grade::Good,
                    "mx.example.com",
                    &["10 mx.example.com"],
                ),
                spf,
                subject(
                    Standard::Dmarc,
                    Grade::Begun,
                    "p=none",
                    &["v=DMARC1; p=none"],
                ),
                subject(Standard::TlsRpt, Grade::Absent, "not published", &[]),
                subject(Standard::Bimi, Grade::Unused, "the domain declines", &[]),
            ],
            steps: vec![
                step(
                    Standard::Spf,
                    "keep one record",
                    "there are 2 SPF records | <b>x</b>",
                    Some("SPF-02"),
                ),
                step(
                    Standard::Dmarc,
                    "go to p=quarantine",
                    "others can send",
                    None,
                ),
            ],
        }
    }

    #[test]
    fn a_domain_has_a_line_for_each_standard_and_what_to_do() {
        let plain = Palette::plain();
        assert_snapshot!(overview_text(&[overview()], Detail::Brief, &plain));
    }

    #[test]
    fn values_are_shown_in_full_and_escaped() {
        for palette in [Palette::plain(), Palette::coloured()] {
            let text = overview_text(&[overview()], Detail::Full, &palette);
            assert!(text.contains("v=spf1"), "{text:?}");
            assert!(!text.contains("\u{1b}[2J"), "{text:?}");
        }
    }

    #[test]
    fn many_steps_are_counted() {
        let mut overview = overview();
        overview.steps = vec![overview.steps[1].clone(); 8];
        let text = overview_text(&[overview], Detail::Brief, &Palette::plain());
        assert!(text.contains("and 2 more: `--full` shows them"), "{text}");
    }

    #[test]
    fn a_domain_in_order_has_nothing_to_do() {
        let mut overview = overview();
        overview.steps.clear();
        let text = overview_text(&[overview], Detail::Brief, &Palette::plain());
        assert!(text.contains("Nothing is to be done."), "{text}");
    }
}
