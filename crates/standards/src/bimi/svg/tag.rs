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
use crate::Finding;
use crate::quote::quote;
use crate::rules;

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
        let mut attributes = Attributes::default();
        for found in tag.attributes() {
            if attributes.0.len() >= MOST_ATTRIBUTES {
                let reason = format!("an element with more than {MOST_ATTRIBUTES} attributes");
                return Err(self.malformed(reason, span.clone()));
            }
            let found = match found {
                Ok(found) => found,
                Err(error) => {
                    let reason = format!("not well-formed XML: {error}");
                    let place = self.place_of(&error, tag, span);
                    return Err(self.malformed(reason, place));
                }
            };
            let key = found.key;
            let start = self.position_of(key.as_ref()).unwrap_or(span.start);
            let raw = std::str::from_utf8(&found.value).unwrap_or_default();
            let end = self
                .position_of(raw.as_bytes())
                .map_or(span.end, |value| value + raw.len() + 1);
            let span = start..end;
            attributes.0.push(self.attribute(reader, key, raw, span)?);
        }
        Ok(attributes)
    }

    /// The place of the attribute that `error` is about, in a document in which `tag` is at `span`.
    fn place_of(
        &self,
        error: &AttrError,
        tag: &BytesStart<'_>,
        span: &Range<usize>,
    ) -> Range<usize> {
        let (AttrError::ExpectedEq(at)
        | AttrError::ExpectedValue(at)
        | AttrError::UnquotedValue(at)
        | AttrError::ExpectedQuote(at, _)
        | AttrError::Duplicated(at, _)) = *error;
        let place = self.position_of(tag).map(|start| start + at);
        match place.filter(|at| *at < span.end && self.document.is_char_boundary(*at)) {
            Some(at) => at..span.end,
            None => span.clone(),
        }
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
        Ok(Attribute { name, value, span })
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
            self.find(Finding::new(rules::SVG_27, reason), span.clone());
        }
        Ok(())
    }

    /// The place of `part`, a slice of the document, in it.
    fn position_of(&self, part: &[u8]) -> Option<usize> {
        let start = (part.as_ptr() as usize).checked_sub(self.document.as_ptr() as usize)?;
        (start + part.len() <= self.document.len()).then_some(start)
    }
}

fn is_xml_name(name: &str) -> bool {
    let first = name.chars().next();
    first.is_some_and(|c| c.is_alphabetic() || matches!(c, '_' | ':'))
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | ':' | '-' | '.' | '\u{b7}'))
}
