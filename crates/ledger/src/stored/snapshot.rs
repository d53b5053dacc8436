//! The written form of a domain's ledger.

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::{DomainLedger, KindSet, ServedPolicy};
use serde::{Deserialize, Serialize};

use super::entry::Entry;

/// See [`DomainLedger`].
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Domain {
    entries: Vec<Entry>,
    retired: Vec<Entry>,
    serving: Option<(ServedPolicy, Timestamp)>,
    cached_until: Option<Timestamp>,
    accepted: Vec<(String, Timestamp)>,
    unread: BTreeMap<String, Timestamp>,
}

impl Domain {
    pub(super) fn of(ledger: &DomainLedger) -> Self {
        let written = |entry: &std::sync::Arc<model::Entry>| Entry::of(entry);
        Self {
            entries: ledger.entries.values().map(written).collect(),
            retired: ledger.retired.iter().map(written).collect(),
            serving: ledger.serving,
            cached_until: ledger.cached_until,
            accepted: ledger.accepted.clone(),
            unread: ledger.unread.clone(),
        }
    }

    pub(super) fn read(self, kinds: &KindSet) -> Result<DomainLedger, String> {
        let mut ledger = DomainLedger {
            serving: self.serving,
            cached_until: self.cached_until,
            accepted: self.accepted,
            unread: self.unread,
            ..DomainLedger::default()
        };
        for entry in self.entries {
            let entry = entry.read(kinds)?;
            ledger.entries.insert(entry.id.clone(), entry);
        }
        for entry in self.retired {
            ledger.retired.push(entry.read(kinds)?);
        }
        Ok(ledger)
    }
}
