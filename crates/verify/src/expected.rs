//! What should be live for one domain, as the plan has it.

use std::collections::BTreeSet;

use standards::bimi::Selector;
use standards::dns::Name;

/// What should be live for one domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The domain.
    pub domain: Name,
    /// The hosted zone that its records are in; none where people publish them by hand.
    pub zone: Option<HostedZone>,
    /// Every record that is planned.
    pub records: Vec<Record>,
    /// Hosts whose certificates ACM issues and renews.
    pub hosts: Vec<Name>,
    /// The body of the MTA-STS policy.
    pub policy: Option<Vec<u8>>,
    /// The logos, by selector.
    pub marks: Vec<Mark>,
    /// The SES instances that send for the domain.
    pub instances: Vec<Instance>,
}

/// A hosted zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostedZone {
    /// Its name.
    pub name: Name,
    /// The name servers that answer for it.
    pub servers: BTreeSet<Name>,
}

/// A planned record set, or our values in one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Where it stands.
    pub name: Name,
    /// `TXT`, `CNAME`, `A`, `AAAA`, `MX`.
    pub rtype: String,
    /// Our values, in the form of [`model::Outside::lookup`]. None for an alias, whose addresses
    /// nobody plans: any address will do.
    pub values: Vec<String>,
    /// Seconds for which resolvers keep it.
    pub ttl: u32,
    /// Whether no other value may stand beside ours.
    pub alone: bool,
}

/// A logo and the certificate that vouches for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The selector of the record that names them.
    pub selector: Selector,
    /// The logo.
    pub logo: File,
    /// The mark certificate.
    pub certificate: Option<File>,
}

/// A hosted file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Where it is served.
    pub url: String,
    /// The digest of its bytes as they are served.
    pub sha256: [u8; 32],
}

/// One SES account-and-region that sends for the domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// What people call it: `marketing in us-east-1`.
    pub label: String,
    /// Its custom MAIL FROM domain.
    pub mail_from: Option<Name>,
}

impl Expected {
    /// Nothing but the domain.
    pub fn of(domain: Name) -> Self {
        Self {
            domain,
            zone: None,
            records: Vec::new(),
            hosts: Vec::new(),
            policy: None,
            marks: Vec::new(),
            instances: Vec::new(),
        }
    }

    /// The MAIL FROM domains, each once: instances of one region share theirs.
    pub(crate) fn mail_from(&self) -> BTreeSet<&Name> {
        let names = self.instances.iter();
        names.filter_map(|one| one.mail_from.as_ref()).collect()
    }
}
