//! The costs of a fleet: the requests and AWS's time of each run, exact under virtual time, and the CPU
//! and memory of this process, the sandbox in it included.
//!
//! An apply is counted up to the last change that is ready. After it, `deploy apply` observes and plans
//! again, which is the no-op plan of the next row.
//!
//! `cargo xtask bench fleet [N…] [operations] [s3] [shared] [world=FILE]` prints the table. With `operations`
//! each run is followed by its requests by operation. With `s3` the ledger is in a bucket of an account of its
//! own, and each row says how many requests went there. With `shared` all domains have their files in one
//! pair of buckets.

#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark reads files and the counters of its own process"
)]

#[path = "../tests/it/fleet.rs"]
mod fleet;
#[path = "../tests/it/run.rs"]
#[expect(dead_code, reason = "the tests use the rest of it")]
mod run;

use std::collections::BTreeMap;
use std::time::Duration;

use reconcile::{Project, Wish};

use run::Run;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let sizes = arguments.iter().filter_map(|one| one.parse().ok());
    let mut sizes: Vec<usize> = sizes.collect();
    if sizes.is_empty() {
        sizes = vec![1, 10, 100];
    }
    let world = arguments.iter().find_map(|one| one.strip_prefix("world="));
    let world = world.map(|path| std::fs::read_to_string(path).expect("a world file"));
    let details = arguments.iter().any(|one| one == "operations");
    let place = Placement {
        in_bucket: arguments.iter().any(|one| one == "s3"),
        shares: arguments.iter().any(|one| one == "shared"),
    };
    println!("| N | run | requests | throttled | AWS's time | CPU | memory | outcome |");
    println!("|---|---|---|---|---|---|---|---|");
    for n in sizes {
        Fleet::new(n, world.as_deref(), details, place).measure();
    }
}

/// A fleet under measurement.
struct Fleet {
    n: usize,
    run: Run,
    details: bool,
    place: Placement,
}

/// The place of what can be in either of two.
#[derive(Clone, Copy)]
struct Placement {
    /// The ledger, in a bucket.
    in_bucket: bool,
    /// The files of the domains, in buckets that they share.
    shares: bool,
}

/// The account that has the ledger's bucket, and nothing else.
const LEDGER: &str = "444444444444";

/// The bucket of the ledger.
const BUCKET: &str = "bench-ledger";

impl Placement {
    /// A manifest with everything where it is measured.
    fn of(self, mut manifest: String) -> String {
        if self.shares {
            manifest = fleet::sharing(&manifest);
        }
        if !self.in_bucket {
            return manifest;
        }
        let account = format!("  ops:  {{ id: \"{LEDGER}\", role: mail-deploy }}\ndefaults:");
        let ledger =
            format!("ledger: {{ s3: {{ account: ops, bucket: {BUCKET}, region: us-east-1 }} }}\n");
        format!("{}{ledger}", manifest.replace("defaults:", &account))
    }
}

/// The measures of a run: the requests by operation and result, and what came of it in words.
struct Measured {
    requests: BTreeMap<(String, String), u64>,
    time: Duration,
    outcome: String,
}

impl Fleet {
    fn new(n: usize, world: Option<&str>, details: bool, place: Placement) -> Self {
        let run = Run::beside_shipped(&place.of(fleet::manifest(n)));
        let run = match world {
            Some(world) => run.in_world(world),
            None => run,
        };
        Self {
            n,
            run,
            details,
            place,
        }
    }

    fn measure(mut self) {
        if self.place.in_bucket {
            self.row("ledger create", self.create());
        }
        self.row("first plan", self.plan());
        self.row("first apply", self.change(Wish::All));
        self.row("no-op plan", self.plan());
        self.row("drift, all read anew", self.drift());
        self.row("drift within a week", self.drift());
        let changed = self.place.of(fleet::changed(self.n));
        self.run = self.run.changed_to(&changed);
        self.row("one record, with --target", self.change_one());
        self.row("destroy", self.change(Wish::NothingNow));
    }

    /// Each run has a runtime of its own, as each has a process of its own: with it end the ports
    /// that a drift probes through, which hold the sandbox open.
    fn row(&self, name: &str, work: impl Future<Output = Measured>) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build();
        // Linux then counts the peak of memory anew.
        let _ = std::fs::write("/proc/self/clear_refs", "5");
        let before = cpu();
        let measured = runtime.expect("a runtime").block_on(work);
        let Measured {
            requests,
            time,
            outcome,
        } = measured;
        let total: u64 = requests.values().sum();
        let is_throttled = |result: &str| {
            result.contains("Throttl") || result.contains("TooManyRequests") || result == "SlowDown"
        };
        let throttled = requests
            .iter()
            .filter(|((_, result), _)| is_throttled(result));
        let throttled: u64 = throttled.map(|(_, count)| count).sum();
        println!(
            "| {} | {name} | {total} | {throttled} | {} s | {:.2} s | {} MB | {outcome} |",
            self.n,
            time.as_secs(),
            cpu() - before,
            peak_memory(),
        );
        if self.details {
            for ((operation, result), count) in requests {
                println!("{count:>9} {operation} {result}");
            }
        }
    }

    async fn create(&self) -> Measured {
        let project = self.run.open();
        let counter = Counter::new(&project);
        let made = Box::pin(reconcile::create_ledger(&project)).await;
        counter.end(&project, format!("{:?}", made.expect("a bucket")))
    }

    async fn plan(&self) -> Measured {
        let project = self.run.open();
        let counter = Counter::new(&project);
        let ledger = project.ledger().await.expect("a ledger");
        let planned = project.plan(ledger, Wish::All).await.expect("a plan");
        let changes = planned.plan.actions.iter().filter(|one| one.changes());
        counter.end(&project, format!("{} changes", changes.count()))
    }

    async fn change(&self, wish: Wish) -> Measured {
        self.change_in(self.run.open(), wish).await
    }

    async fn change_one(&self) -> Measured {
        let project = self.run.try_open(&[fleet::FIRST]);
        let project = project.expect("a sound manifest");
        // In the first hour, apply asks whether what it wrote before is answered by now.
        project.clock.sleep(Duration::from_hours(2)).await;
        self.change_in(project, Wish::All).await
    }

    async fn change_in(&self, project: Project, wish: Wish) -> Measured {
        let counter = Counter::new(&project);
        let report = self.run.bring_about_in(&project, wish).await;
        let mut outcome = format!("{} unfinished", report.unfinished().count());
        if let Some((_, first)) = report.unfinished().next() {
            outcome = format!("{outcome}, the first {first:?}");
        }
        counter.end(&project, outcome)
    }

    async fn drift(&self) -> Measured {
        let project = self.run.open();
        let counter = Counter::new(&project);
        let ledger = project.ledger().await.expect("a ledger");
        let drifted = Box::pin(reconcile::drift(&project, ledger)).await;
        let moved = drifted.expect("a ledger").drifts.len();
        counter.end(&project, format!("{moved} moved"))
    }
}

/// Requests since a moment.
struct Counter {
    before: BTreeMap<(String, String), u64>,
    ledger: OfLedger,
    began: jiff::Timestamp,
}

impl Counter {
    fn new(project: &Project) -> Self {
        Self {
            before: requests(project),
            ledger: of_ledger(project),
            began: project.clock.now(),
        }
    }

    fn end(self, project: &Project, mut outcome: String) -> Measured {
        let now = of_ledger(project);
        let reads = now.reads - self.ledger.reads;
        let writes = now.documents - self.ledger.documents;
        let renewals = now.leases - self.ledger.leases;
        if reads + renewals > 0 {
            outcome = format!(
                "{outcome}; ledger: {reads} reads, {writes} writes of documents, {renewals} of leases"
            );
        }
        let mut requests = requests(project);
        for (key, count) in self.before {
            *requests.entry(key).or_default() -= count;
        }
        requests.retain(|_, count| *count > 0);
        let time = project.clock.now().duration_since(self.began);
        Measured {
            requests,
            time: time.unsigned_abs(),
            outcome,
        }
    }
}

/// The reads and writes that a ledger in a bucket took so far.
struct OfLedger {
    reads: u64,
    documents: u64,
    leases: u64,
}

/// Reads are requests of S3 in the account of the ledger; of writes the bucket keeps every version.
fn of_ledger(project: &Project) -> OfLedger {
    let sandbox = project.sandbox.as_ref().expect("a sandbox");
    let stats = sandbox.stats();
    let reads = stats
        .iter()
        .filter(|([account, service, operation, _], _)| {
            *account == LEDGER && *service == "s3" && *operation != "PutObject"
        });
    let reads = reads.map(|(_, count)| count).sum();
    let world = sandbox.world();
    let bucket = world.s3.buckets.get(BUCKET).into_iter();
    let objects: Vec<_> = bucket.flat_map(|bucket| &bucket.objects).collect();
    let count = |is_lease: bool| {
        let keys = objects
            .iter()
            .filter(|(key, _)| key.contains("/runs/") == is_lease);
        keys.map(|(_, versions)| versions.len() as u64).sum()
    };
    OfLedger {
        reads,
        documents: count(false),
        leases: count(true),
    }
}

fn requests(project: &Project) -> BTreeMap<(String, String), u64> {
    let stats = project.sandbox.as_ref().expect("a sandbox").stats();
    let mut requests = BTreeMap::new();
    for ([_, service, operation, result], count) in stats.iter() {
        let key = (format!("{service} {operation}"), result.to_owned());
        *requests.entry(key).or_default() += count;
    }
    requests
}

/// Seconds of CPU that this process has used, in hundredths (proc(5)).
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat
        .rsplit_once(')')
        .map(|(_, rest)| rest.split_whitespace());
    let ticks = fields.into_iter().flatten().skip(11).take(2);
    ticks
        .filter_map(|ticks| ticks.parse::<f64>().ok())
        .sum::<f64>()
        / 100.0
}

/// The most memory that this process held at once, in megabytes.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = peak.and_then(|peak| peak.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or_default() / 1000
}
