//! `cargo xtask life`: the simulation of whole lives, and the deliberate bugs that it must find.

use std::path::{Path, PathBuf};

use crate::command::{self, Failure, cargo, output};
use crate::project::Project;

/// The folder of the deliberate bugs, from the root.
const MUTANTS: &str = "tests/life/mutants";

/// How many lives CI plays.
const LIVES_OF_CI: &str = "100";

/// The exit code of the simulation where lives failed.
const LIVES_FAILED: i32 = 1;

/// How many lives a mutant has to be found in.
const LIVES: &str = "100";

/// The mutants that are found within ten lives, wherever kills and faults fall. CI plays some of them; all are
/// in `cargo xtask long`.
const QUICK: [&str; 6] = ["01", "07", "09", "11", "12", "18"];

/// How many of them CI plays of each commit: others of the next one.
const MUTANTS_OF_A_COMMIT: usize = 2;

/// Runs the simulation with these options, or the mutants.
pub(crate) fn run(project: &Project, options: &[&str]) -> Result<(), Failure> {
    match options {
        ["--mutants"] => mutants(project, &all(project)?),
        ["--mutants", "check"] => check(project),
        ["--mutants", names @ ..] => {
            let mut chosen = all(project)?;
            chosen.retain(|path| names.iter().any(|name| is_called(path, name)));
            mutants(project, &chosen)
        }
        _ => {
            build(&project.root)?;
            command::run(simulation(project).args(options))
        }
    }
}

/// The step of CI: the same lives each time, so that a failure is the change's own. A mutant that no
/// longer applies is one as well.
pub(crate) fn step(project: &Project) -> Result<(), Failure> {
    check(project)?;
    let lives = ["--lives", LIVES_OF_CI, "--no-shrink"];
    run(project, &lives)
}

/// The step of CI that shows that the lives still find what they are there for. It comes last, because a
/// mutant is in the working tree while it is played.
pub(crate) fn mutants_step(project: &Project) -> Result<(), Failure> {
    let mut count = std::process::Command::new("git");
    count.args(["rev-list", "--count", "HEAD"]);
    // Without a history the first ones have their turn.
    let count = output(count.current_dir(&project.root)).unwrap_or_default();
    let number: usize = count.trim().parse().unwrap_or_default();
    let mut quick = all(project)?;
    quick.retain(|path| QUICK.iter().any(|name| is_called(path, name)));
    mutants(project, &of_commit(&quick, number))
}

/// The mutants of the commit with this number: each has its turn.
fn of_commit(all: &[PathBuf], number: usize) -> Vec<PathBuf> {
    let first = number * MUTANTS_OF_A_COMMIT;
    let turns = all.iter().cycle().skip(first % all.len().max(1));
    turns.take(MUTANTS_OF_A_COMMIT).cloned().collect()
}

fn simulation(project: &Project) -> std::process::Command {
    let mut life = std::process::Command::new(project.target.join("debug/life"));
    life.current_dir(&project.root);
    life
}

/// Builds it with the whole workspace and targets that need the development dependencies, as the tests
/// are built: alone, its dependencies have other features, and cargo compiles the SDK a second time.
fn build(root: &Path) -> Result<(), Failure> {
    let life = [
        "build",
        "--quiet",
        "--workspace",
        "--bin",
        "life",
        "--examples",
    ];
    command::run(&mut cargo(root, &life))
}

fn all(project: &Project) -> Result<Vec<PathBuf>, Failure> {
    let entries = std::fs::read_dir(project.root.join(MUTANTS))
        .map_err(|error| Failure(format!("cannot list the mutants: {error}")))?;
    let paths = entries.flatten().map(|entry| entry.path());
    let mut paths: Vec<PathBuf> = paths.filter(|path| is_patch(path)).collect();
    paths.sort();
    Ok(paths)
}

fn is_patch(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "patch")
}

fn is_called(path: &Path, name: &str) -> bool {
    name_of(path).starts_with(name)
}

fn name_of(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

/// Whether each mutant still applies. One that does not has to follow the code that it is about.
fn check(project: &Project) -> Result<(), Failure> {
    let stale: Vec<String> = all(project)?
        .iter()
        .filter(|path| apply(&project.root, path, &["--check"]).is_err())
        .map(|path| name_of(path))
        .collect();
    if stale.is_empty() {
        return Ok(());
    }
    Err(Failure(format!(
        "these mutants no longer apply, because the code that they are about has changed: {}; \
         make the same mistake in the new code and write the patch again (docs/simulation.md)",
        stale.join(", ")
    )))
}

fn apply(root: &Path, patch: &Path, options: &[&str]) -> Result<(), Failure> {
    let mut git = std::process::Command::new("git");
    git.args(["apply", "--recount", "-C1"]).args(options);
    output(git.arg(patch).current_dir(root)).map(drop)
}

/// Plays lives with each mutant; each must be found.
fn mutants(project: &Project, chosen: &[PathBuf]) -> Result<(), Failure> {
    let mut missed = Vec::new();
    for patch in chosen {
        let name = name_of(patch);
        println!("mutant {name}");
        if !is_found(project, patch)? {
            missed.push(name);
        }
    }
    println!(
        "{} of {} mutants were found",
        chosen.len() - missed.len(),
        chosen.len()
    );
    if missed.is_empty() {
        Ok(())
    } else {
        Err(Failure(format!("not found: {}", missed.join(", "))))
    }
}

/// Plays lives with one mutant, in the working tree: a copy would be compiled from the beginning.
fn is_found(project: &Project, patch: &Path) -> Result<bool, Failure> {
    apply(&project.root, patch, &[])?;
    let played = build(&project.root).and_then(|()| {
        let mut lives = simulation(project);
        lives.args(["--lives", LIVES, "--no-shrink", "--first-failure"]);
        command::code(&mut lives)
    });
    apply(&project.root, patch, &["--reverse"])?;
    match played? {
        0 => Ok(false),
        LIVES_FAILED => Ok(true),
        // A simulation that does not run finds nothing.
        code => Err(Failure(format!("the simulation ended with {code}"))),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::PathBuf;

    use super::of_commit;

    #[test]
    fn each_mutant_has_its_turn() {
        let all: Vec<PathBuf> = ["a", "b", "c", "d", "e"].map(PathBuf::from).to_vec();
        assert_eq!(of_commit(&all, 0), ["a", "b"].map(PathBuf::from));
        assert_eq!(of_commit(&all, 2), ["e", "a"].map(PathBuf::from));
        let played: BTreeSet<PathBuf> = (7..12).flat_map(|one| of_commit(&all, one)).collect();
        assert_eq!(played.len(), all.len());
    }
}
