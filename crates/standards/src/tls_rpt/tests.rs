//! Tables and properties of the TLS-RPT rules.

use proptest::prelude::*;

use super::{TlsRpt, check_presence, check_record_owner, record_owner};
use crate::dns::Txt;
use crate::test_support::{Zone, block_on, has_error, name, rules, summary};

fn check(text: &str, canonical: Option<&str>, findings: &[&str]) {
    let (record, found) = TlsRpt::parse(text);
    let printed = record.map(|record| record.to_string());
    assert_eq!(printed.as_deref(), canonical, "{text:?}");
    assert_eq!(summary(text, &found), findings, "{text:?}");
}

const ONE: Option<&str> = Some("v=TLSRPTv1; rua=mailto:a@example.com");

#[test]
fn records_that_are_good() {
    for text in [
        "v=TLSRPTv1; rua=mailto:a@example.com",
        "v=TLSRPTv1;rua=mailto:a@example.com;",
        "v=TLSRPTv1; rua=MAILTO:a@Example.COM ; ",
    ] {
        check(text, ONE, &[]);
    }
    let two = "v=TLSRPTv1; rua=mailto:a@example.com,https://example.com/v1?x=y";
    check(two, Some(two), &[]);
    check(&two.replace(',', " , "), Some(two), &[]);
}

#[test]
fn rpt_01_owner() {
    let domain = name("example.com");
    let owner = record_owner(&domain).expect("a name");
    assert_eq!(owner.to_string(), "_smtp._tls.example.com");
    assert_eq!(check_record_owner(&owner, &domain), None);
    let finding = check_record_owner(&name("_tls.example.com"), &domain).expect("a finding");
    assert_eq!(finding.rule, "RPT-01");
}

#[test]
fn rpt_02_version() {
    for text in [
        "v=TLSRPTv1",
        "v=tlsrptv1; rua=mailto:a@example.com",
        "v=TLSRPTv2; rua=mailto:a@example.com",
    ] {
        let first = text.split(';').next().expect("a part");
        check(text, None, &[&format!("RPT-02 error {first:?}")]);
    }
    check(
        "rua=mailto:a@example.com; v=TLSRPTv1",
        None,
        &["RPT-02 error \"rua=mailto:a@example.com\""],
    );
}

#[test]
fn rpt_03_rua() {
    check("v=TLSRPTv1;", None, &["RPT-03 error \"\""]);
    check("v=TLSRPTv1; rua=", None, &["RPT-03 error \"\""]);
    check(
        "v=TLSRPTv1; rua=a@example.com",
        None,
        &["RPT-03 error \"a@example.com\""],
    );
    check(
        "v=TLSRPTv1; rua=mailto:a@example.com,",
        ONE,
        &["RPT-03 error \"\""],
    );
    check(
        "v=TLSRPTv1; rua=mailto:a@example.com; rua=mailto:b@example.com",
        Some("v=TLSRPTv1; rua=mailto:a@example.com,mailto:b@example.com"),
        &[],
    );
}

#[test]
fn rpt_04_schemes() {
    for uri in ["http://example.com/", "ftp://example.com/"] {
        let text = format!("v=TLSRPTv1; rua=mailto:a@example.com,{uri}");
        check(&text, ONE, &[&format!("RPT-04 error {uri:?}")]);
    }
}

#[test]
fn rpt_05_encoding() {
    check(
        "v=TLSRPTv1; rua=mailto:a@example.com!10m",
        None,
        &["RPT-05 error \"!\""],
    );
    check(
        "v=TLSRPTv1; rua=mailto:a%@example.com",
        None,
        &["RPT-05 error \"mailto:a%@example.com\""],
    );
    check(
        "v=TLSRPTv1; rua=mailto:a%21@example.com",
        Some("v=TLSRPTv1; rua=mailto:a%21@example.com"),
        &[],
    );
}

#[test]
fn rpt_06_addresses_and_hosts() {
    for uri in [
        "mailto:example.com",
        "mailto:a@",
        "mailto:a@b@c..d",
        "https://",
        "https:/x",
        "https://192.0.2.1/",
    ] {
        let text = format!("v=TLSRPTv1; rua={uri}");
        check(&text, None, &[&format!("RPT-06 error {uri:?}")]);
    }
}

#[test]
fn rpt_07_one_record() {
    let owner = name("_smtp._tls.example.com");
    let text = "v=TLSRPTv1; rua=mailto:a@example.com";
    let check = |texts: &[&str], is_read: bool, expect: &[&str]| {
        let values: Vec<Txt> = texts.iter().map(|text| Txt::from(*text)).collect();
        let (record, findings) = TlsRpt::among(&owner, &values);
        assert_eq!(record.is_some(), is_read, "{texts:?}");
        assert_eq!(rules(&findings), expect, "{texts:?}");
    };
    check(&[], false, &[]);
    check(&[text, "v=TLSRPTv2; x=y"], true, &[]);
    check(&[text, text], false, &["RPT-07"]);
}

#[test]
fn rpt_08_extensions() {
    let text = "v=TLSRPTv1; rua=mailto:a@example.com; x-y=z";
    check(text, Some(text), &["RPT-08 warn \"x-y\""]);
    let (record, _) = TlsRpt::parse(text);
    assert_eq!(rules(&record.expect("a record").lint()), ["RPT-08"]);
    check(
        "v=TLSRPTv1; rua=mailto:a@example.com; word",
        ONE,
        &["RPT-08 error \"word\""],
    );
    check(
        "v=TLSRPTv1; rua=mailto:a@example.com; a=b c",
        ONE,
        &["RPT-08 error \"a=b c\""],
    );
}

#[test]
fn rpt_09_mail_arrives() {
    let (record, _) =
        TlsRpt::parse("v=TLSRPTv1; rua=mailto:a@a.example,mailto:b@b.example,https://h.example/");
    let record = record.expect("a record");
    let zone = Zone::default().with_mx("a.example", "10 mx.example");
    let findings = block_on(record.check_report_mail(&zone)).expect("an answer");
    assert_eq!(summary("", &findings), ["RPT-09 error at b.example"]);
    let findings =
        block_on(record.check_report_mail(&zone.with_host("b.example"))).expect("an answer");
    assert_eq!(findings, []);
}

#[test]
fn rpt_11_external_hosts_are_only_mentioned() {
    let (record, _) = TlsRpt::parse(
        "v=TLSRPTv1; rua=mailto:a@example.com,mailto:b@t.example.com,https://r.example.net/",
    );
    let findings = record
        .expect("a record")
        .note_external_hosts(&name("example.com"));
    assert_eq!(summary("", &findings), ["RPT-11 info at r.example.net"]);
}

#[test]
fn rpt_12_presence() {
    for (mta_sts, dane, tls_rpt, expect) in [
        (true, false, false, true),
        (false, true, false, true),
        (true, true, false, true),
        (true, true, true, false),
        (false, false, false, false),
    ] {
        let finding = check_presence(mta_sts, dane, tls_rpt);
        assert_eq!(
            finding.map(|finding| finding.rule.into_owned()),
            expect.then(|| "RPT-12".to_owned())
        );
    }
}

#[test]
fn records_are_made_of_usable_uris() {
    assert_eq!(
        TlsRpt::new(Vec::new()).expect_err("nothing").to_string(),
        "a TLS-RPT record names at least one URI"
    );
    let uri = "ftp://example.com/".parse().expect("a URI");
    let error = TlsRpt::new(vec![uri]).expect_err("no reporter speaks it");
    assert_eq!(
        error.to_string(),
        "reports go to mailto: or https: URIs, and \"ftp://example.com/\" is neither"
    );
}

proptest! {
    #[test]
    fn never_panics_and_prints_what_it_reads(text in "(v=TLSRPTv1; ?|rua=|mailto:|a@b\\.c|https://|,|;|x=y|\\PC){0,16}") {
        let (record, findings) = TlsRpt::parse(&text);
        prop_assert!(record.is_some() || has_error(&findings));
        if let Some(record) = record {
            prop_assert_eq!(TlsRpt::parse(&record.to_string()).0, Some(record));
        }
    }
}
