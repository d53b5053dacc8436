//! Actions that go out in one call: their preconditions and intents each, their call together, their results
//! each.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::future::try_join_all;
use kinds::Changed;
use ledger::{Event, LedgerError};
use model::kind::BatchItem;
use model::{Action, ActionId, Before, ErrorClass, KindError, Spec, Step, Target};

use super::fresh::Fresh;
use super::step::{AMBIGUOUS_MAX, CALL_AGAIN_PAUSE};
use super::{ActionOutcome, Run, Since};
use crate::progress::Progress;

/// One change of a batch, of any kind.
type Item = BatchItem<Spec, Before>;

/// Actions that go out in one call, each with its change in the same place.
#[derive(Default)]
struct Batch {
    ids: Vec<ActionId>,
    items: Vec<Item>,
}

impl Batch {
    fn push(&mut self, id: ActionId, item: Item) {
        self.ids.push(id);
        self.items.push(item);
    }

    /// Each action as a batch of its own.
    fn alone(self) -> impl Iterator<Item = Self> {
        self.ids.into_iter().zip(self.items).map(|(id, item)| Self {
            ids: vec![id],
            items: vec![item],
        })
    }
}

impl Run<'_> {
    /// Carries out actions of one batch key: their preconditions each, their call together.
    pub(crate) async fn act_together(
        &self,
        ids: Vec<ActionId>,
    ) -> Result<Vec<(ActionId, ActionOutcome)>, LedgerError> {
        let mut outcomes = Vec::new();
        let mut batch = Batch::default();
        let mut intents: BTreeMap<String, Vec<Event>> = BTreeMap::new();
        for id in ids {
            match self.prepare(id).await {
                Ok((item, intended)) => {
                    batch.push(id, item);
                    let document = self.plan.actions[id].resource.document();
                    let intents = intents.entry(document.into_owned()).or_default();
                    intents.extend(intended);
                }
                // One action that may not go out yet must not hold back its siblings.
                Err(outcome) => outcomes.push((id, outcome)),
            }
        }
        // One write for each document that the batch is about, not one for each record.
        let record = async |(document, intents): (String, Vec<Event>)| {
            self.journal.intend(&document, intents).await
        };
        try_join_all(intents.into_iter().map(record)).await?;
        // The intents were written now: what is sent alone after a refusal is as old as they are.
        let documents: BTreeSet<_> = batch
            .items
            .iter()
            .map(|item| item.target.id.document())
            .collect();
        let held = documents.iter().map(|document| self.journal.held(document));
        let fresh = Fresh::new(self.engine.clock, held.collect());
        outcomes.extend(Box::pin(self.send(batch, &fresh)).await?);
        Ok(outcomes)
    }

    /// The change of an action, and the intents that have to be on record before it is sent.
    async fn prepare(&self, id: ActionId) -> Result<(Item, Vec<Event>), ActionOutcome> {
        let action = &self.plan.actions[id];
        self.pass_preconditions(action).await?;
        let spec = self.spec_of(action).await?;
        let intents = self.intents(action, &spec).await;
        let target = self.target_of(action, spec).await;
        let entry = action.entry();
        let open = entry.is_some_and(model::Entry::is_open);
        let (target, spec) = target.replace(None);
        let item = match &action.step {
            Step::Delete(unwanted) => Item {
                owned: Some(spec),
                before: unwanted.entry.before.clone(),
                adopt: false,
                open,
                target,
            },
            // Former values come back with a deletion only.
            _ => Item {
                owned: action.owned().cloned(),
                before: None,
                adopt: action.desired().is_some_and(|resource| resource.adopt),
                open,
                target: Target {
                    spec: Some(spec),
                    ..target
                },
            },
        };
        Ok((item, intents))
    }

    async fn send(
        &self,
        batch: Batch,
        fresh: &Arc<Fresh>,
    ) -> Result<Vec<(ActionId, ActionOutcome)>, LedgerError> {
        let actions = batch.ids.iter().map(|id| &self.plan.actions[*id]);
        let Some(first) = actions.min_by_key(|action| self.rank(action)) else {
            return Ok(Vec::new());
        };
        let error = match self.send_together(first, &batch.items, fresh).await {
            Ok(changes) => return Box::pin(self.all_applied(batch, changes)).await,
            Err(outcome) => outcome,
        };
        let refused =
            matches!(&error, ActionOutcome::Failed(error) if error.class != ErrorClass::Ambiguous);
        if refused && batch.ids.len() > 1 {
            // All or nothing: one bad record refuses its siblings. Each alone tells which it is.
            let mut outcomes = Vec::new();
            for one in batch.alone() {
                outcomes.extend(Box::pin(self.send(one, fresh)).await?);
            }
            return Ok(outcomes);
        }
        let mut outcomes = Vec::new();
        for id in batch.ids {
            if let ActionOutcome::Failed(error) = &error {
                self.refused(&self.plan.actions[id], error).await?;
            }
            outcomes.push((id, error.clone()));
        }
        Ok(outcomes)
    }

    async fn all_applied(
        &self,
        batch: Batch,
        changes: Vec<Changed>,
    ) -> Result<Vec<(ActionId, ActionOutcome)>, LedgerError> {
        let mut outcomes = Vec::new();
        let items = batch.ids.into_iter().zip(batch.items);
        for ((id, item), change) in items.zip(changes) {
            let action = &self.plan.actions[id];
            let (target, wanted) = item.target.replace(());
            // Of a removal, nothing is wanted and everything is owned.
            let spec = wanted.or(item.owned);
            let spec = spec.unwrap_or_else(|| action.spec().clone());
            let (target, ()) = target.replace(spec);
            let outcome = Box::pin(self.applied(action, target, Some(change))).await?;
            outcomes.push((id, outcome));
        }
        Ok(outcomes)
    }

    async fn send_together(
        &self,
        action: &Action,
        batch: &[Item],
        fresh: &Arc<Fresh>,
    ) -> Result<Vec<Changed>, ActionOutcome> {
        let limit = self.limit();
        let mut ambiguous = 0;
        loop {
            let error = match self.send_once(action, batch, fresh).await {
                Ok(changes) => return Ok(changes),
                Err(error) => error,
            };
            match error.class {
                ErrorClass::NotYet | ErrorClass::Throttled => ambiguous = 0,
                ErrorClass::Ambiguous if ambiguous < AMBIGUOUS_MAX => {
                    ambiguous += 1;
                    // A batch compares before it sets: sent again over a fresh listing, it does
                    // what is left to do.
                    self.engine.forget_listings().await;
                }
                _ => return Err(ActionOutcome::Failed(error)),
            }
            self.watch
                .see(&Progress::Waiting(action.id, &error.message));
            if !self.pause(CALL_AGAIN_PAUSE, limit).await {
                return Err(ActionOutcome::NotYet(error.message));
            }
        }
    }

    async fn send_once(
        &self,
        action: &Action,
        batch: &[Item],
        fresh: &Arc<Fresh>,
    ) -> Result<Vec<Changed>, KindError> {
        let since = Since {
            not_before: self.engine.clock.now(),
            fresh,
        };
        let context = self
            .context(action, action.location.as_ref(), since)
            .await?;
        self.actor(action)?.change(&context, batch).await
    }
}
