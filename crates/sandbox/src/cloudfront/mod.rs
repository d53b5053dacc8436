//! Amazon CloudFront: REST XML of 2020-05-31, and the edge that serves what it was told.
//!
//! What it does not emulate is a table in the README of the crate.

mod access_control;
mod aliases;
mod certificate;
mod checks;
mod distribution;
pub mod edge;
mod error;
mod ids;
mod invalidation;
mod origin;
pub mod policies;
mod print;
mod routes;
pub mod schema;
pub mod shapes;
mod state;
mod tags;
mod wire;
pub mod xml;

pub use access_control::OriginAccessControl;
pub use distribution::Distribution;
pub use invalidation::Invalidation;
pub use state::{Account, Limits, State};
pub use wire::CloudFront;

use jiff::Timestamp;

use crate::world::World;

/// Lets distributions be deployed and invalidations complete.
pub fn advance(world: &mut World, now: Timestamp) {
    for distribution in world.cloudfront.all_mut() {
        distribution.advance(now);
    }
}

#[cfg(test)]
mod tests;
