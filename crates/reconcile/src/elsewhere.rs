//! Dependencies in another shard: they are met when the ledger says so.

use std::sync::Arc;

use model::{
    Dependency, Ledger, Precondition, PreconditionCheck, Resource, ResourceId, Status, rules,
};

use crate::scope::Scope;

/// Lets the resources of a shard wait for what they depend on in another one, where `beyond`, the ledger
/// of what the run is not about, does not have it as done. Whoever brings it about may be at work now:
/// so this run does not wait for it, and a later one goes on.
///
/// A run about named domains does without: it is to try them, and whoever names them knows of the others.
pub(crate) fn await_others(desired: &mut [Arc<Resource>], scope: &Scope, beyond: &Ledger) {
    let Scope::Shard(shard) = scope else { return };
    let is_done = |id: &ResourceId| {
        let entry = beyond.entry(id);
        entry.is_some_and(|entry| matches!(entry.status, Status::Settled(_)))
    };
    for resource in desired {
        let dependencies = resource.all_dependencies().into_iter();
        let missing = dependencies.filter(|one| {
            let id = &one.resource;
            !id.is_shared() && !shard.has(&id.domain) && !is_done(id)
        });
        let missing: Vec<Precondition> = missing.map(precondition).collect();
        if !missing.is_empty() {
            Arc::make_mut(resource).preconditions.extend(missing);
        }
    }
}

fn precondition(dependency: Dependency) -> Precondition {
    Precondition {
        rule: rules::PLAN_23.id.to_owned(),
        check: PreconditionCheck::Recorded {
            resource: dependency.resource,
        },
        reason: dependency.reason.into_owned(),
    }
}
