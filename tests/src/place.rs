//! A folder of one's own with the shipped manifests, in which the built binary runs against the
//! sandbox; and what it left in the sandbox's world.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use jiff::Timestamp;
use sandbox::Kept;
use sandbox::cloudfront::edge::{self, Viewer};
use sandbox::dns::Lookup;
use sandbox::stats::Logged;
use sandbox::world::World;
use serde_json::Value;
use tempfile::TempDir;

use crate::repository;

/// The built binary. `DEPLOY_BIN` names one that is built already.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        if let Some(path) = std::env::var_os("DEPLOY_BIN") {
            return path.into();
        }
        let test = std::env::current_exe().expect("the test's own path");
        // target/<profile>/deps/<test>
        let profile = test.ancestors().nth(2).expect("the profile's folder");
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        // The whole workspace, as the tests are built: with the command line alone, its dependencies
        // have other features, and cargo compiles the SDK a second time.
        let mut build = Command::new(cargo);
        build.current_dir(repository::root()).args([
            "build",
            "--quiet",
            "--workspace",
            "--bin",
            "deploy",
        ]);
        if profile.ends_with("release") {
            build.arg("--release");
        }
        let status = build.status().expect("cargo runs");
        assert!(status.success(), "`cargo build -p cli --bin deploy` failed");
        profile.join("deploy")
    })
}

/// How a run of the binary ended.
#[derive(Clone, Debug)]
pub struct Ran {
    /// The exit code; -1 after a signal.
    pub code: i32,
    /// The data that it printed.
    pub stdout: String,
    /// Everything else that it printed.
    pub stderr: String,
}

impl Ran {
    /// Fails with everything that was printed unless the exit code is `code`.
    #[track_caller]
    #[expect(
        clippy::return_self_not_must_use,
        reason = "it is a check, which may be the last one"
    )]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.stdout, self.stderr);
        self
    }

    /// Fails unless standard output or standard error has `text`, whatever way its lines are broken.
    #[track_caller]
    #[expect(
        clippy::return_self_not_must_use,
        reason = "it is a check, which may be the last one"
    )]
    pub fn says(self, text: &str) -> Self {
        let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let all = squeezed(&format!("{}\n{}", self.stdout, self.stderr));
        assert!(
            all.contains(&squeezed(text)),
            "nothing says `{text}`:\n{}\n{}",
            self.stdout,
            self.stderr
        );
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}:\n{}\n{}", self.stdout, self.stderr))
    }
}

impl From<std::process::Output> for Ran {
    fn from(output: std::process::Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).expect("UTF-8 on standard output"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8 on standard error"),
        }
    }
}

/// The world of a sandbox at one moment.
#[derive(Clone, Debug)]
pub struct Moment {
    /// The time of the sandbox's clock.
    pub time: Timestamp,
    /// Everything there was.
    pub world: World,
}

impl From<Kept> for Moment {
    fn from(kept: Kept) -> Self {
        Self {
            time: kept.time,
            world: kept.world,
        }
    }
}

impl Moment {
    fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).expect("a world of the history");
        let kept: Kept = serde_json::from_str(&text).expect("a world");
        kept.into()
    }

    /// The possessions of users, as text that is the same when nothing that a user sees has changed.
    pub fn dump(&self) -> String {
        serde_json::to_string_pretty(&self.world.dump()).expect("JSON")
    }

    /// The answer of public DNS: values in Route 53's spelling, sorted.
    pub fn resolve(&self, name: &str, rtype: &str) -> Vec<String> {
        self.resolve_at(name, rtype, self.time)
    }

    /// The same at a later moment.
    pub fn resolve_at(&self, name: &str, rtype: &str, at: Timestamp) -> Vec<String> {
        match self.world.resolve(name, rtype, at) {
            Lookup::Found { records, .. } => {
                let mut values: Vec<String> =
                    records.into_iter().map(|record| record.value).collect();
                values.sort();
                values
            }
            _ => Vec::new(),
        }
    }

    /// Everything that public DNS answers later on too: changes that are on their way have arrived.
    #[must_use]
    pub fn later(mut self, seconds: i64) -> Self {
        self.time += jiff::SignedDuration::from_secs(seconds);
        self.world.advance(self.time);
        self
    }

    /// GETs `https://<host><path>` as an external observer does at `at`, who resolves the name first: the body,
    /// or the status of a refusal; 0 when no name, no edge or no certificate leads there.
    pub fn fetch_at(&mut self, host: &str, path: &str, at: Timestamp) -> Result<Vec<u8>, u16> {
        if self.resolve_at(host, "A", at).is_empty()
            || edge::certificate(&self.world, host, at).is_none()
        {
            return Err(0);
        }
        let viewer = Viewer {
            secure: true,
            method: "GET",
            host,
            target: path,
            if_none_match: None,
            if_modified_since: None,
            now: at,
        };
        let answer = edge::answer(&mut self.world, &viewer);
        if answer.status == 200 {
            Ok(answer.body.to_vec())
        } else {
            Err(answer.status)
        }
    }

    /// The same now.
    pub fn fetch(&mut self, host: &str, path: &str) -> Result<Vec<u8>, u16> {
        self.fetch_at(host, path, self.time)
    }
}

/// A folder with `deploy/` and `assets/` as they ship, and one of the manifests to work with.
#[derive(Debug)]
pub struct Place {
    folder: TempDir,
    manifest: String,
    project: String,
    calm: bool,
}

impl Place {
    /// A folder in which the manifest `deploy/<name>.yaml` is worked with.
    pub fn of(name: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for shipped in ["deploy", "assets"] {
            copy(
                &repository::root().join(shipped),
                &folder.path().join(shipped),
            );
        }
        // A run in the repository leaves its state there.
        let _ = std::fs::remove_dir_all(folder.path().join("deploy/.deploy"));
        std::fs::create_dir(folder.path().join(".git")).expect("the root of the tree");
        let manifest = format!("deploy/{name}.yaml");
        let mut place = Self {
            folder,
            manifest,
            project: String::new(),
            calm: false,
        };
        place.find_project();
        place
    }

    /// A folder with this manifest.
    pub fn with(manifest: &str) -> Self {
        let mut place = Self::of("example");
        "deploy/own.yaml".clone_into(&mut place.manifest);
        place.write("deploy/own.yaml", manifest);
        place.find_project();
        place
    }

    /// The same in calm weather: for a test that counts calls or seconds, or that says itself what
    /// goes wrong.
    #[must_use]
    pub fn in_calm(mut self) -> Self {
        self.calm = true;
        self
    }

    /// Another folder that is as this one is now.
    #[must_use]
    pub fn copy(&self) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        copy(self.folder.path(), folder.path());
        Self {
            folder,
            manifest: self.manifest.clone(),
            project: self.project.clone(),
            calm: self.calm,
        }
    }

    fn find_project(&mut self) {
        let text = self.read(&self.manifest);
        let line = text.lines().find_map(|line| line.strip_prefix("project:"));
        line.expect("a project")
            .trim()
            .clone_into(&mut self.project);
    }

    /// The manifest's path in the folder.
    pub fn manifest(&self) -> &str {
        &self.manifest
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Reads a file of the folder.
    pub fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(path)).expect("a file of the folder")
    }

    /// Writes a file of the folder.
    pub fn write(&self, path: &str, text: &str) {
        std::fs::write(self.folder.path().join(path), text).expect("a writable folder");
    }

    /// Replaces what must be in the manifest once.
    #[track_caller]
    pub fn edit(&self, from: &str, to: &str) {
        let text = self.read(&self.manifest);
        assert_eq!(text.matches(from).count(), 1, "`{from}` in {text}");
        self.write(&self.manifest, &text.replace(from, to));
    }

    /// The weather of the sandbox: of `cargo xtask weather`, unless the test needs its own.
    fn weather(&self) -> Option<(&'static str, OsString)> {
        const NAME: &str = "DEPLOY_SANDBOX_WEATHER";
        let calm = self.calm.then(|| "calm".into());
        Some((NAME, calm.or_else(|| std::env::var_os(NAME))?))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command
            .current_dir(self.folder.path())
            .args(arguments)
            .env_clear()
            .env("HOME", self.folder.path())
            .envs(self.weather())
            .stdin(Stdio::null());
        command
    }

    /// Runs the binary with these arguments as they are.
    pub fn deploy(&self, arguments: &[&str]) -> Ran {
        self.command(arguments)
            .output()
            .expect("the binary starts")
            .into()
    }

    /// The same with variables of the environment.
    pub fn deploy_in(&self, environment: &[(&str, &str)], arguments: &[&str]) -> Ran {
        let mut command = self.command(arguments);
        command.envs(environment.iter().copied());
        command.output().expect("the binary starts").into()
    }

    /// Starts the binary and does not wait for it.
    pub fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts")
    }

    /// Runs a command on the manifest, in the sandbox, without waiting for anything.
    pub fn run(&self, command: &str, options: &[&str]) -> Ran {
        self.run_on(&self.manifest, command, options)
    }

    /// The same on another file.
    pub fn run_on(&self, file: &str, command: &str, options: &[&str]) -> Ran {
        let always = [command, file, "--sandbox", "--speed", "instant"];
        self.deploy(&[&always[..], options].concat())
    }

    /// `deploy apply --yes`.
    pub fn apply(&self) -> Ran {
        self.run("apply", &["--yes"])
    }

    /// `deploy destroy --yes`.
    pub fn destroy(&self) -> Ran {
        self.run("destroy", &["--yes"])
    }

    /// `deploy ledger create`, which has to end well.
    pub fn create_ledger(&self) -> Ran {
        let sandbox = ["--sandbox", "--speed", "instant"];
        let command = ["ledger", "create", self.manifest()];
        self.deploy(&[&command[..], &sandbox[..]].concat()).exits(0)
    }

    /// Makes the sandbox's world without calling anything in it.
    pub fn make_world(&self, world_file: Option<&str>) {
        let mut arguments = vec!["sandbox", "stats", self.manifest()];
        if let Some(text) = world_file {
            self.write("world.yaml", text);
            arguments.extend(["--world", "world.yaml"]);
        }
        self.deploy(&arguments).exits(0);
    }

    /// Lets time pass in the sandbox.
    pub fn advance(&self, time: &str) {
        self.deploy(&["sandbox", "advance", time, self.manifest()])
            .exits(0);
    }

    /// The folder of ledger and world.
    pub fn state(&self) -> PathBuf {
        self.folder
            .path()
            .join("deploy/.deploy/sandbox")
            .join(&self.project)
    }

    /// The world as the last run left it.
    pub fn world(&self) -> Moment {
        self.kept().into()
    }

    fn kept(&self) -> Kept {
        let kept = Kept::read(&self.state()).expect("a folder of this program");
        kept.expect("a world that was left")
    }

    /// Changes the world behind the program's back.
    pub fn change_world(&self, change: impl FnOnce(&mut World, Timestamp)) {
        let mut kept = self.kept();
        change(&mut kept.world, kept.time);
        kept.write(&self.state()).expect("a writable folder");
    }

    /// From now on every call and every world is kept.
    pub fn keep_history(&self) {
        std::fs::create_dir_all(self.state().join("history/worlds")).expect("a writable folder");
    }

    /// The calls since [`Self::keep_history`], in the order in which they were handled.
    pub fn calls(&self) -> Vec<Logged> {
        let path = self.state().join("history/calls.jsonl");
        let text = std::fs::read_to_string(path).unwrap_or_default();
        text.lines()
            .map(|line| serde_json::from_str(line).expect("a call"))
            .collect()
    }

    /// The calls that were to change something that a user owns.
    pub fn changing_calls(&self) -> Vec<Logged> {
        let mut calls = self.calls();
        calls.retain(|call| call.changing && call.service != "sts");
        calls
    }

    /// The world after each change since [`Self::keep_history`].
    pub fn history(&self) -> Vec<Moment> {
        let entries = std::fs::read_dir(self.state().join("history/worlds")).expect("a history");
        let mut paths: Vec<PathBuf> = entries
            .map(|entry| entry.expect("an entry").path())
            .collect();
        paths.sort();
        paths.iter().map(|path| Moment::read(path)).collect()
    }

    /// Forgets the history until now.
    pub fn forget_history(&self) {
        std::fs::remove_dir_all(self.state().join("history")).expect("a history");
        self.keep_history();
    }
}

/// Copies a folder.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a writable folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a writable folder");
        }
    }
}

/// The world at every moment of a history, as an external observer could meet it: after each change, each second
/// until the next one, just before that, and for `after` seconds in the end.
pub fn replay(history: &[Moment], after: i64, mut observe: impl FnMut(&mut Moment)) {
    for (number, moment) in history.iter().enumerate() {
        let until = match history.get(number + 1) {
            Some(next) => next.time - jiff::SignedDuration::from_nanos(1),
            None => moment.time + jiff::SignedDuration::from_secs(after),
        };
        let mut now = moment.clone();
        loop {
            now.world.advance(now.time);
            observe(&mut now);
            if now.time >= until {
                break;
            }
            now.time = until.min(now.time + jiff::SignedDuration::from_secs(1));
        }
    }
}
