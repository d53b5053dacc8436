//! Verdicts that were once wrong, each with siblings of its kind from the other standards.
//!
//! A row has the number of its kind, a text, the value that receivers read in it, and the
//! findings as `RULE severity "text at its place"`. Every kind has at least three rows.

mod bimi;
mod checker;
mod dkim;
mod dmarc;
mod fields;
mod fixes;
mod mark_certificate;
mod pasted;
mod policy;
mod spf;
mod svg;

use std::collections::BTreeMap;
use std::fmt;

use standards::{Finding, Place};

/// One text and what is to be said of it.
struct Verdict {
    /// The kind of fault that this row stands for, from 1 to 16.
    kind: u8,
    text: &'static str,
    /// The canonical form of what receivers read; nothing where they read nothing.
    reads_as: Option<&'static str>,
    findings: &'static [&'static str],
}

/// A row of a table.
const fn row(
    kind: u8,
    text: &'static str,
    reads_as: Option<&'static str>,
    findings: &'static [&'static str],
) -> Verdict {
    Verdict {
        kind,
        text,
        reads_as,
        findings,
    }
}

/// Holds every row of a table to what `parse` makes of its text.
fn check<T: fmt::Display>(table: &[Verdict], parse: impl Fn(&str) -> (Option<T>, Vec<Finding>)) {
    let mut wrong = Vec::new();
    for verdict in table {
        let (value, findings) = parse(verdict.text);
        let value = value.map(|value| value.to_string());
        let found = summary(verdict.text, &findings);
        if value.as_deref() != verdict.reads_as || found != verdict.findings {
            let Verdict { text, reads_as, .. } = verdict;
            wrong.push(format!(
                "{text:?}\n  is read as {value:?}, and not as {reads_as:?}\n  has {found:?},\n  and not {:?}",
                verdict.findings
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Each finding as `RULE severity "text at its place"`.
fn summary(text: &str, findings: &[Finding]) -> Vec<String> {
    let one = |finding: &Finding| match &finding.place {
        Place::Span(span) => format!(
            "{} {} {:?}",
            finding.rule,
            finding.severity,
            String::from_utf8_lossy(&text.as_bytes()[span.clone()])
        ),
        _ => format!("{} {}", finding.rule, finding.severity),
    };
    findings.iter().map(one).collect()
}

/// The kinds that have fewer than three rows. What one test function holds counts as its rows.
#[test]
fn every_kind_has_its_example_and_two_siblings() {
    let tables = [
        bimi::VERDICTS,
        dkim::VERDICTS,
        dmarc::VERDICTS,
        fields::STS,
        fields::TLS_RPT,
        policy::VERDICTS,
        spf::VERDICTS,
    ];
    let elsewhere = [
        spf::KINDS,
        dmarc::KINDS,
        svg::KINDS,
        mark_certificate::KINDS,
        checker::KINDS,
    ];
    let mut rows: BTreeMap<u8, usize> = BTreeMap::new();
    let in_tables = tables.into_iter().flatten().map(|verdict| verdict.kind);
    for kind in in_tables.chain(elsewhere.into_iter().flatten().copied()) {
        *rows.entry(kind).or_default() += 1;
    }
    for kind in 1..=16 {
        let count = rows.get(&kind).copied().unwrap_or_default();
        assert!(count >= 3, "kind {kind} has {count} rows");
    }
}
