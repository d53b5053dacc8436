//! `cargo xtask long`: checks that take too long for every change.

use crate::command::{self, Failure, answers, cargo};
use crate::project::Project;
use crate::steps::Steps;
use crate::{instructions, life, weather};

/// The cases of each property, where every change tries 256.
const CASES: &str = "10000";

/// The seconds of each fuzz target.
const FUZZ_SECONDS: u32 = 120;

/// The crates whose tests are mostly properties over generated input.
const PROPERTIES: &[&str] = &["standards", "manifest", "report", "plan"];

/// The steps, in the order in which they run.
const STEPS: [&str; 7] = [
    "properties",
    "calls",
    "instructions",
    "fuzz",
    "network",
    "weather",
    "mutants",
];

const FUZZ: &str = "crates/standards/fuzz";

/// Runs the step of this name, or all of [`STEPS`].
pub(crate) fn run(project: &Project, only: Option<&str>) -> Result<(), Failure> {
    if let Some(unknown) = only.filter(|name| !STEPS.contains(name)) {
        return Err(Failure(format!(
            "no step is called `{unknown}`; the steps are {}",
            STEPS.join(", ")
        )));
    }
    let selected = |name: &str| only.is_none_or(|only| only == name);
    let mut steps = Steps::default();
    if selected("properties") {
        steps.run("properties", || properties(project));
    }
    if selected("calls") {
        steps.run("calls", || calls(project));
    }
    // They are built as what is released, which takes minutes where nothing of it is built yet.
    if selected("instructions") {
        steps.run("instructions", || instructions::run(project, false));
    }
    if selected("fuzz") {
        steps.run("fuzz", || fuzz(project));
    }
    if selected("network") {
        steps.run("network", || weather::network(project));
    }
    if selected("weather") {
        steps.run("weather", || weather::other_pairs(project));
    }
    if selected("mutants") {
        steps.run("mutants", || life::run(project, &["--mutants"]));
    }
    steps.finish()
}

/// Every property with many more cases. A failure is written to the crate's `proptest-regressions`.
fn properties(project: &Project) -> Result<(), Failure> {
    let mut test = cargo(&project.root, &["test", "--no-fail-fast"]);
    for name in PROPERTIES {
        test.args(["--package", name]);
    }
    command::run(test.env("PROPTEST_CASES", CASES))
}

/// How many ways a call can end in the tests of each call (`every_call.rs` of `reconcile`).
const ENDS: usize = 11;

/// Every way in which each call of a run can end, where every change tries one of them for each call.
fn calls(project: &Project) -> Result<(), Failure> {
    for first in 0..ENDS {
        let test = ["test", "--workspace", "--test", "it", "every_call"];
        let mut test = cargo(&project.root, &test);
        command::run(test.env("DEPLOY_TEST_KIND", first.to_string()))?;
    }
    Ok(())
}

/// Every fuzz target for [`FUZZ_SECONDS`]. They need a nightly compiler and cargo-fuzz.
fn fuzz(project: &Project) -> Result<(), Failure> {
    if !answers("cargo", &["+nightly", "fuzz", "--version"]) {
        return Err(Failure(
            "fuzzing needs `rustup toolchain install nightly` and `cargo install cargo-fuzz`"
                .to_owned(),
        ));
    }
    let mut failed = Vec::new();
    for target in targets(project)? {
        let fuzz = ["+nightly", "fuzz", "run", "--fuzz-dir", FUZZ, &target, "--"];
        let mut fuzz = cargo(&project.root, &fuzz);
        if command::run(fuzz.arg(format!("-max_total_time={FUZZ_SECONDS}"))).is_err() {
            failed.push(target);
        }
    }
    if failed.is_empty() {
        Ok(())
    } else {
        Err(Failure(format!("failed: {}", failed.join(", "))))
    }
}

/// The names of the fuzz targets.
fn targets(project: &Project) -> Result<Vec<String>, Failure> {
    let folder = project.root.join(FUZZ).join("fuzz_targets");
    let entries = std::fs::read_dir(folder)
        .map_err(|error| Failure(format!("cannot list the fuzz targets: {error}")))?;
    let names = entries.flatten().filter_map(|entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        name.strip_suffix(".rs").map(ToOwned::to_owned)
    });
    let mut names: Vec<String> = names.collect();
    names.sort();
    Ok(names)
}
