//! Authority: the servers that the world asks for a zone, by delegation, beside the zones that we
//! write.
//!
//! A value counts for mail where the world reads it, and nowhere else. So DNS that moves is written
//! at the new place first, and the old place is emptied only when nobody is sent there any more.

use std::collections::BTreeMap;

use jiff::Timestamp;
use standards::dns::RecordType;

/// Through which zone the world reads a part of DNS.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ZoneRef {
    /// A hosted zone of Route 53: its id, or its name while there is no id yet.
    Hosted(String),
    /// Whichever zone the world reads: a person publishes there.
    ByHand,
}

/// A hosted zone that a domain has left, beside what the world is told about its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftZone {
    /// The zone's name, without the final dot.
    pub name: String,
    /// The zone's own servers.
    pub servers: Vec<String>,
    /// The servers that the zone above names now, or why that could not be observed.
    pub leads_to: Result<Vec<String>, String>,
    /// The servers of the domain's new zone, where they are known.
    pub successors: Vec<String>,
    /// Since when the ledger has it that the world is led elsewhere.
    pub left_since: Option<Timestamp>,
}

impl LeftZone {
    /// Whether the world is still led to it. A failed question is no answer: it may be.
    pub fn is_read(&self) -> bool {
        let leads_here = |servers: &Vec<String>| {
            let mut servers = servers.iter();
            servers.any(|server| self.servers.iter().any(|own| same(own, server)))
        };
        self.leads_to.as_ref().map_or(true, leads_here)
    }
}

/// Whether two names of servers are the same.
pub fn same(one: &str, other: &str) -> bool {
    one.trim_end_matches('.')
        .eq_ignore_ascii_case(other.trim_end_matches('.'))
}

/// The hosted zones that domains have left, by their ids.
pub type Authority = BTreeMap<String, LeftZone>;

/// A record of DNS that leads to something of ours, whoever made it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lead {
    /// The id of the hosted zone in which it stands; nothing for what public DNS answers.
    pub zone: Option<String>,
    /// Its name, without the final dot.
    pub name: String,
    /// Its type.
    pub rtype: RecordType,
    /// The name that it leads to, without the final dot.
    pub target: String,
}
