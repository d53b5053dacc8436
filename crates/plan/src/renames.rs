//! Tracks physical resources across renames, so that deleting an old id never deletes what a new id
//! owns: an account that the manifest calls otherwise renames every resource in it.

use std::collections::BTreeSet;

use model::{
    AccountId, Entry, Location, Observation, Origin, Ownership, PhysicalId, Region, Resource,
    ResourceId,
};

use crate::Inputs;

/// A physical resource: its kind, its account and region, and AWS's name for it.
type Physical<'a> = (&'a str, Option<(&'a AccountId, &'a Region)>, &'a PhysicalId);

fn of<'a>(
    id: &'a ResourceId,
    location: Option<&'a Location>,
    physical: &'a PhysicalId,
) -> Physical<'a> {
    // By number: the name of the account is the part that changes.
    let place = location.map(|location| (&location.account_id, &location.region));
    (&id.kind, place, physical)
}

/// The physical resources whose old id goes, and those that stay under an id that is desired.
pub(crate) struct Renames<'a> {
    leaving: BTreeSet<Physical<'a>>,
    kept: BTreeSet<Physical<'a>>,
}

impl<'a> Renames<'a> {
    /// The resources that we made and that nothing desires by their id any more.
    pub(crate) fn of(inputs: Inputs<'a>) -> Self {
        let wanted: BTreeSet<&ResourceId> =
            inputs.desired.iter().map(|resource| &resource.id).collect();
        let unwanted = inputs
            .ledger
            .entries()
            .chain(inputs.beyond.entries())
            .filter(|entry| entry.origin == Origin::Created && !wanted.contains(&entry.id));
        let leaving = unwanted.filter_map(|entry| {
            let physical = entry.physical()?;
            Some(of(&entry.id, entry.location.as_ref(), physical))
        });
        Self {
            leaving: leaving.collect(),
            kept: BTreeSet::new(),
        }
    }

    /// Whose a resource is without an entry of its own, if it is one of ours that leaves under its
    /// old id. Its tags still carry that id, so that it was observed as foreign.
    pub(crate) fn ownership(
        &self,
        resource: &Resource,
        entry: Option<&Entry>,
        seen: &Observation,
    ) -> Option<Ownership> {
        let Observation::Present { physical, .. } = seen else {
            return None;
        };
        let it = of(&resource.id, resource.location.as_ref(), physical);
        let is_ours = entry.is_none()
            && matches!(
                seen,
                Observation::Present {
                    ownership: Ownership::Foreign,
                    ..
                }
            )
            && self.leaving.contains(&it);
        is_ours.then_some(Ownership::Ours)
    }

    /// Remembers that an observed resource stays.
    pub(crate) fn keep(&mut self, resource: &'a Resource, seen: &'a Observation) {
        if let Observation::Present { physical, .. } = seen {
            let it = of(&resource.id, resource.location.as_ref(), physical);
            self.kept.insert(it);
        }
    }

    /// Whether the physical resource of `entry` stays under another id.
    pub(crate) fn is_kept(&self, entry: &Entry) -> bool {
        let mut physical = entry.physical().into_iter();
        physical.any(|physical| self.stays(entry, physical))
    }

    /// Whether `physical`, at the place of `entry`, stays.
    pub(crate) fn stays(&self, entry: &Entry, physical: &PhysicalId) -> bool {
        let it = of(&entry.id, entry.location.as_ref(), physical);
        self.kept.contains(&it)
    }
}
