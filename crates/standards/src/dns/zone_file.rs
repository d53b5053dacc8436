//! The records of a zone file (RFC 1035 §5.1).

use super::{Name, NameError, Presentation, RecordError, RecordType, RecordValue};
use crate::quote::quote;

/// Why a text is not a zone file.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {fault}")]
pub struct ZoneFileError {
    /// Counted from 1.
    pub line: usize,
    /// The fault there.
    pub fault: ZoneFileFault,
}

/// A fault of an entry of a zone file.
#[derive(Debug, thiserror::Error)]
pub enum ZoneFileFault {
    /// A name that DNS cannot have.
    #[error(transparent)]
    Name(#[from] NameError),
    /// A value that is not of its type.
    #[error("{0}: {cause}", cause = .0.cause)]
    Value(RecordError),
    /// An entry without an owner, where none came before.
    #[error("the first record has no owner")]
    NoOwner,
    /// An entry that names no record type.
    #[error("{} is no record: write an owner, a type and a value", quote(.0))]
    NoType(String),
    /// A directive other than `$ORIGIN` and `$TTL`.
    #[error("the directive {} is not known", quote(.0))]
    Directive(String),
    /// A parenthesis or a quote that is never closed.
    #[error("a parenthesis or a quote is not closed")]
    Unclosed,
}

/// The records of `text` with their owners, in order.
pub(super) fn read(text: &str) -> Result<Vec<(Name, RecordValue)>, ZoneFileError> {
    let mut reader = Reader {
        origin: Name::ROOT,
        owner: None,
    };
    let mut records = Vec::new();
    for (line, entry) in entries(text)? {
        let read = reader.entry(&entry);
        records.extend(read.map_err(|fault| ZoneFileError { line, fault })?);
    }
    Ok(records)
}

struct Reader {
    origin: Name,
    owner: Option<Name>,
}

impl Reader {
    /// The record of one entry; nothing where it is a directive.
    fn entry(&mut self, entry: &str) -> Result<Option<(Name, RecordValue)>, ZoneFileFault> {
        let (first, rest) = word(entry);
        if let Some(directive) = first.strip_prefix('$') {
            if directive.eq_ignore_ascii_case("ORIGIN") {
                self.origin = self.name(word(rest).0)?;
            } else if !directive.eq_ignore_ascii_case("TTL") {
                return Err(ZoneFileFault::Directive(first.to_owned()));
            }
            return Ok(None);
        }
        // An entry without an owner has that of the entry before. White space cannot tell, since
        // text in a program is indented; and `mx A 192.0.2.1` begins with an owner.
        let (kind, data) = match (kind_of(rest), kind_of(entry)) {
            (_, Some(without_owner)) if first.parse::<RecordType>().is_err() => without_owner,
            (None, Some(without_owner)) => without_owner,
            (Some(after_owner), _) => {
                self.owner = Some(self.name(first)?);
                after_owner
            }
            (None, None) => return Err(ZoneFileFault::NoType(entry.to_owned())),
        };
        let owner = self.owner.clone().ok_or(ZoneFileFault::NoOwner)?;
        let data = self.qualified(kind, data)?;
        let value = RecordValue::parse(kind, &data, Presentation::ZoneFile)
            .map_err(ZoneFileFault::Value)?;
        Ok(Some((owner, value)))
    }

    /// `data` with its last name completed, where the type has one.
    fn qualified(&self, kind: RecordType, data: &str) -> Result<String, NameError> {
        let has_name = matches!(
            kind,
            RecordType::Cname | RecordType::Mx | RecordType::Ns | RecordType::Ptr
        );
        if !has_name {
            return Ok(data.to_owned());
        }
        let at = data.rfind([' ', '\t']).map_or(0, |space| space + 1);
        let name = self.name(&data[at..])?;
        Ok(format!("{}{}", &data[..at], name.with_dot()))
    }

    /// The name that `text` is, from the origin on where it has no final dot.
    fn name(&self, text: &str) -> Result<Name, NameError> {
        if text == "@" {
            return Ok(self.origin.clone());
        }
        let name = if text.contains('\\') {
            Name::parse_zone_file(text)?
        } else {
            Name::parse(text)?
        };
        if text.ends_with('.') {
            Ok(name)
        } else {
            name.join(&self.origin)
        }
    }
}

/// The first word of `text`, and what follows it.
fn word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    let end = text.find([' ', '\t']).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    (word, rest.trim_start())
}

/// The type that `text` begins with, after a lifetime and a class, and the value after it.
fn kind_of(text: &str) -> Option<(RecordType, &str)> {
    let mut rest = text;
    loop {
        let (first, after) = word(rest);
        if let Ok(kind) = first.parse() {
            return (!after.is_empty()).then_some((kind, after));
        }
        let is_class = ["IN", "CH", "HS"].contains(&first.to_ascii_uppercase().as_str());
        let is_lifetime = !first.is_empty() && first.bytes().all(|octet| octet.is_ascii_digit());
        if !is_class && !is_lifetime {
            return None;
        }
        rest = after;
    }
}

/// The entries of `text` without comments, each in one line, with the number of its first line.
fn entries(text: &str) -> Result<Vec<(usize, String)>, ZoneFileError> {
    let mut entries = Vec::new();
    let mut entry = String::new();
    let mut first_line = 1;
    let mut depth = 0_usize;
    for (index, line) in text.lines().enumerate() {
        if depth == 0 {
            first_line = index + 1;
        }
        let unclosed = push_line(&mut entry, line, &mut depth);
        if unclosed {
            return Err(ZoneFileError {
                line: index + 1,
                fault: ZoneFileFault::Unclosed,
            });
        }
        if depth == 0 && !entry.trim().is_empty() {
            entries.push((first_line, entry.trim().to_owned()));
        }
        if depth == 0 {
            entry.clear();
        }
    }
    if depth > 0 {
        return Err(ZoneFileError {
            line: first_line,
            fault: ZoneFileFault::Unclosed,
        });
    }
    Ok(entries)
}

/// Appends `line` up to its comment, without parentheses. Whether a quote in it is not closed.
fn push_line(entry: &mut String, line: &str, depth: &mut usize) -> bool {
    let mut is_quoted = false;
    let mut is_escaped = false;
    for character in line.chars() {
        let is_plain = !is_quoted && !is_escaped;
        match character {
            ';' if is_plain => break,
            '(' if is_plain => *depth += 1,
            ')' if is_plain => *depth = depth.saturating_sub(1),
            _ => {
                is_quoted ^= character == '"' && !is_escaped;
                entry.push(character);
            }
        }
        is_escaped = character == '\\' && !is_escaped;
    }
    entry.push(' ');
    is_quoted
}
