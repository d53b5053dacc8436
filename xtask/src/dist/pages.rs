//! The pages of the example fleet, made by the binary of the release from a sandbox.

use std::path::Path;
use std::process::Command;

use super::{Release, cannot};
use crate::command::{Failure, output};
use crate::files;

/// The folders that the example fleet is made of.
const FOLDERS: [&str; 2] = ["deploy/", "assets/"];

/// Applies the example fleet in a sandbox of its own and writes its pages to `target/dist/site`.
pub(super) fn write(release: &Release) -> Result<(), Failure> {
    let place = release.folder.join("fleet");
    for folder in [&place, &release.folder.join("site")] {
        if folder.exists() {
            std::fs::remove_dir_all(folder).map_err(|error| cannot(folder, &error))?;
        }
    }
    copy(&release.root, &place).map_err(|error| cannot(&place, &error))?;
    let deploy = |arguments: &[&str]| {
        let mut deploy = Command::new(release.binary());
        deploy.args(arguments).args(["deploy/fleet.yaml"]);
        deploy.args(["--sandbox", "--speed", "instant"]);
        output(deploy.current_dir(&place)).map(drop)
    };
    deploy(&["apply", "--yes"])?;
    deploy(&["report", "-o", "../site"])
}

fn copy(root: &Path, place: &Path) -> std::io::Result<()> {
    let all = files::list(root)?.into_iter();
    let all = all.filter(|file| FOLDERS.iter().any(|folder| file.starts_with(folder)));
    for file in all {
        let to = place.join(&file);
        if let Some(folder) = to.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::copy(root.join(&file), to)?;
    }
    Ok(())
}
