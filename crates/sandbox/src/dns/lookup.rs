//! The way of a question through the zones, as a resolver walks it.

use jiff::Timestamp;

use crate::dns::answer::{Answer, PublicZone};
use crate::dns::answers::{AwsNames, Dns, Lookup, Record};
use crate::dns::state::State;
use crate::dns::{aws_names, senders};
use crate::dns_text::name::DnsName;
use crate::route53;
use crate::route53::record_set::Alias;
use crate::route53::records::Records;

/// How many CNAMEs or aliases are followed; resolvers give up at about as many.
const HOPS: usize = 16;

/// The DNS of one world, put together from those who publish in it.
#[derive(Clone, Copy)]
pub struct PublicDns<'a> {
    /// Registries, and zones outside of AWS.
    pub(crate) outside: &'a State,
    /// Route 53's zones.
    pub(crate) zones: &'a route53::State,
    /// AWS's own names.
    pub(crate) aws: &'a dyn AwsNames,
}

impl Dns for PublicDns<'_> {
    fn resolve(&self, name: &str, rtype: &str, now: Timestamp) -> Lookup {
        let Ok(name) = DnsName::parse(name) else {
            return Lookup::NxDomain;
        };
        self.trace(&name, &rtype.to_ascii_uppercase(), now).into()
    }
}

/// The way of a question.
#[derive(Clone, Debug)]
pub(crate) struct Trace {
    /// CNAMEs on the way, in order.
    pub(crate) chain: Vec<Record>,
    /// Its end.
    pub(crate) end: End,
    /// Since when all of it is seen.
    pub(crate) since: Timestamp,
}

/// The end of a question.
#[derive(Clone, Debug)]
pub(crate) enum End {
    /// Records of the type.
    Found(Vec<Record>),
    /// The name exists, the type does not; with the SOA of the zone.
    NoData(Option<Record>),
    /// The name does not exist; with the SOA of the zone.
    NxDomain(Option<Record>),
    /// Servers are delegated to, and they do not know the zone; or CNAMEs go round.
    ServFail,
    /// No domain above the name is delegated.
    NotDelegated,
}

/// The authority for a name.
pub(crate) enum Authority<'a> {
    /// A zone, and since when it is delegated to.
    Zone(PublicZone<'a>, Timestamp),
    /// AWS itself.
    Aws,
    /// The servers that are delegated to do not have the zone.
    Lame,
    /// No domain above the name is delegated.
    Nobody,
}

/// One step's result.
enum Said {
    Records(Vec<Record>),
    Cname(Record, DnsName),
}

impl From<Trace> for Lookup {
    fn from(trace: Trace) -> Self {
        match trace.end {
            End::Found(records) => Self::Found {
                chain: trace.chain,
                records,
                since: trace.since,
            },
            End::NoData(_) => Self::NoData,
            // Nobody registered the domain: the zone above it says so.
            End::NxDomain(_) | End::NotDelegated => Self::NxDomain,
            End::ServFail => Self::ServFail,
        }
    }
}

impl<'a> PublicDns<'a> {
    /// Follows a question to its end.
    pub(crate) fn trace(&self, name: &DnsName, rtype: &str, now: Timestamp) -> Trace {
        let mut trace = Trace {
            chain: Vec::new(),
            end: End::ServFail,
            since: Timestamp::MIN,
        };
        let mut name = name.clone();
        let mut seen = Vec::new();
        while seen.len() <= HOPS && !seen.contains(&name) {
            let (said, since) = match self.ask(&name, rtype, now) {
                Ok(said) => said,
                Err(end) => {
                    trace.end = end;
                    return trace;
                }
            };
            trace.since = trace.since.max(since);
            match said {
                Said::Records(records) => {
                    trace.end = End::Found(records);
                    return trace;
                }
                Said::Cname(record, target) => {
                    trace.chain.push(record);
                    seen.push(std::mem::replace(&mut name, target));
                }
            }
        }
        trace
    }

    /// One step: what the zone of a name says, delegations inside zones followed.
    fn ask(&self, name: &DnsName, rtype: &str, now: Timestamp) -> Result<(Said, Timestamp), End> {
        if let Some(records) = self.outside.dnssec(name, rtype) {
            return Ok((Said::Records(records), Timestamp::MIN));
        }
        let mut authority = self.authority(name, now);
        for _ in 0..=name.depth() {
            let (zone, since) = match authority {
                Authority::Zone(zone, since) => (zone, since),
                Authority::Aws => return self.ask_aws(name, rtype),
                Authority::Lame => return Err(End::ServFail),
                // RFC 8020: a name exists when one below it does.
                Authority::Nobody if self.is_above_a_domain(name) => return Err(End::NoData(None)),
                Authority::Nobody => {
                    return match senders::records(name, rtype) {
                        None => Err(End::NotDelegated),
                        Some(records) if records.is_empty() => Err(End::NoData(None)),
                        Some(records) => Ok((Said::Records(records), Timestamp::MIN)),
                    };
                }
            };
            if !zone.is_served() {
                return Err(End::ServFail);
            }
            match self.flat(&zone, name, rtype) {
                Answer::Records(records, seen) => {
                    return Ok((Said::Records(records), since.max(seen)));
                }
                Answer::Cname(record, target, seen) => {
                    return Ok((Said::Cname(record, target), since.max(seen)));
                }
                Answer::Delegated(cut, servers) => {
                    authority = self.at_servers(cut, &servers, since, now);
                }
                Answer::NoData | Answer::Alias(..) => {
                    return Err(End::NoData(zone.start_of_authority()));
                }
                Answer::NxDomain => return Err(End::NxDomain(zone.start_of_authority())),
            }
        }
        Err(End::ServFail)
    }

    fn ask_aws(&self, name: &DnsName, rtype: &str) -> Result<(Said, Timestamp), End> {
        let start = || Some(aws_names::start_of_authority(name));
        match aws_names::answer(self.aws, name, rtype) {
            Answer::Records(records, since) => Ok((Said::Records(records), since)),
            Answer::NxDomain => Err(End::NxDomain(start())),
            _ => Err(End::NoData(start())),
        }
    }

    /// The answer of a zone, aliases flattened.
    pub(crate) fn flat(&self, zone: &PublicZone<'_>, name: &DnsName, rtype: &str) -> Answer {
        let mut answer = zone.ask(name, rtype);
        let mut since = Timestamp::MIN;
        for _ in 0..HOPS {
            let Answer::Alias(Alias { name: target, .. }, seen) = answer else {
                break;
            };
            since = since.max(seen);
            answer = if target.is_within(&zone.apex) {
                zone.ask(&target, rtype)
            } else if aws_names::is_one(&target) {
                aws_names::answer(self.aws, &target, rtype)
            } else {
                // Other AWS services are not emulated; their names have no addresses here.
                Answer::NoData
            };
            // Whatever is wrong with the target, the name with the alias exists.
            if matches!(answer, Answer::NxDomain) {
                answer = Answer::NoData;
            }
        }
        match answer {
            Answer::Records(mut records, seen) => {
                for record in &mut records {
                    record.name = name.plain();
                }
                Answer::Records(records, seen.max(since))
            }
            other => other,
        }
    }

    /// The authority for a name, by the longest domain that is delegated.
    pub(crate) fn authority(&self, name: &DnsName, now: Timestamp) -> Authority<'a> {
        for depth in (1..=name.depth()).rev() {
            let domain = name.ancestor(depth);
            if let Some(delegation) = self.outside.delegations.get(&domain) {
                let servers = &delegation.name_servers;
                return self.at_servers(domain, servers, delegation.since, now);
            }
            if let Some(records) = self.outside.elsewhere.get(&domain) {
                return Authority::zone(domain, records, Timestamp::MIN, now);
            }
        }
        if aws_names::is_one(name) {
            return Authority::Aws;
        }
        Authority::Nobody
    }

    fn is_above_a_domain(&self, name: &DnsName) -> bool {
        let delegated = self.outside.delegations.keys();
        let mut domains = delegated.chain(self.outside.elsewhere.keys());
        domains.any(|domain| domain.is_within(name))
    }

    /// The authority for a domain that is delegated to these servers since a moment.
    fn at_servers(
        &self,
        domain: DnsName,
        servers: &[DnsName],
        since: Timestamp,
        now: Timestamp,
    ) -> Authority<'a> {
        if let Some(zone) = self.zones.public_zone(&domain, servers) {
            return Authority::zone(domain, &zone.records, since, now);
        }
        match self.outside.elsewhere.get(&domain) {
            Some(records) => Authority::zone(domain, records, since, now),
            None => Authority::Lame,
        }
    }
}

impl<'a> Authority<'a> {
    fn zone(apex: DnsName, records: &'a Records, since: Timestamp, now: Timestamp) -> Self {
        Self::Zone(PublicZone { apex, records, now }, since)
    }
}
