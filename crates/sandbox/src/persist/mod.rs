//! The sandbox's memory between commands: a folder with the world as it was, and a journal of the
//! calls since then.
//!
//! Everything in a world follows from its state, the call and the time. So a call that changed
//! something is kept by writing the call down, which costs the same however large the world is. Whoever
//! opens the folder after a kill carries the calls out again. When the journal has grown longer than
//! the world, and at the end of a command, the world is written whole and the journal begins anew.
//!
//! Whoever wants to see how the world came to be makes a folder `history` beside that file: each
//! call is then a line of `history/calls.jsonl`, and in `history/worlds`, if that is there too, the
//! world after each change is a file. Tests replay them.

mod folder;
mod journal;

use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::stats::Stats;
use crate::world::World;

pub(crate) use folder::{Folder, read};
pub(crate) use journal::Event;

/// The part of a sandbox that is kept between commands.
#[derive(Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Kept<W = World> {
    /// The time that the sandbox's clock showed, which may be ahead of the wall's.
    pub time: Timestamp,
    /// How many calls there were, ever.
    pub(crate) calls: u64,
    /// The number of the last line of the journal that the world has in it.
    #[serde(default)]
    pub(crate) lines: u64,
    /// The counts of the calls.
    pub stats: Stats,
    /// Everything there was.
    pub world: W,
}

/// The folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PersistError {
    /// The file system says no.
    #[error("cannot use the sandbox's folder {path}")]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// Its error.
        source: io::Error,
    },
    /// The file is not one that this program wrote.
    #[error("cannot read {path}; `deploy sandbox reset` starts anew")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The place and the reason.
        source: serde_json::Error,
    },
    /// Another process has the sandbox open.
    #[error(
        "the sandbox in {path} is in use by another command (`deploy sandbox serve`?): wait until it ends, or end it"
    )]
    InUse {
        /// The folder.
        path: PathBuf,
    },
}

impl Kept {
    /// The state that is kept in `folder`, to read it: whoever has it open is not disturbed.
    pub fn read(folder: &Path) -> Result<Option<Self>, PersistError> {
        Ok(read(folder)?.map(|(kept, _)| kept))
    }

    /// Keeps this in `folder` instead, while nobody has it open.
    pub fn write(&self, folder: &Path) -> Result<(), PersistError> {
        let Self {
            time,
            calls,
            lines,
            stats,
            world,
        } = self;
        let kept = Kept {
            time: *time,
            calls: *calls,
            lines: *lines,
            stats: stats.clone(),
            world,
        };
        let opened = Folder::open(folder)?;
        opened.replace(kept).map_err(|source| PersistError::Folder {
            path: folder.to_owned(),
            source,
        })
    }
}
