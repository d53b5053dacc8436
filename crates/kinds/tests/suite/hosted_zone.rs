//! Hosted zones.

use aws_sdk_route53::types::{Vpc, VpcRegion};
use kinds::Route53HostedZone;
use kinds::route53_hosted_zone::Spec;
use kinds::tags::Tags;
use model::{Observation, Ownership, ResourceId};

use super::stage::{ACCOUNT, Stage, tags};
use super::walk::Walk;

const REGION: &str = "us-east-1";

fn id() -> ResourceId {
    ResourceId::new("route53_hosted_zone", "mail.example.com", "zone")
}

fn spec(create: bool) -> Spec {
    Spec {
        name: "mail.example.com".to_owned(),
        id: None,
        create,
        caller_reference: "suite-reference".to_owned(),
        tags: if create { tags(&id()) } else { Tags::new() },
    }
}

fn observe<'s>(stage: &'s Stage, spec: &Spec) -> Walk<'s> {
    Walk::anywhere(stage, &id(), Some(Stage::location(REGION)), spec)
}

#[tokio::test(start_paused = true)]
async fn a_zone_walks_through_its_states() {
    let stage = Stage::new();
    let before = stage.sandbox.world().dump();
    let mut wanted = spec(true);
    let mut walk = Walk::new(&stage, &id(), REGION, &wanted).await;
    walk.create().await;
    let (_, state, ownership) = walk.state().await;
    assert_eq!(ownership, Ownership::Ours);
    let seen = state.get::<Route53HostedZone>().expect("a zone");
    assert_eq!(seen.name_servers.len(), 4);
    wanted.tags.insert("team".to_owned(), "mail".to_owned());
    walk.change(&wanted, &["tags.team"]).await;
    wanted.tags.remove("team");
    walk.change(&wanted, &["tags.team"]).await;
    let other = Spec {
        name: "other.example.com".to_owned(),
        ..wanted.clone()
    };
    walk.replaces(&other, &["name"]).await;
    walk.delete().await;
    assert_eq!(stage.sandbox.world().dump(), before, "nothing is left");
}

#[tokio::test(start_paused = true)]
async fn a_zone_is_found_by_its_name_or_in_its_parent() {
    let stage = Stage::new();
    let wanted = spec(false);
    assert_eq!(
        observe(&stage, &wanted).observe().await,
        Observation::Absent
    );
    let parent = stage
        .sandbox
        .world()
        .seed_zone(ACCOUNT, "example.com", true);
    let (found, _, ownership) = observe(&stage, &wanted).state().await;
    assert_eq!(found.as_str(), parent.unwrap());
    assert_eq!(ownership, Ownership::Shared);
    let own = stage
        .sandbox
        .world()
        .seed_zone(ACCOUNT, "mail.example.com", true);
    let mut walk = observe(&stage, &wanted);
    let (found, _, _) = walk.state().await;
    assert_eq!(found.as_str(), own.unwrap());
    walk.in_sync().await;
    walk.physical = Some(found);
    walk.try_delete().await.expect("left alone");
    walk.state().await;
}

#[tokio::test(start_paused = true)]
async fn of_several_zones_of_one_name_the_manifest_names_one() {
    let stage = Stage::new();
    let (first, second) = {
        let mut world = stage.sandbox.world();
        let mut seed = |delegated| world.seed_zone(ACCOUNT, "mail.example.com", delegated);
        (seed(true).unwrap(), seed(false).unwrap())
    };
    let walk = observe(&stage, &spec(false));
    let (_, state, _) = walk.state().await;
    let found = walk.kind().blocker(&walk.spec, Some(&state));
    let found = found.expect("nothing says which is meant");
    assert_eq!(found.rule, "PLAN-11");
    let names = |id: &String| found.reason.contains(id.as_str());
    assert!(names(&first) && names(&second), "{}", found.reason);
    let named = Spec {
        id: Some(second.clone()),
        ..spec(false)
    };
    assert_eq!(observe(&stage, &named).state().await.0.as_str(), second);

    // Ours is known by its caller reference among any number of others.
    let mut ours = observe(&stage, &spec(true));
    let made = ours.try_create().await.expect("made").physical;
    let again = ours.try_create().await.expect("found").physical;
    assert_eq!(made, again);
    let (found, _, ownership) = ours.state().await;
    assert_eq!((&found, ownership), (&made, Ownership::Ours));
    ours.physical = Some(found);
    ours.try_delete().await.expect("deleted");
}

#[tokio::test(start_paused = true)]
async fn private_zones_are_not_meant() {
    let stage = Stage::new();
    let route53 = aws_sdk_route53::Client::new(&stage.sdk(REGION));
    for number in 0..12 {
        let vpc = Vpc::builder()
            .vpc_region(VpcRegion::UsEast1)
            .vpc_id(format!("vpc-{number:08}"))
            .build();
        route53
            .create_hosted_zone()
            .name("mail.example.com")
            .caller_reference(format!("private {number}"))
            .vpc(vpc)
            .send()
            .await
            .expect("a private zone");
    }
    assert_eq!(
        observe(&stage, &spec(false)).observe().await,
        Observation::Absent
    );
    let public = stage
        .sandbox
        .world()
        .seed_zone(ACCOUNT, "mail.example.com", true);
    let (found, _, _) = observe(&stage, &spec(false)).state().await;
    assert_eq!(found.as_str(), public.unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_zone_of_somebody_else_is_foreign() {
    let stage = Stage::new();
    let zone = stage
        .sandbox
        .world()
        .seed_zone(ACCOUNT, "mail.example.com", true);
    let mut walk = observe(&stage, &spec(true));
    let (found, _, ownership) = walk.state().await;
    assert_eq!(found.as_str(), zone.unwrap());
    assert_eq!(ownership, Ownership::Foreign);
    walk.physical = Some(found);
    walk.fix(&["tags.deploy:project", "tags.deploy:resource"])
        .await;
    assert_eq!(walk.state().await.2, Ownership::Ours);
}

#[tokio::test(start_paused = true)]
async fn a_zone_that_was_made_anew_is_found_again() {
    let stage = Stage::new();
    let seed = |stage: &Stage| {
        let mut world = stage.sandbox.world();
        world
            .seed_zone(ACCOUNT, "mail.example.com", true)
            .expect("a name")
    };
    let first = seed(&stage);
    let mut walk = observe(&stage, &spec(false));
    walk.physical = Some(first.as_str().into());
    let route53 = aws_sdk_route53::Client::new(&stage.sdk(REGION));
    let gone = route53.delete_hosted_zone().id(&first).send().await;
    gone.expect("deleted by whoever runs it");
    assert_eq!(walk.observe().await, Observation::Absent);
    let second = seed(&stage);
    assert_eq!(walk.state().await.0.as_str(), second);
}
