//! Keeps a sandbox in its folder: opens it, writes each change down, and writes the world whole at the
//! end of a command.

use std::fs;
use std::path::Path;
use std::sync::atomic::Ordering;

use clock::Clock;
use jiff::Timestamp;

use crate::bodies::Files;
use crate::call::Call;
use crate::persist::{Event, Folder, Kept, PersistError, read};
use crate::sandbox::{Desk, Inner, Sandbox};
use crate::stats::Logged;
use crate::world::World;

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
        let opened = Folder::open(folder)?;
        let Some((kept, journal)) = read(folder)? else {
            let sandbox = Self::with(fresh(), clock(None), Desk::default(), Some(opened));
            sandbox.save(&sandbox.lock());
            return Ok(sandbox);
        };
        let removed = opened.files().keep_only(&kept.world.s3.files());
        removed
            .and_then(|()| opened.go_on(&journal))
            .map_err(|source| PersistError::Folder {
                path: folder.to_owned(),
                source,
            })?;
        let desk = Desk {
            stats: kept.stats,
            calls: kept.calls,
            ..Desk::default()
        };
        Ok(Self::with(
            kept.world,
            clock(Some(kept.time)),
            desk,
            Some(opened),
        ))
    }

    /// Lets time pass in the sandbox that is kept in `folder`, without waiting for it. Only while
    /// nobody has it open: a clock that runs can't be set.
    pub fn advance(
        folder: &Path,
        time: std::time::Duration,
    ) -> Result<Option<Timestamp>, PersistError> {
        let Some(mut kept) = Kept::read(folder)? else {
            return Ok(None);
        };
        kept.time = kept.time.max(Clock::real().now()) + time;
        kept.write(folder)?;
        Ok(Some(kept.time))
    }

    /// Forgets what is kept in `folder`, and removes it. A sandbox that is in use is refused: its
    /// process would go on in files that nobody sees, and write them again at its end.
    pub fn reset(folder: &Path) -> Result<(), PersistError> {
        if !folder.exists() {
            return Ok(());
        }
        let opened = Folder::open(folder)?;
        let removed = fs::remove_dir_all(folder);
        drop(opened);
        removed.map_err(|source| PersistError::Folder {
            path: folder.to_owned(),
            source,
        })
    }

    /// The files of large objects, if this sandbox is kept.
    pub(crate) fn files(&self) -> Option<&Files> {
        self.0.folder.as_ref().map(Folder::files)
    }

    /// Writes the world whole, if this sandbox is kept. A full disk ends the process: an AWS that
    /// forgets what it said would be worse.
    pub(crate) fn save(&self, world: &World) {
        if let Some(folder) = &self.0.folder {
            self.0.touched.store(false, Ordering::Relaxed);
            let desk = self.desk();
            folder
                .replace(desk.kept(world, self.0.clock.now()))
                .expect("the sandbox's folder can be written");
        }
    }

    /// Writes a change down, if this sandbox is kept: while its world is still locked, so that the
    /// journal has the changes in their order.
    pub(crate) fn keep(&self, world: &World, call: &Call) {
        let Some(folder) = &self.0.folder else { return };
        // What was changed by hand is in no call, and a private key is not written down at all: the
        // world has its public half alone.
        let by_hand = self.0.touched.load(Ordering::Relaxed);
        if by_hand || folder.is_long() || carries_private_key(call) {
            return self.save(world);
        }
        folder
            .append(Event::change(call))
            .expect("the sandbox's folder can be written");
        if folder.wants_worlds() {
            let desk = self.desk();
            folder
                .note_world(&desk.kept(world, self.0.clock.now()))
                .expect("the sandbox's history can be written");
        }
    }

    /// Counts a call, and writes it down if somebody wants the history.
    pub(crate) fn record(&self, logged: Logged) {
        let mut desk = self.desk();
        if let Some(folder) = &self.0.folder {
            folder
                .note_call(&logged)
                .expect("the sandbox's history can be written");
            folder
                .append(Event::Call(Box::new(logged.clone())))
                .expect("the sandbox's folder can be written");
        }
        desk.stats.record(logged);
    }
}

/// Whether a call brings a private key: DKIM of one's own (BYODKIM) in SES v2.
fn carries_private_key(call: &Call) -> bool {
    const NAME: &[u8] = b"DomainSigningPrivateKey";
    call.service == "ses" && call.body.windows(NAME.len()).any(|window| window == NAME)
}

impl Desk {
    /// The state to keep, but for the number of the journal's last line, which the folder knows.
    fn kept<'a>(&self, world: &'a World, time: Timestamp) -> Kept<&'a World> {
        Kept {
            time,
            calls: self.calls,
            lines: 0,
            stats: self.stats.clone(),
            world,
        }
    }
}

/// At the end of a command the world is written whole, so that the next one begins at once.
impl Drop for Inner {
    fn drop(&mut self) {
        if let (Some(folder), Ok(world), Ok(desk)) =
            (&self.folder, self.world.get_mut(), self.desk.get_mut())
        {
            let kept = folder.replace(desk.kept(world, self.clock.now()));
            if kept.is_ok() {
                let _ = folder.files().keep_only(&world.s3.files());
            }
        }
    }
}
