//! Examines accounts and domains before anything is done, and the policies that roles need.

use std::collections::BTreeSet;
use std::sync::Arc;

use blueprint::Facts;
use doctor::{About, Account, Check, CheckOutcome, Grant, Patient};
use jiff::Timestamp;
use manifest::{Domain, Manifest};
use model::{AccountId, AccountName, Resource};
use serde_json::Value;
use standards::Severity;

use crate::scope::Scope;
use crate::{Error, Project, accounts};

/// Examines the accounts and domains that the run is about. It changes nothing.
pub async fn examine(project: &Project) -> Result<Vec<Check>, Error> {
    let ledger = project.ledger().await?;
    let (desired, _) = project.desired().await;
    let facts = doctor::observe(&Patient {
        engine: &project.engine,
        accounts: asked_accounts(&project.manifest, &desired, &project.scope),
        domains: project.domains(),
        desired: &desired,
        ledger: &ledger,
    })
    .await;
    let mut checks = doctor::judge(&facts);
    accept(&project.manifest, &mut checks, project.clock.now());
    Ok(checks)
}

/// The IAM policy that the role of one account needs.
#[derive(Clone, Debug)]
pub struct AccountPolicy {
    /// The account's name in the manifest.
    pub account: AccountName,
    /// Its number.
    pub id: AccountId,
    /// The ARN of the role.
    pub role: Option<String>,
    /// The policy document.
    pub policy: Value,
}

/// The policies that the roles of a manifest's accounts need. Nobody is asked anything: where mail
/// goes changes no permission.
pub fn policies(manifest: &Manifest, targets: &[String]) -> Result<Vec<AccountPolicy>, Error> {
    let scope = Scope::of(manifest, targets)?;
    let (mut desired, _) = blueprint::desired(manifest, &Facts::default());
    scope.retain(&mut desired);
    let policy = |account: Account| {
        let mut grants = doctor::grants(&desired, &account.name);
        grants.extend(ledger_grants(manifest, &account.name));
        AccountPolicy {
            policy: doctor::policy(&grants),
            account: account.name,
            id: account.id,
            role: account.role,
        }
    };
    let accounts = asked_accounts(manifest, &desired, &scope).into_iter();
    Ok(accounts.map(policy).collect())
}

/// The grants for a run with a ledger in S3: list its documents, read them, and write them on condition.
/// S3 asks for `s3:GetObject` for `If-Match` too. No run deletes anything there.
fn ledger_grants(manifest: &Manifest, account: &AccountName) -> Vec<Grant> {
    let manifest::Ledger::S3(s3) = &manifest.ledger.value else {
        return Vec::new();
    };
    if s3.account.as_str() != account.as_str() {
        return Vec::new();
    }
    let partition = aws::partition(s3.region.as_str());
    let bucket = format!("arn:{partition}:s3:::{}", s3.bucket.as_str());
    let objects = format!("{bucket}/{}/*", manifest.project.as_str());
    let grant = |actions: &[&'static str], resource: String| Grant {
        service: "s3".to_owned(),
        actions: actions.iter().copied().collect(),
        resources: BTreeSet::from([resource]),
    };
    vec![
        grant(&["s3:GetObject", "s3:PutObject"], objects),
        // Without it S3 answers 403 for an object that is not there, not 404.
        grant(&["s3:ListBucket"], bucket),
    ]
}

/// The accounts that a run asks: all, or with `--target` those of its domains.
fn asked_accounts(manifest: &Manifest, desired: &[Arc<Resource>], scope: &Scope) -> Vec<Account> {
    let is_asked = |name: &AccountName| {
        let mut locations = desired.iter().filter_map(|one| one.location.as_ref());
        scope.is_all() || locations.any(|location| location.account == *name)
    };
    accounts::accesses(manifest)
        .into_iter()
        .filter(|(name, _)| is_asked(name))
        .map(|(name, access)| Account {
            role: access.role_arn("us-east-1"),
            id: access.id,
            name,
        })
        .collect()
}

/// Findings that the manifest accepts at `now` weigh nothing. A finding about an account is accepted when
/// every domain accepts it.
fn accept(manifest: &Manifest, checks: &mut [Check], now: Timestamp) {
    let domains = &manifest.domains;
    let reason = |domain: &Domain, rule: &str| {
        let mut accepted = domain.accept.iter();
        let (_, acceptance) =
            accepted.find(|(id, acceptance)| id.as_str() == rule && acceptance.holds(now))?;
        Some(acceptance.value.to_string())
    };
    for check in checks {
        let CheckOutcome::Finding(finding) = &mut check.outcome else {
            continue;
        };
        let accepted = match &check.about {
            About::Domain(name) => domains
                .get(name)
                .and_then(|domain| reason(domain, &finding.rule)),
            About::Account { .. } => {
                let reasons = domains.values().map(|domain| reason(domain, &finding.rule));
                let all: Option<Vec<String>> = reasons.collect();
                all.and_then(|reasons| reasons.into_iter().next())
            }
            About::Machine => None,
        };
        if let Some(reason) = accepted {
            finding.severity = Severity::Info;
            finding.fix = format!("accepted in the manifest: {reason}");
        }
    }
}
