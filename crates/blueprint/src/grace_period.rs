//! Grace periods: resources that stay for a while although nothing asks for them any more.
//!
//! Senders keep an enforced MTA-STS policy for its `max_age` after they last saw it, and refuse to
//! deliver where it does not hold. So a policy that was enforced goes in steps: it is served with
//! `mode: none` under a new id, until the last copy of the old one has expired; then all of it goes
//! (STS-O04). Until then the desired state has what serves it, as the ledger has it.

mod place;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use base64::Engine as _;
use jiff::Timestamp;
use kinds::record::Record;
use kinds::{
    AcmCertificate, CloudfrontDistribution, PublishedRecord, Route53RecordSet, S3Object,
    published_record, route53_record_set, s3_object,
};
use model::{
    DomainLedger, Entry, Field, Kind, Ledger, Resource, ResourceId, ServedPolicy, Spec, Undo,
};
use standards::Place;
use standards::mta_sts::{self};

use crate::PolicyPlace;
use crate::site::{mta_sts_text, served_precondition};

const POLICY: &str = "mta-sts-policy";
const RECORD: &str = "mta-sts";

/// A domain whose MTA-STS policy is being wound down.
#[derive(Clone, Debug, PartialEq)]
pub struct GracePeriod {
    /// The domain.
    pub domain: String,
    /// Until when a sender may hold the enforced policy; not known before `mode: none` is served.
    pub until: Option<Timestamp>,
    /// The resources that stay until then.
    pub resources: Vec<Arc<Resource>>,
}

/// The grace periods at `now` of domains in the ledger for which `desired` has no policy.
pub fn grace_periods(
    ledger: &Ledger,
    desired: &[Arc<Resource>],
    now: Timestamp,
) -> Vec<GracePeriod> {
    let domains = ledger.domains.iter();
    domains
        .filter_map(|(domain, held)| grace_period(domain, ledger, held, desired, now))
        .collect()
}

fn grace_period(
    domain: &str,
    ledger: &Ledger,
    held: &DomainLedger,
    desired: &[Arc<Resource>],
    now: Timestamp,
) -> Option<GracePeriod> {
    let policy = policy_of(domain);
    if desired.iter().any(|resource| resource.id == policy) || !is_held(domain, held, now) {
        return None;
    }
    let enforced = held.serving.is_some_and(|(policy, _)| policy.enforce);
    let cached = cached(held, now);
    let body = mta_sts::wind_down().to_string();
    let host = format!("mta-sts.{domain}");
    let resources = kept(ledger, held)
        .into_iter()
        .filter(|entry| !desired.iter().any(|other| takes_over(other, entry, &host)))
        .map(|entry| wound_down(domain, entry, body.as_bytes()))
        .collect();
    let resources = place::in_zone(domain, resources, desired);
    // While `enforce` is served, the wait has not begun.
    Some(GracePeriod {
        domain: domain.to_owned(),
        until: if enforced { None } else { cached },
        resources: resources.into_iter().map(Arc::new).collect(),
    })
}

/// The domains of the ledger whose policy senders may hold as enforced at `now`, each with where its files
/// are.
pub fn winding_down(ledger: &Ledger, now: Timestamp) -> BTreeMap<String, PolicyPlace> {
    let domains = ledger.domains.iter();
    let held = domains.filter(|(domain, held)| is_held(domain, held, now));
    let place = |(domain, held): (&String, &DomainLedger)| {
        let policy = held.entries.get(&policy_of(domain))?;
        let place = PolicyPlace {
            location: policy.location.clone()?,
            bucket: policy.spec.get::<S3Object>()?.bucket.clone(),
        };
        Some((domain.clone(), place))
    };
    held.filter_map(place).collect()
}

fn policy_of(domain: &str) -> ResourceId {
    ResourceId::new(S3Object::NAME, domain, POLICY)
}

/// Whether a policy stands, and a sender may hold it as enforced.
fn is_held(domain: &str, held: &DomainLedger, now: Timestamp) -> bool {
    let enforced = held.serving.is_some_and(|(policy, _)| policy.enforce);
    held.entries.contains_key(&policy_of(domain)) && (enforced || cached(held, now).is_some())
}

/// Whether the distribution that an entry leads to is on record, if it leads to one. One that could not be made again
/// is not, and a record that stayed would be made again, and lead nowhere.
fn leads_somewhere(entry: &Entry, ledger: &Ledger) -> bool {
    let needed = entry.dependencies.iter().map(|one| &one.resource);
    let mut distributions = needed.filter(|id| id.kind == CloudfrontDistribution::NAME);
    distributions.all(|id| ledger.entry(id).is_some())
}

/// Until when a sender may hold the policy that was enforced, where one may at `now`.
fn cached(held: &DomainLedger, now: Timestamp) -> Option<Timestamp> {
    held.cached_until.filter(|until| *until > now)
}

/// Whether the resource that is asked for serves the policy's host too. Then the entry need not stay as it
/// is: a logo that comes now gets its name on the certificate and the distribution.
fn takes_over(desired: &Resource, entry: &Entry, host: &str) -> bool {
    let has = |names: &[String]| names.iter().any(|name| name == host);
    let spec = &desired.spec;
    let serves = spec.get::<AcmCertificate>().map(|spec| has(&spec.names));
    let serves = serves.or_else(|| {
        let distribution = spec.get::<CloudfrontDistribution>();
        distribution.map(|spec| has(&spec.aliases))
    });
    desired.id == entry.id && desired.location == entry.location && serves == Some(true)
}

/// The policy, the record that announces it, and everything that they need; also what lets in any of these, as
/// the policy of a bucket does the distribution. What was made before that may know of a former one only.
fn kept<'a>(ledger: &'a Ledger, held: &'a DomainLedger) -> Vec<&'a Entry> {
    let mut open: Vec<&Entry> = held
        .entries
        .values()
        .map(AsRef::as_ref)
        .filter(|entry| is_policy(entry) || is_record(entry))
        .collect();
    let mut seen: BTreeSet<&ResourceId> = BTreeSet::new();
    let mut kept = Vec::new();
    while let Some(entry) = open.pop() {
        // What only a record of such a host needs goes with it.
        if leads_somewhere(entry, ledger) && seen.insert(&entry.id) {
            kept.push(entry);
            open.extend(
                entry
                    .dependencies
                    .iter()
                    .filter_map(|dependency| ledger.entry(&dependency.resource))
                    .map(AsRef::as_ref),
            );
            let others = held.entries.values().map(AsRef::as_ref);
            open.extend(others.filter(|other| lets_in(other, entry)));
        }
    }
    kept.sort_by(|a, b| a.id.cmp(&b.id));
    kept
}

/// Whether `one` lets `other` in.
fn lets_in(one: &Entry, other: &Entry) -> bool {
    let mut dependencies = one.dependencies.iter();
    one.spec.kind().lets_in()
        && dependencies
            .any(|dependency| dependency.undo == Undo::SameOrder && dependency.resource == other.id)
}

fn is_policy(entry: &Entry) -> bool {
    entry.id.kind == S3Object::NAME && entry.id.name == POLICY
}

fn is_record(entry: &Entry) -> bool {
    entry.id.name == RECORD
}

fn wound_down(domain: &str, entry: &Entry, body: &[u8]) -> Resource {
    let mut resource = Resource {
        id: entry.id.clone(),
        location: entry.location.clone(),
        spec: entry.spec.clone(),
        impact: entry.impact.clone(),
        dependencies: entry.dependencies.clone(),
        preconditions: Vec::new(),
        // The run that winds down ends when an external observer sees it.
        wait: is_record(entry),
        adopt: false,
        // What domains share stays for this one.
        holders: entry
            .id
            .is_shared()
            .then(|| domain.to_owned())
            .into_iter()
            .collect(),
        through: None,
        serves_policy: None,
        place: Place::Whole,
    };
    if is_policy(entry) {
        if let Some(spec) = entry.spec.get::<S3Object>() {
            resource.spec = Spec::of::<S3Object>(s3_object::Spec {
                content: base64::engine::general_purpose::STANDARD.encode(body),
                ..spec.clone()
            });
        }
        resource.serves_policy = Some(ServedPolicy::from(&mta_sts::wind_down()));
    }
    if is_record(entry) {
        resource.spec = announcing(&entry.spec, mta_sts_text(body));
        resource
            .preconditions
            .push(served_precondition(&format!("mta-sts.{domain}"), body));
    }
    resource
}

/// A record with `text` as its only value, whoever publishes it.
fn announcing(spec: &Spec, text: String) -> Spec {
    let announcing = |record: &Record| Record {
        values: vec![Field::Known(text)],
        ..record.clone()
    };
    if let Some(spec) = spec.get::<Route53RecordSet>() {
        return Spec::of::<Route53RecordSet>(route53_record_set::Spec {
            record: announcing(&spec.record),
            ..spec.clone()
        });
    }
    match spec.get::<PublishedRecord>() {
        Some(spec) => Spec::of::<PublishedRecord>(published_record::Spec {
            record: announcing(&spec.record),
        }),
        None => spec.clone(),
    }
}
