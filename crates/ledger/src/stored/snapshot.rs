//! The written form of a domain's snapshot.

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::{DomainLedger, KindSet, ServedPolicy};
use serde::{Deserialize, Serialize};

use super::FORMAT;
use super::entry::Entry;

/// A domain's ledger as of one line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Snapshot {
    format: u32,
    number: u64,
    ledger: Domain,
}

/// See [`DomainLedger`].
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Domain {
    entries: Vec<Entry>,
    retired: Vec<Entry>,
    serving: Option<(ServedPolicy, Timestamp)>,
    cached_until: Option<Timestamp>,
    accepted: Vec<(String, Timestamp)>,
    unread: BTreeMap<String, Timestamp>,
}

impl Snapshot {
    pub(super) fn of(ledger: &DomainLedger, number: u64) -> Self {
        let written = |entry: &std::sync::Arc<model::Entry>| Entry::of(entry);
        Self {
            format: FORMAT,
            number,
            ledger: Domain {
                entries: ledger.entries.values().map(written).collect(),
                retired: ledger.retired.iter().map(written).collect(),
                serving: ledger.serving,
                cached_until: ledger.cached_until,
                accepted: ledger.accepted.clone(),
                unread: ledger.unread.clone(),
            },
        }
    }

    pub(super) fn read(self, kinds: &KindSet) -> Result<(DomainLedger, u64), String> {
        let mut ledger = DomainLedger {
            serving: self.ledger.serving,
            cached_until: self.ledger.cached_until,
            accepted: self.ledger.accepted,
            unread: self.ledger.unread,
            ..DomainLedger::default()
        };
        for entry in self.ledger.entries {
            let entry = entry.read(kinds)?;
            ledger.entries.insert(entry.id.clone(), entry);
        }
        for entry in self.ledger.retired {
            ledger.retired.push(entry.read(kinds)?);
        }
        Ok((ledger, self.number))
    }
}
