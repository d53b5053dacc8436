//! Runs that a CI system cancels or a container's runtime stops: a signal, some seconds, and an end that
//! nobody can handle. Whatever is still in flight then, the ledger has what was answered.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command};
use std::time::Duration;

use sandbox::faults::{Fault, FaultKind};
use serde_json::Value;
use tests::place::Place;

/// A signal, and how long after it the next one is sent.
type Sent = (&'static str, Duration);

/// GitHub Actions cancels a job so (GitHub documentation, "Workflow cancellation").
const CANCELLED: &[Sent] = &[
    ("-INT", Duration::from_millis(7_500)),
    ("-TERM", Duration::from_millis(2_500)),
    ("-KILL", Duration::ZERO),
];

/// Docker stops a container so (Docker documentation, `docker container stop`).
const STOPPED: &[Sent] = &[
    ("-TERM", Duration::from_secs(10)),
    ("-KILL", Duration::ZERO),
];

/// The time within which the ledger is written after the first signal.
const AT_LEAST: &[Sent] = &[("-TERM", Duration::from_secs(5)), ("-KILL", Duration::ZERO)];

/// Waits in real time, as the program under test does here.
fn wait(time: Duration) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    let runtime = runtime.expect("a runtime");
    runtime.block_on(clock::Clock::real().sleep(time));
}

/// Sends the signals, and gives the exit code; nothing where the program was killed.
fn send(child: &mut Child, signals: &[Sent]) -> Option<i32> {
    for (signal, pause) in signals {
        // It can have ended by the signal before.
        let id = child.id().to_string();
        let sent = Command::new("kill").args([signal, &*id]).status();
        sent.expect("kill runs");
        wait(*pause);
        if let Some(status) = child.try_wait().expect("a child") {
            return status.code();
        }
    }
    child.wait().expect("a child").code()
}

/// Waits until the ledger has the intent of the call that gets no answer, whichever store it is in.
fn wait_for_intent(place: &Place) {
    for _ in 0..600 {
        let document = "deploy/.deploy/sandbox/anycompany/ledger/example.com.jsonl";
        let is_there = place.path().join(document).exists();
        let mut texts: Vec<String> = is_there.then(|| place.read(document)).into_iter().collect();
        let world = place.world().world;
        let versions = world
            .s3
            .buckets
            .values()
            .flat_map(|bucket| bucket.objects.values());
        let objects = versions
            .flatten()
            .filter_map(|version| version.object.as_ref());
        let bodies = objects.map(|object| object.body.bytes());
        texts.extend(bodies.map(|body| String::from_utf8_lossy(&body).into_owned()));
        let is_intended =
            |line: &str| line.contains("\"intended\"") && line.contains("\"ses_identity/");
        if texts.iter().any(|text| text.lines().any(is_intended)) {
            return;
        }
        wait(Duration::from_millis(100));
    }
    panic!("the identity is never intended");
}

/// The ids of the resources on record, and of those of them that a run stopped in the middle of.
fn recorded(place: &Place) -> (Vec<String>, Vec<String>) {
    let status = place.run("status", &["--json"]).exits(0).json();
    let domains = status["domains"].as_array().expect("a list").iter();
    let resources = domains.flat_map(|one| one["resources"].as_array().expect("a list"));
    let shared = status["shared"]["resources"]
        .as_array()
        .into_iter()
        .flatten();
    let all: Vec<&Value> = resources.chain(shared).collect();
    let id = |one: &&Value| one["resource"].as_str().expect("an id").to_owned();
    let open = all.iter().filter(|one| one["open"] == true);
    (all.iter().map(id).collect(), open.map(id).collect())
}

/// Applies in real time, with an answer that does not come, and sends the signals when the first change is
/// done and that answer is waited for. Afterwards everything is brought about and removed as if nothing had happened.
fn is_stopped_by(signals: &[Sent], place: &Place) -> Option<i32> {
    place.make_world(None);
    let before = place.world().dump();
    place.change_world(|world, _| {
        world.delays.time_out = jiff::SignedDuration::from_mins(1);
        let silent = Fault::new(FaultKind::TimeOutAfter).at("ses", "CreateEmailIdentity");
        world.faults.script = vec![silent];
    });
    let apply = ["apply", place.manifest(), "--sandbox", "--speed", "1"];
    let mut child = place.start(&[&apply[..], &["--yes"]].concat());
    let mut lines = BufReader::new(child.stderr.take().expect("a pipe")).lines();
    let done = lines.by_ref().find_map(|line| {
        let line = line.expect("UTF-8");
        let (_, change) = line.split_once("✓ create ")?;
        Some(change.split_whitespace().next()?.to_owned())
    });
    let done = done.expect("a change that is done");
    wait_for_intent(place);
    let code = send(&mut child, signals);
    let said: Vec<String> = lines.map_while(Result::ok).collect();
    let (all, open) = recorded(place);
    assert!(
        all.contains(&done) && !open.contains(&done),
        "{done}: {all:?}, open {open:?}"
    );
    let is_in_flight = |id: &String| id.starts_with("ses_identity/");
    assert!(open.iter().any(is_in_flight), "{open:?}\n{said:?}");
    // What was answered before the first signal, or in the seconds after it, is not open.
    assert!(open.iter().all(is_in_flight), "{open:?}\n{said:?}");
    place.change_world(|world, _| world.faults.script.clear());
    place
        .run("apply", &["--yes", "--lock-timeout", "5m"])
        .exits(0);
    place.run("plan", &["--exit-code"]).exits(0);
    place.run("destroy", &["--yes", "--now"]).exits(0);
    assert_eq!(place.world().dump(), before);
    code
}

fn in_both_stores(signals: &[Sent], code: Option<i32>) {
    let place = || Place::of("example").in_folder().in_calm();
    for place in [place(), place().in_bucket()] {
        assert_eq!(is_stopped_by(signals, &place), code);
    }
}

#[test]
fn a_job_that_is_cancelled_loses_nothing() {
    // The second signal ends it at once, before it is killed.
    in_both_stores(CANCELLED, Some(143));
}

#[test]
fn a_container_that_is_stopped_loses_nothing() {
    in_both_stores(STOPPED, None);
}

#[test]
fn the_ledger_is_written_within_five_seconds_after_the_first_signal() {
    in_both_stores(AT_LEAST, None);
}
