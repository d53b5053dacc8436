//! A table for each rule that the manifest decides without a look-up: a manifest that breaks
//! it, and one that is as near to it as can be and keeps it. Both are run, and a rule of the
//! registry without a row fails.

use std::collections::BTreeMap;

use jiff::Timestamp;
use manifest::{MemoryFiles, lint, load};
use model::rules::{self, Phase};
use standards::{Finding, Severity};

/// A rule, a manifest that breaks it and one that keeps it.
struct Case {
    rule: &'static str,
    fails: fn() -> Vec<Finding>,
    passes: fn() -> Vec<Finding>,
}

/// Rows of `"RULE": fails(findings), passes(findings);`.
macro_rules! cases {
    ($($rule:literal: fails($fails:expr), passes($passes:expr);)*) => {
        const CASES: &[Case] = &[$(Case {
            rule: $rule,
            fails: || $fails,
            passes: || $passes,
        }),*];
    };
}

/// The findings of loading and lint about a manifest.
fn whole(text: &str) -> Vec<Finding> {
    let files = MemoryFiles::default()
        .with("deploy/m.yaml", text)
        .with("deploy/more.yaml", "domains: {}\n")
        .with(
            "deploy/logo.svg",
            include_str!("../../../../assets/logo.svg"),
        )
        .with(
            "deploy/vmc.pem",
            include_str!("../../../../assets/bimi_vmc.pem"),
        )
        .with(
            "deploy/ec.pem",
            include_str!("../../../../tests/broken-manifests/files/ec.pem"),
        )
        .with(
            "deploy/rsa.pem",
            include_str!("../../../standards/src/dkim/test_keys/pkcs8.pem"),
        );
    let (manifest, mut findings) = load("deploy/m.yaml", &files);
    let now: Timestamp = "2026-11-24T00:00:00Z".parse().expect("a timestamp");
    findings.extend(manifest.iter().flat_map(|manifest| lint(manifest, now)));
    findings
}

const ACCOUNTS: &str =
    "project: test\naccounts:\n  a: { id: \"111111111111\" }\n  b: { id: \"222222222222\" }\n";

/// A manifest with these lines after its accounts.
fn with(lines: &str) -> Vec<Finding> {
    whole(&format!("{ACCOUNTS}{lines}"))
}

/// The domain `example.com` with these lines in its block.
fn domain(lines: &str) -> Vec<Finding> {
    let lines = lines.replace('\n', "\n    ");
    with(&format!(
        "domains:\n  example.com:\n    dns: manual\n    {lines}\n"
    ))
}

/// A policy host of 65 octets, with these keys of its hosting.
fn long(hosting: &str) -> Vec<Finding> {
    let domain = format!("{}.example", "a".repeat(49));
    with(&format!(
        "domains:\n  {domain}:\n    dns: manual\n    \
         hosting: {{ account: a, region: us-east-1{hosting} }}\n    \
         mta_sts: {{ mode: testing, max_age: 7d, mx: [mx.example.org] }}\n"
    ))
}

/// The domain `example.com` with SES instances of these keys, and a DMARC record.
fn instances(instances: &[&str]) -> Vec<Finding> {
    sending("{ p: none, rua: [\"mailto:d@example.com\"] }", instances)
}

fn sending(dmarc: &str, instances: &[&str]) -> Vec<Finding> {
    let instances = instances.join(" }\n  - { ");
    domain(&format!("dmarc: {dmarc}\nses:\n  - {{ {instances} }}"))
}

/// A configuration set with these keys.
fn set(keys: &str) -> Vec<Finding> {
    instances(&[&format!(
        "{A}, mail_from: m, configuration_set: {{ name: c, {keys} }}"
    )])
}

/// Hosting with these keys.
fn hosting(keys: &str) -> Vec<Finding> {
    domain(&format!(
        "hosting: {{ account: a, region: us-east-1{keys} }}"
    ))
}

/// A logo, with or without the mark certificate that shows it to be the brand's.
fn logo(certificate: &str) -> Vec<Finding> {
    domain(&format!(
        "hosting: {{ account: a, region: us-east-1 }}\n\
         dmarc: {{ p: reject, rua: [\"mailto:d@example.com\"] }}\n\
         bimi: {{ logo: logo.svg{certificate} }}\n\
         accept: {{ VMC-02: test certificate }}"
    ))
}

const A: &str = "account: a, region: us-east-1";
const A_EAST: &str = "account: a, region: us-east-1, mail_from: m1";
const A_WEST: &str = "account: a, region: us-west-2, mail_from: m2";
const VMC: &str = ", certificate: vmc.pem";

cases! {
    "MAN-01": fails(with("domains: {\n")), passes(with("domains: {}\n"));
    "MAN-02": fails(domain("dmrac: { p: none }")), passes(domain("dmarc: { p: none }"));
    "MAN-03": fails(domain("adopt: true\nadopt: true")), passes(domain("adopt: true"));
    "MAN-04": fails(domain("adopt: perhaps")), passes(domain("adopt: true"));
    "MAN-05": fails(with(&format!("domains: {}{}\n", "{ a: ".repeat(300), "}".repeat(300)))),
        passes(with("domains: {}\n"));
    "MAN-06": fails(with("domains: {}\nledger: { path: ../../ledger }\n")),
        passes(with("domains: {}\nledger: { path: ledger }\n"));
    "MAN-07": fails(logo(", certificate: vcm.pem")), passes(logo(VMC));
    "MAN-08": fails(domain("hosting: { account: c, region: us-east-1 }")), passes(hosting(""));
    "MAN-09": fails(whole("project: test\naccounts: { a: { id: \"1111\" } }\n")), passes(with(""));
    "MAN-10": fails(instances(&["account: a, region: us-est-1, mail_from: m"])), passes(instances(&[A_EAST]));
    "MAN-11": fails(with("include: [more/*.yaml]\n")), passes(with("include: [mor*.yaml]\n"));
    "MAN-12": fails(domain("bimi: { logo: logo.svg }")), passes(logo(VMC));
    "MAN-13": fails(domain("tls_rpt: {}")), passes(domain("tls_rpt: { rua: [\"mailto:t@example.com\"] }"));
    "MAN-14": fails(domain("bimi: { decline: true, logo: logo.svg }\nhosting: { account: a, region: us-east-1 }")),
        passes(domain("bimi: { decline: true }"));
    "MAN-15": fails(with("defaults: { dns: manual }\ndomains: { example.com: {} }\nparked: [example.com]\n")),
        passes(with("defaults: { dns: manual }\ndomains: { example.com: {} }\nparked: [example.net]\n"));
    "MAN-16": fails(with("parked: [example.net]\n")), passes(with("defaults: { dns: manual }\nparked: [example.net]\n"));
    "MAN-17": fails(domain("hosting: { account: a, region: us-east-1, assets_host: m1 }\nses: [{ account: a, region: us-east-1, mail_from: m1 }]")),
        passes(domain("hosting: { account: a, region: us-east-1, assets_host: m2 }\nses: [{ account: a, region: us-east-1, mail_from: m1 }]"));
    "MAN-18": fails(hosting(", certificate: \"arn:aws:acm:us-east-1:222222222222:certificate/a\"")),
        passes(hosting(", certificate: \"arn:aws:acm:us-east-1:111111111111:certificate/a\""));
    "MAN-20": fails(long("")), passes(long(", certificate: \"arn:aws:acm:us-east-1:111111111111:certificate/a\""));
    "MAN-21": fails(hosting(", shared: true")), passes(hosting(", shared: false"));
    "MAN-19": fails(domain("accept: { MAN-02: because }")), passes(domain("accept: { SPF-24: because }"));

    "STS-H10": fails(hosting(", certificate: \"arn:aws:acm:eu-west-1:111111111111:certificate/a\"")),
        passes(hosting(", certificate: \"arn:aws:acm:us-east-1:111111111111:certificate/a\""));
    "MX-05": fails(domain("mx: [10 inbound-smtp.us-west-1.amazonaws.com]")),
        passes(domain("mx: [10 inbound-smtp.us-west-2.amazonaws.com]"));

    "SES-01": fails(instances(&[A_EAST, "account: a, region: us-east-1, mail_from: m2"])),
        passes(instances(&[A_EAST, "account: b, region: us-east-1, mail_from: m2"]));
    "SES-07": fails(instances(&[&format!("{A_EAST}, dkim: {{ byo: {{ selector: s, private_key: ec.pem }} }}")])),
        passes(instances(&[&format!("{A_EAST}, dkim: {{ byo: {{ selector: s, private_key: rsa.pem }} }}")]));
    "SES-08": fails(instances(&[&format!("{A_EAST}, dkim: {{ deterministic: {{ parent_region: us-east-1 }} }}")])),
        passes(instances(&[A_WEST, &format!("{A_EAST}, dkim: {{ deterministic: {{ parent_region: us-west-2 }} }}")]));
    "SES-12": fails(instances(&[&format!("{A}, mail_from: mail.example.net")])),
        passes(instances(&[&format!("{A}, mail_from: mail.example.com")]));
    "SES-15": fails(instances(&[A_EAST, "account: a, region: us-west-2, mail_from: m1"])),
        passes(instances(&[A_EAST, A_WEST]));
    "SES-16": fails(instances(&[A_EAST, "account: b, region: us-east-1, mail_from: m1"])),
        passes(instances(&[A_EAST, "account: b, region: us-east-1, mail_from: m2"]));
    "SES-17": fails(instances(&[&format!("{A_EAST}, on_mx_failure: reject")])),
        passes(instances(&[&format!("{A_EAST}, on_mx_failure: use_default")]));
    "SES-18": fails(sending("{ p: none, aspf: s, rua: [\"mailto:d@example.com\"] }", &[A_EAST])),
        passes(sending("{ p: none, aspf: r, rua: [\"mailto:d@example.com\"] }", &[A_EAST]));
    "SES-19": fails(instances(&[A])), passes(instances(&[A_EAST]));
    "SES-20": fails(domain("spf: { include: [amazonses.com] }\nses: [{ account: a, region: us-east-1, mail_from: m }]")),
        passes(domain("spf: { include: [amazonses.com] }\nses: [{ account: a, region: us-east-1 }]"));
    "SES-22": fails(instances(&[&format!("{A_EAST}, domain_token: true")])), passes(instances(&[A_EAST]));
    "SES-31": fails(set("tls: require")), passes(set("tls: optional"));
    "SES-32": fails(set("max_delivery: 299")), passes(set("max_delivery: 300"));
    "SES-38": fails(instances(&[&format!("{A_EAST}, dkim: {{ easy: {{ key_length: 1024 }} }}")])),
        passes(instances(&[&format!("{A_EAST}, dkim: {{ easy: {{ key_length: 2048 }} }}")]));

    "RCV-01": fails(domain("ses: [{ account: a, region: us-east-1, mail_from: m }]")), passes(instances(&[A_EAST]));
    "RCV-03": fails(instances(&[&format!("{A_EAST}, feedback: false")])), passes(instances(&[A_EAST]));
    "RCV-05": fails(logo("")), passes(logo(VMC));
    "RCV-06": fails(logo("")), passes(logo(VMC));
    "RCV-07": fails(logo("")), passes(logo(VMC));
}

/// The rules of phase L that the manifest decides.
fn decided_here() -> Vec<&'static str> {
    let ours = rules::all().filter(|rule| {
        let by = rule.decided_by.unwrap_or_default();
        rule.phases.contains(&Phase::Lint) && by.split("::").next() == Some("manifest")
    });
    ours.map(|rule| rule.id).collect()
}

/// MAN-18: the other ARN that has to be of its surroundings. The account may be another one.
#[test]
fn the_key_of_a_ledger_is_of_its_bucket_s_region() {
    let is_refused = |region: &str| {
        let key = "arn:aws:kms:eu-west-1:999999999999:key/1234abcd";
        let findings = with(&format!(
            "ledger: {{ s3: {{ account: a, bucket: ledger-of-the-shop, region: {region}, kms_key: \"{key}\" }} }}\n\
             domains: {{ example.com: {{ dns: manual }} }}\n"
        ));
        findings.iter().any(|one| one.is_of(rules::MAN_18))
    };
    assert!(is_refused("us-east-1"));
    assert!(!is_refused("eu-west-1"));
}

#[test]
fn every_rule_has_a_manifest_that_breaks_it_and_one_that_keeps_it() {
    let cases: BTreeMap<&str, &Case> = CASES.iter().map(|case| (case.rule, case)).collect();
    assert_eq!(cases.len(), CASES.len(), "a rule has two rows");
    for rule in decided_here() {
        let case = cases
            .get(rule)
            .unwrap_or_else(|| panic!("{rule} has no row"));
        let is_of_rule = |finding: &Finding| finding.rule == rule;
        let broken = (case.fails)();
        assert!(
            broken.iter().any(is_of_rule),
            "{rule} is not found in {broken:?}"
        );
        let kept = (case.passes)();
        assert!(!kept.iter().any(is_of_rule), "{rule} is found in {kept:?}");
        let worst = kept.iter().map(|finding| finding.severity).max();
        assert!(
            worst < Some(Severity::Error),
            "{rule} is kept by a broken manifest: {kept:?}"
        );
    }
    let known = decided_here();
    for rule in cases.into_keys() {
        assert!(
            known.contains(&rule),
            "{rule} is not of phase L, or not of the manifest"
        );
    }
}
