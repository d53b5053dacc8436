//! The checks of `deploy doctor` as JSON.

use model::{About, Check};
use serde_json::{Value, json};

use crate::checks_json::check_json;
use crate::checks_text::Counts;

/// Every check. An outcome `good` has `seen`, `finding` has `finding`, and `unseen` has `why` and
/// `mend`.
pub fn doctor_json(checks: &[Check]) -> Value {
    let counts = Counts::of(checks);
    json!({
        "format": "deploy.doctor",
        "version": 1,
        "well": !checks.iter().any(Check::is_failure),
        "summary": {
            "good": counts.good,
            "findings": counts.findings,
            "unseen": counts.skipped,
        },
        "checks": checks.iter().map(with_account).collect::<Vec<_>>(),
    })
}

/// A check with the account that it is about: `deploy doctor` alone has such checks.
fn with_account(check: &Check) -> Value {
    let mut value = check_json(check);
    let account = match &check.about {
        About::Account { name, id } => Some((name, id)),
        About::Machine | About::Domain(_) => None,
    };
    value["account"] = json!(account.map(|(name, _)| name));
    value["account_id"] = json!(account.map(|(_, id)| id));
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor_text::tests::checks;

    #[test]
    fn the_shape_stays() {
        let value = doctor_json(&checks());
        assert_eq!(value["format"], "deploy.doctor");
        assert_eq!(value["well"], false);
        assert_eq!(
            value["summary"],
            json!({"good": 2, "findings": 1, "unseen": 1})
        );
        let made = value["checks"].as_array().expect("a list");
        assert_eq!(made[0]["account"], Value::Null);
        assert_eq!(made[1]["account_id"], "222222222222");
        assert_eq!(made[2]["finding"]["rule"], "AWS-02");
        assert_eq!(made[3]["domain"], "example.com");
        assert_eq!(made[3]["outcome"], "unseen");
        assert_eq!(made[3]["mend"], "apply tells");
    }
}
