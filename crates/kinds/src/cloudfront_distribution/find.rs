//! How a distribution is found again, and what of it is read on the way.

use aws_sdk_cloudfront::Client;
use aws_sdk_cloudfront::types::{DistributionConfig, Tag, Tags as SdkTags};
use model::{KindError, Ownership};

use super::Spec;
use super::listing::{Distributions, Listed};
use crate::context::Context;
use crate::reference;
use crate::sdk::{built, found};
use crate::tags::{self, Tags};

pub(super) fn client(context: &Context) -> Result<Client, KindError> {
    Ok(context.session()?.cloudfront())
}

/// The distribution `id` in the listing.
pub(super) async fn listed(context: &Context, id: &str) -> Result<Option<Listed>, KindError> {
    let all = context.read(&Distributions).await?;
    Ok(all.iter().find(|one| one.id == id).cloned())
}

/// The id of our distribution; failing that, of the one that has a name which we ask for. The
/// comment alone says nothing: anybody can write one.
pub(super) async fn find(context: &Context, spec: &Spec) -> Result<Option<String>, KindError> {
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
    Ok(config.is_some_and(|found| made_by_us(spec, &found.config)))
}

/// Whether we made a distribution, by its caller reference.
pub(super) fn made_by_us(spec: &Spec, config: &DistributionConfig) -> bool {
    reference::is_of(&spec.caller_reference, config.caller_reference())
}

pub(super) async fn find_ours(context: &Context, spec: &Spec) -> Result<Option<String>, KindError> {
    let Some(id) = find(&context.afresh(), spec).await? else {
        return Ok(None);
    };
    let config = config_of(&client(context)?, &id).await?;
    let ours = config.is_some_and(|found| made_by_us(spec, &found.config));
    Ok(ours.then_some(id))
}

pub(super) async fn tags_of(client: &Client, arn: &str) -> Result<Tags, KindError> {
    // CloudFront's lists show for a while what is deleted.
    let answer = found(
        "ListTagsForResource",
        client.list_tags_for_resource().resource(arn).send().await,
    )?;
    let tags = answer
        .and_then(|answer| answer.tags)
        .map(|tags| tags.items().to_vec())
        .unwrap_or_default();
    Ok(tags::visible(tags.iter().map(|tag| {
        (
            tag.key().to_owned(),
            tag.value().unwrap_or_default().to_owned(),
        )
    })))
}

pub(super) fn sdk_tags(operation: &str, tags: &Tags) -> Result<SdkTags, KindError> {
    let mut sdk = SdkTags::builder();
    for (key, value) in tags {
        sdk = sdk.items(built(
            operation,
            Tag::builder().key(key).value(value).build(),
        )?);
    }
    Ok(sdk.build())
}

/// The configuration of a distribution, with the entity tag that a change of it must name.
pub(super) struct Configured {
    pub(super) etag: String,
    pub(super) config: DistributionConfig,
}

pub(super) async fn config_of(client: &Client, id: &str) -> Result<Option<Configured>, KindError> {
    let answer = client.get_distribution_config().id(id).send().await;
    let answer = found("GetDistributionConfig", answer)?;
    Ok(answer.and_then(|answer| {
        let etag = answer.e_tag().unwrap_or_default().to_owned();
        let config = answer.distribution_config?;
        Some(Configured { etag, config })
    }))
}
