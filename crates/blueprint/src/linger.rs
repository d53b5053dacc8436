//! What has to stay for a while of what is no longer asked for (DESIGN 7.5).
//!
//! Senders keep an enforced MTA-STS policy for its `max_age` after they last saw it, and refuse to
//! deliver where it does not hold. So a policy that was enforced goes in steps: it is served with
//! `mode: none` under a new id, until the last copy of the old one has expired; then all of it goes
//! (STS-O04). Until then the desired state has what serves it, as the ledger has it.

use std::collections::BTreeSet;

use base64::Engine as _;
use jiff::Timestamp;
use kinds::{S3Object, s3_object};
use model::{DomainLedger, Entry, Field, Kind, Ledger, Resource, ResourceId, ServedPolicy};
use serde_json::Value;
use standards::Place;
use standards::mta_sts::{self};

use crate::site::{mta_sts_text, served_precondition};

const POLICY: &str = "mta-sts-policy";
const RECORD: &str = "mta-sts";

/// A domain whose MTA-STS policy is being wound down.
#[derive(Clone, Debug, PartialEq)]
pub struct Lingering {
    /// The domain.
    pub domain: String,
    /// Until when a sender may hold the enforced policy; not known before `mode: none` is served.
    pub until: Option<Timestamp>,
    /// What stays until then.
    pub resources: Vec<Resource>,
}

/// What lingers at `now`, of domains in the ledger for which `desired` has no policy.
pub fn linger(ledger: &Ledger, desired: &[Resource], now: Timestamp) -> Vec<Lingering> {
    let domains = ledger.domains.iter();
    domains
        .filter_map(|(domain, held)| linger_domain(domain, held, desired, now))
        .collect()
}

fn linger_domain(
    domain: &str,
    held: &DomainLedger,
    desired: &[Resource],
    now: Timestamp,
) -> Option<Lingering> {
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
    let resources = kept(held)
        .into_iter()
        .map(|entry| wound_down(domain, entry, body.as_bytes()))
        .collect();
    // While `enforce` is served, the wait has not begun.
    Some(Lingering {
        domain: domain.to_owned(),
        until: if enforced { None } else { cached },
        resources,
    })
}

/// The policy, the record that announces it, and everything that they need.
fn kept(held: &DomainLedger) -> Vec<&Entry> {
    let mut open: Vec<&Entry> = held
        .entries
        .values()
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
                    .filter_map(|dependency| held.entries.get(&dependency.resource)),
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
        // The run that winds down ends when strangers see it.
        wait: is_record(entry),
        adopt: false,
        serves_policy: None,
        place: Place::Whole,
    };
    if is_policy(entry) {
        if let Ok(spec) = serde_json::from_value::<s3_object::Spec>(entry.spec.clone()) {
            let content = base64::engine::general_purpose::STANDARD.encode(body);
            resource.spec = crate::scope::to_value(&s3_object::Spec { content, ..spec });
        }
        let max_age = mta_sts::wind_down().max_age().seconds();
        resource.serves_policy = Some(ServedPolicy {
            enforce: false,
            active: false,
            max_age,
        });
    }
    if is_record(entry) {
        set_value(&mut resource.spec, &mta_sts_text(body));
        resource
            .preconditions
            .push(served_precondition(&format!("mta-sts.{domain}"), body));
    }
    resource
}

/// Both kinds of record keep theirs under `record`.
fn set_value(spec: &mut Value, text: &str) {
    let values: Vec<Field<String>> = vec![text.into()];
    if let Some(slot) = spec.pointer_mut("/record/values") {
        *slot = crate::scope::to_value(&values);
    }
}
