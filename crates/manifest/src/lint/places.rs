//! Where findings belong: a finding about bytes of a file or a record, at its line and column.

use std::sync::Arc;

use standards::{Finding, Place};

use crate::files::File;
use crate::position::{Located, Position, Source};

/// The findings at a block of the manifest.
pub(super) fn at(position: &Position, findings: impl IntoIterator<Item = Finding>) -> Vec<Finding> {
    findings
        .into_iter()
        .map(|finding| finding.in_place(position.place()))
        .collect()
}

/// The findings of a file, each at the line and column of its bytes.
pub(super) fn in_file(file: &File, findings: impl IntoIterator<Item = Finding>) -> Vec<Finding> {
    let source = Arc::new(Source::new(
        file.path.clone(),
        String::from_utf8_lossy(&file.bytes).into_owned(),
    ));
    findings
        .into_iter()
        .map(|finding| {
            let start = match &finding.place {
                Place::Span(span) => span.start.min(file.bytes.len()),
                _ => 0,
            };
            let place = position(&source, &file.bytes[..start]).place();
            finding.in_place(place)
        })
        .collect()
}

/// The position right after `before`, the first bytes of the source.
fn position(source: &Arc<Source>, before: &[u8]) -> Position {
    let before = String::from_utf8_lossy(before);
    let line_start = before.rfind(['\n', '\r']).map_or(0, |end| end + 1);
    // CRLF is one line end.
    let line_ends = before.replace("\r\n", "\n").matches(['\n', '\r']).count();
    Position {
        source: Arc::clone(source),
        line: line_ends + 1,
        column: before[line_start..].chars().count() + 1,
    }
}

/// The findings of a record that the manifest spells out, each at its column where the text stands on one line.
pub(super) fn in_text<T>(
    said: &Located<T>,
    text: &str,
    findings: impl IntoIterator<Item = Finding>,
) -> Vec<Finding> {
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
