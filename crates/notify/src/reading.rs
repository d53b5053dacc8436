//! The readings of the world that a schedule remembers, because it reads everything anew from time to
//! time only.

use std::collections::BTreeMap;

use jiff::Timestamp;
use ledger::Store;
use serde::{Deserialize, Serialize};

use crate::stored;

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

/// The readings on record.
///
/// # Errors
/// Why the store does not tell them.
pub async fn readings(store: &dyn Store) -> Result<Readings, String> {
    Ok(stored::read(store).await?.kept.readings)
}

/// Records what a run read, on top of whatever other runs recorded meanwhile.
///
/// # Errors
/// Why it could not be recorded: the next run reads anew what this one read.
pub async fn record_readings(store: &dyn Store, read: &Readings) -> Result<(), String> {
    let held = stored::read(store).await?;
    let change = |kept: &mut stored::Kept| {
        for (document, reading) in read {
            let mut reading = reading.clone();
            // A run that began later can be done first.
            if let Some(other) = kept.readings.get(document) {
                reading.anew = reading.anew.max(other.anew);
                for (id, first) in &mut reading.moved {
                    *first = other.moved.get(id).map_or(*first, |seen| *seen.min(first));
                }
            }
            kept.readings.insert(document.clone(), reading);
        }
    };
    stored::change(store, held, &change).await.map(drop)
}
