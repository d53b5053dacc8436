//! Route 53's calls for a hosted zone.

use std::collections::BTreeMap;

use ::aws::{Key, Session};
use async_trait::async_trait;
use aws_sdk_route53::Client;
use aws_sdk_route53::types::{HostedZone, HostedZoneConfig, Tag, TagResourceType};
use clock::Clock;
use model::kind::{Called, Update};
use model::{
    ErrorClass, KindError, Mutate, Nothing, Observation, Observe, Ownership, PhysicalId, Target,
};

use super::{Route53HostedZone, Spec, State, bare};
use crate::context::Context;
use crate::record::same_name;
use crate::reference;
use crate::route53_record_set::{apex, is_listed};
use crate::sdk::{done, found, made, must_have, tag_changes};
use crate::tags::{self, Tags};

fn client(context: &Context) -> Result<Client, KindError> {
    Ok(context.session()?.route53())
}

fn name_of(zone: &HostedZone) -> &str {
    zone.name().trim_end_matches('.')
}

/// Whether we made a zone, by its caller reference.
fn is_ours(spec: &Spec, zone: &HostedZone) -> bool {
    reference::is_of(&spec.caller_reference, zone.caller_reference())
}

/// The result of a search by name.
enum Found {
    Nothing,
    One(String),
    /// One that is public.
    Public(String),
    /// Several public zones have the name, and nothing says which is meant: the first, and the others.
    Several(String, Vec<String>),
}

/// The public zone of this name, or, when it is to be found, of the nearest parent.
async fn find(context: &Context, spec: &Spec) -> Result<Found, KindError> {
    if let Some(id) = &spec.id {
        return Ok(Found::One(bare(id).to_owned()));
    }
    let mut name = spec.name.as_str();
    loop {
        let zones = context.read_key(&Named(name.to_owned())).await?;
        let zones = zones.as_deref().map(Vec::as_slice).unwrap_or_default();
        let ours = zones.iter().find(|zone| spec.create && is_ours(spec, zone));
        if let Some(zone) = ours.or_else(|| zones.first().filter(|_| zones.len() == 1)) {
            return Ok(Found::Public(bare(zone.id()).to_owned()));
        }
        if let Some((first, others)) = zones.split_first() {
            let id = |zone: &HostedZone| bare(zone.id()).to_owned();
            return Ok(Found::Several(id(first), others.iter().map(id).collect()));
        }
        match name.split_once('.') {
            Some((_, parent)) if !spec.create && parent.contains('.') => name = parent,
            _ => return Ok(Found::Nothing),
        }
    }
}

/// From how many zones on it is worth to list all of the account, a hundred a request.
const WORTH_LISTING: usize = 4;

/// The public zones of exactly this name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Named(String);

impl Key for Named {
    type Snapshot = Vec<HostedZone>;
    const MOST: usize = 10_000;

    async fn read(
        session: &Session,
        keys: &[Self],
    ) -> Result<BTreeMap<Self, Vec<HostedZone>>, KindError> {
        let client = session.route53();
        let mut found: BTreeMap<Self, Vec<HostedZone>> = BTreeMap::new();
        if keys.len() < WORTH_LISTING {
            for key in keys {
                found.insert(key.clone(), named(&client, &key.0).await?);
            }
            return Ok(found);
        }
        for zone in all(&client).await?.into_iter().filter(is_public) {
            let key = Self(name_of(&zone).to_ascii_lowercase());
            found.entry(key).or_default().push(zone);
        }
        Ok(found)
    }
}

fn is_public(zone: &HostedZone) -> bool {
    !zone.config().is_some_and(HostedZoneConfig::private_zone)
}

/// Every zone of the account.
async fn all(client: &Client) -> Result<Vec<HostedZone>, KindError> {
    let mut zones = Vec::new();
    let mut marker: Option<String> = None;
    loop {
        let request = client.list_hosted_zones().set_marker(marker.take());
        let answer = done("ListHostedZones", request.send().await)?;
        marker = answer.next_marker().map(str::to_owned);
        zones.extend(answer.hosted_zones);
        if marker.is_none() {
            return Ok(zones);
        }
    }
}

/// Every public zone of exactly this name. Private ones, of which there may be any number, are
/// listed among them.
async fn named(client: &Client, name: &str) -> Result<Vec<HostedZone>, KindError> {
    let mut zones = Vec::new();
    let mut next: Option<String> = None;
    loop {
        let request = client
            .list_hosted_zones_by_name()
            .dns_name(name)
            .set_hosted_zone_id(next.take())
            .max_items(100);
        let answer = done("ListHostedZonesByName", request.send().await)?;
        let of_name = |zone: &&HostedZone| same_name(zone.name(), name) && is_public(zone);
        zones.extend(answer.hosted_zones().iter().filter(of_name).cloned());
        // The list goes on with other names.
        match (answer.next_dns_name(), answer.next_hosted_zone_id()) {
            (Some(other), Some(id)) if answer.is_truncated() && same_name(other, name) => {
                next = Some(bare(id).to_owned());
            }
            _ => return Ok(zones),
        }
    }
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
    Ok(tags::visible(tags.iter().filter_map(|tag| {
        Some((
            tag.key()?.to_owned(),
            tag.value().unwrap_or_default().to_owned(),
        ))
    })))
}

async fn set_tags(
    client: &Client,
    id: &str,
    desired: &Tags,
    actual: &Tags,
    owned: Option<&Tags>,
) -> Result<(), KindError> {
    let (set, removed) = tag_changes(desired, actual, owned);
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

/// Makes the zone under the first caller reference that is not spent, or finds the one that a reference
/// of ours has made: an earlier call, whose answer was lost.
async fn make(client: &Client, clock: Clock, spec: &Spec) -> Result<String, KindError> {
    let operation = "CreateHostedZone";
    let limit = clock.now() + reference::YOUNG;
    for reference in reference::chain(&spec.caller_reference) {
        let request = client
            .create_hosted_zone()
            .name(&spec.name)
            .caller_reference(&reference);
        let answer = made(operation, request.send().await)?;
        if let Some(zone) = answer.as_ref().and_then(|answer| answer.hosted_zone()) {
            return Ok(bare(zone.id()).to_owned());
        }
        loop {
            let zones = named(client, &spec.name).await?;
            let mut zones = zones.iter();
            if let Some(zone) = zones.find(|zone| zone.caller_reference() == reference) {
                return Ok(bare(zone.id()).to_owned());
            }
            if clock.now() >= limit {
                break;
            }
            clock.sleep(reference::YOUNG_POLL).await;
        }
    }
    let message = "every caller reference of this zone is spent: create the zone yourself";
    Err(KindError::new(ErrorClass::Conflict, operation, message))
}

/// The zone `id`; `others` may be meant as well.
async fn read(
    client: &Client,
    spec: &Spec,
    id: &str,
    others: Vec<String>,
) -> Result<Observation<State>, KindError> {
    let answer = client.get_hosted_zone().id(id).send().await;
    let Some(answer) = found("GetHostedZone", answer)? else {
        return Ok(Observation::Absent);
    };
    let Some(zone) = answer.hosted_zone() else {
        return Ok(Observation::Absent);
    };
    let tags = if spec.create {
        tags_of(client, id).await?
    } else {
        Tags::new()
    };
    let ownership = if !spec.create {
        Ownership::Shared
    } else if is_ours(spec, zone) {
        Ownership::Ours
    } else {
        tags::ownership(&spec.tags, &tags)
    };
    let servers = answer
        .delegation_set()
        .map(|set| set.name_servers().to_vec())
        .unwrap_or_default();
    Ok(Observation::Present {
        physical: id.into(),
        state: State {
            id: id.to_owned(),
            name: name_of(zone).to_owned(),
            name_servers: servers,
            tags,
            others,
            is_private: zone.config().is_some_and(HostedZoneConfig::private_zone),
        },
        ownership,
    })
}

/// A public zone that somebody else runs, by the listing of its records: of it, nothing is compared but that it
/// is there. Where that does not say which servers it was given, or may not be read, and for a zone of ours,
/// Route 53 is asked.
async fn read_public(
    context: &Context,
    spec: &Spec,
    id: &str,
) -> Result<Observation<State>, KindError> {
    let listed = if spec.create {
        None
    } else {
        match apex(context, id).await {
            // Each record says so, and which permission is missing.
            Err(error) if error.class == ErrorClass::Denied => None,
            listed => listed?,
        }
    };
    let Some((name, name_servers)) = listed else {
        return read(&client(context)?, spec, id, Vec::new()).await;
    };
    Ok(Observation::Present {
        physical: id.into(),
        state: State {
            id: id.to_owned(),
            name,
            name_servers,
            ..State::default()
        },
        ownership: Ownership::Shared,
    })
}

#[async_trait]
impl Observe<Context> for Route53HostedZone {
    async fn observe(
        &self,
        context: &Context,
        target: &Target<Spec>,
    ) -> Result<Observation<State>, KindError> {
        let client = client(context)?;
        // The manifest may name another zone than the one on record.
        let named = |id: &PhysicalId| !target.spec.names_other(id);
        if let Some(id) = target.physical.as_ref().filter(|id| named(id)) {
            // No ledger holds a private zone.
            let seen = read_public(context, &target.spec, id.as_str()).await?;
            // Whoever runs a zone that was found may have made it anew.
            if target.spec.create || seen != Observation::Absent {
                return Ok(seen);
            }
        }
        match find(context, &target.spec).await? {
            Found::Nothing => Ok(Observation::Absent),
            Found::One(id) => read(&client, &target.spec, &id, Vec::new()).await,
            Found::Public(id) => read_public(context, &target.spec, &id).await,
            Found::Several(first, others) => read(&client, &target.spec, &first, others).await,
        }
    }

    /// Of a zone that somebody else runs, nothing is compared but that it is there. Its name servers never
    /// change.
    async fn confirm(
        &self,
        context: &Context,
        target: &Target<Spec>,
        recorded: &State,
    ) -> Result<Observation<State>, KindError> {
        if target.spec.create
            || target
                .physical
                .as_ref()
                .is_none_or(|id| id.as_str() != recorded.id)
            || !is_listed(context, &recorded.id).await?
        {
            return self.observe(context, target).await;
        }
        Ok(Observation::Present {
            physical: recorded.id.as_str().into(),
            state: recorded.clone(),
            ownership: Ownership::Shared,
        })
    }
}

#[async_trait]
impl Mutate<Context> for Route53HostedZone {
    async fn create(&self, context: &Context, target: &Target<Spec>) -> Called<Nothing> {
        let client = client(context)?;
        let spec = &target.spec;
        let id = make(&client, context.clock, spec).await?;
        let tagged = set_tags(&client, &id, &spec.tags, &Tags::new(), None).await;
        tagged.map_err(KindError::begun)?;
        Ok(model::PhysicalId::from(id).into())
    }

    async fn update(
        &self,
        context: &Context,
        target: &Target<Spec>,
        update: &Update<'_, Spec>,
    ) -> Called<Nothing> {
        let client = client(context)?;
        let id = must_have("ChangeTagsForResource", target.physical.as_ref())?;
        if target.spec.create {
            let actual = tags_of(&client, id.as_str()).await?;
            let given = update.owned.as_ref().map(|owned| &owned.tags);
            set_tags(&client, id.as_str(), &target.spec.tags, &actual, given).await?;
        }
        Ok(id.clone().into())
    }

    async fn delete(&self, context: &Context, target: &Target<Spec>) -> Result<(), KindError> {
        // A zone that was found is not ours to delete.
        let Some(id) = target.physical.as_ref().filter(|_| target.spec.create) else {
            return Ok(());
        };
        let answer = client(context)?
            .delete_hosted_zone()
            .id(id.as_str())
            .send()
            .await;
        found("DeleteHostedZone", answer)?;
        Ok(())
    }
}
