//! The drafts as people read them.

use super::fixtures;
use super::world::{World, drafted};

/// The draft in a known account, without the first and last lines that all drafts have.
fn body(world: &World, domains: &[&str]) -> String {
    let draft = drafted(world, domains, Some("111111111111"));
    let start = ["\ndefaults:", "\ndomains:", "\nparked:"]
        .iter()
        .filter_map(|key| draft.text.find(key))
        .min();
    let end = draft.text.find("\n# What comes next").expect("the end");
    draft.text[start.expect("a start")..end].to_owned()
}

#[test]
fn mail_at_google_and_nothing_else() {
    insta::assert_snapshot!(drafted(&fixtures::plain(), &["example.com"], None).text);
}

#[test]
fn everything_published_and_enforced() {
    insta::assert_snapshot!(body(&fixtures::full(), &["example.com"]));
}

#[test]
fn no_mail_at_all() {
    insta::assert_snapshot!(body(&fixtures::parked(), &["example.com", "example.org"]));
}

#[test]
fn what_goes_wrong_in_practice() {
    insta::assert_snapshot!(body(&fixtures::broken(), &["example.com"]));
}

#[test]
fn a_policy_that_leaves_a_mail_host_out() {
    insta::assert_snapshot!(body(&fixtures::mismatch(), &["example.com"]));
}

#[test]
fn several_amazon_ses() {
    insta::assert_snapshot!(drafted(&fixtures::ses(), &["example.com"], None).text);
}

#[test]
fn a_subdomain_of_an_organization_with_dmarc() {
    insta::assert_snapshot!(body(&fixtures::subdomain(), &["news.example.com"]));
}

#[test]
fn what_dns_does_not_answer_is_left_alone() {
    insta::assert_snapshot!(body(&fixtures::unanswered(), &["example.com"]));
}

#[test]
fn text_that_wants_to_be_something_else() {
    insta::assert_snapshot!(body(&fixtures::hostile(), &["example.com"]));
}

#[test]
fn values_that_are_odd_and_valid() {
    insta::assert_snapshot!(body(&fixtures::odd(), &["example.com"]));
}
