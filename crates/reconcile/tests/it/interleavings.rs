//! Runs of several people at once about parts of one manifest: two shards and one `--target`, and runs that
//! join and drop what their domains share. Each is paused for seconds or minutes at any of its requests to
//! the ledger, as a process on a laptop that sleeps is. (`engine::tests::writers` has the interleavings of two
//! runs about the same domain.)

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use clock::Clock;
use engine::Report;
use jiff::Timestamp;
use ledger::{Bucket, Content, Journal, Key, LedgerError, NotSwapped, Store, Stored, Version, Who};
use manifest::MemoryFiles;
use model::Location;
use reconcile::{Environment, Error, Notice, Project, Subset, Wish};
use sandbox::Sandbox;
use sandbox::world::World;
use serde_json::Value;

use crate::run;
use crate::scene::{BUCKET, possessions};

/// How many seeds of each course are played.
const SEEDS: u64 = 30;

/// The configuration set that domains share.
const SET: &str = ", configuration_set: { name: bulk }";

/// Two domains, each in a shard of its own, with an instance each; `com` and `net` say what is in those.
fn manifest(com: &str, net: &str) -> String {
    let domain = |name: &str, more: &str| {
        format!(
            "  {name}:\n    dns: {{ route53: {{ account: dns }} }}\n    \
             ses: [{{ account: mail, region: eu-west-1{more} }}]\n"
        )
    };
    format!(
        "project: shop\n\
         accounts:\n  dns:  {{ id: \"111111111111\", role: mail-deploy }}\n  \
         mail: {{ id: \"333333333333\", role: mail-deploy }}\n\
         ledger: {{ s3: {{ account: mail, bucket: {BUCKET}, region: eu-west-1 }} }}\n\
         domains:\n{}{}",
        domain("example.com", com),
        domain("example.net", net)
    )
}

fn shard(text: &str) -> Subset {
    Subset::Shard {
        shard: text.parse().expect("a shard"),
        at_once: None,
    }
}

fn open(manifest: &str, sandbox: &Sandbox, subset: &Subset) -> Project {
    let files = MemoryFiles::default().with("deploy.yaml", manifest);
    let now = Timestamp::UNIX_EPOCH;
    let loaded = reconcile::load("deploy.yaml", &files, "deploy.yaml".into(), now);
    let environment = Environment::Held(sandbox.clone());
    let loaded = loaded.expect("a sound manifest");
    Project::open(loaded, subset, environment, Notice::default()).expect("a project")
}

/// A world with a bucket for the ledger, and with a text of others in each zone.
async fn world() -> Sandbox {
    let clock = Clock::starting_at(Timestamp::constant(1_767_600_000, 0), 1.0);
    let mut world = World::default();
    world.sts.seed_account(reconcile::sandbox::OPERATOR, &[]);
    for account in ["111111111111", "333333333333"] {
        world.sts.seed_account(account, &["mail-deploy"]);
    }
    for domain in ["example.com", "example.net"] {
        let zone = world.seed_zone("111111111111", domain, true);
        let zone = zone.expect("a zone");
        let others = ["\"somebody=else\""];
        let put = world.seed_records(&zone, domain, ("TXT", 300), &others);
        put.expect("a record");
    }
    let sandbox = Sandbox::new(world, clock);
    let made = reconcile::create_ledger(&open(&manifest("", ""), &sandbox, &Subset::All)).await;
    made.expect("makes the bucket");
    sandbox
}

/// The same world once more, which goes its own way.
fn copy(sandbox: &Sandbox) -> Sandbox {
    let clock = Clock::starting_at(sandbox.clock().now(), 1.0);
    Sandbox::new(sandbox.world().clone(), clock)
}

/// A ledger as a process reaches it that is paused now and then. A pause is one of the whole process: every
/// request of it waits until it wakes.
struct Sleepy {
    inner: Bucket,
    clock: Clock,
    dice: Mutex<fastrand::Rng>,
    wakes: Mutex<Timestamp>,
}

impl Sleepy {
    /// Waits for a moment, and for as long as the process is paused.
    async fn turn(&self) {
        let (moment, pause) = {
            let mut dice = self.dice.lock().unwrap_or_else(PoisonError::into_inner);
            let pause = (dice.u8(0..12) == 0).then(|| Duration::from_secs(dice.u64(0..300)));
            (Duration::from_millis(dice.u64(0..2_000)), pause)
        };
        self.clock.sleep(moment).await;
        let until = {
            let mut wakes = self.wakes.lock().unwrap_or_else(PoisonError::into_inner);
            *wakes = (*wakes).max(self.clock.now() + pause.unwrap_or_default());
            *wakes
        };
        let left = until.duration_since(self.clock.now());
        if let Ok(left) = Duration::try_from(left) {
            self.clock.sleep(left).await;
        }
    }
}

#[async_trait]
impl Store for Sleepy {
    fn place(&self, key: &Key) -> String {
        self.inner.place(key)
    }

    async fn list(&self) -> Result<Vec<Key>, LedgerError> {
        self.turn().await;
        self.inner.list().await
    }

    async fn read(&self, key: &Key) -> Result<Option<Stored>, LedgerError> {
        self.turn().await;
        self.inner.read(key).await
    }

    async fn swap(
        &self,
        key: &Key,
        expected: Option<&Version>,
        content: Content<'_>,
    ) -> Result<Version, NotSwapped> {
        self.turn().await;
        let swapped = self.inner.swap(key, expected, content).await;
        // It can sleep after its intent, before the call.
        self.turn().await;
        swapped
    }

    async fn hold(&self, run: &str) -> Result<(), LedgerError> {
        self.inner.hold(run).await
    }

    async fn is_held(&self, run: &str) -> Result<bool, LedgerError> {
        self.turn().await;
        self.inner.is_held(run).await
    }

    fn heartbeat(&self) -> Option<Duration> {
        self.inner.heartbeat()
    }
}

/// How runs ended, and how often.
type Ends = BTreeMap<&'static str, usize>;

/// Plans and carries out as one process of many; and how that ended.
async fn attempt(project: &Project, seed: u64) -> &'static str {
    let location = Location {
        account: "mail".into(),
        account_id: "333333333333".parse().expect("an account id"),
        region: "eu-west-1".into(),
    };
    let session = Box::pin(project.engine.session(&location)).await;
    let store = Sleepy {
        inner: Bucket::new(session.expect("a session"), BUCKET, "shop"),
        clock: project.clock,
        dice: Mutex::new(fastrand::Rng::with_seed(seed)),
        wakes: Mutex::new(project.clock.now()),
    };
    match bring_about(project, Box::new(store)).await {
        Ok(report) if report.is_complete() => "complete",
        Ok(_) => "incomplete",
        Err(Error::Outside { source, .. }) => match source.downcast_ref::<LedgerError>() {
            Some(LedgerError::Held { .. }) => "held",
            Some(LedgerError::Moved { .. }) => "moved",
            Some(LedgerError::Lost { .. }) => "lost",
            Some(LedgerError::Expired { .. }) => "expired",
            _ => panic!("seed {seed}: {source}"),
        },
        Err(other) => panic!("seed {seed}: {other}"),
    }
}

async fn bring_about(project: &Project, store: Box<dyn Store>) -> Result<Report, Error> {
    let kinds = project.engine.kinds();
    let journal = Journal::open(store, kinds, project.clock, Who::default()).await?;
    run::bring_about(project, journal, Wish::All).await
}

/// The possessions of users besides the ledger, without times and versions, and what the ledger has.
async fn shape(project: &Project) -> (Value, Vec<String>) {
    let sandbox = project.sandbox.as_ref().expect("a sandbox");
    let ledger = project.ledger().await.expect("a ledger");
    let entries = ledger.entries().chain(ledger.retired());
    let entries = entries.map(|entry| {
        let open = if entry.is_open() { " open" } else { "" };
        format!("{} {:?} {:?}{open}", entry.id, entry.origin, entry.holders)
    });
    (possessions(sandbox), entries.collect())
}

/// Applies the whole manifest until nothing is left to do.
async fn apply(manifest: &str, sandbox: &Sandbox, seed: u64) {
    let project = open(manifest, sandbox, &Subset::All);
    for _ in 0..3 {
        let limit = Duration::from_mins(10);
        let journal = project.journal_when_free(Who::default(), limit, &|_| ());
        let journal = journal.await.expect("a ledger");
        let planned = project.plan(journal.ledger(), Wish::All).await;
        if planned.expect("open accounts").plan.is_empty() {
            return;
        }
        drop(journal);
        let again = attempt_calmly(&project).await;
        assert!(again.is_complete(), "seed {seed}: {again:?}");
    }
    panic!("seed {seed}: the runs come to no end");
}

async fn attempt_calmly(project: &Project) -> Report {
    let location = Location {
        account: "mail".into(),
        account_id: "333333333333".parse().expect("an account id"),
        region: "eu-west-1".into(),
    };
    let session = Box::pin(project.engine.session(&location)).await;
    let store = Bucket::new(session.expect("a session"), BUCKET, "shop");
    let report = bring_about(project, Box::new(store)).await;
    report.expect("nobody else is at work")
}

/// One of several runs at once: about a part of a manifest, which can be another checkout than that of the
/// others.
struct Part<'a> {
    manifest: &'a str,
    subset: Subset,
}

/// A change of the manifest, and the runs that are made at the same time.
struct Course<'a> {
    before: Option<&'a str>,
    parts: &'a [Part<'a>],
    after: &'a str,
}

/// How often each creation succeeded.
fn made(sandbox: &Sandbox) -> BTreeMap<String, u64> {
    let stats = sandbox.stats();
    let made = stats.iter().filter(|([_, _, operation, result], _)| {
        operation.starts_with("Create") && *result == "ok"
    });
    made.map(|([_, _, operation, _], count)| (operation.to_owned(), count))
        .collect()
}

/// Plays a course from many seeds: whatever the runs leave, the next one ends as if each had come alone.
async fn play(course: Course<'_>) -> Ends {
    let start = world().await;
    if let Some(before) = course.before {
        apply(before, &start, 0).await;
    }
    let undisturbed = copy(&start);
    apply(course.after, &undisturbed, 0).await;
    let end = shape(&open(course.after, &undisturbed, &Subset::All)).await;
    let mut ends = Ends::new();
    for seed in 0..SEEDS {
        // The pauses before repeated requests are drawn from it.
        fastrand::seed(seed);
        let sandbox = copy(&start);
        let parts = course.parts.iter().zip(0..);
        let projects: Vec<(Project, u64)> = parts
            .map(|(part, number)| {
                (
                    open(part.manifest, &sandbox, &part.subset),
                    seed * 8 + number,
                )
            })
            .collect();
        let runs = projects
            .iter()
            .map(|(project, seed)| attempt(project, *seed));
        for ended in futures::future::join_all(runs).await {
            *ends.entry(ended).or_default() += 1;
        }
        sandbox.clock().sleep(Duration::from_mins(10)).await;
        apply(course.after, &sandbox, seed).await;
        let found = shape(&open(course.after, &sandbox, &Subset::All)).await;
        assert_eq!(found, end, "seed {seed}");
        // What somebody drops while another joins it can go and come again.
        if course.before.is_none() {
            assert_eq!(made(&sandbox), made(&undisturbed), "seed {seed}");
        }
    }
    ends
}

#[tokio::test(start_paused = true)]
async fn two_shards_and_a_target_at_once_lose_nothing() {
    let after = manifest(SET, SET);
    let part = |subset| Part {
        manifest: &after,
        subset,
    };
    let target = Subset::targets(vec!["example.com".to_owned()]);
    let course = Course {
        before: None,
        parts: &[part(shard("1/2")), part(shard("2/2")), part(target)],
        after: &after,
    };
    let ends = play(course).await;
    // Who is second is told so, and who woke too late has stopped.
    for end in ["complete", "held", "moved", "expired"] {
        assert!(ends.contains_key(end), "{ends:?}");
    }
}

/// In one checkout a domain drops what it alone held so far, in another one the other domain joins it.
#[tokio::test(start_paused = true)]
async fn a_drop_and_a_join_at_once_keep_what_is_shared() {
    let (before, after) = (manifest(SET, ""), manifest("", SET));
    let (drops, joins) = (manifest("", ""), manifest(SET, SET));
    let course = Course {
        before: Some(&before),
        parts: &[
            Part {
                manifest: &drops,
                subset: shard("1/2"),
            },
            Part {
                manifest: &joins,
                subset: shard("2/2"),
            },
        ],
        after: &after,
    };
    let ends = play(course).await;
    assert!(ends.contains_key("complete"), "{ends:?}");
    assert!(
        ends.contains_key("held") || ends.contains_key("moved"),
        "{ends:?}"
    );
}

/// Both domains drop what they share: the last one deletes it.
#[tokio::test(start_paused = true)]
async fn two_drops_at_once_delete_what_was_shared() {
    let (before, after) = (manifest(SET, SET), manifest("", ""));
    let part = |text| Part {
        manifest: &after,
        subset: shard(text),
    };
    let course = Course {
        before: Some(&before),
        parts: &[part("1/2"), part("2/2")],
        after: &after,
    };
    let ends = play(course).await;
    assert!(
        ends.contains_key("complete") && ends.contains_key("moved"),
        "{ends:?}"
    );
}
