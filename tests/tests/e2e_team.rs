//! A team whose ledger is in S3: the whole life of a domain, and a kill at every call, also at those
//! that write the ledger itself.

use sandbox::faults::{Fault, FaultKind};
use serde_json::{Value, json};
use tests::place::{Moment, Place, Ran};

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
    undisturbed.keep_calls();
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

/// `deploy ledger …` on the manifest.
fn ledger(place: &Place, arguments: &[&str]) -> Ran {
    let always = [place.manifest(), "--sandbox", "--speed", "instant"];
    place.deploy(&[&["ledger"], arguments, &always[..]].concat())
}

/// A killed run holds its domains until its lease is over; unlocking them does not wait for that, and
/// names the run.
#[test]
fn a_domain_of_a_dead_run_is_unlocked() {
    let place = team();
    let fault = Fault::new(FaultKind::KillAfter).at("ses", "CreateEmailIdentity");
    place.change_world(|world, _| world.faults.script = vec![fault]);
    assert_eq!(place.run("apply", &["--yes", "--no-verify"]).code, 137);
    place.change_world(|world, _| world.faults.script.clear());
    let at_once = ["--yes", "--no-verify", "--lock-timeout", "0s"];
    let refused = place.run("apply", &at_once).exits(1);
    let held = refused.says("example.com is held by");
    let (_, run) = held.stderr.split_once("(run ").expect("a run");
    let (run, _) = run.split_once(')').expect("its end");
    let unlock = |run: &str| ledger(&place, &["unlock", "example.com", "--run", run]);
    let before = place.world().dump();
    unlock("another").exits(2).says("nothing was changed");
    assert_eq!(place.world().dump(), before);
    unlock(run).exits(0).says("example.com is free");
    place.run("apply", &at_once).exits(0);
    place.run("plan", &["--exit-code"]).exits(0);
}

#[test]
fn a_ledger_moves_to_the_bucket_and_back_and_the_old_place_refuses() {
    let place = Place::of("team");
    let in_bucket = place.read(place.manifest());
    let line = in_bucket.lines().find(|line| line.starts_with("ledger:"));
    let in_folder = in_bucket.replace(line.expect("a bucket"), "ledger: { path: .deploy }");
    let (in_bucket, in_folder) = (
        || place.write(place.manifest(), &in_bucket),
        || place.write(place.manifest(), &in_folder),
    );
    in_folder();
    place.apply().exits(0);
    in_bucket();
    place.create_ledger();
    for _ in 0..2 {
        ledger(&place, &["move", "--to", "s3"])
            .exits(0)
            .says("s3://");
        place.run("plan", &["--exit-code"]).exits(0);
        in_folder();
        let refused = place.run("plan", &[]).exits(1);
        refused.says("the ledger moved from here to s3://anycompany-deploy-ledger/anycompany-team");
        in_bucket();
        ledger(&place, &["move", "--to", "folder"]).exits(0);
        place
            .run("plan", &[])
            .exits(1)
            .says("the ledger moved from here to");
        in_folder();
        place.run("plan", &["--exit-code"]).exits(0);
        place.run("drift", &[]).exits(0);
        in_bucket();
    }
    in_folder();
    place
        .run("destroy", &["--yes", "--now"])
        .exits(0)
        .says("nothing of ours is left");
}

/// Gives roles named `mail-PURPOSE` the policies that `deploy iam --role PURPOSE` prints, and lets the
/// manifest use them.
fn act_as(place: &Place, purpose: &str) {
    let ran = place
        .deploy(&["iam", place.manifest(), "--role", purpose])
        .exits(0);
    let printed = ran.json();
    let name = format!("mail-{purpose}");
    place.change_world(|world, _| {
        for account in printed["accounts"].as_object().expect("accounts").values() {
            let id = account["account_id"].as_str().expect("an id");
            let policy = serde_json::from_value(account["policy"].clone());
            let role = sandbox::sts::Role {
                policy: Some(policy.expect("a policy")),
                ..sandbox::sts::Role::default()
            };
            let account = world.sts.accounts.get_mut(id).expect("the account");
            account.roles.insert(name.clone(), role);
        }
    });
    let text = place.read(place.manifest());
    place.write(place.manifest(), &text.replace("mail-deploy", &name));
}

/// The whole life of a domain with a role that has the printed policy and nothing else.
#[test]
fn the_policy_of_apply_is_enough_with_the_ledger_in_s3() {
    let place = team();
    act_as(&place, "apply");
    place.apply().exits(0);
    place.run("plan", &["--exit-code"]).exits(0);
    place.run("drift", &[]).exits(0);
    place.run("destroy", &["--yes", "--now"]).exits(0);
}

/// The object in which drift keeps what it read and what it told.
const NOTES: &str = "/anycompany-team/notify/STATE.json";

/// Drift with the role of plan says that it cannot keep what it read.
#[test]
fn the_policies_of_plan_and_drift_change_nothing_and_take_no_lock() {
    for purpose in ["plan", "drift"] {
        let place = team();
        place.apply().exits(0);
        act_as(&place, purpose);
        place.keep_calls();
        for command in ["plan", "drift", "status", "verify"] {
            place.run(command, &[]).exits(0);
        }
        let changing = place.changing_calls();
        let notes = changing.iter().filter(|call| call.url.ends_with(NOTES));
        let allowed = usize::from(purpose == "drift");
        assert_eq!(notes.count(), allowed, "{purpose}");
        assert_eq!(changing.len(), allowed, "{purpose}: {changing:?}");
        let before = place.world().world.dump();
        place.edit("dmarc: { p: none,", "dmarc: { p: quarantine,");
        place.run("plan", &["--exit-code"]).exits(3);
        place.apply().exits(1).says("s3:PutObject");
        assert_eq!(place.world().world.dump(), before, "{purpose}");
    }
}

/// A key of KMS for the ledger.
const KEY: &str = "arn:aws:kms:eu-west-1:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/// Every object of the ledger is encrypted with the key that the manifest names, and the printed policies
/// allow to use it.
#[test]
fn a_ledger_is_encrypted_with_the_key_that_is_named() {
    let place = Place::of("team");
    let named = format!("bucket: {BUCKET}, kms_key: {KEY},");
    place.edit(&format!("bucket: {BUCKET},"), &named);
    place.make_world(None);
    place.create_ledger();
    act_as(&place, "apply");
    place.apply().exits(0);
    let world = place.world().world;
    let objects = world.s3.buckets[BUCKET].objects.values();
    let versions: Vec<_> = objects.flatten().collect();
    assert!(versions.len() > 10, "{}", versions.len());
    for version in versions {
        let object = version.object.as_ref().expect("nothing is deleted");
        let encryption = object.encryption.as_ref().expect("an encryption");
        assert_eq!(encryption.key.as_deref(), Some(KEY));
    }
    let text = place.read(place.manifest());
    place.write(place.manifest(), &text.replace("mail-apply", "mail-deploy"));
    act_as(&place, "plan");
    place.run("plan", &["--exit-code"]).exits(0);
    place.change_world(|world, _| {
        let account = world.sts.accounts.get_mut("222222222222");
        let role = account.expect("the account").roles.get_mut("mail-plan");
        let policy = role.expect("the role").policy.as_mut().expect("a policy");
        let is_of_key = |action: &String| action.starts_with("kms:");
        let of_key = policy
            .statement
            .iter()
            .find(|one| one.action.iter().any(is_of_key));
        let of_key = serde_json::to_value(of_key.expect("a statement")).expect("JSON");
        let through =
            json!({ "StringEquals": { "kms:ViaService": ["s3.eu-west-1.amazonaws.com"] } });
        assert_eq!(of_key["Condition"], through, "{of_key}");
        policy
            .statement
            .retain(|statement| !statement.action.iter().any(is_of_key));
    });
    place.run("plan", &[]).exits(1).says("kms:Decrypt");
}

/// The role of drift writes the note of what a schedule told people, and nothing else.
#[test]
fn the_policy_of_drift_writes_the_note_of_what_was_told_and_nothing_else() {
    let place = Place::of("team");
    let ran = place
        .deploy(&["iam", place.manifest(), "--role", "drift"])
        .exits(0);
    let printed = ran.json();
    let statements = printed["accounts"].as_object().expect("accounts").values();
    let statements =
        statements.flat_map(|one| one["policy"]["Statement"].as_array().expect("a list"));
    let writes: Vec<&Value> = statements
        .filter(|one| {
            let actions = one["Action"].as_array().expect("a list").iter();
            let names = actions
                .filter_map(Value::as_str)
                .filter_map(|action| action.split(':').nth(1));
            let reads = ["Get", "List", "Describe", "Simulate", "Lookup"];
            names
                .into_iter()
                .any(|name| !reads.iter().any(|start| name.starts_with(start)))
        })
        .collect();
    assert_eq!(writes.len(), 1, "{writes:?}");
    assert_eq!(writes[0]["Action"], json!(["s3:PutObject"]));
    let object = format!("arn:aws:s3:::anycompany-deploy-ledger{NOTES}");
    assert_eq!(writes[0]["Resource"], json!([object]));
}

/// Results ride with the intents after them: 1.1 writes for a change at most, and three for a domain.
#[test]
fn the_ledger_is_written_about_once_for_each_change() {
    let place = Place::of("example").in_folder().in_calm();
    let text = place.read(place.manifest());
    let line =
        format!("ledger: {{ s3: {{ account: web, bucket: {BUCKET}, region: us-east-1 }} }}\n");
    place.write(place.manifest(), &format!("{text}\n{line}"));
    place.make_world(None);
    place.create_ledger();
    let plan = place.run("plan", &["--json"]).exits(0).json();
    let actions = plan["actions"].as_array().expect("actions").iter();
    let changes = actions.filter(|action| action["verb"] != "none").count();
    assert!(changes > 30, "{changes}");
    for command in ["apply", "destroy"] {
        place.keep_calls();
        place.run(command, &["--yes"]).exits(0);
        let calls = place.all_calls();
        let is_document = |url: &str| url.contains(BUCKET) && !url.contains("/runs/");
        let writes = calls
            .iter()
            .filter(|call| call.changing && is_document(&call.url));
        let writes = writes.count();
        assert!(writes > 0, "{command} writes the ledger");
        assert!(
            10 * writes <= 11 * changes + 30,
            "{command}: {writes} writes for {changes} changes"
        );
        place.forget_history();
    }
}

/// A write of the ledger is attempted once, so that the SDK cannot correct itself for the next attempt.
#[test]
fn a_machine_whose_clock_is_wrong_writes_the_ledger() {
    let place = Place::of("team").in_calm();
    place.make_world(Some("clock_skew: 20m"));
    place.create_ledger();
    place.apply().exits(0);
    place.run("plan", &["--exit-code"]).exits(0);
}

/// Two domains, each in a shard of its own. The reports of the second go to the first.
const SHARDED: &str = "project: shards
accounts:
  dns: { id: \"111111111111\", role: mail-deploy }
defaults:
  dns: { route53: { account: dns } }
  dmarc: { p: none, rua: [\"mailto:dmarc@example.com\"] }
domains:
  example.com:
  example.net:
";

#[test]
fn shards_are_applied_one_after_the_other() {
    let place = Place::with(SHARDED).in_bucket();
    let apply = |shard: &str| place.run("apply", &["--yes", "--shard", shard]);
    apply("2/2").exits(5).says("(PLAN-23)");
    apply("1/2").exits(0);
    place.run("plan", &["--exit-code"]).exits(3);
    apply("2/2").exits(0);
    place.run("plan", &["--exit-code"]).exits(0);
    let shard = ["--shard", "1/2"];
    for command in ["plan", "drift", "verify", "status"] {
        place.run(command, &shard).exits(0);
    }
    let owned = "Owned: 3 resources in 1 domain.";
    place.run("status", &shard).exits(0).says(owned);
    place.run("destroy", &["--yes", "--shard", "2/2"]).exits(0);
    place
        .run("plan", &["--exit-code", "--shard", "1/2"])
        .exits(0);
}

/// A plan of a shard is carried out for that shard, with its part of AWS's quotas.
#[test]
fn a_plan_of_a_shard_is_saved_and_applied() {
    let place = Place::with(SHARDED).in_bucket();
    let plan = |options: &[&str]| {
        let always = ["--shard", "1/2", "-o", "plan.json"];
        place.run("plan", &[&always, options].concat()).exits(0);
        let saved: Value = serde_json::from_str(&place.read("plan.json")).expect("JSON");
        saved["at_once"].clone()
    };
    assert_eq!(plan(&[]), Value::Null);
    assert_eq!(plan(&["--at-once", "1"]), 1);
    let apply = |options: &[&str]| place.run_on("plan.json", "apply", options);
    let refused = apply(&["--yes", "--shard", "2/2"]).exits(2);
    refused.says("a saved plan is carried out as it is");
    apply(&["--yes"]).exits(0);
    place
        .run("plan", &["--exit-code", "--shard", "1/2"])
        .exits(0);
    place
        .run("plan", &["--exit-code", "--shard", "2/2"])
        .exits(3);
}

#[test]
fn what_is_no_shard_is_refused() {
    let place = Place::with(SHARDED);
    for options in [
        &["--shard", "3/2"][..],
        &["--shard", "0/2"],
        &["--shard", "2"],
        &["--at-once", "2"],
        &["--shard", "1/2", "--target", "example.com"],
    ] {
        place.run("plan", options).exits(2);
    }
}
