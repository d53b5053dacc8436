//! Sessions and their requests: against the sandbox, and against a network that answers as it is told.
#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on says so by panicking"
)]

mod granted;
mod pace;
mod publish;
mod reader;
mod regions;
mod repeat;
mod simulator;
mod stand;
mod surroundings;
mod trail;
