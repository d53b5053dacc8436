//! The registry against the catalogue, and the form of its texts.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{Phase, all, find};

/// Ids, severities and phases of the catalogue that the program was specified with. SPF-09 and
/// SPF-15 have one phase more: the text of a record alone can break them.
const CATALOGUE: &str = include_str!("catalogue.txt");

#[test]
fn the_registry_is_the_catalogue_in_its_order() {
    let mut registered = String::new();
    for rule in all().filter(|rule| !is_ours(rule.id)) {
        let phases: Vec<&str> = rule.phases.iter().map(|&phase| letter(phase)).collect();
        writeln!(
            registered,
            "{} {} {}",
            rule.id,
            rule.severity,
            phases.join("/")
        )
        .expect("a string takes all");
    }
    assert!(registered == CATALOGUE, "{}", difference(&registered));
}

#[test]
fn every_id_is_there_once_and_found() {
    let mut seen = BTreeSet::new();
    for rule in all() {
        assert!(seen.insert(rule.id), "{} is there twice", rule.id);
        assert_eq!(find(rule.id).map(|found| found.title), Some(rule.title));
    }
    assert!(find("SPF-00").is_none());
}

#[test]
fn texts_have_the_form_that_reports_rely_on() {
    for rule in all() {
        let id = rule.id;
        assert!(rule.title.len() <= 110, "{id}: a title is one line");
        assert!(
            !rule.title.ends_with('.'),
            "{id}: a title has no final stop"
        );
        assert!(rule.why.ends_with('.'), "{id}: why is whole sentences");
        assert!(!rule.fix.ends_with('.'), "{id}: a fix has no final stop");
        assert!(
            !rule.fix.starts_with(|first: char| first.is_uppercase()),
            "{id}: a fix starts in lower case"
        );
        assert!(!rule.source.is_empty(), "{id}: a source is named");
    }
}

fn is_ours(id: &str) -> bool {
    ["MAN-", "PLAN-", "AWS-", "LIVE-"]
        .iter()
        .any(|prefix| id.starts_with(prefix))
}

fn letter(phase: Phase) -> &'static str {
    match phase {
        Phase::Lint => "L",
        Phase::Lookup => "D",
        Phase::Live => "V",
        Phase::Order => "O",
    }
}

fn difference(registered: &str) -> String {
    let wanted: BTreeSet<&str> = CATALOGUE.lines().collect();
    let got: BTreeSet<&str> = registered.lines().collect();
    format!(
        "missing: {:?}; not in the catalogue: {:?}; else the order differs",
        wanted.difference(&got).collect::<Vec<_>>(),
        got.difference(&wanted).collect::<Vec<_>>()
    )
}
