//! Findings of public DNS against a plan are told before the first change, and not after it.

use tests::place::Place;

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
    place.keep_history();
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
