//! The permissions that the role of an account must have, from what is desired: the list that `deploy iam`
//! prints and that IAM is asked about.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::{AccountName, Resource};
use serde_json::{Value, json};

/// The permissions that only `deploy doctor` uses. Without them it says what it could not see, and all else works.
pub const READS: [&str; 5] = [
    "iam:SimulatePrincipalPolicy",
    "route53:ListHostedZones",
    "s3:ListAllMyBuckets",
    "ses:GetAccount",
    "ses:ListEmailIdentities",
];

/// Actions of one service that are needed on the same resources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The service, as the actions begin with it.
    pub service: String,
    /// IAM's names.
    pub actions: BTreeSet<&'static str>,
    /// ARNs, each of the same form, or `*`.
    pub resources: BTreeSet<String>,
}

/// IAM takes some thousand characters a policy: this many names are written out, more are written as
/// what they have in common.
const NAMES_MAX: usize = 10;

/// The permissions that the role of one account must have.
pub fn grants(desired: &[Arc<Resource>], account: &AccountName) -> Vec<Grant> {
    let mut by_arn: BTreeMap<(String, &str, String), BTreeSet<&'static str>> = BTreeMap::new();
    for resource in desired {
        let location = resource
            .location
            .as_ref()
            .filter(|location| location.account == *account);
        let Some(location) = location else {
            continue;
        };
        let partition = aws::partition(location.region.as_str());
        for permission in resource.spec.kind().permissions(&resource.spec) {
            let arn = permission.arn(partition, location);
            for action in permission.actions {
                let service = service(action).to_owned();
                let key = (service, permission.on, arn.clone());
                by_arn.entry(key).or_default().insert(action);
            }
        }
    }
    merge(by_arn)
}

/// One grant for all resources of one form that need the same.
fn merge(by_arn: BTreeMap<(String, &str, String), BTreeSet<&'static str>>) -> Vec<Grant> {
    let mut merged: BTreeMap<(String, &str, BTreeSet<&'static str>), BTreeSet<String>> =
        BTreeMap::new();
    for ((service, form, arn), actions) in by_arn {
        merged
            .entry((service, form, actions))
            .or_default()
            .insert(arn);
    }
    let grants = merged.into_iter();
    grants
        .map(|((service, _, actions), resources)| Grant {
            service,
            actions,
            resources,
        })
        .collect()
}

/// `s3` of `s3:PutObject`.
pub(crate) fn service(action: &str) -> &str {
    action.split(':').next().unwrap_or_default()
}

/// The policy document that allows `grants`, and what `deploy doctor` reads.
pub fn policy(grants: &[Grant]) -> Value {
    let allow = |grant: &Grant| json!({ "Effect": "Allow", "Action": grant.actions, "Resource": short(&grant.resources) });
    let mut statements: Vec<Value> = grants.iter().map(allow).collect();
    statements.push(json!({
        "Sid": "Doctor",
        "Effect": "Allow",
        "Action": READS,
        "Resource": ["*"],
    }));
    json!({ "Version": "2012-10-17", "Statement": statements })
}

/// The resources, or how all of them begin.
fn short(resources: &BTreeSet<String>) -> Vec<String> {
    let (Some(first), Some(last)) = (resources.first(), resources.last()) else {
        return Vec::new();
    };
    if resources.len() <= NAMES_MAX {
        return resources.iter().cloned().collect();
    }
    // In order, what the first and the last have in common all have.
    let common = first.chars().zip(last.chars());
    let common: String = common.take_while(|(a, b)| a == b).map(|(a, _)| a).collect();
    vec![format!("{common}*")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(names: usize, expect: &[&str]) {
        let arns = (0..names).map(|name| format!("arn:aws:s3:::anycompany-{name}"));
        assert_eq!(short(&arns.collect()), expect);
    }

    #[test]
    fn many_names_are_written_as_what_they_have_in_common() {
        check(1, &["arn:aws:s3:::anycompany-0"]);
        check(11, &["arn:aws:s3:::anycompany-*"]);
        assert!(short(&BTreeSet::new()).is_empty());
    }

    #[test]
    fn a_policy_allows_what_is_granted_and_what_the_doctor_reads() {
        let grant = Grant {
            service: "s3".to_owned(),
            actions: BTreeSet::from(["s3:PutObject", "s3:GetObject"]),
            resources: BTreeSet::from(["arn:aws:s3:::b/*".to_owned()]),
        };
        let policy = policy(&[grant]);
        assert_eq!(
            policy["Statement"][0],
            json!({
                "Effect": "Allow",
                "Action": ["s3:GetObject", "s3:PutObject"],
                "Resource": ["arn:aws:s3:::b/*"],
            })
        );
        assert_eq!(policy["Statement"][1]["Action"], json!(READS));
    }
}
