//! One check of the live domain, and what came of it. `verify` makes them, `report` shows them.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Serialize;
use standards::dns::Name;
use standards::{Finding, Severity};

/// One rule, looked at in one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// The rule's id, as in the registry.
    pub rule: Cow<'static, str>,
    /// The domain that was verified.
    pub domain: Name,
    /// What was looked at: a name and a type, a URL, a mail host.
    pub what: String,
    /// What was seen there, in short. Untrusted: escape it before printing.
    pub seen: Option<String>,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The rule is kept.
    Good,
    /// It is broken.
    Finding(Finding),
    /// It will be kept without a change of what is planned.
    Waiting {
        /// When resolvers have forgotten the answer of before; nothing where it is for a person to
        /// publish a record, or for another apply to come.
        until: Option<Timestamp>,
    },
    /// It could not be looked at.
    Skipped {
        /// Why.
        why: String,
    },
}

/// What many checks come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// No rule of weight is broken.
    Good,
    /// Something is still on its way.
    Waiting,
    /// A conforming receiver or sender would ignore or refuse something.
    Faulty,
}

impl Check {
    /// The finding, if the rule is broken.
    pub fn finding(&self) -> Option<&Finding> {
        match &self.outcome {
            Outcome::Finding(finding) => Some(finding),
            _ => None,
        }
    }

    /// What to do, if the rule is broken.
    pub fn fix(&self) -> Option<&str> {
        self.finding().map(|finding| finding.fix.as_str())
    }
}

impl Verdict {
    /// The worst of `checks`.
    pub fn of<'a>(checks: impl IntoIterator<Item = &'a Check>) -> Self {
        let verdicts = checks.into_iter().map(|check| match &check.outcome {
            Outcome::Finding(finding) if finding.severity == Severity::Error => Self::Faulty,
            Outcome::Waiting { .. } => Self::Waiting,
            _ => Self::Good,
        });
        verdicts.max().unwrap_or(Self::Good)
    }
}
