//! `deploy verify` and `deploy drift` against the sandbox's own DNS, HTTPS and SMTP ports: green after
//! apply, and one rule by name when the world is broken in one way.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sandbox::smtp::Fault;
use sandbox::world::World;
use tests::place::{Place, Ran};

/// The shipped manifests whose DNS is in Route 53.
const SHIPPED: [&str; 5] = [
    "example",
    "fleet",
    "one-account-two-regions",
    "two-accounts-one-region",
    "two-accounts-two-regions",
];

fn applied(name: &str) -> Place {
    let place = Place::of(name);
    place.apply().exits(0);
    place
}

/// The rules of findings that weigh something, in a document's list of checks.
fn rules(ran: &Ran, list: &str) -> BTreeSet<String> {
    let document = ran.json();
    let checks = document[list].as_array().expect("a list of checks");
    let found = checks.iter().filter_map(|check| {
        let finding = &check["finding"];
        let weighs = finding["severity"] == "error" || finding["severity"] == "warn";
        weighs.then(|| finding["rule"].as_str().unwrap_or_default().to_owned())
    });
    found.collect()
}

#[test]
fn every_shipped_manifest_is_green_after_apply() {
    for name in SHIPPED {
        let place = applied(name);
        let ran = place.run("verify", &["--json", "--smtp"]).exits(0);
        assert_eq!(ran.json()["verdict"], "good", "{name}");
        assert_eq!(rules(&ran, "checks"), BTreeSet::new(), "{name}");
        let skipped = &ran.json()["summary"]["skipped"];
        assert_eq!(*skipped, 0, "{name}: everything is visible from here");
        let drift = place.run("drift", &["--json"]).exits(0);
        assert_eq!(
            drift.json()["live"].as_array().map(Vec::len),
            Some(0),
            "{name}"
        );
    }
}

/// A record that a person has still to publish is waited for, and nobody's fault; when all is published, all is
/// green.
#[test]
fn manual_dns_waits_for_who_publishes_and_is_green_then() {
    let place = Place::of("manual-dns");
    place.make_world(None);
    let publish = || {
        place
            .deploy(&["sandbox", "publish", place.manifest()])
            .exits(0)
    };
    let mut code = place.apply().code;
    let verify = place.run("verify", &["--json"]).exits(5);
    assert_eq!(rules(&verify, "checks"), BTreeSet::new());
    place
        .run("drift", &[])
        .exits(5)
        .says("are still to be published");
    for round in 0.. {
        assert!(round < 5, "{}", place.run("plan", &[]).stdout);
        if code == 0 {
            break;
        }
        assert_eq!(code, 5);
        publish();
        code = place.apply().code;
    }
    place.run("verify", &["--json", "--smtp"]).exits(0);
    place.run("drift", &[]).exits(0);
    // It was there once: now it is a fault.
    place.change_world(|world, now| {
        let gone = world.dns.unpublish("_dmarc.example.org", "TXT", now);
        gone.expect("a name");
    });
    let verify = place.run("verify", &["--json"]).exits(3);
    let found = rules(&verify, "checks");
    assert!(found.contains("DMARC-03"), "{found:?}");
    place.run("drift", &[]).exits(3).says("dmarc");
}

/// A record that was published after the first apply is ours to take out; one that was there before is not.
#[test]
fn records_published_after_the_first_apply_were_not_there_before_us() {
    let place = Place::of("manual-dns");
    place.make_world(None);
    place.change_world(|world, now| {
        let tls = "v=TLSRPTv1; rua=mailto:tlsrpt@example.org";
        let done = world
            .dns
            .publish("_smtp._tls.example.org", "TXT", &[tls], now);
        done.expect("a name");
    });
    let mut code = place.apply().code;
    for _ in 0..5 {
        place
            .deploy(&["sandbox", "publish", place.manifest()])
            .exits(0);
        code = place.apply().code;
    }
    assert_eq!(code, 0);
    place
        .run("destroy", &["--yes"])
        .exits(5)
        .says("TXT _mta-sts.example.org out of the DNS")
        .says("TXT default._bimi.example.org out of the DNS")
        .says("14 to take out by hand, 1 to forget")
        .says("origin unknown: it was there when the ledger began, and stays");
}

type Break = fn(&mut World, Timestamp);

fn zone(world: &World) -> String {
    let zone = world.route53.zones_of("111111111111").next();
    zone.expect("a zone").id.clone()
}

fn set(world: &mut World, name: &str, rtype: &str, values: &[&str]) {
    let zone = zone(world);
    let done = world.seed_records(&zone, name, (rtype, 60), values);
    done.expect("a name");
}

fn lose(world: &mut World, name: &str, rtypes: &[&str]) {
    let zone = zone(world);
    for rtype in rtypes {
        world.lose_records(&zone, name, rtype).expect("a name");
    }
}

/// Breaks of the world, and the rules that verify names then.
const BROKEN: &[(&str, Break, &[&str])] = &[
    (
        "a second TXT",
        |world, _| {
            let values = [
                "\"v=TLSRPTv1; rua=mailto:tlsrpt@example.com\"",
                "\"v=TLSRPTv1; rua=mailto:b@example.com\"",
            ];
            set(world, "_smtp._tls.example.com", "TXT", &values);
        },
        &["RPT-07"],
    ),
    (
        "another policy id",
        |world, _| {
            set(
                world,
                "_mta-sts.example.com",
                "TXT",
                &["\"v=STSv1; id=another;\""],
            );
        },
        &["STS-R06"],
    ),
    (
        "a missing AAAA",
        |world, _| lose(world, "mta-sts.example.com", &["AAAA"]),
        &["LIVE-01"],
    ),
    (
        "a delegation to servers that know nothing",
        |world, now| {
            let servers = ["ns1.registrar.example".to_owned()];
            let done = world.dns.delegate("example.com", &servers, now);
            done.expect("a name");
        },
        &["DNS-08"],
    ),
    (
        "a delegation that is gone",
        |world, _| world.dns.undelegate("example.com").expect("a name"),
        &["DNS-08"],
    ),
    (
        "aliases in a circle",
        |world, _| {
            lose(world, "bimi-assets.example.com", &["A", "AAAA"]);
            set(
                world,
                "bimi-assets.example.com",
                "CNAME",
                &["loop.example.com"],
            );
            set(
                world,
                "loop.example.com",
                "CNAME",
                &["bimi-assets.example.com"],
            );
        },
        &["LIVE-02"],
    ),
    (
        "SERVFAIL behind an include",
        |world, now| {
            let servers = ["ns1.nowhere.example".to_owned()];
            let done = world.dns.delegate("amazonses.com", &servers, now);
            done.expect("a name");
        },
        &["LIVE-02"],
    ),
    (
        "a revoked DKIM key",
        |world, now| {
            let host = dkim_target(world);
            world.dns.add_zone(&host, now).expect("a name");
            let done = world.dns.publish(&host, "TXT", &["v=DKIM1; p="], now);
            done.expect("a name");
        },
        &["DKIM-04"],
    ),
    (
        "a dangling alias",
        |world, _| world.cloudfront.lose("mta-sts.example.com"),
        &["LIVE-04"],
    ),
    (
        "the world's own certificate is for others",
        |world, _| {
            let faults = &mut world.mail.faults;
            let host = "inbound-smtp.us-east-1.amazonaws.com";
            faults.insert(host.to_owned(), Fault::OtherName);
        },
        // In testing mode nobody refuses to deliver.
        &[],
    ),
    (
        "no CAA for Amazon",
        |world, _| set(world, "example.com", "CAA", &["0 issue \"ca.example\""]),
        &["DNS-13"],
    ),
];

/// The address of one of the domain's DKIM keys.
fn dkim_target(world: &World) -> String {
    let mut zones = world.route53.zones_of("111111111111");
    let records = &zones.next().expect("a zone").records;
    let mut keys = records
        .from(None)
        .filter(|set| set.key.name.plain().contains("._domainkey."));
    let target = keys.find_map(|set| set.values().first().cloned());
    target.expect("a record").trim_end_matches('.').to_owned()
}

#[test]
fn a_broken_world_is_named_by_its_rule() {
    let whole = applied("example");
    for (what, change, expected) in BROKEN {
        let place = whole.copy();
        place.change_world(change);
        let ran = place.run("verify", &["--json", "--smtp"]);
        let expected: BTreeSet<String> = expected.iter().map(|&rule| rule.to_owned()).collect();
        assert_eq!(rules(&ran, "checks"), expected, "{what}: {}", ran.stderr);
    }
}

#[test]
fn an_enforced_policy_is_held_to_what_mail_hosts_show() {
    let place = Place::of("example");
    place.edit("mode: testing, max_age: 7d", "mode: enforce, max_age: 7d");
    place.apply().exits(0);
    place.run("verify", &["--smtp", "--json"]).exits(0);
    for fault in [Fault::Expired, Fault::OtherName, Fault::NoCertificate] {
        place.change_world(|world, _| {
            let host = "inbound-smtp.us-east-1.amazonaws.com";
            world.mail.faults.insert(host.to_owned(), fault);
        });
        let ran = place.run("verify", &["--smtp", "--json"]).exits(3);
        assert_eq!(
            rules(&ran, "checks"),
            BTreeSet::from(["STS-P16".to_owned()]),
            "{fault:?}"
        );
    }
}

#[test]
fn drift_sees_a_record_that_changed_at_its_name_servers() {
    let place = applied("example");
    place.change_world(|world, _| {
        set(
            world,
            "_dmarc.example.com",
            "TXT",
            &["\"v=DMARC1; p=none\""],
        );
    });
    let drift = place.run("drift", &["--json"]).exits(3);
    assert!(
        drift
            .stdout
            .contains("route53_record_set/example.com/dmarc")
    );
}

#[test]
fn drift_sees_a_delegation_that_moved_away() {
    let place = applied("example");
    place.change_world(|world, now| {
        let servers = ["ns1.registrar.example".to_owned()];
        let done = world.dns.delegate("example.com", &servers, now);
        done.expect("a name");
    });
    let drift = place.run("drift", &["--json"]).exits(3);
    assert_eq!(rules(&drift, "live"), BTreeSet::from(["DNS-08".to_owned()]));
    assert_eq!(drift.json()["in_sync"], false);
    place
        .run("drift", &[])
        .exits(3)
        .says("Seen from outside")
        .says("DNS-08");
}

#[test]
fn drift_sees_an_alias_that_dangles() {
    let place = applied("example");
    place.change_world(|world, _| world.cloudfront.lose("mta-sts.example.com"));
    let drift = place.run("drift", &["--json"]).exits(3);
    assert_eq!(
        rules(&drift, "live"),
        BTreeSet::from(["LIVE-04".to_owned()])
    );
}

#[test]
fn drift_sees_a_certificate_that_cannot_be_renewed() {
    let place = applied("example");
    // As long as its records are there, ACM renews it.
    place.advance("200d");
    place.run("drift", &[]).exits(0);
    place.change_world(|world, _| {
        let zone = world
            .route53
            .zones_of("111111111111")
            .next()
            .expect("a zone");
        let names: Vec<String> = zone
            .records
            .from(None)
            .filter(|set| {
                let mut values = set.values().iter();
                values.any(|value| value.contains("acm-validations"))
            })
            .map(|set| set.key.name.plain())
            .collect();
        assert_eq!(names.len(), 2);
        for name in names {
            lose(world, &name, &["CNAME"]);
        }
    });
    place.advance("120d");
    let drift = place.run("drift", &["--json"]).exits(3);
    assert_eq!(
        rules(&drift, "live"),
        BTreeSet::from(["STS-H11".to_owned()])
    );
    let verify = place.run("verify", &["--json"]).exits(3);
    assert_eq!(
        rules(&verify, "checks"),
        BTreeSet::from(["STS-H11".to_owned()])
    );
}

#[test]
fn verify_prints_json_junit_and_markdown() {
    let place = applied("example");
    place.change_world(|world, _| {
        set(
            world,
            "_dmarc.example.com",
            "TXT",
            &["\"v=DMARC1; p=none\""],
        );
    });
    let junit = place.run("verify", &["--format", "junit"]).exits(3);
    assert!(junit.stdout.starts_with("<?xml") && junit.stdout.contains("classname=\"DMARC-03\""));
    let markdown = place.run("verify", &["--format", "markdown"]).exits(3);
    assert!(markdown.stdout.starts_with("### example.com") && markdown.stdout.contains("DMARC-03"));
    let json = place.run("verify", &["--json"]).exits(3).json();
    assert_eq!(json["verdict"], "faulty");
    place
        .run("verify", &["--format", "markdown", "--format", "junit"])
        .exits(2);
}

/// One domain of two, which reports to the other.
#[test]
fn reports_to_a_domain_that_is_still_to_be_applied_are_waited_for() {
    let place = Place::with(
        r#"project: two
accounts:
  dns: { id: "111111111111", role: mail-deploy }
domains:
  example.com:
    dns: { route53: { account: dns } }
    mx: [10 mx.example.com]
    dmarc: { p: none, rua: ["mailto:dmarc@example.net"] }
    tls_rpt: { rua: ["mailto:tls@example.net"] }
    spf: { mx: ["@"], all: softfail }
  example.net:
    dns: { route53: { account: dns } }
    mx: [10 mx.example.net]
    dmarc: { p: none, rua: ["mailto:dmarc@example.net"] }
    spf: { mx: ["@"], all: softfail }
"#,
    );
    let only = ["--yes", "--target", "example.com"];
    place
        .run("apply", &only)
        .exits(5)
        .says("still to be applied");
    place.apply().exits(0);
    place.run("verify", &["--target", "example.com"]).exits(0);
}
