//! Things at AWS under whatever name of ours: an account that the manifest calls otherwise renames the
//! resources in it, and what has two names must not be deleted by the old one.

use std::collections::BTreeSet;

use model::{Entry, Location, Observation, Origin, Ownership, PhysicalId, Resource, ResourceId};

use crate::Inputs;

/// One thing: its kind, its account and region, and AWS's name for it.
type Thing = (String, String, PhysicalId);

fn thing(id: &ResourceId, location: Option<&Location>, physical: &PhysicalId) -> Thing {
    let place = location.map(|location| format!("{} {}", location.account_id, location.region));
    (id.kind.clone(), place.unwrap_or_default(), physical.clone())
}

/// What leaves by its old name, and what stays by its new one.
#[derive(Default)]
pub(crate) struct Things {
    leaving: BTreeSet<Thing>,
    kept: BTreeSet<Thing>,
}

impl Things {
    /// What we made and nobody asks for any more by its name.
    pub(crate) fn of(inputs: Inputs<'_>) -> Self {
        let wanted: BTreeSet<&ResourceId> =
            inputs.desired.iter().map(|resource| &resource.id).collect();
        let left = inputs
            .ledger
            .entries()
            .filter(|entry| entry.origin == Origin::Created && !wanted.contains(&entry.id));
        let leaving = left.filter_map(|entry| {
            let physical = entry.physical.as_ref()?;
            Some(thing(&entry.id, entry.location.as_ref(), physical))
        });
        Self {
            leaving: leaving.collect(),
            kept: BTreeSet::new(),
        }
    }

    /// `seen`, ours where it is a thing of ours that leaves by another name: its tags have that.
    pub(crate) fn known(
        &self,
        resource: &Resource,
        entry: Option<&Entry>,
        seen: Observation,
    ) -> Observation {
        match seen {
            Observation::Present {
                physical,
                state,
                ownership: Ownership::Foreign,
            } if entry.is_none()
                && self.leaving.contains(&thing(
                    &resource.id,
                    resource.location.as_ref(),
                    &physical,
                )) =>
            {
                Observation::Present {
                    physical,
                    state,
                    ownership: Ownership::Ours,
                }
            }
            seen => seen,
        }
    }

    /// Remembers what stays.
    pub(crate) fn keep(&mut self, resource: &Resource, seen: &Observation) {
        if let Observation::Present { physical, .. } = seen {
            let thing = thing(&resource.id, resource.location.as_ref(), physical);
            self.kept.insert(thing);
        }
    }

    /// Whether what `entry` holds stays under another name.
    pub(crate) fn is_kept(&self, entry: &Entry) -> bool {
        entry.physical.as_ref().is_some_and(|physical| {
            self.kept
                .contains(&thing(&entry.id, entry.location.as_ref(), physical))
        })
    }
}
