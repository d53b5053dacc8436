//! Identities, configuration sets, MAIL FROM domains and domain tokens.

use std::collections::BTreeMap;

use kinds::ses_configuration_set::{Destination, EventDestination};
use kinds::ses_identity::{Dkim, DkimRecord};
use kinds::ses_mail_from::OnMxFailure;
use kinds::{SesIdentity, ses_configuration_set, ses_domain_token, ses_identity, ses_mail_from};
use model::{ErrorClass, Kind, Location, Observation, Ownership, ResourceId, State};
use sandbox::faults::{Fault, FaultKind};
use standards::dns::RecordType;

use super::stage::{ACCOUNT, Stage, tags};
use super::walk::Walk;

const REGION: &str = "eu-west-1";
const KEY: &[u8] = include_bytes!("../../../standards/src/dkim/test_keys/pkcs8.pem");

fn id(kind: &str) -> ResourceId {
    ResourceId::new(kind, "example.com", "web.eu-west-1")
}

fn identity(dkim: Dkim) -> ses_identity::Spec {
    ses_identity::Spec {
        domain: "example.com".to_owned(),
        dkim,
        configuration_set: None,
        feedback: true,
        tags: tags(&id("ses_identity")),
    }
}

const EASY: Dkim = Dkim::Easy { key_length: 2048 };

fn set(name: &str) -> ses_configuration_set::Spec {
    ses_configuration_set::Spec {
        name: name.to_owned(),
        tls_required: false,
        max_delivery_seconds: None,
        reputation_metrics: false,
        sending: true,
        suppressed_reasons: None,
        events: BTreeMap::new(),
        tags: tags(&id("ses_configuration_set")),
    }
}

/// The records that an identity asks for.
fn dkim_records(state: &State) -> &[DkimRecord] {
    &state.get::<SesIdentity>().expect("an identity").records
}

/// Publishes the records of an Easy DKIM identity, or of a replica.
async fn publish_dkim(stage: &Stage, walk: &Walk<'_>) {
    let (_, state, _) = walk.state().await;
    let mut world = stage.sandbox.world();
    let zone = world.seed_zone(ACCOUNT, "example.com", true).unwrap();
    for record in dkim_records(&state) {
        world
            .seed_records(&zone, &record.name, ("CNAME", 300), &[&record.target])
            .unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn an_identity_walks_through_its_states() {
    let stage = Stage::new();
    let before = stage.sandbox.world().dump();
    let set_id = id("ses_configuration_set");
    let mut marketing = Walk::new(&stage, &set_id, REGION, &set("marketing")).await;
    marketing.create().await;

    let mut wanted = identity(EASY);
    let mut walk = Walk::new(&stage, &id("ses_identity"), REGION, &wanted).await;
    walk.create().await;
    let (_, state, ownership) = walk.state().await;
    assert_eq!(ownership, Ownership::Ours);
    assert_eq!(dkim_records(&state).len(), 3);

    wanted.feedback = false;
    walk.change(&wanted, &["feedback"]).await;
    wanted.feedback = true;
    walk.change(&wanted, &["feedback"]).await;
    wanted.configuration_set = Some("marketing".to_owned());
    walk.change(&wanted, &["configuration_set"]).await;
    wanted.configuration_set = None;
    walk.change(&wanted, &["configuration_set"]).await;
    wanted.dkim = Dkim::Easy { key_length: 1024 };
    walk.change(&wanted, &["key_length"]).await;
    wanted.tags.insert("team".to_owned(), "mail".to_owned());
    walk.change(&wanted, &["tags.team"]).await;
    wanted.tags.remove("team");
    walk.change(&wanted, &["tags.team"]).await;

    let ses = aws_sdk_sesv2::Client::new(&stage.sdk(REGION));
    ses.put_email_identity_dkim_attributes()
        .email_identity("example.com")
        .signing_enabled(false)
        .send()
        .await
        .expect("off");
    ses.put_email_identity_feedback_attributes()
        .email_identity("example.com")
        .email_forwarding_enabled(false)
        .send()
        .await
        .expect("off");
    walk.fix(&["signing", "feedback"]).await;

    walk.delete().await;
    marketing.delete().await;
    assert_eq!(stage.sandbox.world().dump(), before, "nothing is left");
}

#[tokio::test(start_paused = true)]
async fn an_identity_is_ready_when_ses_has_seen_its_records() {
    let stage = Stage::new();
    let mut walk = Walk::new(&stage, &id("ses_identity"), REGION, &identity(EASY)).await;
    walk.create().await;
    publish_dkim(&stage, &walk).await;
    walk.until_ready().await;
}

#[tokio::test(start_paused = true)]
async fn ses_begins_anew_after_it_gave_up() {
    let stage = Stage::new();
    let mut walk = Walk::new(&stage, &id("ses_identity"), REGION, &identity(EASY)).await;
    walk.create().await;
    stage.wait(73 * 3600).await;
    publish_dkim(&stage, &walk).await;
    walk.fix(&["dkim_status"]).await;
    walk.until_ready().await;
}

#[tokio::test(start_paused = true)]
async fn a_creation_whose_answer_was_lost_is_brought_to_its_spec() {
    let stage = Stage::new();
    let wanted = ses_identity::Spec {
        feedback: false,
        ..identity(EASY)
    };
    let walk = Walk::new(&stage, &id("ses_identity"), REGION, &wanted).await;
    let fault = Fault::new(FaultKind::ErrorAfter).at("ses", "CreateEmailIdentity");
    stage.sandbox.world().faults.script.push(fault.nth(1));
    // A creation whose outcome is unknown is not sent twice without an observation in between (R-29: load
    // balancers answer for services that did what was asked).
    let error = walk.try_create().await.expect_err("nobody knows");
    assert_eq!(error.class, ErrorClass::Ambiguous);
    walk.try_create().await.expect("found to be ours");
    walk.in_sync().await;

    // One that somebody else made meanwhile is not taken over.
    walk.try_delete().await.expect("deleted");
    let ses = aws_sdk_sesv2::Client::new(&stage.sdk(REGION));
    let made = ses.create_email_identity().email_identity("example.com");
    made.send().await.expect("theirs");
    assert_eq!(walk.state().await.2, Ownership::Foreign);
    let error = walk.try_create().await.expect_err("not ours");
    assert_eq!(error.class, ErrorClass::Conflict);
}

#[tokio::test(start_paused = true)]
async fn a_foreign_identity_can_be_adopted() {
    let stage = Stage::new();
    let ses = aws_sdk_sesv2::Client::new(&stage.sdk(REGION));
    let made = ses.create_email_identity().email_identity("example.com");
    made.send().await.expect("theirs");
    let location = Some(Stage::location(REGION));
    let mut walk = Walk::anywhere(&stage, &id("ses_identity"), location, &identity(EASY));
    assert_eq!(walk.state().await.2, Ownership::Foreign);
    walk.fix(&["tags.deploy:project", "tags.deploy:resource"])
        .await;
    assert_eq!(walk.state().await.2, Ownership::Ours);
}

#[tokio::test(start_paused = true)]
async fn an_identity_signs_with_a_brought_key() {
    let mut stage = Stage::new();
    stage.bring([KEY.to_vec()]);
    let byo = |selector: &str| {
        identity(Dkim::Byo {
            selector: selector.to_owned(),
            key_sha256: kinds::s3_object::sha256(KEY),
        })
    };
    let public = standards::dkim::public_half(std::str::from_utf8(KEY).unwrap()).unwrap();
    let key = standards::dkim::DkimKey::new(standards::dkim::PublicKey::Rsa(public)).to_string();
    let set = kinds::record::LiveValue::ours(RecordType::Txt, &key).written;
    {
        let mut world = stage.sandbox.world();
        let zone = world.seed_zone(ACCOUNT, "example.com", true).unwrap();
        for selector in ["one", "two"] {
            let name = format!("{selector}._domainkey.example.com");
            world
                .seed_records(&zone, &name, ("TXT", 300), &[&set])
                .unwrap();
        }
    }
    let mut walk = Walk::new(&stage, &id("ses_identity"), REGION, &byo("one")).await;
    walk.create().await;
    walk.until_ready().await;
    walk.change(&byo("two"), &["selector"]).await;
    walk.until_ready().await;
    walk.change(&identity(EASY), &["dkim_origin", "key_length"])
        .await;
    walk.change(&byo("one"), &["dkim_origin", "selector"]).await;

    // A key that the ledger knows to be another is told to SES again.
    let other = identity(Dkim::Byo {
        selector: "one".to_owned(),
        key_sha256: "0".repeat(64),
    });
    walk.ask(&other);
    let diff = walk.diff().await;
    assert_eq!(super::walk::names(&diff), ["key_sha256"]);
    let error = walk
        .update(&diff)
        .await
        .expect_err("the key is not at hand");
    assert_eq!(error.class, ErrorClass::Invalid);
}

#[tokio::test(start_paused = true)]
async fn a_replica_signs_with_its_parent_s_keys() {
    let stage = Stage::new();
    let mut parent = Walk::new(&stage, &id("ses_identity"), REGION, &identity(EASY)).await;
    parent.create().await;
    publish_dkim(&stage, &parent).await;
    parent.until_ready().await;
    let replica_id = ResourceId::new("ses_identity", "example.com", "web.us-east-1");
    let spec = ses_identity::Spec {
        tags: tags(&replica_id),
        ..identity(Dkim::Deterministic {
            parent_region: REGION.to_owned(),
        })
    };
    let mut replica = Walk::new(&stage, &replica_id, "us-east-1", &spec).await;
    replica.create().await;
    replica.until_ready().await;
    assert_eq!(
        dkim_records(&replica.state().await.1),
        dkim_records(&parent.state().await.1),
        "its records are its parent's"
    );
    // It can't become one after it was made.
    let error = parent
        .update(&model::diff::compare(&"AWS_SES", &"other", &[]))
        .await;
    error.expect("nothing of the identity's own differs");
    replica.delete().await;
    parent.delete().await;
}

#[tokio::test(start_paused = true)]
async fn an_identity_can_t_become_a_replica() {
    let stage = Stage::new();
    let mut walk = Walk::new(&stage, &id("ses_identity"), REGION, &identity(EASY)).await;
    walk.create().await;
    let spec = identity(Dkim::Deterministic {
        parent_region: "us-east-1".to_owned(),
    });
    walk.ask(&spec);
    let diff = walk.diff().await;
    let error = walk.update(&diff).await.expect_err("only a creation can");
    assert_eq!(error.class, ErrorClass::Invalid);
}

#[tokio::test(start_paused = true)]
async fn a_configuration_set_walks_through_its_states() {
    let stage = Stage::new();
    let before = stage.sandbox.world().dump();
    let mut wanted = set("marketing");
    let mut walk = Walk::new(&stage, &id("ses_configuration_set"), REGION, &wanted).await;
    walk.create().await;
    assert_eq!(walk.state().await.2, Ownership::Ours);
    wanted.tls_required = true;
    walk.change(&wanted, &["tls_required"]).await;
    wanted.max_delivery_seconds = Some(3600);
    walk.change(&wanted, &["max_delivery_seconds"]).await;
    wanted.max_delivery_seconds = None;
    walk.change(&wanted, &["max_delivery_seconds"]).await;
    wanted.reputation_metrics = true;
    walk.change(&wanted, &["reputation_metrics"]).await;
    wanted.sending = false;
    walk.change(&wanted, &["sending"]).await;
    wanted.suppressed_reasons = Some(vec!["BOUNCE".to_owned(), "COMPLAINT".to_owned()]);
    walk.change(&wanted, &["suppressed_reasons"]).await;
    wanted.suppressed_reasons = Some(Vec::new());
    walk.change(&wanted, &["suppressed_reasons"]).await;
    wanted.suppressed_reasons = None;
    walk.ask(&wanted);
    walk.in_sync().await;
    let other = ses_configuration_set::Spec {
        name: "other".to_owned(),
        ..wanted.clone()
    };
    walk.replaces(&other, &["name"]).await;
    wanted.tags.insert("team".to_owned(), "mail".to_owned());
    walk.change(&wanted, &["tags.team"]).await;
    wanted.tags.remove("team");
    walk.change(&wanted, &["tags.team"]).await;
    walk.delete().await;
    assert_eq!(stage.sandbox.world().dump(), before, "nothing is left");
}

#[tokio::test(start_paused = true)]
async fn event_destinations_walk_through_their_states() {
    let stage = Stage::new();
    let mut wanted = set("marketing");
    let topic = |name: &str| Destination::Sns(format!("arn:aws:sns:eu-west-1:{ACCOUNT}:{name}"));
    let event = |types: &[&str], destination| EventDestination {
        types: types.iter().map(|word| (*word).to_owned()).collect(),
        destination,
    };
    wanted.events.insert(
        "a".to_owned(),
        event(&["BOUNCE", "COMPLAINT"], topic("one")),
    );
    let mut walk = Walk::new(&stage, &id("ses_configuration_set"), REGION, &wanted).await;
    walk.create().await;
    wanted.events.get_mut("a").unwrap().types.pop();
    walk.change(&wanted, &["events.a.types"]).await;
    wanted.events.get_mut("a").unwrap().destination = topic("two");
    walk.change(&wanted, &["events.a.destination.sns"]).await;
    let bus = format!("arn:aws:events:eu-west-1:{ACCOUNT}:event-bus/default");
    let bus = event(&["DELIVERY"], Destination::EventBridge(bus));
    wanted.events.insert("b".to_owned(), bus);
    walk.change(&wanted, &["events.b"]).await;
    let dimensions = BTreeMap::from([("campaign".to_owned(), "MESSAGE_TAG none".to_owned())]);
    let metrics = event(&["SEND"], Destination::CloudWatch(dimensions));
    wanted.events.insert("c".to_owned(), metrics);
    walk.change(&wanted, &["events.c"]).await;
    let stream = Destination::Firehose {
        stream: format!("arn:aws:firehose:eu-west-1:{ACCOUNT}:deliverystream/mail"),
        role: format!("arn:aws:iam::{ACCOUNT}:role/firehose"),
    };
    wanted
        .events
        .insert("d".to_owned(), event(&["OPEN"], stream));
    walk.change(&wanted, &["events.d"]).await;
    wanted.events.remove("b");
    walk.change(&wanted, &["events.b"]).await;

    // Somebody switches one off: it gets no events any more.
    let ses = aws_sdk_sesv2::Client::new(&stage.sdk(REGION));
    let sns = aws_sdk_sesv2::types::SnsDestination::builder()
        .topic_arn(format!("arn:aws:sns:eu-west-1:{ACCOUNT}:two"))
        .build()
        .unwrap();
    let off = aws_sdk_sesv2::types::EventDestinationDefinition::builder()
        .enabled(false)
        .matching_event_types(aws_sdk_sesv2::types::EventType::Bounce)
        .sns_destination(sns)
        .build();
    ses.update_configuration_set_event_destination()
        .configuration_set_name("marketing")
        .event_destination_name("a")
        .event_destination(off)
        .send()
        .await
        .expect("off");
    walk.fix(&["events.a.types"]).await;
    walk.delete().await;
}

#[tokio::test(start_paused = true)]
async fn a_configuration_set_of_somebody_else_is_foreign() {
    let stage = Stage::new();
    let ses = aws_sdk_sesv2::Client::new(&stage.sdk(REGION));
    let made = ses.create_configuration_set();
    let made = made.configuration_set_name("marketing").send().await;
    made.expect("theirs");
    let location = Some(Stage::location(REGION));
    let wanted = set("marketing");
    let mut walk = Walk::anywhere(&stage, &id("ses_configuration_set"), location, &wanted);
    assert_eq!(walk.state().await.2, Ownership::Foreign);
    let error = walk.try_create().await.expect_err("not ours");
    assert_eq!(error.class, ErrorClass::Conflict);
    // AWS switches the metrics on for a set that says nothing of them, as theirs was made.
    let changed = [
        "reputation_metrics",
        "tags.deploy:project",
        "tags.deploy:resource",
    ];
    walk.fix(&changed).await;
    assert_eq!(walk.state().await.2, Ownership::Ours);
}

fn mail_from(name: &str) -> ses_mail_from::Spec {
    ses_mail_from::Spec {
        identity: "example.com".to_owned(),
        mail_from: name.to_owned(),
        on_mx_failure: OnMxFailure::UseDefaultValue,
    }
}

async fn identity_of(stage: &Stage) -> Location {
    Walk::new(stage, &id("ses_identity"), REGION, &identity(EASY))
        .await
        .create()
        .await;
    Stage::location(REGION)
}

fn publish_mx(stage: &Stage, name: &str) {
    let mut world = stage.sandbox.world();
    let zone = world.seed_zone(ACCOUNT, "example.com", true).unwrap();
    let mx = "10 feedback-smtp.eu-west-1.amazonses.com";
    world.seed_records(&zone, name, ("MX", 300), &[mx]).unwrap();
    let spf = "\"v=spf1 include:amazonses.com ~all\"";
    world
        .seed_records(&zone, name, ("TXT", 300), &[spf])
        .unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_mail_from_domain_walks_through_its_states() {
    let stage = Stage::new();
    identity_of(&stage).await;
    publish_mx(&stage, "one.example.com");
    let mut wanted = mail_from("one.example.com");
    let mut walk = Walk::new(&stage, &id("ses_mail_from"), REGION, &wanted).await;
    walk.create().await;
    walk.until_ready().await;
    wanted.on_mx_failure = OnMxFailure::RejectMessage;
    walk.change(&wanted, &["on_mx_failure"]).await;
    wanted.on_mx_failure = OnMxFailure::UseDefaultValue;
    walk.change(&wanted, &["on_mx_failure"]).await;
    wanted.mail_from = "two.example.com".to_owned();
    walk.change(&wanted, &["mail_from"]).await;

    let ses = aws_sdk_sesv2::Client::new(&stage.sdk(REGION));
    ses.put_email_identity_mail_from_attributes()
        .email_identity("example.com")
        .mail_from_domain("three.example.com")
        .behavior_on_mx_failure(aws_sdk_sesv2::types::BehaviorOnMxFailure::RejectMessage)
        .send()
        .await
        .expect("changed");
    walk.fix(&["mail_from", "on_mx_failure"]).await;
    walk.delete().await;

    let gone = ses.delete_email_identity().email_identity("example.com");
    gone.send().await.expect("deleted");
    assert_eq!(walk.observe().await, Observation::Absent);
    walk.try_delete().await.expect("it went with its identity");
}

#[tokio::test(start_paused = true)]
async fn ses_asks_for_the_mx_record_again_after_it_gave_up() {
    let stage = Stage::new();
    identity_of(&stage).await;
    let wanted = mail_from("one.example.com");
    let mut walk = Walk::new(&stage, &id("ses_mail_from"), REGION, &wanted).await;
    walk.create().await;
    stage.wait(73 * 3600).await;
    publish_mx(&stage, "one.example.com");
    walk.fix(&["status"]).await;
    walk.until_ready().await;
}

#[tokio::test(start_paused = true)]
async fn a_domain_token_is_asked_for_once_and_goes_with_its_identity() {
    let stage = Stage::new();
    let location = identity_of(&stage).await;
    let wanted = ses_domain_token::Spec {
        domain: "example.com".to_owned(),
    };
    let mut walk = Walk::anywhere(&stage, &id("ses_domain_token"), Some(location), &wanted);
    walk.create().await;
    let (_, state, _) = walk.state().await;
    walk.create().await;
    assert_eq!(
        walk.state().await.1,
        state,
        "asked again, the token is the same"
    );
    walk.try_delete().await.expect("nothing to do");
    let ses = aws_sdk_sesv2::Client::new(&stage.sdk(REGION));
    let gone = ses.delete_email_identity().email_identity("example.com");
    gone.send().await.expect("deleted");
    assert_eq!(walk.observe().await, Observation::Absent);
    walk.try_delete().await.expect("gone is gone");
}

#[test]
fn a_replica_needs_the_right_to_its_parent_s_key() {
    let dependencies = |dkim: Dkim| {
        let permissions = SesIdentity::permissions(&identity(dkim));
        let mut actions = permissions.iter().flat_map(|one| one.actions);
        actions.any(|action| *action == "ses:ReplicateEmailIdentityDkimSigningKey")
    };
    assert!(!dependencies(EASY));
    let parent_region = "us-east-1".to_owned();
    assert!(dependencies(Dkim::Deterministic { parent_region }));
}
