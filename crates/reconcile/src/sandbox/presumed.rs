//! The presumptions of a manifest, which a new sandbox therefore has: accounts and roles, zones that
//! are delegated to, mail hosts.

use std::collections::BTreeSet;

use jiff::Timestamp;
use manifest::{Account, Dns, Manifest};
use sandbox::dns::Lookup;
use sandbox::world::World;
use standards::dns::Name;

use super::OPERATOR;

/// The address of the mail hosts that a manifest presumes (RFC 5737: for documentation).
const MAIL_HOST: &str = "192.0.2.25";

/// The presumptions, for people.
#[derive(Debug, Default)]
pub struct Presumed {
    /// Whether the sandbox is new, too.
    pub is_new: bool,
    /// Account ids, with their roles.
    pub accounts: Vec<String>,
    /// Hosted zones that the world reads, with the account that each is in.
    pub hosted_zones: Vec<String>,
    /// Zones on name servers of others.
    pub other_zones: Vec<String>,
    /// Mail hosts that got an address.
    pub mail_hosts: BTreeSet<String>,
}

/// Everything of a manifest for which something is presumed, under a name each.
fn causes(manifest: &Manifest) -> impl Iterator<Item = String> {
    let accounts = manifest.accounts.values();
    let accounts = accounts.map(|account| of_account(account));
    let domains = manifest.domains.keys().chain(manifest.parked.keys());
    let topics = manifest.notify.values();
    let topics = topics.filter_map(|receiver| receiver.topic());
    let hosts = manifest.domains.values().flat_map(|domain| &domain.mx);
    accounts
        .chain(domains.map(of_domain))
        .chain(topics.map(|topic| of_topic(topic.topic.as_str())))
        .chain(hosts.map(|mx| of_host(mx.exchange.as_str())))
}

/// An account with its role: it may have several names in a manifest, each with a role.
fn of_account(account: &Account) -> String {
    let role = account.role.as_ref().map_or("", |role| role.as_str());
    format!("account {} {role}", account.id.as_str())
}

fn of_domain(name: &Name) -> String {
    format!("domain {}", name.as_str())
}

fn of_topic(topic: &str) -> String {
    format!("topic {topic}")
}

fn of_host(host: &str) -> String {
    format!("host {host}")
}

/// Whether a manifest has something for which nothing was presumed yet.
pub(super) fn is_due(world: &World, manifest: &Manifest) -> bool {
    causes(manifest).any(|cause| !world.presumed.contains(&cause))
}

/// Adds what a manifest presumes and the world does not have, where nothing was presumed yet.
pub(super) fn presume(world: &mut World, manifest: &Manifest) -> Presumed {
    let mut presumed = Presumed::default();
    presume_accounts(world, manifest, &mut presumed);
    for receiver in manifest.notify.values() {
        if let Some(topic) = receiver.topic()
            && world.presumed.insert(of_topic(topic.topic.as_str()))
        {
            world.sns.add_topic(topic.topic.as_str());
        }
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
        if !world.presumed.insert(of_domain(name)) {
            continue;
        }
        let place = Place {
            manifest,
            name: name.as_str(),
            needs_mx,
        };
        match dns {
            Dns::Manual => presume_zone_elsewhere(world, &place, &mut presumed),
            Dns::Route53(route53) if !*route53.create => {
                if let Some(account) = manifest.account(&route53.account) {
                    presume_hosted_zone(world, account.id.as_str(), &place, &mut presumed);
                }
            }
            Dns::Route53(_) => {}
        }
    }
    for domain in manifest.domains.values() {
        for mx in &domain.mx {
            if !world.presumed.insert(of_host(mx.exchange.as_str())) {
                continue;
            }
            presume_host(world, manifest, mx.exchange.as_str(), &mut presumed);
        }
    }
    presumed
}

fn presume_accounts(world: &mut World, manifest: &Manifest, presumed: &mut Presumed) {
    world.sts.seed_account(OPERATOR, &[]);
    for account in manifest.accounts.values() {
        if !world.presumed.insert(of_account(account)) {
            continue;
        }
        let role = account.role.as_ref().map(|role| {
            role.as_str()
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .to_owned()
        });
        let roles: Vec<&str> = role.iter().map(String::as_str).collect();
        world.sts.seed_account(account.id.as_str(), &roles);
        presumed.accounts.push(match &role {
            Some(role) => format!("{} (role {role})", account.id.as_str()),
            None => account.id.as_str().to_owned(),
        });
    }
}

/// A domain whose zone is presumed.
struct Place<'a> {
    manifest: &'a Manifest,
    name: &'a str,
    needs_mx: bool,
}

// Names of a manifest are valid names, so that nothing below can fail.

fn presume_zone_elsewhere(world: &mut World, place: &Place<'_>, presumed: &mut Presumed) {
    let always = Timestamp::UNIX_EPOCH;
    let _ = world.dns.add_zone(place.name, always);
    presumed.other_zones.push(place.name.to_owned());
    if place.needs_mx {
        let host = format!("mail.{}", place.name);
        let _ = world
            .dns
            .publish(place.name, "MX", &[&format!("10 {host}")], always);
        presume_host(world, place.manifest, &host, presumed);
    }
}

fn presume_hosted_zone(
    world: &mut World,
    account: &str,
    place: &Place<'_>,
    presumed: &mut Presumed,
) {
    let name = place.name;
    let is_there = world
        .route53
        .zones_of(account)
        .any(|zone| zone.name.plain() == name);
    if is_there {
        return;
    }
    let zone = world.seed_zone(account, name, true);
    presumed.hosted_zones.push(format!("{name} in {account}"));
    let Ok(zone) = zone else {
        return;
    };
    // A world file that knew nothing of the zone has its records elsewhere.
    world.move_into_zone(&zone);
    if place.needs_mx && !world.has_at_apex(&zone, "MX") {
        let host = format!("mail.{name}");
        let mx = format!("10 {host}");
        let _ = world.seed_records(&zone, name, ("MX", 300), &[&mx]);
        let _ = world.seed_records(&zone, &host, ("A", 300), &[MAIL_HOST]);
        presumed.mail_hosts.insert(host);
    }
}

/// Gives a mail host an address, where the world has none.
fn presume_host(world: &mut World, manifest: &Manifest, host: &str, presumed: &mut Presumed) {
    let now = Timestamp::UNIX_EPOCH;
    if matches!(world.resolve(host, "A", now), Lookup::Found { .. }) {
        return;
    }
    match zone_around(world, manifest, host) {
        Some(zone) => drop(world.seed_records(&zone, host, ("A", 300), &[MAIL_HOST])),
        None => drop(world.dns.publish(host, "A", &[MAIL_HOST], now)),
    }
    presumed.mail_hosts.insert(host.to_owned());
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
