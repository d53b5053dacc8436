//! Runs of the engine on a clock that jumps, as of a new process each: observe, settle, plan, apply.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use async_trait::async_trait;
use aws::{Access, Connection, Sessions};
use aws_credential_types::provider::SharedCredentialsProvider;
use blueprint::Facts;
use clock::Clock;
use jiff::Timestamp;
use kinds::Actor;
use ledger::{Journal, LedgerError, Store, Who};
use manifest::{Manifest, MemoryFiles};
use model::{
    AccountId, AccountName, Authority, Dependency, Entry, Fetched, Impact, Kind, Ledger, Location,
    NoAnswer, Outside, Plan, PreconditionCheck, Resource, ResourceId,
};
use plan::Inputs;
use sandbox::Sandbox;
use sandbox::world::World as SandboxWorld;
use standards::dns::RecordType;
use standards::{Place, Severity};

use super::actor::{Fault, World, kind_set};
use super::kind::{self, StandIn, stand_in};
use super::process::Process;
use super::store::Memory;
use crate::progress::Progress;
use crate::{Engine, Options, Report, Stop, Terms};

const DOMAIN: &str = "example.com";

/// A world with a ledger, and what is desired of it.
pub(super) struct Stage {
    pub(super) clock: Clock,
    accounts: BTreeMap<AccountName, AccountId>,
    pub(super) desired: Vec<Arc<Resource>>,
    pub(super) world: World,
    pub(super) store: Memory,
    shown: Arc<Shown>,
    pub(super) options: Options,
}

/// How a run ended.
pub(super) struct Run {
    pub(super) plan: Plan,
    /// Nothing where a finding forbids to carry the plan out.
    pub(super) report: Option<Result<Report, LedgerError>>,
}

impl Run {
    /// Whether everything that was planned was done.
    pub(super) fn is_complete(&self) -> bool {
        matches!(&self.report, Some(Ok(report)) if report.is_complete())
    }

    /// The outcome of each action, by the name of its resource.
    pub(super) fn outcomes(&self) -> Vec<(&str, &crate::ActionOutcome)> {
        let report = self.report.as_ref().expect("the plan was carried out");
        let outcomes = report
            .as_ref()
            .expect("the ledger can be written")
            .outcomes
            .iter();
        let actions = self.plan.actions.iter();
        let names = actions.map(|action| action.resource.name.as_str());
        names.zip(outcomes).collect()
    }
}

impl Stage {
    fn new(
        accounts: BTreeMap<AccountName, AccountId>,
        desired: Vec<Arc<Resource>>,
        shown: Shown,
    ) -> Self {
        let noon: Timestamp = "2026-11-24T12:00:00Z".parse().expect("a timestamp");
        let clock = Clock::starting_at(noon, 1.0);
        let store = Memory::default();
        let world = World::new(store.clone(), clock);
        world.depends(
            desired
                .iter()
                .map(|resource| (resource.id.clone(), resource.all_dependencies())),
        );
        Self {
            clock,
            accounts,
            desired,
            shown: Arc::new(shown),
            world,
            store,
            options: Options {
                wait: Duration::from_hours(2),
                accepted: BTreeSet::new(),
            },
        }
    }

    /// `deploy/example.yaml`, with the kind of these tests in the place of each other.
    pub(super) fn example() -> Self {
        let Example {
            accounts,
            desired,
            shown,
        } = &*EXAMPLE;
        Self::new(accounts.clone(), desired.clone(), shown.clone())
    }

    /// Some resources of one account.
    pub(super) fn of(desired: impl IntoIterator<Item = Resource>) -> Self {
        let accounts =
            BTreeMap::from([("web".into(), "111111111111".parse().expect("an account id"))]);
        let desired = desired.into_iter().map(Arc::new).collect();
        Self::new(accounts, desired, Shown::default())
    }

    /// One run. Nothing comes of one that is killed.
    pub(super) async fn run(&self, faults: &[(usize, Fault)]) -> Option<Run> {
        let (sender, stop) = Stop::channel();
        self.world.begin(faults, sender);
        tokio::select! {
            run = self.run_to_its_end(&stop) => Some(run),
            () = self.world.killed.notified() => None,
        }
    }

    /// The same world and the same ledger, of which something else is desired.
    pub(super) fn with(&self, desired: Vec<Arc<Resource>>) -> Self {
        Self {
            clock: self.clock,
            accounts: self.accounts.clone(),
            desired,
            world: self.world.clone(),
            store: self.store.clone(),
            shown: self.shown.clone(),
            options: self.options.clone(),
        }
    }

    /// One run in a process of its own, beside others.
    pub(super) async fn run_as(&self, process: &Process) -> Run {
        let (_sender, stop) = Stop::channel();
        let store = Box::new(process.clone());
        let world = self.world.within(process);
        self.run_in(store, &world, &stop).await
    }

    async fn run_to_its_end(&self, stop: &Stop) -> Run {
        let store = Box::new(self.store.next_run());
        self.run_in(store, &self.world, stop).await
    }

    async fn run_in(&self, store: Box<dyn Store>, world: &World, stop: &Stop) -> Run {
        let kinds = kind_set();
        let actors = kinds.keys().map(|name| {
            let actor: Box<dyn Actor> = Box::new(world.clone());
            (*name, actor)
        });
        let actors = actors.collect();
        let outside = Arc::new(Observer {
            world: self.world.clone(),
            shown: self.shown.clone(),
        });
        let engine = Engine {
            kinds,
            actors,
            ..Engine::new(self.sessions(), outside, BTreeMap::new(), self.clock)
        };
        let journal = Journal::open(store, engine.kinds(), self.clock, Who::default()).await;
        let journal = journal.expect("the ledger can be read");
        let ledger = journal.ledger();
        let mut observed = engine.observe(&plan::queries(&self.desired, &ledger)).await;
        let ledger = plan::settle(ledger, &mut observed.actual);
        let mut plan = plan::plan(Inputs {
            project: "project",
            desired: &self.desired,
            kept: &BTreeSet::new(),
            ledger: &ledger,
            beyond: &Ledger::default(),
            neighbours: &[],
            actual: &observed.actual,
            authority: &Authority::default(),
            leads: &[],
            is_about: &|_| true,
        });
        plan.findings.extend(observed.findings);
        let mut findings = plan.findings.iter();
        if findings.any(|finding| finding.severity == Severity::Error) {
            return Run { plan, report: None };
        }
        let watch = |_: &Progress<'_>| {};
        let terms = Terms {
            options: &self.options,
            watch: &watch,
            stop,
        };
        let mut report = engine.apply(&plan, &observed.actual, &journal, terms).await;
        if let Err(error) = journal.close().await
            && report.is_ok()
        {
            report = Err(error);
        }
        Run {
            plan,
            report: Some(report),
        }
    }

    /// The entries of the ledger, without what differs by the time and the way in which they came.
    pub(super) async fn entries(&self) -> Vec<Entry> {
        let ledger = self.store.ledger(self.clock).await;
        let entries = ledger.entries().chain(ledger.retired());
        let entries = entries.map(|entry| Entry {
            state: None,
            changed: Timestamp::UNIX_EPOCH,
            ..Entry::clone(entry)
        });
        entries.collect()
    }

    /// Sessions that ask a sandbox for nothing but the number of the account.
    fn sessions(&self) -> Sessions {
        let sandbox = Sandbox::new(SandboxWorld::default(), self.clock);
        let mut by_account = BTreeMap::new();
        for id in self.accounts.values() {
            sandbox.seed_account(id.as_str(), &[]);
            let credentials = sandbox.credentials(id.as_str());
            by_account.insert(id.clone(), SharedCredentialsProvider::new(credentials));
        }
        let accounts = self.accounts.iter().map(|(name, id)| {
            let access = Access {
                id: id.clone(),
                role: None,
                profile: None,
                external_id: None,
                session_name: None,
            };
            (name.clone(), access)
        });
        let connection = Connection {
            http: Some(sandbox.http_client()),
            by_account,
            ..Connection::new(self.clock)
        };
        Sessions::new(accounts.collect(), connection)
    }
}

/// A resource of these tests, which depends on others.
pub(super) fn resource(name: &str, dependencies: Vec<Dependency>) -> Resource {
    Resource {
        id: id(name),
        location: Some(Location {
            account: "web".into(),
            account_id: "111111111111".parse().expect("an account id"),
            region: "us-east-1".into(),
        }),
        spec: model::Spec::of::<StandIn>(kind::Spec {
            text: "as desired".to_owned(),
            ..kind::Spec::default()
        }),
        impact: Impact::none(),
        dependencies,
        preconditions: Vec::new(),
        wait: false,
        adopt: false,
        holders: BTreeSet::new(),
        through: None,
        serves_policy: None,
        place: Place::Whole,
    }
}

/// The id of a resource of these tests.
pub(super) fn id(name: &str) -> ResourceId {
    ResourceId::new(kinds::S3Object::NAME, DOMAIN, name)
}

/// The parts of `deploy/example.yaml` that the tests use.
struct Example {
    accounts: BTreeMap<AccountName, AccountId>,
    desired: Vec<Arc<Resource>>,
    shown: Shown,
}

static EXAMPLE: LazyLock<Example> = LazyLock::new(|| {
    let manifest = example();
    let (real, findings) = blueprint::desired(&manifest, &Facts::default());
    assert_eq!(findings, [], "the manifest is without faults");
    let accounts = manifest.accounts.iter();
    let accounts = accounts.map(|(name, account)| (name.clone(), account.id.value.clone()));
    Example {
        accounts: accounts.collect(),
        desired: real
            .iter()
            .map(|resource| Arc::new(stand_in(resource)))
            .collect(),
        shown: Shown::of(&real),
    }
});

/// `deploy/example.yaml`, with its files.
fn example() -> Manifest {
    let files = MemoryFiles::default()
        .with(
            "deploy/example.yaml",
            include_bytes!("../../../../deploy/example.yaml").as_slice(),
        )
        .with(
            "assets/logo.svg",
            include_bytes!("../../../../assets/logo.svg").as_slice(),
        )
        .with(
            "assets/bimi_vmc.pem",
            include_bytes!("../../../../assets/bimi_vmc.pem").as_slice(),
        );
    let (manifest, findings) = manifest::load("deploy/example.yaml", &files);
    manifest.unwrap_or_else(|| panic!("{findings:?}"))
}

/// The files and records of the resources, which the outside sees once they are ready.
#[derive(Clone, Default)]
struct Shown {
    /// The bytes behind each URL, and the resource that has them.
    files: BTreeMap<String, (ResourceId, Vec<u8>)>,
    /// The values of each name and type, and the resource that has them.
    records: BTreeMap<(String, RecordType), (ResourceId, Vec<String>)>,
}

impl Shown {
    /// The files and records of real resources. A precondition asks for a file by its hash.
    fn of(resources: &[Arc<Resource>]) -> Self {
        let objects = resources.iter().filter_map(|resource| {
            let object = resource.spec.get::<kinds::S3Object>()?.bytes();
            Some((model::plan::sha256(&object), (resource.id.clone(), object)))
        });
        let objects: BTreeMap<_, _> = objects.collect();
        let preconditions = resources.iter().flat_map(|one| &one.preconditions);
        let files = preconditions.filter_map(|precondition| match &precondition.check {
            PreconditionCheck::Served { url, sha256 } => {
                Some((url.clone(), objects.get(sha256)?.clone()))
            }
            _ => None,
        });
        let records = resources.iter().filter_map(|resource| {
            let record = kinds::record_of(&resource.spec)?;
            let values = record.values.iter().filter_map(|value| value.known());
            let values = values.cloned().collect();
            let name = record.name.known()?.clone();
            Some(((name, record.rtype), (resource.id.clone(), values)))
        });
        Self {
            files: files.collect(),
            records: records.collect(),
        }
    }
}

/// An external observer: sees the files and records of the resources that are ready.
struct Observer {
    world: World,
    shown: Arc<Shown>,
}

#[async_trait]
impl Outside for Observer {
    async fn lookup(&self, name: &str, rtype: RecordType) -> Result<Vec<String>, NoAnswer> {
        let records = &self.shown.records;
        let record = records.get(&(name.to_owned(), rtype));
        let record = record.filter(|(id, _)| self.world.is_ready(id));
        Ok(record.map(|(_, values)| values.clone()).unwrap_or_default())
    }

    async fn fetch(&self, url: &str) -> Result<Fetched, String> {
        let file = self.shown.files.get(url);
        let file = file.filter(|(id, _)| self.world.is_ready(id));
        let (_, body) = file.ok_or("no such file")?;
        Ok(Fetched {
            status: 200,
            media_type: None,
            body: body.clone(),
        })
    }
}
