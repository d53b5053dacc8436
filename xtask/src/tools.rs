//! The third-party tools that the conformance tests compare this program with.
//!
//! The Python ones go into `target/python`, pinned to the last dependency by
//! `tests/conformance/requirements.txt`. Those of npm go into `target/node`, pinned by the
//! `package-lock.json` beside it. Those of Debian's packages are unpacked into `target/debian`
//! and not installed: unpacking needs no root, and does not start the name server as a service.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{Failure, answers, output};

const REQUIREMENTS: &str = "tests/conformance/requirements.txt";

/// The program, the Debian package that has it, and the option by which it says its version.
const DEBIAN: &[(&str, &str, &str)] = &[
    ("named-checkzone", "bind9-utils", "-v"),
    ("dig", "bind9-dnsutils", "-v"),
    ("nsd", "nsd", "-v"),
    (
        "chromium-headless-shell",
        "chromium-headless-shell",
        "--version",
    ),
];

/// The Python of the conformance tests.
pub(crate) fn python(target: &Path) -> PathBuf {
    target.join("python/bin/python")
}

/// The folder of the programs of that Python's packages.
pub(crate) fn python_programs(target: &Path) -> PathBuf {
    target.join("python/bin")
}

/// The folder of npm's packages.
pub(crate) fn node(target: &Path) -> PathBuf {
    target.join("node")
}

/// Fetches every tool that is missing. Prints nothing.
pub(crate) fn prepare(root: &Path, target: &Path) -> Result<(), Failure> {
    let results = [
        prepare_python(root, target),
        prepare_node(root, target),
        prepare_debian(target),
    ];
    let faults = results.into_iter().filter_map(Result::err);
    let faults: Vec<String> = faults.map(|Failure(reason)| reason).collect();
    if faults.is_empty() {
        return Ok(());
    }
    Err(Failure(faults.join("\n")))
}

/// Fetches the Python packages that are missing.
pub(crate) fn prepare_python(root: &Path, target: &Path) -> Result<(), Failure> {
    let wanted = std::fs::read_to_string(root.join(REQUIREMENTS))
        .map_err(|error| Failure(format!("cannot read {REQUIREMENTS}: {error}")))?;
    let location = target.join("python");
    // Written last, so that a half-made environment is made again.
    let stamp = location.join("requirements.txt");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    let missing = |failure: Failure| {
        Failure(format!(
            "the conformance tests will fail without {}, which needs python3 with venv and PyPI ({})",
            location.display(),
            in_one_line(&failure)
        ))
    };
    output(
        Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&location),
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

/// Fetches the emulator ministack, if it is missing, and gives the folder of its modules.
pub(crate) fn prepare_ministack(root: &Path, target: &Path) -> Result<PathBuf, Failure> {
    const LIST: &str = "tests/conformance/ministack.txt";
    let cannot = |error: std::io::Error| Failure(format!("{LIST}: {error}"));
    let wanted = std::fs::read_to_string(root.join(LIST)).map_err(cannot)?;
    let location = target.join("ministack");
    // Written last, so that a half-made folder is made again.
    let stamp = location.join("installed.txt");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(location);
    }
    let install = "-m pip install --quiet --disable-pip-version-check --no-deps --upgrade";
    let mut pip = Command::new(python(target));
    pip.args(install.split(' ')).arg("--target").arg(&location);
    output(pip.arg("--requirement").arg(root.join(LIST)))?;
    std::fs::write(&stamp, wanted).map_err(cannot)?;
    Ok(location)
}

/// The files that say which packages of npm the tests have.
const NODE: [&str; 2] = ["package.json", "package-lock.json"];

fn prepare_node(root: &Path, target: &Path) -> Result<(), Failure> {
    let location = node(target);
    let cannot = |error: std::io::Error| Failure(format!("{}: {error}", location.display()));
    let [wanted, lock] = NODE.map(|name| root.join("tests/conformance").join(name));
    let text = std::fs::read_to_string(&lock).map_err(cannot)?;
    // Written last, so that a half-made folder is made again.
    let stamp = location.join("installed.json");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == text) {
        return Ok(());
    }
    std::fs::create_dir_all(&location).map_err(cannot)?;
    for (name, file) in NODE.iter().zip([&wanted, &lock]) {
        std::fs::copy(file, location.join(name)).map_err(cannot)?;
    }
    let install = "ci --ignore-scripts --no-audit --no-fund --silent";
    let mut npm = Command::new("npm");
    output(npm.args(install.split(' ')).current_dir(&location)).map_err(|failure| {
        Failure(format!(
            "the conformance tests will fail without {}, which needs npm and its registry ({})",
            location.display(),
            in_one_line(&failure)
        ))
    })?;
    std::fs::write(&stamp, text).map_err(cannot)
}

/// The last line of a program's output, which gives the reason.
fn in_one_line(Failure(reason): &Failure) -> &str {
    reason.trim_end().lines().next_back().unwrap_or_default()
}

/// The folder of the unpacked programs.
pub(crate) fn debian(target: &Path) -> PathBuf {
    target.join("debian/programs")
}

fn prepare_debian(target: &Path) -> Result<(), Failure> {
    let programs = debian(target);
    let is_unpacked =
        |program: &str, version| answers(&programs.join(program).to_string_lossy(), &[version]);
    // All of them, as unpacking begins with an empty folder.
    let wanted = DEBIAN
        .iter()
        .filter(|(program, _, version)| !answers(program, &[version]));
    let wanted: Vec<_> = wanted.collect();
    if wanted
        .iter()
        .all(|(program, _, version)| is_unpacked(program, version))
    {
        return Ok(());
    }
    let packages: Vec<&str> = wanted.iter().map(|(_, package, _)| *package).collect();
    unpack(&target.join("debian"), &packages).map_err(|failure| {
        Failure(format!(
            "the conformance tests will fail without the Debian packages {}: install them ({})",
            packages.join(", "),
            in_one_line(&failure)
        ))
    })?;
    for (program, ..) in wanted {
        wrap(&target.join("debian"), program)?;
    }
    Ok(())
}

/// Fetches packages, with those that they need and the machine does not have, and unpacks them.
fn unpack(location: &Path, packages: &[&str]) -> Result<(), Failure> {
    let archives = location.join("archives");
    let cannot = |error: std::io::Error| Failure(format!("{}: {error}", location.display()));
    if location.exists() {
        std::fs::remove_dir_all(location).map_err(cannot)?;
    }
    std::fs::create_dir_all(&archives).map_err(cannot)?;
    // A fresh container has no lists of packages.
    let needed = needed(packages).or_else(|_| {
        output(&mut update())?;
        needed(packages)
    })?;
    let mut download = Command::new("apt-get");
    download.args(["-qq", "download"]).args(&needed);
    output(download.current_dir(&archives))?;
    for archive in std::fs::read_dir(&archives).map_err(cannot)? {
        let archive = archive.map_err(cannot)?.path();
        output(
            Command::new("dpkg-deb")
                .arg("-x")
                .arg(archive)
                .arg(location),
        )?;
    }
    Ok(())
}

/// The packages that would be installed for these.
fn needed(packages: &[&str]) -> Result<Vec<String>, Failure> {
    let simulate = "-qq install --simulate --no-install-recommends";
    let mut simulation = Command::new("apt-get");
    let plan = output(simulation.args(simulate.split(' ')).args(packages))?;
    // `Inst nsd (4.6.1-1 Debian:12.15/oldstable [amd64])`
    let names = plan.lines().filter_map(|line| line.strip_prefix("Inst "));
    let names: Vec<String> = names
        .filter_map(|line| line.split(' ').next())
        .map(str::to_owned)
        .collect();
    // What is installed and does not answer would otherwise be taken for unpacked.
    if names.is_empty() {
        return Err(Failure("apt-get has them as installed".to_owned()));
    }
    Ok(names)
}

/// Lets a script be run. Debian's packages are for Linux alone.
#[cfg(unix)]
fn allow_to_run(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn allow_to_run(_path: &Path) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}

/// A program of the name that finds the libraries unpacked with it.
fn wrap(location: &Path, program: &str) -> Result<(), Failure> {
    // Chromium's in `usr/bin` is a script that names the installed one.
    let places = ["usr/lib/chromium", "usr/bin", "usr/sbin", "bin", "sbin"]
        .map(|place| location.join(place).join(program));
    let found = places.iter().find(|place| place.exists());
    let found = found.ok_or_else(|| Failure(format!("no package has the program {program}")))?;
    let script = format!(
        "#!/bin/sh\nfor folder in '{location}'/usr/lib/*-linux-gnu* '{location}'/usr/lib/*-linux-gnu*/pulseaudio '{location}'/lib/*-linux-gnu*; do\n  \
         LD_LIBRARY_PATH=\"$folder${{LD_LIBRARY_PATH:+:}}$LD_LIBRARY_PATH\"\ndone\n\
         export LD_LIBRARY_PATH\nexec '{}' \"$@\"\n",
        found.display(),
        location = location.display(),
    );
    let path = location.join("programs").join(program);
    let cannot = |error: std::io::Error| Failure(format!("{}: {error}", path.display()));
    std::fs::create_dir_all(location.join("programs")).map_err(cannot)?;
    std::fs::write(&path, script).map_err(cannot)?;
    allow_to_run(&path).map_err(cannot)
}

/// `apt-get update` that asks nothing, neither questions nor for a password.
fn update() -> Command {
    let mut command = if answers("sudo", &["-n", "true"]) {
        let mut sudo = Command::new("sudo");
        sudo.args(["-n", "apt-get"]);
        sudo
    } else {
        Command::new("apt-get")
    };
    command
        .args(["-qq", "update"])
        .env("DEBIAN_FRONTEND", "noninteractive");
    command
}
