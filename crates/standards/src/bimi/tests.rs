//! Every rule of BIMI that a file or a record decides is broken by some test.

use crate::rules::{self, Phase};

const TABLES: &[&str] = &[
    include_str!("record/tests.rs"),
    include_str!("svg/tests.rs"),
    include_str!("svg/drawing.rs"),
    include_str!("mark_certificate/tests.rs"),
];

#[test]
fn every_rule_is_in_a_table() {
    let ours = |id: &str| {
        ["BIMI-", "SVG-", "VMC-"]
            .iter()
            .any(|prefix| id.starts_with(prefix))
    };
    let missing: Vec<&str> = rules::all()
        .filter(|rule| ours(rule.id) && rule.phases.contains(&Phase::Lint))
        .map(|rule| rule.id)
        .filter(|id| {
            !TABLES
                .iter()
                .any(|table| table.contains(&format!("\"{id}\"")))
        })
        .collect();
    assert!(missing.is_empty(), "no test breaks {missing:?}");
}
