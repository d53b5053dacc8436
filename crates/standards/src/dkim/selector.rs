//! The name at which a key stands: `<selector>._domainkey.<domain>` (RFC 6376 §3.1, §3.6.2.1).

use std::fmt;
use std::str::FromStr;

use crate::dns::{Name, NameError};
use crate::quote::quote;
use crate::rules;
use crate::{Finding, owner};

/// The name of one key of a domain: labels of letters, digits and inner hyphens.
/// A dot in it starts a new label of the DNS name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Selector(String);

/// Why a text is not a selector.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} is not a selector: labels of 1 to 63 letters, digits and inner hyphens, joined by dots", quote(.0))]
pub struct SelectorError(String);

impl Selector {
    /// Its text, in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name that the key of `domain` stands at.
    pub fn owner(&self, domain: &Name) -> Result<Name, NameError> {
        domain.child(&self.labels())
    }

    /// DKIM-01: the key stands at the name verifiers ask and nowhere else.
    pub fn check_owner(&self, owner: &Name, domain: &Name) -> Option<Finding> {
        owner::check(rules::DKIM_01, &self.labels(), owner, domain)
    }

    fn labels(&self) -> String {
        format!("{}._domainkey", self.0)
    }
}

impl FromStr for Selector {
    type Err = SelectorError;

    fn from_str(text: &str) -> Result<Self, SelectorError> {
        let is_label = |label: &str| {
            (1..=63).contains(&label.len())
                && label
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        // `._domainkey.` and a domain of three characters must still fit a name.
        if text.len() > 253 - "._domainkey.".len() - 3 || !text.split('.').all(is_label) {
            return Err(SelectorError(text.to_owned()));
        }
        Ok(Self(text.to_ascii_lowercase()))
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
