//! The sandbox itself: one world, its clock, and the record of its callers.

use std::collections::BTreeSet;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use clock::Clock;
use jiff::Timestamp;
use tokio::sync::Notify;

use crate::persist::Folder;
use crate::stale::Stale;
use crate::stats::Stats;
use crate::world::World;
use crate::{faults, quotas};

/// An AWS of one's own. Cheap to clone; all clones share one world.
#[derive(Clone)]
pub struct Sandbox(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) clock: Clock,
    pub(crate) world: Mutex<World>,
    pub(crate) desk: Mutex<Desk>,
    pub(crate) folder: Option<Folder>,
    /// Whether the world was changed by hand since it was last written whole.
    pub(crate) touched: AtomicBool,
    pub(crate) watcher: OnceLock<Box<Watcher>>,
    pub(crate) killed: OnceLock<Notify>,
}

/// Is told of the world after each call that changed it, and of the time.
type Watcher = dyn Fn(&World, Timestamp) + Send + Sync;

/// The world, for whoever reads it or changes it by hand. Calls wait meanwhile.
pub struct Held<'a> {
    world: MutexGuard<'a, World>,
    touched: &'a AtomicBool,
}

impl Deref for Held<'_> {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl DerefMut for Held<'_> {
    fn deref_mut(&mut self) -> &mut World {
        self.touched.store(true, Ordering::Relaxed);
        &mut self.world
    }
}

/// The sandbox's knowledge about its callers. It is no part of the world.
#[derive(Default)]
pub(crate) struct Desk {
    pub(crate) stats: Stats,
    /// Calls so far, ever: request ids and latencies follow from it.
    pub(crate) calls: u64,
    pub(crate) buckets: quotas::Buckets,
    pub(crate) faults: faults::Seen,
    /// Answers from before a change that the weather still gives.
    pub(crate) stale: Stale,
    /// The refusals that the weather has once, as far as callers have met them.
    pub(crate) met: BTreeSet<String>,
    /// The world before the last change, and when that was; kept while stale reads can happen.
    pub(crate) before: Option<(Box<World>, Timestamp)>,
    /// How many faults were injected.
    pub(crate) injected: u64,
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Sandbox").finish_non_exhaustive()
    }
}

impl Sandbox {
    /// A sandbox that holds `world` and lives by `clock`. It forgets everything when it is dropped.
    pub fn new(world: World, clock: Clock) -> Self {
        Self::with(world, clock, Desk::default(), None)
    }

    pub(crate) fn with(world: World, clock: Clock, desk: Desk, folder: Option<Folder>) -> Self {
        Self(Arc::new(Inner {
            clock,
            world: Mutex::new(world),
            desk: Mutex::new(desk),
            folder,
            touched: AtomicBool::new(false),
            watcher: OnceLock::new(),
            killed: OnceLock::new(),
        }))
    }

    /// The clock it lives by.
    pub fn clock(&self) -> Clock {
        self.0.clock
    }

    /// The world as it is now, everything due having happened.
    pub fn world(&self) -> Held<'_> {
        let mut world = self.lock();
        world.advance(self.0.clock.now());
        Held {
            world,
            touched: &self.0.touched,
        }
    }

    /// The world as external observers see it now: without what SES has seen since it was last asked, which
    /// shows in no DNS and on no website.
    pub(crate) fn public_world(&self) -> MutexGuard<'_, World> {
        let mut world = self.lock();
        world.advance_shared(self.0.clock.now());
        world
    }

    /// The world as it was left.
    pub(crate) fn lock(&self) -> MutexGuard<'_, World> {
        self.0.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The counts of the calls until now.
    pub fn stats(&self) -> Stats {
        self.desk().stats.clone()
    }

    /// How many faults were injected until now.
    pub fn injected(&self) -> u64 {
        self.desk().injected
    }

    /// Tells `watcher` of the world after each call that changes it. There is one watcher; a second
    /// one is never told.
    pub fn watch(&self, watcher: impl Fn(&World, Timestamp) + Send + Sync + 'static) {
        // The first one stays.
        let _ = self.0.watcher.set(Box::new(watcher));
    }

    /// Waits until a fault kills the caller. From the first call of this function on such a fault no
    /// longer ends the process: the call is never answered, and whoever waits here drops the caller,
    /// as a kill would.
    pub async fn killed(&self) {
        self.0.killed.get_or_init(Notify::new).notified().await;
    }

    /// Adds an account, with roles that can be assumed from any other.
    pub fn seed_account(&self, id: &str, roles: &[&str]) {
        self.world().sts.seed_account(id, roles);
    }

    pub(crate) fn desk(&self) -> MutexGuard<'_, Desk> {
        self.0.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
