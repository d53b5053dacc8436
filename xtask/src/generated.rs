//! Files of the repository that are made from others, and that tidy compares with what they are
//! made from.

use crate::command::Failure;
use crate::project::Project;

/// A generated file: its path from the root, and its content.
pub(crate) struct Generated {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Writes each file whose content differs.
pub(crate) fn write(project: &Project, files: &[Generated]) -> Result<(), Failure> {
    for file in files.iter().filter(|file| !is_current(project, file)) {
        std::fs::write(project.root.join(&file.path), &file.text)
            .map_err(|error| Failure(format!("cannot write {}: {error}", file.path)))?;
        println!("wrote {}", file.path);
    }
    Ok(())
}

/// The files that are missing or differ, with the command that makes them.
pub(crate) fn outdated(project: &Project, files: &[Generated], command: &str) -> Vec<String> {
    let outdated = files.iter().filter(|file| !is_current(project, file));
    outdated
        .map(|file| format!("{}: out of date: run `cargo xtask {command}`", file.path))
        .collect()
}

fn is_current(project: &Project, file: &Generated) -> bool {
    std::fs::read_to_string(project.root.join(&file.path)).is_ok_and(|text| text == file.text)
}
