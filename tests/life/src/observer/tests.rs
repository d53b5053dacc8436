//! Each rule of the observer is shown to be able to fail: a world is broken by hand.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use sandbox::world::World;

use super::{Flow, Observer};
use crate::setup::{Domain, Setup};
use crate::world::{RecordKey, before, put, zone_id};

const DOMAIN: &str = "example.com";

/// The world of one domain, and the id of the zone that the world reads.
fn world() -> (World, String) {
    let world = before(
        &Setup {
            domains: vec![Domain::bare(0)],
            ..Setup::default()
        },
        &BTreeSet::new(),
    );
    let zone = zone_id(&world, 0, DOMAIN).expect("a zone");
    (world, zone)
}

/// Whether the observer finds that the world of `first` turns bad with `change`, and good with
/// `repair`, between the beginning and the end of a run; and in which way.
#[track_caller]
fn check(change: fn(&mut World, &str), repair: fn(&mut World, &str), promise: &str) {
    let (mut world, zone) = world();
    let start: Timestamp = "2026-01-01T00:00:00Z".parse().expect("a time");
    let later = |hours| start + SignedDuration::from_hours(hours);
    let mut observer = Observer::new(vec![DOMAIN.to_owned()], world.clone(), start);
    observer.begin(std::collections::BTreeSet::new(), start);
    assert!(
        observer.end(&[], later(1)).is_empty(),
        "nothing is wrong yet"
    );
    observer.begin(std::collections::BTreeSet::new(), later(1));
    change(&mut world, &zone);
    observer.changed(&world, later(2));
    repair(&mut world, &zone);
    observer.changed(&world, later(3));
    let faults = observer.end(&[], later(5));
    assert!(
        faults.iter().any(|fault| fault.promise == promise),
        "{promise} is not in {faults:?}"
    );
}

fn nothing(_: &mut World, _: &str) {}

#[test]
fn mail_that_stops_for_an_hour_is_found() {
    let stop = |world: &mut World, zone: &str| {
        world.lose_records(zone, DOMAIN, "MX").expect("a name");
    };
    let go_on = |world: &mut World, zone: &str| {
        put(
            world,
            zone,
            RecordKey::new(DOMAIN, "MX"),
            300,
            &["10 mx.hosts.example"],
        );
    };
    check(stop, go_on, "MailFlows");
}

#[test]
fn two_records_of_which_there_may_be_one_are_found() {
    let two = |world: &mut World, zone: &str| {
        let values = ["\"v=spf1 -all\"", "\"v=spf1 ~all\""];
        put(world, zone, RecordKey::new(DOMAIN, "TXT"), 300, &values);
    };
    check(two, nothing, "OnlyOnce");
}

#[test]
fn an_id_without_its_policy_is_found() {
    let announce = |world: &mut World, zone: &str| {
        let value = ["\"v=STSv1; id=1;\""];
        put(
            world,
            zone,
            RecordKey::new("_mta-sts.example.com", "TXT"),
            300,
            &value,
        );
    };
    check(announce, nothing, "IdWithPolicy");
}

#[test]
fn a_name_that_dangles_is_found() {
    let dangle = |world: &mut World, zone: &str| {
        let value = ["d111111abcdef8.cloudfront.net"];
        put(
            world,
            zone,
            RecordKey::new("cdn.example.com", "CNAME"),
            300,
            &value,
        );
    };
    check(dangle, nothing, "NoDangling");
}

#[test]
fn what_was_said_to_flow_and_does_not_is_found() {
    let (world, _) = world();
    let start = Timestamp::UNIX_EPOCH;
    let mut observer = Observer::new(vec![DOMAIN.to_owned()], world, start);
    observer.begin(std::collections::BTreeSet::new(), start);
    let sends = Flow::Send(DOMAIN.to_owned());
    let receives = Flow::Receive(DOMAIN.to_owned());
    let faults = observer.end(&[sends, receives], start);
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!(faults[0].promise, "StatedIsSo");
}

/// The faults of a run in which the world leads to another zone with the same records, and in which
/// `change` happens to the former zone after these hours.
fn moved(hours: i64, change: fn(&mut World, &str)) -> Vec<String> {
    let (mut world, zone) = world();
    let start: Timestamp = "2026-01-01T00:00:00Z".parse().expect("a time");
    let later = |hours| start + SignedDuration::from_hours(hours);
    let mut observer = Observer::new(vec![DOMAIN.to_owned()], world.clone(), start);
    observer.begin(BTreeSet::new(), start);
    let successor = zone_id(&world, 1, DOMAIN).expect("a zone");
    world.delegate_zone(&successor, start);
    observer.changed(&world, later(1));
    change(&mut world, &zone);
    observer.changed(&world, later(1 + hours));
    let faults = observer.end(&[], later(100));
    faults.into_iter().map(|fault| fault.promise).collect()
}

#[test]
fn a_resolver_that_still_asks_the_former_servers_needs_what_stood_there() {
    let empty = |world: &mut World, zone: &str| {
        world.lose_records(zone, DOMAIN, "MX").expect("a name");
    };
    assert_eq!(moved(47, empty), ["MailFlows"]);
    assert_eq!(moved(49, empty), [""; 0]);
}
