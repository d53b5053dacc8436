//! Sources, positions in them, and values that remember theirs.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

use standards::Place;

/// A file of the manifest, with its text, so that findings can show the line.
#[derive(PartialEq, Eq)]
pub struct Source {
    /// The path inside the tree, with `/` between its parts.
    pub path: String,
    text: String,
    /// The bytes of the file before the text: those of a byte-order mark.
    skipped: usize,
    /// The byte that each line starts at: a thousand findings need a thousand lines.
    line_starts: Vec<usize>,
}

impl Source {
    /// A file with its text. A byte-order mark says nothing in UTF-8, and would move the first
    /// line's columns: it is left out.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        let mut text = text.into();
        let skipped = if text.starts_with('\u{feff}') {
            '\u{feff}'.len_utf8()
        } else {
            0
        };
        text.drain(..skipped);
        // YAML ends a line at CRLF, LF, or a CR alone; so must we, or the lines would not be the parser's.
        let ends = text.bytes().enumerate().filter(|(at, byte)| match byte {
            b'\n' => true,
            b'\r' => text.as_bytes().get(at + 1) != Some(&b'\n'),
            _ => false,
        });
        let line_starts = std::iter::once(0)
            .chain(ends.map(|(at, _)| at + 1))
            .collect();
        Self {
            path: path.into(),
            line_starts,
            skipped,
            text,
        }
    }

    /// The text, as it stands in the file.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The line with this number (counted from 1), without its line break.
    pub fn line(&self, number: usize) -> &str {
        let start = number
            .checked_sub(1)
            .and_then(|index| self.line_starts.get(index));
        let rest = start
            .and_then(|start| self.text.get(*start..))
            .unwrap_or("");
        rest.split(['\r', '\n']).next().unwrap_or("")
    }

    /// The same file where its text is too much to show.
    pub(crate) fn without_text(&self) -> Self {
        Self::new(self.path.clone(), "")
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)
    }
}

/// A line and a column of a source.
#[derive(Clone, PartialEq, Eq)]
pub struct Position {
    /// The file.
    pub source: Arc<Source>,
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
}

impl Position {
    /// The bytes of the file that `text` has here, if it is written as it is, in quotes or without.
    pub(crate) fn span_of(&self, text: &str) -> Option<Range<usize>> {
        let line_start = *self.source.line_starts.get(self.line.checked_sub(1)?)?;
        let start = self.source.skipped + line_start + self.offset_of(text)?;
        Some(start..start + text.len())
    }

    /// The position of byte `offset` of `text`, which stands here.
    pub(crate) fn within(&self, text: &str, offset: usize) -> Option<Self> {
        let end = self.offset_of(text)? + offset;
        let before = self.source.line(self.line).get(..end)?;
        Some(Self {
            column: before.chars().count() + 1,
            ..self.clone()
        })
    }

    /// The byte of the line at which `text` begins, after a quote perhaps.
    fn offset_of(&self, text: &str) -> Option<usize> {
        let line = self.source.line(self.line);
        let (offset, first) = line.char_indices().nth(self.column.checked_sub(1)?)?;
        let quote = usize::from(matches!(first, '"' | '\''));
        let stands_at = |offset: &usize| line[*offset..].starts_with(text);
        [offset, offset + quote].into_iter().find(stands_at)
    }

    /// The place of a finding about what stands here.
    pub fn place(&self) -> Place {
        Place::File {
            path: self.source.path.clone(),
            line: self.line,
            column: self.column,
            text: self.source.line(self.line).to_owned(),
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.source.path, self.line, self.column)
    }
}

impl fmt::Debug for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A value and where it was said.
///
/// Two are equal when their values are: a manifest that says the same thing on another line is the same manifest.
#[derive(Clone)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Its position.
    pub position: Position,
}

impl<T> Located<T> {
    /// The place of a finding about this value.
    pub fn place(&self) -> Place {
        self.position.place()
    }
}

impl<T> Deref for Located<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: PartialEq> PartialEq for Located<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Located<T> {}

impl<T: fmt::Debug> fmt::Debug for Located<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

impl<T: fmt::Display> fmt::Display for Located<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_those_of_yaml() {
        let source = Source::new("a", "one\ntwo\r\nthree\rfour\n");
        let lines: Vec<&str> = (0..8).map(|number| source.line(number)).collect();
        assert_eq!(lines, ["", "one", "two", "three", "four", "", "", ""]);
    }
}
