//! What has to be observed before a plan can be made, in an order in which references resolve.

use std::collections::{BTreeMap, BTreeSet};

use model::field::references;
use model::{Entry, Ledger, Location, Resource, ResourceId, Target};
use serde_json::Value;

/// One thing to look at.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// What, with a spec that may have references to resources of earlier looks.
    pub target: Target,
    /// The spec that the ledger has, to look by when a reference has no value.
    pub fallback: Option<Value>,
}

/// The targets of one resource: what it is to be, and what it was where that is somewhere else.
pub(crate) fn target(resource: &Resource, entry: Option<&Entry>) -> Target {
    let same_location = entry
        .filter(|entry| Location::is_same(entry.location.as_ref(), resource.location.as_ref()));
    Target {
        id: resource.id.clone(),
        location: resource.location.clone(),
        spec: resource.spec.clone(),
        physical: same_location.and_then(|entry| entry.physical.clone()),
    }
}

/// The target of something in the ledger.
pub(crate) fn held(entry: &Entry) -> Target {
    Target {
        id: entry.id.clone(),
        location: entry.location.clone(),
        spec: entry.spec.clone(),
        physical: entry.physical.clone(),
    }
}

/// Everything to look at: each desired resource, whatever the ledger holds besides, and what a
/// move or a replacement left behind.
pub fn looks(desired: &[Resource], ledger: &Ledger) -> Vec<Look> {
    let mut looks = Vec::new();
    for resource in in_order(desired) {
        let entry = ledger.entry(&resource.id);
        looks.push(Look {
            target: target(resource, entry),
            fallback: entry.map(|entry| entry.spec.clone()),
        });
    }
    let wanted: BTreeMap<&ResourceId, &Resource> = desired
        .iter()
        .map(|resource| (&resource.id, resource))
        .collect();
    let left = ledger.entries().filter(|entry| {
        wanted.get(&entry.id).is_none_or(|resource| {
            !Location::is_same(resource.location.as_ref(), entry.location.as_ref())
        })
    });
    looks.extend(left.chain(ledger.retired()).map(|entry| Look {
        target: held(entry),
        fallback: None,
    }));
    looks
}

/// The resources, each after those that it needs or refers to.
pub(crate) fn in_order(desired: &[Resource]) -> Vec<&Resource> {
    let by_id: BTreeMap<&ResourceId, &Resource> = desired
        .iter()
        .map(|resource| (&resource.id, resource))
        .collect();
    let mut done = BTreeSet::new();
    let mut order = Vec::new();
    for resource in desired {
        visit(resource, &by_id, &mut done, &mut order);
    }
    order
}

fn visit<'a>(
    resource: &'a Resource,
    by_id: &BTreeMap<&ResourceId, &'a Resource>,
    done: &mut BTreeSet<&'a ResourceId>,
    order: &mut Vec<&'a Resource>,
) {
    if !done.insert(&resource.id) {
        return;
    }
    let referred = references(&resource.spec)
        .into_iter()
        .map(|reference| reference.resource);
    for id in resource
        .dependencies
        .iter()
        .map(|dependency| dependency.resource.clone())
        .chain(referred)
    {
        if let Some(needed) = by_id.get(&id) {
            visit(needed, by_id, done, order);
        }
    }
    order.push(resource);
}
