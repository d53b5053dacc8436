//! The files in a sandbox's folder.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use super::journal::{self, Event, Line, Read};
use super::{Kept, PersistError};
use crate::bodies::Files;
use crate::stats::Logged;
use crate::world::World;

/// The journal may be this long, whatever the world's size: a small world is not written again and
/// again.
const JOURNAL_MIN: u64 = 1 << 20;

/// A folder in which a sandbox is kept. It belongs to one process at a time.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    journal: Mutex<Journal>,
    /// How many bytes the world had when it was written last.
    size: AtomicU64,
    /// The bytes of large objects.
    files: Files,
    /// Held as long as the folder is in use; the system releases it when the process ends.
    _lock: File,
}

/// The end of the journal.
#[derive(Debug)]
struct Journal {
    file: File,
    /// The number of the last line, ever.
    lines: u64,
    /// How many bytes it has.
    length: u64,
}

pub(crate) fn world(folder: &Path) -> PathBuf {
    folder.join("world.json")
}

pub(crate) fn journal(folder: &Path) -> PathBuf {
    folder.join("journal.jsonl")
}

/// The state that is kept in a folder, the calls of its journal carried out, and how the journal ends.
pub(crate) fn read(folder: &Path) -> Result<Option<(Kept, Read)>, PersistError> {
    let path = world(folder);
    let Some(text) = bytes(&path)? else {
        return Ok(None);
    };
    let mut kept: Kept = serde_json::from_slice(&text)
        .map_err(|source| PersistError::Unreadable { path, source })?;
    let files = Files::beside(folder);
    kept.world.s3.attach(files.folder());
    let path = journal(folder);
    let text = bytes(&path)?.unwrap_or_default();
    let read = journal::carry_out(&mut kept, files.folder(), &text)
        .map_err(|source| PersistError::Unreadable { path, source })?;
    Ok(Some((kept, read)))
}

fn bytes(path: &Path) -> Result<Option<Vec<u8>>, PersistError> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the sandbox keeps its world in files"
    )]
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(PersistError::Folder {
            path: path.to_owned(),
            source,
        }),
    }
}

impl Folder {
    /// Takes the folder for this process, and makes it if need be.
    pub(crate) fn open(path: &Path) -> Result<Self, PersistError> {
        let failed = |source| PersistError::Folder {
            path: path.to_owned(),
            source,
        };
        private_folder().create(path).map_err(failed)?;
        let open = |name: &str| {
            let mut options = private_file();
            options.append(true);
            options.open(path.join(name)).map_err(failed)
        };
        let lock = open("world.lock")?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(PersistError::InUse {
                    path: path.to_owned(),
                });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        let journal = Journal {
            file: open("journal.jsonl")?,
            lines: 0,
            length: 0,
        };
        Ok(Self {
            path: path.to_owned(),
            journal: Mutex::new(journal),
            size: AtomicU64::new(0),
            files: Files::beside(path),
            _lock: lock,
        })
    }

    /// The bytes of large objects.
    pub(crate) fn files(&self) -> &Files {
        &self.files
    }

    fn end(&self) -> MutexGuard<'_, Journal> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Goes on after the last whole line of the journal.
    pub(crate) fn go_on(&self, read: &Read) -> io::Result<()> {
        let mut journal = self.end();
        journal.lines = read.lines;
        journal.length = read.length;
        journal.file.set_len(read.length)
    }

    /// Writes the world beside the file and then over it, so that a kill leaves the old one or the
    /// new one, and begins the journal anew: a kill before that leaves lines that the world has
    /// in it, and they are passed over.
    pub(crate) fn replace(&self, mut kept: Kept<&World>) -> io::Result<()> {
        let mut journal = self.end();
        journal.lines = journal.lines.max(kept.lines);
        kept.lines = journal.lines;
        let text = serde_json::to_vec(&kept)?;
        let beside = self.path.join("world.json.new");
        write(&beside, &text)?;
        if self.wants_worlds() {
            fs::copy(&beside, self.numbered(kept.lines))?;
        }
        fs::rename(beside, world(&self.path))?;
        self.size
            .store(u64::try_from(text.len()).unwrap_or(0), Ordering::Relaxed);
        journal.length = 0;
        journal.file.set_len(0)
    }

    /// Adds a line to the journal, in one piece.
    pub(crate) fn append(&self, event: Event) -> io::Result<()> {
        let mut journal = self.end();
        journal.lines += 1;
        let number = journal.lines;
        let line = line(&Line { number, event })?;
        journal.length += u64::try_from(line.len()).unwrap_or(0);
        journal.file.write_all(line.as_bytes())
    }

    /// Whether the journal is longer than the world.
    pub(crate) fn is_long(&self) -> bool {
        let size = self.size.load(Ordering::Relaxed);
        self.end().length > size.max(JOURNAL_MIN)
    }

    /// Whether somebody wants the world after each change.
    pub(crate) fn wants_worlds(&self) -> bool {
        self.path.join("history/worlds").is_dir()
    }

    pub(crate) fn note_world(&self, kept: &Kept<&World>) -> io::Result<()> {
        let number = self.end().lines;
        write(&self.numbered(number), &serde_json::to_vec(kept)?)
    }

    /// The file of a world in the history: by the line of the journal that led to it.
    fn numbered(&self, line: u64) -> PathBuf {
        let worlds = self.path.join("history/worlds");
        worlds.join(format!("{line:08}.json"))
    }

    pub(crate) fn note_call(&self, logged: &Logged) -> io::Result<()> {
        let history = self.path.join("history");
        if !history.is_dir() {
            return Ok(());
        }
        let path = history.join("calls.jsonl");
        let mut calls = private_file().append(true).open(path)?;
        calls.write_all(line(logged)?.as_bytes())
    }
}

fn line(value: &impl Serialize) -> io::Result<String> {
    let mut text = serde_json::to_string(value)?;
    text.push('\n');
    Ok(text)
}

fn write(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut file = private_file().write(true).truncate(true).open(path)?;
    file.write_all(text)
}

/// A folder that only its owner may enter: a world holds session tokens, and whatever a user put
/// into it.
fn private_folder() -> DirBuilder {
    let mut folder = DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    folder
}

/// A file that only its owner may read.
fn private_file() -> OpenOptions {
    let mut file = OpenOptions::new();
    file.create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
    file
}
