//! CloudFront's calls for a distribution.

use async_trait::async_trait;
use aws_sdk_cloudfront::Client;
use aws_sdk_cloudfront::types::{
    Aliases, CacheBehavior, CacheBehaviors, CustomErrorResponses, CustomHeaders,
    DefaultCacheBehavior, Distribution, DistributionConfig, DistributionConfigWithTags,
    HttpVersion, LoggingConfig, MinimumProtocolVersion, Origin, OriginShield, Origins, PriceClass,
    S3OriginConfig, SslSupportMethod, Tag, TagKeys, Tags as SdkTags, ViewerCertificate,
    ViewerProtocolPolicy,
};
use model::kind::{Outcome, Update};
use model::{
    Change, ErrorClass, KindError, Mutate, Nothing, Observation, Observe, Ownership, PhysicalId,
    Target,
};

use super::listing::{Distributions, Listed};
use super::{CACHE_POLICY, CloudfrontDistribution, Logging, MINIMUM_PROTOCOL, Spec, State};
use crate::context::Context;
use crate::sdk::{built, done, found, gone, known, made, must_have, tag_changes};
use crate::tags::{self, Tags};

const ORIGIN: &str = "assets";

fn client(context: &Context) -> Result<Client, KindError> {
    Ok(context.session()?.cloudfront())
}

/// A new distribution's configuration.
fn new_config(spec: &Spec) -> Result<DistributionConfig, KindError> {
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
        .origins(origins(spec, Vec::new())?)
        .default_cache_behavior(built(operation, behavior)?)
        .build();
    adjust(built(operation, config)?, spec)
}

/// Our origin, and those of `others` that another cache behavior still needs.
fn origins(spec: &Spec, others: Vec<Origin>) -> Result<Origins, KindError> {
    let operation = "CreateDistributionWithTags";
    // An update wants every setting named, those that are empty as well.
    let headers = built(operation, CustomHeaders::builder().quantity(0).build())?;
    let shield = built(operation, OriginShield::builder().enabled(false).build())?;
    let origin = Origin::builder()
        .id(ORIGIN)
        .domain_name(&spec.origin)
        .origin_path("")
        .custom_headers(headers)
        .origin_shield(shield)
        .connection_attempts(3)
        .connection_timeout(10)
        .origin_access_control_id(known(operation, &spec.access_control)?)
        // Empty, and required: an origin access control takes its place.
        .s3_origin_config(S3OriginConfig::builder().origin_access_identity("").build())
        .build();
    let mut all = vec![built(operation, origin)?];
    all.extend(others);
    built(
        operation,
        Origins::builder()
            .quantity(i32::try_from(all.len()).unwrap_or(i32::MAX))
            .set_items(Some(all))
            .build(),
    )
}

/// Origins that are not ours and that a path's own cache behavior reads from.
fn others(config: &DistributionConfig) -> Vec<Origin> {
    let behaviors = config.cache_behaviors().map(CacheBehaviors::items);
    let targets: Vec<&str> = behaviors
        .unwrap_or_default()
        .iter()
        .map(CacheBehavior::target_origin_id)
        .collect();
    let origins = config.origins().map(Origins::items).unwrap_or_default();
    origins
        .iter()
        .filter(|origin| origin.id() != ORIGIN && targets.contains(&origin.id()))
        .cloned()
        .collect()
}

/// `config` with everything that the spec asks for. What it does not speak of stays as it is.
fn adjust(mut config: DistributionConfig, spec: &Spec) -> Result<DistributionConfig, KindError> {
    let operation = "UpdateDistribution";
    let quantity = i32::try_from(spec.aliases.len()).unwrap_or(i32::MAX);
    let aliases = Aliases::builder()
        .quantity(quantity)
        .set_items(Some(spec.aliases.clone()))
        .build();
    config.aliases = Some(built(operation, aliases)?);
    config.comment.clone_from(&spec.comment);
    config.enabled = true;
    config.origins = Some(origins(spec, others(&config))?);
    config.price_class = Some(PriceClass::from(spec.price_class.as_str()));
    config.http_version = Some(HttpVersion::Http2and3);
    config.is_ipv6_enabled = Some(true);
    config.custom_error_responses.get_or_insert(built(
        operation,
        CustomErrorResponses::builder().quantity(0).build(),
    )?);
    config.viewer_certificate = Some(
        ViewerCertificate::builder()
            .acm_certificate_arn(known(operation, &spec.certificate)?)
            .ssl_support_method(SslSupportMethod::SniOnly)
            .minimum_protocol_version(MinimumProtocolVersion::from(MINIMUM_PROTOCOL))
            .cloud_front_default_certificate(false)
            .build(),
    );
    config.logging = Some(logging(spec.logging.as_ref()));
    if let Some(behavior) = &mut config.default_cache_behavior {
        behavior.viewer_protocol_policy = ViewerProtocolPolicy::HttpsOnly;
        behavior.cache_policy_id = Some(CACHE_POLICY.to_owned());
        ORIGIN.clone_into(&mut behavior.target_origin_id);
        forget_legacy(behavior);
    }
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

fn state(distribution: &Distribution, tags: Tags) -> Option<State> {
    let config = distribution.distribution_config()?;
    let behavior = config.default_cache_behavior();
    let target = behavior.map(DefaultCacheBehavior::target_origin_id);
    let origins = config.origins().map(Origins::items).unwrap_or_default();
    let origin = origins.iter().find(|origin| Some(origin.id()) == target);
    let certificate = config.viewer_certificate();
    let log = config.logging().filter(|log| log.enabled());
    let control = origin
        .and_then(|origin| origin.origin_access_control_id())
        .filter(|id| !id.is_empty());
    Some(State {
        id: distribution.id().to_owned(),
        arn: distribution.arn().to_owned(),
        domain_name: distribution.domain_name().to_ascii_lowercase(),
        status: distribution.status().to_owned(),
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
            .map(|origin| origin.domain_name().to_owned())
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
        tags,
    })
}

/// The distribution `id` in the listing.
async fn listed(context: &Context, id: &str) -> Result<Option<Listed>, KindError> {
    let all = context.read(&Distributions).await?;
    Ok(all.iter().find(|one| one.id == id).cloned())
}

/// The id of our distribution; failing that, of the one that has a name which we ask for. The
/// comment alone says nothing: anybody can write one.
async fn find(context: &Context, spec: &Spec) -> Result<Option<String>, KindError> {
    let client = client(context)?;
    let mut holder: Option<String> = None;
    for item in context.read(&Distributions).await?.iter() {
        let shares_name = item
            .aliases
            .iter()
            .any(|alias| spec.aliases.contains(alias));
        if (shares_name || item.comment == spec.comment)
            && is_ours(&client, &item.id, &item.arn, spec).await?
        {
            return Ok(Some(item.id.clone()));
        }
        if shares_name {
            holder.get_or_insert_with(|| item.id.clone());
        }
    }
    Ok(holder)
}

/// By its tags, or by the caller reference that only we derive: tags can be lost.
async fn is_ours(client: &Client, id: &str, arn: &str, spec: &Spec) -> Result<bool, KindError> {
    if tags::ownership(&spec.tags, &tags_of(client, arn).await?) == Ownership::Ours {
        return Ok(true);
    }
    let config = config_of(client, id).await?;
    Ok(config.is_some_and(|(_, config)| config.caller_reference() == spec.caller_reference))
}

async fn find_ours(context: &Context, spec: &Spec) -> Result<Option<String>, KindError> {
    let Some(id) = find(&context.afresh(), spec).await? else {
        return Ok(None);
    };
    let config = config_of(&client(context)?, &id).await?;
    let ours = config.is_some_and(|(_, config)| config.caller_reference() == spec.caller_reference);
    Ok(ours.then_some(id))
}

async fn tags_of(client: &Client, arn: &str) -> Result<Tags, KindError> {
    let answer = done(
        "ListTagsForResource",
        client.list_tags_for_resource().resource(arn).send().await,
    )?;
    let tags = answer
        .tags()
        .map(|tags| tags.items().to_vec())
        .unwrap_or_default();
    Ok(tags::visible(tags.iter().map(|tag| {
        (
            tag.key().to_owned(),
            tag.value().unwrap_or_default().to_owned(),
        )
    })))
}

fn sdk_tags(operation: &str, tags: &Tags) -> Result<SdkTags, KindError> {
    let mut sdk = SdkTags::builder();
    for (key, value) in tags {
        sdk = sdk.items(built(
            operation,
            Tag::builder().key(key).value(value).build(),
        )?);
    }
    Ok(sdk.build())
}

#[async_trait]
impl Observe<Context> for CloudfrontDistribution {
    async fn observe(
        &self,
        context: &Context,
        target: &Target<Spec>,
    ) -> Result<Observation<State>, KindError> {
        observe(context, target, None).await
    }

    async fn confirm(
        &self,
        context: &Context,
        target: &Target<Spec>,
        recorded: &State,
    ) -> Result<Observation<State>, KindError> {
        observe(context, target, Some(recorded)).await
    }

    /// One listing answers for all distributions.
    async fn status(
        &self,
        context: &Context,
        target: &Target<Spec>,
        seen: &State,
    ) -> Result<Observation<State>, KindError> {
        let Some(listed) = listed(context, &seen.id).await? else {
            return self.observe(context, target).await;
        };
        Ok(Observation::Present {
            physical: seen.id.as_str().into(),
            state: State {
                status: listed.status,
                ..seen.clone()
            },
            ownership: Ownership::Ours,
        })
    }
}

/// The whole distribution. Tags that are recorded are confirmed together with those of others.
async fn observe(
    context: &Context,
    target: &Target<Spec>,
    recorded: Option<&State>,
) -> Result<Observation<State>, KindError> {
    let client = client(context)?;
    let id = match &target.physical {
        Some(id) => Some(id.as_str().to_owned()),
        None => find(context, &target.spec).await?,
    };
    let Some(id) = id else {
        return Ok(Observation::Absent);
    };
    let answer = found(
        "GetDistribution",
        client.get_distribution().id(&id).send().await,
    )?;
    let Some(answer) = answer else {
        return Ok(Observation::Absent);
    };
    let Some(distribution) = answer.distribution() else {
        return Ok(Observation::Absent);
    };
    let arn = distribution.arn();
    let tags = match recorded {
        Some(recorded) if context.carries(arn, &recorded.tags).await => recorded.tags.clone(),
        _ => tags_of(&client, arn).await?,
    };
    let made_by_us = distribution
        .distribution_config()
        .is_some_and(|config| config.caller_reference() == target.spec.caller_reference);
    let ownership = if made_by_us {
        Ownership::Ours
    } else {
        tags::ownership(&target.spec.tags, &tags)
    };
    Ok(match state(distribution, tags) {
        Some(state) => Observation::Present {
            physical: id.into(),
            state,
            ownership,
        },
        None => Observation::Unknown(
            "CloudFront returned the distribution without its configuration".to_owned(),
        ),
    })
}

async fn config_of(
    client: &Client,
    id: &str,
) -> Result<Option<(String, DistributionConfig)>, KindError> {
    let answer = client.get_distribution_config().id(id).send().await;
    let answer = found("GetDistributionConfig", answer)?;
    Ok(answer.and_then(|answer| {
        let etag = answer.e_tag().unwrap_or_default().to_owned();
        Some((etag, answer.distribution_config?))
    }))
}

#[async_trait]
impl Mutate<Context> for CloudfrontDistribution {
    async fn create(
        &self,
        context: &Context,
        target: &Target<Spec>,
    ) -> Result<Outcome<Nothing>, KindError> {
        let client = client(context)?;
        let operation = "CreateDistributionWithTags";
        let config = DistributionConfigWithTags::builder()
            .distribution_config(new_config(&target.spec)?)
            .tags(sdk_tags(operation, &target.spec.tags)?)
            .build();
        let request = client
            .create_distribution_with_tags()
            .distribution_config_with_tags(config);
        let answer = made(operation, request.send().await)?;
        let made = answer.as_ref().and_then(|answer| answer.distribution());
        let Some(made) = made else {
            // The caller reference was used: an earlier call made it, and its answer was lost.
            let id = find_ours(context, &target.spec).await?.ok_or_else(|| {
                let message = "it exists and is not listed yet";
                KindError::new(ErrorClass::NotYet, operation, message)
            })?;
            return Ok(PhysicalId::from(id).into());
        };
        let outcome = Outcome::from(PhysicalId::from(made.id()));
        Ok(match state(made, target.spec.tags.clone()) {
            Some(state) => outcome.in_state::<Self>(state),
            None => outcome,
        })
    }

    async fn update(
        &self,
        context: &Context,
        target: &Target<Spec>,
        update: &Update<'_, Spec>,
    ) -> Result<Outcome<Nothing>, KindError> {
        let client = client(context)?;
        let operation = "UpdateDistribution";
        let id = must_have(operation, target.physical.as_ref())?;
        let beside_tags = |change: &Change| !change.field.starts_with("tags");
        if update.diff.changes.iter().any(beside_tags) {
            let (etag, config) = config_of(&client, id.as_str())
                .await?
                .ok_or_else(|| gone(operation, id.as_str()))?;
            let request = client
                .update_distribution()
                .id(id.as_str())
                .if_match(etag)
                .distribution_config(adjust(config, &target.spec)?);
            done(operation, request.send().await)?;
        }
        if update.diff.touches("tags") {
            let account = context.session()?.account_id();
            set_tags(
                &client,
                &format!("arn:aws:cloudfront::{account}:distribution/{id}"),
                &target.spec.tags,
            )
            .await?;
        }
        Ok(id.clone().into())
    }

    async fn delete(&self, context: &Context, target: &Target<Spec>) -> Result<(), KindError> {
        let Some(id) = &target.physical else {
            return Ok(());
        };
        let client = client(context)?;
        let listed = listed(context, id.as_str()).await?;
        let etag = match listed {
            Some(listed) if listed.enabled => {
                disable(&client, id.as_str()).await?;
                return Err(disabling());
            }
            Some(listed) if listed.status != "Deployed" => return Err(disabling()),
            Some(listed) => listed.etag,
            // What the ledger has is asked for by itself before it counts as gone.
            None => match config_of(&client, id.as_str()).await? {
                None => return Ok(()),
                Some((_, config)) if config.enabled => {
                    disable(&client, id.as_str()).await?;
                    return Err(disabling());
                }
                Some((etag, _)) => etag,
            },
        };
        match delete_version(&client, id.as_str(), etag).await {
            // The listed version can be of a moment ago, and some emulators list none. It is read anew
            // and sent once more, as terraform-provider-aws does (cloudfront/distribution.go), unless
            // somebody has enabled the distribution since.
            Err(error) if has_moved(&error) => match config_of(&client, id.as_str()).await? {
                None => Ok(()),
                Some((_, config)) if config.enabled => Err(error),
                Some((etag, _)) => delete_version(&client, id.as_str(), etag).await,
            },
            ended => ended,
        }
    }
}

/// Deletes a distribution, if `etag` is its version still.
async fn delete_version(client: &Client, id: &str, etag: String) -> Result<(), KindError> {
    let request = client.delete_distribution().id(id).if_match(etag);
    match found("DeleteDistribution", request.send().await) {
        // The edges still have it.
        Err(error) if error.code.as_deref() == Some("DistributionNotDisabled") => Err(disabling()),
        answer => answer.map(drop),
    }
}

/// Whether CloudFront refused the version that was sent.
fn has_moved(error: &KindError) -> bool {
    let code = error.code.as_deref();
    matches!(code, Some("InvalidIfMatchVersion" | "PreconditionFailed"))
}

/// Takes a distribution out of service, which has to come before its deletion.
async fn disable(client: &Client, id: &str) -> Result<(), KindError> {
    let Some((etag, mut config)) = config_of(client, id).await? else {
        return Ok(());
    };
    if config.enabled {
        config.enabled = false;
        let request = client
            .update_distribution()
            .id(id)
            .if_match(etag)
            .distribution_config(config);
        done("UpdateDistribution", request.send().await)?;
    }
    Ok(())
}

fn disabling() -> KindError {
    let message =
        "distribution deployment: it is disabled, and CloudFront carries that to its edges";
    KindError::new(ErrorClass::NotYet, "DeleteDistribution", message)
}

async fn set_tags(client: &Client, arn: &str, desired: &Tags) -> Result<(), KindError> {
    let (set, removed) = tag_changes(desired, &tags_of(client, arn).await?);
    if !set.is_empty() {
        let tags = sdk_tags("TagResource", &set)?;
        done(
            "TagResource",
            client.tag_resource().resource(arn).tags(tags).send().await,
        )?;
    }
    if !removed.is_empty() {
        let keys = TagKeys::builder().set_items(Some(removed)).build();
        done(
            "UntagResource",
            client
                .untag_resource()
                .resource(arn)
                .tag_keys(keys)
                .send()
                .await,
        )?;
    }
    Ok(())
}
