//! Everything before a logo's drawing: the XML declaration, a DOCTYPE, instructions and the root.

use std::ops::Range;

use quick_xml::events::{BytesDecl, BytesPI};
use quick_xml::name::ResolveResult;

use super::element::is_of_svg;
use super::walk::{Stop, Walk};
use crate::quote::quote;
use crate::rules;
use crate::{Edit, Finding};

impl Walk<'_> {
    pub(super) fn declaration(
        &mut self,
        declaration: &BytesDecl<'_>,
        span: Range<usize>,
    ) -> Result<(), Stop> {
        if span.start != 0 {
            return Err(self.malformed("the XML declaration is not at the start", span));
        }
        if let Some(encoding) = declaration.encoding() {
            let encoding = encoding.unwrap_or_default();
            if !encoding.eq_ignore_ascii_case(b"UTF-8") {
                let encoding = String::from_utf8_lossy(&encoding).into_owned();
                self.foreign_encoding(&encoding, span);
            }
        }
        Ok(())
    }

    fn foreign_encoding(&mut self, encoding: &str, span: Range<usize>) {
        let reason = format!(
            "the file says its encoding is {}, not UTF-8",
            quote(encoding)
        );
        let finding = Finding::new(rules::SVG_01, reason);
        let at = self.document[span.clone()].find(encoding);
        // ASCII is the same in every encoding that a drawing program writes.
        let finding = match at.filter(|_| self.document.is_ascii()) {
            Some(at) => {
                let start = span.start + at;
                let edit = Edit::replace(start..start + encoding.len(), "UTF-8");
                finding.fix("write `encoding=\"UTF-8\"`").with_edit(edit)
            }
            None => finding.fix("save the file as UTF-8"),
        };
        self.find(finding, span);
    }

    pub(super) fn instruction(&mut self, instruction: &BytesPI<'_>, span: Range<usize>) {
        if instruction.target() == b"xml-stylesheet" {
            let reason = "an xml-stylesheet instruction, which loads another file";
            self.find(Finding::new(rules::SVG_17, reason), span);
        }
    }

    pub(super) fn doctype(&mut self, span: Range<usize>) {
        let reason = "a DOCTYPE, which could declare entities that expand";
        let finding = Finding::new(rules::SVG_17, reason).fix("remove the DOCTYPE");
        // What it declares may be used below.
        let declares = self.document[span.clone()].contains('[');
        let finding = if declares {
            finding
        } else {
            finding.with_edit(Edit::remove(span.clone()))
        };
        self.find(finding, span);
    }

    /// Judges whether the root, called `name`, is that of a logo; another attribute of it may be
    /// written at `start`.
    pub(super) fn root(
        &mut self,
        name: &str,
        namespace: &ResolveResult<'_>,
        start: usize,
        span: &Range<usize>,
    ) {
        self.root_seen = true;
        self.root_end = span.end;
        self.is_svg = is_of_svg(namespace) && name == "svg";
        if self.is_svg {
            return;
        }
        let expected = "http://www.w3.org/2000/svg";
        let reason = format!("the root is {}, not svg in {expected}", quote(name));
        let finding = Finding::new(rules::SVG_01, reason);
        let finding = if *namespace == ResolveResult::Unbound && name == "svg" {
            let written = format!("xmlns=\"{expected}\"");
            finding
                .fix(format!("add `{written}` to the root element"))
                .with_edit(Edit::insert(start, format!(" {written}")))
        } else {
            finding
        };
        self.find(finding, span.clone());
    }
}
