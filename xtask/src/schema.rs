//! `cargo xtask schema`: the JSON Schemas of the manifest and of the documents for programs, made from
//! their types.
//!
//! The tests of the crates `manifest` and `report` that compare the files also write them. Through
//! them the schemas come from the same build as all else, and this crate depends on none of the
//! project's.

use crate::command::{Failure, cargo, run};
use crate::project::Project;

const TEST: &[&str] = &["test", "--quiet", "--workspace", "--test", "it", "schema"];

/// Writes the files.
pub(crate) fn write(project: &Project) -> Result<(), Failure> {
    run(cargo(&project.root, TEST).env("UPDATE", "1"))
}

/// Fails when a file is not what the types say.
pub(crate) fn check(project: &Project) -> Result<(), Failure> {
    run(cargo(&project.root, TEST).env_remove("UPDATE"))
}
