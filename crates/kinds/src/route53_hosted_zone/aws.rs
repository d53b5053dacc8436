//! Route 53's calls for a hosted zone.

use async_trait::async_trait;
use aws_sdk_route53::Client;
use aws_sdk_route53::types::{HostedZone, Tag, TagResourceType};
use model::kind::{Outcome, Update};
use model::{KindError, Mutate, Observation, Observe, Ownership, Target};

use super::{Route53HostedZone, Spec, State};
use crate::context::Context;
use crate::sdk::{built, done, found, tag_changes};
use crate::tags::{self, Tags};

fn client(context: &Context) -> Result<Client, KindError> {
    Ok(Client::new(&context.session()?.config("route53")))
}

fn bare(id: &str) -> &str {
    id.trim_start_matches("/hostedzone/")
}

fn name_of(zone: &HostedZone) -> &str {
    zone.name().trim_end_matches('.')
}

/// The public zone of this name, or, when it is to be found, of the nearest parent.
async fn find(client: &Client, spec: &Spec) -> Result<Option<String>, KindError> {
    if let Some(id) = &spec.id {
        return Ok(Some(id.clone()));
    }
    let mut name = spec.name.as_str();
    loop {
        if let Some(id) = find_named(client, name).await? {
            return Ok(Some(id));
        }
        match name.split_once('.') {
            Some((_, parent)) if !spec.create && parent.contains('.') => name = parent,
            _ => return Ok(None),
        }
    }
}

async fn find_named(client: &Client, name: &str) -> Result<Option<String>, KindError> {
    let answer = client
        .list_hosted_zones_by_name()
        .dns_name(name)
        .max_items(10)
        .send()
        .await;
    let answer = done("ListHostedZonesByName", answer)?;
    let public = |zone: &&HostedZone| !zone.config().is_some_and(|config| config.private_zone());
    let zones = answer.hosted_zones().iter().filter(public);
    Ok(zones
        .filter(|zone| name_of(zone).eq_ignore_ascii_case(name))
        .map(|zone| bare(zone.id()).to_owned())
        .next())
}

async fn tags_of(client: &Client, id: &str) -> Result<Tags, KindError> {
    let answer = client
        .list_tags_for_resource()
        .resource_type(TagResourceType::Hostedzone)
        .resource_id(id)
        .send()
        .await;
    let answer = done("ListTagsForResource", answer)?;
    let tags = answer
        .resource_tag_set()
        .map(|set| set.tags().to_vec())
        .unwrap_or_default();
    Ok(tags
        .iter()
        .filter_map(|tag| {
            Some((
                tag.key()?.to_owned(),
                tag.value().unwrap_or_default().to_owned(),
            ))
        })
        .collect())
}

async fn set_tags(
    client: &Client,
    id: &str,
    desired: &Tags,
    actual: &Tags,
) -> Result<(), KindError> {
    let (set, removed) = tag_changes(desired, actual);
    if set.is_empty() && removed.is_empty() {
        return Ok(());
    }
    let tags: Vec<Tag> = set
        .iter()
        .map(|(key, value)| Tag::builder().key(key).value(value).build())
        .collect();
    let request = client
        .change_tags_for_resource()
        .resource_type(TagResourceType::Hostedzone)
        .resource_id(id)
        .set_add_tags((!tags.is_empty()).then_some(tags))
        .set_remove_tag_keys((!removed.is_empty()).then_some(removed));
    done("ChangeTagsForResource", request.send().await)?;
    Ok(())
}

#[async_trait]
impl Observe<Context> for Route53HostedZone {
    async fn observe(
        &self,
        context: &Context,
        target: &Target<Spec>,
    ) -> Result<Observation<State>, KindError> {
        let client = client(context)?;
        let id = match &target.physical {
            Some(id) => Some(id.as_str().to_owned()),
            None => find(&client, &target.spec).await?,
        };
        let Some(id) = id else {
            return Ok(Observation::Absent);
        };
        let answer = client.get_hosted_zone().id(&id).send().await;
        let Some(answer) = found("GetHostedZone", answer, &["NoSuchHostedZone"])? else {
            return Ok(Observation::Absent);
        };
        let Some(zone) = answer.hosted_zone() else {
            return Ok(Observation::Absent);
        };
        let tags = if target.spec.create {
            tags_of(&client, &id).await?
        } else {
            Tags::new()
        };
        let ownership = if !target.spec.create {
            Ownership::Shared
        } else if zone.caller_reference() == target.spec.caller_reference {
            Ownership::Ours
        } else {
            tags::ownership(&target.spec.tags, &tags)
        };
        let servers = answer
            .delegation_set()
            .map(|set| set.name_servers().to_vec())
            .unwrap_or_default();
        Ok(Observation::Present {
            physical: id.as_str().into(),
            state: State {
                id,
                name: name_of(zone).to_owned(),
                name_servers: servers,
                tags,
            },
            ownership,
        })
    }
}

#[async_trait]
impl Mutate<Context> for Route53HostedZone {
    async fn create(&self, context: &Context, target: &Target<Spec>) -> Result<Outcome, KindError> {
        let client = client(context)?;
        let spec = &target.spec;
        let request = client
            .create_hosted_zone()
            .name(&spec.name)
            .caller_reference(&spec.caller_reference);
        let answer = found(
            "CreateHostedZone",
            request.send().await,
            &["HostedZoneAlreadyExists"],
        )?;
        let id = match answer.as_ref().and_then(|answer| answer.hosted_zone()) {
            Some(zone) => bare(zone.id()).to_owned(),
            // The caller reference was used: an earlier call made it, and its answer was lost.
            None => built(
                "CreateHostedZone",
                find(&client, spec)
                    .await?
                    .ok_or("the zone exists and can't be found"),
            )?,
        };
        set_tags(&client, &id, &spec.tags, &Tags::new()).await?;
        Ok(model::PhysicalId::from(id).into())
    }

    async fn update(
        &self,
        context: &Context,
        target: &Target<Spec>,
        _update: &Update<'_, Spec>,
    ) -> Result<Outcome, KindError> {
        let client = client(context)?;
        let id = target.physical.clone().unwrap_or_else(|| "".into());
        if target.spec.create {
            let actual = tags_of(&client, id.as_str()).await?;
            set_tags(&client, id.as_str(), &target.spec.tags, &actual).await?;
        }
        Ok(id.into())
    }

    async fn delete(&self, context: &Context, target: &Target<Spec>) -> Result<(), KindError> {
        let Some(id) = &target.physical else {
            return Ok(());
        };
        let answer = client(context)?
            .delete_hosted_zone()
            .id(id.as_str())
            .send()
            .await;
        found("DeleteHostedZone", answer, &["NoSuchHostedZone"])?;
        Ok(())
    }
}
