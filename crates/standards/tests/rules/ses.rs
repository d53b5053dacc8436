//! Amazon SES: its zones, its tokens, its policies and what leans on them.

use standards::Finding;
use standards::dns::Name;
use standards::ses::{
    Delegate, Dependent, EasyDkim, Existing, IdentityPolicy, Prepared, Signing, check_default_set,
    check_delegate, check_dependents, check_endpoint, check_identity_policies, check_signing_zone,
    signing_zone,
};

use crate::{cases, name};

/// The names and targets that SES looks for with the tokens `a`, `b` and `c`, of which the
/// last is published at `owner`.
fn published(owner: &str) -> Vec<Finding> {
    let (identity, zone) = (name("example.com"), signing_zone("us-east-1"));
    let tokens = ["a", "b", "c"].map(str::to_owned);
    let dkim = EasyDkim {
        identity: &identity,
        tokens: &tokens,
        zone: &zone,
    };
    let pair = |owner: &str, token: &str| -> (Name, Name) {
        (name(owner), name(&format!("{token}.dkim.amazonses.com")))
    };
    let published = [
        pair("a._domainkey.example.com", "a"),
        pair("b._domainkey.example.com", "b"),
        pair(owner, "c"),
    ];
    dkim.check_cnames(&published).expect("names")
}

/// A record that is taken out, beside an instance that signs with `a`, `b` and `c`.
fn removed(owner: &str) -> Vec<Finding> {
    let (identity, zone) = (name("example.com"), signing_zone("us-east-1"));
    let tokens = ["a", "b", "c"].map(str::to_owned);
    let other = EasyDkim {
        identity: &identity,
        tokens: &tokens,
        zone: &zone,
    };
    other.check_removal(&[name(owner)]).expect("names")
}

fn policy(policy_name: &str, principal: &str, condition: &str) -> Vec<Finding> {
    let document = format!(
        r#"{{"Statement": {{"Effect": "Allow", "Principal": {principal}, "Condition": {condition}}}}}"#
    );
    let policy = IdentityPolicy {
        name: policy_name,
        document: &document,
    };
    check_identity_policies(&[policy], true)
}

const ONE: &str = r#"{"AWS": "111111111111"}"#;
const FROM: &str = r#"{"StringEquals": {"ses:FromAddress": "news@example.com"}}"#;

fn delegate(has_event_destinations: bool) -> Option<Finding> {
    check_delegate(&Delegate {
        account: "222222222222",
        identity_account: "111111111111",
        has_event_destinations,
    })
}

fn existing() -> Existing<'static> {
    Existing {
        identities: ["example.com"].into(),
        configuration_sets: ["news"].into(),
    }
}

fn tenant(identity: &str) -> Vec<Finding> {
    let tenant = Dependent {
        name: "the tenant a",
        identities: &[identity],
        configuration_sets: &["news"],
    };
    check_dependents(&[tenant], &existing())
}

/// An endpoint of us-east-1 and this region, which signs so.
fn endpoint(region: &str, signing: Signing) -> Vec<Finding> {
    let prepared = |region: &str, signing| Prepared {
        region: region.to_owned(),
        is_verified: true,
        configuration_set: None,
        signing,
    };
    check_endpoint(
        &prepared("us-east-1", Signing::Easy),
        &[prepared(region, signing)],
    )
}

fn replica() -> Signing {
    Signing::Replica {
        parent: "us-east-1".to_owned(),
    }
}

cases! {
    "SES-04": fails(check_signing_zone("eu-south-1", &name("dkim.amazonses.com"))),
        passes(check_signing_zone("eu-south-1", &name("dkim.eu-south-1.amazonses.com")));
    "SES-05": fails(published("_c._domainkey.example.com")), passes(published("c._domainkey.example.com"));
    "SES-06": fails(removed("a._domainkey.example.com")), passes(removed("d._domainkey.example.com"));
    "SES-27": fails(policy("no spaces", ONE, FROM)), passes(policy("news-1", ONE, FROM));
    "SES-28": fails(policy("news", "\"*\"", "{}")), passes(policy("news", "\"*\"", FROM));
    "SES-29": fails(delegate(false)), passes(delegate(true));
    "SES-30": fails(check_default_set("alerts", &existing())), passes(check_default_set("news", &existing()));
    "SES-34": fails(endpoint("us-east-1", replica())), passes(endpoint("eu-west-1", replica()));
    "SES-35": fails(endpoint("eu-west-1", Signing::Easy)), passes(endpoint("eu-west-1", replica()));
    "SES-36": fails(tenant("example.net")), passes(tenant("example.com"));
}
