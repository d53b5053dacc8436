//! A table for each rule, and round trips.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::lint::{
    Surroundings, lint_explanation, lint_record_type, lint_replacement, lint_senders,
    lint_surroundings, lint_values,
};
use super::{DomainSpec, Mechanism, Network, Qualifier, Spf, Term};
use crate::dns::{Name, RecordType, Txt};
use crate::{Finding, Place};

fn name(text: &str) -> Name {
    Name::parse(text).expect("a name")
}

fn rules(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|finding| &*finding.rule).collect()
}

/// Findings as `RULE offending text`, or `RULE` where they have no place.
fn shown(text: &str, findings: &[Finding]) -> Vec<String> {
    findings
        .iter()
        .map(|finding| match &finding.place {
            Place::Span(span) => format!("{} {}", finding.rule, &text[span.clone()]),
            _ => finding.rule.to_string(),
        })
        .collect()
}

/// A record that receivers read, and what is found in it.
fn check(text: &str, expect: &[&str]) {
    let (record, findings) = Spf::parse(text);
    assert_eq!(shown(text, &findings), expect, "{text}");
    assert!(record.is_some(), "{text} is valid");
}

/// A record that is a permanent error or none, and what is found in it.
fn refused(text: &str, expect: &[&str]) {
    let (record, findings) = Spf::parse(text);
    assert_eq!(shown(text, &findings), expect, "{text}");
    assert!(record.is_none(), "{text} is not valid");
}

#[test]
fn sound_records_have_no_findings() {
    for text in [
        "v=spf1 -all",
        "V=SPF1 MX ~ALL",
        "v=spf1 a mx ~all",
        "v=spf1  include:amazonses.com   ~all ",
        "v=spf1 redirect=_spf.example.com",
        "v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 ~all",
        "v=spf1 a:mail.example.com/24//64 mx//64 a/24 ~all",
        "v=spf1 exists:%{ir}.%{l1r-}.%{d2}._spf.example.com -all exp=explain.%{d}",
        "v=spf1 include:%{d}._spf.example.com. ~all",
        "v=spf1 op=auth moo.cow-far_out=man:dog/cat -all",
        "v=spf1 a:foo:bar/baz.example.com -all",
    ] {
        let (record, findings) = Spf::parse(text);
        let faults: Vec<&str> = rules(&findings)
            .into_iter()
            .filter(|r| *r != "DNS-05")
            .collect();
        assert_eq!(faults, [""; 0], "{text}");
        assert!(record.is_some(), "{text}");
    }
}

#[test]
fn spf_01() {
    assert_eq!(lint_record_type(RecordType::Txt), None);
    assert_eq!(
        lint_record_type(RecordType::Spf).map(|found| found.rule),
        Some("SPF-01".into())
    );
}

#[test]
fn spf_02() {
    check("v=spf1 -all", &[]);
    refused(" v=spf1 -all", &["SPF-02  "]);
    refused("v=spf10 -all", &["SPF-02 v=spf10"]);
    refused("v=spf1; -all", &["SPF-02 v=spf1;"]);
    refused("", &["SPF-02 "]);
    refused("v=spf1\u{a0}-all", &["DNS-02 \u{a0}"]);
    let values = |texts: &[&str]| {
        texts
            .iter()
            .map(|text| Txt::from(*text))
            .collect::<Vec<_>>()
    };
    let one = values(&["v=spf1 -all", "v=spf10", "token"]);
    assert_eq!(rules(&lint_values(&one)), [""; 0]);
    let two = values(&["v=spf1 -all", "V=SPF1"]);
    assert_eq!(rules(&lint_values(&two)), ["SPF-02"]);
}

#[test]
fn spf_03() {
    check("v=spf1 a mx -all", &[]);
    refused("v=spf1 a\tmx -all", &["SPF-03 \t"]);
    refused("v=spf1 a\r\nmx -all", &["SPF-03 \r"]);
    refused("v=spf1 ip4:192.0.2.1,ip4:192.0.2.2 -all", &["SPF-03 ,"]);
    check("v=spf1 exists:%{l1r,}.example.com -all", &[]);
}

#[test]
fn spf_04_and_dns_02() {
    refused("v=spf1 all:x", &["SPF-04 all:x"]);
    refused("v=spf1 a=b/c% -all", &["SPF-23 %"]);
    refused("v=spf1 1a=b -all", &["SPF-04 1a="]);
    refused("v=spf1 ptr/24 -all", &["SPF-04 /24"]);
    refused("v=spf1 a:\u{e9}.example -all", &["SPF-04 \u{e9}.example"]);
    refused("v=spf1 \u{2013}all", &["DNS-02 \u{2013}"]);
}

#[test]
fn spf_05() {
    check("v=spf1 ?a ~mx +ip4:192.0.2.1 -all", &[]);
    refused("v=spf1 ipv4:192.0.2.1 -all", &["SPF-05 ipv4"]);
    refused("v=spf1 -exp=a.example -all", &["SPF-05 -exp=a.example"]);
    refused("v=spf1 redirect:example.com", &["SPF-05 redirect"]);
    refused("v=spf1 moo -all", &["SPF-05 moo"]);
    refused("v=spf1 - all", &["SPF-03  "]);
    refused("v=spf1 - -all", &["SPF-05 -"]);
    check("v=spf1 ip4=192.0.2.1 -all", &["SPF-05 ip4"]);
    check("v=spf1 a v=spf1 -all", &["SPF-05 v=spf1"]);
}

#[test]
fn spf_06() {
    for sound in [
        "ip4:192.0.2.1",
        "ip4:192.0.2.0/24",
        "ip4:192.0.2.1/32",
        "ip6:2001:db8::1",
        "ip6:::ffff:192.0.2.1",
        "ip6:2001:db8::/128",
    ] {
        check(&format!("v=spf1 {sound} -all"), &[]);
    }
    for broken in [
        "ip4",
        "ip4:",
        "ip4/24",
        "ip4:192.0.2",
        "ip4:192.0.2.256",
        "ip4:192.0.2.01",
        "ip4:192.0.2.0/33",
        "ip4:192.0.2.0/08",
        "ip4:192.0.2.0/",
        "ip4:192.0.2.0//24",
        "ip4:2001:db8::1",
        "ip4:%{i}",
        "ip6:192.0.2.1",
        "ip6:2001:db8::/129",
        "ip6:2001:db8:::1",
    ] {
        let text = format!("v=spf1 {broken} -all");
        let (record, findings) = Spf::parse(&text);
        assert_eq!(rules(&findings), ["SPF-06"], "{text}");
        assert!(record.is_none());
    }
}

#[test]
fn spf_07() {
    for sound in [
        "a/24",
        "a//64",
        "a/24//64",
        "mx:example.com/31",
        "a:example.com//127",
        "a/32//128",
    ] {
        check(&format!("v=spf1 {sound} -all"), &[]);
    }
    refused("v=spf1 a:example.com/33 -all", &["SPF-07 /33"]);
    refused("v=spf1 a/024 -all", &["SPF-07 /024"]);
    refused("v=spf1 mx//129 -all", &["SPF-07 //129"]);
    refused("v=spf1 a:example.com/ -all", &["SPF-07 :example.com/"]);
    refused("v=spf1 a/24/64 -all", &["SPF-07 /64"]);
    refused("v=spf1 mx/a -all", &["SPF-07 /a"]);
}

#[test]
fn spf_08() {
    for sound in [
        "include:example.com",
        "include:example.com.",
        "exists:%{i}.example.com",
        "exists:%{d}",
        "include:a.1-1",
    ] {
        check(&format!("v=spf1 {sound} -all"), &[]);
    }
    refused("v=spf1 include -all", &["SPF-08 "]);
    refused("v=spf1 include: -all", &["SPF-08 "]);
    refused("v=spf1 include:localhost -all", &["SPF-08 localhost"]);
    refused("v=spf1 include:192.0.2.1 -all", &["SPF-08 192.0.2.1"]);
    refused("v=spf1 exists:%{i}com -all", &["SPF-08 %{i}com"]);
    refused("v=spf1 redirect=", &["SPF-08 "]);
    refused("v=spf1 a:example.-com -all", &["SPF-08 example.-com"]);
    check("v=spf1 a:mail.example...com -all", &["DNS-05 .."]);
}

#[test]
fn spf_16() {
    check("v=spf1 mx -all exp=a.example.com", &[]);
    check("v=spf1 -all mx a", &["SPF-16 mx", "SPF-16 a"]);
    check(
        "v=spf1 redirect=a.example.com -all",
        &["SPF-16 redirect=a.example.com"],
    );
}

#[test]
fn spf_17() {
    check("v=spf1 exp=a.example.com redirect=b.example.com", &[]);
    refused(
        "v=spf1 exp=a.example.com exp=a.example.com -all",
        &["SPF-17 exp=a.example.com"],
    );
    refused(
        "v=spf1 redirect=a.example Redirect=b.example",
        &["SPF-17 Redirect=b.example"],
    );
}

#[test]
fn spf_18() {
    check("v=spf1 mx redirect=a.example", &[]);
    check("v=spf1 mx", &["SPF-18 v=spf1 mx"]);
    check("v=spf1", &["SPF-18 v=spf1"]);
}

#[test]
fn spf_19() {
    check("v=spf1 ip4:17.0.0.0/9 ip6:2001:db8::/17 a/9 -all", &[]);
    check("v=spf1 +all", &["SPF-19 +all"]);
    check("v=spf1 all", &["SPF-19 all"]);
    check("v=spf1 ip4:0.0.0.0/0 -all", &["SPF-19 ip4:0.0.0.0/0"]);
    check("v=spf1 ip4:17.0.0.0/8 -all", &["SPF-19 ip4:17.0.0.0/8"]);
    check("v=spf1 ip6:2000::/3 -all", &["SPF-19 ip6:2000::/3"]);
    check("v=spf1 a/0 -all", &["SPF-19 a/0"]);
    check("v=spf1 mx//0 -all", &["SPF-19 mx//0"]);
    check("v=spf1 -ip4:0.0.0.0/1 -all", &[]);
}

#[test]
fn spf_20() {
    check("v=spf1 mx ~all", &[]);
    check("v=spf1 mx ?all", &["SPF-20 ?all"]);
}

#[test]
fn spf_22() {
    check("v=spf1 exists:%{i}.example.com -all", &[]);
    check("v=spf1 ptr -all", &["SPF-22 ptr"]);
    check("v=spf1 ptr:example.com -all", &["SPF-22 ptr:example.com"]);
    check(
        "v=spf1 exists:%{p}.example.com -all",
        &["SPF-22 exists:%{p}.example.com"],
    );
}

#[test]
fn spf_23() {
    for sound in [
        "%{s}",
        "%{L1R-}",
        "%{d127}",
        "%{ir.-+,/_=}",
        "%%.%_.%-.example.com",
        "%{v}.%{H}.example",
    ] {
        check(&format!("v=spf1 exists:{sound} -all"), &[]);
    }
    refused("v=spf1 exists:%a.example.com -all", &["SPF-23 %"]);
    refused(
        "v=spf1 exists:%{d.example.com -all",
        &["SPF-23 %{d.example.com"],
    );
    refused("v=spf1 exists:%{}.example.com -all", &["SPF-23 %{}"]);
    refused("v=spf1 exists:%{x}.example.com -all", &["SPF-23 %{x}"]);
    refused("v=spf1 exists:%{d0}.example.com -all", &["SPF-23 %{d0}"]);
    refused("v=spf1 exists:%{d;}.example.com -all", &["SPF-23 %{d;}"]);
    for letter in ["c", "r", "t"] {
        refused(
            &format!("v=spf1 exp=%{{{letter}}}.a.example -all"),
            &[&format!("SPF-23 %{{{letter}}}")],
        );
    }
}

#[test]
fn spf_25() {
    check("v=spf1 include:a.example include:b.example mx -all", &[]);
    check(
        "v=spf1 include:a.example include:A.example -all",
        &["SPF-25 include:A.example"],
    );
    check("v=spf1 mx a mx -all", &["SPF-25 mx"]);
    check(
        "v=spf1 ip4:192.0.2.0/24 ip4:192.0.2.9 -all",
        &["SPF-25 ip4:192.0.2.9"],
    );
    check(
        "v=spf1 ip4:192.0.2.9 ip4:192.0.2.0/24 -all",
        &["SPF-25 ip4:192.0.2.9"],
    );
    check(
        "v=spf1 ip4:192.0.2.9 ip4:192.0.2.9 -all",
        &["SPF-25 ip4:192.0.2.9"],
    );
    check("v=spf1 -ip4:192.0.2.9 ip4:192.0.2.0/24 -all", &[]);
    check(
        "v=spf1 ip4:192.0.2.0/24 -ip4:192.0.2.9 -all",
        &["SPF-25 -ip4:192.0.2.9"],
    );
    check(
        "v=spf1 ip4:192.0.2.0/25 ip4:192.0.2.128/25 ip6:::c000:209 -all",
        &[],
    );
}

#[test]
fn spf_29() {
    refused("spf2.0/pra -all", &["SPF-29 spf2.0/pra"]);
    let values = [Txt::from("v=spf1 -all"), Txt::from("spf2.0/mfrom,pra -all")];
    assert_eq!(rules(&lint_values(&values)), ["SPF-29"]);
    assert_eq!(rules(&lint_values(&values[..1])), [""; 0]);
}

#[test]
fn spf_21_24_26_in_its_surroundings() {
    let owner = name("example.com");
    let around = Surroundings {
        owner: &owner,
        beside: &[],
        is_parked: false,
        is_dmarc_enforced: false,
    };
    let check = |text: &str, around: Surroundings<'_>, expect: &[&str]| {
        let record = Spf::parse(text).0.expect("a record");
        assert_eq!(
            rules(&lint_surroundings(&record, &around)),
            expect,
            "{text}"
        );
    };
    check("v=spf1 mx -all", around, &[]);
    let enforced = Surroundings {
        is_dmarc_enforced: true,
        ..around
    };
    check("v=spf1 mx ~all", enforced, &[]);
    check("v=spf1 mx -all", enforced, &["SPF-21"]);

    let parked = Surroundings {
        is_parked: true,
        ..enforced
    };
    check("v=spf1 -all", parked, &[]);
    check("v=spf1 mx -all", parked, &["SPF-26"]);
    check("v=spf1 ~all", parked, &["SPF-26"]);

    // 12 + 11 + 6 octets, and 13 with the 11 of the record: 397 are left for the others.
    let fits = [Txt::new(vec![b'a'; 200]), Txt::new(vec![b'b'; 171])];
    check(
        "v=spf1 ~all",
        Surroundings {
            beside: &fits,
            ..around
        },
        &[],
    );
    let spills = [Txt::new(vec![b'a'; 200]), Txt::new(vec![b'b'; 172])];
    check(
        "v=spf1 ~all",
        Surroundings {
            beside: &spills,
            ..around
        },
        &["SPF-24"],
    );
}

#[test]
fn spf_27() {
    let senders = [name("example.com"), name("mail1.example.com")];
    let both: BTreeSet<Name> = senders.iter().cloned().collect();
    assert_eq!(rules(&lint_senders(&senders, &both)), [""; 0]);
    let apex = BTreeSet::from([name("example.com")]);
    assert_eq!(rules(&lint_senders(&senders, &apex)), ["SPF-27"]);
}

#[test]
fn spf_28() {
    let record = Spf::parse("v=spf1 -all exp=why.example.com")
        .0
        .expect("a record");
    let target = record.explanation().expect("a target");
    let check = |values: &[&str], is_sound: bool| {
        let values: Vec<Txt> = values.iter().map(|text| Txt::from(*text)).collect();
        assert_eq!(
            lint_explanation(target, &values).is_none(),
            is_sound,
            "{values:?}"
        );
    };
    check(&["%{i} may not send for %{d} (%{t})"], true);
    check(&[], false);
    check(&["a", "b"], false);
    check(&["caf\u{e9}"], false);
    check(&["100% no"], false);
}

#[test]
fn spf_31() {
    let check = |live: &str, planned: &str, reasons: &[&str]| {
        let record = |text: &str| Spf::parse(text).0.expect("a record");
        let findings = lint_replacement(&record(live), &record(planned));
        assert!(findings.iter().all(|found| found.rule == "SPF-31"));
        let found: Vec<&str> = findings.iter().map(|found| &*found.reason).collect();
        assert_eq!(found, reasons, "{live}");
    };
    check(
        "v=spf1 MX include:A.example -all",
        "v=spf1 include:a.example mx ~all",
        &[],
    );
    check("v=spf1 mx -ip4:192.0.2.1 -all", "v=spf1 mx ~all", &[]);
    check(
        "v=spf1 ip4:192.0.2.1 mx -all",
        "v=spf1 mx ~all",
        &["the live record has \"ip4:192.0.2.1\""],
    );
    check(
        "v=spf1 redirect=a.example",
        "v=spf1 -all",
        &["the live record has \"redirect=a.example\""],
    );
}

#[test]
fn every_mistake_is_reported_at_once() {
    let text = "v=spf1 ip4:192.0.2.256 include: moo ?all mx";
    refused(
        text,
        &[
            "SPF-06 192.0.2.256",
            "SPF-08 ",
            "SPF-05 moo",
            "SPF-16 mx",
            "SPF-20 ?all",
        ],
    );
}

#[test]
fn printing_is_canonical() {
    let check = |text: &str, canonical: &str| {
        let record = Spf::parse(text).0.expect("a record");
        assert_eq!(record.to_string(), canonical);
    };
    check("V=SPF1  +A  ~ALL ", "v=spf1 a ~all");
    check(
        "v=spf1 ip4:192.0.2.1/32 ip6:2001:DB8:0::1/128 -all",
        "v=spf1 ip4:192.0.2.1 ip6:2001:db8::1 -all",
    );
    check(
        "v=spf1 mx:Example.com/32//64 -all",
        "v=spf1 mx:Example.com//64 -all",
    );
    check(
        "v=spf1 exists:%{L01R-}.a.example Exp=B.example",
        "v=spf1 exists:%{L1r-}.a.example exp=B.example",
    );
}

#[test]
fn building() {
    let record = Spf::builder()
        .include(&name("amazonses.com"))
        .a(None)
        .mx(Some(&name("example.org")))
        .network("192.0.2.0/24".parse::<Network>().expect("a network"))
        .all(Qualifier::SoftFail);
    let text = "v=spf1 include:amazonses.com a mx:example.org ip4:192.0.2.0/24 ~all";
    assert_eq!(record.to_string(), text);
    assert_eq!(Spf::parse(text), (Some(record.clone()), Vec::new()));
    assert_eq!(record.all(), Some(Qualifier::SoftFail));
    assert_eq!(
        record.includes().collect::<Vec<_>>(),
        [name("amazonses.com")]
    );
    assert_eq!(Spf::nobody().to_string(), "v=spf1 -all");
    let moved = Spf::builder().redirect(&name("_spf.example.com"));
    assert_eq!(moved.to_string(), "v=spf1 redirect=_spf.example.com");
    assert_eq!(
        moved.redirect().and_then(DomainSpec::name),
        Some(name("_spf.example.com"))
    );
}

#[test]
fn networks() {
    let network = |text: &str| text.parse::<Network>().expect("a network");
    let contains =
        |text: &str, address: &str| network(text).contains(address.parse().expect("an address"));
    assert!(contains("192.0.2.0/24", "192.0.2.255"));
    assert!(!contains("192.0.2.0/24", "192.0.3.0"));
    assert!(contains("0.0.0.0/0", "203.0.113.9"));
    assert!(!contains("0.0.0.0/0", "::1"));
    assert!(contains("2001:db8::/32", "2001:db8:ffff::1"));
    assert!(contains("::/0", "2001:db8::1"));
    assert!(network("192.0.2.0/24").covers(network("192.0.2.128/25")));
    assert!(!network("192.0.2.128/25").covers(network("192.0.2.0/24")));
    assert!(Network::new("192.0.2.1".parse().expect("an address"), 33).is_err());
}

fn any_domain() -> impl Strategy<Value = String> {
    let label = "[a-z0-9_]{1,8}";
    let macros = "(%\\{[slodipvhSLODIPVH][1-9]?r?[-.+]?\\}|%%|%_|%-)?";
    (macros, label, label)
        .prop_map(|(first, label, top)| format!("{first}{label}.x{}", top.replace('_', "")))
}

fn any_term() -> impl Strategy<Value = String> {
    let mechanism = prop_oneof![
        Just("all".to_owned()),
        any_domain().prop_map(|domain| format!("include:{domain}")),
        any_domain().prop_map(|domain| format!("exists:{domain}")),
        (any_domain(), 0_u8..=32, 0_u8..=128).prop_map(|(d, a, b)| format!("a:{d}/{a}//{b}")),
        (0_u8..=32, 0_u8..=128).prop_map(|(a, b)| format!("mx/{a}//{b}")),
        any_domain().prop_map(|domain| format!("ptr:{domain}")),
        (any::<std::net::Ipv4Addr>(), 0_u8..=32).prop_map(|(ip, bits)| format!("ip4:{ip}/{bits}")),
        (any::<std::net::Ipv6Addr>(), 0_u8..=128).prop_map(|(ip, bits)| format!("ip6:{ip}/{bits}")),
    ];
    prop_oneof![
        ("[-+~?]?", mechanism).prop_map(|(sign, mechanism)| format!("{sign}{mechanism}")),
        "[b-d][a-z.-]{0,5}=[!-$&-+.-~]{0,9}",
    ]
}

/// A misspelt modifier that is shorter than the right one, with the end of a term behind it.
#[test]
fn a_name_that_is_shorter_than_the_one_that_is_near_is_only_named() {
    for text in [
        "Xp\u{10350}\"",
        "v=spf1 xp:a.example",
        "v=spf1 xp",
        "v=spf1 redirec:a",
    ] {
        let (_, findings) = Spf::parse(text);
        assert!(!findings.is_empty(), "{text}");
    }
}

proptest! {
    #[test]
    fn records_of_sound_terms_are_read_and_print_once_and_for_all(
        terms in prop::collection::vec(any_term(), 0..9)
    ) {
        let text = format!("v=spf1 {}", terms.join(" "));
        let (record, findings) = Spf::parse(&text);
        let record = record.unwrap_or_else(|| panic!("{text}: {findings:?}"));
        prop_assert_eq!(record.terms().len(), terms.len());
        let canonical = record.to_string();
        let again = Spf::parse(&canonical).0;
        prop_assert_eq!(again.as_ref().map(ToString::to_string), Some(canonical));
        prop_assert_eq!(again, Some(record));
    }

    #[test]
    fn reading_any_text_ends_well(text in any::<String>(), tail in "[ -~]{0,60}") {
        for text in [text.clone(), format!("v=spf1 {text}"), format!("v=spf1 {tail}")] {
            let (record, findings) = Spf::parse(&text);
            for finding in &findings {
                if let Place::Span(span) = &finding.place {
                    prop_assert!(text.get(span.clone()).is_some(), "{:?}", finding);
                }
            }
            match record {
                None => prop_assert!(!findings.is_empty()),
                Some(record) => {
                    prop_assert_eq!(Spf::parse(&record.to_string()).0, Some(record));
                }
            }
        }
    }

    #[test]
    fn covered_networks_are_those_that_another_covers(
        networks in prop::collection::vec((0_u32..64, 26_u8..=32), 1..8)
    ) {
        let networks: Vec<Network> = networks
            .into_iter()
            .map(|(host, bits)| {
                let address = std::net::Ipv4Addr::from_bits(0xC000_0200 | host);
                Network::new(address.into(), bits).expect("within bounds")
            })
            .collect();
        let expect = networks.iter().enumerate().filter(|(index, narrow)| {
            networks.iter().enumerate().any(|(other, wide)| {
                other != *index && wide.covers(**narrow) && (!narrow.covers(*wide) || other < *index)
            })
        });
        let expect = expect.count();
        let mut builder = Spf::builder();
        for network in &networks {
            builder = builder.term(Term::Directive(Qualifier::Pass, Mechanism::Ip(*network)));
        }
        let text = builder.all(Qualifier::Fail).to_string();
        let (_, findings) = Spf::parse(&text);
        prop_assert_eq!(findings.iter().filter(|found| found.rule == "SPF-25").count(), expect);
    }
}
