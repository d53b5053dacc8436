//! The written form of the ledger: JSON with the number of its format, and one upgrade for each older
//! format.
//!
//! Specs and states are read into their kinds' own types here, strictly: a field that is missing or
//! not known is an error, because a default in its place would be a guess about what we own. What an
//! older format lacked is filled in by its upgrade. Whoever changes the written form of anything in
//! an entry raises [`FORMAT`] and adds an upgrade and a fixture.

mod entry;
mod event;
mod format_1;
mod format_2;
mod snapshot;

#[cfg(test)]
mod tests;

use model::{DomainLedger, KindSet};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::event::Line;

/// The number of the format that this program writes.
pub const FORMAT: u32 = 3;

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

/// The JSON of `text` in today's format.
fn current(text: &[u8]) -> Result<Value, Unreadable> {
    let json: Value =
        serde_json::from_slice(text).map_err(|error| Unreadable::Torn(error.to_string()))?;
    // The format is read before anything else: a newer one may mean all else differently.
    let format = json.get("format").and_then(Value::as_u64);
    match format.and_then(|format| u32::try_from(format).ok()) {
        Some(FORMAT) => Ok(json),
        Some(1) => Ok(format_2::upgraded(format_1::upgraded(json))),
        Some(2) => Ok(format_2::upgraded(json)),
        Some(newer) if newer > FORMAT => Err(Unreadable::Newer(newer)),
        _ => Err(Unreadable::Malformed("it has no known `format`".to_owned())),
    }
}

fn typed<T: DeserializeOwned>(json: Value) -> Result<T, Unreadable> {
    serde_json::from_value(json).map_err(|error| Unreadable::Malformed(error.to_string()))
}

/// Reads one line of a journal.
pub(crate) fn read_line(text: &[u8], kinds: &KindSet) -> Result<Line, Unreadable> {
    let line: event::Line = typed(current(text)?)?;
    line.read(kinds).map_err(Unreadable::Malformed)
}

/// Reads a snapshot, and the number of its last line.
pub(crate) fn read_snapshot(
    text: &[u8],
    kinds: &KindSet,
) -> Result<(DomainLedger, u64), Unreadable> {
    let snapshot: snapshot::Snapshot = typed(current(text)?)?;
    snapshot.read(kinds).map_err(Unreadable::Malformed)
}

/// A line of a journal, without its newline.
pub(crate) fn write_line(line: &Line) -> String {
    let line = event::Line::of(line);
    serde_json::to_string(&line).unwrap_or_default()
}

/// A snapshot as of line `number`.
pub(crate) fn write_snapshot(ledger: &DomainLedger, number: u64) -> String {
    let snapshot = snapshot::Snapshot::of(ledger, number);
    serde_json::to_string_pretty(&snapshot).unwrap_or_default()
}
