//! Configurations that CloudFront refuses.

use aws_sdk_cloudfront::types::builders::{DefaultCacheBehaviorBuilder, DistributionConfigBuilder};
use aws_sdk_cloudfront::types::{CookiePreference, ForwardedValues, ItemSelection, LoggingConfig};

use crate::cloudfront;
use crate::common::cloudfront::{
    aliases, ask, behavior, client, create_access_control, origin, origins, smallest,
};
use crate::common::{ONE, TWO, code, config, error};

/// The smallest configuration with this behavior.
fn behaves(behavior: DefaultCacheBehaviorBuilder) -> DistributionConfigBuilder {
    smallest("one").default_cache_behavior(behavior.build().expect("a behavior"))
}

#[tokio::test(start_paused = true)]
async fn unknown_access_controls_policies_and_origins_are_refused() {
    let (sandbox, cloudfront) = cloudfront();
    let foreign = create_access_control(&client(&sandbox, TWO), "assets").await;
    let refusal = async |config| code(ask(&cloudfront, config).await);
    for id in ["E1234567890ABC", &foreign.id] {
        let config = smallest("one").origins(origins(origin(id)));
        assert_eq!(refusal(config).await, "NoSuchOriginAccessControl");
    }
    let none = "00000000-0000-0000-0000-000000000000";
    let behavior_refusal = async |behavior| refusal(behaves(behavior)).await;
    assert_eq!(
        behavior_refusal(behavior().target_origin_id("other")).await,
        "NoSuchOrigin"
    );
    assert_eq!(
        behavior_refusal(behavior().cache_policy_id(none)).await,
        "NoSuchCachePolicy"
    );
    assert_eq!(
        behavior_refusal(behavior().origin_request_policy_id(none)).await,
        "NoSuchOriginRequestPolicy"
    );
    assert_eq!(
        behavior_refusal(behavior().response_headers_policy_id(none)).await,
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
    let (_sandbox, cloudfront) = cloudfront();
    let cookies = CookiePreference::builder().forward(ItemSelection::None);
    let values = ForwardedValues::builder()
        .query_string(false)
        .cookies(cookies.build().expect("cookies"));
    let values = values.build().expect("values");
    let ask = |behavior| ask(&cloudfront, behaves(behavior));
    let without_policy = || behavior().set_cache_policy_id(None);
    assert_eq!(code(ask(without_policy()).await), "InvalidArgument");
    assert_eq!(
        code(ask(behavior().forwarded_values(values.clone())).await),
        "InvalidArgument"
    );
    let made = ask(without_policy().forwarded_values(values)).await;
    let made = made.expect("a distribution").distribution.expect("one");
    let config = made.distribution_config().expect("a configuration");
    let times = config
        .default_cache_behavior()
        .map(|held| (held.min_ttl(), held.default_ttl(), held.max_ttl()));
    assert_eq!(times, Some((Some(0), Some(86_400), Some(31_536_000))));
}

#[tokio::test(start_paused = true)]
async fn logs_need_a_bucket_with_acls() {
    let (sandbox, cloudfront) = cloudfront();
    let s3 = aws_sdk_s3::Client::new(&config(&sandbox, ONE, "us-east-1"));
    let bucket = async |name: &str, ownership: &str| {
        let create = s3.create_bucket().bucket(name);
        let create = create.object_ownership(ownership.into());
        create.send().await.expect("a bucket");
    };
    bucket("owner-logs", "BucketOwnerEnforced").await;
    bucket("acl-logs", "BucketOwnerPreferred").await;
    let refusal = async |reference: &str, bucket: &str| {
        let logging = LoggingConfig::builder()
            .enabled(true)
            .include_cookies(false)
            .bucket(bucket)
            .prefix("");
        error(ask(&cloudfront, smallest(reference).logging(logging.build())).await)
    };
    assert_eq!(
        refusal("1", "owner-logs.s3.amazonaws.com").await,
        "InvalidArgument: The S3 bucket that you specified for CloudFront logs does not enable ACL access: owner-logs.s3.amazonaws.com"
    );
    assert_eq!(
        refusal("2", "acl-logs").await,
        "InvalidArgument: The parameter Logging Bucket does not refer to a valid S3 bucket."
    );
    assert_eq!(refusal("3", "acl-logs.s3.amazonaws.com").await, "no error");
}
