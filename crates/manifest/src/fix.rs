//! `lint --fix` of a manifest: the edits that need no decision, made in the files that it is of.

use std::collections::BTreeMap;

use standards::{Edit, Finding, Place, edit};

use crate::files::{FileError, Files};

/// How often the files are fixed and read again: what stands below a misspelt key is seen only
/// when the key is right.
const ROUNDS: usize = 8;

/// Files, some of them changed.
struct Changed<'a> {
    files: &'a dyn Files,
    texts: BTreeMap<String, String>,
}

impl Files for Changed<'_> {
    fn read(&self, path: &str, bytes_max: usize) -> Result<Vec<u8>, FileError> {
        match self.texts.get(path) {
            Some(text) => Ok(text.clone().into_bytes()),
            None => self.files.read(path, bytes_max),
        }
    }

    fn glob(&self, pattern: &str) -> Result<Vec<String>, FileError> {
        self.files.glob(pattern)
    }
}

/// The files that the machine-applicable edits change, by path, and the findings of `check` that
/// are left then. Comments and layout stay as they are.
pub fn fix(
    files: &dyn Files,
    check: impl Fn(&dyn Files) -> Vec<Finding>,
) -> (BTreeMap<String, String>, Vec<Finding>) {
    let mut changed = Changed {
        files,
        texts: BTreeMap::new(),
    };
    let mut findings = check(&changed);
    for _ in 0..ROUNDS {
        let edited = edited(&changed, &findings);
        if edited.is_empty() {
            break;
        }
        changed.texts.extend(edited);
        findings = check(&changed);
    }
    (changed.texts, findings)
}

/// The files that the edits of `findings` change.
fn edited(files: &Changed<'_>, findings: &[Finding]) -> BTreeMap<String, String> {
    let mut by_file: BTreeMap<&str, Vec<&Edit>> = BTreeMap::new();
    for finding in findings {
        if let (Some(edit), Place::File { path, .. }) = (&finding.edit, &finding.place) {
            by_file.entry(path).or_default().push(edit);
        }
    }
    let edit = |(path, edits): (&str, Vec<&Edit>)| {
        let bytes = files.read(path, usize::MAX).ok()?;
        let old = String::from_utf8(bytes).ok()?;
        let new = edit::apply(&old, edits);
        (new != old).then(|| (path.to_owned(), new))
    };
    by_file.into_iter().filter_map(edit).collect()
}
