//! The registry of rules: one place each.
//!
//! A rule is data: what must hold, what happens to mail when it does not, what to do
//! about it, where it is written and what decides it. The code that decides a rule
//! makes a [`Finding`](crate::Finding) by its id.
//!
//! ```
//! use standards::rules::{self, Phase};
//!
//! let rule = rules::find("SPF-09").expect("a rule");
//! assert_eq!(rule.phases, [Phase::Lint, Phase::Lookup]);
//! assert_eq!(rule.decided_by, Some("standards::spf"));
//! assert!(rules::all().count() > 296);
//! ```

mod aws;
mod bimi;
mod dkim;
mod dmarc;
mod dns;
mod live;
mod manifest;
mod mark_certificate;
mod mta_sts;
mod mx;
mod plan;
mod receivers;
mod ses;
mod spf;
mod svg;
mod tls_rpt;

#[cfg(test)]
mod tests;

use serde::Serialize;

use crate::Severity;

/// When a rule can be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
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

/// A rule of the email standards, or of this program.
#[derive(Debug, Serialize)]
pub struct Rule {
    /// Its id, as in findings: `STS-P13`.
    pub id: &'static str,
    /// What a finding of it weighs unless the manifest says otherwise.
    pub severity: Severity,
    /// When it can be decided; some can at more than one time.
    pub phases: &'static [Phase],
    /// What must hold, in one line without a final stop.
    pub title: &'static str,
    /// What happens to mail when it does not hold.
    pub why: &'static str,
    /// What to do when it does not hold, in lower case without a final stop.
    pub fix: &'static str,
    /// Where it is written.
    pub source: &'static str,
    /// What decides it: a module or an item of this program, `crate::module::item`. Where the
    /// finding goes by another rule's id, that follows: `standards::dkim (as DKIM-07)`.
    pub decided_by: Option<&'static str>,
    /// Whether only users of the library can meet it: whatever the manifest says, what this
    /// program makes keeps the rule.
    pub is_kept: bool,
    /// Why nothing decides it yet, where nothing does.
    pub undecided: Option<&'static str>,
}

/// A table of rules, each as
/// `"ID" Severity Phase | Phase by "decider" "title" why "…" fix "…" source "…";`
/// with `lib "decider"` in the place of `by "decider"` where only users of the library can break
/// it, and `not "reason"` where nothing decides it yet.
macro_rules! rules {
    ($(
        $id:literal $severity:ident $($phase:ident)|+ $(by $decider:literal)? $(lib $library:literal)? $(not $undecided:literal)?
        $title:literal why $why:literal fix $fix:literal source $source:literal;
    )*) => {
        /// The rules of this section, in the order of the catalogue.
        pub(super) const RULES: &[$crate::rules::Rule] = &[$(
            $crate::rules::Rule {
                id: $id,
                severity: $crate::Severity::$severity,
                phases: &[$($crate::rules::Phase::$phase),+],
                title: $title,
                why: $why,
                fix: $fix,
                source: $source,
                decided_by: $crate::rules::optional!($($decider)? $($library)?),
                is_kept: $crate::rules::optional!($($library)?).is_some(),
                undecided: $crate::rules::optional!($($undecided)?),
            },
        )*];
    };
}

/// `Some` of what stands between the brackets, or `None`.
macro_rules! optional {
    () => {
        None::<&'static str>
    };
    ($value:literal) => {
        Some($value)
    };
}

use {optional, rules};

const SECTIONS: &[&[Rule]] = &[
    dns::RULES,
    mta_sts::RULES,
    tls_rpt::RULES,
    spf::RULES,
    dkim::RULES,
    dmarc::RULES,
    bimi::RULES,
    svg::RULES,
    mark_certificate::RULES,
    mx::RULES,
    ses::RULES,
    receivers::RULES,
    manifest::RULES,
    plan::RULES,
    aws::RULES,
    live::RULES,
];

/// Every rule, in the order of the catalogue, then those of this program.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    SECTIONS.iter().copied().flatten()
}

/// The rule with this id.
pub fn find(id: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.id == id)
}
