//! AWS's names where the ledger has none: a run made something, and was interrupted before it learnt how AWS calls it.

use std::sync::Arc;

use model::{Entry, PhysicalId, Spec, Status, Unwanted};

use crate::planner::Planner;

impl Planner<'_> {
    /// AWS's name for what `entry` is about: the one that it was found by, or else the one on record. What looks like it
    /// can be its successor, which stays.
    pub(crate) fn name_of(&self, entry: &Entry) -> Option<PhysicalId> {
        let found = self.seen(&entry.target()).physical();
        let found = found.filter(|found| !self.renames.stays(entry, found));
        found.or(entry.physical()).cloned()
    }

    /// The part `spec` of what `entry` is about, to go.
    pub(crate) fn unwanted(&self, entry: &Arc<Entry>, spec: Spec) -> Unwanted {
        Unwanted {
            physical: self.name_of(entry),
            ..Unwanted::of(entry, spec)
        }
    }

    /// The entry as it is retired: once a successor has its id, only AWS's name finds it again.
    pub(crate) fn retired(&self, entry: &Arc<Entry>) -> Arc<Entry> {
        let mut entry = Arc::clone(entry);
        if let Some(name) = self.name_of(&entry)
            && entry.physical() != Some(&name)
        {
            Arc::make_mut(&mut entry).status = Status::Settled(name);
        }
        entry
    }
}
