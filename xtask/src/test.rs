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
use crate::{compare, life, new_kind, schedules, schema, site, suite, tidy, tools, weather};

/// A step: its name, and its function.
type Step = (&'static str, fn(&Project) -> Result<(), Failure>);

/// The steps, in order. The jobs of `.github/workflows/ci.yml` call them by name.
const STEPS: &[Step] = &[
    ("format", format),
    ("tidy", |project| tidy::run(project, &[])),
    ("clippy", clippy),
    ("docs", docs),
    ("deny", deny),
    ("build", suite::build),
    ("schema", schema::check),
    ("tools", |project| {
        tools::prepare(&project.root, &project.target)
    }),
    ("schedules", schedules::check),
    ("compare", compare::check),
    ("site", site::write),
    ("doc-tests", |project| {
        let test = ["test", "--quiet", "--workspace", "--doc"];
        command::run(&mut cargo(&project.root, &test))
    }),
    ("tests", tests),
    ("bucket", weather::bucket_step),
    ("lives", life::step),
    ("new-kind", new_kind::check),
    ("mutants", life::mutants_step),
];

/// Runs the steps of these names, or all.
pub(crate) fn run(project: &Project, names: &[&str]) -> Result<(), Failure> {
    if let Some(unknown) = names.iter().find(|name| !is_step(name)) {
        let known: Vec<&str> = STEPS.iter().map(|(name, _)| *name).collect();
        let known = known.join(", ");
        return Err(Failure(format!(
            "no step is called `{unknown}`; the steps are {known}"
        )));
    }
    let selected = |name: &str| names.is_empty() || names.contains(&name);
    // Fetching is bound by the network and linting by the processor, so the tools come meanwhile.
    let (root, target) = (project.root.clone(), project.target.clone());
    let mut fetching =
        (names.is_empty()).then(|| thread::spawn(move || tools::prepare(&root, &target)));
    let mut steps = Steps::default();
    for (name, step) in STEPS.iter().filter(|(name, _)| selected(name)) {
        let fetching = fetching.take_if(|_| *name == "tools");
        steps.run(name, || match fetching.map(thread::JoinHandle::join) {
            Some(Err(_)) => Err(Failure("the tools could not be fetched".to_owned())),
            Some(Ok(fetched)) => fetched,
            None => step(project),
        });
    }
    steps.finish()
}

fn is_step(name: &str) -> bool {
    STEPS.iter().any(|(step, _)| *step == name)
}

fn format(project: &Project) -> Result<(), Failure> {
    command::run(&mut cargo(&project.root, &["fmt", "--all", "--check"]))
}

fn clippy(project: &Project) -> Result<(), Failure> {
    let lint = ["clippy", "--workspace", "--all-targets", "--keep-going"];
    command::run(cargo(&project.root, &lint).args(["--", "-D", "warnings"]))
}

fn docs(project: &Project) -> Result<(), Failure> {
    let document = [
        "doc",
        "--workspace",
        "--no-deps",
        "--keep-going",
        "--lib",
        "--bins",
        "--examples",
    ];
    command::run(cargo(&project.root, &document).env("RUSTDOCFLAGS", "-D warnings"))
}

/// All tests, with the conformance tests against third-party tools. It prefers nextest, which runs
/// the tests of all crates in parallel and prints one summary.
fn tests(project: &Project) -> Result<(), Failure> {
    suite::build(project)?;
    let own = std::env::var_os("PATH").unwrap_or_default();
    let path = [tools::debian(&project.target)]
        .into_iter()
        .chain(std::env::split_paths(&own));
    let path = std::env::join_paths(path).unwrap_or(own.clone());
    let with_tools = |mut command: Command| {
        command.env("DEPLOY_TEST_PYTHON", tools::python(&project.target));
        command.env("DEPLOY_TEST_NODE", tools::node(&project.target));
        command.env("PATH", &path);
        command
    };
    if answers("cargo", &["nextest", "--version"]) {
        return command::run(&mut with_tools(suite::nextest(project, &[])));
    }
    let each = [
        "test",
        "--workspace",
        "--lib",
        "--bins",
        "--tests",
        "--no-fail-fast",
    ];
    let mut tests = with_tools(cargo(&project.root, &each));
    counted(suite::with_program(&mut tests, project))
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
