//! Actions that go out in one call: their preconditions and intents each, their call together, their results
//! each.

use std::collections::BTreeMap;

use futures::future::try_join_all;
use kinds::Changed;
use ledger::{Event, LedgerError};
use model::kind::BatchItem;
use model::{Action, ActionId, Before, ErrorClass, KindError, Spec, Step};

use super::step::{AMBIGUOUS_MAX, AMBIGUOUS_PAUSE};
use super::{Outcome, Run};
use crate::progress::Progress;

/// One change of a batch, of any kind.
type Item = BatchItem<Spec, Before>;

impl Run<'_> {
    /// Carries out actions of one batch key: their preconditions each, their call together.
    pub(crate) async fn act_together(
        &self,
        ids: Vec<ActionId>,
    ) -> Result<Vec<(ActionId, Outcome)>, LedgerError> {
        let mut outcomes = Vec::new();
        let mut items = Vec::new();
        let mut intents: BTreeMap<String, Vec<Event>> = BTreeMap::new();
        for id in ids {
            match self.prepare(id).await {
                Ok((item, intended)) => {
                    items.push((id, item));
                    let document = self.plan.actions[id].resource.document();
                    let intents = intents.entry(document.into_owned()).or_default();
                    intents.extend(intended);
                }
                Err(outcome) => outcomes.push((id, outcome)),
            }
        }
        // One write for each document that the batch is about, not one for each record.
        let record = async |(document, intents): (String, Vec<Event>)| {
            self.journal.intend(&document, intents).await
        };
        try_join_all(intents.into_iter().map(record)).await?;
        outcomes.extend(Box::pin(self.send(items)).await?);
        Ok(outcomes)
    }

    /// The change of an action, and the intents that have to be on record before it is sent.
    async fn prepare(&self, id: ActionId) -> Result<(Item, Vec<Event>), Outcome> {
        let action = &self.plan.actions[id];
        self.pass_preconditions(action).await?;
        let spec = self.spec_of(action).await?;
        let intents = self.intents(action, &spec).await;
        let target = self.target_of(action, spec).await;
        let entry = action.entry();
        let open = entry.is_some_and(model::Entry::is_open);
        let item = match &action.step {
            Step::Delete(unwanted) => Item {
                owned: Some(target.spec.clone()),
                before: unwanted.entry.before.clone(),
                adopt: false,
                open,
                target: target.with(None),
            },
            _ => Item {
                owned: action.owned().cloned(),
                before: None,
                adopt: action.desired().is_some_and(|resource| resource.adopt),
                open,
                target: target.with(Some(target.spec.clone())),
            },
        };
        Ok((item, intents))
    }

    async fn send(
        &self,
        items: Vec<(ActionId, Item)>,
    ) -> Result<Vec<(ActionId, Outcome)>, LedgerError> {
        let Some((first, _)) = items.first() else {
            return Ok(Vec::new());
        };
        let error = match self.send_together(&self.plan.actions[*first], &items).await {
            Ok(changes) => return Box::pin(self.all_applied(items, changes)).await,
            Err(outcome) => outcome,
        };
        let refused =
            matches!(&error, Outcome::Failed(error) if error.class != ErrorClass::Ambiguous);
        if refused && items.len() > 1 {
            // All or nothing: one bad record refuses its siblings. Each alone tells which it is.
            let mut outcomes = Vec::new();
            for item in items {
                outcomes.extend(Box::pin(self.send(vec![item])).await?);
            }
            return Ok(outcomes);
        }
        let mut outcomes = Vec::new();
        for (id, _) in items {
            if let Outcome::Failed(error) = &error {
                self.refused(&self.plan.actions[id], error).await?;
            }
            outcomes.push((id, error.clone()));
        }
        Ok(outcomes)
    }

    async fn all_applied(
        &self,
        items: Vec<(ActionId, Item)>,
        changes: Vec<Changed>,
    ) -> Result<Vec<(ActionId, Outcome)>, LedgerError> {
        let mut outcomes = Vec::new();
        for ((id, item), change) in items.into_iter().zip(changes) {
            let action = &self.plan.actions[id];
            // Of a removal, nothing is wanted and everything is owned.
            let wanted = item.target.spec.as_ref().or(item.owned.as_ref());
            let spec = wanted.unwrap_or_else(|| action.spec()).clone();
            let target = item.target.with(spec);
            let outcome = Box::pin(self.applied(action, target, Some(change))).await?;
            outcomes.push((id, outcome));
        }
        Ok(outcomes)
    }

    async fn send_together(
        &self,
        action: &Action,
        items: &[(ActionId, Item)],
    ) -> Result<Vec<Changed>, Outcome> {
        let batch: Vec<Item> = items.iter().map(|(_, item)| item.clone()).collect();
        let limit = self.limit();
        let mut ambiguous = 0;
        loop {
            let error = match self.send_once(action, &batch).await {
                Ok(changes) => return Ok(changes),
                Err(error) => error,
            };
            match error.class {
                ErrorClass::NotYet | ErrorClass::Throttled => {}
                ErrorClass::Ambiguous if ambiguous < AMBIGUOUS_MAX => {
                    ambiguous += 1;
                    // A batch compares before it sets: sent again over a fresh listing, it does
                    // what is left to do.
                    self.engine.forget_listings().await;
                }
                _ => return Err(Outcome::Failed(error)),
            }
            self.watch
                .see(&Progress::Waiting(action.id, &error.message));
            if !self.pause(AMBIGUOUS_PAUSE, limit).await {
                return Err(Outcome::Waiting(error.message));
            }
        }
    }

    async fn send_once(&self, action: &Action, batch: &[Item]) -> Result<Vec<Changed>, KindError> {
        let now = self.engine.clock.now();
        let context = self.context(action, action.location.as_ref(), now).await?;
        self.actor(action)?.change(&context, batch).await
    }
}
