//! The archive: the binary, its manual pages, completions, licences and the changes.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, HeaderMode};

use super::{Release, cannot, file_names};
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
    let folder = release.folder.join("stage").join(release.name());
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
    let packed = pack(&folder, &release.name()).map_err(|error| cannot(&folder, &error))?;
    super::write(&release.file(file_names::ARCHIVE), &packed)
}

/// A folder as an archive, in which it has this name. Times and owners are left out, and the order is that of
/// the names, so that the same files make the same archive.
fn pack(folder: &Path, name: &str) -> io::Result<Vec<u8>> {
    let mut builder = Builder::new(GzEncoder::new(Vec::new(), Compression::best()));
    builder.mode(HeaderMode::Deterministic);
    append(&mut builder, folder, Path::new(name))?;
    builder.into_inner()?.finish()
}

/// Appends a folder with all that is in it, by name: file systems list it in an order of their own.
fn append(builder: &mut Builder<impl io::Write>, folder: &Path, name: &Path) -> io::Result<()> {
    builder.append_dir(name, folder)?;
    let entries = std::fs::read_dir(folder)?;
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<_>>()?;
    paths.sort();
    for path in paths {
        let name = name.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            append(builder, &path, &name)?;
        } else {
            builder.append_path_with_name(&path, &name)?;
        }
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    std::fs::copy(from, to)
        .map(drop)
        .map_err(|error| cannot(from, &error))
}

fn write_text(path: &Path, text: &str) -> Result<(), Failure> {
    super::write(path, text.as_bytes())
}

#[cfg(test)]
mod tests {
    use flate2::read::GzDecoder;
    use tar::Archive;

    use super::pack;

    const FILES: [&str; 6] = [
        "README.md",
        "man/deploy.1",
        "deploy",
        "man/a.1",
        "c/_deploy",
        "b",
    ];

    fn filled<'a>(files: impl Iterator<Item = &'a str>) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for file in files {
            let path = folder.path().join(file);
            let parent = path.parent().expect("a folder");
            std::fs::create_dir_all(parent).expect("a folder");
            std::fs::write(path, file).expect("a file");
        }
        folder
    }

    fn names(archive: &[u8]) -> Vec<String> {
        let mut archive = Archive::new(GzDecoder::new(archive));
        let entries = archive.entries().expect("an archive");
        let names = entries.map(|entry| {
            let entry = entry.expect("an entry");
            entry.path().expect("a path").display().to_string()
        });
        names.collect()
    }

    /// A file system that lists folders by a hash would make both archives the same by accident, so the order
    /// of the names is compared too.
    #[test]
    fn the_same_files_make_the_same_archive() {
        let one = pack(filled(FILES.into_iter()).path(), "deploy-1").expect("an archive");
        let other = pack(filled(FILES.into_iter().rev()).path(), "deploy-1").expect("an archive");
        let expect = [
            "deploy-1",
            "deploy-1/README.md",
            "deploy-1/b",
            "deploy-1/c",
            "deploy-1/c/_deploy",
            "deploy-1/deploy",
            "deploy-1/man",
            "deploy-1/man/a.1",
            "deploy-1/man/deploy.1",
        ];
        assert_eq!(names(&one), expect);
        assert!(one == other, "{:?}", names(&other));
    }
}
