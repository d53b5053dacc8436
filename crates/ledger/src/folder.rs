//! The ledger in a local folder.
//!
//! ```text
//! .deploy/PROJECT/ledger/example.com.jsonl    the document of a domain
//! .deploy/PROJECT/shared/KIND-NAME.jsonl      the document of what domains share
//! .deploy/PROJECT/runs/ID.json                who is at work, with a lock beside it
//! .deploy/PROJECT/lock                        held while one object is compared and swapped
//! ```
//!
//! Only regular files are opened, and no symbolic link is followed: a link that somebody planted must
//! not make the program cut or replace somebody else's file.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Error, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use model::id::SHARED;

use crate::error::LedgerError;
use crate::owned;
use crate::store::{Content, Key, NotSwapped, Store, Stored, Version};

/// How many of a file's last bytes are part of its version. Every line ends with its checksum, which
/// covers its number, and the numbers only rise.
const TAIL: usize = 64;

/// The folder of what domains share, up to format 3.
const OLDER_SHARED: &str = "ledger/shared";

/// The files of a document up to format 3.
struct Older {
    journal: PathBuf,
    snapshot: PathBuf,
}

/// A ledger in a local folder.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    /// The system releases the lock of a run when its process ends, however it ends.
    held: Mutex<Vec<(String, File)>>,
}

fn io<T>(what: &'static str, path: &Path, result: std::io::Result<T>) -> Result<T, LedgerError> {
    result.map_err(|source| LedgerError::Io {
        what,
        path: path.display().to_string(),
        source,
    })
}

/// Opens a regular file, and nothing else; nothing where there is none. A fifo would make the opening
/// itself wait, so that it is asked for its kind before, and the file that was opened once more.
fn open(path: &Path, how: &OpenOptions) -> Result<Option<File>, LedgerError> {
    let named = match path.symlink_metadata() {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        other => io("could not read", path, other)?,
    };
    let irregular = || Err(Error::other("it is not a regular file"));
    if !named.is_file() {
        return io("could not open", path, irregular());
    }
    let file = io("could not open", path, owned::open(how, path))?;
    let opened = io("could not read", path, file.metadata())?;
    if !owned::is_same(&named, &opened) {
        return io("could not open", path, irregular());
    }
    Ok(Some(file))
}

fn read_all(path: &Path) -> Result<Option<Vec<u8>>, LedgerError> {
    let Some(mut file) = open(path, OpenOptions::new().read(true))? else {
        return Ok(None);
    };
    let mut bytes = Vec::new();
    io("could not read", path, file.read_to_end(&mut bytes))?;
    Ok(Some(bytes))
}

/// Makes a folder that only its owner may enter.
fn make_folder(path: &Path) -> Result<(), LedgerError> {
    let made = owned::folder().recursive(true).create(path);
    io("could not make", path, made)
}

/// The entry of a new or renamed file outlives a crash when its folder was synced too.
fn sync_folder(path: &Path) -> Result<(), LedgerError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    io("could not write", folder, owned::sync(folder))
}

fn version(length: u64, tail: &[u8]) -> Version {
    Version(format!("{length} {}", String::from_utf8_lossy(tail)))
}

fn version_of(bytes: &[u8]) -> Version {
    let tail = &bytes[bytes.len().saturating_sub(TAIL)..];
    version(u64::try_from(bytes.len()).unwrap_or(u64::MAX), tail)
}

fn version_in(file: &mut File) -> std::io::Result<Version> {
    let length = file.metadata()?.len();
    let tail = length.min(TAIL as u64);
    file.seek(SeekFrom::Start(length - tail))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(version(length, &bytes))
}

impl Folder {
    /// The ledger in `root`, which is made when it is first written to.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            held: Mutex::default(),
        }
    }

    fn path(&self, key: &Key) -> PathBuf {
        self.root.join(key.path())
    }

    /// The files of a document up to format 3: the journal, and the snapshot beside it. What domains
    /// share stood in a folder below that of the domains.
    fn older(&self, key: &Key) -> Option<Older> {
        let Key::Document(_) = key else {
            return None;
        };
        let path = key.path();
        let journal = match path.strip_prefix(SHARED) {
            Some(name) => self.root.join(format!("{OLDER_SHARED}{name}")),
            None => self.root.join(path),
        };
        let snapshot = journal.with_extension("json");
        Some(Older { journal, snapshot })
    }

    /// The file that has a document's bytes: its own, or else an older journal.
    fn present(&self, key: &Key) -> PathBuf {
        let path = self.path(key);
        match self.older(key) {
            Some(older) if !path.exists() && older.journal.exists() => older.journal,
            _ => path,
        }
    }

    fn lock_of(&self, run: &str) -> PathBuf {
        self.root.join("runs").join(format!("{run}.lock"))
    }

    /// The lock under which objects are compared and swapped. Its content decides nothing.
    fn exclusive(&self) -> Result<File, LedgerError> {
        make_folder(&self.root)?;
        let path = self.root.join("lock");
        let mut how = owned::file();
        how.read(true).write(true);
        let file = match open(&path, &how)? {
            Some(file) => file,
            None => io(
                "could not make",
                &path,
                how.create(true).truncate(false).open(&path),
            )?,
        };
        io("could not lock", &path, file.lock())?;
        Ok(file)
    }

    /// Whether the object still has the expected version. The caller holds the lock.
    fn is_unmoved(&self, key: &Key, expected: Option<&Version>) -> Result<bool, LedgerError> {
        let path = self.present(key);
        let current = match open(&path, OpenOptions::new().read(true))? {
            Some(mut file) => Some(io("could not read", &path, version_in(&mut file))?),
            None => self
                .older(key)
                .filter(|older| older.snapshot.exists())
                .map(|_| version_of(&[])),
        };
        Ok(current.as_ref() == expected)
    }

    /// Adds bytes to a file, after its first `kept` ones.
    fn append(path: &Path, kept: usize, added: &[u8]) -> Result<(), LedgerError> {
        let gone = || Error::from(ErrorKind::NotFound);
        let file = open(path, OpenOptions::new().read(true).write(true))?;
        let mut file = io("could not open", path, file.ok_or_else(gone))?;
        let kept = u64::try_from(kept).unwrap_or(u64::MAX);
        let mut write = || {
            // Half a line of a run that died is cut, so that the next line does not join it.
            file.set_len(kept)?;
            file.seek(SeekFrom::End(0))?;
            file.write_all(added)?;
            file.sync_data()
        };
        if let Err(source) = write() {
            // A full disk: the lines before are whole, and half of one must not stay behind them.
            let _ = file.set_len(kept);
            return io("could not write", path, Err(source));
        }
        Ok(())
    }

    /// Writes a file whole or not at all.
    fn replace(path: &Path, bytes: &[u8]) -> Result<(), LedgerError> {
        if let Some(folder) = path.parent() {
            make_folder(folder)?;
        }
        let new = path.with_extension("new");
        match std::fs::remove_file(&new) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return io("could not remove", &new, Err(error));
            }
            _ => {}
        }
        let file = owned::file().write(true).create_new(true).open(&new);
        let mut file = io("could not write", &new, file)?;
        io("could not write", &new, file.write_all(bytes))?;
        io("could not write", &new, file.sync_all())?;
        io("could not write", path, std::fs::rename(&new, path))?;
        sync_folder(path)
    }

    fn names(&self, folder: &str) -> Result<Vec<String>, LedgerError> {
        let path = self.root.join(folder);
        let entries = match std::fs::read_dir(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            other => io("could not read", &path, other)?,
        };
        let mut names = Vec::new();
        for entry in entries {
            let name = io("could not read", &path, entry)?.file_name();
            names.push(name.to_string_lossy().into_owned());
        }
        names.sort();
        Ok(names)
    }
}

/// Whether a folder holds the documents of a ledger.
fn is_ledger(folder: &Path) -> bool {
    folder.join("ledger").is_dir()
}

#[async_trait]
impl Store for Folder {
    fn place(&self, key: &Key) -> String {
        self.path(key).display().to_string()
    }

    async fn list(&self) -> Result<Vec<Key>, LedgerError> {
        let mut keys = Vec::new();
        for (folder, key) in [
            ("ledger", "ledger"),
            (SHARED, SHARED),
            (OLDER_SHARED, SHARED),
        ] {
            for name in self.names(folder)? {
                // Up to format 3 a document could have a snapshot alone.
                let name = name
                    .strip_suffix(".json")
                    .map_or_else(|| name.clone(), |name| format!("{name}.jsonl"));
                keys.extend(Key::document_at(&format!("{key}/{name}")));
            }
        }
        keys.sort();
        keys.dedup();
        Ok(keys)
    }

    /// The folders beside this one.
    async fn others(&self) -> Result<Vec<(String, Box<dyn Store>)>, LedgerError> {
        let parent = self.root.parent().filter(|path| path.is_dir());
        let Some((parent, own)) = parent.zip(self.root.file_name()) else {
            return Ok(Vec::new());
        };
        let mut others: Vec<(String, Box<dyn Store>)> = Vec::new();
        for entry in io("could not read", parent, std::fs::read_dir(parent))? {
            let entry = io("could not read", parent, entry)?;
            let (path, name) = (entry.path(), entry.file_name());
            if name != own && is_ledger(&path) {
                let store = Box::new(Self::new(path));
                others.push((name.to_string_lossy().into_owned(), store));
            }
        }
        others.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(others)
    }

    async fn read(&self, key: &Key) -> Result<Option<Stored>, LedgerError> {
        let bytes = read_all(&self.present(key))?;
        let snapshot = match self.older(key) {
            Some(older) => read_all(&older.snapshot)?,
            None => None,
        };
        if bytes.is_none() && snapshot.is_none() {
            return Ok(None);
        }
        let bytes = bytes.unwrap_or_default();
        Ok(Some(Stored {
            version: version_of(&bytes),
            bytes,
            snapshot,
        }))
    }

    async fn swap(
        &self,
        key: &Key,
        expected: Option<&Version>,
        content: Content<'_>,
    ) -> Result<Version, NotSwapped> {
        let _lock = self.exclusive()?;
        if !self.is_unmoved(key, expected)? {
            return Err(NotSwapped::Moved);
        }
        let path = self.path(key);
        match content.kept {
            Some(kept) => Self::append(&path, kept, &content.bytes[kept..])?,
            None => Self::replace(&path, content.bytes)?,
        }
        // Beside a document of today's form older files say nothing any more.
        if let Some(Older { journal, snapshot }) = self.older(key) {
            let older = [journal, snapshot].into_iter();
            for old in older.filter(|old| *old != path && old.exists()) {
                io("could not remove", &old, std::fs::remove_file(&old))?;
            }
        }
        Ok(version_of(content.bytes))
    }

    async fn hold(&self, run: &str) -> Result<(), LedgerError> {
        let path = self.lock_of(run);
        if let Some(folder) = path.parent() {
            make_folder(folder)?;
        }
        let file = owned::file().write(true).create_new(true).open(&path);
        let file = io("could not make", &path, file)?;
        io("could not lock", &path, file.lock())?;
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.push((run.to_owned(), file));
        Ok(())
    }

    async fn is_held(&self, run: &str) -> Result<bool, LedgerError> {
        let path = self.lock_of(run);
        let Some(file) = open(&path, OpenOptions::new().write(true))? else {
            return Ok(false);
        };
        // Shared, so that two who ask at once do not take each other for the holder.
        match file.try_lock_shared() {
            Ok(()) => Ok(false),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(source)) => io("could not lock", &path, Err(source)),
        }
    }

    fn heartbeat(&self) -> Option<Duration> {
        None
    }
}

impl Drop for Folder {
    /// A run that ended has no lease to show. A killed one leaves its files, and nobody holds them.
    fn drop(&mut self) {
        let held = self.held.get_mut().unwrap_or_else(PoisonError::into_inner);
        for (run, _) in std::mem::take(held) {
            let _ = std::fs::remove_file(self.lock_of(&run));
            let _ = std::fs::remove_file(self.path(&Key::Run(run)));
        }
    }
}

#[cfg(test)]
mod tests;
