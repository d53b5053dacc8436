//! A world with a ledger in one of the stores, in which manifests are brought about while things go wrong.

use std::path::Path;
use std::sync::Arc;

use clock::Clock;
use engine::Report;
use jiff::Timestamp;
use ledger::{Bucket, Folder, Journal, Store, Who};
use manifest::MemoryFiles;
use model::Location;
use reconcile::{Environment, Error, Notice, Project, Subset, Wish};
use sandbox::Sandbox;
use sandbox::world::World;
use serde_json::Value;
use tempfile::TempDir;

use crate::faulty_store::{FaultyStore, Plight};
use crate::run;

pub(crate) const BUCKET: &str = "ledger-of-the-shop";

pub(crate) const MANIFEST: &str = "project: shop

accounts:
  dns:  { id: \"111111111111\", role: mail-deploy }
  mail: { id: \"333333333333\", role: mail-deploy }

ledger: { s3: { account: mail, bucket: ledger-of-the-shop, region: eu-west-1 } }

domains:
  example.com:
    dns: { route53: { account: dns } }
    dmarc: { p: none, rua: [\"mailto:dmarc@example.com\"] }
    ses:
      - { account: mail, region: eu-west-1, mail_from: bounce, configuration_set: { name: bulk } }
";

/// The two stores.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kept {
    InFolder,
    InBucket,
}

/// A world with a ledger, at some time.
pub(crate) struct Scene {
    pub(crate) sandbox: Sandbox,
    folder: TempDir,
    pub(crate) kept: Kept,
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).expect("a file");
        }
    }
}

pub(crate) fn open(manifest: &str, sandbox: &Sandbox) -> Project {
    let files = MemoryFiles::default().with("deploy.yaml", manifest);
    let now = Timestamp::UNIX_EPOCH;
    let loaded = reconcile::load("deploy.yaml", &files, "deploy.yaml".into(), now);
    let environment = Environment::Held(sandbox.clone());
    let loaded = loaded.expect("a sound manifest");
    Project::open(loaded, &Subset::All, environment, Notice::default()).expect("a project")
}

impl Scene {
    /// A world in which nothing was applied, with the bucket for a ledger.
    pub(crate) async fn new(kept: Kept) -> Self {
        let clock = Clock::starting_at(Timestamp::constant(1_767_600_000, 0), 1.0);
        let mut world = World::default();
        world.sts.seed_account(reconcile::sandbox::OPERATOR, &[]);
        for account in ["111111111111", "333333333333"] {
            world.sts.seed_account(account, &["mail-deploy"]);
        }
        world
            .seed_zone("111111111111", "example.com", true)
            .expect("a zone");
        let sandbox = Sandbox::new(world, clock);
        let made = reconcile::create_ledger(&open(MANIFEST, &sandbox)).await;
        made.expect("makes the bucket");
        let folder = tempfile::tempdir().expect("a folder");
        Self {
            sandbox,
            folder,
            kept,
        }
    }

    /// The same scene once more, which goes its own way.
    pub(crate) fn copy(&self) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        copy(self.folder.path(), folder.path());
        let clock = Clock::starting_at(self.sandbox.clock().now(), 1.0);
        Self {
            sandbox: Sandbox::new(self.sandbox.world().clone(), clock),
            folder,
            kept: self.kept,
        }
    }

    async fn store(&self, project: &Project, kept: Kept) -> Arc<dyn Store> {
        match kept {
            Kept::InFolder => Arc::new(Folder::new(self.folder.path())),
            Kept::InBucket => {
                let location = Location {
                    account: "mail".into(),
                    account_id: "333333333333".parse().expect("an account id"),
                    region: "eu-west-1".into(),
                };
                let session = Box::pin(project.engine.session(&location)).await;
                Arc::new(Bucket::new(session.expect("a session"), BUCKET, "shop"))
            }
        }
    }

    pub(crate) async fn faulty(
        &self,
        project: &Project,
        kept: Kept,
        plight: &Arc<Plight>,
    ) -> FaultyStore {
        FaultyStore {
            inner: self.store(project, kept).await,
            plight: Arc::clone(plight),
            clock: self.sandbox.clock(),
        }
    }

    /// Brings a manifest about; nothing where the run was killed.
    pub(crate) async fn run(
        &self,
        (manifest, wish): (&str, Wish),
        plight: &Arc<Plight>,
    ) -> Option<Result<Report, Error>> {
        // The pauses before repeated requests are drawn from it: every run makes the same writes.
        fastrand::seed(0);
        let project = open(manifest, &self.sandbox);
        let store = self.faulty(&project, self.kept, plight).await;
        tokio::select! {
            biased;
            () = plight.killed() => None,
            ended = bring_about(&project, store, wish) => Some(ended),
        }
    }

    /// The possessions of users, and what the ledger has.
    pub(crate) async fn shape(&self, manifest: &str) -> (Value, Vec<String>) {
        let project = open(manifest, &self.sandbox);
        let store = FaultyStore {
            inner: self.store(&project, self.kept).await,
            plight: Plight::new(None),
            clock: self.sandbox.clock(),
        };
        let kinds = project.engine.kinds();
        let opened = Journal::open(Box::new(store), kinds, project.clock, Who::default()).await;
        let ledger = opened.expect("a ledger").ledger();
        let entries = ledger.entries().chain(ledger.retired());
        let entries = entries.map(|entry| {
            let open = if entry.is_open() { " open" } else { "" };
            format!("{} {:?}{open}", entry.id, entry.origin)
        });
        (possessions(&self.sandbox), entries.collect())
    }
}

/// The possessions of users besides the ledger, without times and versions.
pub(crate) fn possessions(sandbox: &Sandbox) -> Value {
    let mut dump = sandbox.world().dump();
    blank(&mut dump);
    dump
}

fn blank(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove(BUCKET);
            fields.values_mut().for_each(blank);
        }
        Value::Array(items) => {
            items.iter_mut().for_each(blank);
            if items.iter().all(Value::is_string) {
                items.sort_by_key(ToString::to_string);
            }
        }
        Value::String(text) if text.parse::<Timestamp>().is_ok() => *value = Value::Null,
        _ => {}
    }
}

async fn bring_about(project: &Project, store: FaultyStore, wish: Wish) -> Result<Report, Error> {
    let kinds = project.engine.kinds();
    let journal = Journal::open(Box::new(store), kinds, project.clock, Who::default()).await?;
    run::bring_about(project, journal, wish).await
}

pub(crate) async fn applied(kept: Kept) -> Scene {
    let scene = Scene::new(kept).await;
    let ended = scene.run((MANIFEST, Wish::All), &Plight::new(None)).await;
    assert!(
        ended
            .expect("nobody kills it")
            .expect("a ledger")
            .is_complete()
    );
    scene
}

/// The manifest after a change of policies.
pub(crate) fn updated() -> String {
    MANIFEST
        .replace("p: none", "p: quarantine")
        .replace("mail_from: bounce", "mail_from: returns")
}

/// The manifest after the instance has moved to another account and region.
pub(crate) fn moved() -> String {
    MANIFEST.replace(
        "- { account: mail, region: eu-west-1",
        "- { account: dns, region: us-east-1",
    )
}
