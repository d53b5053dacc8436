//! YAML text to a small tree in which everything knows its position.
//!
//! The tree is built from the parser's events and not by serde, because serde stops at the first
//! fault and a person wants to see them all.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_yaml::granit_parser::{Event, Parser, ScalarStyle, ScanError, Span, options};

use crate::position::{Position, Source};
use crate::report::Report;

/// A file of the manifest may have this many bytes: a thousand domains fit.
pub(crate) const SOURCE_BYTES_MAX: usize = 1 << 20;
/// A line may have this many characters, because every finding carries its line.
const LINE_CHARACTERS_MAX: usize = 4096;
/// A file may have this many nodes after its aliases are expanded: this stops anchor bombs.
const NODES_MAX: usize = 200_000;
/// A manifest is at most eight levels deep; the rest is an attack on the stack.
const DEPTH_MAX: usize = 32;

/// A value of the YAML text.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) position: Position,
    pub(crate) content: Content,
}

/// What a node holds.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// Nothing was written, or `~`, or `null`.
    Nothing,
    /// A word, a number, a text: which one it is, the reader decides.
    Scalar(String),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

/// A key of a map.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) text: String,
    pub(crate) position: Position,
}

impl Node {
    /// What to call this in "expected …, found …".
    pub(crate) fn describe(&self) -> String {
        match &self.content {
            Content::Nothing => "nothing".to_owned(),
            Content::Scalar(text) => format!("`{}`", crate::report::shorten(text)),
            Content::List(_) => "a list".to_owned(),
            Content::Map(_) => "a map".to_owned(),
        }
    }

    /// The value of `key`, if this is a map that has it.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        let Content::Map(entries) = &self.content else {
            return None;
        };
        entries
            .iter()
            .find(|(known, _)| known.text == key)
            .map(|(_, value)| value)
    }
}
