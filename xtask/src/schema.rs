//! `cargo xtask schema`: the manifest's JSON Schema, made from its types.
//!
//! The test of the crate `manifest` that compares the file also writes it. Through it the schema
//! comes from the same build as all else, and this crate depends on none of the project's.

use crate::command::{Failure, cargo, run};
use crate::project::Project;

const TEST: &[&str] = &["test", "--quiet", "--workspace", "--test", "it", "schema"];

/// Writes the file.
pub(crate) fn write(project: &Project) -> Result<(), Failure> {
    run(cargo(&project.root, TEST).env("UPDATE", "1"))
}

/// Fails when the file is not what the types say.
pub(crate) fn check(project: &Project) -> Result<(), Failure> {
    run(cargo(&project.root, TEST).env_remove("UPDATE"))
}
