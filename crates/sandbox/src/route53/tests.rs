//! The state machine, without a wire.

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};

use super::{Caller, ChangeBatch, Error, State};
use crate::dns::Lookup;
use crate::world::World;

fn noon() -> Timestamp {
    "2026-11-24T12:00:00Z".parse().expect("a timestamp")
}

fn caller(now: Timestamp) -> Caller<'static> {
    Caller {
        account: "111111111111",
        principal: "arn:aws:iam::111111111111:root",
        now,
        insync: SignedDuration::from_secs(30),
        busy: SignedDuration::from_millis(60),
    }
}

fn batch(changes: &[(&str, &str, &str, &str)]) -> ChangeBatch {
    let mut text = String::from("<ChangeBatch><Changes>");
    for (action, name, rtype, value) in changes {
        let _ = write!(
            text,
            "<Change><Action>{action}</Action><ResourceRecordSet><Name>{name}</Name>\
                 <Type>{rtype}</Type><TTL>60</TTL><ResourceRecords><ResourceRecord>\
                 <Value>{value}</Value></ResourceRecord></ResourceRecords></ResourceRecordSet></Change>"
        );
    }
    text.push_str("</Changes></ChangeBatch>");
    quick_xml::de::from_str(&text).expect("a batch")
}

fn seconds(count: i64) -> Timestamp {
    noon() + SignedDuration::from_secs(count)
}

fn seen(world: &World, at: i64) -> String {
    match world.resolve("a.example.com", "A", seconds(at)) {
        Lookup::Found { records, since, .. } => format!("{} since {since}", records[0].value),
        other => format!("{other:?}"),
    }
}

#[test]
fn the_public_sees_a_change_when_it_is_in_sync_and_not_before() {
    let mut world = World::default();
    let zone = world
        .seed_zone("111111111111", "example.com", true)
        .expect("a name");
    let change = |world: &mut World, at: i64, changes: &[(&str, &str, &str, &str)]| {
        world
            .route53
            .change(&caller(seconds(at)), &zone, batch(changes))
            .expect("a change");
    };
    change(
        &mut world,
        0,
        &[("CREATE", "a.example.com", "A", "192.0.2.1")],
    );
    assert_eq!(seen(&world, 29), "NxDomain");
    assert_eq!(seen(&world, 30), "192.0.2.1 since 2026-11-24T12:00:30Z");
    // Two changes on the way at once are seen one after the other.
    change(
        &mut world,
        40,
        &[("UPSERT", "a.example.com", "A", "192.0.2.2")],
    );
    change(
        &mut world,
        50,
        &[("DELETE", "a.example.com", "A", "192.0.2.2")],
    );
    assert_eq!(seen(&world, 69), "192.0.2.1 since 2026-11-24T12:00:30Z");
    assert_eq!(seen(&world, 70), "192.0.2.2 since 2026-11-24T12:01:10Z");
    assert_eq!(seen(&world, 80), "NxDomain");
}

#[test]
fn an_upsert_that_changes_nothing_leaves_the_answer_as_old_as_it_was() {
    let mut world = World::default();
    let zone = world
        .seed_zone("111111111111", "example.com", true)
        .expect("a name");
    for at in [0, 100] {
        let upsert = batch(&[("UPSERT", "a.example.com", "A", "192.0.2.1")]);
        world
            .route53
            .change(&caller(seconds(at)), &zone, upsert)
            .expect("a change");
    }
    assert_eq!(seen(&world, 200), "192.0.2.1 since 2026-11-24T12:00:30Z");
}

#[test]
fn a_new_zone_fails_until_its_servers_have_it() {
    let mut world = World::default();
    let new = super::NewZone {
        name: "example.com".to_owned(),
        caller_reference: "1".to_owned(),
        ..super::NewZone::default()
    };
    let (zone, _) = world
        .route53
        .create_zone(&caller(noon()), new)
        .expect("a zone");
    let id = zone.id.clone();
    world.delegate_zone(&id, noon());
    assert_eq!(
        world.resolve("example.com", "A", seconds(29)),
        Lookup::ServFail
    );
    assert_eq!(
        world.resolve("example.com", "A", seconds(30)),
        Lookup::NoData
    );
}

#[test]
fn two_changes_of_a_zone_at_once_collide_and_one_after_the_other_do_not() {
    let mut state = State::default();
    let zone = state
        .seed_zone("111111111111", "example.com".parse().expect("a name"))
        .id
        .clone();
    let mut change = |at: Timestamp, name: &str| {
        let create = batch(&[("CREATE", name, "A", "192.0.2.1")]);
        state.change(&caller(at), &zone, create).map(|_| ())
    };
    assert_eq!(change(noon(), "a.example.com"), Ok(()));
    let soon = noon() + SignedDuration::from_millis(59);
    assert_eq!(
        change(soon, "b.example.com"),
        Err(Error::PriorRequestNotComplete)
    );
    let next = noon() + SignedDuration::from_millis(60);
    assert_eq!(change(next, "b.example.com"), Ok(()));
}

#[test]
fn a_refused_batch_changes_nothing() {
    let mut state = State::default();
    let name = "example.com".parse().expect("a name");
    let zone = state.seed_zone("111111111111", name).id.clone();
    let refused = state.change(
        &caller(noon()),
        &zone,
        batch(&[
            ("CREATE", "a.example.com", "A", "192.0.2.1"),
            ("DELETE", "b.example.com", "A", "192.0.2.1"),
        ]),
    );
    assert_eq!(
        refused.map(|_| ()),
        Err(Error::batch(
            "Tried to delete resource record set [name='b.example.com.', type='A'] but it was not found"
        ))
    );
    assert_eq!(state.zones[&zone].records.len(), 2);
}
