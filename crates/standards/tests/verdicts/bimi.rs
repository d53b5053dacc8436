//! BIMI assertion records.

use standards::bimi::Bimi;
use standards::dns::{Name, Txt};

use super::{Verdict, check, row};

const RECORD: &str = "v=BIMI1; l=https://e.example/l.svg";

pub(crate) const VERDICTS: &[Verdict] = &[
    row(
        3,
        " v=BIMI1; l=https://e.example/l.svg",
        None,
        &["BIMI-R02 error \" \""],
    ),
    row(
        4,
        "v=BIMI1;\tl=https://e.example/l.svg",
        Some(RECORD),
        &["DNS-02 warn \"\\t\""],
    ),
    row(
        4,
        "v=BIMI1; l=https://e.example/l.svg;\ta=;\t",
        Some(RECORD),
        &["DNS-02 warn \"\\t\"", "DNS-02 warn \"\\t\""],
    ),
    row(
        9,
        "v=BIMI1; l=https://e.example/l.svg; s=default",
        Some(RECORD),
        &["BIMI-R15 warn \"s=default\""],
    ),
    row(
        9,
        "v=BIMI1; l=https://e.example/l.svg; avp=bogus",
        Some(RECORD),
        &["BIMI-R07 warn \"bogus\""],
    ),
    row(
        9,
        "v=BIMI1; l=https://e.example/l.svg; avp=Brand",
        Some(RECORD),
        &[],
    ),
    row(
        9,
        "v=BIMI1; l=https://e.example/l.svg; avp=PERSONAL",
        Some("v=BIMI1; l=https://e.example/l.svg; avp=personal"),
        &[],
    ),
    row(
        9,
        "v=BIMI1; l=https://e.example/logo",
        Some("v=BIMI1; l=https://e.example/logo"),
        &["BIMI-R06 warn \"https://e.example/logo\""],
    ),
    // BIMI §4.3.2: another image format's suffix is a permanent error.
    row(
        9,
        "v=BIMI1; l=https://e.example/l.png",
        None,
        &["BIMI-R06 error \"https://e.example/l.png\""],
    ),
    row(
        13,
        "v=BIMI1; L=https://e.example/l.svg",
        None,
        &["BIMI-R13 warn \"L\"", "BIMI-R03 error \"\""],
    ),
    row(
        13,
        "v=BIMI1; l=https://e.example/l.svg; apv=personal",
        Some(RECORD),
        &["BIMI-R13 warn \"apv\""],
    ),
];

#[test]
fn records() {
    check(VERDICTS, Bimi::parse);
}

#[test]
fn an_overlooked_record_beside_a_good_one() {
    let owner: Name = "default._bimi.example.com".parse().expect("a name");
    let values = [" v=BIMI1; l=; a=;", RECORD].map(Txt::from);
    let (record, findings) = Bimi::among(&owner, &values);
    assert_eq!(
        record.map(|record| record.to_string()).as_deref(),
        Some(RECORD)
    );
    assert_eq!(findings, []);
}
