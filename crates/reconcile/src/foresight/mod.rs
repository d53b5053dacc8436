//! Events with a known date, before they come: mark certificates that end, acceptances that run out,
//! grace periods that are over, accounts of SES that do not send, identities that it no longer vouches
//! for, certificates that ACM does not renew, keys of DKIM that have signed for a year, and
//! registrations of domains that end. Also limits of accounts that are nearly reached.

mod certificates;
mod identities;
mod keys;
mod limits;
pub(crate) mod registrations;
mod sending;

use jiff::{SignedDuration, Timestamp};
use kinds::S3Object;
use manifest::Manifest;
use model::rules::{self, Rule};
use model::{Foreseen, Kind, Ledger, MailImpact};
use plan::Actual;
use standards::Severity;
use standards::bimi::MarkCertificate;
use standards::dns::Name;

use crate::Project;

/// The time before its end from which a mark certificate is told. Its issuer checks the trademark and
/// the organisation again, which takes weeks.
const MARK_TOLD: SignedDuration = SignedDuration::from_hours(24 * 60);
/// The time before its last day from which an acceptance is told: a decision of a person, no purchase.
const ACCEPTANCE_TOLD: SignedDuration = SignedDuration::from_hours(24 * 30);

/// The events that are foreseen for a project, but for its registrations; and why SES and ACM could not be asked
/// about some accounts and certificates.
pub(crate) async fn foresee(
    project: &Project,
    ledger: &Ledger,
    actual: &Actual,
) -> (Vec<Foreseen>, Vec<String>) {
    let now = project.clock.now();
    let mut foreseen = dated(&project.manifest, ledger, now);
    let (aged, mut unasked) = keys::aged(ledger, now);
    foreseen.extend(aged);
    foreseen.retain(|one| project.scope.has(&one.subject));
    let (stopped, unasked_too) = sending::stopped(project, ledger, now).await;
    foreseen.extend(stopped);
    unasked.extend(unasked_too);
    foreseen.extend(identities::fallen(ledger, actual, now));
    let (unrenewed, unasked_too) = certificates::unrenewed(project, ledger, actual, now).await;
    foreseen.extend(unrenewed);
    unasked.extend(unasked_too);
    foreseen.extend(limits::near(project, ledger, now).await);
    foreseen.retain(|one| !is_accepted(&project.manifest, one, now));
    (foreseen, unasked)
}

/// Puts events in the order in which they come.
pub(crate) fn next_first(foreseen: &mut [Foreseen]) {
    foreseen.sort_by(|a, b| (a.at, &a.subject).cmp(&(b.at, &b.subject)));
}

/// Whether the domain that an event is about accepts its rule.
fn is_accepted(manifest: &Manifest, foreseen: &Foreseen, now: Timestamp) -> bool {
    let Ok(name) = Name::parse(&foreseen.subject) else {
        return false;
    };
    let declared = manifest.domains.get(&name).map(|domain| &domain.accept);
    let parked = manifest.parked.get(&name).map(|parked| &parked.accept);
    let mut accepted = declared.or(parked).into_iter().flatten();
    accepted.any(|(rule, acceptance)| foreseen.rule == Some(rule.as_str()) && acceptance.holds(now))
}

/// The events of the manifest and of the ledger.
fn dated(manifest: &Manifest, ledger: &Ledger, now: Timestamp) -> Vec<Foreseen> {
    let mut foreseen = marks(manifest, now);
    foreseen.extend(acceptances(manifest, now));
    foreseen.extend(grace_periods(manifest, ledger, now));
    foreseen
}

fn marks(manifest: &Manifest, now: Timestamp) -> Vec<Foreseen> {
    let mut foreseen = Vec::new();
    for (name, domain) in &manifest.domains {
        let blocks = domain.bimi.iter();
        for file in blocks.filter_map(|block| block.certificate.as_ref()) {
            let Some(certificate) = MarkCertificate::parse(&file.bytes).0 else {
                continue;
            };
            let at = certificate.not_after();
            if at.duration_since(now) <= MARK_TOLD {
                foreseen.push(Foreseen {
                    rule: Some(rules::VMC_10.id),
                    subject: name.to_string(),
                    at,
                    mail: MailImpact::Branding,
                    reason: format!(
                        "the mark certificate {} ends, and receivers show the logo no longer",
                        file.path
                    ),
                    fix: "renew it at its issuer, put the new file under a new name, and apply"
                        .to_owned(),
                });
            }
        }
    }
    foreseen
}

/// Acceptances after which the manifest has an error again, so that nothing can be applied.
fn acceptances(manifest: &Manifest, now: Timestamp) -> Vec<Foreseen> {
    let is_error = |rule: &str| {
        let found: Option<&Rule> = rules::find(rule);
        found.is_some_and(|rule| rule.severity == Severity::Error)
    };
    let mut foreseen = Vec::new();
    for (name, domain) in &manifest.domains {
        for (rule, acceptance) in &domain.accept {
            let Some(until) = acceptance.until.filter(|_| is_error(rule.as_str())) else {
                continue;
            };
            let Some(end) = acceptance.end() else {
                continue;
            };
            if end.duration_since(now) <= ACCEPTANCE_TOLD {
                foreseen.push(Foreseen {
                    rule: None,
                    subject: name.to_string(),
                    at: end,
                    mail: MailImpact::None,
                    reason: format!(
                        "{rule} is accepted until {until}; after it, the manifest has an error and nothing can be applied"
                    ),
                    fix: format!("fix {rule}, or accept it until a later day"),
                });
            }
        }
    }
    foreseen
}

/// Policies that no manifest declares any more and no sender holds: a run can finish them. Before that,
/// nothing is to be done.
fn grace_periods(manifest: &Manifest, ledger: &Ledger, now: Timestamp) -> Vec<Foreseen> {
    let is_declared = |domain: &str| {
        let name = Name::parse(domain).ok();
        let block = name.and_then(|name| manifest.domains.get(&name));
        block.is_some_and(|block| block.mta_sts.is_some())
    };
    let mut foreseen = Vec::new();
    for (domain, held) in &ledger.domains {
        let policy = model::ResourceId::new(S3Object::NAME, domain, "mta-sts-policy");
        let is_enforced = held.serving.is_some_and(|(policy, _)| policy.enforce);
        let is_held = held.entries.contains_key(&policy) && !is_enforced && !is_declared(domain);
        let over = held.cached_until.filter(|until| *until <= now);
        if let Some(at) = over.filter(|_| is_held) {
            foreseen.push(Foreseen {
                rule: Some(rules::STS_O04.id),
                subject: domain.clone(),
                at,
                mail: MailImpact::None,
                reason: "no sender holds the enforced MTA-STS policy any more, and what served it is still there".to_owned(),
                fix: "`deploy apply` finishes the wind-down".to_owned(),
            });
        }
    }
    foreseen
}
