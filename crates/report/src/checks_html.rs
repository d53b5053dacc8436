//! Checks of live domains as a page of HTML.

use jiff::Timestamp;
use model::{Check, CheckOutcome};

use crate::html::{page, text as safe};
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
    let name = safe(&group[0].about.to_string());
    let is_good = |check: &&Check| check.outcome == CheckOutcome::Good;
    putln!(page, "<section aria-label=\"{name}\">");
    putln!(page, "<h2>{name}</h2>");
    putln!(
        page,
        "<p>{} of {} checks good.</p>",
        group.iter().filter(is_good).count(),
        group.len()
    );
    let open: Vec<&Check> = group.iter().filter(|check| !is_good(check)).collect();
    if !open.is_empty() {
        putln!(page, "<table>");
        putln!(
            page,
            "<thead><tr><th scope=\"col\">What</th><th scope=\"col\">State</th><th scope=\"col\">Rule</th><th scope=\"col\">Seen, and to do</th></tr></thead>"
        );
        putln!(page, "<tbody>");
        for check in open {
            row(page, check);
        }
        putln!(page, "</tbody>");
        putln!(page, "</table>");
    }
    putln!(page, "</section>");
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
