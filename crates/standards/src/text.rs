//! Values that are one text: as other software keeps them, they are written as they print and
//! read as they parse.

use std::str::FromStr;

use crate::mta_sts::MtaStsPolicy;
use crate::{Finding, Severity, is_sound};

/// Why a text holds no value: what `parse` found in it. Receivers would read nothing there.
///
/// ```
/// use standards::mta_sts::MtaStsRecord;
///
/// let error = "v=STSv1; id=2026-01-01".parse::<MtaStsRecord>().expect_err("no id has a hyphen");
/// assert_eq!(error.findings[0].rule, "STS-R03");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("receivers cannot read it: {}", reason(findings))]
pub struct Unreadable {
    /// All that is wrong with the text, each with its place.
    pub findings: Vec<Finding>,
}

fn reason(findings: &[Finding]) -> &str {
    let worst = findings
        .iter()
        .find(|finding| finding.severity == Severity::Error);
    worst.map_or("it holds nothing", |finding| finding.reason.as_str())
}

/// `FromStr` for types whose `parse` reports findings: what receivers would read.
macro_rules! read_as_receivers_do {
    ($($type:ty),+ $(,)?) => {$(
        impl FromStr for $type {
            type Err = Unreadable;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let (value, findings) = Self::parse(text);
                value.ok_or(Unreadable { findings })
            }
        }
    )+};
}

/// Serde by `Display` and `FromStr`, so that what one program keeps another can read.
macro_rules! serde_as_text {
    ($($type:ty),+ $(,)?) => {$(
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}

read_as_receivers_do!(
    crate::bimi::Bimi,
    crate::dkim::DkimKey,
    crate::dmarc::Dmarc,
    crate::mta_sts::MtaStsRecord,
    crate::spf::Spf,
    crate::tls_rpt::TlsRpt,
);

/// `is_usable` for types whose faults are all in the value.
macro_rules! usable_without_errors {
    ($($type:ty),+ $(,)?) => {$(
        impl $type {
            /// Whether receivers act on it: nothing about the value is an error. The crate says
            /// what that means for every type.
            pub fn is_usable(&self) -> bool {
                is_sound(&self.lint())
            }
        }
    )+};
}

usable_without_errors!(
    crate::bimi::Bimi,
    crate::dkim::DkimKey,
    crate::dmarc::Dmarc,
    crate::mta_sts::MtaStsPolicy,
    crate::mta_sts::MtaStsRecord,
    crate::spf::Spf,
    crate::tls_rpt::TlsRpt,
);

impl FromStr for MtaStsPolicy {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Self, Unreadable> {
        let (policy, findings) = Self::parse(text.as_bytes());
        policy.ok_or(Unreadable { findings })
    }
}

serde_as_text!(
    crate::bimi::Bimi,
    crate::bimi::HttpsUri,
    crate::bimi::LocalPartPrefix,
    crate::bimi::Selector,
    crate::dkim::DkimKey,
    crate::dkim::Selector,
    crate::dmarc::Dmarc,
    crate::dmarc::Policy,
    crate::dmarc::SizeLimit,
    crate::dns::Caa,
    crate::mail_uri::ReportUri,
    crate::mta_sts::MaxAge,
    crate::mta_sts::Mode,
    crate::mta_sts::MtaStsPolicy,
    crate::mta_sts::MtaStsRecord,
    crate::mta_sts::MxPattern,
    crate::mta_sts::PolicyId,
    crate::spf::Network,
    crate::spf::Spf,
    crate::tls_rpt::TlsRpt,
);
