//! Distributions: read, changed, deleted and listed.

use aws_sdk_cloudfront::types::{
    Aliases, CachedMethods, DistributionSummary, HttpVersion, LoggingConfig,
    MinimumProtocolVersion, PriceClass,
};

use crate::common::cloudfront::{
    OPTIMIZED, ask, ask_access_control, ask_delete, ask_update, client, create,
    create_access_control, get, origin, origins, smallest, update,
};
use crate::common::{ONE, TWO, code, error, wait};
use crate::{cloudfront, with_distribution};

#[tokio::test(start_paused = true)]
async fn all_defaults_are_filled_on_read() {
    let (_sandbox, _cloudfront, made) = with_distribution().await;
    let made = &made.distribution;
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
    let (_sandbox, cloudfront, made) = with_distribution().await;
    let updated = update(&cloudfront, &made, made.config().clone()).await;
    assert_eq!(updated.config(), made.config());
    let got = cloudfront.get_distribution_config().id(made.id());
    let got = got.send().await.expect("it");
    assert_eq!(got.distribution_config(), Some(made.config()));
    assert_eq!(got.e_tag(), Some(updated.etag.as_str()));
    assert_ne!(got.e_tag(), Some(made.etag.as_str()));
}

#[tokio::test(start_paused = true)]
async fn a_missing_and_a_wrong_version_are_two_errors() {
    let (_sandbox, cloudfront, made) = with_distribution().await;
    let update = |version| ask_update(&cloudfront, made.id(), version, made.config().clone());
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
    let (sandbox, cloudfront, made) = with_distribution().await;
    for comment in ["", "other"] {
        let again = ask(&cloudfront, smallest("one").comment(comment)).await;
        assert_eq!(
            error(again),
            format!(
                "DistributionAlreadyExists: The caller reference that you are using to create a distribution is associated with another distribution. Already exists: {}",
                made.id()
            )
        );
    }
    create(&client(&sandbox, TWO), smallest("one")).await;
}

#[tokio::test(start_paused = true)]
async fn r_34_an_update_says_everything_and_keeps_the_caller_reference() {
    let (_sandbox, cloudfront, made) = with_distribution().await;
    let update = |config| ask_update(&cloudfront, made.id(), Some(&made.etag), config);
    let short = smallest("one").build().expect("a configuration");
    assert_eq!(
        error(update(short).await),
        "IllegalUpdate: Aliases is required for updates."
    );
    let mut other = made.config().clone();
    other.caller_reference = "two".to_owned();
    assert_eq!(
        error(update(other).await),
        "IllegalUpdate: The update contains modifications that are not allowed."
    );
}

#[tokio::test(start_paused = true)]
async fn a_distribution_is_in_progress_after_create_and_update() {
    let (sandbox, cloudfront, made) = with_distribution().await;
    assert_eq!(made.status(), "InProgress");
    wait(&sandbox, 160).await;
    assert_eq!(get(&cloudfront, made.id()).await.status(), "InProgress");
    wait(&sandbox, 10).await;
    assert_eq!(get(&cloudfront, made.id()).await.status(), "Deployed");
    let updated = update(&cloudfront, &made, made.config().clone()).await;
    assert_eq!(updated.status(), "InProgress");
    wait(&sandbox, 170).await;
    assert_eq!(get(&cloudfront, made.id()).await.status(), "Deployed");
}

#[tokio::test(start_paused = true)]
async fn only_a_disabled_and_deployed_distribution_can_be_deleted() {
    let (sandbox, cloudfront, made) = with_distribution().await;
    wait(&sandbox, 170).await;
    assert_eq!(
        error(ask_delete(&cloudfront, &made).await),
        "DistributionNotDisabled: The distribution you are trying to delete has not been disabled."
    );
    let disabled = update(&cloudfront, &made, made.disabled()).await;
    let delete = || ask_delete(&cloudfront, &disabled);
    assert_eq!(code(delete().await), "DistributionNotDisabled");
    wait(&sandbox, 170).await;
    delete().await.expect("deleted");
    assert_eq!(code(delete().await), "NoSuchDistribution");
}

#[tokio::test(start_paused = true)]
async fn lists_come_in_pages_and_accounts_are_apart() {
    let (sandbox, cloudfront) = cloudfront();
    let mut made = Vec::new();
    for reference in ["1", "2", "3"] {
        let one = create(&cloudfront, smallest(reference)).await;
        made.push(one.distribution.id);
    }
    let first = cloudfront.list_distributions().max_items(2).send().await;
    let first = first.expect("a list").distribution_list.expect("one");
    assert_eq!((first.quantity(), first.is_truncated()), (2, true));
    let rest = cloudfront.list_distributions();
    let rest = rest.set_marker(first.next_marker.clone()).send().await;
    let rest = rest.expect("a list").distribution_list.expect("one");
    assert!(!rest.is_truncated());
    let all = first.items().iter().chain(rest.items());
    let all: Vec<&str> = all.map(DistributionSummary::id).collect();
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
        .cache_policy_id(OPTIMIZED);
    let by_policy = by_policy.send().await.expect("a list");
    assert_eq!(by_policy.distribution_id_list().expect("one").quantity(), 3);
}

#[tokio::test(start_paused = true)]
async fn quotas_on_what_is_held_are_kept() {
    let (sandbox, cloudfront) = cloudfront();
    let control = create_access_control(&cloudfront, "assets").await;
    let mut limits = sandbox.world().cloudfront.limits;
    limits.distributions = 2;
    limits.origin_access_controls = 1;
    limits.distributions_per_access_control = 1;
    sandbox.world().cloudfront.limits = limits;
    let refusal = async |reference: &str, control: &str| {
        let config = smallest(reference).origins(origins(origin(control)));
        code(ask(&cloudfront, config).await)
    };
    assert_eq!(
        code(ask_access_control(&cloudfront, "second").await),
        "TooManyOriginAccessControls"
    );
    assert_eq!(refusal("1", &control.id).await, "no error");
    assert_eq!(
        refusal("2", &control.id).await,
        "TooManyDistributionsAssociatedToOriginAccessControl"
    );
    assert_eq!(refusal("3", "").await, "no error");
    assert_eq!(refusal("4", "").await, "TooManyDistributions");
}

#[tokio::test(start_paused = true)]
async fn operations_that_are_not_here_say_so() {
    let (_sandbox, cloudfront) = cloudfront();
    assert_eq!(
        code(cloudfront.list_key_groups().send().await),
        "UnknownOperationException"
    );
}
