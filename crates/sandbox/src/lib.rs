//! The embedded AWS: in-process, and as a local server with real DNS and HTTPS in front.
//!
//! A request arrives signed, as the SDK sent it. [`Sandbox::call`] waits the
//! latency of an API call, checks who signed it, keeps to the quotas, injects the
//! faults that were asked for, and hands it to a [`service::Service`], which knows
//! one AWS service: its wire protocol, and apart from that its state.
//! Everything is decided from the world's state, the call and the time.

pub mod acm;
pub mod call;
pub mod cloudfront;
pub mod dns;
pub mod route53;
pub mod s3;
pub mod service;
pub mod ses;
pub mod sts;
pub mod world;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use clock::Clock;

use crate::call::Reply;
use crate::world::World;

/// An AWS of one's own. Cheap to clone; all clones share one world.
#[derive(Clone)]
pub struct Sandbox {
    clock: Clock,
    world: Arc<Mutex<World>>,
}

impl Sandbox {
    /// A sandbox that holds `world` and lives by `clock`.
    pub fn new(world: World, clock: Clock) -> Self {
        Self {
            clock,
            world: Arc::new(Mutex::new(world)),
        }
    }

    /// The clock it lives by.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// The world as it is now, everything due having happened.
    pub fn world(&self) -> MutexGuard<'_, World> {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        world.advance(self.clock.now());
        world
    }

    /// Answers one HTTP request to an AWS endpoint.
    pub async fn call(&self, _request: http::Request<Bytes>) -> Reply {
        unimplemented!("helper sb-core writes this")
    }
}
