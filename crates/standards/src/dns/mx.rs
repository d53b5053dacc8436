//! MX records, and the null MX that says: no mail here.
//!
//! ```
//! use standards::dns::mx::lint_entry;
//!
//! let (mx, findings) = lint_entry("10 Mail.Example.com");
//! assert_eq!(mx.expect("an MX").to_string(), "10 mail.example.com.");
//! assert!(findings.is_empty());
//! assert_eq!(lint_entry("10 192.0.2.1").1[0].rule, "MX-03");
//! ```

use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Name, NameError};
use crate::Finding;
use crate::quote::quote;
use crate::rules;

/// One MX record: a mail host and how much it is preferred.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Mx {
    /// The lower, the sooner it is tried.
    pub preference: u16,
    /// The mail host; the root in a null MX.
    pub exchange: Name,
}

/// Why a text is not an MX value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MxError {
    /// Not two words.
    #[error("{} is not a preference and a host, as in `10 mail.example.com`", quote(.0))]
    Form(String),
    /// The first word is not a number from 0 to 65535.
    #[error("{} is not a preference from 0 to 65535", quote(.0))]
    Preference(String),
    /// The second word is an address.
    #[error("{0} is an address, and an MX names a host")]
    Address(IpAddr),
    /// The second word is not a name.
    #[error("the mail host is not a name")]
    Exchange(#[source] NameError),
}

impl Mx {
    /// The record that says that a domain receives no mail (RFC 7505).
    pub const NULL: Self = Self {
        preference: 0,
        exchange: Name::ROOT,
    };

    /// Whether this is a null MX.
    pub fn is_null(&self) -> bool {
        self.exchange.is_root()
    }

    /// The AWS region whose SES receives at this host.
    pub fn ses_inbound_region(&self) -> Option<&str> {
        self.exchange
            .as_str()
            .strip_prefix("inbound-smtp.")?
            .strip_suffix(".amazonaws.com")
    }
}

impl FromStr for Mx {
    type Err = MxError;

    fn from_str(text: &str) -> Result<Self, MxError> {
        let words: Vec<&str> = text.split_ascii_whitespace().collect();
        let &[preference, exchange] = words.as_slice() else {
            return Err(MxError::Form(text.to_owned()));
        };
        let is_number = preference.bytes().all(|octet| octet.is_ascii_digit());
        let number = preference.parse().ok().filter(|_| is_number);
        let address = exchange
            .trim_matches(['[', ']'])
            .trim_end_matches('.')
            .parse();
        if let Ok(address) = address {
            return Err(MxError::Address(address));
        }
        Ok(Self {
            preference: number.ok_or_else(|| MxError::Preference(preference.to_owned()))?,
            exchange: Name::parse(exchange).map_err(MxError::Exchange)?,
        })
    }
}

impl fmt::Display for Mx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.preference, self.exchange.with_dot())
    }
}

impl TryFrom<String> for Mx {
    type Error = MxError;

    fn try_from(text: String) -> Result<Self, MxError> {
        text.parse()
    }
}

impl From<Mx> for String {
    fn from(mx: Mx) -> Self {
        mx.to_string()
    }
}

/// The uses of the domain of an MX set, as far as the rules of MX need them.
#[derive(Clone, Copy, Debug)]
pub struct MxUse<'a> {
    /// The domain.
    pub domain: &'a Name,
    /// Whether it stands in a From or MAIL FROM.
    pub sends: bool,
    /// Whether it has an MTA-STS policy in testing or enforce.
    pub has_sts_policy: bool,
}

/// Reads one entry of an MX list, and reports why it cannot be an MX.
pub fn lint_entry(text: &str) -> (Option<Mx>, Vec<Finding>) {
    match text.parse::<Mx>() {
        Ok(mx) if !mx.is_null() && !mx.exchange.is_host() => {
            let reason = format!("{} is not the name of a host", mx.exchange);
            let finding = Finding::new(rules::MX_03, reason).fix("name the mail host");
            (Some(mx), vec![finding])
        }
        Ok(mx) => (Some(mx), Vec::new()),
        Err(MxError::Exchange(error)) => (None, vec![error.finding()]),
        Err(error) => {
            let fix = match error {
                MxError::Address(_) => "name a host that has this address",
                _ => "write a preference and a host: `10 mail.example.com`",
            };
            (
                None,
                vec![Finding::new(rules::MX_03, error.to_string()).fix(fix)],
            )
        }
    }
}

/// MX-01, MX-02 and MX-04: an MX set in its use.
pub fn lint_set(records: &[Mx], used: &MxUse<'_>) -> Vec<Finding> {
    let domain = used.domain;
    let Some(null) = records.iter().find(|mx| mx.is_null()) else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    if records.len() > 1 {
        let reason = format!("{domain} has a null MX and {} more", records.len() - 1);
        findings.push(Finding::new(rules::MX_01, reason));
    }
    if null.preference != 0 {
        let reason = format!(
            "the null MX of {domain} has the preference {}",
            null.preference
        );
        findings.push(Finding::new(rules::MX_01, reason).fix("write `0 .`"));
    }
    if used.sends {
        let reason = format!("{domain} sends mail and has a null MX");
        findings.push(Finding::new(rules::MX_02, reason));
    }
    if used.has_sts_policy {
        let reason = format!("{domain} has a null MX and an MTA-STS policy");
        findings.push(Finding::new(rules::MX_04, reason));
    }
    findings
}

/// MX-06: SES receives for the domain in more than one region.
pub fn lint_regions(domain: &Name, records: &[Mx]) -> Option<Finding> {
    let regions: BTreeSet<&str> = records.iter().filter_map(Mx::ses_inbound_region).collect();
    let list = || regions.iter().copied().collect::<Vec<_>>().join(" and ");
    (regions.len() > 1).then(|| {
        Finding::new(
            rules::MX_06,
            format!("SES receives mail of {domain} in {}", list()),
        )
    })
}

/// MX-07: the MX of a MAIL FROM domain leads elsewhere than to where SES takes bounces.
pub fn lint_mail_from(domain: &Name, records: &[Mx]) -> Vec<Finding> {
    let is_feedback = |mx: &&Mx| mx.exchange.as_str().starts_with("feedback-smtp.");
    let other = records.iter().filter(|mx| !is_feedback(mx));
    let reason = |mx: &Mx| {
        format!(
            "the MAIL FROM domain {domain} has the mail host {}",
            mx.exchange
        )
    };
    other
        .map(|mx| Finding::new(rules::MX_07, reason(mx)))
        .collect()
}

/// DANE-02: a TLSA record for a mail host that is in none of the `zones` that are ours.
pub fn lint_tlsa(host: &Name, zones: &[Name]) -> Option<Finding> {
    let is_ours = zones.iter().any(|zone| host.is_within(zone));
    let reason = || format!("{host} belongs to somebody else, and so does its TLSA record");
    (!is_ours).then(|| Finding::new(rules::DANE_02, reason()))
}

#[cfg(test)]
#[path = "mx_tests.rs"]
mod tests;
