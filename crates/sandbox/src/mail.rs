//! The mail hosts of the world, as far as something is wrong with them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What is wrong with mail hosts, by name; the others have certificates as they should be.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// What is wrong with each.
    pub faults: BTreeMap<String, Fault>,
}

/// What is wrong with a mail host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Its certificate has expired.
    Expired,
    /// Its certificate is for another name.
    OtherName,
    /// It has no certificate, so TLS comes to nothing.
    NoCertificate,
}
