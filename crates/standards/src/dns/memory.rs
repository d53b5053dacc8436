//! A resolver that answers from the text of zones: for tests, and for asking what receivers would
//! make of records before they are published.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::zone_file::{self, ZoneFileError};
use super::{Caa, Mx, Name, NoAnswer, RecordType, RecordValue, Resolver, Txt};

/// CNAMEs that are followed from one name: a chain that is longer leads in a circle.
const ALIASES_MAX: usize = 8;

/// DNS as a text of records. A wildcard answers as RFC 4592 says, and a CNAME is followed.
///
/// ```
/// use standards::dns::MemoryResolver;
/// use standards::spf::{Outcome, Session, check_mail_from};
///
/// let dns = MemoryResolver::parse(
///     "$ORIGIN example.com.
///      @     TXT \"v=spf1 mx -all\"
///      @     MX  10 mail
///      mail  A   192.0.2.1",
/// )?;
/// let session = Session::new("192.0.2.1".parse()?, "mail.example.com", "ann@example.com");
/// # futures::executor::block_on(async {
/// assert_eq!(check_mail_from(&dns, &session).await.outcome, Outcome::Pass);
/// # });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct MemoryResolver {
    records: BTreeMap<Name, Vec<RecordValue>>,
    broken: BTreeMap<Name, String>,
}

impl MemoryResolver {
    /// Reads records in the form of zone files (RFC 1035 §5.1). A name without its final dot is
    /// completed with the origin, which is the root until `$ORIGIN` names another one.
    pub fn parse(text: &str) -> Result<Self, ZoneFileError> {
        let mut dns = Self::default();
        for (owner, value) in zone_file::read(text)? {
            dns.add(owner, value);
        }
        Ok(dns)
    }

    /// Adds a record at `owner`.
    pub fn add(&mut self, owner: Name, value: RecordValue) {
        self.records.entry(owner).or_default().push(value);
    }

    /// The same DNS, but with no answer for `name`, for this reason.
    #[must_use]
    pub fn with_failure(mut self, name: Name, reason: impl Into<String>) -> Self {
        self.broken.insert(name, reason.into());
        self
    }

    /// Whether there are records at `name` or below it.
    fn has(&self, name: &Name) -> bool {
        self.records.keys().any(|owner| owner.is_within(name))
    }

    /// The owner that answers for `name`: itself, or the wildcard below the closest name that
    /// exists (RFC 4592 §3.3.1).
    fn owner(&self, name: &Name) -> Option<Name> {
        if self.has(name) {
            return Some(name.clone());
        }
        let closest = super::caa::climb(name).find(|above| self.has(above));
        let wildcard = closest.unwrap_or(Name::ROOT).child("*").ok()?;
        self.records.contains_key(&wildcard).then_some(wildcard)
    }

    /// The records of type `kind` at `name`, by way of its aliases.
    fn values(&self, name: &Name, kind: RecordType) -> Result<Vec<&RecordValue>, NoAnswer> {
        let mut name = name.clone();
        let mut passed = BTreeSet::new();
        loop {
            if let Some(reason) = self.broken.get(&name) {
                let reason = reason.clone();
                return Err(NoAnswer { name, reason });
            }
            let owner = self.owner(&name);
            let found = owner.and_then(|owner| self.records.get(&owner));
            let found: Vec<&RecordValue> = found.into_iter().flatten().collect();
            let alias = found.iter().find_map(|value| match value {
                RecordValue::Cname(target) => Some(target.clone()),
                _ => None,
            });
            match alias {
                Some(target) if passed.len() < ALIASES_MAX && passed.insert(name.clone()) => {
                    name = target;
                }
                Some(_) => {
                    let reason = "its aliases lead in a circle".to_owned();
                    return Err(NoAnswer { name, reason });
                }
                None => {
                    return Ok(found
                        .into_iter()
                        .filter(|value| value.kind() == kind)
                        .collect());
                }
            }
        }
    }

    /// The values that `read` makes of the records of type `kind` at `name`.
    fn read<T>(
        &self,
        name: &Name,
        kind: RecordType,
        read: impl Fn(&RecordValue) -> Option<T>,
    ) -> Result<Vec<T>, NoAnswer> {
        let values = self.values(name, kind)?;
        Ok(values.into_iter().filter_map(read).collect())
    }
}

impl Resolver for MemoryResolver {
    async fn txt(&self, name: &Name) -> Result<Vec<Txt>, NoAnswer> {
        self.read(name, RecordType::Txt, |value| match value {
            RecordValue::Txt(txt) => Some(txt.clone()),
            _ => None,
        })
    }

    async fn a(&self, name: &Name) -> Result<Vec<Ipv4Addr>, NoAnswer> {
        self.read(name, RecordType::A, |value| match value {
            RecordValue::A(address) => Some(*address),
            _ => None,
        })
    }

    async fn aaaa(&self, name: &Name) -> Result<Vec<Ipv6Addr>, NoAnswer> {
        self.read(name, RecordType::Aaaa, |value| match value {
            RecordValue::Aaaa(address) => Some(*address),
            _ => None,
        })
    }

    async fn mx(&self, name: &Name) -> Result<Vec<Mx>, NoAnswer> {
        self.read(name, RecordType::Mx, |value| match value {
            RecordValue::Mx(mx) => Some(mx.clone()),
            _ => None,
        })
    }

    async fn ptr(&self, address: IpAddr) -> Result<Vec<Name>, NoAnswer> {
        let name = Name::reverse(address);
        self.read(&name, RecordType::Ptr, |value| match value {
            RecordValue::Ptr(name) => Some(name.clone()),
            _ => None,
        })
    }

    async fn caa(&self, name: &Name) -> Result<Vec<Caa>, NoAnswer> {
        self.read(name, RecordType::Caa, |value| match value {
            RecordValue::Caa(caa) => Some(caa.clone()),
            _ => None,
        })
    }

    async fn exists(&self, name: &Name) -> Result<bool, NoAnswer> {
        match self.broken.get(name) {
            Some(reason) => Err(NoAnswer {
                name: name.clone(),
                reason: reason.clone(),
            }),
            None => Ok(self.owner(name).is_some()),
        }
    }
}

#[cfg(test)]
#[path = "memory_tests.rs"]
mod tests;
