//! Other projects whose ledgers are in the same place, as far as they have the same documents.

use std::collections::BTreeSet;

use model::{KindSet, Ledger};

use crate::error::LedgerError;
use crate::journal;
use crate::store::{Key, Store};

/// Another project that has documents of the same names.
#[derive(Debug)]
pub struct Neighbour {
    /// Its name.
    pub project: String,
    /// The documents of it that were read.
    pub ledger: Ledger,
    /// Those that could not be read: where each is, and why it was not.
    pub unread: Vec<(String, LedgerError)>,
}

/// The projects beside that of `store` that have some of these documents: domains, mostly.
pub async fn neighbours(
    store: &dyn Store,
    kinds: &KindSet,
    documents: &BTreeSet<String>,
) -> Result<Vec<Neighbour>, LedgerError> {
    let mut neighbours = Vec::new();
    for (project, other) in store.others().await? {
        let mut neighbour = Neighbour {
            project,
            ledger: Ledger::default(),
            unread: Vec::new(),
        };
        for key in other.list().await? {
            if let Key::Document(name) = &key
                && documents.contains(name)
            {
                read(other.as_ref(), &key, name, kinds, &mut neighbour).await;
            }
        }
        if !neighbour.ledger.domains.is_empty() || !neighbour.unread.is_empty() {
            neighbours.push(neighbour);
        }
    }
    Ok(neighbours)
}

async fn read(store: &dyn Store, key: &Key, name: &str, kinds: &KindSet, into: &mut Neighbour) {
    let stored = store.read(key).await;
    let document = stored.and_then(|stored| journal::read(store, key, stored.as_ref(), kinds));
    match document {
        Ok(document) if document.ledger.is_empty() => {}
        Ok(document) => {
            into.ledger.domains.insert(name.to_owned(), document.ledger);
        }
        // The project keeps its ledger elsewhere now.
        Err(LedgerError::Gone { .. }) => {}
        Err(error) => into.unread.push((name.to_owned(), error)),
    }
}
