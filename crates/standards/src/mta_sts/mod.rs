//! MTA-STS (RFC 8461): how a domain says that its mail servers speak TLS with
//! certificates that can be checked.
//!
//! The policy is a small file on an HTTPS host; a TXT record announces it with an
//! id that changes when the policy changes.
//!
//! ```
//! use standards::mta_sts::{MaxAge, Mode, MtaStsPolicy, MtaStsRecord};
//!
//! let policy = MtaStsPolicy::from_mx(Mode::Testing, "7d".parse()?, [&"mx1.example.com".parse()?])?;
//! assert_eq!(
//!     policy.to_string(),
//!     "version: STSv1\r\nmode: testing\r\nmx: mx1.example.com\r\nmax_age: 604800\r\n",
//! );
//! assert!(policy.allows(&"MX1.example.com".parse()?));
//!
//! let record = MtaStsRecord::new(policy.id());
//! assert!(record.to_string().starts_with("v=STSv1; id="));
//!
//! let (read, findings) = MtaStsPolicy::parse(policy.to_string().as_bytes());
//! assert_eq!(read, Some(policy));
//! assert!(findings.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod coverage;
mod max_age;
mod mx_pattern;
mod parse;
mod policy;
mod ramp;
mod record;
mod strictness;

pub use crate::fields::Extension;
pub use coverage::check_mx;
pub use max_age::{MaxAge, MaxAgeError};
pub use mx_pattern::{MxPattern, MxPatternError};
pub use policy::{Mode, ModeError, MtaStsPolicy, PolicyError, PolicyExtension};
pub use ramp::{check_added_hosts, check_removed_hosts, check_step, wind_down};
pub use record::{
    MtaStsRecord, PolicyId, PolicyIdError, check_mail_subdomains, check_record_owner, record_owner,
};
pub use strictness::steps;

#[cfg(test)]
mod tests;
