//! The verb of an action.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The verb of an action.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// Makes what is not there.
    Create,
    /// Changes what is there.
    Update,
    /// Makes the successor of what can't be changed; the old one is deleted by an action of its own.
    Replace,
    /// Removes what is ours and no longer declared.
    Delete,
    /// Takes over what is there, changing what differs.
    Adopt,
    /// Drops it from the ledger; AWS is not touched.
    Forget,
    /// Nothing: desired and actual agree.
    None,
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Replace => "replace",
            Self::Delete => "delete",
            Self::Adopt => "adopt",
            Self::Forget => "forget",
            Self::None => "none",
        })
    }
}
