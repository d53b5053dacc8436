//! `cargo xtask dist`: makes the files of a release in `target/dist/`.
//!
//! The binary of the profile `dist`, static where the platform allows it, with the list of what it was
//! built from in it; an archive of it with manual pages and completions; its bill of materials and its
//! provenance, which the release workflow signs; a container image; the pages of the example fleet. Then
//! the binary is tried where nothing but it is.

mod alone;
mod archive;
mod build;
mod file_names;
mod formula;
mod image;
mod pages;
mod provenance;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::command::{Failure, cargo, output};
use crate::project::Project;
use crate::steps::Steps;

/// One build of the program for one platform.
struct Release {
    /// The root of the project.
    root: PathBuf,
    /// Cargo's target folder.
    cargo_target: PathBuf,
    /// `target/dist`.
    folder: PathBuf,
    /// The program's version; of a build by another profile than `dist`, with that: `0.1.0+dev`.
    version: String,
    /// The platform: `x86_64-unknown-linux-gnu`.
    target: String,
    /// The profile: `dist`, or one that is quicker to build, to try this command.
    profile: String,
}

/// Makes a release, for this machine unless `--target` names another platform.
pub(crate) fn run(project: &Project, options: &[&str]) -> Result<(), Failure> {
    match options {
        ["--tag", tag] => return is_tagged(tag, &version(&project.root)?),
        ["--collect"] => {
            let folder = project.target.join("dist");
            return formula::collect(&folder, &version(&project.root)?);
        }
        _ => {}
    }
    let release = Release::of(project, options)?;
    std::fs::create_dir_all(&release.folder).map_err(|error| cannot(&release.folder, &error))?;
    release.clear()?;
    let mut steps = Steps::default();
    // Where the build fails, the binary that is there is of an earlier one.
    if steps.run("build", || build::run(&release)) {
        steps.run("materials", || build::materials(&release));
        steps.run("archive", || archive::write(&release));
        steps.run("image", || image::write(&release));
        steps.run("provenance", || provenance::write(&release));
        steps.run("pages", || pages::write(&release));
        steps.run("alone", || alone::check(&release));
        steps.run("collect", || {
            formula::collect(&release.folder, &release.version)
        });
    }
    steps.finish()
}

impl Release {
    fn of(project: &Project, options: &[&str]) -> Result<Self, Failure> {
        let (mut target, mut profile) = (None, "dist");
        let mut rest = options;
        loop {
            rest = match rest {
                [] => break,
                ["--target", name, rest @ ..] => {
                    target = Some((*name).to_owned());
                    rest
                }
                ["--profile", name, rest @ ..] => {
                    profile = name;
                    rest
                }
                [unknown, ..] => {
                    return Err(Failure(format!(
                        "`{unknown}` is no option; they are --target TRIPLE, --profile NAME, or alone --collect or --tag TAG"
                    )));
                }
            };
        }
        let version = version(&project.root)?;
        Ok(Self {
            root: project.root.clone(),
            folder: project.target.join("dist"),
            cargo_target: project.target.clone(),
            version: match profile {
                "dist" => version,
                other => format!("{version}+{other}"),
            },
            target: target.map_or_else(host, Ok)?,
            profile: profile.to_owned(),
        })
    }

    /// The name that all its files begin with.
    fn name(&self) -> String {
        file_names::stem(&self.version, &self.target)
    }

    /// A file of the release, by what its name ends with.
    fn file(&self, ending: &str) -> PathBuf {
        self.folder.join(format!("{}{ending}", self.name()))
    }

    /// Removes the files of an earlier run, which would stand for those that this one fails to make.
    fn clear(&self) -> Result<(), Failure> {
        for path in file_names::ALL.map(|ending| self.file(ending)) {
            if path.exists() {
                std::fs::remove_file(&path).map_err(|error| cannot(&path, &error))?;
            }
        }
        Ok(())
    }

    /// The binary that Cargo made.
    fn binary(&self) -> PathBuf {
        let folder = match self.profile.as_str() {
            "dev" => "debug",
            other => other,
        };
        let name = if self.is_for("windows") {
            "deploy.exe"
        } else {
            "deploy"
        };
        let folder = self.cargo_target.join(&self.target).join(folder);
        folder.join(name)
    }

    fn is_for(&self, system: &str) -> bool {
        self.target.split('-').any(|part| part == system)
    }
}

/// Whether a tag is the one of this version.
fn is_tagged(tag: &str, version: &str) -> Result<(), Failure> {
    if tag.strip_prefix('v') == Some(version) {
        return Ok(());
    }
    Err(Failure(format!(
        "the tag is {tag}, and the version in Cargo.toml {version}, whose tag is v{version}: \
         tag the commit that has the version"
    )))
}

/// The version that all crates share.
fn version(root: &Path) -> Result<String, Failure> {
    let metadata = ["metadata", "--format-version=1", "--no-deps"];
    let metadata: Value = serde_json::from_str(&output(&mut cargo(root, &metadata))?)
        .map_err(|error| Failure(format!("cannot read cargo's metadata: {error}")))?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let cli = packages.into_iter().find(|one| one["name"] == "cli");
    let version = cli.and_then(|cli| cli["version"].as_str());
    version
        .map(str::to_owned)
        .ok_or_else(|| Failure("the workspace has no crate `cli`".to_owned()))
}

/// The platform of this machine, as rustc names it.
fn host() -> Result<String, Failure> {
    let said = output(Command::new("rustc").arg("-vV"))?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned)
        .ok_or_else(|| Failure("rustc does not say what it runs on".to_owned()))
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| cannot(path, &error))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, bytes).map_err(|error| cannot(path, &error))
}

fn cannot(path: &Path, error: &std::io::Error) -> Failure {
    Failure(format!("{}: {error}", path.display()))
}

/// The SHA-256 of bytes, as 64 hexadecimal digits.
fn sha256(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for byte in Sha256::digest(bytes) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::is_tagged;

    #[test]
    fn a_release_has_the_tag_of_its_version() {
        let check =
            |tag: &str, expect| assert_eq!(is_tagged(tag, "0.1.0").is_ok(), expect, "{tag}");
        check("v0.1.0", true);
        check("0.1.0", false);
        check("v0.1.0-rc.1", false);
        check("v0.2.0", false);
    }
}
