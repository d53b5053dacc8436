//! The sandbox that belongs to a manifest: its world, its ports, and an observer inside it.

mod inside;
mod presumed;
mod served;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clock::Clock;
use jiff::Timestamp;
use manifest::Manifest;
use model::Outside;
use sandbox::Sandbox;
use sandbox::weather::Weather;
use sandbox::world::World;

use crate::environment::{SandboxSettings, Speed};
use crate::{Error, Loaded};

pub use inside::Inside;
pub use presumed::Presumed;
use presumed::{is_due, presume};
pub use served::Served;

/// The account from which roles are assumed. It is in no manifest.
pub const OPERATOR: &str = "999999999999";

/// How many times faster than AWS the sandbox runs for people.
const DEFAULT_SPEED: f64 = 60.0;

/// A sandbox, opened.
pub struct Opened {
    /// The sandbox.
    pub sandbox: Sandbox,
    /// The presumptions, if the sandbox was made just now, or has got more of them.
    pub presumed: Option<Presumed>,
}

/// The folder of a project's sandbox.
pub fn folder(beside: &Path, project: &str) -> PathBuf {
    beside.join(".deploy").join("sandbox").join(project)
}

/// The folder of a manifest's sandbox.
pub fn folder_of(loaded: &Loaded) -> PathBuf {
    folder(loaded.folder(), loaded.manifest.project.as_str())
}

/// An observer inside the sandbox of a manifest, which is made if there is none yet.
pub fn outside(
    beside: &Path,
    manifest: &Manifest,
    settings: SandboxSettings,
) -> Result<Arc<dyn Outside>, Error> {
    let folder = folder(beside, manifest.project.as_str());
    let sandbox = open(&folder, manifest, settings)?.sandbox;
    Ok(Arc::new(Inside::new(sandbox)))
}

/// The same with its clock, which may be ahead of ours.
pub fn observer(
    loaded: &Loaded,
    settings: SandboxSettings,
) -> Result<(Arc<dyn Outside>, Clock), Error> {
    let sandbox = open(&folder_of(loaded), &loaded.manifest, settings)?.sandbox;
    let clock = sandbox.clock();
    Ok((Arc::new(Inside::new(sandbox)), clock))
}

/// Opens the sandbox that is kept in `folder`, or makes the world that the manifest presumes.
pub fn open(
    folder: &Path,
    manifest: &Manifest,
    settings: SandboxSettings,
) -> Result<Opened, Error> {
    let mut world = World {
        weather: settings.weather.unwrap_or(Weather::USUAL_DAY),
        ..World::default()
    };
    if let Some((path, text)) = settings.world {
        let what = || format!("could not use the world file {path}");
        world
            .add_yaml(&text)
            .map_err(|error| Error::outside(what(), error))?;
    }
    let mut presumed = presume(&mut world, manifest);
    let wall = Clock::real().now();
    let speed = match settings.speed {
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
        .map_err(|error| Error::outside("could not open the sandbox", error))?;
    sandbox
        .transfer_zones()
        .map_err(|error| Error::outside("could not see all of the sandbox's DNS", error))?;
    presumed.is_new = is_new;
    let is_due = !is_new && is_due(&sandbox.world(), manifest);
    if is_due {
        presumed = presume(&mut sandbox.world(), manifest);
    }
    Ok(Opened {
        sandbox,
        presumed: (is_new || is_due).then_some(presumed),
    })
}
