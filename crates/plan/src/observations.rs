//! The queries that have to be answered before a plan can be made, in an order in which references resolve.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::{Entry, Ledger, Resource, ResourceId, Spec, State, Target};

use crate::claims::moved;

/// One resource to observe.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// The resource, with a spec that may refer to resources of earlier queries.
    pub target: Target,
    /// The spec that the ledger has, to observe by while a reference has no value.
    pub fallback: Option<Spec>,
    /// The state that the ledger has of this very resource.
    pub recorded: Option<State>,
    /// Whether it is read anew, although a wide read could confirm what is recorded.
    pub anew: bool,
    /// Whether it is to go: then what its deletion would take along is observed too.
    pub leaves: bool,
}

impl Query {
    /// The query for what the ledger has as `entry`, to be read anew.
    pub fn of_entry(entry: &Entry) -> Self {
        let target = entry.target();
        Self {
            recorded: recorded(&target, entry),
            anew: true,
            fallback: None,
            leaves: false,
            target,
        }
    }
}

/// The recorded state of the resource that the target names.
fn recorded(target: &Target, entry: &Entry) -> Option<State> {
    entry.state.clone().filter(|_| target.physical.is_some())
}

/// The target of a desired resource, under AWS's name where the ledger knows it in that place.
pub(crate) fn of_resource(resource: &Resource, here: Option<&Entry>) -> Target {
    resource.target(here.and_then(Entry::physical))
}

/// Everything to observe: each desired resource, what the ledger holds besides, and what a move or a
/// replacement left behind.
pub fn queries(desired: &[Arc<Resource>], ledger: &Ledger) -> Vec<Query> {
    let mut queries = Vec::new();
    let order = in_order(desired);
    let moved = moved(&order, ledger);
    for resource in &order {
        let entry = ledger.entry(&resource.id);
        let here = entry.filter(|_| !moved.contains_key(&resource.id));
        let target = of_resource(resource, here.map(AsRef::as_ref));
        queries.push(Query {
            recorded: here.and_then(|entry| recorded(&target, entry)),
            // After an interrupted call, AWS may have another state than the recorded one.
            anew: here.is_some_and(|entry| entry.is_open()),
            // At another place, the spec on record finds nothing.
            fallback: here.map(|entry| entry.spec.clone()),
            leaves: false,
            target,
        });
        let other = here.filter(|entry| made_other(entry, resource));
        queries.extend(other.map(|entry| Query {
            leaves: true,
            ..Query::of_entry(entry)
        }));
    }
    for entry in left(desired, ledger) {
        let of_entry = Query {
            anew: entry.is_open(),
            // Only a deletion takes things of others along; for the rest this would cost calls for nothing.
            leaves: true,
            ..Query::of_entry(entry)
        };
        let renamed = renamed(entry).map(|target| Query {
            target,
            recorded: None,
            ..of_entry.clone()
        });
        queries.push(of_entry);
        queries.extend(renamed);
    }
    queries
}

/// Whether a run was interrupted while it made something else than the manifest asks for by now: a certificate for
/// other names. By what is asked for it would not be found.
pub(crate) fn made_other(entry: &Entry, resource: &Resource) -> bool {
    // A run that went on with what an earlier one had begun can have been interrupted as well.
    let is_begun = entry.is_open() && entry.physical().is_none() && entry.location.is_some();
    is_begun && *entry.intended() != resource.spec
}

/// The target under the name that an interrupted change would have given it: the DKIM record of an identity that
/// others deleted and that was made again.
pub(crate) fn renamed(entry: &Entry) -> Option<Target> {
    let intended = entry.intended();
    let kind = intended.kind();
    let why = kind.why_other(intended, &entry.spec, entry.physical());
    why.filter(|_| entry.is_open()).map(|_| Target {
        spec: intended.clone(),
        physical: None,
        ..entry.target()
    })
}

/// The entries that nothing desires any more, under their ids or at their places.
pub fn left<'a>(
    desired: &[Arc<Resource>],
    ledger: &'a Ledger,
) -> impl Iterator<Item = &'a Arc<Entry>> + use<'a> {
    let wanted = by_id(desired);
    let moved = moved(&in_order(desired), ledger);
    let is_left = |id: &ResourceId| !wanted.contains_key(id) || moved.contains_key(id);
    let entries = ledger.entries().filter(|entry| is_left(&entry.id));
    let left: Vec<&Arc<Entry>> = entries.collect();
    left.into_iter().chain(ledger.retired())
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
    // Marked before its dependencies are visited, so that a circle ends here; `order::sort` reports it.
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
