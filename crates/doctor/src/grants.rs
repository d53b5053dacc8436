//! The permissions that the role of an account must have, from what is desired: the list that `deploy iam`
//! prints and that IAM is asked about.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::{AccountName, Resource};
use serde_json::{Value, json};

/// The permissions that no resource asks for: `deploy doctor` uses them, and drift asks SES about its account.
/// Without them both say what they could not see, and all else works.
pub const READS: [&str; 7] = [
    "iam:SimulatePrincipalPolicy",
    "route53:GetAccountLimit",
    "route53:ListHostedZones",
    "s3:ListAllMyBuckets",
    "servicequotas:ListServiceQuotas",
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

/// The use of a role of an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// It changes things: apply and destroy.
    #[default]
    Apply,
    /// It reads: plan, status, doctor.
    Plan,
    /// It reads, and keeps what a schedule told people.
    Drift,
}

impl Role {
    /// The actions of a grant that this role has.
    fn keeps(self, action: &str) -> bool {
        self == Self::Apply || is_read(action)
    }
}

/// Whether an action only reads: the Service Authorization Reference has these at the access levels
/// Read and List.
fn is_read(action: &str) -> bool {
    let name = action.split_once(':').map_or(action, |(_, name)| name);
    let starts = ["Get", "List", "Describe", "Simulate"];
    starts.iter().any(|start| name.starts_with(start))
}

/// The permissions that the role of one account must have.
pub fn grants(desired: &[Arc<Resource>], account: &AccountName) -> Vec<Grant> {
    let of_account = desired.iter().filter(|resource| {
        let location = resource.location.as_ref();
        location.is_some_and(|location| location.account == *account)
    });
    grants_on(of_account.map(AsRef::as_ref), Role::Apply)
}

/// The permissions of a role for resources, all of one account.
pub fn grants_on<'r>(resources: impl Iterator<Item = &'r Resource>, role: Role) -> Vec<Grant> {
    let mut by_arn: BTreeMap<(String, &str, String), BTreeSet<&'static str>> = BTreeMap::new();
    for resource in resources {
        let Some(location) = &resource.location else {
            continue;
        };
        let partition = aws::partition(location.region.as_str());
        for permission in resource.spec.kind().permissions(&resource.spec) {
            let arn = permission.arn(partition, location);
            for action in permission
                .actions
                .iter()
                .filter(|action| role.keeps(action))
            {
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
    fn roles_that_read_have_no_action_that_changes() {
        for (action, reads) in [
            ("s3:GetObject", true),
            ("route53:ListHostedZones", true),
            ("acm:DescribeCertificate", true),
            ("iam:SimulatePrincipalPolicy", true),
            ("s3:PutObject", false),
            ("ses:VerifyDomainIdentity", false),
            ("cloudfront:TagResource", false),
        ] {
            assert_eq!(Role::Plan.keeps(action), reads, "{action}");
            assert_eq!(Role::Drift.keeps(action), reads, "{action}");
            assert!(Role::Apply.keeps(action), "{action}");
        }
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
