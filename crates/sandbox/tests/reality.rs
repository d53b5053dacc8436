//! AWS as others have met it: each test carries the id of its row in the collection of field reports
//! that `sandbox::weather` names.

mod common;

use aws_sdk_acm::types::ValidationMethod;
use aws_sdk_cloudfront::types::{
    Aliases, CachedMethods, DefaultCacheBehavior, DistributionConfig, LoggingConfig, Method,
    Origin, OriginAccessControlConfig, OriginAccessControlOriginTypes,
    OriginAccessControlSigningBehaviors, OriginAccessControlSigningProtocols, Origins,
    S3OriginConfig, SslSupportMethod, ViewerCertificate, ViewerProtocolPolicy,
};
use aws_sdk_route53::types::{
    Change, ChangeAction, ChangeBatch, ResourceRecord, ResourceRecordSet, RrType,
};
use aws_sdk_s3::types::{
    BucketLifecycleConfiguration, BucketLoggingStatus, BucketVersioningStatus, ExpirationStatus,
    LifecycleExpiration, LifecycleRule, LifecycleRuleFilter, LoggingEnabled, Tag, Tagging,
    VersioningConfiguration,
};
use common::s3::create_bucket;
use common::{ONE, TWO, code, config, error, sandbox_with, wait};
use sandbox::Sandbox;
use sandbox::cloudfront::Owned;
use sandbox::quotas::Quotas;
use sandbox::weather::{Behaviour, Kind, Weather};
use sandbox::world::World;

const REGION: &str = "us-east-1";

/// A world without quotas and of this file.
fn world_of(yaml: &str) -> Sandbox {
    sandbox_with(|world| {
        world.quotas = Quotas::none();
        world.add_yaml(yaml).expect("a world file");
    })
}

/// The first seed of a storm in which `fits` holds, and in which no answer to the first calls is late
/// or broken.
fn seed(fits: impl Fn(Weather) -> bool) -> Weather {
    let storm = |seed| Weather {
        kind: Kind::Storm,
        seed,
    };
    let whole = |weather: Weather| {
        (0..10).all(|call| {
            let name = format!("call {call}");
            !weather.meets(Behaviour::LoadBalancerErrors, &name)
                && !weather.meets(Behaviour::CutBodies, &name)
                && !weather.meets(Behaviour::LateAnswers, &format!("{name} 0"))
        })
    };
    let found = (0..100_000)
        .map(storm)
        .find(|one| fits(*one) && whole(*one));
    found.expect("one of a hundred thousand seeds")
}

/// A world without delays in a storm in which the behaviour meets what is made of this name for
/// at least so many seconds, and in which no other behaviour meets it or the bucket of these tests.
fn stormy(behaviour: Behaviour, name: &str, least: i64) -> Sandbox {
    let lasts =
        |weather: Weather, behaviour, name: &str| weather.duration(behaviour, name).as_secs();
    let young = [
        Behaviour::NewBucketUnknown,
        Behaviour::NewBucketPolicyMalformed,
    ];
    let weather = seed(|weather| {
        let mut others = young.iter().filter(|other| **other != behaviour);
        lasts(weather, behaviour, name) >= least
            && others.all(|other| lasts(weather, *other, "mail-assets") == 0)
    });
    sandbox_with(|world| {
        world.quotas = Quotas::none();
        world.delays = sandbox::world::Delays::none();
        world.weather = weather;
    })
}

fn s3(sandbox: &Sandbox) -> aws_sdk_s3::Client {
    aws_sdk_s3::Client::new(&config(sandbox, ONE, REGION))
}

fn route53(sandbox: &Sandbox, account: &str) -> aws_sdk_route53::Client {
    aws_sdk_route53::Client::new(&config(sandbox, account, REGION))
}

fn acm(sandbox: &Sandbox) -> aws_sdk_acm::Client {
    aws_sdk_acm::Client::new(&config(sandbox, ONE, REGION))
}

fn cloudfront(sandbox: &Sandbox) -> aws_sdk_cloudfront::Client {
    aws_sdk_cloudfront::Client::new(&config(sandbox, ONE, REGION))
}

fn v2(sandbox: &Sandbox) -> aws_sdk_sesv2::Client {
    aws_sdk_sesv2::Client::new(&config(sandbox, ONE, REGION))
}

/// A configuration with an S3 origin, whose bucket need not exist.
fn configuration(
    reference: &str,
) -> aws_sdk_cloudfront::types::builders::DistributionConfigBuilder {
    let origin = Origin::builder()
        .id("assets")
        .domain_name("assets.s3.us-east-1.amazonaws.com")
        .s3_origin_config(S3OriginConfig::builder().origin_access_identity("").build())
        .build()
        .expect("an origin");
    let methods = [Method::Get, Method::Head];
    let cached = CachedMethods::builder()
        .quantity(2)
        .set_items(Some(methods.to_vec()))
        .build()
        .expect("methods");
    let allowed = aws_sdk_cloudfront::types::AllowedMethods::builder()
        .quantity(2)
        .set_items(Some(methods.to_vec()))
        .cached_methods(cached)
        .build()
        .expect("methods");
    let behavior = DefaultCacheBehavior::builder()
        .target_origin_id("assets")
        .viewer_protocol_policy(ViewerProtocolPolicy::HttpsOnly)
        .cache_policy_id("658327ea-f89d-4fab-a63d-7e88639e58f6")
        .allowed_methods(allowed)
        .build()
        .expect("a behavior");
    let origins = Origins::builder().quantity(1).items(origin).build();
    DistributionConfig::builder()
        .caller_reference(reference)
        .comment("")
        .enabled(false)
        .origins(origins.expect("origins"))
        .default_cache_behavior(behavior)
}

fn built(
    builder: aws_sdk_cloudfront::types::builders::DistributionConfigBuilder,
) -> DistributionConfig {
    builder.build().expect("a configuration")
}

async fn created(sandbox: &Sandbox, config: DistributionConfig) -> (String, String) {
    let created = cloudfront(sandbox).create_distribution();
    let created = created.distribution_config(config).send().await;
    let created = created.expect("a distribution");
    let etag = created.e_tag().unwrap_or_default().to_owned();
    (created.distribution().expect("it").id().to_owned(), etag)
}

async fn zone(sandbox: &Sandbox, account: &str, reference: &str) -> Result<String, String> {
    let made = route53(sandbox, account)
        .create_hosted_zone()
        .name("example.org")
        .caller_reference(reference)
        .send()
        .await;
    match made {
        Ok(made) => Ok(made.hosted_zone().expect("a zone").id().to_owned()),
        refused => Err(code(refused)),
    }
}

/// Puts an address into a zone, and says how that went.
async fn change(sandbox: &Sandbox, zone: &str) -> String {
    let set = ResourceRecordSet::builder()
        .name("a.example.org")
        .r#type(RrType::A)
        .ttl(60)
        .resource_records(
            ResourceRecord::builder()
                .value("192.0.2.1")
                .build()
                .expect("a value"),
        )
        .build()
        .expect("a set");
    let change = Change::builder()
        .action(ChangeAction::Upsert)
        .resource_record_set(set)
        .build();
    let batch = ChangeBatch::builder()
        .changes(change.expect("a change"))
        .build();
    let request = route53(sandbox, ONE)
        .change_resource_record_sets()
        .hosted_zone_id(zone)
        .change_batch(batch.expect("a batch"));
    error(request.send().await)
}

/// A certificate for `names` whose validation records are in a delegated zone.
async fn certificate(sandbox: &Sandbox, name: &str, token: &str) -> String {
    let asked = acm(sandbox)
        .request_certificate()
        .domain_name(name)
        .validation_method(ValidationMethod::Dns)
        .idempotency_token(token)
        .send()
        .await;
    asked
        .expect("a certificate")
        .certificate_arn()
        .unwrap_or_default()
        .to_owned()
}

fn validate(sandbox: &Sandbox, name: &str) {
    let record = sandbox::acm::ValidationRecord::of(ONE, name);
    let mut world = sandbox.world();
    let published = world.dns.publish(
        &record.name,
        "CNAME",
        &[record.value.as_str()],
        jiff::Timestamp::UNIX_EPOCH,
    );
    published.expect("a name");
}

#[tokio::test(start_paused = true)]
async fn r_01_a_new_bucket_is_not_there_for_a_while() {
    let sandbox = stormy(Behaviour::NewBucketUnknown, "mail-assets", 30);
    let client = s3(&sandbox);
    create_bucket(&client, "mail-assets").await;
    let tag = || client.get_bucket_versioning().bucket("mail-assets").send();
    assert_eq!(code(tag().await), "NoSuchBucket");
    wait(&sandbox, 121).await;
    assert_eq!(error(tag().await), "no error");
}

#[tokio::test(start_paused = true)]
async fn r_01_a_new_bucket_s_policy_is_malformed_for_a_while() {
    let sandbox = stormy(Behaviour::NewBucketPolicyMalformed, "mail-assets", 20);
    let client = s3(&sandbox);
    create_bucket(&client, "mail-assets").await;
    let policy = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{ONE}"}},"Action":"s3:GetObject","Resource":"arn:aws:s3:::mail-assets/*"}}]}}"#
    );
    let put = || {
        client
            .put_bucket_policy()
            .bucket("mail-assets")
            .policy(&policy)
            .send()
    };
    assert_eq!(code(put().await), "MalformedPolicy");
    wait(&sandbox, 61).await;
    assert_eq!(error(put().await), "no error");
}

#[tokio::test(start_paused = true)]
async fn r_02_a_right_can_be_missing_for_the_second_of_two_calls() {
    let sandbox = world_of(&format!(
        r#"accounts: {{ "{ONE}": {{ roles: {{ narrow: {{ denied: ["s3:PutBucketTagging"] }} }} }} }}"#
    ));
    let role = common::config(&sandbox, ONE, REGION);
    let sts = aws_sdk_sts::Client::new(&role);
    let session = sts
        .assume_role()
        .role_arn(format!("arn:aws:iam::{ONE}:role/narrow"))
        .role_session_name("test")
        .send()
        .await
        .expect("a session");
    let issued = session.credentials().expect("credentials");
    let credentials = aws_credential_types::Credentials::new(
        issued.access_key_id(),
        issued.secret_access_key(),
        Some(issued.session_token().to_owned()),
        None,
        "test",
    );
    let narrow = role
        .into_builder()
        .credentials_provider(
            aws_credential_types::provider::SharedCredentialsProvider::new(credentials),
        )
        .build();
    let client = aws_sdk_s3::Client::new(&narrow);
    create_bucket(&client, "mail-assets").await;
    let tag = Tag::builder().key("a").value("b").build().expect("a tag");
    let tagging = Tagging::builder().tag_set(tag).build().expect("tags");
    let put = client
        .put_bucket_tagging()
        .bucket("mail-assets")
        .tagging(tagging);
    assert_eq!(code(put.send().await), "AccessDenied");
}

#[tokio::test(start_paused = true)]
async fn r_03_cloudfront_does_not_know_a_certificate_that_is_just_issued() {
    let sandbox = stormy(Behaviour::NewZoneUnknown, "none", 1);
    let arn = certificate(&sandbox, "www.example.org", "one").await;
    validate(&sandbox, "www.example.org");
    // The next call sees it issued. Some seed keeps it from CloudFront for a while.
    let issued = acm(&sandbox).describe_certificate().certificate_arn(&arn);
    let issued = issued.send().await.expect("a certificate");
    let status = issued.certificate().and_then(|one| one.status()).cloned();
    assert_eq!(
        status.map(|one| one.as_str().to_owned()),
        Some("ISSUED".to_owned())
    );
    let behaviour = Behaviour::NewCertificateUnknown;
    sandbox.world().weather = seed(|weather| weather.duration(behaviour, &arn).as_secs() > 20);
    let viewer = ViewerCertificate::builder()
        .acm_certificate_arn(&arn)
        .ssl_support_method(SslSupportMethod::SniOnly)
        .build();
    let aliases = Aliases::builder()
        .quantity(1)
        .items("www.example.org")
        .build();
    let config = configuration("one")
        .viewer_certificate(viewer)
        .aliases(aliases.expect("aliases"));
    let config = built(config);
    let create = || {
        let create = cloudfront(&sandbox).create_distribution();
        create.distribution_config(config.clone()).send()
    };
    assert_eq!(code(create().await), "InvalidViewerCertificate");
    wait(&sandbox, 61).await;
    assert_eq!(error(create().await), "no error");
}

#[tokio::test(start_paused = true)]
async fn r_04_a_version_can_move_between_a_read_and_an_update() {
    let sandbox = world_of("weather: calm");
    let (id, etag) = created(&sandbox, built(configuration("one"))).await;
    let name = format!("/2020-05-31/distribution/{id} {etag}");
    sandbox.world().weather = seed(|weather| weather.meets(Behaviour::MovedVersion, &name));
    wait(&sandbox, 600).await;
    let delete = || {
        let delete = cloudfront(&sandbox).delete_distribution();
        delete.id(&id).if_match(&etag).send()
    };
    assert_eq!(code(delete().await), "PreconditionFailed");
    assert_eq!(error(delete().await), "no error");
}

#[tokio::test(start_paused = true)]
async fn r_05_a_new_zone_takes_no_changes_for_a_while() {
    // A zone's id follows from its account, name and number.
    let probe = world_of("weather: calm");
    let id = zone(&probe, ONE, "one").await.expect("a zone");
    let bare = id.trim_start_matches("/hostedzone/").to_owned();
    let sandbox = stormy(Behaviour::NewZoneUnknown, &bare, 20);
    assert_eq!(zone(&sandbox, ONE, "one").await.as_ref(), Ok(&id));
    assert!(change(&sandbox, &id).await.starts_with("NoSuchHostedZone"));
    wait(&sandbox, 61).await;
    assert_eq!(change(&sandbox, &id).await, "no error");
}

#[tokio::test(start_paused = true)]
async fn r_06_the_settings_of_a_bucket_read_as_they_were() {
    let key = format!("GetBucketVersioning {ONE} mail-assets");
    let sandbox = stormy(Behaviour::StaleSettings, &key, 60);
    let client = s3(&sandbox);
    create_bucket(&client, "mail-assets").await;
    wait(&sandbox, 0).await;
    let on = VersioningConfiguration::builder()
        .status(BucketVersioningStatus::Enabled)
        .build();
    let put = client.put_bucket_versioning().bucket("mail-assets");
    put.versioning_configuration(on)
        .send()
        .await
        .expect("a setting");
    let status = || async {
        let read = client
            .get_bucket_versioning()
            .bucket("mail-assets")
            .send()
            .await;
        read.expect("a setting").status().cloned()
    };
    assert_eq!(status().await, None);
    wait(&sandbox, 301).await;
    assert_eq!(status().await, Some(BucketVersioningStatus::Enabled));
}

#[tokio::test(start_paused = true)]
async fn r_06_what_is_deleted_has_no_former_settings() {
    let key = format!("GetBucketVersioning {ONE} mail-assets");
    let sandbox = stormy(Behaviour::StaleSettings, &key, 60);
    let client = s3(&sandbox);
    let bucket = "mail-assets";
    let made = client.create_bucket().bucket(bucket).send().await;
    made.expect("a bucket");
    let on = VersioningConfiguration::builder()
        .status(BucketVersioningStatus::Enabled)
        .build();
    let put = client.put_bucket_versioning().bucket(bucket);
    let put = put.versioning_configuration(on).send().await;
    put.expect("a setting");
    let deleted = client.delete_bucket().bucket(bucket).send().await;
    deleted.expect("it is deleted");
    let read = client.get_bucket_versioning().bucket(bucket).send().await;
    assert_eq!(code(read), "NoSuchBucket");
}

#[tokio::test(start_paused = true)]
async fn r_07_lists_show_what_is_deleted() {
    let sandbox = world_of("weather: calm");
    let arn = certificate(&sandbox, "www.example.org", "one").await;
    let client = acm(&sandbox);
    let deleted = client
        .delete_certificate()
        .certificate_arn(&arn)
        .send()
        .await;
    deleted.expect("it is deleted");
    sandbox.world().weather =
        seed(|weather| weather.duration(Behaviour::DeletedListed, &arn).as_secs() > 60);
    let listed = || async {
        let list = client.list_certificates().send().await.expect("a list");
        list.certificate_summary_list().len()
    };
    assert_eq!(listed().await, 1);
    let described = client
        .describe_certificate()
        .certificate_arn(&arn)
        .send()
        .await;
    assert_eq!(code(described), "ResourceNotFoundException");
    wait(&sandbox, 121).await;
    assert_eq!(listed().await, 0);
}

#[tokio::test(start_paused = true)]
async fn r_07_a_deletion_takes_no_earlier_one_off_the_list() {
    let sandbox = world_of("weather: calm");
    let one = certificate(&sandbox, "www.example.org", "one").await;
    let other = certificate(&sandbox, "mail.example.org", "two").await;
    wait(&sandbox, 2 * 3600).await;
    let client = acm(&sandbox);
    for arn in [&one, &other] {
        let deleted = client.delete_certificate().certificate_arn(arn).send();
        deleted.await.expect("it is deleted");
    }
    sandbox.world().weather = seed(|weather| {
        let lasts = |arn| weather.duration(Behaviour::DeletedListed, arn).as_secs();
        lasts(&one) > 60 && lasts(&other) > 60
    });
    let list = client.list_certificates().send().await.expect("a list");
    assert_eq!(list.certificate_summary_list().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn r_10_the_name_of_a_deleted_bucket_stays_taken() {
    let sandbox = world_of("weather: calm");
    let client = s3(&sandbox);
    create_bucket(&client, "mail-assets").await;
    client
        .delete_bucket()
        .bucket("mail-assets")
        .send()
        .await
        .expect("it is deleted");
    let behaviour = Behaviour::DeletedBucketNameTaken;
    sandbox.world().weather =
        seed(|weather| weather.duration(behaviour, "mail-assets").as_secs() > 60);
    let create = || client.create_bucket().bucket("mail-assets").send();
    assert_eq!(code(create().await), "OperationAborted");
    let other = aws_sdk_s3::Client::new(&config(&sandbox, TWO, REGION));
    let theirs = other.create_bucket().bucket("mail-assets").send().await;
    assert_eq!(code(theirs), "BucketAlreadyExists");
    wait(&sandbox, 3601).await;
    assert_eq!(error(create().await), "no error");
}

#[tokio::test(start_paused = true)]
async fn r_11_the_reference_of_a_deleted_zone_stays_spent() {
    let sandbox = world_of("weather: calm");
    let id = zone(&sandbox, ONE, "one").await.expect("a zone");
    let deleted = route53(&sandbox, ONE)
        .delete_hosted_zone()
        .id(&id)
        .send()
        .await;
    deleted.expect("it is deleted");
    wait(&sandbox, 86_400).await;
    let again = zone(&sandbox, ONE, "one").await;
    assert_eq!(again, Err("HostedZoneAlreadyExists".to_owned()));
    assert!(
        zone(&sandbox, TWO, "one").await.is_ok(),
        "another account's references"
    );
    assert!(zone(&sandbox, ONE, "two").await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn r_12_the_reference_of_a_deleted_distribution_stays_spent_and_names_it() {
    let sandbox = world_of("weather: calm");
    let (id, etag) = created(&sandbox, built(configuration("one"))).await;
    wait(&sandbox, 600).await;
    let delete = cloudfront(&sandbox).delete_distribution();
    delete
        .id(&id)
        .if_match(&etag)
        .send()
        .await
        .expect("it is deleted");
    let again = cloudfront(&sandbox).create_distribution();
    let again = again
        .distribution_config(built(configuration("one")))
        .send()
        .await;
    let said = error(again);
    assert!(said.starts_with("DistributionAlreadyExists"), "{said}");
    assert!(said.ends_with(&id), "{said}");
}

#[tokio::test(start_paused = true)]
async fn r_13_a_token_answers_with_the_first_certificate_for_an_hour() {
    let sandbox = world_of("weather: calm");
    let first = certificate(&sandbox, "www.example.org", "one").await;
    let deleted = acm(&sandbox).delete_certificate().certificate_arn(&first);
    deleted.send().await.expect("it is deleted");
    assert_eq!(certificate(&sandbox, "www.example.org", "one").await, first);
    let described = acm(&sandbox).describe_certificate().certificate_arn(&first);
    assert_eq!(code(described.send().await), "ResourceNotFoundException");
    assert_ne!(certificate(&sandbox, "www.example.org", "two").await, first);
    wait(&sandbox, 3601).await;
    assert_ne!(certificate(&sandbox, "www.example.org", "one").await, first);
}

#[tokio::test(start_paused = true)]
async fn r_14_standard_logs_are_not_delivered_into_opt_in_regions() {
    let sandbox = world_of(&format!(
        r#"buckets: [{{ account: "{ONE}", name: far-logs, region: af-south-1 }}]"#
    ));
    let logging = LoggingConfig::builder()
        .enabled(true)
        .include_cookies(false)
        .bucket("far-logs.s3.amazonaws.com")
        .prefix("")
        .build();
    let config = built(configuration("one").logging(logging));
    let create = cloudfront(&sandbox).create_distribution();
    let said = error(create.distribution_config(config).send().await);
    let expected = "AccessDenied: You don't have permission to access the S3 bucket for CloudFront logs: far-logs";
    assert!(said.starts_with(expected), "{said}");
}

#[tokio::test(start_paused = true)]
async fn r_19_a_new_account_can_not_create_distributions() {
    let sandbox = world_of(&format!(
        r#"accounts: {{ "{ONE}": {{ unverified: true }} }}"#
    ));
    let create = cloudfront(&sandbox).create_distribution();
    let refused = create
        .distribution_config(built(configuration("one")))
        .send()
        .await;
    let said = error(refused);
    assert!(
        said.starts_with("AccessDenied: Your account must be verified"),
        "{said}"
    );
}

#[tokio::test(start_paused = true)]
async fn r_20_names_have_limits() {
    let sandbox = world_of("weather: calm");
    let comment = built(configuration("one").comment("x".repeat(129)));
    let create = cloudfront(&sandbox).create_distribution();
    let create = create.distribution_config(comment).send().await;
    assert_eq!(code(create), "InvalidArgument");
    let control = OriginAccessControlConfig::builder()
        .name("x".repeat(65))
        .origin_access_control_origin_type(OriginAccessControlOriginTypes::S3)
        .signing_behavior(OriginAccessControlSigningBehaviors::Always)
        .signing_protocol(OriginAccessControlSigningProtocols::Sigv4)
        .build();
    let create = cloudfront(&sandbox).create_origin_access_control();
    let create = create
        .origin_access_control_config(control.expect("it"))
        .send()
        .await;
    assert_eq!(code(create), "InvalidArgument");
    let set = v2(&sandbox).create_configuration_set();
    let set = set.configuration_set_name("x".repeat(65)).send().await;
    assert_eq!(code(set), "BadRequestException");
    let bucket = s3(&sandbox)
        .create_bucket()
        .bucket("x".repeat(64))
        .send()
        .await;
    assert_eq!(code(bucket), "InvalidBucketName");
    let first = format!("{}.example.org", "x".repeat(54));
    let asked = acm(&sandbox)
        .request_certificate()
        .domain_name(first)
        .validation_method(ValidationMethod::Dns)
        .send()
        .await;
    assert_ne!(code(asked), "no error", "the first name has 66 octets");
}

#[tokio::test(start_paused = true)]
async fn r_21_system_tags_are_neither_sent_nor_removed() {
    let sandbox = world_of(&format!(
        r#"buckets: [{{ account: "{ONE}", name: of-a-stack, region: {REGION}, tags: {{ "aws:cloudformation:stack-name": web, old: x }} }}]"#
    ));
    let client = s3(&sandbox);
    let put = |key: &str| {
        let tag = Tag::builder().key(key).value("x").build().expect("a tag");
        let tagging = Tagging::builder().tag_set(tag).build().expect("tags");
        client
            .put_bucket_tagging()
            .bucket("of-a-stack")
            .tagging(tagging)
            .send()
    };
    assert_eq!(
        code(put("aws:cloudformation:stack-name").await),
        "InvalidTag"
    );
    assert_eq!(error(put("new").await), "no error");
    let read = client
        .get_bucket_tagging()
        .bucket("of-a-stack")
        .send()
        .await;
    let read = read.expect("tags");
    let keys: Vec<&str> = read.tag_set().iter().map(Tag::key).collect();
    assert_eq!(keys, ["aws:cloudformation:stack-name", "new"]);
}

#[tokio::test(start_paused = true)]
async fn r_39_a_zone_that_is_delegated_to_and_deleted_can_be_taken_over() {
    let sandbox = world_of(&format!(
        r#"{{ zones: [{{ account: "{ONE}", name: example.org }}], limits: {{ route53: {{ zones: 2000 }} }} }}"#
    ));
    let held = sandbox
        .world()
        .route53
        .zones_of(ONE)
        .next()
        .map(|zone| zone.id.clone());
    let id = held.expect("a zone");
    route53(&sandbox, ONE)
        .delete_hosted_zone()
        .id(&id)
        .send()
        .await
        .expect("it is deleted");
    let is_taken = |world: &World| {
        let found = world.resolve("example.org", "SOA", sandbox.clock().now());
        matches!(found, sandbox::dns::Lookup::Found { .. })
    };
    for number in 0..1000 {
        let made = zone(&sandbox, TWO, &format!("try {number}")).await;
        made.expect("a zone");
        wait(&sandbox, 60).await;
        if is_taken(&sandbox.world()) {
            return;
        }
    }
    panic!("no server of a thousand zones was the one that is delegated to");
}

#[tokio::test(start_paused = true)]
async fn r_40_a_configuration_set_goes_although_an_identity_names_it() {
    let sandbox = world_of("weather: calm");
    let client = v2(&sandbox);
    let set = client
        .create_configuration_set()
        .configuration_set_name("mail");
    set.send().await.expect("a set");
    let identity = client.create_email_identity().email_identity("example.org");
    identity
        .configuration_set_name("mail")
        .send()
        .await
        .expect("an identity");
    let gone = client
        .delete_configuration_set()
        .configuration_set_name("mail");
    gone.send().await.expect("it is deleted");
    let identity = client
        .get_email_identity()
        .email_identity("example.org")
        .send()
        .await;
    let identity = identity.expect("an identity");
    assert_eq!(identity.configuration_set_name(), Some("mail"));
}

#[tokio::test(start_paused = true)]
async fn r_41_a_distribution_on_a_pricing_plan_stays() {
    let sandbox = world_of("weather: calm");
    let (id, etag) = created(&sandbox, built(configuration("one"))).await;
    wait(&sandbox, 600).await;
    let owned = Owned {
        account: ONE,
        id: &id,
    };
    if let Ok(held) = sandbox.world().cloudfront.distribution_mut(owned) {
        held.pricing_plan = true;
    }
    let delete = cloudfront(&sandbox).delete_distribution();
    let said = error(delete.id(&id).if_match(&etag).send().await);
    assert!(said.starts_with("PreconditionFailed"), "{said}");
    assert!(said.contains("pricing plan"), "{said}");
}

#[tokio::test(start_paused = true)]
async fn r_44_a_signed_zone_can_not_be_deleted() {
    let sandbox = world_of(&format!(
        r#"zones: [{{ account: "{ONE}", name: example.org, signed: true }}]"#
    ));
    let held = sandbox
        .world()
        .route53
        .zones_of(ONE)
        .next()
        .map(|zone| zone.id.clone());
    let id = held.expect("a zone");
    let client = route53(&sandbox, ONE);
    let dnssec = client
        .get_dnssec()
        .hosted_zone_id(&id)
        .send()
        .await
        .expect("it");
    assert_eq!(dnssec.key_signing_keys().len(), 1);
    let deleted = client.delete_hosted_zone().id(&id).send().await;
    let said = error(deleted);
    assert!(said.starts_with("HostedZoneNotEmpty"), "{said}");
    assert!(said.contains("DNSSEC"), "{said}");
}

#[tokio::test(start_paused = true)]
async fn r_45_an_identity_with_tenants_stays() {
    let sandbox = world_of(&format!(
        r#"ses: [{{ account: "{ONE}", region: {REGION}, tenants: {{ example.org: [shop] }} }}]"#
    ));
    let client = v2(&sandbox);
    let identity = client.create_email_identity().email_identity("example.org");
    identity.send().await.expect("an identity");
    let arn = format!("arn:aws:ses:{REGION}:{ONE}:identity/example.org");
    let tenants = client
        .list_resource_tenants()
        .resource_arn(arn)
        .send()
        .await;
    let tenants = tenants.expect("tenants");
    assert_eq!(tenants.resource_tenants()[0].tenant_name(), Some("shop"));
    let deleted = client.delete_email_identity().email_identity("example.org");
    assert_eq!(code(deleted.send().await), "ConflictException");
}

#[tokio::test(start_paused = true)]
async fn r_46_a_zone_that_switches_accelerated_recovery_takes_no_changes() {
    let sandbox = world_of(&format!(
        r#"zones: [{{ account: "{ONE}", name: example.org, accelerated_recovery: "2026-11-24T12:05:00Z" }}]"#
    ));
    let held = sandbox
        .world()
        .route53
        .zones_of(ONE)
        .next()
        .map(|zone| zone.id.clone());
    let id = held.expect("a zone");
    let said = change(&sandbox, &id).await;
    assert!(said.ends_with("is marked disabled for mutation"), "{said}");
    wait(&sandbox, 301).await;
    assert_eq!(change(&sandbox, &id).await, "no error");
}

#[tokio::test(start_paused = true)]
async fn r_47_a_continuous_deployment_policy_holds_the_certificate() {
    let sandbox = world_of("weather: calm");
    let config = configuration("one").continuous_deployment_policy_id("policy");
    let (id, etag) = created(&sandbox, built(config)).await;
    let read = cloudfront(&sandbox)
        .get_distribution_config()
        .id(&id)
        .send()
        .await;
    let mut config = read.expect("it").distribution_config().expect("it").clone();
    let arn = certificate(&sandbox, "www.example.org", "one").await;
    let viewer = ViewerCertificate::builder()
        .acm_certificate_arn(arn)
        .ssl_support_method(SslSupportMethod::SniOnly);
    config.viewer_certificate = Some(viewer.build());
    let update = cloudfront(&sandbox).update_distribution();
    let update = update.id(&id).if_match(&etag).distribution_config(config);
    let said = error(update.send().await);
    assert!(
        said.starts_with("IllegalUpdate: Continuous deployment policy"),
        "{said}"
    );
}

#[tokio::test(start_paused = true)]
async fn r_51_a_region_that_is_off_knows_no_keys() {
    let sandbox = world_of(&format!(
        r#"accounts: {{ "{ONE}": {{ regions_off: [af-south-1] }} }}"#
    ));
    let far = config(&sandbox, ONE, "af-south-1");
    let identity = aws_sdk_sesv2::Client::new(&far).get_account().send().await;
    assert_eq!(code(identity), "UnrecognizedClientException");
    let caller = aws_sdk_sts::Client::new(&far)
        .get_caller_identity()
        .send()
        .await;
    assert_eq!(code(caller), "InvalidClientTokenId");
    let near = config(&sandbox, ONE, REGION);
    let identity = aws_sdk_sesv2::Client::new(&near).get_account().send().await;
    assert_eq!(error(identity), "no error");
}

#[tokio::test(start_paused = true)]
async fn r_53_acm_counts_the_requests_of_a_year() {
    let sandbox = world_of("limits: { acm: { yearly: 2 } }");
    for token in ["one", "two"] {
        let arn = certificate(&sandbox, "www.example.org", token).await;
        let deleted = acm(&sandbox).delete_certificate().certificate_arn(arn);
        deleted.send().await.expect("it is deleted");
    }
    let third = || {
        let asked = acm(&sandbox).request_certificate();
        asked
            .domain_name("www.example.org")
            .validation_method(ValidationMethod::Dns)
            .send()
    };
    assert_eq!(code(third().await), "LimitExceededException");
    wait(&sandbox, 366 * 86_400).await;
    assert_eq!(error(third().await), "no error");
}

#[tokio::test(start_paused = true)]
async fn r_54_a_fresh_account_waits_for_its_services() {
    let sandbox = world_of(&format!(
        r#"accounts: {{ "{ONE}": {{ opens: "2026-11-24T12:10:00Z" }} }}"#
    ));
    assert_eq!(
        code(s3(&sandbox).list_buckets().send().await),
        "NotSignedUp"
    );
    let listed = cloudfront(&sandbox).list_distributions().send().await;
    assert_eq!(code(listed), "OptInRequired");
    let listed = acm(&sandbox).list_certificates().send().await;
    assert_eq!(code(listed), "SubscriptionRequiredException");
    wait(&sandbox, 600).await;
    assert_eq!(error(s3(&sandbox).list_buckets().send().await), "no error");
}

#[tokio::test(start_paused = true)]
async fn r_57_a_new_configuration_set_is_not_found_by_the_next_call() {
    let sandbox = stormy(Behaviour::NewSetUnknown, &format!("{ONE}/{REGION} mail"), 3);
    let client = v2(&sandbox);
    let set = client
        .create_configuration_set()
        .configuration_set_name("mail");
    set.send().await.expect("a set");
    let get = || {
        client
            .get_configuration_set()
            .configuration_set_name("mail")
            .send()
    };
    assert_eq!(code(get().await), "NotFoundException");
    wait(&sandbox, 11).await;
    assert_eq!(error(get().await), "no error");
}

#[tokio::test(start_paused = true)]
async fn lifecycle_rules_read_stale_too() {
    let key = format!("GetBucketLifecycleConfiguration {ONE} mail-assets");
    let sandbox = stormy(Behaviour::StaleSettings, &key, 60);
    let client = s3(&sandbox);
    create_bucket(&client, "mail-assets").await;
    let rule = LifecycleRule::builder()
        .id("old")
        .status(ExpirationStatus::Enabled)
        .filter(LifecycleRuleFilter::builder().prefix("").build())
        .expiration(LifecycleExpiration::builder().days(90).build())
        .build();
    let rules = BucketLifecycleConfiguration::builder()
        .rules(rule.expect("a rule"))
        .build();
    let put = client
        .put_bucket_lifecycle_configuration()
        .bucket("mail-assets");
    let put = put
        .lifecycle_configuration(rules.expect("rules"))
        .send()
        .await;
    put.expect("a setting");
    let read = client
        .get_bucket_lifecycle_configuration()
        .bucket("mail-assets");
    assert_eq!(code(read.send().await), "NoSuchLifecycleConfiguration");
}

#[tokio::test(start_paused = true)]
async fn r_09_an_alias_stays_taken_for_a_while_after_it_was_let_go() {
    let sandbox = world_of("weather: calm");
    let arn = certificate(&sandbox, "www.example.org", "one").await;
    validate(&sandbox, "www.example.org");
    wait(&sandbox, 60).await;
    let named = |reference: &str| {
        let viewer = ViewerCertificate::builder()
            .acm_certificate_arn(&arn)
            .ssl_support_method(SslSupportMethod::SniOnly)
            .build();
        let aliases = Aliases::builder()
            .quantity(1)
            .items("www.example.org")
            .build();
        let config = configuration(reference).viewer_certificate(viewer);
        built(config.aliases(aliases.expect("aliases")))
    };
    let (id, etag) = created(&sandbox, named("one")).await;
    wait(&sandbox, 600).await;
    let delete = cloudfront(&sandbox).delete_distribution();
    delete
        .id(&id)
        .if_match(&etag)
        .send()
        .await
        .expect("it is deleted");
    let create = || {
        let create = cloudfront(&sandbox).create_distribution();
        create.distribution_config(named("two")).send()
    };
    assert_eq!(code(create().await), "CNAMEAlreadyExists");
    wait(&sandbox, 121).await;
    assert_eq!(error(create().await), "no error");
}

#[tokio::test(start_paused = true)]
async fn r_29_a_load_balancer_answers_in_html_and_bodies_are_cut() {
    use sandbox::faults::{Fault, FaultKind};
    let script = vec![
        Fault::new(FaultKind::HtmlBefore)
            .at("s3", "ListBuckets")
            .nth(1),
        Fault::new(FaultKind::CutBody)
            .at("s3", "ListBuckets")
            .nth(2),
    ];
    let sandbox = sandbox_with(|world| {
        world.quotas = Quotas::none();
        world.faults.script = script;
    });
    let once = config(&sandbox, ONE, REGION)
        .into_builder()
        .retry_config(aws_config::retry::RetryConfig::disabled())
        .build();
    let client = aws_sdk_s3::Client::new(&once);
    let first = client.list_buckets().send().await.expect_err("a page");
    let status = first.raw_response().map(|reply| reply.status().as_u16());
    assert!(status.is_some_and(|status| status >= 500), "{first:?}");
    let second = client.list_buckets().send().await;
    assert!(second.is_err(), "{second:?}");
    assert_eq!(error(client.list_buckets().send().await), "no error");
}

#[tokio::test(start_paused = true)]
async fn r_06_writes_are_lost_for_a_while_after_versioning_is_first_on() {
    let sandbox = world_of("weather: calm");
    let client = s3(&sandbox);
    create_bucket(&client, "mail-assets").await;
    wait(&sandbox, 130).await;
    let behaviour = Behaviour::NewVersioningLosesWrites;
    sandbox.world().weather =
        seed(|weather| weather.duration(behaviour, "mail-assets").as_secs() > 60);
    let write = || {
        let put = client.put_object().bucket("mail-assets").key("logo.svg");
        put.send()
    };
    assert_eq!(error(write().await), "no error");
    let on = VersioningConfiguration::builder()
        .status(BucketVersioningStatus::Enabled)
        .build();
    let put = client.put_bucket_versioning().bucket("mail-assets");
    let put = put.versioning_configuration(on).send().await;
    put.expect("a setting");
    assert_eq!(code(write().await), "NoSuchKey");
    wait(&sandbox, 901).await;
    assert_eq!(error(write().await), "no error");
}

#[tokio::test(start_paused = true)]
async fn r_08_a_log_bucket_is_refused_just_after_its_policy_was_put() {
    let sandbox = world_of("weather: calm");
    let client = s3(&sandbox);
    for bucket in ["mail-assets", "mail-logs"] {
        create_bucket(&client, bucket).await;
    }
    wait(&sandbox, 130).await;
    let behaviour = Behaviour::NewLogBucketRefused;
    sandbox.world().weather =
        seed(|weather| weather.duration(behaviour, "mail-logs").as_secs() > 10);
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
        "Principal":{"Service":"logging.s3.amazonaws.com"},"Action":"s3:PutObject",
        "Resource":"arn:aws:s3:::mail-logs/*"}]}"#;
    let put = client.put_bucket_policy().bucket("mail-logs");
    put.policy(policy).send().await.expect("a policy");
    let log = || {
        let target = LoggingEnabled::builder()
            .target_bucket("mail-logs")
            .target_prefix("s3/")
            .build();
        let status = BucketLoggingStatus::builder()
            .logging_enabled(target.expect("a target"))
            .build();
        let put = client.put_bucket_logging().bucket("mail-assets");
        put.bucket_logging_status(status).send()
    };
    assert_eq!(code(log().await), "InvalidTargetBucketForLogging");
    wait(&sandbox, 31).await;
    assert_eq!(error(log().await), "no error");
}

#[tokio::test(start_paused = true)]
async fn r_42_a_distribution_is_shown_as_it_was_and_deployed_after_an_update() {
    let sandbox = world_of("weather: calm");
    let (id, etag) = created(&sandbox, built(configuration("one"))).await;
    wait(&sandbox, 600).await;
    let shown = format!("GetDistribution {ONE} {id}");
    let updated = format!("/2020-05-31/distribution/{id}/config {etag}");
    sandbox.world().weather = seed(|weather| {
        weather
            .duration(Behaviour::StaleDistribution, &shown)
            .as_secs()
            > 5
            && !weather.meets(Behaviour::MovedVersion, &updated)
    });
    let get = cloudfront(&sandbox).get_distribution_config().id(&id);
    let answer = get.send().await.expect("a configuration");
    let mut changed = answer.distribution_config.expect("one");
    "another".clone_into(&mut changed.comment);
    let update = cloudfront(&sandbox).update_distribution().id(&id);
    let update = update.if_match(&etag).distribution_config(changed);
    update.send().await.expect("an update");
    let seen = || async {
        let get = cloudfront(&sandbox).get_distribution().id(&id);
        let answer = get.send().await.expect("a distribution");
        let one = answer.distribution().expect("one").clone();
        let config = one.distribution_config().expect("a configuration");
        (one.status().to_owned(), config.comment() == "another")
    };
    assert_eq!(seen().await, ("Deployed".to_owned(), false));
    wait(&sandbox, 21).await;
    assert_eq!(seen().await, ("InProgress".to_owned(), true));
}

#[tokio::test(start_paused = true)]
async fn r_56_a_name_is_validated_and_no_record_is_shown_for_it() {
    let sandbox = world_of("weather: calm");
    let arn = certificate(&sandbox, "www.example.org", "one").await;
    validate(&sandbox, "www.example.org");
    wait(&sandbox, 600).await;
    let shown = || async {
        let asked = acm(&sandbox).describe_certificate().certificate_arn(&arn);
        let answer = asked.send().await.expect("a certificate");
        let one = answer.certificate().expect("one").clone();
        let option = one.domain_validation_options()[0].clone();
        (
            one.status().expect("a status").as_str().to_owned(),
            option.resource_record().is_some(),
        )
    };
    assert_eq!(shown().await, ("ISSUED".to_owned(), true));
    let name = format!("{arn} www.example.org");
    sandbox.world().weather =
        seed(|weather| weather.meets(Behaviour::ValidatedWithoutRecord, &name));
    assert_eq!(shown().await, ("ISSUED".to_owned(), false));
}
