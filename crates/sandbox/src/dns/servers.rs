//! Single name servers, where a resolver asks all of them: what the zone above says about a zone,
//! and what one server says from its own zones, whether the world is sent to it or not.

use jiff::Timestamp;

use crate::dns::answer::{Answer, PublicZone};
use crate::dns::answers::Lookup;
use crate::dns::lookup::{Authority, End, PublicDns, Trace};
use crate::dns_text::name::DnsName;
use crate::route53::Zone;

impl PublicDns<'_> {
    /// The name servers to which the zone above delegates `zone`, where it delegates at all.
    pub(crate) fn referral(&self, zone: &DnsName, now: Timestamp) -> Option<Vec<DnsName>> {
        if let Some(servers) = self.outside.delegated(zone, now) {
            return Some(servers);
        }
        if zone.depth() < 2 {
            return None;
        }
        let Authority::Zone(above, _) = self.authority(&zone.ancestor(zone.depth() - 1), now)
        else {
            return None;
        };
        match above.ask(zone, "NS") {
            Answer::Delegated(cut, servers) if cut == *zone => Some(servers),
            _ => None,
        }
    }

    /// The answer of the name server `server` from its own zones; nothing where it refuses.
    pub(crate) fn ask_server(
        &self,
        server: &str,
        name: &str,
        rtype: &str,
        now: Timestamp,
    ) -> Option<Lookup> {
        let server = [DnsName::parse(server).ok()?];
        let name = DnsName::parse(name).ok()?;
        let zone = (1..=name.depth()).rev().find_map(|depth| {
            let apex = name.ancestor(depth);
            if let Some(zone) = self.zones.public_zone(&apex, &server) {
                return Some(public(zone, now));
            }
            let records = self.outside.elsewhere_at(&apex, &server[0], now)?;
            Some(PublicZone { apex, records, now })
        })?;
        if rtype == "DNSKEY"
            && let Some(records) = self.outside.dnssec(&name, rtype)
        {
            return Some(Lookup::Found {
                chain: Vec::new(),
                records,
                since: Timestamp::MIN,
            });
        }
        Some(self.within(&zone, &name, rtype).into())
    }

    /// The answer of a name server that has a zone around `name`: that of the zone that is
    /// delegated to, and where there is none, any of Route 53's.
    pub(crate) fn ask_any_server(&self, name: &DnsName, rtype: &str, now: Timestamp) -> Trace {
        let trace = self.trace(name, rtype, now);
        if !matches!(trace.end, End::ServFail | End::NotDelegated) || !trace.chain.is_empty() {
            return trace;
        }
        let zone = (1..=name.depth())
            .rev()
            .find_map(|depth| self.zones.some_public_zone(&name.ancestor(depth)));
        match zone {
            Some(zone) => self.within(&public(zone, now), name, rtype),
            None => trace,
        }
    }

    /// The answer of one zone alone.
    fn within(&self, zone: &PublicZone<'_>, name: &DnsName, rtype: &str) -> Trace {
        let mut chain = Vec::new();
        let mut since = Timestamp::MIN;
        let end = if zone.is_served() {
            match self.flat(zone, name, rtype) {
                Answer::Records(records, seen) => {
                    since = seen;
                    End::Found(records)
                }
                Answer::Cname(record, _, seen) => {
                    since = seen;
                    chain.push(record);
                    End::Found(Vec::new())
                }
                Answer::NxDomain => End::NxDomain(zone.start_of_authority()),
                Answer::NoData | Answer::Alias(..) | Answer::Delegated(..) => {
                    End::NoData(zone.start_of_authority())
                }
            }
        } else {
            End::ServFail
        };
        Trace { chain, end, since }
    }
}

fn public(zone: &Zone, now: Timestamp) -> PublicZone<'_> {
    PublicZone {
        apex: zone.name.clone(),
        records: &zone.records,
        now,
    }
}
