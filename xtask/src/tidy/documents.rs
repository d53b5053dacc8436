//! Rules about the documents.

use super::{Workspace, read};
use crate::command::Failure;

const DECISIONS: &str = "docs/decisions";

/// The index of the decision records names each of them, and only them.
pub(super) fn decisions(workspace: &Workspace) -> Result<Vec<String>, Failure> {
    let index = read(workspace.project, &format!("{DECISIONS}/README.md"))?;
    let folder = std::fs::read_dir(workspace.project.root.join(DECISIONS))
        .map_err(|error| Failure(format!("cannot read {DECISIONS}: {error}")))?;
    let mut names: Vec<String> = folder
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name != "README.md")
        .collect();
    names.sort();
    let linked = |name: &str| index.contains(&format!("]({name})"));
    let missing = names.iter().filter(|name| !linked(name));
    let missing = missing.map(|name| format!("{DECISIONS}/README.md: does not link {name}"));
    let links = index
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next());
    let broken = links.filter(|link| !link.contains('/') && !names.iter().any(|name| name == link));
    let broken =
        broken.map(|link| format!("{DECISIONS}/README.md: links {link}, which is not there"));
    Ok(missing.chain(broken).collect())
}
