//! Registrations of domains: until when, what the zone above has of them, and the keys of their zones.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;

use crate::dns::answers::Record;
use crate::dns::state::{Registration, State};
use crate::dns_text::name::{DnsName, NameProblem};

/// The time to live of DS and DNSKEY records.
const TTL: u32 = 3600;

impl State {
    /// Lets the registry of `domain` have this of it, in place of what it had.
    pub fn register(
        &mut self,
        domain: &str,
        registration: Registration,
    ) -> Result<(), NameProblem> {
        let domain = DnsName::parse(domain)?;
        self.registrations.insert(domain, registration);
        Ok(())
    }

    /// The moment at which a registration ends; nothing for a domain that nobody has. One that no world file
    /// speaks of is renewed in time.
    pub(crate) fn expires(&self, name: &DnsName, now: Timestamp) -> Option<Timestamp> {
        let held = self.registrations.get(name);
        let mut domains = self.domains();
        let is_registered = held.is_some() || domains.any(|domain| domain.is_within(name));
        if !is_registered {
            return None;
        }
        let year = TimeZone::UTC.to_datetime(now).year();
        let renewed = date(year + 2, 1, 1).at(0, 0, 0, 0);
        let renewed = TimeZone::UTC.to_timestamp(renewed).ok();
        held.and_then(|held| held.expires).or(renewed)
    }

    /// The top-level domains whose registries answer by RDAP.
    pub(crate) fn top_level_domains(&self) -> BTreeSet<String> {
        let top = |name: &DnsName| name.ancestor(1).plain();
        let silent = self.registrations.iter().filter(|(_, held)| !held.rdap);
        let silent: BTreeSet<String> = silent.map(|(name, _)| top(name)).collect();
        let answering = self.domains().map(top);
        answering.filter(|name| !silent.contains(name)).collect()
    }

    fn domains(&self) -> impl Iterator<Item = &DnsName> {
        let elsewhere = self.delegations.keys().chain(self.elsewhere.keys());
        elsewhere.chain(self.registrations.keys())
    }

    /// The records of DNSSEC at `name`: DS, which the zone above answers, and DNSKEY. Nothing where there
    /// are none.
    pub(super) fn dnssec(&self, name: &DnsName, rtype: &str) -> Option<Vec<Record>> {
        let registration = self.registrations.get(name)?;
        let values = match rtype {
            "DS" => &registration.ds,
            "DNSKEY" => &registration.dnskey,
            _ => return None,
        };
        let records = values.iter().map(|value| Record {
            name: name.plain(),
            rtype: rtype.to_owned(),
            ttl: TTL,
            value: value.clone(),
        });
        Some(records.collect()).filter(|records: &Vec<Record>| !records.is_empty())
    }
}
