//! The sandbox that a manifest needs.

mod presumed;

use std::path::{Path, PathBuf};

use clock::Clock;
use jiff::Timestamp;
use manifest::Manifest;
use sandbox::Sandbox;
use sandbox::world::World;

use crate::args::{Global, Speed};
use crate::exit::Failure;

pub(crate) use crate::inside::Inside;
pub(crate) use presumed::Presumed;
use presumed::presume;

/// The account from which roles are assumed. It is in no manifest.
pub(crate) const OPERATOR: &str = "999999999999";

/// How many times faster than AWS the sandbox runs for people.
const DEFAULT_SPEED: f64 = 60.0;

/// Where a project's sandbox is kept.
pub(crate) fn folder(beside: &Path, project: &str) -> PathBuf {
    beside.join(".deploy").join("sandbox").join(project)
}

/// Opens the sandbox that is kept in `folder`, or makes the world that the manifest presumes.
pub(crate) fn open(
    folder: &Path,
    manifest: &Manifest,
    global: &Global,
) -> Result<Sandbox, Failure> {
    Ok(open_or_make(folder, manifest, global)?.0)
}

/// The same; and what was presumed, if it was made.
pub(crate) fn open_or_make(
    folder: &Path,
    manifest: &Manifest,
    global: &Global,
) -> Result<(Sandbox, Option<Presumed>), Failure> {
    #[expect(clippy::disallowed_methods, reason = "the operator names the file")]
    let extra = match &global.world {
        Some(path) => Some(std::fs::read_to_string(path).map_err(|error| {
            Failure::outside(
                &format!("could not read the world file {}", path.display()),
                error,
            )
        })?),
        None => None,
    };
    let mut world = World::default();
    if let Some(text) = extra {
        world
            .add_yaml(&text)
            .map_err(|error| Failure::outside("could not use the world file", error))?;
    }
    let presumed = presume(&mut world, manifest);
    let wall = Clock::real().now();
    let speed = match global.speed {
        Some(Speed::Times(times)) => times,
        Some(Speed::Instant) => 1.0,
        None => DEFAULT_SPEED,
    };
    let clock =
        |saved: Option<Timestamp>| Clock::starting_at(saved.unwrap_or(wall).max(wall), speed);
    let mut is_new = false;
    let fresh = || {
        is_new = true;
        world
    };
    let sandbox = Sandbox::open_at(folder, clock, fresh)
        .map_err(|error| Failure::outside("could not open the sandbox", error))?;
    sandbox
        .transfer_zones()
        .map_err(|error| Failure::outside("could not see all of the sandbox's DNS", error))?;
    Ok((sandbox, is_new.then_some(presumed)))
}
