//! The IAM policies that the roles of a manifest's accounts need. They follow from the manifest alone: the
//! published MX hosts, which a manifest may leave to DNS, change no permission.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use blueprint::Facts;
use doctor::{Account, Grant, Role};
use manifest::Manifest;
use model::{AccountId, AccountName, Only, Resource};

use crate::desired::presumed;
use crate::doctor::asked_accounts;
use crate::scope::{Scope, Subset};
use crate::{Error, accounts};

/// The IAM policy that the role of one account needs.
#[derive(Clone, Debug)]
pub struct AccountPolicy {
    /// The account's name in the manifest.
    pub account: AccountName,
    /// Its number.
    pub id: AccountId,
    /// The ARN of the role.
    pub role: Option<String>,
    /// The external id that the role asks for.
    pub external_id: Option<String>,
    /// The partition that it is in.
    pub partition: String,
    /// Everything that the policy allows.
    pub grants: Vec<Grant>,
}

/// An account, and everything that its role is used for.
struct Uses {
    account: Account,
    external_id: Option<String>,
    resources: Vec<Arc<Resource>>,
    /// The grants on the ledger, and on the topics of notifications.
    others: Vec<Grant>,
}

/// Makes the policies for `role` in the accounts of a manifest, or of a subset of its domains. They allow the
/// resources of the `former` manifest too, because those are still to be removed.
pub fn policies(
    manifest: &Manifest,
    former: Option<&Manifest>,
    subset: &Subset,
    role: Role,
) -> Result<Vec<AccountPolicy>, Error> {
    let mut uses: BTreeMap<AccountId, Uses> = BTreeMap::new();
    let moving = former.map(|former| blueprint::moving_from(manifest, former));
    let facts = Facts {
        moving: moving.unwrap_or_default(),
        ..presumed(manifest)
    };
    let scope = Scope::of(manifest, subset)?;
    add(&mut uses, manifest, (&facts, &scope), role);
    if let Some(former) = former {
        let facts = presumed(former);
        add(&mut uses, former, (&facts, &Scope::default()), role);
    }
    let policy = |(id, uses): (AccountId, Uses)| {
        let resources = uses.resources.iter().map(AsRef::as_ref);
        let mut grants = doctor::grants_on(resources, role);
        grants.extend(uses.others);
        AccountPolicy {
            partition: partition(&grants),
            grants,
            account: uses.account.name,
            id,
            role: uses.account.role,
            external_id: uses.external_id,
        }
    };
    let now: BTreeSet<AccountId> = accounts::ids(manifest).into_values().collect();
    let mut policies: Vec<AccountPolicy> = uses.into_iter().map(policy).collect();
    // An account of the manifest comes before an account that had the same name in the former manifest.
    policies.sort_by_key(|one| (one.account.clone(), !now.contains(&one.id)));
    Ok(policies)
}

/// The partition of an account, from the ARNs in its policy.
fn partition(grants: &[Grant]) -> String {
    let mut resources = grants.iter().flat_map(|grant| &grant.resources);
    let named = resources.find_map(|arn| arn.strip_prefix("arn:")?.split(':').next());
    named.unwrap_or(aws::partition("")).to_owned()
}

/// Adds the uses of one manifest. Two manifests may call one account by different names: its number decides.
fn add(
    uses: &mut BTreeMap<AccountId, Uses>,
    manifest: &Manifest,
    (facts, scope): (&Facts, &Scope),
    role: Role,
) {
    let (mut desired, _) = blueprint::desired(manifest, facts);
    scope.retain(&mut desired);
    let accesses = accounts::accesses(manifest);
    for account in asked_accounts(manifest, &desired, scope) {
        let is_there = |resource: &&Arc<Resource>| {
            let location = resource.location.as_ref();
            location.is_some_and(|location| location.account == account.name)
        };
        let resources: Vec<Arc<Resource>> = desired.iter().filter(is_there).cloned().collect();
        let mut others = ledger_grants(manifest, &account.name, role);
        others.extend(topic_grants(manifest, &account.name, role));
        others.extend((role == Role::Drift && !resources.is_empty()).then(trail_grant));
        let access = accesses.get(&account.name);
        let external_id = access.and_then(|access| access.external_id.clone());
        let uses = uses.entry(account.id.clone()).or_insert_with(|| Uses {
            external_id,
            account,
            resources: Vec::new(),
            others: Vec::new(),
        });
        uses.resources.extend(resources);
        for grant in others {
            if !uses.others.contains(&grant) {
                uses.others.push(grant);
            }
        }
    }
}

/// The grants on a ledger in S3. Apply lists the documents, reads them, and writes them with `If-Match`, for
/// which S3 requires `s3:GetObject` too. Plan reads them. Drift reads them, and writes the one object that
/// records which notifications were sent. No role deletes an object of the ledger.
fn ledger_grants(manifest: &Manifest, account: &AccountName, role: Role) -> Vec<Grant> {
    let manifest::Ledger::S3(s3) = &manifest.ledger.value else {
        return Vec::new();
    };
    let accounts = accounts::ids(manifest);
    if accounts.get(&s3.account.value) != accounts.get(account) {
        return Vec::new();
    }
    let partition = aws::partition(s3.region.as_str());
    let bucket = format!("arn:{partition}:s3:::{}", s3.bucket.as_str());
    let project = format!("{bucket}/{}", manifest.project.as_str());
    let grant_of = |service: &str, actions: &[&'static str], resource: String| Grant {
        service: service.to_owned(),
        actions: actions.iter().copied().collect(),
        resources: BTreeSet::from([resource]),
        only: Vec::new(),
    };
    let grant = |actions: &[&'static str], resource: String| grant_of("s3", actions, resource);
    let objects = format!("{project}/*");
    let mut grants = match role {
        Role::Apply => vec![grant(&["s3:GetObject", "s3:PutObject"], objects)],
        Role::Plan => vec![grant(&["s3:GetObject"], objects)],
        Role::Drift => vec![
            grant(&["s3:GetObject"], objects),
            grant(&["s3:PutObject"], format!("{project}/notify/STATE.json")),
        ],
    };
    // Other projects of the bucket may have the same domains on record (decision 29). Drift changes nothing.
    if role != Role::Drift {
        let ledgers = ["ledger", "shared"].map(|folder| format!("{bucket}/*/{folder}/*"));
        grants.push(Grant {
            resources: ledgers.into(),
            ..grant(&["s3:GetObject"], String::new())
        });
    }
    // Without this permission S3 answers 403, not 404, for an object that does not exist.
    grants.push(grant(&["s3:ListBucket"], bucket));
    // S3 has KMS generate a data key for each write and decrypt it for each read, in the name of the caller (S3
    // User Guide, "Using server-side encryption with AWS KMS keys", "Permissions"). The role has no other use for
    // the key, so it is allowed through S3 alone (KMS Developer Guide, `kms:ViaService`). The guide does not say
    // whether the name of the service has China's suffix there.
    if let Some(key) = &s3.kms_key {
        let actions: &[&str] = match role {
            Role::Plan => &["kms:Decrypt"],
            Role::Apply | Role::Drift => &["kms:Decrypt", "kms:GenerateDataKey"],
        };
        let end = if partition == "aws-cn" { "*" } else { "" };
        let through = format!("s3.{}.amazonaws.com{end}", s3.region.as_str());
        grants.push(Grant {
            only: vec![Only::one_of("kms:ViaService", [through])],
            ..grant_of("kms", actions, key.to_string())
        });
    }
    grants
}

/// The grant to publish to those topics of `notify:` that name this account. Plan sends no notification.
fn topic_grants(manifest: &Manifest, account: &AccountName, role: Role) -> Option<Grant> {
    let topics = manifest.notify.values().filter_map(|one| one.topic());
    let own = topics.filter(|topic| topic.account.value == *account);
    let resources: BTreeSet<String> = own.map(|topic| topic.topic.to_string()).collect();
    (role != Role::Plan && !resources.is_empty()).then(|| Grant {
        service: "sns".to_owned(),
        actions: BTreeSet::from(["sns:Publish"]),
        resources,
        only: Vec::new(),
    })
}

/// The grant to ask CloudTrail who changed what drifted. It knows no resources (Service Authorization
/// Reference).
fn trail_grant() -> Grant {
    Grant {
        service: "cloudtrail".to_owned(),
        actions: BTreeSet::from(["cloudtrail:LookupEvents"]),
        resources: BTreeSet::from(["*".to_owned()]),
        only: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use manifest::MemoryFiles;

    use super::*;

    fn manifest(text: impl Into<Vec<u8>>) -> Manifest {
        let files = MemoryFiles::default().with("deploy.yaml", text);
        let now = jiff::Timestamp::UNIX_EPOCH;
        let loaded = crate::load("deploy.yaml", &files, "deploy.yaml".into(), now);
        loaded.expect("a sound manifest").manifest
    }

    fn policies_of(text: impl Into<Vec<u8>>) -> Vec<AccountPolicy> {
        let policies = policies(&manifest(text), None, &Subset::All, Role::Apply);
        policies.expect("policies")
    }

    /// Hosting moves to another account under a wildcard, for which the role there requests a certificate.
    #[test]
    fn a_role_may_request_the_certificate_of_a_move() {
        let hosted = |account: &str| {
            manifest(format!(
                "project: shop\naccounts:\n  web: {{ id: \"222222222222\" }}\n  other: {{ id: \"666666666666\" }}\n\
                 domains:\n  example.com:\n    dns: {{ route53: {{ account: web }} }}\n    \
                 hosting: {{ account: {account}, region: us-east-1 }}\n    \
                 mta_sts: {{ mode: testing, max_age: 7d, mx: [mx.example.com] }}\n"
            ))
        };
        let former = hosted("web");
        let names = |account: &str| {
            let policies = policies(&hosted(account), Some(&former), &Subset::All, Role::Apply);
            let policies = policies.expect("policies").into_iter();
            let grants = policies.flat_map(|one| one.grants);
            let requests = grants.filter(|one| one.actions.contains("acm:RequestCertificate"));
            let only = requests.flat_map(|one| one.only);
            format!("{:?}", only.collect::<Vec<_>>())
        };
        assert!(
            names("other").contains("*.example.com"),
            "{}",
            names("other")
        );
        assert!(!names("web").contains("*.example.com"), "{}", names("web"));
    }

    #[test]
    fn an_account_that_holds_the_ledger_alone_is_in_the_partition_of_its_bucket() {
        let policies = policies_of(
            "project: shop\naccounts:\n  box: { id: \"333333333333\" }\n\
             ledger: { s3: { account: box, bucket: ledger-of-the-shop, region: cn-north-1 } }\n\
             domains:\n  example.com: { dns: manual, spf: { all: fail } }\n",
        );
        let [of_the_box] = policies.as_slice() else {
            panic!("{policies:?}");
        };
        assert_eq!(of_the_box.partition, "aws-cn");
    }

    /// An MTA-STS policy that is made from the published MX hosts needs the same permissions as one that is
    /// made from declared ones.
    #[test]
    fn mx_hosts_change_no_permission() {
        let text = |mx: &str| {
            format!(
                "project: shop\naccounts:\n  dns: {{ id: \"111111111111\" }}\n  web: {{ id: \"222222222222\" }}\n\
                 domains:\n  example.com:\n    dns: {{ route53: {{ account: dns }} }}\n    \
                 hosting: {{ account: web, region: us-east-1 }}\n    \
                 mta_sts: {{ mode: testing, max_age: 7d{mx} }}\n"
            )
        };
        let grants = |mx: &str| {
            let policies = policies_of(text(mx)).into_iter();
            policies.map(|one| one.grants).collect::<Vec<_>>()
        };
        let declared = grants(", mx: [mx.example.com]");
        let makes = |grant: &Grant| grant.actions.contains("cloudfront:CreateDistribution");
        assert!(declared.iter().flatten().any(makes), "{declared:?}");
        assert_eq!(grants(""), declared);
    }
}
