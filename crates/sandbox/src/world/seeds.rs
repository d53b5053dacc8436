//! Puts things into a world as if they had been there for a long time: for world files and tests.

use jiff::Timestamp;

use crate::dns_text::name::{DnsName, NameProblem};
use crate::route53::record_set;
use crate::world::World;

impl World {
    /// Adds a zone that has been there for a long time, and lets registries delegate to it or not.
    /// Returns its id.
    pub fn seed_zone(
        &mut self,
        account: &str,
        name: &str,
        delegated: bool,
    ) -> Result<String, NameProblem> {
        let zone = self.route53.seed_zone(account, DnsName::parse(name)?);
        let id = zone.id.clone();
        if delegated {
            let servers: Vec<String> = zone.name_servers.iter().map(DnsName::plain).collect();
            self.dns.delegate(name, &servers, Timestamp::UNIX_EPOCH)?;
        }
        Ok(id)
    }

    /// Moves what is published in a zone's names on somebody else's servers into the zone, as if it had
    /// always been there: the world asks the zone, and would see nothing of it.
    pub fn move_into_zone(&mut self, zone_id: &str) {
        let Some(zone) = self.route53.zones.get_mut(zone_id) else {
            return;
        };
        let always = Timestamp::UNIX_EPOCH;
        for set in self.dns.take_within(&zone.name) {
            zone.records.put(set.key.clone(), Some(set), always, always);
        }
    }

    /// Whether a zone has a record set of this type at its own name.
    pub fn has_at_apex(&self, zone_id: &str, rtype: &str) -> bool {
        let zone = self.route53.zones.get(zone_id);
        zone.is_some_and(|zone| {
            let mut sets = zone.records.at(&zone.name);
            sets.any(|set| set.key.rtype == rtype)
        })
    }

    /// Deletes a zone with all that is in it, and makes it again under its name: with another id and other
    /// servers, to which nobody delegates yet. Returns the id.
    pub fn make_zone_again(&mut self, zone_id: &str) -> Option<String> {
        let zone = self.route53.lose_zone(zone_id)?;
        Some(self.route53.seed_zone(&zone.account, zone.name).id.clone())
    }

    /// Puts a zone of another world in the place of the one that it has there.
    pub fn take_zone(&mut self, from: &Self, zone_id: &str, replaced: &str) {
        if let Some(zone) = from.route53.zones.get(zone_id) {
            self.route53.lose_zone(replaced);
            self.route53.take_zone(zone.clone());
        }
    }

    /// Lets registries delegate a zone's name to it from `now` on, instead of wherever it was delegated to.
    pub fn delegate_zone(&mut self, zone_id: &str, now: Timestamp) {
        if let Some(zone) = self.route53.zones.get(zone_id) {
            let servers: Vec<String> = zone.name_servers.iter().map(DnsName::plain).collect();
            // Names that were read once can be read again.
            let _ = self.dns.delegate(&zone.name.plain(), &servers, now);
        }
    }

    /// Puts a record set into a Route 53 zone, as if it had been there for a long time: for world
    /// files. Values are spelled as Route 53 spells them.
    pub fn seed_records(
        &mut self,
        zone_id: &str,
        name: &str,
        (rtype, ttl): (&str, u32),
        values: &[&str],
    ) -> Result<(), NameProblem> {
        let name = DnsName::parse(name)?;
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        let set = record_set::RecordSet::simple(name, &rtype.to_ascii_uppercase(), ttl, values);
        if let Some(zone) = self.route53.zones.get_mut(zone_id) {
            let always = Timestamp::UNIX_EPOCH;
            zone.records.put(set.key.clone(), Some(set), always, always);
        }
        Ok(())
    }

    /// Gives a record set of a Route 53 zone a weight and an identifier, as if somebody had done so long
    /// ago. Nothing where there is no such set.
    pub fn weigh_records(
        &mut self,
        zone_id: &str,
        name: &str,
        rtype: &str,
        identifier: &str,
    ) -> Result<(), NameProblem> {
        let key = record_set::SetKey {
            name: DnsName::parse(name)?,
            rtype: rtype.to_ascii_uppercase(),
            identifier: None,
        };
        if let Some(zone) = self.route53.zones.get_mut(zone_id)
            && let Some(set) = zone.records.get(&key).cloned()
        {
            let always = Timestamp::UNIX_EPOCH;
            let weighted = record_set::SetKey {
                identifier: Some(identifier.to_owned()),
                ..key.clone()
            };
            let set = record_set::RecordSet {
                key: weighted.clone(),
                routing: record_set::Routing::Weighted(1),
                ..set
            };
            zone.records.put(key, None, always, always);
            zone.records.put(weighted, Some(set), always, always);
        }
        Ok(())
    }

    /// Adds a zone that only a VPC asks. Returns its id.
    pub fn seed_private_zone(&mut self, account: &str, name: &str) -> Result<String, NameProblem> {
        let id = self
            .route53
            .seed_zone(account, DnsName::parse(name)?)
            .id
            .clone();
        if let Some(zone) = self.route53.zones.get_mut(&id) {
            zone.vpc = Some(crate::route53::Vpc {
                region: "eu-west-1".to_owned(),
                id: "vpc-1".to_owned(),
            });
        }
        Ok(id)
    }

    /// Takes a record set out of a Route 53 zone, as if somebody had done so long ago.
    pub fn lose_records(
        &mut self,
        zone_id: &str,
        name: &str,
        rtype: &str,
    ) -> Result<(), NameProblem> {
        let key = record_set::SetKey {
            name: DnsName::parse(name)?,
            rtype: rtype.to_ascii_uppercase(),
            identifier: None,
        };
        if let Some(zone) = self.route53.zones.get_mut(zone_id) {
            let always = Timestamp::UNIX_EPOCH;
            zone.records.put(key, None, always, always);
        }
        Ok(())
    }
}
