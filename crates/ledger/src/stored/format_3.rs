//! Format 3, and the upgrade from it to format 4.
//!
//! Up to format 3 a document had a snapshot (`example.com.json`) and a journal (`example.com.jsonl`),
//! and each text said its format by itself. Since format 4 it has one document, whose first line is
//! the snapshot.

use jiff::Timestamp;
use model::{DomainLedger, KindSet};
use serde::Deserialize;
use serde_json::Value;

use super::event::{self, Event};
use super::snapshot::Domain;
use super::{Document, Unreadable, format_2, typed, upgraded};
use crate::event::{Line, fold};

/// One line of a journal.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JournalLine {
    #[serde(rename = "format")]
    _format: u32,
    number: u64,
    at: Timestamp,
    event: Event,
}

/// A domain's ledger as of one line.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Snapshot {
    #[serde(rename = "format")]
    _format: u32,
    number: u64,
    ledger: Domain,
}

/// The JSON of a text up to format 3, which says its format itself, in today's form.
fn current(text: &[u8]) -> Result<Value, Unreadable> {
    let json: Value =
        serde_json::from_slice(text).map_err(|error| Unreadable::Torn(error.to_string()))?;
    // The format is read before anything else: a newer one may mean all else differently.
    let format = json.get("format").and_then(Value::as_u64);
    let format = format.and_then(|format| u32::try_from(format).ok());
    upgraded(json, format.unwrap_or_default())
}

/// Reads one line of a journal.
pub(super) fn read_line(text: &[u8], kinds: &KindSet) -> Result<Line, Unreadable> {
    let line: JournalLine = typed(current(text)?)?;
    Ok(Line {
        number: line.number,
        at: line.at,
        event: event::read(line.event, kinds).map_err(Unreadable::Malformed)?,
    })
}

/// Reads a snapshot, and the number of its last line.
pub(super) fn read_snapshot(
    text: &[u8],
    kinds: &KindSet,
) -> Result<(DomainLedger, u64), Unreadable> {
    let snapshot: Snapshot = typed(current(text)?)?;
    let ledger = snapshot.ledger.read(kinds).map_err(Unreadable::Malformed)?;
    Ok((ledger, snapshot.number))
}

/// Reads a journal with its snapshot. An error has the number of its line.
pub(super) fn read(
    journal: &[u8],
    snapshot: Option<&[u8]>,
    kinds: &KindSet,
) -> Result<Document, (usize, Unreadable)> {
    let mut document = Document::default();
    if let Some(text) = snapshot {
        let read = read_snapshot(text, kinds).map_err(|error| (1, error))?;
        (document.ledger, document.number) = read;
    }
    let lines: Vec<&[u8]> = journal.split_inclusive(|octet| *octet == b'\n').collect();
    for (index, text) in lines.iter().enumerate() {
        let line = match read_line(text, kinds) {
            Ok(line) => line,
            // The last line of a run that died while it wrote: its call was never made.
            Err(Unreadable::Torn(_)) if index + 1 == lines.len() => break,
            Err(error) => return Err((index + 1, error)),
        };
        if line.number > document.number {
            fold(&mut document.ledger, &line);
            document.number = line.number;
        }
    }
    format_2::rename_shared(&mut document.ledger);
    Ok(document)
}
