//! The plan as Markdown, for a comment on a pull request.

use model::{Plan, Verb};
use plan::Estimate;
use standards::Finding;

use crate::finding_text::place;
use crate::put::put;
use crate::{brief, escape, plan_text, words};

/// GitHub takes 65,536 characters in a comment; GitLab more.
const CHARACTERS_MAX: usize = 60_000;

/// How long the heading of a section is.
const TITLE_COLUMNS: usize = 80;

/// The summary, the findings as a table, and the changes to fold open, what several
/// domains have in common once. What doesn't fit into a comment is named and counted.
pub fn plan_markdown(plan: &Plan, estimate: &Estimate) -> String {
    let mut text = format!("## Plan for {}\n\n", inline(&plan.project));
    if plan.is_empty() && plan.findings.is_empty() {
        let count = words::counted(plan.count(Verb::None), "resource");
        put!(text, "No changes: {count} unchanged.\n");
        return text;
    }
    put!(text, "**{}**\n\n", plan_text::counts(plan));
    if let Some(impacts) = plan_text::impacts(plan) {
        put!(text, "**Mail impact:** {impacts}\n\n");
    }
    text.push_str(&findings(&plan.findings));
    let mut left_out = Vec::new();
    for section in brief::sections(plan) {
        let changes = words::counted(section.changes, "change");
        let title = section.title(TITLE_COLUMNS);
        let block = details(&title, &changes, &brief::as_diff(&section));
        if text.len() + block.len() < CHARACTERS_MAX {
            text.push_str(&block);
        } else {
            left_out.push(format!("{} ({changes})", inline(&title)));
        }
    }
    if !left_out.is_empty() {
        let shown = left_out.len().min(50);
        let more = match left_out.len() - shown {
            0 => String::new(),
            more => format!(" and {} more", words::grouped(more)),
        };
        put!(
            text,
            "Not shown here: {}{more}.\n\n",
            left_out[..shown].join(", ")
        );
    }
    put!(text, "Calls: {}\n\n", plan_text::calls(estimate));
    put!(text, "Digest: `{}`\n", plan.digest());
    text
}

fn details(domain: &str, changes: &str, text: &str) -> String {
    let fence = fence(text);
    format!(
        "<details><summary>{}: {changes}</summary>\n\n{fence}diff\n{text}{fence}\n\n</details>\n\n",
        inline(domain),
    )
}

/// A fence that is longer than every run of backticks inside it.
fn fence(text: &str) -> String {
    let longest = text
        .split(|character| character != '`')
        .map(str::len)
        .max()
        .unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

/// A table of findings; nothing for none.
fn findings(findings: &[Finding]) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let mut table = String::from("| | rule | where | what | what to do |\n|---|---|---|---|---|\n");
    for finding in findings {
        let cells = [
            finding.severity.to_string(),
            finding.rule.to_string(),
            place(&finding.place).unwrap_or_default(),
            finding.reason.clone(),
            finding.fix.clone(),
        ];
        let cells: Vec<String> = cells.iter().map(|cell| inline(cell)).collect();
        put!(table, "| {} |\n", cells.join(" | "));
    }
    table.push('\n');
    table
}

/// Text that stays text inside a line of Markdown: no markup, no HTML, no mention of a person.
fn inline(text: &str) -> String {
    let mut shown = String::new();
    for character in escape(text).chars() {
        match character {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '@' => shown.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' => {
                shown.push('\\');
                shown.push(character);
            }
            character => shown.push(character),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use standards::Place;

    use super::*;
    use crate::test_support::{applied, estimate, first_plan};
    use model::rules;

    #[test]
    fn a_comment_has_the_summary_and_folds_the_rest() {
        let mut plan = first_plan(&applied().0);
        plan.actions.truncate(3);
        plan.findings = vec![
            Finding::new(rules::PLAN_01, "`a` has TXT <b>@all|*x*</b>")
                .in_place(Place::Live("a".to_owned()))
                .fix("do `this`"),
        ];
        let text = plan_markdown(&plan, &estimate(&plan));
        assert_snapshot!(text.replace(&plan.digest(), "(64 digits)"));
    }

    #[test]
    fn a_fence_can_not_be_closed_from_inside() {
        assert_eq!(fence("plain"), "```");
        assert_eq!(fence("a ```` b"), "`````");
    }
}
