//! Phrases that comments, messages and documents must not have.

use super::{Workspace, read};
use crate::command::Failure;

/// A phrase, and what to write instead, one pair a line.
const PHRASES: &str = include_str!("phrases.txt");

/// The records of decisions are history, and stay as they were written.
const HISTORY: &str = "docs/decisions/";

/// A README that repeats the documentation of its crate, where it is checked already.
const GENERATED: &str = "by `cargo xtask readmes`";

/// Every place where one of the phrases stands.
pub(super) fn phrases(workspace: &Workspace) -> Result<Vec<String>, Failure> {
    let mut problems = Vec::new();
    let phrases = parse(PHRASES);
    for source in &workspace.sources {
        problems.extend(found(&phrases, &source.path, &source.prose()));
    }
    for path in workspace
        .documents()
        .filter(|path| !path.starts_with(HISTORY))
    {
        let text = read(workspace.project, path)?;
        if text.contains(GENERATED) {
            continue;
        }
        problems.extend(found(&phrases, path, &without_code(&text)));
    }
    Ok(problems)
}

struct Phrase<'a> {
    /// In lower case.
    text: &'a str,
    /// Whether it counts only at the beginning of a documentation comment.
    begins: bool,
    instead: &'a str,
}

fn parse(text: &str) -> Vec<Phrase<'_>> {
    let lines = text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| {
            let (phrase, instead) = line.split_once('|').unwrap_or((line, ""));
            let phrase = phrase.trim();
            Phrase {
                text: phrase.trim_start_matches('^'),
                begins: phrase.starts_with('^'),
                instead: instead.trim(),
            }
        })
        .collect()
}

fn found(phrases: &[Phrase], path: &str, prose: &str) -> Vec<String> {
    let flat = Flat::of(prose);
    let mut problems = Vec::new();
    for phrase in phrases {
        for (at, _) in flat.text.match_indices(phrase.text) {
            let end = at + phrase.text.len();
            if flat.is_word(at, end) && (!phrase.begins || flat.begins.contains(&at)) {
                let (line, text, instead) = (flat.line(at), phrase.text, phrase.instead);
                problems.push(format!("{path}:{line}: \"{text}\": {instead}"));
            }
        }
    }
    problems
}

/// Prose in lower case and without line breaks, so that a phrase is found across them.
struct Flat {
    text: String,
    /// The position of each line in it.
    lines: Vec<usize>,
    /// The positions at which a documentation comment begins.
    begins: Vec<usize>,
}

impl Flat {
    fn of(prose: &str) -> Self {
        let mut flat = Self {
            text: String::new(),
            lines: Vec::new(),
            begins: Vec::new(),
        };
        let mut documents = false;
        for line in prose.lines() {
            let line = line.trim();
            flat.lines.push(flat.text.len());
            let documented = line
                .strip_prefix("///")
                .or_else(|| line.strip_prefix("//!"));
            if documented.is_some() && !documents {
                flat.begins.push(flat.text.len());
            }
            documents = documented.is_some();
            let line = documented.unwrap_or_else(|| line.trim_start_matches('/'));
            flat.text.push_str(&line.trim().to_lowercase());
            flat.text.push(' ');
        }
        flat
    }

    /// The number of the line that has this position.
    fn line(&self, at: usize) -> usize {
        self.lines.partition_point(|begin| *begin <= at)
    }

    /// Whether no letter stands directly before `from` or at `to`.
    fn is_word(&self, from: usize, to: usize) -> bool {
        let joins = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        !self.text[..from].ends_with(joins) && !self.text[to..].starts_with(joins)
    }
}

/// A document with its code blanked: names of keys, and what programs printed.
fn without_code(text: &str) -> String {
    let mut fenced = false;
    let mut prose = String::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            prose.push_str(&without_spans(line));
        }
        prose.push('\n');
    }
    prose
}

/// A line with what stands between backticks left out.
pub(super) fn without_spans(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join("`")
}

#[cfg(test)]
mod tests {
    use super::{found, parse, without_code};

    #[track_caller]
    fn check(prose: &str, problems: &[&str]) {
        let phrases = parse("# A comment.\nthe gizmo | the tool\n^what | begin with the item\n");
        assert_eq!(found(&phrases, "a.rs", prose), problems);
    }

    #[test]
    fn phrases_are_found_across_lines_and_as_whole_words() {
        check(
            "    // For the\n    // Gizmo.",
            &["a.rs:1: \"the gizmo\": the tool"],
        );
        check("// the gizmos", &[]);
    }

    #[test]
    fn some_count_only_where_documentation_begins() {
        check(
            "\n/// What it\n/// does.",
            &["a.rs:2: \"what\": begin with the item"],
        );
        check("/// It says\n/// what it does.\n// What?", &[]);
    }

    #[test]
    fn code_in_documents_is_no_prose() {
        assert_eq!(
            without_code("a `b` c\n```\nd\n```\ne"),
            "a `` c\n\n\n\ne\n".replace("``", "`")
        );
    }
}
