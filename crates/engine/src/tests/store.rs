//! A ledger in memory, which outlives the runs of a test.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use clock::Clock;
use ledger::{Content, Journal, Key, LedgerError, NotSwapped, Store, Stored, Version, Who};
use model::Ledger;

use super::actor::kind_set;

#[derive(Default)]
struct Objects {
    /// Each with its version.
    bytes: BTreeMap<Key, (Vec<u8>, usize)>,
    /// The run that may write; those before it are dead.
    run: usize,
    /// How many writes there were, and which one fails.
    writes: usize,
    fails: Option<usize>,
}

/// The store as one run sees it.
#[derive(Clone, Default)]
pub(super) struct Memory {
    objects: Arc<Mutex<Objects>>,
    run: usize,
}

impl Memory {
    fn objects(&self) -> MutexGuard<'_, Objects> {
        self.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The store of the next run. What an earlier one left running writes no more.
    pub(super) fn next_run(&self) -> Self {
        let mut objects = self.objects();
        objects.run += 1;
        Self {
            run: objects.run,
            objects: self.objects.clone(),
        }
    }

    /// Lets a write fail: the one that comes after so many more.
    pub(super) fn fail_after(&self, writes: usize) {
        let mut objects = self.objects();
        objects.fails = Some(objects.writes + writes);
    }

    /// Has what another store has.
    pub(super) fn restore(&self, other: &Self) {
        let other = other.objects();
        let mut objects = self.objects();
        objects.bytes.clone_from(&other.bytes);
        objects.writes = other.writes;
    }

    /// The ledger, as a reader finds it now.
    pub(super) async fn ledger(&self, clock: Clock) -> Ledger {
        let objects = Objects {
            bytes: self.objects().bytes.clone(),
            ..Objects::default()
        };
        let copy = Self {
            objects: Arc::new(Mutex::new(objects)),
            run: 0,
        };
        let journal = Journal::open(Box::new(copy), &kind_set(), clock, Who::default()).await;
        journal.expect("the ledger can be read").ledger()
    }
}

fn version(number: usize) -> Version {
    Version(number.to_string())
}

#[async_trait]
impl Store for Memory {
    fn place(&self, key: &Key) -> String {
        format!("{key:?}")
    }

    async fn list(&self) -> Result<Vec<Key>, LedgerError> {
        let objects = self.objects();
        let keys = objects.bytes.keys();
        let documents = keys.filter(|key| matches!(key, Key::Document(_)));
        Ok(documents.cloned().collect())
    }

    async fn read(&self, key: &Key) -> Result<Option<Stored>, LedgerError> {
        let objects = self.objects();
        let stored = objects.bytes.get(key);
        Ok(stored.map(|(bytes, number)| Stored {
            bytes: bytes.clone(),
            version: version(*number),
            snapshot: None,
        }))
    }

    async fn swap(
        &self,
        key: &Key,
        expected: Option<&Version>,
        content: Content<'_>,
    ) -> Result<Version, NotSwapped> {
        let is_dead = self.objects().run > self.run;
        if is_dead {
            std::future::pending::<()>().await;
        }
        let mut objects = self.objects();
        let current = objects.bytes.get(key);
        let current = current.map(|(_, number)| version(*number));
        if current.as_ref() != expected {
            return Err(NotSwapped::Moved);
        }
        objects.writes += 1;
        if objects.fails == Some(objects.writes) {
            return Err(NotSwapped::Failed(LedgerError::Remote {
                what: "could not write",
                place: self.place(key),
                reason: "the test says so".to_owned(),
            }));
        }
        let number = objects.writes;
        let object = (content.bytes.to_vec(), number);
        objects.bytes.insert(key.clone(), object);
        Ok(version(number))
    }

    async fn hold(&self, _run: &str) -> Result<(), LedgerError> {
        Ok(())
    }

    async fn is_held(&self, _run: &str) -> Result<bool, LedgerError> {
        Ok(false)
    }

    fn heartbeat(&self) -> Option<Duration> {
        None
    }
}
