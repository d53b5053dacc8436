//! Examines accounts and domains before anything is done.

use std::collections::BTreeMap;
use std::sync::Arc;

use doctor::{About, Account, AccountLimit, Check, CheckOutcome, Patient};
use jiff::Timestamp;
use manifest::{Domain, Manifest};
use model::{AccountName, Plan, Resource, Step};
use standards::{Finding, Severity};

use crate::scope::Scope;
use crate::{Error, Project, accounts};

/// Examines the accounts and domains that the run is about. It changes nothing.
pub async fn examine(project: &Project) -> Result<Vec<Check>, Error> {
    let ledger = project.ledger().await?;
    let (desired, _) = project.desired(&project.in_scope(ledger.clone())).await;
    let facts = doctor::observe(&Patient {
        engine: &project.engine,
        accounts: asked_accounts(&project.manifest, &desired, &project.scope),
        domains: project.domains(),
        desired: &desired,
        ledger: &ledger,
    })
    .await;
    let mut checks = doctor::judge(&facts);
    let domains = project.domains();
    let documents = domains.iter().map(ToString::to_string).collect();
    let beside = project.neighbours_of(&documents).await?;
    checks.extend(beside.checks(&domains));
    accept(&project.manifest, &mut checks, project.clock.now());
    Ok(checks)
}

/// The accounts that a run asks: all, or with `--target` those of its domains.
pub(crate) fn asked_accounts(
    manifest: &Manifest,
    desired: &[Arc<Resource>],
    scope: &Scope,
) -> Vec<Account> {
    let is_asked = |name: &AccountName| {
        let mut locations = desired.iter().filter_map(|one| one.location.as_ref());
        scope.is_all() || locations.any(|location| location.account == *name)
    };
    let mut accounts = all_accounts(manifest);
    accounts.retain(|account| is_asked(&account.name));
    accounts
}

/// The accounts of the manifest.
pub(crate) fn all_accounts(manifest: &Manifest) -> Vec<Account> {
    accounts::accesses(manifest)
        .into_iter()
        .map(|(name, access)| Account {
            role: access.role_arn("us-east-1"),
            limits: limits(manifest, &name),
            id: access.id,
            name,
        })
        .collect()
}

/// How much an account may hold, as far as the manifest says it.
fn limits(manifest: &Manifest, account: &AccountName) -> BTreeMap<AccountLimit, usize> {
    let accounts = manifest.accounts.iter();
    let mut named = accounts.filter(|(name, _)| name.as_str() == account.as_str());
    let Some(limits) = named.next().and_then(|(_, one)| one.limits.as_ref()) else {
        return BTreeMap::new();
    };
    let stated = [
        (AccountLimit::Buckets, &limits.buckets),
        (AccountLimit::Certificates, &limits.certificates),
        (AccountLimit::Distributions, &limits.distributions),
        (AccountLimit::HostedZones, &limits.hosted_zones),
    ];
    let stated = stated.into_iter();
    stated
        .filter_map(|(limit, stated)| Some((limit, usize::try_from(**stated.as_ref()?).ok()?)))
        .collect()
}

impl Project {
    /// The quotas that have no room for what a plan makes, or little after it.
    pub(crate) async fn room(&self, plan: &Plan) -> Vec<Finding> {
        let mut making = doctor::Making::new();
        for action in &plan.actions {
            if matches!(action.step, Step::Create(_) | Step::Replace(_))
                && let Some(location) = &action.location
            {
                let key = (location.clone(), action.resource.kind.clone());
                *making.entry(key).or_default() += 1;
            }
        }
        let mut accounts = all_accounts(&self.manifest);
        accounts.retain(|account| {
            making
                .keys()
                .any(|(location, _)| location.account == account.name)
        });
        doctor::room(&self.engine, &accounts, &making).await
    }
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
