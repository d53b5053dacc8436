//! Terms that the word table of ARCHITECTURE.md has replaced, in identifiers.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Workspace, read};
use crate::command::Failure;
use crate::names::words;

/// The term to use, and the retired words as parts of identifiers: `find_home`, `HomeOf`.
const RETIRED: &[(&str, &[&str])] = &[
    ("dependency", &["need", "needs"]),
    ("precondition", &["gate", "gates"]),
    ("location", &["home", "homes"]),
    ("grace period", &["linger", "lingers", "lingering"]),
    ("fix", &["mend", "mends", "mended"]),
    ("probe or observe", &["look", "looks", "looked", "looking"]),
    (
        "external observer",
        &["stranger", "strangers", "eye", "eyes"],
    ),
    ("owned resources", &["holdings"]),
    ("blocker", &["obstacle", "obstacles"]),
];

/// Identifiers that keep such a word, one a line, with the reason behind a `#`.
const ORDINARY: &str = include_str!("ordinary.txt");

/// Every identifier that has a retired word in it, and every file that has one in its name.
pub(super) fn identifiers(workspace: &Workspace) -> Vec<String> {
    let mut problems = Vec::new();
    for source in &workspace.sources {
        let path = &source.path;
        let name = path.rsplit('/').next().unwrap_or_default();
        let name = name.strip_suffix(".rs").unwrap_or(name);
        problems.extend(retired(name).map(|(word, instead)| {
            format!("{path}: a file called `{word}`: the term is {instead}")
        }));
        for (at, line) in source.all_lines() {
            for identifier in words(line).filter(|word| !is_ordinary(word)) {
                problems.extend(retired(identifier).map(|(word, instead)| {
                    format!("{path}:{at}: `{word}` in `{identifier}`: the term is {instead}")
                }));
            }
        }
    }
    problems
}

/// The folder of the schemas of documents for programs.
const SCHEMAS: &str = "docs/schemas/";

/// Every key of a document for programs that has a retired word in it.
pub(super) fn keys(workspace: &Workspace) -> Result<Vec<String>, Failure> {
    let mut problems = Vec::new();
    let schemas = workspace.files.iter();
    for path in schemas.filter(|path| path.starts_with(SCHEMAS)) {
        let schema = serde_json::from_str(&read(workspace.project, path)?)
            .map_err(|error| Failure(format!("{path}: {error}")))?;
        let mut keys = BTreeSet::new();
        properties(&schema, &mut keys);
        for key in keys {
            problems.extend(retired(&key).map(|(word, instead)| {
                format!("{path}: `{word}` in the key `{key}`: the term is {instead}")
            }));
        }
    }
    Ok(problems)
}

/// The names of the properties that a schema describes, at any depth.
pub(super) fn properties(schema: &Value, keys: &mut BTreeSet<String>) {
    let described = schema.get("properties").and_then(Value::as_object);
    keys.extend(described.into_iter().flat_map(|all| all.keys().cloned()));
    match schema {
        Value::Object(parts) => parts.values().for_each(|part| properties(part, keys)),
        Value::Array(parts) => parts.iter().for_each(|part| properties(part, keys)),
        _ => {}
    }
}

fn is_ordinary(identifier: &str) -> bool {
    ORDINARY
        .lines()
        .filter_map(|line| line.split('#').next())
        .any(|name| name.trim() == identifier)
}

/// The retired words of an identifier, with what replaces each.
fn retired(identifier: &str) -> impl Iterator<Item = (String, &'static str)> {
    let parts = parts(identifier);
    let found = (0..parts.len()).filter_map(move |at| {
        let next = parts.get(at + 1).map(String::as_str);
        let part = &parts[at];
        // To look up, and a thing that needs another, are ordinary English.
        let ordinary = match part.as_str() {
            "needs" => next.is_some(),
            _ => part.starts_with("look") && matches!(next, Some("up" | "ups")),
        };
        let (instead, _) = RETIRED
            .iter()
            .find(|(_, words)| words.contains(&part.as_str()))?;
        (!ordinary).then(|| (part.clone(), *instead))
    });
    found.collect::<Vec<_>>().into_iter()
}

/// `looksAt`, `LooksAt`, `looks_at` and `LOOKS_AT` → `looks`, `at`.
fn parts(identifier: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut before = '_';
    for character in identifier.chars() {
        let begins = character.is_uppercase() && before.is_lowercase();
        if character == '_' || begins {
            parts.push(String::new());
        }
        if character != '_'
            && let Some(part) = parts.last_mut()
        {
            part.extend(character.to_lowercase());
        }
        before = character;
    }
    parts.retain(|part| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::{identifiers, keys, parts};
    use crate::tidy::tests::workspace;

    #[track_caller]
    fn check(code: &str, problems: &[&str]) {
        let (_folder, project) = workspace(&[("crates/a/src/lib.rs", code)]);
        let expect: Vec<String> = problems
            .iter()
            .map(|problem| format!("crates/a/src/lib.rs:1: {problem}"))
            .collect();
        assert_eq!(identifiers(&project.workspace()), expect);
    }

    #[test]
    fn retired_words_are_found_as_parts_of_identifiers() {
        check(
            "fn home_of() {}",
            &["`home` in `home_of`: the term is location"],
        );
        check(
            "struct ZoneGate;",
            &["`gate` in `ZoneGate`: the term is precondition"],
        );
        check(
            "const LOOKS_MAX: u8",
            &["`looks` in `LOOKS_MAX`: the term is probe or observe"],
        );
        check(
            "let needs = 1;",
            &["`needs` in `needs`: the term is dependency"],
        );
    }

    #[test]
    fn ordinary_english_stays() {
        check("fn look_up(delegate: Lookup) { needs_account() }", &[]);
        check("std::env::home_dir()", &[]);
        check("let place = \"home\"; // at home", &[]);
    }

    #[test]
    fn keys_of_documents_are_held_to_the_same_words() {
        let schema = r#"{"properties": {"fix": {}}, "$defs": {"A": {"oneOf": [{"properties": {"home": {}}}]}}}"#;
        let (_folder, project) = workspace(&[("docs/schemas/a.schema.json", schema)]);
        let problems = keys(&project.workspace()).expect("the schema is JSON");
        let expect = "docs/schemas/a.schema.json: `home` in the key `home`: the term is location";
        assert_eq!(problems, [expect]);
    }

    #[test]
    fn identifiers_have_parts() {
        assert_eq!(parts("StrangerError"), ["stranger", "error"]);
        assert_eq!(parts("__looks_UP"), ["looks", "up"]);
    }
}
