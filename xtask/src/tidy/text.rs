//! Rules about the text of a file.

use super::Workspace;
use super::source::Source;
use crate::command::Failure;

const LINES_GOOD: usize = 500;
const LINES_MOST: usize = 600;

/// What must not be there, where it may be all the same, and what to do instead.
const FORBIDDEN: &[(&str, &[&str], &str)] = &[
    (
        "#[allow(",
        &[],
        "use `#[expect(…, reason = \"…\")]`, which ends by itself",
    ),
    (
        "#[ignore",
        &[],
        "mend the test or remove it: one that is not run says nothing",
    ),
    (
        "#[should_panic",
        &[],
        "compare the error: a panic for another reason would pass",
    ),
    ("todo!(", &[], "finish it, or leave it out"),
    ("unimplemented!(", &[], "finish it, or leave it out"),
    (
        "thread::sleep(",
        &[],
        "wait with clock::Clock::sleep, so that time can be virtual",
    ),
    (
        "tokio::time::sleep(",
        &["crates/clock/"],
        "wait with clock::Clock::sleep, so that time can be virtual",
    ),
    (
        "Instant::now(",
        &["crates/clock/", "xtask/"],
        "ask clock::Clock, so that time can be virtual",
    ),
    (
        "SystemTime::now(",
        &["crates/clock/"],
        "ask clock::Clock, so that time can be virtual",
    ),
];

/// Every file opens with `//!`.
#[expect(clippy::unnecessary_wraps, reason = "the form of all checks")]
pub(super) fn opening(workspace: &Workspace) -> Result<Vec<String>, Failure> {
    let silent = |source: &&Source| !source.text.starts_with("//!");
    let silent = workspace.sources.iter().filter(silent);
    Ok(silent
        .map(|source| {
            format!(
                "{}:1: begin with `//!` and what the file is for",
                source.path
            )
        })
        .collect())
}

/// No word of [`FORBIDDEN`].
#[expect(clippy::unnecessary_wraps, reason = "the form of all checks")]
pub(super) fn forbidden(workspace: &Workspace) -> Result<Vec<String>, Failure> {
    let mut problems = Vec::new();
    for source in &workspace.sources {
        for (at, line) in source.all_lines() {
            let found = FORBIDDEN.iter().filter(|(word, homes, _)| {
                line.contains(word) && !homes.iter().any(|home| source.path.starts_with(home))
            });
            let path = &source.path;
            problems.extend(found.map(|(word, _, mend)| format!("{path}:{at}: `{word}`: {mend}")));
        }
        // Only a helper that several test binaries share can need it, and then it says so.
        if source.code.contains("#![allow(") && !source.code.contains("clippy::allow_attributes") {
            problems.push(format!("{}: `#![allow(`: use `#![expect(`", source.path));
        }
    }
    Ok(problems)
}

/// No file of more than [`LINES_MOST`] lines without tests; those over [`LINES_GOOD`] are named.
#[expect(clippy::unnecessary_wraps, reason = "the form of all checks")]
pub(super) fn length(workspace: &Workspace) -> Result<Vec<String>, Failure> {
    let mut problems = Vec::new();
    for source in &workspace.sources {
        let lines = source.lines().count();
        if lines > LINES_MOST {
            problems.push(format!(
                "{}: {lines} lines: give each subject a file",
                source.path
            ));
        } else if lines > LINES_GOOD {
            eprintln!(
                "note: {}: {lines} lines, {LINES_GOOD} are good",
                source.path
            );
        }
    }
    Ok(problems)
}
