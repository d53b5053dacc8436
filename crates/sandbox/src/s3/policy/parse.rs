//! Policies as they are put: read, and checked as S3 checks them.

use serde_json::{Map, Value};

use super::{Condition, Matcher, Policy, Principal, Statement};
use crate::conditions;
use crate::s3::error::{Error, malformed_policy};

impl Policy {
    pub(in crate::s3) fn parse(bucket: &str, text: &str) -> Result<Self, Error> {
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
        let actions = strings(&field(statement, "Action")?, "Policy has invalid action")?;
        if actions.values.iter().any(|action| !is_action(action)) {
            return Err(malformed_policy("Policy has invalid action"));
        }
        let resources = strings(
            &field(statement, "Resource")?,
            "Policy has invalid resource",
        )?;
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

fn strings(field: &Matcher<&Value>, message: &'static str) -> Result<Matcher<Vec<String>>, Error> {
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

/// Twelve digits.
pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A twelve-digit account, or the ARN of an account, a user, a role or a session.
fn is_aws_principal(value: &str) -> bool {
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

fn parse_conditions(value: Option<&Value>) -> Result<Vec<Condition>, Error> {
    value.map_or(Ok(Vec::new()), |value| {
        conditions::parse(value).map_err(malformed_policy)
    })
}
