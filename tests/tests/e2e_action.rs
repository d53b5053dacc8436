//! The steps of `.github/actions/deploy` with a `gh` that answers as GitHub does: what is installed was
//! verified before.
#![expect(
    clippy::disallowed_methods,
    reason = "a runner has files, programs and an environment"
)]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use serde::Deserialize;
use tempfile::TempDir;
use tests::repository;

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// The name of the release's files.
const NAME: &str = "deploy-1.4.0-x86_64-unknown-linux-gnu";

#[derive(Deserialize)]
struct Action {
    runs: Runs,
}

#[derive(Deserialize)]
struct Runs {
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    #[serde(default)]
    name: String,
    #[serde(default)]
    run: String,
}

/// A runner with one step's files: its outputs, its cache of tools, and a `gh` before all other programs.
struct Runner {
    folder: TempDir,
}

impl Runner {
    /// A runner whose `gh` writes down what it is asked, and finds the attestation or not.
    fn whose_gh_finds(is_attested: bool) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        for name in ["bin", "tools", "temp", "release"] {
            fs::create_dir(at(name)).expect("a folder");
        }
        fs::create_dir(at("release").join(NAME)).expect("a folder");
        fs::write(at("release").join(NAME).join("deploy"), "a binary").expect("a file");
        let archive = at("archive.tar.gz");
        let packed = Command::new("tar")
            .args(["-czf", path(&archive), "-C", path(&at("release")), NAME])
            .status();
        assert!(packed.expect("tar").success());
        let code = i32::from(!is_attested);
        let gh = format!(
            "#!/bin/bash\necho \"$@\" >> {asked}\ncase $1 in\n\
             release) while [ \"$1\" != --output ]; do shift; done; cp {archive} \"$2\" ;;\n\
             attestation) exit {code} ;;\nesac\n",
            asked = path(&at("asked")),
            archive = path(&archive),
        );
        fs::write(at("bin/gh"), gh).expect("a file");
        let run = fs::Permissions::from_mode(0o755);
        fs::set_permissions(at("bin/gh"), run).expect("permissions");
        Self { folder }
    }

    /// Runs a step of the action in this environment, as GitHub runs bash.
    fn run(&self, step: &str, environment: &[(&str, &str)]) -> Output {
        let at = |name: &str| self.folder.path().join(name);
        let text = repository::text(".github/actions/deploy/action.yml");
        let action: Action = serde_yaml::from_str(&text).expect("an action");
        let mut steps = action.runs.steps.into_iter();
        let step = steps.find(|one| one.name == step).expect("a step");
        let programs = std::env::var("PATH").expect("a path");
        Command::new("bash")
            .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", &step.run])
            .envs(environment.iter().copied())
            .env("PATH", format!("{}:{programs}", path(&at("bin"))))
            .env("GITHUB_OUTPUT", at("outputs"))
            .env("RUNNER_TEMP", at("temp"))
            .env("RUNNER_TOOL_CACHE", at("tools"))
            .output()
            .expect("bash")
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap_or_default()
    }

    /// The outputs of the step that checks the inputs, or nothing where it refuses them.
    fn checked(source: &str, version: &str) -> Option<BTreeMap<String, String>> {
        let runner = Self::whose_gh_finds(true);
        let environment = [
            ("SOURCE", source),
            ("VERSION", version),
            ("PLATFORM", "Linux X64"),
        ];
        let ran = runner.run("Check the inputs", &environment);
        let outputs = runner.read("outputs");
        let outputs = outputs.lines().filter_map(|line| line.split_once('='));
        let outputs = outputs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        ran.status.success().then(|| outputs.collect())
    }

    fn install(&self) -> Output {
        let environment = [
            ("REPOSITORY", "anycompany/deploy"),
            ("NAME", NAME),
            ("VERSION", "1.4.0"),
        ];
        self.run("Install the release", &environment)
    }
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a name")
}

#[test]
fn a_release_is_unpacked_once_its_attestation_is_verified() {
    let runner = Runner::whose_gh_finds(true);
    let ran = runner.install();
    assert!(ran.status.success(), "{ran:?}");
    assert_eq!(runner.read("tools/deploy/bin/deploy"), "a binary");
    let asked = runner.read("asked");
    let asked: Vec<&str> = asked.lines().collect();
    assert_eq!(asked.len(), 2, "{asked:?}");
    assert!(asked[0].starts_with("release download v1.4.0 --repo anycompany/deploy"));
    let verified = format!(
        "attestation verify {}/temp/{NAME}.tar.gz --repo anycompany/deploy --signer-workflow \
         anycompany/deploy/.github/workflows/release.yml --source-ref refs/tags/v1.4.0",
        path(runner.folder.path())
    );
    assert_eq!(asked[1], verified);
}

#[test]
fn a_release_without_its_attestation_is_not_installed() {
    let runner = Runner::whose_gh_finds(false);
    assert!(!runner.install().status.success());
    let unpacked = runner.folder.path().join("temp").join(NAME);
    assert!(!unpacked.exists());
    assert_eq!(runner.read("tools/deploy/bin/deploy"), "");
}

#[test]
fn a_version_is_a_release_or_a_commit() {
    let github = "https://github.com/anycompany/deploy";
    let outputs = Runner::checked(github, "1.4.0").expect("a release");
    assert_eq!(outputs["from"], "release");
    assert_eq!(outputs["repository"], "anycompany/deploy");
    assert_eq!(outputs["name"], NAME);
    let outputs = Runner::checked("https://github.com/anycompany/deploy.git", "1.4.0-rc.1");
    assert_eq!(
        outputs.expect("a release")["repository"],
        "anycompany/deploy"
    );
    let elsewhere = "https://git.example.com/deploy";
    let outputs = Runner::checked(elsewhere, COMMIT).expect("a commit");
    assert_eq!(outputs["from"], "commit");
    for (source, version) in [
        (elsewhere, "1.4.0"),
        ("git@github.com:anycompany/deploy", COMMIT),
        (github, "v1.4.0"),
        (github, "main"),
        (github, "1.4.0; true"),
        (github, "1.4.0\nfrom=commit"),
        ("https://github.com/anycompany/deploy/../other", "1.4.0"),
    ] {
        assert_eq!(Runner::checked(source, version), None, "{source} {version}");
    }
}
