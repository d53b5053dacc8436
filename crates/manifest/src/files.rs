//! The files of a manifest: how they arrive, and what is kept of them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// The tree that a manifest may read from.
///
/// This crate never opens a file. Paths are relative to the root of the tree, have `/` between
/// their parts and never contain `.` or `..`: those are resolved, and refused if they lead out, before.
pub trait Files {
    /// The bytes of the file at `path`, if there are at most `bytes_max`.
    fn read(&self, path: &str, bytes_max: usize) -> Result<Vec<u8>, FileError>;

    /// The paths of the files that match `pattern`, in order: `*` and `?` stand for anything within one part of the path.
    fn glob(&self, pattern: &str) -> Result<Vec<String>, FileError>;
}

/// Why a file could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// Nothing is there.
    #[error("there is no such file")]
    Missing,
    /// A folder, a device, a socket.
    #[error("it is not a regular file")]
    NotAFile,
    /// The path, or a symbolic link on it, leads out of the tree.
    #[error("it is outside the folder that the manifest may read from")]
    Outside,
    /// More bytes than a file of this use may have.
    #[error("it has {bytes} bytes, more than the {bytes_max} that are read")]
    TooLarge {
        /// The size of the file.
        bytes: u64,
        /// The largest size that is read.
        bytes_max: usize,
    },
    /// The error of the operating system.
    #[error("{0}")]
    System(String),
}

/// A file that the manifest names, read when the manifest was.
#[derive(Clone, PartialEq, Eq)]
pub struct File {
    /// Its path inside the tree.
    pub path: String,
    /// Its content.
    pub bytes: Arc<[u8]>,
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes)", self.path, self.bytes.len())
    }
}

/// A file that holds a secret: its bytes are in no debug output, and asking for them is visible in the code.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretFile {
    /// Its path inside the tree.
    pub path: String,
    bytes: Arc<[u8]>,
}

impl SecretFile {
    pub(crate) fn new(file: File) -> Self {
        Self {
            path: file.path,
            bytes: file.bytes,
        }
    }

    /// The secret itself.
    pub fn expose(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for SecretFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (secret)", self.path)
    }
}

/// A tree in memory, for tests and for manifests that were never on a disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryFiles(BTreeMap<String, Vec<u8>>);

impl MemoryFiles {
    /// The same tree with one file more.
    #[must_use]
    pub fn with(mut self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        self.0.insert(path.into(), bytes.into());
        self
    }
}

impl Files for MemoryFiles {
    fn read(&self, path: &str, bytes_max: usize) -> Result<Vec<u8>, FileError> {
        let bytes = self.0.get(path).ok_or(FileError::Missing)?;
        if bytes.len() > bytes_max {
            return Err(FileError::TooLarge {
                bytes: bytes.len() as u64,
                bytes_max,
            });
        }
        Ok(bytes.clone())
    }

    fn glob(&self, pattern: &str) -> Result<Vec<String>, FileError> {
        Ok(self
            .0
            .keys()
            .filter(|path| glob_matches(pattern, path))
            .cloned()
            .collect())
    }
}

/// Whether `path` matches `pattern`, where `*` and `?` stay within one part of the path.
pub fn glob_matches(pattern: &str, path: &str) -> bool {
    let patterns: Vec<&str> = pattern.split('/').collect();
    let parts: Vec<&str> = path.split('/').collect();
    patterns.len() == parts.len()
        && patterns
            .iter()
            .zip(parts)
            .all(|(pattern, part)| part_matches(pattern, part))
}

/// One part of a path against one part of a pattern.
///
/// Only the last `*` is ever tried again, so the time is at most the product of both lengths.
fn part_matches(pattern: &str, part: &str) -> bool {
    let (pattern, part): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), part.chars().collect());
    let (mut at, mut seen) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while seen < part.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, seen));
                at += 1;
            }
            Some(&wanted) if wanted == '?' || wanted == part[seen] => {
                at += 1;
                seen += 1;
            }
            _ => {
                let Some((star_at, star_seen)) = star else {
                    return false;
                };
                star = Some((star_at, star_seen + 1));
                at = star_at + 1;
                seen = star_seen + 1;
            }
        }
    }
    pattern[at..].iter().all(|&rest| rest == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_stays_within_a_part_of_the_path() {
        let check = |pattern: &str, path: &str, expect: bool| {
            assert_eq!(glob_matches(pattern, path), expect, "{pattern} {path}");
        };
        check("fleet/*.yaml", "fleet/a.yaml", true);
        check("fleet/*.yaml", "fleet/a.yml", false);
        check("fleet/*.yaml", "fleet/a/b.yaml", false);
        check("fleet/*.yaml", "a.yaml", false);
        check("*/a?.yaml", "fleet/ab.yaml", true);
        check("*/a?.yaml", "fleet/a.yaml", false);
        check("a*b*c", "axxbxbxc", true);
        check("a*b*c", "axxbxbx", false);
        check("*", "", true);
        // A naive matcher takes longer than the universe for this.
        check(&format!("{}b", "a*".repeat(40)), &"a".repeat(200), false);
    }

    #[test]
    fn no_debug_output_shows_a_secret() {
        let file = File {
            path: "key.pem".to_owned(),
            bytes: b"secret".to_vec().into(),
        };
        assert_eq!(format!("{file:?}"), "key.pem (6 bytes)");
        assert_eq!(format!("{:?}", SecretFile::new(file)), "key.pem (secret)");
    }
}
