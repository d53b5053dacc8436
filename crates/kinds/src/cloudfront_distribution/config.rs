//! The configuration of a distribution: from a spec, and into a state.

use aws_sdk_cloudfront::types::{
    Aliases, CustomErrorResponses, CustomHeaders, DefaultCacheBehavior, Distribution,
    DistributionConfig, HttpVersion, LoggingConfig, MinimumProtocolVersion, Origin, OriginGroup,
    OriginGroupMember, OriginGroups, OriginShield, Origins, PriceClass, S3OriginConfig,
    SslSupportMethod, ViewerCertificate, ViewerProtocolPolicy,
};
use model::KindError;

use super::{CACHE_POLICY, Logging, MINIMUM_PROTOCOL, Spec, State, is_weak};
use crate::sdk::{built, known};
use crate::tags::Tags;

const ORIGIN: &str = "assets";

/// The domain name and the path of an origin. A path begins with a slash, or is empty (CloudFront API
/// reference, `Origin`).
fn host_and_path(origin: &str) -> (&str, &str) {
    origin.split_at(origin.find('/').unwrap_or(origin.len()))
}

/// A new distribution's configuration.
pub(super) fn new_config(spec: &Spec) -> Result<DistributionConfig, KindError> {
    let operation = "CreateDistributionWithTags";
    let behavior = DefaultCacheBehavior::builder()
        .target_origin_id(ORIGIN)
        .viewer_protocol_policy(ViewerProtocolPolicy::HttpsOnly)
        .cache_policy_id(CACHE_POLICY)
        .compress(true)
        .build();
    let config = DistributionConfig::builder()
        .caller_reference(&spec.caller_reference)
        .comment(&spec.comment)
        .enabled(true)
        .origins(built(
            operation,
            Origins::builder()
                .quantity(0)
                .set_items(Some(Vec::new()))
                .build(),
        )?)
        .default_cache_behavior(built(operation, behavior)?)
        .build();
    adjust(built(operation, config)?, spec)
}

/// The origins of `config` with ours among them. Ours is patched, and every other goes back as it
/// came: an update takes the whole configuration, and what is left out of it is lost. A path's own
/// behavior or an origin group may read from any of them (CloudFront API reference, `Origins`).
fn origins(spec: &Spec, config: &DistributionConfig) -> Result<Origins, KindError> {
    let operation = "UpdateDistribution";
    let mut all = config
        .origins()
        .map(|origins| origins.items().to_vec())
        .unwrap_or_default();
    let control = known(operation, &spec.access_control)?.clone();
    // Empty, and required: an origin access control takes its place.
    let legacy = S3OriginConfig::builder().origin_access_identity("").build();
    let (host, path) = host_and_path(&spec.origin);
    match all.iter_mut().find(|origin| origin.id == ORIGIN) {
        Some(ours) => {
            host.clone_into(&mut ours.domain_name);
            ours.origin_path = Some(path.to_owned());
            ours.origin_access_control_id = Some(control);
            ours.s3_origin_config = Some(legacy);
            ours.custom_origin_config = None;
        }
        None => all.insert(0, new_origin(spec, control, legacy)?),
    }
    built(
        operation,
        Origins::builder()
            .quantity(i32::try_from(all.len()).unwrap_or(i32::MAX))
            .set_items(Some(all))
            .build(),
    )
}

/// Our origin, of a distribution that has none yet.
fn new_origin(spec: &Spec, control: String, legacy: S3OriginConfig) -> Result<Origin, KindError> {
    let operation = "CreateDistributionWithTags";
    let (host, path) = host_and_path(&spec.origin);
    // An update wants every setting named, those that are empty as well.
    let headers = built(operation, CustomHeaders::builder().quantity(0).build())?;
    let shield = built(operation, OriginShield::builder().enabled(false).build())?;
    let origin = Origin::builder()
        .id(ORIGIN)
        .domain_name(host)
        .origin_path(path)
        .custom_headers(headers)
        .origin_shield(shield)
        .connection_attempts(3)
        .connection_timeout(10)
        .origin_access_control_id(control)
        .s3_origin_config(legacy)
        .build();
    built(operation, origin)
}

/// The origin that `target` reads from: itself, or the first member of the origin group of that name.
fn origin_of<'c>(config: &'c DistributionConfig, target: &str) -> Option<&'c Origin> {
    let groups = config.origin_groups().map(OriginGroups::items);
    let mut groups = groups.unwrap_or_default().iter();
    let primary = groups
        .find(|group| group.id() == target)
        .and_then(OriginGroup::members)
        .and_then(|members| members.items().first())
        .map(OriginGroupMember::origin_id);
    let id = primary.unwrap_or(target);
    let origins = config.origins().map(Origins::items).unwrap_or_default();
    origins.iter().find(|origin| origin.id() == id)
}

/// `config` with everything that the spec asks for. What it does not speak of stays as it is.
pub(super) fn adjust(
    mut config: DistributionConfig,
    spec: &Spec,
) -> Result<DistributionConfig, KindError> {
    let operation = "UpdateDistribution";
    let quantity = i32::try_from(spec.aliases.len()).unwrap_or(i32::MAX);
    let aliases = Aliases::builder()
        .quantity(quantity)
        .set_items(Some(spec.aliases.clone()))
        .build();
    config.aliases = Some(built(operation, aliases)?);
    config.comment.clone_from(&spec.comment);
    config.enabled = true;
    config.origins = Some(origins(spec, &config)?);
    config.price_class = Some(PriceClass::from(spec.price_class.as_str()));
    config.http_version = Some(HttpVersion::Http2and3);
    config.is_ipv6_enabled = Some(true);
    config.custom_error_responses.get_or_insert(built(
        operation,
        CustomErrorResponses::builder().quantity(0).build(),
    )?);
    let protocol = config
        .viewer_certificate()
        .and_then(ViewerCertificate::minimum_protocol_version)
        .filter(|policy| !is_weak(policy.as_str()))
        .cloned()
        .unwrap_or_else(|| MinimumProtocolVersion::from(MINIMUM_PROTOCOL));
    config.viewer_certificate = Some(
        ViewerCertificate::builder()
            .acm_certificate_arn(known(operation, &spec.certificate)?)
            .ssl_support_method(SslSupportMethod::SniOnly)
            .minimum_protocol_version(protocol)
            .cloud_front_default_certificate(false)
            .build(),
    );
    config.logging = Some(logging(spec.logging.as_ref()));
    let reads_ours = config
        .default_cache_behavior()
        .and_then(|behavior| origin_of(&config, behavior.target_origin_id()))
        .is_some_and(|origin| origin.id() == ORIGIN);
    if let Some(behavior) = &mut config.default_cache_behavior {
        behavior.viewer_protocol_policy = ViewerProtocolPolicy::HttpsOnly;
        behavior.cache_policy_id = Some(CACHE_POLICY.to_owned());
        // An origin group that reads from ours first stays what is read from.
        if !reads_ours {
            ORIGIN.clone_into(&mut behavior.target_origin_id);
        }
        forget_legacy(behavior);
    }
    Ok(config)
}

/// `config` without its names, and with the certificate of CloudFront itself.
pub(super) fn without_names(
    mut config: DistributionConfig,
) -> Result<DistributionConfig, KindError> {
    let aliases = Aliases::builder().quantity(0).build();
    config.aliases = Some(built("UpdateDistribution", aliases)?);
    let certificate = ViewerCertificate::builder().cloud_front_default_certificate(true);
    config.viewer_certificate = Some(certificate.build());
    Ok(config)
}

/// A cache policy and the settings that it took the place of exclude each other.
#[expect(deprecated, reason = "an adopted distribution can still have them")]
fn forget_legacy(behavior: &mut DefaultCacheBehavior) {
    behavior.forwarded_values = None;
    behavior.min_ttl = None;
    behavior.default_ttl = None;
    behavior.max_ttl = None;
}

fn logging(log: Option<&Logging>) -> LoggingConfig {
    LoggingConfig::builder()
        .enabled(log.is_some())
        .include_cookies(false)
        .bucket(log.map(|log| log.bucket.clone()).unwrap_or_default())
        .prefix(log.map(|log| log.prefix.clone()).unwrap_or_default())
        .build()
}

pub(super) fn state(distribution: &Distribution, etag: &str, tags: Tags) -> Option<State> {
    Some(State {
        id: distribution.id().to_owned(),
        arn: distribution.arn().to_owned(),
        domain_name: distribution.domain_name().to_ascii_lowercase(),
        status: distribution.status().to_owned(),
        etag: etag.to_owned(),
        tags,
        ..configured(distribution.distribution_config()?)
    })
}

/// The part of the state that a configuration shows.
pub(super) fn configured(config: &DistributionConfig) -> State {
    let behavior = config.default_cache_behavior();
    let target = behavior.map(DefaultCacheBehavior::target_origin_id);
    let origin = target.and_then(|target| origin_of(config, target));
    let certificate = config.viewer_certificate();
    let log = config.logging().filter(|log| log.enabled());
    let control = origin
        .and_then(|origin| origin.origin_access_control_id())
        .filter(|id| !id.is_empty());
    State {
        comment: config.comment().to_owned(),
        enabled: config.enabled(),
        aliases: config
            .aliases()
            .map(|aliases| aliases.items().to_vec())
            .unwrap_or_default(),
        certificate: certificate
            .and_then(|certificate| certificate.acm_certificate_arn())
            .map(str::to_owned),
        minimum_protocol: certificate
            .and_then(|certificate| certificate.minimum_protocol_version())
            .map(|version| version.as_str().to_owned())
            .unwrap_or_default(),
        origin: origin
            .map(|origin| {
                format!(
                    "{}{}",
                    origin.domain_name(),
                    origin.origin_path().unwrap_or("")
                )
            })
            .unwrap_or_default(),
        access_control: control.map(str::to_owned),
        viewer_protocol: behavior
            .map(|behavior| behavior.viewer_protocol_policy().as_str().to_owned())
            .unwrap_or_default(),
        cache_policy: behavior
            .and_then(|behavior| behavior.cache_policy_id())
            .map(str::to_owned),
        http_version: config
            .http_version()
            .map(|version| version.as_str().to_ascii_lowercase())
            .unwrap_or_default(),
        ipv6: config.is_ipv6_enabled() == Some(true),
        logging: log.map(|log| Logging {
            bucket: log.bucket().to_owned(),
            prefix: log.prefix().to_owned(),
        }),
        price_class: config
            .price_class()
            .map(|class| class.as_str().to_owned())
            .unwrap_or_default(),
        is_staged: config
            .continuous_deployment_policy_id()
            .is_some_and(|id| !id.is_empty()),
        ..State::default()
    }
}
