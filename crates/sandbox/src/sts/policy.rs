//! The identity policy of a role: which actions on which resources it allows.

use serde::{Deserialize, Serialize};

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
}

/// The effect of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Effect {
    /// The actions are allowed.
    Allow,
    /// The actions are denied, whatever allows them.
    Deny,
}

impl Policy {
    /// Whether it allows `action` on a resource. Where the resource is not known, a statement about
    /// any resource counts.
    pub(crate) fn allows(&self, action: &str, resource: Option<&str>) -> bool {
        let is_about = |statement: &&Statement| {
            let mut resources = statement.resource.iter();
            statement
                .action
                .iter()
                .any(|pattern| is_like(pattern, action))
                && resource.is_none_or(|arn| resources.any(|pattern| is_like(pattern, arn)))
        };
        let about: Vec<&Statement> = self.statement.iter().filter(is_about).collect();
        let has = |effect| about.iter().any(|statement| statement.effect == effect);
        has(Effect::Allow) && !has(Effect::Deny)
    }
}

/// Whether `text` is as the pattern says, in which `*` stands for any characters.
fn is_like(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, rest)) => text.strip_prefix(start).is_some_and(|text| {
            let mut ends = (0..=text.len()).filter(|at| text.is_char_boundary(*at));
            ends.any(|at| is_like(rest, &text[at..]))
        }),
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
        assert_eq!(
            policy.allows(action, Some(resource)),
            expect,
            "{action} on {resource}"
        );
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
