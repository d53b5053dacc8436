//! Route 53: hosted zones, their records, and changes on the way to all servers.
//!
//! What it does not emulate is a table in the README of the crate.

pub(crate) mod batch;
pub(crate) mod draft;
mod error;
mod rdata;
pub mod record_set;
pub mod records;
mod state;
mod tags;
mod wire;
mod zone;

use jiff::SignedDuration;

pub use batch::CLOUDFRONT_ZONE;
pub use draft::ChangeBatch;
pub use error::Error;
pub use state::{Caller, ChangeInfo, NewZone, State};
pub use wire::Route53;
pub(crate) use wire::{condition_keys, handle};
pub use zone::{Vpc, Zone};

use crate::delays::Delays;

/// For how long a change keeps its zone busy. Two callers at once meet; one that waits for its
/// answer before the next call never does, because that call takes at least this long.
fn busy(delays: &Delays) -> SignedDuration {
    delays.call_shortest
}

#[cfg(test)]
mod tests;
