//! The record of what was done and is owned: the data. The `ledger` crate keeps it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    AccountId, AccountName, Before, Dependency, Impact, Location, OutputRef, PhysicalId,
    ResourceId, ServedPolicy, Spec, State, Target,
};

/// How a resource came to be ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// We made it: destroy deletes it.
    Created,
    /// It was there before us: destroy leaves it, or puts back what it was.
    Adopted,
    /// It was there when the ledger began, and carries nothing that tells whose it is: a ledger
    /// that was lost may have made it. Destroy leaves it, and says so.
    Unknown,
}

/// How far the last change of an entry is on record.
#[derive(Clone, Debug, PartialEq)]
pub enum Status {
    /// A creation was begun, and its result is not known: there may be nothing.
    Creating,
    /// A change was begun, and its result is not known: what there is has either spec.
    Changing {
        /// AWS's name, where an earlier creation returned it.
        physical: Option<PhysicalId>,
        /// The spec that the change asks for.
        to: Spec,
    },
    /// The last change is on record with its result.
    Settled(PhysicalId),
    /// Its last holder has begun to delete it: there may be nothing left.
    Closing(PhysicalId),
}

/// One resource that we own.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Our name for it.
    pub id: ResourceId,
    /// Its location; nothing for a record that a person publishes.
    pub location: Option<Location>,
    /// How far its last change is on record.
    pub status: Status,
    /// The spec when it was last applied, references resolved.
    pub spec: Spec,
    /// Its state when we last observed it.
    pub state: Option<State>,
    /// Made by us, there before, or unknown.
    pub origin: Origin,
    /// The domains that hold it, for what domains share by design; none for what is one domain's.
    pub holders: BTreeSet<String>,
    /// The values that were there before an adoption changed them.
    pub before: Option<Before>,
    /// The MTA-STS policy that it serves, if it does.
    pub serves_policy: Option<ServedPolicy>,
    /// The resources that it depended on.
    pub dependencies: Vec<Dependency>,
    /// The effect that its removal can have on mail.
    pub impact: Impact,
    /// When it was last changed by us.
    pub changed: Timestamp,
}

impl Entry {
    /// Whether an intent was written and no result: it is observed before anything is done.
    pub fn is_open(&self) -> bool {
        !matches!(self.status, Status::Settled(_))
    }

    /// AWS's name, when it is on record.
    pub fn physical(&self) -> Option<&PhysicalId> {
        match &self.status {
            Status::Creating => None,
            Status::Changing { physical, .. } => physical.as_ref(),
            Status::Settled(physical) | Status::Closing(physical) => Some(physical),
        }
    }

    /// The target of the resource as it is on record.
    pub fn target(&self) -> Target {
        Target {
            id: self.id.clone(),
            location: self.location.clone(),
            spec: self.spec.clone(),
            physical: self.physical().cloned(),
        }
    }

    /// The spec that an open change asks for, or else the one that was applied last.
    pub fn intended(&self) -> &Spec {
        match &self.status {
            Status::Changing { to, .. } => to,
            Status::Creating | Status::Settled(_) | Status::Closing(_) => &self.spec,
        }
    }

    /// The spec that we are known to have written: nothing while the first intent is open, unless it was observed
    /// to have been carried out (`plan::settle`).
    pub fn owned(&self) -> Option<&Spec> {
        (self.status != Status::Creating).then_some(&self.spec)
    }
}

/// The record of one domain.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainLedger {
    /// The resources that we own.
    pub entries: BTreeMap<ResourceId, Arc<Entry>>,
    /// The resources that were replaced and have not gone yet.
    pub retired: Vec<Arc<Entry>>,
    /// The policy being served, and since when.
    pub serving: Option<(ServedPolicy, Timestamp)>,
    /// Until when a sender may hold an enforced policy that was served earlier (STS-O04).
    pub cached_until: Option<Timestamp>,
    /// Risks that an operator accepted: rule, and when.
    pub accepted: Vec<(String, Timestamp)>,
    /// Hosted zones of ours, by id, that the world was seen not to read any more, and since when.
    pub unread: BTreeMap<String, Timestamp>,
}

impl DomainLedger {
    /// Remembers that `policy` is served from `now` on, instead of what was.
    pub fn serve(&mut self, policy: Option<ServedPolicy>, now: Timestamp) {
        if self.serving.map(|(old, _)| old) == policy {
            return;
        }
        if let Some((old, _)) = self.serving.take()
            && old.enforce
        {
            // An edge of the network may answer the old file for a little longer than we know.
            let longest = u64::from(old.max_age) + 3600;
            let until = now + std::time::Duration::from_secs(longest);
            self.cached_until = self.cached_until.max(Some(until));
        }
        self.serving = policy.map(|policy| (policy, now));
    }

    /// Whether it holds nothing that still matters.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.retired.is_empty()
    }
}

/// The record of all domains.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ledger {
    /// One document for each domain, by its name, and one for each resource that domains share (see
    /// [`ResourceId::document`]).
    pub domains: BTreeMap<String, DomainLedger>,
}

impl Ledger {
    /// Calls every account as `accounts` does now: an account is its number, not its name.
    pub fn rename_accounts(&mut self, accounts: &BTreeMap<AccountName, AccountId>) {
        let entries = self
            .domains
            .values_mut()
            .flat_map(|domain| domain.entries.values_mut().chain(&mut domain.retired));
        for entry in entries {
            let Some(location) = &entry.location else {
                continue;
            };
            let is_it = |(_, id): &(&AccountName, &AccountId)| **id == location.account_id;
            if accounts.get(&location.account) != Some(&location.account_id)
                && let Some((name, _)) = accounts.iter().find(is_it)
            {
                let location = Location {
                    account: name.clone(),
                    ..location.clone()
                };
                Arc::make_mut(entry).location = Some(location);
            }
        }
    }

    /// Every entry in use, of every domain.
    pub fn entries(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.domains
            .values()
            .flat_map(|domain| domain.entries.values())
    }

    /// Every entry that was replaced and has not gone yet.
    pub fn retired(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.domains.values().flat_map(|domain| &domain.retired)
    }

    /// The output of a resource as it was when it was last observed.
    pub fn output(&self, reference: &OutputRef) -> Option<String> {
        let state = self.entry(&reference.resource)?.state.as_ref()?;
        state.output(&reference.output)
    }

    /// The entry of `id`.
    pub fn entry(&self, id: &ResourceId) -> Option<&Arc<Entry>> {
        self.domains.get(id.document().as_ref())?.entries.get(id)
    }
}
