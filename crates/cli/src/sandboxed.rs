//! The sandbox that a manifest needs: its accounts and roles, its zones, its mail hosts; and a
//! stranger's eyes in it.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use clock::Clock;
use jiff::Timestamp;
use manifest::{Dns, Manifest};
use model::{Fetched, NoAnswer, Outside, ShownCertificate, Unseen, Visit};
use sandbox::Sandbox;
use sandbox::dns::Lookup;
use sandbox::world::World;
use standards::dns::{Presentation, Txt};

use crate::args::{Global, Speed};
use crate::exit::Failure;

/// The account from which roles are assumed. It is in no manifest.
pub(crate) const OPERATOR: &str = "999999999999";

/// How many times faster than AWS the sandbox runs for people.
const DEFAULT_SPEED: f64 = 60.0;
/// The address of the mail hosts that a manifest presumes (RFC 5737: for documentation).
const MAIL_HOST: &str = "192.0.2.25";

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
    presume(&mut world, manifest);
    let wall = Clock::real().now();
    let speed = match global.speed {
        Some(Speed::Times(times)) => times,
        Some(Speed::Instant) => 1.0,
        None => DEFAULT_SPEED,
    };
    let clock =
        |saved: Option<Timestamp>| Clock::starting_at(saved.unwrap_or(wall).max(wall), speed);
    Sandbox::open_at(folder, clock, || world)
        .map_err(|error| Failure::outside("could not open the sandbox", error))
}

/// Adds what a manifest presumes and the world does not have: accounts with roles, zones that are
/// delegated to, mail hosts.
fn presume(world: &mut World, manifest: &Manifest) {
    world.sts.seed_account(OPERATOR, &[]);
    for account in manifest.accounts.values() {
        let role = account.role.as_ref().map(|role| {
            role.as_str()
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .to_owned()
        });
        let roles: Vec<&str> = role.iter().map(String::as_str).collect();
        world.sts.seed_account(account.id.as_str(), &roles);
    }
    let domains = manifest
        .domains
        .iter()
        .map(|(name, domain)| (name, &domain.dns.value, domain.mx.is_empty()));
    let parked = manifest
        .parked
        .iter()
        .map(|(name, domain)| (name, &domain.dns.value, false));
    for (name, dns, needs_mx) in domains.chain(parked) {
        presume_zone(world, manifest, (name.as_str(), dns), needs_mx);
    }
    for domain in manifest.domains.values() {
        for mx in &domain.mx {
            presume_host(world, manifest, mx.exchange.as_str());
        }
    }
}

/// Gives a mail host that the manifest names an address, where the world has none.
fn presume_host(world: &mut World, manifest: &Manifest, host: &str) {
    let now = Timestamp::UNIX_EPOCH;
    if matches!(world.resolve(host, "A", now), Lookup::Found { .. }) {
        return;
    }
    let zone = zone_around(world, manifest, host);
    // Names of a manifest are valid names, so that nothing here can fail.
    match zone {
        Some(zone) => drop(world.seed_records(&zone, host, ("A", 300), &[MAIL_HOST])),
        None => drop(world.dns.publish(host, "A", &[MAIL_HOST], now)),
    }
}

/// The id of the hosted zone that a host is in.
fn zone_around(world: &World, manifest: &Manifest, host: &str) -> Option<String> {
    let accounts = manifest
        .accounts
        .values()
        .map(|account| account.id.as_str());
    let mut zones = accounts.flat_map(|id| world.route53.zones_of(id));
    let is_around = |zone: &str| {
        host.strip_suffix(zone)
            .is_some_and(|rest| rest.ends_with('.'))
    };
    zones
        .find(|zone| is_around(&zone.name.plain()))
        .map(|zone| zone.id.clone())
}

fn presume_zone(world: &mut World, manifest: &Manifest, (name, dns): (&str, &Dns), needs_mx: bool) {
    let mail_host = format!("10 mail.{name}");
    // Names of a manifest are valid names, so that nothing here can fail.
    match dns {
        Dns::Manual => {
            let _ = world.dns.add_zone(name, Timestamp::UNIX_EPOCH);
            if needs_mx {
                let _ = world
                    .dns
                    .publish(name, "MX", &[&mail_host], Timestamp::UNIX_EPOCH);
                presume_host(world, manifest, &format!("mail.{name}"));
            }
        }
        Dns::Route53(route53) if !*route53.create => {
            let Some(account) = manifest.account(&route53.account) else {
                return;
            };
            let id = account.id.as_str();
            if world
                .route53
                .zones_of(id)
                .any(|zone| zone.name.plain() == name)
            {
                return;
            }
            let zone = world.seed_zone(id, name, true);
            if let (Ok(zone), true) = (zone, needs_mx) {
                let _ = world.seed_records(&zone, name, ("MX", 300), &[&mail_host]);
                let _ =
                    world.seed_records(&zone, &format!("mail.{name}"), ("A", 300), &[MAIL_HOST]);
            }
        }
        Dns::Route53(_) => {}
    }
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
