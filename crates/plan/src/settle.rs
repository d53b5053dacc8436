//! Resolves the open intents of an interrupted run. It compares observations; it never re-sends.

use std::sync::Arc;

use model::{Entry, Ledger, Spec, Status};

use crate::Actual;
use crate::observations::renamed;

/// The ledger with every open intent compared with what was observed. If the resource is as the
/// intent asked, the call had reached AWS, and what it asked for is what we own; otherwise the entry
/// is as before. Both stay open, so that the plan does the rest: the call again, or what follows it.
#[must_use]
pub fn settle(mut ledger: Ledger, actual: &mut Actual) -> Ledger {
    for domain in ledger.domains.values_mut() {
        for entry in domain.entries.values_mut().filter(|entry| entry.is_open()) {
            if is_renamed(entry, actual) || is_done(entry, entry.intended(), actual) {
                take_as_done(entry);
            }
        }
        // Under the id of what was retired, its successor is observed: only a name of its own tells about it.
        for entry in domain.retired.iter_mut().filter(|entry| entry.is_open()) {
            if is_renamed(entry, actual) {
                take_as_done(entry);
            }
        }
    }
    ledger
}

fn take_as_done(entry: &mut Arc<Entry>) {
    let entry = Arc::make_mut(entry);
    let intended = entry.intended().clone();
    entry.status = Status::Changing {
        physical: entry.physical().cloned(),
        to: intended.clone(),
    };
    entry.spec = intended;
}

/// Whether the resource is there under the name that its change gives it, and not under the former one. From then on
/// it is observed so.
fn is_renamed(entry: &Entry, actual: &mut Actual) -> bool {
    renamed(entry).is_some_and(|renamed| actual.follow(&entry.target(), &renamed))
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
