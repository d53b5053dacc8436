//! Where findings belong: at a block, or at the line and column of a file's bytes.

use standards::Finding;

use crate::files::File;
use crate::position::Position;

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
