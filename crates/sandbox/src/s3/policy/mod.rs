//! Bucket policies: what they allow and deny, and whether they are public.

mod normal;
mod parse;

pub(in crate::s3) use normal::normal;

use std::collections::BTreeMap;
use std::slice;

use crate::conditions::{Condition, is_like};

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

impl Request<'_> {
    /// The values of a condition key: one, or none.
    fn values(&self, key: &str) -> &[String] {
        self.context.get(key).map_or(&[], slice::from_ref)
    }
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
            statement.allows && anyone && !statement.conditions.iter().any(pins)
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
                .all(|condition| condition.holds(request.values(&condition.key)))
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

/// Whether a condition holds the request to fixed values of one of the keys that keep a policy from
/// being public.
fn pins(condition: &Condition) -> bool {
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
    KEYS.contains(&condition.key.as_str())
        && condition.asks_for_presence()
        && condition.values.iter().all(fixed)
}
