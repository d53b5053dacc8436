//! The actions of a plan by what they use. With it the order of a fleet is found in the time of its
//! size: to compare each action with each takes minutes for a thousand domains.

use std::collections::{BTreeMap, BTreeSet};

use model::{Action, Dependency, MailImpact, Resource, ResourceId};

/// Actions by their positions, in order.
type Positions = Vec<usize>;

/// The index.
pub(crate) struct Uses<'a> {
    /// The actions about a resource.
    about: BTreeMap<&'a ResourceId, Positions>,
    /// Those whose entry in the ledger depends on it.
    held: BTreeMap<&'a ResourceId, Positions>,
    /// Those that depend on it as the manifest asks.
    desired: BTreeMap<ResourceId, Positions>,
    /// Those of a domain that can take over what another did.
    successors: BTreeMap<&'a str, Positions>,
    /// Those that come directly after an action.
    followers: BTreeMap<usize, Positions>,
    /// The actions that change nothing, and whose resources are not ready yet.
    unready: &'a BTreeSet<usize>,
}

impl<'a> Uses<'a> {
    pub(crate) fn new(actions: &'a [Action], unready: &'a BTreeSet<usize>) -> Self {
        let mut uses = Self {
            about: BTreeMap::new(),
            held: BTreeMap::new(),
            desired: BTreeMap::new(),
            successors: BTreeMap::new(),
            followers: BTreeMap::new(),
            unready,
        };
        for (id, action) in actions.iter().enumerate() {
            uses.add(id, action);
        }
        uses
    }

    fn add(&mut self, id: usize, action: &'a Action) {
        self.about.entry(&action.resource).or_default().push(id);
        for dependency in held_dependencies(action) {
            self.held.entry(&dependency.resource).or_default().push(id);
        }
        let desired = action.desired().map(Resource::all_dependencies);
        for dependency in desired.unwrap_or_default() {
            self.desired
                .entry(dependency.resource)
                .or_default()
                .push(id);
        }
        if self.takes_over(action) {
            let domain = action.resource.domain.as_str();
            self.successors.entry(domain).or_default().push(id);
        }
        for edge in &action.after {
            self.followers.entry(edge.action).or_default().push(id);
        }
    }

    /// Whether an action brings what can take over in its domain, or waits for what an earlier run brought.
    pub(crate) fn takes_over(&self, action: &Action) -> bool {
        action.wait() && (action.changes() || self.unready.contains(&action.id))
    }

    /// The actions whose entry depends on `resource`.
    pub(crate) fn held(&self, resource: &ResourceId) -> impl Iterator<Item = usize> {
        each(self.held.get(resource))
    }

    /// The actions that come directly after `id`.
    pub(crate) fn followers(&self, id: usize) -> impl Iterator<Item = usize> {
        each(self.followers.get(&id))
    }

    /// All that a removal may have to wait for: what is about its resource, used it or uses its
    /// successor, and, where the removal can hurt mail, what takes over in its domain.
    pub(crate) fn maybe_after(&self, removal: &Action) -> BTreeSet<usize> {
        let resource = &removal.resource;
        let domain = resource.domain.as_str();
        let can_hurt = removal.impact.mail >= MailImpact::Sending;
        let found = each(self.about.get(resource))
            .chain(self.held(resource))
            .chain(each(self.desired.get(resource)))
            .chain(each(self.successors.get(domain).filter(|_| can_hurt)));
        found.collect()
    }
}

fn each(positions: Option<&Positions>) -> impl Iterator<Item = usize> {
    positions.into_iter().flatten().copied()
}

/// The dependencies of an action's entry in the ledger.
pub(crate) fn held_dependencies(action: &Action) -> &[Dependency] {
    let entry = action.entry();
    entry.map_or(&[], |entry| &entry.dependencies)
}
