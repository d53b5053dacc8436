//! The resources that carry our tags, are on no record, and cannot be used as they are: a certificate that has
//! expired, after the ledger was lost. Each counts as on record, so that its successor takes its place and it is
//! deleted. Nobody else would find it again.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use model::{Entry, Observation, Origin, Ownership, Resource, ResourceId, Status, Target};

use crate::Inputs;
use crate::observations::of_resource;

/// An entry for each such resource, and what was seen of it.
pub(crate) struct Unrecorded<'a>(BTreeMap<&'a ResourceId, (Arc<Entry>, &'a Observation)>);

impl<'a> Unrecorded<'a> {
    pub(crate) fn of(inputs: Inputs<'a>) -> Self {
        let desired = inputs.desired.iter();
        let found = desired.filter_map(|resource| {
            if inputs.ledger.entry(&resource.id).is_some() {
                return None;
            }
            let seen = inputs.actual.of(&of_resource(resource, None))?;
            Some((&resource.id, (Arc::new(entry(resource, seen)?), seen)))
        });
        Self(found.collect())
    }

    pub(crate) fn entry(&self, id: &ResourceId) -> Option<&Arc<Entry>> {
        self.0.get(id).map(|(entry, _)| entry)
    }

    /// The observation of a resource that one of the entries is about.
    pub(crate) fn seen(&self, target: &Target) -> Option<&'a Observation> {
        let (entry, seen) = self.0.get(&target.id)?;
        (entry.target().key() == target.key()).then_some(*seen)
    }
}

/// The entry that puts a resource on record as it was seen, where it is ours and has to be replaced.
fn entry(resource: &Resource, seen: &Observation) -> Option<Entry> {
    let Observation::Present {
        physical,
        state,
        ownership: Ownership::Ours,
    } = seen
    else {
        return None;
    };
    let spec = &resource.spec;
    let is_resolved = spec.references().is_empty();
    let is_replaced = is_resolved && spec.kind().diff(spec, state, None).replaces();
    is_replaced.then(|| Entry {
        id: resource.id.clone(),
        location: resource.location.clone(),
        status: Status::Settled(physical.clone()),
        spec: spec.clone(),
        state: Some(state.clone()),
        origin: Origin::Created,
        holders: resource.holders.iter().cloned().collect(),
        before: None,
        serves_policy: None,
        dependencies: resource.all_dependencies(),
        impact: resource.impact.clone(),
        changed: Timestamp::UNIX_EPOCH,
    })
}
