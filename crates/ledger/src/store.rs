//! The trait of a place that keeps a ledger: bytes by key, and compare-and-swap.
//!
//! Safety comes from the compare-and-swap, not from the leases: whoever writes names the version that
//! it read, and no two contents are equal, because the number of a document's last line only rises.

use std::time::Duration;

use async_trait::async_trait;
use model::id::SHARED;

use crate::error::LedgerError;

/// The name of one object of a ledger.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// The document of a domain (`example.com`), or of a resource that domains share
    /// (`shared/KIND-NAME`).
    Document(String),
    /// The lease of a run.
    Run(String),
    /// The memory of a schedule (crate `notify`), of what people were told and of what was read when: no part
    /// of the record, and all that a role for drift writes.
    Notified,
}

/// Whether a document is of what domains share: its folder stands beside that of the domains.
fn is_shared(document: &str) -> bool {
    let below = document.strip_prefix(SHARED);
    below.is_some_and(|name| name.starts_with('/'))
}

impl Key {
    /// The path below the project's own: `ledger/example.com.jsonl`. A domain's name has no character
    /// that a file's name cannot have, but `*`.
    pub(crate) fn path(&self) -> String {
        match self {
            Self::Document(name) => {
                let name = name.replace('*', "_wildcard");
                if is_shared(&name) {
                    format!("{name}.jsonl")
                } else {
                    format!("ledger/{name}.jsonl")
                }
            }
            Self::Run(id) => format!("runs/{id}.json"),
            Self::Notified => "notify/STATE.json".to_owned(),
        }
    }

    /// The document at a path below the project's own.
    pub(crate) fn document_at(path: &str) -> Option<Self> {
        let name = path.strip_suffix(".jsonl")?.replace("_wildcard", "*");
        match name.strip_prefix("ledger/") {
            Some(name) => Some(Self::Document(name.to_owned())),
            None if is_shared(&name) => Some(Self::Document(name)),
            None => None,
        }
    }
}

/// The version of an object, opaque: an `ETag`, or what a folder tells contents apart by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version(pub String);

/// An object, read.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its version.
    pub version: Version,
    /// The snapshot that stood beside a journal up to format 3; in a folder only.
    pub snapshot: Option<Vec<u8>>,
}

/// The bytes that an object is to hold.
#[derive(Clone, Copy, Debug)]
pub struct Content<'a> {
    /// All of its bytes.
    pub bytes: &'a [u8],
    /// How many of them are there already, when the rest is only to be added.
    pub kept: Option<usize>,
}

/// Why a compare-and-swap did not write.
#[derive(Debug)]
pub enum NotSwapped {
    /// The object has another version than was expected.
    Moved,
    /// The store failed.
    Failed(LedgerError),
}

impl From<LedgerError> for NotSwapped {
    fn from(error: LedgerError) -> Self {
        Self::Failed(error)
    }
}

/// A place that keeps a ledger.
#[async_trait]
pub trait Store: Send + Sync {
    /// The place of an object, for messages.
    fn place(&self, key: &Key) -> String;
    /// The documents that there are.
    async fn list(&self) -> Result<Vec<Key>, LedgerError>;
    /// Reads an object.
    async fn read(&self, key: &Key) -> Result<Option<Stored>, LedgerError>;
    /// Writes an object, if it still has the version `expected`; nothing stands for no object. When it
    /// returns, the content outlives a crash.
    async fn swap(
        &self,
        key: &Key,
        expected: Option<&Version>,
        content: Content<'_>,
    ) -> Result<Version, NotSwapped>;
    /// Holds the lease of a run for as long as the store and its process live, where the store can do
    /// that.
    async fn hold(&self, run: &str) -> Result<(), LedgerError>;
    /// Whether the lease of a run is still held, or was renewed a moment ago.
    async fn is_held(&self, run: &str) -> Result<bool, LedgerError>;
    /// The ledgers of other projects in the same place, by project.
    async fn others(&self) -> Result<Vec<(String, Box<dyn Store>)>, LedgerError> {
        Ok(Vec::new())
    }
    /// How often a lease has to be renewed; nothing where the system itself knows who is alive.
    fn heartbeat(&self) -> Option<Duration>;
}

/// The outcome of a write whose answer does not say whether it was done, as its object shows it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    /// It was done.
    Written(Version),
    /// It was not done, and may be attempted again on this version.
    Again(Option<Version>),
    /// Another run has written the object.
    Moved,
}

/// Judges a write by the object that was found after it. No two contents are equal, so the bytes say
/// whose they are. Lines of ours that are there already are those of an earlier write whose answer was
/// lost as well.
pub(crate) fn settle(
    found: Option<Stored>,
    expected: Option<&Version>,
    content: Content<'_>,
) -> Settled {
    match found {
        Some(found) if found.bytes == content.bytes => Settled::Written(found.version),
        Some(found) if content.kept.is_some() && content.bytes.starts_with(&found.bytes) => {
            Settled::Again(Some(found.version))
        }
        Some(found) if Some(&found.version) == expected => Settled::Again(Some(found.version)),
        None if expected.is_none() => Settled::Again(None),
        _ => Settled::Moved,
    }
}
