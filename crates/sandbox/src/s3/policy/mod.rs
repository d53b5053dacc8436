//! Bucket policies: what they allow and deny, and whether they are public.

mod normal;
mod parse;

pub(in crate::s3) use normal::normal;

use std::collections::BTreeMap;

/// A policy that S3 accepted.
#[derive(Clone, Debug)]
pub(in crate::s3) struct Policy {
    statements: Vec<Statement>,
}

#[derive(Clone, Debug)]
struct Statement {
    allows: bool,
    principals: Matcher<Vec<Principal>>,
    actions: Matcher<Vec<String>>,
    resources: Matcher<Vec<String>>,
    conditions: Vec<Condition>,
}

/// A list, or everything but the list (`NotAction`).
#[derive(Clone, Debug)]
struct Matcher<T> {
    negated: bool,
    values: T,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Principal {
    Anyone,
    Aws(String),
    Service(String),
    Other,
}

#[derive(Clone, Debug)]
struct Condition {
    operator: String,
    if_exists: bool,
    key: String,
    values: Vec<String>,
}

/// A request, as far as policies can see it.
#[derive(Clone, Debug)]
pub(in crate::s3) struct Request<'a> {
    pub(in crate::s3) who: Who<'a>,
    pub(in crate::s3) action: &'a str,
    /// The ARN of the bucket or the object.
    pub(in crate::s3) resource: String,
    /// Condition keys in lower case, with their values.
    pub(in crate::s3) context: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Debug)]
pub(in crate::s3) enum Who<'a> {
    Anonymous,
    Account { id: &'a str, arn: &'a str },
    Service(&'a str),
}

/// The verdict of a policy on a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::s3) enum Verdict {
    Allowed,
    Denied,
    Silent,
}

impl Policy {
    /// A denial wins over everything.
    pub(in crate::s3) fn evaluate(&self, request: &Request) -> Verdict {
        let mut verdict = Verdict::Silent;
        for statement in &self.statements {
            if statement.matches(request) {
                if !statement.allows {
                    return Verdict::Denied;
                }
                verdict = Verdict::Allowed;
            }
        }
        verdict
    }

    /// Whether every account, role and user that it names passes the test.
    pub(in crate::s3) fn names_only(&self, test: impl Fn(&str) -> bool) -> bool {
        let mut principals = self.statements.iter().flat_map(|s| &s.principals.values);
        principals.all(|principal| match principal {
            Principal::Aws(name) => test(name),
            Principal::Anyone | Principal::Service(_) | Principal::Other => true,
        })
    }

    /// Whether S3 calls the policy public: it allows something to anyone, and no condition pins
    /// the request to a fixed account, organisation, network or source.
    pub(in crate::s3) fn is_public(&self) -> bool {
        self.statements.iter().any(|statement| {
            let anyone = statement.principals.negated
                || statement.principals.values.contains(&Principal::Anyone);
            statement.allows && anyone && !statement.conditions.iter().any(Condition::pins)
        })
    }
}

impl Statement {
    fn matches(&self, request: &Request) -> bool {
        let principal = self
            .principals
            .values
            .iter()
            .any(|principal| principal.matches(request.who));
        let action = self.actions.values.iter().any(|action| {
            is_like(
                &action.to_ascii_lowercase(),
                &request.action.to_ascii_lowercase(),
            )
        });
        let mut resources = self.resources.values.iter();
        let resource = resources.any(|resource| is_like(resource, &request.resource));
        principal != self.principals.negated
            && action != self.actions.negated
            && resource != self.resources.negated
            && self
                .conditions
                .iter()
                .all(|condition| condition.holds(&request.context))
    }
}

impl Principal {
    fn matches(&self, who: Who) -> bool {
        match (self, who) {
            (Self::Anyone, _) => true,
            (Self::Service(name), Who::Service(service)) => name == service,
            (Self::Aws(principal), Who::Account { id, arn }) => {
                principal == id
                    || principal == arn
                    || *principal == format!("arn:aws:iam::{id}:root")
                    || role_of(arn).is_some_and(|role| is_role(principal, id, role))
            }
            _ => false,
        }
    }
}

/// The role's name in the ARN of a session: `arn:aws:sts::1:assumed-role/NAME/session`.
fn role_of(arn: &str) -> Option<&str> {
    let (_, rest) = arn.split_once(":assumed-role/")?;
    rest.split('/').next()
}

/// A role's ARN may have a path that its sessions' ARNs do not show.
fn is_role(principal: &str, account: &str, role: &str) -> bool {
    let path = principal.strip_prefix(&format!("arn:aws:iam::{account}:role/"));
    path.and_then(|path| path.rsplit('/').next()) == Some(role)
}

impl Condition {
    fn holds(&self, context: &BTreeMap<String, String>) -> bool {
        let actual = context.get(&self.key);
        let negated = self.operator.contains("Not");
        if self.operator == "Null" {
            let absent = actual.is_none().to_string();
            return self.values.contains(&absent);
        }
        let Some(actual) = actual else {
            return self.if_exists || negated;
        };
        let matches = self.values.iter().any(|value| self.compares(actual, value));
        matches != negated
    }

    /// Compares by the operator without its `Not`. Dates, addresses and binaries never hold:
    /// the sandbox has none of them in its requests.
    fn compares(&self, actual: &str, value: &str) -> bool {
        let number = || Some((actual.parse::<f64>().ok()?, value.parse::<f64>().ok()?));
        let ordered = |test: fn(&f64, &f64) -> bool| number().is_some_and(|(a, b)| test(&a, &b));
        match self.operator.as_str() {
            "StringEquals" | "StringNotEquals" => actual == value,
            "StringEqualsIgnoreCase" | "StringNotEqualsIgnoreCase" | "Bool" => {
                actual.eq_ignore_ascii_case(value)
            }
            "StringLike" | "StringNotLike" | "ArnLike" | "ArnEquals" | "ArnNotLike"
            | "ArnNotEquals" => is_like(value, actual),
            "NumericEquals" | "NumericNotEquals" => ordered(f64::eq),
            "NumericLessThan" => ordered(f64::lt),
            "NumericLessThanEquals" => ordered(f64::le),
            "NumericGreaterThan" => ordered(f64::gt),
            "NumericGreaterThanEquals" => ordered(f64::ge),
            _ => false,
        }
    }

    /// Whether the condition holds the request to fixed values of one of the keys that keep a
    /// policy from being public.
    fn pins(&self) -> bool {
        const KEYS: &[&str] = &[
            "aws:principalaccount",
            "aws:principalarn",
            "aws:principalorgid",
            "aws:principalservicename",
            "aws:sourceaccount",
            "aws:sourcearn",
            "aws:sourceip",
            "aws:sourceorgid",
            "aws:sourceowner",
            "aws:sourcevpc",
            "aws:sourcevpce",
            "aws:userid",
            "s3:dataaccesspointaccount",
            "s3:dataaccesspointarn",
        ];
        let fixed = |value: &String| !value.contains(['*', '?']) && value != "0.0.0.0/0";
        KEYS.contains(&self.key.as_str())
            && !self.operator.contains("Not")
            && self.operator != "Null"
            && !self.if_exists
            && self.values.iter().all(fixed)
    }
}

/// Matches `*` and `?`.
pub(in crate::s3) fn is_like(pattern: &str, text: &str) -> bool {
    let pattern = pattern.as_bytes();
    let text = text.as_bytes();
    let (mut at, mut from) = (0, 0);
    let mut star = None;
    while from < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, from));
                at += 1;
            }
            Some(byte) if *byte == b'?' || *byte == text[from] => {
                at += 1;
                from += 1;
            }
            _ => {
                let Some((star_at, star_from)) = star else {
                    return false;
                };
                at = star_at + 1;
                from = star_from + 1;
                star = Some((star_at, star_from + 1));
            }
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}
