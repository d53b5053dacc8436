//! The expected live state of one domain, as the plan has it.

use std::collections::BTreeSet;

use model::Readiness;
use standards::Finding;
use standards::bimi::Selector;
use standards::dns::{Name, RecordType};

use crate::Validity;

/// The expected live state of one domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The domain.
    pub domain: Name,
    /// The hosted zone that its records are in; none where people publish them by hand.
    pub zone: Option<HostedZone>,
    /// Every record that is planned.
    pub records: Vec<Record>,
    /// The certificates that ACM issues and renews.
    pub certificates: Vec<Certificate>,
    /// The body of the MTA-STS policy.
    pub policy: Option<Vec<u8>>,
    /// The logos, by selector.
    pub marks: Vec<Mark>,
    /// The SES instances that send for the domain.
    pub instances: Vec<Instance>,
    /// Records, by name and type, that nobody has seen live yet and that a person has still to
    /// publish, or that depend on such a one.
    pub awaited: BTreeSet<(Name, RecordType)>,
    /// Domains of the same project that are still to be applied.
    pub pending: BTreeSet<Name>,
}

/// A certificate that ACM issues, and renews as long as it sees its validation records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Certificate {
    /// The hosts that it is for.
    pub hosts: Vec<Name>,
    /// Its lifetime; nothing while it is not issued, and where nobody has looked.
    pub validity: Option<Validity>,
    /// The names of its validation records.
    pub validation: BTreeSet<Name>,
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
    /// Its name.
    pub name: Name,
    /// Its type.
    pub rtype: RecordType,
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
    /// The URL that serves it.
    pub url: String,
    /// The digest of its bytes as they are served.
    pub sha256: [u8; 32],
}

/// One SES account-and-region that sends for the domain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Instance {
    /// Its name for people: `marketing in us-east-1`.
    pub label: String,
    /// Its custom MAIL FROM domain.
    pub mail_from: Option<Name>,
    /// SES's answers about its identity, its DKIM, its MAIL FROM.
    pub parts: Vec<InstancePart>,
    /// The reasons that keep its account from sending, in SES's own words (SES-25, SES-26), where somebody
    /// asked.
    pub account: Option<Vec<Finding>>,
    /// The target of its links, where they lead through a domain of one's own.
    pub tracking: Option<Tracking>,
}

/// A part of an instance that SES verifies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstancePart {
    /// Its kind and name: `ses_identity marketing.us-east-1`.
    pub what: String,
    /// How far SES is with it; nothing where SES does not have it.
    pub readiness: Option<Readiness>,
}

/// A domain through which the links of an instance's mail lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tracking {
    /// The domain.
    pub domain: Name,
    /// The region of the instance.
    pub region: String,
    /// Whether links are https.
    pub https: bool,
}

impl Expected {
    /// Nothing but the domain.
    pub fn of(domain: Name) -> Self {
        Self {
            domain,
            zone: None,
            records: Vec::new(),
            certificates: Vec::new(),
            policy: None,
            marks: Vec::new(),
            instances: Vec::new(),
            awaited: BTreeSet::new(),
            pending: BTreeSet::new(),
        }
    }

    /// Whether a record at `name` is still to be published by a person.
    pub(crate) fn awaits(&self, name: &Name) -> bool {
        self.awaited.iter().any(|(awaited, _)| awaited == name)
    }

    /// The hosts whose certificates ACM issues.
    pub(crate) fn hosts(&self) -> BTreeSet<&Name> {
        let certificates = self.certificates.iter();
        certificates.flat_map(|one| &one.hosts).collect()
    }

    /// Whether a record at `name` is planned that gives it addresses.
    pub(crate) fn plans_address(&self, name: &Name) -> bool {
        let gives = |rtype| [RecordType::A, RecordType::Aaaa, RecordType::Cname].contains(&rtype);
        let mut records = self.records.iter();
        records.any(|record| record.name == *name && gives(record.rtype))
    }

    /// The MAIL FROM domains, each once: instances of one region share theirs.
    pub(crate) fn mail_from(&self) -> BTreeSet<&Name> {
        let names = self.instances.iter();
        names.filter_map(|one| one.mail_from.as_ref()).collect()
    }
}
