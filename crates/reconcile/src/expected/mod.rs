//! What an external observer should see of each domain: from the desired resources and their
//! observed outputs, or from the ledger.

mod senders;

use std::collections::{BTreeMap, BTreeSet};

use kinds::{
    AcmCertificate, Route53HostedZone, S3Object, SesDomainToken, SesIdentity, SesMailFrom,
};
use manifest::Manifest;
use model::{Entry, Kind, Ledger, Location, OutputRef, Resource, ResourceId, field};
use plan::Actual;
use serde_json::Value;
use sha2::{Digest, Sha256};
use standards::dns::Name;
use verify::{Expected, File, Mark, Standing};

use crate::{Planned, Project, typed};
pub(crate) use senders::ask_senders;

/// One resource, as far as an external observer can see something of it.
struct Source<'a> {
    id: &'a ResourceId,
    location: Option<&'a Location>,
    spec: Value,
    state: Option<Value>,
    serves_policy: bool,
}

/// What should be live after the plan was carried out, one domain after the other.
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
    let pending = planned.pending.iter();
    let pending: BTreeSet<Name> = pending
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

/// What should still be live of the resources of the ledger. Those that `moved` are left out, as AWS
/// has told of them already.
pub(crate) fn left(
    project: &Project,
    ledger: &Ledger,
    actual: &Actual,
    moved: &BTreeSet<&ResourceId>,
) -> Vec<Expected> {
    let entries = ledger.entries().filter(|entry| {
        let is_published = entry.location.is_some() || !typed::is_awaited(project, Some(entry));
        // A validation record that is gone is a certificate that ends, which is more to tell.
        let is_told = moved.contains(&entry.id) && !typed::validates(entry);
        !entry.open && is_published && !is_told
    });
    by_domain(project, entries.map(|entry| recorded(entry, actual)))
}

fn recorded<'a>(entry: &'a Entry, actual: &Actual) -> Source<'a> {
    let mut seen = actual.iter().filter(|(target, _)| target.id == entry.id);
    let seen = seen.find_map(|(_, seen)| seen.state().cloned());
    Source {
        id: &entry.id,
        location: entry.location.as_ref(),
        spec: entry.spec.clone(),
        state: Some(seen.unwrap_or_else(|| entry.state.clone())),
        serves_policy: entry.serves_policy.is_some(),
    }
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
        Route53HostedZone::NAME => expected.zone = state.as_ref().and_then(typed::zone),
        AcmCertificate::NAME => {
            let certificate = typed::certificate(spec, state.as_ref());
            expected.certificates.push(certificate);
        }
        S3Object::NAME if source.serves_policy => expected.policy = typed::object_bytes(spec),
        SesIdentity::NAME | SesMailFrom::NAME | SesDomainToken::NAME => {
            let part = senders::part(project, source);
            let instance = senders::instance(expected, source.location);
            instance.parts.extend(part);
            instance.mail_from = typed::mail_from(spec);
        }
        _ => expected.records.extend(typed::record(spec)),
    }
}

/// The records that a person has still to publish, by name and type.
fn awaited(project: &Project, planned: &Planned) -> BTreeSet<(Name, String)> {
    let by_hand = planned.plan.actions.iter().filter(|action| {
        action.location.is_none()
            && action.desired.is_some()
            && typed::is_awaited(project, action.entry.as_ref())
    });
    by_hand
        .filter_map(|action| typed::name_and_type(&action.spec))
        .collect()
}

fn state(planned: &Planned, resource: &Resource) -> Option<Value> {
    planned.output(&OutputRef {
        resource: resource.id.clone(),
        pointer: String::new(),
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
