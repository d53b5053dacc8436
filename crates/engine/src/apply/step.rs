//! One action by itself: its preconditions, its intent, its call, its result.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use kinds::{Actor, Changed};
use ledger::{Event, LedgerError};
use model::{
    Action, ActionId, Entry, ErrorClass, KindError, Observation, Origin, OutputRef, Spec, State,
    Status, Step, Target, Unwanted, Verb,
};

use super::fresh::Fresh;
use super::patience::{Patience, reason};
use super::ready::Unseen;
use super::{ActionOutcome, Known, Run, Since};
use crate::observe::naming_permission;
use crate::progress::Progress;

/// How often in a row a call whose outcome is unknown is made again, after an observation.
pub(super) const AMBIGUOUS_MAX: u32 = 5;
/// How long to wait before observing what a call without an answer did, and before a batch is sent again.
pub(super) const CALL_AGAIN_PAUSE: Duration = Duration::from_secs(2);

impl Run<'_> {
    /// `spec` with every output put in that is known by now.
    pub(crate) async fn resolved(&self, spec: &Spec) -> Spec {
        let known = self.known.lock().await;
        let outputs = |reference: &OutputRef| {
            let state = &known.get(&reference.resource)?.state;
            state.output(&reference.output)
        };
        spec.resolved(&outputs)
    }

    /// Carries one action out.
    pub(crate) async fn act(&self, id: ActionId) -> Result<ActionOutcome, LedgerError> {
        let action = &self.plan.actions[id];
        if let Step::Forget(unwanted) = &action.step {
            let event = forgotten(action, &unwanted.holders);
            let document = action.resource.document();
            self.journal.note(&document, event).await?;
            return Ok(ActionOutcome::Done);
        }
        if let Step::GoAlong(unwanted) = &action.step {
            return self.gone(action, unwanted).await;
        }
        if let Err(outcome) = self.pass_preconditions(action).await {
            return Ok(outcome);
        }
        let spec = match self.spec_of(action).await {
            Ok(spec) => spec,
            Err(outcome) => return Ok(outcome),
        };
        self.intend(action, &spec).await?;
        let target = self.target_of(action, spec).await;
        match self.call(action, &target).await {
            Ok(change) => Box::pin(self.applied(action, target, change)).await,
            Err(outcome) => {
                if let ActionOutcome::Failed(error) = &outcome {
                    self.refused(action, error).await?;
                }
                Ok(outcome)
            }
        }
    }

    /// The spec, every reference resolved.
    pub(super) async fn spec_of(&self, action: &Action) -> Result<Spec, ActionOutcome> {
        let spec = self.resolved(action.spec()).await;
        match spec.references().first() {
            None => Ok(spec),
            Some(OutputRef { resource, output }) => {
                let kind = self.engine.kinds.get(resource.kind.as_str());
                let what = kind.map_or_else(String::new, |kind| kind.describe_output(output));
                Err(ActionOutcome::NotYet(format!(
                    "AWS to show {what} ({resource})"
                )))
            }
        }
    }

    pub(super) async fn target_of(&self, action: &Action, spec: Spec) -> Target {
        let known = self.known.lock().await;
        let physical = match &action.step {
            // A replacement is another resource: under the old name the kind would find its predecessor.
            Step::Create(_) | Step::Replace(_) => None,
            Step::Release(..) | Step::Delete(_) => action.physical(),
            _ => known.get(&action.resource).map(|known| &known.physical),
        };
        action.target(spec, physical)
    }

    /// Records what is about to be done. Only when this returns, the call may be made.
    async fn intend(&self, action: &Action, spec: &Spec) -> Result<(), LedgerError> {
        let intents = self.intents(action, spec).await;
        let document = action.resource.document();
        self.journal.intend(&document, intents).await
    }

    /// The events that have to be on record before an action's call.
    pub(super) async fn intents(&self, action: &Action, spec: &Spec) -> Vec<Event> {
        let mut intents = Vec::new();
        // Before the intent of the successor, which takes the place of the entry.
        if let Some(wanted) = action.wanted().filter(|wanted| wanted.retires) {
            let id = action.resource.clone();
            // What the plan found to be ours was on no record, or without AWS's name: only from here on does a later
            // run find it.
            let held = self.journal.entry(&id);
            let held = held.as_deref().and_then(Entry::physical);
            if let Some(entry) = wanted
                .entry
                .as_ref()
                .filter(|entry| entry.physical() != held)
            {
                let entry = Arc::clone(entry);
                intents.push(Event::Applied { entry });
            }
            intents.push(Event::Retired { id });
        }
        let Some(wanted) = action.wanted() else {
            // A removal that is interrupted is found by observing the resource. A shared one is
            // marked first, because another domain must not begin to use it while it goes.
            // Under the id of a predecessor, others may use its successor.
            let is_last = action.resource.is_shared() && !self.has_successor(action);
            if is_last && action.verb() == Verb::Delete {
                let id = action.resource.clone();
                intents.push(Event::Closing { id });
            }
            return intents;
        };
        let mut entry = self.entry(action, spec.clone(), Status::Creating);
        if let Some(before) = self.displaced(action, spec).await {
            entry.before = Some(before);
            entry.origin = Origin::Adopted;
        } else if let Some(before) = self.found(action).await {
            entry.before = Some(before);
        }
        let (verb, entry) = (action.verb(), Arc::new(entry));
        intents.push(Event::Intended { verb, entry });
        let policy = wanted.resource.serves_policy;
        if policy.is_some_and(|policy| policy.enforce) {
            // From the first byte on, a sender may hold it.
            intents.push(Event::Served { policy });
        }
        intents
    }

    /// Whether the plan has a resource of the same id that stays: what goes is its predecessor.
    fn has_successor(&self, action: &Action) -> bool {
        let mut actions = self.plan.actions.iter();
        actions.any(|one| one.wanted().is_some() && one.resource == action.resource)
    }

    /// Writes down, before anything else, what a person has still to publish. In a later run it will
    /// be there, and must not be taken for something that was there before us.
    pub(crate) async fn expect_by_hand(&self) -> Result<(), LedgerError> {
        let by_hand = self.plan.actions.iter().filter(|action| {
            let is_new = matches!(&action.step, Step::Create(wanted) if wanted.entry.is_none());
            is_new && action.location.is_none()
        });
        let mut intents = BTreeMap::new();
        for action in by_hand {
            let spec = self.resolved(action.spec()).await;
            let entry = Arc::new(self.entry(action, spec, Status::Creating));
            let verb = Verb::Create;
            let document = action.resource.document().into_owned();
            let intended: &mut Vec<Event> = intents.entry(document).or_default();
            intended.push(Event::Intended { verb, entry });
        }
        for (document, intended) in intents {
            self.journal.intend(&document, intended).await?;
        }
        Ok(())
    }

    /// Writes down that what a person publishes is there, when it was not the last time.
    pub(crate) async fn seen_by_hand(
        &self,
        action: &Action,
        spec: Spec,
        known: &Known,
    ) -> Result<(), LedgerError> {
        let was = action.entry().and_then(|entry| entry.state.as_ref());
        if action.location.is_some() || was == Some(&known.state) {
            return Ok(());
        }
        let settled = Status::Settled(known.physical.clone());
        let mut entry = self.entry(action, spec, settled);
        entry.state = Some(known.state.clone());
        let entry = Arc::new(entry);
        let event = Event::Applied { entry };
        self.journal.note(&action.resource.document(), event).await
    }

    /// The entry of a wanted resource, with no state yet.
    fn entry(&self, action: &Action, spec: Spec, status: Status) -> Entry {
        action.recorded(spec, status, self.engine.clock.now())
    }

    /// Makes the call until it is through, refused, or out of time.
    async fn call(
        &self,
        action: &Action,
        target: &Target,
    ) -> Result<Option<Changed>, ActionOutcome> {
        let kind = target.spec.kind();
        let limit = self.limit();
        let mut patience = Patience::default();
        let mut ambiguous = 0;
        let mut is_new = true;
        let held = self.journal.held(&action.resource.document());
        let fresh = Fresh::new(self.engine.clock, vec![held]);
        loop {
            let error = match self.call_once(action, target, is_new, &fresh).await {
                Ok(change) => return Ok(change),
                // Who let a name go a moment ago knows that it will be free.
                Err(error) if self.follows_release(action) => aws::after_release(error),
                Err(error) => naming_permission(error, target),
            };
            let now = self.engine.clock.now();
            // AWS answered: a name that is refused for an hour may meet more lost answers than a dead endpoint.
            if error.class != ErrorClass::Ambiguous {
                ambiguous = 0;
            }
            let (what, length) = match error.class {
                _ if patience.is_over(&error, now) => return Err(ActionOutcome::Failed(error)),
                // A deletion has only begun then, and takes about as long as its kind expects.
                ErrorClass::NotYet if is_new && matches!(action.step, Step::Delete(_)) => {
                    (reason(&error), kind.expected())
                }
                ErrorClass::NotYet | ErrorClass::Throttled => (reason(&error), kind.poll()),
                // A call that never gets an answer must not be repeated for ever.
                ErrorClass::Ambiguous if ambiguous < AMBIGUOUS_MAX => {
                    ambiguous += 1;
                    let what = format!(
                        "AWS did not answer {}: observing what it did",
                        error.operation
                    );
                    (what, CALL_AGAIN_PAUSE)
                }
                _ => return Err(ActionOutcome::Failed(error)),
            };
            self.watch.see(&Progress::Waiting(action.id, &what));
            if !self.pause(length, limit).await {
                return Err(ActionOutcome::NotYet(what));
            }
            is_new = false;
            // It may have had its effect: sent again blindly, it could be carried out twice.
            if error.class == ErrorClass::Ambiguous
                && let Some(change) = self.had_effect(action, target).await
            {
                return Ok(Some(change));
            }
        }
    }

    /// Whether a predecessor of ours released in this run what this action takes.
    fn follows_release(&self, action: &Action) -> bool {
        let mut before = action.after.iter();
        before.any(|edge| matches!(self.plan.actions[edge.action].step, Step::Release(..)))
    }

    /// Observes what an ambiguous call did. Nothing when it has to be made again.
    async fn had_effect(&self, action: &Action, target: &Target) -> Option<Changed> {
        // To delete what is gone succeeds, so that a deletion may be sent again.
        if let Step::Delete(_) = action.step {
            return None;
        }
        let Observation::Present {
            physical, state, ..
        } = self.engine.observe_one(target).await.ok()?
        else {
            return None;
        };
        let kind = target.spec.kind();
        let diff = kind.diff(&target.spec, &state, action.owned());
        diff.is_empty().then(|| physical.into())
    }

    /// Makes the call of an action once. A removal leaves nothing behind. A call that was refused for
    /// now lets those go first that are made for the first time: it may be they that it waits for.
    async fn call_once(
        &self,
        action: &Action,
        target: &Target,
        is_new: bool,
        fresh: &Arc<Fresh>,
    ) -> Result<Option<Changed>, KindError> {
        // A removal that AWS is carrying out is asked after again and again, by all who wait for one.
        let not_before = self.engine.clock.now() - target.spec.kind().poll();
        let context = self.context(
            action,
            target.location.as_ref(),
            Since { not_before, fresh },
        );
        let mut context = context.await?;
        if !is_new {
            context.session = context.session.map(|session| Arc::new(session.polling()));
        }
        let actor = self.actor(action)?;
        let owned = action.owned();
        match &action.step {
            Step::Create(_) | Step::Replace(_) => actor.create(&context, target).await.map(Some),
            Step::Adopt(wanted, physical) if wanted.diff.is_empty() => {
                // It stays as the plan saw it.
                let known = self.known.lock().await;
                let state = known.get(&action.resource).map(|known| known.state.clone());
                Ok(Some(Changed {
                    state,
                    ..physical.clone().into()
                }))
            }
            Step::Update(wanted, physical) if wanted.diff.is_empty() => {
                actor.resume(&context, target).await?;
                Ok(Some(physical.clone().into()))
            }
            Step::Update(..) | Step::Advance(_) | Step::Adopt(..) | Step::Release(..) => {
                let changed = actor.update(&context, target, action.diff(), owned);
                changed.await.map(Some)
            }
            Step::Delete(_) => actor.delete(&context, target).await.map(|()| None),
            Step::GoAlong(_)
            | Step::Forget(_)
            | Step::Keep(..)
            | Step::RefuseChange(..)
            | Step::RefuseRemoval(_) => Ok(None),
        }
    }

    pub(super) fn actor(&self, action: &Action) -> Result<&dyn Actor, KindError> {
        let actor = self.engine.actors.get(action.resource.kind.as_str());
        actor.map(AsRef::as_ref).ok_or_else(|| {
            KindError::new(
                ErrorClass::Invalid,
                "find a kind",
                format!("no kind `{}`", action.resource.kind),
            )
        })
    }

    /// Writes down what a call did, and observes what others will refer to.
    pub(super) async fn applied(
        &self,
        action: &Action,
        mut target: Target,
        change: Option<Changed>,
    ) -> Result<ActionOutcome, LedgerError> {
        if let Step::Delete(unwanted) = &action.step {
            return self.gone(action, unwanted).await;
        }
        let domain = &action.resource.document();
        let (Some(wanted), Some(change)) = (action.wanted(), change) else {
            return Ok(ActionOutcome::Done);
        };
        target.physical = Some(change.physical.clone());
        let found = self.found(action).await;
        let known = self.until_outputs(action, &target, change.state).await;
        let physical = known
            .as_ref()
            .map_or(&change.physical, |known| &known.physical);
        let settled = Status::Settled(physical.clone());
        let mut entry = self.entry(action, target.spec, settled);
        entry.state = known.as_ref().ok().map(|known| known.state.clone());
        entry.before = entry.before.or(found);
        if change.before.is_some() {
            entry.before = change.before;
            entry.origin = Origin::Adopted;
        }
        if change.is_made_again {
            entry.before = None;
            entry.origin = Origin::Created;
        }
        let entry = Arc::new(entry);
        let applied = Event::Applied { entry };
        self.journal.note(domain, applied).await?;
        let policy = wanted.resource.serves_policy;
        if policy.is_some() {
            let served = Event::Served { policy };
            self.journal.note(domain, served).await?;
        }
        Ok(match known {
            Ok(_) => ActionOutcome::Done,
            Err(unseen) => unseen.into(),
        })
    }

    /// Writes down that a resource is no longer there.
    async fn gone(
        &self,
        action: &Action,
        unwanted: &Unwanted,
    ) -> Result<ActionOutcome, LedgerError> {
        let domain = &action.resource.document();
        self.journal.note(domain, removed(action)).await?;
        // Where hosting has moved, the successor serves it.
        if unwanted.entry.serves_policy.is_some() && !self.has_successor(action) {
            let served = Event::Served { policy: None };
            self.journal.note(domain, served).await?;
        }
        Ok(ActionOutcome::Done)
    }

    /// The state of a resource after its change. Where AWS's answer to the change does not say
    /// it, or lacks what others refer to, it is observed: ACM gives its validation records a moment
    /// after the request.
    async fn until_outputs(
        &self,
        action: &Action,
        target: &Target,
        answered: Option<State>,
    ) -> Result<Arc<Known>, Unseen> {
        let limit = self.limit();
        let mut known = match (answered, &target.physical) {
            (Some(state), Some(physical)) => {
                let physical = physical.clone();
                Ok(self.know(target, Known { physical, state }).await)
            }
            _ => self.observe_changed(target, None).await,
        };
        loop {
            let what = match &known {
                Ok(seen) => match self.missing_output(action, seen) {
                    Some(what) => Cow::Owned(what),
                    None => return known,
                },
                Err(Unseen::Denied(_)) => return known,
                Err(Unseen::Yet(unseen)) => Cow::Borrowed(unseen.as_str()),
            };
            self.watch.see(&Progress::Waiting(action.id, &what));
            if !self.pause(Duration::from_secs(2), limit).await {
                return known;
            }
            let seen = known.as_ref().ok().map(|known| &known.state);
            known = self.observe_changed(target, seen).await;
        }
    }

    fn missing_output(&self, action: &Action, known: &Known) -> Option<String> {
        let mut outputs = self.outputs.get(&action.resource).into_iter().flatten();
        let missing = outputs.find(|output| known.state.output(output).is_none())?;
        let what = action.spec().kind().describe_output(missing);
        Some(format!("AWS to show {what}"))
    }

    pub(super) async fn refused(
        &self,
        action: &Action,
        error: &KindError,
    ) -> Result<(), LedgerError> {
        // Of an ambiguous call nobody knows: its intent stays open, and the next run observes. So does
        // that of a creation which was refused in its middle: what its first call made is ours.
        let is_on_record = action.wanted().is_some() || action.resource.is_shared();
        if error.class == ErrorClass::Ambiguous || error.begun || !is_on_record {
            return Ok(());
        }
        let event = Event::Refused {
            id: action.resource.clone(),
            reason: error.to_string(),
        };
        self.journal.note(&action.resource.document(), event).await
    }
}

pub(crate) fn session_error(error: &aws::SessionError) -> KindError {
    KindError::new(ErrorClass::Denied, "open a session", error.to_string())
}

/// The event of a resource that leaves the ledger, or that domains hold no longer.
fn forgotten(action: &Action, holders: &BTreeSet<String>) -> Event {
    if holders.is_empty() {
        return removed(action);
    }
    Event::Held {
        id: action.resource.clone(),
        holders: holders.clone(),
    }
}

/// The event of a resource that is no longer ours, by the name that is on record, if one is.
fn removed(action: &Action) -> Event {
    let recorded = action.entry().and_then(Entry::physical);
    Event::Removed {
        id: action.resource.clone(),
        physical: recorded.or(action.physical()).cloned(),
        location: action.location.clone(),
    }
}
