//! The readings of the world that a schedule remembers, because it reads everything anew from time to
//! time only.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The readings of each document of the ledger, by its name.
pub type Readings = BTreeMap<String, Reading>;

/// The last reading of the resources of one document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// When all of them were last read anew.
    pub anew: Timestamp,
    /// The ids of those that were not as they had been left, and when a run first saw that. A wide read
    /// may not show it, and so they are read anew until they are in sync.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub moved: BTreeMap<String, Timestamp>,
}
