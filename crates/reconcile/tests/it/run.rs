//! A manifest with a folder of its own, and the runs that the tests make of it.

#![expect(
    clippy::disallowed_methods,
    reason = "the tests read the manifests as they ship"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use aws::Session;
use clock::Clock;
use engine::{Progress, Report, Stop};
use ledger::Journal;
use manifest::MemoryFiles;
use model::{Check, Ledger, Location};
use reconcile::{
    Closely, Environment, Error, Notice, Planned, Project, SandboxSettings, Speed, Subset, Who,
    Wish,
};
use tempfile::TempDir;

/// Plans, carries out and closes the ledger.
pub(crate) async fn bring_about(
    project: &Project,
    journal: Journal,
    wish: Wish,
) -> Result<Report, Error> {
    let planned = project.plan(journal.ledger(), wish).await?;
    assert!(!planned.is_refused(), "{:?}", planned.plan.findings);
    let report = carry_out(project, &planned, &journal).await;
    let closed = journal.close().await;
    let report = report?;
    closed?;
    Ok(report)
}

/// Carries a plan out, and waits a quarter of an hour where it has to.
pub(crate) async fn carry_out(
    project: &Project,
    planned: &Planned,
    journal: &Journal,
) -> Result<Report, Error> {
    let options = engine::Options {
        wait: Duration::from_mins(15),
        accepted: BTreeSet::new(),
    };
    let (_stopper, stop) = Stop::channel();
    let silent = |_: &Progress<'_>| {};
    let terms = engine::Terms {
        options: &options,
        watch: &silent,
        stop: &stop,
    };
    reconcile::carry_out(project, planned, journal, terms).await
}

/// Somebody else's session in the account and region that a fleet's mail is sent from.
pub(crate) async fn mail_session(project: &Project) -> Arc<Session> {
    let location = Location {
        account: "mail".into(),
        account_id: "333333333333".parse().expect("an account id"),
        region: "eu-west-1".into(),
    };
    let session = Box::pin(project.engine.session(&location)).await;
    session.expect("a session")
}

/// A manifest with a folder of its own, in which its ledger and its sandbox are kept.
pub(crate) struct Run {
    folder: TempDir,
    files: MemoryFiles,
    path: String,
    world: Option<String>,
}

impl Run {
    /// A manifest of the folder `deploy` as it ships.
    pub(crate) fn shipped(name: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut files = MemoryFiles::default();
        for folder in ["deploy", "deploy/fleet", "assets"] {
            for entry in std::fs::read_dir(root.join(folder)).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_file() {
                    let name = path.file_name().and_then(|name| name.to_str());
                    let bytes = std::fs::read(&path).expect("a file");
                    files = files.with(format!("{folder}/{}", name.expect("a name")), bytes);
                }
            }
        }
        Self::new(files, &format!("deploy/{name}.yaml"))
    }

    /// A manifest of one's own beside those that ship, so that it can name their files.
    pub(crate) fn beside_shipped(manifest: &str) -> Self {
        let mut run = Self::shipped("bench");
        run.files = run.files.with("deploy/bench.yaml", manifest);
        run
    }

    /// A manifest of one's own.
    pub(crate) fn of(manifest: &str) -> Self {
        let files = MemoryFiles::default().with("deploy.yaml", manifest);
        Self::new(files, "deploy.yaml")
    }

    fn new(files: MemoryFiles, path: &str) -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            files,
            path: path.to_owned(),
            world: None,
        }
    }

    /// The same with more in its world when that is made: YAML.
    pub(crate) fn in_world(mut self, world: &str) -> Self {
        self.world = Some(world.to_owned());
        self
    }

    /// A document of the ledger in the sandbox of `deploy/example.yaml`, as it is written.
    pub(crate) fn document(&self, name: &str) -> String {
        let kept = self.folder().join(".deploy/sandbox/anycompany/ledger");
        std::fs::read_to_string(kept.join(format!("{name}.jsonl"))).expect("a document")
    }

    /// The same with a sandbox and a ledger that an older program left in the folder.
    pub(crate) fn left_by(self, world: &str, ledger: &[(&str, &str)]) -> Self {
        let kept = self.folder().join(".deploy/sandbox/anycompany");
        std::fs::create_dir_all(kept.join("ledger/shared")).expect("a folder");
        std::fs::create_dir_all(kept.join("shared")).expect("a folder");
        std::fs::write(kept.join("world.json"), world).expect("a file");
        for (name, text) in ledger {
            std::fs::write(kept.join("ledger").join(name), text).expect("a file");
        }
        self
    }

    /// The same folder with another manifest.
    pub(crate) fn changed_to(mut self, manifest: &str) -> Self {
        self.files = self.files.with(self.path.as_str(), manifest);
        self
    }

    /// The folder of the manifest.
    pub(crate) fn folder(&self) -> PathBuf {
        self.file().parent().expect("a folder").to_owned()
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join(&self.path)
    }

    /// Opens the project.
    pub(crate) fn try_open(&self, targets: &[&str]) -> Result<Project, Error> {
        let targets = targets.iter().map(|&target| target.to_owned());
        self.try_open_for(&Subset::targets(targets.collect()))
    }

    /// Opens the project for a run about a part of its domains.
    pub(crate) fn try_open_for(&self, subset: &Subset) -> Result<Project, Error> {
        let loaded = reconcile::load(&self.path, &self.files, self.file(), Clock::real().now())?;
        let environment = Environment::Sandbox(SandboxSettings {
            speed: Some(Speed::Instant),
            world: self
                .world
                .clone()
                .map(|text| ("world.yaml".to_owned(), text)),
            weather: Some(sandbox::weather::Weather::default()),
        });
        Project::open(loaded, subset, environment, Notice::default())
    }

    /// Opens the project, which is sound.
    pub(crate) fn open(&self) -> Project {
        self.try_open(&[]).expect("a sound manifest")
    }

    /// Plans, carries out and closes the ledger; and how that went.
    pub(crate) async fn bring_about(&self, wish: Wish) -> Report {
        self.bring_about_in(&self.open(), wish).await
    }

    /// The same in a project that is open.
    pub(crate) async fn bring_about_in(&self, project: &Project, wish: Wish) -> Report {
        let journal = project.journal(Who::default()).await.expect("a ledger");
        let report = bring_about(project, journal, wish).await;
        report.expect("open accounts and a ledger")
    }

    /// Applies, and publishes by hand what a person has to publish, until all is done.
    pub(crate) async fn apply(&self) {
        for _ in 0..5 {
            if self.bring_about(Wish::All).await.is_complete() {
                return;
            }
            let published = reconcile::publish_by_hand(&self.open(), true).await;
            assert!(published.expect("a world").done > 0, "nothing to publish");
        }
        panic!("apply has no end");
    }

    /// Plans for the whole manifest.
    pub(crate) async fn plan(&self) -> Planned {
        let project = self.open();
        let ledger = project.ledger().await.expect("a ledger");
        project
            .plan(ledger, Wish::All)
            .await
            .expect("open accounts")
    }

    /// The ledger as it is kept.
    pub(crate) async fn ledger(&self) -> Ledger {
        self.open().ledger().await.expect("a ledger")
    }

    /// Verifies through an observer inside the sandbox.
    pub(crate) async fn verify(&self) -> Vec<Check> {
        let project = self.open();
        let ledger = project.ledger().await.expect("a ledger");
        let planned = project
            .plan(ledger, Wish::All)
            .await
            .expect("open accounts");
        let closely = Closely {
            smtp: true,
            reports: false,
        };
        let outside = project.outside();
        reconcile::verify(&project, &planned, outside, closely, &|_, _| ()).await
    }
}
