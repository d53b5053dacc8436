//! JSON is at the doors: on disk, in `--json`, and in the documents that AWS keeps as JSON.
//!
//! Between the doors values are typed. A crate that cannot name `serde_json` cannot turn one back.

use super::{Workspace, read};
use crate::command::Failure;

/// Crates that do not name it as a dependency. Their tests may.
const WITHOUT: &[&str] = &["plan", "blueprint", "engine"];

/// In `reconcile` it serves to read and write saved plans, in one file.
const RECONCILE: &str = "crates/reconcile/src/";
const SAVED_PLANS: &str = "crates/reconcile/src/saved_plan.rs";

/// In `kinds` it reads and prints AWS's own JSON documents: here policies of buckets, in which the
/// statements of other people are kept verbatim.
const KINDS: &str = "crates/kinds/src/";
const AWS_DOCUMENTS: &[&str] = &["crates/kinds/src/s3_bucket_policy/"];

/// Every use of `serde_json` where values are typed.
pub(super) fn typed(workspace: &Workspace) -> Result<Vec<String>, Failure> {
    let mut problems = Vec::new();
    for name in WITHOUT {
        let path = format!("crates/{name}/Cargo.toml");
        let text = read(workspace.project, &path)?;
        if names_it_as_dependency(&text) {
            problems.push(format!(
                "{path}: `serde_json` in [dependencies]: pass typed values"
            ));
        }
    }
    let others = files_with_it(workspace, RECONCILE).filter(|path| path != SAVED_PLANS);
    problems.extend(others.map(|path| {
        format!("{path}: `serde_json`: only {SAVED_PLANS} reads and writes plans with it")
    }));
    let is_document = |path: &String| AWS_DOCUMENTS.iter().any(|folder| path.starts_with(folder));
    let kinds = files_with_it(workspace, KINDS).filter(|path| !is_document(path));
    problems.extend(kinds.map(|path| {
        format!("{path}: `serde_json`: only AWS's own JSON documents are read and printed with it")
    }));
    Ok(problems)
}

fn files_with_it<'a>(
    workspace: &'a Workspace,
    prefix: &'a str,
) -> impl Iterator<Item = String> + 'a {
    let files = workspace.sources.iter();
    let files = files.filter(move |source| source.path.starts_with(prefix));
    files
        .filter(|source| source.lines().any(|(_, line)| line.contains("serde_json")))
        .map(|source| source.path.clone())
}

fn names_it_as_dependency(manifest: &str) -> bool {
    let mut inside = false;
    manifest.lines().any(|line| {
        if line.starts_with('[') {
            inside = line == "[dependencies]";
        }
        inside && line.starts_with("serde_json")
    })
}

#[cfg(test)]
mod tests {
    use super::typed;
    use crate::tidy::tests::workspace;

    #[test]
    fn json_stays_at_the_doors() {
        let with = "[dependencies]\nserde_json.workspace = true\n";
        let in_tests = "[dependencies]\nserde.workspace = true\n[dev-dependencies]\nserde_json.workspace = true\n";
        let code = "use serde_json::Value;";
        let (_folder, project) = workspace(&[
            ("crates/plan/Cargo.toml", with),
            ("crates/blueprint/Cargo.toml", in_tests),
            ("crates/engine/Cargo.toml", in_tests),
            ("crates/reconcile/src/saved_plan.rs", code),
            ("crates/reconcile/src/b.rs", code),
            ("crates/kinds/src/s3_bucket_policy/mod.rs", code),
            ("crates/kinds/src/s3_bucket/mod.rs", code),
        ]);
        let problems = typed(&project.workspace()).expect("all manifests are there");
        let files: Vec<&str> = problems
            .iter()
            .filter_map(|problem| problem.split(':').next())
            .collect();
        assert_eq!(
            files,
            [
                "crates/plan/Cargo.toml",
                "crates/reconcile/src/b.rs",
                "crates/kinds/src/s3_bucket/mod.rs"
            ]
        );
    }
}
