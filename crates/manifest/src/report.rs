//! The findings of one load, as they come in.

use std::collections::BTreeSet;

use model::rules::Rule;
use standards::{Finding, Place};

use crate::position::Position;

/// Nobody fixes more than this at once, and a hostile file must not fill the memory with findings.
const FINDINGS_MAX: usize = 200;

/// Collects findings, each once.
#[derive(Debug, Default)]
pub(crate) struct Report {
    findings: Vec<Finding>,
    /// The keys of maps whose entries could not be read: accounts and domains among them.
    pub(crate) unreadable: BTreeSet<String>,
}

impl Report {
    /// Notes that `rule` is broken at `position`.
    pub(crate) fn add(
        &mut self,
        rule: &'static Rule,
        position: &Position,
        reason: impl Into<String>,
        fix: impl Into<String>,
    ) {
        // Finding the line costs as much as the file is long.
        if self.findings.len() == FINDINGS_MAX {
            return;
        }
        self.push(
            Finding::new(rule, reason)
                .in_place(position.place())
                .fix(fix),
        );
    }

    /// Notes a finding that was made elsewhere, unless it is already there.
    ///
    /// The same fault is met again where `defaults` are merged under a second domain.
    pub(crate) fn push(&mut self, finding: Finding) {
        if self.findings.len() < FINDINGS_MAX && !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    /// The findings, in the order of their places.
    pub(crate) fn into_findings(self) -> Vec<Finding> {
        self.findings
    }
}

/// The findings in the order of their places, those of the main file first, each once.
///
/// One fault in `defaults` is met under every domain.
pub(crate) fn in_order(findings: Vec<Finding>, main: &str) -> Vec<Finding> {
    let mut unique: Vec<Finding> = Vec::new();
    let mut seen = BTreeSet::new();
    for finding in findings {
        // Whether an edit is sure depends on what stands beside it, and is not the fault's.
        let Finding {
            rule,
            place,
            reason,
            ..
        } = &finding;
        if seen.insert(format!("{rule} {place:?} {reason}")) {
            unique.push(finding);
        }
    }
    unique.sort_by_key(|finding| match &finding.place {
        Place::File {
            path, line, column, ..
        } => (path != main, path.clone(), *line, *column),
        _ => (true, String::new(), 0, 0),
    });
    unique
}

/// At most the first forty characters of `text`, for a message that shows the line anyway.
pub(crate) fn shorten(text: &str) -> String {
    const CHARACTERS_MAX: usize = 40;
    if text.chars().count() <= CHARACTERS_MAX {
        return text.to_owned();
    }
    let start: String = text.chars().take(CHARACTERS_MAX).collect();
    format!("{start}…")
}
