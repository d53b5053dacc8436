//! The hosted zones of all accounts, and what can be done to them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::dns_text::name::DnsName;
use crate::route53::batch;
use crate::route53::draft::ChangeBatch;
use crate::route53::error::Error;
use crate::route53::records::Records;
use crate::route53::zone::{self, Vpc, Zone};

/// How many hosted zones an account may have at first.
const ZONES_MAX: usize = 500;

/// The service's state.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// Every account's zones by id.
    pub(crate) zones: BTreeMap<String, Zone>,
    /// How many zones an account may have, where it is not the default.
    #[serde(rename = "~zones_max")]
    pub zones_max: Option<usize>,
    #[serde(rename = "~changes")]
    changes: BTreeMap<String, ChangeInfo>,
    #[serde(rename = "~ids_by_name")]
    ids_by_name: BTreeMap<DnsName, BTreeSet<String>>,
    /// Each caller reference that was ever used, after its account.
    #[serde(rename = "~references")]
    references: BTreeSet<String>,
    #[serde(rename = "~counter")]
    counter: u64,
}

/// A change on its way to all servers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ChangeInfo {
    /// Whose it is.
    pub account: String,
    /// `C0123456789ABCDEFGHIJ`.
    pub id: String,
    /// When it was accepted.
    pub submitted_at: Timestamp,
    /// When it is on all servers.
    pub insync_at: Timestamp,
    /// The batch's.
    pub comment: Option<String>,
}

/// The caller, the time, and how long things take then.
#[derive(Clone, Copy, Debug)]
pub struct Caller<'a> {
    /// The account.
    pub account: &'a str,
    /// The ARN.
    pub principal: &'a str,
    /// The time.
    pub now: Timestamp,
    /// Until a change is in sync.
    pub insync: SignedDuration,
    /// For how long a change keeps its zone busy.
    pub busy: SignedDuration,
}

/// The input of `CreateHostedZone`.
#[derive(Clone, Debug, Default)]
pub struct NewZone {
    /// The apex.
    pub name: String,
    /// Unique in the account.
    pub caller_reference: String,
    /// Free text.
    pub comment: Option<String>,
    /// Makes it private.
    pub vpc: Option<Vpc>,
}

/// When a zone is made, and when the public begins to see it.
#[derive(Clone, Copy, Debug)]
struct Visibility {
    created: Timestamp,
    from: Timestamp,
}

impl State {
    /// Makes a zone.
    pub fn create_zone(
        &mut self,
        caller: &Caller<'_>,
        new: NewZone,
    ) -> Result<(&Zone, ChangeInfo), Error> {
        let name = DnsName::parse(&new.name)
            .ok()
            .filter(|name| name.depth() > 0)
            .ok_or_else(|| {
                Error::InvalidDomainName(format!("The domain name {} is not valid.", new.name))
            })?;
        let of_account = || {
            self.zones
                .values()
                .filter(|zone| zone.account == caller.account)
        };
        // "CallerReference: you must use a unique string every time" (API reference): one is spent
        // for good, also after its zone is deleted (Netflix/denominator pull request 356).
        let reference = format!("{} {}", caller.account, new.caller_reference);
        if self.references.contains(&reference) {
            return Err(Error::HostedZoneAlreadyExists);
        }
        if new.vpc.is_some() && of_account().any(|zone| zone.name == name && zone.vpc == new.vpc) {
            return Err(Error::ConflictingDomainExists);
        }
        if of_account().count() >= self.zones_max() {
            return Err(Error::TooManyHostedZones);
        }
        self.references.insert(reference);
        let change = self.record_change(caller, None);
        let visibility = Visibility {
            created: caller.now,
            from: change.insync_at,
        };
        let id = self.add_zone(caller.account, name, new, visibility);
        Ok((&self.zones[&id], change))
    }

    /// How many zones an account may have.
    pub(crate) fn zones_max(&self) -> usize {
        self.zones_max.unwrap_or(ZONES_MAX)
    }

    /// Adds a zone that has been there for a long time.
    pub(crate) fn seed_zone(&mut self, account: &str, name: DnsName) -> &Zone {
        let new = NewZone {
            caller_reference: format!("seed {} {}", self.counter, name),
            ..NewZone::default()
        };
        let always = Visibility {
            created: Timestamp::UNIX_EPOCH,
            from: Timestamp::UNIX_EPOCH,
        };
        let id = self.add_zone(account, name, new, always);
        &self.zones[&id]
    }

    /// Takes a zone away from its owner, with all that is in it.
    pub(crate) fn lose_zone(&mut self, id: &str) -> Option<Zone> {
        let zone = self.zones.remove(id)?;
        self.forget_name(&zone.name, id);
        Some(zone)
    }

    /// Adds a zone that there is in another world.
    pub(crate) fn take_zone(&mut self, zone: Zone) {
        let ids = self.ids_by_name.entry(zone.name.clone()).or_default();
        ids.insert(zone.id.clone());
        self.zones.insert(zone.id.clone(), zone);
    }

    fn forget_name(&mut self, name: &DnsName, id: &str) {
        if let Some(ids) = self.ids_by_name.get_mut(name) {
            ids.remove(id);
            if ids.is_empty() {
                self.ids_by_name.remove(name);
            }
        }
    }

    fn add_zone(
        &mut self,
        account: &str,
        name: DnsName,
        new: NewZone,
        visibility: Visibility,
    ) -> String {
        let seed = format!("{account} {name} {}", self.next());
        let id = zone::id('Z', &format!("zone {seed}"));
        let mut zone = Zone {
            account: account.to_owned(),
            id: id.clone(),
            name_servers: self.unused_servers(&name, &seed),
            name: name.clone(),
            caller_reference: new.caller_reference,
            comment: new.comment,
            vpc: new.vpc,
            records: Records::default(),
            tags: BTreeMap::new(),
            signed: false,
            accelerated_recovery: None,
            created_at: Some(visibility.created),
            last_change: None,
        };
        zone.furnish(visibility.created, visibility.from);
        self.ids_by_name.entry(name).or_default().insert(id.clone());
        self.zones.insert(id.clone(), zone);
        id
    }

    /// Zones of one name never share a name server, so that a delegation means one of them.
    fn unused_servers(&self, name: &DnsName, seed: &str) -> Vec<DnsName> {
        let taken: BTreeSet<&DnsName> = self
            .zones_named(name)
            .flat_map(|zone| &zone.name_servers)
            .collect();
        (0..1000)
            .map(|draw| zone::name_servers(&format!("servers {seed} {draw}")))
            .find(|servers| servers.iter().all(|server| !taken.contains(server)))
            .unwrap_or_default()
    }

    fn zones_named(&self, name: &DnsName) -> impl Iterator<Item = &Zone> {
        let ids = self.ids_by_name.get(name).into_iter().flatten();
        ids.filter_map(|id| self.zones.get(id))
    }

    /// The public zone of this name that one of these servers has.
    pub(crate) fn public_zone(&self, name: &DnsName, servers: &[DnsName]) -> Option<&Zone> {
        self.zones_named(name).find(|zone| {
            zone.vpc.is_none()
                && zone
                    .name_servers
                    .iter()
                    .any(|server| servers.contains(server))
        })
    }

    /// A public zone of this name, whoever has it.
    pub(crate) fn some_public_zone(&self, name: &DnsName) -> Option<&Zone> {
        self.zones_named(name).find(|zone| zone.vpc.is_none())
    }

    /// When a zone was created.
    pub(crate) fn created_at(&self, id: &str) -> Option<Timestamp> {
        self.zones.get(id)?.created_at
    }

    /// The account's zones, by id.
    pub fn zones_of(&self, account: &str) -> impl Iterator<Item = &Zone> {
        self.zones
            .values()
            .filter(move |zone| zone.account == account)
    }

    /// A zone of the caller's account.
    pub fn zone(&self, caller: &Caller<'_>, id: &str) -> Result<&Zone, Error> {
        let zone = self
            .zones
            .get(id)
            .ok_or_else(|| Error::NoSuchHostedZone(id.to_owned()))?;
        if zone.account != caller.account {
            return Err(Error::AccessDenied(caller.principal.to_owned()));
        }
        Ok(zone)
    }

    /// A zone of the caller's account, to change it.
    pub(crate) fn zone_mut(&mut self, caller: &Caller<'_>, id: &str) -> Result<&mut Zone, Error> {
        self.zone(caller, id)?;
        self.zones
            .get_mut(id)
            .ok_or_else(|| Error::NoSuchHostedZone(id.to_owned()))
    }

    /// Deletes a zone that is bare.
    pub fn delete_zone(&mut self, caller: &Caller<'_>, id: &str) -> Result<ChangeInfo, Error> {
        let zone = self.zone(caller, id)?;
        if !zone.is_bare() {
            return Err(Error::HostedZoneNotEmpty);
        }
        if zone.signed {
            return Err(Error::HostedZoneSigned);
        }
        if let Some(since) = zone.accelerated_recovery {
            return Err(if caller.now < since {
                Error::Locked(id.to_owned())
            } else {
                Error::InvalidInput(format!(
                    "HostedZone {id} has accelerated recovery enabled. Disable it before you delete the zone."
                ))
            });
        }
        let name = zone.name.clone();
        self.zones.remove(id);
        self.forget_name(&name, id);
        Ok(self.record_change(caller, None))
    }

    /// Carries a batch out, all of it or nothing.
    pub fn change(
        &mut self,
        caller: &Caller<'_>,
        zone_id: &str,
        batch: ChangeBatch,
    ) -> Result<ChangeInfo, Error> {
        let zone = self.zone(caller, zone_id)?;
        let is_busy = |last: Timestamp| caller.now.duration_since(last) < caller.busy;
        if zone.last_change.is_some_and(is_busy) {
            return Err(Error::PriorRequestNotComplete);
        }
        let switches = |since: Timestamp| caller.now < since;
        if zone.accelerated_recovery.is_some_and(switches) {
            return Err(Error::Locked(zone_id.to_owned()));
        }
        let effect = batch::check(zone, &batch.changes.members)?;
        let change = self.record_change(caller, batch.comment);
        let zone = self.zone_mut(caller, zone_id)?;
        zone.last_change = Some(caller.now);
        for (key, set) in effect {
            zone.records.put(key, set, caller.now, change.insync_at);
        }
        Ok(change)
    }

    /// A change of the caller's account.
    pub fn get_change(&self, caller: &Caller<'_>, id: &str) -> Result<&ChangeInfo, Error> {
        self.changes
            .get(id)
            .filter(|change| change.account == caller.account)
            .ok_or_else(|| Error::NoSuchChange(id.to_owned()))
    }

    fn record_change(&mut self, caller: &Caller<'_>, comment: Option<String>) -> ChangeInfo {
        let change = ChangeInfo {
            account: caller.account.to_owned(),
            id: zone::id('C', &format!("change {} {}", caller.account, self.next())),
            submitted_at: caller.now,
            insync_at: caller.now + caller.insync,
            comment,
        };
        self.changes.insert(change.id.clone(), change.clone());
        change
    }

    fn next(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }
}
