//! The answers of the public DNS, and the parts of AWS that publish in it.

use std::net::IpAddr;

use jiff::Timestamp;

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

/// The result for a resolver that follows delegations.
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
        /// Since when an external observer has been able to see this answer: the latest INSYNC of its parts.
        since: Timestamp,
    },
}

/// The public DNS, as services of the sandbox ask it.
pub trait Dns {
    /// Resolves `name` and `rtype` at time `now`, as a resolver that follows delegations does.
    fn resolve(&self, name: &str, rtype: &str, now: Timestamp) -> Lookup;
}

/// The names whose records AWS's own services publish.
pub trait AwsNames {
    /// The addresses of `d….cloudfront.net`; `None` where there is no such distribution.
    fn distribution(&self, domain: &str) -> Option<Vec<IpAddr>>;

    /// The record of an Easy DKIM key in SES's zone; `None` where the name does not exist.
    fn dkim_key(&self, name: &str, rtype: &str) -> Option<Vec<String>>;
}
