//! A team whose ledger is in S3: the whole life of a domain, and a kill at every call, also at those
//! that write the ledger itself.

use sandbox::faults::{Fault, FaultKind};
use serde_json::Value;
use tests::place::{Moment, Place};

/// The bucket that `deploy/team.yaml` names.
const BUCKET: &str = "anycompany-deploy-ledger";

fn team() -> Place {
    let place = Place::of("team");
    place.make_world(None);
    place.create_ledger().says("The bucket was made");
    place
}

/// The users' world besides the ledger, without times.
fn owned(moment: &Moment) -> Value {
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
            Value::String(text) if text.parse::<jiff::Timestamp>().is_ok() => *value = Value::Null,
            _ => {}
        }
    }
    let mut dump = moment.world.dump();
    blank(&mut dump);
    dump
}

#[test]
fn every_command_works_with_the_ledger_in_s3() {
    let place = team();
    let before = owned(&place.world());
    place.run("plan", &["--exit-code"]).exits(3);
    place.apply().exits(0);
    assert!(!place.state().join("ledger").exists(), "nothing is local");
    place.run("plan", &["--exit-code"]).exits(0);
    place.run("drift", &[]).exits(0);
    place.run("verify", &[]).exits(0);
    let status = place.run("status", &["--json"]).exits(0);
    assert!(status.stdout.contains("ses_identity"), "{}", status.stdout);
    place.run("destroy", &["--yes", "--now"]).exits(0);
    assert_eq!(owned(&place.world()), before);
    // The record of it stays.
    place.run("status", &[]).exits(0);
}

#[test]
fn without_its_bucket_every_command_says_how_to_make_it() {
    let place = Place::of("team");
    for command in ["plan", "drift", "status", "verify"] {
        place
            .run(command, &[])
            .exits(1)
            .says("deploy ledger create");
    }
    place.apply().exits(1).says("deploy ledger create");
}

/// Promise 2: "Kill it at any call; the next apply ends in the same place, with nothing orphaned and
/// nothing made twice."
#[test]
fn killed_at_any_call_the_next_apply_ends_in_the_same_place() {
    let start = team();
    let undisturbed = start.copy();
    undisturbed.keep_history();
    let apply = ["--yes", "--no-verify", "--lock-timeout", "5m"];
    undisturbed.run("apply", &apply).exits(0);
    let end = owned(&undisturbed.world());
    let changing = undisturbed.changing_calls().len() as u64;
    let trial = |fault: &Fault| {
        let place = start.copy();
        place.change_world(|world, _| world.faults.script = vec![fault.clone()]);
        let killed = place.run("apply", &apply);
        place.change_world(|world, _| world.faults.script.clear());
        let second = place.run("apply", &apply);
        let is_right = killed.code == 137 && second.code == 0 && owned(&place.world()) == end;
        (!is_right).then(|| {
            let codes = (killed.code, second.code);
            format!("{fault:?}: {codes:?}\n{}\n{}", killed.stderr, second.stderr)
        })
    };
    let kinds = [FaultKind::KillBefore, FaultKind::KillAfter];
    let faults = kinds
        .into_iter()
        .flat_map(|kind| (1..=changing).map(move |call| Fault::new(kind).at_changes().nth(call)));
    tests::trials::all_hold(faults.collect(), trial);
}
