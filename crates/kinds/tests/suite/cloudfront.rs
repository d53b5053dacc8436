//! Origin access controls and distributions.

use aws_sdk_cloudfront::types::{HttpVersion, PriceClass, Tag, TagKeys, Tags as SdkTags};
use kinds::cloudfront_distribution::{Logging, Spec};
use kinds::{CloudfrontDistribution, cloudfront_origin_access_control as control, s3_bucket};
use model::{Ownership, ResourceId, State};

use super::stage::{ACCOUNT, OTHER_ACCOUNT, Stage, tags};
use super::walk::Walk;

const REGION: &str = "us-east-1";

fn id() -> ResourceId {
    ResourceId::new("cloudfront_distribution", "example.com", "assets")
}

/// The distribution's ARN.
fn arn(state: &State) -> &str {
    &state
        .get::<CloudfrontDistribution>()
        .expect("a distribution")
        .arn
}

fn control_id() -> ResourceId {
    ResourceId::new("cloudfront_origin_access_control", "example.com", "assets")
}

fn control_spec(name: &str) -> control::Spec {
    control::Spec {
        name: name.to_owned(),
        description: "deploy suite example.com".to_owned(),
    }
}

fn logging() -> Logging {
    Logging {
        bucket: "suite-logs.s3.amazonaws.com".to_owned(),
        prefix: "cloudfront/".to_owned(),
    }
}

/// A spec with all that a distribution depends on: a log bucket, a certificate, an access control.
async fn spec(stage: &Stage) -> Spec {
    let bucket_id = ResourceId::new("s3_bucket", "example.com", "logs");
    let bucket = s3_bucket::Spec {
        name: "suite-logs".to_owned(),
        accepts_log_delivery: true,
        access_log: None,
        expire_days: None,
        tags: tags(&bucket_id),
    };
    let mut logs = Walk::new(stage, &bucket_id, REGION, &bucket).await;
    logs.create().await;
    let mut access = Walk::new(stage, &control_id(), REGION, &control_spec("suite")).await;
    access.create().await;
    let hosts = ["bimi.example.com", HOST];
    let certificate = super::acm::issued(stage, &hosts).await;
    Spec {
        caller_reference: "suite-reference".to_owned(),
        comment: "deploy suite example.com".to_owned(),
        aliases: hosts.iter().map(|host| (*host).to_owned()).collect(),
        certificate: certificate.as_str().into(),
        origin: "suite-assets.s3.eu-west-1.amazonaws.com".to_owned(),
        access_control: access.physical.expect("an id").as_str().into(),
        logging: Some(logging()),
        price_class: "PriceClass_100".to_owned(),
        tags: tags(&id()),
    }
}

/// A name of the distribution that [`distribution`] makes.
pub(crate) const HOST: &str = "mta-sts.example.com";

/// A distribution that is deployed.
pub(crate) async fn distribution(stage: &Stage) {
    let spec = spec(stage).await;
    let mut walk = Walk::new(stage, &id(), REGION, &spec).await;
    walk.create().await;
    walk.until_ready().await;
}

#[tokio::test(start_paused = true)]
async fn an_access_control_walks_through_its_states() {
    let stage = Stage::new();
    let before = stage.sandbox.world().dump();
    let mut wanted = control_spec("suite");
    let mut walk = Walk::new(&stage, &control_id(), REGION, &wanted).await;
    walk.create().await;
    assert_eq!(walk.state().await.2, Ownership::Ours);
    wanted.name = "suite-2".to_owned();
    walk.change(&wanted, &["name"]).await;
    wanted.description = "deploy suite example.com, and more".to_owned();
    walk.change(&wanted, &["description"]).await;

    let cloudfront = aws_sdk_cloudfront::Client::new(&stage.sdk(REGION));
    let id = walk.physical.as_ref().unwrap().as_str();
    let held = cloudfront.get_origin_access_control().id(id).send().await;
    let held = held.expect("it is there");
    let mut config = held
        .origin_access_control()
        .and_then(|control| control.origin_access_control_config.clone())
        .unwrap();
    config.signing_behavior =
        aws_sdk_cloudfront::types::OriginAccessControlSigningBehaviors::NoOverride;
    cloudfront
        .update_origin_access_control()
        .id(id)
        .if_match(held.e_tag().unwrap())
        .origin_access_control_config(config)
        .send()
        .await
        .expect("changed");
    walk.fix(&["signs_always"]).await;
    walk.delete().await;
    assert_eq!(stage.sandbox.world().dump(), before, "nothing is left");
}

#[tokio::test(start_paused = true)]
async fn an_access_control_of_somebody_else_is_foreign() {
    let stage = Stage::new();
    let theirs = control::Spec {
        description: "by hand".to_owned(),
        ..control_spec("suite")
    };
    Walk::new(&stage, &control_id(), REGION, &theirs)
        .await
        .create()
        .await;
    let location = Some(Stage::location(REGION));
    let walk = Walk::anywhere(&stage, &control_id(), location, &control_spec("suite"));
    assert_eq!(walk.state().await.2, Ownership::Foreign);
}

#[tokio::test(start_paused = true)]
async fn a_distribution_walks_through_its_states() {
    let stage = Stage::new();
    let mut wanted = spec(&stage).await;
    let before = stage.sandbox.world().dump();
    let mut walk = Walk::new(&stage, &id(), REGION, &wanted).await;
    walk.create().await;
    assert_eq!(walk.state().await.2, Ownership::Ours);
    walk.until_ready().await;

    wanted.aliases.pop();
    walk.change(&wanted, &["aliases"]).await;
    walk.until_ready().await;
    wanted.comment = "deploy suite example.com, and more".to_owned();
    walk.change(&wanted, &["comment"]).await;
    wanted.origin = "suite-other.s3.eu-west-1.amazonaws.com".to_owned();
    walk.change(&wanted, &["origin"]).await;
    wanted.price_class = "PriceClass_All".to_owned();
    walk.change(&wanted, &["price_class"]).await;
    wanted.logging = None;
    walk.change(&wanted, &["logging"]).await;
    wanted.logging = Some(logging());
    walk.change(&wanted, &["logging"]).await;
    wanted.tags.insert("team".to_owned(), "mail".to_owned());
    walk.change(&wanted, &["tags.team"]).await;
    wanted.tags.remove("team");
    walk.change(&wanted, &["tags.team"]).await;
    walk.until_ready().await;

    let other_id = ResourceId::new("cloudfront_origin_access_control", "example.com", "other");
    let mut other = Walk::new(&stage, &other_id, REGION, &control_spec("other")).await;
    other.create().await;
    let first = wanted.access_control.clone();
    wanted.access_control = other.physical.clone().unwrap().as_str().into();
    walk.change(&wanted, &["access_control"]).await;
    wanted.access_control = first;
    walk.change(&wanted, &["access_control"]).await;
    other.delete().await;

    walk.delete().await;
    assert_eq!(stage.sandbox.world().dump(), before, "nothing is left");
}

#[tokio::test(start_paused = true)]
async fn a_distribution_s_drift_is_fixed() {
    let stage = Stage::new();
    let wanted = spec(&stage).await;
    let mut walk = Walk::new(&stage, &id(), REGION, &wanted).await;
    walk.create().await;
    let id = walk.physical.as_ref().unwrap().to_string();
    let cloudfront = aws_sdk_cloudfront::Client::new(&stage.sdk(REGION));
    let held = cloudfront.get_distribution_config().id(&id).send().await;
    let held = held.expect("it is there");
    let mut config = held.distribution_config().cloned().unwrap();
    config.enabled = false;
    config.http_version = Some(HttpVersion::Http11);
    config.is_ipv6_enabled = Some(false);
    config.price_class = Some(PriceClass::PriceClass200);
    cloudfront
        .update_distribution()
        .id(&id)
        .if_match(held.e_tag().unwrap())
        .distribution_config(config)
        .send()
        .await
        .expect("changed");
    walk.fix(&["price_class", "enabled", "http_version", "ipv6"])
        .await;

    // Without its tags it is still known, by its caller reference.
    let (_, state, _) = walk.state().await;
    let keys = TagKeys::builder().items(kinds::tags::PROJECT).build();
    cloudfront
        .untag_resource()
        .resource(arn(&state))
        .tag_keys(keys)
        .send()
        .await
        .expect("untagged");
    walk.physical = None;
    assert_eq!(walk.state().await.2, Ownership::Ours);
    walk.physical = Some(id.as_str().into());
    walk.fix(&["tags.deploy:project"]).await;
}

#[tokio::test(start_paused = true)]
async fn a_distribution_with_our_comment_is_not_ours_by_that() {
    let stage = Stage::new();
    let wanted = spec(&stage).await;
    let somebody = ResourceId::new("cloudfront_distribution", "example.net", "assets");
    let theirs = Spec {
        caller_reference: "theirs".to_owned(),
        aliases: Vec::new(),
        tags: tags(&somebody),
        ..wanted.clone()
    };
    Walk::new(&stage, &somebody, REGION, &theirs)
        .await
        .create()
        .await;
    let mut walk = Walk::new(&stage, &id(), REGION, &wanted).await;
    walk.create().await;
}

#[tokio::test(start_paused = true)]
async fn a_distribution_with_our_names_is_foreign_and_can_be_adopted() {
    let stage = Stage::new();
    let wanted = spec(&stage).await;
    let theirs = Spec {
        caller_reference: "theirs".to_owned(),
        comment: "by hand".to_owned(),
        tags: kinds::tags::Tags::from([("made".to_owned(), "by hand".to_owned())]),
        ..wanted.clone()
    };
    let somebody = ResourceId::new("cloudfront_distribution", "example.net", "assets");
    let mut held = Walk::new(&stage, &somebody, REGION, &theirs).await;
    held.create().await;
    let mut walk = Walk::anywhere(&stage, &id(), Some(Stage::location(REGION)), &wanted);
    let (physical, _, ownership) = walk.state().await;
    assert_eq!(ownership, Ownership::Foreign);
    walk.physical = Some(physical);
    // Their tag stays.
    let fields = ["comment", "tags.deploy:project", "tags.deploy:resource"];
    let diff = walk.diff().await;
    let mut seen = super::walk::names(&diff);
    seen.sort_unstable();
    assert_eq!(seen, fields);
    walk.update(&diff).await.expect("adopted");
    walk.in_sync().await;
    assert_eq!(walk.state().await.2, Ownership::Ours);
}

#[tokio::test(start_paused = true)]
async fn r_43_names_in_another_account_are_a_conflict_that_names_their_holder() {
    let stage = Stage::new();
    let wanted = spec(&stage).await;
    // The same names, in the account of somebody else.
    let theirs = stage.sandbox.sdk_config(OTHER_ACCOUNT, REGION);
    let acm = aws_sdk_acm::Client::new(&theirs);
    let requested = acm
        .request_certificate()
        .domain_name("bimi.example.com")
        .validation_method(aws_sdk_acm::types::ValidationMethod::Dns)
        .send()
        .await;
    let arn = requested.expect("requested").certificate_arn.unwrap();
    stage.wait(5).await;
    let detail = acm
        .describe_certificate()
        .certificate_arn(&arn)
        .send()
        .await;
    let detail = detail.expect("described").certificate.unwrap();
    let record = detail.domain_validation_options()[0]
        .resource_record()
        .unwrap()
        .clone();
    {
        let mut world = stage.sandbox.world();
        let zone = world.seed_zone(ACCOUNT, "example.com", true).unwrap();
        world
            .seed_records(&zone, record.name(), ("CNAME", 60), &[record.value()])
            .unwrap();
    }
    stage.wait(300).await;
    let cloudfront = aws_sdk_cloudfront::Client::new(&theirs);
    let config = their_config(&arn);
    let made = cloudfront.create_distribution().distribution_config(config);
    made.send().await.expect("theirs");

    let walk = Walk::new(&stage, &id(), REGION, &wanted).await;
    let error = walk.try_create().await.expect_err("a name has one holder");
    assert_eq!(error.class, model::ErrorClass::Conflict);
    assert!(
        error.message.contains("has bimi.example.com (PLAN-09"),
        "{error}"
    );
    // CloudFront tells the holder only to a distribution of ours: it is there, without the names.
    assert!(error.begun);
    let (_, state, ownership) = walk.state().await;
    assert_eq!(ownership, Ownership::Ours);
    let state = state.get::<kinds::CloudfrontDistribution>().cloned();
    assert_eq!(state.expect("a distribution").aliases, [""; 0]);
}

fn their_config(certificate: &str) -> aws_sdk_cloudfront::types::DistributionConfig {
    use aws_sdk_cloudfront::types::{
        Aliases, DefaultCacheBehavior, DistributionConfig, Origin, Origins, S3OriginConfig,
        SslSupportMethod, ViewerCertificate, ViewerProtocolPolicy,
    };
    let origin = Origin::builder()
        .id("o")
        .domain_name("theirs.s3.eu-west-1.amazonaws.com")
        .s3_origin_config(S3OriginConfig::builder().origin_access_identity("").build())
        .build()
        .unwrap();
    let origins = Origins::builder().quantity(1).items(origin).build();
    let behavior = DefaultCacheBehavior::builder()
        .target_origin_id("o")
        .viewer_protocol_policy(ViewerProtocolPolicy::HttpsOnly)
        .cache_policy_id(kinds::cloudfront_distribution::CACHE_POLICY)
        .build();
    let aliases = Aliases::builder()
        .quantity(1)
        .items("bimi.example.com")
        .build();
    let certificate = ViewerCertificate::builder()
        .acm_certificate_arn(certificate)
        .ssl_support_method(SslSupportMethod::SniOnly)
        .build();
    DistributionConfig::builder()
        .caller_reference("theirs")
        .comment("")
        .enabled(true)
        .origins(origins.unwrap())
        .default_cache_behavior(behavior.unwrap())
        .aliases(aliases.unwrap())
        .viewer_certificate(certificate)
        .build()
        .unwrap()
}

#[tokio::test(start_paused = true)]
async fn r_21_tags_that_somebody_adds_to_a_distribution_stay() {
    let stage = Stage::new();
    let wanted = spec(&stage).await;
    let mut walk = Walk::new(&stage, &id(), REGION, &wanted).await;
    walk.create().await;
    let (_, state, _) = walk.state().await;
    let cloudfront = aws_sdk_cloudfront::Client::new(&stage.sdk(REGION));
    let extra = Tag::builder().key("extra").value("1").build().unwrap();
    cloudfront
        .tag_resource()
        .resource(arn(&state))
        .tags(SdkTags::builder().items(extra).build())
        .send()
        .await
        .expect("tagged");
    walk.in_sync().await;
    let mut wanted = wanted;
    wanted.tags.insert("team".to_owned(), "mail".to_owned());
    walk.change(&wanted, &["tags.team"]).await;
    let (_, state, _) = walk.state().await;
    let state = state.get::<kinds::CloudfrontDistribution>().cloned();
    let tags = state.expect("a distribution").tags;
    assert_eq!(tags.get("extra").map(String::as_str), Some("1"));
}

#[tokio::test(start_paused = true)]
async fn a_distribution_whose_certificate_has_expired_can_go() {
    let stage = Stage::new();
    let wanted = spec(&stage).await;
    let mut walk = Walk::new(&stage, &id(), REGION, &wanted).await;
    walk.create().await;
    walk.until_ready().await;
    let certificate = wanted.certificate.known().expect("an ARN");
    stage.sandbox.world().acm.expire(certificate);
    walk.delete().await;
}
