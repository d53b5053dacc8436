//! `cargo xtask tidy`: the repository's rules as code.
//!
//! Clippy and Cargo enforce most rules. These are the ones that they cannot express: the direction of
//! dependencies, files that belong together, and words that must not be in the source. All rules
//! run, and all problems are reported at once.

mod circles;
mod crates;
mod documents;
mod figures;
mod json;
mod kinds;
mod prose;
mod pure;
mod quotes;
mod ratchet;
mod references;
mod rules;
mod source;
mod text;
mod words;

use std::path::Path;

use crate::command::Failure;
use crate::files;
use crate::generated;
use crate::project::Project;
use crate::{picture, readmes};
use source::Source;

/// The project and its Rust files, which every rule receives.
struct Workspace<'a> {
    project: &'a Project,
    /// Every Rust file of the members, by path.
    sources: Vec<Source>,
    /// Every file of the repository, by path.
    files: Vec<String>,
}

impl<'a> Workspace<'a> {
    fn read(project: &'a Project) -> Result<Self, Failure> {
        Ok(Self {
            project,
            sources: source::read_all(project)?,
            files: files::list(&project.root)
                .map_err(|error| Failure(format!("cannot list the project's files: {error}")))?,
        })
    }

    /// The files that people read as text.
    fn documents(&self) -> impl Iterator<Item = &str> {
        let files = self.files.iter().map(String::as_str);
        files.filter(|path| {
            Path::new(path)
                .extension()
                .is_some_and(|ending| ending == "md")
        })
    }

    /// The files of the crate in this folder.
    fn of_crate<'s>(&'s self, folder: &str) -> impl Iterator<Item = &'s Source> {
        let prefix = format!("{folder}/");
        let files = self.sources.iter();
        files.filter(move |source| source.path.starts_with(&prefix))
    }
}

type Check = fn(&Workspace) -> Result<Vec<String>, Failure>;

const CHECKS: &[(&str, Check)] = &[
    ("every file opens with what it is for", |workspace| {
        Ok(text::opening(workspace))
    }),
    ("words that must not be in the source", |workspace| {
        Ok(text::forbidden(workspace))
    }),
    ("files have one subject", |workspace| {
        Ok(text::length(workspace))
    }),
    ("pure crates name no back door", |workspace| {
        Ok(pure::words(workspace))
    }),
    ("pure crates depend on no runtime", pure::dependencies),
    ("crates inherit from the workspace", crates::inheritance),
    ("dependencies say why", crates::reasons),
    ("dependencies are used", crates::unused),
    (
        "kinds are registered, documented and tested",
        kinds::complete,
    ),
    ("findings name rules that exist", |workspace| {
        Ok(rules::known(workspace))
    }),
    ("decisions are indexed", documents::decisions),
    ("keys of documents are the field's words", words::keys),
    ("documents quote what is printed", quotes::printed),
    ("generated files are current", |workspace| {
        let project = workspace.project;
        let mut problems = generated::outdated(project, &readmes::all(project)?, "readmes");
        let picture = [picture::drawn(project)];
        problems.extend(generated::outdated(project, &picture, "picture"));
        Ok(problems)
    }),
];

/// Rules that the tree does not keep everywhere yet.
const RATCHETED: &[ratchet::Rule] = &[
    ("identifiers", |workspace| Ok(words::identifiers(workspace))),
    ("phrases", prose::phrases),
    ("circles", |workspace| Ok(circles::none(workspace))),
    ("references", references::exist),
    ("json", json::typed),
    ("kinds-named", |workspace| Ok(kinds::named(workspace))),
];

/// Runs every check.
fn check(workspace: &Workspace) -> Result<(), Failure> {
    let mut count = 0;
    for (rule, check) in CHECKS {
        count += shown(rule, &check(workspace)?);
    }
    let risen = ratchet::hold(workspace, RATCHETED)?;
    count += shown("rules that may only be broken less often", &risen);
    if count == 0 {
        Ok(())
    } else {
        Err(Failure(format!("tidy: {count} to fix")))
    }
}

fn shown(rule: &str, problems: &[String]) -> usize {
    if !problems.is_empty() {
        eprintln!("{rule}:");
    }
    for problem in problems {
        eprintln!("  {problem}");
    }
    problems.len()
}

/// Runs the checks, or the option that is asked for.
pub(crate) fn run(project: &Project, options: &[&str]) -> Result<(), Failure> {
    let workspace = Workspace::read(project)?;
    match options {
        [] => check(&workspace),
        ["--figures"] => {
            figures::print(&workspace);
            Ok(())
        }
        ["--lower"] => ratchet::lower(&workspace, RATCHETED),
        ["--list", rule] => ratchet::list(&workspace, RATCHETED, rule, None),
        ["--list", rule, part] => ratchet::list(&workspace, RATCHETED, rule, Some(part)),
        _ => Err(Failure(
            "usage: cargo xtask tidy [--figures | --lower | --list RULE [PART]]".to_owned(),
        )),
    }
}

/// A file of the project as text.
fn read(project: &Project, path: &str) -> Result<String, Failure> {
    std::fs::read_to_string(project.root.join(path))
        .map_err(|error| Failure(format!("cannot read {path}: {error}")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use tempfile::TempDir;

    use super::Workspace;
    use crate::project::{Member, Project};

    impl Project {
        /// The project as the rules receive it.
        pub(super) fn workspace(&self) -> Workspace<'_> {
            Workspace::read(self).expect("the files can be read")
        }
    }

    /// A project of these files; each folder of `crates` is a member.
    pub(super) fn workspace(files: &[(&str, &str)]) -> (TempDir, Project) {
        let folder = tempfile::tempdir().expect("a folder can be made");
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("it is in the folder"))
                .and_then(|()| std::fs::write(&path, text))
                .expect("the file can be written");
        }
        let names: BTreeSet<&str> = files
            .iter()
            .filter_map(|(path, _)| path.strip_prefix("crates/")?.split('/').next())
            .collect();
        let members = names.into_iter().map(|name| Member {
            name: name.to_owned(),
            folder: format!("crates/{name}"),
            ..Member::default()
        });
        let project = Project {
            root: folder.path().to_owned(),
            target: folder.path().join("target"),
            members: members.collect(),
        };
        (folder, project)
    }
}
