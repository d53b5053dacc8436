//! For people who only want the checker: one text or file, of whatever kind it is.

#[cfg(test)]
mod tests;

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use crate::bimi::{Bimi, MarkCertificate, Svg, TrustStore, svg};
use crate::dkim::DkimKey;
use crate::dmarc::Dmarc;
use crate::mta_sts::{MtaStsPolicy, MtaStsRecord};
use crate::spf::Spf;
use crate::tls_rpt::TlsRpt;
use crate::{Finding, Severity};

/// What a text or a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An SPF record.
    Spf,
    /// A DKIM key record.
    DkimKey,
    /// A DMARC record.
    Dmarc,
    /// An MTA-STS record.
    MtaStsRecord,
    /// A TLS reporting record.
    TlsRpt,
    /// A BIMI record.
    Bimi,
    /// An MTA-STS policy file.
    MtaStsPolicy,
    /// A logo.
    Logo,
    /// A mark certificate with its chain.
    MarkCertificate,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Spf => "SPF record",
            Self::DkimKey => "DKIM key",
            Self::Dmarc => "DMARC record",
            Self::MtaStsRecord => "MTA-STS record",
            Self::TlsRpt => "TLS reporting record",
            Self::Bimi => "BIMI record",
            Self::MtaStsPolicy => "MTA-STS policy",
            Self::Logo => "logo",
            Self::MarkCertificate => "mark certificate",
        })
    }
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// What the text was taken for.
    pub kind: Kind,
    /// Whether there is a value in it: receivers read the record, the policy, the logo or the
    /// certificate.
    pub has_value: bool,
    /// The canonical form, of a record or a policy that receivers can read.
    pub canonical: Option<String>,
    /// What is wrong with it; places are bytes of the text.
    pub findings: Vec<Finding>,
}

impl Checked {
    /// Whether receivers can use what was checked: it has a value, and nothing found is an error.
    pub fn is_usable(&self) -> bool {
        let is_sound = |finding: &Finding| finding.severity < Severity::Error;
        self.has_value && self.findings.iter().all(is_sound)
    }
}

/// Checks the decoded value of a TXT record; nothing when it is of no kind known here.
///
/// ```
/// use standards::checker::{Kind, check_record};
///
/// let checked = check_record("v=spf1 include:amazonses.com +all").expect("a known kind");
/// assert_eq!(checked.kind, Kind::Spf);
/// assert_eq!(checked.findings[0].rule, "SPF-19");
/// ```
pub fn check_record(text: &str) -> Option<Checked> {
    let kind = kind_of_record(text)?;
    Some(match kind {
        Kind::Spf => checked(kind, Spf::parse(text)),
        Kind::DkimKey => checked(kind, DkimKey::parse(text)),
        Kind::Dmarc => checked(kind, Dmarc::parse(text)),
        Kind::MtaStsRecord => checked(kind, MtaStsRecord::parse(text)),
        Kind::TlsRpt => checked(kind, TlsRpt::parse(text)),
        Kind::Bimi => checked(kind, Bimi::parse(text)),
        Kind::MtaStsPolicy | Kind::Logo | Kind::MarkCertificate => return None,
    })
}

/// Checks the file `name`, which holds `file`: a logo, a mark certificate with its chain to a root
/// of BIMI and its dates at `now`, a policy, or one record. Nothing when it is of no kind known
/// here.
pub fn check_file(name: &str, file: &[u8], now: Timestamp) -> Option<Checked> {
    match kind_of_file(name, file) {
        Some(Kind::Logo) => {
            let (logo, mut findings) = Svg::parse(file);
            findings.extend(svg::check_name(name, file));
            Some(Checked {
                kind: Kind::Logo,
                has_value: logo.is_some(),
                canonical: None,
                findings,
            })
        }
        Some(Kind::MarkCertificate) => {
            let (certificate, findings) =
                MarkCertificate::check_file(file, &TrustStore::bimi(), now);
            Some(Checked {
                kind: Kind::MarkCertificate,
                has_value: certificate.is_some(),
                canonical: None,
                findings,
            })
        }
        Some(kind @ Kind::MtaStsPolicy) => Some(checked(kind, MtaStsPolicy::parse(file))),
        _ => check_record(
            std::str::from_utf8(file)
                .ok()?
                .trim_end_matches(['\r', '\n']),
        ),
    }
}

fn checked<T: fmt::Display>(kind: Kind, parsed: (Option<T>, Vec<Finding>)) -> Checked {
    let (value, findings) = parsed;
    Checked {
        kind,
        has_value: value.is_some(),
        canonical: value.map(|value| value.to_string()),
        findings,
    }
}

/// How records begin. Case, quotes and spaces are overlooked here, since each kind's parser
/// says more of them than that nothing is known of the text.
const VERSIONS: [(&str, Kind); 7] = [
    ("v=spf1", Kind::Spf),
    ("spf2.0/", Kind::Spf),
    ("v=dkim1", Kind::DkimKey),
    ("v=dmarc1", Kind::Dmarc),
    ("v=stsv1", Kind::MtaStsRecord),
    ("v=tlsrptv1", Kind::TlsRpt),
    ("v=bimi1", Kind::Bimi),
];

fn kind_of_record(text: &str) -> Option<Kind> {
    let start: String = text
        .chars()
        .filter(|character| !character.is_whitespace() && *character != '"')
        .take(
            VERSIONS
                .iter()
                .map(|(version, _)| version.len())
                .max()
                .unwrap_or(0),
        )
        .collect();
    let start = start.to_ascii_lowercase();
    let known = VERSIONS
        .iter()
        .find(|(version, _)| start.starts_with(version));
    let is_bare_key = || {
        text.split(';')
            .any(|tag| tag.trim_start().starts_with("p="))
    };
    known
        .map(|(_, kind)| *kind)
        .or_else(|| is_bare_key().then_some(Kind::DkimKey))
}

fn kind_of_file(name: &str, file: &[u8]) -> Option<Kind> {
    const GZIP: [u8; 2] = [0x1f, 0x8b];
    let name = name.to_ascii_lowercase();
    let has_suffix = |suffixes: &[&str]| suffixes.iter().any(|suffix| name.ends_with(suffix));
    let start = file
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(file)
        .trim_ascii_start();
    if has_suffix(&[".svg", ".svgz"]) || start.starts_with(b"<") || file.starts_with(&GZIP) {
        Some(Kind::Logo)
    } else if has_suffix(&[".pem", ".crt"]) || start.starts_with(b"-----BEGIN") {
        Some(Kind::MarkCertificate)
    } else if has_suffix(&["mta-sts.txt"]) || start.starts_with(b"version") {
        Some(Kind::MtaStsPolicy)
    } else {
        None
    }
}
