//! Bucket policies: read, checked as S3 checks them when they are put, and evaluated.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::error::{Error, malformed_policy};

/// A policy that S3 accepted.
#[derive(Clone, Debug)]
pub(super) struct Policy {
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

/// Who asks for what, as far as policies can see it.
#[derive(Clone, Debug)]
pub(super) struct Request<'a> {
    pub(super) who: Who<'a>,
    pub(super) action: &'a str,
    /// The ARN of the bucket or the object.
    pub(super) resource: String,
    /// Condition keys in lower case, with their values.
    pub(super) context: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Who<'a> {
    Anonymous,
    Account { id: &'a str, arn: &'a str },
    Service(&'a str),
}

/// What a policy says of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Allowed,
    Denied,
    Silent,
}

impl Policy {
    pub(super) fn parse(bucket: &str, text: &str) -> Result<Self, Error> {
        if text.len() > 20 * 1024 {
            return Err(malformed_policy(
                "Policy exceeds the maximum allowed document size.",
            ));
        }
        let json = serde_json::from_str::<Value>(text).ok();
        let Some(Value::Object(document)) = json else {
            return Err(malformed_policy(
                "Policies must be valid JSON and the first byte must be '{'",
            ));
        };
        known_fields(&document, &["Version", "Id", "Statement"])?;
        if let Some(version) = document.get("Version")
            && version != "2012-10-17"
            && version != "2008-10-17"
        {
            return Err(malformed_policy(
                "The policy must contain a valid version string",
            ));
        }
        let statements = match document.get("Statement") {
            None => return Err(malformed_policy("Missing required field Statement")),
            Some(Value::Array(statements)) => statements.iter().collect(),
            Some(statement) => vec![statement],
        };
        if statements.is_empty() {
            return Err(malformed_policy(
                "Could not parse the policy: Statement is empty!",
            ));
        }
        let statements = statements
            .into_iter()
            .map(|statement| Statement::parse(bucket, statement))
            .collect::<Result<_, _>>()?;
        Ok(Self { statements })
    }

    /// A denial wins over everything.
    pub(super) fn evaluate(&self, request: &Request) -> Verdict {
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

    /// Whether S3 calls the policy public: it allows something to anyone, and no condition pins
    /// the request to a fixed account, organisation, network or source.
    pub(super) fn is_public(&self) -> bool {
        self.statements.iter().any(|statement| {
            let anyone = statement.principals.negated
                || statement.principals.values.contains(&Principal::Anyone);
            statement.allows && anyone && !statement.conditions.iter().any(Condition::pins)
        })
    }
}

impl Statement {
    fn parse(bucket: &str, statement: &Value) -> Result<Self, Error> {
        let Value::Object(statement) = statement else {
            return Err(malformed_policy("Invalid policy syntax."));
        };
        known_fields(
            statement,
            &[
                "Sid",
                "Effect",
                "Principal",
                "NotPrincipal",
                "Action",
                "NotAction",
                "Resource",
                "NotResource",
                "Condition",
            ],
        )?;
        let allows = match statement.get("Effect").and_then(Value::as_str) {
            Some("Allow") => true,
            Some("Deny") => false,
            Some(other) => return Err(malformed_policy(format!("Invalid effect: {other}"))),
            None => return Err(malformed_policy("Missing required field Effect")),
        };
        let principals = field(statement, "Principal")?;
        let principals = Matcher {
            negated: principals.negated,
            values: parse_principals(principals.values)?,
        };
        let actions = strings(field(statement, "Action")?, "Policy has invalid action")?;
        if actions.values.iter().any(|action| !is_action(action)) {
            return Err(malformed_policy("Policy has invalid action"));
        }
        let resources = strings(field(statement, "Resource")?, "Policy has invalid resource")?;
        check_resources(bucket, &resources.values)?;
        check_combination(&actions, &resources)?;
        Ok(Self {
            allows,
            principals,
            actions,
            resources,
            conditions: parse_conditions(statement.get("Condition"))?,
        })
    }

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

fn known_fields(map: &Map<String, Value>, known: &[&str]) -> Result<(), Error> {
    match map.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(malformed_policy(format!("Unknown field {key}"))),
        None => Ok(()),
    }
}

/// A field or its `Not…` form: exactly one of them.
fn field<'a>(statement: &'a Map<String, Value>, name: &str) -> Result<Matcher<&'a Value>, Error> {
    let plain = statement.get(name);
    let not = statement.get(&format!("Not{name}"));
    match (plain, not) {
        (Some(values), None) => Ok(Matcher {
            negated: false,
            values,
        }),
        (None, Some(values)) => Ok(Matcher {
            negated: true,
            values,
        }),
        (None, None) => Err(malformed_policy(format!("Missing required field {name}"))),
        (Some(_), Some(_)) => Err(malformed_policy("Invalid policy syntax.")),
    }
}

/// One string, or a list of at least one.
fn list(value: &Value) -> Option<Vec<String>> {
    let items = match value {
        Value::Array(items) => items.as_slice(),
        item => std::slice::from_ref(item),
    };
    let items = items.iter().map(|item| item.as_str().map(str::to_owned));
    let items = items.collect::<Option<Vec<_>>>()?;
    (!items.is_empty()).then_some(items)
}

fn strings(field: Matcher<&Value>, message: &'static str) -> Result<Matcher<Vec<String>>, Error> {
    Ok(Matcher {
        negated: field.negated,
        values: list(field.values).ok_or_else(|| malformed_policy(message))?,
    })
}

fn parse_principals(value: &Value) -> Result<Vec<Principal>, Error> {
    let invalid = || malformed_policy("Invalid principal in policy");
    if value == "*" {
        return Ok(vec![Principal::Anyone]);
    }
    let Value::Object(kinds) = value else {
        return Err(invalid());
    };
    let mut principals = Vec::new();
    for (kind, values) in kinds {
        for value in list(values).ok_or_else(invalid)? {
            principals.push(match kind.as_str() {
                "AWS" if value == "*" => Principal::Anyone,
                "AWS" if is_aws_principal(&value) => Principal::Aws(value),
                "Service" if value.ends_with(".amazonaws.com") => Principal::Service(value),
                "CanonicalUser" | "Federated" => Principal::Other,
                _ => return Err(invalid()),
            });
        }
    }
    if principals.is_empty() {
        return Err(invalid());
    }
    Ok(principals)
}

/// A twelve-digit account, or the ARN of an account, a user, a role or a session.
fn is_aws_principal(value: &str) -> bool {
    let is_account = |text: &str| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
    let parts = value.splitn(6, ':').collect::<Vec<_>>();
    match parts.as_slice() {
        ["arn", "aws", "iam" | "sts", "", account, name] => {
            let service_access = value
                .starts_with("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity ");
            service_access || (is_account(account) && !name.is_empty() && !name.contains('*'))
        }
        _ => is_account(value),
    }
}

fn is_action(action: &str) -> bool {
    let lower = action.to_ascii_lowercase();
    lower == "*"
        || lower.strip_prefix("s3:").is_some_and(|name| {
            !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'*' || byte == b'?')
        })
}

/// Every resource is this bucket or in it.
fn check_resources(bucket: &str, resources: &[String]) -> Result<(), Error> {
    let ours = |resource: &String| {
        let Some(name) = resource.strip_prefix("arn:aws:s3:::") else {
            return false;
        };
        name == bucket
            || name
                .strip_prefix(bucket)
                .is_some_and(|rest| rest.starts_with('/') || rest.starts_with('*'))
    };
    if resources.iter().all(ours) {
        Ok(())
    } else {
        Err(malformed_policy("Policy has invalid resource"))
    }
}

/// Each action needs a resource of its own sort: objects for `s3:GetObject`, the bucket for
/// `s3:ListBucket`.
fn check_combination(
    actions: &Matcher<Vec<String>>,
    resources: &Matcher<Vec<String>>,
) -> Result<(), Error> {
    if actions.negated || resources.negated {
        return Ok(());
    }
    let objects = resources.values.iter().any(|name| name.contains('/'));
    let bucket = resources.values.iter().any(|name| !name.contains('/'));
    let wild = |name: &String| name.ends_with('*');
    let both = (objects && bucket) || resources.values.iter().any(|n| !n.contains('/') && wild(n));
    let fits = |action: &String| {
        let name = action.to_ascii_lowercase();
        let name = name.strip_prefix("s3:").unwrap_or(&name);
        both || name.contains('*') || concerns_objects(name) == objects
    };
    if actions.values.iter().all(fits) {
        Ok(())
    } else {
        Err(malformed_policy(
            "Action does not apply to any resource(s) in statement",
        ))
    }
}

/// Whether an action, in lower case and without `s3:`, is one on objects.
fn concerns_objects(action: &str) -> bool {
    let bucket_actions = [
        "getbucketobjectlockconfiguration",
        "putbucketobjectlockconfiguration",
    ];
    (action.contains("object") && !bucket_actions.contains(&action))
        || action.contains("multipartuploadparts")
        || action == "abortmultipartupload"
}

const OPERATORS: &[&str] = &[
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
    "BinaryEquals",
    "Bool",
    "DateEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateNotEquals",
    "IpAddress",
    "NotIpAddress",
    "Null",
    "NumericEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericNotEquals",
    "StringEquals",
    "StringEqualsIgnoreCase",
    "StringLike",
    "StringNotEquals",
    "StringNotEqualsIgnoreCase",
    "StringNotLike",
];

fn parse_conditions(value: Option<&Value>) -> Result<Vec<Condition>, Error> {
    let invalid = || malformed_policy("Invalid Condition in policy");
    let Some(value) = value else {
        return Ok(Vec::new());
    };
    let mut conditions = Vec::new();
    for (operator, keys) in value.as_object().ok_or_else(invalid)? {
        let bare = operator
            .strip_prefix("ForAnyValue:")
            .or_else(|| operator.strip_prefix("ForAllValues:"))
            .unwrap_or(operator);
        let plain = bare.strip_suffix("IfExists").unwrap_or(bare);
        let mut known = OPERATORS.iter();
        let Some(known) = known.find(|name| name.eq_ignore_ascii_case(plain)) else {
            return Err(malformed_policy(format!(
                "Invalid Condition type : {operator}"
            )));
        };
        for (key, values) in keys.as_object().ok_or_else(invalid)? {
            if !key.contains(':') {
                return Err(malformed_policy("Policy has an invalid condition key"));
            }
            let values = match values {
                Value::Array(values) => values.iter().collect(),
                value => vec![value],
            };
            conditions.push(Condition {
                operator: (*known).to_owned(),
                if_exists: plain.len() < bare.len(),
                key: key.to_ascii_lowercase(),
                values: values.into_iter().map(text).collect(),
            });
        }
    }
    Ok(conditions)
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
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
            return self.values.iter().any(|value| *value == absent);
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
pub(super) fn is_like(pattern: &str, text: &str) -> bool {
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
