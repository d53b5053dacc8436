//! The identity policy of a role: which actions on which resources it allows, and when.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::conditions::{self, Condition, Context, is_like};

/// A policy document, in the form in which IAM takes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub struct Policy {
    /// `2012-10-17`.
    pub version: String,
    /// Its statements.
    pub statement: Vec<Statement>,
}

/// One statement of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub struct Statement {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// Whether it allows or denies.
    pub effect: Effect,
    /// Actions, with `*` for any characters.
    pub action: Vec<String>,
    /// ARNs, with `*` for any characters.
    pub resource: Vec<String>,
    /// When it counts.
    #[serde(default, skip_serializing_if = "Conditions::is_empty")]
    pub condition: Conditions,
}

/// The conditions of a statement, which are kept as they were written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub struct Conditions {
    written: Value,
    read: Vec<Condition>,
}

impl Conditions {
    fn is_empty(&self) -> bool {
        self.read.is_empty()
    }
}

impl TryFrom<Value> for Conditions {
    type Error = String;

    fn try_from(written: Value) -> Result<Self, String> {
        let read = conditions::parse(&written)?;
        Ok(Self { written, read })
    }
}

impl From<Conditions> for Value {
    fn from(conditions: Conditions) -> Self {
        conditions.written
    }
}

/// The effect of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Effect {
    /// The actions are allowed.
    Allow,
    /// The actions are denied, whatever allows them.
    Deny,
}

/// One permission that a call needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ask {
    /// `s3:PutObject`.
    pub(crate) action: String,
    /// An ARN, or `*` where the action knows no resources; nothing where the call does not name it,
    /// because AWS gives the name.
    pub(crate) resource: Option<String>,
    pub(crate) context: Context,
}

impl Policy {
    /// Whether it allows what is asked. Where the resource is not known, a statement about any
    /// resource counts.
    pub(crate) fn allows(&self, ask: &Ask) -> bool {
        let about = || self.statement.iter().filter(|one| one.is_about(ask));
        let has = |effect| about().any(|statement| statement.effect == effect);
        has(Effect::Allow) && !has(Effect::Deny)
    }
}

impl Statement {
    fn is_about(&self, ask: &Ask) -> bool {
        let mut actions = self.action.iter();
        let mut conditions = self.condition.read.iter();
        actions.any(|pattern| is_like(pattern, &ask.action))
            && self.names(ask.resource.as_deref())
            && conditions.all(|one| one.holds(ask.context.get(&one.key).map_or(&[], Vec::as_slice)))
    }

    fn names(&self, resource: Option<&str>) -> bool {
        let mut patterns = self.resource.iter();
        resource.is_none_or(|arn| patterns.any(|pattern| is_like(pattern, arn)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(action: &str, resource: &str, expect: bool) {
        let statement = |effect, action: &str, resource: &str| Statement {
            sid: None,
            effect,
            action: vec![action.to_owned()],
            resource: vec![resource.to_owned()],
            condition: Conditions::default(),
        };
        let policy = Policy {
            version: "2012-10-17".to_owned(),
            statement: vec![
                statement(Effect::Allow, "s3:Get*", "arn:aws:s3:::b/*"),
                statement(
                    Effect::Allow,
                    "s3:PutObject",
                    "arn:aws:s3:::b/notify/STATE.json",
                ),
                statement(Effect::Deny, "s3:*", "arn:aws:s3:::b/secret/*"),
            ],
        };
        let ask = Ask {
            action: action.to_owned(),
            resource: Some(resource.to_owned()),
            context: Context::new(),
        };
        assert_eq!(policy.allows(&ask), expect, "{action} on {resource}");
    }

    #[test]
    fn what_no_statement_allows_is_denied_and_a_denial_counts_above_all() {
        check("s3:GetObject", "arn:aws:s3:::b/a", true);
        check("s3:GetObject", "arn:aws:s3:::c/a", false);
        check("s3:PutObject", "arn:aws:s3:::b/notify/STATE.json", true);
        check("s3:PutObject", "arn:aws:s3:::b/ledger/a.jsonl", false);
        check("s3:GetObject", "arn:aws:s3:::b/secret/a", false);
        check("ses:GetAccount", "*", false);
    }
}
