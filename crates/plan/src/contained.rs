//! Removals without a call of their own: what is inside another resource goes with it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use model::{Action, ActionId, Container, Edge, Level, Location, Step, reasons};

/// The actions that come directly after each.
type Followers = Vec<BTreeSet<ActionId>>;

/// Lets what is inside a resource that is deleted go along with it. The deletion then waits for all that the
/// removals of its parts would have waited for, so that the order among the others stays what it was.
///
/// A part keeps a call of its own where something that the container waits for has to come after the part's
/// removal.
pub(crate) fn let_go_along(actions: &mut [Action]) {
    let groups = groups(actions);
    let mut followers = followers(actions);
    for (container, parts) in groups {
        let parts = may_go_along(actions, &followers, container, parts);
        if !parts.is_empty() {
            go_along(actions, &mut followers, container, &parts);
        }
    }
}

/// The deletions of containers, each with those of its parts.
fn groups(actions: &[Action]) -> BTreeMap<ActionId, BTreeSet<ActionId>> {
    let mut containers: BTreeMap<(Option<&Location>, Container), ActionId> = BTreeMap::new();
    let deletions = actions
        .iter()
        .filter(|action| matches!(action.step, Step::Delete(_)));
    for action in deletions.clone() {
        if let Some(physical) = action.physical() {
            let container = Container {
                kind: action.spec().kind().name(),
                physical: physical.clone(),
            };
            containers.insert((action.location.as_ref(), container), action.id);
        }
    }
    let mut groups: BTreeMap<ActionId, BTreeSet<ActionId>> = BTreeMap::new();
    for action in deletions {
        let container = action.spec().kind().container(action.spec());
        let key = container.map(|container| (action.location.as_ref(), container));
        if let Some(container) = key.and_then(|key| containers.get(&key)) {
            groups.entry(*container).or_default().insert(action.id);
        }
    }
    groups
}

fn followers(actions: &[Action]) -> Followers {
    let mut followers = vec![BTreeSet::new(); actions.len()];
    for action in actions {
        for edge in &action.after {
            followers[edge.action].insert(action.id);
        }
    }
    followers
}

/// The parts that nothing has to come after which the container would wait for.
fn may_go_along(
    actions: &[Action],
    followers: &Followers,
    container: ActionId,
    mut parts: BTreeSet<ActionId>,
) -> BTreeSet<ActionId> {
    loop {
        let before = before(actions, container, &parts);
        let is_free = |part: &ActionId| {
            let mut others = followers[*part].iter();
            others.all(|other| !before.contains(other))
        };
        let free: BTreeSet<ActionId> = parts.iter().copied().filter(is_free).collect();
        if free.len() == parts.len() {
            return free;
        }
        // What goes by its own call goes before its container, and so does all that it waits for.
        parts = free;
    }
}

/// All that comes before the deletion of `container`, if `parts` go along with it.
fn before(
    actions: &[Action],
    container: ActionId,
    parts: &BTreeSet<ActionId>,
) -> BTreeSet<ActionId> {
    let mut before = BTreeSet::new();
    let mut open: Vec<ActionId> = parts.iter().copied().chain([container]).collect();
    while let Some(id) = open.pop() {
        let edges = actions[id].after.iter().map(|edge| edge.action);
        let outside = edges.filter(|id| *id != container && !parts.contains(id));
        open.extend(outside.filter(|id| before.insert(*id)));
    }
    before
}

fn go_along(
    actions: &mut [Action],
    followers: &mut Followers,
    container: ActionId,
    parts: &BTreeSet<ActionId>,
) {
    let mut awaited: Vec<Edge> = Vec::new();
    let of_parts = parts.iter().flat_map(|part| &actions[*part].after);
    for edge in actions[container].after.iter().chain(of_parts) {
        if edge.action == container || parts.contains(&edge.action) {
            continue;
        }
        match awaited.iter_mut().find(|one| one.action == edge.action) {
            Some(known) => known.level = known.level.max(edge.level),
            None => awaited.push(edge.clone()),
        }
    }
    for edge in &awaited {
        followers[edge.action].retain(|other| !parts.contains(other));
        followers[edge.action].insert(container);
    }
    actions[container].after = awaited;
    for part in parts {
        followers[*part].remove(&container);
        followers[container].insert(*part);
        let action = &mut actions[*part];
        action.after = vec![Edge {
            action: container,
            level: Level::Ready,
            reason: Cow::Borrowed(reasons::GOES_ALONG),
        }];
        action.reason = Cow::Borrowed(reasons::GOES_ALONG);
        action.calls.clear();
        if let Step::Delete(unwanted) = &action.step {
            action.step = Step::GoAlong(unwanted.clone());
        }
    }
}
