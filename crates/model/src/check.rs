//! One check, and its outcome. `verify` makes checks of live domains, `doctor` of the surroundings of a
//! run; `report` shows both.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use standards::dns::Name;
use standards::{Finding, Severity};

use crate::{AccountId, AccountName};

/// One rule, checked in one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// The subject of the check.
    pub about: About,
    /// The rule's id, as in the registry.
    pub rule: Cow<'static, str>,
    /// The place: a name and a type, a URL, a mail host, the permissions for a service.
    pub what: String,
    /// The observation there, in short. Untrusted: escape it before printing.
    pub seen: Option<String>,
    /// The outcome.
    pub outcome: CheckOutcome,
}

/// The subject of a check.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
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

/// The outcome of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckOutcome {
    /// The rule is kept.
    Good,
    /// It is broken.
    Finding(Finding),
    /// It will be kept without a change of what is planned.
    Waiting {
        /// The time at which resolvers have forgotten the former answer; nothing where it is for a
        /// person to publish a record, or for another apply to come.
        until: Option<Timestamp>,
    },
    /// It could not be checked. That is no fault, and no all-clear.
    Skipped {
        /// The reason. Untrusted, as `seen` is.
        why: String,
        /// The way to make the check possible, or to see the answer later, where there is one.
        fix: Option<String>,
    },
}

/// The worst outcome of many checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
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
    /// The domain that the check is about, if it is about one.
    pub fn domain(&self) -> Option<&Name> {
        match &self.about {
            About::Domain(name) => Some(name),
            About::Machine | About::Account { .. } => None,
        }
    }

    /// Whether the rule is kept.
    pub fn is_good(&self) -> bool {
        self.outcome == CheckOutcome::Good
    }

    /// The finding, if the rule is broken.
    pub fn finding(&self) -> Option<&Finding> {
        match &self.outcome {
            CheckOutcome::Finding(finding) => Some(finding),
            _ => None,
        }
    }

    /// Whether the rule is broken in a way that asks for a fix.
    pub fn is_failure(&self) -> bool {
        let finding = self.finding();
        finding.is_some_and(|finding| finding.severity > Severity::Info)
    }

    /// The fix, if the rule is broken.
    pub fn fix(&self) -> Option<&str> {
        self.finding().map(|finding| finding.fix.as_str())
    }
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Machine => f.write_str("this machine"),
            Self::Account { name, id } => write!(f, "account {name} ({id})"),
            Self::Domain(name) => name.fmt(f),
        }
    }
}

impl Verdict {
    /// The worst of `checks`.
    pub fn of<'a>(checks: impl IntoIterator<Item = &'a Check>) -> Self {
        let verdicts = checks.into_iter().map(|check| match &check.outcome {
            CheckOutcome::Finding(finding) if finding.severity == Severity::Error => Self::Faulty,
            CheckOutcome::Waiting { .. } => Self::Waiting,
            _ => Self::Good,
        });
        verdicts.max().unwrap_or(Self::Good)
    }
}
