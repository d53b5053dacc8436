//! What is written down, and how it adds up.

use jiff::Timestamp;
use model::{DomainLedger, Entry, PhysicalId, ResourceId, ServedPolicy, Verb};
use serde::{Deserialize, Serialize};

/// The format's version. A reader refuses a newer one, and upgrades an older one.
pub const FORMAT: u32 = 1;

/// One line of a journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The format's version.
    pub format: u32,
    /// Its number, without gaps, through all snapshots.
    pub number: u64,
    /// When it was written.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
}

/// What happened to a domain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A call is about to be made. The entry is as it would be after it.
    Intended {
        /// What the call does.
        verb: Verb,
        /// The resource.
        entry: Box<Entry>,
    },
    /// A call has returned, and this is what there is now.
    Applied {
        /// The resource.
        entry: Box<Entry>,
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
    },
    /// A policy is served from now on; nothing when none is.
    Served {
        /// The policy.
        policy: Option<ServedPolicy>,
    },
    /// An operator accepted a risk.
    Accepted {
        /// The rule's id.
        rule: String,
    },
}

/// Adds one line to what a domain's ledger holds.
pub fn fold(ledger: &mut DomainLedger, line: &Line) {
    match &line.event {
        Event::Intended { verb, entry } => intend(ledger, *verb, entry),
        Event::Applied { entry } => {
            ledger.entries.insert(entry.id.clone(), (**entry).clone());
        }
        Event::Refused { id, .. } => refuse(ledger, id),
        Event::Retired { id } => {
            if let Some(entry) = ledger.entries.remove(id) {
                ledger.retired.push(entry);
            }
        }
        Event::Removed { id, physical } => remove(ledger, id, physical.as_ref()),
        Event::Served { policy } => ledger.serve(*policy, line.at),
        Event::Accepted { rule } => ledger.accepted.push((rule.clone(), line.at)),
    }
}

/// What we asked for last time stays until the result is known: shared resources need it to tell
/// our values from those of others.
fn intend(ledger: &mut DomainLedger, verb: Verb, entry: &Entry) {
    match ledger.entries.get_mut(&entry.id) {
        Some(known) if !matches!(verb, Verb::Create | Verb::Replace) => {
            known.open = true;
            known.intended = Some(entry.spec.clone());
            // What makes room for it would be lost with the result.
            if known.before.is_none() {
                known.before.clone_from(&entry.before);
            }
        }
        _ => {
            ledger.entries.insert(
                entry.id.clone(),
                Entry {
                    open: true,
                    ..entry.clone()
                },
            );
        }
    }
}

fn refuse(ledger: &mut DomainLedger, id: &ResourceId) {
    let never_was = ledger
        .entries
        .get(id)
        .is_some_and(|entry| entry.open && entry.intended.is_none());
    if never_was {
        ledger.entries.remove(id);
    } else if let Some(entry) = ledger.entries.get_mut(id) {
        entry.open = false;
        entry.intended = None;
    }
}

fn remove(ledger: &mut DomainLedger, id: &ResourceId, physical: Option<&PhysicalId>) {
    let is_it = |entry: &Entry| entry.id == *id && entry.physical.as_ref() == physical;
    let before = ledger.retired.len();
    ledger.retired.retain(|entry| !is_it(entry));
    if ledger.retired.len() == before {
        ledger.entries.remove(id);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use model::{Impact, Origin};
    use serde_json::json;

    use super::*;

    fn entry(spec: i32) -> Entry {
        Entry {
            id: ResourceId::new("s3_bucket", "example.com", "assets"),
            location: None,
            physical: Some("bucket".into()),
            spec: json!(spec),
            intended: None,
            state: json!(null),
            origin: Origin::Created,
            before: None,
            serves_policy: None,
            dependencies: Vec::new(),
            impact: Impact::none(),
            open: false,
            changed: Timestamp::UNIX_EPOCH,
        }
    }

    fn add(ledger: &mut DomainLedger, event: Event) {
        let line = Line {
            format: FORMAT,
            number: 0,
            at: Timestamp::UNIX_EPOCH,
            event,
        };
        fold(ledger, &line);
    }

    fn intended(verb: Verb, spec: i32) -> Event {
        Event::Intended {
            verb,
            entry: Box::new(entry(spec)),
        }
    }

    #[test]
    fn an_intent_without_a_result_stays_open_and_keeps_what_was_asked_before() {
        let mut ledger = DomainLedger::default();
        add(
            &mut ledger,
            Event::Applied {
                entry: Box::new(entry(1)),
            },
        );
        add(&mut ledger, intended(Verb::Update, 2));
        let held = ledger.entries.values().next().expect("an entry");
        assert!(held.open);
        assert_eq!((&held.spec, &held.intended), (&json!(1), &Some(json!(2))));
    }

    #[test]
    fn what_makes_room_is_on_record_before_the_result() {
        let mut ledger = DomainLedger::default();
        let adopting = |verb, spec| {
            let entry = Entry {
                before: Some(json!("theirs")),
                ..entry(spec)
            };
            Event::Intended {
                verb,
                entry: Box::new(entry),
            }
        };
        add(&mut ledger, adopting(Verb::Adopt, 1));
        let held = ledger.entries.values().next().expect("an entry");
        assert_eq!(held.before, Some(json!("theirs")));
        assert_eq!(held.owned(), None, "nobody knows whether it was written");
        let known = Event::Applied {
            entry: Box::new(entry(1)),
        };
        add(&mut ledger, known);
        add(&mut ledger, adopting(Verb::Update, 2));
        let held = ledger.entries.values().next().expect("an entry");
        assert_eq!(held.before, Some(json!("theirs")));
        assert_eq!(held.owned(), Some(&json!(1)));
    }

    #[test]
    fn a_refused_creation_leaves_nothing() {
        let mut ledger = DomainLedger::default();
        add(&mut ledger, intended(Verb::Create, 1));
        add(
            &mut ledger,
            Event::Refused {
                id: entry(1).id,
                reason: "AccessDenied".to_owned(),
            },
        );
        assert!(ledger.is_empty());
    }

    #[test]
    fn a_predecessor_goes_without_its_successor() {
        let mut ledger = DomainLedger::default();
        add(
            &mut ledger,
            Event::Applied {
                entry: Box::new(entry(1)),
            },
        );
        add(&mut ledger, Event::Retired { id: entry(1).id });
        let successor = Entry {
            physical: Some("successor".into()),
            ..entry(2)
        };
        add(
            &mut ledger,
            Event::Applied {
                entry: Box::new(successor),
            },
        );
        add(
            &mut ledger,
            Event::Removed {
                id: entry(1).id,
                physical: Some("bucket".into()),
            },
        );
        assert!(ledger.retired.is_empty());
        assert_eq!(ledger.entries.len(), 1);
    }

    #[test]
    fn the_longest_enforced_policy_is_remembered() {
        let enforced = |max_age| ServedPolicy {
            enforce: true,
            active: true,
            max_age,
        };
        let mut ledger = DomainLedger::default();
        add(
            &mut ledger,
            Event::Served {
                policy: Some(enforced(1000)),
            },
        );
        add(
            &mut ledger,
            Event::Served {
                policy: Some(enforced(10)),
            },
        );
        add(&mut ledger, Event::Served { policy: None });
        assert_eq!(
            ledger.cached_until,
            Some(Timestamp::UNIX_EPOCH + Duration::from_secs(1000 + 3600))
        );
    }
}
