//! BIMI: a domain's logo beside its mail (draft-brand-indicators-for-message-identification).
//!
//! Three things have to be right together, and each has its module:
//!
//! - [`record`]: the assertion record at `<selector>._bimi.<domain>`;
//! - [`svg`]: the logo, in the SVG Tiny Portable/Secure profile;
//! - [`mark_certificate`]: the certificate (VMC or CMC) that vouches for the logo.
//!
//! ```
//! use standards::bimi::Bimi;
//!
//! let text = "v=BIMI1; l=https://bimi.example.com/logo.svg; a=https://bimi.example.com/vmc.pem";
//! let (record, findings) = Bimi::parse(text);
//! assert!(findings.is_empty());
//! assert_eq!(record.expect("the record is valid").to_string(), text);
//! ```

mod discovery;
mod enforcement;
mod gzip;
pub mod mark_certificate;
pub mod record;
mod selector;
pub mod svg;
mod uri;

pub use discovery::{Discovery, discover};
pub use enforcement::check_dmarc;
pub use mark_certificate::{MarkCertificate, MarkType, TrustStore};
pub use record::{AvatarPreference, Bimi, BimiError};
pub use selector::{LocalPartPrefix, LocalPartPrefixError, Selector, SelectorError};
pub use svg::{Svg, ViewBox};
pub use uri::{HttpsUri, HttpsUriError};

#[cfg(test)]
mod tests;
