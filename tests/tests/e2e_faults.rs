//! Faults that were found by attacking the program. The id before each test is that of its report: M for
//! major, L for minor; `e2e_edges.rs` has the others.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use sandbox::faults::{Fault, FaultKind};
use tests::place::Place;

/// A zone of example.com with more records in it.
fn zone_with(records: &str) -> String {
    format!("zones:\n  - account: \"111111111111\"\n    name: example.com\n    records:\n{records}")
}

/// M7: a value that is there already keeps its time to live, in whichever run, and after destroy.
#[test]
fn an_identical_value_of_somebody_else_keeps_its_time_to_live() {
    let place = Place::of("example");
    place.make_world(Some(&zone_with(
        "      - { name: _smtp._tls.example.com, type: TXT, ttl: 600, values: [\"v=TLSRPTv1; rua=mailto:tlsrpt@example.com\"] }\n",
    )));
    let before = place.world().dump();
    let ttl = || {
        let world = place.world().world;
        let zones = world.dump()["route53"].to_string();
        let (_, set) = zones.split_once("_smtp._tls.example.com").expect("the set");
        let (_, ttl) = set.split_once("\"ttl\":").expect("a time to live");
        ttl.chars()
            .take_while(char::is_ascii_digit)
            .collect::<String>()
    };
    assert_eq!(ttl(), "600");
    place.apply().exits(0);
    assert_eq!(ttl(), "600", "the first apply changed it");
    place.run("plan", &["--exit-code"]).exits(0);
    place.run("drift", &[]).exits(0);
    place.run("plan", &["--exit-code", "--refresh"]).exits(0);
    place.run("destroy", &["--yes", "--now"]).exits(0);
    assert_eq!(place.world().dump(), before);
}

/// M8: after an answer that was lost, the distribution is read, and no old version of it is sent.
#[test]
fn a_lost_answer_of_an_update_of_a_distribution_does_not_end_destroy() {
    let applied = Place::of("example").in_calm();
    applied.apply().exits(0);
    for kind in [
        FaultKind::ErrorAfter,
        FaultKind::TimeOutAfter,
        FaultKind::HtmlAfter,
    ] {
        let place = applied.copy();
        let fault = Fault::new(kind)
            .at("cloudfront", "UpdateDistribution")
            .nth(1);
        place.change_world(|world, _| world.faults.script = vec![fault]);
        place.run("destroy", &["--yes", "--now"]).exits(0);
        assert_eq!(place.world().world.cloudfront.all().count(), 0, "{kind:?}");
    }
}

/// L3: a message of AWS is one line, whatever it holds.
#[test]
fn a_line_break_in_a_message_of_aws_makes_no_line() {
    let lines = "You may not.\nerror: everything is fine\r\n0 to change";
    // XML 1.0 has no way to write an escape character, and these services answer in XML.
    let in_xml = ["s3", "route53", "sts", "cloudfront"];
    for (service, operation) in [
        ("ses", "CreateEmailIdentity"),
        ("s3", "CreateBucket"),
        ("route53", "ChangeResourceRecordSets"),
        ("route53", "ListResourceRecordSets"),
        ("sts", "AssumeRole"),
        ("acm", "RequestCertificate"),
        ("cloudfront", "CreateDistributionWithTags"),
    ] {
        let place = Place::of("example").in_calm();
        place.make_world(None);
        let fault = Fault::new(FaultKind::ErrorBefore).at(service, operation);
        let escape = if in_xml.contains(&service) {
            ""
        } else {
            "\u{1b}[2K"
        };
        let fault = fault.with(403, "AccessDenied", &format!("{lines}{escape}"));
        place.change_world(|world, _| world.faults.script = vec![fault]);
        let mut is_shown = false;
        let mut all = String::new();
        for command in ["plan", "apply", "status", "doctor", "drift", "verify"] {
            let options: &[&str] = if command == "apply" { &["--yes"] } else { &[] };
            let ran = place.run(command, options);
            for text in [&ran.stdout, &ran.stderr] {
                is_shown |= text.contains("You may not.");
                all += text;
                let mut lines = text.lines();
                let is_forged = |line: &str| {
                    let line = line.trim_start_matches([' ', '│', '|']);
                    line.starts_with("error: everything is fine") || line.starts_with("0 to change")
                };
                assert!(!lines.any(is_forged), "{command}, {operation}:\n{text}");
                assert!(!text.contains('\u{1b}'), "{command}, {operation}:\n{text}");
            }
        }
        assert!(
            is_shown,
            "{operation}: no command printed the message\n{all}"
        );
    }
}

/// L4: what is denied for good is no wait: the run ends with 1, and names what is not allowed.
#[test]
fn a_read_that_is_denied_for_good_is_a_failure_that_names_the_permission() {
    let undisturbed = Place::of("example").in_calm();
    undisturbed.make_world(None);
    let start = undisturbed.copy();
    undisturbed.keep_calls();
    undisturbed.run("apply", &["--yes", "--no-verify"]).exits(0);
    let reads = undisturbed
        .calls()
        .into_iter()
        .filter(|call| !call.changing);
    let reads: BTreeSet<(String, String)> = reads
        .filter(|call| !["sts", "iam"].contains(&call.service.as_str()))
        .map(|call| (call.service, call.operation))
        .collect();
    assert!(reads.len() > 15, "{reads:?}");
    let failed = AtomicUsize::new(0);
    let wrong = |(service, operation): &(String, String)| {
        let place = start.copy();
        let fault = Fault::new(FaultKind::ErrorBefore).at(service, operation);
        let fault = fault.with(403, "AccessDenied", "Access Denied");
        place.change_world(|world, _| world.faults.script = vec![fault]);
        let ran = place.run("apply", &["--yes", "--no-verify"]);
        failed.fetch_add(usize::from(ran.code == 1), Ordering::Relaxed);
        let actions = sandbox::iam::actions(service, operation);
        let is_named = actions
            .iter()
            .any(|action| ran.stderr.contains(action) || ran.stdout.contains(action));
        // Without some reads there is another way, or the plan is refused.
        let is_right = match ran.code {
            0 => true,
            1 | 4 => is_named,
            _ => false,
        };
        (!is_right).then(|| {
            format!(
                "{operation}: {} without {actions:?}\n{}\n{}",
                ran.code, ran.stdout, ran.stderr
            )
        })
    };
    tests::trials::all_hold(reads.into_iter().collect(), wrong);
    let failed = failed.into_inner();
    assert!(failed > 10, "only {failed} reads were missed");
}

/// E3: what cannot be asked about is not gone. Without `GetChange` nobody knows when the name servers have
/// forgotten the records, and the distribution that they lead to stays.
#[test]
fn e3_a_deletion_that_cannot_be_confirmed_takes_nothing_along() {
    let place = Place::of("example").in_calm();
    place.apply().exits(0);
    let denied = |world: &mut sandbox::world::World, denied: Vec<String>| {
        let dns = world.sts.accounts.get_mut("111111111111");
        let roles = &mut dns.expect("the account").roles;
        roles.entry("mail-deploy".to_owned()).or_default().denied = denied;
    };
    place.change_world(|world, _| denied(world, vec!["route53:GetChange".to_owned()]));
    let ran = place.run("destroy", &["--yes", "--now"]).exits(1);
    assert!(ran.stderr.contains("route53:GetChange"), "{}", ran.stderr);
    let is_served = || {
        let world = place.world().world;
        world
            .cloudfront
            .all()
            .any(|one| one.config.is_true("Enabled"))
    };
    assert!(is_served(), "names may still lead to the distribution");
    place.change_world(|world, _| denied(world, Vec::new()));
    place.run("destroy", &["--yes", "--now"]).exits(0);
    assert!(!is_served());
}

/// L5: keys below a delegation are never seen, so that nobody waits for them.
#[test]
fn a_delegation_at_domainkey_stops_the_plan() {
    let place = Place::of("example");
    place.make_world(Some(&zone_with(
        "      - { name: _domainkey.example.com, type: NS, ttl: 300, values: [\"ns1.example.net.\"] }\n",
    )));
    let ran = place.apply().exits(4).says("PLAN-10");
    ran.says("`_domainkey.example.com` is delegated to ns1.example.net");
}

/// L11: a block that was taken out of the manifest is still removed, with the policy of both.
#[test]
fn the_policy_of_two_manifests_allows_to_remove_what_the_old_one_had() {
    let place = Place::of("example");
    let old = place.read(place.manifest());
    place.write("deploy/old.yaml", &old);
    place.edit("      - { account: operations, region: eu-west-1, mail_from: mail2, domain_token: true }\n", "");
    let policy = |options: &[&str]| {
        let arguments = [&["iam", place.manifest()], options].concat();
        place.deploy(&arguments).exits(0).json()["accounts"]["operations"]["policy"].to_string()
    };
    assert!(!policy(&[]).contains("ses:DeleteEmailIdentity"));
    assert!(policy(&["--with", "deploy/old.yaml"]).contains("ses:DeleteEmailIdentity"));
}

/// M5: what this program cannot read in a ledger is an error that names file and line, in each command,
/// and nothing is changed.
#[test]
fn an_entry_that_cannot_be_read_ends_each_command_with_its_file_and_line() {
    let place = Place::of("example").in_folder().in_calm();
    place.apply().exits(0);
    let path = "deploy/.deploy/sandbox/anycompany/ledger/example.com.jsonl";
    let text = place.read(path);
    let broken = text.replace("ses_identity/", "ses_oddities/");
    assert_ne!(broken, text);
    place.write(path, &broken);
    let before = place.world().dump();
    let commands = [
        "plan", "apply", "destroy", "drift", "verify", "records", "status", "graph", "doctor",
    ];
    for command in commands {
        let options: &[&str] = match command {
            "apply" | "destroy" => &["--yes"],
            _ => &[],
        };
        let ran = place.run(command, options).exits(1);
        ran.says("example.com.jsonl:1");
    }
    assert_eq!(place.world().dump(), before);
}

/// L2: whatever decides how a saved plan is carried out is sealed.
#[test]
fn a_saved_plan_that_was_edited_is_refused() {
    let place = Place::of("example").in_calm();
    place.make_world(None);
    place.run("plan", &["-o", "plan.json"]).exits(0);
    let saved = place.read("plan.json");
    let before = place.world().dump();
    for (from, to) in [
        ("deploy/example.yaml", "deploy/another.yaml"),
        ("\"targets\": []", "\"targets\": [\"example.com\"]"),
        ("111111111111", "999999999999"),
        ("role/mail-deploy", "role/somebody"),
    ] {
        assert!(saved.contains(from), "{from} in {saved}");
        place.write("plan.json", &saved.replace(from, to));
        place.run_on("plan.json", "apply", &["--yes"]).exits(2);
    }
    assert_eq!(place.world().dump(), before);
    place.write("plan.json", &saved);
    place
        .run_on("plan.json", "apply", &["--yes", "--no-verify"])
        .exits(0);
}
