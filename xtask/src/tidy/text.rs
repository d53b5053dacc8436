//! Rules about the text of a file.

use super::Workspace;
use super::source::Source;

const LINES_GOOD: usize = 500;
const LINES_MOST: usize = 600;

/// Forbidden text, the folders that may have it, and the replacement.
const FORBIDDEN: &[(&str, &[&str], &str)] = &[
    (
        "#[allow(",
        &[],
        "use `#[expect(…, reason = \"…\")]`, which ends by itself",
    ),
    (
        "#[ignore",
        &[],
        "fix the test or remove it: one that is not run says nothing",
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
];

/// Every file opens with `//!`.
pub(super) fn opening(workspace: &Workspace) -> Vec<String> {
    let silent = |source: &&Source| !source.text.starts_with("//!");
    let silent = workspace.sources.iter().filter(silent);
    silent
        .map(|source| {
            format!(
                "{}:1: begin with `//!` and what the file is for",
                source.path
            )
        })
        .collect()
}

/// No word of [`FORBIDDEN`].
pub(super) fn forbidden(workspace: &Workspace) -> Vec<String> {
    let mut problems = Vec::new();
    for source in &workspace.sources {
        for (at, line) in source.all_lines() {
            let found = FORBIDDEN.iter().filter(|(word, locations, _)| {
                line.contains(word)
                    && !locations
                        .iter()
                        .any(|location| source.path.starts_with(location))
            });
            let path = &source.path;
            problems.extend(found.map(|(word, _, fix)| format!("{path}:{at}: `{word}`: {fix}")));
        }
        // A helper that several test binaries share is used in part by each of them, so that
        // `expect(dead_code)` would be wrong in some.
        let shared = source.path.contains("/tests/common/");
        if source.code.contains("#![allow(") && !shared {
            problems.push(format!("{}: `#![allow(`: use `#![expect(`", source.path));
        }
    }
    problems
}

/// No file of more than [`LINES_MOST`] lines without tests; those over [`LINES_GOOD`] are named.
pub(super) fn length(workspace: &Workspace) -> Vec<String> {
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
    problems
}
