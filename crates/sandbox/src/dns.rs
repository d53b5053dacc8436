//! The public DNS of the sandbox's world, as a stranger would see it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::world::World;

/// The DNS outside Route 53.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct State {}

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
        let _ = (name, rtype, now);
        Lookup::NxDomain
    }
}
