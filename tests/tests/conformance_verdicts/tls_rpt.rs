//! TLS reporting: the addresses that reports go to.

use standards::is_sound;
use standards::tls_rpt::TlsRpt;

use crate::{Disagreement, Standard, check, same};

#[test]
fn other_implementations_judge_tls_rpt_alike() {
    check(&Standard {
        name: "tls_rpt",
        grammar: &[
            include_str!("../../../crates/standards/tests/abnf/core.abnf"),
            include_str!("../../../crates/standards/tests/abnf/uri.abnf"),
            include_str!("../../../crates/standards/tests/abnf/uri_narrow.abnf"),
            include_str!("../../../crates/standards/tests/abnf/tls_rpt.abnf"),
            include_str!("../../../crates/standards/tests/abnf/tls_rpt_narrow.abnf"),
        ],
        rule: "tlsrpt-record",
        ours: addresses,
        agree: same,
        disagreements: DISAGREEMENTS,
    });
}

const DISAGREEMENTS: &[Disagreement] = &[
    Disagreement {
        tool: "checkdmarc",
        theirs: "none: SMTPTLSReportingSyntaxError",
        ours: "*",
        has: |record| !is_sound(&TlsRpt::parse(record).1),
        why: "refuses a record for one address or field with a fault, beside a good address",
        section: "RFC 8460 section 3: parsers ignore what they do not know, and may read the rest",
    },
    Disagreement {
        tool: "checkdmarc",
        theirs: "mailto:",
        ours: "*",
        has: |record| has_escape_beyond_ascii(record),
        why: "takes an escape that is no UTF-8 for a part of a mailbox",
        section: "RFC 6068 section 2: what is escaped in a mailto URI is UTF-8",
    },
];

/// Whether a percent sign and a hexadecimal digit from 8 on stand in the record.
fn has_escape_beyond_ascii(record: &str) -> bool {
    let escapes = record.split('%').skip(1);
    let mut digits = escapes.filter_map(|escape| escape.chars().next()?.to_digit(16));
    digits.any(|digit| digit >= 8)
}

fn addresses(text: &str) -> String {
    let Some(record) = TlsRpt::parse(text).0 else {
        return "none".to_owned();
    };
    let addresses: Vec<String> = record.rua().iter().map(ToString::to_string).collect();
    addresses.join(" ").to_lowercase()
}
