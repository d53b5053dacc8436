//! The files that hold the bytes of large objects, apart from the world and its journal.
//!
//! Each is named by the SHA-256 of its bytes and never changes. A file that nothing refers to any
//! longer is removed when the sandbox is opened or closed, not before: the journal may still refer
//! to it, and so may an answer that is being sent.

use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use http::HeaderMap;
use serde::{Deserialize, Serialize};

use super::checksum::{Algorithm, Checksum, Hasher};
use super::chunked::{self, Decoder, Trailers};
use super::{Filed, Refused};
use crate::hex::hex;

/// The largest object that S3 takes in one request.
pub(crate) const LARGEST: u64 = 5 * 1024 * 1024 * 1024;

/// The name of a file that is being written begins with this.
const INCOMING: &str = "incoming-";

/// The folder of the files.
#[derive(Debug)]
pub(crate) struct Files {
    folder: PathBuf,
    /// How many files were begun, so that no two have one name.
    begun: AtomicU64,
}

impl Files {
    /// The folder beside the world of a sandbox.
    pub(crate) fn beside(world: &Path) -> Self {
        Self {
            folder: world.join("objects"),
            begun: AtomicU64::new(0),
        }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Begins a file for the body of an upload with these headers.
    pub(crate) fn begin(&self, headers: &HeaderMap) -> Result<Spool, Refused> {
        let number = self.begun.fetch_add(1, Ordering::Relaxed);
        let path = self.folder.join(format!("{INCOMING}{number}"));
        let file = self.create(&path).map_err(|_| Refused::NotWritten)?;
        let algorithms = Algorithm::of_upload(headers);
        Ok(Spool {
            folder: self.folder.clone(),
            path,
            file,
            decoder: chunked::decoder(headers)?,
            content: Content {
                checksums: algorithms
                    .into_iter()
                    .map(|algorithm| (algorithm, Hasher::new(algorithm)))
                    .collect(),
                ..Content::default()
            },
        })
    }

    fn create(&self, path: &Path) -> io::Result<File> {
        let mut folder = DirBuilder::new();
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
            folder.mode(0o700);
            options.mode(0o600);
        }
        folder.recursive(true).create(&self.folder)?;
        options.open(path)
    }

    /// Removes all files but these.
    pub(crate) fn keep_only(&self, names: &BTreeSet<&str>) -> io::Result<()> {
        let files = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            files => files?,
        };
        for file in files {
            let file = file?;
            let name = file.file_name();
            if !name.to_str().is_some_and(|name| names.contains(name)) {
                fs::remove_file(file.path())?;
            }
        }
        Ok(())
    }
}

/// A body that arrives, on its way into a file.
#[derive(Debug)]
pub(crate) struct Spool {
    folder: PathBuf,
    path: PathBuf,
    file: File,
    /// For bodies in `aws-chunked`.
    decoder: Option<Decoder>,
    content: Content,
}

#[derive(Debug)]
struct Content {
    length: u64,
    sha256: Hasher,
    md5: Hasher,
    checksums: Vec<(Algorithm, Hasher)>,
}

impl Default for Content {
    fn default() -> Self {
        Self {
            length: 0,
            sha256: Hasher::new(Algorithm::Sha256),
            md5: Hasher::md5(),
            checksums: Vec::new(),
        }
    }
}

impl Content {
    fn update(&mut self, bytes: &[u8]) {
        self.length += bytes.len() as u64;
        self.sha256.update(bytes);
        self.md5.update(bytes);
        for (_, hasher) in &mut self.checksums {
            hasher.update(bytes);
        }
    }
}

impl Spool {
    /// Takes the next bytes as they came.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> Result<(), Refused> {
        let (file, content) = (&mut self.file, &mut self.content);
        let mut write = |bytes: &[u8]| {
            content.update(bytes);
            file.write_all(bytes).map_err(|_| Refused::NotWritten)
        };
        match &mut self.decoder {
            Some(decoder) => decoder.take(bytes, &mut write)?,
            None => write(bytes)?,
        }
        if self.content.length <= LARGEST {
            return Ok(());
        }
        Err(Refused::TooLarge(self.content.length))
    }

    /// Gives the file its name.
    pub(crate) fn finish(mut self) -> Result<Arrived, Refused> {
        let trailers = match self.decoder.take() {
            Some(decoder) => decoder.finish(self.content.length)?,
            None => Vec::new(),
        };
        let content = std::mem::take(&mut self.content);
        let sha256 = hex(&content.sha256.finish());
        fs::rename(&self.path, self.folder.join(&sha256)).map_err(|_| Refused::NotWritten)?;
        let checksums = content.checksums.into_iter();
        Ok(Arrived {
            md5: hex(&content.md5.finish()),
            checksums: checksums
                .map(|(algorithm, hasher)| Checksum::new(algorithm, &hasher.finish()))
                .collect(),
            trailers,
            filed: Filed {
                sha256,
                length: content.length,
                folder: self.folder.clone(),
            },
        })
    }
}

/// An upload that ends early leaves nothing. After [`Spool::finish`] the name is gone already.
impl Drop for Spool {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// The body of an upload that is in a file, and everything that S3 checks about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Arrived {
    /// The bytes, out of their chunks.
    pub(crate) filed: Filed,
    /// In hexadecimal.
    pub(crate) md5: String,
    pub(crate) checksums: Vec<Checksum>,
    /// The headers that came after the bytes.
    pub(crate) trailers: Trailers,
}
