//! Every rule that says what decides it is named there, in code or in its tests, so that
//! the registry cannot claim what is not so.

#![expect(
    clippy::disallowed_methods,
    reason = "this test reads the sources of the project"
)]

use std::fs;
use std::path::{Path, PathBuf};

/// The source of `decider`, such as `standards::dmarc`: a file, or all files of a folder.
fn source_of(decider: &str) -> String {
    let (name, module) = decider.split_once("::").unwrap_or((decider, ""));
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut path = crates.join(name).join("src");
    path.extend(module.split("::").filter(|part| !part.is_empty()));
    let mut text = fs::read_to_string(path.with_extension("rs")).unwrap_or_default();
    let mut waiting = vec![path];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path: PathBuf = entry.path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                text += &fs::read_to_string(path).expect("a source file can be read");
            }
        }
    }
    text
}

#[test]
fn deciders_know_their_rules() {
    for rule in standards::rules::all() {
        let Some(decider) = rule.decided_by else {
            continue;
        };
        // `standards::dkim (as DKIM-07)`: the finding goes by the other rule's id.
        let (decider, id) = match decider.split_once(" (as ") {
            Some((decider, other)) => (decider, other.trim_end_matches(')')),
            None => (decider, rule.id),
        };
        let source = source_of(decider);
        assert!(!source.is_empty(), "{}: there is no {decider}", rule.id);
        assert!(source.contains(id), "{} is not named in {decider}", rule.id);
    }
}
