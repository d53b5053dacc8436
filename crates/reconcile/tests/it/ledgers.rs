//! Whole runs with their ledger in S3: two at once, answers that are lost, a bucket that is not there.

use std::collections::BTreeSet;

use ledger::{Journal, LedgerError};
use model::Ledger;
use reconcile::{Destination, Error, Made, Project, Who, Wish};
use sandbox::faults::{Fault, FaultKind};

use crate::run::{Run, carry_out};

/// The manifest for teams, whose bucket is made.
pub(crate) async fn team() -> Run {
    let run = Run::shipped("team");
    let made = reconcile::create_ledger(&run.open()).await;
    assert_eq!(made.expect("makes it"), Made::New);
    run
}

fn who() -> Who {
    Who {
        name: "a colleague".to_owned(),
        host: "another machine".to_owned(),
        link: Some("https://ci.example/7".to_owned()),
        command: "deploy apply".to_owned(),
    }
}

fn documents() -> BTreeSet<String> {
    BTreeSet::from(["example.com".to_owned()])
}

/// Calls of one operation of S3 so far.
fn calls(project: &Project, operation: &str) -> u64 {
    let stats = project.sandbox.as_ref().expect("a sandbox").stats();
    let of = stats
        .iter()
        .filter(|([_, service, name, _], _)| *service == "s3" && *name == operation);
    of.map(|(_, calls)| calls).sum()
}

fn fault(project: &Project, fault: Fault) {
    let sandbox = project.sandbox.as_ref().expect("a sandbox");
    sandbox.world().faults.script.push(fault);
}

#[tokio::test(start_paused = true)]
async fn a_ledger_in_s3_has_what_was_applied() {
    let run = team().await;
    let planned = run.plan().await;
    let report = run.bring_about(Wish::All).await;
    assert!(report.is_complete(), "{report:?}");
    let ledger = run.ledger().await;
    assert_eq!(ledger.entries().count(), planned.desired.len());
    assert!(run.plan().await.plan.is_empty());
    let again = reconcile::create_ledger(&run.open()).await;
    assert_eq!(again.expect("brings it in line"), Made::Again);
    let report = run.bring_about(Wish::NothingNow).await;
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(run.ledger().await.entries().count(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_missing_bucket_says_how_to_make_it() {
    let run = Run::shipped("team");
    let Err(Error::Outside { source, .. }) = run.open().ledger().await else {
        panic!("there is no bucket");
    };
    let said = source.to_string();
    assert!(said.contains("deploy ledger create"), "{said}");
}

/// The bucket itself refuses a write that does not say which version it replaces.
#[tokio::test(start_paused = true)]
async fn the_bucket_refuses_a_write_without_a_condition() {
    let run = team().await;
    let project = run.open();
    let location = model::Location {
        account: "mail".into(),
        account_id: "222222222222".parse().expect("an account id"),
        region: "eu-west-1".into(),
    };
    let session = Box::pin(project.engine.session(&location))
        .await
        .expect("a session");
    let put = session
        .s3()
        .put_object()
        .bucket("anycompany-deploy-ledger")
        .key("anycompany-team/ledger/example.com.jsonl");
    let refused = put.send().await.expect_err("refuses");
    assert_eq!(aws::code(&refused), Some("AccessDenied"));
}

/// A run carries out what was planned on the ledger as it is, or nothing.
#[tokio::test(start_paused = true)]
async fn of_two_runs_with_one_plan_one_applies() {
    let run = team().await;
    let project = run.open();
    let slow = project.journal(Who::default()).await.expect("a ledger");
    let quick = project.journal(Who::default()).await.expect("a ledger");
    let planned = project.plan(slow.ledger(), Wish::All).await;
    let planned = planned.expect("open accounts");
    let report = carry_out(&project, &planned, &quick).await;
    assert!(report.expect("a ledger").is_complete());
    quick.close().await.expect("closes");
    let sandbox = project.sandbox.as_ref().expect("a sandbox");
    let before = sandbox.world().dump()["ses"].clone();
    let Err(Error::Outside { source, .. }) = carry_out(&project, &planned, &slow).await else {
        panic!("it was carried out twice");
    };
    assert!(source.to_string().contains("changed since"), "{source}");
    assert_eq!(sandbox.world().dump()["ses"], before);
    drop((slow, project));
    assert!(run.plan().await.plan.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_live_run_is_named_and_a_dead_one_is_taken_over() {
    let run = team().await;
    let project = run.open();
    let first = project.journal(who()).await.expect("a ledger");
    first.claim(&documents()).await.expect("claims");
    let (_, claims) = project.ledger_and_others().await.expect("asks");
    assert_eq!(claims.len(), 1);
    assert_eq!(
        claims[0].holder.link.as_deref(),
        Some("https://ci.example/7")
    );
    // It renews its lease for as long as it lives, however long that is.
    project
        .clock
        .sleep(std::time::Duration::from_mins(30))
        .await;
    let second = project.journal(Who::default()).await.expect("a ledger");
    let refused = second.claim(&documents()).await.expect_err("refuses");
    assert!(matches!(refused, LedgerError::Held { .. }), "{refused}");
    // It dies, and its lease ends by S3's clock.
    drop(first);
    project.clock.sleep(std::time::Duration::from_mins(1)).await;
    second
        .claim(&documents())
        .await
        .expect_err("it may be alive");
    project
        .clock
        .sleep(std::time::Duration::from_secs(40))
        .await;
    second.claim(&documents()).await.expect("it is dead");
    second.close().await.expect("closes");
}

#[tokio::test(start_paused = true)]
async fn a_run_that_waits_goes_on_when_the_other_ends() {
    let run = team().await;
    let project = run.open();
    let first = project.journal(who()).await.expect("a ledger");
    first.claim(&documents()).await.expect("claims");
    let limit = std::time::Duration::from_mins(10);
    let ends = async {
        project.clock.sleep(std::time::Duration::from_mins(2)).await;
        first.close().await.expect("closes");
    };
    let opens = project.journal_when_free(Who::default(), limit, &|_| {});
    let (opened, ()) = tokio::join!(opens, ends);
    let claimed = opened.expect("opens").claim(&documents()).await;
    claimed.expect("it is free");
}

/// A ledger whose writes fail or have no answer has what was done, and nothing twice. Each
/// write of an apply has one of the three faults, in turn: all three at every write are the model's
/// (`protocol.rs` of the ledger), which needs no apply for each.
#[tokio::test(start_paused = true)]
async fn lost_answers_and_conflicts_lose_nothing() {
    let whole = {
        let run = team().await;
        run.apply().await;
        calls(&run.open(), "PutObject")
    };
    let kinds = [
        FaultKind::ErrorAfter,
        FaultKind::Throttle,
        FaultKind::TimeOutBefore,
    ];
    for (call, kind) in (1..=whole).zip(kinds.into_iter().cycle()) {
        let run = team().await;
        let project = run.open();
        fault(&project, Fault::new(kind).at("s3", "PutObject").nth(call));
        drop(project);
        run.apply().await;
        let project = run.open();
        let (ledger, others) = project.ledger_and_others().await.expect("a ledger");
        assert_eq!(others, [], "{kind:?} at {call}");
        let open: Vec<_> = ledger.entries().filter(|entry| entry.is_open()).collect();
        assert!(open.is_empty(), "{kind:?} at {call}: {open:?}");
        let again = project.plan(ledger, Wish::All).await.expect("a plan");
        assert!(again.plan.is_empty(), "{kind:?} at {call}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_ledger_moves_to_s3_and_back() {
    let run = team().await;
    run.apply().await;
    let before: Ledger = run.ledger().await;
    let beside = &run.folder();
    let project = run.open();
    let moved = reconcile::move_ledger(&project, beside, Destination::Folder, who()).await;
    assert_eq!(moved.expect("moves").0, before.domains.len());
    let Err(Error::Outside { source, .. }) = project.ledger().await else {
        panic!("the bucket is still used");
    };
    assert!(source.to_string().contains("the ledger moved"), "{source}");
    let set = calls(&project, "PutBucketPolicy");
    let Err(Error::Outside { source, .. }) = reconcile::create_ledger(&project).await else {
        panic!("the bucket's ledger is elsewhere");
    };
    assert!(source.to_string().contains("the ledger moved"), "{source}");
    assert_eq!(calls(&project, "PutBucketPolicy"), set);
    let folder = Box::new(ledger::Folder::new(
        beside.join(".deploy/sandbox/anycompany-team"),
    ));
    let kinds = project.engine.kinds();
    let opened = Journal::open(folder, kinds, project.clock, who()).await;
    assert_eq!(opened.expect("opens").ledger(), before);
}
