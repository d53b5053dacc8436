//! Actions that go out in one call: their preconditions and intents each, their call together, their results
//! each.

use ledger::LedgerError;
use model::kind::{BatchItem, Outcome as Change};
use model::{Action, ActionId, Entry, ErrorClass, KindError, Verb};
use serde_json::Value;

use super::step::{AMBIGUOUS_MAX, AMBIGUOUS_PAUSE, session_error};
use super::{Outcome, Run};
use crate::progress::Progress;

impl Run<'_> {
    /// Carries out actions of one batch key: their preconditions each, their call together.
    pub(crate) async fn act_together(
        &self,
        ids: Vec<ActionId>,
    ) -> Result<Vec<(ActionId, Outcome)>, LedgerError> {
        let mut outcomes = Vec::new();
        let mut items = Vec::new();
        for id in ids {
            match self.prepare(id).await? {
                Ok(item) => items.push((id, item)),
                Err(outcome) => outcomes.push((id, outcome)),
            }
        }
        outcomes.extend(Box::pin(self.send(items)).await?);
        Ok(outcomes)
    }

    async fn prepare(
        &self,
        id: ActionId,
    ) -> Result<Result<BatchItem<Value>, Outcome>, LedgerError> {
        let action = &self.plan.actions[id];
        if let Err(outcome) = self.pass_preconditions(action).await {
            return Ok(Err(outcome));
        }
        let spec = match self.spec_of(action).await {
            Ok(spec) => spec,
            Err(outcome) => return Ok(Err(outcome)),
        };
        self.intend(action, &spec).await?;
        let target = self.target_of(action, spec).await;
        let deletes = action.verb == Verb::Delete;
        let entry = action.entry.as_ref();
        Ok(Ok(BatchItem {
            owned: if deletes {
                Some(target.spec.clone())
            } else {
                entry.and_then(Entry::owned).cloned()
            },
            before: entry
                .filter(|_| deletes)
                .and_then(|entry| entry.before.clone()),
            adopt: action
                .desired
                .as_ref()
                .is_some_and(|resource| resource.adopt),
            open: entry.is_some_and(|entry| entry.open),
            target: if deletes {
                target.with(None)
            } else {
                target.with(Some(target.spec.clone()))
            },
        }))
    }

    async fn send(
        &self,
        items: Vec<(ActionId, BatchItem<Value>)>,
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
        items: Vec<(ActionId, BatchItem<Value>)>,
        changes: Vec<Change>,
    ) -> Result<Vec<(ActionId, Outcome)>, LedgerError> {
        let mut outcomes = Vec::new();
        for ((id, item), change) in items.into_iter().zip(changes) {
            let spec = item.target.spec.clone().or(item.owned).unwrap_or_default();
            let target = item.target.with(spec);
            outcomes.push((
                id,
                Box::pin(self.applied(&self.plan.actions[id], target, change)).await?,
            ));
        }
        Ok(outcomes)
    }

    async fn send_together(
        &self,
        action: &Action,
        items: &[(ActionId, BatchItem<Value>)],
    ) -> Result<Vec<Change>, Outcome> {
        let batch: Vec<BatchItem<Value>> = items.iter().map(|(_, item)| item.clone()).collect();
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

    async fn send_once(
        &self,
        action: &Action,
        batch: &[BatchItem<Value>],
    ) -> Result<Vec<Change>, KindError> {
        let context = self
            .engine
            .context(action.location.as_ref())
            .await
            .map_err(|error| session_error(&error))?;
        self.actor(action)?.change(&context, batch).await
    }
}
