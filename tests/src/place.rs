//! A folder of one's own with the shipped manifests, in which the built binary runs against the
//! sandbox; and what it left in the sandbox's world.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use sandbox::Kept;
use sandbox::world::World;
use serde_json::Value;
use tempfile::TempDir;

pub use crate::moment::{Moment, replay};
use crate::repository;
use crate::store;

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
        // Cargo and nextest describe the package of a test. ring's build script watches that, and with it
        // all that depends on ring would be built again.
        let prefixes = ["CARGO_PKG_", "CARGO_MANIFEST_"];
        for (variable, _) in std::env::vars_os() {
            let name = variable.to_string_lossy();
            if prefixes.iter().any(|prefix| name.starts_with(prefix)) {
                build.env_remove(&variable);
            }
        }
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

/// A folder with `deploy/` and `assets/` as they ship, and one of the manifests to work with.
#[derive(Debug)]
pub struct Place {
    folder: TempDir,
    manifest: String,
    project: String,
    calm: bool,
    /// Whether the ledger is in a folder, whichever store the tests use.
    in_folder: bool,
    /// Whether the ledger has still to get its bucket, before the first run.
    awaits_bucket: AtomicBool,
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
            in_folder: false,
            awaits_bucket: AtomicBool::new(false),
        };
        place.use_manifest();
        place
    }

    /// A folder with this manifest.
    pub fn with(manifest: &str) -> Self {
        let mut place = Self::of("example");
        "deploy/own.yaml".clone_into(&mut place.manifest);
        place.write("deploy/own.yaml", manifest);
        place.use_manifest();
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
            in_folder: self.in_folder,
            awaits_bucket: AtomicBool::new(self.awaits_bucket.load(Ordering::Relaxed)),
        }
    }

    /// Reads the project's name in the manifest, and lets its ledger be where the tests have theirs.
    fn use_manifest(&mut self) {
        let text = self.read(&self.manifest);
        self.write(&self.manifest, &text);
        let has_bucket = |text: &str| text.contains(store::BUCKET);
        self.awaits_bucket
            .store(has_bucket(&self.read(&self.manifest)), Ordering::Relaxed);
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
        let is_moved = path == self.manifest && store::is_bucket() && !self.in_folder;
        let moved = is_moved.then(|| store::in_bucket(text));
        let text = moved.as_deref().unwrap_or(text);
        let path = self.folder.path().join(path);
        let parent = path.parent().expect("it is in the folder");
        std::fs::create_dir_all(parent).expect("a writable folder");
        std::fs::write(path, text).expect("a writable folder");
    }

    /// The same with the ledger in a folder, whichever store the tests use: for a test that is about
    /// that folder.
    #[must_use]
    pub fn in_folder(mut self) -> Self {
        self.in_folder = true;
        let text = self.read(&self.manifest);
        let lines = text.split_inclusive('\n');
        let rest: String = lines.filter(|line| !line.contains(store::BUCKET)).collect();
        std::fs::write(self.folder.path().join(&self.manifest), rest).expect("a writable folder");
        self.awaits_bucket.store(false, Ordering::Relaxed);
        self
    }

    /// The same with the ledger in a bucket: for a test that is about both stores.
    #[must_use]
    pub fn in_bucket(self) -> Self {
        let text = store::in_bucket(&self.read(&self.manifest));
        self.write(&self.manifest, &text);
        self.awaits_bucket.store(true, Ordering::Relaxed);
        self
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

    /// The same on a file system that has no room for a file of more than `kibibytes`.
    pub fn deploy_within(
        &self,
        kibibytes: u64,
        environment: &[(&str, &str)],
        arguments: &[&str],
    ) -> Ran {
        let deploy = self.command(arguments);
        // By default the kernel kills who writes too much, where a full disk answers with an error.
        let limit = format!("trap '' XFSZ; ulimit -f {}; exec \"$@\"", kibibytes * 2);
        let mut command = Command::new("sh");
        command
            .args(["-c", &limit, "sh"])
            .arg(deploy.get_program())
            .args(deploy.get_args())
            .current_dir(self.folder.path())
            .env_clear()
            .env("HOME", self.folder.path())
            .envs(environment.iter().copied())
            .stdin(Stdio::null());
        command.output().expect("the binary starts").into()
    }

    /// Starts the binary and does not wait for it.
    pub fn start(&self, arguments: &[&str]) -> Child {
        self.make_bucket();
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
        self.make_bucket();
        let always = [command, file, "--sandbox", "--speed", "instant"];
        // A run that was killed holds its domains in a bucket until its lease is over.
        let changes = ["apply", "destroy"].contains(&command) && store::is_bucket();
        let waits: &[&str] = if changes && !options.contains(&"--lock-timeout") {
            &["--lock-timeout", "5m"]
        } else {
            &[]
        };
        self.deploy(&[&always[..], waits, options].concat())
    }

    /// Makes the bucket of the ledger before the first run, where these tests have theirs in one.
    pub fn make_bucket(&self) {
        if !self.awaits_bucket.swap(false, Ordering::Relaxed) {
            return;
        }
        let made = self.make_ledger();
        // The test's own command says what is wrong with the manifest.
        if made.code == 2 {
            self.awaits_bucket.store(true, Ordering::Relaxed);
        } else {
            made.exits(0);
        }
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
        self.make_ledger().exits(0)
    }

    fn make_ledger(&self) -> Ran {
        let sandbox = ["--sandbox", "--speed", "instant"];
        let command = ["ledger", "create", self.manifest()];
        self.deploy(&[&command[..], &sandbox[..]].concat())
    }

    /// Makes the sandbox's world without calling anything in it.
    pub fn make_world(&self, world_file: Option<&str>) {
        let mut arguments = vec!["sandbox", "stats", self.manifest()];
        if let Some(text) = world_file {
            self.write("world.yaml", text);
            arguments.extend(["--world", "world.yaml"]);
        }
        self.deploy(&arguments).exits(0);
        self.make_bucket();
    }

    /// Removes the ledger, wherever it is.
    pub fn lose_ledger(&self) {
        for folder in ["ledger", "shared"].map(|name| self.state().join(name)) {
            if folder.exists() {
                std::fs::remove_dir_all(folder).expect("a writable folder");
            }
        }
        self.change_world(|world, _| {
            if let Some(bucket) = world.s3.buckets.get_mut(store::BUCKET) {
                bucket.objects.clear();
            }
        });
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
}

/// Copies a folder.
pub(crate) fn copy(from: &Path, to: &Path) {
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
