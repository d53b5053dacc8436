//! A drafted manifest as JSON.

use std::path::Path;

use serde_json::{Value, json};
use standards::Finding;

use crate::finding_json::finding_json;

/// The manifest, where it was written to, the files that it names, and what was found.
///
/// ```json
/// {"format": "deploy.draft", "version": 1, "manifest": "project: …", "written": "deploy.yaml",
///  "files": ["assets/example.com/logo.svg"], "findings": []}
/// ```
pub fn draft_json(
    manifest: &str,
    written: Option<&Path>,
    files: &[&str],
    findings: &[Finding],
) -> Value {
    json!({
        "format": "deploy.draft",
        "version": 1,
        "manifest": manifest,
        "written": written.map(|path| path.display().to_string()),
        "files": files,
        "findings": findings.iter().map(finding_json).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::rules;

    #[test]
    fn a_draft_says_what_was_found() {
        let findings = [Finding::new(
            rules::SPF_20,
            "?all says nothing about anybody else",
        )];
        let value = draft_json("project: a\n", Some(Path::new("a.yaml")), &[], &findings);
        assert_eq!(value["written"], "a.yaml");
        assert_eq!(value["findings"][0]["rule"], "SPF-20");
        assert_eq!(draft_json("", None, &[], &[])["written"], Value::Null);
    }
}
