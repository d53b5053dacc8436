//! DMARC records.

use standards::dmarc::discovery::discover;
use standards::dmarc::{Dmarc, Policy};
use standards::dns::{Name, Txt};

use super::{Verdict, check, row};
use crate::checker::{Zone, block_on};

pub(crate) const VERDICTS: &[Verdict] = &[
    // RFC 9989 §4.8: the record begins with its version, without white space before it.
    row(
        3,
        " v=DMARC1; p=reject; rua=mailto:a@example.com",
        None,
        &["DMARC-02 error \" \""],
    ),
    row(
        3,
        "\tv=DMARC1; p=reject",
        None,
        &["DNS-02 warn \"\\t\"", "DMARC-02 error \"\\t\""],
    ),
    row(
        3,
        "\r\nv=DMARC1; p=none",
        None,
        &[
            "DNS-02 error \"\\r\"",
            "DNS-02 error \"\\n\"",
            "DMARC-02 error \"\\r\\n\"",
        ],
    ),
    // WSP is a space or a tab (RFC 5234 appendix B.1).
    row(
        4,
        "v=DMARC1;\tp=none;\trua=mailto:a@example.com",
        Some("v=DMARC1; p=none; rua=mailto:a@example.com"),
        &["DNS-02 warn \"\\t\"", "DNS-02 warn \"\\t\""],
    ),
    row(
        4,
        "v\t=\tDMARC1; p=none; rua=mailto:a@example.com,\tmailto:b@example.com",
        Some("v=DMARC1; p=none; rua=mailto:a@example.com,mailto:b@example.com"),
        &[
            "DNS-02 warn \"\\t\"",
            "DNS-02 warn \"\\t\"",
            "DNS-02 warn \"\\t\"",
        ],
    ),
    // RFC 9989 §4.10.1: without a valid p, sp and np, p=none where there is a valid rua,
    // and no processing otherwise.
    row(7, "v=DMARC1; adkim=s", None, &["DMARC-04 error \"\""]),
    row(7, "v=DMARC1", None, &["DMARC-04 error \"\""]),
    row(
        7,
        "v=DMARC1; rua=mailto:",
        None,
        &["DMARC-04 error \"\"", "DMARC-16 error \"mailto:\""],
    ),
    row(
        7,
        "v=DMARC1; sp=reject; rua=mailto:a@example.com",
        Some("v=DMARC1; p=none; rua=mailto:a@example.com"),
        &["DMARC-04 warn \"\""],
    ),
    row(
        7,
        "v=DMARC1; p=reject; np=rejct; rua=mailto:a@example.com",
        Some("v=DMARC1; p=none; rua=mailto:a@example.com"),
        &["DMARC-06 error \"rejct\""],
    ),
    row(
        7,
        "v=DMARC1; p=reject; sp=rejct",
        None,
        &["DMARC-06 error \"rejct\""],
    ),
    row(
        8,
        "v=DMARC1; p=none; rua=",
        Some("v=DMARC1; p=none"),
        &["DMARC-16 error \"\"", "DMARC-20 warn \"rua=\""],
    ),
    row(
        8,
        "v=DMARC1; p=none; fo=:; rua=mailto:a@example.com",
        Some("v=DMARC1; p=none; rua=mailto:a@example.com"),
        &["DMARC-15 error \"\"", "DMARC-15 error \"\""],
    ),
    // RFC 9989 §4.8: what has an error in its syntax is discarded for its default.
    row(
        8,
        "v=DMARC1; p=none; fo=s,d; rua=mailto:a@example.com; ruf=mailto:a@example.com",
        Some("v=DMARC1; p=none; rua=mailto:a@example.com; ruf=mailto:a@example.com"),
        &[
            "DMARC-15 error \",\"",
            "DMARC-35 warn \"ruf=mailto:a@example.com\"",
        ],
    ),
    row(
        8,
        "v=DMARC1; p=none; fo=1:; rua=mailto:a@example.com; ruf=mailto:a@example.com",
        Some("v=DMARC1; p=none; rua=mailto:a@example.com; ruf=mailto:a@example.com"),
        &[
            "DMARC-15 error \"\"",
            "DMARC-35 warn \"ruf=mailto:a@example.com\"",
        ],
    ),
    row(
        13,
        "v=DMARC1; p=none; rau=mailto:a@example.com",
        Some("v=DMARC1; p=none"),
        &["DMARC-26 warn \"rau\"", "DMARC-20 warn \"\""],
    ),
    row(
        13,
        "v=DMARC1; p=none; RUA=mailto:a@example.com",
        Some("v=DMARC1; p=none"),
        &["DMARC-26 warn \"RUA\"", "DMARC-20 warn \"\""],
    ),
    row(
        13,
        "v=DMARC1; p=none; adkmi=s; rua=mailto:a@example.com",
        Some("v=DMARC1; p=none; rua=mailto:a@example.com"),
        &["DMARC-26 warn \"adkmi\""],
    ),
    // Withdrawn tags with a value that no standard reads any more.
    row(
        15,
        "v=DMARC1; p=none; pct=150; rua=mailto:a@example.com",
        Some("v=DMARC1; p=none; rua=mailto:a@example.com"),
        &["DMARC-14 warn \"150\""],
    ),
    row(
        15,
        "v=DMARC1; p=none; ri=daily; rua=mailto:a@example.com",
        Some("v=DMARC1; p=none; rua=mailto:a@example.com"),
        &["DMARC-14 warn \"daily\""],
    ),
    row(
        15,
        "v=DMARC1; p=none; rf=iodef; rua=mailto:a@example.com",
        Some("v=DMARC1; p=none; rua=mailto:a@example.com"),
        &["DMARC-13 warn \"rf=iodef\""],
    ),
];

/// The kinds of the functions below, a row for each of their cases.
pub(crate) const KINDS: &[u8] = &[3, 3, 7, 7, 7];

#[test]
fn records() {
    check(VERDICTS, Dmarc::parse);
}

#[test]
fn an_overlooked_record_beside_a_good_one() {
    let owner: Name = "_dmarc.example.com".parse().expect("a name");
    let read = |texts: &[&str]| {
        let values: Vec<Txt> = texts.iter().map(|text| Txt::from(*text)).collect();
        let (record, findings) = Dmarc::among(&owner, &values);
        let rules: Vec<String> = findings
            .into_iter()
            .map(|one| one.rule.into_owned())
            .collect();
        (record.map(|record| record.policy), rules)
    };
    let good = "v=DMARC1; p=quarantine; rua=mailto:a@example.com";
    let indented = " v=DMARC1; p=reject; rua=mailto:a@example.com";
    assert_eq!(
        read(&[good, indented]),
        (Some(Policy::Quarantine), Vec::new())
    );
    assert_eq!(read(&[indented]), (None, vec!["DMARC-02".to_owned()]));
}

/// RFC 9989 §4.10.1: the author's own record decides, also where it has no policy to apply.
#[test]
fn no_climbing_past_a_record_without_a_policy() {
    for (own, policy) in [
        ("v=DMARC1; p=jerect", None),
        ("v=DMARC1; adkim=s", None),
        ("v=DMARC1; p=none; sp=x", None),
        (
            "v=DMARC1; p=jerect; rua=mailto:a@example.com",
            Some(Policy::None),
        ),
        (" v=DMARC1; p=none", Some(Policy::Reject)),
    ] {
        let zone = Zone(vec![
            ("_dmarc.a.example.com", own),
            ("_dmarc.example.com", "v=DMARC1; p=reject"),
        ]);
        let author: Name = "a.example.com".parse().expect("a name");
        let found = block_on(discover(&zone, &author)).expect("the zone answers");
        assert_eq!(found.effective_policy(true), policy, "{own}");
        let organization = found.organizational_domain.expect("an answer");
        assert_eq!(organization.as_str(), "example.com", "{own}");
    }
}
