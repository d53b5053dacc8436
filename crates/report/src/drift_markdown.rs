//! Drift as Markdown, for the summary of a CI run or an issue.

use crate::drift_rows::rows;
use crate::drift_text::{Drifted, reading_line, summary_line};
use crate::markdown::cell;
use crate::put::putln;

/// The summary, then a table of what moved, what an observer sees and what is foreseen.
pub fn drift_markdown(drifted: &Drifted<'_>) -> String {
    let mut text = String::new();
    putln!(text, "**{}**\n", cell(&summary_line(drifted)));
    let rows = rows(drifted);
    if !rows.is_empty() {
        putln!(text, "| | mail impact | what | seen |\n|---|---|---|---|");
    }
    for row in rows {
        let line = row.line;
        let mail = line.mail.to_string();
        let cells = [line.severity.to_string(), mail, line.subject, line.text];
        putln!(text, "| {} |", cells.map(|text| cell(&text)).join(" | "));
    }
    if !drifted.unapplied.is_empty() {
        let names: Vec<String> = drifted
            .unapplied
            .iter()
            .map(|name| cell(name.as_str()))
            .collect();
        putln!(text, "\nNot applied yet: {}", names.join(", "));
    }
    if let Some(line) = reading_line(drifted) {
        putln!(text, "\n{}", cell(&line));
    }
    text
}
