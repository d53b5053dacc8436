//! `cargo xtask test`: everything that must hold before a change lands.
//!
//! Every Cargo command here selects `--workspace` and targets that need the development
//! dependencies. So all of them resolve to one set of features, and no dependency is built twice:
//! `cargo doc` without `--examples` would check tokio, and with it the AWS SDK, once more.

use std::process::Command;
use std::thread;

use crate::command::{self, Failure, answers, cargo};
use crate::project::Project;
use crate::steps::Steps;
use crate::{schema, tidy, tools};

/// Runs all steps.
pub(crate) fn run(project: &Project) -> Result<(), Failure> {
    let (root, target) = (project.root.clone(), project.target.clone());
    // Fetching is bound by the network and linting by the processor.
    let fetching = thread::spawn(move || tools::prepare(&root, &target));
    let mut steps = Steps::default();
    let cargo = |arguments: &[&str]| cargo(&project.root, arguments);

    steps.run("format", || {
        command::run(&mut cargo(&["fmt", "--all", "--check"]))
    });
    steps.run("tidy", || tidy::run(project, &[]));
    steps.run("clippy", || {
        let lint = ["clippy", "--workspace", "--all-targets", "--keep-going"];
        command::run(cargo(&lint).args(["--", "-D", "warnings"]))
    });
    steps.run("docs", || {
        let document = [
            "doc",
            "--workspace",
            "--no-deps",
            "--keep-going",
            "--lib",
            "--bins",
            "--examples",
        ];
        command::run(cargo(&document).env("RUSTDOCFLAGS", "-D warnings"))
    });
    steps.run("deny", || deny(project));
    steps.run("build", || {
        let build = [
            "build",
            "--workspace",
            "--lib",
            "--bins",
            "--tests",
            "--examples",
        ];
        command::run(&mut cargo(&build))
    });
    steps.run("schema", || schema::check(project));
    steps.run("tools", || match fetching.join() {
        Ok(fetched) => fetched,
        Err(_) => Err(Failure("the tools could not be fetched".to_owned())),
    });
    steps.run("doc tests", || {
        command::run(&mut cargo(&["test", "--quiet", "--workspace", "--doc"]))
    });
    steps.run("tests", || tests(project));
    steps.finish()
}

/// All tests, those against other people's tools included. With nextest if it is there: it runs
/// the tests of all crates side by side, and ends with a summary of its own.
fn tests(project: &Project) -> Result<(), Failure> {
    let own = std::env::var_os("PATH").unwrap_or_default();
    let path = [tools::debian(&project.target)]
        .into_iter()
        .chain(std::env::split_paths(&own));
    let path = std::env::join_paths(path).unwrap_or(own.clone());
    let with_tools = |mut command: Command| {
        command.env("DEPLOY_TEST_PYTHON", tools::python(&project.target));
        command.env("PATH", &path);
        command
    };
    if answers("cargo", &["nextest", "--version"]) {
        let nextest = cargo(&project.root, &["nextest", "run", "--workspace"]);
        return command::run(&mut with_tools(nextest));
    }
    let each = [
        "test",
        "--workspace",
        "--lib",
        "--bins",
        "--tests",
        "--no-fail-fast",
    ];
    counted(&mut with_tools(cargo(&project.root, &each)))
}

/// Runs `cargo test`, which sums up each binary, and adds the sum of the sums.
fn counted(tests: &mut Command) -> Result<(), Failure> {
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;

    let started = tests.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
    let mut child =
        started.map_err(|error| Failure(format!("cannot start `cargo test`: {error}")))?;
    let (mut passed, mut failed) = (0, 0);
    for line in BufReader::new(child.stdout.take().ok_or_else(no_output)?).lines() {
        let line = line.map_err(|error| Failure(format!("cannot read what tests say: {error}")))?;
        println!("{line}");
        if let Some((more_passed, more_failed)) = result_of(&line) {
            passed += more_passed;
            failed += more_failed;
        }
    }
    println!("{passed} passed, {failed} failed");
    match child.wait() {
        Ok(status) if status.success() => Ok(()),
        _ => Err(Failure("`cargo test` failed".to_owned())),
    }
}

fn no_output() -> Failure {
    Failure("`cargo test` has no standard output".to_owned())
}

/// The figures of `test result: ok. 3 passed; 0 failed; …`.
fn result_of(line: &str) -> Option<(u32, u32)> {
    let (_, figures) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let figure = |what: &str| {
        let part = figures.split("; ").find(|part| part.ends_with(what))?;
        part.split(' ').next()?.parse().ok()
    };
    Some((figure(" passed")?, figure(" failed")?))
}

fn deny(project: &Project) -> Result<(), Failure> {
    if answers("cargo", &["deny", "--version"]) {
        return command::run(&mut cargo(
            &project.root,
            &["deny", "--offline", "check", "bans", "licenses", "sources"],
        ));
    }
    eprintln!("cargo-deny is not installed: licences, duplicates and sources are not checked here");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::result_of;

    #[track_caller]
    fn check(line: &str, expect: Option<(u32, u32)>) {
        assert_eq!(result_of(line), expect);
    }

    #[test]
    fn results_are_read_from_the_line_that_ends_a_binary() {
        check(
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            Some((3, 0)),
        );
        check(
            "test result: FAILED. 12 passed; 1 failed; 0 ignored",
            Some((12, 1)),
        );
        check("test a_result ... ok", None);
    }
}
