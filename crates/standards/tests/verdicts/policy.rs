//! MTA-STS policies.

use standards::mta_sts::MtaStsPolicy;

use super::{Verdict, check, row};

const POLICY: &str = "version: STSv1\r\nmode: testing\r\nmx: a.example.com\r\nmax_age: 604800\r\n";

pub(crate) const VERDICTS: &[Verdict] = &[
    // RFC 8461 §3.2: *WSP may follow a field.
    row(
        5,
        "version: STSv1\r\nmode: testing\t\r\nmx: a.example.com\r\nmax_age: 604800\r\n",
        Some(POLICY),
        &[],
    ),
    row(
        5,
        "version: STSv1 \r\nmode:testing \t \r\nmx: a.example.com \r\nmax_age: 604800 \r\n",
        Some(POLICY),
        &[],
    ),
    row(
        5,
        "version: STSv1\r\nmode: testing\r\nmx: a.example.com\r\nmax_age: 604800\t",
        Some(POLICY),
        &[],
    ),
    row(
        6,
        "version: STSv1\r\nmode: testing\r\nmx: a.example.com\r\nmx: b.example.com\r\nmax_age: 604800\r\n",
        Some(
            "version: STSv1\r\nmode: testing\r\nmx: a.example.com\r\nmx: b.example.com\r\nmax_age: 604800\r\n",
        ),
        &[],
    ),
    row(
        13,
        "version: STSv1\r\nmode: enforce\r\nnmx: a.example.com\r\nmax_age: 604800\r\n",
        None,
        &["STS-P07 warn \"nmx\"", "STS-P07 error \"\""],
    ),
    row(
        13,
        "version: STSv1\r\nmode: testing\r\nmx: a.example.com\r\nmax-age: 604800\r\n",
        None,
        &["STS-P04 warn \"max-age\"", "STS-P04 error \"\""],
    ),
    row(
        13,
        "version: STSv1\r\nMode: testing\r\nmx: a.example.com\r\nmax_age: 604800\r\n",
        None,
        &["STS-P03 warn \"Mode\"", "STS-P03 error \"\""],
    ),
    // The grammar has LF beside CRLF, and nearly every policy on the web uses it.
    row(
        15,
        "version: STSv1\nmode: testing\nmx: a.example.com\nmax_age: 604800\n",
        Some(POLICY),
        &["STS-P01 info \"\\n\""],
    ),
];

#[test]
fn policies() {
    check(VERDICTS, |text| MtaStsPolicy::parse(text.as_bytes()));
}
