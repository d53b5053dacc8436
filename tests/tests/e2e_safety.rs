//! Refusals, questions before a change, and interrupted runs.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command};

use sandbox::world::World;
use tests::place::{Place, Ran};
use tests::served::Served;

fn applied(name: &str) -> Place {
    let place = Place::of(name);
    place.make_world(None);
    place.apply().exits(0);
    place.advance("5m");
    place
}

/// Runs what must change nothing.
#[track_caller]
fn changes_nothing(place: &Place, run: impl FnOnce() -> Ran) -> Ran {
    place.make_world(None);
    place.keep_calls();
    let calls = place.changing_calls().len();
    let before = place.world().dump();
    let ran = run();
    assert_eq!(place.changing_calls().len(), calls, "{}", ran.stderr);
    assert_eq!(place.world().dump(), before);
    ran
}

const ENFORCED: (&str, &str) = ("mode: testing, max_age: 7d", "mode: enforce, max_age: 7d");

/// The example with an enforced policy.
fn enforced() -> Place {
    let place = Place::of("example");
    place.edit(ENFORCED.0, ENFORCED.1);
    // No mail host of the sandbox answers on port 25; the operator takes the risk on himself.
    place
        .run("apply", &["--yes", "--accept-risk", "STS-P16"])
        .exits(0);
    place.advance("5m");
    place
}

/// Promise 5: "A saved plan applies exactly, or not at all."
#[test]
fn a_saved_plan_applies_exactly() {
    let place = Place::of("example");
    let saved = place.run("plan", &["-o", "plan.json", "--json"]).exits(0);
    place
        .run_on("plan.json", "apply", &["--yes", "--target", "example.com"])
        .exits(2)
        .says("for other domains plan again, with --target");
    let applied = place
        .run_on("plan.json", "apply", &["--yes", "--json"])
        .exits(0);
    assert_eq!(applied.json()["plan"]["digest"], saved.json()["digest"]);
    place.run("plan", &["--exit-code"]).exits(0);
}

#[test]
fn a_saved_plan_is_refused_after_the_world_moved() {
    let place = Place::of("example");
    place.run("plan", &["-o", "plan.json"]).exits(0);
    let identical = "\"v=TLSRPTv1; rua=mailto:tlsrpt@example.com\"";
    publish(&place, "_smtp._tls.example.com", identical);
    changes_nothing(&place, || {
        place.run_on("plan.json", "apply", &["--yes"]).exits(4)
    })
    .says("PLAN-05");
}

#[test]
fn a_saved_plan_is_refused_after_the_manifest_changed() {
    let place = Place::of("example");
    place.run("plan", &["-o", "plan.json"]).exits(0);
    place.edit("max_age: 7d", "max_age: 8d");
    changes_nothing(&place, || {
        place.run_on("plan.json", "apply", &["--yes"]).exits(4)
    })
    .says("PLAN-05");
}

#[test]
fn a_saved_plan_is_refused_the_second_time() {
    let place = Place::of("two-accounts-one-region");
    place.run("plan", &["-o", "plan.json"]).exits(0);
    place.run_on("plan.json", "apply", &["--yes"]).exits(0);
    changes_nothing(&place, || {
        place.run_on("plan.json", "apply", &["--yes"]).exits(4)
    });
}

/// Promise 6: "No change is made in an account other than the one declared."
#[test]
fn credentials_of_another_account_change_nothing() {
    let place = Place::with(OWN_CREDENTIALS);
    let mut world = World::default();
    for account in ["333333333333", "666666666666"] {
        world.sts.seed_account(account, &[]);
        world
            .seed_zone(account, "example.com", true)
            .expect("a name");
    }
    let served = Served::start(world).expect("a sandbox with ports");
    let before = served.sandbox().world().dump();
    // The manifest says 333333333333, and these are the keys of somebody else.
    let environment = served.aws_environment("666666666666");
    let environment: Vec<(&str, &str)> = environment
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let ran = place.deploy_in(&environment, &["apply", place.manifest(), "--yes"]);
    assert!([1, 4].contains(&ran.code), "{}\n{}", ran.stdout, ran.stderr);
    let stats = served.sandbox().stats();
    assert!(stats.calls("sts", "GetCallerIdentity") > 0, "{stats:?}");
    assert_eq!(stats.changes().count(), 0, "{}", ran.stderr);
    assert_eq!(served.sandbox().world().dump(), before);
    ran.says("333333333333").says("666666666666");
}

const OWN_CREDENTIALS: &str = "project: own
accounts:
  mail: { id: \"333333333333\" }
domains:
  example.com:
    dns: { route53: { account: mail } }
    dmarc: { p: none, rua: [\"mailto:dmarc@example.com\"] }
    ses:
      - { account: mail, region: eu-west-1, mail_from: bounce }
";

/// The same promise for what is left in an account whose name the manifest gives to another.
#[test]
fn what_is_left_in_an_account_is_not_sought_in_another() {
    let place = applied("example");
    // `marketing` is now the account of the DNS.
    place.edit(
        "marketing:  { id: \"333333333333\"",
        "marketing:  { id: \"111111111111\"",
    );
    let ran = changes_nothing(&place, || place.apply().exits(1));
    ran.says("333333333333").says("declare the old account too");
    // Declared under any name, the instance moves.
    place.edit(
        "  marketing:  {",
        "  former: { id: \"333333333333\", role: mail-deploy }\n  marketing:  {",
    );
    place.apply().exits(0);
    let world = place.world().dump();
    assert!(
        !world.contains("333333333333/us-east-1"),
        "nothing is left there"
    );
    place.run("plan", &["--exit-code"]).exits(0);
}

/// An account is its number: its name in the manifest can change.
#[test]
fn an_account_can_be_called_otherwise() {
    let place = applied("example");
    place.keep_calls();
    let manifest = place.read(place.manifest());
    let renamed = manifest
        .replace("marketing", "campaigns")
        .replace("web", "site");
    place.write(place.manifest(), &renamed);
    place.apply().exits(0);
    let deletes = |operation: &str| operation.starts_with("Delete");
    let calls = place.changing_calls();
    assert!(
        !calls.iter().any(|call| deletes(&call.operation)),
        "{calls:#?}"
    );
    assert!(calls.iter().all(|call| call.service == "ses"), "{calls:#?}");
    place.run("plan", &["--exit-code"]).exits(0);
    place.destroy().exits(0).says("nothing of ours is left");
}

#[test]
fn an_account_that_lets_nobody_in_changes_nothing() {
    let place = Place::of("two-accounts-one-region");
    place.make_world(None);
    place.edit("id: \"444444444444\"", "id: \"555555555555\"");
    // Somebody has taken away what the manifest presumes.
    place.change_world(|world, _| {
        let presumed = &mut world.presumed;
        presumed.insert("account 555555555555 mail-deploy".to_owned());
    });
    let ran = changes_nothing(&place, || place.apply().exits(1))
        .says("its role cannot be assumed: AWS answered AccessDenied")
        .says("arn:aws:iam::555555555555:role/mail-deploy");
    let lines: Vec<&str> = ran.stderr.trim_end().lines().collect();
    let causes = lines
        .iter()
        .filter(|line| line.starts_with("error: cannot enter"));
    assert_eq!(causes.count(), 1, "one an account:\n{}", ran.stderr);
    assert!(
        lines
            .last()
            .is_some_and(|line| line.ends_with("Next: `deploy doctor`"))
    );
    assert_eq!(ran.stdout, "", "no plan is made of what was not seen");
}

/// The same promise while all is well: each call is made in an account and a region of the manifest.
#[test]
fn every_change_is_made_in_a_declared_account() {
    let place = Place::of("example");
    place.make_world(None);
    place.keep_calls();
    place.apply().exits(0);
    let calls = place.changing_calls();
    assert!(calls.len() > 20, "{calls:?}");
    for call in calls {
        let declared = match call.service.as_str() {
            "route53" => call.account == "111111111111",
            "s3" | "cloudfront" | "acm" => call.account == "222222222222",
            "ses" => [("333333333333", "us-east-1"), ("444444444444", "eu-west-1")]
                .contains(&(call.account.as_str(), call.region.as_str())),
            _ => false,
        };
        assert!(declared, "{call:?}");
    }
}

#[test]
fn without_a_terminal_and_without_yes_nothing_is_applied_or_destroyed() {
    let place = Place::of("two-accounts-one-region");
    changes_nothing(&place, || place.run("apply", &[]).exits(2)).says("--yes");
    place.apply().exits(0);
    changes_nothing(&place, || place.run("destroy", &[]).exits(2)).says("--yes");
}

#[test]
fn a_conflict_is_shown_with_both_values() {
    let place = Place::of("example");
    place.make_world(Some(
        r#"
zones:
  - account: "111111111111"
    name: example.com
    records:
      - { name: _dmarc.example.com, type: TXT, ttl: 300, values: ["v=DMARC1; p=reject; fo=1"] }
"#,
    ));
    changes_nothing(&place, || place.apply().exits(4))
        .says("v=DMARC1; p=reject; fo=1")
        .says("v=DMARC1; p=quarantine; sp=quarantine;")
        .says("adopt");
}

#[test]
fn a_changed_line_changes_only_that() {
    let place = applied("example");
    place.keep_calls();
    place.edit("mailto:tlsrpt@example.com", "mailto:tls@example.com");
    let plan = place
        .run("plan", &["--exit-code", "--json"])
        .exits(3)
        .json();
    let actions = plan["actions"].as_array().expect("actions");
    let changing: Vec<&str> = actions
        .iter()
        .filter(|action| action["verb"] != "none")
        .filter_map(|action| action["name"].as_str())
        .collect();
    assert_eq!(changing, ["tls-rpt"]);
    place.apply().exits(0);
    let calls = place.changing_calls();
    assert_eq!(calls.len(), 1, "{calls:#?}");
    assert_eq!(
        place
            .world()
            .later(120)
            .resolve("_smtp._tls.example.com", "TXT"),
        ["\"v=TLSRPTv1; rua=mailto:tls@example.com\""]
    );
}

/// Puts a record set into the example's zone behind the program's back.
fn publish(place: &Place, name: &str, value: &str) {
    place.change_world(|world, _| {
        let zone = world.route53.zones_of("111111111111").next();
        let zone = zone.expect("a zone").id.clone();
        world
            .seed_records(&zone, name, ("TXT", 3600), &[value])
            .expect("a name");
    });
}

#[test]
fn drift_names_what_moved_and_apply_takes_it_back() {
    let place = applied("example");
    place.run("drift", &[]).exits(0);
    let ours = place.world().resolve("_dmarc.example.com", "TXT");
    publish(&place, "_dmarc.example.com", "\"v=DMARC1; p=none\"");
    place.change_world(|world, _| {
        let mut buckets = world.s3.buckets.iter_mut();
        let assets = buckets.find(|(name, _)| name.contains("assets"));
        assets.expect("a bucket").1.public_access_block = None;
    });
    let drift = place.run("drift", &["--json"]).exits(3);
    drift.json();
    for moved in ["dmarc", "s3_bucket/example.com/assets"] {
        assert!(drift.stdout.contains(moved), "{}", drift.stdout);
    }
    place
        .run("plan", &["--exit-code"])
        .exits(3)
        .says("drift: somebody else changed it, and it is taken back")
        .says("p=none → p=quarantine")
        .says("mail impact: sending");
    place.apply().exits(0);
    let world = place.world().later(120);
    assert_eq!(world.resolve("_dmarc.example.com", "TXT"), ours);
    place.run("drift", &[]).exits(0);
    let mut buckets = place.world().world.s3.buckets.into_values();
    assert!(buckets.all(|bucket| bucket.public_access_block.is_some()));
}

/// A harmless value beside ours is a note in every run; one that breaks a rule of mail is drift.
#[test]
fn drift_tells_harmless_values_of_others_from_those_that_break_a_rule() {
    let place = applied("example");
    let beside = |value: &str| {
        place.change_world(|world, _| {
            let zone = world.route53.zones_of("111111111111").next();
            let zone = zone.expect("a zone").id.clone();
            let both = ["\"v=spf1 include:amazonses.com ~all\"", value];
            world
                .seed_records(&zone, "example.com", ("TXT", 3600), &both)
                .expect("a name");
        });
    };
    beside("\"verify-me=1234\"");
    for _ in 0..2 {
        let drift = place.run("drift", &[]).exits(0);
        drift.says("In sync").says("verify-me=1234");
        place.advance("7d");
    }
    let json = place.run("drift", &["--json"]).exits(0).json();
    assert_eq!(json["drift"][0]["moved"], "added", "{json:#}");
    beside("\"v=spf1 -all\"");
    place.run("drift", &[]).exits(3).says("v=spf1 -all");
}

/// A second policy beside ours is somebody else's, and makes receivers see none at all.
#[test]
fn a_value_of_somebody_else_beside_ours_is_theirs_to_take_out() {
    let place = applied("example");
    place.change_world(|world, _| {
        let zone = world.route53.zones_of("111111111111").next();
        let zone = zone.expect("a zone").id.clone();
        let ours = "\"v=DMARC1; p=quarantine; sp=quarantine; rua=mailto:dmarc@example.com\"";
        let both = [ours, "\"v=DMARC1; p=none\""];
        world
            .seed_records(&zone, "_dmarc.example.com", ("TXT", 3600), &both)
            .expect("a name");
    });
    changes_nothing(&place, || place.apply().exits(4))
        .says("PLAN-01")
        .says("v=DMARC1; p=none");
}

#[test]
fn two_hosted_zones_of_one_name_stop_the_plan() {
    let place = Place::of("example");
    let mut ids = Vec::new();
    place.make_world(None);
    place.change_world(|world, _| {
        let zone = world.route53.zones_of("111111111111").next();
        ids.push(zone.expect("the zone that is delegated to").id.clone());
        let other = world.seed_zone("111111111111", "example.com", false);
        ids.push(other.expect("a name"));
    });
    let ran = changes_nothing(&place, || place.apply().exits(4));
    let ran = ran.says("PLAN-11").says(&ids[0]).says(&ids[1]);
    ran.says("dns: { route53: { account: …, zone: Z… } }");
    let named = format!("dns: {{ route53: {{ account: dns, zone: {} }} }}", ids[0]);
    place.edit("dns: { route53: { account: dns } }", &named);
    place.apply().exits(0);
}

#[test]
fn a_name_below_a_delegation_stops_the_plan() {
    let place = Place::of("example");
    place.make_world(Some(
        r#"
zones:
  - account: "111111111111"
    name: example.com
    records:
      - { name: mta-sts.example.com, type: NS, ttl: 300, values: ["ns1.example.net."] }
"#,
    ));
    changes_nothing(&place, || place.apply().exits(4))
        .says("PLAN-10")
        .says("`mta-sts.example.com` is delegated to ns1.example.net");
}

#[test]
fn a_block_that_leaves_the_manifest_is_deleted_and_shown_first_with_its_mail_impact() {
    let place = applied("example");
    place.edit(
        "    tls_rpt: { rua: [\"mailto:tlsrpt@example.com\"] }\n",
        "",
    );
    place.edit(
        "    bimi: { logo: ../assets/logo.svg, certificate: ../assets/bimi_vmc.pem }\n",
        "",
    );
    place
        .run("plan", &["--exit-code"])
        .exits(3)
        .says("mail impact: branding");
    place.apply().exits(0);
    let world = place.world().later(120);
    assert!(world.resolve("_smtp._tls.example.com", "TXT").is_empty());
    assert!(world.resolve("default._bimi.example.com", "TXT").is_empty());
    assert!(!world.resolve("_mta-sts.example.com", "TXT").is_empty());
    place.run("plan", &["--exit-code"]).exits(0);
}

#[test]
fn an_instance_that_leaves_the_manifest_is_deleted_before_its_records() {
    let place = applied("example");
    place.keep_calls();
    place.edit(
        "      - { account: operations, region: eu-west-1, mail_from: mail2, domain_token: true }\n",
        "",
    );
    place.run("plan", &[]).exits(0).says("mail impact: sending");
    place.apply().exits(0);
    let calls = place.changing_calls();
    let first = |operation: &str| calls.iter().position(|call| call.operation == operation);
    let identity = first("DeleteEmailIdentity").expect("the identity is deleted");
    let records = calls
        .iter()
        .rposition(|call| call.service == "route53")
        .expect("records");
    assert!(identity < records, "{calls:#?}");
    let world = place.world().later(120);
    assert!(world.resolve("mail2.example.com", "MX").is_empty());
    assert_eq!(world.resolve("mail1.example.com", "MX").len(), 1);
    assert!(!world.dump().contains("444444444444/eu-west-1"));
}

#[test]
fn a_domain_that_leaves_the_manifest_is_deleted() {
    let place = Place::with(TWO_DOMAINS);
    place.apply().exits(0);
    place.edit(SECOND_DOMAIN, "");
    place
        .run("plan", &["--exit-code"])
        .exits(3)
        .says("example.net");
    place.apply().exits(0);
    let world = place.world().later(120);
    assert!(world.resolve("_dmarc.example.net", "TXT").is_empty());
    assert!(!world.resolve("_dmarc.example.com", "TXT").is_empty());
    place.run("plan", &["--exit-code"]).exits(0);
}

const SECOND_DOMAIN: &str = "  example.net:
    dns: { route53: { account: mail } }
    dmarc: { p: none, rua: [\"mailto:dmarc@example.net\"] }
    ses:
      - { account: mail, region: us-east-1, mail_from: bounce }
";

const TWO_DOMAINS: &str = "project: two
accounts:
  mail: { id: \"333333333333\", role: mail-deploy }
domains:
  example.com:
    dns: { route53: { account: mail } }
    dmarc: { p: none, rua: [\"mailto:dmarc@example.com\"] }
    ses:
      - { account: mail, region: eu-west-1, mail_from: bounce }
  example.net:
    dns: { route53: { account: mail } }
    dmarc: { p: none, rua: [\"mailto:dmarc@example.net\"] }
    ses:
      - { account: mail, region: us-east-1, mail_from: bounce }
";

#[test]
fn target_limits_every_command_to_a_domain() {
    let place = Place::with(TWO_DOMAINS);
    let only = ["--target", "example.net"];
    let with = |more: &[&'static str]| [&only[..], more].concat();
    place.run("apply", &with(&["--yes"])).exits(0);
    let published = |domain: &str| {
        let world = place.world().later(120);
        !world.resolve(&format!("_dmarc.{domain}"), "TXT").is_empty()
    };
    assert!(published("example.net") && !published("example.com"));
    place.run("plan", &with(&["--exit-code"])).exits(0);
    place.run("plan", &["--exit-code"]).exits(3);
    place.run("drift", &only).exits(0);
    place.apply().exits(0);
    assert!(published("example.net") && published("example.com"));
    place.run("destroy", &with(&["--yes"])).exits(0);
    assert!(!published("example.net") && published("example.com"));
    place.run("plan", &["--target", "example.edu"]).exits(2);
}

/// "Let go slowly."
#[test]
fn destroy_winds_an_enforced_policy_down() {
    let place = enforced();
    let before = place.world();
    place.destroy().exits(5).says("mode: none");
    let mut world = place.world().later(120);
    assert_ne!(
        world.resolve("_mta-sts.example.com", "TXT"),
        before.resolve("_mta-sts.example.com", "TXT"),
        "a new id"
    );
    let policy = world.fetch("mta-sts.example.com", "/.well-known/mta-sts.txt");
    let policy = String::from_utf8(policy.expect("a policy")).expect("UTF-8");
    assert!(policy.contains("mode: none"), "{policy}");
    // Six days later somebody still holds the policy, and on the ninth day nobody does.
    place.advance("6d");
    place.destroy().exits(5);
    assert!(
        !place
            .world()
            .resolve("_mta-sts.example.com", "TXT")
            .is_empty()
    );
    place.advance("3d");
    place.destroy().exits(0).says("nothing of ours is left");
    assert_eq!(place.world().buckets().count(), 0);
    assert!(
        place
            .world()
            .later(120)
            .resolve("_mta-sts.example.com", "TXT")
            .is_empty()
    );
}

/// The certificate and the distribution get the name of the logo although they still serve the policy.
#[test]
fn a_logo_that_comes_while_a_policy_is_wound_down_is_served() {
    let place = Place::of("example").in_calm();
    let policy = format!("    mta_sts: {{ {} }}\n", ENFORCED.1);
    let logo = "    bimi: { logo: ../assets/logo.svg, certificate: ../assets/bimi_vmc.pem }\n";
    place.edit(ENFORCED.0, ENFORCED.1);
    place.edit(logo, "");
    place
        .run("apply", &["--yes", "--accept-risk", "STS-P16"])
        .exits(0);
    place.edit(&policy, logo);
    place.apply().exits(5).says("`mode: none` until");
    let mut world = place.world().later(120);
    let mut fetch = |host: &str, path: &str| {
        let body = world.fetch(host, path).expect("it is served");
        String::from_utf8(body).expect("UTF-8")
    };
    assert!(fetch("bimi-assets.example.com", "/logo.svg").contains("<svg"));
    let served = fetch("mta-sts.example.com", "/.well-known/mta-sts.txt");
    assert!(served.contains("mode: none"), "{served}");
    let again = place.apply().exits(5);
    assert!(!again.stdout.contains("to create"), "{}", again.stdout);
    place.advance("8d");
    place.apply().exits(0);
    place.run("plan", &["--exit-code"]).exits(0);
}

#[test]
fn destroy_now_accepts_the_risk() {
    let place = enforced();
    place.run("destroy", &["--yes", "--now"]).exits(0);
    assert_eq!(place.world().buckets().count(), 0);
}

/// "Enforce with evidence": every live MX host matches a pattern of the policy.
#[test]
fn enforce_against_the_live_mx_is_refused() {
    let place = Place::of("example");
    place.edit("    mx: [10 inbound-smtp.us-east-1.amazonaws.com]\n", "");
    place.edit(
        ENFORCED.0,
        "mode: enforce, max_age: 7d, mx: [mx.elsewhere.example]",
    );
    // What is published stays: mail.example.com, which the policy does not name.
    place.apply().exits(4).says("STS-P13");
    let world = place.world().later(120);
    assert_eq!(world.resolve("example.com", "MX"), ["10 mail.example.com"]);
    assert!(world.resolve("_mta-sts.example.com", "TXT").is_empty());
    let mut buckets = world.world.s3.buckets.values();
    assert!(buckets.all(|bucket| bucket.current(".well-known/mta-sts.txt").is_none()));
}

/// Starts an apply that takes a few seconds, and comes back when the asset bucket is there.
fn half_way(place: &Place, speed: &str) -> (Child, std::thread::JoinHandle<String>) {
    let arguments = [
        "apply",
        place.manifest(),
        "--sandbox",
        "--speed",
        speed,
        "--yes",
    ];
    let mut child = place.start(&arguments);
    let mut lines = BufReader::new(child.stderr.take().expect("a pipe")).lines();
    let mut stdout = child.stdout.take().expect("a pipe");
    std::thread::spawn(move || std::io::copy(&mut stdout, &mut std::io::sink()));
    let begun = lines.any(|line| {
        line.expect("UTF-8")
            .contains("✓ create s3_bucket/example.com/assets")
    });
    assert!(begun, "the bucket is never made");
    let rest = std::thread::spawn(move || {
        let rest: Vec<String> = lines.map_while(Result::ok).collect();
        rest.join("\n")
    });
    (child, rest)
}

#[test]
fn interrupted_once_it_finishes_what_is_in_flight_and_the_next_apply_goes_on() {
    let place = Place::of("example");
    let (mut child, rest) = half_way(&place, "60");
    let id = child.id().to_string();
    let status = Command::new("kill").args(["-INT", &id]).status();
    assert!(status.expect("kill runs").success());
    let status = child.wait().expect("it ends");
    let said = rest.join().expect("no panic");
    assert_eq!(status.code(), Some(5), "{said}");
    assert!(said.contains("it goes on from here"), "{said}");
    assert_eq!(place.world().world.cloudfront.all().count(), 0, "{said}");
    place.apply().exits(0);
    place.run("plan", &["--exit-code"]).exits(0);
}

#[test]
fn interrupted_twice_it_stops_at_once_and_the_next_apply_goes_on() {
    let place = Place::of("example");
    // As slow as AWS, so that the second finds calls in flight.
    let (mut child, rest) = half_way(&place, "1");
    let id = child.id().to_string();
    let mut status = None;
    // Two that come close together can count as one.
    while status.is_none() {
        let sent = Command::new("kill").args(["-INT", &id]).status();
        assert!(sent.expect("kill runs").success());
        status = child.try_wait().expect("it was started");
    }
    let said = rest.join().expect("no panic");
    assert_eq!(status.and_then(|status| status.code()), Some(130), "{said}");
    place.apply().exits(0);
    place.run("plan", &["--exit-code"]).exits(0);
}

/// Promise 2, with a real signal.
#[test]
fn killed_it_goes_on_and_makes_nothing_twice() {
    let place = Place::of("example");
    let (mut child, rest) = half_way(&place, "60");
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    rest.join().expect("no panic");
    place.apply().exits(0);
    assert_eq!(place.world().buckets().count(), 2);
    let world = place.world().world;
    assert_eq!(world.cloudfront.all().count(), 1);
    let certificates = &world.acm.certificates["222222222222/us-east-1"];
    assert_eq!(certificates.len(), 1);
    place.destroy().exits(0);
}
