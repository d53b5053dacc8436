//! Other projects that keep their ledgers beside ours: a thing that two of them hold would go with the
//! first destroy of either.
//!
//! A record of Route 53 has no tags that could name its project, so that only a ledger tells whose it is.

use model::{Entry, Ledger, Location, Origin, ResourceId, Spec};

use crate::claims::{Claims, Place};

/// The record that another project has of our domains.
#[derive(Clone, Debug, Default)]
pub struct Neighbour {
    /// Its name.
    pub project: String,
    /// Its ledger, as far as it is about the same domains.
    pub ledger: Ledger,
}

/// The claims of other projects.
#[derive(Debug, Default)]
pub(crate) struct Neighbours<'a>(Vec<(&'a Neighbour, Claims)>);

impl<'a> Neighbours<'a> {
    pub(crate) fn of(neighbours: &'a [Neighbour]) -> Self {
        let held = neighbours
            .iter()
            .map(|one| (one, Claims::of(one.ledger.entries())));
        Self(held.collect())
    }

    /// The project that has the same resource on record, or a part of it: a text that would be replaced
    /// is another claim, but has the same id.
    pub(crate) fn holder(
        &self,
        id: &ResourceId,
        location: Option<&Location>,
        place: &Place,
        spec: &Spec,
    ) -> Option<&'a str> {
        let claims = spec.kind().claims(spec);
        let holds = |(one, held): &&(&'a Neighbour, Claims)| {
            let same = one.ledger.entry(id).is_some_and(|entry| {
                // What neither project made and nobody writes, as the hosted zone, both may use.
                let is_held = entry.origin == Origin::Created || !claims.is_empty();
                is_held && is_at(entry, location) && Place::of_entry(entry) == *place
            });
            same || claims.iter().any(|claim| held.hold(place, claim))
        };
        self.0
            .iter()
            .find(holds)
            .map(|(one, _)| one.project.as_str())
    }

    /// Whether one of them holds the claim in this place.
    pub(crate) fn hold(&self, place: &Place, claim: &str) -> bool {
        self.0.iter().any(|(_, held)| held.hold(place, claim))
    }
}

/// By number: two projects can call one account by two names.
fn is_at(entry: &Entry, location: Option<&Location>) -> bool {
    let at = |one: &Location| (one.account_id.clone(), one.region.clone());
    entry.location.as_ref().map(at) == location.map(at)
}
