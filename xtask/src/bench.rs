//! `cargo xtask bench`: the benchmarks of every crate that has some.

use crate::command::{self, Failure, cargo};
use crate::project::Project;

/// Runs the benchmarks whose names contain one of `filter`, or all. Each prints its own table.
pub(crate) fn run(project: &Project, filter: &[&str]) -> Result<(), Failure> {
    let mut any = false;
    for member in &project.members {
        for bench in &member.benches {
            any = true;
            let selected = ["bench", "--package", &member.name, "--bench", bench, "--"];
            command::run(cargo(&project.root, &selected).args(filter))?;
        }
    }
    if any {
        Ok(())
    } else {
        Err(Failure("no crate has a benchmark".to_owned()))
    }
}
