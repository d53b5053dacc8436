//! Distributions: configured, created, changed and deleted.

use aws_sdk_cloudfront::Client;
use aws_sdk_cloudfront::error::SdkError;
use aws_sdk_cloudfront::operation::create_distribution::{
    CreateDistributionError, CreateDistributionOutput,
};
use aws_sdk_cloudfront::operation::create_invalidation::{
    CreateInvalidationError, CreateInvalidationOutput,
};
use aws_sdk_cloudfront::operation::create_origin_access_control::{
    CreateOriginAccessControlError, CreateOriginAccessControlOutput,
};
use aws_sdk_cloudfront::operation::delete_distribution::{
    DeleteDistributionError, DeleteDistributionOutput,
};
use aws_sdk_cloudfront::operation::update_distribution::{
    UpdateDistributionError, UpdateDistributionOutput,
};
use aws_sdk_cloudfront::types::builders::{DefaultCacheBehaviorBuilder, DistributionConfigBuilder};
use aws_sdk_cloudfront::types::{
    Aliases, DefaultCacheBehavior, Distribution, DistributionConfig, InvalidationBatch,
    MinimumProtocolVersion, Origin, OriginAccessControlConfig, OriginAccessControlOriginTypes,
    OriginAccessControlSigningBehaviors, OriginAccessControlSigningProtocols, Origins, Paths,
    S3OriginConfig, SslSupportMethod, ViewerCertificate, ViewerProtocolPolicy,
};
use sandbox::Sandbox;

use super::config;

/// AWS's own cache policy `CachingOptimized`.
pub(crate) const OPTIMIZED: &str = "658327ea-f89d-4fab-a63d-7e88639e58f6";

pub(crate) fn client(sandbox: &Sandbox, account: &str) -> Client {
    Client::new(&config(sandbox, account, "us-east-1"))
}

/// An origin access control, and the version that its next change names.
pub(crate) struct AccessControl {
    pub(crate) id: String,
    pub(crate) etag: String,
}

pub(crate) fn access_control(name: &str) -> OriginAccessControlConfig {
    OriginAccessControlConfig::builder()
        .name(name)
        .signing_protocol(OriginAccessControlSigningProtocols::Sigv4)
        .signing_behavior(OriginAccessControlSigningBehaviors::Always)
        .origin_access_control_origin_type(OriginAccessControlOriginTypes::S3)
        .build()
        .expect("an access control")
}

/// Asks for an origin access control.
pub(crate) async fn ask_access_control(
    client: &Client,
    name: &str,
) -> Result<CreateOriginAccessControlOutput, SdkError<CreateOriginAccessControlError>> {
    let asked = client.create_origin_access_control();
    let asked = asked.origin_access_control_config(access_control(name));
    asked.send().await
}

pub(crate) async fn create_access_control(client: &Client, name: &str) -> AccessControl {
    let made = ask_access_control(client, name).await;
    let made = made.expect("an access control");
    AccessControl {
        id: made.origin_access_control.expect("one").id,
        etag: made.e_tag.expect("a version"),
    }
}

/// The bucket `assets` behind an access control; behind none where its id is empty.
pub(crate) fn origin(access_control: &str) -> Origin {
    Origin::builder()
        .id("assets")
        .domain_name("assets.s3.us-east-1.amazonaws.com")
        .s3_origin_config(S3OriginConfig::builder().origin_access_identity("").build())
        .origin_access_control_id(access_control)
        .build()
        .expect("an origin")
}

pub(crate) fn origins(origin: Origin) -> Origins {
    let origins = Origins::builder().quantity(1).items(origin);
    origins.build().expect("origins")
}

pub(crate) fn behavior() -> DefaultCacheBehaviorBuilder {
    DefaultCacheBehavior::builder()
        .target_origin_id("assets")
        .viewer_protocol_policy(ViewerProtocolPolicy::RedirectToHttps)
        .cache_policy_id(OPTIMIZED)
}

pub(crate) fn aliases(names: &[&str]) -> Aliases {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let aliases = Aliases::builder().quantity(i32::try_from(names.len()).expect("a few"));
    aliases.set_items(Some(names)).build().expect("aliases")
}

pub(crate) fn viewer(certificate: &str) -> ViewerCertificate {
    ViewerCertificate::builder()
        .acm_certificate_arn(certificate)
        .ssl_support_method(SslSupportMethod::SniOnly)
        .minimum_protocol_version(MinimumProtocolVersion::TlSv122021)
        .build()
}

/// The smallest configuration: a bucket without an access control.
pub(crate) fn smallest(reference: &str) -> DistributionConfigBuilder {
    DistributionConfig::builder()
        .caller_reference(reference)
        .comment("")
        .enabled(true)
        .origins(origins(origin("")))
        .default_cache_behavior(behavior().build().expect("a behavior"))
}

/// The smallest configuration that serves this name with this certificate.
pub(crate) fn serving(
    reference: &str,
    alias: &str,
    certificate: &str,
) -> DistributionConfigBuilder {
    let named = smallest(reference).aliases(aliases(&[alias]));
    named.viewer_certificate(viewer(certificate))
}

/// A distribution as CloudFront answers with it, and the version that its next change names.
pub(crate) struct Answered {
    pub(crate) distribution: Distribution,
    pub(crate) etag: String,
}

impl Answered {
    fn new(distribution: Option<Distribution>, etag: Option<String>) -> Self {
        Self {
            distribution: distribution.expect("a distribution"),
            etag: etag.expect("a version"),
        }
    }

    pub(crate) fn id(&self) -> &str {
        self.distribution.id()
    }

    pub(crate) fn arn(&self) -> &str {
        self.distribution.arn()
    }

    /// The name that CloudFront gave it.
    pub(crate) fn domain_name(&self) -> &str {
        self.distribution.domain_name()
    }

    pub(crate) fn status(&self) -> &str {
        self.distribution.status()
    }

    pub(crate) fn config(&self) -> &DistributionConfig {
        let config = self.distribution.distribution_config();
        config.expect("a configuration")
    }

    /// Its configuration, disabled.
    pub(crate) fn disabled(&self) -> DistributionConfig {
        let mut config = self.config().clone();
        config.enabled = false;
        config
    }
}

/// Asks for a distribution.
pub(crate) async fn ask(
    client: &Client,
    config: DistributionConfigBuilder,
) -> Result<CreateDistributionOutput, SdkError<CreateDistributionError>> {
    let config = config.build().expect("a configuration");
    let asked = client.create_distribution().distribution_config(config);
    asked.send().await
}

pub(crate) async fn create(client: &Client, config: DistributionConfigBuilder) -> Answered {
    let made = ask(client, config).await.expect("a distribution");
    Answered::new(made.distribution, made.e_tag)
}

pub(crate) async fn get(client: &Client, id: &str) -> Answered {
    let got = client.get_distribution().id(id).send().await;
    let got = got.expect("a distribution");
    Answered::new(got.distribution, got.e_tag)
}

/// Asks for a change of a distribution at this version.
pub(crate) async fn ask_update(
    client: &Client,
    id: &str,
    version: Option<&str>,
    config: DistributionConfig,
) -> Result<UpdateDistributionOutput, SdkError<UpdateDistributionError>> {
    let asked = client.update_distribution().id(id);
    let asked = asked.set_if_match(version.map(ToOwned::to_owned));
    asked.distribution_config(config).send().await
}

/// Changes a distribution as it was last answered.
pub(crate) async fn update(
    client: &Client,
    last: &Answered,
    config: DistributionConfig,
) -> Answered {
    let updated = ask_update(client, last.id(), Some(&last.etag), config).await;
    let updated = updated.expect("updated");
    Answered::new(updated.distribution, updated.e_tag)
}

/// Asks for the end of a distribution as it was last answered.
pub(crate) async fn ask_delete(
    client: &Client,
    last: &Answered,
) -> Result<DeleteDistributionOutput, SdkError<DeleteDistributionError>> {
    let asked = client.delete_distribution().id(last.id());
    asked.if_match(&last.etag).send().await
}

/// Asks for an invalidation of these paths.
pub(crate) async fn invalidate(
    client: &Client,
    distribution: &str,
    reference: &str,
    paths: &[&str],
) -> Result<CreateInvalidationOutput, SdkError<CreateInvalidationError>> {
    let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
    let quantity = i32::try_from(paths.len()).expect("a few");
    let paths = Paths::builder().quantity(quantity).set_items(Some(paths));
    let batch = InvalidationBatch::builder()
        .caller_reference(reference)
        .paths(paths.build().expect("paths"));
    let asked = client.create_invalidation().distribution_id(distribution);
    asked
        .invalidation_batch(batch.build().expect("a batch"))
        .send()
        .await
}
