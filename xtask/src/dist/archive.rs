//! The archive: the binary, its manual pages, completions, licences and the changes.

use std::path::Path;
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, HeaderMode};

use super::{Release, cannot};
use crate::command::{Failure, output};

/// The files of the repository that go along.
const ALONG: [&str; 4] = ["README.md", "CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT"];

/// The shells, and the names by which their package managers know a completion of `deploy`.
const SHELLS: [(&str, &str); 5] = [
    ("bash", "deploy.bash"),
    ("zsh", "_deploy"),
    ("fish", "deploy.fish"),
    ("elvish", "deploy.elv"),
    ("powershell", "_deploy.ps1"),
];

/// Writes the archive of a release.
pub(super) fn write(release: &Release) -> Result<(), Failure> {
    let folder = release.folder.join(release.name());
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(|error| cannot(&folder, &error))?;
    }
    let completions = folder.join("completions");
    std::fs::create_dir_all(&completions).map_err(|error| cannot(&completions, &error))?;
    let binary = release.binary();
    copy(
        &binary,
        &folder.join(binary.file_name().unwrap_or_default()),
    )?;
    for file in ALONG {
        copy(&release.root.join(file), &folder.join(file))?;
    }
    for (shell, file) in SHELLS {
        let script = output(Command::new(&binary).args(["completions", shell]))?;
        write_text(&completions.join(file), &script)?;
    }
    output(Command::new(&binary).arg("man").arg(folder.join("man")))?;
    pack(release, &folder)
}

/// Packs a folder. Times and owners are left out, so that the same files make the same archive.
fn pack(release: &Release, folder: &Path) -> Result<(), Failure> {
    let path = release.file(".tar.gz");
    let file = std::fs::File::create(&path).map_err(|error| cannot(&path, &error))?;
    let mut builder = Builder::new(GzEncoder::new(file, Compression::best()));
    builder.mode(HeaderMode::Deterministic);
    let packed = builder.append_dir_all(release.name(), folder);
    let packed = packed.and_then(|()| builder.into_inner()?.finish());
    packed.map(drop).map_err(|error| cannot(&path, &error))
}

fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    std::fs::copy(from, to)
        .map(drop)
        .map_err(|error| cannot(from, &error))
}

fn write_text(path: &Path, text: &str) -> Result<(), Failure> {
    super::write(path, text.as_bytes())
}
