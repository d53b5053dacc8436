//! Amazon CloudFront through the AWS SDK, behaviour by behaviour. Its edge is in `https.rs`.

mod common;

use aws_sdk_acm::Client as Acm;
use aws_sdk_acm::operation::describe_certificate::DescribeCertificateOutput;
use aws_sdk_acm::types::{CertificateStatus, ValidationMethod};
use aws_sdk_cloudfront::Client;
use aws_sdk_cloudfront::error::SdkError;
use aws_sdk_cloudfront::operation::create_distribution::{
    CreateDistributionError, CreateDistributionOutput,
};
use aws_sdk_cloudfront::types::{
    Aliases, AllowedMethods, CacheBehavior, CacheBehaviors, CachedMethods, CookieNames,
    CookiePreference, CustomErrorResponse, CustomErrorResponses, CustomHeaders, CustomOriginConfig,
    DefaultCacheBehavior, Distribution, DistributionConfig, DistributionConfigWithTags,
    DistributionSummary, EventType, ForwardedValues, FunctionAssociation, FunctionAssociations,
    GeoRestriction, GeoRestrictionType, GrpcConfig, Headers, HttpVersion, InvalidationBatch,
    IpAddressType, ItemSelection, LambdaFunctionAssociation, LambdaFunctionAssociations,
    LoggingConfig, Method, MinimumProtocolVersion, Origin, OriginAccessControlConfig,
    OriginAccessControlOriginTypes, OriginAccessControlSigningBehaviors,
    OriginAccessControlSigningProtocols, OriginCustomHeader, OriginGroup,
    OriginGroupFailoverCriteria, OriginGroupMember, OriginGroupMembers,
    OriginGroupSelectionCriteria, OriginGroups, OriginProtocolPolicy, OriginShield,
    OriginSslProtocols, Origins, Paths, PriceClass, QueryStringCacheKeys, Restrictions,
    S3OriginConfig, SslProtocol, SslSupportMethod, StatusCodes, Tag, TagKeys, Tags,
    TrustedKeyGroups, TrustedSigners, ViewerCertificate, ViewerProtocolPolicy,
};
use common::{ONE, TWO, code, config, error, sandbox, wait};
use sandbox::Sandbox;

const OPTIMIZED: &str = "658327ea-f89d-4fab-a63d-7e88639e58f6";

fn client(sandbox: &Sandbox, account: &str) -> Client {
    Client::new(&config(sandbox, account, "us-east-1"))
}

/// Asks for a distribution with this configuration.
async fn create_with(
    client: &Client,
    config: DistributionConfig,
) -> Result<CreateDistributionOutput, SdkError<CreateDistributionError>> {
    let made = client.create_distribution().distribution_config(config);
    made.send().await
}

/// A certificate as ACM shows it.
async fn described(acm: &Acm, arn: &str) -> DescribeCertificateOutput {
    let read = acm.describe_certificate().certificate_arn(arn);
    read.send().await.expect("a certificate")
}

fn access_control(name: &str) -> OriginAccessControlConfig {
    OriginAccessControlConfig::builder()
        .name(name)
        .signing_protocol(OriginAccessControlSigningProtocols::Sigv4)
        .signing_behavior(OriginAccessControlSigningBehaviors::Always)
        .origin_access_control_origin_type(OriginAccessControlOriginTypes::S3)
        .build()
        .expect("an access control")
}

/// Makes an origin access control; gives its id and version.
async fn make_access_control(client: &Client, name: &str) -> (String, String) {
    let made = client
        .create_origin_access_control()
        .origin_access_control_config(access_control(name))
        .send()
        .await
        .expect("an access control");
    let id = made.origin_access_control().expect("one").id().to_owned();
    (id, made.e_tag().expect("a version").to_owned())
}

fn origin(access_control: &str) -> Origin {
    Origin::builder()
        .id("assets")
        .domain_name("assets.s3.us-east-1.amazonaws.com")
        .s3_origin_config(S3OriginConfig::builder().origin_access_identity("").build())
        .origin_access_control_id(access_control)
        .build()
        .expect("an origin")
}

fn origins(origin: Origin) -> Origins {
    Origins::builder()
        .quantity(1)
        .items(origin)
        .build()
        .expect("origins")
}

fn behavior() -> aws_sdk_cloudfront::types::builders::DefaultCacheBehaviorBuilder {
    DefaultCacheBehavior::builder()
        .target_origin_id("assets")
        .viewer_protocol_policy(ViewerProtocolPolicy::RedirectToHttps)
        .cache_policy_id(OPTIMIZED)
}

/// The smallest configuration: a bucket without an access control.
fn smallest(reference: &str) -> aws_sdk_cloudfront::types::builders::DistributionConfigBuilder {
    DistributionConfig::builder()
        .caller_reference(reference)
        .comment("")
        .enabled(true)
        .origins(origins(origin("")))
        .default_cache_behavior(behavior().build().expect("a behavior"))
}

async fn create(client: &Client, config: DistributionConfig) -> (Distribution, String) {
    let made = client
        .create_distribution()
        .distribution_config(config)
        .send()
        .await
        .expect("a distribution");
    let etag = made.e_tag().expect("a version").to_owned();
    (made.distribution.expect("one"), etag)
}

async fn get(client: &Client, id: &str) -> (Distribution, String) {
    let got = client
        .get_distribution()
        .id(id)
        .send()
        .await
        .expect("a distribution");
    let etag = got.e_tag().expect("a version").to_owned();
    (got.distribution.expect("one"), etag)
}

fn aliases(names: &[&str]) -> Aliases {
    Aliases::builder()
        .quantity(i32::try_from(names.len()).expect("a few"))
        .set_items(
            (!names.is_empty()).then(|| names.iter().map(|name| (*name).to_owned()).collect()),
        )
        .build()
        .expect("aliases")
}

fn with_certificate(arn: &str) -> ViewerCertificate {
    ViewerCertificate::builder()
        .acm_certificate_arn(arn)
        .ssl_support_method(SslSupportMethod::SniOnly)
        .minimum_protocol_version(MinimumProtocolVersion::TlSv122021)
        .build()
}

/// Requests a certificate; publishes its records and waits when it is to be issued.
async fn certificate(
    sandbox: &Sandbox,
    place: (&str, &str),
    names: &[&str],
    issue: bool,
) -> String {
    let acm = Acm::new(&config(sandbox, place.0, place.1));
    let others = names[1..]
        .iter()
        .map(|name| (*name).to_owned())
        .collect::<Vec<_>>();
    let asked = acm
        .request_certificate()
        .domain_name(names[0])
        .set_subject_alternative_names((!others.is_empty()).then_some(others))
        .validation_method(ValidationMethod::Dns)
        .send()
        .await
        .expect("a certificate");
    let arn = asked.certificate_arn().expect("an ARN").to_owned();
    if issue {
        wait(sandbox, 3).await;
        let got = described(&acm, &arn).await;
        let now = sandbox.clock().now();
        for option in got.certificate().expect("one").domain_validation_options() {
            let record = option.resource_record().expect("a record");
            let values = [record.value()];
            sandbox
                .world()
                .dns
                .publish(record.name(), "CNAME", &values, now)
                .expect("a name");
        }
        wait(sandbox, 41).await;
        let got = described(&acm, &arn).await;
        assert_eq!(
            got.certificate().expect("one").status(),
            Some(&CertificateStatus::Issued)
        );
    }
    arn
}

#[tokio::test(start_paused = true)]
async fn access_controls_are_made_read_changed_listed_and_deleted() {
    let sandbox = sandbox();
    let cloudfront = client(&sandbox, ONE);
    let (id, etag) = make_access_control(&cloudfront, "assets").await;
    let got = cloudfront
        .get_origin_access_control_config()
        .id(&id)
        .send()
        .await
        .expect("it");
    let held = got.origin_access_control_config().expect("one");
    assert_eq!((held.name(), held.description()), ("assets", Some("")));
    let changed = cloudfront
        .update_origin_access_control()
        .id(&id)
        .if_match(&etag)
        .origin_access_control_config(access_control("other"))
        .send()
        .await
        .expect("changed");
    assert_ne!(changed.e_tag(), Some(etag.as_str()));
    let list = cloudfront
        .list_origin_access_controls()
        .send()
        .await
        .expect("a list");
    let list = list.origin_access_control_list().expect("one");
    assert_eq!((list.quantity(), list.items()[0].name()), (1, "other"));
    let delete = |version: Option<&str>| {
        cloudfront
            .delete_origin_access_control()
            .id(&id)
            .set_if_match(version.map(ToOwned::to_owned))
            .send()
    };
    assert_eq!(code(delete(None).await), "InvalidIfMatchVersion");
    assert_eq!(code(delete(Some(&etag)).await), "PreconditionFailed");
    delete(changed.e_tag()).await.expect("deleted");
    assert_eq!(
        code(delete(changed.e_tag()).await),
        "NoSuchOriginAccessControl"
    );
}

#[tokio::test(start_paused = true)]
async fn the_names_of_access_controls_are_unique_in_an_account() {
    let sandbox = sandbox();
    let cloudfront = client(&sandbox, ONE);
    make_access_control(&cloudfront, "assets").await;
    let again = cloudfront
        .create_origin_access_control()
        .origin_access_control_config(access_control("assets"))
        .send()
        .await;
    assert_eq!(code(again), "OriginAccessControlAlreadyExists");
    make_access_control(&client(&sandbox, TWO), "assets").await;
}

#[tokio::test(start_paused = true)]
async fn an_access_control_in_use_stays() {
    let sandbox = sandbox();
    let cloudfront = client(&sandbox, ONE);
    let (id, etag) = make_access_control(&cloudfront, "assets").await;
    let config = smallest("one")
        .origins(origins(origin(&id)))
        .build()
        .expect("a configuration");
    create(&cloudfront, config).await;
    let delete = cloudfront
        .delete_origin_access_control()
        .id(&id)
        .if_match(etag)
        .send()
        .await;
    assert_eq!(code(delete), "OriginAccessControlInUse");
}

#[tokio::test(start_paused = true)]
async fn all_defaults_are_filled_on_read() {
    let sandbox = sandbox();
    let cloudfront = client(&sandbox, ONE);
    let (made, _) = create(
        &cloudfront,
        smallest("one").build().expect("a configuration"),
    )
    .await;
    assert!(made.id().starts_with('E') && made.id().len() == 14);
    assert!(made.domain_name().starts_with('d') && made.domain_name().ends_with(".cloudfront.net"));
    assert_eq!(
        made.arn(),
        format!("arn:aws:cloudfront::{ONE}:distribution/{}", made.id())
    );
    let config = made.distribution_config().expect("a configuration");
    assert_eq!(config.aliases().map(Aliases::quantity), Some(0));
    assert_eq!(config.default_root_object(), Some(""));
    assert_eq!(
        config.price_class().map(PriceClass::as_str),
        Some("PriceClass_All")
    );
    assert_eq!(config.http_version(), Some(&HttpVersion::Http2));
    assert_eq!(config.web_acl_id(), Some(""));
    assert_eq!(config.logging().map(LoggingConfig::enabled), Some(false));
    let viewer = config.viewer_certificate().expect("a certificate");
    assert_eq!(viewer.cloud_front_default_certificate(), Some(true));
    assert_eq!(
        viewer.minimum_protocol_version(),
        Some(&MinimumProtocolVersion::TlSv1)
    );
    let restriction = config
        .restrictions()
        .and_then(|all| all.geo_restriction())
        .expect("one");
    assert_eq!(
        (
            restriction.restriction_type().as_str(),
            restriction.quantity()
        ),
        ("none", 0)
    );
    let origin = &config.origins().expect("origins").items()[0];
    assert_eq!(
        (
            origin.origin_path(),
            origin.connection_attempts(),
            origin.connection_timeout()
        ),
        (Some(""), Some(3), Some(10))
    );
    let behavior = config.default_cache_behavior().expect("a behavior");
    assert_eq!(behavior.compress(), Some(false));
    assert_eq!(behavior.field_level_encryption_id(), Some(""));
    let methods = behavior.allowed_methods().expect("methods");
    assert_eq!(
        (
            methods.quantity(),
            methods.cached_methods().map(CachedMethods::quantity)
        ),
        (2, Some(2))
    );
}

#[tokio::test(start_paused = true)]
async fn what_was_read_can_be_sent_back_and_changes_nothing() {
    let sandbox = sandbox();
    let cloudfront = client(&sandbox, ONE);
    let (made, etag) = create(
        &cloudfront,
        smallest("one").build().expect("a configuration"),
    )
    .await;
    let config = made.distribution_config().expect("a configuration").clone();
    let updated = cloudfront
        .update_distribution()
        .id(made.id())
        .if_match(&etag)
        .distribution_config(config.clone())
        .send()
        .await
        .expect("updated");
    let held = updated.distribution().expect("one");
    assert_eq!(held.distribution_config(), Some(&config));
    let got = cloudfront
        .get_distribution_config()
        .id(made.id())
        .send()
        .await
        .expect("it");
    assert_eq!(got.distribution_config(), Some(&config));
    assert_eq!(got.e_tag(), updated.e_tag());
    assert_ne!(got.e_tag(), Some(etag.as_str()));
}

#[tokio::test(start_paused = true)]
async fn a_missing_and_a_wrong_version_are_two_errors() {
    let sandbox = sandbox();
    let cloudfront = client(&sandbox, ONE);
    let (made, _) = create(
        &cloudfront,
        smallest("one").build().expect("a configuration"),
    )
    .await;
    let config = made.distribution_config().expect("a configuration").clone();
    let update = |version: Option<&str>| {
        cloudfront
            .update_distribution()
            .id(made.id())
            .set_if_match(version.map(ToOwned::to_owned))
            .distribution_config(config.clone())
            .send()
    };
    assert_eq!(
        error(update(None).await),
        "InvalidIfMatchVersion: The If-Match version is missing or not valid for the resource."
    );
    assert_eq!(
        code(update(Some("E1234567890ABC")).await),
        "PreconditionFailed"
    );
    assert_eq!(
        code(cloudfront.delete_distribution().id(made.id()).send().await),
        "InvalidIfMatchVersion"
    );
}

#[tokio::test(start_paused = true)]
async fn a_caller_reference_is_used_once() {
    let sandbox = sandbox();
    let cloudfront = client(&sandbox, ONE);
    let config = |comment: &str| {
        smallest("one")
            .comment(comment)
            .build()
            .expect("a configuration")
    };
    let (made, _) = create(&cloudfront, config("")).await;
    for comment in ["", "other"] {
        let again = create_with(&cloudfront, config(comment)).await;
        assert_eq!(
            error(again),
            format!(
                "DistributionAlreadyExists: The caller reference that you are using to create a distribution is associated with another distribution. Already exists: {}",
                made.id()
            )
        );
    }
    create(&client(&sandbox, TWO), config("")).await;
}

#[tokio::test(start_paused = true)]
async fn r_34_an_update_says_everything_and_keeps_the_caller_reference() {
    let sandbox = sandbox();
    let cloudfront = client(&sandbox, ONE);
    let (made, etag) = create(
        &cloudfront,
        smallest("one").build().expect("a configuration"),
    )
    .await;
    let update = |config: DistributionConfig| {
        cloudfront
            .update_distribution()
            .id(made.id())
            .if_match(&etag)
            .distribution_config(config)
            .send()
    };
    let short = smallest("one").build().expect("a configuration");
    assert_eq!(
        error(update(short).await),
        "IllegalUpdate: Aliases is required for updates."
    );
    let mut other = made.distribution_config().expect("a configuration").clone();
    other.caller_reference = "two".to_owned();
    assert_eq!(
        error(update(other).await),
        "IllegalUpdate: The update contains modifications that are not allowed."
    );
}

#[tokio::test(start_paused = true)]
async fn a_distribution_is_in_progress_after_create_and_update() {
    let sandbox = sandbox();
    let cloudfront = client(&sandbox, ONE);
    let (made, etag) = create(
        &cloudfront,
        smallest("one").build().expect("a configuration"),
    )
    .await;
    assert_eq!(made.status(), "InProgress");
    wait(&sandbox, 160).await;
    assert_eq!(get(&cloudfront, made.id()).await.0.status(), "InProgress");
    wait(&sandbox, 10).await;
    assert_eq!(get(&cloudfront, made.id()).await.0.status(), "Deployed");
    let config = made.distribution_config().expect("a configuration").clone();
    let update = cloudfront
        .update_distribution()
        .id(made.id())
        .if_match(etag)
        .distribution_config(config);
    let updated = update
        .send()
        .await
        .expect("updated")
        .distribution
        .expect("one");
    assert_eq!(updated.status(), "InProgress");
    wait(&sandbox, 170).await;
    assert_eq!(get(&cloudfront, made.id()).await.0.status(), "Deployed");
}

#[tokio::test(start_paused = true)]
async fn only_a_disabled_and_deployed_distribution_can_be_deleted() {
    let sandbox = sandbox();
    let cloudfront = client(&sandbox, ONE);
    let (made, etag) = create(
        &cloudfront,
        smallest("one").build().expect("a configuration"),
    )
    .await;
    let delete = |version: &str| {
        cloudfront
            .delete_distribution()
            .id(made.id())
            .if_match(version)
            .send()
    };
    wait(&sandbox, 170).await;
    assert_eq!(
        error(delete(&etag).await),
        "DistributionNotDisabled: The distribution you are trying to delete has not been disabled."
    );
    let mut config = made.distribution_config().expect("a configuration").clone();
    config.enabled = false;
    let update = cloudfront
        .update_distribution()
        .id(made.id())
        .if_match(&etag)
        .distribution_config(config);
    let etag = update
        .send()
        .await
        .expect("disabled")
        .e_tag
        .expect("a version");
    assert_eq!(code(delete(&etag).await), "DistributionNotDisabled");
    wait(&sandbox, 170).await;
    delete(&etag).await.expect("deleted");
    assert_eq!(code(delete(&etag).await), "NoSuchDistribution");
}

#[tokio::test(start_paused = true)]
async fn unknown_access_controls_policies_and_origins_are_refused() {
    let sandbox = sandbox();
    let cloudfront = client(&sandbox, ONE);
    let foreign = make_access_control(&client(&sandbox, TWO), "assets")
        .await
        .0;
    let refusal = async |config: aws_sdk_cloudfront::types::builders::DistributionConfigBuilder| {
        let config = config.build().expect("a configuration");
        code(create_with(&cloudfront, config).await)
    };
    let behaves = |behavior: aws_sdk_cloudfront::types::builders::DefaultCacheBehaviorBuilder| {
        smallest("one").default_cache_behavior(behavior.build().expect("a behavior"))
    };
    let none = "00000000-0000-0000-0000-000000000000";
    for id in ["E1234567890ABC", &foreign] {
        let config = smallest("one").origins(origins(origin(id)));
        assert_eq!(refusal(config).await, "NoSuchOriginAccessControl");
    }
    assert_eq!(
        refusal(behaves(behavior().target_origin_id("other"))).await,
        "NoSuchOrigin"
    );
    assert_eq!(
        refusal(behaves(behavior().cache_policy_id(none))).await,
        "NoSuchCachePolicy"
    );
    assert_eq!(
        refusal(behaves(behavior().origin_request_policy_id(none))).await,
        "NoSuchOriginRequestPolicy"
    );
    assert_eq!(
        refusal(behaves(behavior().response_headers_policy_id(none))).await,
        "NoSuchResponseHeadersPolicy"
    );
    let mut elsewhere = origin("");
    elsewhere.domain_name = "www.example.com".to_owned();
    assert_eq!(
        refusal(smallest("one").origins(origins(elsewhere))).await,
        "InvalidArgument"
    );
    assert_eq!(
        refusal(smallest("one").default_root_object("/index.html")).await,
        "InvalidDefaultRootObject"
    );
    for alias in ["www", "a b.example.com", "www.*.example.com"] {
        assert_eq!(
            refusal(smallest("one").aliases(aliases(&[alias]))).await,
            "InvalidArgument",
            "{alias}"
        );
    }
    let mut wrong = aliases(&["a.example.com"]);
    wrong.quantity = 2;
    assert_eq!(
        refusal(smallest("one").aliases(wrong)).await,
        "InconsistentQuantities"
    );
}

#[tokio::test(start_paused = true)]
#[expect(deprecated, reason = "the fields that a cache policy replaces")]
async fn a_behavior_has_a_cache_policy_or_forwarded_values() {
    let sandbox = sandbox();
    let cloudfront = client(&sandbox, ONE);
    let cookies = CookiePreference::builder()
        .forward(ItemSelection::None)
        .build()
        .expect("cookies");
    let values = ForwardedValues::builder()
        .query_string(false)
        .cookies(cookies)
        .build()
        .expect("values");
    let ask = |behavior: aws_sdk_cloudfront::types::builders::DefaultCacheBehaviorBuilder| {
        let config = smallest("one").default_cache_behavior(behavior.build().expect("a behavior"));
        let config = config.build().expect("a configuration");
        cloudfront
            .create_distribution()
            .distribution_config(config)
            .send()
    };
    assert_eq!(
        code(ask(behavior().set_cache_policy_id(None)).await),
        "InvalidArgument"
    );
    assert_eq!(
        code(ask(behavior().forwarded_values(values.clone())).await),
        "InvalidArgument"
    );
    let made = ask(behavior()
        .set_cache_policy_id(None)
        .forwarded_values(values))
    .await
    .expect("a distribution");
    let config = made
        .distribution
        .expect("one")
        .distribution_config
        .expect("a configuration");
    let times = config
        .default_cache_behavior()
        .map(|held| (held.min_ttl(), held.default_ttl(), held.max_ttl()));
    assert_eq!(times, Some((Some(0), Some(86_400), Some(31_536_000))));
}

#[tokio::test(start_paused = true)]
async fn a_certificate_must_exist_be_issued_in_virginia_and_cover_every_alias() {
    let sandbox = sandbox();
    let cloudfront = client(&sandbox, ONE);
    let good = certificate(
        &sandbox,
        (ONE, "us-east-1"),
        &["example.com", "*.example.com"],
        true,
    )
    .await;
    let pending = certificate(&sandbox, (ONE, "us-east-1"), &["other.example.com"], false).await;
    let ireland = certificate(
        &sandbox,
        (ONE, "eu-west-1"),
        &["example.com", "*.example.com"],
        true,
    )
    .await;
    let foreign = certificate(&sandbox, (TWO, "us-east-1"), &["*.example.com"], true).await;
    let refusal = async |arn: &str, alias: &str| {
        let config = smallest("one")
            .aliases(aliases(&[alias]))
            .viewer_certificate(with_certificate(arn));
        let config = config.build().expect("a configuration");
        error(create_with(&cloudfront, config).await)
    };
    let missing = good.replace(&good[good.len() - 12..], "000000000000");
    let unusable = "InvalidViewerCertificate: The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a valid certificate chain.";
    for (arn, alias) in [
        (&missing, "www.example.com"),
        (&pending, "other.example.com"),
        (&ireland, "www.example.com"),
        (&foreign, "www.example.com"),
    ] {
        assert_eq!(refusal(arn, alias).await, unusable, "{arn}");
    }
    let uncovered = refusal(&good, "a.b.example.com").await;
    assert!(uncovered.starts_with("InvalidViewerCertificate: The certificate that is attached to your distribution doesn't cover"), "{uncovered}");
    assert_eq!(refusal(&good, "www.example.com").await, "no error");
}

#[tokio::test(start_paused = true)]
async fn an_alias_needs_a_certificate() {
    let sandbox = sandbox();
    let cloudfront = client(&sandbox, ONE);
    let config = smallest("one")
        .aliases(aliases(&["www.example.com"]))
        .build()
        .expect("a configuration");
    let refusal = error(create_with(&cloudfront, config).await);
    assert!(refusal.starts_with("InvalidViewerCertificate: To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a trusted certificate"), "{refusal}");
}

#[tokio::test(start_paused = true)]
async fn aliases_are_unique_across_all_accounts() {
    let sandbox = sandbox();
    let names = ["example.com", "*.example.com", "*.a.example.com"];
    let one = certificate(&sandbox, (ONE, "us-east-1"), &names, true).await;
    let two = certificate(&sandbox, (TWO, "us-east-1"), &names, true).await;
    let ask = async |account: &str, reference: &str, alias: &str| {
        let arn = if account == ONE { &one } else { &two };
        let config = smallest(reference)
            .aliases(aliases(&[alias]))
            .viewer_certificate(with_certificate(arn));
        let config = config.build().expect("a configuration");
        error(create_with(&client(&sandbox, account), config).await)
    };
    let taken = "CNAMEAlreadyExists: One or more of the CNAMEs you provided are already associated with a different resource.";
    assert_eq!(ask(ONE, "1", "www.example.com").await, "no error");
    assert_eq!(ask(ONE, "2", "WWW.example.com").await, taken);
    assert_eq!(ask(TWO, "3", "www.example.com").await, taken);
    assert_eq!(
        ask(TWO, "4", "*.example.com").await,
        taken,
        "a wildcard over another account's alias"
    );
    assert_eq!(ask(ONE, "5", "*.example.com").await, "no error");
    assert_eq!(
        ask(TWO, "6", "x.example.com").await,
        taken,
        "an alias under another account's wildcard"
    );
    assert_eq!(ask(TWO, "7", "x.a.example.com").await, "no error");
}

#[tokio::test(start_paused = true)]
async fn r_15_an_alias_that_points_at_another_distribution_is_refused() {
    let sandbox = sandbox();
    let cloudfront = client(&sandbox, ONE);
    let arn = certificate(&sandbox, (ONE, "us-east-1"), &["www.example.com"], true).await;
    let (other, _) = create(
        &cloudfront,
        smallest("other").build().expect("a configuration"),
    )
    .await;
    let now = sandbox.clock().now();
    sandbox
        .world()
        .dns
        .publish("www.example.com", "CNAME", &[other.domain_name()], now)
        .expect("a name");
    let config = smallest("one")
        .aliases(aliases(&["www.example.com"]))
        .viewer_certificate(with_certificate(&arn));
    let config = config.build().expect("a configuration");
    let refusal = error(create_with(&cloudfront, config).await);
    assert!(refusal.starts_with("CNAMEAlreadyExists: One or more aliases specified for the distribution includes an incorrectly configured DNS record"), "{refusal}");
}

#[tokio::test(start_paused = true)]
async fn a_certificate_in_use_says_by_whom_and_stays() {
    let sandbox = sandbox();
    let cloudfront = client(&sandbox, ONE);
    let arn = certificate(&sandbox, (ONE, "us-east-1"), &["www.example.com"], true).await;
    let config = smallest("one")
        .aliases(aliases(&["www.example.com"]))
        .viewer_certificate(with_certificate(&arn));
    let (made, _) = create(&cloudfront, config.build().expect("a configuration")).await;
    let acm = Acm::new(&config_of(&sandbox));
    let held = described(&acm, &arn).await;
    assert_eq!(held.certificate().expect("one").in_use_by(), [made.arn()]);
    assert_eq!(
        error(acm.delete_certificate().certificate_arn(&arn).send().await),
        format!("ResourceInUseException: Certificate {arn} in account {ONE} is in use.")
    );
}

fn config_of(sandbox: &Sandbox) -> aws_config::SdkConfig {
    config(sandbox, ONE, "us-east-1")
}

#[tokio::test(start_paused = true)]
async fn logs_need_a_bucket_with_acls() {
    let sandbox = sandbox();
    let cloudfront = client(&sandbox, ONE);
    let s3 = aws_sdk_s3::Client::new(&config_of(&sandbox));
    let bucket = async |name: &str, ownership: &str| {
        let create = s3
            .create_bucket()
            .bucket(name)
            .object_ownership(ownership.into());
        create.send().await.expect("a bucket");
    };
    bucket("owner-logs", "BucketOwnerEnforced").await;
    bucket("acl-logs", "BucketOwnerPreferred").await;
    let ask = async |reference: &str, bucket: &str| {
        let logging = LoggingConfig::builder()
            .enabled(true)
            .include_cookies(false)
            .bucket(bucket)
            .prefix("");
        let config = smallest(reference)
            .logging(logging.build())
            .build()
            .expect("a configuration");
        error(create_with(&cloudfront, config).await)
    };
    assert_eq!(
        ask("1", "owner-logs.s3.amazonaws.com").await,
        "InvalidArgument: The S3 bucket that you specified for CloudFront logs does not enable ACL access: owner-logs.s3.amazonaws.com"
    );
    assert_eq!(
        ask("2", "acl-logs").await,
        "InvalidArgument: The parameter Logging Bucket does not refer to a valid S3 bucket."
    );
    assert_eq!(ask("3", "acl-logs.s3.amazonaws.com").await, "no error");
}

fn batch(reference: &str, paths: &[&str]) -> InvalidationBatch {
    let paths = Paths::builder()
        .quantity(i32::try_from(paths.len()).expect("a few"))
        .set_items(Some(paths.iter().map(|path| (*path).to_owned()).collect()))
        .build()
        .expect("paths");
    InvalidationBatch::builder()
        .caller_reference(reference)
        .paths(paths)
        .build()
        .expect("a batch")
}

#[tokio::test(start_paused = true)]
async fn invalidations_complete_and_can_be_replayed() {
    let sandbox = sandbox();
    let cloudfront = client(&sandbox, ONE);
    let (made, _) = create(
        &cloudfront,
        smallest("one").build().expect("a configuration"),
    )
    .await;
    let ask = |batch: InvalidationBatch| {
        cloudfront
            .create_invalidation()
            .distribution_id(made.id())
            .invalidation_batch(batch)
            .send()
    };
    let first = ask(batch("1", &["/a", "/b/*"]))
        .await
        .expect("an invalidation")
        .invalidation
        .expect("one");
    assert_eq!(first.status(), "InProgress");
    assert_eq!(
        get(&cloudfront, made.id())
            .await
            .0
            .in_progress_invalidation_batches(),
        1
    );
    let again = ask(batch("1", &["/a", "/b/*"]))
        .await
        .expect("the same")
        .invalidation
        .expect("one");
    assert_eq!(again.id(), first.id());
    assert_eq!(
        code(ask(batch("1", &["/c"])).await),
        "InvalidationBatchAlreadyExists"
    );
    assert_eq!(code(ask(batch("2", &["c"])).await), "InvalidArgument");
    let got = || cloudfront.get_invalidation().distribution_id(made.id());
    wait(&sandbox, 20).await;
    let done = got()
        .id(first.id())
        .send()
        .await
        .expect("it")
        .invalidation
        .expect("one");
    assert_eq!(done.status(), "Completed");
    assert_eq!(
        code(got().id("I0000000000000").send().await),
        "NoSuchInvalidation"
    );
    ask(batch("3", &["/*"])).await.expect("another");
    let list = cloudfront
        .list_invalidations()
        .distribution_id(made.id())
        .max_items(1)
        .send()
        .await
        .expect("a list");
    let list = list.invalidation_list().expect("one");
    assert!(list.is_truncated());
    let rest = cloudfront
        .list_invalidations()
        .distribution_id(made.id())
        .set_marker(list.next_marker().map(ToOwned::to_owned));
    let rest = rest
        .send()
        .await
        .expect("a list")
        .invalidation_list
        .expect("one");
    assert_eq!(rest.items()[0].id(), first.id());
}

fn tags(pairs: &[(&str, &str)]) -> Tags {
    let tag = |(key, value): &(&str, &str)| {
        Tag::builder()
            .key(*key)
            .value(*value)
            .build()
            .expect("a tag")
    };
    Tags::builder()
        .set_items(Some(pairs.iter().map(tag).collect()))
        .build()
}

#[tokio::test(start_paused = true)]
async fn tags_are_set_listed_and_removed() {
    let sandbox = sandbox();
    let cloudfront = client(&sandbox, ONE);
    let both = DistributionConfigWithTags::builder()
        .distribution_config(smallest("one").build().expect("a configuration"))
        .tags(tags(&[("project", "anycompany")]))
        .build();
    let made = cloudfront
        .create_distribution_with_tags()
        .distribution_config_with_tags(both)
        .send()
        .await;
    let made = made.expect("a distribution").distribution.expect("one");
    let arn = made.arn();
    cloudfront
        .tag_resource()
        .resource(arn)
        .tags(tags(&[("stage", "test")]))
        .send()
        .await
        .expect("tagged");
    let keys = TagKeys::builder().items("project").build();
    cloudfront
        .untag_resource()
        .resource(arn)
        .tag_keys(keys)
        .send()
        .await
        .expect("untagged");
    let held = cloudfront
        .list_tags_for_resource()
        .resource(arn)
        .send()
        .await
        .expect("tags");
    assert_eq!(held.tags(), Some(&tags(&[("stage", "test")])));
    let foreign = client(&sandbox, TWO)
        .list_tags_for_resource()
        .resource(arn)
        .send()
        .await;
    assert_eq!(code(foreign), "AccessDenied");
    let none = arn.replace(made.id(), "E0000000000000");
    assert_eq!(
        code(
            cloudfront
                .list_tags_for_resource()
                .resource(none)
                .send()
                .await
        ),
        "NoSuchResource"
    );
    let reserved = cloudfront
        .tag_resource()
        .resource(arn)
        .tags(tags(&[("aws:x", "")]))
        .send()
        .await;
    assert_eq!(code(reserved), "InvalidTagging");
}

#[tokio::test(start_paused = true)]
async fn lists_come_in_pages_and_accounts_are_apart() {
    let sandbox = sandbox();
    let cloudfront = client(&sandbox, ONE);
    let mut made = Vec::new();
    for reference in ["1", "2", "3"] {
        let config = smallest(reference).build().expect("a configuration");
        made.push(create(&cloudfront, config).await.0.id().to_owned());
    }
    let first = cloudfront
        .list_distributions()
        .max_items(2)
        .send()
        .await
        .expect("a list");
    let first = first.distribution_list().expect("one");
    assert_eq!((first.quantity(), first.is_truncated()), (2, true));
    let rest = cloudfront
        .list_distributions()
        .set_marker(first.next_marker().map(ToOwned::to_owned));
    let rest = rest
        .send()
        .await
        .expect("a list")
        .distribution_list
        .expect("one");
    assert!(!rest.is_truncated());
    let all: Vec<&str> = first
        .items()
        .iter()
        .chain(rest.items())
        .map(DistributionSummary::id)
        .collect();
    assert_eq!(all, made);
    let other = client(&sandbox, TWO);
    let theirs = other.list_distributions().send().await.expect("a list");
    assert_eq!(theirs.distribution_list().expect("one").quantity(), 0);
    assert_eq!(
        code(other.get_distribution().id(&made[0]).send().await),
        "NoSuchDistribution"
    );
    let by_policy = cloudfront
        .list_distributions_by_cache_policy_id()
        .cache_policy_id(OPTIMIZED)
        .send()
        .await;
    assert_eq!(
        by_policy
            .expect("a list")
            .distribution_id_list()
            .expect("one")
            .quantity(),
        3
    );
}

#[tokio::test(start_paused = true)]
async fn r_43_an_alias_moves_when_a_txt_record_says_so() {
    let sandbox = sandbox();
    let cloudfront = client(&sandbox, ONE);
    let arn = certificate(&sandbox, (ONE, "us-east-1"), &["www.example.com"], true).await;
    let config = |reference: &str| smallest(reference).viewer_certificate(with_certificate(&arn));
    let holder = config("1")
        .aliases(aliases(&["www.example.com"]))
        .build()
        .expect("a configuration");
    let (holder, _) = create(&cloudfront, holder).await;
    let (target, _) = create(&cloudfront, config("2").build().expect("a configuration")).await;
    let conflicts = cloudfront
        .list_conflicting_aliases()
        .distribution_id(target.id())
        .alias("www.example.com");
    let conflicts = conflicts
        .send()
        .await
        .expect("a list")
        .conflicting_aliases_list
        .expect("one");
    assert_eq!(conflicts.items()[0].distribution_id(), Some(holder.id()));
    let associate = || {
        cloudfront
            .associate_alias()
            .target_distribution_id(target.id())
            .alias("www.example.com")
            .send()
    };
    assert_eq!(code(associate().await), "IllegalUpdate");
    let now = sandbox.clock().now();
    let values = [target.domain_name()];
    sandbox
        .world()
        .dns
        .publish("_www.example.com", "TXT", &values, now)
        .expect("a name");
    associate().await.expect("moved");
    let aliases_of = async |id: &str| {
        let held = get(&cloudfront, id)
            .await
            .0
            .distribution_config
            .expect("a configuration");
        held.aliases().expect("aliases").items().to_vec()
    };
    assert_eq!(aliases_of(target.id()).await, ["www.example.com"]);
    assert!(aliases_of(holder.id()).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn quotas_on_what_is_held_are_kept() {
    let sandbox = sandbox();
    let cloudfront = client(&sandbox, ONE);
    let (id, _) = make_access_control(&cloudfront, "assets").await;
    let mut limits = sandbox.world().cloudfront.limits;
    limits.distributions = 2;
    limits.origin_access_controls = 1;
    limits.distributions_per_access_control = 1;
    sandbox.world().cloudfront.limits = limits;
    let refusal = async |reference: &str, control: &str| {
        let config = smallest(reference)
            .origins(origins(origin(control)))
            .build()
            .expect("a configuration");
        code(create_with(&cloudfront, config).await)
    };
    let second = cloudfront
        .create_origin_access_control()
        .origin_access_control_config(access_control("second"));
    assert_eq!(code(second.send().await), "TooManyOriginAccessControls");
    assert_eq!(refusal("1", &id).await, "no error");
    assert_eq!(
        refusal("2", &id).await,
        "TooManyDistributionsAssociatedToOriginAccessControl"
    );
    assert_eq!(refusal("3", "").await, "no error");
    assert_eq!(refusal("4", "").await, "TooManyDistributions");
}

#[tokio::test(start_paused = true)]
async fn operations_that_are_not_here_say_so() {
    let sandbox = sandbox();
    let cloudfront = client(&sandbox, ONE);
    assert_eq!(
        code(cloudfront.list_key_groups().send().await),
        "UnknownOperationException"
    );
}

/// A list with its quantity, as most of CloudFront's are.
macro_rules! counted {
    ($kind:ident, $($item:expr),+) => {{
        let items = vec![$($item),+];
        $kind::builder()
            .quantity(i32::try_from(items.len()).expect("a few"))
            .set_items(Some(items))
            .build()
            .expect("a list")
    }};
}

/// A bucket with every field that such an origin can have.
fn fullest_bucket(access_control: &str) -> Origin {
    let header = OriginCustomHeader::builder()
        .header_name("x-secret")
        .header_value("<1&2>");
    let header = header.build().expect("a header");
    let shield = OriginShield::builder()
        .enabled(true)
        .origin_shield_region("us-east-1");
    let s3 = S3OriginConfig::builder()
        .origin_access_identity("")
        .origin_read_timeout(20);
    let mut bucket = origin(access_control);
    bucket.origin_path = Some("/site".to_owned());
    bucket.custom_headers = Some(counted!(CustomHeaders, header));
    bucket.s3_origin_config = Some(s3.build());
    bucket.connection_attempts = Some(2);
    bucket.connection_timeout = Some(5);
    bucket.response_completion_timeout = Some(60);
    bucket.origin_shield = Some(shield.build().expect("a shield"));
    bucket
}

fn fullest_custom_origin() -> Origin {
    let custom = CustomOriginConfig::builder()
        .http_port(8080)
        .https_port(8443)
        .origin_protocol_policy(OriginProtocolPolicy::HttpsOnly)
        .origin_ssl_protocols(counted!(OriginSslProtocols, SslProtocol::TlSv12))
        .origin_read_timeout(40)
        .origin_keepalive_timeout(6)
        .ip_address_type(IpAddressType::DualStack)
        .build()
        .expect("an origin");
    let web = Origin::builder().id("web").domain_name("www.example.net");
    web.custom_origin_config(custom).build().expect("an origin")
}

fn fullest_group() -> OriginGroup {
    let member = |id: &str| {
        OriginGroupMember::builder()
            .origin_id(id)
            .build()
            .expect("a member")
    };
    let criteria =
        OriginGroupFailoverCriteria::builder().status_codes(counted!(StatusCodes, 500, 502));
    OriginGroup::builder()
        .id("both")
        .failover_criteria(criteria.build())
        .members(counted!(
            OriginGroupMembers,
            member("assets"),
            member("web")
        ))
        .selection_criteria(OriginGroupSelectionCriteria::Default)
        .build()
        .expect("a group")
}

fn fullest_default_behavior() -> DefaultCacheBehavior {
    let cached = counted!(CachedMethods, Method::Get, Method::Head, Method::Options);
    let every = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"].map(Method::from);
    let every = AllowedMethods::builder()
        .cached_methods(cached)
        .quantity(7)
        .set_items(Some(every.to_vec()));
    let lambda = LambdaFunctionAssociation::builder()
        .lambda_function_arn("arn:aws:lambda:us-east-1:111111111111:function:f:1")
        .event_type(EventType::OriginRequest)
        .include_body(true)
        .build()
        .expect("a function");
    let function = FunctionAssociation::builder()
        .function_arn("arn:aws:cloudfront::111111111111:function/f")
        .event_type(EventType::ViewerRequest)
        .build()
        .expect("a function");
    let signers = TrustedSigners::builder()
        .enabled(true)
        .quantity(1)
        .items("self");
    let groups = TrustedKeyGroups::builder()
        .enabled(true)
        .quantity(1)
        .items("k");
    behavior()
        .target_origin_id("both")
        .trusted_signers(signers.build().expect("signers"))
        .trusted_key_groups(groups.build().expect("keys"))
        .allowed_methods(every.build().expect("methods"))
        .smooth_streaming(true)
        .compress(true)
        .lambda_function_associations(counted!(LambdaFunctionAssociations, lambda))
        .function_associations(counted!(FunctionAssociations, function))
        .field_level_encryption_id("f")
        .realtime_log_config_arn("arn:aws:cloudfront::111111111111:realtime-log-config/l")
        .origin_request_policy_id("216adef6-5c7f-47e4-b989-5492eafa07d3")
        .response_headers_policy_id("67f7725c-6f97-4210-82d7-5512b31e9d03")
        .grpc_config(GrpcConfig::builder().enabled(true).build().expect("gRPC"))
        .build()
        .expect("a behavior")
}

#[expect(
    deprecated,
    reason = "the fields that a cache policy replaces are fields too"
)]
fn fullest_second_behavior() -> CacheBehavior {
    let cookies = CookiePreference::builder()
        .forward(ItemSelection::Whitelist)
        .whitelisted_names(counted!(CookieNames, "a".to_owned()))
        .build()
        .expect("cookies");
    let values = ForwardedValues::builder()
        .query_string(true)
        .cookies(cookies)
        .headers(counted!(Headers, "Origin".to_owned()))
        .query_string_cache_keys(counted!(QueryStringCacheKeys, "q".to_owned()));
    CacheBehavior::builder()
        .path_pattern("/images/*")
        .target_origin_id("web")
        .viewer_protocol_policy(ViewerProtocolPolicy::HttpsOnly)
        .forwarded_values(values.build().expect("values"))
        .min_ttl(1)
        .default_ttl(2)
        .max_ttl(3)
        .build()
        .expect("a behavior")
}

/// A configuration with every field that a standard distribution can have, each with a value of its own.
fn fullest(access_control: &str, certificate: &str) -> DistributionConfig {
    let page = CustomErrorResponse::builder()
        .error_code(403)
        .response_page_path("/none.html")
        .response_code("404")
        .error_caching_min_ttl(30);
    let geography = GeoRestriction::builder().restriction_type(GeoRestrictionType::Blacklist);
    let geography = geography
        .quantity(1)
        .items("AQ")
        .build()
        .expect("geography");
    let logging = LoggingConfig::builder()
        .enabled(false)
        .include_cookies(true)
        .bucket("")
        .prefix("p");
    smallest("full")
        .comment("<everything & more>")
        .aliases(aliases(&["www.example.com"]))
        .default_root_object("index.html")
        .origins(counted!(
            Origins,
            fullest_bucket(access_control),
            fullest_custom_origin()
        ))
        .origin_groups(counted!(OriginGroups, fullest_group()))
        .default_cache_behavior(fullest_default_behavior())
        .cache_behaviors(counted!(CacheBehaviors, fullest_second_behavior()))
        .custom_error_responses(counted!(
            CustomErrorResponses,
            page.build().expect("a page")
        ))
        .logging(logging.build())
        .price_class(PriceClass::PriceClass100)
        .viewer_certificate(with_certificate(certificate))
        .restrictions(Restrictions::builder().geo_restriction(geography).build())
        .web_acl_id("arn:aws:wafv2:us-east-1:111111111111:global/webacl/w/1")
        .http_version(HttpVersion::Http2and3)
        .is_ipv6_enabled(false)
        .build()
        .expect("a configuration")
}

/// The names and values in the debug print of a configuration, sorted.
fn texts(debug: &str) -> Vec<String> {
    let mut texts: Vec<String> = debug
        .split([',', '{', '}', '[', ']'])
        .map(|text| text.trim().to_owned())
        .collect();
    texts.retain(|text| !text.is_empty() && !text.ends_with(": None"));
    texts.sort();
    texts
}

#[tokio::test(start_paused = true)]
async fn every_field_comes_back_as_it_was_sent() {
    let sandbox = sandbox();
    let cloudfront = client(&sandbox, ONE);
    let arn = certificate(&sandbox, (ONE, "us-east-1"), &["www.example.com"], true).await;
    let (control, _) = make_access_control(&cloudfront, "assets").await;
    let sent = fullest(&control, &arn);
    let (made, etag) = create(&cloudfront, sent.clone()).await;
    let held = made.distribution_config().expect("a configuration");
    let read = texts(&format!("{held:?}"));
    let lost: Vec<String> = texts(&format!("{sent:?}"))
        .into_iter()
        .filter(|text| !read.contains(text))
        .collect();
    assert!(lost.is_empty(), "{lost:?}");
    let update = cloudfront
        .update_distribution()
        .id(made.id())
        .if_match(etag)
        .distribution_config(held.clone());
    let updated = update
        .send()
        .await
        .expect("updated")
        .distribution
        .expect("one");
    assert_eq!(updated.distribution_config(), Some(held));
}

#[tokio::test(start_paused = true)]
async fn what_is_made_and_deleted_leaves_nothing_and_survives_being_saved() {
    let sandbox = sandbox();
    let before = sandbox.world().dump();
    let cloudfront = client(&sandbox, ONE);
    let (control, version) = make_access_control(&cloudfront, "assets").await;
    let arn = certificate(&sandbox, (ONE, "us-east-1"), &["www.example.com"], true).await;
    let (made, etag) = create(&cloudfront, fullest(&control, &arn)).await;
    let saved = serde_json::to_string(&*sandbox.world()).expect("JSON");
    let read: sandbox::world::World = serde_json::from_str(&saved).expect("a world");
    assert_eq!(serde_json::to_string(&read).expect("JSON"), saved);
    let mut config = made.distribution_config().expect("a configuration").clone();
    config.enabled = false;
    let update = cloudfront
        .update_distribution()
        .id(made.id())
        .if_match(&etag)
        .distribution_config(config);
    let etag = update
        .send()
        .await
        .expect("disabled")
        .e_tag
        .expect("a version");
    wait(&sandbox, 170).await;
    cloudfront
        .delete_distribution()
        .id(made.id())
        .if_match(etag)
        .send()
        .await
        .expect("deleted");
    cloudfront
        .delete_origin_access_control()
        .id(control)
        .if_match(version)
        .send()
        .await
        .expect("deleted");
    let acm = Acm::new(&config_of(&sandbox));
    acm.delete_certificate()
        .certificate_arn(arn)
        .send()
        .await
        .expect("deleted");
    assert_eq!(sandbox.world().dump(), before);
}
