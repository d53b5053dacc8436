//! The written form of a document: a first line with its format and a snapshot, then one line for
//! each event since.
//!
//! ```text
//! {"format":3,"line":{"document":"example.com","number":7,"fence":2,…},"length":…,"checksum":"…"}
//! {"line":{"number":8,"fence":3,"run":"…","at":"…","what":"claimed"},"length":…,"checksum":"…"}
//! ```
//!
//! Every line states how long it is and what its bytes hash to, because half a line can still be
//! whole JSON, and a whole one can have lost its newline. The checksum stands last and covers the
//! number, so that no two documents have the same last bytes.

use std::sync::Arc;

use jiff::Timestamp;
use model::{DomainLedger, Entry, KindSet};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::event::{self, Event};
use super::snapshot::Domain;
use super::{FORMAT, Unreadable, typed, upgraded};
use crate::event::{Line, fold};

/// The text before a line of its document, and before what is said about the line.
const LINE: &[u8] = b"\"line\":";
const AFTER: &[u8] = b",\"length\":";

/// How many hexadecimal digits of the SHA-256 stand in a line: enough to tell a torn line.
const DIGITS: usize = 16;

/// A document, read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Document {
    pub(crate) ledger: DomainLedger,
    /// The number of its last line.
    pub(crate) number: u64,
    /// The fence: it rises with each claim.
    pub(crate) fence: u64,
    /// The run that claimed it last and has not released it.
    pub(crate) claim: Option<String>,
    /// The place that the ledger moved to.
    pub(crate) moved_to: Option<String>,
    /// Entries of what domains share, which up to format 2 stood in the documents of the domains. They stay
    /// here until the documents of what they are about have them.
    pub(crate) parted: Vec<Arc<Entry>>,
    /// How many of its bytes are whole lines.
    pub(crate) whole: usize,
    /// Whether it is in this program's form, so that lines can be added to it.
    pub(crate) is_current: bool,
}

/// The addition of one line to a document.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Added {
    /// The run of the line claims the document.
    Claimed,
    /// Somebody took the document away from the run that had claimed it.
    Unlocked,
    /// The run of the line is about to remove something. There is nothing to record before that, since
    /// what remains of the resource says how far it came; but the write is the fence check.
    Announced,
    /// The run of the line recorded an event.
    Happened(crate::Event),
}

/// One line after the first.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stamped {
    pub(crate) number: u64,
    pub(crate) fence: u64,
    pub(crate) run: String,
    pub(crate) at: Timestamp,
    pub(crate) added: Added,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    document: String,
    number: u64,
    fence: u64,
    claim: Option<String>,
    moved_to: Option<String>,
    ledger: Domain,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StampedLine {
    number: u64,
    fence: u64,
    run: String,
    at: Timestamp,
    what: What,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum What {
    Claimed,
    Unlocked,
    Announced,
    Happened(Event),
}

/// The statement about a line that stands behind it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Seal {
    length: usize,
    checksum: String,
}

fn seal(line: &[u8]) -> Seal {
    let mut checksum = model::plan::sha256(line);
    checksum.truncate(DIGITS);
    Seal {
        length: line.len(),
        checksum,
    }
}

/// A line in its frame. The first of a document says the format.
fn framed(is_first: bool, line: &impl Serialize) -> Vec<u8> {
    let line = serde_json::to_vec(line).unwrap_or_default();
    let seal = serde_json::to_vec(&seal(&line)).unwrap_or_default();
    let mut text = b"{".to_vec();
    if is_first {
        text.extend_from_slice(format!("\"format\":{FORMAT},").as_bytes());
    }
    text.extend_from_slice(LINE);
    text.extend_from_slice(&line);
    text.push(b',');
    // The seal's fields are the last of the frame.
    text.extend_from_slice(&seal[1..]);
    text.push(b'\n');
    text
}

/// The JSON of a framed line and the format that it says, when its length and checksum hold.
fn checked(text: &[u8]) -> Option<(Option<u32>, Value)> {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    let line = text.windows(LINE.len()).position(|window| window == LINE)? + LINE.len();
    let after = text
        .windows(AFTER.len())
        .rposition(|window| window == AFTER)?;
    let said: Seal = serde_json::from_slice(&[b"{", &text[after + 1..]].concat()).ok()?;
    let bytes = text.get(line..after)?;
    let found = seal(bytes);
    if (found.length, found.checksum) != (said.length, said.checksum) {
        return None;
    }
    let format = match &text[..line - LINE.len()] {
        b"{" => None,
        first => {
            let digits = first.strip_prefix(b"{\"format\":")?.strip_suffix(b",")?;
            Some(std::str::from_utf8(digits).ok()?.parse().ok()?)
        }
    };
    Some((format, serde_json::from_slice(bytes).ok()?))
}

/// Whether the bytes begin as a document does since format 4. Older formats kept a snapshot and a
/// journal, and say their format in each line. A newer program may frame its lines in another way, and
/// says its format first all the same.
pub(crate) fn is_document(bytes: &[u8]) -> bool {
    let mut lines = bytes.split(|octet| *octet == b'\n');
    let first = lines.next().unwrap_or_default();
    let framed = || {
        let rest = first.strip_prefix(b"{\"format\":")?;
        let comma = rest.iter().position(|octet| *octet == b',')?;
        Some(rest[comma + 1..].starts_with(LINE))
    };
    framed().unwrap_or(false) || newer(first).is_some()
}

fn newer(first: &[u8]) -> Option<u32> {
    let json: Value = serde_json::from_slice(first).ok()?;
    let format = u32::try_from(json.get("format")?.as_u64()?).ok()?;
    (format > FORMAT).then_some(format)
}

/// Reads a document. An error has the number of its line.
pub(crate) fn read(bytes: &[u8], kinds: &KindSet) -> Result<Document, (usize, Unreadable)> {
    let mut lines = bytes.split_inclusive(|octet| *octet == b'\n');
    let first = lines.next().unwrap_or_default();
    let (mut document, format) = read_header(first, kinds).map_err(|error| (1, error))?;
    document.whole = first.len();
    for (index, text) in lines.enumerate() {
        let Some((_, json)) = checked(text) else {
            if document.whole + text.len() == bytes.len() {
                // The run that wrote this line died in the middle of it, before its call.
                break;
            }
            let reason = "its length and checksum are not those of the line".to_owned();
            return Err((index + 2, Unreadable::Malformed(reason)));
        };
        let line = read_stamped(json, format, kinds).map_err(|error| (index + 2, error))?;
        document.add(line).map_err(|error| (index + 2, error))?;
        document.whole += text.len();
    }
    Ok(document)
}

fn read_header(text: &[u8], kinds: &KindSet) -> Result<(Document, u32), Unreadable> {
    // The format is read before anything else: a newer one may mean all else differently.
    if let Some(format) = newer(text) {
        return Err(Unreadable::Newer(format));
    }
    let malformed = |reason: &str| Unreadable::Malformed(reason.to_owned());
    let (format, json) = checked(text)
        .ok_or_else(|| malformed("the first line is not whole: restore the document"))?;
    let format = format.ok_or_else(|| malformed("it has no `format`"))?;
    let header: Header = typed(upgraded(json, format)?)?;
    let ledger = header.ledger.read(kinds).map_err(Unreadable::Malformed)?;
    let document = Document {
        ledger,
        number: header.number,
        fence: header.fence,
        claim: header.claim,
        moved_to: header.moved_to,
        parted: Vec::new(),
        whole: 0,
        is_current: format == FORMAT,
    };
    Ok((document, format))
}

fn read_stamped(json: Value, format: u32, kinds: &KindSet) -> Result<Stamped, Unreadable> {
    let line: StampedLine = typed(upgraded(json, format)?)?;
    let added = match line.what {
        What::Claimed => Added::Claimed,
        What::Unlocked => Added::Unlocked,
        What::Announced => Added::Announced,
        What::Happened(event) => {
            Added::Happened(event::read(event, kinds).map_err(Unreadable::Malformed)?)
        }
    };
    Ok(Stamped {
        number: line.number,
        fence: line.fence,
        run: line.run,
        at: line.at,
        added,
    })
}

impl Document {
    /// Adds a line. Its number is the next, and its fence is not below the last.
    pub(crate) fn add(&mut self, line: Stamped) -> Result<(), Unreadable> {
        if line.number != self.number + 1 || line.fence < self.fence {
            let reason = format!(
                "number {} with fence {} does not follow number {} with fence {}",
                line.number, line.fence, self.number, self.fence
            );
            return Err(Unreadable::Malformed(reason));
        }
        self.number = line.number;
        self.fence = line.fence;
        match line.added {
            Added::Claimed => self.claim = Some(line.run),
            Added::Unlocked => self.claim = None,
            Added::Announced => {}
            Added::Happened(event) => {
                let line = Line {
                    number: line.number,
                    at: line.at,
                    event,
                };
                fold(&mut self.ledger, &line);
            }
        }
        Ok(())
    }

    /// The first line of the document called `name`, which stands for all its lines so far.
    pub(crate) fn header(&self, name: &str) -> Vec<u8> {
        let mut ledger = self.ledger.clone();
        let parted = self.parted.iter().cloned();
        let parted = parted.map(|entry| (entry.id.clone(), entry));
        ledger.entries.extend(parted);
        let header = Header {
            document: name.to_owned(),
            number: self.number,
            fence: self.fence,
            claim: self.claim.clone(),
            moved_to: self.moved_to.clone(),
            ledger: Domain::of(&ledger),
        };
        framed(true, &header)
    }
}

impl Stamped {
    /// The line as it is written, with its newline.
    pub(crate) fn text(&self) -> Vec<u8> {
        let what = match &self.added {
            Added::Claimed => What::Claimed,
            Added::Unlocked => What::Unlocked,
            Added::Announced => What::Announced,
            Added::Happened(event) => What::Happened(event::written(event)),
        };
        framed(
            false,
            &StampedLine {
                number: self.number,
                fence: self.fence,
                run: self.run.clone(),
                at: self.at,
                what,
            },
        )
    }
}

#[cfg(test)]
mod tests;
