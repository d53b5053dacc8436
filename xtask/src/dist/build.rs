//! The binary, and its bill of materials.

use std::path::PathBuf;
use std::process::Command;

use super::{Release, cannot, file_names, write};
use crate::command::{self, Failure, cargo, output};

/// The tools from crates.io that a release needs: their versions are pinned, and so are those of what they
/// are built from (`--locked`).
const TOOLS: [(&str, &str); 2] = [("cargo-auditable", "0.7.7"), ("auditable2cdx", "0.1.0")];

/// Builds the program with the list of its dependencies in it (`cargo auditable`).
pub(super) fn run(release: &Release) -> Result<(), Failure> {
    fetch(release)?;
    let build = ["auditable", "build", "--locked", "--package", "cli"];
    let mut build = cargo(&release.root, &build);
    build
        .args(["--profile", &release.profile, "--target", &release.target])
        .env("PATH", path(release));
    let variable = release.target.to_uppercase().replace('-', "_");
    let variable = format!("CARGO_TARGET_{variable}_RUSTFLAGS");
    command::run(build.env(variable, flags(release)))
}

/// The flags of the compiler for a program that needs nothing but the kernel.
fn flags(release: &Release) -> String {
    let mut flags = Vec::new();
    // Musl is static by itself, and macOS knows no static programs.
    if release.is_for("gnu") || release.is_for("msvc") {
        flags.push("-C target-feature=+crt-static");
    }
    // A static program does not find the C library's function by its name, and the crate would read
    // `/dev/urandom` in its place, which a bare root does not have.
    if release.is_for("linux") {
        flags.push("--cfg getrandom_backend=\"linux_getrandom\"");
    }
    flags.join(" ")
}

/// Writes the bill of materials from the list that the binary carries: what is in it, and not what a build
/// may have meant to put there.
pub(super) fn materials(release: &Release) -> Result<(), Failure> {
    let reads = folder(release).join("bin/auditable2cdx");
    let list = output(Command::new(reads).arg(release.binary()))?;
    write(&release.file(file_names::MATERIALS), list.as_bytes())
}

fn folder(release: &Release) -> PathBuf {
    release.cargo_target.join("tools")
}

/// The programs of this machine, and before them those of the folder.
fn path(release: &Release) -> std::ffi::OsString {
    let own = std::env::var_os("PATH").unwrap_or_default();
    let all = [folder(release).join("bin")].into_iter();
    let all = all.chain(std::env::split_paths(&own));
    std::env::join_paths(all).unwrap_or(own)
}

/// Installs the tools that the folder does not have in these versions.
fn fetch(release: &Release) -> Result<(), Failure> {
    let folder = folder(release);
    for (name, version) in TOOLS {
        let installed = output(
            Command::new("cargo")
                .args(["install", "--list", "--root"])
                .arg(&folder),
        )?;
        let wanted = format!("{name} v{version}:");
        if installed.lines().any(|line| line == wanted) {
            continue;
        }
        std::fs::create_dir_all(&folder).map_err(|error| cannot(&folder, &error))?;
        let named = format!("{name}@{version}");
        let install = ["install", "--locked", "--quiet", &named, "--root"];
        command::run(cargo(&release.cargo_target, &install).arg(&folder))?;
    }
    Ok(())
}
