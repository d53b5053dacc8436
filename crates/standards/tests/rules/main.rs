//! A table for each rule that this crate decides without a look-up: an input that breaks it,
//! and one that is as near to it as can be and keeps it. Both are run, and a rule of the
//! registry without a row fails.

mod bimi;
mod dkim;
mod dmarc;
mod dns;
mod mark_certificate;
mod mta_sts;
mod ses;
mod spf;
mod svg;
mod tls_rpt;

use std::collections::BTreeMap;

use standards::dns::{Name, Txt};
use standards::rules::{self, Phase};
use standards::{Finding, Severity};

/// A rule and what shows that it is decided.
struct Case {
    rule: &'static str,
    fails: fn() -> Vec<Finding>,
    passes: fn() -> Vec<Finding>,
}

/// Rows of `"RULE": fails(findings), passes(findings);`.
macro_rules! cases {
    ($($rule:literal: fails($fails:expr), passes($passes:expr);)*) => {
        pub(crate) const CASES: &[crate::Case] = &[$(crate::Case {
            rule: $rule,
            fails: || Vec::from_iter($fails),
            passes: || Vec::from_iter($passes),
        }),*];
    };
}
use cases;

/// The rows of every family.
fn rows() -> BTreeMap<&'static str, &'static Case> {
    let families = [
        bimi::CASES,
        dkim::CASES,
        dmarc::CASES,
        dns::CASES,
        mark_certificate::CASES,
        mta_sts::CASES,
        ses::CASES,
        spf::CASES,
        svg::CASES,
        tls_rpt::CASES,
    ];
    let mut all = BTreeMap::new();
    for case in families.into_iter().flatten() {
        assert!(
            all.insert(case.rule, case).is_none(),
            "{} has two rows",
            case.rule
        );
    }
    all
}

/// The rules of phase L that are decided in this crate, each with the id that its findings have.
fn decided_here() -> Vec<(&'static str, &'static str)> {
    let ours = rules::all().filter(|rule| rule.phases.contains(&Phase::Lint));
    ours.filter_map(|rule| {
        let by = rule.decided_by.expect("every rule of phase L has code");
        // `standards::dkim (as DKIM-07)`: the finding goes by the other rule's id.
        let found_as = by.split_once(" (as ");
        let id = found_as.map_or(rule.id, |(_, id)| id.trim_end_matches(')'));
        let krate = by.split("::").next().unwrap_or_default();
        assert!(
            ["standards", "manifest"].contains(&krate),
            "{} is of phase L, and `deploy lint` does not reach {by}",
            rule.id
        );
        (krate == "standards").then_some((rule.id, id))
    })
    .collect()
}

#[test]
fn every_rule_has_an_input_that_breaks_it_and_one_that_keeps_it() {
    let rows = rows();
    for (rule, found_as) in decided_here() {
        if NO_FINDING.contains(&rule) {
            continue;
        }
        let case = rows
            .get(found_as)
            .unwrap_or_else(|| panic!("{rule} has no row in tests/rules"));
        let is_of_rule = |finding: &Finding| finding.rule == found_as;
        let broken = (case.fails)();
        assert!(
            broken.iter().any(is_of_rule),
            "{rule} is not found in {broken:?}"
        );
        let kept = (case.passes)();
        assert!(!kept.iter().any(is_of_rule), "{rule} is found in {kept:?}");
        let worst = kept.iter().map(|finding| finding.severity).max();
        assert!(
            worst < Some(Severity::Error),
            "{rule} is kept by a broken input: {kept:?}"
        );
    }
}

#[test]
fn every_row_is_of_a_rule_that_is_decided_here() {
    let known: Vec<&str> = decided_here().into_iter().map(|(_, id)| id).collect();
    for rule in rows().into_keys() {
        assert!(
            known.contains(&rule),
            "{rule} is not of phase L, or not of this crate"
        );
    }
}

/// Rules about a program and not about what is published: code keeps them, and no input can
/// break them. Each has a test of its own below.
const NO_FINDING: [&str; 1] = ["DMARC-28"];

/// DMARC-28: a walk asks at most eight names, and jumps from a long name to seven labels.
#[test]
fn dmarc_28_the_walk_is_bounded() {
    use standards::dmarc::discovery::domains_to_ask;

    let asked = |domain: &str| -> Vec<usize> {
        let names = domains_to_ask(&name(domain));
        names.iter().map(Name::label_count).collect()
    };
    assert_eq!(asked("example.com"), [2, 1]);
    assert_eq!(asked("a.b.c.d.e.example.com"), [7, 6, 5, 4, 3, 2, 1]);
    assert_eq!(asked("a.b.c.d.e.f.example.com"), [8, 7, 6, 5, 4, 3, 2, 1]);
    assert_eq!(
        asked("a.b.c.d.e.f.g.h.i.example.com"),
        [11, 7, 6, 5, 4, 3, 2, 1]
    );
}

/// A name that is known to be valid.
fn name(text: &str) -> Name {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// TXT values.
fn values(texts: &[&str]) -> Vec<Txt> {
    texts.iter().map(|text| Txt::from(*text)).collect()
}
