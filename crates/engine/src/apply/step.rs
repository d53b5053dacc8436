//! One action by itself: its preconditions, its intent, its call, its result.

use std::time::Duration;

use jiff::Timestamp;
use kinds::Actor;
use ledger::{Event, LedgerError};
use model::field::{references, resolve};
use model::kind::Outcome as Change;
use model::{
    Action, ActionId, Entry, ErrorClass, KindError, Origin, OutputRef, PhysicalId, Target, Verb,
};
use serde_json::Value;

use super::{Known, Outcome, Run};
use crate::progress::Progress;

/// How often a call whose outcome is unknown is made again, after a look.
pub(super) const AMBIGUOUS_MAX: u32 = 5;
/// How long to wait before looking at what an ambiguous call did.
pub(super) const AMBIGUOUS_PAUSE: Duration = Duration::from_secs(2);

impl Run<'_> {
    /// `spec` with everything put in that is known by now.
    pub(crate) async fn resolved(&self, spec: &Value) -> Value {
        let known = self.known.lock().await;
        let look_up = |reference: &OutputRef| {
            known
                .get(&reference.resource)?
                .state
                .pointer(&reference.pointer)
                .cloned()
        };
        resolve(spec, &look_up)
    }

    /// Carries one action out.
    pub(crate) async fn act(&self, id: ActionId) -> Result<Outcome, LedgerError> {
        let action = &self.plan.actions[id];
        let domain = &action.resource.domain;
        if action.verb == Verb::Forget {
            self.journal.record(domain, removed(action)).await?;
            return Ok(Outcome::Done);
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
                if let Outcome::Failed(error) = &outcome {
                    self.refused(action, error).await?;
                }
                Ok(outcome)
            }
        }
    }

    /// The spec, every reference resolved.
    pub(super) async fn spec_of(&self, action: &Action) -> Result<Value, Outcome> {
        let spec = self.resolved(&action.spec).await;
        match references(&spec).first() {
            None => Ok(spec),
            Some(OutputRef { resource, pointer }) => {
                let what = self.engine.kind(&resource.kind).output(pointer);
                Err(Outcome::Waiting(format!("AWS to show {what} ({resource})")))
            }
        }
    }

    pub(super) async fn target_of(&self, action: &Action, spec: Value) -> Target {
        let known = self.known.lock().await.get(&action.resource).cloned();
        let mut target = super::ready::target_of(action, spec, known.as_ref());
        match action.verb {
            Verb::Create | Verb::Replace => target.physical = None,
            _ if action.desired.is_none() => target.physical.clone_from(&action.physical),
            _ => {}
        }
        target
    }

    /// Writes down what is about to be done.
    pub(super) async fn intend(&self, action: &Action, spec: &Value) -> Result<(), LedgerError> {
        let domain = &action.resource.domain;
        if action.verb == Verb::Replace && action.entry.is_some() {
            self.journal
                .record(
                    domain,
                    Event::Retired {
                        id: action.resource.clone(),
                    },
                )
                .await?;
        }
        if action.desired.is_none() {
            // A removal that stops in the middle is found by what is left of it.
            return Ok(());
        }
        let mut entry = Box::new(self.entry(action, spec, None));
        if let Some(before) = self.displaced(action, spec).await {
            entry.before = Some(before);
            entry.origin = Origin::Adopted;
        }
        self.journal
            .record(
                domain,
                Event::Intended {
                    verb: action.verb,
                    entry,
                },
            )
            .await?;
        let policy = action
            .desired
            .as_ref()
            .and_then(|resource| resource.serves_policy);
        if policy.is_some_and(|policy| policy.enforce) {
            // From the first byte on, a sender may hold it.
            self.journal
                .record(domain, Event::Served { policy })
                .await?;
        }
        Ok(())
    }

    /// What of others has to make room, as it was when the plan was made. The call may find that it
    /// moved, and says so; but a run that dies in between can no longer ask.
    async fn displaced(&self, action: &Action, spec: &Value) -> Option<Value> {
        let resource = action.desired.as_ref().filter(|resource| resource.adopt)?;
        let known = self.known.lock().await.get(&resource.id).cloned()?;
        let kind = self.engine.kind(&resource.id.kind);
        let owned = action.entry.as_ref().and_then(Entry::owned);
        kind.displaced(spec, &known.state, owned).ok().flatten()
    }

    /// Writes down, before anything else, what a person has still to publish. In a later run it will
    /// be there, and must not be taken for something that was there before us.
    pub(crate) async fn expect_by_hand(&self) -> Result<(), LedgerError> {
        let by_hand = self.plan.actions.iter().filter(|action| {
            action.location.is_none() && action.verb == Verb::Create && action.entry.is_none()
        });
        for action in by_hand {
            let spec = self.resolved(&action.spec).await;
            let entry = Box::new(self.entry(action, &spec, None));
            let verb = action.verb;
            let event = Event::Intended { verb, entry };
            self.journal.record(&action.resource.domain, event).await?;
        }
        Ok(())
    }

    /// Writes down that what a person publishes is there, when it was not the last time.
    pub(crate) async fn seen_by_hand(
        &self,
        action: &Action,
        spec: &Value,
        known: &Known,
    ) -> Result<(), LedgerError> {
        let was = action.entry.as_ref().map(|entry| &entry.state);
        if action.location.is_some() || was == Some(&known.state) {
            return Ok(());
        }
        let entry = Box::new(self.entry(action, spec, Some(known)));
        let event = Event::Applied { entry };
        self.journal.record(&action.resource.domain, event).await
    }

    fn entry(&self, action: &Action, spec: &Value, known: Option<&Known>) -> Entry {
        let resource = action.desired.as_ref();
        let before = action
            .entry
            .as_ref()
            .filter(|entry| action.verb != Verb::Replace && entry.owned().is_some());
        Entry {
            id: action.resource.clone(),
            location: action.location.clone(),
            physical: known.map(|known| known.physical.clone()),
            spec: spec.clone(),
            intended: None,
            state: known.map_or(Value::Null, |known| known.state.clone()),
            origin: action.origin,
            before: before.and_then(|entry| entry.before.clone()),
            serves_policy: resource.and_then(|resource| resource.serves_policy),
            dependencies: resource.map(plan::dependencies).unwrap_or_default(),
            impact: resource.map_or_else(model::Impact::none, |resource| resource.impact.clone()),
            open: known.is_none(),
            changed: self.engine.clock.now(),
        }
    }

    /// Makes the call until it is through, refused, or out of time.
    async fn call(&self, action: &Action, target: &Target) -> Result<Change, Outcome> {
        let kind = self.engine.kind(&action.resource.kind);
        let limit = self.limit();
        let mut patience = Patience::default();
        let mut ambiguous = 0;
        loop {
            let error = match self.call_once(action, target).await {
                Ok(change) => return Ok(change),
                Err(error) => error,
            };
            let now = self.engine.clock.now();
            let (what, length) = match error.class {
                _ if patience.is_over(&error, now) => return Err(Outcome::Failed(error)),
                ErrorClass::NotYet | ErrorClass::Throttled => (reason(&error), kind.poll()),
                ErrorClass::Ambiguous if ambiguous < AMBIGUOUS_MAX => {
                    ambiguous += 1;
                    (
                        format!("the outcome of {} is not known: looking", error.operation),
                        AMBIGUOUS_PAUSE,
                    )
                }
                _ => return Err(Outcome::Failed(error)),
            };
            self.watch.see(&Progress::Waiting(action.id, &what));
            if !self.pause(length, limit).await {
                return Err(Outcome::Waiting(what));
            }
            if error.class == ErrorClass::Ambiguous
                && let Some(change) = self.had_effect(action, target).await
            {
                return Ok(change);
            }
        }
    }

    /// What an ambiguous call did, by looking. Nothing when it has to be made again.
    async fn had_effect(&self, action: &Action, target: &Target) -> Option<Change> {
        let owned = action.entry.as_ref().and_then(Entry::owned);
        let model::Observation::Present {
            physical, state, ..
        } = self.engine.look(target).await.ok()?
        else {
            return None;
        };
        let diff = self
            .engine
            .kind(&action.resource.kind)
            .diff(&target.spec, &state, owned)
            .ok()?;
        (action.verb != Verb::Delete && diff.is_empty()).then(|| physical.into())
    }

    async fn call_once(&self, action: &Action, target: &Target) -> Result<Change, KindError> {
        let context = self
            .engine
            .context(target.location.as_ref())
            .await
            .map_err(|error| session_error(&error))?;
        let actor = self.actor(action)?;
        let owned = action.entry.as_ref().and_then(Entry::owned);
        match action.verb {
            Verb::Create | Verb::Replace => actor.create(&context, target).await,
            Verb::Adopt if action.diff.is_empty() => Ok(target
                .physical
                .clone()
                .unwrap_or_else(|| PhysicalId::from(""))
                .into()),
            Verb::Update if action.diff.is_empty() => {
                actor.resume(&context, target).await?;
                Ok(target
                    .physical
                    .clone()
                    .unwrap_or_else(|| PhysicalId::from(""))
                    .into())
            }
            Verb::Update | Verb::Adopt => actor.update(&context, target, &action.diff, owned).await,
            Verb::Delete => {
                actor.delete(&context, target).await?;
                Ok(target
                    .physical
                    .clone()
                    .unwrap_or_else(|| PhysicalId::from(""))
                    .into())
            }
            Verb::Forget | Verb::None => Ok(PhysicalId::from("").into()),
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

    /// Writes down what a call did, and looks at what others will refer to.
    pub(super) async fn applied(
        &self,
        action: &Action,
        mut target: Target,
        change: Change,
    ) -> Result<Outcome, LedgerError> {
        let domain = &action.resource.domain;
        if action.verb == Verb::Delete {
            self.journal.record(domain, removed(action)).await?;
            if action
                .entry
                .as_ref()
                .is_some_and(|entry| entry.serves_policy.is_some())
            {
                self.journal
                    .record(domain, Event::Served { policy: None })
                    .await?;
            }
            return Ok(Outcome::Done);
        }
        if action.desired.is_none() {
            return Ok(Outcome::Done);
        }
        target.physical = Some(change.physical.clone());
        let known = self.look_until_outputs(action, &target).await;
        let seen = known.clone().unwrap_or(Known {
            physical: change.physical,
            state: Value::Null,
        });
        let mut entry = self.entry(action, &target.spec, Some(&seen));
        if change.before.is_some() {
            entry.before = change.before;
            entry.origin = Origin::Adopted;
        }
        self.journal
            .record(
                domain,
                Event::Applied {
                    entry: Box::new(entry),
                },
            )
            .await?;
        if let Some(policy) = action
            .desired
            .as_ref()
            .and_then(|resource| resource.serves_policy)
        {
            self.journal
                .record(
                    domain,
                    Event::Served {
                        policy: Some(policy),
                    },
                )
                .await?;
        }
        Ok(match known {
            Ok(_) => Outcome::Done,
            Err(unseen) => Outcome::Waiting(unseen),
        })
    }

    /// Looks until the resource shows what others refer to: ACM gives its validation records a
    /// moment after the request.
    async fn look_until_outputs(&self, action: &Action, target: &Target) -> Result<Known, String> {
        let limit = self.limit();
        loop {
            let known = self.look_again(target).await;
            let missing = match &known {
                Ok(known) => self.missing_output(action, known),
                Err(unseen) => Some(unseen.clone()),
            };
            let Some(what) = missing else {
                return known;
            };
            self.watch.see(&Progress::Waiting(action.id, &what));
            if !self.pause(Duration::from_secs(2), limit).await {
                return known;
            }
        }
    }

    fn missing_output(&self, action: &Action, known: &Known) -> Option<String> {
        let mut pointers = self.pointers.get(&action.resource).into_iter().flatten();
        let missing =
            pointers.find(|pointer| known.state.pointer(pointer).is_none_or(Value::is_null))?;
        let what = self.engine.kind(&action.resource.kind).output(missing);
        Some(format!("AWS to show {what}"))
    }

    pub(super) async fn refused(
        &self,
        action: &Action,
        error: &KindError,
    ) -> Result<(), LedgerError> {
        // Of an ambiguous call nobody knows: its intent stays open, and the next run looks.
        if error.class == ErrorClass::Ambiguous || action.desired.is_none() {
            return Ok(());
        }
        let event = Event::Refused {
            id: action.resource.clone(),
            reason: error.to_string(),
        };
        self.journal.record(&action.resource.domain, event).await
    }
}

/// Since when a call is refused with one code. Some codes mean "not yet" for a minute, and something
/// else after it.
#[derive(Default)]
struct Patience(Option<(Option<String>, Timestamp)>);

impl Patience {
    fn is_over(&mut self, error: &KindError, now: Timestamp) -> bool {
        let since = match &self.0 {
            Some((code, since)) if *code == error.code => *since,
            _ => now,
        };
        self.0 = Some((error.code.clone(), since));
        let limit = error.patience.filter(|_| error.class == ErrorClass::NotYet);
        limit.is_some_and(|limit| now.duration_since(since).unsigned_abs() > limit)
    }
}

/// Why a call has to be made again later. AWS's words are marked as such.
fn reason(error: &KindError) -> String {
    match &error.code {
        Some(code) => format!(
            "{}, which AWS refuses for now ({code}: {})",
            error.operation, error.message
        ),
        None => error.message.clone(),
    }
}

pub(super) fn session_error(error: &aws::SessionError) -> KindError {
    KindError::new(ErrorClass::Denied, "open a session", error.to_string())
}

/// The event of a resource that is no longer ours.
fn removed(action: &Action) -> Event {
    let physical = action
        .entry
        .as_ref()
        .and_then(|entry| entry.physical.clone());
    Event::Removed {
        id: action.resource.clone(),
        physical,
    }
}
