//! The DNS that is not in Route 53: what registries and other people's servers say.

use jiff::Timestamp;

use crate::dns::state::{Delegation, State};
use crate::dns_text::name::{DnsName, NameProblem};
use crate::dns_text::strings;
use crate::route53::record_set::{RecordSet, SetKey};
use crate::route53::records::Records;

/// The time to live of what is published elsewhere.
const TTL: u32 = 300;

impl State {
    /// Makes a registry name these servers for `domain`, instead of any it named before.
    pub fn delegate(
        &mut self,
        domain: &str,
        name_servers: &[String],
        since: Timestamp,
    ) -> Result<(), NameProblem> {
        let name_servers = name_servers
            .iter()
            .map(|server| DnsName::parse(server))
            .collect::<Result<_, _>>()?;
        let delegation = Delegation {
            name_servers,
            since,
        };
        self.delegations.insert(DnsName::parse(domain)?, delegation);
        Ok(())
    }

    /// Makes a registry forget `domain`. A zone elsewhere of this name answers again.
    pub fn undelegate(&mut self, domain: &str) -> Result<(), NameProblem> {
        self.delegations.remove(&DnsName::parse(domain)?);
        Ok(())
    }

    /// The servers that registries name for `domain`. A zone elsewhere that nobody delegates is
    /// delegated to its own.
    pub(crate) fn delegated(&self, domain: &DnsName, now: Timestamp) -> Option<Vec<DnsName>> {
        if let Some(delegation) = self.delegations.get(domain) {
            return Some(delegation.name_servers.clone());
        }
        let records = self.elsewhere.get(domain)?;
        let mut sets = records.visible_at(domain, now);
        let servers = sets.find(|seen| seen.set.key.rtype == "NS")?;
        let servers = servers.set.values().iter();
        Some(
            servers
                .filter_map(|server| DnsName::parse(server).ok())
                .collect(),
        )
    }

    /// The zone elsewhere with this apex, if `server` is one that the world is sent to for it.
    pub(crate) fn elsewhere_at(
        &self,
        apex: &DnsName,
        server: &DnsName,
        now: Timestamp,
    ) -> Option<&Records> {
        let records = self.elsewhere.get(apex)?;
        self.delegated(apex, now)?
            .contains(server)
            .then_some(records)
    }

    /// Adds an empty zone on somebody else's servers, delegated to.
    pub fn add_zone(&mut self, zone: &str, since: Timestamp) -> Result<(), NameProblem> {
        let apex = DnsName::parse(zone)?;
        self.elsewhere
            .entry(apex)
            .or_insert_with_key(|apex| empty_zone(apex, since));
        Ok(())
    }

    /// Publishes records on somebody else's servers, in place of those of this name and type.
    /// External observers see them at once. Without a zone elsewhere that the name is in, there will be
    /// one for its last two labels. TXT values may come without quotes.
    pub fn publish(
        &mut self,
        name: &str,
        rtype: &str,
        values: &[&str],
        now: Timestamp,
    ) -> Result<(), NameProblem> {
        let name = DnsName::parse(name)?;
        let rtype = rtype.to_ascii_uppercase();
        let values = values.iter().map(|value| quoted(&rtype, value)).collect();
        let set = RecordSet::simple(name.clone(), &rtype, TTL, values);
        self.zone_of(&name, now)
            .put(set.key.clone(), Some(set), now, now);
        Ok(())
    }

    /// Takes the records of this name and type off somebody else's servers.
    pub fn unpublish(
        &mut self,
        name: &str,
        rtype: &str,
        now: Timestamp,
    ) -> Result<(), NameProblem> {
        let name = DnsName::parse(name)?;
        let key = SetKey {
            name: name.clone(),
            rtype: rtype.to_ascii_uppercase(),
            identifier: None,
        };
        self.zone_of(&name, now).put(key, None, now, now);
        Ok(())
    }

    /// Takes what is published at and below a name off somebody else's servers, and gives it. Zones of
    /// their own below the name stay, and so does what makes a zone one.
    pub(crate) fn take_within(&mut self, name: &DnsName) -> Vec<RecordSet> {
        let always = Timestamp::UNIX_EPOCH;
        let mut taken = Vec::new();
        let around = self.elsewhere.iter_mut();
        for (apex, records) in around.filter(|(apex, _)| name.is_within(apex)) {
            let is_of_zone =
                |key: &SetKey| key.name == *apex && matches!(key.rtype.as_str(), "SOA" | "NS");
            let inside: Vec<RecordSet> = records
                .from(None)
                .filter(|set| set.key.name.is_within(name) && !is_of_zone(&set.key))
                .cloned()
                .collect();
            for set in inside {
                records.put(set.key.clone(), None, always, always);
                taken.push(set);
            }
        }
        taken
    }

    /// The zone elsewhere that a name is in, made if there is none.
    fn zone_of(&mut self, name: &DnsName, now: Timestamp) -> &mut Records {
        let apex = (1..=name.depth())
            .rev()
            .map(|depth| name.ancestor(depth))
            .find(|ancestor| self.elsewhere.contains_key(ancestor))
            .unwrap_or_else(|| name.ancestor(2));
        self.elsewhere
            .entry(apex)
            .or_insert_with_key(|apex| empty_zone(apex, now))
    }
}

fn empty_zone(apex: &DnsName, since: Timestamp) -> Records {
    let mut records = Records::default();
    let server = format!("ns1.{apex}");
    let start = format!("{server} hostmaster.{apex} 1 7200 900 1209600 300");
    for (rtype, value) in [("NS", server), ("SOA", start)] {
        let set = RecordSet::simple(apex.clone(), rtype, TTL, vec![value]);
        records.put(set.key.clone(), Some(set), since, since);
    }
    records
}

fn quoted(rtype: &str, value: &str) -> String {
    if rtype != "TXT" || value.trim_start().starts_with('"') {
        return value.to_owned();
    }
    let chunks: Vec<_> = value.as_bytes().chunks(255).map(<[u8]>::to_vec).collect();
    strings::write(&chunks)
}
