//! The fold, event by event.

use std::time::Duration;

use kinds::{Route53RecordSet, S3Bucket, s3_bucket};
use model::{Before, Impact, Origin, Spec};

use super::*;

/// An entry whose bucket keeps objects for so many days.
fn entry(days: u32) -> Entry {
    Entry {
        id: ResourceId::new("s3_bucket", "example.com", "assets"),
        location: None,
        status: Status::Settled("bucket".into()),
        spec: spec(days),
        state: None,
        origin: Origin::Created,
        holders: std::collections::BTreeSet::new(),
        before: None,
        serves_policy: None,
        dependencies: Vec::new(),
        impact: Impact::none(),
        changed: Timestamp::UNIX_EPOCH,
    }
}

fn spec(days: u32) -> Spec {
    Spec::of::<S3Bucket>(s3_bucket::Spec {
        expire_days: Some(days),
        ..s3_bucket::Spec::default()
    })
}

/// A former value. A bucket has none; the fold does not ask whose it is.
fn theirs() -> Before {
    Before::of::<Route53RecordSet>(Vec::new())
}

fn add(ledger: &mut DomainLedger, event: Event) {
    let line = Line {
        number: 0,
        at: Timestamp::UNIX_EPOCH,
        event,
    };
    fold(ledger, &line);
}

fn intended(verb: Verb, days: u32) -> Event {
    Event::Intended {
        verb,
        entry: Arc::new(entry(days)),
    }
}

#[test]
fn an_intent_without_a_result_stays_open_and_keeps_what_was_asked_before() {
    let mut ledger = DomainLedger::default();
    add(
        &mut ledger,
        Event::Applied {
            entry: Arc::new(entry(1)),
        },
    );
    add(&mut ledger, intended(Verb::Update, 2));
    let held = ledger.entries.values().next().expect("an entry");
    assert!(held.is_open());
    assert_eq!((&held.spec, held.intended()), (&spec(1), &spec(2)));
}

#[test]
fn what_makes_room_is_on_record_before_the_result() {
    let mut ledger = DomainLedger::default();
    let adopting = |verb, days| {
        let entry = Entry {
            before: Some(theirs()),
            ..entry(days)
        };
        Event::Intended {
            verb,
            entry: Arc::new(entry),
        }
    };
    add(&mut ledger, adopting(Verb::Adopt, 1));
    let held = ledger.entries.values().next().expect("an entry");
    assert_eq!(held.before, Some(theirs()));
    assert_eq!(held.owned(), None, "nobody knows whether it was written");
    let known = Event::Applied {
        entry: Arc::new(entry(1)),
    };
    add(&mut ledger, known);
    add(&mut ledger, adopting(Verb::Update, 2));
    let held = ledger.entries.values().next().expect("an entry");
    assert_eq!(held.before, Some(theirs()));
    assert_eq!(held.owned(), Some(&spec(1)));
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
            entry: Arc::new(entry(1)),
        },
    );
    add(&mut ledger, Event::Retired { id: entry(1).id });
    let successor = Entry {
        status: Status::Settled("successor".into()),
        ..entry(2)
    };
    add(
        &mut ledger,
        Event::Applied {
            entry: Arc::new(successor),
        },
    );
    add(
        &mut ledger,
        Event::Removed {
            id: entry(1).id,
            physical: Some("bucket".into()),
            location: None,
        },
    );
    assert!(ledger.retired.is_empty());
    assert_eq!(ledger.entries.len(), 1);
}

/// SES calls an identity by its domain in every account: a move that was taken back half done has the same name on
/// record three times.
#[test]
fn of_one_name_in_two_accounts_the_one_that_is_gone_goes() {
    let at = |account: &str| {
        let location = Location {
            account: "mail".into(),
            account_id: account.parse().expect("an account id"),
            region: "us-east-1".into(),
        };
        Arc::new(Entry {
            location: Some(location),
            ..entry(1)
        })
    };
    let (here, there) = (at("111111111111"), at("222222222222"));
    let mut ledger = DomainLedger {
        entries: [(here.id.clone(), Arc::clone(&here))].into(),
        retired: vec![Arc::clone(&here), Arc::clone(&there)],
        ..DomainLedger::default()
    };
    let removed = |of: &Entry| Event::Removed {
        id: of.id.clone(),
        physical: of.physical().cloned(),
        location: of.location.clone(),
    };
    add(&mut ledger, removed(&there));
    assert_eq!(ledger.retired, [Arc::clone(&here)]);
    // What the manifest asks for now is the same thing, and stays on record.
    add(&mut ledger, removed(&here));
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

/// A run that made it was interrupted, and another has found it by its tags.
#[test]
fn what_has_no_name_on_record_goes_by_the_name_that_it_was_found_by() {
    let removed = || Event::Removed {
        id: entry(30).id,
        physical: Some("found".into()),
        location: None,
    };
    let mut ledger = DomainLedger::default();
    add(&mut ledger, intended(Verb::Create, 30));
    add(&mut ledger, removed());
    assert!(ledger.entries.is_empty());
    // What is retired goes first: its successor has no name yet.
    add(&mut ledger, intended(Verb::Create, 30));
    add(&mut ledger, Event::Retired { id: entry(30).id });
    add(&mut ledger, intended(Verb::Create, 60));
    add(&mut ledger, removed());
    assert!(ledger.retired.is_empty());
    assert_eq!(ledger.entries.len(), 1);
}
