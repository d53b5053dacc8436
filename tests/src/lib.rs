//! The common parts of the end-to-end and conformance tests: the repository's files, a served sandbox,
//! another emulation of AWS, and other people's tools.
#![expect(
    clippy::disallowed_methods,
    reason = "tests stand where cli stands: they read files and the environment"
)]

mod history;
pub mod moment;
pub mod moto;
pub mod name_server;
pub mod other_hands;
pub mod place;
pub mod repository;
pub mod served;
pub mod serving;
pub mod shell;
pub mod stopping;
mod store;
pub mod terminal;
pub mod tools;
pub mod trials;
pub mod workflow;
pub mod zone;
