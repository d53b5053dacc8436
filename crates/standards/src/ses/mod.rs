//! Amazon SES, as far as its rules can be decided from what somebody declares: the names of
//! Easy DKIM, the policies of identities, and what global endpoints and tenants lean on.
//!
//! ```
//! use standards::dns::Name;
//! use standards::ses::{EasyDkim, signing_zone};
//!
//! let identity = Name::parse("example.com")?;
//! let tokens = ["t1".to_owned(), "t2".to_owned(), "t3".to_owned()];
//! let dkim = EasyDkim { identity: &identity, tokens: &tokens, zone: &signing_zone("eu-west-1") };
//! let (owner, target) = &dkim.cnames()?[0];
//! assert_eq!(owner.as_str(), "t1._domainkey.example.com");
//! assert_eq!(target.as_str(), "t1.dkim.amazonses.com");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod easy_dkim;
mod endpoint;
mod identity_policy;
mod sharing;
#[cfg(test)]
mod tests;

pub use easy_dkim::{EasyDkim, check_signing_zone, signing_zone};
pub use endpoint::{Prepared, Signing, check_endpoint};
pub use identity_policy::{IdentityPolicy, check_identity_policies};
pub use sharing::{
    Delegate, Dependent, Existing, check_default_set, check_delegate, check_dependents,
    check_parents,
};
