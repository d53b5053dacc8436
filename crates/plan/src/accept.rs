//! Drift that an operator accepts: what is there becomes the record.

use std::sync::Arc;

use model::{Entry, Observation};

use crate::claims::{Claims, Place};
use crate::{Drift, Inputs, Moved};

/// The effect of an acceptance of drift on the record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Acceptance {
    /// The drift that goes on record.
    pub accepted: Vec<Accepted>,
    /// The drift that no record can say, or that was not seen.
    pub refused: Vec<Drift>,
}

/// One resource whose drift goes on record.
#[derive(Clone, Debug, PartialEq)]
pub struct Accepted {
    /// How it moved.
    pub drift: Drift,
    /// Its entry so far.
    pub entry: Arc<Entry>,
    /// Its entry from now on; nothing where nothing of ours is left.
    pub becomes: Option<Arc<Entry>>,
}

/// The future of the record of one resource.
enum Becomes {
    /// It is as the resource is now.
    Entry(Arc<Entry>),
    /// Nothing of ours is left to have one.
    Nothing,
    /// There is no record that the resource would be in sync with.
    Unsaid,
}

/// Makes a record of each drift of the ledger of `inputs`, as far as there can be one.
pub fn accept(drifts: Vec<Drift>, inputs: Inputs<'_>) -> Acceptance {
    let claims = Claims::of(inputs.ledger.entries().chain(inputs.beyond.entries()));
    let mut acceptance = Acceptance::default();
    for drift in drifts {
        let Some(entry) = inputs.ledger.entry(&drift.resource).cloned() else {
            continue;
        };
        let becomes = match becomes(&drift, &entry, inputs, &claims) {
            Becomes::Entry(entry) => Some(entry),
            Becomes::Nothing => None,
            Becomes::Unsaid => {
                acceptance.refused.push(drift);
                continue;
            }
        };
        acceptance.accepted.push(Accepted {
            drift,
            entry,
            becomes,
        });
    }
    acceptance
}

fn becomes(drift: &Drift, entry: &Entry, inputs: Inputs<'_>, claims: &Claims) -> Becomes {
    let seen = match &drift.moved {
        Moved::Deleted => return Becomes::Nothing,
        Moved::Unknown(_) => None,
        Moved::Modified(_) | Moved::Added(_) => inputs.actual.of(&entry.target()),
    };
    let Some(state) = seen.and_then(Observation::state) else {
        return Becomes::Unsaid;
    };
    let kind = entry.spec.kind();
    let Some(spec) = kind.accepted(&entry.spec, state) else {
        return Becomes::Nothing;
    };
    let place = Place::of_entry(entry);
    let ours = |claim: &str| claims.hold(&place, claim);
    let left = kind.drift(&spec, Some(state), state, &ours);
    if !left.is_empty() {
        return Becomes::Unsaid;
    }
    // The time of our last change stays: this is none.
    Becomes::Entry(Arc::new(Entry {
        spec,
        state: Some(state.clone()),
        ..entry.clone()
    }))
}
