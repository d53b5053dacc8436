//! The expected view of an external observer of each domain: from the desired resources and their
//! observed outputs, or from the ledger.

mod live;
mod senders;

use std::collections::{BTreeMap, BTreeSet};

use kinds::{
    AcmCertificate, Route53HostedZone, S3Object, SesDomainToken, SesIdentity, SesMailFrom,
};
use manifest::Manifest;
use model::{Entry, Ledger, Location, Readiness, ResourceId, Spec, State};
use plan::Actual;
use sha2::{Digest, Sha256};
use standards::dns::{Name, RecordType};
use verify::{Expected, File, Mark};

use crate::{Planned, Project};
pub(crate) use live::validity;
pub(crate) use senders::ask_senders;

/// One resource, as far as an external observer can see something of it.
struct Source<'a> {
    id: &'a ResourceId,
    location: Option<&'a Location>,
    spec: Spec,
    state: Option<&'a State>,
    serves_policy: bool,
}

/// The expected view after the plan was carried out, one domain after the other.
pub(crate) fn expected(project: &Project, planned: &Planned) -> Vec<Expected> {
    let sources = planned.desired.iter().map(|resource| Source {
        id: &resource.id,
        location: resource.location.as_ref(),
        spec: resource
            .spec
            .resolved(&|reference| planned.output(reference)),
        state: planned.state(&resource.id),
        serves_policy: resource.serves_policy.is_some(),
    });
    let mut domains = by_domain(sources);
    let pending = planned.pending.iter();
    let pending: BTreeSet<Name> = pending
        .filter_map(|domain| Name::parse(domain).ok())
        .collect();
    let awaited = awaited(planned);
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
    for part in parts.filter(|part| part.readiness.is_none()) {
        let what = "records that are still to be published".to_owned();
        part.readiness = Some(Readiness::Waiting(what));
    }
}

/// The expected view of the ledger's resources that stay. Those that `moved` are left out, as AWS
/// has told of them already.
pub(crate) fn left(
    ledger: &Ledger,
    actual: &Actual,
    moved: &BTreeSet<&ResourceId>,
) -> Vec<Expected> {
    let entries = ledger.entries().filter(|entry| {
        let is_published = entry.location.is_some() || !is_awaited(Some(entry));
        // A validation record that is gone is a certificate that ends, which is more to tell.
        let is_told = moved.contains(&entry.id) && !validates(entry);
        !entry.is_open() && is_published && !is_told
    });
    by_domain(entries.map(|entry| recorded(entry, actual)))
}

fn recorded<'a>(entry: &'a Entry, actual: &'a Actual) -> Source<'a> {
    let seen = actual.of_id(&entry.id).and_then(|seen| seen.state());
    Source {
        id: &entry.id,
        location: entry.location.as_ref(),
        spec: entry.spec.clone(),
        state: seen.or(entry.state.as_ref()),
        serves_policy: entry.serves_policy.is_some(),
    }
}

fn by_domain<'a>(sources: impl IntoIterator<Item = Source<'a>>) -> Vec<Expected> {
    let mut domains: BTreeMap<&str, Expected> = BTreeMap::new();
    for source in sources {
        // What domains share is no domain, and nobody sees it by itself.
        if source.id.is_shared() {
            continue;
        }
        let Ok(name) = Name::parse(&source.id.domain) else {
            continue;
        };
        let expected = domains
            .entry(&source.id.domain)
            .or_insert_with(|| Expected::of(name));
        add(expected, &source);
    }
    domains.into_values().collect()
}

fn add(expected: &mut Expected, source: &Source<'_>) {
    let Source { spec, state, .. } = source;
    if spec.get::<Route53HostedZone>().is_some() {
        let state = state.and_then(|state| state.get::<Route53HostedZone>());
        expected.zone = state.and_then(live::zone);
    } else if let Some(certificate) = spec.get::<AcmCertificate>() {
        let state = state.and_then(|state| state.get::<AcmCertificate>());
        let certificate = live::certificate(certificate, state);
        expected.certificates.push(certificate);
    } else if let Some(object) = spec.get::<S3Object>().filter(|_| source.serves_policy) {
        expected.policy = Some(object.bytes());
    } else if let Some(mail_from) = spec.get::<SesMailFrom>() {
        let instance = senders::instance(expected, source.location);
        instance.parts.push(senders::part(source));
        instance.mail_from = Name::parse(&mail_from.mail_from).ok();
    } else if spec.get::<SesIdentity>().is_some() || spec.get::<SesDomainToken>().is_some() {
        let instance = senders::instance(expected, source.location);
        instance.parts.push(senders::part(source));
    } else if let Some(record) = kinds::record_of(spec) {
        expected.records.extend(live::record(record));
    }
}

/// Whether the ledger says of a record by hand that nobody has seen it live yet.
pub(crate) fn is_awaited(entry: Option<&Entry>) -> bool {
    let entry = entry.filter(|entry| !entry.is_open());
    let state = entry.and_then(|entry| Some((&entry.spec, entry.state.as_ref()?)));
    let readiness = state.map(|(spec, state)| spec.kind().readiness(spec, state));
    readiness != Some(Readiness::Ready)
}

/// Whether an entry is a record that validates a certificate of ACM.
fn validates(entry: &Entry) -> bool {
    let record = kinds::record_of(&entry.spec);
    let value = record.and_then(|record| record.values.first()?.known());
    value.is_some_and(|value| {
        value
            .trim_end_matches('.')
            .ends_with(".acm-validations.aws")
    })
}

/// The name and type of the record of a spec.
fn name_and_type(spec: &Spec) -> Option<(Name, RecordType)> {
    let record = kinds::record_of(spec)?;
    let name = Name::parse(record.name.known()?).ok()?;
    Some((name, record.rtype))
}

/// The records that a person has still to publish, by name and type.
fn awaited(planned: &Planned) -> BTreeSet<(Name, RecordType)> {
    let by_hand = planned.plan.actions.iter().filter(|action| {
        action.location.is_none() && action.wanted().is_some() && is_awaited(action.entry())
    });
    by_hand
        .filter_map(|action| name_and_type(action.spec()))
        .collect()
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
