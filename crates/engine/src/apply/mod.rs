//! Carries a plan out: starts what may start, one batch a key, waits for what others wait for, and
//! writes every step down.

mod batch;
mod before;
mod board;
mod dispatch;
mod fresh;
mod late;
mod log;
mod patience;
mod ready;
mod step;

pub(crate) use step::session_error;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use aws::Session;
use jiff::Timestamp;
use kinds::Context;
use ledger::{Journal, LedgerError};
use model::{Action, KindError, Location, Observation, PhysicalId, Plan, ResourceId, State, Step};
use plan::{Actual, Slack};
use tokio::sync::Mutex;

use self::fresh::Fresh;
use crate::Engine;
use crate::outcome::{ActionOutcome, Report};
use crate::progress::{Stop, Watch};

/// How a plan is carried out.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long to wait for one thing to become ready.
    pub wait: Duration,
    /// Rules whose risk the operator accepts.
    pub accepted: BTreeSet<String>,
}

/// The terms of one run: how it is carried out, who hears of it, and what stops it.
#[derive(Clone, Copy)]
pub struct Terms<'a> {
    /// How the plan is carried out.
    pub options: &'a Options,
    /// The one who hears of its progress.
    pub watch: &'a dyn Watch,
    /// The operator's wish that it stops.
    pub stop: &'a Stop,
}

/// When a call is made, and by which claim.
pub(crate) struct Since<'a> {
    /// Answers that were begun before this moment do not serve.
    pub(crate) not_before: Timestamp,
    /// The claim that a call which changes something depends on.
    pub(crate) fresh: &'a Arc<Fresh>,
}

/// The knowledge about a resource while a plan is carried out.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) physical: PhysicalId,
    pub(crate) state: State,
}

/// One run of one plan.
pub(crate) struct Run<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) plan: &'a Plan,
    pub(crate) journal: &'a Journal,
    pub(crate) options: &'a Options,
    pub(crate) watch: &'a dyn Watch,
    pub(crate) stop: &'a Stop,
    pub(crate) known: Mutex<BTreeMap<ResourceId, Arc<Known>>>,
    /// The outputs of each resource that others refer to.
    pub(crate) outputs: BTreeMap<&'a ResourceId, BTreeSet<&'a str>>,
    /// When each call can be made, and how late it may be.
    slack: Slack,
}

impl Engine {
    /// Carries `plan` out. `actual` is what it was made from.
    pub async fn apply(
        &self,
        plan: &Plan,
        actual: &Actual,
        journal: &Journal,
        terms: Terms<'_>,
    ) -> Result<Report, LedgerError> {
        let Terms {
            options,
            watch,
            stop,
        } = terms;
        let run = Run {
            engine: self,
            plan,
            journal,
            options,
            watch,
            stop,
            known: Mutex::new(known(plan, actual)),
            outputs: outputs(plan),
            slack: Slack::of(plan, &self.rates()),
        };
        let begun = self.clock.now();
        // First of all, because a person may publish while the rest is still under way.
        run.expect_by_hand().await?;
        let outcomes = run.dispatch().await?;
        let elapsed = self.clock.now().duration_since(begun);
        Ok(Report {
            outcomes,
            elapsed: Duration::try_from(elapsed).unwrap_or_default(),
        })
    }
}

/// The resources that exist already and keep their outputs.
fn known(plan: &Plan, actual: &Actual) -> BTreeMap<ResourceId, Arc<Known>> {
    // By id and AWS's name: a fleet has too many to look through all of them for each action.
    let mut states: BTreeMap<(&ResourceId, &PhysicalId), &State> = BTreeMap::new();
    for (target, seen) in actual.iter() {
        if let Observation::Present {
            physical, state, ..
        } = seen
        {
            states.entry((&target.id, physical)).or_insert(state);
        }
    }
    let mut known = BTreeMap::new();
    for action in &plan.actions {
        let (Step::Update(_, physical)
        | Step::Adopt(_, physical)
        | Step::Keep(_, physical)
        | Step::RefuseChange(_, Some(physical))) = &action.step
        else {
            continue;
        };
        if let Some(state) = states.get(&(&action.resource, physical)) {
            let (physical, state) = (physical.clone(), State::clone(state));
            let one = Arc::new(Known { physical, state });
            known.insert(action.resource.clone(), one);
        }
    }
    known
}

impl Run<'_> {
    /// The place of an action's calls among those that wait for the same quota. What a long chain comes after goes
    /// first, and what no other waits for last: in a fleet SES takes one call a second. Otherwise domains go in
    /// the order of the plan, so that the steps of one come close together.
    pub(crate) fn rank(&self, action: &Action) -> u64 {
        self.slack.rank(action.id)
    }

    /// The context in which a kind changes the resource of an action.
    async fn context(
        &self,
        action: &Action,
        location: Option<&Location>,
        since: Since<'_>,
    ) -> Result<Context, KindError> {
        let context = self.engine.context(location, since.not_before).await;
        let mut context = context.map_err(|error| step::session_error(&error))?;
        let prepared = |session: Arc<Session>| {
            let ranked = session.ranked(self.rank(action));
            // A request can wait for its quota for minutes, and the claim can be lost meanwhile: see `fresh`.
            Arc::new(ranked.guarded(since.fresh.guard()))
        };
        context.session = context.session.map(prepared);
        Ok(context)
    }
}

fn outputs(plan: &Plan) -> BTreeMap<&ResourceId, BTreeSet<&str>> {
    let mut outputs: BTreeMap<&ResourceId, BTreeSet<&str>> = BTreeMap::new();
    let wanted = plan.actions.iter().filter_map(|action| action.wanted());
    for reference in wanted.flat_map(|wanted| wanted.spec.references()) {
        let of_resource = outputs.entry(&reference.resource).or_default();
        of_resource.insert(&reference.output);
    }
    outputs
}
