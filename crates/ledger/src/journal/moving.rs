//! The move of a ledger to another store. One that was interrupted goes on where it ended.

use clock::Clock;
use model::KindSet;

use super::{Journal, read};
use crate::error::LedgerError;
use crate::lease::Who;
use crate::store::{Key, Store, Stored, Version};
use crate::stored;
use crate::writer::Writer;

/// The version of a document that a moved one may replace: word that the ledger moved away, or the
/// same document, which a move that was interrupted has left there.
fn replaced(
    store: &dyn Store,
    key: &Key,
    there: Option<Stored>,
    writer: &Writer,
    kinds: &KindSet,
) -> Result<Option<Version>, LedgerError> {
    let Some(there) = there else {
        return Ok(None);
    };
    let document = stored::read(&there.bytes, there.snapshot.as_deref(), kinds)
        .map_err(|(line, error)| LedgerError::unreadable(store.place(key), line, error))?;
    if document.moved_to.is_none() && document.ledger != writer.ledger() {
        return Err(LedgerError::Occupied {
            place: store.place(key),
        });
    }
    Ok(Some(there.version))
}

/// Fails where a document is missing of which word was left that it is here.
async fn has_arrived(store: &dyn Store, key: &Key, kinds: &KindSet) -> Result<(), LedgerError> {
    let there = store.read(key).await?;
    if there.is_some() {
        return read(store, key, there.as_ref(), kinds).map(|_| ());
    }
    Err(LedgerError::Malformed {
        path: store.place(key),
        line: 1,
        reason: "the document was moved here, and is missing".to_owned(),
    })
}

impl Journal {
    /// Reads a ledger that is to move to `to`, or is on its way there: a move that was interrupted
    /// goes on.
    pub async fn open_to_move(
        store: Box<dyn Store>,
        kinds: &KindSet,
        run: (Clock, Who),
        to: &str,
    ) -> Result<Self, LedgerError> {
        Self::open_on_the_way(store, kinds, run, Some(to)).await
    }

    /// Copies every document to another store, reads it back, and leaves word here that the ledger is
    /// at `to`. Every document is claimed before.
    pub async fn move_to(
        self,
        store: &dyn Store,
        kinds: &KindSet,
        to: &str,
    ) -> Result<usize, LedgerError> {
        for name in &self.left {
            has_arrived(store, &Key::Document(name.clone()), kinds).await?;
        }
        let writers = self.run.all();
        let names = writers.iter().map(|writer| writer.name().to_owned());
        self.claim(&names.collect()).await?;
        for writer in &writers {
            let key = Key::Document(writer.name().to_owned());
            let there = store.read(&key).await?;
            let version = replaced(store, &key, there, writer, kinds)?;
            writer.copied(version).compact(store).await?;
            let stored = store.read(&key).await?;
            if read(store, &key, stored.as_ref(), kinds)?.ledger != writer.ledger() {
                return Err(LedgerError::Malformed {
                    path: store.place(&key),
                    line: 1,
                    reason: "it is not what was written there".to_owned(),
                });
            }
        }
        for writer in &writers {
            writer.leave(self.run.store.as_ref(), to).await?;
        }
        let _ = self.run.renew(true).await;
        Ok(writers.len() + self.left.len())
    }
}
