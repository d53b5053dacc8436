//! `cargo xtask new-kind NAME`: the folder, the registry lines and the test of a new kind.
//!
//! The result compiles, passes its test and keeps the rules of tidy. Its AWS half refuses every call
//! until the operations are written.

use std::path::Path;

use crate::command::{self, Failure, cargo};
use crate::names::{camel, words};
use crate::project::Project;
use crate::{files, tidy};

const FOLDER: &str = "crates/kinds/src";

/// Files of the new folder, with `KIND` and `TYPE` for its two names.
const TEMPLATES: &[(&str, &str)] = &[
    ("mod.rs", include_str!("mod.rs.txt")),
    ("aws.rs", include_str!("aws.rs.txt")),
    ("tests.rs", include_str!("tests.rs.txt")),
];

/// The kind whose lines in the registries are repeated with the new name.
const MODEL: &str = "s3_object";
const REGISTRIES: &[&str] = &["lib.rs", "registry.rs"];

/// Makes the kind in the project at `root`.
pub(crate) fn write(root: &Path, name: &str) -> Result<(), Failure> {
    let is_name = name.starts_with(|c: char| c.is_ascii_lowercase())
        && !name.ends_with('_')
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !is_name {
        return Err(Failure(format!(
            "`{name}` is not the name of a kind: write it like `s3_bucket`"
        )));
    }
    let folder = root.join(FOLDER).join(name);
    if folder.exists() {
        return Err(Failure(format!("{FOLDER}/{name} exists already")));
    }
    for registry in REGISTRIES {
        let path = root.join(FOLDER).join(registry);
        let text = std::fs::read_to_string(&path)
            .map_err(|error| Failure(format!("cannot read {}: {error}", path.display())))?;
        put(&path, &registered(&text, name)?)?;
    }
    std::fs::create_dir_all(&folder)
        .map_err(|error| Failure(format!("cannot make {}: {error}", folder.display())))?;
    for (file, template) in TEMPLATES {
        put(&folder.join(file), &renamed(template, "KIND", "TYPE", name))?;
    }
    // Puts the new lines in order.
    command::run(&mut cargo(root, &["fmt", "--package", "kinds"]))?;
    println!("wrote {FOLDER}/{name}: begin with the spec in its mod.rs");
    Ok(())
}

/// Makes a kind in a copy of the project, checks the copy's rules, and runs the kind's tests.
pub(crate) fn check(project: &Project) -> Result<(), Failure> {
    const NAME: &str = "sample";
    let copy = project.target.join("new-kind");
    copied(project, &copy)?;
    write(&copy, NAME)?;
    tidy::run(&Project::at(&copy)?, &[])?;
    // With the packages that depend on everything, so that Cargo selects the features of the whole
    // workspace and builds no dependency twice.
    let test = ["test", "--quiet", "--lib", "--package", "kinds"];
    let mut test = cargo(&copy, &test);
    test.args(["--package", "cli", "--package", "tests", "--target-dir"]);
    test.arg(&project.target);
    let tested = command::run(test.args(["--", NAME]));
    // Cargo tells a package by its place within its workspace, and by the age of the files that it was built
    // of: what was built of the copy, with a kind too many, passes for the project's own as long as these
    // are there.
    std::fs::remove_dir_all(&copy)
        .map_err(|error| Failure(format!("cannot remove {}: {error}", copy.display())))?;
    tested
}

/// The project's files in an empty folder.
fn copied(project: &Project, copy: &Path) -> Result<(), Failure> {
    let fault = |error: std::io::Error| Failure(format!("cannot copy the project: {error}"));
    if copy.exists() {
        std::fs::remove_dir_all(copy).map_err(fault)?;
    }
    for path in files::list(&project.root).map_err(fault)? {
        let to = copy.join(&path);
        std::fs::create_dir_all(to.parent().unwrap_or(copy)).map_err(fault)?;
        std::fs::copy(project.root.join(&path), to).map_err(fault)?;
    }
    Ok(())
}

fn put(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text)
        .map_err(|error| Failure(format!("cannot write {}: {error}", path.display())))
}

/// The text of a registry with each line of [`MODEL`] repeated for the new kind.
fn registered(text: &str, name: &str) -> Result<String, Failure> {
    let camel_model = camel(MODEL);
    let is_model = |line: &&str| {
        words(line).any(|word| word == MODEL || word == camel_model) && !line.contains("//")
    };
    let lines: Vec<&str> = text.lines().collect();
    if !lines.iter().any(is_model) {
        return Err(Failure(format!("the registry does not name `{MODEL}`")));
    }
    let mut registered = Vec::new();
    for line in &lines {
        registered.push((*line).to_owned());
        if is_model(line) {
            registered.push(renamed(line, MODEL, &camel_model, name));
        }
    }
    Ok(registered.join("\n") + "\n")
}

fn renamed(text: &str, from: &str, from_type: &str, name: &str) -> String {
    text.replace(from_type, &camel(name)).replace(from, name)
}

#[cfg(test)]
mod tests {
    use super::registered;

    #[test]
    fn the_lines_of_a_kind_are_repeated() {
        let text =
            "pub mod s3_object;\npub use s3_object::S3Object;\n// S3Object\nerase::<S3Object>(),\n";
        let expect = "pub mod s3_object;\npub mod a_b;\npub use s3_object::S3Object;\npub use a_b::AB;\n\
                      // S3Object\nerase::<S3Object>(),\nerase::<AB>(),\n";
        let registered = registered(text, "a_b").map_err(|failure| failure.0);
        assert_eq!(registered.as_deref(), Ok(expect));
    }

    #[test]
    fn a_registry_without_the_model_is_an_error() {
        assert!(registered("mod a;\n", "a_b").is_err());
    }
}
