//! Observe and apply: concurrency, batching, waits, cancellation, events.
//!
//! The engine observes and carries out. It decides nothing: what to do, in which order and after which
//! checks is in the [`Plan`](model::Plan).

mod apply;
mod observe;
mod outcome;
mod preconditions;
mod progress;
mod reading;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws::{Session, SessionError, Sessions};
use clock::Clock;
use jiff::{SignedDuration, Timestamp};
use kinds::{Actors, Context, Secrets, Shared};
use model::{ErrorClass, KindError, KindSet, Lead, Location, Outside, Target};

pub use apply::{Options, Terms};
pub use observe::Observed;
pub use outcome::{ActionOutcome, Report};
pub use preconditions::{PreconditionOutcome, check_precondition};
pub use progress::{Progress, Stop, Watch};
pub use reading::{Read, Reading};

/// How long what was just made can be unknown to the next call.
const YOUNG: Duration = Duration::from_mins(2);

/// Observes and carries out.
pub struct Engine {
    kinds: KindSet,
    actors: Actors,
    sessions: Sessions,
    outside: Arc<dyn Outside>,
    shared: Arc<Shared>,
    /// When what is being observed was begun with: older answers do not serve.
    begun: Mutex<Timestamp>,
    reading: Arc<Reading>,
    secrets: Arc<Secrets>,
    clock: Clock,
}

impl Engine {
    /// An engine that reaches AWS through `sessions` and sees the rest of the world through
    /// `outside`.
    pub fn new(
        sessions: Sessions,
        outside: Arc<dyn Outside>,
        secrets: BTreeMap<String, Vec<u8>>,
        clock: Clock,
    ) -> Self {
        let (kinds, actors) = kinds::registry();
        Self {
            kinds,
            actors,
            sessions,
            outside,
            shared: Arc::default(),
            begun: Mutex::new(clock.now()),
            reading: Arc::default(),
            secrets: Arc::new(Secrets(secrets)),
            clock,
        }
    }

    /// The kinds, for the planner.
    pub fn kinds(&self) -> &KindSet {
        &self.kinds
    }

    /// How far the observation for a plan is, for whoever shows it.
    pub fn reading(&self) -> Arc<Reading> {
        Arc::clone(&self.reading)
    }

    /// The way into an account and region, for those who ask about the account itself.
    pub async fn session(&self, location: &Location) -> Result<Arc<Session>, SessionError> {
        self.sessions.session(location).await
    }

    /// How many calls a second each service takes of this run, by the service's name.
    pub fn rates(&self) -> plan::Rates {
        let rate = |quota: aws::quotas::Quota| plan::Rate {
            per_second: quota.per_second,
            burst: quota.burst,
        };
        let quotas = self.sessions.quotas().into_iter();
        quotas
            .map(|(service, quota)| (service, rate(quota)))
            .collect()
    }

    /// How far AWS's clock is ahead of ours, when AWS has answered anything.
    pub fn skew(&self) -> Option<SignedDuration> {
        self.sessions.skew()
    }

    /// The external observer.
    pub fn outside(&self) -> &dyn Outside {
        self.outside.as_ref()
    }

    /// Makes a resource that is in no plan, because the plan's own record is kept in it: the bucket of
    /// the ledger. A creation that is repeated brings what is there in line.
    pub async fn create(&self, target: &Target) -> Result<(), KindError> {
        let now = self.clock.now();
        let context = self.context(target.location.as_ref(), now).await;
        let context = context.map_err(|error| apply::session_error(&error))?;
        let actor = self.actors.get(target.id.kind.as_str());
        let unknown =
            || KindError::new(ErrorClass::Invalid, "find a kind", target.id.kind.as_str());
        let actor = actor.ok_or_else(unknown)?;
        let until = now + YOUNG;
        loop {
            match actor.create(&context, target).await {
                Err(error) if error.class == ErrorClass::NotYet && self.clock.now() < until => {
                    self.clock.sleep(target.spec.kind().poll()).await;
                }
                outcome => return outcome.map(drop),
            }
        }
    }

    /// The records of the zones that were listed in this run that lead to one of `targets`.
    pub async fn leading_to(&self, targets: &BTreeSet<String>) -> Vec<Lead> {
        self.shared.leading_to(targets).await
    }

    /// The part of what was read that everybody in the run shares.
    pub fn shared(&self) -> &Shared {
        &self.shared
    }

    /// When the observation under way was begun with.
    fn begun(&self) -> Timestamp {
        *self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The context in which a kind acts, with answers to requests that started at `not_before` or later.
    async fn context(
        &self,
        location: Option<&Location>,
        not_before: Timestamp,
    ) -> Result<Context, SessionError> {
        let session = match location {
            Some(location) => Some(self.sessions.session(location).await?),
            None => None,
        };
        Ok(Context {
            session,
            outside: self.outside.clone(),
            shared: self.shared.clone(),
            not_before,
            secrets: self.secrets.clone(),
            clock: self.clock,
        })
    }
}
