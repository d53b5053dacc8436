//! Checks of live domains as JSON.

use model::rules;
use model::{Check, CheckOutcome, Verdict};
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
/// An outcome `waiting` has `until`, and `skipped` has `why`; `unseen` has `why` and `mend`.
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
        "domain": check.domain(),
        "rule": check.rule,
        "title": rules::find(&check.rule).map(|rule| rule.title),
        "what": check.what,
        "seen": check.seen,
    });
    let mut set = |key: &str, content: Value| value[key] = content;
    match &check.outcome {
        CheckOutcome::Good => set("outcome", json!("good")),
        CheckOutcome::Finding(finding) => {
            set("outcome", json!("finding"));
            set("finding", finding_json(finding));
        }
        CheckOutcome::Waiting { until } => {
            set("outcome", json!("waiting"));
            set("until", json!(until));
        }
        CheckOutcome::Skipped { why, fix: None } => {
            set("outcome", json!("skipped"));
            set("why", json!(why));
        }
        CheckOutcome::Skipped {
            why,
            fix: Some(fix),
        } => {
            set("outcome", json!("unseen"));
            set("why", json!(why));
            set("mend", json!(fix));
        }
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
