//! One run of the program, as a command makes it: plan, carry out, and look again.

use std::collections::BTreeSet;
use std::time::Duration;

use engine::{ActionOutcome, Progress, Stop};
use jiff::Timestamp;
use ledger::LedgerError;
use model::{Ledger, Plan};
use plan::Inputs;
use reconcile::{
    Environment, Error, ExistingResource, ExistingResources, Planned, Project, Subset, Wish,
};
use report::PublishableRecord;
use sandbox::Sandbox;
use standards::Severity;

use crate::calls;
use crate::kept::{self, Kept};
use crate::observer::Fault;
use crate::setup::{NAMES, Setup};
use crate::valid;

/// How long a run waits for one thing to become ready.
const WAIT: Duration = Duration::from_mins(15);

/// The end to which a run is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Goal {
    /// Everything that the manifest asks for.
    All,
    /// Nothing.
    Nothing,
    /// Nothing of one domain, by its position in the names.
    NothingOf(usize),
}

impl Goal {
    pub(crate) fn destroys(self) -> bool {
        self != Self::All
    }

    fn wish(self) -> Wish {
        match self {
            Self::All => Wish::All,
            Self::Nothing | Self::NothingOf(_) => Wish::Nothing,
        }
    }

    fn subset(self) -> Subset {
        match self {
            Self::All | Self::Nothing => Subset::All,
            Self::NothingOf(name) => Subset::targets(vec![NAMES[name].to_owned()]),
        }
    }
}

/// A run about to be made.
pub(crate) struct Program<'a> {
    pub(crate) setup: &'a Setup,
    pub(crate) sandbox: &'a Sandbox,
    pub(crate) ledger: &'a Kept,
    pub(crate) goal: Goal,
    /// Whether reads fail or answer from a moment ago.
    pub(crate) is_misled: bool,
}

/// How a run ended.
pub(crate) enum Ended {
    /// It was killed.
    Killed,
    /// Its plan was refused, for these reasons.
    Refused(Vec<String>),
    /// It broke a promise.
    Faulty(Vec<Fault>),
    /// Something waits for a person or for time, and this is what.
    Waiting(String),
    /// Something that is ours is not in the ledger: apply records it again. Beside it, what nobody knows
    /// whose it is, and what apply takes for what was there before.
    Unrecorded(Vec<Left>),
    /// Everything is as it should be, and that was observed. After a destroy, what is left because
    /// nobody knows whose it is.
    Done(Vec<Left>),
}

/// A record set that a destroy leaves, and names: the ledger does not say who made it.
pub(crate) struct Left {
    /// The account of its zone, as the manifest names it; nothing for what a person publishes.
    pub(crate) account: Option<String>,
    /// Its name.
    pub(crate) name: String,
    /// Its type.
    pub(crate) rtype: String,
}

/// Opens the manifest of a setup in its sandbox.
pub(crate) fn open(setup: &Setup, sandbox: &Sandbox, goal: Goal) -> Result<Project, Error> {
    let files = valid::files(setup);
    let now = Timestamp::UNIX_EPOCH;
    let loaded = reconcile::load(valid::PATH, &files, valid::PATH.into(), now)?;
    let environment = Environment::Held(sandbox.clone());
    Project::open(
        loaded,
        &goal.subset(),
        environment,
        reconcile::Notice::default(),
    )
}

/// Whether a run ended because its ledger could not be read or written.
fn is_of_ledger(error: &Error) -> bool {
    matches!(error, Error::Outside { source, .. } if source.is::<LedgerError>())
}

/// A plan that was shown, and is being carried out.
struct Shown {
    plan: Plan,
    /// How many calls the sandbox had answered by then.
    calls_before: usize,
    /// The ledger once it was carried out; empty where the run was killed.
    after: Ledger,
}

impl Shown {
    /// The promises that the calls since then have broken.
    fn faults(&self, sandbox: &Sandbox) -> Vec<Fault> {
        let mut made = sandbox.stats().log.split_off(self.calls_before);
        made.retain(|call| !kept::is_to_it(call));
        calls::faults(&self.plan, &self.after, &made)
    }
}

impl Program<'_> {
    /// Runs until the end, or until it is killed.
    pub(crate) async fn run(&self) -> Ended {
        let mut shown = None;
        let ended = tokio::select! {
            biased;
            ended = self.command(&mut shown) => ended.unwrap_or_else(|error| match error {
                // A fault kept the run out of an account, and it said so instead of planning.
                Error::Closed(_) => Ended::Refused(vec![error.to_string()]),
                // Or out of its ledger, and it changed nothing more.
                error if self.is_misled && is_of_ledger(&error) => {
                    Ended::Refused(vec![error.to_string()])
                }
                error => Ended::Faulty(vec![fault("NoError", format!("the run failed: {error}"))]),
            }),
            () = self.sandbox.killed() => Ended::Killed,
        };
        match (ended, shown) {
            (Ended::Faulty(faults), _) => Ended::Faulty(faults),
            (ended, Some(shown)) => {
                let faults = shown.faults(self.sandbox);
                if faults.is_empty() {
                    ended
                } else {
                    Ended::Faulty(faults)
                }
            }
            (ended, None) => ended,
        }
    }

    /// The records that a person reads after a run, as `deploy records` prints them: planned anew,
    /// because what the run has done decides what is to be published, or taken out, by now.
    pub(crate) async fn records(&self) -> Result<(Planned, Vec<PublishableRecord>), Error> {
        let project = open(self.setup, self.sandbox, self.goal)?;
        let ledger = self.ledger.read(&project).await?;
        let planned = project.plan(ledger, self.goal.wish()).await?;
        // Also those that stand: it may be in a zone that the domain is about to leave.
        let by_hand = planned.plan.actions.iter();
        let by_hand = by_hand.filter(|one| one.location.is_none());
        let records = reconcile::publishable(&project, &planned, by_hand).await;
        Ok((planned, records))
    }

    async fn command(&self, shown: &mut Option<Shown>) -> Result<Ended, Error> {
        let project = open(self.setup, self.sandbox, self.goal)?;
        let journal = self.ledger.open(&project).await?;
        let wish = self.goal.wish();
        let planned = project.plan(journal.ledger(), wish).await?;
        if planned.is_refused() {
            return Ok(Ended::Refused(refusals(&planned.plan)));
        }
        let shown = shown.insert(Shown {
            plan: planned.plan.clone(),
            calls_before: self.sandbox.stats().log.len(),
            after: Ledger::default(),
        });
        let (_stopper, stop) = Stop::channel();
        let silent = |_: &Progress<'_>| {};
        let terms = engine::Terms {
            options: &patient(),
            watch: &silent,
            stop: &stop,
        };
        let report = reconcile::carry_out(&project, &planned, &journal, terms).await?;
        shown.after = journal.ledger();
        let again = project.plan(journal.ledger(), wish).await?;
        let ledger = journal.ledger();
        journal.close().await?;
        if !report.is_complete() {
            // What is on no record can hold what is: a person reads that it is left, too.
            if self.goal.destroys() && !self.is_misled {
                let before = reconcile::ThereBefore::of(&planned.plan);
                let existing = project.existing(&ledger, &before).await?;
                if !existing.ours.is_empty() {
                    return Ok(Ended::Unrecorded(left_unknown(&existing)));
                }
            }
            let unfinished = report.unfinished();
            let unfinished =
                unfinished.filter(|(_, how)| !matches!(how, ActionOutcome::Skipped(_)));
            let what: Vec<String> = unfinished
                .map(|(id, outcome)| format!("{}: {outcome:?}", planned.plan.actions[id].resource))
                .collect();
            return Ok(Ended::Waiting(what.join("; ")));
        }
        if self.goal.destroys() {
            let before = reconcile::ThereBefore::of(&planned.plan);
            let existing = project.existing(&ledger, &before).await?;
            return Ok(match existing.recorded {
                _ if !existing.unseen.is_empty() => {
                    Ended::Waiting("something that could not be observed".to_owned())
                }
                0 if !existing.ours.is_empty() => Ended::Unrecorded(left_unknown(&existing)),
                0 => Ended::Done(left_unknown(&existing)),
                left => Ended::Waiting(format!("{left} resources are left")),
            });
        }
        // What stood in for the names while hosting moved goes with the next run.
        if !again.plan.is_empty()
            && !again.is_refused()
            && !reconcile::moving(&planned.plan).is_empty()
        {
            return Ok(Ended::Waiting("the wildcard of a move to go".to_owned()));
        }
        Ok(self.completed(&project, &again, &ledger))
    }

    /// The end of an apply of which everything is done: nothing has drifted, and nothing is left to do.
    fn completed(&self, project: &Project, again: &Planned, ledger: &Ledger) -> Ended {
        if again.plan.is_empty() && !again.is_refused() {
            let drifted = drifted(project, again, ledger);
            if !drifted.is_empty() && !self.is_misled {
                return Ended::Faulty(vec![fault("NothingDrifts", drifted.join("; "))]);
            }
            return Ended::Done(Vec::new());
        }
        // An answer from a moment ago, or a failed read, may show what is no longer so.
        if self.is_misled {
            return Ended::Waiting("misled".to_owned());
        }
        let changing = again.plan.actions.iter().filter(|one| one.changes());
        let actions: Vec<String> = changing
            .map(|one| format!("{} {}: {}", one.verb(), one.resource, one.reason))
            .collect();
        let what = format!("{actions:?} {:?}", refusals(&again.plan));
        Ended::Faulty(vec![fault("SecondPlanEmpty", what)])
    }
}

/// The resources that are not as the ledger has them, although nothing is left to do.
fn drifted(project: &Project, planned: &Planned, ledger: &Ledger) -> Vec<String> {
    let drifts = plan::drift(Inputs {
        project: project.manifest.project.as_str(),
        desired: &[],
        kept: &BTreeSet::new(),
        ledger,
        beyond: ledger,
        neighbours: &[],
        actual: &planned.actual,
        authority: &planned.authority,
        leads: &[],
        is_about: &|_| true,
    });
    let moved = drifts
        .iter()
        .filter(|drift| drift.location.is_some() && !drift.is_note());
    moved
        .map(|drift| format!("{}: {:?}", drift.resource, drift.moved))
        .collect()
}

/// The record sets of which a destroy says that nobody knows whose they are.
fn left_unknown(existing: &ExistingResources) -> Vec<Left> {
    existing.unknown.iter().filter_map(left).collect()
}

fn left(existing: &ExistingResource) -> Option<Left> {
    let mut words = existing.record.as_ref()?.split_whitespace();
    Some(Left {
        account: existing
            .location
            .as_ref()
            .map(|location| location.account.to_string()),
        name: words.next()?.to_owned(),
        rtype: words.next()?.to_owned(),
    })
}

fn fault(promise: &str, what: String) -> Fault {
    Fault {
        promise: promise.to_owned(),
        what,
    }
}

fn refusals(plan: &Plan) -> Vec<String> {
    let findings = plan.findings.iter();
    let errors = findings.filter(|finding| finding.severity == Severity::Error);
    errors
        .map(|finding| format!("{}: {}", finding.rule, finding.reason))
        .collect()
}

/// The options of a run that accepts no risk.
pub(crate) fn patient() -> engine::Options {
    engine::Options {
        wait: WAIT,
        accepted: BTreeSet::new(),
    }
}
