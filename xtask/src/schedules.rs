//! The shipped schedules and workflows, judged by the tools of those who run them.
//!
//! Nothing is started, because none of the services is here. Their schemas and rules say what can be
//! known beforehand.

use std::path::Path;
use std::process::Command;

use crate::command::{Failure, answers};
use crate::project::Project;
use crate::tools;

/// A judgement: the program in `target/python`, its options, and the files that it judges.
struct Judgement {
    program: &'static str,
    options: &'static [&'static str],
    files: &'static [&'static str],
}

const WORKFLOW: &str = "deploy/schedules/github/deploy.yml";
const CI: &str = ".github/workflows/ci.yml";
const RELEASE: &str = ".github/workflows/release.yml";
const ACTION: &str = ".github/actions/deploy/action.yml";
const GITLAB: &str = "deploy/schedules/gitlab/gitlab-ci.yml";
const KUBERNETES: &str = "deploy/schedules/kubernetes/cronjob.yaml";
const ECS: &str = "deploy/schedules/ecs/scheduler.yaml";

const JUDGEMENTS: &[Judgement] = &[
    Judgement {
        program: "check-jsonschema",
        options: &["--builtin-schema", "vendor.github-workflows"],
        files: &[WORKFLOW, CI, RELEASE],
    },
    Judgement {
        program: "check-jsonschema",
        options: &["--builtin-schema", "vendor.github-actions"],
        files: &[ACTION],
    },
    Judgement {
        program: "check-jsonschema",
        options: &["--builtin-schema", "vendor.gitlab-ci"],
        files: &[GITLAB],
    },
    // Below `medium` it asks for a spelling of local actions that older runners do not know.
    Judgement {
        program: "zizmor",
        options: &[
            "--offline",
            "--no-progress",
            "--quiet",
            "--min-severity",
            "medium",
        ],
        files: &[WORKFLOW, CI, RELEASE, ACTION],
    },
    Judgement {
        program: "kubernetes-validate",
        options: &["--strict", "--quiet"],
        files: &[KUBERNETES],
    },
    Judgement {
        program: "cfn-lint",
        options: &["--non-zero-exit-code", "informational"],
        files: &[ECS],
    },
];

/// The units of systemd, which its own tool judges.
const UNITS: [&str; 2] = [
    "deploy/schedules/systemd/deploy-drift.service",
    "deploy/schedules/systemd/deploy-drift.timer",
];

/// Checks every file. The tools of `target/python` must be there.
pub(crate) fn check(project: &Project) -> Result<(), Failure> {
    let programs = tools::python_programs(&project.target);
    let judged = JUDGEMENTS
        .iter()
        .map(|one| one.run(&project.root, &programs));
    let results = judged.chain([check_units(&project.root, &project.target)]);
    let faults = results.filter_map(Result::err);
    let faults: Vec<String> = faults.map(|Failure(reason)| reason).collect();
    if faults.is_empty() {
        return Ok(());
    }
    Err(Failure(faults.join("\n")))
}

impl Judgement {
    fn run(&self, root: &Path, programs: &Path) -> Result<(), Failure> {
        let program = programs.join(self.program);
        if !program.exists() {
            return Err(Failure(format!(
                "{} is not in target/python: run `cargo xtask tools`",
                self.program
            )));
        }
        let mut command = Command::new(program);
        command
            .args(self.options)
            .args(self.files)
            .current_dir(root);
        shown(&mut command)
    }
}

/// Runs it silently; a failure has what it printed on both streams.
fn shown(command: &mut Command) -> Result<(), Failure> {
    let name = command.get_program().to_string_lossy().into_owned();
    let ended = command.output();
    let ended = ended.map_err(|error| Failure(format!("cannot start {name}: {error}")))?;
    if ended.status.success() {
        return Ok(());
    }
    Err(Failure(format!(
        "{name}: {}\n{}{}",
        ended.status,
        String::from_utf8_lossy(&ended.stdout),
        String::from_utf8_lossy(&ended.stderr)
    )))
}

/// Checks the units in a folder of their own, with a program in place of `deploy`: systemd-analyze
/// insists on one that is installed. What it only warns of, an unknown key, is a fault too.
fn check_units(root: &Path, target: &Path) -> Result<(), Failure> {
    if !answers("systemd-analyze", &["--version"]) {
        eprintln!("systemd-analyze is not installed: the units of systemd are not checked here");
        return Ok(());
    }
    let folder = target.join("schedules");
    let cannot = |error: std::io::Error| Failure(format!("{}: {error}", folder.display()));
    std::fs::create_dir_all(&folder).map_err(cannot)?;
    let mut verify = Command::new("systemd-analyze");
    verify.args(["verify", "--man=no"]);
    for unit in UNITS {
        let text = std::fs::read_to_string(root.join(unit)).map_err(cannot)?;
        let copy = folder.join(unit.rsplit('/').next().unwrap_or(unit));
        let text = text.replace("/usr/local/bin/deploy", "/bin/true");
        std::fs::write(&copy, text).map_err(cannot)?;
        verify.arg(copy);
    }
    let said = verify.output();
    let said = said.map_err(|error| Failure(format!("cannot start systemd-analyze: {error}")))?;
    let warnings = String::from_utf8_lossy(&said.stderr);
    if said.status.success() && warnings.trim().is_empty() {
        return Ok(());
    }
    Err(Failure(format!(
        "systemd-analyze: {}\n{warnings}",
        said.status
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::output;

    /// A schedule that is added without a judge would only look as if it were checked.
    #[test]
    fn every_schedule_has_a_judge() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let judged: Vec<&str> = JUDGEMENTS
            .iter()
            .flat_map(|one| one.files)
            .chain(&UNITS)
            .copied()
            .collect();
        let listed = output(
            Command::new("git")
                .args([
                    "ls-files",
                    "deploy/schedules",
                    ".github/workflows",
                    ".github/actions",
                ])
                .current_dir(&root),
        );
        let listed = listed.expect("git lists the files");
        let is_code = |file: &&str| {
            let kinds = [".yml", ".yaml", ".service", ".timer"];
            kinds.iter().any(|kind| file.ends_with(kind))
        };
        let unjudged: Vec<&str> = listed
            .lines()
            .filter(is_code)
            .filter(|file| !judged.contains(file))
            .collect();
        assert!(unjudged.is_empty(), "{unjudged:?}");
        assert!(judged.iter().all(|file| root.join(file).exists()));
    }
}
