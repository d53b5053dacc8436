//! Groups of a plan's actions: by domain, and by the stages of one resource.

use std::collections::BTreeMap;

use model::{Action, Plan, ResourceId, Spec};

/// The changing actions of each domain, domains in the order in which the plan first touches them.
pub(crate) fn by_domain(plan: &Plan) -> Vec<(&str, Vec<&Action>)> {
    let changing: Vec<&Action> = plan
        .actions
        .iter()
        .filter(|action| action.changes())
        .collect();
    let alone = only_domain(&changing);
    grouped(changing.into_iter(), |action| match alone {
        Some(alone) if action.resource.is_shared() => alone,
        _ => &action.resource.domain,
    })
}

/// The only domain of a plan, if it has one only. Shared resources are shown with it, because there is
/// nobody else in the plan who shares them.
fn only_domain<'p>(actions: &[&'p Action]) -> Option<&'p str> {
    let of_domains = actions.iter().filter(|action| !action.resource.is_shared());
    let mut domains = of_domains.map(|action| action.resource.domain.as_str());
    let first = domains.next()?;
    domains.all(|domain| domain == first).then_some(first)
}

/// Actions by `domain`, domains in the order of their first action.
pub(crate) fn grouped<'a>(
    actions: impl Iterator<Item = &'a Action>,
    domain: impl Fn(&'a Action) -> &'a str,
) -> Vec<(&'a str, Vec<&'a Action>)> {
    let mut position: BTreeMap<&str, usize> = BTreeMap::new();
    let mut groups: Vec<(&str, Vec<&Action>)> = Vec::new();
    for action in actions {
        let domain = domain(action);
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
