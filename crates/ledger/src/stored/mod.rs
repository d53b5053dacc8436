//! The written form of the ledger: JSON with the number of its format, and one upgrade for each older
//! format.
//!
//! Specs and states are read into their kinds' own types here, strictly: a field that is missing or
//! not known is an error, because a default in its place would be a guess about what we own. What an
//! older format lacked is filled in by its upgrade. Whoever changes the written form of anything in
//! an entry raises [`FORMAT`] and adds an upgrade and a fixture.

mod document;
mod entry;
mod event;
mod format_1;
mod format_2;
mod format_3;
mod format_4;
mod snapshot;

#[cfg(test)]
mod tests;

use model::KindSet;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub(crate) use document::{Added, Document, Stamped};

/// The number of the format that this program writes.
pub const FORMAT: u32 = 5;

/// Why a stored text can't be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// It is not whole JSON: it was torn while it was written.
    Torn(String),
    /// A newer program wrote it.
    Newer(u32),
    /// It is whole, and is not what a ledger has.
    Malformed(String),
}

/// `json`, which has the form of `format`, in today's.
fn upgraded(json: Value, format: u32) -> Result<Value, Unreadable> {
    match format {
        FORMAT => Ok(json),
        // Format 4 frames the lines and keeps their snapshot with them; entries are as in format 3.
        4 | 3 => Ok(format_4::upgraded(json)),
        2 => upgraded(format_2::upgraded(json), 3),
        1 => upgraded(format_1::upgraded(json), 2),
        newer if newer > FORMAT => Err(Unreadable::Newer(newer)),
        _ => Err(Unreadable::Malformed("it has no known `format`".to_owned())),
    }
}

fn typed<T: DeserializeOwned>(json: Value) -> Result<T, Unreadable> {
    serde_json::from_value(json).map_err(|error| Unreadable::Malformed(error.to_string()))
}

/// Reads a document: in today's form, or the journal of an older one with its snapshot. An error has
/// the number of its line.
pub(crate) fn read(
    bytes: &[u8],
    snapshot: Option<&[u8]>,
    kinds: &KindSet,
) -> Result<Document, (usize, Unreadable)> {
    if document::is_document(bytes) {
        document::read(bytes, kinds)
    } else {
        format_3::read(bytes, snapshot, kinds)
    }
}
