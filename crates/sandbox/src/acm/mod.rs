//! AWS Certificate Manager: JSON 1.1, one state for each account and region.
//!
//! What it does not emulate is a table in the README of the crate.

mod caa;
mod detail;
mod environment;
mod error;
mod leaf;
mod list;
mod names;
mod state;
mod tags;
mod validation;
mod wire;

pub use environment::Environment;
pub use state::{
    Certificate, DomainValidation, Limits, Method, RequestedCertificate, State, Status,
};
pub use validation::{ValidationRecord, advance};
pub use wire::Acm;
pub(crate) use wire::handle;

#[cfg(test)]
mod tests;
