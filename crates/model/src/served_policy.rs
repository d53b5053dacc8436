//! The MTA-STS policy that a resource serves: the ledger remembers it, because senders do.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An MTA-STS policy that was served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ServedPolicy {
    /// Whether senders were told to refuse mail (`enforce`).
    pub enforce: bool,
    /// Whether it was a policy at all (`mode: none` is not).
    pub active: bool,
    /// How long senders may keep it, in seconds.
    pub max_age: u32,
}
