//! The records of MTA-STS and of TLS reporting, which share a syntax.

use standards::mta_sts::MtaStsRecord;
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
