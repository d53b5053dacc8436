//! A store in which something goes wrong at one write.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use clock::Clock;
use ledger::{Content, Journal, Key, LedgerError, NotSwapped, Store, Stored, Version, Who};
use tokio::sync::Notify;

/// Something that goes wrong at a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The program is killed before the write.
    KilledBefore,
    /// It is killed in the middle: a part of what was to be added is there. Only a folder has that.
    Torn,
    /// It is killed after it.
    KilledAfter,
    /// It fails, and nothing was written.
    FailedBefore,
    /// It fails, though it was written.
    FailedAfter,
    /// Another run writes the document first.
    Taken,
}

impl Trouble {
    pub(crate) const ALL: [Self; 6] = [
        Self::KilledBefore,
        Self::Torn,
        Self::KilledAfter,
        Self::FailedBefore,
        Self::FailedAfter,
        Self::Taken,
    ];
}

/// The one trouble of several stores, at the n-th of their writes, counted from 1.
pub(crate) struct Plight {
    at: Option<(u64, Trouble)>,
    writes: AtomicU64,
    killed: Notify,
}

impl Plight {
    pub(crate) fn new(at: Option<(u64, Trouble)>) -> Arc<Self> {
        Arc::new(Self {
            at,
            writes: AtomicU64::new(0),
            killed: Notify::new(),
        })
    }

    /// How many writes there were.
    pub(crate) fn writes(&self) -> u64 {
        self.writes.load(Ordering::Relaxed)
    }

    /// Returns when the program is killed.
    pub(crate) async fn killed(&self) {
        self.killed.notified().await;
    }

    /// The trouble of the write that begins now. Leases decide nothing, and their renewals are not counted.
    fn next(&self, key: &Key) -> Option<Trouble> {
        if !matches!(key, Key::Document(_)) {
            return None;
        }
        let write = self.writes.fetch_add(1, Ordering::Relaxed) + 1;
        self.at.filter(|(at, _)| *at == write).map(|(_, it)| it)
    }

    /// The test that waits for the kill drops the run before it goes on. A task of the run in the background
    /// has nobody who drops it, and ends with the error.
    async fn die(&self) {
        self.killed.notify_one();
        tokio::task::yield_now().await;
    }
}

/// A store with a plight. Its clones are handles of one store.
#[derive(Clone)]
pub(crate) struct FaultyStore {
    pub(crate) inner: Arc<dyn Store>,
    pub(crate) plight: Arc<Plight>,
    pub(crate) clock: Clock,
}

impl FaultyStore {
    /// Lets another run write a document: it takes it over, as after `deploy ledger unlock`.
    async fn take(&self, document: &str) {
        let healthy = Self {
            plight: Plight::new(None),
            ..self.clone()
        };
        let kinds = kinds::pure();
        let opened = Journal::open(Box::new(healthy), &kinds, self.clock, Who::default()).await;
        let other = opened.expect("a ledger");
        for claim in other.claims().await.expect("asks") {
            if claim.document == document {
                let unlocked = other.unlock(document, &claim.holder.run).await;
                assert!(unlocked.expect("unlocks"));
                return;
            }
        }
        let documents = [document.to_owned()].into();
        other.claim(&documents).await.expect("nobody holds it");
        other.close().await.expect("closes");
    }
}

#[async_trait]
impl Store for FaultyStore {
    fn place(&self, key: &Key) -> String {
        self.inner.place(key)
    }

    async fn list(&self) -> Result<Vec<Key>, LedgerError> {
        self.inner.list().await
    }

    async fn read(&self, key: &Key) -> Result<Option<Stored>, LedgerError> {
        self.inner.read(key).await
    }

    async fn swap(
        &self,
        key: &Key,
        expected: Option<&Version>,
        content: Content<'_>,
    ) -> Result<Version, NotSwapped> {
        let failed = || {
            NotSwapped::Failed(LedgerError::Remote {
                what: "could not write",
                place: self.place(key),
                reason: "the test says so".to_owned(),
            })
        };
        let whole = self.inner.swap(key, expected, content);
        match self.plight.next(key) {
            None => whole.await,
            Some(Trouble::KilledBefore) => {
                self.plight.die().await;
                Err(failed())
            }
            Some(Trouble::Torn) => {
                // A file that is replaced whole has no middle.
                if let Some(kept) = content.kept {
                    let half = kept + (content.bytes.len() - kept) / 2;
                    let torn = Content {
                        bytes: &content.bytes[..half],
                        kept: content.kept,
                    };
                    self.inner.swap(key, expected, torn).await?;
                }
                self.plight.die().await;
                Err(failed())
            }
            Some(Trouble::KilledAfter) => {
                whole.await?;
                self.plight.die().await;
                Err(failed())
            }
            Some(Trouble::FailedBefore) => Err(failed()),
            Some(Trouble::FailedAfter) => {
                whole.await?;
                Err(failed())
            }
            Some(Trouble::Taken) => {
                if let Key::Document(document) = key {
                    self.take(document).await;
                }
                whole.await
            }
        }
    }

    async fn hold(&self, run: &str) -> Result<(), LedgerError> {
        self.inner.hold(run).await
    }

    async fn is_held(&self, run: &str) -> Result<bool, LedgerError> {
        self.inner.is_held(run).await
    }

    fn heartbeat(&self) -> Option<Duration> {
        self.inner.heartbeat()
    }
}
