//! `deploy lint --online`: the manifest beside what is published and what its accounts have.
//!
//! Nothing here changes anything: public DNS and HTTPS are asked as an external observer asks them,
//! and AWS with calls that read.

mod around;
mod changes;
mod senders;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures::stream::{self, StreamExt as _};
use jiff::Timestamp;
use kinds::AcmCertificate;
use manifest::{Located, Manifest, ServedPolicies};
use model::rules::{self, Rule};
use model::{Kind as _, Outside};
use standards::dns::{Name, Presentation, RecordSet, RecordType, RecordValue};
use standards::mta_sts::MtaStsPolicy;
use standards::{Finding, Place, Severity};
use verify::{InTime, PublicDns};

use crate::expected::expected;
use crate::{Error, Planned, Project, Wish};

/// How many domains are asked about side by side.
const AT_ONCE: usize = 16;
/// How long everything that is asked from outside may take, and how much longer for each domain: each
/// server may be slow, but who lints does not wait for all of them one after the other.
const PATIENCE: Duration = Duration::from_mins(1);
const PATIENCE_OF_A_DOMAIN: Duration = Duration::from_secs(1);

/// Records that stand in the place of ours, and those of ours that the run is about to change: in a run,
/// the plan says what becomes of them (PLAN-01).
const IN_THE_WAY: [&Rule; 10] = [
    rules::BIMI_R12,
    rules::DKIM_02,
    rules::DMARC_03,
    rules::DNS_07,
    rules::MX_07,
    rules::RPT_07,
    rules::SPF_02,
    rules::SPF_31,
    rules::STS_R06,
    rules::STS_R07,
];

/// Rules whose findings say nothing against a plan, and are told beside it: a question without an
/// answer, the order in which mail hosts and a policy change, which the plan's preconditions keep, and a
/// zone that the world is not led to yet: it is filled first.
const TOLD: [&Rule; 4] = [
    rules::DNS_08,
    rules::LIVE_02,
    rules::STS_O02,
    rules::STS_O03,
];

/// The findings about a manifest without errors, from DNS and the accounts. A plan of a
/// manifest with errors means nothing: for that, see [`lint_published`].
pub async fn lint_with_accounts(project: &Project) -> Result<Vec<Finding>, Error> {
    let manifest = &project.manifest;
    let planned = project.plan(project.ledger().await?, Wish::All).await?;
    let now = project.clock.now();
    let domains = project.domains();
    let outside: &dyn Outside = &in_time(domains.len(), project.engine.outside());
    let found = published(manifest, &domains, outside, now).await;
    let mut findings = manifest::merge_findings(manifest, found);
    findings.extend(planned.plan.findings.iter().cloned());
    let domains = stream::iter(expected(project, &planned));
    let found: Vec<Vec<Finding>> = domains
        .map(async |expected| around::findings(outside, manifest, now, &expected).await)
        .buffered(AT_ONCE)
        .collect()
        .await;
    findings.extend(found.concat());
    findings.extend(changes::findings(manifest, &planned, now));
    findings.extend(senders::findings(project, &planned).await);
    Ok(findings)
}

/// The findings about a manifest, also of one with errors, from public DNS and the served policies. `now` judges
/// acceptances that end.
pub async fn lint_published(
    manifest: &Manifest,
    outside: &dyn Outside,
    now: Timestamp,
) -> Vec<Finding> {
    let domains = manifest.domains.keys().chain(manifest.parked.keys());
    let domains: Vec<Name> = domains.cloned().collect();
    let outside = in_time(domains.len(), outside);
    let found = published(manifest, &domains, &outside, now).await;
    manifest::merge_findings(manifest, found)
}

/// Lints the domains that a run is about beside public DNS and the served policies.
///
/// AWS is not asked: the plan, which is made meanwhile, reads what is there and judges the accounts that
/// it enters. Whether SES may send and what a role may do is for `deploy
/// doctor` to say: it keeps no plan from being carried out, and no plan changes it.
pub async fn preflight(project: &Project) -> Preflight {
    let domains = project.domains();
    let outside = in_time(domains.len(), project.engine.outside());
    let now = project.clock.now();
    Preflight(published(&project.manifest, &domains, &outside, now).await)
}

/// The findings of look-ups before a plan is carried out, by domain.
#[derive(Clone, Debug, Default)]
pub struct Preflight(BTreeMap<Name, Vec<Finding>>);

impl Preflight {
    /// The errors and warnings about the domains that a plan changes. Those whose risk the operator
    /// accepts are warnings, and so is what says nothing against the plan.
    pub async fn concerning(
        self,
        project: &Project,
        planned: &Planned,
        accepted: &BTreeSet<String>,
    ) -> Vec<Finding> {
        let plan = &planned.plan;
        let changing = plan.actions.iter().filter(|action| action.changes());
        let changed: BTreeSet<&str> = changing.map(|one| one.resource.domain.as_str()).collect();
        let mut found = self.0;
        found.retain(|name, _| changed.contains(name.as_str()));
        let asks = |name: &Name| {
            let mut actions = plan.actions.iter().filter(|action| action.changes());
            actions.any(|action| {
                action.resource.kind == AcmCertificate::NAME
                    && action.resource.domain == name.as_str()
            })
        };
        for (_, findings) in found.iter_mut().filter(|(name, _)| !asks(name)) {
            // The certificate is there; its renewal is not this run's.
            let caa = findings.iter_mut();
            for finding in caa.filter(|finding| finding.is_of(rules::DNS_13)) {
                finding.severity = finding.severity.min(Severity::Warn);
            }
        }
        for (domain, finding) in around::delegations(project, planned, &changed).await {
            found.entry(domain).or_default().push(finding);
        }
        let mut findings = manifest::merge_findings(&project.manifest, found);
        findings.retain(|finding| {
            let is_in_the_way = IN_THE_WAY.iter().any(|rule| finding.is_of(rule));
            finding.severity != Severity::Info && !is_in_the_way
        });
        for finding in &mut findings {
            if accepted.contains(&*finding.rule) {
                finding.severity = Severity::Warn;
                "accepted by --accept-risk".clone_into(&mut finding.fix);
            } else if TOLD.iter().any(|rule| finding.is_of(rule)) {
                finding.severity = Severity::Warn;
            }
        }
        findings
    }
}

/// An observer with as much time as so many domains have.
fn in_time(domains: usize, outside: &dyn Outside) -> InTime<'_> {
    let domains = u32::try_from(domains).unwrap_or(u32::MAX);
    InTime::new(outside, PATIENCE + PATIENCE_OF_A_DOMAIN * domains)
}

async fn published(
    manifest: &Manifest,
    domains: &[Name],
    outside: &dyn Outside,
    now: Timestamp,
) -> BTreeMap<Name, Vec<Finding>> {
    let served = served(manifest, domains, outside).await;
    manifest::lint_online(manifest, domains, &PublicDns::new(outside), &served, now).await
}

/// The policies that are served today. One that can't be fetched or read is not known.
async fn served(manifest: &Manifest, domains: &[Name], outside: &dyn Outside) -> ServedPolicies {
    let has_policy = |name: &&Name| {
        let domain = manifest.domains.get(*name);
        domain.is_some_and(|domain| domain.mta_sts.is_some())
    };
    let with_policy = domains.iter().filter(has_policy);
    let fetched = stream::iter(with_policy).map(async |name| {
        let url = format!("https://mta-sts.{name}/.well-known/mta-sts.txt");
        let fetched = outside.fetch(&url).await.ok();
        let body = fetched.filter(|fetched| fetched.status == 200)?.body;
        Some((name.clone(), MtaStsPolicy::parse(&body).0?))
    });
    let served: Vec<Option<(Name, MtaStsPolicy)>> = fetched.buffered(AT_ONCE).collect().await;
    served.into_iter().flatten().collect()
}

/// The place of a domain in the manifest.
fn place_of(manifest: &Manifest, domain: &Name) -> Place {
    let declared = manifest.domains.get(domain).map(Located::place);
    let parked = || manifest.parked.get(domain).map(Located::place);
    declared.or_else(parked).unwrap_or_default()
}

fn set(name: &Name, kind: RecordType, values: &[String]) -> RecordSet {
    let value = |text: &String| RecordValue::observe(kind, text, Presentation::ZoneFile);
    RecordSet {
        name: name.clone(),
        kind,
        ttl: 0,
        values: values.iter().map(value).collect(),
    }
}
