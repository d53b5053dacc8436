//! What has to be observed before a plan can be made, in an order in which references resolve.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::{Entry, Ledger, Location, Resource, ResourceId, Spec, State, Target};

/// One resource to observe.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// The resource, with a spec that may refer to resources of earlier queries.
    pub target: Target,
    /// The spec that the ledger has, to observe by while a reference has no value.
    pub fallback: Option<Spec>,
    /// The state that the ledger has of this very resource, to confirm in a wide read.
    pub recorded: Option<State>,
}

/// The recorded state of a resource that nothing is open about.
fn recorded(target: &Target, entry: &Entry) -> Option<State> {
    let is_it = !entry.is_open() && target.physical.is_some();
    entry.state.clone().filter(|_| is_it)
}

/// The target of a desired resource, under AWS's name where the ledger knows it in that place.
pub(crate) fn of_resource(resource: &Resource, entry: Option<&Entry>) -> Target {
    let here = entry
        .filter(|entry| Location::is_same(entry.location.as_ref(), resource.location.as_ref()));
    resource.target(here.and_then(Entry::physical))
}

/// Everything to observe: each desired resource, what the ledger holds besides, and what a move or a
/// replacement left behind.
pub fn queries(desired: &[Arc<Resource>], ledger: &Ledger) -> Vec<Query> {
    let mut queries = Vec::new();
    for resource in in_order(desired) {
        let entry = ledger.entry(&resource.id);
        let target = of_resource(resource, entry.map(AsRef::as_ref));
        queries.push(Query {
            recorded: entry.and_then(|entry| recorded(&target, entry)),
            fallback: entry.map(|entry| entry.spec.clone()),
            target,
        });
    }
    let wanted = by_id(desired);
    let left = ledger.entries().filter(|entry| {
        wanted.get(&entry.id).is_none_or(|resource| {
            !Location::is_same(resource.location.as_ref(), entry.location.as_ref())
        })
    });
    queries.extend(left.chain(ledger.retired()).map(|entry| {
        let target = entry.target();
        Query {
            recorded: recorded(&target, entry),
            target,
            fallback: None,
        }
    }));
    queries
}

fn by_id(desired: &[Arc<Resource>]) -> BTreeMap<&ResourceId, &Arc<Resource>> {
    let pairs = desired.iter().map(|resource| (&resource.id, resource));
    pairs.collect()
}

/// The resources, each after its dependencies.
pub(crate) fn in_order(desired: &[Arc<Resource>]) -> Vec<&Arc<Resource>> {
    let by_id = by_id(desired);
    let mut done = BTreeSet::new();
    let mut order = Vec::new();
    for resource in desired {
        visit(resource, &by_id, &mut done, &mut order);
    }
    order
}

fn visit<'a>(
    resource: &'a Arc<Resource>,
    by_id: &BTreeMap<&'a ResourceId, &'a Arc<Resource>>,
    done: &mut BTreeSet<&'a ResourceId>,
    order: &mut Vec<&'a Arc<Resource>>,
) {
    if !done.insert(&resource.id) {
        return;
    }
    let stated = resource.dependencies.iter().map(|one| &one.resource);
    let referred = resource.spec.references().iter().map(|one| &one.resource);
    for id in stated.chain(referred) {
        if let Some(dependency) = by_id.get(id) {
            visit(dependency, by_id, done, order);
        }
    }
    order.push(resource);
}
