//! What we did and own, on record: the data. The `ledger` crate keeps it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{AccountId, AccountName, Dependency, Impact, Location, PhysicalId, ResourceId};

/// How a resource came to be ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// We made it: destroy deletes it.
    Created,
    /// It was there before us: destroy leaves it, or puts back what it was.
    Adopted,
}

/// An MTA-STS policy that was served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServedPolicy {
    /// Whether senders were told to refuse mail (`enforce`).
    pub enforce: bool,
    /// Whether it was a policy at all (`mode: none` is not).
    pub active: bool,
    /// How long senders may keep it, in seconds.
    pub max_age: u32,
}

/// One resource that we own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Our name for it.
    pub id: ResourceId,
    /// Where it lives.
    #[serde(rename = "home")]
    pub location: Option<Location>,
    /// AWS's name; nothing while its creation has an open intent.
    pub physical: Option<PhysicalId>,
    /// What was asked for when it was last applied, references resolved.
    pub spec: Value,
    /// What an open intent asks for, until its result is known.
    pub intended: Option<Value>,
    /// Its state when it was last seen by us.
    pub state: Value,
    /// Created or adopted.
    pub origin: Origin,
    /// What was there before an adoption changed it, in the kind's own shape.
    pub before: Option<Value>,
    /// The MTA-STS policy that it serves, if it does.
    pub serves_policy: Option<ServedPolicy>,
    /// What it needed.
    #[serde(rename = "needs")]
    pub dependencies: Vec<Dependency>,
    /// What its removal can do to mail.
    pub impact: Impact,
    /// An intent was written and no result: look before doing anything.
    pub open: bool,
    /// When it was last changed by us.
    pub changed: Timestamp,
}

impl Entry {
    /// What we know to have written: nothing while the first intent is open, unless it was seen to
    /// have been carried out (`plan::settle`).
    pub fn owned(&self) -> Option<&Value> {
        (!self.open || self.intended.is_some()).then_some(&self.spec)
    }
}

/// What the ledger holds for one domain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainLedger {
    /// What we own.
    pub entries: BTreeMap<ResourceId, Entry>,
    /// What was replaced and has not gone yet.
    pub retired: Vec<Entry>,
    /// The policy being served, and since when.
    pub serving: Option<(ServedPolicy, Timestamp)>,
    /// Until when a sender may hold an enforced policy that was served earlier (STS-O04).
    pub cached_until: Option<Timestamp>,
    /// Risks that an operator accepted: rule, and when.
    pub accepted: Vec<(String, Timestamp)>,
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

/// What the ledger holds, by domain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// One document a domain.
    pub domains: BTreeMap<String, DomainLedger>,
}

impl Ledger {
    /// Calls every account as `accounts` does now: an account is its number, not its name.
    pub fn rename_accounts(&mut self, accounts: &BTreeMap<AccountName, AccountId>) {
        let entries = self
            .domains
            .values_mut()
            .flat_map(|domain| domain.entries.values_mut().chain(&mut domain.retired));
        for location in entries.filter_map(|entry| entry.location.as_mut()) {
            let is_it = |(_, id): &(&AccountName, &AccountId)| **id == location.account_id;
            if accounts.get(&location.account) != Some(&location.account_id)
                && let Some((name, _)) = accounts.iter().find(is_it)
            {
                location.account = name.clone();
            }
        }
    }

    /// Every entry in use, of every domain.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.domains
            .values()
            .flat_map(|domain| domain.entries.values())
    }

    /// Every entry that was replaced and has not gone yet.
    pub fn retired(&self) -> impl Iterator<Item = &Entry> {
        self.domains.values().flat_map(|domain| &domain.retired)
    }

    /// The entry of `id`.
    pub fn entry(&self, id: &ResourceId) -> Option<&Entry> {
        self.domains.get(&id.domain)?.entries.get(id)
    }
}
