//! DMARC (RFC 9989, with the tags of RFC 7489 understood): what a domain asks of those who
//! receive mail in its name.
//!
//! ```
//! use standards::dmarc::{Dmarc, Policy, Subject};
//!
//! let text = "v=DMARC1; p=reject; np=reject; t=y; rua=mailto:dmarc@example.com";
//! let (record, findings) = Dmarc::parse(text);
//! let record = record.unwrap();
//! assert_eq!(record.to_string(), text);
//! assert_eq!(record.effective_policy(Subject::Domain), Policy::Quarantine);
//! assert!(findings.is_empty());
//!
//! let (record, findings) = Dmarc::parse("v=DMARC1; p=rejct");
//! assert!(record.is_none());
//! assert_eq!(findings[0].rule, "DMARC-04");
//! assert_eq!(findings[0].reason, r#"p is "rejct", and it can be none, quarantine or reject"#);
//! ```

mod alignment;
pub mod discovery;
mod evaluate;
pub mod external_reports;
mod lint;
mod parse;
mod record;
mod strictness;

pub use alignment::{is_aligned_by_psl, organizational_domain_by_psl};
pub use evaluate::{Evaluation, Identifiers, Outcome, evaluate};
pub use lint::Sender;
pub use record::{
    Alignment, Dmarc, FailureOption, Percent, Policy, PolicyError, Psd, ReportTarget, SizeLimit,
    SizeLimitError, Subject,
};
pub use strictness::steps;

use crate::dns::{Name, NameError};
use crate::rules;
use crate::{Finding, owner};

/// The label that the record stands at, under its domain.
const OWNER: &str = "_dmarc";

/// The name that the record of `domain` stands at.
pub fn record_owner(domain: &Name) -> Result<Name, NameError> {
    domain.child(OWNER)
}

/// DMARC-01: the record of `domain` stands at `_dmarc.<domain>` and nowhere else.
pub fn check_record_owner(owner: &Name, domain: &Name) -> Option<Finding> {
    owner::check(rules::DMARC_01, OWNER, owner, domain)
}

#[cfg(test)]
mod tests;
