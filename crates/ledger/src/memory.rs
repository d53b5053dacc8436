//! A ledger in memory, for tests and simulations, which can be lost and put back. Files would do the
//! same, at the cost of an fsync for each line, and of threads in whose order two runs of one seed could
//! differ.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;

use crate::error::LedgerError;
use crate::store::{Content, Key, NotSwapped, Store, Stored, Version};

#[derive(Clone, Debug, Default)]
struct Objects {
    /// The bytes of each object, and which of all writes was its last.
    objects: BTreeMap<Key, (Vec<u8>, u64)>,
    writes: u64,
}

/// A ledger in memory. All clones share it.
#[derive(Clone, Debug, Default)]
pub struct Memory(Arc<Mutex<Objects>>);

impl Memory {
    fn objects(&self) -> MutexGuard<'_, Objects> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A copy of what it holds, which later writes do not change.
    #[must_use]
    pub fn copy(&self) -> Self {
        Self(Arc::new(Mutex::new(self.objects().clone())))
    }

    /// Holds from now on what `other` holds, for all clones.
    pub fn restore(&self, other: &Self) {
        let other = other.objects().clone();
        *self.objects() = other;
    }

    /// The number of writes so far.
    pub fn writes(&self) -> u64 {
        self.objects().writes
    }
}

fn version(write: u64) -> Version {
    Version(write.to_string())
}

#[async_trait]
impl Store for Memory {
    fn place(&self, key: &Key) -> String {
        format!("{key:?}")
    }

    async fn list(&self) -> Result<Vec<Key>, LedgerError> {
        let objects = self.objects();
        let keys = objects.objects.keys();
        let documents = keys.filter(|key| matches!(key, Key::Document(_)));
        Ok(documents.cloned().collect())
    }

    async fn read(&self, key: &Key) -> Result<Option<Stored>, LedgerError> {
        let objects = self.objects();
        let found = objects.objects.get(key);
        Ok(found.map(|(bytes, write)| Stored {
            bytes: bytes.clone(),
            version: version(*write),
            snapshot: None,
        }))
    }

    async fn swap(
        &self,
        key: &Key,
        expected: Option<&Version>,
        content: Content<'_>,
    ) -> Result<Version, NotSwapped> {
        let mut objects = self.objects();
        let found = objects.objects.get(key).map(|(_, write)| version(*write));
        if found.as_ref() != expected {
            return Err(NotSwapped::Moved);
        }
        objects.writes += 1;
        let write = objects.writes;
        let bytes = content.bytes.to_vec();
        objects.objects.insert(key.clone(), (bytes, write));
        Ok(version(write))
    }

    async fn hold(&self, _run: &str) -> Result<(), LedgerError> {
        Ok(())
    }

    /// In one process one run follows another, so that whoever else has a claim is dead.
    async fn is_held(&self, _run: &str) -> Result<bool, LedgerError> {
        Ok(false)
    }

    fn heartbeat(&self) -> Option<Duration> {
        None
    }
}
