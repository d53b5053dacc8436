//! `cargo xtask tidy`: the repository's rules as code.
//!
//! Clippy and Cargo keep most rules. Here are those that they can't see: which crate may depend on
//! what, what stands beside what, and words that must not be in the source. All rules run, and all
//! that is wrong is said at once.

mod crates;
mod documents;
pub(crate) mod figures;
mod kinds;
mod pure;
mod rules;
mod source;
mod text;

use crate::command::Failure;
use crate::project::Project;
use source::Source;

/// The project and its Rust files, which every rule receives.
struct Workspace<'a> {
    project: &'a Project,
    /// Every Rust file of the members, by path.
    sources: Vec<Source>,
}

impl Workspace<'_> {
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
];

/// Runs every check.
pub(crate) fn run(project: &Project) -> Result<(), Failure> {
    let workspace = Workspace {
        project,
        sources: source::read_all(project)?,
    };
    let mut count = 0;
    for (rule, check) in CHECKS {
        let problems = check(&workspace)?;
        if !problems.is_empty() {
            eprintln!("{rule}:");
        }
        for problem in &problems {
            eprintln!("  {problem}");
        }
        count += problems.len();
    }
    if count == 0 {
        Ok(())
    } else {
        Err(Failure(format!("tidy: {count} to mend")))
    }
}

/// A file of the project as text.
fn read(project: &Project, path: &str) -> Result<String, Failure> {
    std::fs::read_to_string(project.root.join(path))
        .map_err(|error| Failure(format!("cannot read {path}: {error}")))
}
