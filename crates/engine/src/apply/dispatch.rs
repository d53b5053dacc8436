//! Who may start, and what follows from how a step ended.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt};
use ledger::LedgerError;
use model::{Action, ActionId, Level};

use super::{Outcome, Run};
use crate::progress::Progress;

/// How many calls are under way at once. The quota scheduler says how fast they go.
const STEPS_AT_ONCE: usize = 64;

/// How far an action is.
#[derive(Clone, Debug, PartialEq)]
enum Stage {
    Idle,
    Acting,
    /// Its call has returned, and it is on its way to being ready.
    Done,
    Over(Outcome),
}

/// How a step ended.
pub(crate) enum Ended {
    /// Calls have returned.
    Acted(Vec<(ActionId, Outcome)>),
    /// One action is ready, or will not be in this run.
    Readied(ActionId, Outcome),
}

type Step<'s> = BoxFuture<'s, Result<Ended, LedgerError>>;

impl Run<'_> {
    /// Runs until nothing can start and nothing is under way.
    pub(crate) async fn dispatch(&self) -> Result<Vec<Outcome>, LedgerError> {
        let mut stages = vec![Stage::Idle; self.plan.actions.len()];
        let mut steps: FuturesUnordered<Step<'_>> = FuturesUnordered::new();
        let mut busy: BTreeSet<String> = BTreeSet::new();
        loop {
            // What needs no call is over at once, which can free others.
            loop {
                let before = stages.clone();
                self.skip(&mut stages);
                if !self.stop.is_wished() {
                    self.start(&mut stages, &mut steps, &mut busy);
                }
                if stages == before {
                    break;
                }
            }
            let Some(ended) = steps.next().await else {
                break;
            };
            match ended? {
                Ended::Acted(outcomes) => {
                    for (id, outcome) in outcomes {
                        if let Some(key) = &self.plan.actions[id].batch {
                            busy.remove(key);
                        }
                        self.acted(id, outcome, &mut stages, &mut steps);
                    }
                }
                Ended::Readied(id, outcome) => self.finish(id, outcome, &mut stages),
            }
        }
        Ok(stages.into_iter().map(outcome).collect())
    }

    fn acted<'s>(
        &'s self,
        id: ActionId,
        outcome: Outcome,
        stages: &mut [Stage],
        steps: &mut FuturesUnordered<Step<'s>>,
    ) {
        if outcome != Outcome::Done || !self.must_be_ready(id) {
            return self.finish(id, outcome, stages);
        }
        self.watch.see(&Progress::Applied(id));
        stages[id] = Stage::Done;
        steps.push(Box::pin(async move {
            Ok(Ended::Readied(id, self.until_ready(id).await?))
        }));
    }

    fn finish(&self, id: ActionId, outcome: Outcome, stages: &mut [Stage]) {
        self.watch.see(&Progress::Finished(id, &outcome));
        stages[id] = Stage::Over(outcome);
    }

    /// Whether somebody waits for this action to be ready, or apply itself does.
    fn must_be_ready(&self, id: ActionId) -> bool {
        let action = &self.plan.actions[id];
        let needed = |other: &Action| {
            other.changes()
                && other
                    .after
                    .iter()
                    .any(|edge| edge.action == id && edge.level == Level::Ready)
        };
        action.wait() || self.plan.actions.iter().any(needed)
    }

    /// Starts what may start: batches whole, the others one by one.
    fn start<'s>(
        &'s self,
        stages: &mut [Stage],
        steps: &mut FuturesUnordered<Step<'s>>,
        busy: &mut BTreeSet<String>,
    ) {
        let free: Vec<ActionId> = (0..stages.len())
            .filter(|id| stages[*id] == Stage::Idle && self.is_free(*id, stages))
            .collect();
        let mut batches: BTreeMap<String, Vec<ActionId>> = BTreeMap::new();
        for id in free {
            match &self.plan.actions[id].batch {
                Some(key) if !busy.contains(key) => {
                    batches.entry(key.clone()).or_default().push(id);
                }
                None if steps.len() < STEPS_AT_ONCE => self.start_one(id, stages, steps),
                // Its zone has a change in flight, and it joins the next batch; or there is much
                // under way.
                Some(_) | None => {}
            }
        }
        for (key, ids) in batches {
            busy.insert(key);
            for id in &ids {
                stages[*id] = Stage::Acting;
                self.watch.see(&Progress::Started(*id));
            }
            steps.push(Box::pin(async move {
                Ok(Ended::Acted(Box::pin(self.act_together(ids)).await?))
            }));
        }
    }

    fn start_one<'s>(
        &'s self,
        id: ActionId,
        stages: &mut [Stage],
        steps: &mut FuturesUnordered<Step<'s>>,
    ) {
        if !self.plan.actions[id].changes() {
            return self.acted(id, Outcome::Done, stages, steps);
        }
        stages[id] = Stage::Acting;
        self.watch.see(&Progress::Started(id));
        steps.push(Box::pin(async move {
            Ok(Ended::Acted(vec![(id, Box::pin(self.act(id)).await?)]))
        }));
    }

    fn is_free(&self, id: ActionId, stages: &[Stage]) -> bool {
        self.plan.actions[id]
            .after
            .iter()
            .all(|edge| match (&stages[edge.action], edge.level) {
                // What is waited for by itself only, and has not come, is done all the same.
                (Stage::Over(Outcome::Done), _)
                | (Stage::Done | Stage::Over(Outcome::Waiting(_)), Level::Done) => true,
                _ => false,
            })
    }

    /// Marks what can never start, because something before it came to nothing.
    fn skip(&self, stages: &mut [Stage]) {
        for id in 0..stages.len() {
            if stages[id] != Stage::Idle {
                continue;
            }
            let cause = self.plan.actions[id].after.iter().find(|edge| {
                matches!(&stages[edge.action], Stage::Over(outcome) if match outcome {
                    Outcome::Done => false,
                    Outcome::Waiting(_) => edge.level == Level::Ready,
                    _ => true,
                })
            });
            if let Some(edge) = cause {
                // Unchanged things are not skipped: there was nothing to do for them.
                let outcome = if self.plan.actions[id].changes() {
                    Outcome::Skipped(edge.action)
                } else {
                    Outcome::Done
                };
                self.finish(id, outcome, stages);
            }
        }
    }
}

fn outcome(stage: Stage) -> Outcome {
    match stage {
        Stage::Over(outcome) => outcome,
        Stage::Done => Outcome::Done,
        Stage::Idle | Stage::Acting => Outcome::NotBegun,
    }
}
