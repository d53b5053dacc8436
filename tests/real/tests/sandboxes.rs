//! The comparison itself, between two sandboxes: it finds nothing where nothing differs, and something where
//! something does.

use std::path::Path;
use std::process::{Command, Output};

use real::recording::Recorded;

/// Plays the life in a sandbox in this weather.
fn real(folder: &Path, options: &[&str]) -> Output {
    let mut real = Command::new(env!("CARGO_BIN_EXE_real"));
    real.args([
        "--domain",
        "example.com",
        "--account",
        "111111111111",
        "--out",
    ]);
    let ran = real.arg(folder).args(options).output();
    ran.expect("it runs")
}

fn recorded(folder: &Path) -> Vec<Recorded> {
    #[expect(clippy::disallowed_methods, reason = "a recording of the program")]
    let text = std::fs::read_to_string(folder.join("example.com/place.jsonl")).expect("a file");
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).expect("a line"))
        .collect()
}

#[test]
fn two_sandboxes_answer_alike() {
    let folder = tempfile::tempdir().expect("a folder");
    let ran = real(folder.path(), &["--sandbox", "calm"]);
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(
        ran.status.success(),
        "{said}\n{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    assert!(said.contains("destroy: NothingLeft"), "{said}");
    assert!(said.contains("\n0 differences:\n"), "{said}");
    // Every operation has a name, and so has its service.
    let unnamed = recorded(folder.path());
    assert!(unnamed.len() > 50, "{}", unnamed.len());
    let unnamed: Vec<_> = unnamed
        .iter()
        .filter(|one| one.service.is_empty())
        .collect();
    assert!(unnamed.is_empty(), "{unnamed:?}");
}

#[test]
fn a_storm_is_a_difference() {
    let folder = tempfile::tempdir().expect("a folder");
    let ran = real(folder.path(), &["--sandbox", "storm:7"]);
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(!said.contains("\n0 differences:\n"), "{said}");
    assert!(
        said.contains("only the sandbox (Storm, seed 7): "),
        "{said}"
    );
}

#[test]
fn a_life_that_costs_more_than_allowed_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let ran = real(folder.path(), &["--budget", "0.01"]);
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(!ran.status.success());
    assert!(said.contains("--budget allows 0.01"), "{said}");
    assert!(ran.stdout.is_empty());
}
