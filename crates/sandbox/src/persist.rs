//! The sandbox's memory between commands: one file in a folder.
//!
//! Whoever wants to see how the world came to be makes a folder `history` beside that file: each
//! call is then a line of `history/calls.jsonl`, and in `history/worlds`, if that is there too, the
//! world after each change is a file. Tests replay them.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clock::Clock;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::stats::{Logged, Stats};
use crate::world::World;
use crate::{Desk, Inner, Sandbox};

/// Where a sandbox is kept.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

/// What is kept.
#[derive(Serialize, Deserialize)]
struct Saved<W> {
    /// The sandbox's clock, which may be ahead of the wall's.
    time: Timestamp,
    calls: u64,
    stats: Stats,
    world: W,
}

/// The folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PersistError {
    /// The file system says no.
    #[error("cannot use the sandbox's folder {path}")]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// The file is not one that this program wrote.
    #[error("cannot read {path}; `deploy sandbox reset` starts anew")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: serde_json::Error,
    },
}

impl Sandbox {
    /// The sandbox that is kept in `folder`, or else a new one with the world that `fresh` makes.
    /// Its clock goes on from where it stopped, at least from the wall clock, `speed` times as fast.
    pub fn open(
        folder: &Path,
        speed: f64,
        fresh: impl FnOnce() -> World,
    ) -> Result<Self, PersistError> {
        let wall = Clock::real().now();
        Self::open_at(
            folder,
            |saved| Clock::starting_at(saved.unwrap_or(wall).max(wall), speed),
            fresh,
        )
    }

    /// The same, with a clock that `clock` makes from the time at which the sandbox was left.
    pub fn open_at(
        folder: &Path,
        clock: impl FnOnce(Option<Timestamp>) -> Clock,
        fresh: impl FnOnce() -> World,
    ) -> Result<Self, PersistError> {
        fs::create_dir_all(folder).map_err(|source| PersistError::Folder {
            path: folder.to_owned(),
            source,
        })?;
        let folder = Folder(folder.to_owned());
        let Some(saved) = folder.read()? else {
            let sandbox = Self::with(fresh(), clock(None), Desk::default(), Some(folder));
            sandbox.save(&sandbox.world());
            return Ok(sandbox);
        };
        let desk = Desk {
            stats: saved.stats,
            calls: saved.calls,
            ..Desk::default()
        };
        Ok(Self::with(
            saved.world,
            clock(Some(saved.time)),
            desk,
            Some(folder),
        ))
    }

    /// Lets time pass in the sandbox that is kept in `folder`, without waiting for it. Only while
    /// nobody has it open: a clock that runs can't be set.
    pub fn advance(
        folder: &Path,
        time: std::time::Duration,
    ) -> Result<Option<Timestamp>, PersistError> {
        let folder = Folder(folder.to_owned());
        let Some(saved) = folder.read()? else {
            return Ok(None);
        };
        let later = saved.time.max(Clock::real().now()) + time;
        let desk = Desk {
            stats: saved.stats,
            calls: saved.calls,
            ..Desk::default()
        };
        folder
            .write(&saved.world, &desk, later)
            .map_err(|source| PersistError::Folder {
                path: folder.0.clone(),
                source,
            })?;
        Ok(Some(later))
    }

    /// Forgets what is kept in `folder`.
    pub fn reset(folder: &Path) -> Result<(), PersistError> {
        match fs::remove_file(file(folder)) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => Err(PersistError::Folder {
                path: folder.to_owned(),
                source,
            }),
            _ => Ok(()),
        }
    }

    /// Saves the world, if this sandbox is kept. A full disk ends the process: an AWS that forgets
    /// what it said would be worse.
    pub(crate) fn save(&self, world: &World) {
        if let Some(folder) = &self.0.folder {
            let desk = self.desk();
            folder
                .write(world, &desk, self.0.clock.now())
                .expect("the sandbox's folder can be written");
        }
    }
}

impl Sandbox {
    /// Counts a call, and writes it down if somebody wants the history.
    pub(crate) fn record(&self, logged: Logged) {
        if let Some(folder) = &self.0.folder {
            folder
                .note(&logged)
                .expect("the sandbox's history can be written");
        }
        self.desk().stats.record(logged);
    }
}

/// Reads are counted too, and saved at the end: losing them to a kill loses nothing.
impl Drop for Inner {
    fn drop(&mut self) {
        if let (Some(folder), Ok(world), Ok(desk)) =
            (&self.folder, self.world.get_mut(), self.desk.get_mut())
        {
            let _ = folder.write(world, desk, self.clock.now());
        }
    }
}

impl Folder {
    fn read(&self) -> Result<Option<Saved<World>>, PersistError> {
        let path = file(&self.0);
        #[expect(
            clippy::disallowed_methods,
            reason = "the sandbox keeps its world in a file"
        )]
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(PersistError::Folder { path, source }),
        };
        serde_json::from_slice(&text)
            .map(Some)
            .map_err(|source| PersistError::Unreadable { path, source })
    }

    /// Writes beside the file and then over it, so that a kill leaves the old one or the new one.
    fn write(&self, world: &World, desk: &Desk, time: Timestamp) -> io::Result<()> {
        let saved = Saved {
            time,
            calls: desk.calls,
            stats: desk.stats.clone(),
            world,
        };
        let text = serde_json::to_vec(&saved)?;
        let beside = self.0.join("world.json.new");
        #[expect(
            clippy::disallowed_methods,
            reason = "the sandbox keeps its world in a file"
        )]
        fs::write(&beside, text)?;
        let worlds = self.0.join("history/worlds");
        if worlds.is_dir() {
            fs::copy(&beside, worlds.join(format!("{:08}.json", desk.calls)))?;
        }
        fs::rename(beside, file(&self.0))
    }

    fn note(&self, logged: &Logged) -> io::Result<()> {
        let history = self.0.join("history");
        if !history.is_dir() {
            return Ok(());
        }
        let line = serde_json::to_string(logged)?;
        let path = history.join("calls.jsonl");
        let mut calls = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)?;
        writeln!(calls, "{line}")
    }
}

fn file(folder: &Path) -> PathBuf {
    folder.join("world.json")
}
