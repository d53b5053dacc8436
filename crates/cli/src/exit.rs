//! How the program ends: the exit codes are an interface.

use std::collections::BTreeMap;
use std::process::ExitCode;

use model::AccountName;
use reconcile::Conclusion;
use standards::Finding;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// In sync, or done.
    Done,
    /// Something failed.
    Failed,
    /// Changes are pending, or something drifted.
    Changes,
    /// Waiting, or partly applied.
    Incomplete,
    /// Refused as unsafe.
    Refused,
}

impl From<Conclusion> for Exit {
    fn from(conclusion: Conclusion) -> Self {
        match conclusion {
            Conclusion::InSync
            | Conclusion::Done
            | Conclusion::NothingLeft
            | Conclusion::OriginUnknown => Self::Done,
            Conclusion::Failed | Conclusion::Unrecorded => Self::Failed,
            Conclusion::Differs => Self::Changes,
            Conclusion::Refused => Self::Refused,
            Conclusion::Waiting => Self::Incomplete,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Changes => 3,
            Exit::Refused => 4,
            Exit::Incomplete => 5,
        })
    }
}

/// The code of a wrong command line or a wrong manifest.
pub(crate) const USAGE: u8 = 2;

/// Why a command could not do its work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The manifest has errors.
    Manifest(Vec<Finding>),
    /// The command line asks for what can't be.
    Usage(String),
    /// Accounts could not be entered, each with its reason.
    Closed(BTreeMap<AccountName, String>),
    /// Something outside failed: what, why, and what to do.
    Outside {
        /// The attempt that failed.
        what: String,
        /// The whole chain of causes.
        source: Box<dyn std::error::Error>,
    },
}

impl Failure {
    /// A failure of something outside.
    pub(crate) fn outside(what: &str, source: impl Into<Box<dyn std::error::Error>>) -> Self {
        Self::Outside {
            what: what.to_owned(),
            source: source.into(),
        }
    }
}

impl From<ledger::LedgerError> for Failure {
    fn from(source: ledger::LedgerError) -> Self {
        reconcile::Error::from(source).into()
    }
}

impl From<reconcile::Error> for Failure {
    fn from(error: reconcile::Error) -> Self {
        match error {
            reconcile::Error::Manifest(findings) => Self::Manifest(findings),
            reconcile::Error::Usage(text) => Self::Usage(text),
            reconcile::Error::Closed(accounts) => Self::Closed(accounts),
            reconcile::Error::Outside { what, source } => Self::Outside { what, source },
        }
    }
}
