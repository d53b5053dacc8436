//! Every rule that this crate decides has a test that names it, as `SPF-28` or `spf_28`.

#![expect(
    clippy::disallowed_methods,
    reason = "this test reads the sources of the crate"
)]

use std::path::Path;

use standards::rules;

/// The text of every test under `folder`.
fn test_sources(folder: &Path, sources: &mut String) {
    for entry in std::fs::read_dir(folder).expect("a folder of the crate") {
        let path = entry.expect("an entry of it").path();
        if path.is_dir() {
            test_sources(&path, sources);
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

#[test]
fn every_rule_that_is_decided_here_is_named_by_a_test() {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = String::new();
    test_sources(&crate_folder.join("src"), &mut sources);
    test_sources(&crate_folder.join("tests"), &mut sources);
    let is_named = |id: &str| {
        let function = id.to_ascii_lowercase().replace('-', "_");
        sources.contains(id) || sources.contains(&function)
    };
    let untested: Vec<&str> = rules::all()
        .filter(|rule| {
            rule.decided_by
                .is_some_and(|by| by.starts_with("standards::"))
        })
        // `standards::dkim (as DKIM-07)`: the finding goes by the other rule's id.
        .filter(|rule| !rule.decided_by.is_some_and(|by| by.contains(" (as ")))
        .map(|rule| rule.id)
        .filter(|id| !is_named(id))
        .collect();
    assert_eq!(untested, [""; 0]);
}
