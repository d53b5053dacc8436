//! The care that keeps a slip from reaching every domain: blast radius, protection, canaries, and the number that
//! a destroy without a person must name.

use std::fmt::Write as _;

use tests::place::{Place, Ran};

/// So many domains that publish an SPF record and a DMARC policy, by `defaults`.
fn fleet(domains: usize) -> Place {
    let mut manifest = "project: care\n\
        accounts:\n  dns: { id: \"111111111111\" }\n\
        defaults:\n  dns: { route53: { account: dns } }\n  spf: { all: fail }\n  \
        dmarc: { p: reject }\n\
        domains:\n"
        .to_owned();
    for number in 0..domains {
        let _ = writeln!(manifest, "  d{number}.example.com:\n    ttl: 1h");
    }
    let place = Place::with(&manifest);
    place.apply().exits(0);
    place
}

fn weaken(place: &Place) {
    place.edit("p: reject", "p: none");
}

fn plan(place: &Place) -> Ran {
    place.run("plan", &[])
}

#[test]
fn a_plan_that_weakens_four_of_four_domains_is_refused_until_its_rule_is_accepted() {
    let place = fleet(4);
    weaken(&place);
    plan(&place)
        .exits(4)
        .says("PLAN-16")
        .says("4 of the project's 4 domains")
        .says("4 domains: d0.example.com, d1.example.com")
        .says("p=reject → p=none");
    place.apply().exits(4).says("PLAN-16");
    place
        .run("apply", &["--yes", "--accept-risk", "PLAN-16"])
        .exits(0);
    plan(&place).exits(0).says("No changes");
}

#[test]
fn three_domains_are_not_too_many_and_neither_is_a_stricter_policy() {
    let place = fleet(4);
    let targets = ["--target", "d0.example.com", "--target", "d1.example.com"];
    weaken(&place);
    place.run("plan", &targets).exits(0);
    place
        .run("apply", &["--yes", "--accept-risk", "PLAN-16"])
        .exits(0);
    place.edit("p: none", "p: reject");
    plan(&place).exits(0).says("stricter");
}

#[test]
fn canaries_are_always_the_same_and_an_apply_without_them_goes_on() {
    let place = fleet(4);
    weaken(&place);
    let first = place.run("apply", &["--yes", "--canary", "1"]).exits(0);
    first.says("An apply without --canary goes on with the others");
    let again = place.run("apply", &["--yes", "--canary", "1"]).exits(0);
    again.says("No changes");
    // Three are left, and three are not too many.
    place.apply().exits(0);
    plan(&place).exits(0).says("No changes");
}

#[test]
fn a_destroy_without_a_person_names_the_number_of_its_domains() {
    let place = fleet(4);
    place
        .run("destroy", &["--yes"])
        .exits(2)
        .says("--domains 4")
        .says("d3.example.com");
    place.run("destroy", &["--yes", "--domains", "3"]).exits(2);
    place.run("destroy", &["--yes", "--domains", "4"]).exits(0);
}

#[test]
fn a_protected_domain_is_not_destroyed() {
    let place = fleet(2);
    place.edit(
        "  d1.example.com:\n",
        "  d1.example.com:\n    protect: true\n",
    );
    place
        .run("destroy", &["--yes"])
        .exits(4)
        .says("PLAN-17")
        .says("d1.example.com is protected");
    place
        .run("destroy", &["--yes", "--target", "d0.example.com"])
        .exits(0);
}
