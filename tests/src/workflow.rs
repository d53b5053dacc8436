//! The commands of the shipped workflows of GitHub and GitLab, taken out of their YAML, and a runner for
//! them: a fresh checkout, with the ledger in S3 and roles that may do no more than their task.
//!
//! GitHub and GitLab are not here: steps that call GitHub (`uses`, `gh`) are left out, and GitLab's
//! token is made here.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use sandbox::quotas::Quotas;
use sandbox::world::Delays;
use serde::Deserialize;
use serde_json::Value;
use tempfile::TempDir;

use crate::place::{Place, Ran, binary};
use crate::repository;
use crate::serving::Serving;

/// The schedule of GitHub.
pub const GITHUB: &str = "deploy/schedules/github";
/// The schedule of GitLab.
pub const GITLAB: &str = "deploy/schedules/gitlab";

/// A token in the form of GitLab's, until 2100. Its signature is none: the sandbox checks the rest.
const TOKEN: &str = "e30.eyJpc3MiOiJodHRwczovL2dpdGxhYi5leGFtcGxlLmNvbSIsInN1YiI6InByb2plY3RfcGF0aDphbnljb21wYW55L21haWw6cmVmX3R5cGU6YnJhbmNoOnJlZjptYWluIiwiYXVkIjoiaHR0cHM6Ly9zdHMuYW1hem9uYXdzLmNvbSIsImV4cCI6NDEwMjQ0NDgwMH0.c2ln";

const TOPIC: &str = "arn:aws:sns:us-east-1:222222222222:mail";

/// The value of every secret. Messages go out over HTTPS alone: its refusal says that it was passed.
const SECRET: &str = "http://127.0.0.1:9/services/XXXXXXXX";

#[derive(Deserialize)]
struct Workflow {
    jobs: BTreeMap<String, Job>,
}

#[derive(Deserialize)]
struct Job {
    steps: Vec<Step>,
}

/// A step of a job.
#[derive(Clone, Debug, Deserialize)]
pub struct Step {
    #[serde(default)]
    run: String,
    /// Its environment.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
}

/// The steps of a job of GitHub's that run `deploy`.
#[track_caller]
pub fn steps(job: &str) -> Vec<Step> {
    let text = repository::text(&format!("{GITHUB}/deploy.yml"));
    let mut workflow: Workflow = serde_yaml::from_str(&text).expect("a workflow");
    let mut steps = workflow.jobs.remove(job).expect("a job of this name").steps;
    steps.retain(|step| step.run.contains("deploy.yaml"));
    assert!(!steps.is_empty(), "{job} runs no command");
    steps
}

/// A value of a step's environment, as the runner passes it.
fn passed(value: &str) -> &str {
    if value.starts_with("${{ secrets.") {
        SECRET
    } else {
        value
    }
}

/// GitLab's pipeline.
#[derive(Debug, Deserialize)]
pub struct Pipeline {
    #[serde(rename = ".deploy")]
    template: Template,
    /// The job that compares.
    pub drift: GitlabJob,
    /// The job that applies what is due.
    #[serde(rename = "continue")]
    pub go_on: GitlabJob,
    /// The job of a merge request.
    pub plan: GitlabJob,
}

#[derive(Debug, Deserialize)]
struct Template {
    before_script: Vec<String>,
}

/// A job of GitLab's.
#[derive(Debug, Deserialize)]
pub struct GitlabJob {
    script: Vec<String>,
    /// Its variables.
    pub variables: BTreeMap<String, String>,
}

impl Pipeline {
    /// The pipeline as it ships.
    #[track_caller]
    pub fn read() -> Self {
        let text = repository::text(&format!("{GITLAB}/gitlab-ci.yml"));
        serde_yaml::from_str(&text).expect("a pipeline")
    }

    /// A job as one step: GitLab runs all of its lines in one shell.
    #[track_caller]
    pub fn step(&self, job: &GitlabJob) -> Step {
        let lines = self.template.before_script.iter().chain(&job.script);
        let lines: Vec<&str> = lines.map(String::as_str).collect();
        let mut env = job.variables.clone();
        env.insert("DEPLOY_TOKEN".to_owned(), TOKEN.to_owned());
        Step {
            run: lines.join("\n"),
            env,
        }
    }
}

/// The manifest of a team, whose accounts are entered by the profiles of the workflow.
pub fn team() -> String {
    let mut text = repository::text("deploy/team.yaml");
    for account in ["dns", "mail"] {
        let lines = text.lines().map(|line| {
            if line.trim_start().starts_with(&format!("{account}:")) {
                line.replace("role: mail-deploy", &format!("profile: {account}"))
            } else {
                line.to_owned()
            }
        });
        text = lines.collect::<Vec<_>>().join("\n");
    }
    assert!(!text.contains("role: mail-deploy"), "{text}");
    let topic = format!("{{ sns: {{ account: mail, topic: \"{TOPIC}\" }} }}");
    format!("{text}\nnotify:\n  team: {{ slack: {{ env: DEPLOY_SLACK_URL }} }}\n  topic: {topic}\n")
}

/// A place with this manifest, whose world has the roles of the workflow, which may do what `deploy iam`
/// prints for them and nothing else.
pub fn place_of(manifest: &str) -> Place {
    let place = Place::with(manifest).in_calm();
    let iam = |role: &str| {
        let iam = ["iam", place.manifest(), "--role", role];
        place.deploy(&iam).exits(0).json()
    };
    let (apply, drift) = (iam("apply"), iam("drift"));
    let accounts = apply["accounts"].as_object().expect("accounts").iter();
    let world: String = accounts
        .map(|(name, apply)| roles(apply, &drift["accounts"][name]))
        .collect();
    let world = format!("accounts:\n{world}");
    place.make_world(Some(&world));
    place.change_world(|world, _| {
        world.delays = Delays::none();
        world.quotas = Quotas::none();
    });
    place.create_ledger();
    place.keep_calls();
    place
}

/// The roles of an account, as a world file has them, from what `deploy iam` says of it.
fn roles(apply: &Value, drift: &Value) -> String {
    let roles = serde_json::json!({
        "mail-apply": { "policy": apply["policy"] },
        "mail-drift": { "policy": drift["policy"] },
        "mail-schedule-apply": {},
        "mail-schedule-drift": {},
    });
    format!("  {}: {{ roles: {roles} }}\n", apply["account_id"])
}

/// The files that git would check out, without any that an earlier run left.
fn checkout(schedule: &str, manifest: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    // The manifest of the place is one folder deeper.
    let manifest = manifest.replace("../assets/", "assets/");
    let assets = folder.path().join("assets");
    crate::place::copy(&repository::root().join("assets"), &assets);
    std::fs::create_dir(folder.path().join(".git")).expect("a writable folder");
    std::fs::write(folder.path().join("deploy.yaml"), &manifest).expect("a writable folder");
    for file in ["aws-drift.ini", "aws-apply.ini"] {
        let from = repository::root().join(schedule).join(file);
        std::fs::copy(from, folder.path().join(file)).expect("a writable folder");
    }
    folder
}

/// A job on a runner: each step in the same checkout, by the shell that GitHub takes.
#[derive(Debug)]
pub struct Runner<'a> {
    serving: &'a Serving,
    checkout: TempDir,
}

impl<'a> Runner<'a> {
    fn start(serving: &'a Serving, schedule: &str, manifest: &str) -> Self {
        let checkout = checkout(schedule, manifest);
        let path = checkout.path().join("bin");
        std::fs::create_dir(&path).expect("a writable folder");
        // The commands stay as they are: what tells `deploy` where the sandbox's DNS and HTTPS are
        // comes behind them.
        let script = format!(
            "#!/bin/sh\nexec '{}' \"$@\" --resolver '{}' --connect '{}' --ca '{}'\n",
            binary().display(),
            serving.said("DEPLOY_SANDBOX_DNS"),
            serving.said("DEPLOY_SANDBOX_HTTPS"),
            serving.said("DEPLOY_SANDBOX_CA"),
        );
        let program = path.join("deploy");
        std::fs::write(&program, script).expect("a writable folder");
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&program, mode).expect("a file of one's own");
        Self { serving, checkout }
    }

    fn path(&self) -> &Path {
        self.checkout.path()
    }

    /// Runs one step.
    pub fn step(&self, step: &Step) -> Ran {
        let path = format!("{}:/usr/bin:/bin", self.path().join("bin").display());
        let mut shell = Command::new("bash");
        shell
            .args(["-e", "-c", &step.run])
            .current_dir(self.path())
            .env_clear()
            .envs(self.serving.environment())
            .env("HOME", self.path())
            .env("PATH", path)
            .env("GITHUB_OUTPUT", self.path().join("output"))
            .env("GITHUB_STEP_SUMMARY", self.path().join("summary"))
            .envs(step.env.iter().map(|(name, value)| (name, passed(value))))
            .stdin(Stdio::null());
        shell.output().expect("bash starts").into()
    }

    /// Runs the steps until one fails, as a runner does.
    pub fn job(&self, job: &str) -> Ran {
        let mut last = None;
        for step in steps(job) {
            let ran = self.step(&step);
            let has_failed = ran.code != 0;
            last = Some(ran);
            if has_failed {
                break;
            }
        }
        last.expect("a step")
    }

    /// A file of the checkout; empty where there is none.
    pub fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.path().join(file)).unwrap_or_default()
    }
}

/// Runs jobs in a fresh checkout, against the world as it is.
pub fn on_a_runner<T>(place: &Place, schedule: &str, check: impl FnOnce(&Runner) -> T) -> T {
    let serving = Serving::start(place);
    let manifest = place.read(place.manifest());
    check(&Runner::start(&serving, schedule, &manifest))
}
