//! Mark certificates: one change each to a chain that breaks no rule.

#[path = "../../examples/make_test_mark_certificate/builder.rs"]
mod builder;

use rcgen::{CustomExtension, DnType, ExtendedKeyUsagePurpose, KeyUsagePurpose};
use standards::Finding;
use standards::bimi::{MarkCertificate, Svg, TrustStore};

use crate::{cases, name};
use builder::{Chain, Recipe};

const LOGO: &[u8] = include_bytes!("../../../../assets/logo.svg");
const PILOT: &[u64] = &[1, 3, 6, 1, 4, 1, 53087, 4, 1];

/// A chain for `example.com` after `change` to its recipe.
fn chain(change: impl FnOnce(&mut Recipe)) -> Chain {
    let mut recipe = Recipe::new("example.com", LOGO).expect("a recipe");
    change(&mut recipe);
    recipe.sign().expect("a chain")
}

fn parse(file: &[&str]) -> (Option<MarkCertificate>, Vec<Finding>) {
    MarkCertificate::parse(file.concat().as_bytes())
}

/// The findings of a chain after `change`.
fn made(change: impl FnOnce(&mut Recipe)) -> Vec<Finding> {
    let Chain { issuer, leaf, .. } = chain(change);
    parse(&[&leaf, &issuer]).1
}

fn good() -> Vec<Finding> {
    made(|_| {})
}

fn valid() -> MarkCertificate {
    let Chain { issuer, leaf, .. } = chain(|_| {});
    parse(&[&leaf, &issuer]).0.expect("a certificate")
}

fn leaf_twice() -> Vec<Finding> {
    let Chain { issuer, leaf, .. } = chain(|_| {});
    parse(&[&leaf, &leaf, &issuer]).1
}

/// A chain against the trust store, with its root in there or not.
fn trusted(with_root: bool) -> Option<Finding> {
    let Chain { root, issuer, leaf } = chain(|_| {});
    let mut trust = TrustStore::bimi();
    if with_root {
        trust = trust.with_roots(&root).expect("a root");
    }
    let certificate = parse(&[&leaf, &issuer]).0.expect("a certificate");
    certificate.check_trust(&trust)
}

fn without(oid: &'static [u64]) -> Vec<Finding> {
    made(|recipe| {
        let extensions = &mut recipe.leaf.custom_extensions;
        extensions.retain(|extension| !extension.oid_components().eq(oid.iter().copied()));
    })
}

fn with_extension(oid: &'static [u64], content: Vec<u8>) -> Vec<Finding> {
    made(|recipe| {
        let extensions = &mut recipe.leaf.custom_extensions;
        extensions.retain(|extension| !extension.oid_components().eq(oid.iter().copied()));
        extensions.push(CustomExtension::from_oid_content(oid, content));
    })
}

/// A chain whose leaf has no such field in its subject.
fn unset(field: DnType) -> Vec<Finding> {
    made(|recipe| {
        assert!(
            recipe.leaf.distinguished_name.remove(field),
            "the field was there"
        );
    })
}

fn mark_type(mark: &str) -> Vec<Finding> {
    made(|recipe| {
        let field = DnType::from_oid(builder::MARK_TYPE);
        let subject = &mut recipe.leaf.distinguished_name;
        subject.remove(field.clone());
        subject.push(field, mark);
    })
}

/// A chain with `logo` inside.
fn with_logo(logo: &str) -> Vec<Finding> {
    made(|recipe| *recipe = Recipe::new("example.com", logo.as_bytes()).expect("a recipe"))
}

fn text() -> &'static str {
    std::str::from_utf8(LOGO).expect("text")
}

/// The certificate beside a hosted logo.
fn beside(logo: &str) -> Option<Finding> {
    let logo = Svg::parse(logo.as_bytes()).0.expect("a logo");
    valid().check_logo(&logo)
}

fn of_domain(domain: &str) -> Option<Finding> {
    let selector = "default".parse().expect("a selector");
    valid().check_domain(&name(domain), &name(domain), &selector)
}

fn logotype(hashed: &[u8]) -> Vec<Finding> {
    let content = builder::logotype(&builder::data_uri(LOGO), hashed);
    with_extension(builder::LOGOTYPE, content)
}

fn until(year: i32) -> Vec<Finding> {
    made(|recipe| recipe.leaf.not_after = rcgen::date_time_ymd(year, 1, 1))
}

cases! {
    "VMC-01": fails(leaf_twice()), passes(good());
    "VMC-02": fails(trusted(false)), passes(trusted(true));
    "VMC-03": fails(made(|recipe| recipe.leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth])),
        passes(good());
    "VMC-04": fails(made(|recipe| recipe.issuer.extended_key_usages.clear())), passes(good());
    "VMC-05": fails(without(builder::LOGOTYPE)), passes(good());
    "VMC-06": fails(logotype(b"another logo")), passes(logotype(LOGO));
    "VMC-07": fails(with_logo(&text().replace("tiny-ps", "tiny"))), passes(with_logo(text()));
    "VMC-08": fails(beside(&text().replace("Deploy", "Other"))), passes(beside(text()));
    "VMC-09": fails(of_domain("example.net")), passes(of_domain("example.com"));
    "VMC-11": fails(made(|recipe| recipe.leaf.crl_distribution_points.clear())), passes(good());
    "VMC-12": fails(made(|recipe| recipe.has_timestamp = false)), passes(good());
    "VMC-13": fails(without(builder::POLICIES)), passes(good());
    "VMC-14": fails(mark_type("registered mark")), passes(mark_type("Pending Registration Mark"));
    "VMC-15": fails(unset(DnType::from_oid(builder::TRADEMARK_IDENTIFIER))), passes(good());
    "VMC-16": fails(unset(DnType::OrganizationName)), passes(unset(DnType::LocalityName));
    "VMC-17": fails(made(|recipe| recipe.leaf.key_usages = vec![KeyUsagePurpose::KeyAgreement])), passes(good());
    "VMC-18": fails(with_extension(PILOT, vec![0x05, 0x00])), passes(good());
    "VMC-19": fails(until(2030)), passes(until(2028));
    "VMC-20": fails(mark_type("Modified Registered Mark")), passes(good());
}
