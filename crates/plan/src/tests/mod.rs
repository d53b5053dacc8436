//! Tables of decisions and order. Every mix of asked for, on record and there has its row.

mod changes;
mod contained;
mod dangling;
mod hosting;
mod impacts;
mod moved;
mod names;
mod neighbours;
mod review;
mod rounds;
mod schedule;
mod shared;
mod shipped;
mod slack;
mod unready;

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use kinds::{
    CloudfrontDistribution, CloudfrontOriginAccessControl, S3Bucket, cloudfront_distribution,
    cloudfront_origin_access_control, s3_bucket, tags,
};
use model::{
    Action, Authority, Dependency, Entry, Field, Impact, Kind, Lead, Ledger, Location, MailImpact,
    Observation, Origin, Ownership, Plan, Resource, ResourceId, Spec, State, Status, Target, Verb,
};
use proptest::prelude::*;
use standards::Place;

use crate::{Actual, Inputs, Neighbour, plan, queries};

const DOMAIN: &str = "example.com";

fn location(account: &str) -> Location {
    Location {
        account: account.into(),
        account_id: "111111111111".parse().expect("an account id"),
        region: "us-east-1".into(),
    }
}

fn id(name: &str) -> ResourceId {
    ResourceId::new(S3Bucket::NAME, DOMAIN, name)
}

fn bucket(name: &str, days: u32) -> s3_bucket::Spec {
    s3_bucket::Spec {
        name: name.to_owned(),
        accepts_log_delivery: false,
        access_log: None,
        expire_days: Some(days),
        tags: tags::tags("project", &id(name), &tags::Tags::new()),
    }
}

fn spec(name: &str, days: u32) -> Spec {
    Spec::of::<S3Bucket>(bucket(name, days))
}

fn resource(name: &str, dependencies: &[&str]) -> Resource {
    Resource {
        id: id(name),
        location: Some(location("web")),
        spec: spec(name, 30),
        impact: Impact::new(MailImpact::Receiving, "because"),
        dependencies: dependencies
            .iter()
            .map(|needed| Dependency::done(&id(needed), "needs it"))
            .collect(),
        preconditions: Vec::new(),
        wait: false,
        adopt: false,
        holders: BTreeSet::new(),
        through: None,
        serves_policy: None,
        place: Place::Whole,
    }
}

fn entry(name: &str, dependencies: &[&str]) -> Entry {
    let resource = resource(name, dependencies);
    Entry {
        id: resource.id,
        location: resource.location,
        status: Status::Settled(name.into()),
        spec: resource.spec,
        state: None,
        origin: Origin::Created,
        holders: BTreeSet::new(),
        before: None,
        serves_policy: None,
        dependencies: resource.dependencies,
        impact: resource.impact,
        changed: Timestamp::UNIX_EPOCH,
    }
}

fn there(name: &str, days: u32, ownership: Ownership) -> Observation {
    Observation::Present {
        physical: name.into(),
        state: State::of::<S3Bucket>(bucket(name, days).wanted()),
        ownership,
    }
}

/// A little world: what is asked for, what is on record, what is there.
#[derive(Default)]
struct World {
    desired: Vec<Arc<Resource>>,
    ledger: Ledger,
    there: Vec<Seen>,
    leads: Vec<Lead>,
}

/// An observation under a name.
struct Seen {
    name: String,
    /// The only location that has it; without one, every location has it.
    location: Option<Location>,
    observation: Observation,
}

impl World {
    fn ask(mut self, resource: Resource) -> Self {
        self.desired.push(Arc::new(resource));
        self
    }

    fn record(mut self, entry: Entry) -> Self {
        let domain = self.ledger.domains.entry(DOMAIN.to_owned()).or_default();
        domain.entries.insert(entry.id.clone(), Arc::new(entry));
        self
    }

    fn see(mut self, name: &str, observation: Observation) -> Self {
        self.there.push(Seen {
            name: name.to_owned(),
            location: None,
            observation,
        });
        self
    }

    /// Something that is nowhere but at `location`.
    fn see_at(mut self, location: Location, name: &str, observation: Observation) -> Self {
        self.there.push(Seen {
            name: name.to_owned(),
            location: Some(location),
            observation,
        });
        self
    }

    fn observation(&self, target: &Target) -> Observation {
        let seen = self.there.iter().find(|seen| {
            let is_here = seen.location.is_none() || seen.location == target.location;
            seen.name == target.id.name && is_here
        });
        seen.map_or(Observation::Absent, |seen| seen.observation.clone())
    }

    fn plan(&self) -> Plan {
        self.plan_beside(&[])
    }

    /// The plan beside other projects.
    fn plan_beside(&self, neighbours: &[Neighbour]) -> Plan {
        self.plan_of(|target| self.observation(target), neighbours)
    }

    /// The plan in a world in which a target is seen so.
    fn plan_of(&self, see: impl Fn(&Target) -> Observation, neighbours: &[Neighbour]) -> Plan {
        let mut actual = Actual::default();
        for query in queries(&self.desired, &self.ledger) {
            let observation = see(&query.target);
            if query.leaves {
                actual.insert_leaving(query.target, observation);
            } else {
                actual.insert(query.target, observation);
            }
        }
        let ledger = crate::settle(self.ledger.clone(), &mut actual);
        plan(Inputs {
            project: "project",
            desired: &self.desired,
            kept: &BTreeSet::new(),
            ledger: &ledger,
            beyond: &Ledger::default(),
            neighbours,
            actual: &actual,
            authority: &Authority::default(),
            leads: &self.leads,
            is_about: &|_| true,
        })
    }
}

fn verbs(plan: &Plan) -> Vec<(Verb, &str)> {
    plan.actions
        .iter()
        .map(|action| (action.verb(), action.resource.name.as_str()))
        .collect()
}

fn rules(plan: &Plan) -> Vec<&str> {
    plan.findings
        .iter()
        .map(|finding| finding.rule.as_ref())
        .collect()
}

/// The one action of a world with one resource, and the rules that its plan breaks.
fn check(world: &World, verb: Verb, broken: &[&str]) {
    let plan = world.plan();
    assert_eq!(
        plan.actions.iter().map(Action::verb).collect::<Vec<_>>(),
        [verb]
    );
    assert_eq!(rules(&plan), broken);
}

/// A zone that others deleted and made again is the one that later plans have to know, and is not ours to delete.
#[test]
fn what_others_made_again_goes_on_record_as_theirs() {
    // It differs from what is asked for after 90 days.
    for (owner, was, days, verb, origin) in [
        (
            Ownership::Foreign,
            Origin::Created,
            30,
            Verb::Adopt,
            Origin::Adopted,
        ),
        (
            Ownership::Foreign,
            Origin::Created,
            90,
            Verb::Update,
            Origin::Adopted,
        ),
        (
            Ownership::Foreign,
            Origin::Adopted,
            90,
            Verb::Update,
            Origin::Adopted,
        ),
        (
            Ownership::Ours,
            Origin::Created,
            30,
            Verb::Adopt,
            Origin::Created,
        ),
        (
            Ownership::Ours,
            Origin::Created,
            90,
            Verb::Update,
            Origin::Created,
        ),
    ] {
        let former = Entry {
            status: Status::Settled("former".into()),
            origin: was,
            ..entry("a", &[])
        };
        let world = World::default().ask(resource("a", &[]));
        let world = world.record(former).see("a", there("a", days, owner));
        let plan = world.plan();
        let origins = plan.actions.iter().filter_map(Action::wanted);
        let origins: Vec<Origin> = origins.map(|wanted| wanted.origin).collect();
        assert_eq!(
            (verbs(&plan), origins),
            (vec![(verb, "a")], vec![origin]),
            "{owner:?} {was:?} {days}"
        );
    }
}

/// A bucket with our tags that cannot become the one that is asked for, where the ledger was lost: its successor takes
/// its place and it goes, or `adopt --ledger` puts it on record.
#[test]
fn what_is_ours_and_of_no_use_goes_though_no_ledger_knows_it() {
    let unusable = Observation::Present {
        physical: "old".into(),
        state: State::of::<S3Bucket>(bucket("old", 30).wanted()),
        ownership: Ownership::Ours,
    };
    let world = World::default().ask(resource("a", &[])).see("a", unusable);
    let plan = world.plan();
    assert_eq!(verbs(&plan), [(Verb::Replace, "a"), (Verb::Delete, "a")]);
    assert_eq!(plan.actions[1].physical(), Some(&"old".into()));
    let mut actual = Actual::default();
    for query in queries(&world.desired, &world.ledger) {
        let observation = world.observation(&query.target);
        actual.insert(query.target, observation);
    }
    let rebuilt = crate::rebuild(&plan, &world.ledger, &actual, Timestamp::UNIX_EPOCH);
    let physical: Vec<_> = rebuilt.iter().map(|one| one.entry.physical()).collect();
    assert_eq!(physical, [Some(&"old".into())]);
}

#[test]
fn every_mix_has_its_verb() {
    let asked = || World::default().ask(resource("a", &[]));
    let ours = |days| there("a", days, Ownership::Ours);
    check(&asked(), Verb::Create, &[]);
    check(&asked().record(entry("a", &[])), Verb::Create, &[]);
    check(
        &asked().record(entry("a", &[])).see("a", ours(30)),
        Verb::None,
        &[],
    );
    check(
        &asked().record(entry("a", &[])).see("a", ours(90)),
        Verb::Update,
        &[],
    );
    check(&asked().see("a", ours(30)), Verb::Adopt, &[]);
    // The ledger was rolled back.
    let otherwise = Entry {
        spec: spec("a", 90),
        ..entry("a", &[])
    };
    check(
        &asked().record(otherwise).see("a", ours(30)),
        Verb::Adopt,
        &[],
    );
    check(
        &asked().see("a", there("a", 30, Ownership::Foreign)),
        Verb::None,
        &["PLAN-02"],
    );
    let adopts = World::default().ask(Resource {
        adopt: true,
        ..resource("a", &[])
    });
    check(
        &adopts.see("a", there("a", 30, Ownership::Foreign)),
        Verb::Adopt,
        &[],
    );
    check(
        &asked().see("a", Observation::Unknown("denied".to_owned())),
        Verb::None,
        &["PLAN-04"],
    );
    check(
        &World::default().record(entry("a", &[])).see("a", ours(30)),
        Verb::Delete,
        &[],
    );
    check(&World::default().record(entry("a", &[])), Verb::Forget, &[]);
    let adopted = Entry {
        origin: Origin::Adopted,
        ..entry("a", &[])
    };
    check(
        &World::default().record(adopted).see("a", ours(30)),
        Verb::Forget,
        &[],
    );
}

#[test]
fn an_open_intent_is_done_again_even_when_nothing_differs() {
    let open = Entry {
        status: Status::Creating,
        ..entry("a", &[])
    };
    let world = World::default().ask(resource("a", &[])).record(open);
    check(
        &world.see("a", there("a", 30, Ownership::Ours)),
        Verb::Update,
        &[],
    );
}

#[test]
fn what_moves_is_made_before_the_old_goes() {
    let elsewhere = Entry {
        location: Some(Location {
            region: "eu-west-1".into(),
            ..location("web")
        }),
        ..entry("a", &[])
    };
    let world = World::default().ask(resource("a", &[])).record(elsewhere);
    let plan = world.see("a", there("a", 30, Ownership::Ours)).plan();
    let made = plan
        .actions
        .iter()
        .position(|action| action.verb() != Verb::Delete);
    let gone = plan
        .actions
        .iter()
        .position(|action| action.verb() == Verb::Delete);
    assert!(made < gone, "{:?}", verbs(&plan));
}

/// An account that the manifest calls otherwise is the same account.
#[test]
fn another_name_for_an_account_moves_nothing() {
    let renamed = Entry {
        location: Some(location("before")),
        ..entry("a", &[])
    };
    let world = World::default().ask(resource("a", &[])).record(renamed);
    check(
        &world.see("a", there("a", 30, Ownership::Ours)),
        Verb::None,
        &[],
    );
}

/// The name of an account is in the names of its instances: what has the tags of the old one is ours,
/// and is not deleted by it.
#[test]
fn what_goes_on_under_another_name_is_neither_foreign_nor_deleted() {
    let seen = || there("one-thing", 30, Ownership::Foreign);
    let old = Entry {
        status: Status::Settled("one-thing".into()),
        ..entry("old", &[])
    };
    let new = || Resource {
        spec: spec("one-thing", 30),
        ..resource("new", &[])
    };
    let world = World::default().ask(new()).record(old.clone());
    let plan = world.see("new", seen()).see("old", seen()).plan();
    assert_eq!(rules(&plan), [""; 0]);
    assert_eq!(verbs(&plan), [(Verb::Adopt, "new"), (Verb::Forget, "old")]);
    // What somebody else made stays theirs.
    let world = World::default().ask(new()).record(Entry {
        status: Status::Settled("another".into()),
        ..old
    });
    let plan = world.see("new", seen()).see("old", seen()).plan();
    assert_eq!(rules(&plan), ["PLAN-02"]);
}

#[test]
fn what_somebody_changed_is_said_to_be_drift() {
    let world = |asked: u32| {
        let mut wanted = resource("a", &[]);
        wanted.spec = spec("a", asked);
        let world = World::default().ask(wanted).record(entry("a", &[]));
        world.see("a", there("a", 90, Ownership::Ours)).plan()
    };
    for asked in [30, 60] {
        let reason = &world(asked).actions[0].reason;
        assert!(reason.starts_with("drift"), "{asked}: {reason}");
    }
    let mut wanted = resource("a", &[]);
    wanted.spec = spec("a", 60);
    let world = World::default().ask(wanted).record(entry("a", &[]));
    let plan = world.see("a", there("a", 30, Ownership::Ours)).plan();
    assert_eq!(plan.actions[0].reason, "differs from the manifest");
}

#[test]
fn resources_come_after_their_dependencies_and_go_before_them() {
    let world = World::default()
        .ask(resource("b", &["a"]))
        .ask(resource("a", &[]));
    assert_eq!(
        verbs(&world.plan()),
        [(Verb::Create, "a"), (Verb::Create, "b")]
    );
    let leaving = World::default()
        .record(entry("a", &[]))
        .record(entry("b", &["a"]))
        .see("a", there("a", 30, Ownership::Ours))
        .see("b", there("b", 30, Ownership::Ours));
    assert_eq!(
        verbs(&leaving.plan()),
        [(Verb::Delete, "b"), (Verb::Delete, "a")]
    );
}

#[test]
fn senders_go_before_their_records() {
    let mut record = entry("record", &[]);
    record.dependencies = vec![Dependency::done(&id("sender"), "tokens").undone_in_same_order()];
    let leaving = World::default()
        .record(record)
        .record(entry("sender", &[]))
        .see("record", there("record", 30, Ownership::Ours))
        .see("sender", there("sender", 30, Ownership::Ours));
    assert_eq!(
        verbs(&leaving.plan()),
        [(Verb::Delete, "sender"), (Verb::Delete, "record")]
    );
}

#[test]
fn a_removal_waits_for_those_that_are_switched_away_from_it() {
    let world = World::default()
        .ask(resource("user", &["new"]))
        .ask(resource("new", &[]))
        .record(entry("user", &["old"]))
        .record(entry("old", &[]))
        .see("user", there("user", 90, Ownership::Ours))
        .see("old", there("old", 30, Ownership::Ours));
    let order: Vec<_> = verbs(&world.plan())
        .into_iter()
        .map(|(_, name)| name.to_owned())
        .collect();
    assert_eq!(order, ["new", "user", "old"]);
}

#[test]
fn needs_that_go_round_do_not_hang() {
    let world = World::default()
        .ask(resource("a", &["b"]))
        .ask(resource("b", &["a"]));
    // One of the two edges can't be kept; the plan says so or leaves it out, and ends.
    let plan = world.plan();
    assert_eq!(plan.actions.len(), 2);
}

#[test]
fn the_digest_is_of_what_the_plan_does() {
    let world = || World::default().ask(resource("a", &[]));
    assert_eq!(world().plan().digest(), world().plan().digest());
    let other = World::default().ask(resource("b", &[]));
    assert_ne!(world().plan().digest(), other.plan().digest());
}

#[test]
fn a_reference_is_resolved_when_its_resource_stays_and_unknown_when_it_is_made() {
    let control = ResourceId::new(CloudfrontOriginAccessControl::NAME, DOMAIN, "control");
    let user = Resource {
        id: ResourceId::new(CloudfrontDistribution::NAME, DOMAIN, "user"),
        spec: Spec::of::<CloudfrontDistribution>(cloudfront_distribution::Spec {
            access_control: Field::output(&control, cloudfront_origin_access_control::ID),
            ..cloudfront_distribution::Spec::default()
        }),
        ..resource("user", &[])
    };
    let referred = Resource {
        id: control,
        spec: Spec::of::<CloudfrontOriginAccessControl>(
            cloudfront_origin_access_control::Spec::default(),
        ),
        ..resource("control", &[])
    };
    let made = |plan: &Plan| {
        let mut creations = plan.actions.iter();
        let user = creations.find(|action| action.resource.name == "user");
        let spec = user.expect("an action").spec();
        let spec = spec.get::<CloudfrontDistribution>();
        spec.expect("a distribution").access_control.clone()
    };
    let world = World::default().ask(user).ask(referred);
    let plan = world.plan();
    assert_eq!(
        verbs(&plan),
        [(Verb::Create, "control"), (Verb::Create, "user")]
    );
    assert_eq!(made(&plan).known(), None);
    let state = cloudfront_origin_access_control::State {
        id: "E1".to_owned(),
        signs_always: true,
        ..cloudfront_origin_access_control::State::default()
    };
    let seen = Observation::Present {
        physical: "E1".into(),
        state: State::of::<CloudfrontOriginAccessControl>(state),
        ownership: Ownership::Ours,
    };
    let plan = world.see("control", seen).plan();
    assert_eq!(made(&plan).known().map(String::as_str), Some("E1"));
}

proptest! {
    /// Promise 1: a second plan after apply is empty. Here apply is perfect: everything desired is
    /// on record and there as asked.
    #[test]
    fn after_a_perfect_apply_the_plan_is_empty(names in prop::collection::btree_set("[a-z]{1,3}", 0..8)) {
        let mut world = World::default();
        for name in &names {
            world = world
                .ask(resource(name, &[]))
                .record(entry(name, &[]))
                .see(name, there(name, 30, Ownership::Ours));
        }
        prop_assert!(world.plan().is_empty());
    }

    /// Promise 3: what we don't own is never changed and never deleted.
    #[test]
    fn what_is_foreign_is_never_touched(
        asked in prop::collection::btree_set(0u8..6, 0..6),
        recorded in prop::collection::btree_set(0u8..6, 0..6),
        foreign in prop::collection::btree_set(0u8..6, 0..6),
    ) {
        let name = |number: &u8| format!("n{number}");
        let mut world = World::default();
        for number in &asked {
            world = world.ask(resource(&name(number), &[]));
        }
        for number in recorded.difference(&foreign) {
            world = world.record(entry(&name(number), &[]));
        }
        for number in &foreign {
            world = world.see(&name(number), there(&name(number), 90, Ownership::Foreign));
        }
        let touched: BTreeSet<String> = world
            .plan()
            .actions
            .iter()
            .filter(|action| action.changes())
            .map(|action| action.resource.name.clone())
            .collect();
        for number in &foreign {
            prop_assert!(!touched.contains(&name(number)));
        }
    }

    /// The order respects every edge, whatever needs what.
    #[test]
    fn every_action_comes_after_those_that_it_waits_for(
        edges in prop::collection::vec((0usize..8, 0usize..8), 0..20),
        recorded in any::<bool>(),
    ) {
        let name = |number: usize| format!("n{number}");
        let mut world = World::default();
        for number in 0..8 {
            let below: Vec<String> =
                edges.iter().filter(|(from, to)| *from == number && to < from).map(|(_, to)| name(*to)).collect();
            let dependencies: Vec<&str> = below.iter().map(String::as_str).collect();
            let own = name(number);
            world = if recorded {
                world.record(entry(&own, &dependencies)).see(&own, there(&own, 30, Ownership::Ours))
            } else {
                world.ask(resource(&own, &dependencies))
            };
        }
        let plan = world.plan();
        prop_assert!(plan.findings.is_empty());
        for action in &plan.actions {
            for edge in &action.after {
                prop_assert!(edge.action < action.id);
            }
        }
    }
}
