//! Helpers that the tests of this crate share: the repository as a tree of files, and findings as text.

use std::path::{Path, PathBuf};

use manifest::{FileError, Files, glob_matches};
use standards::Finding;

/// The repository's files.
pub(crate) struct Repository;

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

impl Files for Repository {
    #[expect(
        clippy::disallowed_methods,
        reason = "the tests stand in for cli, which reads files"
    )]
    fn read(&self, path: &str, bytes_max: usize) -> Result<Vec<u8>, FileError> {
        let bytes = std::fs::read(root().join(path)).map_err(|_| FileError::Missing)?;
        if bytes.len() > bytes_max {
            return Err(FileError::TooLarge {
                bytes: bytes.len() as u64,
                bytes_max,
            });
        }
        Ok(bytes)
    }

    fn glob(&self, pattern: &str) -> Result<Vec<String>, FileError> {
        let folder = pattern.rsplit_once('/').map_or("", |(folder, _)| folder);
        Ok(list(folder)
            .into_iter()
            .filter(|path| glob_matches(pattern, path))
            .collect())
    }
}

/// The paths of the files in `folder`, in order.
pub(crate) fn list(folder: &str) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(root().join(folder)) else {
        return Vec::new();
    };
    let mut paths: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .map(|name| format!("{folder}/{name}"))
        .collect();
    paths.sort();
    paths
}

/// All findings, as a person sees them.
pub(crate) fn render(findings: &[Finding]) -> String {
    let texts: Vec<String> = findings.iter().map(report::finding_text::render).collect();
    texts.join("\n")
}
