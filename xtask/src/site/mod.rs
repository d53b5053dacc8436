//! `cargo xtask site`: the documents as a site, in `target/site/site/`, with a page for the rules of each
//! standard.
//!
//! `MkDocs` makes it, which comes from `PyPI` with the tools of the conformance tests and takes a second,
//! where building mdBook takes minutes. It fails where a link leads nowhere, within a page too.

mod rules;

use std::path::Path;
use std::process::Command;

use crate::command::{Failure, output};
use crate::files;
use crate::project::Project;
use crate::tools;

const CONFIGURATION: &str = include_str!("mkdocs.yml");

/// The folders that no document leads into: data of tests.
const LEFT_OUT: [&str; 2] = ["/snapshots/", "/fixtures/"];

/// Makes the site. The binary and the tools must be there.
pub(crate) fn write(project: &Project) -> Result<(), Failure> {
    let folder = project.target.join("site");
    let cannot = |error: std::io::Error| Failure(format!("{}: {error}", folder.display()));
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(cannot)?;
    }
    let pages = folder.join("pages");
    copy(&project.root, &pages).map_err(cannot)?;
    let rules =
        output(Command::new(project.target.join("debug/deploy")).args(["rules", "--json"]))?;
    let rules = rules::pages(&rules)?;
    std::fs::create_dir_all(pages.join("rules")).map_err(cannot)?;
    for page in &rules {
        std::fs::write(pages.join(&page.path), &page.text).map_err(cannot)?;
    }
    let configuration = format!("{CONFIGURATION}{}", rules::navigation(&rules));
    std::fs::write(folder.join("mkdocs.yml"), configuration).map_err(cannot)?;
    let mut mkdocs = Command::new(tools::python_programs(&project.target).join("mkdocs"));
    mkdocs
        .args(["build", "--strict", "--quiet"])
        .current_dir(&folder);
    output(&mut mkdocs).map(drop)
}

/// Copies the documents with all files that they may lead to. The README is the first page.
fn copy(root: &Path, pages: &Path) -> std::io::Result<()> {
    for file in files::list(root)? {
        if LEFT_OUT.iter().any(|folder| file.contains(folder)) {
            continue;
        }
        let to = match file.as_str() {
            "README.md" => pages.join("index.md"),
            other => pages.join(other),
        };
        if let Some(folder) = to.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::copy(root.join(&file), to)?;
    }
    Ok(())
}
