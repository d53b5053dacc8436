//! BIMI: a domain's logo beside its mail (draft-brand-indicators-for-message-identification).
//!
//! Things that have to be right together, and each has its module:
//!
//! - [`record`]: the assertion record at `<selector>._bimi.<domain>`;
//! - [`svg`]: the logo, in the SVG Tiny Portable/Secure profile.
//!
//! ```
//! use standards::bimi::Bimi;
//!
//! let text = "v=BIMI1; l=https://bimi.example.com/logo.svg; a=https://bimi.example.com/vmc.pem";
//! let (record, findings) = Bimi::parse(text);
//! assert!(findings.is_empty());
//! assert_eq!(record.expect("the record is valid").to_string(), text);
//! ```

mod gzip;
pub mod record;
mod selector;
pub mod svg;
mod uri;

pub use record::{AvatarPreference, Bimi, BimiError};
pub use selector::{LocalPartPrefix, LocalPartPrefixError, Selector, SelectorError};
pub use svg::{Svg, ViewBox};
pub use uri::{HttpsUri, HttpsUriError};
