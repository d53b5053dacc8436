//! The DNS outside Route 53: delegations by registries, and other people's zones.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::dns_text::name::DnsName;
use crate::route53::records::Records;

/// The DNS outside Route 53.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct State {
    pub(super) delegations: BTreeMap<DnsName, Delegation>,
    pub(super) elsewhere: BTreeMap<DnsName, Records>,
    /// Zones elsewhere that a real server has.
    #[serde(default)]
    pub(super) name_servers: BTreeMap<DnsName, SocketAddr>,
    /// The registrations that world files describe.
    #[serde(default)]
    pub(super) registrations: BTreeMap<DnsName, Registration>,
}

/// Which name servers a registry names for a domain.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Delegation {
    pub(super) name_servers: Vec<DnsName>,
    pub(super) since: Timestamp,
}

/// A domain as its registry has it, and the keys that its zone is signed with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Registration {
    /// When it ends, where nobody renews it.
    pub expires: Option<Timestamp>,
    /// Whether the registry answers by RDAP.
    pub rdap: bool,
    /// The DS records at the registry: `60485 13 2 D4B7…`.
    pub ds: Vec<String>,
    /// The DNSKEY records in the zone: `257 3 13 mdsswUyr…`.
    pub dnskey: Vec<String>,
}

impl Default for Registration {
    fn default() -> Self {
        Self {
            expires: None,
            rdap: true,
            ds: Vec::new(),
            dnskey: Vec::new(),
        }
    }
}
