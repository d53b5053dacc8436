//! Checks of live domains as a page of HTML.

use jiff::Timestamp;
use model::{Check, CheckOutcome};

use crate::html::{page, section, table, text as safe};
use crate::put::putln;
use crate::words;

/// A page with a table for each domain of what is not good. `now` is when it was seen.
pub fn checks_html(checks: &[Check], now: Timestamp) -> String {
    page("Live domains", |page| {
        putln!(
            page,
            "<p>Seen from outside at {}.</p>",
            safe(&words::moment(now))
        );
        for group in checks.chunk_by(|one, next| one.about == next.about) {
            domain(page, group);
        }
    })
}

fn domain(page: &mut String, group: &[Check]) {
    let is_good = |check: &&Check| check.outcome == CheckOutcome::Good;
    let (good, open): (Vec<&Check>, Vec<&Check>) = group.iter().partition(is_good);
    section(page, &group[0].about.to_string(), |page| {
        putln!(
            page,
            "<p>{} of {} checks good.</p>",
            good.len(),
            group.len()
        );
        if open.is_empty() {
            return;
        }
        let headings = ["What", "State", "Rule", "Seen, and to do"];
        table(page, &headings, |page| {
            for check in open {
                row(page, check);
            }
        });
    });
}

fn row(page: &mut String, check: &Check) {
    let (class, word, text) = match &check.outcome {
        CheckOutcome::Good => ("good", "good".to_owned(), String::new()),
        CheckOutcome::Finding(finding) => (
            "bad",
            finding.severity.to_string(),
            format!("{}; {}", finding.reason, finding.fix),
        ),
        CheckOutcome::Waiting { until } => ("change", "waiting".to_owned(), words::waiting(*until)),
        CheckOutcome::Skipped { why, .. } => ("notice", "not checked".to_owned(), why.clone()),
    };
    putln!(
        page,
        "<tr><th scope=\"row\">{}</th><td><span class=\"grade {class}\">{word}</span></td><td>{}</td><td>{}</td></tr>",
        safe(&check.what),
        safe(&check.rule),
        safe(&text)
    );
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::checks_text::tests::{checks, now};

    #[test]
    fn a_domain_has_a_table_of_what_is_not_good() {
        let page = checks_html(&checks(), now());
        assert!(
            !page.contains('\u{1b}') && !page.contains("<script"),
            "{page}"
        );
        assert_snapshot!(page.replace(crate::html::STYLE, "…"));
    }
}
