//! Why a run could not do its work.

use std::collections::BTreeMap;

use ledger::LedgerError;
use model::AccountName;
use standards::Finding;

/// Why a run could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The manifest has errors.
    #[error("the manifest has errors")]
    Manifest(Vec<Finding>),
    /// The request can't be met, whatever the world is like.
    #[error("{0}")]
    Usage(String),
    /// Accounts could not be entered, each with its reason: nothing can be planned.
    #[error("accounts could not be entered")]
    Closed(BTreeMap<AccountName, String>),
    /// Something outside this program failed.
    #[error("{what}")]
    Outside {
        /// The attempt that failed.
        what: String,
        /// Why it failed.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Error {
    /// Something outside this program failed: what was tried, and why it failed.
    pub fn outside(
        what: impl Into<String>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Outside {
            what: what.into(),
            source: source.into(),
        }
    }
}

impl From<LedgerError> for Error {
    fn from(source: LedgerError) -> Self {
        Self::outside("could not use the ledger", source)
    }
}
