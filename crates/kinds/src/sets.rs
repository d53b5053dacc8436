//! The record sets of a hosted zone.

use std::collections::BTreeMap;

use crate::record::LiveSet;

/// The record sets of a zone, by lower-case name and type. Sets with a routing policy, of which several
/// share name and type, are one here: they are only ever read.
pub type Sets = BTreeMap<(String, String), LiveSet>;

/// The key of a set among a zone's sets.
pub fn key(name: &str, rtype: &str) -> (String, String) {
    (
        name.trim_end_matches('.').to_ascii_lowercase(),
        rtype.to_owned(),
    )
}
