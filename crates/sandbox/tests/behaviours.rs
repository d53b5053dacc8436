//! Holds `behaviours.txt` against the tests: each behaviour of the specification names tests that
//! are there.

use std::collections::BTreeSet;
use std::path::Path;

/// One line of the table: a behaviour, and the tests that show it.
struct Behaviour<'a> {
    text: &'a str,
    tests: Vec<&'a str>,
}

#[expect(
    clippy::disallowed_methods,
    reason = "the table and the tests are files"
)]
fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The lines of the table that are neither headings nor remarks.
fn behaviours(table: &str) -> Vec<Behaviour<'_>> {
    let lines = table.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with(['#', '[']));
    lines
        .map(|line| {
            let (text, tests) = line
                .split_once(" = ")
                .unwrap_or_else(|| panic!("no test in: {line}"));
            Behaviour {
                text: text.trim(),
                tests: tests.split_whitespace().collect(),
            }
        })
        .collect()
}

/// Whether a test of this name stands in the file: `sts::a_session_ends` in `tests/sts.rs`,
/// `ses/dkim::a_search_fails` in `tests/ses/dkim.rs`, `src/faults::a_change_is_never_stale` in `src/faults.rs`.
fn is_there(test: &str) -> bool {
    let Some((file, name)) = test.rsplit_once("::") else {
        return false;
    };
    let path = if file.starts_with("src/") || file.starts_with("../") {
        format!("{file}.rs")
    } else {
        format!("tests/{file}.rs")
    };
    let code = read(&path);
    let lines: Vec<&str> = code.lines().map(str::trim).collect();
    let declared = lines.iter().position(|line| {
        line.starts_with(&format!("async fn {name}(")) || line.starts_with(&format!("fn {name}("))
    });
    // Its attributes stand above it.
    declared.is_some_and(|at| {
        let above = lines[..at].iter().rev().take_while(|line| !line.is_empty());
        above
            .into_iter()
            .any(|line| line.starts_with("#[test]") || line.starts_with("#[tokio::test"))
    })
}

#[test]
fn every_behaviour_is_shown_by_tests_that_are_there() {
    let table = read("tests/behaviours.txt");
    let missing: Vec<String> = behaviours(&table)
        .iter()
        .flat_map(|behaviour| {
            let missing = behaviour.tests.iter().filter(|test| !is_there(test));
            missing.map(|test| format!("{}: {test}", behaviour.text))
        })
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn every_behaviour_stands_once_and_the_totals_are_right() {
    let table = read("tests/behaviours.txt");
    let all = behaviours(&table);
    let named: BTreeSet<&str> = all.iter().map(|behaviour| behaviour.text).collect();
    assert_eq!(named.len(), all.len(), "a behaviour stands twice");
    let tests: BTreeSet<&str> = all
        .iter()
        .flat_map(|behaviour| behaviour.tests.iter().copied())
        .collect();
    let totals = format!(
        "# {} behaviours, shown by {} tests.",
        all.len(),
        tests.len()
    );
    assert_eq!(table.lines().next(), Some(totals.as_str()));
}
