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
}

/// Which name servers a registry names for a domain.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Delegation {
    pub(super) name_servers: Vec<DnsName>,
    pub(super) since: Timestamp,
}
