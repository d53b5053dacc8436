//! The repository's files, as `cli` would read them.

use std::path::{Path, PathBuf};

use manifest::{FileError, Files, Manifest, glob_matches};

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The text of the file at `path`.
pub fn text(path: &str) -> String {
    let text = std::fs::read_to_string(root().join(path));
    text.unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The manifest at `path`, which must be without errors.
pub fn manifest(path: &str) -> Manifest {
    let (manifest, findings) = manifest::load(path, &Repository);
    manifest.unwrap_or_else(|| panic!("{path} is broken: {findings:#?}"))
}

struct Repository;

impl Files for Repository {
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
        let entries = std::fs::read_dir(root().join(folder)).map_err(|_| FileError::Missing)?;
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut paths: Vec<String> = names
            .map(|name| format!("{folder}/{name}"))
            .filter(|path| glob_matches(pattern, path))
            .collect();
        paths.sort();
        Ok(paths)
    }
}
