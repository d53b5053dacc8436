//! The build of everything, and the tests of it.

use std::process::Command;

use crate::command::{self, Failure, cargo};
use crate::project::Project;

/// Builds everything that the tests need, the program among it.
pub(crate) fn build(project: &Project) -> Result<(), Failure> {
    let build = [
        "build",
        "--workspace",
        "--lib",
        "--bins",
        "--tests",
        "--examples",
    ];
    command::run(&mut cargo(&project.root, &build))
}

/// A call of nextest for tests of the whole workspace: with the package alone, its dependencies have other
/// features, and Cargo compiles the SDK again.
///
/// It runs one test more at a time than there are cores, because some mostly wait: moto, for one, runs in
/// real time.
pub(crate) fn nextest(project: &Project, arguments: &[&str]) -> Command {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut command = cargo(&project.root, &["nextest", "run", "--workspace"]);
    command.args(["--test-threads", &(cores + 1).to_string()]);
    with_program(command.args(arguments), project);
    command
}

/// Tells the end-to-end tests of a command where the program is. Without it each of them asks Cargo to build
/// it, hundreds of times; and the first finds everything that depends on ring out of date, because ring's
/// build script watches the variables that Cargo and nextest set for a test.
pub(crate) fn with_program<'a>(tests: &'a mut Command, project: &Project) -> &'a mut Command {
    tests.env("DEPLOY_BIN", project.target.join("debug/deploy"))
}
