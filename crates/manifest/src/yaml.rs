//! YAML text to a small tree in which everything knows its position.
//!
//! The tree is built from the parser's events and not by serde, because serde stops at the first
//! fault and a person wants to see them all.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_yaml::granit_parser::{Event, Parser, ScalarStyle, Span, options};

use crate::position::{Position, Source};
use crate::report::{Report, shorten};
use model::rules::{self, Rule};

/// A file of the manifest may have this many bytes: a thousand domains fit.
pub(crate) const SOURCE_BYTES_MAX: usize = 1 << 20;
/// A line may have this many characters, because every finding carries its line.
const LINE_CHARACTERS_MAX: usize = 4096;
/// A file may have this many nodes after its aliases are expanded: this stops anchor bombs.
const NODES_MAX: usize = 200_000;
/// A manifest is at most eight levels deep; what is much deeper is an attack on the stack.
const DEPTH_MAX: usize = 32;

/// A value of the YAML text.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) position: Position,
    pub(crate) content: Content,
}

/// The content of a node.
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
    /// The name of this in "expected …, found …".
    pub(crate) fn describe(&self) -> String {
        match &self.content {
            Content::Nothing => "nothing".to_owned(),
            Content::Scalar(text) => format!("`{}`", shorten(text)),
            Content::List(_) => "a list".to_owned(),
            Content::Map(_) => "a map".to_owned(),
        }
    }

    /// How many nodes this is, with all below it.
    pub(crate) fn size(&self) -> usize {
        let below: usize = match &self.content {
            Content::Nothing | Content::Scalar(_) => 0,
            Content::List(items) => items.iter().map(Self::size).sum(),
            Content::Map(entries) => entries.iter().map(|(_, value)| value.size()).sum(),
        };
        below + 1
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

/// Parses one file. What is wrong with it as YAML is reported, and then there is no tree.
pub(crate) fn parse(source: &Arc<Source>, report: &mut Report) -> Option<Node> {
    let builder = Builder {
        source,
        open: Vec::new(),
        anchors: BTreeMap::new(),
        nodes: 0,
        root: None,
    };
    match check_text(source).and_then(|()| builder.build()) {
        Ok(node) => Some(node),
        Err(fault) => {
            report.add(fault.rule, &fault.position, fault.reason, fault.fix);
            None
        }
    }
}

/// The fault that ends the parsing of a file.
#[derive(Debug)]
struct Fault {
    rule: &'static Rule,
    position: Position,
    reason: String,
    fix: &'static str,
}

/// Refuses what YAML has no place for, before the parser meets it.
fn check_text(source: &Arc<Source>) -> Result<(), Fault> {
    let (mut line, mut column) = (1, 0);
    let mut previous = ' ';
    for character in source.text().chars() {
        column += 1;
        let position = |column| Position {
            source: Arc::clone(source),
            line,
            column,
        };
        match character {
            '\n' if previous == '\r' => column = 0,
            '\n' | '\r' => (line, column) = (line + 1, 0),
            '\t' => {}
            character if character.is_control() => {
                return Err(Fault {
                    rule: rules::MAN_01,
                    position: position(column),
                    reason: format!(
                        "the control character `{}` has no place in YAML",
                        character.escape_default()
                    ),
                    fix: "take it out; in quotes it can be written as an escape",
                });
            }
            _ if column > LINE_CHARACTERS_MAX => {
                return Err(Fault {
                    rule: rules::MAN_05,
                    // The line would be the message; its start is enough to find it.
                    position: Position {
                        source: Arc::new(source.without_text()),
                        line,
                        column,
                    },
                    reason: format!("this line has more than {LINE_CHARACTERS_MAX} characters"),
                    fix: "break the line, or put the value into a file of its own",
                });
            }
            _ => {}
        }
        previous = character;
    }
    Ok(())
}

/// A collection that has begun and not ended.
struct Open {
    node: Node,
    /// The key that waits for its value.
    key: Option<Key>,
    anchor: usize,
    /// The nodes there were when it began.
    nodes_before: usize,
}

/// Builds the tree from the parser's events.
struct Builder<'s> {
    source: &'s Arc<Source>,
    open: Vec<Open>,
    /// The node that each anchor names, and the number of nodes in it.
    anchors: BTreeMap<usize, (Node, usize)>,
    nodes: usize,
    root: Option<Node>,
}

impl Builder<'_> {
    fn build(mut self) -> Result<Node, Fault> {
        let source = Arc::clone(self.source);
        let text = source.text();
        let mut documents = 0;
        let parser = Parser::new_from_str_with_options(text, options! { emit_comments: false });
        for next in parser {
            let (event, span) = next.map_err(|error| {
                let marker = error.marker();
                let reason = format!("this is not YAML: {}", error.kind());
                let fix = if reason.contains("tab") {
                    "indent with spaces, not with tabs"
                } else {
                    "correct the YAML here; often the cause is the indentation, a missing `:`, or a quote that is not closed"
                };
                Fault {
                    rule: rules::MAN_01,
                    position: self.position(marker.line(), marker.col()),
                    reason,
                    fix,
                }
            })?;
            if matches!(event, Event::DocumentStart(..)) {
                documents += 1;
                if documents > 1 {
                    return Err(self.fault(
                        rules::MAN_01,
                        &span,
                        "a second document starts here",
                        "keep one document in a file",
                    ));
                }
            }
            self.take(event, &span)?;
        }
        let start = self.position(1, 0);
        Ok(self.root.unwrap_or(Node {
            position: start,
            content: Content::Nothing,
        }))
    }

    fn take(&mut self, event: Event<'_>, span: &Span) -> Result<(), Fault> {
        if let Event::Scalar(_, _, _, Some(_))
        | Event::SequenceStart(_, _, Some(_))
        | Event::MappingStart(_, _, Some(_)) = &event
        {
            return Err(self.fault(
                rules::MAN_01,
                span,
                "a tag (`!…`) has no meaning in a manifest",
                "take the tag out",
            ));
        }
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let nothing = style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null");
                let content = if nothing {
                    Content::Nothing
                } else {
                    Content::Scalar(text.into_owned())
                };
                let node = self.node(span, content);
                self.count(1, span)?;
                self.name(anchor, &node, 1);
                self.place(node, span)
            }
            Event::SequenceStart(_, anchor, _) => {
                self.begin(Content::List(Vec::new()), anchor, span)
            }
            Event::MappingStart(_, anchor, _) => self.begin(Content::Map(Vec::new()), anchor, span),
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            Event::Alias(anchor) => {
                let Some((node, nodes)) = self.anchors.get(&anchor).cloned() else {
                    return Err(self.fault(
                        rules::MAN_01,
                        span,
                        "this alias is inside what it names",
                        "write the value out",
                    ));
                };
                self.count(nodes, span)?;
                self.place(node, span)
            }
            _ => Ok(()),
        }
    }

    fn begin(&mut self, content: Content, anchor: usize, span: &Span) -> Result<(), Fault> {
        if self.open.len() >= DEPTH_MAX {
            return Err(self.fault(
                rules::MAN_05,
                span,
                format!("this is more than {DEPTH_MAX} levels deep"),
                "a manifest needs eight levels at most",
            ));
        }
        let nodes_before = self.nodes;
        self.count(1, span)?;
        let node = self.node(span, content);
        self.open.push(Open {
            node,
            key: None,
            anchor,
            nodes_before,
        });
        Ok(())
    }

    fn end(&mut self, span: &Span) -> Result<(), Fault> {
        let Some(closed) = self.open.pop() else {
            return Ok(());
        };
        self.name(
            closed.anchor,
            &closed.node,
            self.nodes - closed.nodes_before,
        );
        self.place(closed.node, span)
    }

    /// Puts a whole node where it belongs.
    fn place(&mut self, node: Node, span: &Span) -> Result<(), Fault> {
        let Some(parent) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match &mut parent.node.content {
            Content::List(items) => items.push(node),
            Content::Map(entries) => match parent.key.take() {
                Some(key) => entries.push((key, node)),
                None => match node.content {
                    Content::Scalar(text) => {
                        parent.key = Some(Key {
                            text,
                            position: node.position,
                        });
                    }
                    _ => {
                        return Err(self.fault(
                            rules::MAN_01,
                            span,
                            "a key is one word or text, this is not",
                            "write a word before the `:`",
                        ));
                    }
                },
            },
            Content::Nothing | Content::Scalar(_) => {}
        }
        Ok(())
    }

    fn name(&mut self, anchor: usize, node: &Node, nodes: usize) {
        if anchor != 0 {
            self.anchors.insert(anchor, (node.clone(), nodes));
        }
    }

    /// Counts before anything is copied, so that a bomb is refused and not survived.
    fn count(&mut self, nodes: usize, span: &Span) -> Result<(), Fault> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes > NODES_MAX {
            return Err(self.fault(
                rules::MAN_05,
                span,
                format!("this file has more than {NODES_MAX} values, its aliases written out"),
                "split it into files and `include` them",
            ));
        }
        Ok(())
    }

    fn node(&self, span: &Span, content: Content) -> Node {
        Node {
            position: self.position(span.start.line(), span.start.col()),
            content,
        }
    }

    fn position(&self, line: usize, column_from_zero: usize) -> Position {
        Position {
            source: Arc::clone(self.source),
            line,
            column: column_from_zero + 1,
        }
    }

    fn fault(
        &self,
        rule: &'static Rule,
        span: &Span,
        reason: impl Into<String>,
        fix: &'static str,
    ) -> Fault {
        Fault {
            rule,
            position: self.position(span.start.line(), span.start.col()),
            reason: reason.into(),
            fix,
        }
    }
}
