//! The roots that mark certificates are traced to.

use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::pem;
use super::receivers::{self, Refusal};
use crate::dns::Name;

/// Roots that a mark certificate's chain may end at.
///
/// Not the roots of the web: a receiver accepts a mark certificate only from the few authorities
/// that the BIMI Group lists. Where each root comes from is told in `roots/SOURCES.md`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustStore {
    roots: Vec<Vec<u8>>,
    refusals: Vec<Refusal>,
}

/// Why roots can't be added.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustStoreError {
    /// The text has no block of a certificate.
    #[error("there is no certificate in the PEM text")]
    Empty,
    /// A block is no certificate, or not one of an authority.
    #[error("certificate {position} of the PEM text is not that of an authority")]
    NotAuthority {
        /// Counted from 1.
        position: usize,
    },
}

const BIMI_ROOTS: &[&str] = &[
    include_str!("roots/digicert-verified-mark-root-ca.pem"),
    include_str!("roots/globalsign-verified-mark-root-r42.pem"),
    include_str!("roots/sslcom-vmc-rsa-root-2024.pem"),
    include_str!("roots/sslcom-vmc-ecc-root-2024.pem"),
    include_str!("roots/entrust-verified-mark-root-vmcr1.pem"),
];

/// The authorities of [`BIMI_ROOTS`]: how their names begin in certificates, and the domain by
/// which CAA lists them (RFC 8659 §4.2).
const AUTHORITIES: [(&str, &str); 4] = [
    ("digicert", "digicert.com"),
    ("globalsign", "globalsign.com"),
    ("ssl corp", "ssl.com"),
    ("entrust", "entrust.net"),
];

/// The domain by which CAA lists the authority of this name, where it is one of those known here.
pub(super) fn caa_domain(organization: &str) -> Option<Name> {
    let organization = organization.to_ascii_lowercase();
    let known = AUTHORITIES
        .iter()
        .find(|(start, _)| organization.starts_with(start));
    known.and_then(|(_, domain)| Name::parse(domain).ok())
}

impl TrustStore {
    /// The roots of the authorities that the BIMI Group lists, and Entrust's, which it listed; and
    /// the refusals of single receivers.
    pub fn bimi() -> Self {
        let empty = Self {
            refusals: receivers::known(),
            ..Self::empty()
        };
        BIMI_ROOTS.iter().fold(empty, |store, root| {
            store
                .with_roots(root)
                .expect("the roots in the program are certificates")
        })
    }

    /// No roots.
    pub fn empty() -> Self {
        Self {
            roots: Vec::new(),
            refusals: Vec::new(),
        }
    }

    /// The same roots, of which a receiver refuses one.
    #[must_use]
    pub fn with_refusal(mut self, refusal: Refusal) -> Self {
        self.refusals.push(refusal);
        self
    }

    /// The refusals of single receivers.
    pub(super) fn refusals(&self) -> &[Refusal] {
        &self.refusals
    }

    /// The same roots, and those in the PEM text `roots`.
    pub fn with_roots(mut self, roots: &str) -> Result<Self, TrustStoreError> {
        let blocks = pem::blocks(roots);
        if blocks.is_empty() {
            return Err(TrustStoreError::Empty);
        }
        for (index, block) in blocks.into_iter().enumerate() {
            let fault = TrustStoreError::NotAuthority {
                position: index + 1,
            };
            let der = block.der.ok_or_else(|| fault.clone())?;
            match X509Certificate::from_der(&der) {
                Ok((_, certificate)) if certificate.is_ca() => {}
                _ => return Err(fault),
            }
            if !self.roots.contains(&der) {
                self.roots.push(der);
            }
        }
        Ok(self)
    }

    /// How many roots there are.
    pub fn len(&self) -> usize {
        self.roots.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.roots.is_empty()
    }

    /// The roots, as DER.
    pub(super) fn roots(&self) -> impl Iterator<Item = X509Certificate<'_>> {
        self.roots
            .iter()
            .filter_map(|der| X509Certificate::from_der(der).ok())
            .map(|(_, certificate)| certificate)
    }
}
