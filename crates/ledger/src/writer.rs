//! The writer of one document: claims it, adds lines to it, and sends many of them in one write.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use model::DomainLedger;

use crate::error::LedgerError;
use crate::event::Event;
use crate::store::{Content, Key, NotSwapped, Store, Version};
use crate::stored::{Added, Document, Stamped};

/// A document that a run reads and perhaps writes.
pub(crate) struct Writer {
    name: String,
    key: Key,
    /// The document with every line so far, sent or not. Locked for moments only.
    page: Mutex<Page>,
    /// The object in the store. Locked for as long as a write lasts: whoever waits for it finds, mostly, that
    /// its lines went with those of the one before.
    sent: tokio::sync::Mutex<Sent>,
}

struct Page {
    document: Document,
    /// Lines that were not sent yet.
    unsent: Vec<u8>,
    /// Whether this run has claimed the document.
    is_claimed: bool,
    /// Whether this run has lost it, or it moved before this run could claim it.
    is_lost: bool,
}

struct Sent {
    bytes: Vec<u8>,
    version: Option<Version>,
    /// Lines of a write that did not end in order; they go with the next.
    begun: Vec<u8>,
    /// Whether the next write has to be of the whole document.
    is_new_form: bool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Writer {
    /// A document as it was read; an empty one where there is none.
    pub(crate) fn new(
        name: &str,
        document: Document,
        mut bytes: Vec<u8>,
        version: Option<Version>,
    ) -> Arc<Self> {
        bytes.truncate(document.whole);
        // A last line that lost its newline is whole, and the next one must not join it.
        let is_new_form = !document.is_current || !bytes.ends_with(b"\n");
        Arc::new(Self {
            name: name.to_owned(),
            key: Key::Document(name.to_owned()),
            page: Mutex::new(Page {
                document,
                unsent: Vec::new(),
                is_claimed: false,
                is_lost: false,
            }),
            sent: tokio::sync::Mutex::new(Sent {
                bytes,
                version,
                begun: Vec::new(),
                is_new_form,
            }),
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn ledger(&self) -> DomainLedger {
        lock(&self.page).document.ledger.clone()
    }

    /// The run that claimed the document last.
    pub(crate) fn claim(&self) -> Option<String> {
        lock(&self.page).document.claim.clone()
    }

    pub(crate) fn is_claimed(&self) -> bool {
        lock(&self.page).is_claimed
    }

    /// Claims the document in the name of `run`. The claim goes with the next write.
    pub(crate) fn begin(&self, run: &str, at: Timestamp) {
        let mut page = lock(&self.page);
        if page.is_claimed {
            return;
        }
        page.is_claimed = true;
        page.document.fence += 1;
        page.add(run, at, Added::Claimed);
    }

    /// Adds an event, or the word that something is about to be removed. It goes with the next write.
    pub(crate) fn add(
        &self,
        run: &str,
        at: Timestamp,
        event: Option<Event>,
    ) -> Result<(), LedgerError> {
        let mut page = lock(&self.page);
        if page.is_lost {
            return Err(self.lost());
        }
        page.add(run, at, event.map_or(Added::Announced, Added::Happened));
        Ok(())
    }

    fn lost(&self) -> LedgerError {
        LedgerError::Lost {
            document: self.name.clone(),
        }
    }

    /// Writes every line that was added so far. This is the fence check: a run that lost the document
    /// learns it here, before it makes the call that it has announced.
    pub(crate) async fn flush(&self, store: &dyn Store) -> Result<(), LedgerError> {
        let mut sent = self.sent.lock().await;
        let base = {
            let mut page = lock(&self.page);
            if page.is_lost {
                return Err(self.lost());
            }
            let unsent = std::mem::take(&mut page.unsent);
            sent.begun.extend(unsent);
            sent.is_new_form.then(|| page.document.header(&self.name))
        };
        if sent.begun.is_empty() {
            return Ok(());
        }
        let (bytes, kept) = match base {
            // The document as of now has the new lines in its snapshot.
            Some(header) => (header, None),
            None => (
                [&sent.bytes[..], &sent.begun].concat(),
                Some(sent.bytes.len()),
            ),
        };
        let swapped = self.swap(store, &mut sent, bytes, kept).await;
        if swapped.is_ok() {
            sent.begun.clear();
            sent.is_new_form = false;
        }
        swapped
    }

    /// Fails if the object in the store is no longer the one that this run wrote.
    pub(crate) async fn confirm(&self, store: &dyn Store) -> Result<(), LedgerError> {
        let sent = self.sent.lock().await;
        let found = store.read(&self.key).await?;
        if found.map(|found| found.version) == sent.version {
            return Ok(());
        }
        lock(&self.page).is_lost = true;
        Err(self.lost())
    }

    /// Replaces the lines by their snapshot, and releases the claim.
    pub(crate) async fn compact(&self, store: &dyn Store) -> Result<(), LedgerError> {
        self.flush(store).await?;
        let mut sent = self.sent.lock().await;
        let header = {
            let mut page = lock(&self.page);
            // No two contents are equal, also when a run claimed the document and wrote nothing else.
            page.document.number += 1;
            page.document.claim = None;
            page.is_claimed = false;
            page.document.header(&self.name)
        };
        self.swap(store, &mut sent, header, None).await
    }

    /// Takes the document away from the run that claimed it: raises the fence, so that its next write
    /// fails.
    pub(crate) async fn unlock(
        &self,
        store: &dyn Store,
        run: &str,
        at: Timestamp,
    ) -> Result<(), LedgerError> {
        {
            let mut page = lock(&self.page);
            page.document.fence += 1;
            page.add(run, at, Added::Unlocked);
        }
        self.flush(store).await
    }

    /// The same document for another store, which has this version of it, or none.
    pub(crate) fn copied(&self, version: Option<Version>) -> Arc<Self> {
        let mut document = lock(&self.page).document.clone();
        // Every document goes there, so what domains share is in its own.
        document.parted = Vec::new();
        Self::new(&self.name, document, Vec::new(), version)
    }

    /// Leaves word that the ledger is at `to` from now on.
    pub(crate) async fn leave(&self, store: &dyn Store, to: &str) -> Result<(), LedgerError> {
        lock(&self.page).document.moved_to = Some(to.to_owned());
        self.compact(store).await
    }

    async fn swap(
        &self,
        store: &dyn Store,
        sent: &mut Sent,
        bytes: Vec<u8>,
        kept: Option<usize>,
    ) -> Result<(), LedgerError> {
        let content = Content {
            bytes: &bytes,
            kept,
        };
        match store.swap(&self.key, sent.version.as_ref(), content).await {
            Ok(version) => {
                sent.version = Some(version);
                sent.bytes = bytes;
                Ok(())
            }
            Err(NotSwapped::Moved) => {
                lock(&self.page).is_lost = true;
                Err(self.lost())
            }
            Err(NotSwapped::Failed(error)) => Err(error),
        }
    }
}

impl Page {
    fn add(&mut self, run: &str, at: Timestamp, added: Added) {
        let line = Stamped {
            number: self.document.number + 1,
            fence: self.document.fence,
            run: run.to_owned(),
            at,
            added,
        };
        self.unsent.extend(line.text());
        // Its number is the next one, so that nothing can be wrong with it.
        let _ = self.document.add(line);
    }
}
