//! Findings of public DNS against a plan are told before the first change, and not after it.

use jiff::SignedDuration;
use tests::place::Place;

/// For how long a resolver remembers that a name of Route 53 was not there.
const NEGATIVE_TTL: SignedDuration = SignedDuration::from_mins(15);

const INCLUDE: &str = "spf: { include: [amazonses.com]";

/// Two domains with SPF; the second includes `include`.
fn two_domains(include: &str) -> Place {
    Place::with(&format!(
        "project: two\n\
         accounts: {{ dns: {{ id: \"111111111111\" }} }}\n\
         defaults: {{ dns: {{ route53: {{ account: dns }} }} }}\n\
         domains:\n  \
           example.com: {{ spf: {{ include: [amazonses.com] }} }}\n  \
           example.net: {{ spf: {{ include: [{include}] }} }}\n"
    ))
}

#[test]
fn an_include_that_does_not_resolve_is_refused_before_the_first_write() {
    let place = Place::of("example").in_calm();
    place.make_world(None);
    place.edit(INCLUDE, "spf: { include: [amazonses.com, _spf.example.net]");
    place.keep_calls();
    place
        .apply()
        .exits(4)
        .says("error[SPF-13]")
        .says("_spf.example.net")
        .says("Refused: nothing was changed.")
        .says("--accept-risk SPF-13");
    let changes = place.changing_calls();
    assert!(changes.is_empty(), "{changes:?}");
    let accepts = ["--yes", "--no-verify", "--accept-risk", "SPF-13"];
    place.run("apply", &accepts).exits(0).says("warn[SPF-13]");
}

#[test]
fn a_run_about_one_domain_asks_about_that_one() {
    let place = two_domains("_spf.nowhere.example");
    let only = |domain| place.run("apply", &["--yes", "--target", domain]);
    only("example.net").exits(4).says("SPF-13");
    let ran = only("example.com").exits(0);
    assert!(!ran.stderr.contains("SPF-13"), "{}", ran.stderr);
    // What the plan does not change is not held against it.
    let accepts = ["--yes", "--no-verify", "--accept-risk", "SPF-13"];
    place.run("apply", &accepts).exits(0);
    place.edit(
        "example.com: { spf: { include: [amazonses.com] }",
        "example.com: { spf: { include: [amazonses.com], all: fail }",
    );
    let ran = place.run("apply", &["--yes", "--no-verify"]).exits(0);
    assert!(!ran.stderr.contains("SPF-13"), "{}", ran.stderr);
}

#[test]
fn services_that_everybody_includes_can_be_tried_in_the_sandbox() {
    let place = two_domains("_spf.google.com, spf.protection.outlook.com");
    place.run("apply", &["--yes"]).exits(0);
}

/// Public DNS still has what the last apply published: a change of it is what the run is for.
#[test]
fn a_change_of_our_own_records_is_not_held_against_it() {
    let place = two_domains("amazonses.com, _spf.google.com");
    place.run("apply", &["--yes"]).exits(0);
    place.edit("[amazonses.com, _spf.google.com]", "[amazonses.com]");
    place.run("apply", &["--yes"]).exits(0);
    // The policy is enforced, and its hosts are those of `mx`.
    let place = Place::of("example").in_calm();
    place.edit("mode: testing", "mode: enforce");
    place.make_world(None);
    place.apply().exits(0);
    place.edit(
        "mx: [10 inbound-smtp.us-east-1.amazonaws.com]",
        "mx: [10 inbound-smtp.us-east-1.amazonaws.com, 20 inbound-smtp.eu-west-1.amazonaws.com]",
    );
    let ran = place.apply();
    assert_ne!(ran.code, 4, "{}{}", ran.stdout, ran.stderr);
    ran.says("warn[STS-O02]");
}

/// ACM would refuse the certificate after minutes, with everything before it done.
#[test]
fn a_caa_record_that_keeps_amazon_out_is_told_before_the_first_write() {
    let place = Place::of("example").in_calm();
    place.make_world(None);
    let caa = |place: &Place, values: &[&str]| {
        place.change_world(|world, _| {
            let zone = world.route53.zones_of("111111111111").next();
            let zone = zone.expect("a zone").id.clone();
            let seeded = world.seed_records(&zone, "example.com", ("CAA", 300), values);
            seeded.expect("a name");
        });
    };
    caa(&place, &["0 issue \"letsencrypt.org\""]);
    place.keep_calls();
    let refused = place.apply().exits(4);
    refused
        .says("error[DNS-13]")
        .says("Refused: nothing was changed.")
        .says("--accept-risk DNS-13");
    let changes = place.changing_calls();
    assert!(changes.is_empty(), "{changes:?}");
    caa(&place, &["0 issue \"amazon.com\""]);
    place.apply().exits(0);
    // With a certificate that was issued, it is told and refuses nothing.
    caa(&place, &["0 issue \"letsencrypt.org\""]);
    place.edit("dmarc: { p: quarantine", "dmarc: { p: reject");
    let ran = place.run("apply", &["--yes", "--no-verify"]);
    ran.exits(0).says("warn[DNS-13]");
}

/// A zone is filled before it is delegated to, so this refuses nothing. Without it, whoever forgot the
/// delegation would wait for records that nobody reads.
#[test]
fn a_zone_that_the_world_is_not_led_to_is_told() {
    let place = two_domains("amazonses.com");
    let zone = "zones: [{ account: \"111111111111\", name: example.com, delegated: false }]\n";
    place.make_world(Some(zone));
    let ran = place.run("apply", &["--yes", "--no-verify"]).exits(0);
    ran.says("warn[DNS-08]").says("example.com");
    let again = place.run("apply", &["--yes", "--no-verify"]).exits(0);
    assert!(!again.stderr.contains("DNS-08"), "{}", again.stderr);
}

/// a resolver remembers for a quarter of an hour that a name was not there. What is probed before a plan
/// is carried out must not keep the run, or the probe after it, from seeing what was made.
#[test]
fn r_30_no_name_is_asked_for_before_it_is_made() {
    let place = Place::of("example").in_calm();
    place.make_world(None);
    let begun = place.world().time;
    let ran = place
        .run("apply", &["--yes", "--json", "--wait", "10m"])
        .exits(0);
    let document = ran.json();
    let checks = document["checks"]["checks"].as_array();
    let checks = checks.expect("it probes what it made");
    let records = checks.iter().filter(|check| check["rule"] == "LIVE-01");
    assert!(records.clone().count() > 0, "{checks:?}");
    assert!(
        records.clone().all(|check| check["outcome"] == "good"),
        "{checks:?}"
    );
    assert!(
        checks.iter().all(|check| check["outcome"] != "waiting"),
        "{checks:?}"
    );
    // A name that was asked for too early would be waited for so long.
    let took = place.world().time.duration_since(begun);
    assert!(took < NEGATIVE_TTL, "{took}");
}
