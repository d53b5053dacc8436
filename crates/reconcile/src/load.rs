//! A manifest, read and checked.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use manifest::{Files, Manifest};
use standards::{Finding, Severity};

use crate::Error;

/// A manifest without errors.
#[derive(Debug)]
pub struct Loaded {
    /// The manifest.
    pub manifest: Manifest,
    /// The findings of lint. None of them is an error.
    pub findings: Vec<Finding>,
    /// The manifest's path on disk.
    pub file: PathBuf,
}

impl Loaded {
    /// The folder that the manifest is in. The ledger and the sandbox are kept in it.
    pub fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new(""))
    }
}

/// Reads the manifest at `path` in `files`, with every finding of lint. Without a manifest it could
/// not be read at all.
pub fn check(path: &str, files: &dyn Files, now: Timestamp) -> (Option<Manifest>, Vec<Finding>) {
    let (manifest, mut findings) = manifest::load(path, files);
    if let Some(manifest) = &manifest {
        findings.extend(manifest::lint(manifest, now));
        findings.extend(manifest::lint_drawn(manifest, &render::Renderer, now));
    }
    (manifest, findings)
}

/// The same, for a run: a manifest with errors is refused. `file` is its path on disk.
pub fn load(path: &str, files: &dyn Files, file: PathBuf, now: Timestamp) -> Result<Loaded, Error> {
    let (manifest, findings) = check(path, files, now);
    let is_error = |finding: &Finding| finding.severity == Severity::Error;
    match manifest {
        Some(manifest) if !findings.iter().any(is_error) => Ok(Loaded {
            manifest,
            findings,
            file,
        }),
        _ => Err(Error::Manifest(findings)),
    }
}
