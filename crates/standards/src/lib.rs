//! The email standards as types: parse, print, lint.
//!
//! What a domain publishes about its mail is a dozen short texts in DNS and on the web, and
//! receivers forgive little in them: a record with one mistake is often no record at all,
//! and nobody is told. This crate knows what receivers make of each of these texts. It is
//! for programs that publish them, check them or explain them; `deploy` is one.
//!
//! It is pure: no network, no clock, no files. What needs DNS takes a [`dns::Resolver`]
//! that the caller brings; what needs the time takes it as an argument.
//!
//! # How it is used
//!
//! Every standard has a type that can hold only valid values. Its `parse` returns the
//! value, where receivers would find one, and everything that is wrong with the text, as
//! [`Finding`]s with their places; its `Display` prints the canonical form; its constructors
//! make a value from parts. Every finding is of a rule in [`rules`](mod@rules), which says why it
//! matters to mail, what to do, and where it is written.
//!
//! ```
//! use standards::rules;
//!
//! let rule = rules::find("STS-P13").expect("a rule");
//! assert_eq!(rule.title, "Every MX host matches a pattern of the policy");
//! ```
//!
//! [`checker`] takes a text or a file of any of these kinds.
//!
//! # Values and usable values
//!
//! For every kind alike: there is a value whenever the text can be read as what it is, so that
//! receivers find something in it to judge. `is_usable()` of a value says that nothing about it is
//! an error, so that receivers act on it. A logo with a script in it and a mark certificate
//! without a mark are values, and not usable; an SPF record with a mistake in its grammar is no
//! value, since all that receivers find in it is a permanent error.
//!
//! A text can have faults that its value does not show, such as a part that receivers skip: the
//! findings of `parse` have these too, and [`is_sound`] says whether one of them is an error.
//!
//! ```
//! use standards::dkim::DkimKey;
//! use standards::is_sound;
//!
//! let (key, findings) = DkimKey::parse("v=DKIM1; h=sha1; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=; k=ed25519");
//! assert!(!key.expect("a key").is_usable() && !is_sound(&findings));
//! ```
//!
//! What is one text is kept as that text: with serde, a record is written as it prints and read
//! as receivers read it. `str::parse` does the same, and an [`Unreadable`] text says what is
//! wrong with it.
//!
//! ```
//! use standards::dmarc::{Dmarc, Policy};
//!
//! let record: Dmarc = serde_json::from_str(r#""v=DMARC1;p=reject; rua=mailto:a@example.com""#)?;
//! assert_eq!(record.policy, Policy::Reject);
//! assert_eq!(
//!     serde_json::to_string(&record)?,
//!     r#""v=DMARC1; p=reject; rua=mailto:a@example.com""#
//! );
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! # What it is measured against
//!
//! Each of these runs in the project's tests:
//!
//! - the standards' own ABNF: thousands of random SPF, DMARC, MTA-STS and TLS-RPT texts that its
//!   productions generate are never refused, and as many random changes of them that leave the
//!   grammar are never taken without a finding (`tests/abnf`);
//! - mark certificates of real brands, and records that real domains publish (`tests/real_*`);
//! - `checkdmarc`, `mailauth` and, for SPF, `pyspf`, on the same 300 generated texts of each of SPF, DMARC,
//!   MTA-STS and TLS reporting: each kind of disagreement is in a list with the section of the RFC that
//!   decides it (`conformance_verdicts`);
//! - each rule, by a text that breaks it and one that keeps it (`tests/rules`);
//! - each fix that needs no decision, carried out and read again (`tests/verdicts/fixes.rs`).
//!
//! A version of November 2026 was also held against suites that are not here: openspf's tests of
//! RFC 7208 (202 of 203; the other one is the suite's fault), 15,000 random evaluations of SPF
//! beside pyspf, 10,733 mutants of logos beside the BIMI Group's schema, 19 real MTA-STS policies
//! and 20 real logos.
//!
//! # DNS
//!
//! [`dns`] has names, values and record sets that compare by what they mean; [`dns::MemoryResolver`]
//! answers from the text of a zone.
//!
//! ```
//! use standards::dns::{Name, Presentation, Txt};
//!
//! assert_eq!(Name::parse("Bücher.example.")?, Name::parse("xn--bcher-kva.example")?);
//! let split = Txt::parse(r#""v=spf1 " "\055all""#, Presentation::Route53)?;
//! assert_eq!(split.print(Presentation::ZoneFile), r#""v=spf1 -all""#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # SPF
//!
//! [`spf`] reads, makes and evaluates the record of who may send.
//!
//! ```
//! use standards::dns::MemoryResolver;
//! use standards::spf::{Session, Spf, check_mail_from};
//!
//! let (record, findings) = Spf::parse("v=spf1 include:amazonses.com ?all");
//! assert!(record.is_some());
//! assert_eq!(findings[0].reason, "?all says nothing about anybody else");
//!
//! let dns = MemoryResolver::parse(r#"example.com. TXT "v=spf1 ip4:192.0.2.0/24 -all""#)?;
//! let session = Session::new("192.0.2.1".parse()?, "mail.example.com", "ann@example.com");
//! # futures::executor::block_on(async {
//! let result = check_mail_from(&dns, &session).await;
//! assert_eq!(result.to_string(), "pass (ip4:192.0.2.0/24 of example.com)");
//! # });
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # DKIM
//!
//! [`dkim`] reads the keys that signatures are checked with.
//!
//! ```
//! use standards::dkim::DkimKey;
//!
//! let (key, findings) = DkimKey::parse("v=DKIM1; k=rsa; p=not base64");
//! assert!(key.is_none());
//! assert_eq!(findings[0].rule, "DKIM-04");
//! ```
//!
//! # DMARC
//!
//! [`dmarc`] reads the policy, finds the one that applies, and judges messages by it
//! ([`dmarc::evaluate`]).
//!
//! ```
//! use standards::dmarc::{Dmarc, Policy, Subject};
//!
//! let (record, _) = Dmarc::parse("v=DMARC1; p=reject; t=y; rua=mailto:dmarc@example.com");
//! let record = record.expect("a record");
//! assert_eq!(record.effective_policy(Subject::Domain), Policy::Quarantine);
//! ```
//!
//! # MTA-STS
//!
//! [`mta_sts`] makes the policy from the mail hosts, and the record's id from the policy.
//!
//! ```
//! use standards::mta_sts::{Mode, MtaStsPolicy, MtaStsRecord};
//!
//! let hosts = ["mx1.example.com".parse()?];
//! let policy = MtaStsPolicy::from_mx(Mode::Testing, "7d".parse()?, &hosts)?;
//! let record = MtaStsRecord::new(policy.id());
//! assert!(record.to_string().starts_with("v=STSv1; id="));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # SMTP TLS reporting
//!
//! [`tls_rpt`] reads where reports about TLS are wanted.
//!
//! ```
//! use standards::tls_rpt::TlsRpt;
//!
//! let (record, findings) = TlsRpt::parse("v=TLSRPTv1; rua=mailto:tls@example.com");
//! assert!(record.is_some() && findings.is_empty());
//! ```
//!
//! # BIMI
//!
//! [`bimi`] reads the record, the logo and the certificate that vouches for it;
//! [`bimi::discover`] finds the record of an author.
//!
//! ```
//! use standards::bimi::Bimi;
//!
//! let (record, _) = Bimi::parse("v=BIMI1; l=http://example.com/logo.png; a=;");
//! assert!(record.is_none());
//! ```
//!
//! # Amazon SES
//!
//! [`ses`] knows what SES wants of DNS and of those who share it; [`receivers`], what mailbox
//! providers want of who sends.
//!
//! ```
//! use standards::ses::signing_zone;
//!
//! assert_eq!(signing_zone("eu-south-1").as_str(), "dkim.eu-south-1.amazonses.com");
//! ```

pub mod bimi;
pub mod checker;
pub mod dkim;
pub mod dmarc;
pub mod dns;
pub mod edit;
mod fields;
pub mod finding;
mod host;
mod mail_host;
pub mod mail_uri;
pub mod mta_sts;
mod owner;
mod pasted;
pub mod protocol;
mod quote;
pub mod receivers;
pub mod rules;
pub mod ses;
mod severity;
mod single;
pub mod spf;
mod strictness;
pub mod tag_list;
#[cfg(test)]
mod test_support;
mod text;
pub mod tls_rpt;
pub mod typo;

pub use edit::{Applicability, Edit};
pub use finding::{Finding, Place, is_sound};
pub use protocol::Protocol;
pub use severity::Severity;
pub use strictness::{Step, Strictness};
pub use text::Unreadable;
