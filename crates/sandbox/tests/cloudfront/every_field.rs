//! A configuration with every field that a standard distribution can have.

use aws_sdk_cloudfront::types::builders::DistributionConfigBuilder;
use aws_sdk_cloudfront::types::{
    AllowedMethods, CacheBehavior, CacheBehaviors, CachedMethods, CookieNames, CookiePreference,
    CustomErrorResponse, CustomErrorResponses, CustomHeaders, CustomOriginConfig,
    DefaultCacheBehavior, EventType, ForwardedValues, FunctionAssociation, FunctionAssociations,
    GeoRestriction, GeoRestrictionType, GrpcConfig, Headers, HttpVersion, IpAddressType,
    ItemSelection, LambdaFunctionAssociation, LambdaFunctionAssociations, LoggingConfig, Method,
    Origin, OriginCustomHeader, OriginGroup, OriginGroupFailoverCriteria, OriginGroupMember,
    OriginGroupMembers, OriginGroupSelectionCriteria, OriginGroups, OriginProtocolPolicy,
    OriginShield, OriginSslProtocols, Origins, PriceClass, QueryStringCacheKeys, Restrictions,
    S3OriginConfig, SslProtocol, StatusCodes, TrustedKeyGroups, TrustedSigners,
    ViewerProtocolPolicy,
};

use crate::common::cloudfront::{
    aliases, ask_delete, behavior, create, create_access_control, origin, smallest, update, viewer,
};
use crate::common::{ONE, acm, wait};
use crate::{certificate, cloudfront};

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
fn fullest(access_control: &str, certificate: &str) -> DistributionConfigBuilder {
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
        .viewer_certificate(viewer(certificate))
        .restrictions(Restrictions::builder().geo_restriction(geography).build())
        .web_acl_id("arn:aws:wafv2:us-east-1:111111111111:global/webacl/w/1")
        .http_version(HttpVersion::Http2and3)
        .is_ipv6_enabled(false)
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
    let (sandbox, cloudfront) = cloudfront();
    let arn = certificate(&sandbox, &["www.example.com"]).await;
    let control = create_access_control(&cloudfront, "assets").await;
    let config = || fullest(&control.id, &arn);
    let made = create(&cloudfront, config()).await;
    let sent = config().build().expect("a configuration");
    let read = texts(&format!("{:?}", made.config()));
    let lost: Vec<String> = texts(&format!("{sent:?}"))
        .into_iter()
        .filter(|text| !read.contains(text))
        .collect();
    assert!(lost.is_empty(), "{lost:?}");
    let updated = update(&cloudfront, &made, made.config().clone()).await;
    assert_eq!(updated.config(), made.config());
}

#[tokio::test(start_paused = true)]
async fn what_is_made_and_deleted_leaves_nothing_and_survives_being_saved() {
    let (sandbox, cloudfront) = cloudfront();
    let before = sandbox.world().dump();
    let control = create_access_control(&cloudfront, "assets").await;
    let arn = certificate(&sandbox, &["www.example.com"]).await;
    let made = create(&cloudfront, fullest(&control.id, &arn)).await;
    let saved = serde_json::to_string(&*sandbox.world()).expect("JSON");
    let read: sandbox::world::World = serde_json::from_str(&saved).expect("a world");
    assert_eq!(serde_json::to_string(&read).expect("JSON"), saved);
    let disabled = update(&cloudfront, &made, made.disabled()).await;
    wait(&sandbox, 170).await;
    ask_delete(&cloudfront, &disabled).await.expect("deleted");
    let delete = cloudfront.delete_origin_access_control().id(control.id);
    delete.if_match(control.etag).send().await.expect("deleted");
    let acm = acm::client(&sandbox, ONE, "us-east-1");
    let delete = acm.delete_certificate().certificate_arn(arn);
    delete.send().await.expect("deleted");
    assert_eq!(sandbox.world().dump(), before);
}
