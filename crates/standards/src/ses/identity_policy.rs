//! Policies by which the owner of an identity lets others send with it.

use serde_json::Value;

use crate::Finding;
use crate::quote::quote;
use crate::rules;

const NAME_MAX: usize = 64;
const OCTETS_MAX: usize = 4096;
const POLICIES_MAX: usize = 20;

/// The key by which a condition says as whom somebody may send.
const FROM: &str = "ses:fromaddress";

/// A policy of an identity.
#[derive(Clone, Copy, Debug)]
pub struct IdentityPolicy<'a> {
    /// Its name.
    pub name: &'a str,
    /// The JSON document.
    pub document: &'a str,
}

/// SES-27 and SES-28: all policies of one identity.
///
/// ```
/// use standards::ses::{IdentityPolicy, check_identity_policies};
///
/// let document = r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "ses:*"}}"#;
/// let open = IdentityPolicy { name: "open", document };
/// assert_eq!(check_identity_policies(&[open], true)[0].rule, "SES-28");
/// ```
pub fn check_identity_policies(
    policies: &[IdentityPolicy<'_>],
    identity_is_verified: bool,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    if policies.len() > POLICIES_MAX {
        let count = policies.len();
        let reason = format!("an identity has at most {POLICIES_MAX} policies, and not {count}");
        findings.push(Finding::new(rules::SES_27, reason));
    }
    if !policies.is_empty() && !identity_is_verified {
        let reason = "the identity is not verified, so its policies let nobody send";
        findings.push(Finding::new(rules::SES_27, reason));
    }
    findings.extend(policies.iter().flat_map(check_policy));
    findings
}

fn check_policy(policy: &IdentityPolicy<'_>) -> Vec<Finding> {
    let name = quote(policy.name);
    let mut findings = Vec::new();
    let mut refuse = |reason: String| findings.push(Finding::new(rules::SES_27, reason));
    let is_known = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !(1..=NAME_MAX).contains(&policy.name.len()) || !policy.name.chars().all(is_known) {
        refuse(format!(
            "the policy name {name} is not 1 to {NAME_MAX} letters, digits, - and _"
        ));
    }
    let octets = policy.document.len();
    if octets > OCTETS_MAX {
        refuse(format!(
            "the policy {name} has {octets} octets, and SES takes {OCTETS_MAX}"
        ));
        return findings;
    }
    let Ok(Value::Object(document)) = serde_json::from_str(policy.document) else {
        refuse(format!("the policy {name} is not a JSON object"));
        return findings;
    };
    let statements = match document.get("Statement") {
        Some(Value::Array(several)) => several.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let open = statements.iter().filter_map(why_open);
    findings.extend(open.map(|why| {
        Finding::new(
            rules::SES_28,
            format!("a statement of the policy {name} {why}"),
        )
    }));
    findings
}

/// Why a statement lets more send than its writer may think.
fn why_open(statement: &Value) -> Option<&'static str> {
    if statement.get("Effect").and_then(Value::as_str) != Some("Allow") {
        return None;
    }
    let conditions: Vec<String> = keys(statement.get("Condition"))
        .into_iter()
        .flat_map(|(_, of_operator)| keys(Some(of_operator)))
        .map(|(key, _)| key.to_ascii_lowercase())
        .collect();
    let names_nobody =
        statement.get("NotPrincipal").is_some() || has_star(statement.get("Principal"));
    if names_nobody && conditions.is_empty() {
        Some("lets every AWS account send")
    } else if !conditions.iter().any(|key| key == FROM) {
        Some("does not say from which addresses, with a condition on `ses:FromAddress`")
    } else {
        None
    }
}

fn keys(value: Option<&Value>) -> Vec<(&String, &Value)> {
    value
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .collect()
}

/// Whether a principal is everybody: `"*"`, `{"AWS": "*"}`, or a list with it.
fn has_star(principal: Option<&Value>) -> bool {
    match principal {
        Some(Value::String(text)) => text == "*",
        Some(Value::Array(several)) => several.iter().any(|one| has_star(Some(one))),
        Some(Value::Object(kinds)) => kinds.values().any(|kind| has_star(Some(kind))),
        _ => false,
    }
}
