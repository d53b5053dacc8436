//! Every kind is recognized, from what people paste.

use proptest::prelude::*;

use jiff::Timestamp;

use super::{Kind, check_file, check_record};
use crate::test_support::rules;

fn now() -> Timestamp {
    "2026-11-24T00:00:00Z".parse().expect("a time")
}

#[test]
fn records() {
    let check = |text: &str, kind: Option<Kind>, expect: &[&str]| {
        let checked = check_record(text);
        assert_eq!(checked.as_ref().map(|checked| checked.kind), kind, "{text}");
        let findings = checked.map(|checked| checked.findings).unwrap_or_default();
        assert_eq!(rules(&findings), expect, "{text}");
    };
    check("v=spf1 -all", Some(Kind::Spf), &[]);
    check(" v=spf1 -all", Some(Kind::Spf), &["SPF-02"]);
    check("spf2.0/pra -all", Some(Kind::Spf), &["SPF-29"]);
    check("\"v=spf1 -all\"", Some(Kind::Spf), &["DNS-03"]);
    check("v=DKIM1; p=", Some(Kind::DkimKey), &["DKIM-04"]);
    check(
        "k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        Some(Kind::DkimKey),
        &[],
    );
    check("v=STSv1; id=1;", Some(Kind::MtaStsRecord), &[]);
    check(
        "v=TLSRPTv1; rua=mailto:tls@example.com",
        Some(Kind::TlsRpt),
        &[],
    );
    check("v=BIMI1; l=; a=;", Some(Kind::Bimi), &[]);
    check("google-site-verification=x", None, &[]);
    check("", None, &[]);
    let dmarc = check_record("v=DMARC1;p=reject; rua=mailto:a@example.com").expect("a kind");
    assert_eq!(dmarc.kind, Kind::Dmarc);
    assert_eq!(
        dmarc.canonical.as_deref(),
        Some("v=DMARC1; p=reject; rua=mailto:a@example.com")
    );
}

#[test]
fn files() {
    let kind = |name: &str, file: &[u8]| check_file(name, file, now()).map(|checked| checked.kind);
    let logo = include_bytes!("../../../../assets/logo.svg");
    let certificate = include_bytes!("../../../../assets/bimi_vmc.pem");
    let policy = include_bytes!("../../../../assets/.well-known/mta-sts.txt.example");
    assert_eq!(kind("logo.svg", logo), Some(Kind::Logo));
    assert_eq!(kind("-", logo), Some(Kind::Logo));
    assert_eq!(kind("logo.svgz", b"\x1f\x8b"), Some(Kind::Logo));
    assert_eq!(kind("vmc.pem", certificate), Some(Kind::MarkCertificate));
    assert_eq!(kind("-", certificate), Some(Kind::MarkCertificate));
    assert_eq!(kind("mta-sts.txt", policy), Some(Kind::MtaStsPolicy));
    assert_eq!(kind("-", policy), Some(Kind::MtaStsPolicy));
    assert_eq!(kind("spf.txt", b"v=spf1 -all\r\n"), Some(Kind::Spf));
    assert_eq!(kind("notes.txt", b"hello"), None);
    assert_eq!(kind("notes.txt", b"\xff\xfe"), None);
}

#[test]
fn a_mark_certificate_is_traced_to_a_root_and_has_not_run_out() {
    let check = |file: &[u8], expect: &[&str]| {
        let checked = check_file("vmc.pem", file, now()).expect("a known kind");
        assert_eq!(rules(&checked.findings), expect);
    };
    // Ours is for tests: no root of BIMI vouches for it. PayPal's ran out in 2025, and had two
    // warnings before.
    check(
        include_bytes!("../../../../assets/bimi_vmc.pem"),
        &["VMC-02"],
    );
    let paypal = include_bytes!("../../tests/real_mark_certificates/paypal.pem");
    check(paypal, &["VMC-17", "VMC-06", "VMC-10"]);
}

proptest! {
    #[test]
    fn any_text_and_any_file_end_well(text in any::<String>(), file in any::<Vec<u8>>()) {
        check_record(&text);
        for version in ["v=spf1 ", "v=DKIM1;", "v=DMARC1;", "v=STSv1;", "v=TLSRPTv1;", "v=BIMI1;"] {
            check_record(&format!("{version}{text}"));
        }
        for name in ["a.svg", "a.svgz", "a.pem", "mta-sts.txt", "-"] {
            check_file(name, &file, now());
            check_file(name, text.as_bytes(), now());
        }
    }
}
