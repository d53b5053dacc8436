//! The sandbox that a manifest needs, and a stranger's eyes in it.

mod presumed;

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use clock::Clock;
use jiff::Timestamp;
use manifest::Manifest;
use model::{Fetched, NoAnswer, Outside, ShownCertificate, Unseen, Visit};
use sandbox::Sandbox;
use sandbox::dns::Lookup;
use sandbox::world::World;
use standards::dns::{Presentation, Txt};

use crate::args::{Global, Speed};
use crate::exit::Failure;

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
    Ok((sandbox, is_new.then_some(presumed)))
}

/// A stranger in the sandbox's world.
pub(crate) struct Inside(pub(crate) Sandbox);

#[async_trait]
impl Outside for Inside {
    async fn lookup(&self, name: &str, rtype: &str) -> Result<Vec<String>, NoAnswer> {
        let now = self.0.clock().now();
        match self.0.world().resolve(name, rtype, now) {
            Lookup::NxDomain | Lookup::NoData => Ok(Vec::new()),
            Lookup::ServFail => Err(NoAnswer {
                name: name.to_owned(),
                rtype: rtype.to_owned(),
                reason: "SERVFAIL: no server that is delegated to answers".to_owned(),
            }),
            Lookup::Found { records, .. } => Ok(records
                .iter()
                .map(|record| meaning(&record.rtype, &record.value))
                .collect()),
        }
    }

    async fn delegation(&self, zone: &str) -> Result<Vec<String>, Unseen> {
        let now = self.0.clock().now();
        Ok(self.0.world().delegation(zone, now))
    }

    /// Mail hosts of the sandbox are hosts with an address, and all of them offer TLS.
    async fn starttls(&self, host: &str) -> Result<ShownCertificate, Unseen> {
        let addresses = self
            .lookup(host, "A")
            .await
            .map_err(|error| Unseen::NoAnswer(error.to_string()))?;
        if addresses.is_empty() {
            return Err(Unseen::NoAnswer(format!("{host} has no address")));
        }
        let not_after = self.0.clock().now() + std::time::Duration::from_hours(90 * 24);
        Ok(ShownCertificate {
            names: vec![host.to_owned()],
            not_after,
        })
    }

    async fn visit(&self, url: &str, _address: Option<IpAddr>) -> Result<Visit, Unseen> {
        let answer = self
            .0
            .https(url)
            .await
            .map_err(|error| Unseen::NoAnswer(error.to_string()))?;
        let text = |value: &http::HeaderValue| value.to_str().unwrap_or_default().to_owned();
        Ok(Visit {
            status: answer.status.as_u16(),
            headers: answer
                .headers
                .iter()
                .map(|(name, value)| (name.to_string(), text(value)))
                .collect(),
            body: answer.body.to_vec(),
            took: None,
            certificate: None,
        })
    }

    async fn fetch(&self, url: &str) -> Result<Fetched, String> {
        let answer = self.0.https(url).await.map_err(|error| error.to_string())?;
        let media_type = answer
            .headers
            .get("content-type")
            .and_then(|value| value.to_str().ok());
        Ok(Fetched {
            status: answer.status.as_u16(),
            media_type: media_type.map(str::to_owned),
            body: answer.body.to_vec(),
        })
    }
}

fn meaning(rtype: &str, value: &str) -> String {
    match rtype {
        "TXT" => Txt::parse(value, Presentation::ZoneFile)
            .map_or_else(|_| value.to_owned(), |txt| txt.text().into_owned()),
        // The null MX is the root itself (RFC 7505).
        "MX" if value.ends_with(" .") => value.to_owned(),
        _ => value.trim_end_matches('.').to_ascii_lowercase(),
    }
}
