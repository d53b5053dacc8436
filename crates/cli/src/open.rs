//! The door to files and arguments: a manifest and its environment, as the command line names them.

use std::path::{Path, PathBuf};

use clock::Clock;
use ledger::Journal;
use manifest::Manifest;
use reconcile::{Environment, Loaded, Network, Notice, Project, SandboxSettings};
use standards::Finding;

use crate::args::{Global, Selection};
use crate::exit::Failure;
use crate::files::{Tree, read_text};
use crate::printer::{self, Printer};

/// Reads a manifest, with every finding of lint.
pub(crate) fn check(path: &Path) -> Result<(Option<Manifest>, Vec<Finding>), Failure> {
    let (tree, inside) = tree(path)?;
    Ok(reconcile::check(&inside, &tree, Clock::real().now()))
}

/// The path on disk of the file that findings of the manifest at `path` call `inside`.
pub(crate) fn path_of(path: &Path, inside: &str) -> Result<PathBuf, Failure> {
    Ok(tree(path)?.0.on_disk(inside))
}

/// Reads a manifest for a run: one with errors is refused.
pub(crate) fn load(path: &Path) -> Result<Loaded, Failure> {
    let (tree, inside) = tree(path)?;
    let folder = path.parent().map(Path::to_owned).unwrap_or_default();
    Ok(reconcile::load(
        &inside,
        &tree,
        folder,
        Clock::real().now(),
    )?)
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
pub(crate) fn sandbox(global: &Global) -> Result<SandboxSettings, Failure> {
    let world = global.world.as_ref();
    Ok(SandboxSettings {
        speed: global.speed,
        world: world
            .map(|path| read_text(path, "the world file"))
            .transpose()?,
    })
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
    let loaded = load(&selection.manifest)?;
    let environment = environment(global)?;
    let is_quiet = printer.is_quiet;
    let notice = Notice::to(move |text| {
        if !is_quiet {
            printer::note(&format!("waiting for AWS: {}", report::escape(text)));
        }
    });
    let targets = &selection.targets;
    Ok(Project::open(loaded, targets, environment, notice)?)
}

/// Opens the ledger of a project for writing.
pub(crate) async fn journal(project: &Project) -> Result<Journal, Failure> {
    let holder = format!("deploy, process {}", std::process::id());
    Ok(project.journal(&holder).await?)
}
