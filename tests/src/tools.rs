//! Other people's tools. `cargo xtask test` installs them; without them a test fails and says so.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::repository::root;

const MEND: &str = "run `cargo xtask test` once, which installs it";

/// The folder of the Python environment's programs.
pub fn python_folder() -> PathBuf {
    let python = std::env::var_os("DEPLOY_TEST_PYTHON")
        .map_or_else(|| root().join("target/python/bin/python"), PathBuf::from);
    python.parent().map(PathBuf::from).unwrap_or_default()
}

/// A program of the Python environment.
pub fn python_program(name: &str) -> Command {
    Command::new(python_folder().join(name))
}

/// Runs `tests/conformance/SCRIPT` in that environment, and panics with what it wrote when it fails.
#[track_caller]
pub fn run_script(script: &str, environment: &[(&str, &OsStr)]) {
    let mut command = python_program("python");
    command.arg(root().join("tests/conformance").join(script));
    command.envs(environment.iter().copied());
    run(&mut command);
}

/// The same with arguments for the script; returns what it printed.
#[track_caller]
pub fn ask_script(script: &str, arguments: &[&str], environment: &[(&str, &str)]) -> String {
    let mut command = python_program("python");
    command.arg(root().join("tests/conformance").join(script));
    command.args(arguments).envs(environment.iter().copied());
    run(&mut command)
}

/// Runs a tool, and panics with what it wrote when it fails. Returns its standard output.
#[track_caller]
pub fn run(command: &mut Command) -> String {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = match command.stdin(Stdio::null()).output() {
        Ok(output) => output,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            panic!("{name} is not there: {MEND}")
        }
        Err(error) => panic!("{name} cannot be started: {error}"),
    };
    assert!(
        output.status.success(),
        "{name} failed: {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}
