//! Settles what a run that died left open: by looking, never by sending again.

use model::{Entry, KindSet, Ledger};
use serde_json::Value;

use crate::Actual;
use crate::looks::held;

/// The ledger with every open intent decided: when what was seen is as the intent asked, the call had
/// reached AWS, and what it asked for is what we own; else the entry is as before. Both are still
/// open, so that the plan does the rest: again, or what has to follow it.
#[must_use]
pub fn settle(mut ledger: Ledger, kinds: &KindSet, actual: &Actual) -> Ledger {
    for domain in ledger.domains.values_mut() {
        for entry in domain.entries.values_mut().filter(|entry| entry.open) {
            let intended = entry.intended.as_ref().unwrap_or(&entry.spec).clone();
            if is_done(kinds, entry, &intended, actual) {
                entry.spec.clone_from(&intended);
                entry.intended = Some(intended);
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
