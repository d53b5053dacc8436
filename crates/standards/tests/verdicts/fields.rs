//! The records of MTA-STS and of TLS reporting, which share a syntax.

use standards::Finding;
use standards::bimi::Bimi;
use standards::dmarc::Dmarc;
use standards::mta_sts::{MtaStsPolicy, MtaStsRecord};
use standards::tls_rpt::TlsRpt;

use super::{Verdict, check, row};

pub(crate) const STS: &[Verdict] = &[
    row(3, " v=STSv1; id=1;", None, &["STS-R02 error \" \""]),
    row(
        4,
        "v=STSv1;\tid=1;",
        Some("v=STSv1; id=1;"),
        &["DNS-02 warn \"\\t\""],
    ),
    row(
        4,
        "v=STSv1; id=1;\t",
        Some("v=STSv1; id=1;"),
        &["DNS-02 warn \"\\t\""],
    ),
    row(8, "v=STSv1; id=;", None, &["STS-R03 error \"\""]),
    row(
        13,
        "v=STSv1; Id=1;",
        None,
        &["STS-R03 error \"\"", "STS-R05 warn \"Id\""],
    ),
    row(
        13,
        "v=STSv1; id=1; idd=2;",
        Some("v=STSv1; id=1; idd=2;"),
        &["STS-R05 warn \"idd\""],
    ),
];

pub(crate) const TLS_RPT: &[Verdict] = &[
    row(
        3,
        "\tv=TLSRPTv1; rua=mailto:a@x.example",
        None,
        &["DNS-02 warn \"\\t\"", "RPT-02 error \"\\t\""],
    ),
    row(
        4,
        "v=TLSRPTv1;\trua=mailto:a@x.example",
        Some("v=TLSRPTv1; rua=mailto:a@x.example"),
        &["DNS-02 warn \"\\t\""],
    ),
    // RFC 8460 §3: 1*(field-delim tlsrpt-field).
    row(
        6,
        "v=TLSRPTv1; rua=mailto:a@x.example; rua=mailto:b@x.example",
        Some("v=TLSRPTv1; rua=mailto:a@x.example,mailto:b@x.example"),
        &[],
    ),
    row(
        6,
        "v=TLSRPTv1; rua=mailto:a@x.example; x=1; rua=ftp://x.example; rua=https://x.example/r",
        Some("v=TLSRPTv1; rua=mailto:a@x.example,https://x.example/r; x=1"),
        &["RPT-08 warn \"x\"", "RPT-04 error \"ftp://x.example\""],
    ),
    row(
        6,
        "v=TLSRPTv1; rua=mailto:a@x.example; x=1; x=2",
        Some("v=TLSRPTv1; rua=mailto:a@x.example; x=1; x=2"),
        &["RPT-08 warn \"x\"", "RPT-08 warn \"x\""],
    ),
    row(8, "v=TLSRPTv1; rua=", None, &["RPT-03 error \"\""]),
    row(
        13,
        "v=TLSRPTv1; rau=mailto:a@x.example",
        None,
        &["RPT-08 warn \"rau\"", "RPT-03 error \"\""],
    ),
    row(
        13,
        "v=TLSRPTv1; rua=mailto:a@x.example; ruaa=mailto:b@x.example",
        Some("v=TLSRPTv1; rua=mailto:a@x.example; ruaa=mailto:b@x.example"),
        &["RPT-08 warn \"ruaa\""],
    ),
];

#[test]
fn records() {
    check(STS, MtaStsRecord::parse);
    check(TLS_RPT, TlsRpt::parse);
}

/// The record of MTA-STS and its policy file have fields with much the same form, and people write
/// those of one into the other.
#[test]
fn a_field_in_the_wrong_one_of_the_two() {
    for field in [
        "mode=enforce",
        "mode: enforce",
        "mx=*.example.com",
        "max_age=86400",
    ] {
        let text = format!("v=STSv1; id=20260101; {field}");
        let (record, findings) = MtaStsRecord::parse(&text);
        assert!(
            record.is_some() && findings.len() == 1,
            "{field}: {findings:?}"
        );
        let fix = "remove it here, and write it into the policy file, `/.well-known/mta-sts.txt`";
        assert_eq!(findings[0].fix, fix, "{field}");
    }
    let policy = "version: STSv1\r\nmode: none\r\nid: 20260101\r\nmax_age: 86400\r\n";
    let (policy, findings) = MtaStsPolicy::parse(policy.as_bytes());
    assert!(policy.is_some());
    let found: Vec<&str> = findings.iter().map(|one| &*one.fix).collect();
    let fix = "remove the line, and write the id into the record at `_mta-sts`";
    assert_eq!(found, [fix]);
}

/// A name that is near to none is no reason to speak of another one.
#[test]
fn the_fix_of_a_field_that_nobody_knows() {
    let first = |findings: Vec<Finding>| findings[0].fix.clone();
    let tag = "v=DMARC1; p=none; zebra=1; rua=mailto:a@example.com";
    assert_eq!(first(Dmarc::parse(tag).1), "remove it, or correct its name");
    let tag = "v=BIMI1; l=https://e.example/l.svg; zebra=1";
    assert_eq!(first(Bimi::parse(tag).1), "remove it, or correct its name");
}
