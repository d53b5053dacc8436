//! The engine's table: whichever call fails once, arrives twice, is slow, or is the last before a kill,
//! the world and the ledger end as they do when nothing goes wrong.
//!
//! The plan is that of `deploy/example.yaml`, first its creation and then its removal. Each row is a
//! world of its own, on a clock that jumps.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Duration;

use model::{Entry, ErrorClass, ResourceId, Verb};

use super::actor::{Fault, Thing};
use super::stage::{Run, Stage};
use super::store::Memory;

/// The state that a row starts from.
#[derive(Clone, Copy, Debug)]
enum Start {
    /// Nothing exists, and all of the example is desired.
    Empty,
    /// All of the example exists, and nothing is desired.
    Full,
}

/// How a row ends.
#[derive(Debug, PartialEq)]
struct End {
    world: BTreeMap<ResourceId, Thing>,
    ledger: Vec<Entry>,
}

impl Start {
    /// A stage of its own for each row.
    fn stage(self) -> Stage {
        let mut stage = Stage::example();
        if let Self::Full = self {
            stage.world.restore(&FULL.0);
            stage.store.restore(&FULL.1);
            stage.desired.clear();
        }
        stage
    }
}

/// The world and the ledger after all of the example was made, once for all rows.
static FULL: LazyLock<(BTreeMap<ResourceId, Thing>, Memory)> = LazyLock::new(|| {
    in_virtual_time(async {
        let stage = Stage::example();
        let run = stage.run(&[]).await.expect("nobody kills it");
        assert!(run.is_complete(), "{:?}", run.outcomes());
        (stage.world.present(), stage.store.clone())
    })
});

/// One thread's clock, paused.
fn in_virtual_time<T>(work: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().start_paused(true).build();
    runtime.expect("a runtime").block_on(work)
}

/// Runs until a plan is empty. Gives how many runs had something to do.
async fn end(stage: &Stage, first: Option<Run>) -> (usize, End) {
    let mut runs = 1;
    let mut run = first;
    loop {
        let was_complete = run.as_ref().is_some_and(Run::is_complete);
        run = stage.run(&[]).await;
        let last = run.as_ref().expect("nobody kills it");
        if last.plan.is_empty() && last.report.is_some() {
            break;
        }
        assert!(
            !was_complete,
            "a complete run left something to do: {:?}",
            last.outcomes()
        );
        runs += 1;
        assert!(runs < 4, "the runs come to no end: {:?}", last.outcomes());
    }
    let end = End {
        world: stage.world.present(),
        ledger: stage.entries().await,
    };
    (runs, end)
}

/// The day on which nothing goes wrong: how many calls its first run makes, how many of them before
/// anything is changed, and its end.
fn calm(start: Start) -> (usize, usize, End) {
    // A runtime cannot be started inside another.
    LazyLock::force(&FULL);
    in_virtual_time(async {
        let stage = start.stage();
        let first = stage.run(&[]).await;
        let calls = stage.world.calls();
        let reads = calls.iter().take_while(|call| call.operation == "observe");
        let reads = reads.count();
        let (runs, end) = end(&stage, first).await;
        assert_eq!(runs, 1);
        (calls.len(), reads, end)
    })
}

/// Lets each call of the first run go wrong, one in each row. A row takes `runs` runs at most.
fn each_call(start: Start, fault: Fault, runs: usize) {
    let (calls, reads, calm) = calm(start);
    assert!(calls > reads, "{start:?} changes something");
    for number in 1..=calls {
        let (taken, end) = in_virtual_time(async {
            let stage = start.stage();
            stage.world.play_table();
            let first = stage.run(&[(number, fault)]).await;
            end(&stage, first).await
        });
        let row = format!("{start:?}: {fault:?} at call {number} of {calls}");
        assert_eq!(end, calm, "{row}");
        // Without an observation there is no plan: the next run has to make it.
        let runs = if number <= reads { runs.max(2) } else { runs };
        assert!(taken <= runs, "{row}: it took {taken} runs");
    }
}

/// Both directions of one fault.
fn both(fault: Fault, runs: usize) {
    each_call(Start::Empty, fault, runs);
    each_call(Start::Full, fault, runs);
}

#[test]
fn the_plan_of_the_example_makes_41_resources_and_removes_them() {
    in_virtual_time(async {
        let mut stage = Stage::example();
        let made = stage.run(&[]).await.expect("nobody kills it");
        assert_eq!(made.plan.count(Verb::Create), 41);
        assert_eq!(stage.world.present().len(), 41);
        stage.desired.clear();
        let removed = stage.run(&[]).await.expect("nobody kills it");
        assert_eq!(removed.plan.count(Verb::Delete), 41);
        assert!(stage.world.present().is_empty());
        assert!(stage.entries().await.is_empty());
    });
}

#[test]
fn each_call_is_refused_once() {
    both(Fault::Refused(ErrorClass::Denied), 2);
}

#[test]
fn each_call_is_throttled_once() {
    both(Fault::Refused(ErrorClass::Throttled), 1);
}

#[test]
fn each_call_comes_too_early_once() {
    both(Fault::Refused(ErrorClass::NotYet), 1);
}

#[test]
fn each_call_gets_lost_once() {
    both(Fault::Refused(ErrorClass::Ambiguous), 1);
}

#[test]
fn each_answer_gets_lost_once() {
    both(Fault::AnswerLost, 1);
}

#[test]
fn each_call_arrives_twice() {
    both(Fault::Repeated, 1);
}

#[test]
fn each_call_is_slow() {
    both(Fault::Slow(Duration::from_mins(25)), 1);
}

#[test]
fn each_call_is_the_last_before_a_kill() {
    both(Fault::Killed, 2);
}

#[test]
fn each_call_is_the_last_before_a_stop() {
    both(Fault::Stopped, 2);
}
