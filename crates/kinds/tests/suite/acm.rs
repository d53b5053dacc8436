//! Certificates.

use kinds::AcmCertificate;
use kinds::acm_certificate::Spec;
use kinds::tags::Tags;
use model::{Field, Observation, Ownership, ResourceId, State};
use sandbox::faults::{Fault, FaultKind};
use sandbox::weather::{Behaviour, Kind, Weather};

use super::stage::{ACCOUNT, Stage, tags};
use super::walk::{Walk, names};

const REGION: &str = "us-east-1";

fn id() -> ResourceId {
    ResourceId::new("acm_certificate", "example.com", "hosts")
}

fn spec(names: &[&str]) -> Spec {
    Spec {
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        token: format!("token{}", names.len()),
        existing: None,
        tags: tags(&id()),
    }
}

/// An issued certificate for `names`, and its ARN.
pub(crate) async fn issued(stage: &Stage, names: &[&str]) -> String {
    let mut walk = Walk::new(stage, &id(), REGION, &spec(names)).await;
    walk.create().await;
    validate(stage, &walk).await;
    walk.until_ready().await;
    walk.physical.expect("an ARN").to_string()
}

/// The state in its own type.
fn seen(state: &State) -> &kinds::acm_certificate::State {
    state.get::<AcmCertificate>().expect("a certificate")
}

/// Publishes the validation records in a delegated zone.
async fn validate(stage: &Stage, walk: &Walk<'_>) {
    stage.wait(5).await;
    let (_, state, _) = walk.state().await;
    let mut world = stage.sandbox.world();
    let zone = world.seed_zone(ACCOUNT, "example.com", true).unwrap();
    for record in seen(&state).validation.values() {
        world
            .seed_records(&zone, &record.name, ("CNAME", 300), &[&record.value])
            .unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_certificate_walks_through_its_states() {
    let stage = Stage::new();
    let before = stage.sandbox.world().dump();
    let hosts = ["bimi.example.com", "mta-sts.example.com"];
    let mut wanted = spec(&hosts);
    let mut walk = Walk::new(&stage, &id(), REGION, &wanted).await;
    walk.create().await;
    stage.wait(5).await;
    let (_, state, ownership) = walk.state().await;
    assert_eq!(ownership, Ownership::Ours);
    assert_eq!(seen(&state).validation.len(), 2);

    wanted.tags.insert("team".to_owned(), "mail".to_owned());
    walk.change(&wanted, &["tags.team"]).await;
    wanted.tags.remove("team");
    walk.change(&wanted, &["tags.team"]).await;
    walk.replaces(&spec(&["bimi.example.com"]), &["names"])
        .await;

    let acm = aws_sdk_acm::Client::new(&stage.sdk(REGION));
    let tag = aws_sdk_acm::types::Tag::builder().key("extra").value("1");
    acm.add_tags_to_certificate()
        .certificate_arn(walk.physical.as_ref().unwrap().as_str())
        .tags(tag.build().unwrap())
        .send()
        .await
        .expect("tagged");
    // a tag of somebody else stays.
    walk.in_sync().await;
    walk.delete().await;
    assert_eq!(stage.sandbox.world().dump(), before, "nothing is left");
}

#[tokio::test(start_paused = true)]
async fn a_certificate_is_ready_when_its_records_are_seen() {
    let stage = Stage::new();
    issued(&stage, &["bimi.example.com"]).await;
}

/// ACM may show no record of a name that is validated. The certificate is ready all the same, and what
/// is on record of the validation stays as it is.
#[tokio::test(start_paused = true)]
async fn r_56_a_certificate_is_ready_and_the_same_where_its_records_are_not_shown() {
    let stage = Stage::new();
    let hosts = ["bimi.example.com"];
    let mut walk = Walk::new(&stage, &id(), REGION, &spec(&hosts)).await;
    walk.create().await;
    validate(&stage, &walk).await;
    let (arn, before, _) = walk.state().await;
    let name = format!("{} {}", arn.as_str(), hosts[0]);
    let hides = |weather: &Weather| weather.meets(Behaviour::ValidatedWithoutRecord, &name);
    let mut storms = (0..).map(|seed| Weather {
        kind: Kind::Storm,
        seed,
    });
    stage.sandbox.world().weather = storms.find(hides).expect("a seed");
    walk.until_ready().await;
    let (_, state, _) = walk.state().await;
    assert_eq!(seen(&state).validation.len(), 0, "it is shown");
    assert_eq!(
        seen(&state.still(&before)).validation,
        seen(&before).validation
    );
    walk.in_sync().await;
}

/// Limits are shares of a lifetime, which is read anew in every run.
#[tokio::test(start_paused = true)]
async fn the_lifetime_of_a_certificate_is_seen_and_not_kept() {
    let stage = Stage::new();
    let hosts = ["bimi.example.com"];
    let mut walk = Walk::new(&stage, &id(), REGION, &spec(&hosts)).await;
    walk.create().await;
    validate(&stage, &walk).await;
    walk.until_ready().await;
    let (_, state, _) = walk.state().await;
    let shown = seen(&state);
    let lifetime = shown.not_after.unwrap() - shown.not_before.unwrap();
    assert_eq!(lifetime, 198 * 24 * 3600 - 1);
    assert!(state.to_json().get("not_after").is_some());
    assert!(state.to_json().get("not_before").is_none());
}

#[tokio::test(start_paused = true)]
async fn a_certificate_of_others_for_the_same_names_is_not_ours() {
    let stage = Stage::new();
    let acm = aws_sdk_acm::Client::new(&stage.sdk(REGION));
    let request = acm
        .request_certificate()
        .domain_name("bimi.example.com")
        .validation_method(aws_sdk_acm::types::ValidationMethod::Dns);
    let arn = request.send().await.expect("requested").certificate_arn;
    let location = Some(Stage::location(REGION));
    let mut wanted = spec(&["bimi.example.com"]);
    let walk = Walk::anywhere(&stage, &id(), location.clone(), &wanted);
    assert_eq!(walk.observe().await, Observation::Absent);

    // Named in the manifest it is used as it is, and never deleted.
    wanted.existing = arn;
    wanted.tags = Tags::new();
    let mut walk = Walk::anywhere(&stage, &id(), location, &wanted);
    let (physical, _, ownership) = walk.state().await;
    assert_eq!(ownership, Ownership::Shared);
    walk.in_sync().await;
    walk.physical = Some(physical);
    walk.try_delete().await.expect("left alone");
    walk.state().await;
}

#[tokio::test(start_paused = true)]
async fn a_named_certificate_that_is_not_there_is_a_blocker() {
    let stage = Stage::new();
    let arn = "arn:aws:acm:us-east-1:111111111111:certificate/11111111-1111-1111-1111-111111111111";
    let wanted = Spec {
        existing: Some(arn.to_owned()),
        ..spec(&["bimi.example.com"])
    };
    let walk = Walk::new(&stage, &id(), REGION, &wanted).await;
    assert!(walk.kind().blocker(&walk.spec, None).is_some());
    walk.try_create().await.expect_err("nothing is requested");
}

#[tokio::test(start_paused = true)]
async fn a_named_certificate_has_to_be_issued_for_every_host() {
    let stage = Stage::new();
    let mut request = Walk::new(&stage, &id(), REGION, &spec(&["*.example.com"])).await;
    request.create().await;
    let arn = request.physical.as_ref().map(ToString::to_string);
    let said = async |hosts: &[&str]| {
        let wanted = Spec {
            existing: arn.clone(),
            tags: Tags::new(),
            ..spec(hosts)
        };
        let walk = Walk::anywhere(&stage, &id(), Some(Stage::location(REGION)), &wanted);
        let (_, state, _) = walk.state().await;
        let found = walk.kind().blocker(&walk.spec, Some(&state));
        found.map(|found| found.reason).unwrap_or_default()
    };
    let hosts = ["bimi.example.com", "MTA-STS.example.com"];
    assert!(said(&hosts).await.contains("PENDING_VALIDATION"));
    validate(&stage, &request).await;
    request.until_ready().await;
    assert_eq!(said(&hosts).await, "");
    let elsewhere = ["bimi.example.com", "a.b.example.com", "example.com"];
    let found = said(&elsewhere).await;
    assert!(
        found.ends_with("is for *.example.com, and not for a.b.example.com, example.com"),
        "{found}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_dead_certificate_is_replaced_even_within_the_hour() {
    let stage = Stage::new();
    let wanted = spec(&["bimi.example.com"]);
    let mut walk = Walk::new(&stage, &id(), REGION, &wanted).await;
    walk.create().await;
    let dead = walk.physical.clone().unwrap();
    kill(&stage);
    let diff = walk.diff().await;
    assert_eq!(names(&diff), ["status"]);
    assert!(diff.replaces());

    walk.physical = None;
    let next = walk.try_create().await.expect("requested").physical;
    assert_ne!(next, dead);
    // The one that lives is found before the one that does not.
    assert_eq!(walk.state().await.0, next);
    let again = walk.try_create().await.expect("requested").physical;
    assert_eq!(again, next, "a repeated request is the same");
}

/// Lets every certificate of the world fail.
fn kill(stage: &Stage) {
    let mut world = stage.sandbox.world();
    let mut state = serde_json::to_value(&world.acm).unwrap();
    set_status(&mut state);
    world.acm = serde_json::from_value(state).unwrap();
}

fn set_status(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(fields) => {
            for (name, field) in fields {
                if name == "status" && field.is_string() {
                    *field = serde_json::json!("FAILED");
                } else {
                    set_status(field);
                }
            }
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(set_status),
        _ => {}
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_whose_answer_was_lost_is_found() {
    let stage = Stage::new();
    let walk = Walk::new(&stage, &id(), REGION, &spec(&["bimi.example.com"])).await;
    let fault = Fault::new(FaultKind::ErrorAfter).at("acm", "RequestCertificate");
    stage.sandbox.world().faults.script.push(fault.nth(1));
    let made = walk
        .try_create()
        .await
        .expect("the SDK asked again")
        .physical;
    assert_eq!(walk.state().await.0, made);
    let field: Field<String> = made.as_str().into();
    assert!(field.known().is_some());
}
