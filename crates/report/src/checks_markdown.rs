//! Checks of live domains as Markdown, for a comment or a ticket.

use model::check::{Check, CheckOutcome};

use crate::markdown::cell;
use crate::put::putln;
use crate::words;

/// A table for each domain of what is not good, and how many checks are.
pub fn checks_markdown(checks: &[Check]) -> String {
    let mut text = String::new();
    for group in checks.chunk_by(|one, next| one.about == next.about) {
        let domain = cell(&group[0].about.to_string());
        putln!(text, "### {domain}\n");
        let open: Vec<&Check> = group.iter().filter(|check| !check.is_good()).collect();
        if !open.is_empty() {
            putln!(
                text,
                "| | rule | what | seen | to do |\n|---|---|---|---|---|"
            );
        }
        for check in &open {
            putln!(text, "{}", row(check));
        }
        if !open.is_empty() {
            text.push('\n');
        }
        putln!(
            text,
            "{} of {} checks good.\n",
            group.len() - open.len(),
            group.len()
        );
    }
    text
}

fn row(check: &Check) -> String {
    let (mark, seen, fix) = match &check.outcome {
        CheckOutcome::Good => ("good".to_owned(), "", String::new()),
        CheckOutcome::Finding(finding) => (
            finding.severity.to_string(),
            finding.reason.as_str(),
            finding.fix.clone(),
        ),
        CheckOutcome::Waiting { until } => (
            "waiting".to_owned(),
            check.seen.as_deref().unwrap_or_default(),
            words::waiting(*until),
        ),
        CheckOutcome::Skipped { why, .. } => {
            ("not checked".to_owned(), why.as_str(), String::new())
        }
    };
    let cells = [mark.as_str(), &check.rule, &check.what, seen, &fix];
    format!("| {} |", cells.map(cell).join(" | "))
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::checks_text::tests::checks;

    #[test]
    fn a_domain_has_a_table_of_what_is_not_good() {
        assert_snapshot!(checks_markdown(&checks()));
    }
}
