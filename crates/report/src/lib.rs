//! Plans, findings, drift, status and records as text, JSON, Markdown, SARIF, JUnit and more.
//!
//! Everything here is pure: a function takes what it shows and gives back a string or a JSON value.
//! Text is laid out for a terminal of [`WIDTH`] columns and coloured by a [`Palette`], which may be
//! plain. What came from DNS, from AWS or from a file goes through [`escape`] before it is shown, so
//! that nothing from outside can move a cursor or colour a terminal.

mod action_text;
mod escape;
mod fields;
pub mod finding_text;
mod fold;
mod page;
mod palette;
mod plan_text;
mod value;
mod words;

#[cfg(test)]
mod test_support;

pub use escape::{escape, json_text};
pub use finding_text::findings_text;
pub use palette::Palette;
pub use plan_text::plan_text;

/// The columns of a terminal that text is laid out for.
pub const WIDTH: usize = 100;
