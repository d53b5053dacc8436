//! The state of any domain's mail as JSON.

use model::{NextStep, Overview, Subject};
use serde_json::{Value, json};

use crate::finding_json::finding_json;

/// Every domain, with every standard and what to do.
///
/// ```json
/// {"format": "deploy.overview", "version": 1,
///  "domains": [{"domain": "example.com", "faulty": true,
///    "standards": [{"standard": "spf", "grade": "faulty", "summary": "…", "values": ["…"],
///                   "findings": []}],
///    "steps": [{"standard": "spf", "action": "…", "reason": "…", "rule": "SPF-02"}]}]}
/// ```
///
/// A grade is `good`, `begun`, `absent`, `faulty`, `unseen` or `unused`.
pub fn overview_json(overviews: &[Overview]) -> Value {
    json!({
        "format": "deploy.overview",
        "version": 1,
        "domains": overviews.iter().map(domain).collect::<Vec<_>>(),
    })
}

fn domain(overview: &Overview) -> Value {
    json!({
        "domain": overview.domain,
        "faulty": overview.is_faulty(),
        "standards": overview.subjects.iter().map(subject).collect::<Vec<_>>(),
        "steps": overview.steps.iter().map(step).collect::<Vec<_>>(),
    })
}

fn subject(subject: &Subject) -> Value {
    json!({
        "standard": subject.standard,
        "grade": subject.grade,
        "summary": subject.summary,
        "values": subject.values,
        "findings": subject.findings.iter().map(finding_json).collect::<Vec<_>>(),
    })
}

fn step(step: &NextStep) -> Value {
    json!({
        "standard": step.standard,
        "action": step.action,
        "reason": step.reason,
        "rule": step.rule,
    })
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::overview_text::tests::overview;

    #[test]
    fn a_domain_has_its_standards_and_steps() {
        assert_snapshot!(crate::json_text(&overview_json(&[overview()])));
    }
}
