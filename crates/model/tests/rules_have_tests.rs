//! Every rule that `standards` or `manifest` decides has a test that names it, as `SPF-28` or `spf_28`,
//! with a look-up or without. Those without have a row in `crates/standards/tests/rules`, or in
//! `crates/manifest/tests/it/rules.rs`, too.

#![expect(
    clippy::disallowed_methods,
    reason = "this test reads the sources of the crate"
)]

use std::path::Path;

use model::rules;

/// The text of every test under `folder`, and what it expects.
fn test_sources(folder: &Path, sources: &mut String) {
    for entry in std::fs::read_dir(folder).expect("a folder of the crate") {
        let path = entry.expect("an entry of it").path();
        if path.is_dir() {
            test_sources(&path, sources);
        } else if path.extension() == Some("snap".as_ref()) {
            sources.push_str(&std::fs::read_to_string(path).expect("a snapshot"));
        } else if path.extension() == Some("rs".as_ref()) {
            let source = std::fs::read_to_string(&path).expect("a source");
            let is_test = path.to_string_lossy().contains("tests");
            let inline = source.split_once("mod tests {").map(|(_, tests)| tests);
            sources.push_str(if is_test {
                &source
            } else {
                inline.unwrap_or_default()
            });
        }
    }
}

/// The rules of `deciders` that no test under `folders` names.
fn untested(deciders: &[&str], folders: &[&str]) -> Vec<&'static str> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut sources = String::new();
    for folder in folders {
        test_sources(&crates.join(folder), &mut sources);
    }
    let is_named = |id: &str| {
        let function = id.to_ascii_lowercase().replace('-', "_");
        let constant = id.replace('-', "_");
        [id, &function, &constant]
            .iter()
            .any(|name| sources.contains(*name))
    };
    rules::all()
        .filter(|rule| {
            rule.decided_by.is_some_and(|by| {
                // `standards::dkim (as DKIM-07)`: the finding goes by the other rule's id.
                let program = by.split("::").next().unwrap_or_default();
                deciders.contains(&program) && !by.contains(" (as ")
            })
        })
        .map(|rule| rule.id)
        .filter(|id| !is_named(id))
        .collect()
}

#[test]
fn every_rule_that_is_decided_here_is_named_by_a_test() {
    let folders = ["standards/src", "standards/tests"];
    assert_eq!(untested(&["standards"], &folders), [""; 0]);
}

#[test]
fn every_rule_that_the_manifest_decides_is_named_by_a_test() {
    let folders = [
        "manifest/src",
        "manifest/tests",
        "../tests/broken-manifests",
    ];
    assert_eq!(untested(&["manifest"], &folders), [""; 0]);
}
