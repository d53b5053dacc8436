//! Groups of a plan's actions: by domain, and by the stages of one resource.

use std::collections::BTreeMap;

use model::{Action, Plan, ResourceId, Spec};

/// The changing actions of each domain, domains in the order in which the plan first touches them.
pub(crate) fn by_domain(plan: &Plan) -> Vec<(&str, Vec<&Action>)> {
    grouped(plan.actions.iter().filter(|action| action.changes()))
}

/// Actions by domain, domains in the order of their first action.
pub(crate) fn grouped<'a>(
    actions: impl Iterator<Item = &'a Action>,
) -> Vec<(&'a str, Vec<&'a Action>)> {
    let mut position: BTreeMap<&str, usize> = BTreeMap::new();
    let mut groups: Vec<(&str, Vec<&Action>)> = Vec::new();
    for action in actions {
        let domain = action.resource.domain.as_str();
        let at = *position.entry(domain).or_insert_with(|| {
            groups.push((domain, Vec::new()));
            groups.len() - 1
        });
        groups[at].1.push(action);
    }
    groups
}

/// For each action that is a later step of a resource, the spec of the step before it.
pub(crate) fn stages(plan: &Plan) -> BTreeMap<usize, &Spec> {
    let mut specs: BTreeMap<&ResourceId, &Spec> = BTreeMap::new();
    let mut stages = BTreeMap::new();
    for action in &plan.actions {
        if action.wanted().is_none() {
            continue;
        }
        if let Some(before) = specs.insert(&action.resource, action.spec()) {
            stages.insert(action.id, before);
        }
    }
    stages
}
