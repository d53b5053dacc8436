//! The world at the beginning of a life, and what other hands change in it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sandbox::route53::record_set::{Content, RecordSet, Routing};
use sandbox::route53::records::Records;
use sandbox::world::World;

use crate::kept;
use crate::setup::{
    DNS_ACCOUNTS, Dns, MAIL_ACCOUNTS, MAIL_HOST, NAMES, PARKED, RENUMBERED, ROLE, Setup,
    WEB_ACCOUNTS,
};

/// The address of hosts that have nothing to do with the program (RFC 5737).
const ADDRESS: &str = "192.0.2.25";

/// The beginnings of texts of which a name has one.
pub(crate) const SINGLE: [&str; 5] = [
    "\"v=spf1",
    "\"v=DMARC1",
    "\"v=STSv1",
    "\"v=TLSRPTv1",
    "\"v=BIMI1",
];

/// The records at every name before the program comes: record type and value.
const BEFORE: [(&str, &str, &str); 3] = [
    ("", "MX", "10 mx.hosts.example"),
    ("", "TXT", "\"site-verification=before\""),
    ("www.", "A", ADDRESS),
];

/// The texts of an SPF and a DMARC record that a manifest takes over: what is before the name, and the
/// value.
const TAKEN_OVER: [(&str, &str); 2] = [
    ("", "\"v=spf1 include:before.example ~all\""),
    ("_dmarc.", "\"v=DMARC1; p=none\""),
];

/// The world before the first apply. Each name has a zone in both accounts and one elsewhere, all
/// with what its owner keeps there. At the names of `adopting`, the zones have records that a manifest
/// takes over.
pub(crate) fn before(setup: &Setup, adopting: &BTreeSet<usize>) -> World {
    let mut world = World::default();
    world.sts.seed_account(reconcile::sandbox::OPERATOR, &[]);
    for (_, account) in [DNS_ACCOUNTS, WEB_ACCOUNTS, MAIL_ACCOUNTS].concat() {
        world.sts.seed_account(account, &[ROLE]);
    }
    world.sts.seed_account(RENUMBERED, &[ROLE]);
    world.sts.seed_account(kept::ACCOUNT.1, &[ROLE]);
    let always = Timestamp::UNIX_EPOCH;
    let host = world.dns.publish(MAIL_HOST, "A", &[ADDRESS], always);
    host.unwrap_or_else(|error| unreachable!("a name: {error}"));
    for (position, name) in NAMES.iter().enumerate() {
        for (_, account) in DNS_ACCOUNTS {
            let id = zone(&mut world, account, name);
            if adopting.contains(&position) {
                take_over(&mut world, &id, name);
            }
        }
        let added = world.dns.add_zone(name, always);
        added.unwrap_or_else(|error| unreachable!("a name: {error}"));
        for (below, rtype, value) in BEFORE {
            let owner = format!("{below}{name}");
            let published = world.dns.publish(&owner, rtype, &[value], always);
            published.unwrap_or_else(|error| unreachable!("a name: {error}"));
        }
        let dns = setup.domain(position).map(|domain| domain.dns);
        delegate(&mut world, position, dns.unwrap_or(Dns::Account(0)), always);
    }
    for name in PARKED {
        let id = zone(&mut world, DNS_ACCOUNTS[0].1, name);
        world.delegate_zone(&id, always);
        let gone = world.lose_records(&id, name, "MX");
        gone.unwrap_or_else(|error| unreachable!("a name: {error}"));
    }
    world
}

fn zone(world: &mut World, account: &str, name: &str) -> String {
    let zone = world.seed_zone(account, name, false);
    let id = zone.unwrap_or_else(|error| unreachable!("a name: {error}"));
    for (below, rtype, value) in BEFORE {
        let owner = format!("{below}{name}");
        put(world, &id, RecordKey::new(&owner, rtype), 300, &[value]);
    }
    id
}

/// Puts the records into a zone that a manifest takes over.
fn take_over(world: &mut World, zone: &str, name: &str) {
    for (below, value) in TAKEN_OVER {
        let owner = format!("{below}{name}");
        let beside = BEFORE
            .iter()
            .filter(|(of, rtype, _)| *of == below && *rtype == "TXT");
        let mut values: Vec<&str> = beside.map(|(.., value)| *value).collect();
        values.push(value);
        put(world, zone, RecordKey::new(&owner, "TXT"), 300, &values);
    }
}

/// Whether a text is one that a domain has once, so that a manifest that takes over what is there puts
/// its own in its place.
pub(crate) fn is_single(value: &str) -> bool {
    SINGLE.iter().any(|single| value.starts_with(single))
}

/// Whether a text is an SPF record.
pub(crate) fn is_spf(value: &str) -> bool {
    value.starts_with(SINGLE[0])
}

/// Takes the SPF records at the apex out of a zone.
pub(crate) fn without_spf(world: &mut World, account: usize, name: &str) {
    let at_apex = sets(world, account, name)
        .into_iter()
        .find(|set| set.key.name.plain() == name && set.key.rtype == "TXT");
    let Some((ttl, values)) = at_apex.and_then(plain) else {
        return;
    };
    let values: Vec<String> = values
        .iter()
        .filter(|value| !is_spf(value))
        .cloned()
        .collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let Some(zone) = zone_id(world, account, name) else {
        return;
    };
    if values.is_empty() {
        let done = world.lose_records(&zone, name, "TXT");
        done.unwrap_or_else(|error| unreachable!("a name: {error}"));
    } else {
        put(world, &zone, RecordKey::new(name, "TXT"), ttl, &values);
    }
}

/// The name and type of a record set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RecordKey<'a> {
    pub(crate) name: &'a str,
    pub(crate) rtype: &'a str,
}

impl<'a> RecordKey<'a> {
    pub(crate) fn new(name: &'a str, rtype: &'a str) -> Self {
        Self { name, rtype }
    }
}

/// Puts a record set into a zone.
pub(crate) fn put(world: &mut World, zone: &str, key: RecordKey<'_>, ttl: u32, values: &[&str]) {
    let done = world.seed_records(zone, key.name, (key.rtype, ttl), values);
    done.unwrap_or_else(|error| unreachable!("a name: {error}"));
}

/// A zone, by the positions of its account and of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ZoneAt {
    pub(crate) account: usize,
    pub(crate) name: usize,
}

/// Moves the delegation of a name.
pub(crate) fn delegate(world: &mut World, name: usize, to: Dns, now: Timestamp) {
    match to {
        Dns::Manual => {
            let done = world.dns.undelegate(NAMES[name]);
            done.unwrap_or_else(|error| unreachable!("a name: {error}"));
        }
        Dns::Account(account) => {
            if let Some(id) = zone_id(world, account, NAMES[name]) {
                world.delegate_zone(&id, now);
            }
        }
    }
}

/// The id of a name's zone in an account.
pub(crate) fn zone_id(world: &World, account: usize, name: &str) -> Option<String> {
    let mut zones = world.route53.zones_of(DNS_ACCOUNTS[account].1);
    let zone = zones.find(|zone| zone.name.plain() == name);
    zone.map(|zone| zone.id.clone())
}

/// The record sets of a zone that somebody put there: all but the NS and SOA of the zone itself.
pub(crate) fn sets<'a>(world: &'a World, account: usize, name: &str) -> Vec<&'a RecordSet> {
    let mut zones = world.route53.zones_of(DNS_ACCOUNTS[account].1);
    let zone = zones.find(|zone| zone.name.plain() == name);
    let records = zone.map(|zone| &zone.records);
    let all = records
        .into_iter()
        .flat_map(|records: &Records| records.from(None));
    all.filter(|set| !matches!(set.key.rtype.as_str(), "NS" | "SOA"))
        .collect()
}

/// The values of a plain record set.
pub(crate) fn plain(set: &RecordSet) -> Option<(u32, &[String])> {
    match (&set.content, &set.routing) {
        (Content::Values { ttl, values }, Routing::Simple) => Some((*ttl, values)),
        _ => None,
    }
}

/// The values elsewhere at a name before the program comes.
pub(crate) fn found(name: &str, rtype: &str) -> Vec<String> {
    let is_meant = |(below, of, _): &&(&str, &str, &str)| {
        *of == rtype && NAMES.iter().any(|apex| format!("{below}{apex}") == name)
    };
    let all = BEFORE.iter().filter(is_meant);
    all.map(|(_, _, value)| (*value).to_owned()).collect()
}
