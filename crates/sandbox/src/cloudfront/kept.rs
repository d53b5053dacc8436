//! The answers that the edge keeps.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The answer that the edge keeps of one path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) status: u16,
    pub(super) headers: BTreeMap<String, String>,
    /// In base64.
    pub(super) body: String,
    pub(super) since: Timestamp,
    pub(super) until: Timestamp,
}
