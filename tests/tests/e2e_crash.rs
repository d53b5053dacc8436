//! Killed, failed, throttled or left without an answer at any call: the next run ends in the same
//! place. A call that changes something is counted from 1 to the last; each is tried.

use sandbox::faults::{Fault, FaultKind};
use serde_json::Value;
use tests::place::{Moment, Place};

/// The possessions of users, without times and without the ids of object versions, which count.
fn shape(moment: &Moment) -> Value {
    fn blank(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                if fields.contains_key("modified") {
                    fields.remove("id");
                }
                fields.values_mut().for_each(blank);
            }
            Value::Array(items) => {
                items.iter_mut().for_each(blank);
                // A file that is sent again is a version more of the same object.
                items.dedup();
                // The values of a set have no order.
                if items.iter().all(Value::is_string) {
                    items.sort_by_key(ToString::to_string);
                }
            }
            Value::String(text) if text.parse::<jiff::Timestamp>().is_ok() => {
                *value = Value::Null;
            }
            _ => {}
        }
    }
    let mut dump = moment.owned();
    blank(&mut dump);
    dump
}

/// A start from which each trial sets out, and where all of them must end.
struct Course {
    start: Place,
    command: &'static str,
    options: &'static [&'static str],
    calls: u64,
    end: Value,
    between: fn(&Self, &Place),
}

impl Course {
    fn new(start: Place, command: &'static str) -> Self {
        let undisturbed = start.copy();
        undisturbed.keep_calls();
        // The view of external observers is not the subject here.
        let options: &[&str] = match command {
            "apply" => &["--yes", "--no-verify"],
            _ => &["--yes"],
        };
        undisturbed.run(command, options).exits(0);
        let calls = undisturbed
            .all_calls()
            .iter()
            .filter(|call| call.changing)
            .count();
        Self {
            start,
            command,
            options,
            calls: calls as u64,
            end: shape(&undisturbed.world()),
            between: |_, _| {},
        }
    }

    /// The same with something that happens between the two runs.
    fn with_between(mut self, between: fn(&Self, &Place)) -> Self {
        self.between = between;
        self
    }

    /// Kills one more run at its second change, wherever the one before was killed.
    fn kill_again(&self, place: &Place) {
        place.change_world(|world, _| world.faults.script = vec![kill(FaultKind::KillAfter, 2)]);
        place.run(self.command, self.options);
        place.change_world(|world, _| world.faults.script.clear());
    }

    /// Runs into the fault, then runs again without it; what went wrong.
    fn trial(&self, fault: &Fault) -> Option<String> {
        let place = self.start.copy();
        place.change_world(|world, _| world.faults.script = vec![fault.clone()]);
        let first = place.run(self.command, self.options);
        let killed = matches!(fault.kind, FaultKind::KillBefore | FaultKind::KillAfter);
        // Every run makes the same calls, so that each of them can be killed.
        if killed && first.code != 137 {
            return Some(format!("{fault:?} never came\n{}", first.stderr));
        }
        if !killed && ![0, 1, 4, 5].contains(&first.code) {
            return Some(format!("{fault:?}: first {}\n{}", first.code, first.stderr));
        }
        place.change_world(|world, _| world.faults.script.clear());
        (self.between)(self, &place);
        let second = place.run(self.command, self.options);
        if second.code != 0 {
            return Some(format!(
                "{fault:?}: {} and then {}\n{}\n{}\n{}",
                first.code, second.code, first.stderr, second.stdout, second.stderr
            ));
        }
        let end = shape(&place.world());
        (end != self.end).then(|| format!("{fault:?}: {}", difference(&self.end, &end)))
    }

    /// Tries all, on every core.
    #[track_caller]
    fn all(&self, faults: Vec<Fault>) {
        tests::trials::all_hold(faults, |fault| self.trial(fault));
    }
}

/// The first place where two values differ.
fn difference(expected: &Value, found: &Value) -> String {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            let keys = expected.keys().chain(found.keys());
            for key in keys {
                let pair = (expected.get(key), found.get(key));
                match pair {
                    (Some(a), Some(b)) if a == b => {}
                    (Some(a), Some(b)) => return format!("{key} / {}", difference(a, b)),
                    (Some(_), None) => return format!("{key} is missing"),
                    (None, _) => return format!("{key} is too much"),
                }
            }
            String::new()
        }
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            let mut pairs = expected.iter().zip(found);
            let pair = pairs.find(|(a, b)| a != b);
            pair.map_or_else(String::new, |(a, b)| difference(a, b))
        }
        _ => format!("{expected} became {found}"),
    }
}

fn fresh(name: &str) -> Place {
    let place = Place::of(name);
    place.make_world(None);
    place
}

fn applied(name: &str) -> Place {
    let place = fresh(name);
    place.apply().exits(0);
    place
}

fn kill(kind: FaultKind, call: u64) -> Fault {
    Fault::new(kind).at_changes().nth(call)
}

/// Promise 2: "Kill it at any call; the next apply ends in the same place, with nothing orphaned and
/// nothing made twice." Before a call the world is as after the one before it, and an intent is open
/// for which nothing was done: that is tried at every sixth.
#[test]
fn apply_killed_at_any_call_ends_in_the_same_place() {
    let course = Course::new(fresh("example"), "apply");
    let faults = (1..=course.calls).flat_map(|call| {
        let before = (call % 6 == 0).then(|| kill(FaultKind::KillBefore, call));
        [Some(kill(FaultKind::KillAfter, call)), before]
    });
    course.all(faults.flatten().collect());
}

/// The same promise for destroy.
#[test]
fn destroy_killed_at_any_call_ends_in_the_same_place() {
    let course = Course::new(applied("example"), "destroy");
    let faults = 1..=course.calls;
    course.all(
        faults
            .map(|call| kill(FaultKind::KillAfter, call))
            .collect(),
    );
}

/// The run that takes up what a killed one left is killed too.
#[test]
fn killed_twice_in_a_row_both_commands_end_in_the_same_place() {
    for (start, command) in [(fresh("example"), "apply"), (applied("example"), "destroy")] {
        let course = Course::new(start, command).with_between(Course::kill_again);
        let faults = (1..=course.calls).step_by(3);
        course.all(
            faults
                .map(|call| kill(FaultKind::KillAfter, call))
                .collect(),
        );
    }
}

/// Two checkouts of one manifest, each with a ledger in its own folder, work on one world. The names
/// of what they make follow from the manifest, and so what a killed run of the one has made is what an
/// apply of the other takes up.
#[test]
fn killed_in_one_checkout_an_apply_of_another_ends_in_the_same_place() {
    let start = Place::of("example").in_folder();
    start.make_world(None);
    let course = Course::new(start, "apply").with_between(|_, place| place.lose_ledger());
    let faults = (1..=course.calls).step_by(2);
    course.all(
        faults
            .map(|call| kill(FaultKind::KillAfter, call))
            .collect(),
    );
}

/// Promise 7: "Throttling, time-outs and 5xx never change the outcome, only the time."
#[test]
fn errors_throttles_and_time_outs_never_change_the_outcome() {
    let kinds = [
        FaultKind::ErrorBefore,
        FaultKind::ErrorAfter,
        FaultKind::Throttle,
        FaultKind::TimeOutBefore,
        FaultKind::TimeOutAfter,
    ];
    for (start, command) in [(fresh("example"), "apply"), (applied("example"), "destroy")] {
        let course = Course::new(start, command);
        let faults = (1..=course.calls).zip(kinds.iter().cycle());
        // Two of three, which is enough to meet each operation with some kind.
        let faults = faults.filter(|(call, _)| call % 3 != 0);
        course.all(faults.map(|(call, kind)| kill(*kind, call)).collect());
    }
}

/// An error that is final for its call: the caller may not. What does not depend on it goes on; the
/// next run does the rest.
#[test]
fn denied_at_a_call_goes_on_when_allowed() {
    let course = Course::new(fresh("two-accounts-one-region"), "apply");
    let denied = |call| {
        kill(FaultKind::ErrorBefore, call).with(403, "AccessDeniedException", "You may not.")
    };
    course.all((1..=course.calls).map(denied).collect());
}

/// A run that dies between a change of records and its own note of it does not know when they are
/// answered. The next one waits for that all the same, and external observers see what is planned.
#[test]
fn killed_at_records_the_next_apply_waits_until_they_are_answered() {
    // The last ones have nothing after them that takes as long. Records that are ready together
    // share a call, so a run may have a call or two more or less.
    let last = record_batches(&fresh("example"));
    let mut killed = 0;
    for call in last - 2..=last + 2 {
        let place = fresh("example");
        let fault = Fault::new(FaultKind::KillAfter).at("route53", "ChangeResourceRecordSets");
        place.change_world(|world, _| world.faults.script = vec![fault.nth(call)]);
        if place.apply().code == 137 {
            killed += 1;
            place.change_world(|world, _| world.faults.script.clear());
            place.apply().exits(0);
        }
    }
    assert!(killed > 0, "no run met its fault");
}

fn record_batches(place: &Place) -> u64 {
    let undisturbed = place.copy();
    undisturbed.keep_calls();
    undisturbed.run("apply", &["--yes", "--no-verify"]).exits(0);
    let calls = undisturbed.changing_calls();
    let batches = calls
        .iter()
        .filter(|call| call.operation == "ChangeResourceRecordSets");
    batches.count() as u64
}

/// Values that make room are on record before they do.
#[test]
fn what_was_there_before_comes_back_after_a_crash() {
    let adopting = || {
        let place = Place::of("example");
        place.edit(
            "    dns: { route53: { account: dns } }\n",
            "    adopt: true\n    dns: { route53: { account: dns } }\n",
        );
        place.make_world(Some(
            r#"
zones:
  - account: "111111111111"
    name: example.com
    records:
      - { name: _dmarc.example.com, type: TXT, ttl: 300, values: ["v=DMARC1; p=reject; fo=1"] }
      - { name: mta-sts.example.com, type: CNAME, ttl: 60, values: ["old.example.net."] }
"#,
        ));
        place
    };
    let before = adopting().world().dump();
    for call in 1..=record_batches(&adopting()) {
        let place = adopting();
        let fault = Fault::new(FaultKind::KillAfter).at("route53", "ChangeResourceRecordSets");
        place.change_world(|world, _| world.faults.script = vec![fault.nth(call)]);
        place.run("apply", &["--yes", "--no-verify"]);
        place.change_world(|world, _| world.faults.script.clear());
        place.run("apply", &["--yes", "--no-verify"]).exits(0);
        place.destroy().exits(0);
        assert_eq!(place.world().dump(), before, "killed at batch {call}");
    }
}
