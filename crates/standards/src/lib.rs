//! The email standards as types: parse, print, lint.

pub mod finding;
mod quote;
pub mod rules;
pub mod tag_list;

pub use finding::{Finding, Place, Severity};
