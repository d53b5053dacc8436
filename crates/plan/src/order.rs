//! The order of a plan: deletions run after their replacements, in the right order among
//! themselves, and every action comes after what it waits for.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use model::{Action, Edge, Level, MailImpact, ResourceId, Step, Undo, Verb};

use crate::uses::{Uses, held_dependencies};

/// Adds the edges of removals, and of the updates that have to wait for one. `unready` are the actions that change
/// nothing, and whose resources are not ready yet.
pub(crate) fn order_removals(actions: &mut [Action], unready: &BTreeSet<usize>) {
    for (id, edge) in edges(actions, unready) {
        // An edge that a dependency made keeps its reason: it says more than the derived one.
        if !actions[id]
            .after
            .iter()
            .any(|known| known.action == edge.action)
        {
            actions[id].after.push(edge);
        }
    }
}

/// The edges, each with the action that comes after another.
fn edges(actions: &[Action], unready: &BTreeSet<usize>) -> Vec<(usize, Edge)> {
    let index = Uses::new(actions, unready);
    let losses: Vec<Loss> = (0..actions.len())
        .filter(|id| takes_away(&actions[*id]))
        .map(|id| Loss::new(actions, &index, id))
        // An update that no removal depends on stands where its own dependencies put it.
        .filter(|loss| !loss.users.is_empty())
        .collect();
    let mut edges: Vec<(usize, Edge)> = losses.iter().flat_map(Loss::edges).collect();
    let mut of_removal: BTreeMap<usize, Vec<&Loss>> = BTreeMap::new();
    for loss in &losses {
        for &removal in &loss.goes_before {
            of_removal.entry(removal).or_default().push(loss);
        }
    }
    for (id, removal) in actions.iter().enumerate() {
        if !is_removal(removal) {
            continue;
        }
        for other in index.held(&removal.resource) {
            edges.extend(among_removals(actions, id, other));
        }
        for other in index.maybe_after(removal) {
            let mut losses = of_removal.get(&id).into_iter().flatten();
            let is_later = losses.any(|loss| loss.later.contains(&other));
            if !is_removal(&actions[other])
                && let Some(edge) = after_successors(removal, &actions[other], &index, is_later)
            {
                edges.push((id, edge));
            }
        }
    }
    edges
}

/// An update that takes away what removed resources use until they are gone: a distribution no longer
/// answers the name of a policy host, whose records and announcement go in the same plan.
struct Loss {
    update: usize,
    /// The removals of what uses it directly, which go before its dependencies.
    users: BTreeSet<usize>,
    /// The removals of what uses it through others, too: the announcement of the policy.
    goes_before: BTreeSet<usize>,
    /// The update, and whatever comes after it.
    later: BTreeSet<usize>,
}

fn takes_away(action: &Action) -> bool {
    let Step::Update(wanted, _) = &action.step else {
        return false;
    };
    let before = action.owned();
    before.is_some_and(|before| before.kind().takes_away(before, &wanted.spec))
}

impl Loss {
    fn new(actions: &[Action], index: &Uses<'_>, update: usize) -> Self {
        let users_of = |id: usize| {
            let resource = &actions[id].resource;
            index.held(resource).filter(move |&user| {
                user != id && is_removal(&actions[user]) && goes_first(&actions[user], resource)
            })
        };
        let later = closure(update, |id| index.followers(id));
        // A removal that waits for what the update brings can't come before it: where a host is
        // renamed, its old name goes with the update, and its record after the one that takes over.
        // So does the record of a host that DNS moves: it goes when it is at its new place.
        let waits = |removal: usize| {
            let mut later = later.iter().filter(|id| !is_removal(&actions[**id]));
            let known: BTreeSet<usize> = actions[removal]
                .after
                .iter()
                .map(|one| one.action)
                .collect();
            later.any(|&id| {
                known.contains(&id)
                    || after_successors(&actions[removal], &actions[id], index, true).is_some()
            })
        };
        let users: BTreeSet<usize> = users_of(update)
            .filter(|user| !closure(*user, users_of).into_iter().any(waits))
            .collect();
        let goes_before = users.iter().flat_map(|user| closure(*user, users_of));
        Self {
            update,
            goes_before: goes_before.collect(),
            users,
            later,
        }
    }

    fn edges(&self) -> impl Iterator<Item = (usize, Edge)> {
        self.users.iter().map(|&action| {
            let edge = Edge {
                action,
                // A deletion that AWS has accepted can be under way for minutes, and uses it to the end.
                level: Level::Ready,
                reason: Cow::Borrowed("what uses it goes first"),
            };
            (self.update, edge)
        })
    }
}

/// Whether `user`, which goes, has to go before `resource` loses what it gave.
fn goes_first(user: &Action, resource: &ResourceId) -> bool {
    let mut dependencies = held_dependencies(user).iter();
    dependencies
        .any(|dependency| dependency.undo == Undo::Reverse && dependency.resource == *resource)
}

/// `first`, and all that `next` leads to from there.
fn closure<I: Iterator<Item = usize>>(first: usize, next: impl Fn(usize) -> I) -> BTreeSet<usize> {
    let mut found = BTreeSet::from([first]);
    let mut open = vec![first];
    while let Some(id) = open.pop() {
        open.extend(next(id).filter(|other| found.insert(*other)));
    }
    found
}

fn is_removal(action: &Action) -> bool {
    // A predecessor that releases something stays: it is removed by an action of its own.
    action.wanted().is_none() && action.verb() != Verb::Update
}

/// The edge between two removals, where `other` depended on `id` or the reverse, in the order in which the
/// two go away.
fn among_removals(actions: &[Action], id: usize, other: usize) -> Option<(usize, Edge)> {
    let dependency = held_dependencies(&actions[other])
        .iter()
        .find(|dependency| dependency.resource == actions[id].resource)?;
    if id == other || !is_removal(&actions[other]) {
        return None;
    }
    let (first, second) = match dependency.undo {
        Undo::Reverse => (other, id),
        Undo::SameOrder => (id, other),
    };
    Some((
        second,
        Edge {
            action: first,
            level: Level::Ready,
            reason: format!("goes away after what needs it ({})", dependency.reason).into(),
        },
    ))
}

/// A removal waits for whatever used to need it, for its own successor and what needs that, and,
/// when it can hurt mail, for everything of its domain that takes over, but for what `is_later`: that
/// itself waits for the removal.
fn after_successors(
    removal: &Action,
    action: &Action,
    index: &Uses<'_>,
    is_later: bool,
) -> Option<Edge> {
    let used = held_dependencies(action)
        .iter()
        .any(|dependency| dependency.resource == removal.resource);
    let succeeds = action.resource == removal.resource;
    let needs_successor = action.desired().is_some_and(|resource| {
        let dependencies = resource.all_dependencies();
        dependencies
            .iter()
            .any(|dependency| dependency.resource == removal.resource)
    });
    // Branding may be absent for a moment; mail that is refused in that moment is lost.
    let takes_over = !is_later
        && removal.impact.mail >= MailImpact::Sending
        && removal.resource.domain == action.resource.domain
        && index.takes_over(action);
    let reason = if succeeds {
        "its successor is there first"
    } else if used || needs_successor {
        "what used it is switched first"
    } else if takes_over {
        "what takes over is ready first"
    } else {
        return None;
    };
    Some(Edge {
        action: action.id,
        level: Level::Ready,
        reason: Cow::Borrowed(reason),
    })
}

/// Sorts the actions so that each comes after those that it waits for, otherwise as they stand, and
/// numbers them anew. On a cycle: the actions as they were, and who is in it.
pub(crate) fn sort(actions: Vec<Action>) -> Result<Vec<Action>, (Vec<Action>, Vec<ResourceId>)> {
    let mut waits: Vec<usize> = actions.iter().map(|action| action.after.len()).collect();
    let mut followers: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for action in &actions {
        for edge in &action.after {
            followers.entry(edge.action).or_default().push(action.id);
        }
    }
    // The lowest number first: the order of the manifest is kept, and two plans of one world are alike.
    let mut free: BTreeSet<usize> = (0..actions.len()).filter(|id| waits[*id] == 0).collect();
    let mut order = Vec::new();
    while let Some(id) = free.pop_first() {
        order.push(id);
        for follower in followers.get(&id).into_iter().flatten() {
            waits[*follower] -= 1;
            if waits[*follower] == 0 {
                free.insert(*follower);
            }
        }
    }
    if order.len() < actions.len() {
        let cycle = actions
            .iter()
            .filter(|action| waits[action.id] > 0)
            .map(|action| action.resource.clone());
        let cycle = cycle.collect();
        // The plan is still shown, with the circle as its finding (PLAN-08).
        return Err((actions, cycle));
    }
    let place: BTreeMap<usize, usize> = order
        .iter()
        .enumerate()
        .map(|(place, id)| (*id, place))
        .collect();
    let mut slots: Vec<Option<Action>> = actions.into_iter().map(Some).collect();
    let mut sorted: Vec<Action> = order.iter().filter_map(|id| slots[*id].take()).collect();
    for (place_now, action) in sorted.iter_mut().enumerate() {
        action.id = place_now;
        for edge in &mut action.after {
            edge.action = place[&edge.action];
        }
    }
    Ok(sorted)
}
