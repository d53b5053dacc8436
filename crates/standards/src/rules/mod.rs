//! The registry of rules: one place each.

use crate::Severity;

/// When a rule can be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
#[derive(Debug)]
pub struct Rule {
    /// Its id, as in findings: `STS-P13`.
    pub id: &'static str,
    /// What a finding of it weighs unless the manifest says otherwise.
    pub severity: Severity,
    /// When it can be decided; some can at more than one time.
    pub phases: &'static [Phase],
    /// What must hold, in one line.
    pub title: &'static str,
    /// What happens to mail when it does not hold.
    pub why: &'static str,
    /// What to do when it does not hold.
    pub mend: &'static str,
    /// Where it is written.
    pub source: &'static str,
    /// What decides it: a path in this program, or nothing yet.
    pub decided_by: Option<&'static str>,
}

/// Every rule, in the order of the catalogue.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    [].into_iter()
}

/// The rule with this id.
pub fn find(id: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.id == id)
}
