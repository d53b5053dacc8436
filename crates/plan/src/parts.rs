//! Parts that our resources keep inside others: an object in a bucket, the logs below a prefix.

use std::collections::BTreeSet;

use crate::Inputs;

/// The parts of other resources that are ours (see [`model::Kind::parts`]).
#[derive(Debug)]
pub(crate) struct Parts(BTreeSet<String>);

impl Parts {
    /// The parts of everything desired and owned, of what is removed and of other domains too.
    pub(crate) fn of(inputs: Inputs<'_>) -> Self {
        let ledger = inputs.ledger.entries().chain(inputs.ledger.retired());
        let entries = ledger.chain(inputs.beyond.entries());
        let owned = entries.map(|entry| &entry.spec);
        let desired = inputs.desired.iter().map(|resource| &resource.spec);
        // The parts of resources that are still to be made are ours too, and of those that are to go.
        let all = owned.chain(desired);
        Self(all.flat_map(|spec| spec.kind().parts(spec)).collect())
    }

    /// Whether `part`, or a folder that it is in, is ours.
    pub(crate) fn hold(&self, part: &str) -> bool {
        let folders = part
            .match_indices('/')
            .map(|(at, slash)| &part[..at + slash.len()]);
        let mut all = folders.chain([part]);
        all.any(|one| self.0.contains(one))
    }
}
