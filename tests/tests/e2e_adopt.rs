//! `deploy adopt --ledger`: a ledger that was lost is rebuilt from what stands. Afterwards a plan is
//! empty, and destroy leaves what nobody can tell the origin of, or nothing where that was claimed.

use sandbox::faults::{Fault, FaultKind};
use serde_json::Value;
use tests::place::{Place, Ran};

const ACCOUNTS: &str = "project: shop

accounts:
  dns:  { id: \"111111111111\", role: mail-deploy }
  web:  { id: \"222222222222\", role: mail-deploy }
  mail: { id: \"333333333333\", role: mail-deploy }
";

const HOSTED: &str = "domains:
  example.com:
    dns: { route53: { account: dns } }
    hosting: { account: web, region: eu-west-1 }
    mx: [10 mx1.example.com]
    mta_sts: { mode: testing }
    tls_rpt: { rua: [\"mailto:tlsrpt@example.com\"] }
";

const SHARING: &str = "defaults:
  dns: { route53: { account: dns } }
  ses: [{ account: mail, region: eu-west-1, configuration_set: { name: main, tls: require } }]

domains:
  example.com:
  example.net:
";

const BROUGHT_KEY: &str = "domains:
  example.com:
    dns: { route53: { account: dns } }
    ses:
      - { account: mail, region: eu-west-1, mail_from: bounce, dkim: { byo: { selector: own, private_key: own.pem } } }
      - { account: web, region: us-east-1, dkim: { easy: { key_length: 1024 } } }
";

fn place(domains: &str) -> Place {
    let place = Place::with(&format!("{ACCOUNTS}\n{domains}"));
    let key = tests::repository::text("crates/standards/src/dkim/test_keys/pkcs8.pem");
    place.write("deploy/own.pem", &key);
    place
}

/// `deploy adopt --ledger`, in agreement.
fn rebuild(place: &Place, options: &[&str]) -> Ran {
    place.run("adopt", &[&["--ledger", "--yes"], options].concat())
}

/// The ids in a list of the document.
fn ids(document: &Value, list: &str) -> Vec<String> {
    let list = document[list].as_array().expect("a list").iter();
    let ids = list.map(|one| one["resource"].as_str().expect("an id").to_owned());
    ids.collect()
}

/// Rebuilds the ledger, and claims everything whose origin is unknown.
fn claim_all(place: &Place) {
    let shown = rebuild(place, &["--json"]).exits(0).json();
    let unknown = ids(&shown, "origin_unknown");
    let claims = unknown.iter().flat_map(|id| ["--claim", id]);
    rebuild(place, &claims.collect::<Vec<_>>()).exits(0);
}

/// A ledger that is lost is rebuilt, and nothing changes but the ledger.
fn is_rebuilt(place: &Place) {
    place.make_world(None);
    let fresh = place.world().dump();
    place.run("apply", &["--yes", "--no-verify"]).exits(0);
    let before = place.world().dump();
    place.lose_ledger();
    place.destroy().exits(4).says("deploy adopt --ledger");
    claim_all(place);
    place.run("plan", &["--exit-code"]).exits(0);
    place.run("drift", &[]).exits(0);
    assert_eq!(place.world().dump(), before, "only the ledger is written");
    place
        .destroy()
        .exits(0)
        .says("Observed again: nothing of ours is left.");
    assert_eq!(place.world().later(120).dump(), fresh);
}

#[test]
fn the_shipped_manifests_are_rebuilt() {
    for name in [
        "example",
        "one-account-two-regions",
        "two-accounts-one-region",
        "two-accounts-two-regions",
    ] {
        // In rough weather ACM validates names without a record that it shows: then the ledger alone
        // knew which one was there.
        is_rebuilt(&Place::of(name).in_calm());
    }
}

#[test]
fn a_ledger_in_a_bucket_is_rebuilt() {
    is_rebuilt(&Place::of("example").in_bucket().in_calm());
    is_rebuilt(&place(SHARING).in_bucket());
}

#[test]
fn a_brought_key_and_several_instances_are_rebuilt() {
    is_rebuilt(&place(BROUGHT_KEY));
}

#[test]
fn what_domains_share_is_rebuilt_with_its_holders() {
    is_rebuilt(&place(SHARING));
}

/// A list is shown first, and written after word.
#[test]
fn nothing_is_written_without_word() {
    let place = place(HOSTED);
    place.apply().exits(0);
    place.lose_ledger();
    let shown = place.run("adopt", &["--ledger"]).exits(2);
    let shown = shown.says("Origin unknown").says("--yes");
    shown
        .says("example.com MX 10 mx1.example.com. (route53_record_set/example.com/mx,")
        .says("cloudfront_distribution/example.com/assets, in web");
    let json = place.run("adopt", &["--ledger", "--json"]).exits(2).json();
    assert_eq!(json["written"], false);
    assert_eq!(json["differing"], serde_json::json!([]));
    place.destroy().exits(4);
    place
        .run("drift", &[])
        .exits(1)
        .says("deploy adopt --ledger");
    place.run("adopt", &["--yes"]).exits(2).says("--ledger");
    let claim = ["--claim", "route53_record_set/example.com/spf"];
    let refused = rebuild(&place, &claim).exits(2);
    refused.says("nothing of unknown origin has this id");
    place.destroy().exits(4);
    rebuild(&place, &[]).exits(0).says("Next: `deploy plan`");
    let again = rebuild(&place, &[]).exits(0);
    again.says("The ledger lacks nothing");
}

/// Destroy leaves what nobody can tell the origin of, and says so; it is claimed before it or after it.
#[test]
fn what_is_not_claimed_is_left_and_can_be_claimed_later() {
    let claim = [
        "--claim",
        "route53_record_set/example.com/mx",
        "--claim",
        "route53_record_set/example.com/tls-rpt",
    ];
    for claims_first in [true, false] {
        let place = place(HOSTED).in_calm();
        place.make_world(None);
        let fresh = place.world().dump();
        place.apply().exits(0);
        place.lose_ledger();
        rebuild(&place, &[]).exits(0);
        if claims_first {
            rebuild(&place, &claim)
                .exits(0)
                .says("route53_record_set/example.com/mx mail impact: receiving")
                .says("2 resources are");
        } else {
            let left = place.destroy().exits(0);
            left.says("Left, origin unknown")
                .says("example.com MX 10 mx1.example.com")
                .says(&format!(
                    "`deploy adopt --ledger --claim route53_record_set/example.com/tls-rpt {}`",
                    place.manifest()
                ));
            let moment = place.world().later(120);
            assert_eq!(moment.resolve("example.com", "MX"), ["10 mx1.example.com"]);
            let none: [&str; 0] = [];
            assert_eq!(moment.resolve("_mta-sts.example.com", "TXT"), none);
            assert_eq!(moment.world.cloudfront.all().count(), 0);
            rebuild(&place, &claim).exits(0);
        }
        place.destroy().exits(0).says("nothing of ours is left");
        assert_eq!(place.world().later(120).dump(), fresh);
    }
}

#[test]
fn the_domains_of_a_target_are_rebuilt_and_the_others_later() {
    let place = place(SHARING);
    place.make_world(None);
    let fresh = place.world().dump();
    place.run("apply", &["--yes", "--no-verify"]).exits(0);
    place.lose_ledger();
    for domain in ["example.com", "example.net"] {
        let target = ["--target", domain];
        rebuild(&place, &target).exits(0);
        let plan = [&["--exit-code"], &target[..]].concat();
        place.run("plan", &plan).exits(0);
    }
    place.run("plan", &["--exit-code"]).exits(0);
    place
        .run("destroy", &["--yes", "--target", "example.com"])
        .exits(0);
    place
        .run("plan", &["--exit-code", "--target", "example.net"])
        .exits(0);
    place.destroy().exits(0).says("nothing of ours is left");
    assert_eq!(place.world().later(120).dump(), fresh);
}

/// One document of several is lost: the others stay as they are.
#[test]
fn a_document_that_is_lost_alone_is_rebuilt() {
    let place = place(SHARING).in_folder();
    place.run("apply", &["--yes", "--no-verify"]).exits(0);
    let document = |name: &str| format!("deploy/.deploy/sandbox/shop/ledger/{name}.jsonl");
    let kept = place.read(&document("example.net"));
    let lost = place.path().join(document("example.com"));
    std::fs::remove_file(lost).expect("a document");
    place.run("plan", &["--exit-code"]).exits(3);
    rebuild(&place, &[]).exits(0);
    place.run("plan", &["--exit-code"]).exits(0);
    assert_eq!(place.read(&document("example.net")), kept);
    place.destroy().exits(0).says("nothing of ours is left");
}

/// A resource of others under a name of ours, or of another project, is not ours by being there.
#[test]
fn what_is_of_others_is_not_put_on_record() {
    let first = place(SHARING);
    first.run("apply", &["--yes", "--no-verify"]).exits(0);
    let world = first.world().world;
    let second = Place::with(&first.read(first.manifest()).replace("shop", "rival"));
    second.make_world(None);
    second.change_world(|own, _| *own = world);
    let ran = rebuild(&second, &["--json"]).exits(0);
    let shown = ran.json();
    // Zones are of others for both projects. Of the first one's resources, none is put on record.
    let zones = [
        "route53_hosted_zone/example.com/zone",
        "route53_hosted_zone/example.net/zone",
    ];
    assert_eq!(ids(&shown, "of_others"), zones);
    for list in ["ours", "origin_unknown", "differing"] {
        assert_eq!(shown[list], serde_json::json!([]), "{list}");
    }
    for refused in [
        "ses_configuration_set/shared/mail.eu-west-1.main",
        "ses_identity/example.com/mail.eu-west-1",
        "ses_identity/example.net/mail.eu-west-1",
    ] {
        ran.clone().says(&format!(
            "error[PLAN-15]: {refused} exists, and carries the tags of the project `shop`"
        ));
    }
    ran.says(" errors.");
    second.run("plan", &[]).exits(4).says("PLAN-15");
}

/// The policy that senders hold is the one that was served, whatever the manifest says by now.
#[test]
fn an_enforced_policy_is_wound_down_after_the_ledger_was_lost() {
    let place = place(&HOSTED.replace("mode: testing", "mode: enforce"));
    place.apply().exits(0);
    place.lose_ledger();
    place.edit("mode: enforce", "mode: testing");
    let shown = rebuild(&place, &["--json"]).exits(0).json();
    let differing = ids(&shown, "differing");
    assert_eq!(differing, ["s3_object/example.com/mta-sts-policy"]);
    place.destroy().exits(5).says("MTA-STS");
}

/// Senders may enforce what nobody could read at that moment.
#[test]
fn a_policy_that_cannot_be_read_counts_as_enforced() {
    let place = place(&HOSTED.replace("mode: testing", "mode: enforce"));
    place.apply().exits(0);
    place.lose_ledger();
    place.edit("mode: enforce", "mode: testing");
    place.change_world(|world, _| world.cloudfront.lose("mta-sts.example.com"));
    rebuild(&place, &["--json"]).exits(0);
    place.destroy().exits(5).says("MTA-STS");
}

/// After a change of the manifest, what it led to before is found by the manifest of before.
#[test]
fn a_move_that_was_killed_is_rebuilt_by_both_manifests() {
    let place = Place::of("example").in_calm();
    place.make_world(None);
    let fresh = place.world().dump();
    place.run("apply", &["--yes", "--no-verify"]).exits(0);
    let before = place.read(place.manifest());
    place.edit(
        "hosting: { account: web, region: us-east-1,",
        "hosting: { account: operations, region: us-east-1,",
    );
    place.edit(
        "account: operations, region: eu-west-1",
        "account: operations, region: us-west-2",
    );
    let after = place.read(place.manifest());
    let fault = Fault::new(FaultKind::KillAfter).at("cloudfront", "CreateDistributionWithTags");
    place.change_world(|world, _| world.faults.script = vec![fault]);
    assert_eq!(place.run("apply", &["--yes", "--no-verify"]).code, 137);
    place.change_world(|world, _| world.faults.script.clear());
    place.lose_ledger();
    for manifest in [before, after] {
        place.write(place.manifest(), &manifest);
        claim_all(&place);
    }
    // The wildcard under which hosting moves goes with the next run.
    for code in [5, 0] {
        place.run("apply", &["--yes", "--no-verify"]).exits(code);
    }
    place.run("plan", &["--exit-code"]).exits(0);
    place.destroy().exits(0).says("nothing of ours is left");
    assert_eq!(place.world().later(120).dump(), fresh);
}

/// It claims what it writes, as any run: what another one holds is not written.
#[test]
fn a_document_that_another_run_holds_is_not_written() {
    let place = place(SHARING).in_bucket();
    place.run("apply", &["--yes", "--no-verify"]).exits(0);
    place.lose_ledger();
    place.edit("tls: require", "tls: optional");
    let fault = Fault::new(FaultKind::KillBefore).at("ses", "PutConfigurationSetDeliveryOptions");
    place.change_world(|world, _| world.faults.script = vec![fault]);
    assert_eq!(place.run("apply", &["--yes", "--no-verify"]).code, 137);
    place.change_world(|world, _| world.faults.script.clear());
    rebuild(&place, &[]).exits(1).says("is held by");
    rebuild(&place, &["--lock-timeout", "5m"]).exits(0);
    place.run("apply", &["--yes", "--no-verify"]).exits(0);
    place.destroy().exits(0).says("nothing of ours is left");
}
