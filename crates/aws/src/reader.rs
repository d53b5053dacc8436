//! One reader for a run: every question that AWS answers for many resources is asked once for all of
//! them.
//!
//! AWS counts requests, not resources, and its widest reads answer for a hundred resources or a
//! thousand. So kinds ask for a [`Page`], which one request (or one for each page of a listing)
//! answers for everybody, or for a [`Key`], whose questions are gathered for a moment and go out
//! together.
//!
//! A caller says how old an answer may be: an answer serves whoever is content with the moment at which
//! its first request started. The end of the request would be too late a moment to go by, because AWS
//! may have read its data at the start. For a plan that moment is the start of the run, for a poll it
//! is one interval ago, and after a change it is the answer to the change.

use std::any::{Any, TypeId};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex as Lock, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use model::{AccountId, KindError, Region};
use tokio::sync::Mutex;

use crate::session::Session;

/// How long the questions about single resources are gathered before they go out together.
const WINDOW: Duration = Duration::from_millis(50);

/// For how long after its last poll a key counts as one that is polled: longer than any interval.
const POLLED: Duration = Duration::from_secs(45);

/// A question whose answer is the same for everybody who asks it.
pub trait Page: Clone + Ord + Send + Sync + 'static {
    /// The answer: of a listing, all its pages.
    type Snapshot: Send + Sync + 'static;
    /// Whether all regions give the same answer.
    const GLOBAL: bool;
    /// Asks AWS.
    fn read(
        &self,
        session: &Session,
    ) -> impl Future<Output = Result<Self::Snapshot, KindError>> + Send;
}

/// A question about one resource that can be asked about many at once.
pub trait Key: Clone + Ord + Send + Sync + 'static {
    /// The answer about one resource.
    type Snapshot: Send + Sync + 'static;
    /// About how many resources one request can ask.
    const MOST: usize;
    /// Whether a request costs the same however many resources it asks about.
    const IS_WIDE: bool = false;
    /// Asks AWS about all of them. What has no answer does not exist.
    fn read(
        session: &Session,
        keys: &[Self],
    ) -> impl Future<Output = Result<BTreeMap<Self, Self::Snapshot>, KindError>> + Send;
}

/// An answer, as long as it is kept.
struct Held<T> {
    /// When its first request started.
    begun: Timestamp,
    /// When it came.
    ended: Timestamp,
    answer: Result<T, KindError>,
}

impl<T: Clone> Held<T> {
    /// The answer, if it serves a caller who asked at `asked` for one that began at `not_before` or
    /// later. A refusal serves only those who waited for it: it may be over for the next.
    fn serve(&self, not_before: Timestamp, asked: Timestamp) -> Option<Result<T, KindError>> {
        let is_fresh = self.begun >= not_before;
        let is_served = is_fresh && (self.answer.is_ok() || asked <= self.ended);
        is_served.then(|| self.answer.clone())
    }
}

/// The last answer to a page, if it was asked for. The lock is held while it is asked for, so that
/// whoever comes in the meantime waits for that answer.
type Slot<S> = Arc<Mutex<Option<Held<Arc<S>>>>>;

/// The answers to pages of one type in one lane.
struct Pages<P: Page>(Lock<BTreeMap<P, Slot<P::Snapshot>>>);

/// The last answer to each key.
type Answers<K> = BTreeMap<K, Held<Option<Arc<<K as Key>::Snapshot>>>>;

/// The answers to keys of one type in one lane.
struct Desk<K: Key> {
    /// The keys that are waited for, and not in any request yet.
    wanted: Lock<BTreeSet<K>>,
    /// When each key was last polled.
    polled: Lock<BTreeMap<K, Timestamp>>,
    answers: Mutex<Answers<K>>,
}

/// An account, and a region where that makes a difference.
type Lane = (AccountId, Option<Region>);

/// Reads pages and keys for everybody in a run.
#[derive(Default)]
pub struct Reader {
    parts: Lock<BTreeMap<(Lane, TypeId), Arc<dyn Any + Send + Sync>>>,
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reader")
    }
}

impl Reader {
    /// The answer to `page` in the session's account and region, by requests that started at
    /// `not_before` or later.
    pub async fn read<P: Page>(
        &self,
        session: &Session,
        page: &P,
        not_before: Timestamp,
    ) -> Result<Arc<P::Snapshot>, KindError> {
        let asked = session.clock().now();
        let pages = self.part(lane(session, P::GLOBAL), || Pages::<P>(Lock::default()));
        let slot = lock(&pages.0).entry(page.clone()).or_default().clone();
        let mut held = slot.lock().await;
        let served = held.as_ref().and_then(|held| held.serve(not_before, asked));
        if let Some(answer) = served {
            return answer;
        }
        let begun = session.clock().now();
        let answer = page.read(session).await.map(Arc::new);
        *held = Some(Held {
            begun,
            ended: session.clock().now(),
            answer: answer.clone(),
        });
        answer
    }

    /// The answer about `key`, by a request that started at `not_before` or later. Keys that
    /// are asked for at the same time share requests.
    pub async fn read_key<K: Key>(
        &self,
        session: &Session,
        key: &K,
        not_before: Timestamp,
    ) -> Result<Option<Arc<K::Snapshot>>, KindError> {
        let asked = session.clock().now();
        let desk = self.part(lane(session, false), || Desk::<K> {
            wanted: Lock::default(),
            polled: Lock::default(),
            answers: Mutex::default(),
        });
        let served = |answers: &Answers<K>| {
            answers
                .get(key)
                .and_then(|held| held.serve(not_before, asked))
        };
        lock(&desk.wanted).insert(key.clone());
        if session.is_poll() {
            lock(&desk.polled).insert(key.clone(), asked);
        }
        let mut answers = desk.answers.lock().await;
        if let Some(answer) = served(&answers) {
            return answer;
        }
        // Those who come now find the lock taken, and their keys go out with this one.
        session.clock().sleep(WINDOW).await;
        let mut keys = desk.take(key);
        if K::IS_WIDE && session.is_poll() {
            desk.add_polled(&mut keys, asked);
        }
        let begun = session.clock().now();
        let seen = K::read(session, &keys).await;
        let ended = session.clock().now();
        let mut seen = match seen {
            Ok(seen) => Ok(seen
                .into_iter()
                .map(|(key, one)| (key, Arc::new(one)))
                .collect::<BTreeMap<_, _>>()),
            Err(error) => Err(error),
        };
        for asked_for in keys {
            let answer = match &mut seen {
                Ok(seen) => Ok(seen.remove(&asked_for)),
                Err(error) => Err(error.clone()),
            };
            let held = Held {
                begun,
                ended,
                answer,
            };
            answers.insert(asked_for, held);
        }
        answers
            .get(key)
            .map_or(Ok(None), |held| held.answer.clone())
    }

    /// The part of a lane that holds answers of one type.
    fn part<T: Send + Sync + 'static>(&self, lane: Lane, fresh: impl FnOnce() -> T) -> Arc<T> {
        let mut parts = lock(&self.parts);
        let part = parts.entry((lane, TypeId::of::<T>()));
        let part = part.or_insert_with(|| Arc::new(fresh())).clone();
        part.downcast().expect("a part is stored under its type")
    }
}

impl<K: Key> Desk<K> {
    /// The next keys to ask for: `first`, and as many more as fit into one request.
    fn take(&self, first: &K) -> Vec<K> {
        let mut wanted = lock(&self.wanted);
        wanted.remove(first);
        let mut keys = vec![first.clone()];
        while keys.len() < K::MOST
            && let Some(next) = wanted.pop_first()
        {
            keys.push(next);
        }
        keys
    }

    /// Adds the keys that are polled as well, each at a time of its own: so one request in an interval
    /// serves all of them, and not one each.
    fn add_polled(&self, keys: &mut Vec<K>, now: Timestamp) {
        let mut polled = lock(&self.polled);
        polled.retain(|_, last| now <= *last + POLLED);
        let asked: BTreeSet<K> = keys.iter().cloned().collect();
        let others = polled.keys().filter(|key| !asked.contains(key));
        keys.extend(others.take(K::MOST.saturating_sub(asked.len())).cloned());
    }
}

fn lane(session: &Session, is_global: bool) -> Lane {
    let region = &session.location().region;
    let region = (!is_global).then(|| region.clone());
    (session.account_id().clone(), region)
}

fn lock<T>(lock: &Lock<T>) -> std::sync::MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
