//! The root of the project and its crates, as Cargo lists them.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::command::{Failure, cargo, output};

/// The crates that ARCHITECTURE.md calls pure. Of `kinds` it is the half without the feature `aws`.
pub(crate) const PURE: &[&str] = &[
    "standards",
    "model",
    "manifest",
    "blueprint",
    "plan",
    "report",
    "kinds",
];

/// The workspace.
pub(crate) struct Project {
    /// Its root.
    pub(crate) root: PathBuf,
    /// Cargo's target folder, for everything that can be thrown away.
    pub(crate) target: PathBuf,
    /// Its members.
    pub(crate) members: Vec<Member>,
}

/// A crate of the workspace.
#[derive(Default)]
pub(crate) struct Member {
    /// Its name.
    pub(crate) name: String,
    /// Its folder, from the root.
    pub(crate) folder: String,
    /// The names of what it depends on, as its code writes them.
    pub(crate) dependencies: Vec<String>,
    /// The dependencies that it is built from, without those that are only for tests.
    pub(crate) built_from: Vec<BuiltFrom>,
    /// Its description, as in its manifest.
    pub(crate) description: String,
    /// The names of its benchmarks.
    pub(crate) benches: Vec<String>,
}

/// A dependency of a crate.
pub(crate) struct BuiltFrom {
    /// Its name, as the code writes it.
    pub(crate) name: String,
    /// Whether only a feature brings it.
    pub(crate) optional: bool,
}

impl Project {
    /// The project that this program was built from.
    pub(crate) fn find() -> Result<Self, Failure> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
        Self::at(root.ok_or_else(|| Failure("xtask has no parent folder".to_owned()))?)
    }

    /// The project in this folder.
    pub(crate) fn at(root: &Path) -> Result<Self, Failure> {
        let metadata = output(&mut cargo(
            root,
            &["metadata", "--format-version=1", "--no-deps"],
        ))?;
        let metadata: Value = serde_json::from_str(&metadata)
            .map_err(|error| Failure(format!("cannot read cargo's metadata: {error}")))?;
        let members = list(&metadata, "packages")
            .map(|package| member(root, package))
            .collect();
        Ok(Self {
            target: PathBuf::from(text(&metadata, "target_directory")),
            root: root.to_owned(),
            members,
        })
    }
}

fn member(root: &Path, package: &Value) -> Member {
    let manifest = PathBuf::from(text(package, "manifest_path"));
    let folder = manifest.parent().unwrap_or(root);
    let folder = folder.strip_prefix(root).unwrap_or(folder);
    let code_name = |dependency: &Value| {
        let rename = dependency.get("rename").and_then(Value::as_str);
        rename
            .unwrap_or_else(|| text(dependency, "name"))
            .replace('-', "_")
    };
    Member {
        name: text(package, "name").to_owned(),
        folder: folder.to_string_lossy().into_owned(),
        dependencies: list(package, "dependencies").map(code_name).collect(),
        built_from: list(package, "dependencies")
            .filter(|dependency| dependency.get("kind").is_none_or(Value::is_null))
            .map(|dependency| BuiltFrom {
                name: code_name(dependency),
                optional: dependency.get("optional") == Some(&Value::Bool(true)),
            })
            .collect(),
        description: text(package, "description").to_owned(),
        benches: list(package, "targets")
            .filter(|target| list(target, "kind").any(|kind| kind == "bench"))
            .map(|target| text(target, "name").to_owned())
            .collect(),
    }
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value
        .get(key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}
