//! `deploy drift` says "in sync" only of what it compared.

use sandbox::s3::Lifecycle;
use tests::place::Place;

const ONE: &str = "project: anycompany
accounts: { dns: { id: \"111111111111\", role: mail-deploy } }
domains:
  example.com: { dns: { route53: { account: dns } }, tls_rpt: { rua: [\"mailto:tls@example.com\"] } }
";

const ANOTHER: &str = "  example.net: { dns: { route53: { account: dns } }, tls_rpt: { rua: [\"mailto:tls@example.com\"] } }\n";

/// A place where the first domain is applied and the second one is not.
fn half_applied() -> Place {
    let place = Place::with(&format!("{ONE}{ANOTHER}"));
    place
        .run("apply", &["--yes", "--target", "example.com"])
        .exits(0);
    place
}

#[test]
fn a_domain_that_the_ledger_lacks_is_not_applied_yet() {
    let place = half_applied();
    let ran = place.run("drift", &[]).exits(0).says("In sync");
    ran.says("Not applied yet").says("example.net");
    let json = place.run("drift", &["--json"]).exits(0).json();
    assert_eq!(json["unapplied"], serde_json::json!(["example.net"]));
    assert_eq!(json["in_sync"], true);

    place.apply().exits(0);
    let json = place.run("drift", &["--json"]).exits(0).json();
    assert_eq!(json["unapplied"], serde_json::json!([]));
}

#[test]
fn a_run_about_such_domains_alone_compares_with_nothing() {
    let place = half_applied();
    let target = ["--json", "--target", "example.net"];
    let ran = place.run("drift", &target).exits(1);
    let json = ran.json();
    ran.says("Nothing is recorded here");
    assert_eq!(json["in_sync"], false);
    assert_eq!(json["unapplied"], serde_json::json!(["example.net"]));
    let both = ["--target", "example.net", "--target", "example.com"];
    place.run("drift", &both).exits(0).says("Not applied yet");
}

/// The record of other domains is none of these.
#[test]
fn a_ledger_that_has_none_of_the_manifest_s_domains_records_nothing() {
    let place = half_applied();
    place.edit("  example.com:", "  example.org:");
    let ran = place.run("drift", &[]).exits(1);
    ran.says("Nothing is recorded here");
}

/// A document without resources is no record either.
#[test]
fn a_domain_that_was_destroyed_is_not_applied() {
    let place = half_applied();
    place
        .run("destroy", &["--yes", "--target", "example.com"])
        .exits(0);
    place
        .run("drift", &[])
        .exits(1)
        .says("Nothing is recorded here");
}

/// A value that the manifest names is in no run's output; what else comes is.
#[test]
fn a_value_of_others_is_noted_until_the_manifest_names_it() {
    let place = Place::with(
        "project: anycompany
accounts: { dns: { id: \"111111111111\", role: mail-deploy } }
domains:
  example.com:
    dns: { route53: { account: dns } }
    spf: { include: [amazonses.com] }
",
    );
    place.apply().exits(0);
    let beside = |values: &[&str]| {
        place.change_world(|world, _| {
            let zone = world.route53.zones_of("111111111111").next();
            let zone = zone.expect("a zone").id.clone();
            let ours = ["\"v=spf1 include:amazonses.com ~all\""];
            let all = [&ours[..], values].concat();
            let seeded = world.seed_records(&zone, "example.com", ("TXT", 3600), &all);
            seeded.expect("a name");
        });
    };
    let noted = || {
        let json = place.run("drift", &["--json"]).exits(0).json();
        json["drift"][0]["changes"][0]["is"].clone()
    };
    beside(&["\"verify-me=1234\""]);
    assert_eq!(noted(), serde_json::json!(["verify-me=1234"]));
    place.edit("    spf:", "    ignore: [\"verify-me=*\"]\n    spf:");
    assert_eq!(noted(), serde_json::Value::Null);
    place.run("drift", &[]).exits(0).says("In sync");
    beside(&["\"verify-me=1234\"", "\"other=1\""]);
    assert_eq!(noted(), serde_json::json!(["other=1"]));
    // What breaks a rule beside ours is not ignored, whatever the manifest says.
    place.edit("\"verify-me=*\"", "\"*\"");
    beside(&["\"v=spf1 -all\""]);
    place.run("drift", &[]).exits(3).says("v=spf1 -all");
}

const MAIL: &str = "project: anycompany
accounts: { dns: { id: \"111111111111\", role: mail-deploy } }
domains:
  example.com:
    dns: { route53: { account: dns } }
    dmarc: { p: quarantine, rua: [\"mailto:dmarc@example.com\"] }
    tls_rpt: { rua: [\"mailto:tls@example.com\"] }
";

/// Somebody else's hand at a record of the zone: its values, or none.
fn change_record(place: &Place, name: &str, values: &[&str]) {
    place.change_world(|world, _| {
        let zone = world.route53.zones_of("111111111111").next();
        let zone = zone.expect("a zone").id.clone();
        let changed = if values.is_empty() {
            world.lose_records(&zone, name, "TXT")
        } else {
            world.seed_records(&zone, name, ("TXT", 3600), values)
        };
        changed.expect("a name");
    });
}

#[test]
fn a_repair_puts_back_what_moved_and_nothing_that_the_manifest_changed() {
    let place = Place::with(MAIL);
    place.apply().exits(0);
    let policy = "_dmarc.example.com";
    let reports = "_smtp._tls.example.com";
    let before = (
        place.world().later(120).resolve(policy, "TXT"),
        place.world().later(120).resolve(reports, "TXT"),
    );
    change_record(&place, policy, &["\"v=DMARC1; p=none\""]);
    // In the manifest both records are another one since.
    place.edit("p: quarantine", "p: reject");
    place.edit("tls@example.com", "tls-reports@example.com");
    place.run("drift", &["--repair"]).exits(2).says("--yes");
    let forms = ["--repair", "--yes", "--format", "junit"];
    place
        .run("drift", &forms)
        .exits(2)
        .says("`--out FILE` writes");
    let ran = place.run("drift", &["--repair", "--yes"]).exits(0);
    ran.says("p=quarantine").says("In sync");
    let world = place.world().later(120);
    let after = (world.resolve(policy, "TXT"), world.resolve(reports, "TXT"));
    assert_eq!(after, before);
    place.run("drift", &[]).exits(0);
    let plan = place.run("plan", &["--exit-code"]).exits(3);
    plan.says("p=reject").says("tls-reports@example.com");

    change_record(&place, reports, &[]);
    place.run("drift", &["--repair", "--yes"]).exits(0);
    assert_eq!(place.world().later(120).resolve(reports, "TXT"), before.1);
    place
        .run("drift", &["--repair", "--yes"])
        .exits(0)
        .says("In sync");
}

/// A value beside ours is theirs, and stays.
#[test]
fn a_repair_leaves_what_others_added() {
    let place = Place::with(MAIL);
    place.apply().exits(0);
    let reports = "_smtp._tls.example.com";
    let ours = place.world().later(120).resolve(reports, "TXT");
    let values = [ours[0].as_str(), "\"theirs=1\""];
    change_record(&place, reports, &values);
    place
        .run("drift", &["--repair", "--yes"])
        .exits(0)
        .says("theirs=1");
    assert_eq!(place.world().later(120).resolve(reports, "TXT").len(), 2);
}

#[test]
fn a_repair_without_a_record_puts_nothing_back() {
    let place = Place::with(MAIL);
    let ran = place.run("drift", &["--repair", "--yes"]).exits(1);
    ran.says("Nothing is recorded here");
}

/// All forms come from one run, which reads AWS once.
#[test]
fn a_run_writes_each_form_that_is_asked_for() {
    // Calls are counted: the weather may ask for one to be repeated.
    let place = Place::with(MAIL).in_calm();
    place.apply().exits(0);
    change_record(&place, "_dmarc.example.com", &["\"v=DMARC1; p=none\""]);
    place.keep_calls();
    place.run("drift", &["--refresh"]).exits(3);
    let once = place.calls().len();
    place.forget_history();
    let files = ["drift.json", "drift.md", "drift.xml", "drift.html"];
    let written = files.iter().flat_map(|file| ["--out", file]);
    let options: Vec<&str> = ["--refresh"].into_iter().chain(written).collect();
    place.run("drift", &options).exits(3);
    assert_eq!(place.calls().len(), once);
    for file in files {
        assert!(place.read(file).contains("p=none"), "{file}");
    }
    let json: serde_json::Value = serde_json::from_str(&place.read("drift.json")).expect("JSON");
    assert_eq!(json["format"], "deploy.drift");
    place.run("verify", &["--out", "verify.html"]);
    assert!(place.read("verify.html").starts_with("<!doctype html>"));
    place.run("drift", &["--out", "drift.pdf"]).exits(2);
}

/// An accepted value is ours: drift no longer tells it, and no plan takes it for somebody else's.
#[test]
fn an_accepted_change_is_the_new_record() {
    let place = Place::with(MAIL);
    place.apply().exits(0);
    let policy = "_dmarc.example.com";
    let theirs = ["\"v=DMARC1; p=none\""];
    change_record(&place, policy, &theirs);
    place.run("drift", &["--accept"]).exits(2).says("--yes");
    place.run("drift", &["--accept", "--repair"]).exits(2);
    place.run("drift", &[]).exits(3);
    place.keep_calls();
    let accept = ["--accept", "--yes"];
    let ran = place.run("drift", &accept).exits(0);
    ran.says("Goes on record as it is now")
        .says("p=quarantine")
        .says("In sync");
    assert_eq!(place.changing_calls(), []);
    place.forget_history();
    assert_eq!(place.world().later(120).resolve(policy, "TXT"), theirs);
    place.run("drift", &[]).exits(0).says("In sync");
    // The record says so too: there is nothing to put back.
    place.run("drift", &["--repair", "--yes"]).exits(0);
    assert_eq!(place.world().later(120).resolve(policy, "TXT"), theirs);
    let plan = place.run("plan", &["--exit-code"]).exits(3);
    plan.says("p=none").says("p=quarantine");
    place.edit(
        "p: quarantine, rua: [\"mailto:dmarc@example.com\"]",
        "p: none",
    );
    place.run("plan", &["--exit-code"]).exits(0);
    place.destroy().exits(0);
    assert_eq!(
        place.world().later(120).resolve(policy, "TXT"),
        Vec::<String>::new()
    );
}

#[test]
fn what_is_gone_leaves_the_record_and_what_is_beside_ours_joins_it() {
    let place = Place::with(MAIL);
    place.apply().exits(0);
    let reports = "_smtp._tls.example.com";
    change_record(&place, "_dmarc.example.com", &[]);
    let ours = place.world().later(120).resolve(reports, "TXT");
    change_record(&place, reports, &[ours[0].as_str(), "\"theirs=1\""]);
    let json = place.run("drift", &["--accept", "--yes", "--json"]);
    let json = json.exits(0).json();
    assert_eq!(json["format"], "deploy.accept");
    assert_eq!(json["written"], true);
    let moved = json["accepted"].as_array().expect("a list").iter();
    let moved: Vec<_> = moved.map(|one| one["moved"].as_str()).collect();
    assert_eq!(moved, [Some("deleted"), Some("added")]);
    assert_eq!(json["drift"]["drift"], serde_json::json!([]));
    let plan = place.run("plan", &["--json"]).json();
    assert_eq!(plan["summary"]["create"], 1);
    // Theirs stays theirs.
    place.destroy().exits(0);
    let left = place.world().later(120).resolve(reports, "TXT");
    assert_eq!(left, ["\"theirs=1\""]);
}

/// Two SPF records are ignored by receivers, and one of them is somebody else's.
#[test]
fn what_breaks_a_rule_beside_ours_is_not_taken_on_record() {
    let manifest = MAIL.replace(
        "    tls_rpt:",
        "    spf: { include: [amazonses.com] }\n    tls_rpt:",
    );
    let place = Place::with(&manifest);
    place.apply().exits(0);
    let ours = place.world().later(120).resolve("example.com", "TXT");
    change_record(
        &place,
        "example.com",
        &[ours[0].as_str(), "\"v=spf1 -all\""],
    );
    let ran = place.run("drift", &["--accept", "--yes"]).exits(3);
    ran.says("Stays drift").says("v=spf1 -all");
    place.run("plan", &[]).exits(4).says("PLAN-01");
}

#[test]
fn an_acceptance_without_a_record_takes_nothing_on_record() {
    let place = Place::with(MAIL);
    let ran = place.run("drift", &["--accept", "--yes"]).exits(1);
    ran.says("Nothing is recorded here");
    place.run("drift", &[]).exits(1);
}

/// An expiry that somebody sets on a bucket has no version that a wide read shows: it is seen by the run
/// that reads everything anew, once a week, and from then on by each until it is put right.
#[test]
fn everything_is_read_anew_once_a_week_and_what_moved_each_time() {
    let place = Place::of("example").in_calm();
    place.apply().exits(0);
    place.keep_calls();
    // Of what moved, drift asks CloudTrail besides who changed it.
    let count = || {
        let calls = place.calls();
        calls
            .iter()
            .filter(|call| call.service != "cloudtrail")
            .count()
    };
    let requests = |options: &[&str], code| {
        let before = count();
        place.run("drift", options).exits(code);
        count() - before
    };
    let (first, second) = (requests(&[], 0), requests(&[], 0));
    assert!(second < first, "{second} after {first}");
    let set_expiry = |lifecycle: Option<Lifecycle>| {
        place.change_world(|world, _| {
            let mut buckets = world.s3.buckets.iter_mut();
            let assets = buckets.find(|(name, _)| name.contains("assets"));
            assets.expect("the bucket of assets").1.lifecycle = lifecycle;
        });
    };
    set_expiry(Some(expiry()));
    place.advance("1d");
    let ran = place.run("drift", &[]).exits(0);
    ran.says("This run compared versions.");
    let json = place.run("drift", &["--json"]).exits(0).json();
    assert!(json["last_read_anew"].is_string(), "{json}");
    assert_eq!(requests(&["--refresh"], 3), first);
    place.run("drift", &[]).exits(3).says("assets");
    set_expiry(None);
    assert!(requests(&[], 0) > second, "what moved is read by itself");
    assert_eq!(requests(&[], 0), second);
    place.advance("6d");
    assert_eq!(requests(&[], 0), first);
}

/// A rule that deletes what is older than a day.
fn expiry() -> Lifecycle {
    let rule = serde_json::json!({
        "id": "tidy", "status": "Enabled", "filter": { "prefix": "" }, "expiration": { "days": 1 },
    });
    let configuration = serde_json::json!({ "rules": [rule] });
    Lifecycle {
        configuration: serde_json::from_value(configuration).expect("rules"),
        minimum_size: "all_storage_classes_128K".to_owned(),
    }
}
