//! Ledger events, and the fold that rebuilds state from them.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use model::{DomainLedger, Entry, Location, PhysicalId, ResourceId, ServedPolicy, Status, Verb};
use serde::{Deserialize, Serialize};

/// One line of a journal.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Its number, without gaps, through all snapshots.
    pub number: u64,
    /// When it was written.
    pub at: Timestamp,
    /// The event.
    pub event: Event,
}

/// An event in the life of a domain, with its resource as `E` has it: in the program, or as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event<E = Arc<Entry>> {
    /// A call is about to be made. The entry is as it would be after it.
    Intended {
        /// The effect of the call.
        verb: Verb,
        /// The resource.
        entry: E,
    },
    /// A call has returned, and this is what there is now.
    Applied {
        /// The resource.
        entry: E,
    },
    /// A call was refused without effect.
    Refused {
        /// The resource.
        id: ResourceId,
        /// AWS's words.
        reason: String,
    },
    /// A resource was replaced, and its predecessor has still to go.
    Retired {
        /// Our name for it.
        id: ResourceId,
    },
    /// A resource is gone, or no longer ours.
    Removed {
        /// Our name for it.
        id: ResourceId,
        /// AWS's name, which tells a predecessor from its successor.
        physical: Option<PhysicalId>,
        /// Its account and region: an identity of SES has the same name in each. Nothing where no place is on
        /// record, or where the line is older than this field.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        location: Option<Location>,
    },
    /// A policy is served from now on; nothing when none is.
    Served {
        /// The policy.
        policy: Option<ServedPolicy>,
    },
    /// The domains that hold a shared resource from now on.
    Held {
        /// Our name for it.
        id: ResourceId,
        /// Its holders.
        holders: BTreeSet<String>,
    },
    /// The last holder of a shared resource is about to delete it.
    Closing {
        /// Our name for it.
        id: ResourceId,
    },
    /// A hosted zone was seen to be read by the world, or not to be read any more.
    Led {
        /// The zone's id.
        zone: String,
        /// Whether the world is led to it.
        is_read: bool,
    },
    /// An operator accepted a risk.
    Accepted {
        /// The rule's id.
        rule: String,
    },
}

impl<E> Event<E> {
    /// The same event with its resource in another form.
    pub(crate) fn try_map<F, X>(
        self,
        other: impl FnOnce(E) -> Result<F, X>,
    ) -> Result<Event<F>, X> {
        Ok(match self {
            Self::Intended { verb, entry } => Event::Intended {
                verb,
                entry: other(entry)?,
            },
            Self::Applied { entry } => Event::Applied {
                entry: other(entry)?,
            },
            Self::Refused { id, reason } => Event::Refused { id, reason },
            Self::Retired { id } => Event::Retired { id },
            Self::Removed {
                id,
                physical,
                location,
            } => Event::Removed {
                id,
                physical,
                location,
            },
            Self::Served { policy } => Event::Served { policy },
            Self::Held { id, holders } => Event::Held { id, holders },
            Self::Closing { id } => Event::Closing { id },
            Self::Led { zone, is_read } => Event::Led { zone, is_read },
            Self::Accepted { rule } => Event::Accepted { rule },
        })
    }
}

/// Folds one line into what a domain's ledger holds.
pub fn fold(ledger: &mut DomainLedger, line: &Line) {
    match &line.event {
        Event::Intended { verb, entry } => intend(ledger, *verb, entry),
        Event::Applied { entry } => {
            ledger.entries.insert(entry.id.clone(), Arc::clone(entry));
        }
        Event::Refused { id, .. } => refuse(ledger, id),
        Event::Retired { id } => ledger.retired.extend(ledger.entries.remove(id)),
        Event::Removed {
            id,
            physical,
            location,
        } => remove(ledger, id, physical.as_ref(), location.as_ref()),
        Event::Served { policy } => ledger.serve(*policy, line.at),
        Event::Held { id, holders } => {
            if let Some(entry) = ledger.entries.get_mut(id) {
                Arc::make_mut(entry).holders.clone_from(holders);
            }
        }
        Event::Closing { id } => close(ledger, id),
        Event::Led { zone, is_read } => lead(ledger, zone, *is_read, line.at),
        Event::Accepted { rule } => ledger.accepted.push((rule.clone(), line.at)),
    }
}

/// The former spec stays until the result is known: shared resources need it to tell our values from
/// those of others.
fn intend(ledger: &mut DomainLedger, verb: Verb, entry: &Arc<Entry>) {
    let makes = matches!(verb, Verb::Create | Verb::Replace);
    let Some(known) = ledger.entries.get_mut(&entry.id).filter(|_| !makes) else {
        let mut begun = Arc::clone(entry);
        Arc::make_mut(&mut begun).status = Status::Creating;
        ledger.entries.insert(entry.id.clone(), begun);
        return;
    };
    let known = Arc::make_mut(known);
    known.status = Status::Changing {
        physical: known.physical().cloned(),
        to: entry.spec.clone(),
    };
    // A holder is on record before it uses what it holds.
    known.holders.extend(entry.holders.iter().cloned());
    // The former values would be lost with the result.
    if known.before.is_none() {
        known.before.clone_from(&entry.before);
    }
}

fn refuse(ledger: &mut DomainLedger, id: &ResourceId) {
    let Some(entry) = ledger.entries.get_mut(id) else {
        return;
    };
    match &entry.status {
        // A change of something whose creation was never confirmed leaves that creation open.
        Status::Changing { physical: None, .. } => {
            Arc::make_mut(entry).status = Status::Creating;
        }
        Status::Changing {
            physical: Some(physical),
            ..
        }
        | Status::Closing(physical) => {
            let physical = physical.clone();
            Arc::make_mut(entry).status = Status::Settled(physical);
        }
        // A refused creation made nothing.
        Status::Creating => {
            ledger.entries.remove(id);
        }
        Status::Settled(_) => {}
    }
}

/// Nothing is known to be there any more, and nobody may begin to use it.
fn close(ledger: &mut DomainLedger, id: &ResourceId) {
    if let Some(entry) = ledger.entries.get_mut(id)
        && let Some(physical) = entry.physical().cloned()
    {
        Arc::make_mut(entry).status = Status::Closing(physical);
    }
}

/// The first sight counts: from then on resolvers forget.
fn lead(ledger: &mut DomainLedger, zone: &str, is_read: bool, at: Timestamp) {
    if is_read {
        ledger.unread.remove(zone);
    } else {
        ledger.unread.entry(zone.to_owned()).or_insert(at);
    }
}

/// A successor has the id of its predecessor. Only AWS's name and the place tell which of the two is gone. Where the
/// name is on no record, a run was interrupted before it learnt it, and a later one has found what it made.
fn remove(
    ledger: &mut DomainLedger,
    id: &ResourceId,
    physical: Option<&PhysicalId>,
    location: Option<&Location>,
) {
    let is_there =
        |entry: &Entry| location.is_none() || Location::is_same(entry.location.as_ref(), location);
    for name in [physical, None] {
        let is_it = |entry: &Entry| entry.id == *id && entry.physical() == name && is_there(entry);
        let before = ledger.retired.len();
        ledger.retired.retain(|entry| !is_it(entry));
        if ledger.retired.len() < before {
            return;
        }
        if ledger.entries.get(id).is_some_and(|entry| is_it(entry)) {
            ledger.entries.remove(id);
            return;
        }
    }
}

#[cfg(test)]
mod tests;
