//! The ledger in a local folder: a document and a journal for each domain, and a lock.
//!
//! ```text
//! .deploy/lock                        who is at work
//! .deploy/ledger/example.com.json     the snapshot
//! .deploy/ledger/example.com.jsonl    the lines since
//! .deploy/ledger/shared/KIND-NAME.json    what domains share, and the domains that hold it
//! ```

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use model::id::SHARED;
use model::{DomainLedger, KindSet};

use crate::event::{Line, fold};
use crate::journal::{Holder, LedgerError, Store};
use crate::stored::{self, Unreadable};

/// A ledger in a local folder.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    /// The system lets go of the lock when the process ends, however it ends.
    lock: Mutex<Option<File>>,
}

fn io<T>(what: &'static str, path: &Path, result: std::io::Result<T>) -> Result<T, LedgerError> {
    result.map_err(|source| LedgerError::Io {
        what,
        path: path.display().to_string(),
        source,
    })
}

impl Folder {
    /// The ledger in `root`, which is made when it is first written to.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            lock: Mutex::new(None),
        }
    }

    fn documents(&self) -> PathBuf {
        self.root.join("ledger")
    }

    /// A domain's file. Domain names have no character that a file's name can't have, but `*`.
    fn file(&self, domain: &str, ending: &str) -> PathBuf {
        self.documents()
            .join(format!("{}.{ending}", domain.replace('*', "_wildcard")))
    }

    /// Takes half a line off the end of a journal, so that the next line does not join it. Only the
    /// holder of the lock writes.
    fn cut(&self, path: &Path, length: usize) -> Result<(), LedgerError> {
        if self
            .lock
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_none()
        {
            return Ok(());
        }
        let file = io(
            "could not open",
            path,
            OpenOptions::new().write(true).open(path),
        )?;
        let whole = io("could not read", path, file.metadata())?.len();
        let rest = whole.saturating_sub(u64::try_from(length).unwrap_or(0));
        io("could not write", path, file.set_len(rest))
    }

    fn load_domain(
        &self,
        domain: &str,
        kinds: &KindSet,
    ) -> Result<(DomainLedger, u64), LedgerError> {
        let path = self.file(domain, "json");
        let (mut ledger, mut number) = match read(&path)? {
            None => (DomainLedger::default(), 0),
            Some(text) => stored::read_snapshot(&text, kinds)
                .map_err(|error| LedgerError::unreadable(&path, 1, error))?,
        };
        let path = self.file(domain, "jsonl");
        let text = read(&path)?.unwrap_or_default();
        let lines: Vec<&[u8]> = text.split_inclusive(|octet| *octet == b'\n').collect();
        for (index, line) in lines.iter().enumerate() {
            let line = match stored::read_line(line, kinds) {
                Ok(line) => line,
                // The last line of a run that died while it wrote: its call was never made.
                Err(Unreadable::Torn(_)) if index + 1 == lines.len() => {
                    self.cut(&path, line.len())?;
                    break;
                }
                Err(error) => return Err(LedgerError::unreadable(&path, index + 1, error)),
            };
            if line.number > number {
                fold(&mut ledger, &line);
                number = line.number;
            }
        }
        Ok((ledger, number))
    }
}

/// The names of the documents in a folder.
fn names_in(folder: &Path) -> Result<BTreeSet<String>, LedgerError> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(BTreeSet::new()),
        other => io("could not read", folder, other)?,
    };
    let mut names = BTreeSet::new();
    for entry in entries {
        let name = io("could not read", folder, entry)?
            .file_name()
            .to_string_lossy()
            .into_owned();
        let name = name
            .strip_suffix(".jsonl")
            .or_else(|| name.strip_suffix(".json"));
        names.extend(name.map(|name| name.replace("_wildcard", "*")));
    }
    Ok(names)
}

/// The bytes of a file: a torn line may end inside a character.
#[expect(clippy::disallowed_methods, reason = "the store of a local folder")]
fn read(path: &Path) -> Result<Option<Vec<u8>>, LedgerError> {
    match std::fs::read(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        other => io("could not read", path, other).map(Some),
    }
}

/// Writes a file whole or not at all.
fn replace(path: &Path, text: &str) -> Result<(), LedgerError> {
    let new = path.with_extension("new");
    let mut file = io("could not write", &new, File::create(&new))?;
    io("could not write", &new, file.write_all(text.as_bytes()))?;
    io("could not write", &new, file.sync_all())?;
    io("could not write", path, std::fs::rename(&new, path))
}

#[async_trait]
impl Store for Folder {
    async fn lock(&self, name: &str, now: Timestamp) -> Result<Holder, LedgerError> {
        io(
            "could not make",
            &self.documents(),
            std::fs::create_dir_all(self.documents().join(SHARED)),
        )?;
        let path = self.root.join("lock");
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path);
        let file = io("could not open", &path, file)?;
        let last: Option<Holder> = read(&path)?.and_then(|text| serde_json::from_slice(&text).ok());
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let (holder, since) =
                    last.map_or(("somebody".to_owned(), now), |last| (last.name, last.since));
                return Err(LedgerError::Locked { holder, since });
            }
            Err(TryLockError::Error(source)) => return io("could not lock", &path, Err(source)),
        }
        let fence = last.map_or(0, |last| last.fence) + 1;
        let holder = Holder {
            name: name.to_owned(),
            since: now,
            fence,
        };
        let text = serde_json::to_string(&holder).unwrap_or_default();
        io("could not write", &path, file.set_len(0))?;
        io("could not write", &path, (&file).write_all(text.as_bytes()))?;
        *self.lock.lock().unwrap_or_else(PoisonError::into_inner) = Some(file);
        Ok(holder)
    }

    async fn load(&self, kinds: &KindSet) -> Result<Vec<(String, DomainLedger, u64)>, LedgerError> {
        let mut domains = names_in(&self.documents())?;
        let shared = names_in(&self.documents().join(SHARED))?;
        domains.extend(shared.iter().map(|name| format!("{SHARED}/{name}")));
        let load = |domain: String| {
            let (ledger, number) = self.load_domain(&domain, kinds)?;
            Ok((domain, ledger, number))
        };
        domains.into_iter().map(load).collect()
    }

    async fn append(&self, domain: &str, line: &Line) -> Result<(), LedgerError> {
        let path = self.file(domain, "jsonl");
        let file = OpenOptions::new().create(true).append(true).open(&path);
        let mut file = io("could not open", &path, file)?;
        let text = stored::write_line(line);
        io(
            "could not write",
            &path,
            file.write_all(format!("{text}\n").as_bytes()),
        )?;
        io("could not write", &path, file.sync_data())
    }

    async fn compact(
        &self,
        domain: &str,
        ledger: &DomainLedger,
        number: u64,
    ) -> Result<(), LedgerError> {
        let text = stored::write_snapshot(ledger, number);
        replace(&self.file(domain, "json"), &text)?;
        let journal = self.file(domain, "jsonl");
        match std::fs::remove_file(&journal) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            other => io("could not remove", &journal, other),
        }
    }
}

#[cfg(test)]
mod tests {
    use clock::Clock;

    use super::*;
    use crate::{Event, FORMAT, Journal};

    fn clock() -> Clock {
        Clock::starting_at(Timestamp::UNIX_EPOCH, 1.0)
    }

    async fn open(root: &Path) -> Result<Journal, LedgerError> {
        Journal::open(Box::new(Folder::new(root)), &kinds::pure(), clock(), "test").await
    }

    fn accepted(rule: &str) -> Event {
        Event::Accepted {
            rule: rule.to_owned(),
        }
    }

    #[tokio::test]
    async fn what_was_written_is_there_after_a_run_that_died() {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = open(folder.path()).await.expect("opens");
        journal
            .record("example.com", accepted("STS-O04"))
            .await
            .expect("writes");
        // Dies here: no close. The next line was being written.
        drop(journal);
        let path = folder.path().join("ledger/example.com.jsonl");
        let mut file = OpenOptions::new().append(true).open(path).expect("opens");
        file.write_all(b"{\"format\":1,\"num").expect("writes");
        drop(file);

        let journal = open(folder.path()).await.expect("opens again");
        journal
            .record("example.com", accepted("STS-P16"))
            .await
            .expect("writes after the broken line");
        drop(journal);
        let journal = open(folder.path()).await.expect("opens a third time");
        let ledger = journal.ledger().await;
        let rules: Vec<&str> = ledger.domains["example.com"]
            .accepted
            .iter()
            .map(|(rule, _)| rule.as_str())
            .collect();
        assert_eq!(rules, ["STS-O04", "STS-P16"]);
        journal.close().await.expect("closes");
        let journal = open(folder.path()).await.expect("opens the snapshot");
        assert_eq!(journal.ledger().await, ledger);
    }

    #[tokio::test]
    async fn two_runs_do_not_write_at_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = open(folder.path()).await.expect("opens");
        let second = open(folder.path()).await;
        assert!(matches!(second, Err(LedgerError::Locked { holder, .. }) if holder == "test"));
        drop(first);
        open(folder.path())
            .await
            .expect("the lock went with its holder");
    }

    #[tokio::test]
    async fn a_newer_format_is_refused_not_misread() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir_all(folder.path().join("ledger")).expect("a folder");
        let text = format!(
            "{{\"format\":{},\"number\":1,\"ledger\":{{\"entries\":{{}},\"retired\":[],\"serving\":null,\"cached_until\":null,\"accepted\":[]}}}}",
            FORMAT + 1
        );
        #[expect(clippy::disallowed_methods, reason = "a test makes its own files")]
        std::fs::write(folder.path().join("ledger/example.com.json"), text).expect("writes");
        let error = open(folder.path()).await.err().expect("refuses");
        assert!(error.to_string().contains("newer deploy"), "{error}");
    }
}
