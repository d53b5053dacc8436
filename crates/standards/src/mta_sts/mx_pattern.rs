//! Which MX hosts a policy allows (RFC 8461 §4.1).

use std::fmt;
use std::str::FromStr;

use crate::dns::Name;
use crate::rules;
use crate::{Finding, host};

/// A host name, or `*.` and the name that one more label may stand before.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MxPattern {
    wildcard: bool,
    host: Name,
}

/// Why a text is not a pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct MxPatternError(String);

impl MxPattern {
    /// Whether the pattern allows this MX host: exactly, or with `*.` standing for exactly
    /// one label.
    pub fn matches(&self, mx_host: &Name) -> bool {
        if self.wildcard {
            !mx_host.is_root() && mx_host.parent().as_ref() == Some(&self.host)
        } else {
            self.host == *mx_host
        }
    }

    /// Whether it starts with `*.`.
    pub fn is_wildcard(&self) -> bool {
        self.wildcard
    }

    /// The name, without `*.`.
    pub fn host(&self) -> &Name {
        &self.host
    }

    /// STS-P15: anybody can get names, and certificates for them, below a public suffix.
    pub(super) fn lint(&self) -> Option<Finding> {
        let is_shared =
            self.wildcard && psl::suffix_str(self.host.as_str()) == Some(self.host.as_str());
        is_shared.then(|| {
            Finding::new(
                rules::STS_P15,
                format!(
                    "{self} allows every host below {}, where anybody can get a name",
                    self.host
                ),
            )
        })
    }
}

impl FromStr for MxPattern {
    type Err = MxPatternError;

    fn from_str(text: &str) -> Result<Self, MxPatternError> {
        let (wildcard, rest) = match text.strip_prefix("*.") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        if rest.contains('*') {
            return Err(MxPatternError(
                "a `*` may stand only for the whole first label, as in `*.example.com`".to_owned(),
            ));
        }
        if rest.contains([',', ' ', '\t']) {
            return Err(MxPatternError(
                "an `mx` line holds one pattern; write another line for another host".to_owned(),
            ));
        }
        let host = host::parse(rest).map_err(MxPatternError)?;
        Ok(Self { wildcard, host })
    }
}

impl fmt::Display for MxPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.wildcard { "*." } else { "" })?;
        self.host.fmt(f)
    }
}

impl From<MxPattern> for String {
    fn from(pattern: MxPattern) -> Self {
        pattern.to_string()
    }
}
