//! The dispatcher: it says which actions may start, and what follows from how a step ended.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt};
use ledger::LedgerError;
use model::ActionId;
use tracing::Instrument as _;

use super::board::{Board, Stage};
use super::late::Lateness;
use super::{ActionOutcome, Run, log};
use crate::progress::Progress;

/// How many calls are under way at once. The quota scheduler says how fast they go. What only waits
/// to become ready is not counted: in a fleet that would keep the calls of all others back.
const STEPS_AT_ONCE: usize = 256;

/// How long the first free action of a batch waits for others that are about to be free. A batch costs
/// a request and one or two questions whether it is in sync, so that a second is worth it.
const GATHER: Duration = Duration::from_secs(1);

/// How many of these seconds it waits at most, while calls are under way that would free others. In a
/// fleet they wait for their quota.
const GATHER_MAX: u32 = 20;

/// How a step ended.
enum Ended<'p> {
    /// Calls have returned.
    Acted(Vec<(ActionId, ActionOutcome)>),
    /// One action is ready, or will not be in this run.
    Readied(ActionId, ActionOutcome),
    /// A batch of this key has been gathered for so many seconds.
    Gathered(&'p str, u32),
}

type Step<'s> = BoxFuture<'s, Result<Ended<'s>, LedgerError>>;

/// A run of a plan, under way.
struct Dispatch<'s> {
    run: &'s Run<'s>,
    board: Board<'s>,
    steps: FuturesUnordered<Step<'s>>,
    /// Free actions of each batch key.
    gathered: BTreeMap<&'s str, Vec<ActionId>>,
    /// Keys of which a batch is being gathered or is under way.
    busy: BTreeSet<&'s str>,
    /// How many calls are under way.
    calls: usize,
    /// How late each call may be.
    lateness: Lateness,
    /// Why the ledger can no longer be written.
    failure: Option<LedgerError>,
}

impl Run<'_> {
    /// Runs until nothing can start and nothing is under way.
    pub(crate) async fn dispatch(&self) -> Result<Vec<ActionOutcome>, LedgerError> {
        let mut dispatch = Dispatch {
            run: self,
            board: Board::new(
                self.plan,
                self.plan.actions.iter().map(|one| self.rank(one)).collect(),
            ),
            steps: FuturesUnordered::new(),
            gathered: BTreeMap::new(),
            busy: BTreeSet::new(),
            calls: 0,
            lateness: Lateness::new(self),
            failure: None,
        };
        loop {
            dispatch.start();
            match dispatch.steps.next().await {
                Some(ended) => dispatch.ended(ended),
                None => return dispatch.over(),
            }
        }
    }
}

impl<'s> Dispatch<'s> {
    fn over(self) -> Result<Vec<ActionOutcome>, LedgerError> {
        match self.failure {
            Some(error) => Err(error),
            None => Ok(self.board.outcomes()),
        }
    }

    fn ended(&mut self, ended: Result<Ended<'s>, LedgerError>) {
        match ended {
            // Without its ledger a run begins nothing more. Calls that are under way end, so that as
            // much as possible is known of them.
            Err(error) => {
                // The first failure is the cause; those that follow are its echo.
                self.failure.get_or_insert(error);
            }
            Ok(Ended::Acted(outcomes)) => {
                self.calls -= 1;
                for (id, outcome) in outcomes {
                    if let Some(key) = &self.run.plan.actions[id].batch {
                        self.busy.remove(key.as_str());
                    }
                    self.acted(id, outcome);
                }
            }
            Ok(Ended::Readied(id, outcome)) => self.finish(id, outcome),
            Ok(Ended::Gathered(key, seconds)) => self.send_or_gather(key, seconds),
        }
    }

    fn acted(&mut self, id: ActionId, outcome: ActionOutcome) {
        let run = self.run;
        self.lateness.made(id, run.engine.clock.now());
        if outcome != ActionOutcome::Done || !self.board.must_be_ready(id) {
            return self.finish(id, outcome);
        }
        run.watch.see(&Progress::Applied(id));
        self.board.done(id);
        let waiting = async move { Ok(Ended::Readied(id, run.until_ready(id).await?)) };
        let span = log::action(run.plan, id);
        self.steps.push(Box::pin(waiting.instrument(span)));
    }

    fn finish(&mut self, id: ActionId, outcome: ActionOutcome) {
        for (id, outcome) in self.board.over(id, outcome) {
            log::ended(self.run.plan, id, &outcome);
            self.run.watch.see(&Progress::Finished(id, &outcome));
        }
    }

    /// Whether nothing more may begin.
    fn is_stopped(&self) -> bool {
        self.failure.is_some() || self.run.stop.is_wished()
    }

    /// Starts what may start, unless the operator wants to stop.
    fn start(&mut self) {
        if self.is_stopped() {
            return;
        }
        // What needs no call is over at once, which can free others.
        while self.calls < STEPS_AT_ONCE
            && let Some(id) = self.board.next_free()
        {
            self.start_one(id);
        }
        // A batch is one call, however many wait for it.
        for id in self.board.take_free_for_batches() {
            if let Some(key) = &self.run.plan.actions[id].batch {
                self.gathered.entry(key).or_default().push(id);
            }
        }
        let waiting = self.gathered.keys().copied();
        // Two batches of one zone at a time would be refused (PriorRequestNotComplete).
        let idle: Vec<&str> = waiting.filter(|key| !self.busy.contains(key)).collect();
        for key in idle {
            self.gather(key, 0);
        }
    }

    fn start_one(&mut self, id: ActionId) {
        let run = self.run;
        // No intent and no call: its followers may start in this same round.
        if !run.plan.actions[id].changes() {
            return self.acted(id, ActionOutcome::Done);
        }
        self.board.acting(id);
        run.watch.see(&Progress::Started(id));
        self.calls += 1;
        let acting = async move { Ok(Ended::Acted(vec![(id, Box::pin(run.act(id)).await?)])) };
        let span = log::action(run.plan, id);
        self.steps.push(Box::pin(acting.instrument(span)));
    }

    fn gather(&mut self, key: &'s str, seconds: u32) {
        self.busy.insert(key);
        let clock = self.run.engine.clock;
        self.steps.push(Box::pin(async move {
            clock.sleep(GATHER).await;
            Ok(Ended::Gathered(key, seconds + 1))
        }));
    }

    /// Sends what was gathered, unless calls under way are about to free more of it.
    fn send_or_gather(&mut self, key: &'s str, seconds: u32) {
        let run = self.run;
        self.busy.remove(key);
        if self.is_stopped() {
            return;
        }
        // Route 53 takes five requests a second for an account: a fuller batch is the faster way.
        if seconds < GATHER_MAX && self.board.soon_free(key) {
            return self.gather(key, seconds);
        }
        let ids = self.gathered.remove(key).unwrap_or_default();
        if ids.is_empty() {
            return;
        }
        if self.board.can_go_later(key, &ids) {
            self.gathered.insert(key, ids);
            return self.gather(key, 0);
        }
        if self.lateness.is_others_turn(run, &self.board, key, &ids) {
            self.gathered.insert(key, ids);
            return self.gather(key, seconds);
        }
        for id in &ids {
            self.board.acting(*id);
            run.watch.see(&Progress::Started(*id));
        }
        let span = log::batch(key, ids.len());
        self.busy.insert(key);
        self.calls += 1;
        let acting = async move { Ok(Ended::Acted(Box::pin(run.act_together(ids)).await?)) };
        self.steps.push(Box::pin(acting.instrument(span)));
    }
}

impl Board<'_> {
    /// Whether an action of this batch waits for nothing but calls under way.
    fn soon_free(&self, key: &str) -> bool {
        self.waiting_with(key).any(|id| {
            let blockers = self.blockers(id);
            let mut stages = blockers.map(|blocker| self.stage(blocker));
            stages.all(|stage| *stage == Stage::Acting)
        })
    }

    /// Whether these removals can as well go out with a later batch of their key: whatever waits for them
    /// waits for that batch too. It saves a batch and the questions about it, and costs no time. What is made
    /// or changed goes out at once, because others wait for it in ways that no edge shows: SES for the keys
    /// of an identity.
    fn can_go_later(&self, key: &str, gathered: &[ActionId]) -> bool {
        if self.waiting_with(key).next().is_none() || !gathered.iter().all(|id| self.removes(*id)) {
            return false;
        }
        let after_these = self.descendants(gathered.iter().copied());
        let later = self.waiting_with(key);
        let later = later.filter(|id| !after_these.contains(id));
        let after_later = self.descendants(later);
        let mut followers = gathered.iter().map(|id| self.followers(*id));
        followers.all(|mut followers| {
            followers.clone().next().is_some() && followers.all(|id| after_later.contains(&id))
        })
    }
}
