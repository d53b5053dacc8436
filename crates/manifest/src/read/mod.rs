//! The reader: from the tree of YAML nodes to types, collecting every fault on the way.
//!
//! A block of the manifest is a struct made by [`block!`], which states each key once: as the
//! name of a field. The struct, its reader, its list of keys and its JSON Schema all come from there.

mod macros;
mod types;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::rules::{self, Rule};
use schemars::{Schema, SchemaGenerator};
use standards::{Edit, Finding, typo};

use crate::composed::is_plain;
use crate::files::Files;
use crate::position::Position;
use crate::report::{Report, shorten};
use crate::yaml::{Content, Key, Node};

pub(crate) use macros::{block, choice, field_schema, word_schema, words};

/// The context of reading a node: the source of files, and the report that takes findings.
pub(crate) struct Reader<'a> {
    pub(crate) files: &'a dyn Files,
    /// The files that were read already: a thousand domains may show one logo.
    pub(crate) read: BTreeMap<String, Arc<[u8]>>,
    pub(crate) report: Report,
    /// `defaults` are one part of a block: there, a missing key is no fault.
    pub(crate) partial: bool,
}

/// A type that the manifest can say.
pub(crate) trait Read: Sized {
    /// Reads it from `node`; when it can't, it has reported why.
    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self>;

    /// Its schema, for editors.
    fn schema(generator: &mut SchemaGenerator) -> Schema;

    /// Its value where nobody writes it. Without such a value, its key must be there.
    fn absent() -> Option<Self> {
        None
    }
}

/// A type that is written as one piece of text.
pub(crate) trait Text: Sized {
    /// Its name in messages: "expected {WHAT}".
    const WHAT: &'static str;
    /// A regular expression for editors; the parser decides.
    const PATTERN: Option<&'static str> = None;
    /// The rule that a text which is not one breaks.
    const RULE: &'static Rule = rules::MAN_04;
    /// For editors, and for the fix.
    const EXAMPLES: &'static [&'static str];

    /// All that there are, for editors, where they can be told.
    fn all() -> Vec<&'static str> {
        Vec::new()
    }

    /// Parses it, or says in one sentence what is wrong.
    fn parse(text: &str) -> Result<Self, String>;

    /// The text that `text`, which does not parse, was meant as.
    fn meant(_text: &str) -> Option<Meant> {
        None
    }
}

/// The text that another one was meant as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Meant {
    pub(crate) text: String,
    /// Whether nothing else can be meant.
    pub(crate) is_sure: bool,
}

impl Meant {
    /// Another spelling of the same.
    pub(crate) fn surely(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            is_sure: true,
        }
    }

    /// The one of `known` that is near `text`.
    pub(crate) fn near<'a>(text: &str, known: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let near = typo::nearest(text, known)?;
        Some(Self {
            text: near.word.to_owned(),
            is_sure: near.is_sure,
        })
    }

    /// The same where a letter or a digit more can make another thing of it: only case and
    /// punctuation are sure.
    pub(crate) fn respelt<'a>(
        text: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Option<Self> {
        let near = Self::near(text, known)?;
        let bare = |text: &str| {
            let kept = text.chars().filter(char::is_ascii_alphanumeric);
            kept.collect::<String>().to_ascii_lowercase()
        };
        let is_sure = bare(&near.text) == bare(text);
        Some(Self { is_sure, ..near })
    }

    /// The same beside the words in `taken`, each of which may be there once.
    pub(crate) fn beside(self, taken: &[&str]) -> Self {
        let is_sure = self.is_sure && !taken.contains(&self.text.as_str());
        Self { is_sure, ..self }
    }

    /// `finding` about `text` at `position`, with this text as its fix.
    pub(crate) fn fix(&self, finding: Finding, text: &str, position: &Position) -> Finding {
        let span = position.span_of(text).filter(|_| is_plain(&self.text));
        match span.map(|span| Edit::replace(span, self.text.as_str())) {
            Some(edit) if self.is_sure => finding.with_edit(edit),
            Some(edit) => finding.with_guess(edit),
            None => finding,
        }
    }
}

impl Reader<'_> {
    /// The text of `node`, or a finding that `what` was expected.
    pub(crate) fn scalar<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n str> {
        match &node.content {
            Content::Scalar(text) => Some(text),
            _ => self.wrong(node, what),
        }
    }

    /// Reports that `node` is not `what`.
    pub(crate) fn wrong<T>(&mut self, node: &Node, what: &str) -> Option<T> {
        let reason = format!("expected {what}, found {}", node.describe());
        let fix = match node.content {
            Content::Nothing => format!("write {what} here, or take the key out"),
            _ => format!("write {what} here"),
        };
        self.report.add(rules::MAN_04, &node.position, reason, fix);
        None
    }

    /// The entries of a map, each key once; a repeated key is reported and its first value stands.
    pub(crate) fn entries<'n>(&mut self, node: &'n Node) -> Option<Vec<&'n (Key, Node)>> {
        let Content::Map(entries) = &node.content else {
            return self.wrong(node, "a map");
        };
        let mut seen = BTreeSet::new();
        let mut unique = Vec::with_capacity(entries.len());
        for entry in entries {
            let key = &entry.0;
            if seen.insert(key.text.as_str()) {
                unique.push(entry);
            } else {
                self.twice(key);
            }
        }
        Some(unique)
    }

    /// Reports a key that its map has already.
    fn twice(&mut self, key: &Key) {
        let reason = format!("the key `{}` is here twice", shorten(&key.text));
        self.report
            .add(rules::MAN_03, &key.position, reason, "keep one of them");
    }

    /// The fields of a block: a map that has only the keys in `known`.
    pub(crate) fn fields<'n>(
        &mut self,
        node: &'n Node,
        known: &[&'static str],
    ) -> Option<Fields<'n>> {
        let entries = self.entries(node)?;
        for (key, _) in &entries {
            if !known.contains(&key.text.as_str()) {
                let taken: Vec<&str> = entries.iter().map(|(key, _)| &*key.text).collect();
                self.unknown_beside("key", (&key.text, &key.position), known, &taken);
            }
        }
        Some(Fields {
            position: node.position.clone(),
            entries,
        })
    }

    /// The one of `known` that is chosen here, and what it holds: an empty map, if only its key is written.
    pub(crate) fn choice(
        &mut self,
        node: &Node,
        known: &[&'static str],
    ) -> Option<(&'static str, Node)> {
        let (text, position, value) = match &node.content {
            Content::Scalar(text) => {
                let empty = Node {
                    position: node.position.clone(),
                    content: Content::Map(Vec::new()),
                };
                (text, &node.position, empty)
            }
            Content::Map(entries) if entries.len() == 1 => {
                let (key, value) = &entries[0];
                (&key.text, &key.position, value.clone())
            }
            _ => return self.wrong(node, &format!("exactly one of {}", known.join(", "))),
        };
        let Some(key) = known.iter().find(|key| **key == text) else {
            self.unknown("key", text, position, known);
            return None;
        };
        Some((key, value))
    }

    /// Accepts only a node with nothing in it.
    pub(crate) fn nothing(&mut self, node: &Node) -> Option<()> {
        match &node.content {
            Content::Nothing => Some(()),
            Content::Map(entries) if entries.is_empty() => Some(()),
            _ => self.wrong(node, "nothing"),
        }
    }

    /// Reports a word that is not one of `known`.
    pub(crate) fn unknown(&mut self, what: &str, text: &str, position: &Position, known: &[&str]) {
        self.unknown_beside(what, (text, position), known, &[]);
    }

    /// Reports a word that is not one of `known`.
    ///
    /// `taken` are the words that stand beside it already.
    fn unknown_beside(
        &mut self,
        what: &str,
        (text, position): (&str, &Position),
        known: &[&str],
        taken: &[&str],
    ) {
        let reason = format!("unknown {what} `{}`", shorten(text));
        let near = Meant::near(text, known.iter().copied());
        let fix = match (&near, brought_along(text, known)) {
            (_, Some(fix)) => fix.to_owned(),
            (Some(near), None) => format!("did you mean `{}`?", near.text),
            (None, None) => format!("known here: {}", known.join(", ")),
        };
        let rule = if what == "key" {
            rules::MAN_02
        } else {
            rules::MAN_04
        };
        let finding = Finding::new(rule, reason)
            .in_place(position.place())
            .fix(fix);
        self.report.push(match near {
            Some(near) => near.beside(taken).fix(finding, text, position),
            None => finding,
        });
    }
}

/// The entries of one block, while its fields are read.
pub(crate) struct Fields<'n> {
    position: Position,
    entries: Vec<&'n (Key, Node)>,
}

impl Fields<'_> {
    /// Reads the field `key`, or says that it is missing.
    pub(crate) fn take<T: Read>(&self, key: &str, reader: &mut Reader<'_>) -> Option<T> {
        if let Some((_, node)) = self.find(key) {
            return T::read(node, reader);
        }
        let absent = T::absent();
        if absent.is_none() && !reader.partial {
            reader.report.add(
                rules::MAN_13,
                &self.position,
                format!("the key `{key}` is missing"),
                format!("add `{key}:` to this block"),
            );
        }
        absent
    }

    /// Reads the field `key`, or what it is by default, written as in a manifest.
    pub(crate) fn take_or<T: Read>(
        &self,
        key: &str,
        default: &str,
        reader: &mut Reader<'_>,
    ) -> Option<T> {
        match self.find(key) {
            Some((_, node)) => T::read(node, reader),
            None => T::read(&default_node(&self.position, default), reader),
        }
    }

    fn find(&self, key: &str) -> Option<&(Key, Node)> {
        self.entries
            .iter()
            .copied()
            .find(|(known, _)| known.text == key)
    }
}

/// The node of a value that nobody wrote, as if it stood at `position`.
pub(crate) fn default_node(position: &Position, text: &str) -> Node {
    Node {
        position: position.clone(),
        content: Content::Scalar(text.to_owned()),
    }
}

/// Words that people bring along from records and from other tools, where this word is known, and what
/// to write instead.
const BROUGHT_ALONG: &[(&[&str], &str, &str)] = &[
    (&["<<"], "", "YAML 1.2 has no merge keys; use `defaults`"),
    (
        &["pct"],
        "t",
        "DMARC has no `pct` any more (RFC 9989): write `t: y` to try a policy out, or a milder `p`",
    ),
    (&["~all"], "softfail", "write `softfail`"),
    (&["-all"], "softfail", "write `fail`"),
    (&["?all"], "softfail", "write `neutral`"),
    (&["+all", "all"], "softfail", "write `pass`"),
    (
        &[
            "cloudflare",
            "azure",
            "google",
            "gcp",
            "ovh",
            "godaddy",
            "hetzner",
            "namecheap",
            "gandi",
        ],
        "manual",
        "write `manual`: `deploy records` prints what to publish there, also for octoDNS, DNSControl and \
         Terraform",
    ),
];

fn brought_along(text: &str, known: &[&str]) -> Option<&'static str> {
    let mut all = BROUGHT_ALONG.iter();
    let found = all.find(|(words, beside, _)| {
        let is_there = beside.is_empty() || known.contains(beside);
        is_there && words.contains(&text)
    });
    found.map(|(_, _, fix)| *fix)
}
