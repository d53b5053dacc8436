//! Checks of live domains as JSON.

use model::Verdict;
use model::check::{Check, Outcome};
use model::rules;
use serde_json::{Value, json};

use crate::checks_text::Counts;
use crate::finding_json::finding_json;

/// Every check, and what they come to.
///
/// ```json
/// {"format": "deploy.checks", "version": 1, "verdict": "faulty",
///  "summary": {"good": 0, "findings": 1, "waiting": 0, "skipped": 0},
///  "checks": [{"domain": "example.com", "rule": "DMARC-03", "title": "…",
///              "what": "_dmarc.example.com TXT", "seen": "…", "outcome": "finding",
///              "finding": {"rule": "DMARC-03", "severity": "error", "reason": "…", "mend": "…"}}]}
/// ```
///
/// An outcome `waiting` has `until`, and `skipped` has `why`.
pub fn checks_json(checks: &[Check]) -> Value {
    let counts = Counts::of(checks);
    json!({
        "format": "deploy.checks",
        "version": 1,
        "verdict": Verdict::of(checks),
        "until": crate::checks_text::last_wait(checks),
        "summary": {
            "good": counts.good,
            "findings": counts.findings,
            "waiting": counts.waiting,
            "skipped": counts.skipped,
        },
        "checks": checks.iter().map(check_json).collect::<Vec<_>>(),
    })
}

pub(crate) fn check_json(check: &Check) -> Value {
    let mut value = json!({
        "domain": check.domain,
        "rule": check.rule,
        "title": rules::find(&check.rule).map(|rule| rule.title),
        "what": check.what,
        "seen": check.seen,
    });
    let (outcome, more) = match &check.outcome {
        Outcome::Good => ("good", None),
        Outcome::Finding(finding) => ("finding", Some(("finding", finding_json(finding)))),
        Outcome::Waiting { until } => ("waiting", Some(("until", json!(until)))),
        Outcome::Skipped { why } => ("skipped", Some(("why", json!(why)))),
    };
    value["outcome"] = json!(outcome);
    if let Some((key, content)) = more {
        value[key] = content;
    }
    value
}

#[cfg(test)]
mod tests {
    use insta::assert_json_snapshot;

    use super::*;
    use crate::checks_text::tests::checks;

    #[test]
    fn the_shape_stays() {
        assert_json_snapshot!(checks_json(&checks()));
    }
}
