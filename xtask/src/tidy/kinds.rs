//! A kind is a folder and two lines in the registry, with documentation and tests.

use super::source::Source;
use super::{Workspace, read};
use crate::command::Failure;
use crate::names::{camel, words};

const FOLDER: &str = "crates/kinds/src";

/// Crates that ask a kind, and know none.
const KNOW_NONE: &[&str] = &["crates/plan/src/", "crates/engine/src/"];

/// No kind is named outside the crates that declare resources: neither its type nor its name.
pub(super) fn named(workspace: &Workspace) -> Vec<String> {
    let names: Vec<(&str, String)> = folders(workspace)
        .map(|(name, _)| (name, camel(name)))
        .collect();
    let mut problems = Vec::new();
    for source in &workspace.sources {
        if !KNOW_NONE
            .iter()
            .any(|folder| source.path.starts_with(folder))
        {
            continue;
        }
        let texts = source.text.lines();
        for ((at, code), text) in source.lines().zip(texts) {
            let found = names.iter().filter(|(name, kind)| {
                let literal = format!("\"{name}\"");
                words(code).any(|word| word == *name || word == kind.as_str())
                    || text.contains(&literal)
            });
            problems.extend(found.map(|(name, _)| {
                format!(
                    "{}:{at}: names the kind `{name}`: ask the kind instead",
                    source.path
                )
            }));
        }
    }
    problems
}

/// The kinds: the name of each folder, and its module.
fn folders<'a>(workspace: &'a Workspace) -> impl Iterator<Item = (&'a str, &'a Source)> {
    workspace.sources.iter().filter_map(|source| {
        let inside = source.path.strip_prefix(FOLDER)?.strip_prefix('/')?;
        let name = inside.strip_suffix("/mod.rs")?;
        (!name.contains('/')).then_some((name, source))
    })
}

/// Every folder of `kinds` is whole.
pub(super) fn complete(workspace: &Workspace) -> Result<Vec<String>, Failure> {
    let pure = read(workspace.project, &format!("{FOLDER}/lib.rs"))?;
    let actors = read(workspace.project, &format!("{FOLDER}/registry.rs"))?;
    let mut problems = Vec::new();
    for (name, source) in folders(workspace) {
        let documentation = source
            .text
            .lines()
            .take_while(|line| line.starts_with("//!"));
        let kind = camel(name);
        let facts = [
            (
                pure.contains(&format!("::<{kind}>()")),
                format!("`{kind}` is not in `pure()` of lib.rs"),
            ),
            (
                actors.contains(&format!("actor::<crate::{kind}>()")),
                format!("`{kind}` is not in `actors()` of registry.rs"),
            ),
            (
                documentation
                    .into_iter()
                    .any(|line| line.contains("```yaml")),
                "its documentation has no example in YAML".to_owned(),
            ),
            (
                is_tested(workspace, name, &kind),
                "it has no tests".to_owned(),
            ),
        ];
        let missing = facts.into_iter().filter(|(holds, _)| !holds);
        problems.extend(missing.map(|(_, problem)| format!("{FOLDER}/{name}: {problem}")));
    }
    Ok(problems)
}

/// Tests are beside it, or in the crate's `tests` and name it.
fn is_tested(workspace: &Workspace, name: &str, kind: &str) -> bool {
    let folder = format!("{FOLDER}/{name}/");
    workspace.sources.iter().any(|source| {
        if source.path.starts_with(&folder) {
            source.code.contains("#[test]")
        } else {
            source.path.starts_with("crates/kinds/tests/")
                && (source.code.contains(kind) || source.text.contains(name))
        }
    })
}
