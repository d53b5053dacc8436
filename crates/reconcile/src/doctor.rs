//! Examines accounts and domains before anything is done.

use std::sync::Arc;

use doctor::{About, Account, Check, CheckOutcome, Patient};
use jiff::Timestamp;
use manifest::{Domain, Manifest};
use model::{AccountName, Resource};
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
