//! The manifest that a command is about: the one that is named, or else the nearest one.

use std::path::{Path, PathBuf};

use crate::exit::Failure;
use crate::printer::Printer;
use crate::variables::variable;

/// The names of a manifest that nobody names.
const NAMES: [&str; 2] = ["deploy.yaml", "deploy.yml"];

/// The variable that names the manifest of every command that names none.
const VARIABLE: &str = "DEPLOY_MANIFEST";

/// The manifest that the command line names, or else the one of a command that names none. One that is
/// not beside the operator is told.
pub(crate) fn find(named: Option<&Path>, printer: &Printer) -> Result<PathBuf, Failure> {
    if let Some(named) = named {
        return Ok(named.to_owned());
    }
    let (found, notice) = unnamed()?;
    if let Some(notice) = notice {
        printer.progress(&report::escape(&notice));
    }
    Ok(found)
}

/// The manifest that the environment names, or else the nearest one in the current folder and those
/// above it, as far as the repository; and a line that tells of it, where it is not beside the operator.
pub(crate) fn unnamed() -> Result<(PathBuf, Option<String>), Failure> {
    if let Some(named) = variable(VARIABLE) {
        if !Path::new(&named).exists() {
            let text = format!("{VARIABLE} is {named}, and there is no such file");
            return Err(Failure::Usage(text));
        }
        let notice = format!("Manifest: {named} ({VARIABLE})");
        return Ok((named.into(), Some(notice)));
    }
    let here = here().map_err(|error| Failure::outside("could not read this folder", error))?;
    let found = nearest(&here)?;
    let is_elsewhere = found.components().count() > 1;
    let notice = is_elsewhere.then(|| format!("Manifest: {}", found.display()));
    Ok((found, notice))
}

/// The nearest manifest, seen from the folder `here`.
fn nearest(here: &Path) -> Result<PathBuf, Failure> {
    let mut last = here;
    for folder in here.ancestors() {
        let found: Vec<PathBuf> = NAMES.iter().map(|name| folder.join(name)).collect();
        let found: Vec<&PathBuf> = found.iter().filter(|file| file.is_file()).collect();
        match found.as_slice() {
            [] => {}
            [one] => return Ok(seen_from(here, one)),
            _ => {
                let text = format!("{} are both in {}", NAMES.join(" and "), folder.display());
                return Err(Failure::Usage(format!("{text}: name the manifest")));
            }
        }
        last = folder;
        // What is above a repository is no part of the project.
        if folder.join(".git").exists() {
            break;
        }
    }
    let up_to = if last == here {
        String::new()
    } else {
        format!(", or in a folder above it up to {}", last.display())
    };
    Err(Failure::Usage(format!(
        "there is no manifest: no {} is in {}{up_to}. Name the manifest, set {VARIABLE}, or draft one \
         with `deploy init DOMAIN -o {}`",
        NAMES.join(" or "),
        here.display(),
        NAMES[0],
    )))
}

/// The current folder, every symbolic link on its path followed.
pub(crate) fn here() -> std::io::Result<PathBuf> {
    std::env::current_dir()?.canonicalize()
}

/// The path of `file` from the folder `here`. Both are absolute, and no symbolic link is on them.
pub(crate) fn seen_from(here: &Path, file: &Path) -> PathBuf {
    let mut up = PathBuf::new();
    for folder in here.ancestors() {
        if let Ok(below) = file.strip_prefix(folder) {
            return up.join(below);
        }
        up.push("..");
    }
    file.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_told_from_where_one_is() {
        let seen = |here: &str, file: &str| {
            seen_from(Path::new(here), Path::new(file))
                .display()
                .to_string()
        };
        assert_eq!(seen("/a/b", "/a/b/deploy.yaml"), "deploy.yaml");
        assert_eq!(seen("/a/b", "/a/b/c/d.yaml"), "c/d.yaml");
        assert_eq!(seen("/a/b/c", "/a/deploy.yaml"), "../../deploy.yaml");
        assert_eq!(seen("/a/b", "/x/y"), "../../x/y");
    }
}
