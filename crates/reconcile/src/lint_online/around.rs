//! The surroundings of a domain's records: its delegation, and CNAMEs in their place.

use std::collections::BTreeSet;

use futures::stream::{self, StreamExt as _};
use jiff::Timestamp;
use manifest::{Dns, Manifest};
use model::rules;
use model::{Outside, Unseen};
use standards::Finding;
use standards::dns::zone::{self, Zone};
use standards::dns::{Name, RecordType};
use verify::Expected;

use super::{AT_ONCE, in_time, place_of, set};
use crate::expected::expected;
use crate::{Planned, Project};

/// The findings about the surroundings of the records of one domain.
pub(super) async fn findings(
    outside: &dyn Outside,
    manifest: &Manifest,
    now: Timestamp,
    expected: &Expected,
) -> Vec<Finding> {
    let mut findings = delegation(outside, expected).await;
    findings.extend(aliases(outside, manifest, expected).await);
    let place = place_of(manifest, &expected.domain);
    findings
        .into_iter()
        .map(|finding| finding.in_place(place.clone()))
        .map(|finding| manifest::accept(manifest, &expected.domain, finding, now))
        .collect()
}

/// DNS-08 of the domains that a plan changes: nobody reads what is written where the world is not led
/// to. A question without an answer says nothing.
pub(super) async fn delegations(
    project: &Project,
    planned: &Planned,
    changed: &BTreeSet<&str>,
) -> Vec<(Name, Finding)> {
    let outside = in_time(changed.len(), project.engine.outside());
    let domains = expected(project, planned).into_iter();
    let domains = domains.filter(|expected| changed.contains(expected.domain.as_str()));
    let outside = &outside;
    let asked = stream::iter(domains).map(async |expected| {
        let domain = expected.domain.clone();
        let place = place_of(&project.manifest, &domain);
        let found = delegation(outside, &expected).await.into_iter();
        let found = found.filter(|finding| finding.is_of(rules::DNS_08));
        let now = project.clock.now();
        let judged = |finding: Finding| {
            let finding = finding.in_place(place.clone());
            manifest::accept(&project.manifest, &domain, finding, now)
        };
        found
            .map(|finding| (domain.clone(), judged(finding)))
            .collect::<Vec<_>>()
    });
    asked.buffered(AT_ONCE).collect::<Vec<_>>().await.concat()
}

/// DNS-08.
async fn delegation(outside: &dyn Outside, expected: &Expected) -> Vec<Finding> {
    let Some(hosted) = &expected.zone else {
        return Vec::new();
    };
    let finding = match outside.delegation(hosted.name.as_str()).await {
        Ok(servers) => {
            let delegated: BTreeSet<Name> = servers
                .iter()
                .filter_map(|server| Name::parse(server).ok())
                .collect();
            zone::lint_delegation(&hosted.name, &delegated, &hosted.servers)
        }
        Err(Unseen::NotFromHere) => None,
        Err(error) => Some(Finding::new(rules::LIVE_02, error.to_string())),
    };
    finding.into_iter().collect()
}

/// DNS-04, where people publish by hand: a CNAME at a name that is to have a record of another
/// type. Where we write, the plan sees it (PLAN-01).
async fn aliases(outside: &dyn Outside, manifest: &Manifest, expected: &Expected) -> Vec<Finding> {
    let domain = manifest.domains.get(&expected.domain);
    if !domain.is_some_and(|domain| domain.dns.value == Dns::Manual) {
        return Vec::new();
    }
    let mut sets = Vec::new();
    for record in &expected.records {
        let kind = record.rtype;
        // A name that nobody answers for is reported with the record itself.
        let live = outside
            .lookup(record.name.as_str(), RecordType::Cname)
            .await;
        let live = live.unwrap_or_default();
        if kind != RecordType::Cname && !live.is_empty() {
            sets.push(set(&record.name, RecordType::Cname, &live));
            sets.push(set(&record.name, kind, &record.values));
        }
    }
    let zone = Zone {
        apex: &expected.domain,
        sets: &sets,
    };
    let mut findings = zone.lint(std::slice::from_ref(&expected.domain));
    findings.retain(|finding| finding.is_of(rules::DNS_04));
    findings
}
