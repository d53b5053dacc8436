//! Tags of identities and configuration sets, and sending authorization policies.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::caller::Caller;
use super::problem::Problem;
use super::state::State;

/// The most tags of a resource.
const MOST_TAGS: usize = 50;

/// A sending authorization policy of an identity.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PolicyName<'a> {
    pub(crate) identity: &'a str,
    pub(crate) name: &'a str,
}

impl State {
    /// The resources of an account and region, as (ARN, tags).
    pub(crate) fn tagged(
        &self,
        account: &str,
        region: &str,
    ) -> Vec<(String, BTreeMap<String, String>)> {
        let caller = Caller {
            account,
            region,
            now: Timestamp::MIN,
        };
        let Some(here) = self.here(caller) else {
            return Vec::new();
        };
        let identities = here
            .identities
            .iter()
            .map(|(name, held)| (caller.arn("identity", name), held.tags.clone()));
        let sets = here
            .sets
            .iter()
            .map(|(name, held)| (caller.arn("configuration-set", name), held.tags.clone()));
        identities.chain(sets).collect()
    }

    /// The tags of what an ARN names.
    pub(crate) fn tags_mut(
        &mut self,
        caller: Caller<'_>,
        arn: &str,
    ) -> Result<&mut BTreeMap<String, String>, Problem> {
        let malformed = || Problem::invalid("ResourceArn is not the expected format");
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let [_, _, "ses", region, account, resource] = parts.as_slice() else {
            return Err(malformed());
        };
        let (kind, name) = resource.split_once('/').ok_or_else(malformed)?;
        if *account != caller.account || *region != caller.region {
            return Err(Problem::NoResource(format!(
                "Resource {arn} was not found."
            )));
        }
        match kind {
            "identity" => self
                .identity_mut(caller, name)
                .map(|identity| &mut identity.tags)
                .map_err(|_| {
                    Problem::NoResource(format!("No EmailIdentity present with name: {name}"))
                }),
            "configuration-set" => {
                self.set_mut(caller, name)
                    .map(|set| &mut set.tags)
                    .map_err(|_| {
                        Problem::NoResource(format!(
                            "No ConfigurationSet present with name: {name}"
                        ))
                    })
            }
            _ => Err(malformed()),
        }
    }

    /// Adds tags, or changes their values.
    pub(crate) fn tag(
        &mut self,
        caller: Caller<'_>,
        arn: &str,
        new: BTreeMap<String, String>,
    ) -> Result<(), Problem> {
        let tags = self.tags_mut(caller, arn)?;
        let mut all = tags.clone();
        all.extend(new);
        check_tags(&all)?;
        *tags = all;
        Ok(())
    }

    /// Adds a policy to an identity; `exists` says whether there must be one of the name already.
    pub(crate) fn put_policy(
        &mut self,
        caller: Caller<'_>,
        named: PolicyName<'_>,
        policy: &str,
        exists: Option<bool>,
    ) -> Result<(), Problem> {
        let PolicyName { identity, name } = named;
        check_policy(name, policy)?;
        let policies = &mut self.identity_mut(caller, identity)?.policies;
        match (exists, policies.contains_key(name)) {
            (Some(false), true) => return Err(Problem::PolicyExists(name.to_owned())),
            (Some(true), false) => return Err(Problem::NoPolicy(name.to_owned())),
            (_, false) if policies.len() >= 20 => {
                return Err(Problem::Limit(
                    "Maximum number of policies reached.".to_owned(),
                ));
            }
            _ => policies.insert(name.to_owned(), policy.to_owned()),
        };
        Ok(())
    }
}

/// Checks a resource's tags.
pub(crate) fn check_tags(tags: &BTreeMap<String, String>) -> Result<(), Problem> {
    if tags.len() > MOST_TAGS {
        return Err(Problem::Invalid(format!(
            "A resource can have at most {MOST_TAGS} tags."
        )));
    }
    for (key, value) in tags {
        if key.is_empty() || key.chars().count() > 128 || value.chars().count() > 256 {
            return Err(Problem::Invalid(format!(
                "Tag <{key}> is too long, or has no key."
            )));
        }
        if key.starts_with("aws:") {
            return Err(Problem::Invalid(format!(
                "Tag key <{key}> is reserved for AWS use."
            )));
        }
    }
    Ok(())
}

fn check_policy(name: &str, policy: &str) -> Result<(), Problem> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if name.is_empty() || name.len() > 64 || !name.bytes().all(fits) {
        return Err(Problem::invalid(
            "The policy name must be up to 64 alphanumeric characters, dashes, and underscores.",
        ));
    }
    if policy.len() > 4096 {
        return Err(Problem::BadPolicy(
            "The policy document can't be longer than 4096 bytes.".to_owned(),
        ));
    }
    let document: Value = serde_json::from_str(policy).unwrap_or_default();
    let statements = match &document["Statement"] {
        Value::Array(statements) => statements.as_slice(),
        one @ Value::Object(_) => std::slice::from_ref(one),
        _ => &[],
    };
    let complete = |statement: &Value| {
        ["Effect", "Principal", "Action"]
            .iter()
            .all(|field| !statement[*field].is_null())
    };
    if statements.is_empty() || !statements.iter().all(complete) {
        return Err(Problem::BadPolicy(
            "The provided policy is not valid.".to_owned(),
        ));
    }
    Ok(())
}
