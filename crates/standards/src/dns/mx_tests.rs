//! MX: reading, and the rules of a set.

use super::super::questions::check_mx_addresses;
use proptest::prelude::*;

use super::{Mx, MxUse, lint_entry, lint_mail_from, lint_regions, lint_set, lint_tlsa};
use crate::Finding;
use crate::dns::Name;
use crate::test_support::{Zone, block_on, summary};

fn name(text: &str) -> Name {
    Name::parse(text).expect("a name")
}

fn rules(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|finding| &*finding.rule).collect()
}

#[test]
fn reading_and_printing() {
    let check = |text: &str, canonical: &str| {
        assert_eq!(text.parse::<Mx>().expect("an MX").to_string(), canonical);
    };
    check("10 mail.example.com", "10 mail.example.com.");
    check(" 10\tMail.Example.COM. ", "10 mail.example.com.");
    check("0 .", "0 .");
    check("010 mail.example.com", "10 mail.example.com.");
    assert!("0 .".parse::<Mx>().expect("an MX").is_null());
}

#[test]
fn mx_03_and_dns_05_of_an_entry() {
    let check = |text: &str, expect: &[&str], reason: &str| {
        let (_, findings) = lint_entry(text);
        assert_eq!(rules(&findings), expect, "{text}");
        let reasons: Vec<&str> = findings.iter().map(|finding| &*finding.reason).collect();
        assert_eq!(reasons.join("; "), reason);
    };
    check("10 mail.example.com", &[], "");
    check("0 .", &[], "");
    check(
        "10 192.0.2.1",
        &["MX-03"],
        "192.0.2.1 is an address, and an MX names a host",
    );
    check(
        "10 [2001:db8::1]",
        &["MX-03"],
        "2001:db8::1 is an address, and an MX names a host",
    );
    check(
        "10 _mail.example.com",
        &["MX-03"],
        "_mail.example.com is not the name of a host",
    );
    check(
        "mail.example.com",
        &["MX-03"],
        "\"mail.example.com\" is not a preference and a host, as in `10 mail.example.com`",
    );
    check(
        "65536 a.example",
        &["MX-03"],
        "\"65536\" is not a preference from 0 to 65535",
    );
    check(
        "+1 a.example",
        &["MX-03"],
        "\"+1\" is not a preference from 0 to 65535",
    );
    check(
        "10 a..example",
        &["DNS-05"],
        "\"a..example\" has an empty label",
    );
}

#[test]
fn mx_01_02_04_of_a_set() {
    let domain = name("example.com");
    let check = |values: &[&str], sends, has_sts_policy, expect: &[&str]| {
        let records: Vec<Mx> = values.iter().map(|v| v.parse().expect("an MX")).collect();
        let used = MxUse {
            domain: &domain,
            sends,
            has_sts_policy,
        };
        assert_eq!(rules(&lint_set(&records, &used)), expect, "{values:?}");
    };
    check(&["10 a.example.com", "20 b.example.com"], true, true, &[]);
    check(&["0 ."], false, false, &[]);
    check(&["0 .", "10 a.example.com"], false, false, &["MX-01"]);
    check(&["10 ."], false, false, &["MX-01"]);
    check(&["0 ."], true, false, &["MX-02"]);
    check(&["0 ."], false, true, &["MX-04"]);
    check(&[], true, true, &[]);
}

#[test]
fn mx_03_of_hosts_without_an_address() {
    let check = |values: &[&str], expect: &[&str]| {
        let records: Vec<Mx> = values.iter().map(|v| v.parse().expect("an MX")).collect();
        let zone = Zone::default().with_host("a.example");
        let findings = block_on(check_mx_addresses(&zone, &records)).expect("an answer");
        assert_eq!(summary("", &findings), expect, "{values:?}");
    };
    check(&["10 a.example"], &[]);
    check(&["0 ."], &[]);
    check(&[], &[]);
    check(
        &["10 a.example", "20 b.example", "30 b.example"],
        &["MX-03 error at b.example"],
    );
}

#[test]
fn mx_06_and_mx_07() {
    let records = |values: &[&str]| {
        values
            .iter()
            .map(|value| value.parse().expect("an MX"))
            .collect::<Vec<Mx>>()
    };
    let domain = name("example.com");
    let regions = |values: &[&str]| lint_regions(&domain, &records(values)).map(|f| f.rule);
    assert_eq!(
        regions(&["10 inbound-smtp.us-east-1.amazonaws.com", "20 a.example"]),
        None
    );
    assert_eq!(
        regions(&[
            "10 inbound-smtp.us-east-1.amazonaws.com",
            "10 inbound-smtp.eu-west-1.amazonaws.com",
        ]),
        Some("MX-06".into())
    );
    let mail_from = |values: &[&str]| lint_mail_from(&domain, &records(values)).len();
    assert_eq!(mail_from(&["10 feedback-smtp.us-east-1.amazonses.com"]), 0);
    assert_eq!(
        mail_from(&["10 feedback-smtp.us-east-1.amazonses.com", "20 a.example"]),
        1
    );
}

#[test]
fn dane_02() {
    let zones = [name("example.com")];
    assert_eq!(lint_tlsa(&name("mail.example.com"), &zones), None);
    let finding = lint_tlsa(&name("inbound-smtp.us-east-1.amazonaws.com"), &zones);
    assert_eq!(finding.map(|found| found.rule), Some("DANE-02".into()));
}

#[test]
fn ses_inbound_hosts_name_their_region() {
    let region = |text: &str| {
        text.parse::<Mx>()
            .expect("an MX")
            .ses_inbound_region()
            .map(str::to_owned)
    };
    assert_eq!(
        region("10 inbound-smtp.eu-west-1.amazonaws.com.").as_deref(),
        Some("eu-west-1")
    );
    assert_eq!(region("10 mail.example.com"), None);
}

proptest! {
    #[test]
    fn reading_any_text_ends_well(text in any::<String>()) {
        if let (Some(mx), _) = lint_entry(&text) {
            prop_assert_eq!(mx.to_string().parse::<Mx>(), Ok(mx));
        }
    }
}
