//! Where findings belong: a finding about bytes of a file or a record, at its line and column.

use standards::finding::foremost;
use standards::{Finding, Place};

use crate::files::File;
use crate::position::{Located, Position};

/// The findings at a block of the manifest.
pub(super) fn at(position: &Position, findings: impl IntoIterator<Item = Finding>) -> Vec<Finding> {
    findings
        .into_iter()
        .map(|finding| finding.in_place(position.place()))
        .collect()
}

/// The findings of a file, each at the line and column of its bytes.
pub(super) fn in_file(file: &File, findings: impl IntoIterator<Item = Finding>) -> Vec<Finding> {
    findings
        .into_iter()
        .map(|finding| finding.in_file(&file.path, &file.bytes))
        .collect()
}

/// The findings of a record that the manifest spells out, each at its column where the text stands on one line.
pub(super) fn in_text<T>(
    said: &Located<T>,
    text: &str,
    findings: impl IntoIterator<Item = Finding>,
) -> Vec<Finding> {
    // Each holds the line, which can be long.
    let findings = foremost(findings.into_iter().collect());
    let position = &said.position;
    let line = position.source.line(position.line);
    let rest: String = line.chars().skip(position.column - 1).collect();
    let quote = usize::from(rest.starts_with(['"', '\'']));
    let stands_there = rest.get(quote..).is_some_and(|rest| rest.starts_with(text));
    findings
        .into_iter()
        .map(|finding| {
            let start = match &finding.place {
                Place::Span(span) if stands_there => text.get(..span.start),
                _ => None,
            };
            let column = start.map_or(position.column, |start| {
                position.column + quote + start.chars().count()
            });
            let place = Position {
                column,
                ..position.clone()
            }
            .place();
            finding.in_place(place)
        })
        .collect()
}
