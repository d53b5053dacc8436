//! The `tag=value; tag=value` syntax of DKIM (RFC 6376 §3.2), which DMARC and BIMI share.
//!
//! [`TagList::parse`] never fails: it keeps every tag it can read and lists what is
//! wrong with the rest, each with its place, so that a standard can decide what a
//! receiver would make of it.
//!
//! ```
//! use standards::tag_list::{FaultKind, TagList};
//!
//! let list = TagList::parse("v=DMARC1; p=reject; p=none");
//! assert_eq!(list.value("p"), Some("reject"));
//! assert_eq!(list.faults[0].kind, FaultKind::Duplicate);
//! assert_eq!(list.faults[0].span, 20..26);
//! ```

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use crate::rules::Rule;
use crate::{Edit, Finding, Severity, typo};

/// One `name=value`, with where each part stands in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag<'a> {
    /// The name, without the white space around it. Names are case-sensitive.
    pub name: &'a str,
    /// The value, without the white space around it; may be empty.
    pub value: &'a str,
    /// Bytes of the whole tag.
    pub span: Range<usize>,
    /// Bytes of the name.
    pub name_span: Range<usize>,
    /// Bytes of the value.
    pub value_span: Range<usize>,
}

/// A kind of fault in a part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// Nothing between two semicolons.
    Empty,
    /// A part without `=`.
    NoEquals,
    /// A name that is not a letter followed by letters, digits and `_`.
    Name,
    /// A name that was there before. The whole list is invalid (RFC 6376 §3.2).
    Duplicate,
}

/// Something wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault<'a> {
    /// The kind of fault.
    pub kind: FaultKind,
    /// The offending text.
    pub text: &'a str,
    /// Bytes of the offending text.
    pub span: Range<usize>,
}

/// A list of tags, in the order they are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagList<'a> {
    /// Every part that has a name and a value, duplicates too.
    pub tags: Vec<Tag<'a>>,
    /// The faults of the list, in the order it is written.
    pub faults: Vec<Fault<'a>>,
    text: &'a str,
    first_by_name: BTreeMap<&'a str, usize>,
}

impl<'a> TagList<'a> {
    /// Reads every tag of `text`. One semicolon at the end is part of the syntax.
    pub fn parse(text: &'a str) -> Self {
        let mut list = Self {
            text,
            ..Self::default()
        };
        let mut parts = parts(text).peekable();
        while let Some(part) = parts.next() {
            if part.text.is_empty() && parts.peek().is_none() {
                break;
            }
            list.push(&part);
        }
        list
    }

    /// The first tag with this name.
    pub fn get(&self, name: &str) -> Option<&Tag<'a>> {
        self.first_by_name
            .get(name)
            .map(|&position| &self.tags[position])
    }

    /// The value of the first tag with this name.
    pub fn value(&self, name: &str) -> Option<&'a str> {
        self.get(name).map(|tag| tag.value)
    }

    /// The first tag of the list.
    pub fn first(&self) -> Option<&Tag<'a>> {
        self.tags.first()
    }

    /// The tags whose names are not among `known`.
    pub fn unknown<'s>(&'s self, known: &'s [&str]) -> impl Iterator<Item = &'s Tag<'a>> {
        self.tags.iter().filter(|tag| !known.contains(&tag.name))
    }

    /// Whether a name is there more than once, which makes the whole list invalid.
    pub fn has_duplicates(&self) -> bool {
        self.faults
            .iter()
            .any(|fault| fault.kind == FaultKind::Duplicate)
    }

    /// The edit that takes a tag out, with the semicolon before it.
    pub(crate) fn removal(&self, tag: &Tag<'_>) -> Edit {
        let before = self.text[..tag.span.start].rfind(';');
        Edit::remove(before.unwrap_or(tag.span.start)..tag.span.end)
    }

    /// The finding about a tag that receivers ignore, at its name: one of `rule`, with
    /// the name among `known` that was meant, if one is near. Where its value does not `fit` that
    /// name, the record could become unusable by it, and a person decides.
    pub(crate) fn ignored(
        &self,
        tag: &Tag<'_>,
        rule: &'static Rule,
        known: &[&'static str],
        fits: impl Fn(&Tag<'_>, &str) -> bool,
    ) -> Finding {
        let name = crate::quote::quote(tag.name);
        let Some(near) = typo::nearest(tag.name, known.iter().copied()) else {
            let reason = format!("receivers ignore the tag {name}");
            return Finding::new(rule, reason).at(tag.name_span.clone());
        };
        let word = near.word;
        let reason = format!("receivers ignore the tag {name}: did you mean {word}?");
        let finding = Finding::new(rule, reason)
            .weighing(Severity::Warn)
            .at(tag.name_span.clone());
        if self.get(word).is_some() {
            return finding.fix(format!("remove it: {word} is there already"));
        }
        let edit = Edit::replace(tag.name_span.clone(), word);
        let finding = finding.fix(format!("write `{word}=`"));
        if near.is_sure && fits(tag, word) {
            finding.with_edit(edit)
        } else {
            finding.with_guess(edit)
        }
    }

    /// Every fault as a finding of `rule`; a doubled semicolon, which receivers
    /// read over, only as a warning.
    pub fn findings(&self, rule: &'static Rule) -> impl Iterator<Item = Finding> {
        self.faults.iter().map(move |fault| {
            let finding = Finding::new(rule, fault.to_string()).at(fault.span.clone());
            match fault.kind {
                FaultKind::Empty => finding
                    .weighing(Severity::Warn)
                    .fix("remove one of the two semicolons")
                    .with_edit(self.without_semicolon(fault.span.start)),
                FaultKind::Duplicate => self.without_repetition(fault, finding),
                FaultKind::NoEquals => finding
                    .weighing(Severity::Error)
                    .fix("write it as `name=value`, or remove it"),
                FaultKind::Name => finding
                    .weighing(Severity::Error)
                    .fix("correct the name, or remove the tag"),
            }
        })
    }

    /// The edit of a part that is empty: the semicolon before it goes, or at the start the one
    /// after it.
    fn without_semicolon(&self, at: usize) -> Edit {
        match self.text[..at].rfind(';') {
            Some(semicolon) => Edit::remove(semicolon..at),
            None => Edit::remove(0..at + 1),
        }
    }

    /// A tag that says the same a second time can go; which of two different ones is meant, a
    /// person has to say.
    fn without_repetition(&self, fault: &Fault<'_>, finding: Finding) -> Finding {
        let finding = finding
            .weighing(Severity::Error)
            .fix("keep the one that is meant, and remove the other");
        let repeated = Part {
            text: fault.text,
            span: fault.span.clone(),
        };
        let first = repeated.name_and_value().and_then(|(name, value)| {
            let first = self.get(name.text)?;
            (first.value == value.text).then_some(first)
        });
        if first.is_none() {
            let name = repeated.name_and_value().map(|(name, _)| name.text);
            let lists = ["rua", "ruf"].into_iter();
            return match lists.into_iter().find(|list| name == Some(list)) {
                Some(list) => finding.fix(format!(
                    "write the addresses into one `{list}`, with a comma between them"
                )),
                None => finding,
            };
        }
        let before = self.text[..fault.span.start].rfind(';');
        let start = before.unwrap_or(fault.span.start);
        finding
            .fix("remove the second one")
            .with_edit(Edit::remove(start..fault.span.end))
    }

    fn push(&mut self, part: &Part<'a>) {
        let Some((name, value)) = part.name_and_value() else {
            let kind = if part.text.is_empty() {
                FaultKind::Empty
            } else {
                FaultKind::NoEquals
            };
            self.fault(kind, part.text, part.span.clone());
            return;
        };
        let tag = Tag {
            name: name.text,
            value: value.text,
            span: part.span.clone(),
            name_span: name.span.clone(),
            value_span: value.span.clone(),
        };
        if !is_tag_name(name.text) {
            self.fault(FaultKind::Name, name.text, name.span);
        } else if self.first_by_name.contains_key(name.text) {
            self.fault(FaultKind::Duplicate, part.text, part.span.clone());
        } else {
            self.first_by_name.insert(name.text, self.tags.len());
        }
        self.tags.push(tag);
    }

    fn fault(&mut self, kind: FaultKind, text: &'a str, span: Range<usize>) {
        self.faults.push(Fault { kind, text, span });
    }
}

impl fmt::Display for Fault<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = crate::quote::quote(self.text);
        match self.kind {
            FaultKind::Empty => f.write_str("there is nothing between two semicolons"),
            FaultKind::NoEquals => write!(f, "{text} has no `=`, so it is not a tag"),
            FaultKind::Name => write!(
                f,
                "{text} is not a tag name: a letter, then letters, digits and `_`"
            ),
            FaultKind::Duplicate => write!(
                f,
                "the tag {text} repeats a name, which makes the whole record invalid"
            ),
        }
    }
}

/// Whether receivers take `text` for a record of this version: it begins with `v=NAME`, before
/// which no white space may stand (RFC 9989 §4.8, BIMI §4.3).
pub(crate) fn has_version(text: &str, version: &str) -> bool {
    crate::protocol::is_first_tag(text, version)
}

/// Why receivers overlook `text`, as a finding of `rule`; nothing where [`has_version`] holds.
pub(crate) fn check_version(text: &str, version: &str, rule: &'static Rule) -> Option<Finding> {
    if has_version(text, version) {
        return None;
    }
    let first = parts(text).next()?;
    let start = first.span.start;
    if start > 0 && has_version(&text[start..], version) {
        let reason = format!("white space before v={version} makes receivers overlook the record");
        let finding = Finding::new(rule, reason).at(0..start);
        return Some(
            finding
                .fix("remove the white space at the start")
                .with_edit(Edit::remove(0..start)),
        );
    }
    if let Some(moved) = version_later(text, version) {
        let reason = format!("v={version} is not the first tag");
        let finding = Finding::new(rule, reason).at(first.span.clone());
        let fix = format!("move `v={version}` to the start");
        return Some(finding.fix(fix).with_edit(moved));
    }
    let reason = format!(
        "the record starts with {}, not v={version}",
        crate::quote::quote(first.text)
    );
    let finding = Finding::new(rule, reason).at(first.span.clone());
    let compact: String = first.text.split(is_white_space).collect();
    let written = compact.strip_prefix(['v', 'V']).unwrap_or(&compact);
    let written = written.trim_start_matches(['=', ':']);
    let edit = Edit::replace(0..first.span.end, format!("v={version}"));
    Some(match typo::nearest(written, [version]) {
        Some(near) if near.word.eq_ignore_ascii_case(written) => finding.with_edit(edit),
        Some(_) => finding.with_guess(edit),
        None => finding,
    })
}

/// The edit that moves a version which stands behind other tags to the start.
fn version_later(text: &str, version: &str) -> Option<Edit> {
    let is_version = |part: &Part<'_>| {
        let tag = part.name_and_value();
        tag.is_some_and(|(name, value)| name.text == "v" && value.text == version)
    };
    let part = parts(text).skip(1).find(is_version)?;
    let before = text[..part.span.start].rfind(';')?;
    let moved = Edit::insert(0, format!("v={version}; "));
    Some(moved.and_replace(before..part.span.end, ""))
}

/// A piece of a text without the white space around it, and its place.
#[derive(Clone, Debug)]
pub(crate) struct Part<'a> {
    pub(crate) text: &'a str,
    pub(crate) span: Range<usize>,
}

impl<'a> Part<'a> {
    /// `text`, which starts at byte `start` of the whole, trimmed.
    pub(crate) fn trimmed(text: &'a str, start: usize) -> Self {
        let inner = text.trim_start_matches(is_white_space);
        let start = start + text.len() - inner.len();
        let inner = inner.trim_end_matches(is_white_space);
        Self {
            text: inner,
            span: start..start + inner.len(),
        }
    }

    /// The texts before and after the first `=`, each trimmed.
    pub(crate) fn name_and_value(&self) -> Option<(Part<'a>, Part<'a>)> {
        let (name, value) = self.text.split_once('=')?;
        let value_start = self.span.start + name.len() + 1;
        Some((
            Part::trimmed(name, self.span.start),
            Part::trimmed(value, value_start),
        ))
    }
}

/// The pieces of `text` between semicolons, trimmed, the empty ones too.
pub(crate) fn parts(text: &str) -> impl Iterator<Item = Part<'_>> {
    split_with_spans(text, ';')
}

/// The pieces of `text` between `separator`s, trimmed, the empty ones too.
pub(crate) fn split_with_spans(text: &str, separator: char) -> impl Iterator<Item = Part<'_>> {
    let mut start = 0;
    text.split(separator).map(move |piece| {
        let part = Part::trimmed(piece, start);
        start += piece.len() + separator.len_utf8();
        part
    })
}

/// White space of RFC 6376's FWS, as it may be left in a record that was folded.
fn is_white_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}

fn is_tag_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests;
