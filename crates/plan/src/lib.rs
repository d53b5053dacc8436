//! Diff, order, safety, mail impact and digest: decides everything and touches nothing.
//!
//! [`queries`] says what has to be observed; [`plan`] turns desired, actual and ledger into a
//! [`Plan`](model::Plan); [`drift`] compares actual with the ledger, and [`accept`] makes a record of it;
//! [`estimate`] says how many calls a plan makes and how long AWS's quotas make them last; [`Schedule`]
//! says how long the rest of it lasts while it is carried out; [`pending`] says what is still to be done
//! where nothing is observed; [`rebuild`] says what a lost ledger lacks. None of them reads a clock, a
//! file or the network, and none knows a kind by name.

mod accept;
mod blast_radius;
mod claims;
mod contained;
mod dangling;
mod decide;
mod drift;
mod estimate;
mod moves;
mod names;
mod neighbours;
mod observations;
mod order;
mod parts;
mod pending;
mod planner;
mod rebuild;
mod remove;
mod renames;
mod schedule;
mod settle;
mod slack;
mod stages;
mod unrecorded;
mod uses;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, btree_map};

use std::sync::Arc;

use model::{Authority, Lead, Ledger, Observation, Resource, ResourceId, Target};

pub use accept::{Acceptance, Accepted, accept};
pub use blast_radius::{blast_radius, protection};
pub use drift::{Caller, ChangedBy, Drift, Moved, drift};
pub use estimate::{Binding, Estimate, Rate, Rates, estimate};
pub use neighbours::Neighbour;
pub use observations::{Query, left, queries};
pub use pending::{Pending, pending};
pub use planner::plan;
pub use rebuild::{Rebuilt, rebuild};
pub use schedule::{HowFar, Schedule};
pub use settle::settle;
pub use slack::{Since, Slack, Window};

/// The observations, by [`Target::key`].
#[derive(Clone, Debug, Default)]
pub struct Actual {
    seen: BTreeMap<String, (Target, Observation)>,
    /// Those whose key another one has. Where something moves within an account and region, and AWS's name of
    /// neither is on record, only their specs tell it from its predecessor.
    namesakes: Vec<(Target, Observation)>,
    /// The keys by id. Where something moves, its predecessor has the same id: the key is the successor's.
    by_id: BTreeMap<ResourceId, String>,
}

impl Actual {
    /// Adds the observation of what is desired.
    pub fn insert(&mut self, target: Target, observation: Observation) {
        self.by_id.insert(target.id.clone(), target.key());
        self.seen.insert(target.key(), (target, observation));
    }

    /// Adds the observation of what is to go, which may have a successor of the same id.
    pub fn insert_leaving(&mut self, target: Target, observation: Observation) {
        let key = self.by_id.entry(target.id.clone());
        key.or_insert_with(|| target.key());
        match self.seen.entry(target.key()) {
            btree_map::Entry::Occupied(held) if held.get().0.spec != target.spec => {
                self.namesakes.push((target, observation));
            }
            btree_map::Entry::Occupied(mut held) => {
                held.insert((target, observation));
            }
            btree_map::Entry::Vacant(free) => {
                free.insert((target, observation));
            }
        }
    }

    /// Takes what was seen of `other` for `target`, where that is gone. Whether it is there; where nobody could see,
    /// nobody knows it of `target` either.
    fn follow(&mut self, target: &Target, other: &Target) -> bool {
        let is_gone = matches!(self.of(target), Some(Observation::Absent));
        let found = self.of(other).filter(|_| is_gone).cloned();
        let (Some(found), Some((_, seen))) = (found, self.seen.get_mut(&target.key())) else {
            return false;
        };
        *seen = found;
        seen.state().is_some()
    }

    /// The observation of a resource, and of its successor where it has one.
    pub fn of_id(&self, id: &ResourceId) -> Option<&Observation> {
        self.seen.get(self.by_id.get(id)?).map(|(_, seen)| seen)
    }

    /// The observation of `target`.
    pub fn of(&self, target: &Target) -> Option<&Observation> {
        let key = target.key();
        let (held, seen) = self.seen.get(&key)?;
        let mut namesakes = self.namesakes.iter();
        let is_it = |one: &&(Target, _)| one.0.spec == target.spec && one.0.key() == key;
        let namesake = namesakes.find(is_it).filter(|_| held.spec != target.spec);
        Some(namesake.map_or(seen, |(_, seen)| seen))
    }

    /// Every target that was observed, with its observation.
    pub fn iter(&self) -> impl Iterator<Item = &(Target, Observation)> {
        self.seen.values().chain(&self.namesakes)
    }
}

/// Everything that a plan is made from.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    /// The manifest's project.
    pub project: &'a str,
    /// The resources that the manifest asks for.
    pub desired: &'a [Arc<Resource>],
    /// The resources among them that the manifest does not ask for any more, and that stay for a grace
    /// period.
    pub kept: &'a BTreeSet<ResourceId>,
    /// The record of what was done and is owned, for the domains that this plan is about.
    pub ledger: &'a Ledger,
    /// The record for other domains: shared parts that they still use stay.
    pub beyond: &'a Ledger,
    /// The record of other projects for the same domains: what they hold is theirs.
    pub neighbours: &'a [Neighbour],
    /// The observations.
    pub actual: &'a Actual,
    /// The hosted zones that domains have left, and what the world is told about their names.
    pub authority: &'a Authority,
    /// The records that lead to what goes, whoever made them.
    pub leads: &'a [Lead],
    /// Whether the plan is about a domain.
    pub is_about: &'a (dyn Fn(&str) -> bool + Sync),
}
