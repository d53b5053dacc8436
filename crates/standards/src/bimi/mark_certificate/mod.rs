//! The mark certificate (VMC or CMC): who vouches that the logo is the domain's
//! (draft-fetch-validation-vmc-wchuang, and the requirements of the BIMI Group for issuers).
//!
//! [`MarkCertificate::parse`] reads a PEM file and checks all that the file alone decides. What
//! depends on something else has its own method: the roots to trust, the time, the domain, the
//! logo that is hosted. Revocation and the signatures of the timestamps need the network or keys
//! of logs, and are not checked.
//!
//! ```
//! use standards::bimi::{MarkCertificate, TrustStore};
//!
//! let (certificate, findings) = MarkCertificate::parse(b"no certificate");
//! assert!(certificate.is_none());
//! assert_eq!(findings[0].rule, "VMC-01");
//! assert_eq!(TrustStore::bimi().len(), 5);
//! ```

mod chain;
mod leaf;
mod logotype;
mod oids;
mod pem;
mod receivers;
mod subject;
mod trust;

use jiff::{SignedDuration, Timestamp};

use super::record::record_owner;
use super::{Selector, Svg};
use crate::dns::Name;
use crate::quote::quote;
use crate::rules;
use crate::{Finding, Severity, is_sound};

pub use receivers::Refusal;
pub use subject::MarkType;
pub use trust::{TrustStore, TrustStoreError};

use chain::Certificate;

/// The most bytes of a PEM file that are read; real ones have about ten thousand.
pub const READ_LIMIT: usize = 512 * 1024;

/// Issuers of mark certificates, and their names in CAA records (their certification practice
/// statements).
const CAA_NAMES: &[(&str, &str)] = &[
    ("digicert", "digicert.com"),
    ("globalsign", "globalsign.com"),
    ("ssl.com", "ssl.com"),
    ("ssl corp", "ssl.com"),
    ("entrust", "entrust.net"),
];

/// The last share of a certificate's lifetime, as one part of so many, in which its renewal is
/// urgent (VMC-10): issuing a mark takes weeks, and authorities sell lifetimes of one to two years.
const LAST_PART: i32 = 8;

/// A mark certificate with its chain, as far as X.509 can be read.
#[derive(Clone, Debug, PartialEq)]
pub struct MarkCertificate {
    /// The leaf first.
    chain: Vec<Certificate>,
    names: Vec<Name>,
    organization: Option<String>,
    mark_type: Option<MarkType>,
    logo: Option<Svg>,
    is_usable: bool,
}

/// The surroundings that a mark certificate is used in.
#[derive(Clone, Copy, Debug)]
pub struct Use<'a> {
    /// The domain whose record names the certificate.
    pub domain: &'a Name,
    /// The organizational domain of that domain, often the same.
    pub organizational_domain: &'a Name,
    /// The selector of the record.
    pub selector: &'a Selector,
    /// The logo that the record names.
    pub logo: &'a Svg,
    /// The roots to trust.
    pub trust: &'a TrustStore,
    /// The time.
    pub now: Timestamp,
}

impl MarkCertificate {
    /// Reads a PEM file. There is a certificate when X.509 can be read, whatever else is wrong.
    pub fn parse(file: &[u8]) -> (Option<Self>, Vec<Finding>) {
        if file.len() > READ_LIMIT {
            let reason = format!("the file has {} bytes, more than {READ_LIMIT}", file.len());
            return (None, vec![Finding::new(rules::VMC_01, reason)]);
        }
        let Ok(text) = std::str::from_utf8(file) else {
            let finding = Finding::new(rules::VMC_01, "the file is not PEM text");
            return (
                None,
                vec![finding.fix("convert it: openssl x509 -inform der -in FILE")],
            );
        };
        let (certificates, mut findings) = chain::read(text);
        let chain = chain::path(certificates);
        let Some(leaf) = chain.first() else {
            return (None, findings);
        };
        let parsed = leaf.parsed();
        let (logo, logo_findings) = read_logo(leaf);
        let mut on_leaf = leaf::check(&parsed);
        on_leaf.extend(logo_findings);
        on_leaf.extend(subject::check(&parsed));
        findings.extend(
            on_leaf
                .into_iter()
                .map(|finding| finding.at(leaf.span.clone())),
        );
        if let Some(issuer) = chain.get(1) {
            let finding = leaf::check_issuer(&issuer.parsed());
            findings.extend(finding.map(|finding| finding.at(issuer.span.clone())));
        }
        let names = leaf::names(&parsed);
        let organization = subject::organization(&parsed);
        let mark_type = subject::mark_type(&parsed);
        let certificate = Self {
            names,
            organization,
            mark_type,
            logo,
            is_usable: is_sound(&findings),
            chain,
        };
        (Some(certificate), findings)
    }

    /// Reads a PEM file, and checks it all the way to a root of `trust` and its dates at `now`
    /// (VMC-02, VMC-10, RCV-06).
    pub fn check_file(
        file: &[u8],
        trust: &TrustStore,
        now: Timestamp,
    ) -> (Option<Self>, Vec<Finding>) {
        let (certificate, mut findings) = Self::parse(file);
        if let Some(certificate) = &certificate {
            findings.extend(certificate.check_trust(trust));
            findings.extend(certificate.check_receivers(trust));
            findings.extend(certificate.check_time(now));
        }
        (certificate, findings)
    }

    /// Whether it keeps every rule of severity error that its file alone decides. Its trust, its
    /// dates and its domain have checks of their own.
    pub fn is_usable(&self) -> bool {
        self.is_usable
    }

    /// The logo that the certificate vouches for.
    pub fn logo(&self) -> Option<&Svg> {
        self.logo.as_ref()
    }

    /// The DNS names that it is for.
    pub fn names(&self) -> &[Name] {
        &self.names
    }

    /// The name under which its issuer stands in CAA records, where that is known.
    pub fn issuer_in_caa(&self) -> Option<Name> {
        let leaf = self.chain.first()?.parsed();
        let issuer = leaf.issuer().to_string().to_ascii_lowercase();
        let known = CAA_NAMES.iter().find(|(brand, _)| issuer.contains(brand))?;
        Name::parse(known.1).ok()
    }

    /// The organization whose mark it is.
    pub fn organization(&self) -> Option<&str> {
        self.organization.as_deref()
    }

    /// The domain by which CAA lists the authority that issued it (DNS-14), where that is one of
    /// those in [`TrustStore::bimi`].
    pub fn authority(&self) -> Option<Name> {
        let parsed = self.chain[0].parsed();
        let mut names = parsed.issuer().iter_organization();
        let organization = names.next()?.as_str().ok()?;
        trust::caa_domain(organization)
    }

    /// The kind of mark.
    pub fn mark_type(&self) -> Option<MarkType> {
        self.mark_type
    }

    /// The first moment it is valid at.
    pub fn not_before(&self) -> Timestamp {
        validity(&self.chain[0]).0
    }

    /// The last moment it is valid at.
    pub fn not_after(&self) -> Timestamp {
        validity(&self.chain[0]).1
    }

    /// Checks all that depends on what the certificate is used with: the roots, the logo, the
    /// domain and the time (VMC-02, VMC-08, VMC-09, VMC-10, RCV-06).
    pub fn check_use(&self, with: &Use<'_>) -> Vec<Finding> {
        let domain = self.check_domain(with.domain, with.organizational_domain, with.selector);
        let mut findings: Vec<Finding> = self
            .check_trust(with.trust)
            .into_iter()
            .chain(self.check_logo(with.logo))
            .chain(domain)
            .collect();
        findings.extend(self.check_receivers(with.trust));
        findings.extend(self.check_time(with.now));
        findings
    }

    /// Checks the signatures from the leaf to a root of `trust` (VMC-02).
    pub fn check_trust(&self, trust: &TrustStore) -> Option<Finding> {
        chain::check_trust(&self.chain, trust)
    }

    /// Refusals of single receivers, for certificates that lead to a root of `trust`, by the root
    /// and the date of issue (RCV-06).
    pub fn check_receivers(&self, trust: &TrustStore) -> Vec<Finding> {
        let Some(root) = chain::root(&self.chain, trust) else {
            return Vec::new();
        };
        let findings = receivers::check(trust.refusals(), root, self.not_before()).into_iter();
        findings
            .map(|finding| finding.at(self.chain[0].span.clone()))
            .collect()
    }

    /// Checks that every certificate of the file is valid at `now`, and warns in the last eighth
    /// of the leaf's lifetime (VMC-10).
    pub fn check_time(&self, now: Timestamp) -> Vec<Finding> {
        check_time(&self.chain, now)
    }

    /// Checks that it is for `domain`, its `organizational` domain, or the record's own name
    /// below either (VMC-09). Wildcards have no meaning here.
    pub fn check_domain(
        &self,
        domain: &Name,
        organizational: &Name,
        selector: &Selector,
    ) -> Option<Finding> {
        let covers = |domain: &Name| {
            let record = record_owner(selector, domain).ok();
            self.names
                .iter()
                .any(|name| name == domain || Some(name) == record.as_ref())
        };
        if covers(domain) || covers(organizational) {
            return None;
        }
        let names: Vec<&str> = self.names.iter().map(Name::as_str).collect();
        let names = if names.is_empty() {
            "no name".to_owned()
        } else {
            names.join(", ")
        };
        let reason = format!("the certificate is not for {domain}, but for {names}");
        Some(Finding::new(rules::VMC_09, reason).at(self.chain[0].span.clone()))
    }

    /// Checks that the hosted logo is, byte for byte, the one inside (VMC-08).
    pub fn check_logo(&self, hosted: &Svg) -> Option<Finding> {
        // A certificate without a logo is a finding already.
        let logo = self.logo.as_ref()?;
        (hosted.sha256() != logo.sha256()).then(|| {
            let reason = "the hosted logo is not the logo inside of the certificate";
            Finding::new(rules::VMC_08, reason).at(self.chain[0].span.clone())
        })
    }
}

/// Reads the logo inside of `leaf`; an error in it is an error of the certificate (VMC-07).
fn read_logo(leaf: &Certificate) -> (Option<Svg>, Vec<Finding>) {
    let parsed = leaf.parsed();
    let Some(extension) = parsed
        .iter_extensions()
        .find(|extension| extension.oid == oids::LOGOTYPE)
    else {
        return (None, Vec::new());
    };
    let logo = match logotype::read_logo(extension.value) {
        Ok(logo) => logo,
        Err(reason) => return (None, vec![Finding::new(rules::VMC_06, reason)]),
    };
    let mut findings = Vec::new();
    if !logo.has_sha256 {
        let finding = Finding::new(rules::VMC_06, "the logo's only hash is SHA-1, not SHA-256");
        findings.push(finding.weighing(Severity::Warn));
    }
    let (logo, faults) = Svg::parse(&logo.content);
    let errors = faults
        .into_iter()
        .filter(|fault| fault.severity == Severity::Error);
    findings.extend(errors.map(|fault| {
        let reason = format!("the logo inside breaks {}: {}", fault.rule, fault.reason);
        Finding::new(rules::VMC_07, reason)
    }));
    (logo, findings)
}

fn check_time(chain: &[Certificate], now: Timestamp) -> Vec<Finding> {
    let Some(leaf) = chain.first() else {
        return Vec::new();
    };
    let mut findings: Vec<Finding> = chain
        .iter()
        .filter_map(|certificate| check_dates(certificate, now))
        .collect();
    let (not_before, not_after) = validity(leaf);
    let left = not_after.duration_since(now);
    let lifetime = not_after.duration_since(not_before);
    if findings.is_empty() && left <= lifetime / LAST_PART {
        let days = |duration: SignedDuration| duration.as_hours() / 24;
        let reason = format!(
            "the certificate runs out at {not_after}: {} of its {} days are left",
            days(left),
            days(lifetime)
        );
        let finding = Finding::new(rules::VMC_10, reason).weighing(Severity::Warn);
        findings.push(finding.at(leaf.span.clone()));
    }
    findings
}

fn check_dates(certificate: &Certificate, now: Timestamp) -> Option<Finding> {
    let (not_before, not_after) = validity(certificate);
    let name = quote(&certificate.parsed().subject().to_string());
    let finding = if now < not_before {
        let reason = format!("the certificate of {name} is valid only from {not_before}");
        Finding::new(rules::VMC_10, reason)
            .fix("publish it from then on, and the one before until then")
    } else if now > not_after {
        let reason = format!("the certificate of {name} ran out at {not_after}");
        Finding::new(rules::VMC_10, reason)
    } else {
        return None;
    };
    Some(finding.at(certificate.span.clone()))
}

fn validity(certificate: &Certificate) -> (Timestamp, Timestamp) {
    let parsed = certificate.parsed();
    let validity = parsed.validity();
    // X.509 has years of four digits, all of which fit into a timestamp.
    let stamp = |seconds| Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX);
    (
        stamp(validity.not_before.timestamp()),
        stamp(validity.not_after.timestamp()),
    )
}

#[cfg(test)]
mod tests;
