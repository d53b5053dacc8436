//! `cargo xtask bench`: the benchmarks of every crate that has some, or one file of them.

use crate::command::{self, Failure, cargo};
use crate::project::Project;

/// Runs the benchmarks whose names contain one of `filter`, or all. Where the first word is the name
/// of a file of benchmarks, that file alone runs, with the other words as its arguments. Each prints
/// its own table.
pub(crate) fn run(project: &Project, filter: &[&str]) -> Result<(), Failure> {
    let mut any = false;
    let files = project.members.iter().flat_map(|member| &member.benches);
    let file = filter
        .first()
        .filter(|first| files.clone().any(|file| file == *first));
    let filter = if file.is_some() { &filter[1..] } else { filter };
    for member in &project.members {
        for bench in &member.benches {
            if file.is_some_and(|file| bench != file) {
                continue;
            }
            any = true;
            let selected = [
                "bench",
                "--profile",
                "dist",
                "--package",
                &member.name,
                "--bench",
                bench,
                "--",
            ];
            command::run(cargo(&project.root, &selected).args(filter))?;
        }
    }
    if any {
        Ok(())
    } else {
        Err(Failure("no crate has a benchmark".to_owned()))
    }
}
