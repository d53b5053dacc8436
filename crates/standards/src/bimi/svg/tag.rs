//! Reading the attributes of one tag: names, namespaces, references, and where each stands.

use std::ops::Range;

use quick_xml::escape::unescape;
use quick_xml::events::BytesStart;
use quick_xml::events::attributes::AttrError;
use quick_xml::name::{Namespace, QName, ResolveResult};
use quick_xml::reader::NsReader;

use super::attribute::{Attribute, Attributes, Name};
use super::element;
use super::walk::{Stop, Walk, is_xml_character};
use crate::quote::quote;
use crate::rules;
use crate::{Edit, Finding};

/// More attributes than the schema has for any one element.
const MOST_ATTRIBUTES: usize = 64;
/// Namespace declarations in the whole file.
const MOST_NAMESPACES: usize = 32;

impl Walk<'_> {
    /// Reads the attributes of `tag`, whose brackets are at `span`.
    pub(super) fn attributes(
        &mut self,
        reader: &NsReader<&[u8]>,
        tag: &BytesStart<'_>,
        span: &Range<usize>,
    ) -> Result<Attributes, Stop> {
        let mut attributes = Attributes {
            list: Vec::new(),
            start: span.start + 1 + tag.name().as_ref().len(),
        };
        for found in tag.attributes() {
            if attributes.list.len() >= MOST_ATTRIBUTES {
                let reason = format!("an element with more than {MOST_ATTRIBUTES} attributes");
                return Err(self.malformed(reason, span.clone()));
            }
            let found = match found {
                Ok(found) => found,
                Err(error) => return Err(self.broken_tag(&error, tag, span)),
            };
            let key = found.key;
            let start = self.position_of(key.as_ref()).unwrap_or(span.start);
            let raw = std::str::from_utf8(&found.value).unwrap_or_default();
            let end = self
                .position_of(raw.as_bytes())
                .map_or(span.end, |value| value + raw.len() + 1);
            let span = start..end;
            attributes
                .list
                .push(self.attribute(reader, key, raw, span)?);
        }
        Ok(attributes)
    }

    /// Reports `error` in a document in which `tag` is at `span`.
    fn broken_tag(&mut self, error: &AttrError, tag: &BytesStart<'_>, span: &Range<usize>) -> Stop {
        let (AttrError::ExpectedEq(at)
        | AttrError::ExpectedValue(at)
        | AttrError::UnquotedValue(at)
        | AttrError::ExpectedQuote(at, _)
        | AttrError::Duplicated(at, _)) = *error;
        let start = self.position_of(tag);
        let place = start.map(|start| start + at);
        let place = place.filter(|at| *at < span.end && self.document.is_char_boundary(*at));
        let place = place.map_or(span.clone(), |at| at..span.end);
        if let (AttrError::Duplicated(_, first), Some(start)) = (error, start) {
            let first = self.document.get(start + first..).and_then(written);
            let again = self.document.get(place.clone()).and_then(written);
            if let (Some(first), Some(again)) = (first, again) {
                return self.duplicate(first, again, place.start);
            }
        }
        let reason = match error {
            AttrError::ExpectedEq(_) => "an attribute without `=`",
            AttrError::ExpectedValue(_) => "an attribute without a value",
            AttrError::UnquotedValue(_) => "a value without quotes",
            AttrError::ExpectedQuote(..) => "a value whose quote is never closed",
            AttrError::Duplicated(..) => "an attribute is there twice",
        };
        let finding = Finding::new(rules::SVG_01, format!("not well-formed XML: {reason}"));
        self.stop(finding.fix("write attributes as `name=\"value\"`"), place)
    }

    /// Reports an attribute that its element has already. XML has no meaning for it.
    fn duplicate(&mut self, first: &str, again: &str, start: usize) -> Stop {
        let (name, _) = again.split_once('=').unwrap_or((again, ""));
        let reason = format!("the attribute {} is there twice", quote(name.trim()));
        let before = self.document[..start].trim_end().len();
        let edit = Edit::remove(before..start + again.len());
        let finding = Finding::new(rules::SVG_01, reason);
        let finding = if first == again {
            finding.fix("remove one of the two").with_edit(edit)
        } else {
            let fix = "keep the one that is meant: their values differ";
            finding.fix(fix).with_guess(edit)
        };
        self.stop(finding, start..start + again.len())
    }

    fn attribute(
        &mut self,
        reader: &NsReader<&[u8]>,
        key: QName<'_>,
        raw: &str,
        span: Range<usize>,
    ) -> Result<Attribute, Stop> {
        let written = std::str::from_utf8(key.as_ref()).unwrap_or_default();
        let before = self.document[..span.start].chars().next_back();
        if !is_xml_name(written) || !before.is_some_and(char::is_whitespace) {
            return Err(self.malformed(format!("{} is not an attribute", quote(written)), span));
        }
        if raw.contains('<') {
            return Err(self.malformed("a < inside of an attribute", span));
        }
        // Knows the five entities of XML and numbers, and nothing that a file could declare.
        let value = match unescape(raw) {
            Ok(value) if value.chars().all(is_xml_character) => value.into_owned(),
            _ => {
                return Err(self.malformed(
                    format!("a reference in {} is not resolved", quote(raw)),
                    span,
                ));
            }
        };
        let name = match written.strip_prefix("xmlns") {
            Some("") => Name::Namespace(String::new()),
            Some(prefix) if prefix.starts_with(':') => Name::Namespace(prefix[1..].to_owned()),
            _ => self.qualify(reader, key, written, &span)?,
        };
        if let Name::Namespace(prefix) = &name {
            self.namespace(prefix, &value, &span)?;
        }
        let before = self.document[..span.start].trim_end().len();
        Ok(Attribute {
            name,
            value,
            with_space: before..span.end,
            span,
        })
    }

    fn qualify(
        &mut self,
        reader: &NsReader<&[u8]>,
        key: QName<'_>,
        written: &str,
        span: &Range<usize>,
    ) -> Result<Name, Stop> {
        let (namespace, local) = reader.resolver().resolve_attribute(key);
        let local = std::str::from_utf8(local.into_inner()).unwrap_or_default();
        Ok(match namespace {
            ResolveResult::Unbound => Name::Known(local.to_owned()),
            ResolveResult::Bound(Namespace(element::XML_NAMESPACE)) => {
                Name::Known(format!("xml:{local}"))
            }
            ResolveResult::Bound(Namespace(element::XLINK_NAMESPACE)) => {
                Name::Known(format!("xlink:{local}"))
            }
            ResolveResult::Bound(_) => Name::Foreign(written.to_owned()),
            ResolveResult::Unknown(_) => {
                let reason = format!("the prefix of {} is not declared", quote(written));
                return Err(self.malformed(reason, span.clone()));
            }
        })
    }

    fn namespace(&mut self, prefix: &str, value: &str, span: &Range<usize>) -> Result<(), Stop> {
        self.namespaces += 1;
        if self.namespaces > MOST_NAMESPACES {
            let reason = format!("more than {MOST_NAMESPACES} namespace declarations");
            return Err(self.malformed(reason, span.clone()));
        }
        let known = [
            element::SVG_NAMESPACE,
            element::XLINK_NAMESPACE,
            element::XML_NAMESPACE,
        ];
        // The default namespace of the root has a finding of its own (SVG-01).
        let of_root = prefix.is_empty() && !self.root_seen;
        if !of_root && !known.contains(&value.as_bytes()) {
            let reason = format!("the namespace {} is not part of the profile", quote(value));
            let finding = Finding::new(rules::SVG_27, reason);
            let is_used = prefix.is_empty() || self.document.contains(&format!("{prefix}:"));
            let before = self.document[..span.start].trim_end().len();
            let finding = if is_used {
                finding.fix("remove what has this prefix, and then its declaration")
            } else {
                let edit = Edit::remove(before..span.end);
                finding.fix("remove the declaration").with_edit(edit)
            };
            self.find(finding, span.clone());
        }
        Ok(())
    }

    /// The place of `part`, a slice of the document, in it.
    fn position_of(&self, part: &[u8]) -> Option<usize> {
        let start = (part.as_ptr() as usize).checked_sub(self.document.as_ptr() as usize)?;
        (start + part.len() <= self.document.len()).then_some(start)
    }
}

/// The attribute that `text` begins with, up to its closing quote.
fn written(text: &str) -> Option<&str> {
    let open = text.find(['"', '\''])?;
    let quote = &text[open..=open];
    let close = text[open + 1..].find(quote)?;
    Some(&text[..=open + 1 + close])
}

fn is_xml_name(name: &str) -> bool {
    let first = name.chars().next();
    first.is_some_and(|c| c.is_alphabetic() || matches!(c, '_' | ':'))
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | ':' | '-' | '.' | '\u{b7}'))
}
