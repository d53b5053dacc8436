//! `deploy lint --online`: the manifest beside what is published and what its accounts have.
//!
//! Nothing here changes anything: public DNS and HTTPS are asked as a stranger asks them, and AWS
//! with calls that read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use futures::stream::{self, StreamExt as _};
use kinds::{Route53RecordSet, S3Object, SesIdentity, route53_record_set, ses_account};
use manifest::{Dns, Located, Manifest, ServedPolicies};
use model::{Action, Kind, Location, OutputRef, Outside, Resource, Unseen, Verb};
use standards::dns::zone::{self, Zone};
use standards::dns::{Name, Presentation, RecordSet, RecordType, RecordValue};
use standards::mta_sts::MtaStsPolicy;
use standards::{Finding, Place};
use verify::{Expected, Eyes};

use crate::args::{Global, Selection};
use crate::exit::Failure;
use crate::printer::Printer;
use crate::project::{Planned, Project, Wish};
use crate::{expected, network, sandboxed};

/// How many domains are looked at side by side.
const AT_ONCE: usize = 16;

/// What look-ups find. The accounts are asked for a manifest without errors only: what is planned
/// from another means nothing.
pub(super) async fn findings(
    global: &Global,
    (path, manifest): (&Path, &Manifest),
    is_sound: bool,
    printer: &Printer,
) -> Result<Vec<Finding>, Failure> {
    if !is_sound {
        printer.note("The accounts were not asked: fix the errors of the manifest first.");
        let outside = outside(global, path, manifest)?;
        return Ok(published(manifest, outside.as_ref()).await);
    }
    let selection = Selection {
        manifest: path.to_owned(),
        targets: Vec::new(),
    };
    of_project(&Project::open(global, &selection)?).await
}

/// What a sound manifest, DNS and the accounts say together.
async fn of_project(project: &Project) -> Result<Vec<Finding>, Failure> {
    let (manifest, outside) = (&project.manifest, project.engine.outside());
    let planned = project.plan(project.ledger().await?, Wish::All).await;
    let mut findings = published(manifest, outside).await;
    findings.extend(planned.plan.findings.iter().cloned());
    let domains = stream::iter(expected::expected(project, &planned));
    let found: Vec<Vec<Finding>> = domains
        .map(async |expected| around(outside, manifest, &expected).await)
        .buffered(AT_ONCE)
        .collect()
        .await;
    findings.extend(found.concat());
    findings.extend(changes(manifest, &planned));
    findings.extend(senders(project, &planned).await);
    Ok(findings)
}

/// A stranger's eyes, on the network or in the sandbox.
fn outside(global: &Global, file: &Path, manifest: &Manifest) -> Result<Arc<dyn Outside>, Failure> {
    if !global.sandbox {
        return network::outside(global);
    }
    let beside = file.parent().map(Path::to_owned).unwrap_or_default();
    let folder = sandboxed::folder(&beside, manifest.project.as_str());
    let sandbox = sandboxed::open(&folder, manifest, global)?;
    Ok(Arc::new(sandboxed::Inside(sandbox)))
}

/// What public DNS and the served policies say.
async fn published(manifest: &Manifest, outside: &dyn Outside) -> Vec<Finding> {
    let served = served(manifest, outside).await;
    manifest::lint_online(manifest, &Eyes::new(outside), &served).await
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

/// What stands around the records of one domain.
async fn around(outside: &dyn Outside, manifest: &Manifest, expected: &Expected) -> Vec<Finding> {
    let mut findings = delegation(outside, expected).await;
    findings.extend(aliases(outside, manifest, expected).await);
    let place = place_of(manifest, &expected.domain);
    findings
        .into_iter()
        .map(|finding| finding.in_place(place.clone()))
        .map(|finding| manifest::accept(manifest, &expected.domain, finding))
        .collect()
}

/// Where a domain is in the manifest.
fn place_of(manifest: &Manifest, domain: &Name) -> Place {
    let declared = manifest.domains.get(domain).map(Located::place);
    let parked = || manifest.parked.get(domain).map(Located::place);
    declared.or_else(parked).unwrap_or_default()
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
        Err(error) => Some(Finding::new("LIVE-02", error.to_string())),
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
        let Ok(kind) = record.rtype.parse::<RecordType>() else {
            continue;
        };
        // A name that nobody answers for is reported with the record itself.
        let live = outside.lookup(record.name.as_str(), "CNAME").await;
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
    findings.retain(|finding| finding.rule == "DNS-04");
    findings
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

/// DNS-09 and BIMI-X11: what receivers go on using for a while after it was changed.
fn changes(manifest: &Manifest, planned: &Planned) -> Vec<Finding> {
    let changing = planned
        .plan
        .actions
        .iter()
        .filter(|action| matches!(action.verb, Verb::Update | Verb::Adopt | Verb::Replace));
    changing
        .filter_map(|action| {
            let finding = match action.resource.kind.as_str() {
                Route53RecordSet::NAME => long_kept(planned, action),
                S3Object::NAME => same_address(action),
                _ => None,
            }?;
            let domain = Name::parse(&action.resource.domain).ok()?;
            let finding = finding.in_place(place_of(manifest, &domain));
            Some(manifest::accept(manifest, &domain, finding))
        })
        .collect()
}

/// DNS-09: the window of a change is the time to live that the manifest asks for.
fn long_kept(planned: &Planned, action: &Action) -> Option<Finding> {
    let changes_values = action
        .diff
        .changes
        .iter()
        .any(|change| change.field != "ttl");
    let spec: route53_record_set::Spec = serde_json::from_value(action.spec.clone()).ok()?;
    let whole = OutputRef {
        resource: action.resource.clone(),
        pointer: String::new(),
    };
    let state: kinds::record::State = serde_json::from_value(planned.output(&whole)?).ok()?;
    let live = state.set?;
    let kind: RecordType = live.rtype.parse().ok()?;
    let live = RecordSet {
        ttl: live.ttl?,
        ..set(&Name::parse(&live.name).ok()?, kind, &[])
    };
    zone::lint_ttl(&live, spec.record.ttl).filter(|_| changes_values)
}

/// BIMI-X11.
fn same_address(action: &Action) -> Option<Finding> {
    let is_shown = ["logo", "mark-certificate"].contains(&action.resource.name.as_str());
    let changes_content = action
        .diff
        .changes
        .iter()
        .any(|change| change.field == "sha256");
    let reason = "the file changes and keeps its address, so receivers that have the old one go on showing it";
    (is_shown && changes_content).then(|| Finding::new("BIMI-X11", reason))
}

/// SES-25, SES-26 and SES-40: what the accounts say that send.
async fn senders(project: &Project, planned: &Planned) -> Vec<Finding> {
    let mut locations: BTreeMap<&Location, Vec<&Resource>> = BTreeMap::new();
    for resource in &planned.desired {
        if let (SesIdentity::NAME, Some(location)) = (resource.id.kind.as_str(), &resource.location)
        {
            locations.entry(location).or_default().push(resource);
        }
    }
    let mut findings = Vec::new();
    for (location, instances) in locations {
        // An account that can't be entered is in the plan's findings already.
        let Ok(session) = project.engine.session(location).await else {
            continue;
        };
        let standing = match ses_account::standing(&session).await {
            Ok(standing) => standing.findings(),
            Err(error) => vec![unseen(location, &error.to_string())],
        };
        let identities = match ses_account::identities(&session).await {
            Ok(identities) => identities,
            Err(error) => {
                findings.push(unseen(location, &error.to_string()));
                Vec::new()
            }
        };
        let domains = identities.iter().filter(|identity| identity.is_domain);
        let domains: Vec<Name> = domains
            .filter_map(|identity| Name::parse(&identity.name).ok())
            .collect();
        for instance in instances {
            let Ok(domain) = Name::parse(&instance.id.domain) else {
                continue;
            };
            let above = standards::ses::check_parents(&domain, &domains);
            findings.extend(standing.iter().cloned().chain(above).map(|finding| {
                let finding = finding.in_place(instance.place.clone());
                manifest::accept(&project.manifest, &domain, finding)
            }));
        }
    }
    findings
}

/// PLAN-04: what could not be asked was not checked.
fn unseen(location: &Location, error: &str) -> Finding {
    Finding::new(
        "PLAN-04",
        format!("SES in {location} could not be asked: {error}"),
    )
}

#[cfg(test)]
mod tests;
