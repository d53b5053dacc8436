//! A ledger in memory, which can be lost and put back. Files would do the same, at the cost of an
//! fsync for each line, and of threads in whose order two runs of one seed could differ.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use ledger::{Holder, LedgerError, Line, Store, fold};
use model::{DomainLedger, KindSet};

type Domains = BTreeMap<String, (DomainLedger, u64)>;

/// A ledger in memory. All clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory(Arc<Mutex<Domains>>);

impl Memory {
    fn domains(&self) -> MutexGuard<'_, Domains> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A copy of what it holds, to put it back later.
    pub(crate) fn copy(&self) -> Self {
        Self(Arc::new(Mutex::new(self.domains().clone())))
    }
}

#[async_trait]
impl Store for Memory {
    async fn lock(&self, name: &str, now: Timestamp) -> Result<Holder, LedgerError> {
        Ok(Holder {
            name: name.to_owned(),
            since: now,
            fence: 0,
        })
    }

    async fn load(&self, _: &KindSet) -> Result<Vec<(String, DomainLedger, u64)>, LedgerError> {
        let domains = self.domains();
        let all = domains.iter();
        Ok(all
            .map(|(name, (ledger, number))| (name.clone(), ledger.clone(), *number))
            .collect())
    }

    async fn append(&self, domain: &str, line: &Line) -> Result<(), LedgerError> {
        let mut domains = self.domains();
        let (ledger, number) = domains.entry(domain.to_owned()).or_default();
        fold(ledger, line);
        *number = line.number;
        Ok(())
    }

    async fn compact(
        &self,
        domain: &str,
        ledger: &DomainLedger,
        number: u64,
    ) -> Result<(), LedgerError> {
        self.domains()
            .insert(domain.to_owned(), (ledger.clone(), number));
        Ok(())
    }
}
