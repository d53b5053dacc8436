//! A fix as a change of the text that was parsed.
//!
//! ```
//! use standards::dmarc::Dmarc;
//! use standards::edit;
//!
//! let text = "v=DMARC1; p=Reject; rua=mailto:a@example.com";
//! let (_, findings) = Dmarc::parse(text);
//! let edits = findings.iter().filter_map(|finding| finding.edit.as_ref());
//! assert_eq!(edit::apply(text, edits), "v=DMARC1; p=reject; rua=mailto:a@example.com");
//! ```

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// Whether an edit can be made without a decision by a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Applicability {
    /// The text has the meaning that it was written for, and the finding is gone.
    MachineApplicable,
    /// The most likely meaning; another one is possible, or the policy becomes another.
    MaybeIncorrect,
}

/// One piece of text in the place of another.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Replacement {
    /// The bytes that go; an empty range is an insertion.
    pub span: Range<usize>,
    /// The text that comes.
    pub text: String,
}

/// A change that fixes one finding: its replacements are made together.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Edit {
    /// Whether it can be made without a decision by a person.
    pub applicability: Applicability,
    /// In the order of the text; no two overlap.
    pub replacements: Vec<Replacement>,
}

impl Edit {
    /// `text` in the place of the bytes `span`.
    pub fn replace(span: Range<usize>, text: impl Into<String>) -> Self {
        Self::default().and_replace(span, text)
    }

    /// The bytes `span` removed.
    pub fn remove(span: Range<usize>) -> Self {
        Self::replace(span, "")
    }

    /// `text` before byte `at`.
    pub fn insert(at: usize, text: impl Into<String>) -> Self {
        Self::replace(at..at, text)
    }

    /// The same edit with one more replacement, which stands after the others.
    #[must_use]
    pub fn and_replace(mut self, span: Range<usize>, text: impl Into<String>) -> Self {
        let text = text.into();
        self.replacements.push(Replacement { span, text });
        self
    }

    /// The same edit of a text that stands `offset` bytes into a longer one.
    #[must_use]
    pub fn shifted(self, offset: usize) -> Self {
        self.moved(0, offset)
    }

    /// The same edit where what stood at byte `from` stands at byte `to`. All of it is after
    /// `from`.
    #[must_use]
    pub fn moved(mut self, from: usize, to: usize) -> Self {
        for Replacement { span, .. } in &mut self.replacements {
            *span = span.start - from + to..span.end - from + to;
        }
        self
    }

    /// The edit alone, made in `text`.
    pub fn apply(&self, text: &str) -> String {
        make(text, &self.replacements)
    }
}

/// An edit without a replacement yet.
impl Default for Edit {
    fn default() -> Self {
        Self {
            applicability: Applicability::MachineApplicable,
            replacements: Vec::new(),
        }
    }
}

/// `text` after those of `edits` that are machine-applicable. Of two edits that overlap, the first
/// is made; the other one is left for the next run, which parses the text anew.
pub fn apply<'e>(text: &str, edits: impl IntoIterator<Item = &'e Edit>) -> String {
    let mut chosen: Vec<Replacement> = Vec::new();
    for edit in edits {
        let is_free = |replacement: &Replacement| {
            !chosen
                .iter()
                .any(|other| overlap(&other.span, &replacement.span))
        };
        let is_sure = edit.applicability == Applicability::MachineApplicable;
        if is_sure && edit.replacements.iter().all(is_free) {
            chosen.extend(edit.replacements.iter().cloned());
        }
    }
    chosen.sort_by_key(|replacement| (replacement.span.start, replacement.span.end));
    make(text, &chosen)
}

/// `text` after every one of `edits`, also those that a person would have to agree to. Of two that
/// overlap, the first in the text is made.
pub(crate) fn apply_all<'e>(text: &str, edits: impl IntoIterator<Item = &'e Edit>) -> String {
    let mut chosen: Vec<&Replacement> = Vec::new();
    chosen.extend(edits.into_iter().flat_map(|edit| &edit.replacements));
    chosen.sort_by_key(|replacement| (replacement.span.start, replacement.span.end));
    make(text, chosen)
}

/// Whether one of two ranges begins where or before the other ends. Neighbours count: two
/// insertions at one place, or two neighbouring removals, could undo each other's reason.
fn overlap(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start <= other.end && other.start <= one.end
}

/// `text` with `replacements`, which are in order. A replacement outside of the text, within a
/// character or within the one before is left out.
fn make<'r>(text: &str, replacements: impl IntoIterator<Item = &'r Replacement>) -> String {
    let mut made = String::with_capacity(text.len());
    let mut at = 0;
    for Replacement { span, text: new } in replacements {
        if let Some(kept) = text.get(at..span.start)
            && text.get(span.clone()).is_some()
        {
            made.push_str(kept);
            made.push_str(new);
            at = span.end;
        }
    }
    made.push_str(&text[at..]);
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_made_together_in_the_order_of_the_text() {
        let edits = [
            Edit::remove(3..4),
            Edit::replace(0..1, "A"),
            Edit {
                applicability: Applicability::MaybeIncorrect,
                ..Edit::remove(6..7)
            },
        ];
        assert_eq!(apply("abcdefgh", &edits), "Abcefgh");
    }

    #[test]
    fn of_two_edits_that_overlap_the_first_is_made() {
        let edits = [
            Edit::replace(0..3, "x"),
            Edit::replace(2..4, "y"),
            Edit::insert(3, "z"),
        ];
        assert_eq!(apply("abcdef", &edits), "xdef");
    }

    #[test]
    fn an_edit_of_several_places_is_made_whole_or_not_at_all() {
        let both = Edit::remove(0..1).and_replace(4..5, "E");
        assert_eq!(both.apply("abcdef"), "bcdEf");
        let edits = [Edit::remove(4..5), both];
        assert_eq!(apply("abcdef", &edits), "abcdf");
    }

    #[test]
    fn an_edit_that_does_not_fit_the_text_changes_nothing() {
        assert_eq!(Edit::remove(5..9).apply("abc"), "abc");
        assert_eq!(Edit::remove(1..2).apply("é"), "é");
    }
}
