//! DMARC records: the policies for the domain and for its subdomains.

use standards::dmarc::Dmarc;
use standards::is_sound;

use crate::{Disagreement, Standard, check, same};

#[test]
fn other_implementations_judge_dmarc_alike() {
    check(&Standard {
        name: "dmarc",
        grammar: &[
            include_str!("../../../crates/standards/tests/abnf/core.abnf"),
            include_str!("../../../crates/standards/tests/abnf/uri.abnf"),
            include_str!("../../../crates/standards/tests/abnf/uri_narrow.abnf"),
            include_str!("../../../crates/standards/tests/abnf/dmarc.abnf"),
            include_str!("../../../crates/standards/tests/abnf/dmarc_narrow.abnf"),
            include_str!("../../conformance/dmarc_plain.abnf"),
        ],
        rule: "dmarc-record",
        ours: policies,
        agree: same,
        disagreements: DISAGREEMENTS,
    });
}

const DISAGREEMENTS: &[Disagreement] = &[
    Disagreement {
        tool: "checkdmarc",
        theirs: "none: DMARCSyntaxError",
        ours: "p=",
        has: |record| tags(record).any(|(_, value)| value.trim().contains('\t')),
        why: "refuses a record with a tab in a value, such as one beside a comma",
        section: "RFC 9989 section 4.8: dmarc-urilist has *WSP on both sides of its commas",
    },
    Disagreement {
        tool: "checkdmarc",
        theirs: "none: InvalidDMARCReportURI",
        ours: "p=",
        has: |record| reports(record).any(|uri| is_web(uri) && uri.contains('!')),
        why: "refuses a record with a size behind an https address",
        section: "RFC 9989 section 4.8: obs-dmarc-uri is any dmarc-uri with a size",
    },
    Disagreement {
        tool: "checkdmarc",
        theirs: "none",
        ours: "p=",
        has: |record| !is_sound(&Dmarc::parse(record).1),
        why: "refuses a record for a fault in a tag that it could do without",
        section: "RFC 9989 section 4.8: syntax errors after the version are discarded",
    },
    Disagreement {
        tool: "mailauth",
        theirs: "none: none",
        ours: "p=",
        has: |record| record.starts_with("v ") || !record.starts_with("v=D"),
        why: "reads no record with white space around the equals sign of its version",
        section: "RFC 9989 section 4.8: dmarc-version has equals, which is *WSP \"=\" *WSP",
    },
    Disagreement {
        tool: "mailauth",
        theirs: "p=",
        ours: "p=",
        has: |record| policies_of(record).any(|policy| policy.starts_with([' ', '\t'])),
        why: "keeps the white space before a policy as part of it",
        section: "RFC 9989 section 4.8: equals is *WSP \"=\" *WSP",
    },
    Disagreement {
        tool: "mailauth",
        theirs: "none: fail",
        ours: "p=none",
        has: |record| !tags(record).any(|(name, _)| name == "p"),
        why: "finds no policy in a record that has a good rua and no p",
        section: "RFC 9989 section 4.10.1: such a record is one with p=none",
    },
    Disagreement {
        tool: "mailauth",
        theirs: "p=",
        ours: "none",
        has: |record| {
            tags(record)
                .next()
                .is_some_and(|(_, version)| version.trim() != "DMARC1")
        },
        why: "takes a version with more behind it",
        section: "RFC 9989 section 4.8: a separator or the end follows dmarc-version",
    },
    Disagreement {
        tool: "mailauth",
        theirs: "p=",
        ours: "*",
        has: |record| tags(record).any(|(name, _)| ["P", "SP", "NP"].contains(&name)),
        why: "takes the name of a tag in upper case",
        section: "RFC 9989 section 4.8: tag lists are those of RFC 6376 section 3.2, whose names have a case",
    },
    Disagreement {
        tool: "mailauth",
        theirs: "p=",
        ours: "*",
        has: |record| policies_of(record).any(|policy| !is_policy(policy)),
        why: "takes any word for a policy",
        section: "RFC 9989 section 4.10.1: without a valid p, sp and np there is p=none, or none",
    },
];

fn policies(text: &str) -> String {
    let Some(record) = Dmarc::parse(text).0 else {
        return "none".to_owned();
    };
    let below = record.subdomain_policy.unwrap_or(record.policy);
    format!("p={} sp={below}", record.policy)
}

/// The values of the tags that are policies.
fn policies_of(record: &str) -> impl Iterator<Item = &str> {
    tags(record)
        .filter(|(name, _)| ["p", "sp", "np"].contains(name))
        .map(|(_, value)| value)
}

fn is_policy(value: &str) -> bool {
    let words = ["none", "quarantine", "reject"];
    words
        .iter()
        .any(|word| value.trim().eq_ignore_ascii_case(word))
}

/// The addresses that reports go to.
fn reports(record: &str) -> impl Iterator<Item = &str> {
    let lists = tags(record).filter(|(name, _)| ["rua", "ruf"].contains(name));
    lists.flat_map(|(_, list)| list.split(','))
}

fn is_web(uri: &str) -> bool {
    uri.trim().to_ascii_lowercase().starts_with("https:")
}

fn tags(record: &str) -> impl Iterator<Item = (&str, &str)> {
    let tags = record.split(';').filter_map(|tag| tag.split_once('='));
    tags.map(|(name, value)| (name.trim(), value))
}
