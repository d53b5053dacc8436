//! The MTA-STS policy that a resource serves: the ledger remembers it, because senders do.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use standards::mta_sts::{Mode, MtaStsPolicy};

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

impl From<&MtaStsPolicy> for ServedPolicy {
    fn from(policy: &MtaStsPolicy) -> Self {
        Self {
            enforce: policy.mode() == Mode::Enforce,
            active: policy.mode() != Mode::None,
            max_age: policy.max_age().seconds(),
        }
    }
}
