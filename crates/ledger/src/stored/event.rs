//! The written form of an event.

use std::collections::BTreeSet;

use model::{KindSet, PhysicalId, ResourceId, ServedPolicy, Verb};
use serde::{Deserialize, Serialize};

use super::entry::Entry;

/// See [`crate::Event`].
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Event {
    Intended {
        verb: Verb,
        entry: Box<Entry>,
    },
    Applied {
        entry: Box<Entry>,
    },
    Refused {
        id: ResourceId,
        reason: String,
    },
    Retired {
        id: ResourceId,
    },
    Removed {
        id: ResourceId,
        physical: Option<PhysicalId>,
    },
    Served {
        policy: Option<ServedPolicy>,
    },
    Held {
        id: ResourceId,
        holders: BTreeSet<String>,
    },
    Closing {
        id: ResourceId,
    },
    Led {
        zone: String,
        is_read: bool,
    },
    Accepted {
        rule: String,
    },
}

impl Event {
    pub(super) fn of(event: &crate::Event) -> Self {
        let written = |entry: &model::Entry| Box::new(Entry::of(entry));
        match event.clone() {
            crate::Event::Intended { verb, entry } => Self::Intended {
                verb,
                entry: written(&entry),
            },
            crate::Event::Applied { entry } => Self::Applied {
                entry: written(&entry),
            },
            crate::Event::Refused { id, reason } => Self::Refused { id, reason },
            crate::Event::Retired { id } => Self::Retired { id },
            crate::Event::Removed { id, physical } => Self::Removed { id, physical },
            crate::Event::Served { policy } => Self::Served { policy },
            crate::Event::Held { id, holders } => Self::Held { id, holders },
            crate::Event::Closing { id } => Self::Closing { id },
            crate::Event::Led { zone, is_read } => Self::Led { zone, is_read },
            crate::Event::Accepted { rule } => Self::Accepted { rule },
        }
    }

    pub(super) fn read(self, kinds: &KindSet) -> Result<crate::Event, String> {
        Ok(match self {
            Self::Intended { verb, entry } => crate::Event::Intended {
                verb,
                entry: entry.read(kinds)?,
            },
            Self::Applied { entry } => crate::Event::Applied {
                entry: entry.read(kinds)?,
            },
            Self::Refused { id, reason } => crate::Event::Refused { id, reason },
            Self::Retired { id } => crate::Event::Retired { id },
            Self::Removed { id, physical } => crate::Event::Removed { id, physical },
            Self::Served { policy } => crate::Event::Served { policy },
            Self::Held { id, holders } => crate::Event::Held { id, holders },
            Self::Closing { id } => crate::Event::Closing { id },
            Self::Led { zone, is_read } => crate::Event::Led { zone, is_read },
            Self::Accepted { rule } => crate::Event::Accepted { rule },
        })
    }
}
