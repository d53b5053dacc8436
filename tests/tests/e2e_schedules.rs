//! The commands of the shipped workflows of GitHub and GitLab, taken out of their YAML, in a fresh
//! checkout, with the ledger in S3 and roles that may do no more than their task.
//!
//! GitHub and GitLab are not here: steps that call GitHub (`uses`, `gh`) are left out, and GitLab's
//! token is made here.
#![expect(clippy::disallowed_methods, reason = "a checkout is made of files")]

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use sandbox::quotas::Quotas;
use sandbox::world::Delays;
use serde::Deserialize;
use serde_json::Value;
use tempfile::TempDir;
use tests::place::{Place, Ran, binary};
use tests::repository;
use tests::serving::Serving;

const GITHUB: &str = "deploy/schedules/github";
const GITLAB: &str = "deploy/schedules/gitlab";

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

#[derive(Clone, Deserialize)]
struct Step {
    #[serde(default)]
    run: String,
    #[serde(default)]
    env: BTreeMap<String, String>,
}

/// The steps of a job of GitHub's that run `deploy`.
fn steps(job: &str) -> Vec<Step> {
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

#[derive(Deserialize)]
struct Pipeline {
    #[serde(rename = ".deploy")]
    template: Template,
    drift: GitlabJob,
    #[serde(rename = "continue")]
    go_on: GitlabJob,
    plan: GitlabJob,
}

#[derive(Deserialize)]
struct Template {
    before_script: Vec<String>,
}

#[derive(Deserialize)]
struct GitlabJob {
    script: Vec<String>,
    variables: BTreeMap<String, String>,
}

impl Pipeline {
    fn read() -> Self {
        let text = repository::text(&format!("{GITLAB}/gitlab-ci.yml"));
        serde_yaml::from_str(&text).expect("a pipeline")
    }

    /// A job as one step: GitLab runs all of its lines in one shell.
    fn step(&self, job: &GitlabJob) -> Step {
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
fn manifest() -> String {
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

/// A place whose world has the roles of the workflow, which may do what `deploy iam` prints for them and
/// nothing else.
fn place() -> Place {
    let place = Place::with(&manifest());
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
    place.keep_history();
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

/// Nothing was changed but the record of what people were told.
#[track_caller]
fn assert_only_told(place: &Place) {
    let mut calls = place.changing_calls();
    calls.retain(|call| {
        let tells = call.operation == "Publish" || call.url.ends_with("/notify/STATE.json");
        call.took_effect && !tells
    });
    assert_eq!(calls, [], "a role that only reads");
}

/// The files that git would check out, without any that an earlier run left.
fn checkout(schedule: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir(folder.path().join(".git")).expect("a writable folder");
    std::fs::write(folder.path().join("deploy.yaml"), manifest()).expect("a writable folder");
    for file in ["aws-drift.ini", "aws-apply.ini"] {
        let from = repository::root().join(schedule).join(file);
        std::fs::copy(from, folder.path().join(file)).expect("a writable folder");
    }
    folder
}

/// A job on a runner: each step in the same checkout, by the shell that GitHub takes.
struct Runner<'a> {
    serving: &'a Serving,
    checkout: TempDir,
}

impl<'a> Runner<'a> {
    fn start(serving: &'a Serving, schedule: &str) -> Self {
        let checkout = checkout(schedule);
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

    fn step(&self, step: &Step) -> Ran {
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
    fn job(&self, job: &str) -> Ran {
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

    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.path().join(file)).unwrap_or_default()
    }
}

/// Runs jobs in a fresh checkout, against the world as it is.
fn on_a_runner<T>(place: &Place, schedule: &str, check: impl FnOnce(&Runner) -> T) -> T {
    let serving = Serving::start(place);
    check(&Runner::start(&serving, schedule))
}

/// Jobs that read enter with the role that only reads; the job that applies has the other.
#[test]
fn only_the_job_that_applies_may_change_something() {
    let pipeline = Pipeline::read();
    for (job, gitlab, profiles) in [
        ("drift", &pipeline.drift, "aws-drift.ini"),
        ("plan", &pipeline.plan, "aws-drift.ini"),
        ("continue", &pipeline.go_on, "aws-apply.ini"),
    ] {
        let named = steps(job);
        let named = named
            .iter()
            .filter_map(|step| step.env.get("AWS_CONFIG_FILE"));
        assert_eq!(named.collect::<Vec<_>>(), [profiles], "{job}");
        assert_eq!(gitlab.variables["AWS_CONFIG_FILE"], profiles, "{job}");
    }
}

#[test]
fn the_workflow_of_github_runs_with_roles_that_may_no_more_than_their_task() {
    let place = place();

    on_a_runner(&place, GITHUB, |runner| {
        // Without a record there is nothing to compare with: that is no green run.
        assert_eq!(runner.job("drift").code, 1);
        runner.job("plan").exits(0);
        assert!(runner.read("plan.md").contains("_dmarc.example.com"));
        assert!(runner.read("summary").contains("_dmarc.example.com"));
    });
    assert_only_told(&place);

    // Under virtual time: served, an apply waits as long as AWS would take.
    place.apply().exits(0);
    place.forget_history();

    on_a_runner(&place, GITHUB, |runner| {
        runner.job("drift").exits(0).says("In sync");
        assert_eq!(runner.read("output"), "code=0\n");
    });

    // The server was killed: a command takes its journal over.
    place.run("status", &[]).exits(0);
    place.change_world(|world, _| {
        let zone = world.route53.zones_of("111111111111").next();
        let zone = zone.expect("the zone").id.clone();
        let value = ["\"v=DMARC1; p=reject\""];
        world
            .seed_records(&zone, "_dmarc.example.com", ("TXT", 300), &value)
            .expect("a name");
    });
    on_a_runner(&place, GITHUB, |runner| {
        runner
            .job("drift")
            .exits(0)
            .says("is not as we left it")
            .says("notified topic")
            .says("could not notify team: the URL is not one of https");
        assert_eq!(runner.read("output"), "code=3\n");
        assert!(runner.read("summary").contains("    Drift: 1 modified"));
        // The job fails in a step of its own: people are told, and only of what is new.
        let again = runner.job("drift").exits(0);
        assert!(!again.stderr.contains("notified topic"), "{}", again.stderr);
        // The role that reads can't put it back.
        let mut apply = steps("continue").remove(0);
        apply
            .env
            .insert("AWS_CONFIG_FILE".to_owned(), "aws-drift.ini".to_owned());
        let refused = runner.step(&apply);
        assert_ne!(refused.code, 0, "{}", refused.stdout);
        refused.says("AccessDenied");
    });
    assert_only_told(&place);

    on_a_runner(&place, GITHUB, |runner| {
        runner.job("continue").exits(0);
        runner.job("drift").exits(0).says("notified topic");
        assert_eq!(runner.read("output"), "code=0\n");
    });
    assert!(!place.changing_calls().is_empty(), "it was put back");
}

#[test]
fn the_pipeline_of_gitlab_enters_by_its_token() {
    let place = place();
    let pipeline = Pipeline::read();
    on_a_runner(&place, GITLAB, |runner| {
        runner.step(&pipeline.step(&pipeline.plan)).exits(0);
        assert!(runner.read("plan.md").contains("_dmarc.example.com"));
        assert!(runner.read("lint.xml").contains("<testsuite"));
    });
    assert_only_told(&place);

    place.apply().exits(0);
    on_a_runner(&place, GITLAB, |runner| {
        runner.step(&pipeline.step(&pipeline.go_on)).exits(0);
        let drift = runner.step(&pipeline.step(&pipeline.drift));
        drift.exits(0).says("In sync");
    });
}
