//! Settles what a run that died left open: by looking, never by sending again.

use model::{Entry, KindSet, Ledger};
use serde_json::Value;

use crate::Actual;
use crate::looks::held;

/// The ledger with every open intent of a change decided: when what was seen is as the intent
/// asked, the call had reached AWS and is on record; else the entry is as before, and still open, so
/// that the plan does it again.
#[must_use]
pub fn settle(mut ledger: Ledger, kinds: &KindSet, actual: &Actual) -> Ledger {
    for domain in ledger.domains.values_mut() {
        for entry in domain.entries.values_mut() {
            if let Some(intended) = entry.intended.take() {
                if is_done(kinds, entry, &intended, actual) {
                    entry.spec = intended;
                } else {
                    entry.intended = Some(intended);
                }
            }
        }
    }
    ledger
}

fn is_done(kinds: &KindSet, entry: &Entry, intended: &Value, actual: &Actual) -> bool {
    let seen = actual.of(&held(entry)).or_else(|| {
        actual
            .iter()
            .find(|(target, _)| target.id == entry.id)
            .map(|(_, seen)| seen)
    });
    let (Some(kind), Some(state)) = (
        kinds.get(entry.id.kind.as_str()),
        seen.and_then(|seen| seen.state()),
    ) else {
        return false;
    };
    kind.diff(intended, state, Some(&entry.spec))
        .is_ok_and(|diff| diff.is_empty())
}
