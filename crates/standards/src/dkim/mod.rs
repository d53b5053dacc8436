//! DKIM keys (RFC 6376 §3.6.1, RFC 8301, RFC 8463): what verifiers check signatures with.
//!
//! ```
//! use standards::dkim::{DkimKey, PublicKey, Selector};
//!
//! let text = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
//! let (key, findings) = DkimKey::parse(text);
//! let key = key.unwrap();
//! assert!(matches!(key.key, PublicKey::Ed25519(_)));
//! assert_eq!(key.to_string(), text);
//! assert!(findings.is_empty());
//!
//! let selector: Selector = "brisbane".parse()?;
//! let owner = selector.owner(&"example.com".parse()?)?;
//! assert_eq!(owner.to_string(), "brisbane._domainkey.example.com");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod material;
mod parse;
mod private_key;
mod public_key;
mod selector;
mod wildcard;

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

pub use private_key::{PrivateKeyError, public_half};
pub use public_key::{PublicKey, PublicKeyError, RsaPublicKey};
pub use selector::{Selector, SelectorError};
pub use wildcard::check_wildcard;

use crate::dns::{Name, Txt};
use crate::rules;
use crate::{Finding, Severity, single};

/// A hash that signatures with the key may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HashAlgorithm {
    /// No longer accepted (RFC 8301).
    Sha1,
    /// The one in use.
    Sha256,
    /// One that no RFC knows; verifiers ignore it.
    Unknown,
}

/// A kind of message that the key may sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    /// Everything.
    Any,
    /// Mail.
    Email,
    /// TLS reports (RFC 8460 §3).
    TlsRpt,
    /// Something no RFC knows; verifiers ignore it.
    Unknown,
}

/// A key record. Notes (`n=`) and tags of other specifications are not kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DkimKey {
    /// The key itself.
    pub key: PublicKey,
    /// Hashes that signatures may use; none means every one.
    pub hashes: BTreeSet<HashAlgorithm>,
    /// The kinds of message that the key may sign; none means everything.
    pub services: BTreeSet<Service>,
    /// `t=y`: verifiers may treat the mail as unsigned.
    pub testing: bool,
    /// `t=s`: the signer's identity is in the signing domain itself, not below it.
    pub same_domain: bool,
}

impl DkimKey {
    /// A record of this key, without restrictions.
    pub fn new(key: PublicKey) -> Self {
        Self {
            key,
            hashes: BTreeSet::new(),
            services: BTreeSet::new(),
            testing: false,
            same_domain: false,
        }
    }

    /// A record that revokes a selector's key.
    pub fn revoked() -> Self {
        Self::new(PublicKey::Revoked)
    }

    /// The key among the TXT values at `owner`. DKIM-02 when there are several.
    pub fn among(owner: &Name, values: &[Txt]) -> (Option<Self>, Vec<Finding>) {
        single::read(owner, values, |_| true, rules::DKIM_02, Self::parse)
    }

    /// The faults of the record as a value.
    pub fn lint(&self) -> Vec<Finding> {
        self.lint_with_tags()
            .into_iter()
            .map(|(_, finding)| finding)
            .collect()
    }

    /// DKIM-13: with `t=s`, a signature's `i=` can't be in a subdomain of its `d=`.
    pub fn check_identity(&self, signing_domain: &Name, identity_domain: &Name) -> Option<Finding> {
        (self.same_domain && signing_domain != identity_domain).then(|| {
            let reason = format!(
                "the key has t=s, and mail signed by {signing_domain} names {identity_domain} in i="
            );
            Finding::new(rules::DKIM_13, reason)
        })
    }

    /// RPT-13: a key that signs TLS reports allows that service.
    pub fn check_tls_report_signing(&self) -> Option<Finding> {
        let allowed = self.services.is_empty()
            || self.services.contains(&Service::Any)
            || self.services.contains(&Service::TlsRpt);
        (!allowed).then(|| {
            Finding::new(
                rules::RPT_13,
                "the key signs TLS reports, and its s= does not allow tlsrpt",
            )
        })
    }

    /// DKIM-11: a key that signs mail allows it.
    pub fn check_mail_signing(&self) -> Option<Finding> {
        (!self.is_for_mail()).then(|| {
            let reason = "s= allows neither email nor everything, so the key verifies no mail";
            Finding::new(rules::DKIM_11, reason)
        })
    }

    fn is_for_mail(&self) -> bool {
        self.services.is_empty()
            || self.services.contains(&Service::Any)
            || self.services.contains(&Service::Email)
    }

    /// Findings, each with the name of the tag it is about.
    fn lint_with_tags(&self) -> Vec<(&'static str, Finding)> {
        let mut findings = Vec::new();
        match &self.key {
            PublicKey::Rsa(key) => findings.extend(lint_rsa(key).map(|finding| ("p", finding))),
            PublicKey::Ed25519(_) => {}
            PublicKey::Revoked => findings.push((
                "p",
                Finding::new(
                    rules::DKIM_04,
                    "the key is revoked: every signature with this selector is invalid",
                )
                .weighing(Severity::Warn)
                .fix("publish a key, unless the selector is meant to be dead"),
            )),
        }
        if !self.hashes.is_empty() && !self.hashes.contains(&HashAlgorithm::Sha256) {
            let reason = "h= leaves out sha256, the only hash that verifiers still accept";
            let finding = Finding::new(rules::DKIM_10, reason);
            findings.push(("h", finding.fix("write `h=sha256`, or remove `h=`")));
        }
        if !self.is_for_mail() && self.services.contains(&Service::TlsRpt) {
            // RFC 8460 §3 has keys for nothing else.
            let reason = "the key is for TLS reports alone: it verifies no other mail";
            let finding = Finding::new(rules::DKIM_11, reason).weighing(Severity::Info);
            findings.push((
                "s",
                finding.fix("remove `s=`, if other mail is signed with it"),
            ));
        } else if let Some(finding) = self.check_mail_signing() {
            findings.push(("s", finding));
        }
        if self.testing {
            let reason = "t=y says that the domain is testing DKIM, and verifiers may treat its mail as unsigned";
            let fix = if self.same_domain {
                "write `t=s`"
            } else {
                "remove `t=y`"
            };
            findings.push(("t", Finding::new(rules::DKIM_12, reason).fix(fix)));
        }
        findings
    }
}

impl fmt::Display for DkimKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("v=DKIM1; ")?;
        if self.key != PublicKey::Revoked {
            write!(f, "k={}; ", self.key.key_type())?;
        }
        let hashes = self.hashes.iter().map(|hash| match hash {
            HashAlgorithm::Sha1 => "sha1",
            HashAlgorithm::Sha256 => "sha256",
            HashAlgorithm::Unknown => "unknown",
        });
        write_words(f, "h", &hashes.collect::<Vec<_>>())?;
        let services = self.services.iter().map(|service| match service {
            Service::Any => "*",
            Service::Email => "email",
            Service::TlsRpt => "tlsrpt",
            Service::Unknown => "unknown",
        });
        write_words(f, "s", &services.collect::<Vec<_>>())?;
        let flags = [(self.testing, "y"), (self.same_domain, "s")];
        let flags = flags.iter().filter(|(set, _)| *set).map(|(_, flag)| *flag);
        write_words(f, "t", &flags.collect::<Vec<_>>())?;
        write!(f, "p={}", self.key)
    }
}

/// DKIM-17: a domain that signs with Ed25519 only is unsigned to many receivers.
pub fn check_algorithms<'a>(keys: impl IntoIterator<Item = &'a DkimKey>) -> Option<Finding> {
    let mut has_ed25519 = false;
    for key in keys {
        match key.key {
            PublicKey::Rsa(_) => return None,
            PublicKey::Ed25519(_) => has_ed25519 = true,
            PublicKey::Revoked => {}
        }
    }
    has_ed25519.then(|| {
        Finding::new(
            rules::DKIM_17,
            "mail is signed with Ed25519 only, which many receivers can't verify",
        )
    })
}

fn write_words(f: &mut fmt::Formatter<'_>, tag: &str, words: &[&str]) -> fmt::Result {
    if words.is_empty() {
        return Ok(());
    }
    write!(f, "{tag}={}; ", words.join(":"))
}

fn lint_rsa(key: &RsaPublicKey) -> Option<Finding> {
    let bits = key.bits();
    match bits {
        0..1024 => Some(Finding::new(
            rules::DKIM_06,
            format!("the RSA key has {bits} bits, and verifiers refuse fewer than 1024"),
        )),
        1024..2048 => Some(Finding::new(
            rules::DKIM_07,
            format!("the RSA key has {bits} bits, and 2048 are recommended"),
        )),
        2048..=4096 => None,
        _ => Some(Finding::new(
            rules::DKIM_07,
            format!("the RSA key has {bits} bits, and verifiers need not support more than 4096"),
        )),
    }
}

#[cfg(test)]
mod tests;
