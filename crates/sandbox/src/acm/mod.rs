//! AWS Certificate Manager: JSON 1.1, one state for each account and region.
//!
//! | not emulated | instead |
//! |---|---|
//! | private certificates, import, export, renewal, revocation | the service's unknown operation |
//! | e-mail validation | such a certificate stays pending and times out |
//! | HTTP validation, which only CloudFront may ask for | refused |
//! | the ACME endpoints of 2026, `SearchCertificates`, account configuration | the service's unknown operation |
//! | RSA and ECDSA keys | the key behind `GetCertificate` is Ed25519, which can be derived |
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
