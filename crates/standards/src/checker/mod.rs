//! For people who only want the checker: one text or file, of whatever kind it is.

mod kind;
mod lines;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fmt;

pub use kind::is_html;
pub use lines::{Line, lines};

use jiff::Timestamp;
use serde::Serialize;

use crate::bimi::{Bimi, MarkCertificate, Svg, TrustStore, svg};
use crate::dkim::DkimKey;
use crate::dmarc::Dmarc;
use crate::dns::Name;
use crate::mta_sts::{MtaStsPolicy, MtaStsRecord};
use crate::rules;
use crate::spf::Spf;
use crate::tls_rpt::TlsRpt;
use crate::{Finding, Severity};

/// The kind of a text or a file.
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

/// The result of a check.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// The kind that the text was taken for.
    pub kind: Kind,
    /// Whether there is a value in it: receivers read the record, the policy, the logo or the
    /// certificate.
    pub has_value: bool,
    /// The canonical form, of a record or a policy that receivers can read.
    pub canonical: Option<String>,
    /// The logo, for whoever can draw it.
    pub logo: Option<Svg>,
    /// The faults; places are bytes of the text.
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
    check_record_at(text, None, kind::of_record(text)?)
}

/// Checks the decoded value of a TXT record of this kind, which stands at `owner` where that is
/// known; nothing when the kind is no record.
pub fn check_record_at(text: &str, owner: Option<&Name>, kind: Kind) -> Option<Checked> {
    Some(match kind {
        Kind::Spf => match owner {
            Some(domain) => checked(kind, Spf::parse_at(text, domain)),
            None => checked(kind, Spf::parse(text)),
        },
        Kind::DkimKey => checked(kind, DkimKey::parse(text)),
        Kind::Dmarc => checked(kind, Dmarc::parse(text)),
        Kind::MtaStsRecord => checked(kind, MtaStsRecord::parse(text)),
        Kind::TlsRpt => checked(kind, TlsRpt::parse(text)),
        Kind::Bimi => checked(kind, Bimi::parse(text)),
        Kind::MtaStsPolicy | Kind::Logo | Kind::MarkCertificate => return None,
    })
}

/// The fault of a record of this kind that stands at `owner`, where receivers do not look for it:
/// a warning, since a CNAME may lead there.
///
/// ```
/// use standards::checker::{Kind, check_owner};
///
/// let owner = "dmarc.example.com".parse()?;
/// let finding = check_owner(Kind::Dmarc, &owner).expect("a finding");
/// assert_eq!(finding.fix, "publish it at `_dmarc.example.com`, unless a CNAME there leads here");
/// # Ok::<(), standards::dns::NameError>(())
/// ```
pub fn check_owner(kind: Kind, owner: &Name) -> Option<Finding> {
    let (rule, labels, at) = match kind {
        Kind::Dmarc => (rules::DMARC_01, "_dmarc", 0),
        Kind::MtaStsRecord => (rules::STS_R01, "_mta-sts", 0),
        Kind::TlsRpt => (rules::RPT_01, "_smtp._tls", 0),
        Kind::Bimi => (rules::BIMI_R01, "_bimi", 1),
        Kind::DkimKey => (rules::DKIM_01, "_domainkey", 1),
        _ => return None,
    };
    let text = owner.as_str();
    let place: Vec<&str> = text.splitn(at + 1, '.').collect();
    let rest = place.get(at).copied().unwrap_or_default();
    let is_there = rest == labels
        || rest
            .strip_prefix(labels)
            .is_some_and(|rest| rest.starts_with('.'));
    // A permission for reports to another organization stands deeper (RFC 9990).
    if is_there || text.contains("._report._dmarc") {
        return None;
    }
    // The right label but for its underscore, or none of it.
    let bare = labels
        .split('.')
        .next_back()
        .unwrap_or(labels)
        .trim_start_matches('_');
    let meant = place[..at].iter().copied().chain([labels]);
    let below = match rest.split_once('.') {
        Some((first, below)) if first.trim_start_matches('_').eq_ignore_ascii_case(bare) => below,
        _ if at == 0 => text,
        _ => "DOMAIN",
    };
    let meant: Vec<&str> = meant.chain([below]).collect();
    let meant = meant.join(".");
    let reason =
        format!("the record stands at {owner}, and receivers ask for `{labels}` names only");
    let finding = Finding::new(rule, reason).weighing(Severity::Warn);
    let fix = format!("publish it at `{meant}`, unless a CNAME there leads here");
    Some(finding.fix(fix))
}

/// The kind of the decoded TXT value `text`, if it is one of those known here.
pub fn kind_of_record(text: &str) -> Option<Kind> {
    kind::of_record(text)
}

/// The kind of the file `name`, which holds `file`: by its name first, then by its first bytes.
/// Nothing where it can only hold records, or a web page.
pub fn kind_of_file(name: &str, file: &[u8]) -> Option<Kind> {
    kind::of_file(name, file)
}

/// Checks the file `name`, which holds `file`: a logo, a mark certificate with its chain to a root
/// of BIMI and its dates at `now`, a policy, or one record. Nothing when it is of no kind known
/// here.
pub fn check_file(name: &str, file: &[u8], now: Timestamp) -> Option<Checked> {
    match kind::of_file(name, file) {
        Some(kind) => check_file_as(kind, name, file, now),
        None => check_record(
            std::str::from_utf8(file)
                .ok()?
                .trim_end_matches(['\r', '\n']),
        ),
    }
}

/// Checks the file `name` as one of this kind; nothing when the kind is a record.
pub fn check_file_as(kind: Kind, name: &str, file: &[u8], now: Timestamp) -> Option<Checked> {
    let rule = match kind {
        Kind::Logo => rules::SVG_01,
        Kind::MarkCertificate => rules::VMC_01,
        Kind::MtaStsPolicy => rules::STS_P11,
        _ => return None,
    };
    if is_html(file) {
        let reason = "the file is a web page, such as a server's error page";
        let fix = "put the file itself there, and see that the server answers with it";
        return Some(Checked {
            kind,
            has_value: false,
            canonical: None,
            logo: None,
            findings: vec![Finding::new(rule, reason).fix(fix).at(0..0)],
        });
    }
    Some(match kind {
        Kind::Logo => {
            let (logo, mut findings) = Svg::parse(file);
            findings.extend(svg::check_name(name, file));
            Checked {
                kind,
                has_value: logo.is_some(),
                canonical: None,
                logo,
                findings,
            }
        }
        Kind::MarkCertificate => {
            let (certificate, findings) =
                MarkCertificate::check_file(file, &TrustStore::bimi(), now);
            Checked {
                kind,
                has_value: certificate.is_some(),
                canonical: None,
                logo: None,
                findings,
            }
        }
        _ => checked(kind, MtaStsPolicy::parse(file)),
    })
}

/// The faults of records that stand together, each with its kind and its owner where that is
/// known: a second one of a kind at one name. Each finding has the position of its record. Records
/// without an owner count as those of one name; keys of DKIM stand at selectors of their own.
pub fn check_together(records: &[(Kind, Option<&Name>)]) -> Vec<(usize, Finding)> {
    let mut findings = Vec::new();
    let mut seen = BTreeSet::new();
    for (position, record) in records.iter().enumerate() {
        let (kind, owner) = *record;
        let rule = match kind {
            Kind::Spf => rules::SPF_02,
            Kind::Dmarc => rules::DMARC_03,
            Kind::MtaStsRecord => rules::STS_R06,
            Kind::TlsRpt => rules::RPT_07,
            Kind::Bimi => rules::BIMI_R12,
            Kind::DkimKey if owner.is_some() => rules::DKIM_02,
            _ => continue,
        };
        // A rule is of one kind of record.
        if !seen.insert((rule.id, owner)) {
            let reason = match owner {
                Some(owner) => format!("{owner} has another {kind}, and receivers take neither"),
                None => format!("there is another {kind}: at one name, receivers take neither"),
            };
            findings.push((position, Finding::new(rule, reason)));
        }
    }
    findings
}

fn checked<T: fmt::Display>(kind: Kind, parsed: (Option<T>, Vec<Finding>)) -> Checked {
    let (value, findings) = parsed;
    Checked {
        kind,
        has_value: value.is_some(),
        canonical: value.map(|value| value.to_string()),
        logo: None,
        findings,
    }
}
