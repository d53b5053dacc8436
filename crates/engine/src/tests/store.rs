//! The ledger of a test, which outlives its runs, and whose writes can fail.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use clock::Clock;
use ledger::{Content, Journal, Key, LedgerError, NotSwapped, Store, Stored, Version, Who};
use model::Ledger;

use super::actor::kind_set;

/// The scheme of a test.
#[derive(Default)]
struct Script {
    /// The run that may write; those before it are dead.
    run: usize,
    /// Which of all writes fails.
    fails: Option<u64>,
}

/// The store as one run sees it.
#[derive(Clone, Default)]
pub(super) struct Memory {
    objects: ledger::Memory,
    script: Arc<Mutex<Script>>,
    run: usize,
}

impl Memory {
    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The store of the next run. What an earlier one left running writes no more.
    pub(super) fn next_run(&self) -> Self {
        let mut script = self.script();
        script.run += 1;
        Self {
            run: script.run,
            ..self.clone()
        }
    }

    /// Lets a write fail: the one that comes after so many more.
    pub(super) fn fail_after(&self, writes: u64) {
        self.script().fails = Some(self.objects.writes() + writes);
    }

    /// The objects, for other runs at the same time.
    pub(super) fn objects(&self) -> ledger::Memory {
        self.objects.clone()
    }

    /// Has what another store has.
    pub(super) fn restore(&self, other: &Self) {
        self.objects.restore(&other.objects);
    }

    /// The ledger, as a reader finds it now.
    pub(super) async fn ledger(&self, clock: Clock) -> Ledger {
        let copy = Box::new(self.objects.copy());
        let journal = Journal::open(copy, &kind_set(), clock, Who::default()).await;
        journal.expect("the ledger can be read").ledger()
    }
}

#[async_trait]
impl Store for Memory {
    fn place(&self, key: &Key) -> String {
        self.objects.place(key)
    }

    async fn list(&self) -> Result<Vec<Key>, LedgerError> {
        self.objects.list().await
    }

    async fn read(&self, key: &Key) -> Result<Option<Stored>, LedgerError> {
        self.objects.read(key).await
    }

    async fn swap(
        &self,
        key: &Key,
        expected: Option<&Version>,
        content: Content<'_>,
    ) -> Result<Version, NotSwapped> {
        let is_dead = self.script().run > self.run;
        if is_dead {
            std::future::pending::<()>().await;
        }
        let next = self.objects.writes() + 1;
        let fails = self.script().fails.take_if(|at| *at == next);
        if fails.is_some() {
            return Err(NotSwapped::Failed(LedgerError::Remote {
                what: "could not write",
                place: self.place(key),
                reason: "the test says so".to_owned(),
            }));
        }
        self.objects.swap(key, expected, content).await
    }

    async fn hold(&self, run: &str) -> Result<(), LedgerError> {
        self.objects.hold(run).await
    }

    async fn is_held(&self, run: &str) -> Result<bool, LedgerError> {
        self.objects.is_held(run).await
    }

    fn heartbeat(&self) -> Option<Duration> {
        self.objects.heartbeat()
    }
}
