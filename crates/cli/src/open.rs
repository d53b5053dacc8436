//! The door to files and arguments: a manifest and its environment, as the command line names them.

use std::path::{Path, PathBuf};

use clock::Clock;
use manifest::{Manifest, SecretSource};
use model::Ledger;
use reconcile::{Environment, Loaded, Network, Notice, Project, SandboxSettings, Who};
use standards::Finding;

use crate::args::{Global, Selection};
use crate::exit::Failure;
use crate::files::{Tree, read_text};
use crate::manifest_file::find;
use crate::printer::{self, Printer};
use crate::variables::variable;

/// Reads a manifest, with every finding of lint.
pub(crate) fn check(path: &Path) -> Result<(Option<Manifest>, Vec<Finding>), Failure> {
    let (tree, inside) = tree(path)?;
    Ok(reconcile::check(&inside, &tree, Clock::real().now()))
}

/// A file with its sure fixes made.
pub(crate) struct Change {
    /// The file as seen from the current folder.
    pub(crate) name: String,
    /// Its path on disk.
    pub(crate) file: PathBuf,
    pub(crate) old: String,
    pub(crate) new: String,
}

/// The sure fixes of the manifest at `path`, in the files that it is of.
pub(crate) fn fix(path: &Path) -> Result<Vec<Change>, Failure> {
    let (tree, inside) = tree(path)?;
    let now = Clock::real().now();
    let (texts, _) = manifest::fix(&tree, |files| reconcile::check(&inside, files, now).1);
    let change = |(name, new): (String, String)| {
        let file = tree.on_disk(&name);
        let old = read_text(&file, "the manifest's file")?;
        Ok(Change {
            name: tree.seen_from_here(&name),
            file,
            old,
            new,
        })
    };
    texts.into_iter().map(change).collect()
}

/// Reads a manifest for a run: one with errors is refused.
pub(crate) fn load(path: &Path) -> Result<Loaded, Failure> {
    let (tree, inside) = tree(path)?;
    let now = Clock::real().now();
    match reconcile::load(&inside, &tree, path.to_owned(), now) {
        Err(reconcile::Error::Manifest(findings)) => {
            Err(Failure::Manifest(tree.with_seen_places(findings)))
        }
        loaded => Ok(loaded?),
    }
}

/// The findings with the places of a manifest's files as seen from the current folder, where a person
/// opens them. Formats for programs have them as seen from the repository.
pub(crate) fn seen_from_here(path: &Path, findings: Vec<Finding>) -> Result<Vec<Finding>, Failure> {
    Ok(tree(path)?.0.with_seen_places(findings))
}

fn tree(path: &Path) -> Result<(Tree, String), Failure> {
    if !path.exists() {
        let text = format!(
            "there is no {}: name the manifest, or `cd` to where it is",
            path.display()
        );
        return Err(Failure::Usage(text));
    }
    Tree::of(path).map_err(|error| {
        let what = format!("could not read the manifest {}", path.display());
        Failure::outside(&what, error)
    })
}

/// The environment that the arguments name.
pub(crate) fn environment(global: &Global) -> Result<Environment, Failure> {
    Ok(if global.sandbox {
        Environment::Sandbox(sandbox(global)?)
    } else {
        Environment::Internet(network(global)?)
    })
}

/// How the sandbox is opened or made.
#[expect(
    clippy::disallowed_methods,
    reason = "the environment says the weather of a new sandbox"
)]
pub(crate) fn sandbox(global: &Global) -> Result<SandboxSettings, Failure> {
    let world = global.world.as_ref();
    let weather = std::env::var("DEPLOY_SANDBOX_WEATHER").ok();
    let weather = weather.map(|text| text.parse().map_err(Failure::Usage));
    Ok(SandboxSettings {
        weather: weather.transpose()?,
        speed: global.speed,
        world: world.map(|path| named_text(path)).transpose()?,
    })
}

/// A world file, with its path for messages about it.
fn named_text(path: &Path) -> Result<(String, String), Failure> {
    let text = read_text(path, "the world file")?;
    Ok((path.display().to_string(), text))
}

/// How the Internet is reached.
pub(crate) fn network(global: &Global) -> Result<Network, Failure> {
    let authorities = global.ca.as_ref();
    Ok(Network {
        resolver: global.resolver,
        connect: global.connect,
        authorities: authorities
            .map(|path| read_text(path, "the certificates in"))
            .transpose()?,
    })
}

/// Opens a project for a run.
pub(crate) fn project(
    global: &Global,
    selection: &Selection,
    printer: &Printer,
) -> Result<Project, Failure> {
    let loaded = load(&find(selection.manifest.as_deref(), printer)?)?;
    let environment = environment(global)?;
    let is_quiet = printer.is_quiet;
    let notice = Notice::to(move |text| {
        if !is_quiet {
            printer::note(&format!("waiting for AWS: {}", report::escape(text)));
        }
    });
    let subset = selection.which.subset();
    Ok(Project::open(loaded, &subset, environment, notice)?)
}

/// Reads a secret that the manifest names. Messages name its place and never show it.
pub(crate) fn secret(source: &SecretSource, folder: &Path) -> Result<String, String> {
    let text = match source {
        SecretSource::Variable(name) => variable(name.as_str()),
        #[expect(clippy::disallowed_methods, reason = "the manifest names the file")]
        SecretSource::File(path) => match std::fs::read_to_string(folder.join(path.as_str())) {
            Ok(text) => Some(text),
            Err(error) => return Err(format!("{source} cannot be read: {error}")),
        },
    };
    let text = text.filter(|text| !text.trim().is_empty());
    text.ok_or_else(|| format!("{source} is not set"))
}

/// Reads the ledger, and says that somebody changes what this run only reads.
pub(crate) async fn ledger(project: &Project, printer: &Printer) -> Result<Ledger, Failure> {
    let (ledger, others) = project.ledger_and_others().await?;
    for claim in others {
        let text = format!(
            "A run is under way, and what it has begun may not be done yet: {} is held by {}",
            claim.document, claim.holder
        );
        printer.note(&report::escape(&text));
    }
    Ok(ledger)
}

/// The variables in which CI systems name the page of a run: those of GitLab, of Jenkins, of AWS's
/// builds and of Circle.
const LINKS: [&str; 4] = [
    "CI_JOB_URL",
    "BUILD_URL",
    "CODEBUILD_BUILD_URL",
    "CIRCLE_BUILD_URL",
];

/// The origin of this run, for those who wait for it.
pub(crate) fn who() -> Who {
    let name = ["GITHUB_ACTOR", "GITLAB_USER_LOGIN", "USER", "LOGNAME"];
    let name = name.into_iter().find_map(variable);
    let arguments: Vec<String> = std::env::args_os()
        .skip(1)
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    Who {
        name: name.unwrap_or_else(|| "somebody".to_owned()),
        host: host(),
        link: github().or_else(|| LINKS.into_iter().find_map(variable)),
        command: format!("deploy {}", arguments.join(" ")),
    }
}

/// GitHub does not name the page of a run, but its parts.
fn github() -> Option<String> {
    let server = variable("GITHUB_SERVER_URL")?;
    let (repository, run) = (variable("GITHUB_REPOSITORY")?, variable("GITHUB_RUN_ID")?);
    Some(format!("{server}/{repository}/actions/runs/{run}"))
}

fn host() -> String {
    #[expect(clippy::disallowed_methods, reason = "the name of this machine")]
    let written = std::fs::read_to_string("/etc/hostname").ok();
    let name = variable("HOSTNAME").or(written).unwrap_or_default();
    match name.trim() {
        "" => "an unnamed machine".to_owned(),
        name => name.to_owned(),
    }
}
