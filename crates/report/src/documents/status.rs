//! The owned resources, and what is pending. Specs and states stay in the ledger.

use std::sync::Arc;

use jiff::Timestamp;
use model::{DomainLedger, Entry, Ledger, Location, Origin, PhysicalId, ResourceId, ServedPolicy};
use plan::Pending;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Content, Document, Moment};
use crate::status_text::{Unfinished, is_of_shared};

/// The content of the ledger, without specs and states.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct StatusDocument {
    now: Moment,
    /// How many resources are owned.
    owned: usize,
    pending: PendingObject,
    domains: Vec<DomainStatus>,
    shared: SharedStatus,
}

/// The changes that are pending, as the ledger has it and without a question to AWS.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Pending")]
struct PendingObject {
    /// Resources that the manifest asks for and the ledger lacks.
    create: Vec<ResourceId>,
    /// Resources that the manifest asks to be otherwise.
    update: Vec<ResourceId>,
    /// Resources that the manifest does not ask for any more.
    delete: Vec<ResourceId>,
    /// The records that a person has still to publish, or to take out.
    by_hand: Vec<ResourceId>,
    /// How many changes a run stopped inside.
    open: usize,
    /// How many resources are replaced and still to go.
    retired: usize,
    /// How many domains have an older MTA-STS policy that senders may hold.
    grace_periods: usize,
}

/// A domain.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct DomainStatus {
    domain: String,
    resources: Vec<EntryObject>,
    /// Resources that were replaced and are still to go.
    retired: Vec<EntryObject>,
    /// The MTA-STS policy that is served.
    serving: Option<Serving>,
    /// Until when senders may hold an older one.
    cached_until: Option<Moment>,
    /// The risks that were accepted.
    accepted: Vec<Accepted>,
}

/// The resources that domains share, which are of none of them.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct SharedStatus {
    resources: Vec<EntryObject>,
    /// Resources that were replaced and are still to go.
    retired: Vec<EntryObject>,
}

/// A policy, and since when it is served.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Serving {
    policy: ServedPolicy,
    since: Moment,
}

/// A risk that was accepted.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Accepted {
    /// The id of the rule.
    rule: String,
    when: Moment,
}

/// An owned resource.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Entry")]
struct EntryObject {
    resource: ResourceId,
    /// Null for what a person publishes.
    location: Option<Location>,
    /// AWS's name for it.
    physical: Option<PhysicalId>,
    origin: Origin,
    /// Whether a run stopped inside a change of it.
    open: bool,
    /// When it was last changed by us.
    changed: Moment,
}

impl Content for StatusDocument {
    const FORMAT: &'static str = "deploy.status";
    const VERSION: u32 = 2;
}

/// The document of a ledger, with what is to do.
pub fn status_json(ledger: &Ledger, to_do: &Pending, now: Timestamp) -> Document<StatusDocument> {
    let unfinished = Unfinished::of(ledger, now);
    let parts = ledger.domains.iter();
    let (shared, domains): (Vec<_>, Vec<_>) = parts.partition(|(name, _)| is_of_shared(name));
    let shared = || shared.iter().map(|(_, part)| *part);
    Document::new(StatusDocument {
        now: Moment(now),
        owned: ledger.entries().count(),
        pending: PendingObject {
            create: to_do.create.clone(),
            update: to_do.update.clone(),
            delete: to_do.delete.clone(),
            by_hand: to_do.by_hand.clone(),
            open: unfinished.open,
            retired: unfinished.retired,
            grace_periods: unfinished.grace_periods,
        },
        domains: domains.into_iter().map(domain).collect(),
        shared: SharedStatus {
            resources: shared()
                .flat_map(|part| entries(part.entries.values()))
                .collect(),
            retired: shared().flat_map(|part| entries(&part.retired)).collect(),
        },
    })
}

fn domain((name, domain): (&String, &DomainLedger)) -> DomainStatus {
    let serving = domain.serving.as_ref();
    let accepted = domain.accepted.iter();
    DomainStatus {
        domain: name.clone(),
        resources: entries(domain.entries.values()).collect(),
        retired: entries(&domain.retired).collect(),
        serving: serving.map(|(policy, since)| Serving {
            policy: *policy,
            since: Moment(*since),
        }),
        cached_until: domain.cached_until.map(Moment),
        accepted: accepted
            .map(|(rule, when)| Accepted {
                rule: rule.clone(),
                when: Moment(*when),
            })
            .collect(),
    }
}

fn entries<'a>(
    entries: impl IntoIterator<Item = &'a Arc<Entry>>,
) -> impl Iterator<Item = EntryObject> {
    entries.into_iter().map(|entry| EntryObject {
        resource: entry.id.clone(),
        location: entry.location.clone(),
        physical: entry.physical().cloned(),
        origin: entry.origin,
        open: entry.is_open(),
        changed: Moment(entry.changed),
    })
}
