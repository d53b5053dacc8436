//! Resolves the open intents of an interrupted run. It compares observations; it never re-sends.

use std::sync::Arc;

use model::{Entry, Ledger, Spec, Status};

use crate::Actual;
use crate::observations::begun;

/// The ledger with every open intent compared with what was observed. If the resource is as the
/// intent asked, the call had reached AWS, and what it asked for is what we own; otherwise the entry
/// is as before. Both stay open, so that the plan does the rest: the call again, or what follows it.
#[must_use]
pub fn settle(mut ledger: Ledger, actual: &mut Actual) -> Ledger {
    for domain in ledger.domains.values_mut() {
        for entry in domain.entries.values_mut().filter(|entry| entry.is_open()) {
            let intended = entry.intended();
            let is_renamed =
                begun(entry).is_some_and(|begun| actual.follow(&entry.target(), &begun));
            if is_renamed || is_done(entry, intended, actual) {
                let intended = intended.clone();
                let entry = Arc::make_mut(entry);
                entry.status = Status::Changing {
                    physical: entry.physical().cloned(),
                    to: intended.clone(),
                };
                entry.spec = intended;
            }
        }
    }
    ledger
}

fn is_done(entry: &Entry, intended: &Spec, actual: &Actual) -> bool {
    let seen = actual.of(&entry.target());
    // The observation can carry another physical id than the entry, which had none when the call began.
    let seen = seen.or_else(|| actual.of_id(&entry.id));
    let state = seen.and_then(|seen| seen.state());
    state.is_some_and(|state| {
        let diff = intended.kind().diff(intended, state, Some(&entry.spec));
        diff.is_empty()
    })
}
