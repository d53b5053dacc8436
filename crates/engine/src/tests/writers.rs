//! Two runs at once on one ledger and one world, each paused for minutes at any of its requests. A
//! run that wakes after its lease ended finds the domain in other hands, and changes nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use ledger::LedgerError;
use model::{Dependency, Resource, Spec};

use super::kind::{self, StandIn};
use super::process::{Leases, Process};
use super::stage::{Run, Stage, id, resource};

/// Seeds of one pair of runs. With four pairs they are a thousand.
const SEEDS: u64 = 250;

/// Five resources, of which some depend on others.
fn five() -> [Resource; 5] {
    let after = |name: &str, other: &str| {
        resource(name, vec![Dependency::done(&id(other), "for the test")])
    };
    [
        resource("a", Vec::new()),
        after("b", "a"),
        after("c", "b"),
        resource("d", Vec::new()),
        after("e", "d"),
    ]
}

/// The same resource with another text.
fn changed(one: Resource) -> Arc<Resource> {
    let spec = kind::Spec {
        text: "as changed".to_owned(),
        ..kind::Spec::default()
    };
    Arc::new(Resource {
        spec: Spec::of::<StandIn>(spec),
        ..one
    })
}

/// The wish of one of two runs.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Wish {
    Apply,
    Change,
    Destroy,
}

/// How often runs ended in each way, over all seeds.
#[derive(Debug, Default)]
struct Ends {
    done: usize,
    held: usize,
    lost: usize,
    moved: usize,
    expired: usize,
    other: usize,
}

impl Ends {
    fn count(&mut self, run: &Run) {
        let count = match &run.report {
            Some(Ok(_)) => &mut self.done,
            Some(Err(LedgerError::Held { .. })) => &mut self.held,
            Some(Err(LedgerError::Lost { .. })) => &mut self.lost,
            Some(Err(LedgerError::Moved { .. })) => &mut self.moved,
            Some(Err(LedgerError::Expired { .. })) => &mut self.expired,
            _ => &mut self.other,
        };
        *count += 1;
    }
}

/// Plays one seed: both runs side by side from a world in which everything exists, or nothing does.
async fn play(seed: u64, wishes: [Wish; 2], is_full: bool, ends: &mut Ends) {
    let stage = Stage::of(five());
    if is_full {
        assert!(stage.run(&[]).await.is_some_and(|run| run.is_complete()));
    }
    let leases = Leases::default();
    let objects = stage.store.objects();
    let process = |number| {
        let seed = seed * 2 + number;
        Process::new(seed, stage.clock, objects.clone(), leases.clone())
    };
    let staged = |wish| match wish {
        Wish::Apply => stage.with(stage.desired.clone()),
        Wish::Change => stage.with(five().into_iter().map(changed).collect()),
        Wish::Destroy => stage.with(Vec::new()),
    };
    let [one, other] = wishes.map(staged);
    let (first, second) = (process(0), process(1));
    let (one, other) = tokio::join!(one.run_as(&first), other.run_as(&second));
    ends.count(&one);
    ends.count(&other);
    // Nothing is orphaned: what exists is on record.
    let recorded: BTreeSet<_> = stage
        .entries()
        .await
        .into_iter()
        .map(|entry| entry.id)
        .collect();
    for id in stage.world.present().keys() {
        assert!(recorded.contains(id), "seed {seed}: {id} is not on record");
    }
    // The next run finds its way, whatever these two left.
    stage.clock.sleep(std::time::Duration::from_mins(10)).await;
    let mut runs = 0;
    loop {
        let run = stage.run(&[]).await.expect("nobody kills it");
        if run.plan.is_empty() {
            break;
        }
        assert!(run.is_complete(), "seed {seed}: {:?}", run.outcomes());
        runs += 1;
        assert!(runs < 3, "seed {seed}: the runs come to no end");
    }
    assert_eq!(stage.world.present().len(), 5, "seed {seed}");
    let entries = stage.entries().await;
    assert_eq!(entries.len(), 5, "seed {seed}");
    assert!(!entries.iter().any(model::Entry::is_open), "seed {seed}");
}

async fn all(wishes: [Wish; 2], is_full: bool) {
    let mut ends = Ends::default();
    for seed in 0..SEEDS {
        play(seed, wishes, is_full, &mut ends).await;
    }
    // Who is second is told so, and runs that woke too late have stopped.
    assert!(ends.done > 0 && ends.held + ends.moved > 0, "{ends:?}");
    assert!(ends.lost + ends.expired > 0, "{ends:?}");
    assert_eq!(ends.other, 0, "{ends:?}");
}

#[tokio::test(start_paused = true)]
async fn two_applies_at_once_lose_nothing() {
    all([Wish::Apply, Wish::Apply], false).await;
}

#[tokio::test(start_paused = true)]
async fn two_changes_at_once_lose_nothing() {
    all([Wish::Change, Wish::Change], true).await;
}

#[tokio::test(start_paused = true)]
async fn a_change_and_a_destroy_at_once_lose_nothing() {
    all([Wish::Change, Wish::Destroy], true).await;
}

#[tokio::test(start_paused = true)]
async fn two_destroys_at_once_lose_nothing() {
    all([Wish::Destroy, Wish::Destroy], true).await;
}
