//! Moves. DNS moves by itself: while it does, what its records lead to stays. And a name moves from one
//! resource to another only when whatever leads there has been switched.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use model::{
    Action, Edge, Entry, Level, Location, MailImpact, Precondition, PreconditionCheck, ResourceId,
    Spec, Step, Unwanted, rules,
};
use standards::{Finding, Place as FindingPlace};

use crate::claims::Place;
use crate::planner::Planner;

/// The seconds within which Route 53 usually carries a change to all its servers (API reference,
/// `ChangeResourceRecordSets`).
const PROPAGATION: u32 = 60;

impl Planner<'_> {
    /// Switches what refers to a successor as soon as that is there, and lets the predecessor release what
    /// the successor takes only when it is switched and nobody remembers where it led before. CloudFront
    /// gives a name to no distribution while its DNS leads to another one (Developer Guide, "Restrictions
    /// on using alternate domain names").
    pub(crate) fn switch_before_release(&mut self) {
        let is_release = |id: &usize| matches!(self.actions[*id].step, Step::Release(..));
        let releases: Vec<usize> = (0..self.actions.len()).filter(is_release).collect();
        for release in releases {
            self.switch_before(release);
        }
    }

    fn switch_before(&mut self, release: usize) {
        let id = self.actions[release].resource.clone();
        let comes_after = |action: &Action| action.after.iter().any(|edge| edge.action == release);
        let is_successor = |action: &&Action| {
            action.resource == id && action.wanted().is_some() && comes_after(action)
        };
        let Some(successor) = self.actions.iter().find(is_successor) else {
            return;
        };
        let takes = successor.id;
        // The stage in which the successor is there without what is released.
        let is_first = |one: &usize| *one != release && self.actions[*one].resource == id;
        let before = successor.after.iter().map(|edge| edge.action);
        let first = before.into_iter().find(is_first);
        let mut switched = Vec::new();
        for action in self.actions.iter_mut().filter(|action| refers(action, &id)) {
            match first {
                Some(first) => {
                    let edges = action.after.iter_mut();
                    edges
                        .filter(|edge| edge.action == takes)
                        .for_each(|edge| edge.action = first);
                }
                None => action.after.retain(|edge| edge.action != takes),
            }
            switched.push(action.id);
        }
        let edge = |action| Edge {
            action,
            level: Level::Ready,
            reason: Cow::Borrowed("what leads to its successor is switched first"),
        };
        let precondition = forgotten(switched.iter().map(|one| &self.actions[*one]));
        let action = &mut self.actions[release];
        action.after.extend(switched.into_iter().map(edge));
        if let Step::Release(unwanted, _) = &mut action.step {
            unwanted.preconditions.extend(precondition);
        }
    }

    /// Lets what is there already in before it is changed: a distribution that is sent to another bucket may
    /// read there before. What has still to be made is let in after it, because then it has a name.
    pub(crate) fn let_in_before_change(&mut self) {
        let lets_in = |action: &&Action| action.changes() && action.spec().kind().lets_in();
        let mut comes_in: BTreeMap<ResourceId, Vec<usize>> = BTreeMap::new();
        for action in self.actions.iter().filter(lets_in) {
            let spec = action.desired().map(|resource| &resource.spec);
            for reference in spec.into_iter().flat_map(Spec::references) {
                let letting = comes_in.entry(reference.resource.clone()).or_default();
                letting.push(action.id);
            }
        }
        let mut changes: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let wanted = self.actions.iter().filter(|one| one.wanted().is_some());
        for action in wanted.filter(|one| one.changes()) {
            let Some(letting) = comes_in.get(&action.resource) else {
                continue;
            };
            if matches!(action.step, Step::Update(..) | Step::Adopt(..)) {
                changes.insert(action.id, letting.clone());
            } else {
                comes_in.remove(&action.resource);
            }
        }
        for (change, letting) in changes {
            self.let_in(change, letting);
        }
    }

    /// Turns the edges around by which these actions come after a change.
    fn let_in(&mut self, change: usize, letting: Vec<usize>) {
        for id in letting {
            let after = &mut self.actions[id].after;
            after.retain(|edge| edge.action != change);
            self.actions[change].after.push(Edge {
                action: id,
                level: Level::Ready,
                reason: Cow::Borrowed("it is let in before it comes"),
            });
        }
    }

    /// Refuses to let the DNS of a domain move together with what its records lead to, where that has a
    /// successor. The old zone is read until the delegation has moved, and its records know only the
    /// predecessor; the successor becomes ready only when the new zone is read, and the predecessor has
    /// no records there.
    pub(crate) fn refuse_moves_together(&mut self) {
        let succeeded = succeeded(&self.actions);
        if succeeded.is_empty() {
            return;
        }
        let mut together: BTreeMap<&str, BTreeSet<&ResourceId>> = BTreeMap::new();
        for action in &self.actions {
            let Step::Delete(unwanted) = &action.step else {
                continue;
            };
            let domain = action.resource.domain.as_str();
            if !self
                .zones
                .have_left(domain, &Place::of_entry(&unwanted.entry))
            {
                continue;
            }
            let leads_to = unwanted.entry.dependencies.iter();
            let leads_to = leads_to.map(|dependency| &dependency.resource);
            let moving = leads_to.filter(|id| succeeded.contains(id));
            together.entry(domain).or_default().extend(moving);
        }
        let findings = together
            .into_iter()
            .filter(|(_, moving)| !moving.is_empty());
        let findings: Vec<Finding> = findings.map(finding).collect();
        self.findings.extend(findings);
    }
}

/// Whether the resource of an action refers to another one.
fn refers(action: &Action, id: &ResourceId) -> bool {
    let desired = action.desired();
    desired.is_some_and(|resource| {
        let mut references = resource.spec.references().iter();
        references.any(|reference| reference.resource == *id)
    })
}

/// Nobody remembers any more where the records among these led before they were switched.
fn forgotten<'a>(switched: impl Iterator<Item = &'a Action>) -> Option<Precondition> {
    let is_of_dns = |action: &&Action| {
        let spec = action.spec();
        spec.kind().zone(spec, None).is_some()
    };
    let records: Vec<&Action> = switched.filter(is_of_dns).collect();
    let ttl = |action: &&Action| {
        let before = action.entry().map(|entry| &entry.spec);
        let specs = before.into_iter().chain([action.spec()]);
        specs.map(|spec| spec.kind().ttl(spec)).max()
    };
    let longest = records.iter().filter_map(ttl).max()?;
    Some(Precondition {
        rule: rules::PLAN_26.id.to_owned(),
        check: PreconditionCheck::Forgotten {
            records: records
                .iter()
                .map(|action| action.resource.clone())
                .collect(),
            seconds: longest + PROPAGATION,
        },
        reason: "CloudFront gives a name to no distribution while its DNS leads to another"
            .to_owned(),
    })
}

fn finding((domain, moving): (&str, BTreeSet<&ResourceId>)) -> Finding {
    let moving: Vec<String> = moving.iter().map(ToString::to_string).collect();
    let text = format!(
        "the DNS of {domain} moves, and in the same plan a successor takes the place of {}, which its \
         records lead to",
        moving.join(", ")
    );
    Finding::new(rules::PLAN_25, text).in_place(FindingPlace::Live(domain.to_owned()))
}

/// The resources that mail passes through and that go in this plan, while one of their kind takes over for
/// the domain.
fn succeeded(actions: &[Action]) -> BTreeSet<&ResourceId> {
    let comes = |action: &&Action| {
        matches!(
            action.step,
            Step::Create(_) | Step::Replace(_) | Step::Advance(_)
        )
    };
    let coming: Vec<&Action> = actions.iter().filter(comes).collect();
    let has_successor = |gone: &&Action| coming.iter().any(|one| succeeds(one, gone));
    // The zone and its records are what moves.
    let is_of_dns = |entry: &Entry| entry.spec.kind().zone(&entry.spec, None).is_some();
    let goes = |action: &&Action| match &action.step {
        Step::Delete(Unwanted { entry, .. }) => {
            entry.impact.mail >= MailImpact::Sending && !is_of_dns(entry)
        }
        _ => false,
    };
    let going = actions.iter().filter(goes);
    let going = going.filter(has_successor);
    going.map(|action| &action.resource).collect()
}

/// Whether one action brings what takes over for what another takes away. What is replaced where it is keeps
/// its records: ACM validates the next certificate of a name by the record of the former one, and what
/// serves the name changes over in its own time.
fn succeeds(coming: &Action, going: &Action) -> bool {
    let (one, other) = (&coming.resource, &going.resource);
    let is_replaced =
        one == other && Location::is_same(coming.location.as_ref(), going.location.as_ref());
    (&one.domain, &one.kind) == (&other.domain, &other.kind) && !is_replaced
}
