//! CloudFront's calls for a distribution.

use async_trait::async_trait;
use aws_sdk_cloudfront::Client;
use aws_sdk_cloudfront::types::{DistributionConfig, TagKeys};
use model::kind::{Called, Update};
use model::{
    Change, Diff, ErrorClass, Kind, KindError, Mutate, Nothing, Observation, Observe, Ownership,
    PhysicalId, Target,
};

use super::config::{adjust, configured, state, without_names};
use super::create::{self, holders, is_taken};
use super::find::{Configured, client, config_of, find, listed, made_by_us, sdk_tags, tags_of};
use super::listing::Listed;
use super::{CloudfrontDistribution, Spec, State, is_of_tags};
use crate::context::Context;
use crate::sdk::{done, found, gone, must_have, tag_changes};
use crate::tags::{self, Tags};

#[async_trait]
impl Observe<Context> for CloudfrontDistribution {
    async fn observe(
        &self,
        context: &Context,
        target: &Target<Spec>,
    ) -> Result<Observation<State>, KindError> {
        observe(context, target, None).await
    }

    /// The listing has the entity tag of each distribution: where it is the recorded one, the whole
    /// configuration is too. Tags are no part of it.
    async fn confirm(
        &self,
        context: &Context,
        target: &Target<Spec>,
        recorded: &State,
    ) -> Result<Observation<State>, KindError> {
        // Side by side, so that the tags of all that is observed go out in one question.
        let (listed, has_its_tags) = tokio::join!(
            listed(context, &recorded.id),
            context.carries(&recorded.arn, &recorded.tags)
        );
        let ownership = tags::ownership(&target.spec.tags, &recorded.tags);
        // Some emulators list no entity tag.
        let is_same = |listed: &Listed| !listed.etag.is_empty() && listed.etag == recorded.etag;
        if let Some(listed) = listed?.filter(is_same)
            && ownership == Ownership::Ours
            && has_its_tags
        {
            return Ok(Observation::Present {
                physical: recorded.id.as_str().into(),
                state: State {
                    status: listed.status,
                    ..recorded.clone()
                },
                ownership,
            });
        }
        observe(context, target, Some(recorded)).await
    }

    /// One listing answers for all distributions, as long as it shows the version that was sent: right
    /// after an update it can show the one before it, as deployed.
    async fn status(
        &self,
        context: &Context,
        target: &Target<Spec>,
        seen: &State,
    ) -> Result<Observation<State>, KindError> {
        let listed = listed(context, &seen.id).await?;
        let Some(listed) = listed.filter(|listed| listed.etag == seen.etag) else {
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
        .is_some_and(|config| made_by_us(&target.spec, config));
    let ownership = if made_by_us {
        Ownership::Ours
    } else {
        tags::ownership(&target.spec.tags, &tags)
    };
    let etag = answer.e_tag().unwrap_or_default();
    Ok(match state(distribution, etag, tags) {
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

#[async_trait]
impl Mutate<Context> for CloudfrontDistribution {
    async fn create(&self, context: &Context, target: &Target<Spec>) -> Called<Nothing> {
        create::create(context, target).await
    }

    async fn update(
        &self,
        context: &Context,
        target: &Target<Spec>,
        update: &Update<'_, Spec>,
    ) -> Called<Nothing> {
        let client = client(context)?;
        let operation = "UpdateDistribution";
        let id = must_have(operation, target.physical.as_ref())?;
        if !update.diff.changes.iter().all(is_of_tags) {
            let found = config_of(&client, id.as_str()).await?;
            let found = found.ok_or_else(|| gone(operation, id.as_str()))?;
            if let Err(error) = put_config(&client, id, found, &target.spec).await {
                if is_taken(&error) {
                    return Err(holders(&client, id.as_str(), &target.spec.aliases, error).await);
                }
                if !is_outrun(&error) {
                    return Err(error);
                }
                let again = config_of(&client, id.as_str()).await?;
                let again = again.ok_or_else(|| gone(operation, id.as_str()))?;
                if has_moved(&target.spec, &again.config, update.diff) {
                    return Err(error);
                }
                put_config(&client, id, again, &target.spec).await?;
            }
        }
        if update.diff.touches("tags") {
            let account = context.session()?.account_id();
            set_tags(
                &client,
                &format!("arn:aws:cloudfront::{account}:distribution/{id}"),
                &target.spec.tags,
                update.owned.as_ref().map(|owned| &owned.tags),
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
                Some(found) if found.config.enabled => {
                    disable(&client, id.as_str()).await?;
                    return Err(disabling());
                }
                Some(found) => found.etag,
            },
        };
        // Whoever waited for this is served like those who did not have to.
        let client = context.session()?.pressing().cloudfront();
        match delete_version(&client, id.as_str(), etag).await {
            // The listed version can be of a moment ago, and some emulators list none. It is read anew
            // and sent once more, as terraform-provider-aws does (cloudfront/distribution.go), unless
            // somebody has enabled the distribution since.
            Err(error) if is_outrun(&error) => match config_of(&client, id.as_str()).await? {
                None => Ok(()),
                Some(found) if found.config.enabled => Err(error),
                Some(found) => delete_version(&client, id.as_str(), found.etag).await,
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

/// Takes a distribution out of service, which has to come before its deletion.
async fn disable(client: &Client, id: &str) -> Result<(), KindError> {
    let Some(Configured { etag, mut config }) = config_of(client, id).await? else {
        return Ok(());
    };
    if config.enabled {
        config.enabled = false;
        let disabled = match send(client, id, &etag, config.clone()).await {
            // It goes, so that it can go without its names: then it needs no certificate.
            Err(error) if is_of_certificate(&error) => {
                send(client, id, &etag, without_names(config)?).await
            }
            disabled => disabled,
        };
        // Where the entity tag moved, the next attempt reads the one of then.
        disabled.or_else(|error| {
            if is_outrun(&error) {
                Ok(())
            } else {
                Err(error)
            }
        })?;
    }
    Ok(())
}

/// Whether CloudFront refuses an update because of the certificate. It is checked with each update, so that one
/// that has expired keeps a distribution from being changed, and from being taken out of service.
fn is_of_certificate(error: &KindError) -> bool {
    error.code.as_deref() == Some("InvalidViewerCertificate")
}

/// Sends a configuration, if `etag` is the version that it was made from.
async fn send(
    client: &Client,
    id: &str,
    etag: &str,
    config: DistributionConfig,
) -> Result<(), KindError> {
    let request = client
        .update_distribution()
        .id(id)
        .if_match(etag)
        .distribution_config(config);
    done("UpdateDistribution", request.send().await)?;
    Ok(())
}

/// Sends the configuration `found`, with everything that the spec asks for.
async fn put_config(
    client: &Client,
    id: &PhysicalId,
    found: Configured,
    spec: &Spec,
) -> Result<(), KindError> {
    let Configured { etag, config } = found;
    let config = adjust(config, spec)?;
    match send(client, id.as_str(), &etag, config.clone()).await {
        // What lets its last name go needs no certificate.
        Err(error) if is_of_certificate(&error) && spec.aliases.is_empty() => {
            send(client, id.as_str(), &etag, without_names(config)?).await
        }
        sent => sent,
    }
}

/// Whether the entity tag was not the newest one (terraform-provider-aws, `distribution.go` reads
/// again after both codes). A distribution on a pricing plan answers one of them for another reason.
fn is_outrun(error: &KindError) -> bool {
    let code = error.code.as_deref().unwrap_or_default();
    let is_code = ["PreconditionFailed", "InvalidIfMatchVersion"].contains(&code);
    is_code && !error.message.contains("pricing plan")
}

/// Whether something that an update is about is no longer as the plan saw it: then another look has
/// to decide.
fn has_moved(spec: &Spec, config: &DistributionConfig, planned: &Diff) -> bool {
    let now = CloudfrontDistribution::diff(spec, &configured(config), None);
    let is_planned = |change: &Change| {
        let mut planned = planned.changes.iter();
        planned.any(|other| other.field == change.field && other.from == change.from)
    };
    let mut now = now.changes.iter().filter(|change| !is_of_tags(change));
    now.any(|change| !is_planned(change))
}

fn disabling() -> KindError {
    let message = "distribution deployment (usually 3 minutes): it is disabled, and CloudFront carries that to its edges";
    KindError::new(ErrorClass::NotYet, "DeleteDistribution", message)
}

async fn set_tags(
    client: &Client,
    arn: &str,
    desired: &Tags,
    owned: Option<&Tags>,
) -> Result<(), KindError> {
    let (set, removed) = tag_changes(desired, &tags_of(client, arn).await?, owned);
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
