//! Checks of live domains.

use std::borrow::Cow;

use model::rules;
use model::{Check, CheckOutcome, Verdict};
use schemars::JsonSchema;
use serde::Serialize;

use super::findings::FindingObject;
use super::{Content, Document, Moment};
use crate::checks_text::{Counts, last_wait};

/// The view of an external observer of the domains.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ChecksDocument {
    /// The worst outcome.
    verdict: Verdict,
    /// When resolvers have forgotten the last of what they still answer.
    until: Option<Moment>,
    summary: ChecksSummary,
    /// Each check.
    checks: Vec<CheckObject>,
}

/// How many checks there are of each outcome.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct ChecksSummary {
    good: usize,
    findings: usize,
    waiting: usize,
    skipped: usize,
}

/// One rule, checked in one place.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Check")]
pub(super) struct CheckObject {
    /// The domain that it is about.
    domain: Option<String>,
    /// The id of the rule, as in `deploy rules`.
    rule: Cow<'static, str>,
    /// The condition that must hold.
    title: Option<&'static str>,
    /// The place: a name and a type, a URL, a mail host, the permissions for a service.
    what: String,
    /// The observation there, in short.
    seen: Option<String>,
    #[serde(flatten)]
    outcome: OutcomeObject,
}

/// The outcome of a check.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "CheckOutcome")]
#[serde(tag = "outcome", rename_all = "snake_case")]
enum OutcomeObject {
    /// The rule is kept.
    Good,
    /// It is broken.
    Finding { finding: FindingObject },
    /// It will be kept without a change of what is planned.
    Waiting {
        /// When resolvers have forgotten the former answer; null where a person has to publish a
        /// record, or another apply has to come.
        until: Option<Moment>,
    },
    /// It was not checked.
    Skipped {
        /// The reason.
        why: String,
    },
    /// It could not be checked, which is no fault and no all-clear.
    Unseen {
        /// The reason.
        why: String,
        /// The way to make the check possible, or to see the answer later.
        fix: String,
    },
}

impl Content for ChecksDocument {
    const FORMAT: &'static str = "deploy.checks";
    const VERSION: u32 = 2;
}

/// Every check, and what they come to.
pub fn checks_json(checks: &[Check]) -> Document<ChecksDocument> {
    let counts = Counts::of(checks);
    Document::new(ChecksDocument {
        verdict: Verdict::of(checks),
        until: last_wait(checks).map(Moment),
        summary: ChecksSummary {
            good: counts.good,
            findings: counts.findings,
            waiting: counts.waiting,
            skipped: counts.skipped,
        },
        checks: checks.iter().map(CheckObject::of).collect(),
    })
}

impl CheckObject {
    pub(super) fn of(check: &Check) -> Self {
        let outcome = match check.outcome.clone() {
            CheckOutcome::Good => OutcomeObject::Good,
            CheckOutcome::Finding(finding) => OutcomeObject::Finding {
                finding: FindingObject::of(&finding),
            },
            CheckOutcome::Waiting { until } => OutcomeObject::Waiting {
                until: until.map(Moment),
            },
            CheckOutcome::Skipped { why, fix: None } => OutcomeObject::Skipped { why },
            CheckOutcome::Skipped {
                why,
                fix: Some(fix),
            } => OutcomeObject::Unseen { why, fix },
        };
        Self {
            domain: check.domain().map(ToString::to_string),
            rule: check.rule.clone(),
            title: rules::find(&check.rule).map(|rule| rule.title),
            what: check.what.clone(),
            seen: check.seen.clone(),
            outcome,
        }
    }
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
