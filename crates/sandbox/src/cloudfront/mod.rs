//! Amazon CloudFront: REST XML of 2020-05-31, and the edge that serves what it was told.
//!
//! | not emulated | instead |
//! |---|---|
//! | cache, origin request and response headers policies of one's own | only the managed ones exist |
//! | functions, key groups, field-level encryption, real-time logs, web ACLs | kept and given back, without effect |
//! | origin access identities | `InvalidOriginAccessIdentity` |
//! | origins other than S3 buckets with an origin access control | 502, or 403 for a bucket without one |
//! | staging, tenants, connection groups, anycast lists | kept and given back, without effect |
//! | compression, ranges, query strings in the cache key, CORS answers | objects are served as they are |
//! | log files | none are written, but the bucket must be one that logs can be delivered to |
//! | many edges | one |

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
