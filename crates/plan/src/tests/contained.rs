//! Resources inside others go with them, or by a call of their own.

use kinds::{S3Object, s3_object};
use model::{
    Dependency, Entry, Kind, Location, Observation, Ownership, Plan, ResourceId, Spec, State,
    Status, Step,
};

use super::{DOMAIN, World, entry, id, location, resource, there};

fn object(name: &str) -> ResourceId {
    ResourceId::new(S3Object::NAME, DOMAIN, name)
}

fn object_spec(name: &str) -> s3_object::Spec {
    s3_object::Spec {
        bucket: "assets".to_owned(),
        key: name.to_owned(),
        ..s3_object::Spec::default()
    }
}

/// A file in the bucket `assets`.
fn file(name: &str) -> Entry {
    Entry {
        id: object(name),
        status: Status::Settled(format!("assets/{name}").into()),
        spec: Spec::of::<S3Object>(object_spec(name)),
        ..entry(name, &["assets"])
    }
}

fn file_is_there(name: &str) -> Observation {
    Observation::Present {
        physical: format!("assets/{name}").into(),
        state: State::of::<S3Object>(object_spec(name).wanted(None)),
        ownership: Ownership::Ours,
    }
}

/// A bucket with a file, both on record and there.
fn filled(file: Entry) -> World {
    World::default()
        .record(entry("assets", &[]))
        .see("assets", there("assets", 30, Ownership::Ours))
        .record(file)
        .see("logo", file_is_there("logo"))
}

/// A bucket that is no part of anything, on record and there.
fn beside(world: World, name: &str, dependencies: Vec<Dependency>) -> World {
    let entry = Entry {
        dependencies,
        ..entry(name, &[])
    };
    world
        .record(entry)
        .see(name, there(name, 30, Ownership::Ours))
}

#[track_caller]
fn check(plan: &Plan, expect: &[&str]) {
    let line = |action: &model::Action| {
        let step = match action.step {
            Step::Delete(_) => "delete",
            Step::GoAlong(_) => "go along",
            Step::Keep(..) => "keep",
            _ => "other",
        };
        let calls: u32 = action.calls.iter().map(|calls| calls.count).sum();
        format!("{step} {}: {calls}", action.resource.name)
    };
    let lines: Vec<String> = plan.actions.iter().map(line).collect();
    assert_eq!(lines, expect);
    assert!(plan.findings.is_empty(), "{:?}", plan.findings);
}

#[test]
fn a_file_goes_with_its_bucket() {
    let plan = filled(file("logo")).plan();
    check(&plan, &["delete assets: 3", "go along logo: 0"]);
}

#[test]
fn a_file_goes_by_itself_where_its_bucket_stays_or_is_another() {
    let stays = filled(file("logo")).ask(resource("assets", &[]));
    check(&stays.plan(), &["keep assets: 0", "delete logo: 1"]);
    let elsewhere = Location {
        region: "eu-west-1".into(),
        ..location("web")
    };
    let other = filled(Entry {
        location: Some(elsewhere),
        ..file("logo")
    });
    check(&other.plan(), &["delete logo: 1", "delete assets: 3"]);
}

/// A name must not lead to a bucket whose files are gone.
#[test]
fn the_bucket_waits_for_what_used_the_file() {
    let user = vec![Dependency::done(&object("logo"), "it serves the file")];
    let world = beside(filled(file("logo")), "user", user);
    check(
        &world.plan(),
        &["delete user: 3", "delete assets: 3", "go along logo: 0"],
    );
}

/// A removal that follows the file's waits for the bucket's, which takes the file along.
#[test]
fn what_follows_the_file_follows_its_bucket() {
    let follower = vec![Dependency::done(&object("logo"), "it is of the file")];
    let follower = follower.into_iter().map(Dependency::undone_in_same_order);
    let world = beside(filled(file("logo")), "follower", follower.collect());
    check(
        &world.plan(),
        &["delete assets: 3", "go along logo: 0", "delete follower: 3"],
    );
}

/// The bucket goes after the user, and the user after the file: then the file can't go with the bucket.
#[test]
fn a_file_goes_by_itself_where_its_bucket_goes_later() {
    let user = vec![
        Dependency::done(&id("assets"), "it reads from it"),
        Dependency::done(&object("logo"), "it is of the file").undone_in_same_order(),
    ];
    let world = beside(filled(file("logo")), "user", user);
    check(
        &world.plan(),
        &["delete logo: 1", "delete user: 3", "delete assets: 3"],
    );
}
