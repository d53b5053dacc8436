//! MTA-STS: the id of a record, and the mode, time and hosts of a policy.

use standards::mta_sts::{MtaStsPolicy, MtaStsRecord};
use standards::rules::Rule;
use standards::{is_sound, rules};

use crate::{Disagreement, Standard, check, same};

#[test]
fn other_implementations_judge_mta_sts_records_alike() {
    check(&Standard {
        name: "mta_sts",
        grammar: &[
            include_str!("../../../crates/standards/tests/abnf/core.abnf"),
            include_str!("../../../crates/standards/tests/abnf/sts_record.abnf"),
            include_str!("../../../crates/standards/tests/abnf/sts_record_narrow.abnf"),
        ],
        rule: "sts-text-record",
        ours: id,
        agree: same,
        disagreements: RECORDS,
    });
}

#[test]
fn other_implementations_judge_mta_sts_policies_alike() {
    check(&Standard {
        name: "policy",
        grammar: &[
            include_str!("../../../crates/standards/tests/abnf/core.abnf"),
            include_str!("../../../crates/standards/tests/abnf/sts_policy.abnf"),
            include_str!("../../../crates/standards/tests/abnf/sts_policy_narrow.abnf"),
        ],
        rule: "sts-policy-record",
        ours: policy,
        agree: same,
        disagreements: POLICIES,
    });
}

const RECORDS: &[Disagreement] = &[
    Disagreement {
        tool: "checkdmarc",
        theirs: "none: MTASTSRecordSyntaxError",
        ours: "*",
        has: |record| !is_sound(&MtaStsRecord::parse(record).1),
        why: "refuses a record for a field that is none, beside a good id",
        section: "RFC 8461 section 3.2: what is syntactically valid has to be accepted, and the rest may be",
    },
    Disagreement {
        tool: "mailauth",
        theirs: "none: no policy",
        ours: "*",
        has: |record| record.contains(['(', ':', '"', '\'', '\\']),
        why: "takes quotes, brackets and colons for those of a mail header",
        section: "RFC 8461 section 3.1: they are visible characters of sts-ext-value",
    },
    Disagreement {
        tool: "mailauth",
        theirs: "*",
        ours: "none",
        has: |record| !record.starts_with("v=STSv1"),
        why: "takes a version in another case",
        section: "RFC 8461 section 3.1: sts-version is %s\"v=STSv1\"",
    },
    Disagreement {
        tool: "mailauth",
        theirs: "*",
        ours: "none",
        has: |record| {
            MtaStsRecord::parse(record)
                .1
                .iter()
                .any(|one| one.is_of(rules::STS_R03))
        },
        why: "takes any characters for an id, and any number of them",
        section: "RFC 8461 section 3.1: sts-id has 1 to 32 letters and digits",
    },
];

const POLICIES: &[Disagreement] = &[
    Disagreement {
        tool: "checkdmarc",
        theirs: "none: MTASTSPolicySyntaxError",
        ours: "*",
        has: |text| !is_sound(&MtaStsPolicy::parse(text.as_bytes()).1),
        why: "refuses a policy for a line that it could do without",
        section: "RFC 8461 section 3.2: what is syntactically valid has to be accepted, and the rest may be",
    },
    Disagreement {
        tool: "mailauth",
        theirs: "*",
        ours: "*",
        has: |text| finds(text, rules::STS_P08) || text.replace("\r\n", "").contains('\r'),
        why: "takes any characters for a host",
        section: "RFC 8461 section 3.2: sts-policy-mx-value is a domain of RFC 5321",
    },
    Disagreement {
        tool: "mailauth",
        theirs: "none ",
        ours: "none",
        has: |text| finds(text, rules::STS_P03),
        why: "takes a policy without a mode for one in mode none",
        section: "RFC 8461 section 3.2: the mode is required",
    },
    Disagreement {
        tool: "mailauth",
        theirs: "*",
        ours: "none",
        has: |text| finds(text, rules::STS_P03),
        why: "takes the mode, and its key, in any case",
        section: "RFC 8461 section 3.2: sts-policy-mode is of %s",
    },
    Disagreement {
        tool: "mailauth",
        theirs: "*",
        ours: "none",
        has: |text| finds(text, rules::STS_P04),
        why: "takes a time in any case of its key, and none for 0",
        section: "RFC 8461 section 3.2: sts-policy-max-age has %s\"max_age\" and 1 to 10 digits",
    },
];

fn finds(text: &str, rule: &'static Rule) -> bool {
    let (_, findings) = MtaStsPolicy::parse(text.as_bytes());
    findings.iter().any(|one| one.is_of(rule))
}

fn id(text: &str) -> String {
    let (record, _) = MtaStsRecord::parse(text);
    record.map_or_else(|| "none".to_owned(), |record| record.id.to_string())
}

fn policy(text: &str) -> String {
    let Some(policy) = MtaStsPolicy::parse(text.as_bytes()).0 else {
        return "none".to_owned();
    };
    let mut hosts: Vec<String> = policy.mx().iter().map(ToString::to_string).collect();
    hosts.sort();
    hosts.dedup();
    let mut words = vec![
        policy.mode().to_string(),
        policy.max_age().seconds().to_string(),
    ];
    words.extend(hosts);
    words.join(" ")
}
