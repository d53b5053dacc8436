//! A sandbox for `deploy/example.yaml`, and runs of the engine in it.

mod outside;
mod store;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use aws::{Access, Connection, Sessions};
use aws_credential_types::provider::SharedCredentialsProvider;
use blueprint::Facts;
use clock::Clock;
use engine::{Engine, Options, Report, Stop, Watch};
use ledger::Journal;
use manifest::{Manifest, MemoryFiles};
use model::{Ledger, Plan, Resource};
use plan::{Actual, Inputs};
use sandbox::Sandbox;
use sandbox::faults::Fault;
use sandbox::quotas::Quotas;
use sandbox::world::World;
use standards::Severity;

use outside::Observer;
use store::Memory;

/// The account from which roles are assumed.
const OPERATOR: &str = "999999999999";

/// A world with a ledger, in which one manifest is applied.
pub(crate) struct Stage {
    pub(crate) sandbox: Sandbox,
    manifest: Manifest,
    desired: Vec<Arc<Resource>>,
    store: Memory,
}

/// What a run found, and what it made of it.
pub(crate) struct Run {
    pub(crate) plan: Plan,
    pub(crate) actual: Actual,
    /// Nothing where a finding forbade to carry the plan out.
    pub(crate) report: Option<Report>,
}

impl Run {
    /// Whether everything that was planned was done.
    pub(crate) fn is_complete(&self) -> bool {
        self.report.as_ref().is_some_and(Report::is_complete)
    }
}

impl Stage {
    /// The world that the manifest presumes, in which `fault` happens.
    pub(crate) fn new(fault: Option<Fault>) -> Self {
        let manifest = example();
        let (desired, findings) = blueprint::desired(&manifest, &Facts::default());
        assert_eq!(findings, [], "the manifest is without faults");
        let mut world = World {
            quotas: Quotas::none(),
            ..World::default()
        };
        world.sts.seed_account(OPERATOR, &[]);
        for account in manifest.accounts.values() {
            world
                .sts
                .seed_account(account.id.as_str(), &["mail-deploy"]);
        }
        // The account of the hosted zone is the manifest's first.
        let dns = manifest.accounts.values().next().expect("an account");
        let zone = world.seed_zone(dns.id.as_str(), "example.com", true);
        zone.expect("a zone");
        let noon = "2026-11-24T12:00:00Z".parse().expect("a timestamp");
        let mail_host = "inbound-smtp.us-east-1.amazonaws.com";
        let published = world.dns.publish(mail_host, "A", &["192.0.2.25"], noon);
        published.expect("an address");
        world.faults.script.extend(fault);
        Self {
            sandbox: Sandbox::new(world, Clock::starting_at(noon, 1.0)),
            manifest,
            desired,
            store: Memory::default(),
        }
    }

    /// One run, as of a new process: observes, plans, and carries out what may be carried out.
    pub(crate) async fn run(&self, watch: &dyn Watch) -> Run {
        let clock = self.sandbox.clock();
        let outside = Arc::new(Observer(self.sandbox.clone()));
        let secrets = blueprint::secrets(&self.manifest);
        let engine = Engine::new(self.sessions(), outside, secrets, clock);
        let store = Box::new(self.store.clone());
        let journal = Journal::open(store, engine.kinds(), clock, "the test").await;
        let journal = journal.expect("a journal");
        let ledger = journal.ledger().await;
        engine.resume(&ledger).await;
        let observed = engine.observe(&plan::queries(&self.desired, &ledger)).await;
        let ledger = plan::settle(ledger, &observed.actual);
        let mut plan = plan::plan(Inputs {
            project: self.manifest.project.as_str(),
            desired: &self.desired,
            ledger: &ledger,
            beyond: &Ledger::default(),
            actual: &observed.actual,
        });
        plan.findings.extend(observed.findings);
        let mut findings = plan.findings.iter();
        let report = if findings.any(|finding| finding.severity == Severity::Error) {
            None
        } else {
            let options = Options {
                wait: Duration::from_hours(2),
                accepted: BTreeSet::new(),
            };
            let (_wish, stop) = Stop::channel();
            let how = (&options, watch, &stop);
            let applied = engine.apply(&plan, &observed.actual, &journal, how).await;
            Some(applied.expect("the ledger is in memory"))
        };
        journal.close().await.expect("the ledger is in memory");
        Run {
            plan,
            actual: observed.actual,
            report,
        }
    }

    /// What the ledger holds.
    pub(crate) fn ledger(&self) -> Ledger {
        self.store.ledger()
    }

    fn sessions(&self) -> Sessions {
        let access = |account: &manifest::Account| Access {
            id: account.id.as_str().into(),
            role: account.role.as_ref().map(|role| role.as_str().to_owned()),
            profile: None,
            external_id: account
                .external_id
                .as_ref()
                .map(|id| id.as_str().to_owned()),
            session_name: None,
        };
        let accounts = self.manifest.accounts.iter();
        let accounts: BTreeMap<_, _> = accounts
            .map(|(name, account)| (name.as_str().into(), access(account)))
            .collect();
        let credentials = self.sandbox.credentials(OPERATOR);
        let connection = Connection {
            http: Some(self.sandbox.http_client()),
            credentials: Some(SharedCredentialsProvider::new(credentials)),
            ..Connection::new(self.sandbox.clock())
        };
        Sessions::new(accounts, connection)
    }
}

/// `deploy/example.yaml`, with its files.
fn example() -> Manifest {
    let files = MemoryFiles::default()
        .with(
            "deploy/example.yaml",
            include_bytes!("../../../../deploy/example.yaml"),
        )
        .with(
            "assets/logo.svg",
            include_bytes!("../../../../assets/logo.svg"),
        )
        .with(
            "assets/bimi_vmc.pem",
            include_bytes!("../../../../assets/bimi_vmc.pem"),
        );
    let (manifest, findings) = manifest::load("deploy/example.yaml", &files);
    manifest.unwrap_or_else(|| panic!("{findings:?}"))
}
