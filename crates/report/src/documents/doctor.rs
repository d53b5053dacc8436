//! The checks of `deploy doctor`.

use model::{About, AccountId, AccountName, Check};
use schemars::JsonSchema;
use serde::Serialize;

use super::checks::CheckObject;
use super::{Content, Document};
use crate::checks_text::Counts;

/// The surroundings of a run.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DoctorDocument {
    /// Whether there is no error and no warning.
    well: bool,
    summary: DoctorSummary,
    /// Each check.
    checks: Vec<DoctorCheck>,
}

/// How many checks there are of each outcome.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct DoctorSummary {
    good: usize,
    findings: usize,
    unseen: usize,
}

/// A check with the account that it is about: `deploy doctor` alone has such checks.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct DoctorCheck {
    #[serde(flatten)]
    check: CheckObject,
    /// The account, as the manifest calls it.
    account: Option<AccountName>,
    /// Its number.
    account_id: Option<AccountId>,
}

impl Content for DoctorDocument {
    const FORMAT: &'static str = "deploy.doctor";
    const VERSION: u32 = 2;
}

/// Every check of the surroundings.
pub fn doctor_json(checks: &[Check]) -> Document<DoctorDocument> {
    let counts = Counts::of(checks);
    Document::new(DoctorDocument {
        well: !checks.iter().any(Check::is_failure),
        summary: DoctorSummary {
            good: counts.good,
            findings: counts.findings,
            unseen: counts.skipped,
        },
        checks: checks.iter().map(DoctorCheck::of).collect(),
    })
}

impl DoctorCheck {
    fn of(check: &Check) -> Self {
        let (account, account_id) = match check.about.clone() {
            About::Account { name, id } => (Some(name), Some(id)),
            About::Machine | About::Domain(_) => (None, None),
        };
        Self {
            check: CheckObject::of(check),
            account,
            account_id,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::doctor_text::tests::checks;

    #[test]
    fn the_shape_stays() {
        let value = json!(doctor_json(&checks()));
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
        assert_eq!(made[3]["fix"], "apply tells");
    }
}
