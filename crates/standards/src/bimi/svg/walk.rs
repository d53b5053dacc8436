//! One pass over a logo's XML, keeping only what is open.

use std::ops::Range;

use quick_xml::escape::unescape;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;

use super::attribute::Attributes;
use super::element::{self, ACTIVE, Content, Element};
use super::paint::{Picture, Style};
use super::{ViewBox, fixes, names, root, title};
use crate::quote::quote;
use crate::rules;
use crate::{Edit, Finding};

/// Deeper nesting than any drawing program writes; renderers recurse, so depth is an attack.
const MOST_DEPTH: usize = 64;
/// Findings of one severity in one file; the first ones say enough. Each severity has its own
/// cap, so that no number of warnings can hide an error.
const MOST_FINDINGS: usize = 100;

/// The title and the view box of a logo.
#[derive(Debug)]
pub(super) struct Outline {
    pub(super) title: String,
    pub(super) view_box: ViewBox,
}

/// Reads `text` once. There is no outline when the XML is broken or the view box can't be read.
pub(super) fn walk(text: &str) -> (Option<Outline>, Vec<Finding>) {
    // XML allows a byte order mark, and it is not part of the document.
    let document = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut walk = Walk::new(document, text.len() - document.len());
    if let Some(fault) = first_forbidden_character(document) {
        walk.find(
            Finding::new(rules::SVG_01, "a control character, which XML forbids")
                .fix("remove the character"),
            fault,
        );
    } else {
        walk.run();
    }
    walk.finish()
}

fn first_forbidden_character(document: &str) -> Option<Range<usize>> {
    document
        .char_indices()
        .find(|&(_, c)| !is_xml_character(c))
        .map(|(at, c)| at..at + c.len_utf8())
}

pub(super) fn is_xml_character(character: char) -> bool {
    !matches!(character, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}')
}

/// An element that is open.
struct Frame {
    /// `None` for an element outside the profile, whose content is not judged.
    element: Option<&'static Element>,
    style: Style,
    start: Range<usize>,
    /// The position of the finding that the element should not be there.
    finding: Option<usize>,
}

pub(super) struct Walk<'a> {
    pub(super) document: &'a str,
    /// How many bytes of the file stand before the document.
    offset: usize,
    findings: Vec<Finding>,
    open: Vec<Frame>,
    /// How many namespaces were declared, in the whole document.
    pub(super) namespaces: usize,
    pub(super) root_seen: bool,
    /// Whether the root is what a logo's has to be.
    pub(super) is_svg: bool,
    /// The byte after the root's opening tag.
    pub(super) root_end: usize,
    root_children: usize,
    view_box: Option<ViewBox>,
    titles: title::Titles,
    picture: Picture,
}

/// The walk can't go on; the finding that says why is already there.
pub(super) struct Stop;

impl<'a> Walk<'a> {
    fn new(document: &'a str, offset: usize) -> Self {
        Self {
            document,
            offset,
            findings: Vec::new(),
            open: Vec::new(),
            namespaces: 0,
            root_seen: false,
            is_svg: false,
            root_end: 0,
            root_children: 0,
            view_box: None,
            titles: title::Titles::default(),
            picture: Picture::default(),
        }
    }

    /// Adds `finding`, and returns its position among the others.
    pub(super) fn find(&mut self, finding: Finding, span: Range<usize>) -> Option<usize> {
        let severity = finding.severity;
        let same = self
            .findings
            .iter()
            .filter(|finding| finding.severity == severity);
        (same.count() < MOST_FINDINGS).then(|| {
            self.push(finding, span);
            self.findings.len() - 1
        })
    }

    /// Reports something that is not well-formed XML, after which nothing can be trusted.
    pub(super) fn malformed(&mut self, reason: impl Into<String>, span: Range<usize>) -> Stop {
        self.stop(Finding::new(rules::SVG_01, reason), span)
    }

    /// The same with a fix of its own.
    pub(super) fn stop(&mut self, finding: Finding, span: Range<usize>) -> Stop {
        self.push(finding, span);
        Stop
    }

    fn push(&mut self, finding: Finding, span: Range<usize>) {
        self.findings.push(finding.at(span).shifted(self.offset));
    }

    fn run(&mut self) {
        let mut reader = NsReader::from_str(self.document);
        let config = reader.config_mut();
        config.check_comments = true;
        config.check_end_names = true;
        let mut before = 0;
        loop {
            let event = reader.read_event();
            let after = position(&reader).min(self.document.len());
            let span = before.min(after)..after;
            let step = match event {
                Ok(Event::Eof) => break self.end_of_document(),
                Ok(event) => self.event(&reader, event, span),
                Err(error) => {
                    let at = usize::try_from(reader.error_position()).unwrap_or(before);
                    let at = at.min(self.document.len());
                    Err(self.malformed(format!("not well-formed XML: {error}"), at..after.max(at)))
                }
            };
            if step.is_err() {
                break;
            }
            before = after;
        }
    }

    fn event(
        &mut self,
        reader: &NsReader<&[u8]>,
        event: Event<'_>,
        span: Range<usize>,
    ) -> Result<(), Stop> {
        match event {
            Event::Start(tag) => self.start(reader, &tag, span, false),
            Event::Empty(tag) => self.start(reader, &tag, span, true),
            Event::End(_) => {
                self.end(span.end);
                Ok(())
            }
            Event::Text(text) => {
                let text = std::str::from_utf8(&text).unwrap_or_default();
                if text.contains("]]>") {
                    return Err(self.malformed("]]> outside of a CDATA section", span));
                }
                self.text(text, span)
            }
            Event::CData(text) => {
                let text = std::str::from_utf8(&text).unwrap_or_default();
                self.text(text, span)
            }
            Event::GeneralRef(reference) => self.reference(&reference, span),
            Event::Decl(declaration) => self.declaration(&declaration, span),
            Event::PI(instruction) => {
                self.instruction(&instruction, span);
                Ok(())
            }
            Event::DocType(_) => {
                self.doctype(span);
                Ok(())
            }
            Event::Comment(_) | Event::Eof => Ok(()),
        }
    }

    fn start(
        &mut self,
        reader: &NsReader<&[u8]>,
        tag: &BytesStart<'_>,
        span: Range<usize>,
        is_empty: bool,
    ) -> Result<(), Stop> {
        if self.open.is_empty() && self.root_seen {
            return Err(self.malformed("a second root element", span));
        }
        if self.open.len() >= MOST_DEPTH {
            return Err(
                self.malformed(format!("elements nested more than {MOST_DEPTH} deep"), span)
            );
        }
        let attributes = self.attributes(reader, tag, &span)?;
        let (namespace, local) = reader.resolver().resolve_element(tag.name());
        let name = std::str::from_utf8(local.into_inner())
            .unwrap_or_default()
            .to_owned();
        let in_svg = element::is_of_svg(&namespace);
        if let ResolveResult::Unknown(prefix) = namespace {
            let prefix = String::from_utf8_lossy(&prefix).into_owned();
            return Err(self.malformed(
                format!("the prefix {} is not declared", quote(&prefix)),
                span,
            ));
        }
        let known = element::find(&name).filter(|_| in_svg);
        let finding = if self.root_seen {
            self.place(&name, known, in_svg, &span)
        } else {
            self.root(&name, &namespace, attributes.start, &span);
            None
        };
        let parent_style = self
            .open
            .last()
            .map_or_else(Style::initial, |frame| frame.style.clone());
        let style = parent_style.inherit(&name, &attributes);
        if let Some(element) = known {
            self.known_element(element, &style, &attributes, &span);
        }
        let end = span.end;
        self.open.push(Frame {
            element: known,
            style,
            start: span,
            finding,
        });
        if is_empty {
            self.end(end);
        }
        Ok(())
    }

    /// Judges whether an element called `name` may stand where it stands. Returns the position of
    /// the finding that it may not.
    fn place(
        &mut self,
        name: &str,
        known: Option<&'static Element>,
        in_svg: bool,
        span: &Range<usize>,
    ) -> Option<usize> {
        let parent = self.open.last().and_then(|frame| frame.element);
        let in_root = self.open.len() == 1;
        self.root_children += usize::from(in_root);
        if in_svg && name == "title" {
            let reason = self.titles.open(in_root, self.root_children)?;
            let fix = match self.titles.count() {
                1 => "move it to the place right after the opening tag of the root",
                _ => "remove it",
            };
            return self.find(Finding::new(rules::SVG_04, reason).fix(fix), span.clone());
        }
        let active = ACTIVE
            .iter()
            .any(|active| active.eq_ignore_ascii_case(name));
        let finding = match (known, parent) {
            _ if active => {
                if name == "style" {
                    self.picture.painted_by_a_sheet();
                }
                Finding::new(rules::SVG_09, against_active(name)).fix(fixes::of_active(name))
            }
            (None, _) if in_svg => {
                let reason = format!("the profile has no element {}", quote(name));
                Finding::new(rules::SVG_08, reason)
            }
            (None, _) => {
                let reason = format!("the element {} is of another namespace", quote(name));
                Finding::new(rules::SVG_08, reason).fix("remove the element")
            }
            (Some(element), Some(parent)) if !parent.holds(element.name) => {
                let reason = format!("<{}> may not stand inside <{}>", element.name, parent.name);
                let fix = format!("move it out of <{}>, or remove it", parent.name);
                Finding::new(rules::SVG_08, reason).fix(fix)
            }
            _ => return None,
        };
        let position = self.find(finding, span.clone())?;
        // Renderers pass over elements of other namespaces, with all that they hold; but where the
        // root has lost its namespace, they are the drawing.
        (!in_svg && self.is_svg).then_some(position)
    }

    fn known_element(
        &mut self,
        element: &'static Element,
        style: &Style,
        attributes: &Attributes,
        span: &Range<usize>,
    ) {
        for attribute in &attributes.list {
            for finding in names::check(element, attribute, attributes) {
                let span = attribute.span.clone();
                self.find(finding, span);
            }
        }
        if self.open.is_empty() {
            let (view_box, findings) = root::check(attributes, span);
            self.view_box = view_box;
            for finding in findings {
                let span = match &finding.place {
                    crate::Place::Span(span) => span.clone(),
                    _ => span.clone(),
                };
                self.find(finding, span);
            }
            return;
        }
        match element.name {
            "text" | "textArea" => {
                let reason = "text is drawn with whatever font the reader has; draw it as paths";
                self.find(Finding::new(rules::SVG_24, reason), span.clone());
            }
            "use" => {
                let reason = "<use> is read differently by different receivers; repeat the shape";
                self.find(Finding::new(rules::SVG_16, reason), span.clone());
            }
            _ => {}
        }
        if element.is_shape() || matches!(element.name, "stop" | "solidColor" | "use") {
            self.picture
                .paint(element.name, style, attributes, self.view_box);
        }
    }

    /// Closes the element that ends before byte `end`.
    fn end(&mut self, end: usize) {
        let Some(frame) = self.open.pop() else { return };
        let whole = frame.start.start..end;
        let name = frame.element.map_or("", |element| element.name);
        if let Some(position) = frame.finding {
            let edit = self.edit_of_misplaced(name, whole.clone());
            // The whole of it goes, and what is wrong inside with it.
            self.findings[position].edit = Some(edit.shifted(self.offset));
        }
        if frame.element.is_some()
            && let Some((rule, reason)) = self.titles.close(name)
        {
            let finding = Finding::new(rule, reason);
            let finding = match name {
                "desc" => finding.fix("remove it").with_edit(Edit::remove(whole)),
                _ => finding.fix("write the name of the brand into it"),
            };
            self.find(finding, frame.start);
        }
    }

    /// The edit of an element that should not stand at `whole`: the first title belongs at the
    /// root's start, and the rest is not painted.
    fn edit_of_misplaced(&self, name: &str, whole: Range<usize>) -> Edit {
        let is_first = self.titles.count() == 1;
        match name {
            "title" if is_first => fixes::moved(self.document, whole, self.root_end),
            _ => Edit::remove(whole),
        }
    }

    fn text(&mut self, text: &str, span: Range<usize>) -> Result<(), Stop> {
        self.titles.text(text);
        if text.trim().is_empty() {
            return Ok(());
        }
        let Some(frame) = self.open.last() else {
            return Err(self.malformed("text outside of the root element", span));
        };
        if let Some(element) = frame.element
            && !matches!(element.content, Content::Text)
        {
            let reason = format!("text may not stand inside <{}>", element.name);
            let finding = Finding::new(rules::SVG_08, reason).fix("remove the text");
            self.find(finding, span);
        }
        Ok(())
    }

    fn reference(&mut self, reference: &BytesRef<'_>, span: Range<usize>) -> Result<(), Stop> {
        let name = std::str::from_utf8(reference).unwrap_or_default();
        match unescape(&format!("&{name};")) {
            Ok(text) if text.chars().all(is_xml_character) => self.text(&text, span),
            _ => Err(self.malformed(format!("the entity {} is not resolved", quote(name)), span)),
        }
    }

    fn end_of_document(&mut self) {
        let end = self.document.len();
        if let Some(frame) = self.open.last() {
            let span = frame.start.clone();
            self.malformed("this element is never closed", span);
        } else if !self.root_seen {
            self.malformed("there is no element in the file", 0..end);
        }
    }

    fn finish(mut self) -> (Option<Outline>, Vec<Finding>) {
        let broken = self
            .findings
            .iter()
            .any(|finding| finding.is_of(rules::SVG_01));
        if self.root_seen && !broken {
            self.judge_picture();
        }
        let outline = self.view_box.filter(|_| !broken).map(|view_box| Outline {
            title: self.titles.into_title().unwrap_or_default(),
            view_box,
        });
        (outline, self.findings)
    }

    fn judge_picture(&mut self) {
        let whole = 0..self.document.len();
        if self.titles.count() == 0 {
            let title = "<title>Brand</title>";
            let finding = Finding::new(rules::SVG_04, "the logo has no title")
                .fix("put `<title>NAME</title>`, with the name of the brand, after the opening tag")
                .with_guess(Edit::insert(self.root_end, title));
            self.find(finding, whole.clone());
        }
        if !self.picture.is_covered() {
            let reason = "no opaque shape covers the whole canvas";
            self.find(Finding::new(rules::SVG_22, reason), whole.clone());
        }
        if self.picture.has_one_colour() {
            self.find(
                Finding::new(rules::SVG_23, "the logo is drawn in one colour"),
                whole,
            );
        }
    }
}

/// The reason against an element that the profile leaves out with a purpose.
fn against_active(name: &str) -> String {
    match name {
        "clipPath" | "filter" | "marker" | "mask" | "pattern" | "style" | "switch" => {
            format!("the profile has no <{name}>")
        }
        _ => format!("<{name}> runs, animates, embeds or links"),
    }
}

fn position(reader: &NsReader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}
