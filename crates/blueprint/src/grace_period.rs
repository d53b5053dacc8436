//! Grace periods: resources that stay for a while although nothing asks for them any more.
//!
//! Senders keep an enforced MTA-STS policy for its `max_age` after they last saw it, and refuse to
//! deliver where it does not hold. So a policy that was enforced goes in steps: it is served with
//! `mode: none` under a new id, until the last copy of the old one has expired; then all of it goes
//! (STS-O04). Until then the desired state has what serves it, as the ledger has it.

use std::collections::BTreeSet;
use std::sync::Arc;

use base64::Engine as _;
use jiff::Timestamp;
use kinds::record::Record;
use kinds::{
    PublishedRecord, Route53RecordSet, S3Object, published_record, route53_record_set, s3_object,
};
use model::{DomainLedger, Entry, Field, Kind, Ledger, Resource, ResourceId, ServedPolicy, Spec};
use standards::Place;
use standards::mta_sts::{self};

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
    let policy = ResourceId::new(S3Object::NAME, domain, POLICY);
    if desired.iter().any(|resource| resource.id == policy) || !held.entries.contains_key(&policy) {
        return None;
    }
    let enforced = held.serving.is_some_and(|(policy, _)| policy.enforce);
    let cached = held.cached_until.filter(|until| *until > now);
    if !enforced && cached.is_none() {
        return None;
    }
    let body = mta_sts::wind_down().to_string();
    let resources = kept(ledger, held)
        .into_iter()
        .map(|entry| Arc::new(wound_down(domain, entry, body.as_bytes())))
        .collect();
    // While `enforce` is served, the wait has not begun.
    Some(GracePeriod {
        domain: domain.to_owned(),
        until: if enforced { None } else { cached },
        resources,
    })
}

/// The policy, the record that announces it, and everything that they need.
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
        if seen.insert(&entry.id) {
            kept.push(entry);
            open.extend(
                entry
                    .dependencies
                    .iter()
                    .filter_map(|dependency| ledger.entry(&dependency.resource))
                    .map(AsRef::as_ref),
            );
        }
    }
    kept.sort_by(|a, b| a.id.cmp(&b.id));
    kept
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
