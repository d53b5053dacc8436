//! A distribution that moves to another account: its names belong to one distribution in all of AWS.

use std::sync::Arc;

use insta::assert_snapshot;
use kinds::record::{Alias, Record, Sharing};
use kinds::s3_bucket_policy::Grant;
use kinds::{
    CloudfrontDistribution, Route53RecordSet, S3BucketPolicy, cloudfront_distribution,
    route53_record_set, s3_bucket_policy,
};
use model::{
    Dependency, Entry, Field, Kind, Location, Observation, Ownership, PreconditionCheck, Resource,
    ResourceId, Spec, State, Status, Step, Verb,
};
use standards::dns::RecordType;

use super::changes::reviewed;
use super::{DOMAIN, World, entry, location, resource, rules};

const HOST: &str = "mta-sts.example.com";
const WILDCARD: &str = "*.example.com";

fn id() -> ResourceId {
    ResourceId::new(CloudfrontDistribution::NAME, DOMAIN, "cdn")
}

/// The account that the distribution leaves.
fn former() -> Location {
    Location {
        account_id: "999999999999".parse().expect("an account id"),
        ..location("former")
    }
}

fn spec(aliases: &[&str]) -> Spec {
    Spec::of::<CloudfrontDistribution>(cloudfront_distribution::Spec {
        aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
        ..cloudfront_distribution::Spec::default()
    })
}

/// A distribution as it was asked for, but for its names.
fn seen(physical: &str, aliases: &[&str]) -> Observation {
    let state = cloudfront_distribution::State {
        id: physical.to_owned(),
        aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
        status: "Deployed".to_owned(),
        enabled: true,
        certificate: Some(String::new()),
        access_control: Some(String::new()),
        minimum_protocol: cloudfront_distribution::MINIMUM_PROTOCOL.to_owned(),
        viewer_protocol: "https-only".to_owned(),
        cache_policy: Some(cloudfront_distribution::CACHE_POLICY.to_owned()),
        http_version: "http2and3".to_owned(),
        ipv6: true,
        ..cloudfront_distribution::State::default()
    };
    Observation::Present {
        physical: physical.into(),
        state: State::of::<CloudfrontDistribution>(state),
        ownership: Ownership::Ours,
    }
}

/// The policy's host, and a time to live of its answers.
fn host(ttl: u32, alias: bool) -> Resource {
    let target = || Field::output(&id(), cloudfront_distribution::DOMAIN_NAME);
    let zone = "Z2FDTNDATAQYW2".to_owned();
    let record = Record {
        name: Field::Known(HOST.to_owned()),
        rtype: RecordType::A,
        ttl,
        values: if alias { vec![] } else { vec![target()] },
        alias: alias.then(|| Alias {
            target: target(),
            zone,
        }),
        sharing: Sharing::Whole,
    };
    Resource {
        id: ResourceId::new(Route53RecordSet::NAME, DOMAIN, "host"),
        spec: Spec::of::<Route53RecordSet>(route53_record_set::Spec {
            zone: Field::Known("Z1".to_owned()),
            zone_name: DOMAIN.to_owned(),
            record,
        }),
        dependencies: vec![Dependency::ready(&id(), "it answers")],
        ..resource("host", &[])
    }
}

/// Hosting that moves: the successor is to have `aliases`, and the predecessor has the host.
fn moving(aliases: &[&str]) -> World {
    let before = Entry {
        id: id(),
        spec: spec(&[HOST]),
        location: Some(former()),
        status: Status::Settled("E1".into()),
        ..entry("cdn", &[])
    };
    World::default()
        .ask(Resource {
            id: id(),
            spec: spec(aliases),
            ..resource("cdn", &[])
        })
        .ask(host(3600, true))
        .record(before)
        .see_at(former(), "cdn", seen("E1", &[HOST]))
}

#[test]
fn a_name_is_let_go_when_its_successor_answers_for_it_and_is_led_to() {
    let world = moving(&[HOST, WILDCARD]);
    assert_eq!(rules(&world.plan()), Vec::<&str>::new());
    assert_snapshot!(reviewed(&world), @r#"
    0 replace cloudfront_distribution/example.com/cdn (web us-east-1): moves to another account or region
    1 create route53_record_set/example.com/host (web us-east-1): declared, but does not exist
        receiving: the MTA-STS policy can be fetched by this name
        after 0 ready: it answers
    2 release cloudfront_distribution/example.com/cdn (former us-east-1): releases what its successor takes
        aliases: ["mta-sts.example.com"] → []
        after 0 ready: its successor is there first
        after 1 ready: what leads to its successor is switched first
        if PLAN-26: CloudFront gives a name to no distribution while its DNS leads to another
    3 advance cloudfront_distribution/example.com/cdn (web us-east-1): the step before is ready
        aliases: ["*.example.com"] → ["mta-sts.example.com","*.example.com"]
        after 0 ready: each step is ready before the next
        after 2 ready: its predecessor releases it first
    4 delete cloudfront_distribution/example.com/cdn (former us-east-1): no longer declared
        after 0, 2, 3 ready: its successor is there first
        after 1 ready: what used it is switched first
    "#);
}

/// The same after a run that was killed when it had made the successor with some of its names.
fn interrupted(aliases: &[&str]) -> World {
    let mut world = moving(&[HOST, WILDCARD]);
    let held = world.ledger.domains.get_mut(DOMAIN).expect("a domain");
    let before = held.entries.remove(&id()).expect("an entry");
    held.retired.push(before);
    let begun = Entry {
        id: id(),
        spec: spec(aliases),
        status: Status::Settled("E2".into()),
        ..entry("cdn", &[])
    };
    world
        .record(begun)
        .see_at(location("web"), "cdn", seen("E2", aliases))
}

/// A stage is compared with the one before it, which is there by then, and not with what the plan saw.
#[test]
fn a_later_stage_differs_from_the_one_before_it() {
    let review = reviewed(&interrupted(&[]));
    let changes = review.lines().filter(|line| line.contains("aliases: "));
    assert_snapshot!(changes.collect::<Vec<_>>().join("\n"), @r#"
            aliases: [] → ["*.example.com"]
            aliases: ["mta-sts.example.com"] → []
            aliases: ["*.example.com"] → ["mta-sts.example.com","*.example.com"]
    "#);
}

/// The first stage that a killed run has made is waited for, and the rest goes on.
#[test]
fn an_interrupted_move_goes_on() {
    let world = interrupted(&[WILDCARD]);
    assert_eq!(rules(&world.plan()), Vec::<&str>::new());
    assert_snapshot!(reviewed(&world), @r#"
    0 keep cloudfront_distribution/example.com/cdn (web us-east-1): differs from the manifest
    1 create route53_record_set/example.com/host (web us-east-1): declared, but does not exist
        receiving: the MTA-STS policy can be fetched by this name
        after 0 ready: it answers
    2 release cloudfront_distribution/example.com/cdn (former us-east-1): releases what its successor takes
        aliases: ["mta-sts.example.com"] → []
        after 0 ready: its successor is there first
        after 1 ready: what leads to its successor is switched first
        if PLAN-26: CloudFront gives a name to no distribution while its DNS leads to another
    3 update cloudfront_distribution/example.com/cdn (web us-east-1): the step before is ready
        aliases: ["*.example.com"] → ["mta-sts.example.com","*.example.com"]
        after 0 ready: each step is ready before the next
        after 2 ready: its predecessor releases it first
    4 delete cloudfront_distribution/example.com/cdn (former us-east-1): no longer declared
        after 0, 2, 3 ready: its successor is there first
        after 1 ready: what used it is switched first
    "#);
}

/// Without a wildcard nobody answers between the one and the other.
#[test]
fn plan_26_a_gap_is_refused() {
    let world = moving(&[HOST]);
    assert_eq!(rules(&world.plan()), ["PLAN-26"]);
    let reason = &world.plan().findings[0].reason;
    assert!(
        reason.starts_with(
            "mta-sts.example.com moves from account 999999999999 to account 111111111111"
        ),
        "{reason}"
    );
}

/// Resolvers hold an answer to an alias of CloudFront for a minute, whatever a manifest says, and another
/// one for its time to live.
#[test]
fn what_resolvers_hold_is_waited_for() {
    let check = |host: Resource, expected: u32| {
        let mut world = moving(&[HOST, WILDCARD]);
        world.desired.truncate(1);
        let plan = world.ask(host).plan();
        let mut actions = plan.actions.iter();
        let release = actions.find(|one| one.verb() == Verb::Update && one.wanted().is_none());
        let [precondition] = release.expect("a release").preconditions() else {
            panic!("one precondition");
        };
        let PreconditionCheck::Forgotten { seconds, .. } = precondition.check else {
            panic!("{precondition:?}");
        };
        assert_eq!(seconds, expected);
    };
    check(host(3600, true), 120);
    check(host(3600, false), 3660);
}

/// A distribution that reads from this bucket, and the policy of the bucket. It read from another one before.
fn sent_to(bucket: &str) -> World {
    let policy = s3_bucket_policy::Spec {
        bucket: bucket.to_owned(),
        grant: Grant::Reading(Field::output(&id(), cloudfront_distribution::ARN)),
    };
    let reads = Spec::of::<CloudfrontDistribution>(cloudfront_distribution::Spec {
        aliases: vec![HOST.to_owned()],
        origin: bucket.to_owned(),
        ..cloudfront_distribution::Spec::default()
    });
    World::default()
        .ask(Resource {
            id: id(),
            spec: reads,
            ..resource("cdn", &[])
        })
        .ask(Resource {
            id: ResourceId::new(S3BucketPolicy::NAME, DOMAIN, "policy"),
            spec: Spec::of::<S3BucketPolicy>(policy),
            dependencies: vec![Dependency::done(&id(), "it names it").undone_in_same_order()],
            ..resource("policy", &[])
        })
}

/// Else nobody would be let in from the moment at which the first edge asks the other bucket.
#[test]
fn a_distribution_is_let_in_before_it_is_sent_to_another_bucket() {
    let before = Entry {
        id: id(),
        spec: spec(&[HOST]),
        status: Status::Settled("E1".into()),
        ..entry("cdn", &[])
    };
    let world = sent_to("other").record(before);
    assert_snapshot!(reviewed(&world.see("cdn", seen("E1", &[HOST]))), @r#"
    0 create s3_bucket_policy/example.com/policy (web us-east-1): declared, but does not exist
    1 update cloudfront_distribution/example.com/cdn (web us-east-1): differs from the manifest
        origin: "" → "other"
        after 0 ready: it is let in before it comes
    "#);
    // One that is to be made has no name by which it could be let in.
    assert_snapshot!(reviewed(&sent_to("other")), @r"
    0 create cloudfront_distribution/example.com/cdn (web us-east-1): declared, but does not exist
    1 create s3_bucket_policy/example.com/policy (web us-east-1): declared, but does not exist
        after 0 done: it names it
    ");
}

/// Others have disabled it. To release its names puts it in service again, so that its deletion takes it out anew.
#[test]
fn a_predecessor_that_others_disabled_is_disabled_again() {
    let mut world = moving(&[HOST, WILDCARD]);
    let Observation::Present { state, .. } = &mut world.there[0].observation else {
        panic!("a predecessor");
    };
    let mut disabled = state
        .get::<CloudfrontDistribution>()
        .expect("a distribution")
        .clone();
    disabled.enabled = false;
    *state = State::of::<CloudfrontDistribution>(disabled);
    let plan = world.plan();
    let former: Vec<_> = plan
        .actions
        .iter()
        .filter(|action| action.location == Some(former()))
        .map(|action| {
            let calls = action.calls.iter().map(|calls| calls.operation.as_ref());
            (action.verb(), calls.collect::<Vec<&str>>())
        })
        .collect();
    let update = ["GetDistributionConfig", "UpdateDistribution"];
    assert_eq!(
        former,
        [
            (Verb::Update, update.to_vec()),
            (
                Verb::Delete,
                [&update[..], &["DeleteDistribution"]].concat()
            ),
        ]
    );
}

/// The bucket that it read from may be gone by now, and the call names all that it is to have.
#[test]
fn a_distribution_is_released_as_it_is_and_not_as_a_ledger_that_was_rolled_back_has_it() {
    let mut world = moving(&[HOST, WILDCARD]);
    let held = world.ledger.domains.get_mut(DOMAIN).expect("a domain");
    let entry = Arc::make_mut(held.entries.get_mut(&id()).expect("an entry"));
    entry.spec = Spec::of::<CloudfrontDistribution>(cloudfront_distribution::Spec {
        aliases: vec![HOST.to_owned()],
        origin: "gone".to_owned(),
        ..cloudfront_distribution::Spec::default()
    });
    let plan = world.plan();
    let mut steps = plan.actions.iter().map(|action| &action.step);
    let is_release = |step: &&Step| matches!(step, Step::Release(..));
    let Some(Step::Release(unwanted, diff)) = steps.find(is_release) else {
        panic!("a release");
    };
    let released = unwanted.spec.get::<CloudfrontDistribution>();
    assert_eq!(released.expect("a distribution").origin, "");
    let fields = diff.changes.iter().map(|change| change.field.as_str());
    assert_eq!(fields.collect::<Vec<_>>(), ["aliases"]);
}

/// It stands there without its names, and carries our tags.
#[test]
fn a_move_that_is_taken_back_goes_through_the_first_stage_of_what_it_left() {
    let world = moving(&[HOST, WILDCARD]);
    let left = seen("E2", &[]);
    let plan = world.see_at(location("web"), "cdn", left).plan();
    assert_eq!(rules(&plan), Vec::<&str>::new());
    let verbs: Vec<Verb> = plan.actions.iter().map(model::Action::verb).collect();
    assert!(verbs.contains(&Verb::Adopt), "{verbs:?}");
}
