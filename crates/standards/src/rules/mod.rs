//! The registry of the standards' rules.
//!
//! A rule is data: the requirement, the effect on mail when it is broken, the fix, its source and
//! the code that decides it. Each rule has a constant, and a [`Finding`](crate::Finding) is made
//! from it, so that code with an unknown rule does not compile.
//!
//! ```
//! use standards::rules::{self, Phase};
//!
//! let rule = rules::find("SPF-09").expect("a rule");
//! assert_eq!(rule, rules::SPF_09);
//! assert_eq!(rule.phases, [Phase::Lint, Phase::Lookup]);
//! assert_eq!(rule.decided_by, Some("standards::spf"));
//! ```
//!
//! A program with rules of its own declares them with [`rules!`](crate::rules!), in a registry of
//! its own.

mod bimi;
mod dkim;
mod dmarc;
mod dns;
mod mark_certificate;
mod mta_sts;
mod mx;
mod receivers;
mod ses;
mod spf;
mod svg;
mod tls_rpt;

#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::Serialize;

use crate::Severity;

pub use bimi::*;
pub use dkim::*;
pub use dmarc::*;
pub use dns::*;
pub use mark_certificate::*;
pub use mta_sts::*;
pub use mx::*;
pub use receivers::*;
pub use ses::*;
pub use spf::*;
pub use svg::*;
pub use tls_rpt::*;

/// When a rule can be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// From the manifest and its files, offline.
    Lint,
    /// With read-only look-ups in DNS or AWS, before a change.
    Lookup,
    /// On the live domain, after a change.
    Live,
    /// A rule about the order of changes, kept by the planner.
    Order,
}

/// A rule of the email standards, or of a program that uses them.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Rule {
    /// Its id, as in findings: `STS-P13`.
    pub id: &'static str,
    /// The weight of a finding of it, unless the manifest says otherwise.
    pub severity: Severity,
    /// When it can be decided; some rules can be decided at more than one time.
    pub phases: &'static [Phase],
    /// The condition that must hold, in one line without a final stop.
    pub title: &'static str,
    /// The effect on mail when it does not hold.
    pub why: &'static str,
    /// The fix when it does not hold, in lower case without a final stop.
    pub fix: &'static str,
    /// The document in which it is written.
    pub source: &'static str,
    /// The code that decides it: a module or an item, `crate::module::item`. Where the
    /// finding goes by another rule's id, that follows: `standards::dkim (as DKIM-07)`.
    pub decided_by: Option<&'static str>,
    /// Whether only users of the library can break it: `deploy` keeps the rule whatever its
    /// manifest says.
    pub is_kept: bool,
    /// Why nothing decides it yet, where nothing does.
    pub undecided: Option<&'static str>,
}

/// Declares a table of rules: a constant for each, and `RULES` with all of them in order.
///
/// A row is `CONSTANT "ID" Severity Phase | Phase by "decider" "title" why "…" fix "…" source "…";`
/// with `lib "decider"` in the place of `by "decider"` where only users of the library can break
/// the rule, and `not "reason"` where nothing decides it yet.
///
/// ```
/// standards::rules! {
///     HOUSE_01 "HOUSE-01" Warn Lint by "house::style"
///         "A domain has a contact"
///         why "Nobody answers for its mail otherwise."
///         fix "add a contact"
///         source "house style";
/// }
/// # fn main() {
/// let finding = standards::Finding::new(HOUSE_01, "no contact");
/// assert_eq!(finding.rule, "HOUSE-01");
/// # }
/// ```
#[macro_export]
macro_rules! rules {
    (@optional) => {
        None::<&'static str>
    };
    (@optional $value:literal) => {
        Some($value)
    };
    ($(
        $name:ident $id:literal $severity:ident $($phase:ident)|+ $(by $decider:literal)? $(lib $library:literal)? $(not $undecided:literal)?
        $title:literal why $why:literal fix $fix:literal source $source:literal;
    )*) => {
        $(
            #[doc = $title]
            pub const $name: &$crate::rules::Rule = &$crate::rules::Rule {
                id: $id,
                severity: $crate::Severity::$severity,
                phases: &[$($crate::rules::Phase::$phase),+],
                title: $title,
                why: $why,
                fix: $fix,
                source: $source,
                decided_by: $crate::rules!(@optional $($decider)? $($library)?),
                is_kept: $crate::rules!(@optional $($library)?).is_some(),
                undecided: $crate::rules!(@optional $($undecided)?),
            };
            const _: () = assert!($crate::rules::is_name_of(stringify!($name), $id));
        )*
        /// The rules of this table, in its order.
        pub(crate) const RULES: &[&$crate::rules::Rule] = &[$($name),*];
    };
}

/// Whether `name` is `id` with underscores in the place of hyphens.
#[doc(hidden)]
pub const fn is_name_of(name: &str, id: &str) -> bool {
    let (name, id) = (name.as_bytes(), id.as_bytes());
    let mut at = 0;
    while at < id.len() && at < name.len() {
        if name[at] != id[at] && !(name[at] == b'_' && id[at] == b'-') {
            return false;
        }
        at += 1;
    }
    name.len() == id.len()
}

/// The subject of a table of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// DNS itself.
    Dns,
    /// MTA-STS.
    MtaSts,
    /// SMTP TLS reporting.
    TlsRpt,
    /// SPF.
    Spf,
    /// DKIM.
    Dkim,
    /// DMARC.
    Dmarc,
    /// The record of BIMI.
    Bimi,
    /// The logo.
    Logo,
    /// The mark certificate.
    MarkCertificate,
    /// The hosts that receive mail, and DANE.
    Mx,
    /// Amazon SES.
    Ses,
    /// The requirements of mailbox providers.
    Receivers,
}

const SECTIONS: &[(Section, &[&Rule])] = &[
    (Section::Dns, dns::RULES),
    (Section::MtaSts, mta_sts::RULES),
    (Section::TlsRpt, tls_rpt::RULES),
    (Section::Spf, spf::RULES),
    (Section::Dkim, dkim::RULES),
    (Section::Dmarc, dmarc::RULES),
    (Section::Bimi, bimi::RULES),
    (Section::Logo, svg::RULES),
    (Section::MarkCertificate, mark_certificate::RULES),
    (Section::Mx, mx::RULES),
    (Section::Ses, ses::RULES),
    (Section::Receivers, receivers::RULES),
];

/// The table that has the rule with this id.
///
/// ```
/// use standards::rules::{self, Section};
///
/// assert_eq!(rules::section_of("RPT-03"), Some(Section::TlsRpt));
/// assert_eq!(rules::section_of("PLAN-01"), None);
/// ```
pub fn section_of(id: &str) -> Option<Section> {
    let has = |rules: &[&Rule]| rules.iter().any(|rule| rule.id == id);
    let found = SECTIONS.iter().find(|(_, rules)| has(rules));
    found.map(|(section, _)| *section)
}

/// Every rule of the standards, in the order of the catalogue.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    SECTIONS.iter().flat_map(|(_, rules)| rules.iter().copied())
}

/// The rule with this id.
pub fn find(id: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.id == id)
}
