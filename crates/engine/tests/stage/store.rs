//! A ledger in memory, which outlives the runs of a test.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use ledger::{Holder, LedgerError, Line, Store, fold};
use model::{DomainLedger, KindSet, Ledger};

type Domains = BTreeMap<String, (DomainLedger, u64)>;

/// Every domain's ledger, with the number of its last line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory(Arc<Mutex<Domains>>);

impl Memory {
    fn domains(&self) -> MutexGuard<'_, Domains> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn ledger(&self) -> Ledger {
        let domains = self.domains().clone().into_iter();
        Ledger {
            domains: domains.map(|(name, (held, _))| (name, held)).collect(),
        }
    }
}

#[async_trait]
impl Store for Memory {
    async fn lock(&self, name: &str, now: Timestamp) -> Result<Holder, LedgerError> {
        Ok(Holder {
            name: name.to_owned(),
            since: now,
            fence: 1,
        })
    }

    async fn load(
        &self,
        _kinds: &KindSet,
    ) -> Result<Vec<(String, DomainLedger, u64)>, LedgerError> {
        let domains = self.domains().clone().into_iter();
        Ok(domains
            .map(|(name, (held, number))| (name, held, number))
            .collect())
    }

    async fn append(&self, domain: &str, line: &Line) -> Result<(), LedgerError> {
        let mut domains = self.domains();
        let (held, number) = domains.entry(domain.to_owned()).or_default();
        fold(held, line);
        *number = line.number;
        Ok(())
    }

    async fn compact(
        &self,
        domain: &str,
        ledger: &DomainLedger,
        number: u64,
    ) -> Result<(), LedgerError> {
        let domains = &mut self.domains();
        domains.insert(domain.to_owned(), (ledger.clone(), number));
        Ok(())
    }
}
