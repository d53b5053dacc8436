//! The changes that are still to be made, told from what is desired and the ledger alone.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::{Entry, Ledger, OutputRef, Readiness, Resource, ResourceId};

/// The changes that an apply has still to make, as far as the ledger tells: nothing was observed. What a
/// run began is open in the ledger and not in here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pending {
    /// The ledger has nothing of them.
    pub create: Vec<ResourceId>,
    /// The ledger has them as they were asked for before, or at another place.
    pub update: Vec<ResourceId>,
    /// The ledger has them, and they are no longer desired.
    pub delete: Vec<ResourceId>,
    /// Records that a person has still to publish, or to take out, as far as public DNS was seen.
    pub by_hand: Vec<ResourceId>,
}

/// Compares what is desired with the ledger.
pub fn pending(desired: &[Arc<Resource>], ledger: &Ledger) -> Pending {
    let mut pending = Pending::default();
    for resource in desired {
        // Nobody makes it in an account, so that no call tells when it is there: public DNS does.
        let is_by_hand = resource.location.is_none();
        let list = match ledger.entry(&resource.id) {
            Some(entry) if entry.is_open() && !is_by_hand => continue,
            // Whether AWS has it ready is not kept: it can change by itself.
            Some(entry)
                if is_as_asked(resource, entry, ledger) && (!is_by_hand || was_seen(entry)) =>
            {
                continue;
            }
            _ if is_by_hand => &mut pending.by_hand,
            None => &mut pending.create,
            Some(_) => &mut pending.update,
        };
        list.push(resource.id.clone());
    }
    let desired: BTreeSet<&ResourceId> = desired.iter().map(|resource| &resource.id).collect();
    for entry in ledger.entries().filter(|one| !desired.contains(&one.id)) {
        match entry.location {
            None => pending.by_hand.push(entry.id.clone()),
            Some(_) if entry.is_open() => {}
            Some(_) => pending.delete.push(entry.id.clone()),
        }
    }
    pending
}

/// Whether public DNS was seen to answer a record that a person publishes.
fn was_seen(entry: &Entry) -> bool {
    let is_ready = |state| entry.spec.kind().readiness(&entry.spec, state) == Readiness::Ready;
    !entry.is_open() && entry.state.as_ref().is_some_and(is_ready)
}

/// Whether the ledger has a resource at the place and as it is desired, what it refers to included.
fn is_as_asked(resource: &Resource, entry: &Entry, ledger: &Ledger) -> bool {
    let outputs = |reference: &OutputRef| ledger.output(reference);
    resource.location == entry.location && resource.spec.resolved(&outputs) == *entry.intended()
}
