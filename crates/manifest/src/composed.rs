//! A text that a block makes of its values, and which value each part of it is: a finding about
//! the text belongs where the value is written.

use std::fmt::Display;
use std::ops::Range;

use standards::edit::Replacement;
use standards::finding::foremost;
use standards::{Edit, Finding};

use crate::places;
use crate::position::{Located, Position};

/// A text, and the values of the manifest in it.
#[derive(Debug, Default)]
pub(crate) struct Composed<'m> {
    pub(crate) text: String,
    /// In the order of the text.
    parts: Vec<Part<'m>>,
}

/// Bytes of the text that are there because of one value.
#[derive(Debug)]
struct Part<'m> {
    span: Range<usize>,
    /// Those that are the value itself, perhaps as the manifest has it.
    value: Range<usize>,
    position: &'m Position,
}

impl<'m> Composed<'m> {
    /// A text that the manifest spells out.
    pub(crate) fn of<T: Display>(said: &'m Located<T>) -> Self {
        let mut composed = Self::default();
        composed.push("", &said.to_string(), &said.position);
        composed
    }

    /// A text without a value in it yet.
    pub(crate) fn starting(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            parts: Vec::new(),
        }
    }

    /// Adds `before` and the value after it, which is said at `position`.
    pub(crate) fn push(&mut self, before: &str, value: &str, position: &'m Position) {
        let start = self.text.len();
        self.text.push_str(before);
        let value_start = self.text.len();
        self.text.push_str(value);
        let end = self.text.len();
        self.parts.push(Part {
            span: start..end,
            value: value_start..end,
            position,
        });
    }

    /// Notes that the next `before` of the text, with what follows it, is there because of `said`.
    pub(crate) fn mark<T: Display>(&mut self, before: &str, said: Option<&'m Located<T>>) {
        if let Some(said) = said {
            self.mark_as(before, &said.to_string(), &said.position);
        }
    }

    /// The same for a value that the text may have in another form. What is the default is not in
    /// the text at all.
    pub(crate) fn mark_as(&mut self, before: &str, value: &str, position: &'m Position) {
        let from = self.parts.last().map_or(0, |part| part.span.end);
        let Some(found) = self.text[from..].find(before) else {
            return;
        };
        let start = from + found;
        let value_start = start + before.len();
        let rest = &self.text[value_start..];
        let (value_end, end) = if rest.starts_with(value) {
            (value.len(), value.len())
        } else {
            (0, rest.find([';', ',', '\r']).unwrap_or(rest.len()))
        };
        self.parts.push(Part {
            span: start..value_start + end,
            value: value_start..value_start + value_end,
            position,
        });
    }

    /// Notes the items of a list, which have a comma between them.
    pub(crate) fn mark_list<T: Display>(&mut self, before: &str, items: &'m [Located<T>]) {
        for (index, item) in items.iter().enumerate() {
            self.mark(if index == 0 { before } else { "," }, Some(item));
        }
    }

    /// The findings about the text, each where its value is written; those about no value at
    /// `block`.
    pub(crate) fn placed(
        &self,
        block: &Position,
        findings: impl IntoIterator<Item = Finding>,
    ) -> Vec<Finding> {
        // Each holds a line, which can be long.
        let findings = foremost(findings.into_iter().collect()).into_iter();
        findings.map(|one| self.place(block, one)).collect()
    }

    /// The findings about the text, or about what it says: those without a place in it at the
    /// value that they name, of `values`.
    pub(crate) fn placed_by(
        &self,
        block: &Position,
        values: &[(String, &Position)],
        findings: Vec<Finding>,
    ) -> Vec<Finding> {
        let is_in_text = |one: &Finding| one.span().is_some() || one.edit.is_some();
        let (within, beside) = findings.into_iter().partition(is_in_text);
        let within: Vec<Finding> = within;
        let mut placed = self.placed(block, within);
        placed.extend(places::at_values(block, values, foremost(beside)));
        placed
    }

    fn place(&self, block: &Position, mut finding: Finding) -> Finding {
        let start = finding.span().map(|span| span.start);
        let part = start.and_then(|start| {
            let holds = |part: &&Part<'_>| part.span.contains(&start);
            self.parts.iter().find(holds)
        });
        let (Some(start), Some(part)) = (start, part) else {
            // What stands alone is the whole block.
            let alone = self
                .parts
                .first()
                .filter(|part| part.span.len() == self.text.len());
            let position = alone.map_or(block, |part| part.position);
            return finding.in_place(position.place());
        };
        let value = &self.text[part.value.clone()];
        let offset = start.saturating_sub(part.value.start);
        let position = part.position.within(value, offset);
        let edit = finding.edit.take().and_then(|edit| part.edit(value, edit));
        let position = position.as_ref().unwrap_or(part.position);
        Finding {
            edit,
            ..finding.in_place(position.place())
        }
    }
}

impl Part<'_> {
    /// The edit in the file, if all of it is within the value, which stands there as it is.
    fn edit(&self, value: &str, edit: Edit) -> Option<Edit> {
        let written = self.position.span_of(value)?;
        let is_within = |one: &Replacement| {
            one.span.start >= self.value.start
                && one.span.end <= self.value.end
                && is_plain(&one.text)
        };
        if !edit.replacements.iter().all(is_within) {
            return None;
        }
        let edit = edit.moved(self.value.start, 0);
        // A value of which nothing is left means something else.
        let is_left = !edit.apply(value).trim().is_empty();
        is_left.then(|| edit.shifted(written.start))
    }
}

/// Whether `text` means the same in every kind of scalar of YAML.
pub(crate) fn is_plain(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-~/=@+*%".contains(c);
    // A colon makes a key only before a space or at the end.
    text.chars().all(|c| is_plain(c) || c == ':') && !text.ends_with(':')
}
