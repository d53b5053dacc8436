//! Claims, fences, leases and group commit, over a folder and over a store in memory.

use std::path::Path;

use clock::Clock;
use jiff::Timestamp;
use tempfile::tempdir;

use super::*;
use crate::Folder;

const DOMAIN: &str = "example.com";

fn clock() -> Clock {
    Clock::starting_at(Timestamp::UNIX_EPOCH, 1.0)
}

fn who(name: &str) -> Who {
    Who {
        name: name.to_owned(),
        host: "a-host".to_owned(),
        link: Some("https://ci.example/1".to_owned()),
        command: "deploy apply".to_owned(),
    }
}

async fn open(root: &Path, name: &str) -> Journal {
    let store = Box::new(Folder::new(root));
    let opened = Journal::open(store, &kinds::pure(), clock(), who(name)).await;
    opened.expect("opens")
}

fn accepted(rule: &str) -> Event {
    Event::Accepted {
        rule: rule.to_owned(),
    }
}

fn rules(journal: &Journal) -> Vec<String> {
    let ledger = journal.ledger();
    let Some(domain) = ledger.domains.get(DOMAIN) else {
        return Vec::new();
    };
    let accepted = domain.accepted.iter();
    accepted.map(|(rule, _)| rule.clone()).collect()
}

fn domains() -> BTreeSet<String> {
    BTreeSet::from([DOMAIN.to_owned()])
}

#[tokio::test]
async fn an_intent_outlives_a_run_that_died() {
    let folder = tempdir().expect("a folder");
    let journal = open(folder.path(), "first").await;
    let intended = journal.intend(DOMAIN, vec![accepted("STS-O04")]).await;
    intended.expect("writes");
    // It dies here, in the middle of its next line.
    drop(journal);
    let path = folder.path().join("ledger/example.com.jsonl");
    #[expect(clippy::disallowed_methods, reason = "a test makes its own files")]
    let mut bytes = std::fs::read(&path).expect("reads");
    bytes.extend(b"{\"line\":{\"numb");
    #[expect(clippy::disallowed_methods, reason = "a test makes its own files")]
    std::fs::write(&path, bytes).expect("writes");

    let journal = open(folder.path(), "second").await;
    let intended = journal.intend(DOMAIN, vec![accepted("STS-P16")]).await;
    intended.expect("writes after the broken line");
    drop(journal);
    let journal = open(folder.path(), "third").await;
    assert_eq!(rules(&journal), ["STS-O04", "STS-P16"]);
    let claimed = journal.claim(&domains()).await;
    claimed.expect("the second one is dead");
    journal.close().await.expect("closes");
    let journal = open(folder.path(), "fourth").await;
    assert_eq!(rules(&journal), ["STS-O04", "STS-P16"]);
}

#[tokio::test]
async fn a_live_run_is_waited_for_and_named() {
    let folder = tempdir().expect("a folder");
    let first = open(folder.path(), "first").await;
    first.claim(&domains()).await.expect("claims");
    let second = open(folder.path(), "second").await;
    let error = second.claim(&domains()).await.expect_err("refuses");
    let said = error.to_string();
    for part in [
        "first",
        "a-host",
        "https://ci.example/1",
        "1970-01-01 00:00 UTC",
    ] {
        assert!(said.contains(part), "{said}");
    }
    let claims = second.claims().await.expect("asks");
    assert_eq!(claims.len(), 1);
    first.close().await.expect("closes");
    // It read the ledger before the first run closed it.
    let error = second.claim(&domains()).await.expect_err("refuses");
    assert!(matches!(error, LedgerError::Moved { .. }), "{error}");
    let third = open(folder.path(), "third").await;
    assert!(third.claims().await.expect("asks").is_empty());
    third.claim(&domains()).await.expect("it is free");
}

/// Two runs that planned on one version: one of them carries its plan out, and the other nothing.
#[tokio::test]
async fn of_two_runs_that_read_the_same_one_claims() {
    let folder = tempdir().expect("a folder");
    let first = open(folder.path(), "first").await;
    let second = open(folder.path(), "second").await;
    first.claim(&domains()).await.expect("claims");
    let error = second.claim(&domains()).await.expect_err("refuses");
    assert!(matches!(error, LedgerError::Moved { .. }), "{error}");
    assert_eq!(rules(&first), [""; 0]);
    first.close().await.expect("closes");
}

#[tokio::test]
async fn a_claim_is_for_all_documents_or_for_none() {
    let folder = tempdir().expect("a folder");
    let first = open(folder.path(), "first").await;
    let second = open(folder.path(), "second").await;
    first.claim(&domains()).await.expect("claims");
    let both = BTreeSet::from([DOMAIN.to_owned(), "example.net".to_owned()]);
    second.claim(&both).await.expect_err("refuses");
    let third = open(folder.path(), "third").await;
    let claims = third.claims().await.expect("asks");
    assert_eq!(claims.len(), 1, "{claims:?}");
    first.close().await.expect("closes");
}

/// A run that lost its document learns it before its next call, and writes nothing any more.
#[tokio::test]
async fn an_unlocked_run_stops_before_its_next_change() {
    let folder = tempdir().expect("a folder");
    let first = open(folder.path(), "first").await;
    first.claim(&domains()).await.expect("claims");
    let second = open(folder.path(), "second").await;
    let run = second.claims().await.expect("asks")[0].holder.run.clone();
    assert!(!second.unlock(DOMAIN, "another").await.expect("asks"));
    assert!(second.unlock(DOMAIN, &run).await.expect("unlocks"));
    let third = open(folder.path(), "third").await;
    let intended = third.intend(DOMAIN, vec![accepted("STS-O04")]).await;
    intended.expect("it is free");
    let late = first.intend(DOMAIN, vec![accepted("STS-P16")]).await;
    assert!(matches!(late, Err(LedgerError::Lost { .. })), "{late:?}");
    let fourth = open(folder.path(), "fourth").await;
    assert_eq!(rules(&fourth), ["STS-O04"]);
}

/// Results ride with the next intents: 40 changes of one document cost at most 1.1 writes each and
/// three more.
#[tokio::test(start_paused = true)]
async fn results_go_with_the_next_intents() {
    let folder = tempdir().expect("a folder");
    let writes = Arc::new(AtomicU64::new(0));
    let store = Box::new(Slow {
        writes: writes.clone(),
        ..Slow::new(folder.path())
    });
    let time = clock();
    let begun = time.now();
    let journal = Journal::open(store, &kinds::pure(), time, who("one")).await;
    let journal = journal.expect("opens");
    journal.claim(&domains()).await.expect("claims");
    let changes = (0..40).map(|_| async {
        let intended = journal.intend(DOMAIN, vec![accepted("STS-O04")]).await;
        intended.expect("writes");
        // The call takes a tenth of a second.
        time.sleep(Duration::from_millis(100)).await;
        let noted = journal.note(DOMAIN, accepted("STS-P16")).await;
        noted.expect("notes");
    });
    join_all(changes).await;
    journal.close().await.expect("closes");
    let seconds = time.now().duration_since(begun).as_secs_f64();
    let writes = writes.load(Ordering::Relaxed);
    // All 40 intents went in two writes: the first one's, and all that came while it lasted.
    assert!(writes <= 47, "{writes} writes");
    assert!(seconds < 2.0, "{seconds} s");
    let journal = open(folder.path(), "later").await;
    assert_eq!(rules(&journal).len(), 80);
}

#[tokio::test(start_paused = true)]
async fn a_result_is_written_after_a_second() {
    let folder = tempdir().expect("a folder");
    let journal = open(folder.path(), "one").await;
    journal.claim(&domains()).await.expect("claims");
    let noted = journal.note(DOMAIN, accepted("STS-O04")).await;
    noted.expect("notes");
    let other = open(folder.path(), "other").await;
    assert!(rules(&other).is_empty());
    clock().sleep(Duration::from_millis(1_100)).await;
    let other = open(folder.path(), "other").await;
    assert_eq!(rules(&other), ["STS-O04"]);
}

#[tokio::test]
async fn a_ledger_moves_and_leaves_word() {
    let (from, to) = (tempdir().expect("a folder"), tempdir().expect("a folder"));
    let journal = open(from.path(), "one").await;
    let intended = journal.intend(DOMAIN, vec![accepted("STS-O04")]).await;
    intended.expect("writes");
    journal.close().await.expect("closes");
    let journal = open(from.path(), "mover").await;
    let store = Folder::new(to.path());
    let moved = journal
        .move_to(&store, &kinds::pure(), "the other place")
        .await;
    assert_eq!(moved.expect("moves"), 1);
    assert_eq!(rules(&open(to.path(), "later").await), ["STS-O04"]);
    let old = Box::new(Folder::new(from.path()));
    let opened = Journal::open(old, &kinds::pure(), clock(), who("late")).await;
    let error = opened.err().expect("refuses");
    assert!(error.to_string().contains("the other place"), "{error}");
}

/// S3 can refuse writes to a bucket for minutes after it was made: the first one, and the one after it.
#[tokio::test(start_paused = true)]
async fn a_lease_that_took_minutes_to_write_is_renewed_before_anything_is_claimed() {
    let folder = tempdir().expect("a folder");
    let store = Box::new(Slow {
        early: (2, Duration::from_mins(10)),
        heartbeat: Some(RENEWAL),
        ..Slow::new(folder.path())
    });
    let journal = Journal::open(store, &kinds::pure(), clock(), who("one")).await;
    let journal = journal.expect("opens");
    journal.claim(&domains()).await.expect("claims");
    let intended = journal.intend(DOMAIN, vec![accepted("STS-O04")]).await;
    intended.expect("its lease is not over");
}

#[tokio::test(start_paused = true)]
async fn who_can_never_renew_a_lease_in_time_claims_nothing() {
    let folder = tempdir().expect("a folder");
    let store = Box::new(Slow {
        early: (u64::MAX, Duration::from_mins(10)),
        heartbeat: Some(RENEWAL),
        ..Slow::new(folder.path())
    });
    let journal = Journal::open(store, &kinds::pure(), clock(), who("one")).await;
    let claimed = journal.expect("opens").claim(&domains()).await;
    let error = claimed.expect_err("its lease is over");
    assert!(matches!(error, LedgerError::Expired { .. }), "{error:?}");
}

/// A folder with a write of 40 ms, as S3 has it.
struct Slow {
    /// How many of the first writes last longer, and by how much.
    early: (u64, Duration),
    heartbeat: Option<Duration>,
    inner: Folder,
    writes: Arc<AtomicU64>,
    clock: Clock,
    attempts: AtomicU64,
}

impl Slow {
    fn new(root: &Path) -> Self {
        Self {
            early: (0, Duration::ZERO),
            heartbeat: None,
            inner: Folder::new(root),
            writes: Arc::default(),
            clock: clock(),
            attempts: AtomicU64::new(0),
        }
    }
}

#[async_trait::async_trait]
impl Store for Slow {
    fn place(&self, key: &Key) -> String {
        self.inner.place(key)
    }

    async fn list(&self) -> Result<Vec<Key>, LedgerError> {
        self.inner.list().await
    }

    async fn read(&self, key: &Key) -> Result<Option<Stored>, LedgerError> {
        self.inner.read(key).await
    }

    async fn swap(
        &self,
        key: &Key,
        expected: Option<&Version>,
        content: Content<'_>,
    ) -> Result<Version, NotSwapped> {
        self.clock.sleep(Duration::from_millis(40)).await;
        let (count, longer) = self.early;
        if self.attempts.fetch_add(1, Ordering::Relaxed) < count {
            self.clock.sleep(longer).await;
        }
        if matches!(key, Key::Document(_)) {
            self.writes.fetch_add(1, Ordering::Relaxed);
        }
        self.inner.swap(key, expected, content).await
    }

    async fn hold(&self, run: &str) -> Result<(), LedgerError> {
        self.inner.hold(run).await
    }

    async fn is_held(&self, run: &str) -> Result<bool, LedgerError> {
        self.inner.is_held(run).await
    }

    fn heartbeat(&self) -> Option<Duration> {
        self.heartbeat
    }
}
