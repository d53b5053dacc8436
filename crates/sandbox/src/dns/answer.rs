//! The answer of one zone: RFC 1034, section 4.3.2, without the way between zones.

use jiff::Timestamp;

use crate::dns::answers::Record;
use crate::dns_text::name::DnsName;
use crate::dns_text::value;
use crate::route53::record_set::{Alias, Content, RecordSet, Routing};
use crate::route53::records::{Records, Visible};

/// The answer of a zone about a name and a type.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// Records of the type, and since when they are seen.
    Records(Vec<Record>, Timestamp),
    /// The name is another name.
    Cname(Record, DnsName, Timestamp),
    /// An alias of the type stands there.
    Alias(Alias, Timestamp),
    /// The name is in a zone of its own, which these name servers answer for.
    Delegated(DnsName, Vec<DnsName>),
    /// The name exists, the type does not.
    NoData,
    /// The name does not exist.
    NxDomain,
}

/// A zone as the public sees it at one time.
#[derive(Clone, Debug)]
pub(crate) struct PublicZone<'a> {
    pub(crate) apex: DnsName,
    pub(crate) records: &'a Records,
    pub(crate) now: Timestamp,
}

impl PublicZone<'_> {
    /// Asks for a name within the zone.
    pub(crate) fn ask(&self, name: &DnsName, rtype: &str) -> Answer {
        if let Some(cut) = self.delegation(name, rtype) {
            return cut;
        }
        if self.exists(name) {
            return self.at(name, name, rtype);
        }
        // RFC 4592: the wildcard of the closest name that exists, and of no other.
        let encloser = (self.apex.depth()..name.depth())
            .rev()
            .map(|depth| name.ancestor(depth))
            .find(|ancestor| self.exists(ancestor));
        match encloser.map(|encloser| encloser.wildcard()) {
            Some(wildcard) if self.exists(&wildcard) => self.at(&wildcard, name, rtype),
            _ => Answer::NxDomain,
        }
    }

    /// Whether the servers have the zone: not while it is on its way to them.
    pub(crate) fn is_served(&self) -> bool {
        let mut sets = self.records.visible_at(&self.apex, self.now);
        sets.any(|seen| seen.set.key.rtype == "SOA")
    }

    /// The SOA record; nothing while the zone is on its way to the servers.
    pub(crate) fn start_of_authority(&self) -> Option<Record> {
        match self.at(&self.apex, &self.apex, "SOA") {
            Answer::Records(records, _) => records.into_iter().next(),
            _ => None,
        }
    }

    fn exists(&self, name: &DnsName) -> bool {
        self.records.is_visible(name, self.now)
    }

    fn delegation(&self, name: &DnsName, rtype: &str) -> Option<Answer> {
        (self.apex.depth() + 1..=name.depth()).find_map(|depth| {
            let cut = name.ancestor(depth);
            // A DS record belongs to the parent (RFC 4035, section 3.1.4.1).
            if cut == *name && rtype == "DS" {
                return None;
            }
            let servers = self
                .records
                .visible_at(&cut, self.now)
                .find(|seen| seen.set.key.rtype == "NS")
                .map(|seen| name_servers(seen.set))?;
            Some(Answer::Delegated(cut, servers))
        })
    }

    /// The records that stand at `owner`, as an answer about `name`.
    fn at(&self, owner: &DnsName, name: &DnsName, rtype: &str) -> Answer {
        let of_type = |wanted: &str| {
            let sets = self.records.visible_at(owner, self.now);
            chosen(sets.filter(|seen| seen.set.key.rtype == wanted).collect())
        };
        let cnames = of_type("CNAME");
        let sets = if cnames.is_empty() {
            of_type(rtype)
        } else {
            cnames
        };
        let Some(Visible { set: first, since }) = sets.first().copied() else {
            return Answer::NoData;
        };
        if let Content::Alias(alias) = &first.content {
            return Answer::Alias(alias.clone(), since);
        }
        let since = sets.iter().map(|seen| seen.since).max().unwrap_or(since);
        let mut records = sets.iter().flat_map(|seen| to_records(seen.set, name));
        if first.key.rtype == "CNAME" && rtype != "CNAME" {
            let target = first.values().first();
            let target = target.and_then(|value| DnsName::parse(value).ok());
            return match (records.next(), target) {
                (Some(record), Some(target)) => Answer::Cname(record, target, since),
                _ => Answer::NoData,
            };
        }
        Answer::Records(records.collect(), since)
    }
}

fn name_servers(set: &RecordSet) -> Vec<DnsName> {
    set.values()
        .iter()
        .filter_map(|value| DnsName::parse(value).ok())
        .collect()
}

/// The sets that a routing policy answers with. Nobody is unhealthy here and everybody asks from
/// the same place, so that the choice is always the same one.
fn chosen(sets: Vec<Visible<'_>>) -> Vec<Visible<'_>> {
    let Some(first) = sets.first() else {
        return sets;
    };
    let is_preferred: fn(&Routing) -> bool = match first.set.routing {
        Routing::MultiValue(_) => return sets.into_iter().take(8).collect(),
        Routing::Simple | Routing::Latency(_) => |_| true,
        Routing::Weighted(_) => |routing| !matches!(routing, Routing::Weighted(0)),
        Routing::Failover(_) => {
            |routing| matches!(routing, Routing::Failover(role) if role == "PRIMARY")
        }
        Routing::Geolocation { .. } => {
            |routing| matches!(routing, Routing::Geolocation { country: Some(country), .. } if country == "*")
        }
    };
    let preferred = sets.iter().position(|seen| is_preferred(&seen.set.routing));
    vec![sets[preferred.unwrap_or(0)]]
}

fn to_records(set: &RecordSet, name: &DnsName) -> Vec<Record> {
    let ttl = set.ttl().unwrap_or_default();
    set.values()
        .iter()
        .map(|text| Record {
            name: name.plain(),
            rtype: set.key.rtype.clone(),
            ttl,
            value: value::to_presentation(&set.key.rtype, text),
        })
        .collect()
}
