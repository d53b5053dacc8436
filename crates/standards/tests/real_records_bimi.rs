//! BIMI records that people publish, as found in public repositories and documentation: what
//! receivers accept has no error here.
//!
//! The source stands beside each. None is made up, and none is repaired. Where a source is only
//! known as a file of a public repository, what it says of the record is quoted in short.

use standards::Severity;
use standards::bimi::Bimi;
use standards::bimi::record::check_record_owner;
use standards::dns::Name;

const RECORDS: &[(&str, &str)] = &[
    (
        "cnn.com: github.com/domainaware/checkdmarc, issue 140",
        "v=BIMI1; l=https://amplify.valimail.com/bimi/time-warner/LFMoxJPK5xh-cable_news_network_inc2.svg; a=https://amplify.valimail.com/bimi/time-warner/LFMoxJPK5xh-cable_news_network_inc2.pem",
    ),
    (
        "voyageprive.es: github.com/domainaware/checkdmarc, issue 148",
        "v=BIMI1; l=https://images.bovpg.net/crm/VP_GLYPH_170x170.svg; a=https://images.bovpg.net/crm/bimi/voyage_priv__.pem;",
    ),
    (
        "ebay.com: README of the npm package @apiverve/bimivalidator, example response",
        "v=BIMI1;l=https://bimi.entrust.net/ebay.com/logo.svg;a=https://bimi.entrust.net/ebay.com/certchain.pem",
    ),
    (
        "globalcyberalliance.org: README of github.com/GlobalCyberAlliance/domain-security-scanner",
        "v=BIMI1;l=https://bimi.entrust.net/globalcyberalliance.org/logo.svg;a=https://bimi.entrust.net/globalcyberalliance.org/certchain.pem",
    ),
    (
        "email.apple.com: a unit test in a public repository, 'verified live at default._bimi.email.apple.com'",
        "v=BIMI1;l=https://www.apple.com/bimi/v2/apple.svg;a=https://www.apple.com/bimi/v2/apple.pem;",
    ),
    (
        "cnn.com: a unit test in a public repository (verify-email-branding), 'real record text'",
        "v=BIMI1; l=https://amplify.valimail.com/bimi/time-warner/R4Ezf5xK5ac-CNN.svg; a=https://amplify.valimail.com/bimi/time-warner/R4Ezf5xK5ac-CNN.pem",
    ),
    (
        "cnn.com: an earlier one, in the error message of a checker in a public repository",
        "v=BIMI1; l=https://amplify.valimail.com/bimi/time-warner/LysAFUdG-Hw-cnn_vmc.svg; a=https://amplify.valimail.com/bimi/time-warner/LysAFUdG-Hw-cnn_vmc.pem",
    ),
    (
        "Amazon Web Services: a comment in a public repository's look-up of BIMI records",
        "v=BIMI1;l=https://d3frv9g52qce38.cloudfront.net/amazondefault/order_329474121_logo.svg;a=https://d3frv9g52qce38.cloudfront.net/amazondefault/amazon_web_services_inc.pem",
    ),
    (
        "a customer of DigiCert: the documentation of a public repository's get_bimi_record",
        "v=BIMI1;l=https://vmc.digicert.com/045a6607-a6e6-42cf-aed8-e9c2aa26aae2.svg;a=https://vmc.digicert.com/045a6607-a6e6-42cf-aed8-e9c2aa26aae2.pem",
    ),
    (
        "surmount.systems: the zone in a public repository, without a certificate",
        "v=BIMI1; l=https://surmount.systems/bimi.svg;",
    ),
    (
        "draft-brand-indicators-for-message-identification, section 4.3.1: a declination",
        "v=BIMI1; l=; a=;",
    ),
];

#[test]
fn what_receivers_accept_has_no_finding() {
    for (source, text) in RECORDS {
        let (record, findings) = Bimi::parse(text);
        assert_eq!(findings, [], "{source}");
        let record =
            record.unwrap_or_else(|| panic!("{source}: no record, and no finding says why"));
        let (again, _) = Bimi::parse(&record.to_string());
        assert_eq!(again, Some(record), "{source}");
    }
}

#[test]
fn what_receivers_refuse_has_an_error() {
    for (source, text, rule) in [
        (
            "the notes of a public repository on setting up mail: the a= of the first drafts",
            "v=BIMI1; l=https://example.com/bimi/logo.svg;a=self;",
            "BIMI-R04",
        ),
        (
            "marcbradshaw/mail-bimi, t/01-record-validation.t: accepted there, refused by the draft",
            "v=bimi1; l=https://bimi.example.com/marks/file.svg",
            "BIMI-R02",
        ),
    ] {
        let (record, findings) = Bimi::parse(text);
        assert!(record.is_none(), "{source}");
        let errors: Vec<&str> = findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .map(|finding| &*finding.rule)
            .collect();
        assert_eq!(errors, [rule], "{source}: {findings:#?}");
    }
}

/// From an audit report of September 2026 in a public repository: aliexpress.com has its record
/// among the TXT values of the domain itself, where no receiver looks.
#[test]
fn a_record_in_the_wrong_place() {
    let domain = Name::parse("aliexpress.com").expect("a name");
    let finding = check_record_owner(&domain, &domain).expect("a finding");
    assert_eq!(finding.rule, "BIMI-X13");
    let text = "v=BIMI1;l=https://bimi.entrust.net/aliexpress.com/logo.svg;a=https://bimi.entrust.net/aliexpress.com/certchain.pem";
    assert_eq!(Bimi::parse(text).1, []);
}
