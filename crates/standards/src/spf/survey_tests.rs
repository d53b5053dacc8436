//! The cost of a record, and the rules about it.

use super::{Survey, survey};
use crate::dns::Name;
use crate::spf::Spf;
use crate::spf::zone::{Zone, now};

fn surveyed(record: &str, zone: &str) -> Survey {
    let record = Spf::parse(record).0.expect("a record");
    let domain = Name::parse("example.com").expect("a name");
    now(survey(&Zone::new(zone), &domain, &record))
}

fn check(record: &str, zone: &str, expect: &[&str]) {
    let survey = surveyed(record, zone);
    let found: Vec<String> = survey
        .findings
        .iter()
        .map(|finding| format!("{} {}", finding.rule, finding.reason))
        .collect();
    assert_eq!(found, expect, "{record}");
}

/// Records `a.example`, `b.example`, … that each include the next, the last with `end`.
fn chain(length: u8, end: &str) -> String {
    let name = |index: u8| format!("{}.example", char::from(b'a' + index));
    let line = |index: u8| {
        if index + 1 == length {
            format!("{} TXT v=spf1 {end}\n", name(index))
        } else {
            format!(
                "{} TXT v=spf1 include:{} -all\n",
                name(index),
                name(index + 1)
            )
        }
    };
    (0..length).map(line).collect()
}

#[test]
fn spf_09_and_spf_10() {
    let record = "v=spf1 include:a.example -all";
    check(record, &chain(8, "-all"), &[]);
    check(
        record,
        &chain(9, "-all"),
        &["SPF-10 9 of 10 look-ups are used"],
    );
    check(
        record,
        &chain(10, "-all"),
        &["SPF-10 10 of 10 look-ups are used"],
    );
    check(
        record,
        &chain(11, "-all"),
        &["SPF-09 11 terms cause look-ups, 10 are allowed"],
    );
}

#[test]
fn the_count_is_that_of_a_receiver() {
    let zone = "a.example TXT v=spf1 mx include:b.example ?all\nb.example TXT v=spf1 a redirect=c.example\n\
                c.example TXT v=spf1 exists:%{i}.c.example ip4:198.51.100.0/24 -all\n\
                a.example MX 1 m.example\nm.example A 198.51.100.1\nm.example AAAA 2001:db8::1\n\
                b.example A 198.51.100.2\nb.example AAAA 2001:db8::2";
    let survey = surveyed("v=spf1 include:a.example ~all a:never.example", zone);
    let steps: Vec<String> = survey
        .steps
        .iter()
        .map(|step| format!("{}{} {}", "  ".repeat(step.depth), step.domain, step.term))
        .collect();
    assert_eq!(
        steps,
        [
            "example.com include:a.example",
            "  a.example mx",
            "  a.example include:b.example",
            "    b.example a",
            "    b.example redirect=c.example",
            "      c.example exists:%{i}.c.example",
        ]
    );
    assert_eq!((survey.lookups, survey.void_lookups), (6, 0));
    assert_eq!(survey.findings, []);

    let client = "203.0.113.1".parse().expect("an address");
    let session = crate::spf::Session::new(client, "helo.example", "user@example.com");
    let zone = format!("example.com TXT v=spf1 include:a.example ~all\n{zone}");
    let receiver = now(crate::spf::check_host(
        &Zone::new(&zone),
        &session,
        "example.com",
    ));
    assert_eq!(receiver.lookups, survey.lookups);
}

#[test]
fn spf_11_counts_terms_that_find_nothing() {
    let ip4_only = "x.example A 192.0.2.1\ny.example A 192.0.2.1\nz.example A 192.0.2.1";
    check("v=spf1 a:x.example a:y.example -all", "", &[]);
    check(
        "v=spf1 a:x.example a:y.example a:z.example -all",
        ip4_only,
        &["SPF-11 3 terms find no IPv6 address: x.example, y.example, z.example"],
    );
    check(
        "v=spf1 a:x.example a:y.example a:z.example -all",
        "",
        &["SPF-11 3 terms find nothing: x.example, y.example, z.example"],
    );
    let both = "x.example AAAA 2001:db8::1\ny.example AAAA 2001:db8::1\nz.example AAAA 2001:db8::1";
    check(
        "v=spf1 a:x.example a:y.example a:z.example -all",
        &format!("{ip4_only}\n{both}"),
        &[],
    );
}

#[test]
fn spf_12() {
    let hosts = |count: usize| -> String {
        let host = |i: usize| {
            format!(
                "example.com MX {i} m{i}.example\nm{i}.example A 192.0.2.1\nm{i}.example AAAA 2001:db8::1\n"
            )
        };
        (0..count).map(host).collect()
    };
    check("v=spf1 mx -all", &hosts(10), &[]);
    check(
        "v=spf1 mx -all",
        &hosts(11),
        &["SPF-12 example.com has 11 mail hosts"],
    );
}

#[test]
fn spf_13_and_spf_14() {
    check(
        "v=spf1 include:a.example -all",
        "a.example TXT v=spf1 -all",
        &[],
    );
    check(
        "v=spf1 include:a.example -all",
        "",
        &["SPF-13 a.example has no SPF record"],
    );
    check(
        "v=spf1 include:a.example -all",
        "a.example TXT v=spf1 -all\na.example TXT v=spf1 ~all",
        &["SPF-13 a.example has 2 SPF records"],
    );
    check(
        "v=spf1 include:a.example -all",
        "a.example TXT v=spf1 moo -all",
        &["SPF-13 the record of a.example is not valid: no mechanism is called \"moo\""],
    );
    check(
        "v=spf1 redirect=a.example",
        "a.example TXT v=spf1 -all",
        &[],
    );
    check(
        "v=spf1 redirect=a.example",
        "a.example TXT token",
        &["SPF-14 a.example has no SPF record"],
    );
}

#[test]
fn spf_15() {
    check(
        "v=spf1 include:a.example include:b.example -all",
        &chain(2, "-all"),
        &[],
    );
    check(
        "v=spf1 include:a.example -all",
        "a.example TXT v=spf1 include:b.example -all\nb.example TXT v=spf1 redirect=a.example",
        &["SPF-15 the record leads back: example.com > a.example > b.example > a.example"],
    );
    check(
        "v=spf1 include:example.com -all",
        "",
        &["SPF-15 the record leads back: example.com > example.com"],
    );
}

#[test]
fn what_dns_does_not_answer_is_told_and_not_counted() {
    let survey = surveyed(
        "v=spf1 include:a.example a:b.example -all",
        "a.example TXT !\nb.example A !",
    );
    let names: Vec<String> = survey
        .unanswered
        .iter()
        .map(|error| error.name.to_string())
        .collect();
    assert_eq!(names, ["a.example", "b.example"]);
    assert_eq!(survey.findings, []);
}

#[test]
fn a_hostile_tree_ends_soon() {
    let line = |index: u8| {
        let next = format!("{}.example", char::from(b'b' + index));
        format!(
            "{}.example TXT v=spf1 include:{next} include:{next} -all\n",
            char::from(b'a' + index)
        )
    };
    let zone: String = (0..20).map(line).collect();
    let survey = surveyed("v=spf1 include:a.example -all", &zone);
    assert_eq!(survey.lookups, super::PATIENCE);
}
