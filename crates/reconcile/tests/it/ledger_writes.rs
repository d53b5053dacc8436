//! Whole runs that are killed, fail or are overtaken at each write of their ledger, over both stores:
//! the next run ends in the same place, with nothing orphaned and nothing made twice.

use std::sync::Arc;
use std::time::Duration;

use engine::Report;
use ledger::{Journal, LedgerError, Who};
use reconcile::Wish;
use sandbox::faults::{Fault, FaultKind};

use crate::faulty_store::{Plight, Trouble};
use crate::scene::{Kept, MANIFEST, Scene, applied, moved, open, updated};

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
