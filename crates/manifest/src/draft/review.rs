//! A draft is read as every manifest is, and what lint says of it stands in it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use standards::{Finding, Place};

use super::DraftFile;
use super::layout::{OTHERS_MAX, placeholder};
use super::page::Page;
use crate::files::MemoryFiles;
use crate::lint::lint;
use crate::load::load;

/// Any path will do: the draft is in no folder yet.
const PATH: &str = "deploy.yaml";

/// Puts every finding about the page on the page.
pub(super) fn review(page: &mut Page, files: &[DraftFile], now: Timestamp) {
    let text = page.text();
    // A placeholder hides what else is wrong. The lines are the same without it.
    let mut findings = judge(&text, files, now);
    findings.extend(judge(&with_ids(&text), files, now));
    let mut placed: Vec<(usize, Finding)> = findings
        .into_iter()
        .map(|finding| (line_of(page, &finding), finding))
        .collect();
    placed.sort_by_key(|(line, _)| *line);
    // What is said of many lines of a domain is said at the first.
    let mut said = BTreeSet::new();
    placed.retain(|(line, finding)| {
        said.insert((
            page.part_of(*line),
            finding.rule.clone(),
            finding.reason.clone(),
        ))
    });
    // From the end, because the lines below move.
    placed.reverse();
    for group in placed.chunk_by(|(a, _), (b, _)| a == b) {
        let findings: Vec<&Finding> = group.iter().map(|(_, finding)| finding).collect();
        page.find_above(group[0].0, &findings);
    }
}

/// The findings of reading and lint.
fn judge(text: &str, files: &[DraftFile], now: Timestamp) -> Vec<Finding> {
    let mut tree = MemoryFiles::default().with(PATH, text);
    for file in files {
        tree = tree.with(&file.path, file.bytes.clone());
    }
    let (manifest, mut findings) = load(PATH, &tree);
    findings.extend(manifest.iter().flat_map(|manifest| lint(manifest, now)));
    findings
}

/// The same text, with an id of the right form for each placeholder.
pub(super) fn with_ids(text: &str) -> String {
    let mut text = text.to_owned();
    for other in 0..=OTHERS_MAX {
        let said = format!("id: {} }}", placeholder(other));
        text = text.replace(&said, &format!("id: \"{other:012}\" }}"));
    }
    text
}

/// The line that a finding is about, counted from 0: for a file, the line that names it.
fn line_of(page: &Page, finding: &Finding) -> usize {
    match &finding.place {
        Place::File { path, line, .. } if path == PATH => line - 1,
        Place::File { path, .. } => page.line_with(path).unwrap_or(0),
        _ => 0,
    }
}
