//! The embedded AWS: in-process, and as a local server with real DNS and HTTPS in front.
//!
//! A request arrives signed, as the SDK sent it. [`Sandbox::call`] waits the
//! latency of an API call, checks who signed it, keeps to the quotas, injects the
//! faults that were asked for, and hands it to a [`service::Service`], which knows
//! one AWS service: its wire protocol, and apart from that its state.
//! Everything is decided from the world's state, the call and the time.
//!
#![doc = include_str!("../README.md")]

pub mod acm;
mod auth;
pub mod ca;
pub mod call;
pub mod cloudfront;
mod connector;
mod credentials;
mod denial;
pub mod dns;
pub mod faults;
mod handle;
mod https;
pub mod iam;
mod paging;
mod persist;
mod query;
pub mod quotas;
pub mod route53;
pub mod s3;
mod serve;
pub mod service;
pub mod ses;
pub mod smtp;
pub mod stats;
pub mod sts;
pub mod tagging;
pub mod web;
pub mod world;
pub mod world_file;

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use clock::Clock;

use crate::persist::Folder;
pub use crate::persist::{Kept, PersistError};
use crate::stats::Stats;
use crate::world::World;

/// An AWS of one's own. Cheap to clone; all clones share one world.
#[derive(Clone)]
pub struct Sandbox(Arc<Inner>);

struct Inner {
    clock: Clock,
    world: Mutex<World>,
    desk: Mutex<Desk>,
    folder: Option<Folder>,
    /// Whether the world was changed by hand since it was last written whole.
    touched: AtomicBool,
}

/// The world, for whoever looks at it or changes it by hand. Calls wait meanwhile.
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

/// What the sandbox knows about its callers. It is no part of the world.
#[derive(Default)]
struct Desk {
    stats: Stats,
    /// Calls so far, ever: request ids and latencies follow from it.
    calls: u64,
    buckets: quotas::Buckets,
    faults: faults::Seen,
    /// The world before the last change, kept while stale reads can happen.
    before: Option<Box<World>>,
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

    fn with(world: World, clock: Clock, desk: Desk, folder: Option<Folder>) -> Self {
        Self(Arc::new(Inner {
            clock,
            world: Mutex::new(world),
            desk: Mutex::new(desk),
            folder,
            touched: AtomicBool::new(false),
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

    /// The world as strangers see it now: without what SES has seen since it was last asked, which
    /// shows in no DNS and on no website.
    fn public_world(&self) -> MutexGuard<'_, World> {
        let mut world = self.lock();
        world.advance_shared(self.0.clock.now());
        world
    }

    /// The world as it was left.
    fn lock(&self) -> MutexGuard<'_, World> {
        self.0.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was called until now.
    pub fn stats(&self) -> Stats {
        self.desk().stats.clone()
    }

    /// Adds an account, with roles that can be assumed from any other.
    pub fn seed_account(&self, id: &str, roles: &[&str]) {
        self.world().sts.seed_account(id, roles);
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.0.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
