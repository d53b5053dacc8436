//! A finding: a rule that a text, a file or a live domain breaks.

use std::borrow::Cow;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::edit::{Applicability, Edit};
use crate::rules::Rule;
use crate::severity::Severity;

/// Whether none of `findings` is an error: receivers can use what they are about.
pub fn is_sound(findings: &[Finding]) -> bool {
    findings
        .iter()
        .all(|finding| finding.severity < Severity::Error)
}

/// The place of a finding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Nowhere in particular.
    #[default]
    Whole,
    /// Bytes of the text that was parsed.
    Span(Range<usize>),
    /// A position in a file, with the text of its line.
    File {
        /// The file as the person named it.
        path: String,
        /// Counted from 1.
        line: usize,
        /// Counted from 1, in characters.
        column: usize,
        /// The offending line, as it stands in the file.
        text: String,
    },
    /// Something that only the program with the rule knows, by its name there.
    Named {
        /// Its name.
        name: String,
        /// The name of the larger thing that it is in.
        within: Option<String>,
    },
    /// Something seen from outside: a DNS name, a URL, a mail host.
    Live(String),
}

impl Place {
    /// The line and column of the byte `offset` of `file`. Lines end in LF, CRLF or a CR alone.
    ///
    /// ```
    /// use standards::Place;
    ///
    /// let place = Place::in_file("mta-sts.txt", b"version: STSv1\r\nmode: off\r\n", 22);
    /// assert!(matches!(place, Place::File { line: 2, column: 7, .. }));
    /// ```
    pub fn in_file(path: &str, file: &[u8], offset: usize) -> Self {
        let (before, after) = file.split_at(offset.min(file.len()));
        let before = String::from_utf8_lossy(before);
        let line_start = before.rfind(['\n', '\r']).map_or(0, |end| end + 1);
        // CRLF is one line end.
        let line_ends = before.replace("\r\n", "\n").matches(['\n', '\r']).count();
        let start = &before[line_start..];
        let end = after.split(|octet| matches!(octet, b'\n' | b'\r')).next();
        Self::File {
            path: path.to_owned(),
            line: line_ends + 1,
            column: start.chars().count() + 1,
            text: format!(
                "{start}{}",
                String::from_utf8_lossy(end.unwrap_or_default())
            ),
        }
    }
}

/// One rule broken in one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule's id, as in the registry: `STS-P13`.
    pub rule: Cow<'static, str>,
    /// The rule's severity, or what the manifest made of it.
    pub severity: Severity,
    /// The place.
    pub place: Place,
    /// The observation, in one sentence that starts in lower case and has no final stop.
    pub reason: String,
    /// The fix, in the same form.
    pub fix: String,
    /// The fix as a change of the text, where the text decides it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edit: Option<Edit>,
}

impl Finding {
    /// A finding of `rule`, with the rule's severity and fix.
    pub fn new(rule: &'static Rule, reason: impl Into<String>) -> Self {
        Self {
            rule: Cow::Borrowed(rule.id),
            severity: rule.severity,
            place: Place::Whole,
            reason: reason.into(),
            fix: rule.fix.to_owned(),
            edit: None,
        }
    }

    /// Whether it is a finding of `rule`.
    pub fn is_of(&self, rule: &Rule) -> bool {
        self.rule == rule.id
    }

    /// The same finding, at bytes `span` of the parsed text.
    #[must_use]
    pub fn at(mut self, span: Range<usize>) -> Self {
        self.place = Place::Span(span);
        self
    }

    /// The same finding, whose bytes are those of `file`, at their line and column there. What
    /// is about the whole stands at the start.
    #[must_use]
    pub fn in_file(self, path: &str, file: &[u8]) -> Self {
        let offset = match &self.place {
            Place::Span(span) => span.start,
            _ => 0,
        };
        let edit = self.edit.clone();
        Self {
            edit,
            ..self.in_place(Place::in_file(path, file, offset))
        }
    }

    /// The same finding, in `place`. Its edit was of the text that it is taken away from, and is
    /// left behind.
    #[must_use]
    pub fn in_place(mut self, place: Place) -> Self {
        self.place = place;
        self.edit = None;
        self
    }

    /// The same finding, with a weight that fits this case better than the rule's own.
    #[must_use]
    pub fn weighing(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// The same finding, with a fix that fits this case better than the rule's own.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = fix.into();
        self
    }

    /// The bytes of the parsed text that it is about, where it is about a part of it.
    pub fn span(&self) -> Option<&Range<usize>> {
        match &self.place {
            Place::Span(span) => Some(span),
            _ => None,
        }
    }

    /// The same finding, with a change that needs no decision by a person.
    #[must_use]
    pub fn with_edit(mut self, edit: Edit) -> Self {
        self.edit = Some(edit);
        self
    }

    /// The same finding, with a change that a person has to agree to.
    #[must_use]
    pub fn with_guess(mut self, mut edit: Edit) -> Self {
        edit.applicability = Applicability::MaybeIncorrect;
        self.edit = Some(edit);
        self
    }

    /// The same finding, with a change that a person has to agree to unless it `is_sure`.
    #[must_use]
    pub fn with_meant(self, edit: Edit, is_sure: bool) -> Self {
        if is_sure {
            self.with_edit(edit)
        } else {
            self.with_guess(edit)
        }
    }

    /// The same finding of a text that stands `offset` bytes into a longer one.
    #[must_use]
    pub fn shifted(mut self, offset: usize) -> Self {
        if let Place::Span(span) = self.place {
            self.place = Place::Span(span.start + offset..span.end + offset);
        }
        self.edit = self.edit.map(|edit| edit.shifted(offset));
        self
    }
}

/// How many errors of one text are worth telling, and how much else.
pub(crate) const FOREMOST: usize = 100;

/// The first of the errors and the first of the rest, in their order. A hostile text can have as
/// many findings as it has words; more of them say nothing new.
pub fn foremost(mut findings: Vec<Finding>) -> Vec<Finding> {
    let (mut errors, mut others) = (0, 0);
    findings.retain(|finding| {
        let count = if finding.severity == Severity::Error {
            &mut errors
        } else {
            &mut others
        };
        *count += 1;
        *count <= FOREMOST
    });
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules;

    #[test]
    fn no_number_of_warnings_hides_an_error() {
        let mut many = vec![Finding::new(rules::SPF_25, "again"); 5000];
        many.push(Finding::new(rules::SPF_04, "a typing error"));
        let few = foremost(many);
        assert_eq!(few.len(), FOREMOST + 1);
        assert_eq!(few.last().map(|last| &*last.rule), Some("SPF-04"));
        assert_eq!(foremost(few.clone()), few);
    }

    #[test]
    fn bytes_of_a_file_have_a_line_and_a_column() {
        let check = |file: &str, offset: usize, expect: (usize, usize, &str)| {
            let place = Place::in_file("a", file.as_bytes(), offset);
            let (line, column, text) = expect;
            let expect = Place::File {
                path: "a".to_owned(),
                line,
                column,
                text: text.to_owned(),
            };
            assert_eq!(place, expect, "{file:?} {offset}");
        };
        check("", 0, (1, 1, ""));
        check("abc", 0, (1, 1, "abc"));
        check("abc", 3, (1, 4, "abc"));
        check("abc", 99, (1, 4, "abc"));
        check("a\nbc\nd", 3, (2, 2, "bc"));
        check("a\r\nbc\r\nd", 4, (2, 2, "bc"));
        check("a\rbc", 3, (2, 2, "bc"));
        check("é\néx", 5, (2, 2, "éx"));
    }

    #[test]
    fn a_finding_without_a_span_stands_at_the_start_of_its_file() {
        let finding = Finding::new(rules::SVG_18, "large").in_file("a.svg", b"<svg/>");
        let expect = Place::in_file("a.svg", b"<svg/>", 0);
        assert_eq!(finding.place, expect);
    }
}
