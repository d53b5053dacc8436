//! Carries a plan out: starts what may start, one batch a key, waits for what others wait for, and
//! writes every step down.

mod batch;
mod dispatch;
mod ready;
mod step;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use ledger::{Journal, LedgerError};
use model::{ActionId, KindError, PhysicalId, Plan, ResourceId};
use plan::Actual;
use serde_json::Value;
use tokio::sync::Mutex;

use crate::Engine;
use crate::progress::{Stop, Watch};

/// How a plan is carried out.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long to wait for one thing to become ready.
    pub wait: Duration,
    /// Rules whose risk the operator accepts.
    pub accepted: BTreeSet<String>,
}

/// How an action ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Done, and ready where that was asked for.
    Done,
    /// AWS refused.
    Failed(KindError),
    /// It became something that never gets ready.
    Broken(String),
    /// A precondition did not pass: the rule, and what was seen.
    Refused(String, String),
    /// Done as far as we can; this is what it waits for.
    Waiting(String),
    /// Not begun, because this action came to nothing.
    Skipped(ActionId),
    /// Not begun, because the operator stopped the run.
    NotBegun,
}

/// How a plan ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// One outcome an action.
    pub outcomes: Vec<Outcome>,
    /// How long it lasted, on the engine's clock.
    pub elapsed: Duration,
}

impl Report {
    /// The actions that ended otherwise than done.
    pub fn unfinished(&self) -> impl Iterator<Item = (ActionId, &Outcome)> {
        self.outcomes
            .iter()
            .enumerate()
            .filter(|(_, outcome)| **outcome != Outcome::Done)
    }

    /// Whether everything is done.
    pub fn is_complete(&self) -> bool {
        self.unfinished().next().is_none()
    }
}

/// What is known of a resource while a plan is carried out.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) physical: PhysicalId,
    pub(crate) state: Value,
}

/// One run of one plan.
pub(crate) struct Run<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) plan: &'a Plan,
    pub(crate) journal: &'a Journal,
    pub(crate) options: &'a Options,
    pub(crate) watch: &'a dyn Watch,
    pub(crate) stop: &'a Stop,
    pub(crate) known: Mutex<BTreeMap<ResourceId, Known>>,
    /// The parts of each resource's state that others refer to.
    pub(crate) pointers: BTreeMap<ResourceId, BTreeSet<String>>,
}

impl Engine {
    /// Carries `plan` out. `actual` is what it was made from.
    pub async fn apply(
        &self,
        plan: &Plan,
        actual: &Actual,
        journal: &Journal,
        how: (&Options, &dyn Watch, &Stop),
    ) -> Result<Report, LedgerError> {
        let (options, watch, stop) = how;
        let run = Run {
            engine: self,
            plan,
            journal,
            options,
            watch,
            stop,
            known: Mutex::new(known(plan, actual)),
            pointers: pointers(plan),
        };
        let begun = self.clock.now();
        run.expect_by_hand().await?;
        let outcomes = run.dispatch().await?;
        let elapsed = self.clock.now().duration_since(begun);
        Ok(Report {
            outcomes,
            elapsed: Duration::try_from(elapsed).unwrap_or_default(),
        })
    }
}

/// What exists already and keeps its outputs.
fn known(plan: &Plan, actual: &Actual) -> BTreeMap<ResourceId, Known> {
    let mut known = BTreeMap::new();
    for action in &plan.actions {
        let Some(physical) = action
            .physical
            .as_ref()
            .filter(|_| action.desired.is_some())
        else {
            continue;
        };
        let seen = actual.iter().find(|(target, seen)| {
            target.id == action.resource
                && matches!(seen, model::Observation::Present { physical: seen, .. } if seen == physical)
        });
        if let Some(state) = seen.and_then(|(_, seen)| seen.state()) {
            known.insert(
                action.resource.clone(),
                Known {
                    physical: physical.clone(),
                    state: state.clone(),
                },
            );
        }
    }
    known
}

fn pointers(plan: &Plan) -> BTreeMap<ResourceId, BTreeSet<String>> {
    let mut pointers: BTreeMap<ResourceId, BTreeSet<String>> = BTreeMap::new();
    for action in plan
        .actions
        .iter()
        .filter(|action| action.desired.is_some())
    {
        for reference in model::field::references(&action.spec) {
            pointers
                .entry(reference.resource)
                .or_default()
                .insert(reference.pointer);
        }
    }
    pointers
}
