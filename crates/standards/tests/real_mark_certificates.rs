//! Mark certificates of real brands: what receivers accepted has no error here.
//!
//! Where they come from is told in `real_mark_certificates/SOURCES.md`.

use standards::bimi::{MarkCertificate, MarkType, Selector, TrustStore};
use standards::dns::Name;
use standards::{Finding, Severity};

struct Expected {
    domain: &'static str,
    organization: &'static str,
    mark_type: MarkType,
    /// By which CAA lists who issued it.
    authority: &'static str,
    /// Rules of findings that are warnings.
    warnings: &'static [&'static str],
    /// A moment at which it was valid.
    now: &'static str,
}

fn check(file: &[u8], expected: &Expected) {
    let name = expected.domain;
    let (certificate, findings) = MarkCertificate::parse(file);
    let warnings: Vec<&str> = findings.iter().map(|finding| &*finding.rule).collect();
    assert_eq!(warnings, expected.warnings, "{name}: {findings:#?}");
    let certificate = certificate.unwrap_or_else(|| panic!("{name} is valid"));
    assert_eq!(certificate.organization(), Some(expected.organization));
    assert_eq!(certificate.mark_type(), Some(expected.mark_type));
    let authority = certificate.authority();
    assert_eq!(
        authority.as_ref().map(Name::as_str),
        Some(expected.authority)
    );

    let domain = Name::parse(name).expect("a name");
    let mail = domain.child("mail").expect("a name");
    let elsewhere = Name::parse("example.com").expect("a name");
    let selector = Selector::default();
    assert_eq!(certificate.check_domain(&domain, &domain, &selector), None);
    assert_eq!(certificate.check_domain(&mail, &domain, &selector), None);
    assert!(
        certificate
            .check_domain(&elsewhere, &elsewhere, &selector)
            .is_some()
    );

    assert_eq!(certificate.check_trust(&TrustStore::bimi()), None, "{name}");
    assert!(certificate.check_trust(&TrustStore::empty()).is_some());
    let now = expected.now.parse().expect("a time");
    assert_eq!(certificate.check_time(now), []);
    let today = "2026-11-24T00:00:00Z".parse().expect("a time");
    let expired: Vec<Finding> = certificate.check_time(today);
    assert_eq!(expired[0].severity, Severity::Error, "{name} has run out");
    let logo = certificate.logo().expect("a logo");
    assert_eq!(certificate.check_logo(logo), None);
}

#[test]
fn paypal() {
    let expected = Expected {
        domain: "paypal.com",
        organization: "PayPal, Inc.",
        mark_type: MarkType::Registered,
        authority: "digicert.com",
        // No key usage, and only SHA-1 over the logo.
        warnings: &["VMC-17", "VMC-06"],
        now: "2025-01-01T00:00:00Z",
    };
    check(
        include_bytes!("real_mark_certificates/paypal.pem"),
        &expected,
    );
}

#[test]
fn globalsign() {
    let expected = Expected {
        domain: "globalsign.com",
        organization: "GMO GlobalSign Pte. Ltd.",
        mark_type: MarkType::Registered,
        authority: "globalsign.com",
        warnings: &["VMC-17"],
        now: "2025-06-01T00:00:00Z",
    };
    check(
        include_bytes!("real_mark_certificates/globalsign.pem"),
        &expected,
    );
}

#[test]
fn xometry() {
    let expected = Expected {
        domain: "xometry.com",
        organization: "XOMETRY, INC.",
        mark_type: MarkType::PriorUse,
        authority: "digicert.com",
        warnings: &["VMC-17", "VMC-06", "VMC-20"],
        now: "2025-01-01T00:00:00Z",
    };
    check(
        include_bytes!("real_mark_certificates/xometry.pem"),
        &expected,
    );
}

/// From 2021: the one thing wrong with it is what the rules asked for only later.
#[test]
fn redsift() {
    let (certificate, findings) =
        MarkCertificate::parse(include_bytes!("real_mark_certificates/redsift.pem"));
    let rules: Vec<&str> = findings.iter().map(|finding| &*finding.rule).collect();
    assert_eq!(rules, ["VMC-14"], "{findings:#?}");
    assert!(!certificate.expect("X.509").is_usable());
}

/// A real chain with the certificate of one authority in the place of another's.
#[test]
fn chains_do_not_mix() {
    let paypal = include_str!("real_mark_certificates/paypal.pem");
    let globalsign = include_str!("real_mark_certificates/globalsign.pem");
    let end = "-----END CERTIFICATE-----\n";
    let leaf = paypal.split_inclusive(end).next().expect("a leaf");
    let authorities: String = globalsign.split_inclusive(end).skip(1).collect();
    let (certificate, findings) = MarkCertificate::parse([leaf, &authorities].concat().as_bytes());
    assert!(!certificate.expect("X.509").is_usable());
    assert!(
        findings.iter().any(|finding| finding.rule == "VMC-01"),
        "{findings:#?}"
    );
}
