//! Record types and their values, each value in the one form that compares.

use std::error::Error;
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Caa, CaaError, Mx, MxError, Name, NameError, Presentation, Txt, TxtError};
use crate::quote::quote;

/// The record types that Route 53 holds, and one that is only asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "each is named as its type is")]
pub enum RecordType {
    A,
    Aaaa,
    Caa,
    Cname,
    /// The keys of a zone: Route 53 answers it and holds no set of it.
    Dnskey,
    Ds,
    Https,
    Mx,
    Naptr,
    Ns,
    Ptr,
    Soa,
    Spf,
    Srv,
    Sshfp,
    Svcb,
    Tlsa,
    Txt,
}

pub(super) const ALL: [RecordType; 17] = [
    RecordType::A,
    RecordType::Aaaa,
    RecordType::Caa,
    RecordType::Cname,
    RecordType::Ds,
    RecordType::Https,
    RecordType::Mx,
    RecordType::Naptr,
    RecordType::Ns,
    RecordType::Ptr,
    RecordType::Soa,
    RecordType::Spf,
    RecordType::Srv,
    RecordType::Sshfp,
    RecordType::Svcb,
    RecordType::Tlsa,
    RecordType::Txt,
];

/// A name that is none of the record types.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} is not a record type of Route 53", quote(.0))]
pub struct UnknownType(pub String);

impl RecordType {
    /// The name as zone files and DNS services write it: `TXT`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
            Self::Caa => "CAA",
            Self::Cname => "CNAME",
            Self::Dnskey => "DNSKEY",
            Self::Ds => "DS",
            Self::Https => "HTTPS",
            Self::Mx => "MX",
            Self::Naptr => "NAPTR",
            Self::Ns => "NS",
            Self::Ptr => "PTR",
            Self::Soa => "SOA",
            Self::Spf => "SPF",
            Self::Srv => "SRV",
            Self::Sshfp => "SSHFP",
            Self::Svcb => "SVCB",
            Self::Tlsa => "TLSA",
            Self::Txt => "TXT",
        }
    }
}

impl fmt::Display for RecordType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for RecordType {
    type Err = UnknownType;

    fn from_str(text: &str) -> Result<Self, UnknownType> {
        let known = ALL
            .into_iter()
            .find(|kind| kind.as_str().eq_ignore_ascii_case(text));
        known.ok_or_else(|| UnknownType(text.to_owned()))
    }
}

/// One value of a record set. Values that mean the same are equal, however they were
/// written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordValue {
    /// An IPv4 address.
    A(Ipv4Addr),
    /// An IPv6 address.
    Aaaa(Ipv6Addr),
    /// The authorities that may issue certificates.
    Caa(Caa),
    /// The name that this name is an alias of.
    Cname(Name),
    /// A mail host.
    Mx(Mx),
    /// A name server.
    Ns(Name),
    /// The name of an address.
    Ptr(Name),
    /// The start of a zone.
    Soa(Box<Soa>),
    /// Text.
    Txt(Txt),
    /// A type that this program never writes, or a value that it cannot read; its words as
    /// they stand, with single spaces.
    Other(RecordType, String),
}

/// The start of a zone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Soa {
    /// The first name server.
    pub server: Name,
    /// The mailbox of who answers for the zone, with a dot for the @.
    pub mailbox: Name,
    /// Serial, refresh, retry, expire, and how long a missing name may be remembered.
    pub numbers: [u32; 5],
}

/// Why a text is not a value of its type.
#[derive(Debug, thiserror::Error)]
#[error("{} is not a value of type {kind}", quote(.text))]
pub struct RecordError {
    /// The type.
    pub kind: RecordType,
    /// The text.
    pub text: String,
    /// The fault.
    #[source]
    pub cause: Box<dyn Error + Send + Sync>,
}

impl RecordError {
    /// The character-string fault behind this error, which DNS services name in their own.
    pub fn txt_error(&self) -> Option<&TxtError> {
        let cause: &(dyn Error + Send + Sync + 'static) = &*self.cause;
        match cause.downcast_ref::<CaaError>() {
            Some(CaaError::Value(error)) => error.as_ref(),
            _ => cause.downcast_ref(),
        }
    }
}

impl RecordValue {
    /// Reads a value of type `kind` as `presentation` writes it.
    pub fn parse(
        kind: RecordType,
        text: &str,
        presentation: Presentation,
    ) -> Result<Self, RecordError> {
        read(kind, text, presentation).map_err(|cause| RecordError {
            kind,
            text: text.to_owned(),
            cause,
        })
    }

    /// Reads a value that stands in a zone already. Never fails: what cannot be read is
    /// kept as it stands, since it is not ours to judge.
    pub fn observe(kind: RecordType, text: &str, presentation: Presentation) -> Self {
        Self::parse(kind, text, presentation).unwrap_or_else(|_| Self::Other(kind, words(text)))
    }

    /// The type.
    pub fn kind(&self) -> RecordType {
        match self {
            Self::A(_) => RecordType::A,
            Self::Aaaa(_) => RecordType::Aaaa,
            Self::Caa(_) => RecordType::Caa,
            Self::Cname(_) => RecordType::Cname,
            Self::Mx(_) => RecordType::Mx,
            Self::Ns(_) => RecordType::Ns,
            Self::Ptr(_) => RecordType::Ptr,
            Self::Soa(_) => RecordType::Soa,
            Self::Txt(_) => RecordType::Txt,
            Self::Other(kind, _) => *kind,
        }
    }

    /// The canonical way to write the value down.
    pub fn print(&self, presentation: Presentation) -> String {
        match self {
            Self::A(address) => address.to_string(),
            Self::Aaaa(address) => address.to_string(),
            Self::Caa(caa) => caa.print(presentation),
            Self::Cname(name) | Self::Ns(name) | Self::Ptr(name) => name.with_dot(),
            Self::Mx(mx) => mx.to_string(),
            Self::Soa(soa) => soa.to_string(),
            Self::Txt(txt) => txt.print(presentation),
            Self::Other(_, text) => text.clone(),
        }
    }
}

impl fmt::Display for Soa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.server.with_dot(), self.mailbox.with_dot())?;
        self.numbers
            .iter()
            .try_for_each(|number| write!(f, " {number}"))
    }
}

/// A value as it is written in a ledger or a plan: `{"type": "TXT", "value": "\"…\""}`.
#[derive(Serialize, Deserialize)]
struct Written {
    #[serde(rename = "type")]
    kind: RecordType,
    value: String,
}

impl Serialize for RecordValue {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Written {
            kind: self.kind(),
            value: self.print(Presentation::Route53),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for RecordValue {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Written::deserialize(deserializer)?;
        Ok(Self::observe(
            written.kind,
            &written.value,
            Presentation::Route53,
        ))
    }
}

type Cause = Box<dyn Error + Send + Sync>;

fn read(kind: RecordType, text: &str, presentation: Presentation) -> Result<RecordValue, Cause> {
    let trimmed = text.trim_ascii();
    Ok(match kind {
        RecordType::A => RecordValue::A(trimmed.parse()?),
        RecordType::Aaaa => RecordValue::Aaaa(trimmed.parse()?),
        RecordType::Caa => RecordValue::Caa(Caa::parse(text, presentation)?),
        RecordType::Cname => RecordValue::Cname(read_name(trimmed)?),
        RecordType::Mx => RecordValue::Mx(read_mx(trimmed)?),
        RecordType::Ns => RecordValue::Ns(read_name(trimmed)?),
        RecordType::Ptr => RecordValue::Ptr(read_name(trimmed)?),
        RecordType::Soa => RecordValue::Soa(Box::new(read_soa(trimmed)?)),
        RecordType::Txt => RecordValue::Txt(Txt::parse(text, presentation)?),
        _ => RecordValue::Other(kind, words(text)),
    })
}

fn read_name(text: &str) -> Result<Name, NameError> {
    if text.contains('\\') {
        Name::parse_route53(text)
    } else {
        Name::parse(text)
    }
}

fn read_mx(text: &str) -> Result<Mx, MxError> {
    text.parse()
}

fn read_soa(text: &str) -> Result<Soa, Cause> {
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let [server, mailbox, numbers @ ..] = words.as_slice() else {
        return Err("two names and five numbers are wanted".into());
    };
    let numbers: Vec<u32> = numbers
        .iter()
        .map(|word| word.parse())
        .collect::<Result<_, _>>()?;
    let numbers = <[u32; 5]>::try_from(numbers);
    Ok(Soa {
        server: read_name(server)?,
        mailbox: read_name(mailbox)?,
        numbers: numbers.map_err(|_| "two names and five numbers are wanted")?,
    })
}

fn words(text: &str) -> String {
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}
