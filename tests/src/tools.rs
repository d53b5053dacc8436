//! Other people's tools. `cargo xtask test` fetches them (`cargo xtask tools` does only that); without them a test fails and says so.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::repository::root;

/// The fix when a tool is not there.
pub const FIX: &str = "run `cargo xtask tools` once, which fetches it";

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

/// Runs `tests/conformance/SCRIPT` in that environment, and gives what it printed. Panics with
/// what it wrote when it fails.
#[track_caller]
pub fn run_script(script: &str, environment: &[(&str, &OsStr)]) -> String {
    let mut command = python_program("python");
    command.arg(root().join("tests/conformance").join(script));
    command.envs(environment.iter().copied());
    run(&mut command)
}

/// The same with arguments for the script; returns what it printed.
#[track_caller]
pub fn ask_script(script: &str, arguments: &[&str], environment: &[(&str, &str)]) -> String {
    let mut command = python_program("python");
    command.arg(root().join("tests/conformance").join(script));
    command.args(arguments).envs(environment.iter().copied());
    run(&mut command)
}

/// Runs `tests/conformance/SCRIPT` with node and the packages of npm, and gives what it printed.
#[track_caller]
pub fn ask_node(script: &str, arguments: &[&str]) -> String {
    let mut command = Command::new("node");
    command.arg(root().join("tests/conformance").join(script));
    command.arg(node_folder()).args(arguments);
    run(&mut command)
}

/// The text of a file of a package of npm.
#[track_caller]
pub fn node_file(path: &str) -> String {
    let path = node_folder().join("node_modules").join(path);
    std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{} is not there ({error}): {FIX}", path.display()))
}

/// The folder of npm's packages.
fn node_folder() -> PathBuf {
    std::env::var_os("DEPLOY_TEST_NODE").map_or_else(|| root().join("target/node"), PathBuf::from)
}

/// Opens a page in Chromium without a window, and gives its document after all scripts, or makes a
/// picture where the options say so.
#[track_caller]
pub fn browse(page: &std::path::Path, options: &[&str]) -> String {
    let mut browser = debian_program("chromium-headless-shell");
    // Containers refuse the namespaces of its sandbox, and the page is ours.
    browser.args(["--no-sandbox", "--disable-gpu", "--hide-scrollbars"]);
    browser.args(["--virtual-time-budget=30000"]);
    browser
        .args(options)
        .arg(format!("file://{}", page.display()));
    run(&mut browser)
}

/// The JSON that a script left in the title of a document, as `browse` gives it.
#[track_caller]
pub fn title(document: &str) -> serde_json::Value {
    let (_, after) = document.split_once("<title>").expect("a title");
    let (title, _) = after.split_once("</title>").expect("its end");
    let title = title
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&nbsp;", "\u{a0}")
        .replace("&amp;", "&");
    serde_json::from_str(&title).unwrap_or_else(|error| panic!("{error}: {title}"))
}

/// A program of a Debian package: the machine's own, or the one that was unpacked.
pub fn debian_program(name: &str) -> Command {
    let unpacked = root().join("target/debian/programs").join(name);
    if unpacked.exists() {
        Command::new(unpacked)
    } else {
        Command::new(name)
    }
}

/// The answer of `dig`, one value a line.
#[track_caller]
pub fn dig(server: SocketAddr, name: &str, rtype: &str) -> Vec<String> {
    let mut dig = debian_program("dig");
    dig.arg(format!("@{}", server.ip()));
    dig.args(["-p", &server.port().to_string(), "+short", name, rtype]);
    run(&mut dig).lines().map(str::to_owned).collect()
}

/// Runs a tool, and gives what it printed. Panics with what it wrote when it fails.
#[track_caller]
pub fn run(command: &mut Command) -> String {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = match command.stdin(Stdio::null()).output() {
        Ok(output) => output,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            panic!("{name} is not there: {FIX}")
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
