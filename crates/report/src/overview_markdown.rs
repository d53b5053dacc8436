//! The state of any domain's mail as Markdown, for a comment or a ticket.

use model::{Grade, Overview};

use crate::markdown::cell;
use crate::put::putln;

/// For each domain a table of the standards, and a list of what to do.
pub fn overview_markdown(overviews: &[Overview]) -> String {
    let mut text = String::new();
    for overview in overviews {
        putln!(text, "### {}\n", cell(overview.domain.as_str()));
        putln!(text, "| standard | | published |\n|---|---|---|");
        for subject in &overview.subjects {
            let grade = grade(subject.grade);
            putln!(
                text,
                "| {} | {grade} | {} |",
                subject.standard,
                cell(&subject.summary)
            );
        }
        text.push('\n');
        if overview.steps.is_empty() {
            putln!(text, "Nothing is to be done.\n");
            continue;
        }
        for (at, step) in overview.steps.iter().enumerate() {
            let rule = step.rule.as_ref().map(|rule| format!(" ({rule})"));
            putln!(
                text,
                "{}. **{}**: {}{}<br>{}",
                at + 1,
                step.standard,
                cell(&step.action),
                rule.unwrap_or_default(),
                cell(&step.reason)
            );
        }
        text.push('\n');
    }
    text
}

/// A grade in a word or two.
pub(crate) fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::Good => "good",
        Grade::Begun => "begun",
        Grade::Absent => "absent",
        Grade::Faulty => "**faulty**",
        Grade::Unseen => "not seen",
        Grade::Unused => "not used",
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::overview_text::tests::overview;

    #[test]
    fn a_domain_has_a_table_and_a_list() {
        assert_snapshot!(overview_markdown(&[overview()]));
    }
}
