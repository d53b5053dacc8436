//! The surroundings in which a kind observes and acts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws::{Key, Page, Reader, Session, Tagged};
use clock::Clock;
use jiff::{SignedDuration, Timestamp};
use model::{ErrorClass, KindError, Lead, Outside};

use crate::tags::{self, Tags};
use crate::zones::Zones;

/// The part of what was read that everybody in a run shares.
#[derive(Debug, Default)]
pub struct Shared {
    pub(crate) reader: Reader,
    pub(crate) zones: Zones,
    /// When this run made each bucket.
    made: Mutex<BTreeMap<String, Timestamp>>,
}

/// For how long a new bucket has nothing of others: no longer than between a read of its policy and the write that
/// follows, in which nobody sees what others do either.
const JUST_MADE: SignedDuration = SignedDuration::from_secs(1);

impl Shared {
    /// Notes that a bucket was made now.
    pub(crate) fn just_made(&self, bucket: &str, now: Timestamp) {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.insert(bucket.to_owned(), now);
    }

    /// Whether this run made a bucket a moment ago.
    pub(crate) fn is_just_made(&self, bucket: &str, now: Timestamp) -> bool {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let made = made.get(bucket);
        made.is_some_and(|made| now.duration_since(*made) <= JUST_MADE)
    }

    /// The records of the listed zones that lead to one of `targets`, whoever made them.
    pub async fn leading_to(&self, targets: &BTreeSet<String>) -> Vec<Lead> {
        self.zones.leading_to(targets).await
    }

    /// Forgets what is kept up to date by our own changes, so that it is read anew.
    pub async fn forget(&self) {
        self.zones.forget().await;
    }
}

/// Private keys that the manifest brings, by their SHA-256. They show in no debug output.
#[derive(Clone, Default)]
pub struct Secrets(pub BTreeMap<String, Vec<u8>>);

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} secrets", self.0.len())
    }
}

/// The surroundings in which a kind observes and acts, in one location.
#[derive(Clone)]
pub struct Context {
    /// The account and region; nothing for what is not at AWS.
    pub session: Option<Arc<Session>>,
    /// The external observer.
    pub outside: Arc<dyn Outside>,
    /// The part of what was read that everybody in the run shares.
    pub shared: Arc<Shared>,
    /// When a request must have started at the earliest for its answer to serve here.
    pub not_before: Timestamp,
    /// Private keys that specs name by their hash.
    pub secrets: Arc<Secrets>,
    /// The time.
    pub clock: Clock,
}

impl Context {
    /// The answer to `page`, shared with everybody for whom it is fresh enough.
    pub(crate) async fn read<P: Page>(&self, page: &P) -> Result<Arc<P::Snapshot>, KindError> {
        let session = self.session()?;
        let reader = &self.shared.reader;
        reader.read(session, page, self.not_before).await
    }

    /// The answer about `key`, asked together with others.
    pub(crate) async fn read_key<K: Key>(
        &self,
        key: &K,
    ) -> Result<Option<Arc<K::Snapshot>>, KindError> {
        let session = self.session()?;
        let reader = &self.shared.reader;
        reader.read_key(session, key, self.not_before).await
    }

    /// Whether a resource still carries the tags that are recorded of it. Where that cannot be
    /// confirmed, the service itself is to be asked.
    pub(crate) async fn carries(&self, arn: &str, recorded: &Tags) -> bool {
        let tags = self.read_key(&Tagged(arn.to_owned())).await;
        // A role of an older policy may not ask; its service's own question, it may.
        let tags = tags.ok().flatten();
        tags.is_some_and(|tags| tags::visible(BTreeMap::clone(&tags)) == *recorded)
    }

    /// The same context, in which only answers to requests from now on serve.
    pub(crate) fn afresh(&self) -> Self {
        Self {
            not_before: self.clock.now(),
            ..self.clone()
        }
    }

    /// The same context, in which any answer of this run serves.
    pub(crate) fn at_any_time(&self) -> Self {
        Self {
            not_before: Timestamp::MIN,
            ..self.clone()
        }
    }

    /// The session, for kinds that live at AWS.
    pub fn session(&self) -> Result<&Session, KindError> {
        self.session.as_deref().ok_or_else(|| {
            KindError::new(
                ErrorClass::Invalid,
                "open a session",
                "the resource has no account",
            )
        })
    }
}
