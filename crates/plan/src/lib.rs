//! Diff, order, safety, mail impact and digest: decides everything and touches nothing.
//!
//! [`queries`] says what has to be observed; [`plan`] turns desired, actual and ledger into a
//! [`Plan`](model::Plan); [`drift`] compares actual with the ledger; [`estimate`] says how many
//! calls a plan makes and how long AWS's quotas make them last; [`pending`] says what is still to be
//! done where nothing is observed. None of them reads a clock, a file
//! or the network, and none knows a kind by name.

mod blast_radius;
mod claims;
mod dangling;
mod decide;
mod drift;
mod estimate;
mod observations;
mod order;
mod parts;
mod pending;
mod planner;
mod remove;
mod renames;
mod settle;
mod stages;
mod uses;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use std::sync::Arc;

use model::{Authority, Lead, Ledger, Observation, Resource, Target};

pub use blast_radius::{blast_radius, protection};
pub use drift::{Drift, Moved, drift};
pub use estimate::{Binding, Estimate, Rate, Rates, estimate};
pub use observations::{Query, left, queries};
pub use pending::{Pending, pending};
pub use planner::plan;
pub use settle::settle;

/// The observations, by [`Target::key`].
#[derive(Clone, Debug, Default)]
pub struct Actual {
    seen: BTreeMap<String, (Target, Observation)>,
}

impl Actual {
    /// Adds one observation.
    pub fn insert(&mut self, target: Target, observation: Observation) {
        self.seen.insert(target.key(), (target, observation));
    }

    /// The observation of `target`.
    pub fn of(&self, target: &Target) -> Option<&Observation> {
        self.seen
            .get(&target.key())
            .map(|(_, observation)| observation)
    }

    /// Every target that was observed, with its observation.
    pub fn iter(&self) -> impl Iterator<Item = &(Target, Observation)> {
        self.seen.values()
    }
}

/// Everything that a plan is made from.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    /// The manifest's project.
    pub project: &'a str,
    /// The resources that the manifest asks for.
    pub desired: &'a [Arc<Resource>],
    /// The record of what was done and is owned, for the domains that this plan is about.
    pub ledger: &'a Ledger,
    /// The record for other domains: shared parts that they still use stay.
    pub beyond: &'a Ledger,
    /// The observations.
    pub actual: &'a Actual,
    /// The hosted zones that domains have left, and what the world is told about their names.
    pub authority: &'a Authority,
    /// The records that lead to what goes, whoever made them.
    pub leads: &'a [Lead],
    /// Whether the plan is about a domain.
    pub is_about: &'a (dyn Fn(&str) -> bool + Sync),
}
