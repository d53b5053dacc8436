//! SPF records.

use standards::dns::Name;
use standards::spf::{Session, Spf, check_mail_from, survey};

use super::{Verdict, check, row, summary};
use crate::checker::{Zone, block_on};

pub(crate) const VERDICTS: &[Verdict] = &[
    // RFC 7208 §4.6.4, from the text alone: the terms that a client comes to that nothing matches.
    row(
        2,
        "v=spf1 a:a1.example a:a2.example a:a3.example a:a4.example a:a5.example a:a6.example a:a7.example a:a8.example a:a9.example mx include:b2.example -all",
        Some(
            "v=spf1 a:a1.example a:a2.example a:a3.example a:a4.example a:a5.example a:a6.example a:a7.example a:a8.example a:a9.example mx include:b2.example -all",
        ),
        &["SPF-09 error \"include:b2.example\""],
    ),
    row(
        2,
        "v=spf1 a:a1.example a:a2.example a:a3.example a:a4.example a:a5.example a:a6.example a:a7.example a:a8.example a:a9.example mx redirect=b2.example",
        Some(
            "v=spf1 a:a1.example a:a2.example a:a3.example a:a4.example a:a5.example a:a6.example a:a7.example a:a8.example a:a9.example mx redirect=b2.example",
        ),
        &["SPF-09 error \"redirect=b2.example\""],
    ),
    row(
        2,
        "v=spf1 a:a1.example a:a2.example a:a3.example a:a4.example a:a5.example a:a6.example a:a7.example a:a8.example a:a9.example a:a10.example -all a:a11.example",
        Some(
            "v=spf1 a:a1.example a:a2.example a:a3.example a:a4.example a:a5.example a:a6.example a:a7.example a:a8.example a:a9.example a:a10.example -all a:a11.example",
        ),
        &[
            "SPF-10 warn \"a:a10.example\"",
            "SPF-16 warn \"a:a11.example\"",
        ],
    ),
    // The text alone has nine look-ups; includes can only add to them.
    row(
        2,
        "v=spf1 a:a1.example a:a2.example a:a3.example a:a4.example a:a5.example a:a6.example a:a7.example a:a8.example mx -all exists:a9.example",
        Some(
            "v=spf1 a:a1.example a:a2.example a:a3.example a:a4.example a:a5.example a:a6.example a:a7.example a:a8.example mx -all exists:a9.example",
        ),
        &["SPF-10 warn \"mx\"", "SPF-16 warn \"exists:a9.example\""],
    ),
    row(
        2,
        "v=spf1 a:a1.example a:a2.example a:a3.example a:a4.example a:a5.example a:a6.example a:a7.example a:a8.example mx redirect=a9.example",
        Some(
            "v=spf1 a:a1.example a:a2.example a:a3.example a:a4.example a:a5.example a:a6.example a:a7.example a:a8.example mx redirect=a9.example",
        ),
        &["SPF-10 warn \"redirect=a9.example\""],
    ),
    row(
        2,
        "v=spf1 a:a1.example a:a2.example a:a3.example a:a4.example a:a5.example a:a6.example a:a7.example mx -all",
        Some(
            "v=spf1 a:a1.example a:a2.example a:a3.example a:a4.example a:a5.example a:a6.example a:a7.example mx -all",
        ),
        &[],
    ),
    row(
        2,
        "v=spf1 include:%{d} -all",
        Some("v=spf1 include:%{d} -all"),
        &["SPF-15 error \"include:%{d}\""],
    ),
    row(
        2,
        "v=spf1 mx redirect=%{D}",
        Some("v=spf1 mx redirect=%{D}"),
        &["SPF-15 error \"redirect=%{D}\""],
    ),
    row(
        2,
        "v=spf1 -all include:%{d}",
        Some("v=spf1 -all include:%{d}"),
        &["SPF-16 warn \"include:%{d}\""],
    ),
    // SPF separates terms by spaces only (RFC 7208 §4.6.1).
    row(
        4,
        "v=spf1\tmx -all",
        None,
        &["DNS-02 warn \"\\t\"", "SPF-02 error \"v=spf1\\tmx\""],
    ),
    row(4, "v=spf1 mx\t-all", None, &["SPF-03 error \"\\t\""]),
    row(
        6,
        "v=spf1 x=1 mx x=2 -all",
        Some("v=spf1 x=1 mx x=2 -all"),
        &[],
    ),
    row(
        9,
        "v=spf1 mx x-note=a,b -all",
        Some("v=spf1 mx x-note=a,b -all"),
        &["SPF-03 warn \",\""],
    ),
    row(
        9,
        "v=spf1 mx x-note=a,b,%{d,} -all",
        Some("v=spf1 mx x-note=a,b,%{d,} -all"),
        &["SPF-03 warn \",\""],
    ),
    // The literal labels of a name with macros.
    row(
        11,
        "v=spf1 include:include:%{ir}.x -all",
        Some("v=spf1 include:include:%{ir}.x -all"),
        &["DNS-05 error \":\""],
    ),
    row(
        11,
        "v=spf1 exists:%{i}..x -all",
        Some("v=spf1 exists:%{i}..x -all"),
        &["DNS-05 error \"..\""],
    ),
    row(
        11,
        "v=spf1 redirect=.%{d}",
        Some("v=spf1 redirect=.%{d}"),
        &["DNS-05 error \".\""],
    ),
    row(
        11,
        "v=spf1 exp=%{i}.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example -all",
        Some(
            "v=spf1 exp=%{i}.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example -all",
        ),
        &[
            "DNS-05 error \"%{i}.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example\"",
        ],
    ),
    row(
        11,
        "v=spf1 exists:%{ir}.%{v}._spf.%{d2} -all",
        Some("v=spf1 exists:%{ir}.%{v}._spf.%{d2} -all"),
        &[],
    ),
    row(
        13,
        "v=spf1 redirct=_spf.example.com ~all",
        Some("v=spf1 redirct=_spf.example.com ~all"),
        &["SPF-05 warn \"redirct\""],
    ),
    row(
        13,
        "v=spf1 inlcude=_spf.example.com ~all",
        Some("v=spf1 inlcude=_spf.example.com ~all"),
        &["SPF-05 warn \"inlcude\""],
    ),
    row(
        13,
        "v=spf1 inlcude:_spf.example.com ~all",
        None,
        &["SPF-05 error \"inlcude\""],
    ),
    row(
        13,
        "v=spf1 mx ra=postmaster rp=10 rr=all ~all",
        Some("v=spf1 mx ra=postmaster rp=10 rr=all ~all"),
        &[],
    ),
    row(
        14,
        "spf2.0/pra,mfrom include:example.com -all",
        None,
        &["SPF-29 warn \"spf2.0/pra,mfrom\""],
    ),
    // Networks from which no mail arrives over the Internet (RFC 6890).
    row(
        16,
        "v=spf1 ip4:10.0.0.0/8 -all",
        Some("v=spf1 ip4:10.0.0.0/8 -all"),
        &["SPF-19 warn \"10.0.0.0/8\""],
    ),
    row(
        16,
        "v=spf1 ip6:fc00::/7 -all",
        Some("v=spf1 ip6:fc00::/7 -all"),
        &["SPF-19 warn \"fc00::/7\""],
    ),
    row(
        16,
        "v=spf1 ip4:192.168.1.25 -all",
        Some("v=spf1 ip4:192.168.1.25 -all"),
        &["SPF-19 warn \"192.168.1.25\""],
    ),
    row(
        16,
        "v=spf1 ip4:127.0.0.0/8 ip4:100.64.0.0/10 -all",
        Some("v=spf1 ip4:127.0.0.0/8 ip4:100.64.0.0/10 -all"),
        &[
            "SPF-19 warn \"127.0.0.0/8\"",
            "SPF-19 warn \"100.64.0.0/10\"",
        ],
    ),
    row(
        16,
        "v=spf1 ip4:11.0.0.0/8 -all",
        Some("v=spf1 ip4:11.0.0.0/8 -all"),
        &["SPF-19 error \"ip4:11.0.0.0/8\""],
    ),
];

/// The kinds of the functions below, a row for each of their cases.
pub(crate) const KINDS: &[u8] = &[1, 1, 1, 1, 1, 2, 2, 2];

#[test]
fn records() {
    check(VERDICTS, Spf::parse);
}

const THREE_HOSTS: &[(&str, &str)] = &[
    ("example.com", "MX 10 mx1.example.com"),
    ("example.com", "MX 20 mx2.example.com"),
    ("example.com", "MX 30 mx3.example.com"),
    ("mx1.example.com", "A 192.0.2.1"),
    ("mx2.example.com", "A 192.0.2.2"),
    ("mx3.example.com", "A 192.0.2.3"),
];

/// RFC 7208 §4.6.4 counts terms whose look-ups come back empty, not look-ups.
#[test]
fn a_term_is_void_once() {
    for (record, findings) in [
        ("v=spf1 mx -all", &[][..]),
        ("v=spf1 mx mx:void.example -all", &[]),
        (
            "v=spf1 mx:example.com a:mx1.example.com a:mx2.example.com a:mx3.example.com -all",
            &["SPF-11 info"],
        ),
        (
            "v=spf1 mx:void.example a:void.example a:more.example -all",
            &["SPF-11 error"],
        ),
    ] {
        let read = Spf::parse(record).0.expect("a record");
        let domain: Name = "example.com".parse().expect("a name");
        let seen = block_on(survey(&Zone(THREE_HOSTS.to_vec()), &domain, &read));
        let live: Vec<String> = seen
            .findings
            .iter()
            .map(|one| format!("{} {}", one.rule, one.severity))
            .collect();
        assert_eq!(live, findings, "{record}");
    }
}

#[test]
fn receivers_count_one_mx_once() {
    let mut zone = THREE_HOSTS.to_vec();
    zone.push(("example.com", "v=spf1 mx -all"));
    let client = "2001:db8::1".parse().expect("an address");
    let session = Session::new(client, "example.com", "a@example.com");
    let result = block_on(check_mail_from(&Zone(zone), &session));
    assert_eq!((result.problem, result.void_lookups), (None, 1));
}

/// Verdicts that the text and the domain's own name decide together.
#[test]
fn a_record_that_leads_to_its_own_domain() {
    let domain: Name = "example.com".parse().expect("a name");
    for (text, expect) in [
        (
            "v=spf1 include:Example.com. -all",
            &["SPF-15 error \"include:Example.com.\""][..],
        ),
        (
            "v=spf1 redirect=example.com",
            &["SPF-15 error \"redirect=example.com\""],
        ),
        (
            "v=spf1 include:%{d2}.example.com redirect=%{d3}",
            &["SPF-15 error \"redirect=%{d3}\""],
        ),
        (
            "v=spf1 include:_spf.example.com -all include:example.com",
            &[],
        ),
    ] {
        let (record, _) = Spf::parse(text);
        let findings = record.expect("a record").lint_at(&domain);
        assert_eq!(summary(text, &findings), expect, "{text}");
    }
}

/// There is a value whenever the text can be read; whether receivers act on it is another question.
#[test]
fn a_record_beyond_the_limits_is_a_value_that_is_not_usable() {
    let with = |count: usize| {
        let terms: Vec<String> = (0..count).map(|n| format!("a:h{n}.example.com")).collect();
        let record = Spf::parse(&format!("v=spf1 {} -all", terms.join(" "))).0;
        record.expect("a value").is_usable()
    };
    assert!(with(10) && !with(11));
    assert!(
        Spf::parse("v=spf1 a:-all:b").0.is_none(),
        "a permanent error"
    );
}
