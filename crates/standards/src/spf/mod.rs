//! SPF (RFC 7208): which hosts may send in a domain's name.
//!
//! [`Spf::parse`] reads a record and reports everything that is wrong with it, each with
//! its place; [`Spf::builder`] makes one. [`check_mail_from`] evaluates records for a client,
//! as receivers do; [`survey()`] says what a record costs all of them.

mod builder;
pub mod evaluate;
mod evaluation;
mod expand;
mod fault;
mod joined;
pub mod lint;
mod macro_string;
mod meant;
mod network;
mod parse;
mod record;
mod redundancy;
mod session;
mod strictness;
pub mod survey;
mod term;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod zone;

use std::fmt;

pub use builder::SpfBuilder;
pub use evaluate::{check_helo, check_host, check_mail_from};
pub use evaluation::{Evaluation, Match, Outcome, Problem};
pub use macro_string::{DomainSpec, Letter, Macro, MacroString, Part};
pub use network::{Network, NetworkError};
pub use session::Session;
pub use strictness::steps;
pub use survey::{Survey, survey};
pub use term::{Mechanism, Prefixes, Qualifier, Term};

use crate::dns::{Name, Txt};
use crate::{Finding, rules, single};

/// An SPF record that receivers can read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Spf {
    terms: Vec<Term>,
}

impl Spf {
    /// Reads a record. There is no value when receivers would not take it for an SPF
    /// record, or would end in a permanent error; there can be findings all the same.
    ///
    /// ```
    /// use standards::Place;
    /// use standards::spf::Spf;
    ///
    /// let (record, findings) = Spf::parse("v=spf1 ip4:192.0.2.0/33 ~all");
    /// assert!(record.is_none());
    /// assert_eq!(findings[0].rule, "SPF-06");
    /// assert_eq!(findings[0].place, Place::Span(11..23));
    /// ```
    pub fn parse(text: &str) -> (Option<Self>, Vec<Finding>) {
        record::parse(text, None)
    }

    /// Reads the record of `domain`: like [`Spf::parse`], and says where it leads back to the
    /// domain itself (SPF-15).
    pub fn parse_at(text: &str, domain: &Name) -> (Option<Self>, Vec<Finding>) {
        record::parse(text, Some(domain))
    }

    /// The faults of a record that was made from parts; places are those of its text.
    pub fn lint(&self) -> Vec<Finding> {
        record::parse(&self.to_string(), None).1
    }

    /// SPF-15 at `domain`: where the record leads back to its own domain by name. Places are
    /// those of its text.
    pub fn lint_at(&self, domain: &Name) -> Vec<Finding> {
        let text = self.to_string();
        let alone = record::parse(&text, None).1;
        let mut findings = record::parse(&text, Some(domain)).1;
        findings.retain(|finding| !alone.contains(finding));
        findings
    }

    /// The record of a domain that sends nothing: `v=spf1 -all`.
    pub fn nobody() -> Self {
        Self::builder().all(Qualifier::Fail)
    }

    /// Starts a record.
    pub fn builder() -> SpfBuilder {
        SpfBuilder::default()
    }

    /// The record among the TXT values at `owner`. SPF-02 when there are several.
    pub fn among(owner: &Name, values: &[Txt]) -> (Option<Self>, Vec<Finding>) {
        let is_ours = |text: &str| record::after_version(text).is_some();
        single::read(owner, values, is_ours, rules::SPF_02, |text| {
            Self::parse_at(text, owner)
        })
    }

    /// Whether receivers take `value` for an SPF record, whatever follows its version.
    pub fn is_record(value: &Txt) -> bool {
        crate::Protocol::Spf.recognises(&value.text())
    }

    /// The terms, in order.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// The mechanisms with their qualifiers, in order.
    pub fn directives(&self) -> impl Iterator<Item = (Qualifier, &Mechanism)> {
        self.terms.iter().filter_map(|term| match term {
            Term::Directive(qualifier, mechanism) => Some((*qualifier, mechanism)),
            _ => None,
        })
    }

    /// The qualifier for everybody whom the record does not name, if it has `all`.
    pub fn all(&self) -> Option<Qualifier> {
        let mut all = self
            .directives()
            .filter(|(_, mechanism)| **mechanism == Mechanism::All);
        all.next().map(|(qualifier, _)| qualifier)
    }

    /// The target of `redirect`, which counts only where the record has no `all`.
    pub fn redirect(&self) -> Option<&DomainSpec> {
        self.terms.iter().find_map(|term| match term {
            Term::Redirect(domain) => Some(domain),
            _ => None,
        })
    }

    /// The place of the explanation of a refusal.
    pub fn explanation(&self) -> Option<&DomainSpec> {
        self.terms.iter().find_map(|term| match term {
            Term::Explanation(domain) => Some(domain),
            _ => None,
        })
    }

    /// The domains that the record includes, where they do not depend on the message.
    pub fn includes(&self) -> impl Iterator<Item = crate::dns::Name> {
        self.directives()
            .filter_map(|(_, mechanism)| match mechanism {
                Mechanism::Include(domain) => domain.name(),
                _ => None,
            })
    }
}

impl fmt::Display for Spf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("v=spf1")?;
        self.terms.iter().try_for_each(|term| write!(f, " {term}"))
    }
}
