//! The static binary where nothing but it is: a root folder with an `/etc/resolv.conf`, and a network of
//! its own with nobody but the name server and the web server of the test.

use std::process::Command;

use super::{Release, cannot};
use crate::command::{self, Failure, answers};
use crate::tools;

/// The check, in a namespace in which the caller is root.
const SCRIPT: &str = "tests/conformance/alone.py";

/// Starts the binary of a release for the Linux of this machine in a root of its own.
pub(super) fn check(release: &Release) -> Result<(), Failure> {
    if !release.is_for("linux") || release.target != super::host()? {
        eprintln!("not tried alone: {} does not run here", release.target);
        return Ok(());
    }
    if !answers("unshare", &["--user", "--map-root-user", "--net", "true"]) {
        eprintln!("not tried alone: namespaces are refused here");
        return Ok(());
    }
    tools::prepare_python(&release.root, &release.cargo_target)?;
    let root = release.folder.join("alone");
    if root.exists() {
        std::fs::remove_dir_all(&root).map_err(|error| cannot(&root, &error))?;
    }
    std::fs::create_dir_all(&root).map_err(|error| cannot(&root, &error))?;
    let mut unshare = Command::new("unshare");
    unshare
        .args(["--user", "--map-root-user", "--net", "--mount"])
        .arg(tools::python(&release.cargo_target))
        .arg(release.root.join(SCRIPT))
        .arg(release.binary())
        .arg(&root);
    command::run(&mut unshare)
}
