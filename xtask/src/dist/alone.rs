//! The static binary where nothing but it is: a root folder with an `/etc/resolv.conf`, and a network of
//! its own with nobody but the name server and the web server of the test.

use std::env::consts::{ARCH, OS};
use std::process::Command;

use super::{Release, cannot};
use crate::command::{self, Failure, answers};
use crate::tools;

/// The check, in a namespace in which the caller is root.
const SCRIPT: &str = "tests/conformance/alone.py";

/// Starts the binary of a release in a root of its own, where this machine can run it.
pub(super) fn check(release: &Release) -> Result<(), Failure> {
    if !runs_here(&release.target) {
        eprintln!("not tried alone: {} does not run here", release.target);
        return Ok(());
    }
    if !answers("unshare", &["--user", "--map-root-user", "--net", "true"]) {
        return refused(std::env::var_os("CI").is_some());
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

/// Whether a static binary for this platform runs on this machine: it has the C library in it, whichever that is.
fn runs_here(target: &str) -> bool {
    let processor = target.split('-').next();
    OS == "linux" && target.contains("-linux-") && processor == Some(ARCH)
}

/// The outcome on a machine without namespaces. A person may have no other machine; CI is given one that has
/// them, and nobody reads its output while it is green.
fn refused(in_ci: bool) -> Result<(), Failure> {
    let reason = "not tried alone: user namespaces are refused here; on Ubuntu, \
                  `sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0` allows them";
    if in_ci {
        return Err(Failure(reason.to_owned()));
    }
    eprintln!("{reason}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::env::consts::{ARCH, OS};

    use super::{refused, runs_here};

    #[test]
    fn a_binary_for_this_processor_and_linux_is_tried_whichever_its_c_library() {
        let is_linux = OS == "linux";
        let check = |target: &str, expect| assert_eq!(runs_here(target), expect, "{target}");
        check(&format!("{ARCH}-unknown-linux-gnu"), is_linux);
        check(&format!("{ARCH}-unknown-linux-musl"), is_linux);
        check(&format!("{ARCH}-apple-darwin"), false);
        check("s390x-unknown-linux-gnu", false);
    }

    #[test]
    fn where_namespaces_are_refused_ci_fails_and_a_person_is_told() {
        assert!(refused(true).is_err());
        assert!(refused(false).is_ok());
    }
}
