//! Writing the ledger: every event reaches the store before the next thing happens.

use std::path::Path;

use async_trait::async_trait;
use clock::Clock;
use jiff::Timestamp;
use model::{DomainLedger, KindSet, Ledger};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::event::{Event, Line, fold};
use crate::stored::{FORMAT, Unreadable};

/// Why the ledger could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The store failed.
    #[error("{what} {path}")]
    Io {
        /// What was tried: `could not read`.
        what: &'static str,
        /// Which file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A line that can't be read.
    #[error("{path}:{line}: not a line of a ledger: {reason}")]
    Malformed {
        /// Which file.
        path: String,
        /// Counted from 1.
        line: usize,
        /// Why.
        reason: String,
    },
    /// Written by a newer program.
    #[error("{path} has format {found}, and this program reads up to {FORMAT}: use a newer deploy")]
    Newer {
        /// Which file.
        path: String,
        /// Its format.
        found: u32,
    },
    /// Somebody else is at work.
    #[error(
        "the ledger is in use by {holder} since {}: wait until that run ends",
        since.strftime("%Y-%m-%d %H:%M UTC")
    )]
    Locked {
        /// Who.
        holder: String,
        /// Since when.
        since: Timestamp,
    },
}

impl LedgerError {
    pub(crate) fn unreadable(path: &Path, line: usize, error: Unreadable) -> Self {
        let path = path.display().to_string();
        match error {
            Unreadable::Newer(found) => Self::Newer { path, found },
            Unreadable::Torn(reason) | Unreadable::Malformed(reason) => {
                Self::Malformed { path, line, reason }
            }
        }
    }
}

/// Who holds the lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Who: program, process and machine.
    pub name: String,
    /// Since when.
    pub since: Timestamp,
    /// Counts up with each holder, so that a late writer can be told from the present one.
    pub fence: u64,
}

/// Where a ledger is kept.
#[async_trait]
pub trait Store: Send + Sync {
    /// Takes the lock, until the store is dropped or its process ends.
    async fn lock(&self, name: &str, now: Timestamp) -> Result<Holder, LedgerError>;
    /// Every domain's ledger, and the number of its last line.
    async fn load(&self, kinds: &KindSet) -> Result<Vec<(String, DomainLedger, u64)>, LedgerError>;
    /// Adds a line to a domain's journal. When it returns, the line outlives a crash.
    async fn append(&self, domain: &str, line: &Line) -> Result<(), LedgerError>;
    /// Writes a domain's ledger as of line `number`, and lets go of the lines up to it.
    async fn compact(
        &self,
        domain: &str,
        ledger: &DomainLedger,
        number: u64,
    ) -> Result<(), LedgerError>;
}

struct Book {
    ledger: Ledger,
    numbers: std::collections::BTreeMap<String, u64>,
}

/// A ledger that is open for writing.
pub struct Journal {
    store: Box<dyn Store>,
    clock: Clock,
    book: Mutex<Book>,
}

impl Journal {
    /// Takes the lock and reads the ledger.
    pub async fn open(
        store: Box<dyn Store>,
        kinds: &KindSet,
        clock: Clock,
        holder: &str,
    ) -> Result<Self, LedgerError> {
        store.lock(holder, clock.now()).await?;
        Self::read(store, kinds, clock).await
    }

    /// Reads the ledger without the lock, for commands that only show it.
    pub async fn read(
        store: Box<dyn Store>,
        kinds: &KindSet,
        clock: Clock,
    ) -> Result<Self, LedgerError> {
        let mut ledger = Ledger::default();
        let mut numbers = std::collections::BTreeMap::new();
        for (domain, held, number) in store.load(kinds).await? {
            numbers.insert(domain.clone(), number);
            ledger.domains.insert(domain, held);
        }
        Ok(Self {
            store,
            clock,
            book: Mutex::new(Book { ledger, numbers }),
        })
    }

    /// What the ledger holds now.
    pub async fn ledger(&self) -> Ledger {
        self.book.lock().await.ledger.clone()
    }

    /// Writes an event down, and adds it up.
    pub async fn record(&self, domain: &str, event: Event) -> Result<(), LedgerError> {
        let mut book = self.book.lock().await;
        let number = book.numbers.get(domain).copied().unwrap_or(0) + 1;
        let line = Line {
            number,
            at: self.clock.now(),
            event,
        };
        self.store.append(domain, &line).await?;
        book.numbers.insert(domain.to_owned(), number);
        fold(
            book.ledger.domains.entry(domain.to_owned()).or_default(),
            &line,
        );
        Ok(())
    }

    /// Writes snapshots, so that the next start reads little.
    pub async fn close(self) -> Result<(), LedgerError> {
        let book = self.book.into_inner();
        for (domain, ledger) in &book.ledger.domains {
            let number = book.numbers.get(domain).copied().unwrap_or(0);
            self.store.compact(domain, ledger, number).await?;
        }
        Ok(())
    }
}
