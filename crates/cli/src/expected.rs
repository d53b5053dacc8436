//! What should be live, from what is desired or was left, and what resources returned.

use std::collections::{BTreeMap, BTreeSet};

use aws::Session;
use jiff::Timestamp;
use kinds::record::{Record, Sharing, canonical};
use kinds::{
    AcmCertificate, Route53HostedZone, S3Object, SesConfigurationSet, SesDomainToken, SesIdentity,
    SesMailFrom, acm_certificate, route53_hosted_zone, s3_object, ses_account, ses_mail_from,
};
use manifest::Manifest;
use model::{Entry, Kind, Ledger, Location, OutputRef, Readiness, Resource, ResourceId, field};
use plan::Actual;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use standards::dns::Name;
use standards::{Finding, Severity};
use verify::{
    Certificate, Check, Expected, File, HostedZone, Instance, Mark, Outcome, Part, Standing,
    Tracking,
};

use crate::project::{Planned, Project};

/// One resource, as far as a stranger can see something of it.
struct Source<'a> {
    id: &'a ResourceId,
    location: Option<&'a Location>,
    spec: Value,
    state: Option<Value>,
    serves_policy: bool,
}

/// What should be live, one domain after the other.
pub(crate) fn expected(project: &Project, planned: &Planned) -> Vec<Expected> {
    let sources = planned.desired.iter().map(|resource| Source {
        id: &resource.id,
        location: resource.location.as_ref(),
        spec: field::resolve(&resource.spec, &|reference: &OutputRef| {
            planned.output(reference)
        }),
        state: state(planned, resource),
        serves_policy: resource.serves_policy.is_some(),
    });
    let mut domains = by_domain(project, sources);
    let pending: BTreeSet<Name> = planned
        .pending
        .iter()
        .filter_map(|domain| Name::parse(domain).ok())
        .collect();
    let awaited = awaited(project, planned);
    for domain in &mut domains {
        domain
            .marks
            .extend(marks(&project.manifest, &domain.domain));
        domain.pending.clone_from(&pending);
        domain.awaited = awaited
            .iter()
            .filter(|(name, _)| name.is_within(&domain.domain))
            .cloned()
            .collect();
        if !domain.awaited.is_empty() {
            wait_for_records(domain);
        }
    }
    domains
}

/// Apply makes some parts of an instance after records are published.
fn wait_for_records(domain: &mut Expected) {
    let parts = domain.instances.iter_mut().flat_map(|one| &mut one.parts);
    for part in parts.filter(|part| part.standing == Standing::Missing) {
        part.standing = Standing::Waiting("records that are still to be published".to_owned());
    }
}

/// What was left live by the resources of the ledger, without those that are not as they were left:
/// of them AWS has told already.
pub(crate) fn left(
    project: &Project,
    ledger: &Ledger,
    actual: &Actual,
    moved: &BTreeSet<&ResourceId>,
) -> Vec<Expected> {
    // A validation record that is gone is a certificate that ends, which is more to tell.
    let validates = |entry: &&Entry| {
        let value = entry.spec.pointer("/record/values/0");
        let value = value.and_then(Value::as_str).unwrap_or_default();
        value
            .trim_end_matches('.')
            .ends_with(".acm-validations.aws")
    };
    let entries = ledger.entries().filter(|entry| {
        let is_published = entry.location.is_some() || !is_awaited(project, Some(entry));
        !entry.open && is_published && (!moved.contains(&entry.id) || validates(entry))
    });
    let sources = entries.map(|entry| {
        let mut seen = actual.iter().filter(|(target, _)| target.id == entry.id);
        let seen = seen.find_map(|(_, seen)| seen.state().cloned());
        Source {
            id: &entry.id,
            location: entry.location.as_ref(),
            spec: entry.spec.clone(),
            state: Some(seen.unwrap_or_else(|| entry.state.clone())),
            serves_policy: entry.serves_policy.is_some(),
        }
    });
    by_domain(project, sources)
}

fn by_domain<'a>(
    project: &Project,
    sources: impl IntoIterator<Item = Source<'a>>,
) -> Vec<Expected> {
    let mut domains: BTreeMap<&str, Expected> = BTreeMap::new();
    for source in sources {
        let Ok(name) = Name::parse(&source.id.domain) else {
            continue;
        };
        let expected = domains
            .entry(&source.id.domain)
            .or_insert_with(|| Expected::of(name));
        add(expected, project, &source);
    }
    domains.into_values().collect()
}

fn add(expected: &mut Expected, project: &Project, source: &Source<'_>) {
    let Source { spec, state, .. } = source;
    match source.id.kind.as_str() {
        Route53HostedZone::NAME => expected.zone = state.clone().and_then(zone),
        AcmCertificate::NAME => expected
            .certificates
            .push(certificate(spec, state.as_ref())),
        S3Object::NAME if source.serves_policy => {
            let spec: Option<s3_object::Spec> = read(spec);
            expected.policy = spec.map(|spec| spec.bytes());
        }
        SesIdentity::NAME | SesMailFrom::NAME | SesDomainToken::NAME => {
            let part = part(project, source);
            let instance = instance(expected, source);
            instance.parts.extend(part);
            let spec: Option<ses_mail_from::Spec> = read(spec);
            if let Some(spec) = spec {
                instance.mail_from = Name::parse(&spec.mail_from).ok();
            }
        }
        _ => {
            let record: Option<Record> = spec.get("record").and_then(read);
            expected
                .records
                .extend(record.and_then(|record| live(&record)));
        }
    }
}

/// Asks SES about the accounts that send, and where the links in their mail lead. What it does not
/// tell is not looked at: to verify needs no rights beyond those of the plan.
pub(crate) async fn ask_senders(project: &Project, planned: &Planned, domains: &mut [Expected]) {
    let mut standings: BTreeMap<&Location, Option<Vec<Finding>>> = BTreeMap::new();
    for resource in &planned.desired {
        let Some(location) = &resource.location else {
            continue;
        };
        let kind = resource.id.kind.as_str();
        if ![SesIdentity::NAME, SesConfigurationSet::NAME].contains(&kind) {
            continue;
        }
        let Ok(session) = project.engine.session(location).await else {
            continue;
        };
        let mut domains = domains.iter_mut();
        let domain = domains.find(|one| one.domain.as_str() == resource.id.domain);
        let Some(instance) = domain.and_then(|domain| {
            let mut instances = domain.instances.iter_mut();
            instances.find(|one| one.label == label(Some(location)))
        }) else {
            continue;
        };
        if kind == SesConfigurationSet::NAME {
            let set = resource.spec["name"].as_str().unwrap_or_default();
            instance.tracking = tracking(&session, set, location).await;
        } else {
            if !standings.contains_key(location) {
                let standing = ses_account::standing(&session).await;
                standings.insert(location, standing.ok().map(|standing| standing.findings()));
            }
            instance.account = standings.get(location).cloned().flatten();
        }
    }
}

async fn tracking(session: &Session, set: &str, location: &Location) -> Option<Tracking> {
    let (domain, https) = ses_account::tracking(session, set).await.ok()??;
    Some(Tracking {
        domain: Name::parse(&domain).ok()?,
        region: location.region.to_string(),
        https,
    })
}

/// What people call the instance that is at location there.
fn label(location: Option<&Location>) -> String {
    location
        .map(|location| format!("{} in {}", location.account, location.region))
        .unwrap_or_default()
}

/// The instance that a part is of, by its account and region.
fn instance<'a>(expected: &'a mut Expected, source: &Source<'_>) -> &'a mut Instance {
    let label = label(source.location);
    let known = expected.instances.iter().position(|one| one.label == label);
    let at = known.unwrap_or_else(|| {
        expected.instances.push(Instance {
            label,
            mail_from: None,
            parts: Vec::new(),
            account: None,
            tracking: None,
        });
        expected.instances.len() - 1
    });
    &mut expected.instances[at]
}

/// How far SES is with a part of an instance (SES-23).
fn part(project: &Project, source: &Source<'_>) -> Option<Part> {
    let kind = project.engine.kinds().get(source.id.kind.as_str())?;
    let readiness = source
        .state
        .as_ref()
        .map(|state| kind.readiness(&source.spec, state));
    let standing = match readiness {
        None => Standing::Missing,
        Some(Ok(Readiness::Ready)) => Standing::Verified,
        Some(Ok(Readiness::Waiting(what))) => Standing::Waiting(what),
        Some(Ok(Readiness::Failed(why))) => Standing::Failed(why),
        Some(Err(_)) => return None,
    };
    Some(Part {
        what: format!("{} {}", source.id.kind, source.id.name),
        standing,
    })
}

fn certificate(spec: &Value, state: Option<&Value>) -> Certificate {
    let spec: Option<acm_certificate::Spec> = read(spec);
    let state: Option<acm_certificate::State> = state.and_then(read);
    let hosts = spec.map(|spec| spec.names).unwrap_or_default();
    let validation = state.iter().flat_map(|state| state.validation.values());
    Certificate {
        hosts: hosts
            .iter()
            .filter_map(|name| Name::parse(name).ok())
            .collect(),
        not_after: state
            .as_ref()
            .and_then(|state| Timestamp::from_second(state.not_after?).ok()),
        validation: validation
            .filter_map(|record| Name::parse(&record.name).ok())
            .collect(),
    }
}

/// The records that a person has still to publish, by name and type.
fn awaited(project: &Project, planned: &Planned) -> BTreeSet<(Name, String)> {
    let by_hand = planned.plan.actions.iter().filter(|action| {
        action.location.is_none()
            && action.desired.is_some()
            && is_awaited(project, action.entry.as_ref())
    });
    by_hand
        .filter_map(|action| {
            let record: Record = action.spec.get("record").and_then(read)?;
            let name = Name::parse(record.name.known()?).ok()?;
            Some((name, record.rtype))
        })
        .collect()
}

/// Whether what is on record of a record by hand says that nobody has seen it live yet.
pub(crate) fn is_awaited(project: &Project, entry: Option<&Entry>) -> bool {
    let Some(entry) = entry.filter(|entry| !entry.open) else {
        return true;
    };
    let kind = project.engine.kinds().get(entry.id.kind.as_str());
    let readiness = kind.map(|kind| kind.readiness(&entry.spec, &entry.state));
    !matches!(readiness, Some(Ok(Readiness::Ready)))
}

fn read<T: DeserializeOwned>(value: &Value) -> Option<T> {
    T::deserialize(value).ok()
}

fn state(planned: &Planned, resource: &Resource) -> Option<Value> {
    planned.output(&OutputRef {
        resource: resource.id.clone(),
        pointer: String::new(),
    })
}

fn zone(state: Value) -> Option<HostedZone> {
    let state: route53_hosted_zone::State = serde_json::from_value(state).ok()?;
    let servers: BTreeSet<Name> = state
        .name_servers
        .iter()
        .filter_map(|name| Name::parse(name).ok())
        .collect();
    Some(HostedZone {
        name: Name::parse(&state.name).ok()?,
        servers,
    })
}

/// The record as a stranger should see it. What is not known yet can't be expected.
fn live(record: &Record) -> Option<verify::Record> {
    // Where an alias leads matters to nobody who follows it.
    if !record.is_known() && record.alias.is_none() {
        return None;
    }
    Some(verify::Record {
        name: Name::parse(record.name.known()?).ok()?,
        rtype: record.rtype.clone(),
        values: record
            .known_values()
            .iter()
            .map(|value| canonical(&record.rtype, value))
            .collect(),
        ttl: record.ttl,
        alone: record.sharing == Sharing::Whole,
    })
}

/// The logo and its certificate, where they are served.
fn marks(manifest: &Manifest, domain: &Name) -> Option<Mark> {
    let block = manifest.domains.get(domain)?;
    let (bimi, hosting) = (block.bimi.as_ref()?, block.hosting.as_ref()?);
    let host = format!("{}.{domain}", hosting.assets_host.value);
    let file = |path: &str, bytes: &[u8]| File {
        url: format!("https://{host}/{}", path.rsplit('/').next().unwrap_or(path)),
        sha256: Sha256::digest(bytes).into(),
    };
    let logo = &bimi.logo.as_ref().filter(|_| !*bimi.decline)?.value.0;
    Some(Mark {
        selector: bimi.selector.to_string().parse().ok()?,
        logo: file(&logo.path, &logo.bytes),
        certificate: bimi
            .certificate
            .as_ref()
            .map(|certificate| file(&certificate.value.0.path, &certificate.value.0.bytes)),
    })
}

/// Findings that the manifest accepts weigh nothing.
pub(crate) fn accepted(manifest: &Manifest, checks: &mut [Check]) {
    for check in checks {
        let Some(block) = manifest.domains.get(&check.domain) else {
            continue;
        };
        if let Outcome::Finding(finding) = &mut check.outcome
            && let Some((_, reason)) = block
                .accept
                .iter()
                .find(|(rule, _)| rule.as_str() == finding.rule)
        {
            finding.severity = Severity::Info;
            finding.fix = format!("accepted in the manifest: {}", reason.as_str());
        }
    }
}
