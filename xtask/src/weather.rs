//! `cargo xtask weather`: the end-to-end tests in rough weather, by seed.
//!
//! The sandbox draws from its weather what AWS does now and then (`sandbox::weather`). A run that
//! is right in calm weather has to be right in every other; so each end-to-end test that does not
//! ask for calm weather itself runs in the ones named here.

use std::fmt::Write as _;

use crate::command::{self, Failure, answers, cargo};
use crate::project::Project;
use crate::suite;

/// How many seeds of each kind are run where none is named.
const SEEDS: u64 = 10;

/// The name of the store that is not the default one.
const BUCKET: &str = "s3";

/// Runs the end-to-end tests once in each weather: `usual`, `storm:7`. Where none is named, in ten
/// seeds of both. With `s3` the ledgers are in a bucket. A failure does not stop the next run.
pub(crate) fn run(project: &Project, named: &[&str]) -> Result<(), Failure> {
    let store = named.iter().find(|name| **name == BUCKET).copied();
    let named: Vec<&str> = named
        .iter()
        .copied()
        .filter(|name| *name != BUCKET)
        .collect();
    let all = || {
        let kinds = ["usual", "storm"].into_iter();
        kinds.flat_map(|kind| (1..=SEEDS).map(move |seed| format!("{kind}:{seed}")))
    };
    let weathers: Vec<String> = if named.is_empty() {
        all().collect()
    } else {
        named.iter().map(|one| (*one).to_owned()).collect()
    };
    let mut failed = Vec::new();
    for weather in &weathers {
        eprintln!("\n── weather {weather}");
        if tests(project, Place { weather, store }, &[FLEET]).is_err() {
            failed.push(weather.as_str());
        }
    }
    let passed = weathers.len() - failed.len();
    eprintln!("\n{passed} of {} weathers passed", weathers.len());
    if failed.is_empty() {
        Ok(())
    } else {
        Err(Failure(format!("failed in: {}", failed.join(", "))))
    }
}

/// The mornings of a hundred domains: in calm weather and with its ledger in a bucket, whatever the campaign.
const FLEET: &str = "e2e_fleet";

/// Files of tests that the step with ledgers in a bucket leaves to others. `e2e_crash` runs the program hundreds
/// of times: over a bucket, `e2e_team` kills it at every call, and `ledger_writes` of `reconcile` at every write
/// of the ledger.
const ELSEWHERE: [&str; 2] = ["e2e_crash", FLEET];

/// The weather in which CI runs the end-to-end tests with their ledgers in a bucket. With their ledgers in
/// a folder, they run in the sandbox's own weather (step `tests`).
const STORM: &str = "storm:7";

/// The end-to-end tests with their ledgers in a bucket, in a storm, but for those of [`ELSEWHERE`].
pub(crate) fn bucket_step(project: &Project) -> Result<(), Failure> {
    let place = Place {
        weather: STORM,
        store: Some(BUCKET),
    };
    tests(project, place, &ELSEWHERE)
}

/// The pairs of store and weather that CI does not run.
pub(crate) fn other_pairs(project: &Project) -> Result<(), Failure> {
    run(project, &[])?;
    run(project, &["usual:1", STORM, BUCKET])
}

/// Thirty runs over a network that breaks seven of a hundred answers.
pub(crate) fn network(project: &Project) -> Result<(), Failure> {
    suite::build(project)?;
    let test = ["test", "--workspace", "--test", "e2e_network"];
    let mut test = cargo(&project.root, &test);
    command::run(suite::with_program(&mut test, project).env("DEPLOY_TEST_SEEDS", "30"))
}

/// A weather, and the store that is not the default one.
#[derive(Clone, Copy)]
struct Place<'a> {
    weather: &'a str,
    store: Option<&'a str>,
}

/// Runs the end-to-end tests, but for those of some files.
fn tests(project: &Project, place: Place<'_>, without: &[&str]) -> Result<(), Failure> {
    let mut filter = "binary(/^e2e_/)".to_owned();
    for file in without {
        let _ = write!(filter, " - binary({file})");
    }
    suite::build(project)?;
    let mut tests = if answers("cargo", &["nextest", "--version"]) {
        suite::nextest(project, &["--no-fail-fast", "--filterset", &filter])
    } else {
        let plain = ["test", "--workspace", "--no-fail-fast", "--test", "e2e_*"];
        let mut tests = cargo(&project.root, &plain);
        suite::with_program(&mut tests, project);
        tests
    };
    if let Some(store) = place.store {
        tests.env("DEPLOY_TEST_LEDGER", store);
    }
    command::run(tests.env("DEPLOY_SANDBOX_WEATHER", place.weather))
}
