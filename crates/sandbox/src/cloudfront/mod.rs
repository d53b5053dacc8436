//! Amazon CloudFront: REST XML of 2020-05-31, and the edge that serves what it was told.
//!
//! What it does not emulate is a table in the README of the crate.

mod access_control;
mod access_controls;
mod aliases;
mod certificate;
mod checks;
mod config;
mod distribution;
mod distributions;
pub mod edge;
mod environment;
mod error;
mod ids;
mod invalidation;
mod invalidations;
mod kept;
mod origin;
mod owned;
pub mod policies;
mod print;
mod routes;
pub mod schema;
pub mod shapes;
mod state;
mod tags;
mod version;
mod wire;
pub mod xml;

pub use access_control::OriginAccessControl;
pub use distribution::Distribution;
pub use environment::Environment;
pub(crate) use error::{certificate_unusable, other_version};
pub use invalidation::Invalidation;
pub use owned::Owned;
pub use state::{Account, Limits, State};
pub use wire::CloudFront;
pub(crate) use wire::handle;

use jiff::Timestamp;

/// Lets distributions be deployed and invalidations complete.
pub fn advance(state: &mut State, now: Timestamp) {
    for distribution in state.all_mut() {
        distribution.advance(now);
    }
}

#[cfg(test)]
mod tests;
