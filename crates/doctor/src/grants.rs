//! What the role of an account must be allowed, from what is desired: the list that `deploy iam`
//! prints and that IAM is asked about.

use std::collections::{BTreeMap, BTreeSet};

use model::{AccountName, KindSet, Resource};
use serde_json::{Value, json};

/// What only `deploy doctor` reads. Without them it says that it could not see, and all else works.
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

/// What is needed in one account. Resources whose kind is not known need nothing.
pub fn grants(kinds: &KindSet, desired: &[Resource], account: &AccountName) -> Vec<Grant> {
    let mut by_arn: BTreeMap<(String, &str, String), BTreeSet<&'static str>> = BTreeMap::new();
    for resource in desired {
        let home = resource
            .home
            .as_ref()
            .filter(|home| home.account == *account);
        let (Some(home), Some(kind)) = (home, kinds.get(resource.id.kind.as_str())) else {
            continue;
        };
        let partition = aws::partition(home.region.as_str());
        for permission in kind.permissions(&resource.spec).unwrap_or_default() {
            let arn = permission.arn(partition, home, &resource.spec);
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
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut statements: Vec<Value> = Vec::new();
    for grant in grants {
        let count = counts.entry(&grant.service).or_default();
        *count += 1;
        statements.push(json!({
            "Sid": format!("{}{count}", capital(&grant.service)),
            "Effect": "Allow",
            "Action": grant.actions,
            "Resource": grant.resources,
        }));
    }
    statements.push(json!({
        "Sid": "Doctor",
        "Effect": "Allow",
        "Action": READS,
        "Resource": ["*"],
    }));
    json!({ "Version": "2012-10-17", "Statement": statements })
}

fn capital(text: &str) -> String {
    let (first, rest) = text.split_at(1.min(text.len()));
    first.to_uppercase() + rest
}
