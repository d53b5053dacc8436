//! Files that the operator names, and the tree that a manifest may read from.

use std::io::Read;
use std::path::{Path, PathBuf};

use manifest::{FileError, Files, glob_matches};
use standards::{Finding, Place};

use crate::args::{Out, ResultFormat};
use crate::exit::Failure;
use crate::manifest_file::{here, seen_from};

/// Reads a text that the operator names; `what` it is.
#[expect(clippy::disallowed_methods, reason = "the operator names the file")]
pub(crate) fn read_text(path: &Path, what: &str) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| {
        Failure::outside(&format!("could not read {what} {}", path.display()), error)
    })
}

/// Writes `text` in the place of the file: into a new file beside it that then takes its name, so
/// that nobody ever reads half of it. A symbolic link stays one.
#[expect(clippy::disallowed_methods, reason = "the operator names the file")]
pub(crate) fn replace_text(path: &Path, text: &str) -> Result<(), Failure> {
    let fault = |error| Failure::outside(&format!("could not write {}", path.display()), error);
    let real = path.canonicalize().map_err(fault)?;
    let mut beside = real.clone().into_os_string();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    let permissions = std::fs::metadata(&real).map_err(fault)?.permissions();
    let written = std::fs::write(&beside, text)
        .and_then(|()| std::fs::set_permissions(&beside, permissions))
        .and_then(|()| std::fs::rename(&beside, &real));
    if written.is_err() {
        // Half a file is of no use, and the error below says what went wrong.
        let _ = std::fs::remove_file(&beside);
    }
    written.map_err(fault)
}

/// Writes a result into each of the files, in its form, all from one run.
pub(crate) fn write_results(
    out: &Out,
    result: &dyn Fn(ResultFormat) -> String,
) -> Result<(), Failure> {
    for file in &out.files {
        #[expect(clippy::disallowed_methods, reason = "the operator names the file")]
        std::fs::write(&file.path, result(file.form)).map_err(|error| {
            let what = format!("could not write {}", file.path.display());
            Failure::outside(&what, error)
        })?;
    }
    Ok(())
}

/// A folder that is read from, and nothing outside it.
#[derive(Debug)]
pub(crate) struct Tree {
    root: PathBuf,
    /// The name of the manifest in the tree, and the file: its name on disk may not be UTF-8.
    manifest: (String, PathBuf),
}

impl Tree {
    /// The tree that `manifest` belongs to, and its path in it: the repository that it is in, else the
    /// working folder when it is below that, else its own folder.
    pub(crate) fn of(manifest: &Path) -> std::io::Result<(Self, String)> {
        let path = manifest.canonicalize()?;
        let folder = path.parent().unwrap_or(&path).to_owned();
        let repository = folder
            .ancestors()
            .find(|folder| folder.join(".git").exists());
        let working = std::env::current_dir()?.canonicalize()?;
        let is_named = |root: &Path| {
            let inside = folder.strip_prefix(root).ok();
            inside.is_some_and(|inside| inside.to_str().is_some())
        };
        let root = match repository {
            Some(root) if is_named(root) => root.to_owned(),
            None if path.starts_with(&working) && is_named(&working) => working,
            // Names in a tree are text: folders with other names stay outside it.
            _ => folder.clone(),
        };
        let inside = path.strip_prefix(&root).unwrap_or(&path);
        let inside = inside.to_string_lossy().into_owned();
        let manifest = (inside.clone(), path);
        Ok((Self { root, manifest }, inside))
    }

    /// The path on disk of a file of the tree, which a finding names.
    pub(crate) fn on_disk(&self, path: &str) -> PathBuf {
        let (name, manifest) = &self.manifest;
        if path == name {
            manifest.clone()
        } else {
            self.root.join(path)
        }
    }

    /// The path of a file of the tree from the current folder.
    pub(crate) fn seen_from_here(&self, path: &str) -> String {
        let seen = here().map(|here| seen_from(&here, &self.on_disk(path)));
        seen.map_or(path.to_owned(), |seen| seen.to_string_lossy().into_owned())
    }

    /// The findings with their places as seen from the current folder.
    pub(crate) fn with_seen_places(&self, mut findings: Vec<Finding>) -> Vec<Finding> {
        for finding in &mut findings {
            if let Place::File { path, .. } = &mut finding.place {
                *path = self.seen_from_here(path);
            }
        }
        findings
    }

    /// The path on disk, every symbolic link on it followed, when it is still in the tree.
    fn inside(&self, path: &str) -> Result<PathBuf, FileError> {
        let real = self
            .on_disk(path)
            .canonicalize()
            .map_err(|error| system(&error))?;
        if real.starts_with(&self.root) {
            Ok(real)
        } else {
            Err(FileError::Outside)
        }
    }

    fn walk(&self, folder: &Path, pattern: &str, found: &mut Vec<String>) -> Result<(), FileError> {
        let depth = pattern.split('/').count();
        for entry in std::fs::read_dir(folder).map_err(|error| system(&error))? {
            let entry = entry.map_err(|error| system(&error))?;
            let path = entry.path();
            let Ok(inside) = path.strip_prefix(&self.root) else {
                continue;
            };
            let name = inside.to_string_lossy().into_owned();
            let parts = name.split('/').count();
            let prefix: Vec<&str> = pattern.split('/').take(parts).collect();
            if !glob_matches(&prefix.join("/"), &name) {
                continue;
            }
            match parts == depth {
                true => found.push(name),
                false if path.is_dir() => self.walk(&path, pattern, found)?,
                false => {}
            }
        }
        Ok(())
    }
}

fn system(error: &std::io::Error) -> FileError {
    match error.kind() {
        std::io::ErrorKind::NotFound => FileError::Missing,
        _ => FileError::System(error.to_string()),
    }
}

impl Files for Tree {
    fn read(&self, path: &str, bytes_max: usize) -> Result<Vec<u8>, FileError> {
        let path = self.inside(path)?;
        let data = path.metadata().map_err(|error| system(&error))?;
        if !data.is_file() {
            return Err(FileError::NotAFile);
        }
        let too_large = || FileError::TooLarge {
            bytes: data.len(),
            bytes_max,
        };
        let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX);
        if data.len() > limit {
            return Err(too_large());
        }
        let file = std::fs::File::open(&path).map_err(|error| system(&error))?;
        let mut bytes = Vec::new();
        // It may grow while it is read.
        file.take(limit.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|error| system(&error))?;
        if bytes.len() > bytes_max {
            Err(too_large())
        } else {
            Ok(bytes)
        }
    }

    fn glob(&self, pattern: &str) -> Result<Vec<String>, FileError> {
        let mut found = Vec::new();
        self.walk(&self.root, pattern, &mut found)?;
        found.sort();
        Ok(found)
    }
}
