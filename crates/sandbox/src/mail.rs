//! The mail hosts of the world, as far as something is wrong with them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The faults of mail hosts, by name; the others have certificates as they should be.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// The fault of each.
    pub faults: BTreeMap<String, Fault>,
}

/// A fault of a mail host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Its certificate has expired.
    Expired,
    /// Its certificate is for another name.
    OtherName,
    /// It has no certificate, so TLS fails.
    NoCertificate,
}
