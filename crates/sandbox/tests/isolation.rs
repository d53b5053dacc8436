//! Accounts and regions are apart, and what has one name in the world has one owner.

mod common;

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_acm::Client as Acm;
use aws_sdk_acm::types::ValidationMethod;
use aws_sdk_cloudfront::Client as CloudFront;
use aws_sdk_cloudfront::types as cf;
use aws_sdk_resourcegroupstagging::Client as Tagging;
use aws_sdk_route53::Client as Route53;
use aws_sdk_s3::Client as S3;
use aws_sdk_ses::Client as SesV1;
use aws_sdk_sesv2::Client as Ses;
use common::{ONE, TWO, code, config, sandbox, wait};
use sandbox::Sandbox;

const DOMAIN: &str = "example.com";

/// The resources that one caller made, by the names that AWS gave.
struct Made {
    bucket: String,
    access_control: String,
    distribution: String,
    certificate: String,
    zone: String,
}

/// Makes one of everything, each with the tag `project = mail` where it can have tags at once.
async fn make(config: &SdkConfig, bucket: &str) -> Made {
    let (access_control, distribution) = make_distribution(config, bucket).await;
    Made {
        bucket: make_bucket(config, bucket).await,
        access_control,
        distribution,
        certificate: make_certificate(config).await,
        zone: make_zone(config).await,
    }
}

async fn make_bucket(config: &SdkConfig, bucket: &str) -> String {
    let s3 = S3::new(config);
    let create = s3.create_bucket().bucket(bucket);
    create.send().await.expect("a bucket");
    let put = s3.put_object().bucket(bucket).key("logo.svg");
    let put = put.body(b"<svg/>".to_vec().into());
    put.send().await.expect("an object");
    bucket.to_owned()
}

async fn make_certificate(config: &SdkConfig) -> String {
    let tag = aws_sdk_acm::types::Tag::builder()
        .key("project")
        .value("mail");
    let asked = Acm::new(config)
        .request_certificate()
        .domain_name(DOMAIN)
        .validation_method(ValidationMethod::Dns)
        .tags(tag.build().expect("a tag"));
    let asked = asked.send().await.expect("a certificate");
    asked.certificate_arn.expect("an ARN")
}

/// Makes a zone, and an SES identity and a configuration set beside it.
async fn make_zone(config: &SdkConfig) -> String {
    let ses = Ses::new(config);
    let create = ses.create_configuration_set();
    let create = create.configuration_set_name("mail").send();
    create.await.expect("a configuration set");
    let create = ses.create_email_identity().email_identity(DOMAIN).send();
    create.await.expect("an identity");
    let route53 = Route53::new(config);
    let create = route53.create_hosted_zone().name(DOMAIN);
    let made = create.caller_reference("first").send().await;
    made.expect("a zone").hosted_zone.expect("a zone").id
}

async fn make_distribution(config: &SdkConfig, bucket: &str) -> (String, String) {
    let cloudfront = CloudFront::new(config);
    let access_control = cf::OriginAccessControlConfig::builder()
        .name("mail")
        .signing_protocol("sigv4".into())
        .signing_behavior("always".into())
        .origin_access_control_origin_type("s3".into())
        .build()
        .expect("an access control");
    let made = cloudfront
        .create_origin_access_control()
        .origin_access_control_config(access_control)
        .send()
        .await
        .expect("an access control");
    let access_control = made.origin_access_control.expect("one").id;
    let made = cloudfront
        .create_distribution()
        .distribution_config(distribution(bucket, &access_control, None));
    let made = made.send().await.expect("a distribution");
    (access_control, made.distribution.expect("one").id)
}

/// A distribution of a bucket; with an alias and its certificate, or with neither.
fn distribution(
    bucket: &str,
    access_control: &str,
    alias: Option<(&str, &str)>,
) -> cf::DistributionConfig {
    let origin = cf::Origin::builder()
        .id("assets")
        .domain_name(format!("{bucket}.s3.us-east-1.amazonaws.com"))
        .s3_origin_config(
            cf::S3OriginConfig::builder()
                .origin_access_identity("")
                .build(),
        )
        .origin_access_control_id(access_control)
        .build()
        .expect("an origin");
    let behavior = cf::DefaultCacheBehavior::builder()
        .target_origin_id("assets")
        .viewer_protocol_policy(cf::ViewerProtocolPolicy::HttpsOnly)
        .cache_policy_id("658327ea-f89d-4fab-a63d-7e88639e58f6")
        .build()
        .expect("a behavior");
    let origins = cf::Origins::builder().quantity(1).items(origin).build();
    let config = cf::DistributionConfig::builder()
        .caller_reference(alias.map_or("first", |(alias, _)| alias))
        .comment("")
        .enabled(true)
        .origins(origins.expect("origins"))
        .default_cache_behavior(behavior);
    let Some((alias, certificate)) = alias else {
        return config.build().expect("a configuration");
    };
    let aliases = cf::Aliases::builder().quantity(1).items(alias).build();
    let shown = cf::ViewerCertificate::builder()
        .acm_certificate_arn(certificate)
        .ssl_support_method(cf::SslSupportMethod::SniOnly)
        .minimum_protocol_version(cf::MinimumProtocolVersion::TlSv122021);
    config
        .aliases(aliases.expect("aliases"))
        .viewer_certificate(shown.build())
        .build()
        .expect("a configuration")
}

/// How much a caller sees of what is global: buckets, access controls, distributions, zones.
async fn global(config: &SdkConfig) -> [usize; 4] {
    let buckets = S3::new(config).list_buckets().send().await;
    let cloudfront = CloudFront::new(config);
    let controls = cloudfront.list_origin_access_controls().send().await;
    let controls = controls.expect("a list").origin_access_control_list;
    let distributions = cloudfront.list_distributions().send().await;
    let distributions = distributions.expect("a list").distribution_list;
    let zones = Route53::new(config).list_hosted_zones().send().await;
    [
        buckets.expect("a list").buckets().len(),
        controls.expect("a list").items().len(),
        distributions.expect("a list").items().len(),
        zones.expect("a list").hosted_zones().len(),
    ]
}

/// How much a caller sees of what is regional: certificates, identities by v2 and by v1,
/// configuration sets, and what carries tags.
async fn regional(config: &SdkConfig) -> [usize; 5] {
    let certificates = Acm::new(config).list_certificates().send().await;
    let ses = Ses::new(config);
    let identities = ses.list_email_identities().send().await;
    let by_v1 = SesV1::new(config).list_identities().send().await;
    let held_sets = ses.list_configuration_sets().send().await;
    let tagged = Tagging::new(config).get_resources().send().await;
    [
        certificates
            .expect("a list")
            .certificate_summary_list()
            .len(),
        identities.expect("a list").email_identities().len(),
        by_v1.expect("a list").identities().len(),
        held_sets.expect("a list").configuration_sets().len(),
        tagged.expect("a list").resource_tag_mapping_list().len(),
    ]
}

#[tokio::test(start_paused = true)]
async fn two_accounts_and_two_regions_never_see_each_others_resources() {
    let sandbox = sandbox();
    make(&config(&sandbox, ONE, "us-east-1"), "mail-assets").await;
    let here = config(&sandbox, ONE, "us-east-1");
    assert_eq!(
        (global(&here).await, regional(&here).await),
        ([1; 4], [1; 5])
    );
    let abroad = config(&sandbox, ONE, "eu-west-1");
    assert_eq!(
        (global(&abroad).await, regional(&abroad).await),
        ([1; 4], [0; 5])
    );
    for region in ["us-east-1", "eu-west-1"] {
        let other = config(&sandbox, TWO, region);
        assert_eq!(
            (global(&other).await, regional(&other).await),
            ([0; 4], [0; 5])
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_account_that_only_knows_the_names_is_refused_in_every_service() {
    let sandbox = sandbox();
    let made = make(&config(&sandbox, ONE, "us-east-1"), "mail-assets").await;
    let other = config(&sandbox, TWO, "us-east-1");
    let before = sandbox.world().dump();
    let (s3, cloudfront) = (S3::new(&other), CloudFront::new(&other));
    let (acm, ses) = (Acm::new(&other), Ses::new(&other));
    let route53 = Route53::new(&other);
    let get = s3.get_object().bucket(&made.bucket).key("logo.svg");
    assert_eq!(code(get.send().await), "AccessDenied");
    let delete = s3.delete_object().bucket(&made.bucket).key("logo.svg");
    assert_eq!(code(delete.send().await), "AccessDenied");
    let get = cloudfront.get_distribution().id(&made.distribution);
    assert_eq!(code(get.send().await), "NoSuchDistribution");
    let get = cloudfront.get_origin_access_control();
    let get = get.id(&made.access_control).send().await;
    assert_eq!(code(get), "NoSuchOriginAccessControl");
    let delete = acm.delete_certificate().certificate_arn(&made.certificate);
    assert_eq!(code(delete.send().await), "ResourceNotFoundException");
    let delete = route53.delete_hosted_zone().id(&made.zone);
    assert_eq!(code(delete.send().await), "AccessDenied");
    let delete = ses.delete_email_identity().email_identity(DOMAIN);
    assert_eq!(code(delete.send().await), "NotFoundException");
    let delete = ses.delete_configuration_set();
    let delete = delete.configuration_set_name("mail").send().await;
    assert_eq!(code(delete), "NotFoundException");
    assert_eq!(sandbox.world().dump(), before);
}

#[tokio::test(start_paused = true)]
async fn the_same_names_are_free_in_another_account() {
    let sandbox = sandbox();
    let one = config(&sandbox, ONE, "us-east-1");
    let two = config(&sandbox, TWO, "us-east-1");
    let first = make(&one, "mail-assets").await;
    let second = make(&two, "other-assets").await;
    assert_ne!(first.zone, second.zone);
    assert_ne!(first.distribution, second.distribution);
    for caller in [one, two] {
        assert_eq!(
            (global(&caller).await, regional(&caller).await),
            ([1; 4], [1; 5])
        );
    }
}

/// Requests a certificate for a name and lets it be issued.
async fn certify(sandbox: &Sandbox, config: &SdkConfig, name: &str) -> String {
    let acm = Acm::new(config);
    let asked = acm.request_certificate().domain_name(name);
    let asked = asked.validation_method(ValidationMethod::Dns).send().await;
    let arn = asked.expect("one").certificate_arn.expect("an ARN");
    wait(sandbox, 2).await;
    let described = acm.describe_certificate().certificate_arn(&arn).send();
    let certificate = described.await.expect("it").certificate.expect("one");
    let options = certificate.domain_validation_options();
    let record = options[0].resource_record().expect("a record");
    let now = sandbox.clock().now();
    let publish = &mut sandbox.world().dns;
    publish
        .publish(record.name(), "CNAME", &[record.value()], now)
        .expect("a name");
    arn
}

#[tokio::test(start_paused = true)]
async fn global_names_collide() {
    let sandbox = sandbox();
    let one = config(&sandbox, ONE, "us-east-1");
    let two = config(&sandbox, TWO, "us-east-1");
    make_bucket(&one, "mail-assets").await;
    let taken = S3::new(&two).create_bucket().bucket("mail-assets");
    assert_eq!(code(taken.send().await), "BucketAlreadyExists");
    let abroad = config(&sandbox, TWO, "eu-west-1");
    let place = aws_sdk_s3::types::CreateBucketConfiguration::builder()
        .location_constraint("eu-west-1".into())
        .build();
    let taken = S3::new(&abroad).create_bucket().bucket("mail-assets");
    let taken = taken.create_bucket_configuration(place).send().await;
    assert_eq!(code(taken), "BucketAlreadyExists");

    let alias = "www.example.com";
    let mut answers = Vec::new();
    for caller in [&one, &two] {
        let certificate = certify(&sandbox, caller, alias).await;
        wait(&sandbox, 40).await;
        let config = distribution("mail-assets", "", Some((alias, &certificate)));
        let create = CloudFront::new(caller).create_distribution();
        answers.push(code(create.distribution_config(config).send().await));
    }
    assert_eq!(answers, ["no error", "CNAMEAlreadyExists"]);
}

#[tokio::test(start_paused = true)]
async fn an_assumed_role_acts_in_its_account_in_every_service() {
    let sandbox = sandbox();
    let one = config(&sandbox, ONE, "us-east-1");
    let assumed = aws_sdk_sts::Client::new(&one)
        .assume_role()
        .role_arn(format!("arn:aws:iam::{TWO}:role/mail-deploy"))
        .role_session_name("deploy");
    let assumed = assumed.send().await.expect("the role is there");
    let given = assumed.credentials.expect("credentials");
    let token = Some(given.session_token);
    let session = Credentials::new(
        given.access_key_id,
        given.secret_access_key,
        token,
        None,
        "test",
    );
    let acting = one
        .to_builder()
        .credentials_provider(SharedCredentialsProvider::new(session))
        .build();
    make(&acting, "mail-assets").await;
    let two = config(&sandbox, TWO, "us-east-1");
    assert_eq!((global(&two).await, regional(&two).await), ([1; 4], [1; 5]));
    assert_eq!((global(&one).await, regional(&one).await), ([0; 4], [0; 5]));
}
