//! XML as a tree: what CloudFront is told, keeps and gives back.

use quick_xml::Reader;
use quick_xml::escape::escape;
use quick_xml::events::Event;
use serde::{Deserialize, Serialize};

/// One element: its text, or its children.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Element {
    /// Its name without a prefix.
    pub name: String,
    /// Its text, trimmed, when it has no children.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Its children in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Element>,
}

/// The text is not well-formed XML.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(pub String);

impl Element {
    /// An element with text.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "texts, numbers and truth values alike"
    )]
    pub fn leaf(name: &str, text: impl ToString) -> Self {
        Self {
            name: name.to_owned(),
            text: text.to_string(),
            children: Vec::new(),
        }
    }

    /// An element with children.
    pub fn node(name: &str, children: Vec<Element>) -> Self {
        Self {
            name: name.to_owned(),
            text: String::new(),
            children,
        }
    }

    /// Reads a document.
    pub fn parse(document: &[u8]) -> Result<Self, Malformed> {
        let document = std::str::from_utf8(document).map_err(|e| Malformed(e.to_string()))?;
        let mut reader = Reader::from_str(document);
        let mut open: Vec<Element> = Vec::new();
        loop {
            let event = reader.read_event().map_err(|e| Malformed(e.to_string()))?;
            let closed = match event {
                Event::Start(start) => {
                    open.push(Self::leaf(&name(start.local_name().as_ref()), ""));
                    None
                }
                Event::Empty(start) => Some(Self::leaf(&name(start.local_name().as_ref()), "")),
                Event::End(_) => open.pop(),
                Event::Text(text) => {
                    let text = text.xml10_content().map_err(|e| Malformed(e.to_string()))?;
                    append(&mut open, &text);
                    None
                }
                Event::CData(text) => {
                    let text = text.xml10_content().map_err(|e| Malformed(e.to_string()))?;
                    append(&mut open, &text);
                    None
                }
                Event::GeneralRef(entity) => {
                    let text = reference(&name(&entity))
                        .ok_or_else(|| Malformed("unknown entity".to_owned()))?;
                    append(&mut open, &text);
                    None
                }
                Event::Eof => return Err(Malformed("Premature end of file.".to_owned())),
                Event::Decl(_) | Event::Comment(_) | Event::PI(_) => None,
                Event::DocType(_) => {
                    return Err(Malformed("A document type is not allowed.".to_owned()));
                }
            };
            if let Some(mut closed) = closed {
                closed.tidy();
                match open.last_mut() {
                    Some(parent) => parent.children.push(closed),
                    None => return Ok(closed),
                }
            }
        }
    }

    /// White space between elements is layout; within a text it counts.
    fn tidy(&mut self) {
        if !self.children.is_empty() {
            self.text.clear();
        }
    }

    /// Writes it as a document in CloudFront's namespace.
    pub fn document(&self) -> String {
        let mut out = String::from("<?xml version=\"1.0\"?>\n");
        self.write(
            &mut out,
            " xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\"",
        );
        out
    }

    fn write(&self, out: &mut String, attributes: &str) {
        out.push('<');
        out.push_str(&self.name);
        out.push_str(attributes);
        out.push('>');
        out.push_str(&escape(self.text.as_str()));
        for child in &self.children {
            child.write(out, "");
        }
        out.push_str("</");
        out.push_str(&self.name);
        out.push('>');
    }

    /// The first child of this name.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The same, to change it.
    pub fn child_mut(&mut self, name: &str) -> Option<&mut Element> {
        self.children.iter_mut().find(|child| child.name == name)
    }

    /// The element at the end of a path such as `Logging/Bucket`.
    pub fn at(&self, path: &str) -> Option<&Element> {
        path.split('/')
            .try_fold(self, |element, name| element.child(name))
    }

    /// The text at the end of a path; empty where there is none.
    pub fn text_at(&self, path: &str) -> &str {
        self.at(path).map_or("", |element| element.text.as_str())
    }

    /// Whether the text at the end of a path is `true`.
    pub fn is_true(&self, path: &str) -> bool {
        self.text_at(path) == "true"
    }

    /// The members of the list at the end of a path: what is in its `Items`.
    pub fn items(&self, path: &str) -> &[Element] {
        self.at(path)
            .and_then(|list| list.child("Items"))
            .map_or(&[], |items| &items.children)
    }

    /// Puts a child in the place of the one of its name, or at the end.
    pub fn set(&mut self, child: Element) {
        match self.child_mut(&child.name) {
            Some(place) => *place = child,
            None => self.children.push(child),
        }
    }

    /// Takes the children of this name away.
    pub fn remove(&mut self, name: &str) {
        self.children.retain(|child| child.name != name);
    }
}

fn name(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}

fn append(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

/// XML's own five entities and character references; no others exist here.
fn reference(name: &str) -> Option<String> {
    let character = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some(character.to_string())
}
