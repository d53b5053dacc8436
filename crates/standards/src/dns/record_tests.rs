//! Record values and sets: what means the same is equal, what does not is not.

use proptest::prelude::*;

use super::RecordSet;
use crate::dns::{Name, Presentation, RecordType, RecordValue};
use Presentation::Route53;

fn value(kind: RecordType, text: &str) -> RecordValue {
    RecordValue::parse(kind, text, Route53).expect("a value")
}

fn set(name: &str, values: &[&str]) -> RecordSet {
    RecordSet {
        name: Name::parse_route53(name).expect("a name"),
        kind: RecordType::Txt,
        ttl: 300,
        values: values
            .iter()
            .map(|text| value(RecordType::Txt, text))
            .collect(),
    }
}

#[test]
fn every_spelling_has_one_canonical_form() {
    let check = |kind: RecordType, text: &str, canonical: &str| {
        let value = value(kind, text);
        assert_eq!(value.print(Route53), canonical);
        assert_eq!(value.kind(), kind);
        assert_eq!(RecordValue::observe(kind, canonical, Route53), value);
    };
    check(RecordType::A, "192.0.2.1", "192.0.2.1");
    check(RecordType::Aaaa, "2001:DB8:0:0::1", "2001:db8::1");
    check(RecordType::Cname, "D1.CloudFront.net", "d1.cloudfront.net.");
    check(RecordType::Ns, "ns-1.awsdns-1.org.", "ns-1.awsdns-1.org.");
    check(RecordType::Ptr, "mail.example.com", "mail.example.com.");
    check(
        RecordType::Mx,
        "10  Mail.example.com",
        "10 mail.example.com.",
    );
    check(RecordType::Txt, r#""a" "b""#, r#""ab""#);
    check(
        RecordType::Caa,
        "0 ISSUE amazon.com",
        r#"0 issue "amazon.com""#,
    );
    check(
        RecordType::Soa,
        "ns-1.awsdns-1.org. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400",
        "ns-1.awsdns-1.org. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400",
    );
    check(
        RecordType::Srv,
        "1  10 5269 xmpp.example.com.",
        "1 10 5269 xmpp.example.com.",
    );
}

#[test]
fn what_is_no_value_says_so_and_is_kept_when_observed() {
    let check = |kind: RecordType, text: &str, reason: &str| {
        let error = RecordValue::parse(kind, text, Route53).expect_err("no value");
        assert_eq!(error.to_string(), reason);
        assert_eq!(
            RecordValue::observe(kind, text, Route53),
            RecordValue::Other(kind, text.to_owned())
        );
    };
    check(
        RecordType::A,
        "192.0.2.256",
        "\"192.0.2.256\" is not a value of type A",
    );
    check(
        RecordType::Txt,
        "bare",
        "\"bare\" is not a value of type TXT",
    );
    check(RecordType::Mx, "mail", "\"mail\" is not a value of type MX");
    check(
        RecordType::Soa,
        "a. b. 1 2 3 4",
        "\"a. b. 1 2 3 4\" is not a value of type SOA",
    );
    check(
        RecordType::Cname,
        "a..b",
        "\"a..b\" is not a value of type CNAME",
    );
}

#[test]
fn the_fault_of_a_string_can_be_told() {
    let long = format!("\"{}\"", "a".repeat(256));
    let error = RecordValue::parse(RecordType::Txt, &long, Route53).expect_err("too long");
    assert!(error.txt_error().is_some());
    let error = RecordValue::parse(RecordType::Caa, "0 issue \"a", Route53).expect_err("open");
    assert!(error.txt_error().is_some());
    let error = RecordValue::parse(RecordType::A, "a", Route53).expect_err("no address");
    assert!(error.txt_error().is_none());
}

#[test]
fn sets_compare_by_meaning() {
    let spf = set("example.com.", &[r#""v=spf1 -all""#, r#""token=1""#]);
    assert_eq!(
        spf,
        set("EXAMPLE.com", &[r#""token=\061""#, r#""v=spf1 " "-all""#])
    );
    assert_eq!(
        set("\\052.example.com", &[r#""a""#]),
        set("*.example.com", &[r#""a""#])
    );
    assert_ne!(spf, set("example.com.", &[r#""v=spf1 -all""#]));
    assert_ne!(
        spf,
        set("example.com.", &[r#""v=spf1 -ALL""#, r#""token=1""#])
    );
    assert_ne!(
        spf,
        set("example.org.", &[r#""v=spf1 -all""#, r#""token=1""#])
    );
    assert_ne!(
        spf,
        RecordSet {
            ttl: 60,
            ..spf.clone()
        }
    );
}

#[test]
fn values_that_the_other_set_lacks() {
    let ours = set("example.com", &[r#""a""#, r#""b""#]);
    let theirs = set("example.com", &[r#""b""#, r#""c""#]);
    let missing: Vec<&RecordValue> = ours.missing_from(&theirs).collect();
    assert_eq!(missing, [&value(RecordType::Txt, r#""a""#)]);
}

#[test]
fn lines_of_a_zone_file() {
    let lines: Vec<String> = set("example.com", &[r#""caf\303\251""#])
        .zone_lines()
        .collect();
    assert_eq!(lines, [r#"example.com. 300 IN TXT "caf\195\169""#]);
}

#[test]
fn types_read_and_print() {
    for kind in super::super::record::ALL {
        let name = kind.as_str();
        assert_eq!(name.parse::<RecordType>(), Ok(kind));
        assert_eq!(kind.to_string(), name);
        assert_eq!(
            serde_json::to_string(&kind).expect("text"),
            format!("\"{name}\"")
        );
    }
    assert!("TXTT".parse::<RecordType>().is_err());
}

#[test]
fn a_ledger_keeps_what_a_value_means() {
    for (kind, text) in [
        (RecordType::Txt, r#""v=spf1 " "-all""#),
        (RecordType::Mx, "10 mail.example.com"),
        (RecordType::Ds, "1 8 2 ABCD"),
    ] {
        let value = value(kind, text);
        let json = serde_json::to_string(&value).expect("text");
        assert_eq!(
            serde_json::from_str::<RecordValue>(&json).expect("a value"),
            value
        );
    }
}

fn any_kind() -> impl Strategy<Value = RecordType> {
    prop::sample::select(super::super::record::ALL.to_vec())
}

proptest! {
    #[test]
    fn observing_any_text_ends_well_and_twice_is_once(kind in any_kind(), text in any::<String>()) {
        let value = RecordValue::observe(kind, &text, Route53);
        prop_assert_eq!(value.kind(), kind);
        prop_assert_eq!(RecordValue::observe(kind, &value.print(Route53), Route53), value);
    }
}
