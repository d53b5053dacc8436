//! The entries that a lost ledger lacks, from what stands in the world.
//!
//! A plan over an empty ledger has decided already what stands, what of it is ours, and what has to be
//! made. Here its decisions become entries, and nothing is changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use model::{
    Action, Entry, Ledger, Location, Observation, Origin, Ownership, Plan, ResourceId, Spec, Status,
};

use crate::Actual;

/// A resource that stands, with the entry that puts it on record.
#[derive(Clone, Debug, PartialEq)]
pub struct Rebuilt {
    /// The entry.
    pub entry: Arc<Entry>,
    /// Whether the ledger has a predecessor of it at another place, which is still to go.
    pub retires: bool,
    /// Whether it stands as the manifest asks. What does not is of an earlier manifest: an apply
    /// changes it.
    pub is_as_asked: bool,
}

/// Whether a spec is of text in DNS, which carries nothing that tells whose it is.
pub(crate) fn is_text(spec: &Spec) -> bool {
    let kind = spec.kind();
    kind.zone(spec, None).is_some() && !kind.claims(spec).is_empty()
}

/// Everything that stands and that the ledger of the plan lacks: what is ours, and what is exactly as
/// the manifest asks. It comes after what it depends on.
pub fn rebuild(plan: &Plan, ledger: &Ledger, actual: &Actual, now: Timestamp) -> Vec<Rebuilt> {
    // Where a resource is brought about in stages, the last action has the whole of its spec.
    let mut last: BTreeMap<&ResourceId, usize> = BTreeMap::new();
    for action in plan.actions.iter().filter(|one| one.wanted().is_some()) {
        last.insert(&action.resource, action.id);
    }
    let actions = plan.actions.iter();
    let whole = actions.filter(|action| last.get(&action.resource) == Some(&action.id));
    whole
        // What lies in a bucket of others may have a name of ours, and is theirs to keep.
        .filter(|action| !needs_what_is_refused(plan, action))
        .filter_map(|action| rebuilt(action, ledger, actual, now))
        .collect()
}

fn needs_what_is_refused(plan: &Plan, action: &Action) -> bool {
    let mut before = action.after.iter().map(|edge| &plan.actions[edge.action]);
    // A record that is refused holds nothing.
    action.is_refused() || before.any(|one| one.is_refused() && !is_text(one.spec()))
}

fn rebuilt(action: &Action, ledger: &Ledger, actual: &Actual, now: Timestamp) -> Option<Rebuilt> {
    let wanted = action.wanted()?;
    let Observation::Present {
        physical,
        state,
        ownership,
    } = actual.of_id(&action.resource)?
    else {
        return None;
    };
    let output = |reference: &model::OutputRef| {
        let state = actual.of_id(&reference.resource)?.state()?;
        state.output(&reference.output)
    };
    let spec = wanted.spec.resolved(&output);
    if !spec.references().is_empty() {
        return None;
    }
    let kind = spec.kind();
    let is_as_asked = kind.is_only_noted(&kind.diff(&spec, state, None));
    // Of DNS, only a value that is as the manifest asks is ours: what stands in its place is somebody
    // else's, which `adopt` would take over.
    if !is_as_asked && *ownership != Ownership::Ours {
        return None;
    }
    let is_text = is_text(&spec);
    let mut entry = action.recorded(spec, Status::Settled(physical.clone()), now);
    let mut retires = false;
    // The plan may count more as on record (see `Unrecorded`).
    let recorded = ledger.entry(&action.resource);
    if let Some(old) = recorded {
        let is_same = old.physical() == Some(physical)
            && Location::is_same(old.location.as_ref(), entry.location.as_ref());
        // What an interrupted run left is settled by the next one.
        if old.is_open() || is_same && old.holders.is_superset(&entry.holders) {
            return None;
        }
        retires = !is_same;
    } else if is_text && entry.origin == Origin::Adopted {
        // Nobody knows any more whether it was there before us.
        entry.origin = Origin::Unknown;
    }
    entry.state = Some(state.clone());
    if entry.origin != Origin::Created && recorded.is_none() {
        entry.before = kind.found(state);
    }
    Some(Rebuilt {
        entry: Arc::new(entry),
        retires,
        is_as_asked,
    })
}
