//! Rules about the manifests of crates.

use super::{Workspace, read};
use crate::command::Failure;

const INHERITED: &[&str] = &[
    "version.workspace = true",
    "edition.workspace = true",
    "rust-version.workspace = true",
    "license.workspace = true",
    "publish.workspace = true",
    "[lints]\nworkspace = true",
];

/// Every crate has the lints, the fields and the dependencies of the workspace.
pub(super) fn inheritance(workspace: &Workspace) -> Result<Vec<String>, Failure> {
    let mut problems = Vec::new();
    for member in &workspace.project.members {
        let path = format!("{}/Cargo.toml", member.folder);
        let text = read(workspace.project, &path)?;
        let missing = INHERITED.iter().filter(|field| !text.contains(*field));
        problems
            .extend(missing.map(|field| format!("{path}: lacks `{}`", field.replace('\n', " "))));
        let own = dependency_lines(&text).filter(|(_, line)| !line.contains("workspace = true"));
        problems.extend(own.map(|(at, line)| {
            format!(
                "{path}:{at}: `{line}`: name it in [workspace.dependencies] and take it from there"
            )
        }));
    }
    Ok(problems)
}

/// Every dependency of the workspace that is not ours has a comment that says why.
pub(super) fn reasons(workspace: &Workspace) -> Result<Vec<String>, Failure> {
    let text = read(workspace.project, "Cargo.toml")?;
    let silent = dependency_lines(&text)
        .filter(|(_, line)| !line.contains("path = \"crates/") && !line.contains(" # "));
    Ok(silent
        .map(|(at, line)| format!("Cargo.toml:{at}: `{line}`: say why in a comment behind it"))
        .collect())
}

/// Every dependency of a crate is named in its code, and every one of the workspace in a crate.
pub(super) fn unused(workspace: &Workspace) -> Result<Vec<String>, Failure> {
    let mut problems = Vec::new();
    let members = &workspace.project.members;
    for member in members {
        let folder = format!("{}/", member.folder);
        let sources: Vec<&str> = workspace
            .sources
            .iter()
            .filter(|source| source.path.starts_with(&folder))
            .map(|source| source.text.as_str())
            .collect();
        let mut dependencies = member.dependencies.clone();
        dependencies.dedup();
        let unused = dependencies
            .iter()
            .filter(|name| !sources.iter().any(|text| text.contains(name.as_str())));
        problems.extend(unused.map(|name| {
            format!("{folder}Cargo.toml: nothing in the code names `{name}`: remove the dependency")
        }));
    }
    let text = read(workspace.project, "Cargo.toml")?;
    for (at, line) in dependency_lines(&text) {
        let name = line
            .split([' ', '='])
            .next()
            .unwrap_or_default()
            .replace('-', "_");
        if !members
            .iter()
            .any(|member| member.dependencies.contains(&name))
        {
            problems.push(format!(
                "Cargo.toml:{at}: no crate depends on `{name}`: remove it"
            ));
        }
    }
    Ok(problems)
}

/// The lines inside tables of dependencies, numbered from 1.
fn dependency_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut inside = false;
    text.lines().enumerate().filter_map(move |(at, line)| {
        if line.starts_with('[') {
            inside = line.ends_with("dependencies]");
            return None;
        }
        let is_dependency = inside && !line.trim().is_empty() && !line.starts_with('#');
        is_dependency.then_some((at + 1, line))
    })
}
