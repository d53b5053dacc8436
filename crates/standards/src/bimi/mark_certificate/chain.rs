//! The certificates of the file: their order (VMC-01) and where they lead (VMC-02).

use std::ops::Range;

use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::{TrustStore, pem};
use crate::Finding;
use crate::bimi::svg::sha256;
use crate::quote::quote;
use crate::rules;

/// More certificates than any chain of mark certificates has.
const MOST_CERTIFICATES: usize = 10;

/// A certificate that can be parsed, and where it stands in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Certificate {
    der: Vec<u8>,
    pub(super) span: Range<usize>,
}

impl Certificate {
    fn new(der: Vec<u8>, span: Range<usize>) -> Option<Self> {
        let (rest, _) = X509Certificate::from_der(&der).ok()?;
        rest.is_empty().then_some(())?;
        Some(Self { der, span })
    }

    /// The certificate's parts.
    pub(super) fn parsed(&self) -> X509Certificate<'_> {
        let (_, certificate) = X509Certificate::from_der(&self.der).expect("it was parsed before");
        certificate
    }
}

/// Reads every certificate of `text`, and judges the order they are in.
pub(super) fn read(text: &str) -> (Vec<Certificate>, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut certificates: Vec<Certificate> = Vec::new();
    for block in pem::blocks(text) {
        let fault = |reason: String| Finding::new(rules::VMC_01, reason).at(block.span.clone());
        if block.label != "CERTIFICATE" {
            findings.push(foreign_block(&block));
            continue;
        }
        let Some(certificate) = block
            .der
            .and_then(|der| Certificate::new(der, block.span.clone()))
        else {
            findings.push(
                fault("this block is not a certificate".to_owned()).fix("take the block out"),
            );
            continue;
        };
        if certificates
            .iter()
            .any(|earlier| earlier.der == certificate.der)
        {
            findings.push(
                fault("this certificate is in the file twice".to_owned())
                    .fix("take one of the two out"),
            );
        } else if certificates.len() == MOST_CERTIFICATES {
            findings.push(fault(format!(
                "more than {MOST_CERTIFICATES} certificates in one file"
            )));
            break;
        } else {
            certificates.push(certificate);
        }
    }
    if certificates.is_empty() {
        let finding = Finding::new(rules::VMC_01, "there is no certificate in the file")
            .fix("put the mark certificate there, and after it those that lead to its root");
        findings.push(finding.at(0..text.len()));
    }
    findings.extend(check_order(&certificates));
    (certificates, findings)
}

fn foreign_block(block: &pem::Block) -> Finding {
    let reason = format!(
        "a block of {} in a file of certificates",
        quote(&block.label)
    );
    let finding = Finding::new(rules::VMC_01, reason).at(block.span.clone());
    if block.label.contains("PRIVATE KEY") {
        return finding
            .fix("take the private key out: this file is published for everyone to read");
    }
    finding.fix("take the block out")
}

fn check_order(certificates: &[Certificate]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |reason: String, certificate: &Certificate| {
        findings.push(Finding::new(rules::VMC_01, reason).at(certificate.span.clone()));
    };
    if let Some(first) = certificates.first().filter(|first| first.parsed().is_ca()) {
        add(
            "the first certificate is that of an authority, not the mark certificate".to_owned(),
            first,
        );
    }
    for (below, certificate) in certificates.iter().zip(certificates.iter().skip(1)) {
        let (below, parsed) = (below.parsed(), certificate.parsed());
        if !parsed.is_ca() {
            let reason = "a second certificate that is not that of an authority";
            add(reason.to_owned(), certificate);
        } else if below.issuer().as_raw() != parsed.subject().as_raw() {
            let name = quote(&parsed.subject().to_string());
            add(
                format!("{name} did not issue the certificate before it"),
                certificate,
            );
        }
    }
    findings
}

/// The mark certificate, and from it those that issued the one before, whatever their order in the
/// file: a wrong order hides neither dates nor trust.
pub(super) fn path(mut certificates: Vec<Certificate>) -> Vec<Certificate> {
    let leaf = certificates.iter().position(|one| !one.parsed().is_ca());
    let mut path: Vec<Certificate> = Vec::new();
    let mut next = leaf.or(if certificates.is_empty() {
        None
    } else {
        Some(0)
    });
    while let Some(position) = next {
        let last = certificates.remove(position);
        let issued =
            |one: &Certificate| one.parsed().subject().as_raw() == last.parsed().issuer().as_raw();
        next = certificates.iter().position(issued);
        path.push(last);
    }
    path
}

/// Verifies every signature from the leaf to a root of `trust` (VMC-02).
///
/// The dates are another rule's; what is judged here stays true.
pub(super) fn check_trust(certificates: &[Certificate], trust: &TrustStore) -> Option<Finding> {
    let (last, before) = certificates.split_last()?;
    let parsed: Vec<_> = certificates.iter().map(Certificate::parsed).collect();
    for (index, pair) in parsed.windows(2).enumerate() {
        if let Err(reason) = check_issued(&pair[0], &pair[1], index) {
            let finding =
                Finding::new(rules::VMC_02, reason).fix("take the authority's own certificates");
            return Some(finding.at(certificates[index].span.clone()));
        }
    }
    let end = last.parsed();
    let is_root = trust.roots().any(|root| root.as_raw() == end.as_raw());
    if is_root && !before.is_empty() {
        return None;
    }
    let fault = |reason: String| Some(Finding::new(rules::VMC_02, reason).at(last.span.clone()));
    let issuer = quote(&end.issuer().to_string());
    let mut refusal = None;
    for root in trust
        .roots()
        .filter(|root| root.subject().as_raw() == end.issuer().as_raw())
    {
        match check_issued(&end, &root, before.len()) {
            Ok(()) => return None,
            Err(reason) => refusal = Some(reason),
        }
    }
    if let Some(reason) = refusal {
        return fault(reason).map(|one| one.fix("take the authority's own certificates"));
    }
    if end.issuer().as_raw() == end.subject().as_raw() {
        return fault(format!(
            "the chain ends at {issuer}, which is no root for mark certificates"
        ))
        .map(|one| one.fix("get a certificate of an authority that the BIMI Group lists"));
    }
    fault(format!(
        "the certificate of {issuer} is neither in the file nor a root for mark certificates"
    ))
}

/// The SHA-256 of the root of `trust` that the chain ends at.
pub(super) fn root(certificates: &[Certificate], trust: &TrustStore) -> Option<[u8; 32]> {
    let (last, before) = certificates.split_last()?;
    let end = last.parsed();
    let is_end = |root: &X509Certificate<'_>| {
        root.as_raw() == end.as_raw() || check_issued(&end, root, before.len()).is_ok()
    };
    let root = trust.roots().find(is_end)?;
    Some(sha256(root.as_raw()))
}

/// Whether `authority` may sign certificates and signed `subject`, which `below` authorities
/// separate from the leaf.
fn check_issued(
    subject: &X509Certificate<'_>,
    authority: &X509Certificate<'_>,
    below: usize,
) -> Result<(), String> {
    let name = quote(&authority.subject().to_string());
    if subject.issuer().as_raw() != authority.subject().as_raw() {
        return Err(format!(
            "{name} is not the issuer that the certificate names"
        ));
    }
    if !authority.is_ca() {
        return Err(format!(
            "{name} is not an authority, and can't issue certificates"
        ));
    }
    if let Ok(Some(usage)) = authority.key_usage()
        && !usage.value.key_cert_sign()
    {
        return Err(format!("{name} may not sign certificates"));
    }
    let path = authority.basic_constraints().ok().flatten();
    if let Some(longest) = path.and_then(|constraints| constraints.value.path_len_constraint)
        && below > usize::try_from(longest).unwrap_or(usize::MAX)
    {
        return Err(format!(
            "{name} may have at most {longest} authorities below it"
        ));
    }
    subject
        .verify_signature(Some(authority.public_key()))
        .map_err(|_| format!("the signature of {name} on the certificate is not valid"))
}
