//! A drafted manifest.

use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;
use standards::Finding;

use super::findings::FindingObject;
use super::{Content, Document};

/// A manifest that `deploy init` drafted.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DraftDocument {
    /// The text of the manifest.
    manifest: String,
    /// The file that it was written to; null where it was printed.
    written: Option<String>,
    /// The files that it names, by their paths from the manifest's folder.
    files: Vec<String>,
    /// The findings that are in the comments of the manifest.
    findings: Vec<FindingObject>,
}

impl Content for DraftDocument {
    const FORMAT: &'static str = "deploy.draft";
    const VERSION: u32 = 2;
}

/// The manifest, where it was written to, the files that it names, and what was found.
pub fn draft_json(
    manifest: &str,
    written: Option<&Path>,
    files: &[&str],
    findings: &[Finding],
) -> Document<DraftDocument> {
    Document::new(DraftDocument {
        manifest: manifest.to_owned(),
        written: written.map(|path| path.display().to_string()),
        files: files.iter().map(ToString::to_string).collect(),
        findings: FindingObject::all(findings),
    })
}

#[cfg(test)]
mod tests {
    use model::rules;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_draft_says_what_was_found() {
        let findings = [Finding::new(
            rules::SPF_20,
            "?all says nothing about anybody else",
        )];
        let path = Path::new("a.yaml");
        let value = json!(draft_json("project: a\n", Some(path), &[], &findings));
        assert_eq!(value["written"], "a.yaml");
        assert_eq!(value["findings"][0]["rule"], "SPF-20");
        let printed = json!(draft_json("", None, &[], &[]));
        assert_eq!(printed["written"], Value::Null);
    }
}
