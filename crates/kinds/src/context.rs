//! The surroundings in which a kind observes and acts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use aws::{Key, Page, Reader, Session, Tagged};
use clock::Clock;
use jiff::Timestamp;
use model::{ErrorClass, KindError, Lead, Outside};

use crate::acm_certificate::Certificates;
use crate::cloudfront_distribution::listing::Distributions;
use crate::tags::{self, Tags};
use crate::zones::Zones;

/// The part of what was read that everybody in a run shares.
#[derive(Debug, Default)]
pub struct Shared {
    reader: Reader,
    pub(crate) zones: Zones,
}

impl Shared {
    /// The records of the listed zones that lead to one of `targets`, whoever made them.
    pub async fn leading_to(&self, targets: &BTreeSet<String>) -> Vec<Lead> {
        self.zones.leading_to(targets).await
    }

    /// The number of an account's distributions, and of those that use each access control. A listing of this
    /// run serves.
    pub async fn distributions(&self, session: &Session) -> Result<Distributed, KindError> {
        let all = self
            .reader
            .read(session, &Distributions, Timestamp::MIN)
            .await?;
        let mut distributed = Distributed {
            count: all.len(),
            by_access_control: BTreeMap::new(),
        };
        for id in all.iter().flat_map(|one| one.access_controls()) {
            let used = distributed.by_access_control.entry(id.clone());
            *used.or_default() += 1;
        }
        Ok(distributed)
    }

    /// The number of an account's certificates in the session's region. A listing of this run serves.
    pub async fn certificates(&self, session: &Session) -> Result<usize, KindError> {
        let all = self
            .reader
            .read(session, &Certificates, Timestamp::MIN)
            .await?;
        Ok(all.len())
    }

    /// Forgets what is kept up to date by our own changes, so that it is read anew.
    pub async fn forget(&self) {
        self.zones.forget().await;
    }
}

/// The number of an account's distributions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Distributed {
    /// All of them.
    pub count: usize,
    /// Those that use each access control, by its id.
    pub by_access_control: BTreeMap<String, usize>,
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
