//! Every machine-applicable fix is carried out: the finding is gone, and no new one is there.

use std::ops::Range;

use standards::bimi::{Bimi, Svg};
use standards::dkim::DkimKey;
use standards::dmarc::Dmarc;
use standards::mta_sts::{MtaStsPolicy, MtaStsRecord};
use standards::spf::Spf;
use standards::tls_rpt::TlsRpt;
use standards::{Applicability, Edit, Finding};

use super::{Verdict, bimi, dkim, dmarc, fields, policy, spf};

type Lint = fn(&str) -> Vec<Finding>;

const STANDARDS: [(Lint, &[Verdict]); 7] = [
    (|text| Spf::parse(text).1, spf::VERDICTS),
    (|text| DkimKey::parse(text).1, dkim::VERDICTS),
    (|text| Dmarc::parse(text).1, dmarc::VERDICTS),
    (|text| MtaStsRecord::parse(text).1, fields::STS),
    (|text| TlsRpt::parse(text).1, fields::TLS_RPT),
    (|text| Bimi::parse(text).1, bimi::VERDICTS),
    (
        |text| MtaStsPolicy::parse(text.as_bytes()).1,
        policy::VERDICTS,
    ),
];

/// The place of an edit's text after it was made.
fn edited(edit: &Edit) -> Range<usize> {
    let first = edit.replacements.first().map_or(0, |one| one.span.start);
    let last = edit.replacements.last();
    let grown: usize = edit.replacements.iter().map(|one| one.text.len()).sum();
    let shrunk: usize = edit.replacements.iter().map(|one| one.span.len()).sum();
    first..last.map_or(0, |one| one.span.end) + grown - shrunk
}

/// Carries out every machine-applicable fix of `text`, each alone. Returns how many there are.
fn carry_out(text: &str, lint: Lint) -> usize {
    let before = lint(text);
    let mut count = 0;
    for finding in &before {
        let edit = finding.edit.as_ref();
        let Some(edit) = edit.filter(|edit| edit.applicability == Applicability::MachineApplicable)
        else {
            continue;
        };
        count += 1;
        let fixed = edit.apply(text);
        let after = lint(&fixed);
        let same = |one: &&Finding| one.rule == finding.rule && one.reason == finding.reason;
        assert!(
            after.iter().filter(same).count() < before.iter().filter(same).count(),
            "{text:?} is not fixed by {fixed:?}: {finding:?}"
        );
        let place = edited(edit);
        let is_new = |one: &&Finding| {
            let is_there = one.span().is_some_and(|span| {
                !span.is_empty() && span.start >= place.start && span.end <= place.end
            });
            is_there
                && before
                    .iter()
                    .all(|old| old.rule != one.rule || old.reason != one.reason)
        };
        let new: Vec<_> = after.iter().filter(is_new).collect();
        assert!(
            new.is_empty(),
            "{text:?} became {fixed:?}, which has {new:?}"
        );
    }
    count
}

#[test]
fn of_the_tables() {
    for (lint, table) in STANDARDS {
        let count: usize = table
            .iter()
            .map(|verdict| carry_out(verdict.text, lint))
            .sum();
        assert!(count > 0, "no row has a fix");
    }
}

/// The fixes of a logo's root element.
#[test]
fn of_logos() {
    let lint: Lint = |text| Svg::parse(text.as_bytes()).1;
    let logo = |root: &str| {
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" {root} width="128" height="128" viewBox="0 0 128 128"><title>Brand</title><rect width="128" height="128" fill="#104060"/><circle cx="64" cy="64" r="30" fill="#fff"/></svg>"##
        )
    };
    for (root, fixes) in [
        (r#"version="1.1" baseProfile="tiny-ps""#, 1),
        (r#"version="1.2" baseProfile="tiny""#, 1),
        (r#"version="1.0" baseProfile="full""#, 2),
        (r#"version="1.2" baseProfile="tiny-ps""#, 0),
    ] {
        assert_eq!(carry_out(&logo(root), lint), fixes, "{root}");
    }
}

/// A fix is for the text as it stands: nothing in it is for another text that breaks the same rule.
#[test]
fn fit_the_text() {
    let [spf, _, dmarc, _, rpt, _, _] = STANDARDS.map(|(lint, _)| lint);
    for (lint, text, rule, fix) in [
        (
            spf,
            "v=spf1 include:include:%{ir}.x -all",
            "DNS-05",
            "remove `include:`",
        ),
        (
            spf,
            "v=spf1 exists:%{i}..x -all",
            "DNS-05",
            "write a label between the dots",
        ),
        (
            spf,
            "v=spf1 mx x-note=a,b -all",
            "SPF-03",
            "write a space in its place, if another term begins there; or remove the comma",
        ),
        (
            dmarc,
            "v=DMARC1; p=reject; rua=mailto:dmarc@ex%C3%A4mple.de",
            "DMARC-20",
            "correct the addresses in `rua`",
        ),
        (
            dmarc,
            "v=DMARC1; p=all",
            "DMARC-04",
            "write `p=none`, `p=quarantine` or `p=reject`",
        ),
        (
            dmarc,
            "v=DMARC1; p=none; sp; rua=mailto:a@example.com",
            "DMARC-26",
            "write it as `name=value`, or remove it",
        ),
        (
            rpt,
            "v=TLSRPTv1; rua=https://[2001:db8::1]/r",
            "RPT-06",
            "write `https://` and the name of a host",
        ),
    ] {
        let findings = lint(text);
        let found = findings.iter().find(|one| one.rule == rule);
        assert_eq!(found.map(|one| one.fix.as_str()), Some(fix), "{text}");
    }
    assert_eq!(dmarc("DMARC1; p=none").len(), 1, "one fault is told once");
}

/// The text after every sure fix was made, again and again.
#[test]
fn to_the_end() {
    let check = |lint: Lint, text: &str, expect: &str| {
        let mut fixed = text.to_owned();
        for _ in 0..5 {
            fixed = standards::edit::apply(&fixed, &lint(&fixed));
        }
        assert_eq!(fixed, expect, "{text:?}");
    };
    let [spf, dkim, dmarc, sts, rpt, bimi, policy] = STANDARDS.map(|(lint, _)| lint);
    check(
        dmarc,
        "v=DMARC1; p=quarantine; t=Y; rua=mailto:a@example.com",
        "v=DMARC1; p=quarantine; t=y; rua=mailto:a@example.com",
    );
    check(
        dmarc,
        "v=DMARC1; p=reject; rua=mailto:dmarc@exämple.de",
        "v=DMARC1; p=reject; rua=mailto:dmarc@xn--exmple-cua.de",
    );
    check(
        dmarc,
        "v=DMARC1; p=reject; rua=mailto:dmarc@ex%C3%A4mple.de",
        "v=DMARC1; p=reject; rua=mailto:dmarc@xn--exmple-cua.de",
    );
    // What a person has to say is left alone.
    check(
        dmarc,
        "v=DMARC1; p=jerect; rua=mailto:a@example.com",
        "v=DMARC1; p=jerect; rua=mailto:a@example.com",
    );
    check(
        dmarc,
        "DMARC1; p=rejct;; rau=a@example.com; ri=1",
        "v=DMARC1; p=reject; rua=mailto:a@example.com",
    );
    check(
        dmarc,
        " v=DMARC1;\trua=mailto:a@example.com!10m; p=none; fo=0:1; ruf=mailto:a@example.com",
        "v=DMARC1; p=none; rua=mailto:a@example.com; fo=1; ruf=mailto:a@example.com",
    );
    check(
        spf,
        "v=spf1\tipv4:192.0.2.0/24 ip4:192.0.2.9/032 ip4:2001:db8::1 include:exämple.de inlcude:b.example redirect:a.example",
        "v=spf1 ip4:192.0.2.0/24 ip4:192.0.2.9/32 ip6:2001:db8::1 include:xn--exmple-cua.de include:b.example redirect=a.example",
    );
    check(
        dkim,
        "v=dkim1; K=ed25519; h=SHA256; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        "v=DKIM1; k=ed25519; h=sha256; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
    );
    check(sts, "v=stsv1 ; Id=2026-01-01", "v=STSv1; id=20260101");
    check(
        rpt,
        "v=TLSRPTv1; rau=tls@exämple.de",
        "v=TLSRPTv1; rua=mailto:tls@xn--exmple-cua.de",
    );
    check(
        bimi,
        "v=BIMI1; l=https://exämple.de/a b.svg; s=default",
        "v=BIMI1; l=https://xn--exmple-cua.de/a%20b.svg",
    );
    check(
        policy,
        "mode: Enforce\nversion: STSv1\n\nnmx: mx1.exämple.de., mx2.example.com\nmax-age: 7d\n",
        "version: STSv1\r\nmode: enforce\r\nmx: mx1.xn--exmple-cua.de\r\nmx: mx2.example.com\r\nmax_age: 604800\r\n",
    );
}
