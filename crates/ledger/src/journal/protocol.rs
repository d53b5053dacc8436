//! A model of the protocol: every order in which the store can see the requests of several runs, with
//! answers that are lost, against the journal itself.
//!
//! The store is in memory, and each request waits until the scheduler lets it through. The scheduler
//! tries every order: it replays the runs from the start with the choices of the last time, up to the
//! last one that has an alternative left. A lease may be taken for dead at any time, which stands for a
//! run that was paused for minutes.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use async_trait::async_trait;
use clock::Clock;
use jiff::Timestamp;

use super::*;
use crate::store::{Settled, settle};

const DOMAIN: &str = "example.com";

/// The fate of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Answered,
    /// It was done, and its answer was lost.
    Lost,
    /// It was not done, and nobody was told.
    Dropped,
}

/// The choices of one schedule, and how many alternatives each had.
#[derive(Default)]
struct Choices {
    taken: Vec<(usize, usize)>,
    next: usize,
}

impl Choices {
    fn choose(&mut self, alternatives: usize) -> usize {
        if self.next == self.taken.len() {
            self.taken.push((0, alternatives));
        }
        let (choice, known) = self.taken[self.next];
        assert_eq!(
            known, alternatives,
            "a schedule is not the same when it is replayed"
        );
        self.next += 1;
        choice
    }

    /// Goes on to the next schedule. False when there is none.
    fn advance(&mut self) -> bool {
        self.next = 0;
        while let Some((choice, alternatives)) = self.taken.pop() {
            if choice + 1 < alternatives {
                self.taken.push((choice + 1, alternatives));
                return true;
            }
        }
        false
    }
}

/// The objects of one schedule.
#[derive(Default)]
struct World {
    documents: BTreeMap<Key, (Vec<u8>, u64)>,
    /// Every content that a document ever had.
    contents: BTreeSet<Vec<u8>>,
    versions: u64,
    /// How many answers may still be lost.
    faults: usize,
    /// The fates of the requests that the scheduler let through, for whoever made them.
    fate: Option<Fate>,
    /// Intents that were recorded before their call, in order.
    called: Vec<String>,
}

#[derive(Clone, Default)]
struct Memory(Arc<Mutex<World>>);

impl Memory {
    fn world(&self) -> std::sync::MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the scheduler lets this request through: each is polled once without effect.
    async fn turn(&self) -> Fate {
        let mut is_first = true;
        std::future::poll_fn(|_| {
            if std::mem::take(&mut is_first) {
                return Poll::Pending;
            }
            Poll::Ready(())
        })
        .await;
        self.world().fate.take().unwrap_or(Fate::Answered)
    }

    fn get(&self, key: &Key) -> Option<Stored> {
        let world = self.world();
        let (bytes, version) = world.documents.get(key)?;
        Some(Stored {
            bytes: bytes.clone(),
            version: Version(version.to_string()),
            snapshot: None,
        })
    }

    /// The compare-and-swap of S3. False when the object has another version.
    fn put(&self, key: &Key, expected: Option<&Version>, bytes: &[u8]) -> bool {
        let mut world = self.world();
        let current = world
            .documents
            .get(key)
            .map(|(_, version)| version.to_string());
        if current.as_deref() != expected.map(|version| version.0.as_str()) {
            return false;
        }
        world.versions += 1;
        let version = world.versions;
        let is_new = world.contents.insert(bytes.to_vec());
        assert!(is_new, "a document has a content that it had before");
        world
            .documents
            .insert(key.clone(), (bytes.to_vec(), version));
        true
    }
}

#[async_trait]
impl Store for Memory {
    fn place(&self, key: &Key) -> String {
        key.path()
    }

    async fn list(&self) -> Result<Vec<Key>, LedgerError> {
        Ok(vec![Key::Document(DOMAIN.to_owned())])
    }

    async fn read(&self, key: &Key) -> Result<Option<Stored>, LedgerError> {
        if matches!(key, Key::Document(_)) {
            self.turn().await;
        }
        Ok(self.get(key))
    }

    async fn swap(
        &self,
        key: &Key,
        expected: Option<&Version>,
        content: Content<'_>,
    ) -> Result<Version, NotSwapped> {
        if matches!(key, Key::Run(_)) {
            // Leases decide nothing.
            return Ok(Version(String::new()));
        }
        let mut expected = expected.cloned();
        loop {
            let fate = self.turn().await;
            let is_written =
                fate != Fate::Dropped && self.put(key, expected.as_ref(), content.bytes);
            if fate == Fate::Answered && is_written {
                let stored = self.get(key).expect("it was written");
                return Ok(stored.version);
            }
            // 412, or no answer: the object says what became of it, as in S3's store.
            match settle(self.read(key).await?, expected.as_ref(), content) {
                Settled::Written(version) => return Ok(version),
                Settled::Again(version) => expected = version,
                Settled::Moved => return Err(NotSwapped::Moved),
            }
        }
    }

    async fn hold(&self, _run: &str) -> Result<(), LedgerError> {
        Ok(())
    }

    /// Every other run may be dead, for all that this one can see.
    async fn is_held(&self, _run: &str) -> Result<bool, LedgerError> {
        Ok(false)
    }

    fn heartbeat(&self) -> Option<Duration> {
        None
    }
}

fn rule(name: &str) -> Event {
    Event::Accepted {
        rule: name.to_owned(),
    }
}

async fn open(store: Memory) -> Journal {
    let clock = Clock::starting_at(Timestamp::UNIX_EPOCH, 1.0);
    let opened = Journal::open(Box::new(store), &kinds::pure(), clock, Who::default()).await;
    opened.expect("the model's documents can be read")
}

/// A run that makes one change: it stops where its claim or its intent fails.
async fn changes(store: Memory, name: &'static str) {
    let journal = open(store.clone()).await;
    let documents = BTreeSet::from([DOMAIN.to_owned()]);
    if journal.claim(&documents).await.is_err() {
        return;
    }
    if journal.intend(DOMAIN, vec![rule(name)]).await.is_err() {
        return;
    }
    store.world().called.push(name.to_owned());
    let _ = journal.close().await;
}

/// Somebody who unlocks whatever is locked.
async fn unlocks(store: Memory) {
    let journal = open(store).await;
    if let Some(run) = journal.run.writer(DOMAIN).claim() {
        let _ = journal.unlock(DOMAIN, &run).await;
    }
}

type Actor = Pin<Box<dyn Future<Output = ()>>>;

/// Lets the runs' requests through in the order that the choices say.
fn schedule(store: &Memory, mut actors: Vec<Actor>, choices: &mut Choices) {
    let mut context = Context::from_waker(Waker::noop());
    // Each goes up to its first request.
    actors.retain_mut(|actor| actor.as_mut().poll(&mut context).is_pending());
    while !actors.is_empty() {
        let which = choices.choose(actors.len());
        let fates = [Fate::Answered, Fate::Lost, Fate::Dropped];
        let faults = store.world().faults;
        let fate = fates[choices.choose(if faults > 0 { fates.len() } else { 1 })];
        {
            let mut world = store.world();
            world.faults -= usize::from(fate != Fate::Answered);
            world.fate = Some(fate);
        }
        if actors[which].as_mut().poll(&mut context).is_ready() {
            drop(actors.remove(which));
        }
    }
}

/// Runs every schedule, and checks after each that nothing that was announced is missing.
fn explore(faults: usize, actors: impl Fn(&Memory) -> Vec<Actor>) -> usize {
    let choices = Rc::new(RefCell::new(Choices::default()));
    let mut schedules = 0;
    loop {
        let store = Memory::default();
        store.world().faults = faults;
        schedule(&store, actors(&store), &mut choices.borrow_mut());
        schedules += 1;
        let stored = store.get(&Key::Document(DOMAIN.to_owned()));
        let bytes = stored.map(|stored| stored.bytes).unwrap_or_default();
        let document = stored::read(&bytes, None, &kinds::pure()).expect("a document");
        assert_eq!(document.whole, bytes.len());
        let recorded: Vec<&String> = document
            .ledger
            .accepted
            .iter()
            .map(|(rule, _)| rule)
            .collect();
        for called in &store.world().called {
            let found = recorded.iter().filter(|rule| **rule == called);
            assert_eq!(found.count(), 1, "{called} in {recorded:?}");
        }
        if !choices.borrow_mut().advance() {
            return schedules;
        }
    }
}

fn boxed(future: impl Future<Output = ()> + 'static) -> Actor {
    Box::pin(future)
}

#[test]
fn two_writers_and_a_lost_answer_lose_no_event() {
    let schedules = explore(1, |store| {
        vec![
            boxed(changes(store.clone(), "one")),
            boxed(changes(store.clone(), "two")),
        ]
    });
    assert!(schedules >= 1_000, "{schedules}");
}

#[test]
fn two_writers_and_a_taker_over_lose_no_event() {
    let schedules = explore(0, |store| {
        vec![
            boxed(changes(store.clone(), "one")),
            boxed(changes(store.clone(), "two")),
            boxed(unlocks(store.clone())),
        ]
    });
    assert!(schedules >= 1_000, "{schedules}");
}
