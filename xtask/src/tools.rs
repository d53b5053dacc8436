//! Other people's tools, which the conformance tests hold this program against.
//!
//! The Python ones go into `target/python`, pinned to the last dependency by
//! `tests/conformance/requirements.txt`. BIND's are Debian packages, installed where that can be
//! done without asking.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{Failure, answers, output};

const REQUIREMENTS: &str = "tests/conformance/requirements.txt";

/// The program, the Debian package that has it.
const BIND: &[(&str, &str)] = &[
    ("named-checkzone", "bind9-utils"),
    ("dig", "bind9-dnsutils"),
];

/// The Python of the conformance tests.
pub(crate) fn python(target: &Path) -> PathBuf {
    target.join("python/bin/python")
}

/// Makes everything there that is not there yet, silently.
pub(crate) fn prepare(root: &Path, target: &Path) -> Result<(), Failure> {
    let bind = prepare_bind();
    prepare_python(root, target).and(bind)
}

fn prepare_python(root: &Path, target: &Path) -> Result<(), Failure> {
    let wanted = std::fs::read_to_string(root.join(REQUIREMENTS))
        .map_err(|error| Failure(format!("cannot read {REQUIREMENTS}: {error}")))?;
    let home = target.join("python");
    // Written last, so that a half-made environment is made again.
    let stamp = home.join("requirements.txt");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    let missing = |Failure(reason): Failure| {
        Failure(format!(
            "the conformance tests will fail without {}: {reason}",
            home.display()
        ))
    };
    output(
        Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&home),
    )
    .map_err(missing)?;
    let install = "-m pip install --quiet --disable-pip-version-check --no-deps --requirement";
    output(
        Command::new(python(target))
            .args(install.split(' '))
            .arg(root.join(REQUIREMENTS)),
    )
    .map_err(missing)?;
    std::fs::write(&stamp, wanted)
        .map_err(|error| Failure(format!("cannot write {}: {error}", stamp.display())))
}

fn prepare_bind() -> Result<(), Failure> {
    let missing = BIND
        .iter()
        .filter(|(program, _)| !answers(program, &["-v"]));
    let packages: Vec<&str> = missing.map(|(_, package)| *package).collect();
    if packages.is_empty() {
        return Ok(());
    }
    let mut update = apt_get(&["update"]);
    let mut install = apt_get(&["install", "--yes", "--no-install-recommends"]);
    output(&mut update)
        .and_then(|_| output(install.args(&packages)))
        .map(drop)
        .map_err(|_| {
            Failure(format!(
                "the conformance tests will fail without the Debian packages {}: install them",
                packages.join(" and ")
            ))
        })
}

/// `apt-get` that asks nothing, neither questions nor for a password.
fn apt_get(arguments: &[&str]) -> Command {
    let mut command = if answers("sudo", &["-n", "true"]) {
        let mut sudo = Command::new("sudo");
        sudo.args(["-n", "apt-get"]);
        sudo
    } else {
        Command::new("apt-get")
    };
    command
        .arg("-qq")
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive");
    command
}
