//! SPF records: each is evaluated in one world, in which every name has the same records.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use futures::executor::block_on;
use standards::dns::{Mx, Name, NoAnswer, Resolver, Txt};
use standards::rules::Rule;
use standards::spf::{Session, Spf, check_mail_from};
use standards::{Finding, Severity, rules};

use crate::{Disagreement, Standard, check};

#[test]
fn other_implementations_judge_spf_alike() {
    check(&Standard {
        name: "spf",
        grammar: &[
            include_str!("../../../crates/standards/tests/abnf/core.abnf"),
            include_str!("../../../crates/standards/tests/abnf/uri.abnf"),
            include_str!("../../../crates/standards/tests/abnf/spf.abnf"),
            include_str!("../../conformance/spf_plain.abnf"),
        ],
        rule: "record",
        ours: outcome,
        agree,
        disagreements: DISAGREEMENTS,
    });
}

/// The kinds of difference, as seen in the versions that `requirements.txt` and `package.json` pin.
const DISAGREEMENTS: &[Disagreement] = &[
    Disagreement {
        tool: "checkdmarc",
        theirs: "permerror: SPFSyntaxError",
        ours: "*",
        has: |record| record.starts_with("V=SPF1"),
        why: "refuses a version in upper case",
        section: "RFC 7208 section 12: a quoted string of ABNF has no case (RFC 5234 section 2.3)",
    },
    Disagreement {
        tool: "checkdmarc",
        theirs: "valid",
        ours: "permerror",
        has: |record| is_faulty_only_after(record, &["all"]),
        why: "does not check the terms after `all`",
        section: "RFC 7208 section 4.6: a syntax error anywhere in the record is a permanent error",
    },
    Disagreement {
        tool: "checkdmarc",
        theirs: "valid",
        ours: "permerror",
        has: |record| is_first_of(record, &[rules::SPF_03, rules::SPF_08]),
        why: "does not check how the domain of `exists` and `include` ends",
        section: "RFC 7208 section 7.1: domain-end is a top label or a macro",
    },
    Disagreement {
        tool: "checkdmarc",
        theirs: "valid",
        ours: "permerror",
        has: |record| is_first_of(record, &[rules::SPF_07]),
        why: "does not check the size of a prefix after a domain",
        section: "RFC 7208 section 5.3 and 5.4: a prefix of IPv6 is at most 128 bits",
    },
    Disagreement {
        tool: "mailauth",
        theirs: "permerror",
        ours: "*",
        has: |record| target_of_redirect(record).is_some_and(ends_in_upper_case),
        why: "refuses a redirect whose top label has a letter in upper case",
        section: "RFC 7208 section 7.1: toplabel is of ALPHA, which is any case",
    },
    Disagreement {
        tool: "mailauth",
        theirs: "permerror",
        ours: "fail",
        has: has_ipv6_of_letters_before_ipv4,
        why: "takes an IPv6 address of letters with an IPv4 ending for an IPv4 address",
        section: "RFC 7208 section 5.6: ip6-network is an address of RFC 4291 section 2.2",
    },
    Disagreement {
        tool: "mailauth",
        theirs: "*",
        ours: "permerror",
        has: |record| is_faulty_only_after(record, &["all", "exists"]),
        why: "does not check the terms after the one that matches, nor names of modifiers",
        section: "RFC 7208 section 4.6: a syntax error anywhere in the record is a permanent error",
    },
    Disagreement {
        tool: "pyspf",
        theirs: "neutral",
        ours: "fail",
        has: |record| record.contains("REDIRECT="),
        why: "ignores a redirect in upper case",
        section: "RFC 7208 section 12: a quoted string of ABNF has no case (RFC 5234 section 2.3)",
    },
    Disagreement {
        tool: "pyspf",
        theirs: "*",
        ours: "permerror",
        has: |record| record.contains(|one: char| one.is_ascii_control()),
        why: "takes control characters in the value of a term",
        section: "RFC 7208 section 7.1: macro-literal is of %x21-24 and %x26-7E",
    },
    Disagreement {
        tool: "pyspf",
        theirs: "pass",
        ours: "permerror",
        has: |record| is_first_of(record, &[rules::SPF_23]),
        why: "takes `%{` without its `}` for a text",
        section: "RFC 7208 section 7.1: a percent sign begins a macro",
    },
];

/// The first error of the record's grammar. `+all` is one of policy only (SPF-19).
fn first_fault(record: &str) -> Option<Finding> {
    let findings = Spf::parse(record).1.into_iter();
    let faults =
        findings.filter(|one| one.severity == Severity::Error && !one.is_of(rules::SPF_19));
    faults.min_by_key(|one| one.span().map_or(0, |span| span.start))
}

/// Whether the record's first error is of one of these rules.
fn is_first_of(record: &str, rules: &[&'static Rule]) -> bool {
    first_fault(record).is_some_and(|fault| rules.iter().any(|rule| fault.is_of(rule)))
}

/// Whether every error of the record stands after a mechanism with one of these names.
fn is_faulty_only_after(record: &str, names: &[&str]) -> bool {
    let fault = first_fault(record);
    let Some(place) = fault.as_ref().and_then(Finding::span) else {
        return false;
    };
    record[..place.start].split(' ').any(|term| {
        let name = term.trim_start_matches(['+', '-', '~', '?']);
        let name = name.split([':', '/']).next().unwrap_or_default();
        names.iter().any(|one| name.eq_ignore_ascii_case(one))
    })
}

/// The domain of the record's redirect.
fn target_of_redirect(record: &str) -> Option<&str> {
    let mut terms = record.split(' ').filter_map(|term| term.split_once('='));
    let redirect = terms.find(|(name, _)| name.eq_ignore_ascii_case("redirect"));
    redirect.map(|(_, target)| target)
}

/// Whether the last label is literal and has a letter in upper case.
fn ends_in_upper_case(domain: &str) -> bool {
    let label = domain.rsplit('.').next().unwrap_or_default();
    label.contains(|one: char| one.is_ascii_uppercase()) && !label.ends_with('}')
}

/// Whether a term is an IPv6 address without digits before its IPv4 ending.
fn has_ipv6_of_letters_before_ipv4(record: &str) -> bool {
    let addresses = record.split(' ').filter_map(|term| term.split_once("ip6:"));
    addresses
        .filter_map(|(_, address)| address.split('/').next()?.rsplit_once(':'))
        .any(|(front, end)| end.contains('.') && !front.contains(|one: char| one.is_ascii_digit()))
}

/// checkdmarc says only whether a record is valid; a text that is no record at all is not.
fn agree(tool: &str, ours: &str, theirs: &str) -> bool {
    match tool {
        "checkdmarc" => (theirs == "valid") != ["permerror", "none"].contains(&ours),
        _ => ours == theirs,
    }
}

fn outcome(record: &str) -> String {
    let session = Session::new(
        IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
        "mail.example.com",
        "user@example.com",
    );
    let result = block_on(check_mail_from(&World(record), &session));
    result.outcome.to_string()
}

/// Every name has the same records, and `example.com` the one that is judged.
struct World<'a>(&'a str);

impl Resolver for World<'_> {
    async fn txt(&self, name: &Name) -> Result<Vec<Txt>, NoAnswer> {
        let is_judged = name.as_str() == "example.com";
        let text = if is_judged { self.0 } else { "v=spf1 -all" };
        Ok(vec![Txt::from(text)])
    }

    async fn a(&self, _: &Name) -> Result<Vec<Ipv4Addr>, NoAnswer> {
        Ok(vec![Ipv4Addr::new(203, 0, 113, 7)])
    }

    async fn aaaa(&self, _: &Name) -> Result<Vec<Ipv6Addr>, NoAnswer> {
        Ok(vec!["2001:db8:7::7".parse().expect("an address")])
    }

    async fn mx(&self, _: &Name) -> Result<Vec<Mx>, NoAnswer> {
        Ok(vec!["10 mail.example.net".parse().expect("an MX")])
    }

    async fn ptr(&self, _: IpAddr) -> Result<Vec<Name>, NoAnswer> {
        Ok(vec!["mail.example.net".parse().expect("a name")])
    }
}
