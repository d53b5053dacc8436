//! How single steps end: what others do when one fails, what is sent together, and what a stop leaves.

use std::time::Duration;

use model::{Dependency, ErrorClass, Resource, Spec};

use super::actor::{Fault, REFUSED};
use super::kind::{self, BROKEN, StandIn};
use super::stage::{Stage, id, resource};
use crate::ActionOutcome;

/// A resource with a spec of its own.
fn with(one: Resource, change: impl FnOnce(&mut kind::Spec)) -> Resource {
    let mut spec = one.spec.get::<StandIn>().expect("of these tests").clone();
    change(&mut spec);
    Resource {
        spec: Spec::of::<StandIn>(spec),
        ..one
    }
}

fn free(name: &str) -> Resource {
    resource(name, Vec::new())
}

fn after_done(name: &str, other: &str) -> Resource {
    resource(name, vec![Dependency::done(&id(other), "for the test")])
}

fn after_ready(name: &str, other: &str) -> Resource {
    resource(name, vec![Dependency::ready(&id(other), "for the test")])
}

/// A resource of the one batch.
fn together(name: &str) -> Resource {
    with(free(name), |spec| spec.batch = Some("zone".to_owned()))
}

/// The number of the first call after `observed` resources were observed.
fn change(observed: usize) -> usize {
    observed + 1
}

#[tokio::test(start_paused = true)]
async fn a_failure_skips_what_depends_on_it_and_nothing_else() {
    let stage = Stage::of([
        free("a"),
        after_done("b", "a"),
        after_done("c", "b"),
        free("d"),
    ]);
    let fault = Fault::Refused(ErrorClass::Denied);
    let run = stage.run(&[(change(4), fault)]).await.expect("a run");
    let outcomes = run.outcomes();
    assert!(
        matches!(outcomes[0], ("a", ActionOutcome::Failed(_))),
        "{outcomes:?}"
    );
    let at = |name| {
        outcomes
            .iter()
            .position(|(one, _)| *one == name)
            .expect("an action")
    };
    assert_eq!(outcomes[at("b")].1, &ActionOutcome::Skipped(at("a")));
    assert_eq!(outcomes[at("c")].1, &ActionOutcome::Skipped(at("b")));
    assert_eq!(outcomes[at("d")].1, &ActionOutcome::Done);
}

/// A refusal had no effect, so that its intent is closed; nobody knows of a call without an answer.
#[tokio::test(start_paused = true)]
async fn a_refusal_closes_the_intent_and_silence_leaves_it_open() {
    for (class, is_open) in [(ErrorClass::Denied, false), (ErrorClass::Ambiguous, true)] {
        let stage = Stage::of([free("a")]);
        let faults: Vec<_> = (change(1)..40)
            .map(|number| (number, Fault::Refused(class)))
            .collect();
        let run = stage.run(&faults).await.expect("a run");
        assert!(
            matches!(run.outcomes()[0].1, ActionOutcome::Failed(_)),
            "{class:?}"
        );
        let entries = stage.entries().await;
        assert_eq!(
            entries.iter().any(model::Entry::is_open),
            is_open,
            "{class:?}"
        );
    }
}

/// A call of which no answer came is not sent again before it was observed that it had no effect.
#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_observed_and_the_call_is_not_sent_again() {
    let stage = Stage::of([free("a")]);
    let run = stage
        .run(&[(change(1), Fault::AnswerLost)])
        .await
        .expect("a run");
    assert!(run.is_complete());
    assert_eq!(
        stage.world.operations(),
        ["observe", "create", "observe", "observe"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_lost_request_is_sent_again_once_observed() {
    let stage = Stage::of([free("a")]);
    let fault = Fault::Refused(ErrorClass::Ambiguous);
    let run = stage.run(&[(change(1), fault)]).await.expect("a run");
    assert!(run.is_complete());
    assert_eq!(
        stage.world.operations(),
        ["observe", "create", "observe", "create", "observe"]
    );
}

/// S3 refuses a name for up to an hour, and now and then the answer to one of many such calls is lost.
#[tokio::test(start_paused = true)]
async fn an_answer_ends_the_count_of_lost_ones() {
    let lost = || Fault::Refused(ErrorClass::Ambiguous);
    let later = || Fault::Refused(ErrorClass::NotYet);
    // A call by itself is observed before it is sent again; a batch compares by itself.
    for (resource, calls) in [(free("a"), 3), (together("a"), 2)] {
        let stage = Stage::of([resource]);
        let faults: Vec<_> = (0..20)
            .map(|round| change(1) + round * calls)
            .flat_map(|first| [(first, lost()), (first + calls - 1, later())])
            .collect();
        let run = stage.run(&faults).await.expect("a run");
        assert!(run.is_complete(), "{:?}", run.outcomes());
    }
}

#[tokio::test(start_paused = true)]
async fn one_key_goes_out_in_one_call() {
    let stage = Stage::of([together("a"), together("b"), together("c")]);
    let run = stage.run(&[]).await.expect("a run");
    assert!(run.is_complete());
    let calls = stage.world.calls();
    let changes: Vec<_> = calls
        .iter()
        .filter(|call| call.operation == "change")
        .collect();
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].resources.len(), 3);
}

/// How many members each batch has in which `desired` goes away.
async fn batches_of_removal(desired: Vec<Resource>) -> Vec<usize> {
    let stage = Stage::of(desired);
    let run = stage.run(&[]).await.expect("a run");
    assert!(run.is_complete());
    let run = stage.with(Vec::new()).run(&[]).await.expect("a run");
    assert!(run.is_complete());
    let calls = stage.world.calls().into_iter();
    let changes = calls.filter(|call| call.operation == "change");
    changes.map(|call| call.resources.len()).collect()
}

/// A resource of the one batch, in a zone.
fn in_zone(name: &str) -> Resource {
    with(after_done(name, "zone"), |spec| {
        spec.batch = Some("zone".to_owned());
    })
}

#[tokio::test(start_paused = true)]
async fn a_removal_that_nobody_waits_for_goes_out_with_a_later_one() {
    let later = || vec![free("zone"), in_zone("late"), after_done("site", "late")];
    let mut desired = later();
    desired.push(in_zone("early"));
    assert_eq!(batches_of_removal(desired).await, [2]);
    // Where something waits for it that the later one does not hold back, it goes at once.
    let mut desired = later();
    desired.extend([
        free("other"),
        with(after_done("early", "other"), |spec| {
            spec.batch = Some("zone".to_owned());
        }),
    ]);
    assert_eq!(batches_of_removal(desired).await, [1, 1]);
}

#[tokio::test(start_paused = true)]
async fn one_bad_member_of_a_batch_fails_alone() {
    let stage = Stage::of([together("a"), together(REFUSED), together("c")]);
    let run = stage.run(&[]).await.expect("a run");
    for (name, outcome) in run.outcomes() {
        let failed = matches!(outcome, ActionOutcome::Failed(_));
        assert_eq!(failed, name == REFUSED, "{name}: {outcome:?}");
    }
}

/// A resource that takes longer than the run waits is `Waiting`: the actions that depend on its readiness
/// are skipped, those that depend on its call go on.
#[tokio::test(start_paused = true)]
async fn what_is_not_ready_in_time_holds_back_only_those_that_wait_for_it() {
    let slow = with(free("slow"), |spec| spec.ready_after = 3600);
    let mut stage = Stage::of([
        slow,
        after_done("done", "slow"),
        after_ready("ready", "slow"),
    ]);
    stage.options.wait = Duration::from_mins(10);
    let run = stage.run(&[]).await.expect("a run");
    let outcomes = run.outcomes();
    let of = |name| {
        outcomes
            .iter()
            .find(|(one, _)| *one == name)
            .expect("an action")
            .1
    };
    assert!(
        matches!(of("slow"), ActionOutcome::Waiting(_)),
        "{outcomes:?}"
    );
    assert_eq!(of("done"), &ActionOutcome::Done);
    assert!(
        matches!(of("ready"), ActionOutcome::Skipped(_)),
        "{outcomes:?}"
    );
}

/// S3 refuses the name of a deleted bucket for up to an hour: a policy put on it meanwhile would fail.
#[tokio::test(start_paused = true)]
async fn what_is_not_made_in_time_holds_back_all_that_come_after_it() {
    for first in [free("a"), together("a")] {
        let mut stage = Stage::of([first, after_done("b", "a")]);
        stage.options.wait = Duration::from_mins(10);
        let later = (change(2)..2000).map(|call| (call, Fault::Refused(ErrorClass::NotYet)));
        let run = stage.run(&later.collect::<Vec<_>>()).await.expect("a run");
        let outcomes = run.outcomes();
        assert!(
            matches!(outcomes[0].1, ActionOutcome::NotYet(_)),
            "{outcomes:?}"
        );
        assert_eq!(outcomes[1].1, &ActionOutcome::Skipped(0));
    }
}

#[tokio::test(start_paused = true)]
async fn what_never_gets_ready_is_broken_and_not_waited_for() {
    let broken = with(free("a"), |spec| spec.text = BROKEN.to_owned());
    let stage = Stage::of([broken, after_ready("b", "a")]);
    let run = stage.run(&[]).await.expect("a run");
    assert_eq!(
        run.outcomes()[0].1,
        &ActionOutcome::Broken("it is broken".to_owned())
    );
    assert!(matches!(run.outcomes()[1].1, ActionOutcome::Skipped(0)));
}

/// The first signal: what is under way ends and is on record, and nothing more begins.
#[tokio::test(start_paused = true)]
async fn a_stop_ends_what_is_under_way_and_begins_nothing() {
    let stage = Stage::of([free("a"), after_done("b", "a"), after_done("c", "b")]);
    let run = stage
        .run(&[(change(3), Fault::Stopped)])
        .await
        .expect("a run");
    let outcomes: Vec<_> = run
        .outcomes()
        .into_iter()
        .map(|(_, outcome)| outcome)
        .collect();
    assert_eq!(
        outcomes,
        [
            &ActionOutcome::Done,
            &ActionOutcome::NotBegun,
            &ActionOutcome::NotBegun
        ]
    );
    let entries = stage.entries().await;
    assert_eq!(entries.len(), 1);
    assert!(!entries[0].is_open());
    assert!(stage.run(&[]).await.expect("a run").is_complete());
}

/// Without its ledger a run sends nothing more.
#[tokio::test(start_paused = true)]
async fn what_cannot_be_recorded_is_not_sent() {
    let stage = Stage::of([free("a"), after_done("b", "a")]);
    // The lease of the run, and then the first intent.
    stage.store.fail_after(2);
    let run = stage.run(&[]).await.expect("a run");
    assert!(matches!(run.report, Some(Err(_))));
    let changes = stage.world.calls().into_iter();
    assert_eq!(changes.filter(|call| call.operation == "create").count(), 0);
    assert!(stage.run(&[]).await.expect("a run").is_complete());
}
