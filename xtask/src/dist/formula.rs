//! The files that all platforms of a release share: the checksums, and the formula for Homebrew.

use std::collections::BTreeMap;
use std::path::Path;

use super::{cannot, file_names, read, sha256, write};
use crate::command::Failure;

const FORMULA: &str = "deploy.rb";
const TEMPLATE: &str = include_str!("deploy.rb.txt");

/// The platforms of Homebrew, by the words of the template.
const PLATFORMS: [(&str, &str); 4] = [
    ("MACOS_ARM", "aarch64-apple-darwin"),
    ("MACOS_INTEL", "x86_64-apple-darwin"),
    ("LINUX_ARM", "aarch64-unknown-linux-gnu"),
    ("LINUX_INTEL", "x86_64-unknown-linux-gnu"),
];

/// Writes `SHA256SUMS` of a version's files in the folder, and the formula where its archives are all there.
pub(super) fn collect(folder: &Path, version: &str) -> Result<(), Failure> {
    let sums = sums(folder, version)?;
    let lines = sums.iter().map(|(name, sum)| format!("{sum}  {name}\n"));
    let lines: String = lines.collect();
    write(&folder.join("SHA256SUMS"), lines.as_bytes())?;
    let of = |target: &str| sums.get(&(file_names::stem(version, target) + file_names::ARCHIVE));
    let missing = PLATFORMS.iter().filter(|(_, target)| of(target).is_none());
    let missing: Vec<&str> = missing.map(|(_, target)| *target).collect();
    let formula_file = folder.join(FORMULA);
    if !missing.is_empty() {
        // One of an earlier release would name archives that are not here.
        let _ = std::fs::remove_file(&formula_file);
        eprintln!(
            "no formula: it needs the archives of {} too",
            missing.join(", ")
        );
        return Ok(());
    }
    let formula = PLATFORMS.iter().fold(
        TEMPLATE.replace("{VERSION}", version),
        |text, (word, target)| {
            text.replace(&format!("{{{word}}}"), of(target).map_or("", |sum| sum))
        },
    );
    write(&formula_file, formula.as_bytes())
}

/// The checksum of each file of a version, by its name.
fn sums(folder: &Path, version: &str) -> Result<BTreeMap<String, String>, Failure> {
    let mut sums = BTreeMap::new();
    for entry in std::fs::read_dir(folder).map_err(|error| cannot(folder, &error))? {
        let entry = entry.map_err(|error| cannot(folder, &error))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_file() && file_names::is_of(version, &name) {
            sums.insert(name, sha256(&read(&entry.path())?));
        }
    }
    Ok(sums)
}
