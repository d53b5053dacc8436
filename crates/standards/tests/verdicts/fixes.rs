//! Every machine-applicable fix is carried out: the finding is gone, and no new one is there.

use std::ops::Range;

use standards::bimi::{Bimi, Svg};
use standards::dkim::DkimKey;
use standards::dmarc::Dmarc;
use standards::mta_sts::{MtaStsPolicy, MtaStsRecord};
use standards::spf::Spf;
use standards::tls_rpt::TlsRpt;
use standards::{Applicability, Edit, Finding, Severity};

use super::{Verdict, bimi, dkim, dmarc, fields, policy, spf};

pub(crate) type Lint = fn(&str) -> Vec<Finding>;

pub(crate) const STANDARDS: [(Lint, &[Verdict]); 7] = [
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

/// The text after every sure fix, made at once.
pub(crate) fn all_applied(text: &str, findings: &[Finding]) -> String {
    let edits = findings.iter().filter_map(|finding| finding.edit.as_ref());
    standards::edit::apply(text, edits)
}

/// Carries out every machine-applicable fix of `text`, each alone. Returns how many there are.
pub(crate) fn carry_out(text: &str, lint: Lint) -> usize {
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

/// Makes every sure fix of `text` at once, as `deploy lint --fix` does: no rule is broken by that
/// which was not broken before, and none is where only one was.
pub(crate) fn carry_out_together(text: &str, lint: Lint) {
    let before = lint(text);
    let mut fixed = all_applied(text, &before);
    // What the first fault hid comes out, and has its own fix.
    for _ in 0..4 {
        fixed = all_applied(&fixed, &lint(&fixed));
    }
    let errors = |findings: &[Finding]| -> Vec<String> {
        let grave = findings
            .iter()
            .filter(|one| one.severity == Severity::Error);
        grave.map(|one| one.rule.to_string()).collect()
    };
    let known = errors(&before);
    let new: Vec<String> = errors(&lint(&fixed))
        .into_iter()
        .filter(|rule| !known.contains(rule))
        .collect();
    assert!(
        new.is_empty(),
        "{text:?} became {fixed:?}, which breaks {new:?}"
    );
}

#[test]
fn of_the_tables() {
    for (lint, table) in STANDARDS {
        for verdict in table {
            carry_out_together(verdict.text, lint);
        }
        let count: usize = table
            .iter()
            .map(|verdict| carry_out(verdict.text, lint))
            .sum();
        assert!(count > 0, "no row has a fix");
    }
}

/// The root of a sound logo, and what it holds.
const ROOT: &str = r#"xmlns="http://www.w3.org/2000/svg" version="1.2" baseProfile="tiny-ps" width="128" height="128" viewBox="0 0 128 128""#;
const DRAWING: &str = r##"<rect width="128" height="128" fill="#104060"/><circle cx="64" cy="64" r="30" fill="#fff"/>"##;

fn logo(root: &str, inside: &str) -> String {
    format!("<svg {root}>{inside}</svg>")
}

/// A sound logo with `attribute` on its circle.
fn circle(attribute: &str) -> String {
    let drawing = DRAWING.replace("r=\"30\"", &format!("r=\"30\" {attribute}"));
    logo(ROOT, &format!("<title>Brand</title>{drawing}"))
}

/// Carries out the fixes of logos: how many of each are sure, and whether nothing is wrong after them.
fn check_logos(logos: &[(String, usize, bool)]) {
    let lint: Lint = |text| Svg::parse(text.as_bytes()).1;
    for (text, fixes, is_sound) in logos {
        for text in [text.clone(), format!("\u{feff}{text}")] {
            assert_eq!(carry_out(&text, lint), *fixes, "{text}: {:#?}", lint(&text));
            let mut fixed = text.clone();
            for _ in 0..4 {
                fixed = all_applied(&fixed, &lint(&fixed));
            }
            let left = lint(&fixed);
            assert_eq!(left.is_empty(), *is_sound, "{text}\n{fixed}: {left:?}");
        }
    }
}

#[test]
fn of_what_stands_at_the_start_of_a_logo() {
    let sound = logo(ROOT, &format!("<title>Brand</title>{DRAWING}"));
    let rooted = |from: &str, to: &str| sound.replacen(from, to, 1);
    check_logos(&[
        (sound.clone(), 0, true),
        (rooted("1.2", "1.1"), 1, true),
        (rooted("tiny-ps", "tiny"), 1, true),
        (
            rooted("version=\"1.2\" baseProfile=\"tiny-ps\" ", ""),
            2,
            true,
        ),
        (rooted("xmlns=\"http://www.w3.org/2000/svg\" ", ""), 1, true),
        (rooted("0 0 128 128", "0,0,128,128"), 1, true),
        (rooted(" viewBox=\"0 0 128 128\"", ""), 1, true),
        (
            rooted("width=\"128\" height=\"128\"", "width=\"100%\""),
            1,
            true,
        ),
        (
            rooted(
                "<svg ",
                "<svg x=\"0\" y=\"0\" overflow=\"hidden\" onload=\"go()\" ",
            ),
            4,
            true,
        ),
        (
            rooted("<svg ", "<svg style=\"enable-background:new 0 0 9 9\" "),
            1,
            true,
        ),
        (
            rooted("<svg ", "<svg zoomAndPan=\"magnify\" focusable=\"false\" "),
            2,
            true,
        ),
        (
            rooted(
                "<svg",
                "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><svg",
            ),
            1,
            true,
        ),
        (
            rooted(
                "<svg",
                "<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"svg11.dtd\"><svg",
            ),
            1,
            true,
        ),
        // What a DOCTYPE declares may be used.
        (
            rooted("<svg", "<!DOCTYPE svg [<!ENTITY a \"b\">]><svg"),
            0,
            false,
        ),
    ]);
}

#[test]
fn of_the_attributes_of_a_logo() {
    check_logos(&[
        (
            circle("data-name=\"x\" tabindex=\"1\" role=\"img\""),
            2,
            true,
        ),
        (
            circle("opacity=\"1\" display=\"inline\" mask=\"none\" visibility=\"visible\""),
            4,
            true,
        ),
        // The picture would be another one.
        (circle("opacity=\"0.5\""), 0, false),
        (circle("mask=\"url(#m)\""), 0, false),
        (circle("font-weight=\"700\""), 1, true),
        (circle("font-weight=\"300\""), 0, false),
        (circle("stroke-linecap=\"Round\""), 1, true),
        (
            circle("style=\"stroke:#fff;stroke-width:2;display:inline;-inkscape-stroke:none\""),
            1,
            true,
        ),
        (circle("style=\"fill:#fff\""), 0, false),
        (circle("style=\"opacity:0.5\""), 0, false),
        (circle("id=\"a\" id=\"a\""), 1, true),
        (circle("id=\"a\" id=\"b\""), 0, false),
        (circle("id=\"1a\""), 0, false),
        (circle("ONCLICK=\"go()\""), 0, false),
    ]);
}

#[test]
fn of_the_elements_of_a_logo() {
    let titled = |title: &str| logo(ROOT, &format!("{title}{DRAWING}"));
    let foreign = "<title>Brand</title><e:view><e:grid/></e:view>";
    let declared = ROOT.replace(
        "xmlns=",
        "xmlns:e=\"http://e.example/\" e:version=\"1\" xmlns=",
    );
    check_logos(&[
        (titled("<desc> </desc><title>Brand</title>"), 2, true),
        (titled("<title>Brand</title><title>Second</title>"), 1, true),
        (titled("<g><title>Brand</title></g>"), 1, true),
        (titled("<title>Brand</title><desc/>"), 1, true),
        (titled(""), 0, false),
        (logo(&declared, &format!("{foreign}{DRAWING}")), 3, true),
    ]);
}

/// A title that a person has to name is there after the fix that is a guess.
#[test]
fn of_a_logo_without_a_title() {
    let text = logo(ROOT, DRAWING);
    let findings = Svg::parse(text.as_bytes()).1;
    let edit = findings[0].edit.as_ref().expect("a guess");
    assert_eq!(edit.applicability, Applicability::MaybeIncorrect);
    assert_eq!(Svg::parse(edit.apply(&text).as_bytes()).1, []);
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
            fixed = all_applied(&fixed, &lint(&fixed));
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
        "v=spf1\tipv4:192.0.2.0/24 ip4:192.0.3.9/032 ip4:2001:db8::1 include:exämple.de inlcude:b.example redirect:a.example",
        "v=spf1 ip4:192.0.2.0/24 ip4:192.0.3.9/32 ip6:2001:db8::1 include:xn--exmple-cua.de include:b.example redirect=a.example",
    );
    // What comes after a term that says the same is never reached; an exception is meant.
    check(
        spf,
        "v=spf1 mx ip4:192.0.2.0/24 ip4:192.0.2.9 MX -ip4:192.0.2.8 ip4:192.0.3.9 ~all ip4:192.0.3.0/24",
        "v=spf1 mx ip4:192.0.2.0/24 -ip4:192.0.2.8 ip4:192.0.3.9 ~all ip4:192.0.3.0/24",
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

/// A tag that is ignored today gets its right name only where its value leaves the record usable.
#[test]
fn a_name_is_given_to_a_value_that_fits_it() {
    let [_, dkim, dmarc, sts, rpt, bimi, _] = STANDARDS.map(|(lint, _)| lint);
    for (lint, text) in [
        (dmarc, "v=DMARC1; p=reject; Sp=ne; rua=mailto:a@example.com"),
        (
            dkim,
            "v=DKIM1; K=rsaa; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        ),
        (
            dkim,
            "v=DKIM1; H=sha1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        ),
        (bimi, "v=BIMI1; l=https://e.example/l.svg; A=none"),
        (dmarc, "v=DMARC1; p=none; rua=mailto:a@example.com; foo=bar"),
        (dmarc, "v=DMARC1; p=none; rua=mailto:a@example.com; aspff=x"),
        (rpt, "v=TLSRPTv1; ruf=reports"),
        (sts, "v=STSv1; ID=--"),
    ] {
        assert_eq!(all_applied(text, &lint(text)), text);
    }
}
