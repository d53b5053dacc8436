//! AWS Certificate Manager: JSON 1.1, one state for each account and region.
//!
//! | not emulated | instead |
//! |---|---|
//! | private certificates, import, export, revocation | the service's unknown operation |
//! | e-mail validation | such a certificate stays pending and times out |
//! | HTTP validation, which only CloudFront may ask for | refused |
//! | the ACME endpoints of 2026, `SearchCertificates`, account configuration | the service's unknown operation |
//! | RSA and ECDSA keys | the key behind `GetCertificate` is Ed25519, which can be derived |
//! | a new certificate that cannot be described for some seconds | it can be at once; a stale read is a fault to ask for |
//! | renewal sixty days before the end | a certificate expires after 198 days |
//! | names that Amazon refuses by policy (`DOMAIN_NOT_ALLOWED`, `ADDITIONAL_VERIFICATION_REQUIRED`) | issued like any other |
//! | the certificates of one year | the number held is limited, the number requested is not |

mod caa;
mod detail;
mod error;
mod list;
mod names;
mod state;
mod tags;
mod validation;
mod wire;

pub use state::{
    Certificate, DomainValidation, Limits, Method, RequestedCertificate, State, Status,
};
pub use validation::{ValidationRecord, advance};
pub use wire::Acm;

#[cfg(test)]
mod tests;
