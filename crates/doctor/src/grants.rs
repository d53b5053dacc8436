//! The permissions that the role of an account must have, from what is desired: the list that `deploy iam`
//! prints and that IAM is asked about.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::{AccountName, Location, Named, Only, Permission, Resource, ResourceId};

/// The permissions that no resource asks for: `deploy doctor` uses them, and drift asks SES about its account.
/// Without them both say what they could not see, and all else works.
pub const READS: [&str; 8] = [
    "iam:GetRole",
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
    /// The conditions on a request.
    pub only: Vec<Only>,
}

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
    let asked: Vec<(&Location, &ResourceId, Permission)> = resources
        .filter_map(|resource| Some((resource.location.as_ref()?, resource)))
        .flat_map(|(location, resource)| {
            let permissions = resource.spec.kind().permissions(&resource.spec);
            let each = permissions.into_iter();
            each.map(move |permission| (location, &resource.id, permission))
        })
        .collect();
    let mut names = BTreeMap::new();
    for (_, id, permission) in &asked {
        if let Named::Is(name) = &permission.name {
            names.insert((*id, permission.on), name.clone());
        }
    }
    let mut narrowed = BTreeMap::new();
    for (location, _, permission) in &asked {
        let partition = aws::partition(location.region.as_str());
        let known = |id: &ResourceId| names.get(&(id, permission.on)).cloned();
        let arn = permission.arn(partition, location, known);
        for action in permission.actions.iter().filter(|one| role.keeps(one)) {
            add(&mut narrowed, action, permission, &arn);
        }
    }
    merge(narrowed)
}

/// The condition keys of a grant, and whether a request can have several values of each.
type Keys = Vec<(&'static str, bool)>;

/// The values of each of the keys, in their order.
type Values = Vec<BTreeSet<String>>;

/// The actions of one service on one ARN of a form, under conditions with the same keys.
type Narrowed = BTreeMap<(String, &'static str, String, Keys), (BTreeSet<&'static str>, Values)>;

/// Adds an action on an ARN: what narrows it allows the values of all that need the action there.
fn add(narrowed: &mut Narrowed, action: &'static str, permission: &Permission, arn: &str) {
    let service = service(action).to_owned();
    let keys: Keys = permission
        .only
        .iter()
        .map(|only| (only.key, only.many))
        .collect();
    let key = (service, permission.on, arn.to_owned(), keys);
    let (actions, values) = narrowed.entry(key).or_default();
    actions.insert(action);
    unite(values, permission.only.iter().map(|only| &only.values));
}

fn unite<'v, V: IntoIterator<Item = &'v String>>(all: &mut Values, more: impl Iterator<Item = V>) {
    for (at, values) in more.enumerate() {
        if all.len() == at {
            all.push(BTreeSet::new());
        }
        all[at].extend(values.into_iter().cloned());
    }
}

/// One grant for all resources of one form that need the same.
fn merge(narrowed: Narrowed) -> Vec<Grant> {
    type Same = (String, &'static str, BTreeSet<&'static str>, Keys);
    let mut merged: BTreeMap<Same, (BTreeSet<String>, Values)> = BTreeMap::new();
    for ((service, form, arn, keys), (actions, values)) in narrowed {
        let same = (service, form, actions, keys);
        let (resources, all) = merged.entry(same).or_default();
        resources.insert(arn);
        unite(all, values.iter());
    }
    let grants = merged.into_iter();
    grants
        .map(|((service, _, actions, keys), (resources, values))| Grant {
            service,
            actions,
            resources,
            only: keys
                .into_iter()
                .zip(values)
                .map(|((key, many), values)| Only {
                    key,
                    many,
                    values: values.into_iter().collect(),
                })
                .collect(),
        })
        .collect()
}

/// `s3` of `s3:PutObject`.
pub(crate) fn service(action: &str) -> &str {
    action.split(':').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

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
            ("iam:PassRole", false),
        ] {
            assert_eq!(Role::Plan.keeps(action), reads, "{action}");
            assert_eq!(Role::Drift.keeps(action), reads, "{action}");
            assert!(Role::Apply.keeps(action), "{action}");
        }
    }
}
