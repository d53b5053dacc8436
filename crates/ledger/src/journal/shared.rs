//! The entries of what domains share, from the documents of the domains to documents of their own.
//!
//! Up to format 2 each domain had its own entry of them. Any run may write one of these documents and not
//! the other, or die between the two. So a domain's document keeps its entry until it is first
//! written after the other document had it, and whoever reads both finds the same each time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::Entry;

use crate::stored::Document;

/// Moves the entries of what domains share to their own documents.
/// What a move of the ledger has left word of, in `left`, is in the other place already.
pub(super) fn gather(documents: &mut BTreeMap<String, Document>, left: &BTreeSet<String>) {
    for (name, entry) in apart(documents) {
        let key = entry.id.document().into_owned();
        if left.contains(&key) {
            continue;
        }
        let is_new = !documents.contains_key(&key);
        let own = documents.entry(key).or_default();
        match own.ledger.entries.get_mut(&entry.id) {
            // It is on record there, or was, and has gone with its last holder.
            Some(recorded) if recorded.holders.contains(&name) => continue,
            None if !is_new => continue,
            Some(recorded) => {
                Arc::make_mut(recorded).holders.insert(name.clone());
            }
            None => {
                let id = entry.id.clone();
                own.ledger.entries.insert(id, entry.clone());
            }
        }
        // The next write has to be of the whole document.
        own.is_current = false;
        if let Some(document) = documents.get_mut(&name) {
            document.parted.push(entry);
        }
    }
}

/// Takes these entries out of the documents of the domains, each with the domain.
fn apart(documents: &mut BTreeMap<String, Document>) -> Vec<(String, Arc<Entry>)> {
    let mut apart = Vec::new();
    for (name, document) in documents {
        let entries = &mut document.ledger.entries;
        let shared = entries.extract_if(.., |id, _| id.is_shared() && id.document() != *name);
        let shared: Vec<Arc<Entry>> = shared.map(|(_, entry)| entry).collect();
        // A run that claims the document writes it whole, before it changes anything: a copy that has
        // become superfluous must not bring back a holder that the run lets go.
        document.is_current &= shared.is_empty();
        apart.extend(shared.into_iter().map(|entry| (name.clone(), entry)));
    }
    apart
}
