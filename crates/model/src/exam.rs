//! One line of `deploy doctor`: what was looked at before anything is done, and what was seen.
//! `doctor` makes them, `report` shows them.

use std::borrow::Cow;

use serde::Serialize;
use standards::dns::Name;
use standards::{Finding, Severity};

use crate::{AccountId, AccountName};

/// One rule, looked at in one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exam {
    /// Whose health it is about.
    pub subject: Subject,
    /// The rule's id, as in the registry.
    pub rule: Cow<'static, str>,
    /// What was looked at: `permissions for s3`, `mta-sts.example.com CAA`.
    pub what: String,
    /// What came of it.
    pub outcome: Outcome,
}

/// Whose health an exam is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// The machine that this program runs on.
    Machine,
    /// An AWS account.
    Account {
        /// Its name in the manifest.
        name: AccountName,
        /// Its number.
        id: AccountId,
    },
    /// A mail domain.
    Domain(Name),
}

/// What came of an exam. Texts from AWS and DNS are untrusted: escape them before printing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The rule is kept.
    Good {
        /// What was seen, in short.
        seen: String,
    },
    /// It is broken.
    Finding(Finding),
    /// It could not be seen. That is no fault, and no all-clear.
    Unseen {
        /// Why.
        why: String,
        /// What lets it be seen, or what shows it later.
        fix: String,
    },
}

impl Exam {
    /// The finding, if the rule is broken.
    pub fn finding(&self) -> Option<&Finding> {
        match &self.outcome {
            Outcome::Finding(finding) => Some(finding),
            _ => None,
        }
    }

    /// Whether something is to be done about it.
    pub fn is_ill(&self) -> bool {
        self.finding()
            .is_some_and(|finding| finding.severity > Severity::Info)
    }
}
