//! The sandbox as people use it: its time, its calls, what it presumes, what it keeps.

use std::io::{BufRead, BufReader};
use std::process::Child;

use tests::place::Place;

/// The output of a run: how long it says that it took, and each call with its moment since the first.
#[derive(Debug, PartialEq)]
struct Shown {
    seconds: f64,
    calls: Vec<String>,
}

fn shown(place: &Place, command: &str, options: &[&str]) -> Shown {
    place.keep_calls();
    let ran = place.run(command, options).exits(0);
    let seconds = ran.json()["elapsed_seconds"].as_f64();
    let calls = place.calls();
    let first = calls.first().expect("a call").at;
    let line = |call: &sandbox::stats::Logged| {
        let since = call.at.duration_since(first);
        let (account, region) = (&call.account, &call.region);
        let (service, operation, result) = (&call.service, &call.operation, &call.result);
        format!("{since:#} {account} {region} {service} {operation} {result}")
    };
    let calls = calls.iter().map(line).collect();
    place.forget_history();
    Shown {
        seconds: seconds.expect("how long it took"),
        calls,
    }
}

/// Issue 3: "reports the virtual time, the same on every run".
#[test]
fn every_run_makes_the_same_calls_at_the_same_virtual_times() {
    let run = || {
        let place = Place::of("example").in_calm();
        place.make_world(None);
        let up = shown(&place, "apply", &["--yes", "--json", "--no-verify"]);
        let down = shown(&place, "destroy", &["--yes", "--json"]);
        (up, down)
    };
    let (up, down) = run();
    assert!(up.seconds > 180.0, "{up:?}");
    assert!(up.calls.len() > 60, "{up:?}");
    for _ in 0..3 {
        let (again_up, again_down) = run();
        same(&up, &again_up);
        same(&down, &again_down);
    }
}

/// The first call that differs tells more than two long lists.
#[track_caller]
fn same(one: &Shown, other: &Shown) {
    let mut pairs = one.calls.iter().zip(&other.calls);
    assert_eq!(pairs.find(|(one, other)| one != other), None);
    assert_eq!(one, other);
}

#[test]
fn what_a_new_sandbox_presumes_is_said_once() {
    // Whoever makes the bucket of a ledger makes the sandbox.
    let place = Place::of("example").in_folder();
    place
        .run("plan", &[])
        .exits(0)
        .says("A new sandbox was made, with what the manifest presumes")
        .says("111111111111 (role mail-deploy)")
        .says("hosted zones, delegated to: example.com in 111111111111");
    let again = place.run("plan", &[]).exits(0);
    assert!(!again.stderr.contains("A new sandbox"), "{}", again.stderr);
    let place = Place::of("manual-dns").in_folder();
    let domain = "zones on somebody else's servers: example.org";
    place
        .run("plan", &[])
        .says(domain)
        .says("mail hosts: mx1.example.org, mx2.example.org");
}

/// A world file need not know which zones a manifest presumes.
#[test]
fn records_of_a_world_file_are_in_the_zone_that_is_presumed() {
    let place = Place::of("example");
    place.make_world(Some(
        "dns:
  - { name: inside.example.com, type: TXT, values: [as everywhere] }
  - { name: example.com, type: MX, values: [10 mx.example.net] }
",
    ));
    let world = place.world();
    assert_eq!(
        world.resolve("inside.example.com", "TXT"),
        ["\"as everywhere\""]
    );
    assert_eq!(world.resolve("example.com", "MX"), ["10 mx.example.net"]);
}

#[test]
fn a_sandbox_gets_what_a_manifest_presumes_later() {
    let place = Place::of("example");
    let text = |accounts: &str, domains: &str| {
        format!(
            "project: later\naccounts:\n  a: {{ id: \"111111111111\", role: mail-deploy }}\n{accounts}domains:\n  one.example: {{ dns: {{ route53: {{ account: a }} }}, tls_rpt: {{ rua: [\"mailto:tls@one.example\"] }} }}\n{domains}"
        )
    };
    place.write(place.manifest(), &text("", ""));
    place.apply().exits(0);
    place.write(
        place.manifest(),
        &text(
            "  b: { id: \"222222222222\", role: mail-deploy }\n",
            "  two.example: { dns: { route53: { account: b } }, tls_rpt: { rua: [\"mailto:tls@two.example\"] } }\n",
        ),
    );
    place
        .apply()
        .exits(0)
        .says("The sandbox was given what the manifest presumes since:")
        .says("accounts: 222222222222 (role mail-deploy)")
        .says("hosted zones, delegated to: two.example in 222222222222");
}

struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn stats_are_a_table_and_disturb_nobody() {
    let place = Place::of("example");
    place.make_world(None);
    place.apply().exits(0);
    let stats = || {
        place
            .deploy(&["sandbox", "stats", place.manifest()])
            .exits(0)
    };
    let table = stats().stdout;
    let header: Vec<&str> = table
        .lines()
        .next()
        .expect("a header")
        .split_whitespace()
        .collect();
    assert_eq!(
        header,
        ["account", "service", "operation", "result", "calls"]
    );
    assert!(
        table
            .lines()
            .any(|line| line.contains("CreateDistributionWithTags")),
        "{table}"
    );

    let ports = ["--aws", "0", "--dns", "0", "--https", "0"];
    let serve = [&["sandbox", "serve", place.manifest()][..], &ports].concat();
    let mut serving = Serving(place.start(&serve));
    let mut said = BufReader::new(serving.0.stdout.take().expect("a pipe")).lines();
    said.next().expect("it serves").expect("UTF-8");
    assert_eq!(stats().stdout, table);
    // Its world is in its memory: nobody may change the files behind its back.
    place
        .run("plan", &[])
        .exits(1)
        .says("in use by another command");
    drop(serving);
    place.run("plan", &["--exit-code"]).exits(0);
}
