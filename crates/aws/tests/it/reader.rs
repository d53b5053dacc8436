//! The reader: what callers at the same moment get, and how many requests that takes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use aws::{Key, Page, Reader, Session};
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use model::{ErrorClass, KindError};
use proptest::prelude::*;

use crate::stand::{Script, clock, scripted};

/// A page whose answer is the moment at which its request started, and takes as many milliseconds as
/// it is told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Dated {
    takes: u64,
    fails: bool,
}

impl Page for Dated {
    type Snapshot = Timestamp;
    const GLOBAL: bool = false;

    async fn read(&self, session: &Session) -> Result<Timestamp, KindError> {
        let started = session.clock().now();
        session
            .clock()
            .sleep(Duration::from_millis(self.takes))
            .await;
        if self.fails {
            return Err(KindError::new(ErrorClass::Denied, "Ask", "no"));
        }
        Ok(started)
    }
}

/// A key whose answer is the moment at which its request started, and how many it was asked with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Numbered(u64);

impl Key for Numbered {
    type Snapshot = (Timestamp, usize);
    const MOST: usize = 10;
    const IS_WIDE: bool = true;

    async fn read(
        session: &Session,
        keys: &[Self],
    ) -> Result<BTreeMap<Self, Self::Snapshot>, KindError> {
        let started = session.clock().now();
        session.clock().sleep(Duration::from_millis(100)).await;
        let there = keys.iter().filter(|key| key.0 != 0).cloned();
        Ok(there.map(|key| (key, (started, keys.len()))).collect())
    }
}

/// A caller: when it comes, and how old an answer may be, in milliseconds.
#[derive(Clone, Copy, Debug)]
struct Caller {
    comes: u64,
    may_be_old: u64,
    key: u64,
}

fn callers() -> impl Strategy<Value = Vec<Caller>> {
    let caller = (0..2_000u64, 0..1_000u64, 1..30u64);
    let caller = caller.prop_map(|(comes, may_be_old, key)| Caller {
        comes,
        may_be_old,
        key,
    });
    proptest::collection::vec(caller, 1..40)
}

/// The time that each caller was content with, and that at which the request of its answer started.
async fn ask(callers: Vec<Caller>, takes: u64) -> Vec<(Timestamp, Timestamp)> {
    let clock = clock();
    let (session, _) = scripted(&Script::new([]), clock).await;
    let reader = Reader::default();
    let page = Dated {
        takes,
        fails: false,
    };
    let one = async |caller: Caller| {
        clock.sleep(Duration::from_millis(caller.comes)).await;
        let old = SignedDuration::from_millis(i64::try_from(caller.may_be_old).unwrap());
        let not_before = clock.now() - old;
        let page = reader.read(&session, &page, not_before).await.unwrap();
        let key = Numbered(caller.key);
        let key_not_before = clock.now() - old;
        let key = reader.read_key(&session, &key, key_not_before).await;
        let (key, _) = *key.unwrap().unwrap();
        assert!(key >= key_not_before, "{key} began before {key_not_before}");
        (not_before, *page)
    };
    join_all(callers.into_iter().map(one)).await
}

fn paused<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build();
    runtime.unwrap().block_on(work)
}

proptest! {
    #[test]
    fn no_caller_gets_a_snapshot_that_began_before_its_time(
        callers in callers(),
        takes in 0..700u64,
    ) {
        for (not_before, began) in paused(ask(callers, takes)) {
            prop_assert!(began >= not_before, "{began} is before {not_before}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn who_asks_at_the_same_time_shares_a_request() {
    let clock = clock();
    let (session, _) = scripted(&Script::new([]), clock).await;
    let reader = Reader::default();
    let page = Dated {
        takes: 100,
        fails: false,
    };
    let begun = clock.now();
    let answers = join_all((0..50).map(|_| reader.read(&session, &page, begun))).await;
    let first = answers[0].as_ref().unwrap();
    let is_shared =
        |answer: &Result<Arc<Timestamp>, _>| Arc::ptr_eq(answer.as_ref().unwrap(), first);
    assert!(answers.iter().all(is_shared));
    // Who needs a later answer gets another.
    clock.sleep(Duration::from_secs(1)).await;
    let later = reader.read(&session, &page, clock.now()).await.unwrap();
    assert!(*later > **first);
}

#[tokio::test(start_paused = true)]
async fn keys_that_are_asked_for_at_the_same_time_go_out_together() {
    let clock = clock();
    let (session, _) = scripted(&Script::new([]), clock).await;
    let reader = Reader::default();
    let begun = clock.now();
    let keys: Vec<Numbered> = (0..25).map(Numbered).collect();
    let answers = join_all(keys.iter().map(|key| reader.read_key(&session, key, begun))).await;
    assert_eq!(answers[0].as_ref().unwrap(), &None, "key 0 does not exist");
    let sizes = answers[1..]
        .iter()
        .map(|one| one.as_ref().unwrap().as_ref().unwrap().1);
    let mut sizes: Vec<usize> = sizes.collect();
    sizes.sort_unstable();
    // 25 keys are two full requests and one of five.
    assert_eq!(sizes.iter().filter(|size| **size == 10).count(), 19);
    assert_eq!(sizes.iter().filter(|size| **size == 5).count(), 5);
}

/// Each waits for its own resource, at its own time. Once all are known to be polled, one request in an
/// interval is enough.
#[tokio::test(start_paused = true)]
async fn keys_that_are_polled_at_different_times_share_a_request() {
    let clock = clock();
    let (session, _) = scripted(&Script::new([]), clock).await;
    let polling = session.polling();
    let reader = Reader::default();
    let interval = SignedDuration::from_secs(15);
    let poll = async |number: u64| {
        clock.sleep(Duration::from_secs(number)).await;
        let mut begun = Vec::new();
        for _ in 0..4 {
            let key = Numbered(number);
            let answer = reader.read_key(&polling, &key, clock.now() - interval);
            begun.push(answer.await.unwrap().unwrap().0);
            clock.sleep(Duration::from_secs(15)).await;
        }
        begun
    };
    let polls: Vec<Timestamp> = join_all((1..8).map(poll))
        .await
        .into_iter()
        .flatten()
        .collect();
    let requests: BTreeSet<&Timestamp> = polls.iter().collect();
    assert_eq!(polls.len(), 28);
    // Seven that come one by one, and then one in each of three intervals.
    assert!(requests.len() <= 11, "{} requests", requests.len());
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_for_those_who_waited_for_it() {
    let clock = clock();
    let (session, _) = scripted(&Script::new([]), clock).await;
    let reader = Reader::default();
    let page = Dated {
        takes: 100,
        fails: true,
    };
    let begun = clock.now();
    let passed = || clock.now().duration_since(begun).as_millis();
    let answers = join_all((0..5).map(|_| reader.read(&session, &page, begun))).await;
    assert!(answers.iter().all(Result::is_err));
    assert_eq!(passed(), 100, "one request for all five");
    clock.sleep(Duration::from_secs(1)).await;
    assert!(reader.read(&session, &page, begun).await.is_err());
    assert_eq!(passed(), 1200, "another for who comes later");
}
