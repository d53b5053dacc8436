//! Waiting: for preconditions, for outputs, for readiness. Every wait has a limit and says what it is for.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use ledger::LedgerError;
use model::{
    Action, ActionId, ErrorClass, KindError, Observation, Precondition, Readiness, ResourceId,
    State, Target,
};

use super::{ActionOutcome, Known, Run};
use crate::observe::words;
use crate::preconditions::{PreconditionOutcome, check_precondition};
use crate::progress::Progress;

/// How often a precondition is probed again.
const PRECONDITION_POLL: Duration = Duration::from_secs(5);

/// Why a resource that a run waits for could not be observed.
#[derive(Clone, Debug)]
pub(crate) enum Unseen {
    /// The role may not observe it. No time changes that.
    Denied(KindError),
    /// It may be observed later: what there is to wait for.
    Yet(String),
}

impl Unseen {
    fn of(error: KindError, what: &str) -> Self {
        if error.class == ErrorClass::Denied {
            return Self::Denied(error);
        }
        Self::Yet(format!("{what}: {}", words(&error)))
    }
}

impl From<Unseen> for ActionOutcome {
    fn from(unseen: Unseen) -> Self {
        match unseen {
            Unseen::Denied(error) => Self::Failed(error),
            Unseen::Yet(what) => Self::Waiting(what),
        }
    }
}

impl Run<'_> {
    pub(crate) fn limit(&self) -> Timestamp {
        self.engine.clock.now() + self.options.wait
    }

    /// Waits a little, and not beyond the limit. False when there is no time left, or the operator
    /// wants to stop.
    pub(crate) async fn pause(&self, length: Duration, limit: Timestamp) -> bool {
        let left = limit.duration_since(self.engine.clock.now());
        let Some(left) = Duration::try_from(left).ok().filter(|left| !left.is_zero()) else {
            return false;
        };
        let length = length.min(left);
        tokio::select! {
            () = self.engine.clock.sleep(length) => true,
            // A wait can last for a quarter of an hour: whoever presses Ctrl-C must not sit it out.
            () = self.stop.wished() => false,
        }
    }

    /// Waits until every precondition of an action passes, for all of them together as long as the
    /// operator lets it wait for one thing.
    pub(crate) async fn pass_preconditions(&self, action: &Action) -> Result<(), ActionOutcome> {
        let limit = self.limit();
        for precondition in action.preconditions() {
            // The operator took this one risk by name, which the ledger records.
            if self.options.accepted.contains(&precondition.rule) {
                continue;
            }
            self.pass_precondition(action.id, precondition, limit)
                .await?;
        }
        Ok(())
    }

    async fn pass_precondition(
        &self,
        id: ActionId,
        precondition: &Precondition,
        limit: Timestamp,
    ) -> Result<(), ActionOutcome> {
        let Precondition { rule, check, .. } = precondition;
        let changed = |id: &ResourceId| Some(self.journal.entry(id)?.changed);
        loop {
            let now = self.engine.clock.now();
            match check_precondition(self.engine.outside(), &changed, check, now).await {
                PreconditionOutcome::Passed => return Ok(()),
                // People or caches take days: no run waits for that.
                PreconditionOutcome::Later(what) => {
                    return Err(ActionOutcome::NotYet(format!("{what} ({rule})")));
                }
                // To wait would be in vain, and would hold up the other domains.
                PreconditionOutcome::Refused(seen) => {
                    return Err(ActionOutcome::Refused(rule.clone(), seen));
                }
                PreconditionOutcome::NotYet(seen) => {
                    let what = format!("{seen} ({rule})");
                    self.watch.see(&Progress::Probing(id, &what));
                    if !self.pause(PRECONDITION_POLL, limit).await {
                        let what = format!("a probe from outside to pass: {what}");
                        return Err(ActionOutcome::NotYet(what));
                    }
                }
            }
        }
    }

    /// Waits until an action's resource is ready, or gone for everybody.
    pub(crate) async fn until_ready(&self, id: ActionId) -> Result<ActionOutcome, LedgerError> {
        let action = &self.plan.actions[id];
        if action.wanted().is_none() {
            return Ok(self.until_gone(action).await);
        }
        let kind = action.spec().kind();
        let limit = self.limit();
        // What this run has just changed is not ready before its time.
        let mut pause = if action.changes() {
            kind.expected()
        } else {
            Duration::ZERO
        };
        loop {
            let known = self
                .known
                .lock()
                .await
                .get(&action.resource)
                .map(Arc::clone);
            let Some(known) = known else {
                // It was neither made nor observed, so that there is nothing to become ready.
                return Ok(ActionOutcome::Done);
            };
            let spec = self.resolved(action.spec()).await;
            match kind.readiness(&spec, &known.state) {
                Readiness::Ready => {
                    self.seen_by_hand(action, spec, &known).await?;
                    return Ok(ActionOutcome::Done);
                }
                Readiness::Failed(why) => return Ok(ActionOutcome::Broken(why)),
                Readiness::Waiting(what) => {
                    self.watch.see(&Progress::Waiting(id, &what));
                    if !self.pause(pause, limit).await {
                        return Ok(ActionOutcome::Waiting(what));
                    }
                    pause = kind.poll();
                }
            }
            let target = action.target(spec, Some(&known.physical));
            // What cannot be observed now may be observed the next time, unless that is not allowed.
            if let Err(Unseen::Denied(error)) =
                self.observe_again(&target, Some(&known.state)).await
            {
                return Ok(ActionOutcome::Failed(error));
            }
        }
    }

    /// Waits until nobody sees any more what was deleted: a name must not point at what is gone.
    async fn until_gone(&self, action: &Action) -> ActionOutcome {
        let kind = action.spec().kind();
        // What a person has published, they remove in their own time.
        if action.location.is_none() || !kind.is_seen_after_deletion() {
            return ActionOutcome::Done;
        }
        let target = action.target(action.spec().clone(), action.physical());
        let limit = self.limit();
        let mut seen = None;
        // A question before the usual time would be answered in vain, and cost quota.
        let mut pause = kind.expected();
        loop {
            let what = match self.engine.ask_status(&target, seen.as_ref()).await {
                Ok(Observation::Absent) => return ActionOutcome::Done,
                Ok(Observation::Present { state, .. }) => {
                    let Readiness::Waiting(what) = kind.readiness(&target.spec, &state) else {
                        return ActionOutcome::Done;
                    };
                    seen = Some(state);
                    what
                }
                // What could not be observed is not known to be gone: what it points at would be
                // deleted while names still lead there.
                Ok(Observation::Unknown(reason)) => {
                    format!("an answer that says whether it is gone: {reason}")
                }
                Err(error) => match Unseen::of(error, "an answer that says whether it is gone") {
                    Unseen::Denied(error) => return ActionOutcome::Failed(error),
                    Unseen::Yet(what) => what,
                },
            };
            self.watch.see(&Progress::Waiting(action.id, &what));
            if !self.pause(pause, limit).await {
                return ActionOutcome::Waiting(what);
            }
            pause = kind.poll();
        }
    }

    /// Observes again what was `seen` before; what cannot be observed stays as it was known.
    pub(crate) async fn observe_again(
        &self,
        target: &Target,
        seen: Option<&State>,
    ) -> Result<Arc<Known>, Unseen> {
        self.learn(target, self.engine.ask_status(target, seen).await)
            .await
    }

    /// The same directly after a change: only an answer that was asked for after it serves.
    pub(crate) async fn observe_changed(
        &self,
        target: &Target,
        seen: Option<&State>,
    ) -> Result<Arc<Known>, Unseen> {
        match seen {
            // The call returned the state itself, so that an answer shared with others is good enough.
            Some(_) => self.observe_again(target, seen).await,
            None => {
                self.learn(target, self.engine.observe_changed(target).await)
                    .await
            }
        }
    }

    async fn learn(
        &self,
        target: &Target,
        observed: Result<Observation, KindError>,
    ) -> Result<Arc<Known>, Unseen> {
        let (physical, state) = match observed {
            Ok(Observation::Present {
                physical, state, ..
            }) => (physical, state),
            Ok(Observation::Absent) => {
                // Reads of AWS lag behind its writes: absent right after a creation means not yet.
                return Err(Unseen::Yet("AWS to show what was made".to_owned()));
            }
            Ok(Observation::Unknown(reason)) => {
                return Err(Unseen::Yet(format!(
                    "an answer about what was made: {reason}"
                )));
            }
            Err(error) => return Err(Unseen::of(error, "an answer about what was made")),
        };
        Ok(self.know(target, Known { physical, state }).await)
    }

    pub(super) async fn know(&self, target: &Target, mut known: Known) -> Arc<Known> {
        let mut all = self.known.lock().await;
        if let Some(before) = all.get(&target.id)
            && before.physical == known.physical
        {
            known.state = known.state.still(&before.state);
        }
        let known = Arc::new(known);
        all.insert(target.id.clone(), Arc::clone(&known));
        known
    }
}
