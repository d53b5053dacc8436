//! Code spans in sentences of documents that quote output: each is in a message of the program.
//!
//! A block that quotes output is compared with what a command prints, by a test. A span is a part of a
//! line, often with words of another run in it, so it is compared with the literals of the source: what
//! stands for an argument there (`{}`) may be anything here.

use std::collections::BTreeSet;

use serde_json::Value;

use super::source::literals;
use super::words::properties;
use super::{Workspace, read};
use crate::command::Failure;

/// The first words of command lines.
const PROGRAMS: &[&str] = &[
    "aws",
    "cargo",
    "cdk",
    "deploy",
    "dig",
    "git",
    "octodns-sync",
    "systemd-analyze",
    "terraform",
];

/// Spans that are neither output nor told by their form, with what they are.
const OTHERS: &[(&str, &str)] = &[
    ("10 host", "the form of a value in a document"),
    ("web (111111111111)", "the form of a key in a document"),
    ("apply FILE", "a command"),
    ("state rm", "a command of Terraform"),
    ("check(input, expect)", "code"),
    ("opt-level = 1", "a setting of Cargo"),
    ("type: deploy.drift", "an attribute of an event"),
];

/// Every span that looks like output and that no message of the program has.
pub(super) fn printed(workspace: &Workspace) -> Result<Vec<String>, Failure> {
    let keys = manifest_keys(workspace)?;
    let crates = workspace
        .sources
        .iter()
        .filter(|source| source.path.starts_with("crates/") && !source.is_test());
    let literals: BTreeSet<String> = crates
        .flat_map(|source| literals(source.outside_tests()))
        .collect();
    let templates: Vec<Vec<String>> = literals.iter().map(|text| segments(text)).collect();
    let mut problems = Vec::new();
    for path in workspace.documents().filter(|path| is_for_users(path)) {
        for (at, span) in spans(&read(workspace.project, path)?) {
            let is_in = |part: &str| templates.iter().any(|template| fits(template, part));
            // `…` stands for an argument, or for what was left out between two parts.
            let are_in = || {
                let parts = span.split('…').map(str::trim);
                parts.filter(|part| part.contains(' ')).all(is_in)
            };
            let is_said = || is_in(&span) || are_in();
            if is_output(&span, &keys) && !is_said() {
                problems.push(format!(
                    "{path}:{at}: no message of the program says `{span}`"
                ));
            }
        }
    }
    Ok(problems)
}

/// README and the guides. What is in `compare.md` is written by a command.
fn is_for_users(path: &str) -> bool {
    let is_guide = path.starts_with("docs/") && !path.starts_with("docs/decisions/");
    (is_guide || path == "README.md" || path == "deploy/README.md") && path != "docs/compare.md"
}

/// The keys of the manifest.
fn manifest_keys(workspace: &Workspace) -> Result<BTreeSet<String>, Failure> {
    const SCHEMA: &str = "deploy/deploy.schema.json";
    let mut keys = BTreeSet::new();
    if workspace.files.iter().any(|path| path == SCHEMA) {
        let schema: Value = serde_json::from_str(&read(workspace.project, SCHEMA)?)
            .map_err(|error| Failure(format!("{SCHEMA}: {error}")))?;
        properties(&schema, &mut keys);
    }
    Ok(keys)
}

/// The code spans of more than one word outside of blocks, each with its line.
fn spans(document: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut is_block = false;
    for (at, line) in document.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            is_block = !is_block;
        }
        let spans = line.split('`').skip(1).step_by(2);
        let spans = spans.filter(|span| !is_block && span.trim().contains(' '));
        found.extend(spans.map(|span| (at + 1, span.to_owned())));
    }
    found
}

/// Whether a span quotes output: it is no command, no line of a manifest and none of the others.
fn is_output(span: &str, keys: &BTreeSet<String>) -> bool {
    let mut words = span.split_whitespace();
    let is_command = words
        .clone()
        .next()
        .is_some_and(|first| PROGRAMS.contains(&first))
        || words.any(|word| word.starts_with('-') && word.len() > 1);
    let is_manifest = span
        .split_once(": ")
        .is_some_and(|(key, value)| keys.contains(key) || value.starts_with(['{', '[']));
    let is_code = span.starts_with('{');
    let is_other = OTHERS.iter().any(|(other, _)| *other == span);
    !(is_command || is_manifest || is_code || is_other)
}

/// The fixed parts of a message, between its arguments.
fn segments(message: &str) -> Vec<String> {
    let mut segments = vec![String::new()];
    let mut is_argument = false;
    let text = message.replace("{{", "\u{1}").replace("}}", "\u{2}");
    for character in text.chars() {
        match character {
            '{' => is_argument = true,
            '}' if is_argument => {
                is_argument = false;
                segments.push(String::new());
            }
            _ if is_argument => {}
            character => {
                let character = match character {
                    '\u{1}' => '{',
                    '\u{2}' => '}',
                    character => character,
                };
                segments.last_mut().expect("there is one").push(character);
            }
        }
    }
    segments
}

/// Whether a part of a message, with arguments of whatever kind, is `quote`. At least half of it is
/// fixed in the message: an argument may be anything.
fn fits(segments: &[String], quote: &str) -> bool {
    (0..segments.len()).any(|first| {
        let starts = segments[first].char_indices().map(|(at, _)| at);
        // A quote may also begin within the argument before a segment.
        let before = first > 0 && follows(&segments[first..], quote, 0, quote.len());
        before
            || starts.into_iter().any(|at| {
                let rest = &segments[first][at..];
                is_reached(rest, &segments[first + 1..], quote, 0, quote.len())
            })
    })
}

/// Whether `quote` begins with `fixed`, or ends within it, and goes on with the other segments.
fn is_reached(fixed: &str, others: &[String], quote: &str, said: usize, whole: usize) -> bool {
    if fixed.starts_with(quote) {
        return 2 * (said + quote.len()) >= whole;
    }
    match quote.strip_prefix(fixed) {
        Some(rest) if !others.is_empty() => follows(others, rest, said + fixed.len(), whole),
        _ => false,
    }
}

/// Whether `quote` begins with an argument, after which these segments come.
fn follows(segments: &[String], quote: &str, said: usize, whole: usize) -> bool {
    let Some((fixed, others)) = segments.split_first() else {
        return false;
    };
    // The argument goes on to the end of the quote.
    if 2 * said >= whole && !quote.is_empty() {
        return true;
    }
    if fixed.is_empty() {
        return follows(others, quote, said, whole);
    }
    let arguments = quote.char_indices().skip(1).map(|(at, _)| at);
    arguments
        .into_iter()
        .any(|at| is_reached(fixed, others, &quote[at..], said, whole))
}

#[cfg(test)]
mod tests {
    use super::super::tests::workspace;
    use super::{fits, printed, segments};

    #[test]
    fn a_quote_is_a_part_of_a_message() {
        let message = segments("In sync: {resources} as we left them.");
        let check = |quote: &str| fits(&message, quote);
        for quote in [
            "In sync: 41 resources as we left them.",
            "41 resources as we left them",
            "as we left them",
        ] {
            assert!(check(quote), "{quote}");
        }
        for quote in [
            "In synch: 41 resources as we left them.",
            "In sync: 41 resources as they were",
            "41 resources are",
        ] {
            assert!(!check(quote), "{quote}");
        }
    }

    #[test]
    fn a_false_quote_in_a_document_is_a_problem() {
        let source = "//! Says.\npub fn say(n: usize) -> String {\n    format!(\"{n} records \\\n        wait\")\n}\n\
            #[cfg(test)]\nmod tests {\n    const FALSE: &str = \"everything is good\";\n}\n";
        let guide = "It says `41 records wait`, and `--all` says `everything is good`.\n\
            ```text\na `block of its` own\n```\nWrite `dns: manual`, and run `deploy plan -o FILE`.\n";
        let schema = "{\"properties\": {\"dns\": {}}}";
        let (_folder, project) = workspace(&[
            ("crates/a/src/lib.rs", source),
            ("docs/guide/a.md", guide),
            ("docs/decisions/0001.md", "`an older text`"),
            ("deploy/deploy.schema.json", schema),
        ]);
        let problems = printed(&project.workspace()).expect("it reads");
        assert_eq!(
            problems,
            ["docs/guide/a.md:1: no message of the program says `everything is good`"]
        );
    }
}
