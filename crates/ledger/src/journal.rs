//! A ledger that a run reads and writes: its documents, its claims and its lease.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use clock::{Clock, Stopwatch};
use futures::future::join_all;
use model::{Entry, KindSet, Ledger, ResourceId};

use crate::error::{Holder, LedgerError};
use crate::event::Event;
use crate::lease::{self, Lease, RENEWAL, SILENCE, Who};
use crate::store::{Content, Key, NotSwapped, Store, Stored, Version};
use crate::stored::{self, Document};
use crate::writer::Writer;

mod shared;

/// After how long a result is written at the latest. Until then it waits for the next intent of its
/// document, so that both go in one write. A lost result is an open intent, which the next run
/// settles.
const DELAY: Duration = Duration::from_secs(1);

/// How often a lease whose first write lasted too long is renewed before anything is claimed. A machine that
/// needs longer for each write than a lease may be silent can hold none.
const FIRST_RENEWALS_MAX: usize = 5;

/// A document that another run holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The document: a domain, mostly.
    pub document: String,
    /// The run, which is alive.
    pub holder: Holder,
}

/// A document that this run has claimed, to be asked about while a call waits.
pub struct Held {
    run: Arc<Run>,
    writer: Arc<Writer>,
}

impl Held {
    /// Fails if another run has the document by now, or may have it.
    pub async fn confirm(&self) -> Result<(), LedgerError> {
        self.writer.confirm(self.run.store.as_ref()).await?;
        self.run.is_alive()
    }
}

/// A ledger, as it was when it was opened, and with what this run added since.
pub struct Journal {
    run: Arc<Run>,
    /// The documents that an interrupted move has left word of already.
    left: BTreeSet<String>,
}

struct Run {
    id: String,
    who: Who,
    store: Box<dyn Store>,
    clock: Clock,
    writers: Mutex<BTreeMap<String, Arc<Writer>>>,
    lease: tokio::sync::Mutex<Option<(Lease, Version)>>,
    /// When the last renewal that succeeded began.
    renewed: Mutex<Option<Stopwatch>>,
    /// Whether results wait to be written.
    is_due: AtomicBool,
}

/// An id that no other run has: the time, the process, and how many runs it had before.
fn run_id(clock: Clock) -> String {
    static RUNS: AtomicU64 = AtomicU64::new(0);
    let number = RUNS.fetch_add(1, Ordering::Relaxed);
    let time = clock.now().strftime("%Y%m%dT%H%M%S%6fZ");
    format!("{time}-{}-{number}", std::process::id())
}

/// Reads a document in the types of `kinds`.
pub(crate) fn read(
    store: &dyn Store,
    key: &Key,
    stored: Option<&Stored>,
    kinds: &KindSet,
) -> Result<Document, LedgerError> {
    let Some(stored) = stored else {
        return Ok(Document::default());
    };
    let document = stored::read(&stored.bytes, stored.snapshot.as_deref(), kinds)
        .map_err(|(line, error)| LedgerError::unreadable(store.place(key), line, error))?;
    match document.moved_to {
        Some(to) => Err(LedgerError::Gone { to }),
        None => Ok(document),
    }
}

impl Journal {
    /// Reads a ledger. Nothing is claimed, and nothing is written.
    pub async fn open(
        store: Box<dyn Store>,
        kinds: &KindSet,
        clock: Clock,
        who: Who,
    ) -> Result<Self, LedgerError> {
        Self::open_on_the_way(store, kinds, (clock, who), None).await
    }

    async fn open_on_the_way(
        store: Box<dyn Store>,
        kinds: &KindSet,
        (clock, who): (Clock, Who),
        to: Option<&str>,
    ) -> Result<Self, LedgerError> {
        let keys = store.list().await?;
        let stored = join_all(keys.iter().map(|key| store.read(key))).await;
        let (mut documents, mut objects) = (BTreeMap::new(), BTreeMap::new());
        let mut left = BTreeSet::new();
        for (key, stored) in keys.iter().zip(stored) {
            let Key::Document(name) = key else { continue };
            let stored = stored?;
            let document = match read(store.as_ref(), key, stored.as_ref(), kinds) {
                Err(LedgerError::Gone { to: there }) if to == Some(&there) => {
                    left.insert(name.clone());
                    continue;
                }
                document => document?,
            };
            documents.insert(name.clone(), document);
            objects.extend(stored.map(|stored| (name.clone(), stored)));
        }
        shared::gather(&mut documents, &left);
        let writers = documents.into_iter().map(|(name, document)| {
            let object = objects.remove(&name);
            let (bytes, version) = object.map(|object| (object.bytes, object.version)).unzip();
            let writer = Writer::new(&name, document, bytes.unwrap_or_default(), version);
            (name, writer)
        });
        let writers = writers.collect();
        Ok(Self {
            run: Arc::new(Run {
                id: run_id(clock),
                who,
                store,
                clock,
                writers: Mutex::new(writers),
                lease: tokio::sync::Mutex::default(),
                renewed: Mutex::default(),
                is_due: AtomicBool::new(false),
            }),
            left,
        })
    }

    /// The ledger as it is now.
    pub fn ledger(&self) -> Ledger {
        let writers = self.run.all().into_iter();
        let domains = writers.map(|writer| (writer.name().to_owned(), writer.ledger()));
        Ledger {
            domains: domains.collect(),
        }
    }

    /// The entry of a resource as it is now.
    pub fn entry(&self, id: &ResourceId) -> Option<Arc<Entry>> {
        let held = self.run.writer(&id.document()).ledger();
        held.entries.get(id).map(Arc::clone)
    }

    /// The documents that other runs hold.
    pub async fn claims(&self) -> Result<Vec<Claim>, LedgerError> {
        let mut holders: BTreeMap<String, Option<Holder>> = BTreeMap::new();
        let mut claims = Vec::new();
        for writer in self.run.all() {
            let Some(run) = writer.claim().filter(|run| *run != self.run.id) else {
                continue;
            };
            if !holders.contains_key(&run) {
                let holder = lease::holder(self.run.store.as_ref(), &run).await?;
                holders.insert(run.clone(), holder);
            }
            if let Some(Some(holder)) = holders.get(&run) {
                claims.push(Claim {
                    document: writer.name().to_owned(),
                    holder: holder.clone(),
                });
            }
        }
        Ok(claims)
    }

    /// Claims documents as they were when the ledger was opened: all of them, or none. So a plan that
    /// was made from them is carried out on what it was made from.
    pub async fn claim(&self, documents: &BTreeSet<String>) -> Result<(), LedgerError> {
        for document in documents {
            self.run.is_free(document).await?;
        }
        let mut writers = Vec::new();
        for document in documents {
            writers.push(self.run.begin(document).await?);
        }
        let store = self.run.store.as_ref();
        let claimed = join_all(writers.iter().map(|writer| writer.flush(store))).await;
        let Some(error) = claimed.into_iter().find_map(Result::err) else {
            return Ok(());
        };
        // Those that were claimed are free again for whoever was faster with one of the others.
        self.release().await;
        Err(match error {
            LedgerError::Lost { document } => LedgerError::Moved { document },
            other => other,
        })
    }

    async fn release(&self) {
        let store = self.run.store.as_ref();
        for writer in self.run.claimed() {
            // It may be the one that could not be claimed.
            let _ = writer.compact(store).await;
        }
    }

    /// Writes events that have to be on record before a call is made: intents. A removal has none, and
    /// is announced all the same: the write says whether this run still holds the document.
    pub async fn intend(&self, document: &str, events: Vec<Event>) -> Result<(), LedgerError> {
        let writer = self.run.begin(document).await?;
        let now = self.run.clock.now();
        if events.is_empty() {
            writer.add(&self.run.id, now, None)?;
        }
        for event in events {
            writer.add(&self.run.id, now, Some(event))?;
        }
        self.run.is_alive()?;
        writer.flush(self.run.store.as_ref()).await?;
        // A process can sleep inside the write, and wake when its lease is over: the write was in
        // time, and the call would not be.
        self.run.is_alive()
    }

    /// Writes what was observed, by document. The documents are claimed first, as they were when the ledger
    /// was opened: else nothing is written.
    pub async fn record(&self, events: BTreeMap<String, Vec<Event>>) -> Result<(), LedgerError> {
        self.claim(&events.keys().cloned().collect()).await?;
        for (document, events) in events {
            self.intend(&document, events).await?;
        }
        Ok(())
    }

    /// Adds an event that goes with the next write of its document: a result. It is written after a
    /// second at the latest.
    pub async fn note(&self, document: &str, event: Event) -> Result<(), LedgerError> {
        let writer = self.run.begin(document).await?;
        writer.add(&self.run.id, self.run.clock.now(), Some(event))?;
        self.run.clone().flush_soon();
        Ok(())
    }

    /// A document that this run has claimed.
    pub fn held(&self, document: &str) -> Held {
        Held {
            run: self.run.clone(),
            writer: self.run.writer(document),
        }
    }

    /// Writes every result that still waits.
    pub async fn flush(&self) -> Result<(), LedgerError> {
        self.run.flush().await
    }

    /// Writes what still waits, replaces the lines of the claimed documents by snapshots, and releases
    /// them.
    pub async fn close(self) -> Result<(), LedgerError> {
        self.run.flush().await?;
        let store = self.run.store.as_ref();
        let writers = self.run.claimed();
        let closed = join_all(writers.iter().map(|writer| writer.compact(store))).await;
        // A lease that nobody ends holds nothing any more, and is over soon.
        let _ = self.run.renew(true).await;
        closed.into_iter().collect()
    }

    /// Takes a lease and ends it: whoever made the store learns that it takes writes.
    pub async fn try_out(self) -> Result<(), LedgerError> {
        self.run.hold().await?;
        self.run.renew(true).await
    }

    /// Takes a document away from a run that holds it. Nothing is deleted: the fence rises, and the
    /// run's next write fails.
    pub async fn unlock(&self, document: &str, run: &str) -> Result<bool, LedgerError> {
        let writer = self.run.writer(document);
        if writer.claim().as_deref() != Some(run) {
            return Ok(false);
        }
        let store = self.run.store.as_ref();
        writer
            .unlock(store, &self.run.id, self.run.clock.now())
            .await?;
        Ok(true)
    }
}

impl Run {
    fn all(&self) -> Vec<Arc<Writer>> {
        let writers = self.writers.lock().unwrap_or_else(PoisonError::into_inner);
        writers.values().cloned().collect()
    }

    fn claimed(&self) -> Vec<Arc<Writer>> {
        let mut writers = self.all();
        writers.retain(|writer| writer.is_claimed());
        writers
    }

    fn writer(&self, document: &str) -> Arc<Writer> {
        let mut writers = self.writers.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Writer::new(document, Document::default(), Vec::new(), None);
        writers
            .entry(document.to_owned())
            .or_insert_with(new)
            .clone()
    }

    /// The writer of a document, which this run claims with its next write.
    async fn begin(self: &Arc<Self>, document: &str) -> Result<Arc<Writer>, LedgerError> {
        let writer = self.writer(document);
        if writer.is_claimed() {
            return Ok(writer);
        }
        self.is_free(document).await?;
        self.hold().await?;
        writer.begin(&self.id, self.clock.now());
        Ok(writer)
    }

    /// Refuses a document that a live run holds.
    async fn is_free(&self, document: &str) -> Result<(), LedgerError> {
        let other = self.writer(document).claim();
        let Some(other) = other.filter(|run| *run != self.id) else {
            return Ok(());
        };
        match lease::holder(self.store.as_ref(), &other).await? {
            None => Ok(()),
            Some(holder) => Err(LedgerError::Held {
                document: document.to_owned(),
                holder: Box::new(holder),
            }),
        }
    }

    /// Takes the lease of this run, once.
    async fn hold(self: &Arc<Self>) -> Result<(), LedgerError> {
        let mut held = self.lease.lock().await;
        if held.is_some() {
            return Ok(());
        }
        self.store.hold(&self.id).await?;
        let mut lease = Lease::of(&self.who, self.clock.now());
        let mut version = self.write_lease(&lease, None).await?;
        // A write to a bucket that was just made can last for minutes, and another run takes a lease of that age
        // for expired. Nothing is claimed by it yet.
        for _ in 0..FIRST_RENEWALS_MAX {
            if self.is_alive().is_ok() {
                break;
            }
            lease.renewals += 1;
            version = self.write_lease(&lease, Some(&version)).await?;
        }
        self.is_alive()?;
        *held = Some((lease, version));
        if self.store.heartbeat().is_some() {
            tokio::spawn(renew_until_dropped(Arc::downgrade(self), self.clock));
        }
        Ok(())
    }

    async fn write_lease(
        &self,
        lease: &Lease,
        version: Option<&Version>,
    ) -> Result<Version, LedgerError> {
        let begun = self.clock.stopwatch();
        let key = Key::Run(self.id.clone());
        let text = lease.text();
        let content = Content {
            bytes: &text,
            kept: None,
        };
        let swapped = self.store.swap(&key, version, content).await;
        let version = swapped.map_err(|error| match error {
            NotSwapped::Failed(error) => error,
            NotSwapped::Moved => LedgerError::Lost {
                document: format!("the lease {}", self.id),
            },
        })?;
        *self.renewed.lock().unwrap_or_else(PoisonError::into_inner) = Some(begun);
        Ok(version)
    }

    async fn renew(&self, ends: bool) -> Result<(), LedgerError> {
        let mut held = self.lease.lock().await;
        let Some((lease, version)) = held.as_mut() else {
            return Ok(());
        };
        lease.renewals += 1;
        lease.ended = ends;
        *version = self.write_lease(lease, Some(version)).await?;
        Ok(())
    }

    /// Whether this run may still believe that nobody has taken over. A laptop that slept learns from
    /// the wall clock how long.
    fn is_alive(&self) -> Result<(), LedgerError> {
        let renewed = self.renewed.lock().unwrap_or_else(PoisonError::into_inner);
        let silent = renewed.as_ref().map(Stopwatch::passed).unwrap_or_default();
        if self.store.heartbeat().is_some() && silent > SILENCE {
            return Err(LedgerError::Expired { silent });
        }
        Ok(())
    }

    async fn flush(&self) -> Result<(), LedgerError> {
        let writers = self.claimed();
        let store = self.store.as_ref();
        let flushed = join_all(writers.iter().map(|writer| writer.flush(store))).await;
        flushed.into_iter().collect()
    }

    fn flush_soon(self: Arc<Self>) {
        if self.is_due.swap(true, Ordering::Relaxed) {
            return;
        }
        let (clock, run) = (self.clock, Arc::downgrade(&self));
        tokio::spawn(async move {
            clock.sleep(DELAY).await;
            if let Some(run) = run.upgrade() {
                run.is_due.store(false, Ordering::Relaxed);
                // What could not be written waits for the next write, which reports it.
                let _ = run.flush().await;
            }
        });
    }
}

/// Renews the lease of a run for as long as there is somebody who holds it.
async fn renew_until_dropped(run: Weak<Run>, clock: Clock) {
    loop {
        clock.sleep(RENEWAL).await;
        let Some(run) = run.upgrade() else { return };
        // A renewal that fails is tried again; `is_alive` stops the run when that lasts.
        let _ = run.renew(false).await;
    }
}

mod moving;
#[cfg(test)]
mod protocol;
#[cfg(test)]
mod tests;
