//! Drift tells who changed what drifted.

use std::time::Duration;

use jiff::SignedDuration;
use plan::{ChangedBy, Drift};
use reconcile::{Project, Wish};

use crate::fleet;
use crate::run::{Run, mail_session};

async fn drifts(project: &Project) -> Vec<Drift> {
    let ledger = project.ledger().await.expect("a ledger");
    let drifted = Box::pin(reconcile::drift(project, ledger)).await;
    drifted.expect("a ledger").drifts
}

/// Somebody with access to the account deletes an identity of SES.
async fn delete_identity(project: &Project) {
    let session = mail_session(project).await;
    let deletion = session.ses().delete_email_identity();
    let deleted = deletion.email_identity(fleet::FIRST).send().await;
    assert!(deleted.is_ok(), "{deleted:?}");
}

/// Runs this under virtual time. A drift probes over ports in real time from then on, so that each has a
/// runtime of its own, as each has a process of its own.
pub(crate) fn alone<T>(work: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().start_paused(true).build();
    runtime.expect("a runtime").block_on(work)
}

#[test]
fn the_event_in_cloudtrail_is_told_as_soon_as_aws_has_it() {
    let fleet = Run::beside_shipped(&fleet::manifest(1));
    let at = alone(async {
        assert!(fleet.bring_about(Wish::All).await.is_complete());
        let project = fleet.open();
        project.clock.sleep(Duration::from_hours(1)).await;
        delete_identity(&project).await;
        project.clock.now()
    });
    let early = alone(async { drifts(&fleet.open()).await });
    assert!(!early.is_empty());
    assert!(early.iter().all(|drift| drift.since.is_none()));
    let untold = |drift: &Drift| drift.changed_by == Some(ChangedBy::NotTold);
    assert!(early.iter().all(untold), "{early:?}");
    let late = alone(async {
        let project = fleet.open();
        project.clock.sleep(Duration::from_mins(10)).await;
        drifts(&project).await
    });
    assert_eq!(late.len(), early.len());
    for drift in late {
        assert!(drift.since.is_some_and(|since| since >= at), "{drift:?}");
        let Some(ChangedBy::Caller(caller)) = &drift.changed_by else {
            panic!("nobody: {drift:?}");
        };
        assert_eq!(caller.event, "DeleteEmailIdentity");
        assert!(
            caller.who.contains("assumed-role/mail-deploy"),
            "{caller:?}"
        );
        assert!(
            at.duration_since(caller.at) < SignedDuration::from_secs(2),
            "{caller:?}"
        );
    }
}

/// A record that changed without a call, as nothing does at AWS: the apply before it is no answer.
#[test]
fn our_own_changes_are_no_answer() {
    let fleet = Run::beside_shipped(&fleet::manifest(1));
    let drifts = alone(async {
        assert!(fleet.bring_about(Wish::All).await.is_complete());
        let project = fleet.open();
        project.clock.sleep(Duration::from_hours(1)).await;
        seed_record(&project);
        drifts(&project).await
    });
    assert_eq!(drifts.len(), 1, "{drifts:?}");
    assert_eq!(drifts[0].changed_by, Some(ChangedBy::NotTold));
}

/// Changes the DMARC record, and nobody called for it.
fn seed_record(project: &Project) {
    let sandbox = project.sandbox.as_ref().expect("a sandbox");
    let mut world = sandbox.world();
    let zone = world.route53.zones_of("111111111111").next();
    let zone = zone.expect("a zone").id.clone();
    let name = format!("_dmarc.{}", fleet::FIRST);
    let values = ["\"v=DMARC1; p=none\""];
    let seeded = world.seed_records(&zone, &name, ("TXT", 3600), &values);
    seeded.expect("a name");
}
