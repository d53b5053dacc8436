//! A kind is a folder and two lines in the registry, with documentation and tests.

use super::{Workspace, read};
use crate::command::Failure;

const FOLDER: &str = "crates/kinds/src";

/// Every folder of `kinds` is whole.
pub(super) fn complete(workspace: &Workspace) -> Result<Vec<String>, Failure> {
    let pure = read(workspace.project, &format!("{FOLDER}/lib.rs"))?;
    let actors = read(workspace.project, &format!("{FOLDER}/registry.rs"))?;
    let mut problems = Vec::new();
    for source in &workspace.sources {
        let inside = source
            .path
            .strip_prefix(FOLDER)
            .and_then(|path| path.strip_prefix('/'));
        let Some(name) = inside.and_then(|path| path.strip_suffix("/mod.rs")) else {
            continue;
        };
        let documentation = source
            .text
            .lines()
            .take_while(|line| line.starts_with("//!"));
        let kind = camel(name);
        let facts = [
            (
                pure.contains(&format!("erase::<{kind}>()")),
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

/// `s3_bucket` → `S3Bucket`.
fn camel(name: &str) -> String {
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    name.split('_').map(capital).collect()
}
