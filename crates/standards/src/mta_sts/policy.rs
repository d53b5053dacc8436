//! The policy that senders fetch (RFC 8461 §3.2).

use std::fmt;
use std::str::FromStr;

use super::{MaxAge, MxPattern, MxPatternError, PolicyId};
use crate::dns::Name;
use crate::fields::is_extension_name;
use crate::rules;
use crate::{Finding, Severity};

/// A sender's conduct when no MX host meets the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// Nothing: the domain has no policy, or no longer.
    None,
    /// Delivers, and reports.
    Testing,
    /// Doesn't deliver.
    Enforce,
}

/// Why a text is not a mode.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a mode: write enforce, testing or none, in lower case")]
pub struct ModeError(String);

impl FromStr for Mode {
    type Err = ModeError;

    fn from_str(text: &str) -> Result<Self, ModeError> {
        match text {
            "none" => Ok(Self::None),
            "testing" => Ok(Self::Testing),
            "enforce" => Ok(Self::Enforce),
            _ => Err(ModeError(text.to_owned())),
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Testing => "testing",
            Self::Enforce => "enforce",
        })
    }
}

/// A field of the policy that the RFC leaves to later specifications.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PolicyExtension {
    name: String,
    value: String,
}

impl PolicyExtension {
    /// A line `name: value`, if both fit the grammar.
    pub fn new(name: &str, value: &str) -> Option<Self> {
        let value_fits = !value.is_empty()
            && !value.starts_with(' ')
            && !value.ends_with(' ')
            && !value.chars().any(char::is_control);
        (is_extension_name(name) && value_fits && !is_own_key(name)).then(|| Self {
            name: name.to_owned(),
            value: value.to_owned(),
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its value.
    pub fn value(&self) -> &str {
        &self.value
    }
}

/// A policy: its mode, its lifetime, the MX hosts it allows.
///
/// A mode other than none has at least one pattern.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MtaStsPolicy {
    mode: Mode,
    max_age: MaxAge,
    mx: Vec<MxPattern>,
    extensions: Vec<PolicyExtension>,
}

/// Why parts don't make a policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// Senders would refuse all mail, or ignore the policy.
    #[error("a policy in mode {mode} names at least one MX host")]
    NoMx {
        /// The mode that was asked for.
        mode: Mode,
    },
    /// The domain's MX can't stand in a policy.
    #[error("the MX host {host} can't stand in a policy")]
    Host {
        /// As the domain's MX has it.
        host: Name,
        /// The fault.
        source: MxPatternError,
    },
}

impl MtaStsPolicy {
    /// A policy without extensions.
    pub fn new(mode: Mode, max_age: MaxAge, mx: Vec<MxPattern>) -> Result<Self, PolicyError> {
        if mx.is_empty() && mode != Mode::None {
            return Err(PolicyError::NoMx { mode });
        }
        Ok(Self {
            mode,
            max_age,
            mx,
            extensions: Vec::new(),
        })
    }

    /// The policy that allows exactly the MX hosts of a domain, in their order, each once.
    pub fn from_mx<'a>(
        mode: Mode,
        max_age: MaxAge,
        mx_hosts: impl IntoIterator<Item = &'a Name>,
    ) -> Result<Self, PolicyError> {
        let mut patterns: Vec<MxPattern> = Vec::new();
        for host in mx_hosts {
            // A null MX: nobody delivers, so there is nothing to allow.
            if host.is_root() {
                continue;
            }
            let pattern = host.as_str().parse().map_err(|source| PolicyError::Host {
                host: host.clone(),
                source,
            })?;
            if !patterns.contains(&pattern) {
                patterns.push(pattern);
            }
        }
        Self::new(mode, max_age, patterns)
    }

    /// The same policy with one more extension.
    #[must_use]
    pub fn with_extension(mut self, extension: PolicyExtension) -> Self {
        self.extensions.push(extension);
        self
    }

    /// A sender's conduct on failure.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// How long a sender may keep it.
    pub fn max_age(&self) -> MaxAge {
        self.max_age
    }

    /// The MX hosts it allows.
    pub fn mx(&self) -> &[MxPattern] {
        &self.mx
    }

    /// Fields of later specifications.
    pub fn extensions(&self) -> &[PolicyExtension] {
        &self.extensions
    }

    /// Whether the policy allows this MX host.
    pub fn allows(&self, mx_host: &Name) -> bool {
        self.mx.iter().any(|pattern| pattern.matches(mx_host))
    }

    /// The id to announce it with, when it is served as it prints.
    pub fn id(&self) -> PolicyId {
        PolicyId::of(self.to_string().as_bytes())
    }

    /// The faults of the policy as a value.
    pub fn lint(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> =
            lint_max_age(self.mode, self.max_age).into_iter().collect();
        findings.extend(self.mx.iter().filter_map(MxPattern::lint));
        findings.extend(lint_size(self.to_string().len()));
        findings
    }
}

/// The policy as it is served: the version first, every line ended by CRLF.
impl fmt::Display for MtaStsPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "version: STSv1\r\nmode: {}\r\n", self.mode)?;
        for pattern in &self.mx {
            write!(f, "mx: {pattern}\r\n")?;
        }
        write!(f, "max_age: {}\r\n", self.max_age)?;
        for PolicyExtension { name, value } in &self.extensions {
            write!(f, "{name}: {value}\r\n")?;
        }
        Ok(())
    }
}

/// STS-P05.
pub(super) fn lint_max_age(mode: Mode, max_age: MaxAge) -> Option<Finding> {
    if mode != Mode::Enforce || max_age >= MaxAge::WEEK {
        return None;
    }
    let finding = Finding::new(
        rules::STS_P05,
        format!("the policy is enforced with a max_age of {max_age} seconds, less than a week"),
    );
    Some(if max_age < MaxAge::DAY {
        finding.weighing(Severity::Error)
    } else {
        finding
    })
}

/// STS-P12.
pub(super) fn lint_size(bytes: usize) -> Option<Finding> {
    const MOST: usize = 64 * 1024;
    (bytes > MOST).then(|| {
        Finding::new(
            rules::STS_P12,
            format!("the policy has {bytes} bytes, and senders may stop reading at {MOST}"),
        )
    })
}

/// The keys of the RFC.
pub(super) const OWN_KEYS: &[&str] = &["version", "mode", "mx", "max_age"];

/// Whether a key is one of the RFC's own.
fn is_own_key(key: &str) -> bool {
    OWN_KEYS.contains(&key)
}
