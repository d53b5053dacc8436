//! The page that a draft is written on: keys with their values, and comments.
//!
//! What is in DNS is anybody's text. It reaches the page through [`safe`], which leaves printable
//! ASCII alone, and at most some hundred characters of it.

use std::collections::{BTreeMap, BTreeSet};

use standards::Finding;

use super::value::{Value, WIDTH, entry};

/// Characters of one remark.
const REMARK_MAX: usize = 600;
/// Characters of a record that are shown.
const SHOWN_MAX: usize = 320;
/// Findings of one rule in one place: a hostile file breaks a rule a thousand times.
const SAME_RULE_MAX: usize = 3;

/// How deep the keys of a domain are.
const BLOCK_DEPTH: usize = 2;

/// A line of the page.
#[derive(Clone, Debug)]
struct Line {
    depth: usize,
    text: String,
    part: usize,
}

/// A manifest while it is written.
#[derive(Debug, Default)]
pub(super) struct Page {
    lines: Vec<Line>,
    /// The part that is being written: one domain.
    part: usize,
    /// Rules and reasons that were noted in a part: they are not noted there again.
    said: BTreeSet<(usize, String, String)>,
    findings: Vec<Finding>,
}

impl Page {
    /// Begins another part.
    pub(super) fn begin_part(&mut self) {
        self.part += 1;
    }

    /// An empty line.
    pub(super) fn blank(&mut self) {
        self.push(0, String::new());
    }

    /// A remark.
    pub(super) fn say(&mut self, depth: usize, text: &str) {
        for line in comment(depth, text, ["# ", "# "]) {
            self.push(depth, line);
        }
    }

    /// A record as it is published.
    pub(super) fn show(&mut self, depth: usize, value: &str) {
        for line in comment(depth, &shown(value), ["#   ", "#     "]) {
            self.push(depth, line);
        }
    }

    /// A key and its value.
    pub(super) fn put(&mut self, depth: usize, key: &str, value: &Value) {
        for (deeper, text) in entry(key, value, depth) {
            self.push(depth + deeper, text);
        }
    }

    /// A key that holds what comes below it, or an item of a list.
    pub(super) fn open(&mut self, depth: usize, text: &str) {
        self.push(depth, text.to_owned());
    }

    /// An item of a list.
    pub(super) fn put_item(&mut self, depth: usize, value: &Value) {
        self.push(depth, format!("- {}", value.flow()));
    }

    /// A key and its value behind a `#`, for a person to decide on.
    pub(super) fn offer(&mut self, depth: usize, key: &str, value: &Value) {
        for (deeper, text) in entry(key, value, depth + 1) {
            self.push(depth, format!("# {}{text}", "  ".repeat(deeper)));
        }
    }

    /// Findings about what comes next, the worst first.
    pub(super) fn find<'f>(
        &mut self,
        depth: usize,
        findings: impl IntoIterator<Item = &'f Finding>,
    ) {
        let at = self.lines.len();
        let findings: Vec<&Finding> = findings.into_iter().collect();
        self.insert(at, depth, self.part, &findings);
    }

    /// Findings about the line `number`, counted from 0, above it.
    pub(super) fn find_above(&mut self, number: usize, findings: &[&Finding]) {
        let number = self.head_of(number);
        if let Some(Line { depth, part, .. }) = self.lines.get(number) {
            self.insert(number, *depth, *part, findings);
        }
    }

    /// The part of the page that the line `number` is in.
    pub(super) fn part_of(&self, number: usize) -> usize {
        self.lines.get(number).map_or(0, |line| line.part)
    }

    /// The line of the key, for the first line of a block that is written below its key.
    fn head_of(&self, number: usize) -> usize {
        let number = number.min(self.lines.len().saturating_sub(1));
        let above = number.checked_sub(1);
        let is_key = |above: &usize| {
            let above = &self.lines[*above];
            above.depth == BLOCK_DEPTH && !above.text.starts_with('#') && above.text.ends_with(':')
        };
        above.filter(is_key).unwrap_or(number)
    }

    fn insert(&mut self, at: usize, depth: usize, part: usize, findings: &[&Finding]) {
        let mut findings = findings.to_vec();
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let mut more = Vec::new();
        for finding in findings {
            let said = (part, finding.rule.to_string(), finding.reason.clone());
            if !self.said.insert(said) {
                continue;
            }
            self.findings.push(finding.clone());
            let count = counts.entry(&finding.rule).or_default();
            *count += 1;
            if *count > SAME_RULE_MAX {
                continue;
            }
            let head = format!("{} {}: {}", finding.rule, finding.severity, finding.reason);
            let mut texts = comment(depth, &head, ["# ", "#   "]);
            texts.extend(comment(
                depth,
                &format!("fix: {}", finding.fix),
                ["#   ", "#   "],
            ));
            more.extend(texts);
        }
        let further = counts.iter().filter(|(_, count)| **count > SAME_RULE_MAX);
        more.extend(
            further.map(|(rule, count)| format!("# {rule}: and {} more", count - SAME_RULE_MAX)),
        );
        let lines = more.into_iter().map(|text| Line { depth, text, part });
        self.lines.splice(at..at, lines);
    }

    fn push(&mut self, depth: usize, text: String) {
        self.lines.push(Line {
            depth,
            text,
            part: self.part,
        });
    }

    /// The first line, counted from 0, that is no comment and has this text in it.
    pub(super) fn line_with(&self, text: &str) -> Option<usize> {
        let is_it = |line: &Line| !line.text.starts_with('#') && line.text.contains(text);
        self.lines.iter().position(is_it)
    }

    /// Everything found, in the order in which it was written.
    pub(super) fn findings(self) -> Vec<Finding> {
        self.findings
    }

    /// The page as text.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for line in &self.lines {
            if !line.text.is_empty() {
                text.push_str(&"  ".repeat(line.depth));
                text.push_str(&line.text);
            }
            text.push('\n');
        }
        text
    }
}

/// A text as comment lines, the first with one beginning and the others with another.
fn comment(depth: usize, text: &str, [first, other]: [&str; 2]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = first.to_owned();
    let mut is_begun = false;
    for word in safe(text).split(' ') {
        if is_begun && 2 * depth + line.len() + 1 + word.len() > WIDTH {
            lines.push(std::mem::replace(&mut line, other.to_owned()));
            is_begun = false;
        }
        if is_begun {
            line.push(' ');
        }
        line.push_str(word);
        is_begun = true;
    }
    lines.push(line);
    lines
        .iter()
        .map(|line| line.trim_end().to_owned())
        .collect()
}

/// Somebody's text in quotes, cut where it is long.
pub(super) fn shown(text: &str) -> String {
    let length = text.chars().count();
    if length <= SHOWN_MAX {
        return format!("\"{}\"", text.escape_debug());
    }
    let start: String = text.chars().take(SHOWN_MAX).collect();
    format!("\"{}…\" ({length} characters)", start.escape_debug())
}

/// A text for a comment: on one line, of printable ASCII, and no instruction to an editor.
fn safe(text: &str) -> String {
    let mut safe = String::new();
    for (count, character) in text.chars().enumerate() {
        if count == REMARK_MAX {
            safe.push('…');
            break;
        }
        match character {
            ' '..='~' | '…' => safe.push(character),
            other => safe.extend(other.escape_default()),
        }
    }
    // Some editors fetch the schema that a comment names.
    safe.replace("yaml-language-server", "yaml-language\\u{2d}server")
        .replace("$schema", "$\\u{73}chema")
}
