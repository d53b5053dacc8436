//! The email standards as types: parse, print, lint.

pub mod finding;
pub mod rules;

pub use finding::{Finding, Place, Severity};
