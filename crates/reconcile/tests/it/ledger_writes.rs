//! Whole runs that are killed, fail or are overtaken at each write of their ledger, over both stores:
//! the next run ends in the same place, with nothing orphaned and nothing made twice.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use clock::Clock;
use engine::Report;
use jiff::Timestamp;
use ledger::{Bucket, Folder, Journal, LedgerError, Store, Who};
use manifest::MemoryFiles;
use model::Location;
use reconcile::{Environment, Error, Notice, Project, Subset, Wish};
use sandbox::Sandbox;
use sandbox::faults::{Fault, FaultKind};
use sandbox::world::World;
use serde_json::Value;
use tempfile::TempDir;

use crate::faulty_store::{FaultyStore, Plight, Trouble};
use crate::run;

const BUCKET: &str = "ledger-of-the-shop";

const MANIFEST: &str = "project: shop

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
enum Kept {
    InFolder,
    InBucket,
}

/// A world with a ledger, at some time.
struct Scene {
    sandbox: Sandbox,
    folder: TempDir,
    kept: Kept,
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

fn open(manifest: &str, sandbox: &Sandbox) -> Project {
    let files = MemoryFiles::default().with("deploy.yaml", manifest);
    let now = Timestamp::UNIX_EPOCH;
    let loaded = reconcile::load("deploy.yaml", &files, "deploy.yaml".into(), now);
    let environment = Environment::Held(sandbox.clone());
    let loaded = loaded.expect("a sound manifest");
    Project::open(loaded, &Subset::All, environment, Notice::default()).expect("a project")
}

impl Scene {
    /// A world in which nothing was applied, with the bucket for a ledger.
    async fn new(kept: Kept) -> Self {
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
    fn copy(&self) -> Self {
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

    async fn faulty(&self, project: &Project, kept: Kept, plight: &Arc<Plight>) -> FaultyStore {
        FaultyStore {
            inner: self.store(project, kept).await,
            plight: Arc::clone(plight),
            clock: self.sandbox.clock(),
        }
    }

    /// Brings a manifest about; nothing where the run was killed.
    async fn run(
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

    /// The possessions of users besides the ledger, without times and versions, and what the ledger has.
    async fn shape(&self, manifest: &str) -> (Value, Vec<String>) {
        let mut dump = self.sandbox.world().dump();
        blank(&mut dump);
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
        (dump, entries.collect())
    }
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

/// Meets every trouble at every write of a run, and runs again.
async fn meets_all(start: &Scene, course: (&str, Wish)) {
    let (undisturbed, plight) = (start.copy(), Plight::new(None));
    let ended = undisturbed
        .run(course, &plight)
        .await
        .expect("nobody kills it");
    assert!(ended.expect("a ledger").is_complete());
    let end = undisturbed.shape(course.0).await;
    let writes = plight.writes();
    assert!(writes > 5, "{writes}");
    let mut met = 0;
    for at in 1..=writes {
        for trouble in Trouble::ALL {
            let is_of_a_folder = trouble == Trouble::Torn;
            if is_of_a_folder && !matches!(start.kept, Kept::InFolder) {
                continue;
            }
            let what = format!("{:?}: {trouble:?} at {at} of {writes}", start.kept);
            let (scene, plight) = (start.copy(), Plight::new(Some((at, trouble))));
            let first = scene.run(course, &plight).await;
            // Results ride with the intents after them, a write more or less.
            if plight.writes() < at {
                assert!(first.is_some_and(|ended| ended.is_ok()), "{what}");
                continue;
            }
            met += 1;
            let kills = [Trouble::KilledBefore, Trouble::Torn, Trouble::KilledAfter];
            assert_eq!(
                first.is_none(),
                kills.contains(&trouble),
                "{what}: {first:?}"
            );
            // The lease of a run that died holds its documents for a while.
            scene.sandbox.clock().sleep(Duration::from_mins(2)).await;
            let again = scene.run(course, &Plight::new(None)).await;
            let again = again.expect("nobody kills it");
            let is_complete = again.as_ref().is_ok_and(Report::is_complete);
            assert!(is_complete, "{what}: {first:?}, then {again:?}");
            assert_eq!(scene.shape(course.0).await, end, "{what}");
            let project = open(course.0, &scene.sandbox);
            let store = scene.faulty(&project, scene.kept, &Plight::new(None)).await;
            let kinds = project.engine.kinds();
            let journal = Journal::open(Box::new(store), kinds, project.clock, Who::default());
            let ledger = journal.await.expect("a ledger").ledger();
            let plan = project.plan(ledger, course.1).await.expect("a plan").plan;
            assert!(plan.is_empty(), "{what}");
        }
    }
    assert!(met > 4 * writes, "{met} troubles at {writes} writes");
}

async fn applied(kept: Kept) -> Scene {
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
fn updated() -> String {
    MANIFEST
        .replace("p: none", "p: quarantine")
        .replace("mail_from: bounce", "mail_from: returns")
}

/// The manifest after the instance has moved to another account and region.
fn moved() -> String {
    MANIFEST.replace(
        "- { account: mail, region: eu-west-1",
        "- { account: dns, region: us-east-1",
    )
}

#[tokio::test(start_paused = true)]
async fn an_apply_survives_every_write_of_a_folder() {
    meets_all(&Scene::new(Kept::InFolder).await, (MANIFEST, Wish::All)).await;
}

#[tokio::test(start_paused = true)]
async fn an_apply_survives_every_write_of_a_bucket() {
    meets_all(&Scene::new(Kept::InBucket).await, (MANIFEST, Wish::All)).await;
}

#[tokio::test(start_paused = true)]
async fn an_update_survives_every_write_of_a_folder() {
    meets_all(&applied(Kept::InFolder).await, (&updated(), Wish::All)).await;
}

#[tokio::test(start_paused = true)]
async fn an_update_survives_every_write_of_a_bucket() {
    meets_all(&applied(Kept::InBucket).await, (&updated(), Wish::All)).await;
}

#[tokio::test(start_paused = true)]
async fn a_move_of_an_instance_survives_every_write_of_a_folder() {
    meets_all(&applied(Kept::InFolder).await, (&moved(), Wish::All)).await;
}

#[tokio::test(start_paused = true)]
async fn a_move_of_an_instance_survives_every_write_of_a_bucket() {
    meets_all(&applied(Kept::InBucket).await, (&moved(), Wish::All)).await;
}

#[tokio::test(start_paused = true)]
async fn a_destroy_survives_every_write_of_a_folder() {
    meets_all(&applied(Kept::InFolder).await, (MANIFEST, Wish::NothingNow)).await;
}

#[tokio::test(start_paused = true)]
async fn a_destroy_survives_every_write_of_a_bucket() {
    meets_all(&applied(Kept::InBucket).await, (MANIFEST, Wish::NothingNow)).await;
}

/// S3 answers a write with a conflict, late, or with something else than an answer: the run itself finds
/// out what became of it.
async fn survives_answers(start: &Scene, course: (&str, Wish)) {
    let undisturbed = start.copy();
    let ended = undisturbed.run(course, &Plight::new(None)).await;
    assert!(
        ended
            .expect("nobody kills it")
            .expect("a ledger")
            .is_complete()
    );
    let end = undisturbed.shape(course.0).await;
    let conflict = Fault::new(FaultKind::ErrorBefore).with(
        409,
        "ConditionalRequestConflict",
        "The conditional request cannot succeed due to a conflicting operation.",
    );
    let late = Fault::new(FaultKind::TimeOutAfter);
    let html = Fault::new(FaultKind::HtmlAfter);
    let stats = undisturbed.sandbox.stats();
    let puts = stats
        .iter()
        .filter(|([_, _, name, _], _)| *name == "PutObject");
    let puts: u64 = puts.map(|(_, count)| count).sum();
    assert!(puts > 5, "{puts}");
    for (call, fault) in (1..=puts).zip([conflict, late, html].iter().cycle()) {
        let scene = start.copy();
        let fault = fault.clone().at("s3", "PutObject").nth(call);
        scene.sandbox.world().faults.script = vec![fault.clone()];
        let ended = scene.run(course, &Plight::new(None)).await;
        let ended = ended.expect("nobody kills it");
        let is_complete = ended.as_ref().is_ok_and(Report::is_complete);
        assert!(is_complete, "{fault:?}: {ended:?}");
        scene.sandbox.world().faults.script.clear();
        assert_eq!(scene.shape(course.0).await, end, "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn answers_that_say_nothing_lose_nothing_of_an_update_and_a_destroy() {
    let start = applied(Kept::InBucket).await;
    survives_answers(&start, (&updated(), Wish::All)).await;
    survives_answers(&start, (MANIFEST, Wish::NothingNow)).await;
}

/// Moves the ledger from one store to the other; nothing where the program was killed.
async fn move_ledger(
    scene: &Scene,
    to: Kept,
    plight: &Arc<Plight>,
) -> Option<Result<usize, LedgerError>> {
    let project = open(MANIFEST, &scene.sandbox);
    let source = scene.faulty(&project, scene.kept, plight).await;
    let target = scene.faulty(&project, to, plight).await;
    let kinds = project.engine.kinds();
    let moves = async {
        let run = (project.clock, Who::default());
        let place = "the other place";
        let journal = Journal::open_to_move(Box::new(source), kinds, run, place).await?;
        journal.move_to(&target, kinds, place).await
    };
    tokio::select! {
        biased;
        () = plight.killed() => None,
        ended = moves => Some(ended),
    }
}

/// Reads the ledger in one of the stores.
async fn read(scene: &Scene, kept: Kept) -> Result<model::Ledger, LedgerError> {
    let project = open(MANIFEST, &scene.sandbox);
    let store = scene.faulty(&project, kept, &Plight::new(None)).await;
    let kinds = project.engine.kinds();
    let opened = Journal::open(Box::new(store), kinds, project.clock, Who::default()).await;
    Ok(opened?.ledger())
}

/// Killed or failed at any write, at the old place or at the new one, a move goes on when it is run
/// again. Nothing is lost, and the old place refuses.
#[tokio::test(start_paused = true)]
async fn a_move_of_the_ledger_goes_on_from_each_of_its_writes() {
    for (from, to) in [
        (Kept::InFolder, Kept::InBucket),
        (Kept::InBucket, Kept::InFolder),
    ] {
        let start = applied(from).await;
        let before = read(&start, from).await.expect("a ledger");
        let (undisturbed, plight) = (start.copy(), Plight::new(None));
        let moved = move_ledger(&undisturbed, to, &plight).await;
        assert_eq!(
            moved.expect("nobody kills it").expect("moves"),
            before.domains.len()
        );
        let writes = plight.writes();
        assert!(writes > 4, "{writes}");
        for at in 1..=writes {
            for trouble in Trouble::ALL {
                // Another run that writes a ledger at the new place makes it another ledger's.
                if trouble == Trouble::Taken {
                    continue;
                }
                let what = format!("{from:?} to {to:?}: {trouble:?} at {at} of {writes}");
                let (scene, plight) = (start.copy(), Plight::new(Some((at, trouble))));
                let first = move_ledger(&scene, to, &plight).await;
                assert!(!matches!(first, Some(Ok(_))), "{what}: it ended well");
                scene.sandbox.clock().sleep(Duration::from_mins(2)).await;
                let again = move_ledger(&scene, to, &Plight::new(None)).await;
                let again = again.expect("nobody kills it");
                assert!(again.is_ok(), "{what}: {first:?}, then {again:?}");
                assert_eq!(read(&scene, to).await.expect("a ledger"), before, "{what}");
                let old = read(&scene, from).await;
                assert!(
                    matches!(old, Err(LedgerError::Gone { .. })),
                    "{what}: {old:?}"
                );
            }
        }
    }
}
