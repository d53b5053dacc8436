//! `deploy lint --online`: the manifest beside what is published and what its accounts have.
//!
//! Nothing here changes anything: public DNS and HTTPS are asked as an external observer asks them,
//! and AWS with calls that read.

mod around;
mod changes;
mod senders;

#[cfg(test)]
mod tests;

use std::time::Duration;

use futures::stream::{self, StreamExt as _};
use jiff::Timestamp;
use manifest::{Located, Manifest, ServedPolicies};
use model::Outside;
use standards::dns::{Name, Presentation, RecordSet, RecordType, RecordValue};
use standards::mta_sts::MtaStsPolicy;
use standards::{Finding, Place};
use verify::{InTime, PublicDns};

use crate::expected::expected;
use crate::{Error, Project, Wish};

/// How many domains are asked about side by side.
const AT_ONCE: usize = 16;
/// How long everything that is asked from outside may take, and how much longer for each domain: each
/// server may be slow, but who lints does not wait for all of them one after the other.
const PATIENCE: Duration = Duration::from_mins(1);
const PATIENCE_OF_A_DOMAIN: Duration = Duration::from_secs(1);

/// The findings about a manifest without errors, from DNS and the accounts. A plan of a
/// manifest with errors means nothing: for that, see [`lint_published`].
pub async fn lint_with_accounts(project: &Project) -> Result<Vec<Finding>, Error> {
    let manifest = &project.manifest;
    let planned = project.plan(project.ledger().await?, Wish::All).await?;
    let now = project.clock.now();
    let outside: &dyn Outside = &in_time(manifest, project.engine.outside());
    let mut findings = published(manifest, outside, now).await;
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
    published(manifest, &in_time(manifest, outside), now).await
}

/// An observer with as much time as a manifest of so many domains has.
fn in_time<'a>(manifest: &Manifest, outside: &'a dyn Outside) -> InTime<'a> {
    let domains = u32::try_from(manifest.domains.len()).unwrap_or(u32::MAX);
    InTime::new(outside, PATIENCE + PATIENCE_OF_A_DOMAIN * domains)
}

async fn published(manifest: &Manifest, outside: &dyn Outside, now: Timestamp) -> Vec<Finding> {
    let served = served(manifest, outside).await;
    manifest::lint_online(manifest, &PublicDns::new(outside), &served, now).await
}

/// The policies that are served today. One that can't be fetched or read is not known.
async fn served(manifest: &Manifest, outside: &dyn Outside) -> ServedPolicies {
    let domains = manifest.domains.iter();
    let with_policy = domains.filter(|(_, domain)| domain.mta_sts.is_some());
    let fetched = stream::iter(with_policy).map(async |(name, _)| {
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
