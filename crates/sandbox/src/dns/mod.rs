//! The public DNS of the sandbox's world, as a stranger would see it.
//!
//! Who answers for a name is decided from the top: a table of delegations, as registries keep
//! it, says which name servers a domain has. A Route 53 zone answers if its own servers are
//! among them, whatever other zones of the same name there are. The rest of the Internet is a
//! set of zones elsewhere with plain records, and AWS answers for its own names.

mod answer;
mod aws_names;
pub mod elsewhere;
mod face;
mod lookup;
pub mod name;
pub mod records;
mod servers;
pub mod strings;
pub mod transfer;
pub(crate) mod value;

use std::collections::BTreeMap;
use std::net::SocketAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::dns::name::DnsName;
use crate::dns::records::Records;
use crate::world::World;

pub(crate) use lookup::End;

/// The DNS outside Route 53.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct State {
    delegations: BTreeMap<DnsName, Delegation>,
    elsewhere: BTreeMap<DnsName, Records>,
    /// Zones elsewhere that a real server has.
    #[serde(default)]
    name_servers: BTreeMap<DnsName, SocketAddr>,
}

/// Which name servers a registry names for a domain.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Delegation {
    name_servers: Vec<DnsName>,
    since: Timestamp,
}

/// One record of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Lower case, no trailing dot.
    pub name: String,
    /// `TXT`, `CNAME`, …
    pub rtype: String,
    /// In seconds.
    pub ttl: u32,
    /// The value in zone-file presentation; host names in lower case without trailing dot;
    /// TXT with its strings quoted.
    pub value: String,
}

/// What a resolver that follows delegations gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// The name does not exist.
    NxDomain,
    /// The name exists, without records of this type.
    NoData,
    /// No server that is delegated to answers for it.
    ServFail,
    /// The records, and the CNAMEs that led to them.
    Found {
        /// CNAMEs on the way, in order.
        chain: Vec<Record>,
        /// Records of the asked type, at the end of the chain.
        records: Vec<Record>,
        /// Since when a stranger has been able to see this answer: the latest INSYNC of its parts.
        since: Timestamp,
    },
}

impl World {
    /// Asks the public DNS for `name` and `rtype` at time `now`: only zones that are delegated to
    /// answer, changes are seen when they are INSYNC, aliases are flattened.
    pub fn resolve(&self, name: &str, rtype: &str, now: Timestamp) -> Lookup {
        let Ok(name) = DnsName::parse(name) else {
            return Lookup::NxDomain;
        };
        self.trace(&name, &rtype.to_ascii_uppercase(), now).into()
    }
}

impl From<lookup::Trace> for Lookup {
    fn from(trace: lookup::Trace) -> Self {
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

#[cfg(test)]
mod tests;
