//! The `_dmarc` TXT record as a value.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::mail_uri::ReportUri;

/// The treatment that a receiver is asked to give mail that fails, from the mildest to the strictest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Policy {
    /// Nothing.
    None,
    /// Treat it as suspicious.
    Quarantine,
    /// Refuse it.
    Reject,
}

/// Why a text is not a policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a DMARC policy: write none, quarantine or reject")]
pub struct PolicyError(String);

impl Policy {
    /// The policy in test mode: one step milder (RFC 9989 §4.7, `t`).
    #[must_use]
    pub fn one_step_milder(self) -> Self {
        match self {
            Self::Reject => Self::Quarantine,
            Self::Quarantine | Self::None => Self::None,
        }
    }
}

impl FromStr for Policy {
    type Err = PolicyError;

    fn from_str(text: &str) -> Result<Self, PolicyError> {
        [Self::None, Self::Quarantine, Self::Reject]
            .into_iter()
            .find(|policy| text.eq_ignore_ascii_case(policy.as_str()))
            .ok_or_else(|| PolicyError(text.to_owned()))
    }
}

impl Policy {
    /// As it stands in a record.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Quarantine => "quarantine",
            Self::Reject => "reject",
        }
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How close an authenticated domain must be to the author's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Alignment {
    /// The same organizational domain.
    #[default]
    Relaxed,
    /// The same domain.
    Strict,
}

/// Whether the domain is a public suffix, by its own word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Psd {
    /// Not said: found out by the tree walk.
    #[default]
    Unknown,
    /// A public suffix.
    Yes,
    /// An organizational domain.
    No,
}

/// When a failure report is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FailureOption {
    /// `0`: every mechanism failed.
    All,
    /// `1`: any mechanism failed.
    Any,
    /// `d`: a DKIM signature failed, aligned or not.
    Dkim,
    /// `s`: SPF failed, aligned or not.
    Spf,
}

impl FailureOption {
    /// As it stands in a record.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "0",
            Self::Any => "1",
            Self::Dkim => "d",
            Self::Spf => "s",
        }
    }
}

/// A share of messages, 0 to 100, from before RFC 9989.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(u8);

impl Percent {
    /// This many in a hundred, up to all.
    pub fn new(percent: u8) -> Option<Self> {
        (percent <= 100).then_some(Self(percent))
    }

    /// In a hundred.
    pub fn get(self) -> u8 {
        self.0
    }
}

/// The largest report that a place takes, from before RFC 9989: `10m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SizeLimit {
    number: u64,
    unit: Option<char>,
}

/// Why a text is not a size limit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a size: write a number, and k, m, g or t after it")]
pub struct SizeLimitError(String);

impl FromStr for SizeLimit {
    type Err = SizeLimitError;

    fn from_str(text: &str) -> Result<Self, SizeLimitError> {
        let error = || SizeLimitError(text.to_owned());
        let digits = text.trim_end_matches(|c: char| "kmgtKMGT".contains(c));
        let unit = match text.len() - digits.len() {
            0 => None,
            1 => text.chars().last().map(|unit| unit.to_ascii_lowercase()),
            _ => return Err(error()),
        };
        let all_digits = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        let number = digits
            .parse()
            .ok()
            .filter(|_| all_digits)
            .ok_or_else(error)?;
        Ok(Self { number, unit })
    }
}

impl fmt::Display for SizeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number.fmt(f)?;
        self.unit.map_or(Ok(()), |unit| unit.fmt(f))
    }
}

/// A place that reports go to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ReportTarget {
    /// The place.
    pub uri: ReportUri,
    /// The largest report that it takes, from before RFC 9989.
    pub size_limit: Option<SizeLimit>,
}

impl From<ReportUri> for ReportTarget {
    fn from(uri: ReportUri) -> Self {
        Self {
            uri,
            size_limit: None,
        }
    }
}

impl fmt::Display for ReportTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uri.fmt(f)?;
        self.size_limit
            .map_or(Ok(()), |limit| write!(f, "!{limit}"))
    }
}

/// A domain's policy. Tags that no standard knows, and `rf`, are not kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Dmarc {
    /// `p`: for the domain itself.
    pub policy: Policy,
    /// `sp`: for its subdomains, where it is not `policy`.
    pub subdomain_policy: Option<Policy>,
    /// `np`: for names below it that do not exist, where it is not `subdomain_policy`.
    pub nonexistent_policy: Option<Policy>,
    /// `adkim`.
    pub dkim_alignment: Alignment,
    /// `aspf`.
    pub spf_alignment: Alignment,
    /// `t`: receivers apply the policy one step milder.
    pub testing: bool,
    /// `psd`.
    pub psd: Psd,
    /// `fo`; none means `0`.
    pub failure_options: BTreeSet<FailureOption>,
    /// `rua`: where aggregate reports go.
    pub rua: Vec<ReportTarget>,
    /// `ruf`: where failure reports go.
    pub ruf: Vec<ReportTarget>,
    /// `pct`, from before RFC 9989.
    pub percent: Option<Percent>,
    /// `ri`: seconds between reports, from before RFC 9989.
    pub report_interval: Option<u32>,
}

/// The relation of a message's author domain to the domain of the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// The same.
    Domain,
    /// Below it.
    Subdomain,
    /// Below it, and not in DNS at all.
    Nonexistent,
}

impl Dmarc {
    /// A record with this policy for the domain and everything below it.
    pub fn new(policy: Policy) -> Self {
        Self {
            policy,
            subdomain_policy: None,
            nonexistent_policy: None,
            dkim_alignment: Alignment::default(),
            spf_alignment: Alignment::default(),
            testing: false,
            psd: Psd::default(),
            failure_options: BTreeSet::new(),
            rua: Vec::new(),
            ruf: Vec::new(),
            percent: None,
            report_interval: None,
        }
    }

    /// The policy that is written for `subject`: `np` falls back to `sp`, and `sp` to `p`.
    pub fn written_policy(&self, subject: Subject) -> Policy {
        let subdomain = self.subdomain_policy.unwrap_or(self.policy);
        match subject {
            Subject::Domain => self.policy,
            Subject::Subdomain => subdomain,
            Subject::Nonexistent => self.nonexistent_policy.unwrap_or(subdomain),
        }
    }

    /// The policy that a receiver applies to `subject`: one step milder in test mode.
    pub fn effective_policy(&self, subject: Subject) -> Policy {
        let written = self.written_policy(subject);
        if self.testing {
            written.one_step_milder()
        } else {
            written
        }
    }
}

/// Tags whose value is the default are left out.
impl fmt::Display for Dmarc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v=DMARC1; p={}", self.policy)?;
        let policies = [
            ("sp", self.subdomain_policy),
            ("np", self.nonexistent_policy),
        ];
        for (tag, policy) in policies {
            policy.map_or(Ok(()), |policy| write!(f, "; {tag}={policy}"))?;
        }
        let alignments = [("adkim", self.dkim_alignment), ("aspf", self.spf_alignment)];
        for (tag, alignment) in alignments {
            if alignment == Alignment::Strict {
                write!(f, "; {tag}=s")?;
            }
        }
        f.write_str(if self.testing { "; t=y" } else { "" })?;
        f.write_str(match self.psd {
            Psd::Unknown => "",
            Psd::Yes => "; psd=y",
            Psd::No => "; psd=n",
        })?;
        let options = self.failure_options.iter().map(|option| option.as_str());
        write_list(f, "fo", ":", options)?;
        write_list(f, "rua", ",", self.rua.iter())?;
        write_list(f, "ruf", ",", self.ruf.iter())?;
        write_list(f, "pct", "", self.percent.map(Percent::get).iter())?;
        write_list(f, "ri", "", self.report_interval.iter())
    }
}

fn write_list<T: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    tag: &str,
    separator: &str,
    items: impl Iterator<Item = T>,
) -> fmt::Result {
    for (position, item) in items.enumerate() {
        if position == 0 {
            write!(f, "; {tag}={item}")?;
        } else {
            write!(f, "{separator}{item}")?;
        }
    }
    Ok(())
}
