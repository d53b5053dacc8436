//! CAA records (RFC 8659): which certificate authorities may issue for a name.
//!
//! ```
//! use standards::dns::Name;
//! use standards::dns::caa::{Caa, Certificate, allows};
//!
//! let records: Vec<Caa> = vec![r#"0 issue "letsencrypt.org""#.parse()?];
//! let amazon = [Name::parse("amazon.com")?];
//! assert!(!allows(&records, Certificate::Host, &amazon));
//! assert!(allows(&records, Certificate::Mark, &amazon), "it says nothing of mark certificates");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt;
use std::str::FromStr;

use super::{Name, Presentation, TxtError, txt};
use crate::Finding;
use crate::quote::quote;
use crate::rules;

/// The names by which Amazon's certificate authority may be listed.
pub const AMAZON: [&str; 4] = [
    "amazon.com",
    "amazontrust.com",
    "awstrust.com",
    "amazonaws.com",
];

/// Set in `flags`, an authority that does not know the tag must not issue.
const CRITICAL: u8 = 128;

/// One CAA record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Caa {
    /// 128 when the tag is critical, else 0.
    pub flags: u8,
    /// `issue`, `issuewild`, `issuevmc`, `iodef`; in lower case.
    pub tag: String,
    /// The value of the tag; for the issue tags an authority's domain and parameters.
    pub value: Vec<u8>,
}

/// The use that a certificate is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certificate {
    /// A web certificate for a name.
    Host,
    /// A web certificate for a wildcard.
    Wildcard,
    /// A mark certificate.
    Mark,
}

impl Certificate {
    /// The tags that speak of it: where the first is absent, the second decides.
    fn tags(self) -> &'static [&'static str] {
        match self {
            Self::Host => &["issue"],
            Self::Wildcard => &["issuewild", "issue"],
            Self::Mark => &["issuevmc"],
        }
    }
}

/// Why a text is not a CAA value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CaaError {
    /// Not three words.
    #[error("{} is not flags, a tag and a value, as in `0 issue \"amazon.com\"`", quote(.0))]
    Form(String),
    /// The flags are not 0 to 255.
    #[error("{} is not a number from 0 to 255", quote(.0))]
    Flags(String),
    /// The tag is not letters and digits.
    #[error("the tag {} is not of letters and digits", quote(.0))]
    Tag(String),
    /// The value cannot be read.
    #[error("the value is not one string")]
    Value(#[source] Option<TxtError>),
}

impl Caa {
    /// A record that lets `authority` issue web certificates.
    pub fn issue(authority: &Name) -> Self {
        Self {
            flags: 0,
            tag: "issue".to_owned(),
            value: authority.as_str().into(),
        }
    }

    /// Reads a value as `presentation` writes it.
    pub fn parse(text: &str, presentation: Presentation) -> Result<Self, CaaError> {
        let form = || CaaError::Form(text.to_owned());
        let (flags, rest) = split_word(text.trim_ascii()).ok_or_else(form)?;
        let (tag, value) = split_word(rest).ok_or_else(form)?;
        let is_number = flags.bytes().all(|octet| octet.is_ascii_digit());
        let number = flags.parse().ok().filter(|_| is_number);
        if !tag.bytes().all(|octet| octet.is_ascii_alphanumeric()) {
            return Err(CaaError::Tag(tag.to_owned()));
        }
        // A value without quotes is common, and can mean nothing else.
        let lenient = if value.starts_with('"') {
            presentation
        } else {
            Presentation::ZoneFile
        };
        let strings = txt::parse_strings(value, lenient);
        let mut strings = strings.map_err(|error| CaaError::Value(Some(error)))?;
        match (strings.pop(), strings.is_empty()) {
            (Some(value), true) => Ok(Self {
                flags: number.ok_or_else(|| CaaError::Flags(flags.to_owned()))?,
                tag: tag.to_ascii_lowercase(),
                value,
            }),
            _ => Err(CaaError::Value(None)),
        }
    }

    /// The canonical way to write the value down.
    pub fn print(&self, presentation: Presentation) -> String {
        format!(
            "{} {} {}",
            self.flags,
            self.tag,
            txt::print_string(&self.value, presentation)
        )
    }

    /// The authority that an issue tag names; none when it says that nobody may issue.
    pub fn authority(&self) -> Option<Name> {
        let text = String::from_utf8_lossy(&self.value);
        let domain = text.split(';').next().unwrap_or_default().trim_ascii();
        Name::parse(domain).ok()
    }

    fn is_known(&self) -> bool {
        let known = ["issue", "issuewild", "issuemail", "issuevmc", "iodef"];
        known.contains(&self.tag.as_str()) || self.tag.starts_with("contact")
    }
}

fn split_word(text: &str) -> Option<(&str, &str)> {
    let (word, rest) = text.split_once(|c: char| c.is_ascii_whitespace())?;
    Some((word, rest.trim_ascii_start()))
}

impl FromStr for Caa {
    type Err = CaaError;

    fn from_str(text: &str) -> Result<Self, CaaError> {
        Self::parse(text, Presentation::Route53)
    }
}

impl fmt::Display for Caa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.print(Presentation::Route53))
    }
}

/// The names at which the CAA record set of `name` can be: the first of these names that has one
/// decides (RFC 8659 §3).
pub fn climb(name: &Name) -> impl Iterator<Item = Name> {
    std::iter::successors(Some(name.clone()), Name::parent).take_while(|name| !name.is_root())
}

/// Whether `records`, the set that decides, let an authority that is known by one of the
/// names `authority` issue `certificate`.
pub fn allows(records: &[Caa], certificate: Certificate, authority: &[Name]) -> bool {
    let is_critical = |record: &Caa| record.flags & CRITICAL != 0;
    if records
        .iter()
        .any(|record| is_critical(record) && !record.is_known())
    {
        return false;
    }
    let with_tag =
        |tag: &str| -> Vec<&Caa> { records.iter().filter(|record| record.tag == tag).collect() };
    let deciding = certificate.tags().iter().map(|tag| with_tag(tag));
    match deciding.into_iter().find(|found| !found.is_empty()) {
        None => true,
        Some(found) => found.iter().any(|record| {
            record
                .authority()
                .is_some_and(|listed| authority.contains(&listed))
        }),
    }
}

/// DNS-13: whether ACM may issue for `host`, given the record set that decides.
pub fn lint_host(host: &Name, records: &[Caa]) -> Option<Finding> {
    let amazon: Vec<Name> = AMAZON
        .iter()
        .filter_map(|name| Name::parse(name).ok())
        .collect();
    let certificate = if host.is_wildcard() {
        Certificate::Wildcard
    } else {
        Certificate::Host
    };
    let reason = || {
        format!(
            "CAA lets {} issue for {host}, and not Amazon",
            listed(records)
        )
    };
    (!allows(records, certificate, &amazon)).then(|| Finding::new(rules::DNS_13, reason()))
}

/// DNS-14: whether `issuer` may issue a mark certificate for `domain`.
pub fn lint_mark(domain: &Name, records: &[Caa], issuer: &Name) -> Option<Finding> {
    let is_allowed = allows(records, Certificate::Mark, std::slice::from_ref(issuer));
    let reason = || format!("CAA does not let {issuer} issue a mark certificate for {domain}");
    (!is_allowed).then(|| Finding::new(rules::DNS_14, reason()))
}

fn listed(records: &[Caa]) -> String {
    let is_issue = |record: &&Caa| record.tag.starts_with("issue");
    let names: Vec<String> = records
        .iter()
        .filter(is_issue)
        .filter_map(Caa::authority)
        .map(|name| name.to_string())
        .collect();
    if names.is_empty() {
        "nobody".to_owned()
    } else {
        names.join(", ")
    }
}

#[cfg(test)]
#[path = "caa_tests.rs"]
mod tests;
