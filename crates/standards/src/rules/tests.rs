//! The registry against the catalogue.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{Phase, all};

/// Ids, severities and phases of the catalogue that the program was specified with. SPF-09,
/// SPF-10 and SPF-15 have one phase more: the text of a record alone can break them. So has RCV-06:
/// Apple refuses certificates by the root that they are served with. SVG-28 to SVG-30 came
/// later, with a crate that draws.
const CATALOGUE: &str = include_str!("catalogue.txt");

#[test]
fn the_registry_is_the_catalogue_in_its_order() {
    let mut registered = String::new();
    for rule in all() {
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
