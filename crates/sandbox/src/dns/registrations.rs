//! Registrations of domains: what the zone above has of them, and the keys of their zones.

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
