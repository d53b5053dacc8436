//! The engine's table: whichever call fails once, is repeated or is slow, the world and the ledger
//! end as they do on a calm day.
//!
//! Each row applies `deploy/example.yaml` in a sandbox of its own, on a clock that jumps. A row may
//! take one run more than the calm day, and ends with an empty plan.

mod stage;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use engine::Progress;
use jiff::{SignedDuration, Timestamp};
use model::{Ledger, State, Verb};
use plan::Actual;
use sandbox::faults::{Fault, FaultKind};
use serde_json::{Value, json};
use stage::{Run, Stage};

/// Longer than all that the world does by itself.
const SETTLES: Duration = Duration::from_hours(2);

/// How a row ends.
#[derive(Debug, PartialEq)]
struct End {
    world: Value,
    ledger: Value,
}

fn calm(_: &Progress<'_>) {}

/// Runs until nothing is left to do, which at most one run more may be needed for.
async fn end(stage: &Stage, first: &Run) -> Result<End, String> {
    let mut again = stage.run(&calm).await;
    if !first.is_complete() {
        if !again.is_complete() {
            let report = again.report.as_ref().map(|report| &report.outcomes);
            return Err(format!("the second run is incomplete: {report:?}"));
        }
        again = stage.run(&calm).await;
    }
    if !again.plan.is_empty() {
        let left = again.plan.actions.iter().filter(|action| action.changes());
        let left: Vec<_> = left
            .map(|action| (action.verb(), &action.resource))
            .collect();
        return Err(format!("the last plan is not empty: {left:?}"));
    }
    // What was last seen, and when, differs from row to row: all is seen once more.
    stage.sandbox.clock().sleep(SETTLES).await;
    let last = stage.run(&calm).await;
    let (ledger, names) = ledger(&stage.ledger(), &last.actual);
    let world = normal(stage.sandbox.world().dump(), &names);
    Ok(End {
        world,
        ledger: normal(ledger, &names),
    })
}

/// The entries with the states that were observed last, and our names for AWS's names.
fn ledger(ledger: &Ledger, actual: &Actual) -> (Value, BTreeMap<String, String>) {
    let mut names = BTreeMap::new();
    let mut entries = Vec::new();
    for entry in ledger.entries().chain(ledger.retired()) {
        let seen = actual.iter().find(|(target, _)| target.id == entry.id);
        let state = seen.and_then(|(_, seen)| seen.state());
        let physical = entry
            .physical()
            .map(|physical| physical.as_str().to_owned());
        names.extend(
            physical
                .into_iter()
                .map(|name| (name, entry.id.to_string())),
        );
        entries.push(json!({
            "id": entry.id,
            "location": entry.location,
            "open": entry.is_open(),
            "physical": entry.physical(),
            "spec": entry.spec,
            "state": state.map(State::to_json),
            "origin": entry.origin,
            "before": entry.before,
            "serves_policy": entry.serves_policy,
            "dependencies": entry.dependencies,
            "impact": entry.impact,
        }));
    }
    (Value::Array(entries), names)
}

/// A value without times, and with our names in place of those that AWS invents.
fn normal(value: Value, names: &BTreeMap<String, String>) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, field)| (renamed(&name, names), normal(field, names)))
            .collect(),
        Value::Array(items) => items.into_iter().map(|item| normal(item, names)).collect(),
        Value::String(text) if text.parse::<Timestamp>().is_ok() => "a time".into(),
        Value::String(text) => renamed(&text, names).into(),
        other => other,
    }
}

fn renamed(text: &str, names: &BTreeMap<String, String>) -> String {
    let name = names.get(text);
    name.cloned().unwrap_or_else(|| text.to_owned())
}

/// Where two values differ, as paths.
fn differences(path: &str, one: &Value, other: &Value, found: &mut Vec<String>) {
    match (one, other) {
        (Value::Object(left), Value::Object(right)) => {
            let names = left
                .keys()
                .chain(right.keys().filter(|name| !left.contains_key(*name)));
            for name in names {
                let field = |side: &serde_json::Map<String, Value>| {
                    side.get(name).cloned().unwrap_or_default()
                };
                differences(
                    &format!("{path}/{name}"),
                    &field(left),
                    &field(right),
                    found,
                );
            }
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            for (position, (left, right)) in left.iter().zip(right).enumerate() {
                differences(&format!("{path}/{position}"), left, right, found);
            }
        }
        _ if one != other => found.push(format!("{path}: {one} / {other}")),
        _ => {}
    }
}

/// One thread's clock, paused.
fn on_a_paused_clock<T>(work: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().start_paused(true).build();
    runtime.expect("a runtime").block_on(work)
}

/// The calm day: its stage, its first run, and its end.
fn reference() -> (Stage, Run, End) {
    on_a_paused_clock(async {
        let stage = Stage::new(None);
        let first = stage.run(&calm).await;
        assert_eq!(
            first
                .report
                .as_ref()
                .map(|report| report.unfinished().count()),
            Some(0)
        );
        let calls = stage.sandbox.stats().log.len();
        let end = end(&stage, &first).await.expect("a calm day ends well");
        assert!(calls > 0);
        (stage, first, end)
    })
}

/// Plays each row, on as many threads as there are processors, and compares its end.
fn table(rows: usize, end_of: impl Fn(usize) -> Result<End, String> + Sync, reference: &End) {
    let next = AtomicUsize::new(0);
    let wrong = std::sync::Mutex::new(Vec::new());
    let play = || {
        loop {
            let row = next.fetch_add(1, Ordering::Relaxed);
            if row >= rows {
                return;
            }
            let said = match end_of(row) {
                Ok(end) => {
                    let mut found = Vec::new();
                    differences("world", &reference.world, &end.world, &mut found);
                    differences("ledger", &reference.ledger, &end.ledger, &mut found);
                    found.join("\n")
                }
                Err(reason) => reason,
            };
            if !said.is_empty() {
                wrong
                    .lock()
                    .expect("no row panics")
                    .push(format!("row {row}: {said}"));
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(play);
        }
    });
    let wrong = wrong.into_inner().expect("no row panics");
    assert!(
        wrong.is_empty(),
        "{} of {rows} rows:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// How many calls of the calm day's first run change something.
fn changes(fault: &dyn Fn(u64) -> Fault) -> (usize, End) {
    let (count, end) = on_a_paused_clock(async {
        let stage = Stage::new(None);
        let first = stage.run(&calm).await;
        let log = stage.sandbox.stats().log;
        let count = log.iter().filter(|call| call.changing).count();
        (
            count,
            end(&stage, &first).await.expect("a calm day ends well"),
        )
    });
    let _ = fault;
    (count, end)
}

fn each_change(fault: impl Fn(u64) -> Fault + Sync) {
    let (rows, reference) = changes(&fault);
    let end_of = |row: usize| {
        on_a_paused_clock(async {
            let number = u64::try_from(row + 1).expect("few rows");
            let stage = Stage::new(Some(fault(number)));
            let first = stage.run(&calm).await;
            end(&stage, &first).await
        })
    };
    table(rows, end_of, &reference);
}

#[test]
fn the_calm_day_makes_all_of_the_example() {
    let (_, first, _) = reference();
    let made = first
        .plan
        .actions
        .iter()
        .filter(|action| action.verb() == Verb::Create);
    assert_eq!(made.count(), 37);
}

#[test]
fn each_change_is_refused_once() {
    each_change(|number| {
        let fault = Fault::new(FaultKind::ErrorBefore).at_changes().nth(number);
        fault.with(403, "AccessDenied", "not today")
    });
}

#[test]
fn each_change_fails_once() {
    each_change(|number| Fault::new(FaultKind::ErrorBefore).at_changes().nth(number));
}

#[test]
fn each_change_is_repeated() {
    each_change(|number| Fault::new(FaultKind::TimeOutAfter).at_changes().nth(number));
}

/// While an action is under way, every answer takes almost as long as is waited for.
#[test]
fn each_action_is_slow() {
    let (_, first, reference) = reference();
    let end_of = |row: usize| {
        on_a_paused_clock(async {
            let stage = Stage::new(None);
            let calm_delays = stage.sandbox.world().delays.clone();
            let watch = |progress: &Progress<'_>| match progress {
                Progress::Started(action) if *action == row => {
                    let delays = &mut stage.sandbox.world().delays;
                    delays.call_shortest = SignedDuration::from_secs(25);
                    delays.call_longest = SignedDuration::from_secs(28);
                }
                Progress::Finished(action, _) if *action == row => {
                    stage.sandbox.world().delays = calm_delays.clone();
                }
                _ => {}
            };
            let first = stage.run(&watch).await;
            if !first.is_complete() {
                let outcomes = first.report.map(|report| report.outcomes);
                return Err(format!("slow is not failed: {outcomes:?}"));
            }
            end(&stage, &first).await
        })
    };
    table(first.plan.actions.len(), end_of, &reference);
}
