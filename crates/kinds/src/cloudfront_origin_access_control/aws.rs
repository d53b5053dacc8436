//! CloudFront's calls for an origin access control.

use ::aws::{Page, Session};
use async_trait::async_trait;
use aws_sdk_cloudfront::Client;
use aws_sdk_cloudfront::types::{
    OriginAccessControlConfig, OriginAccessControlOriginTypes, OriginAccessControlSigningBehaviors,
    OriginAccessControlSigningProtocols,
};
use model::kind::{CallResult, Called, Update};
use model::{
    ErrorClass, KindError, Mutate, Nothing, Observation, Observe, Ownership, PhysicalId, Target,
};

use super::{CloudfrontOriginAccessControl, Spec, State};
use crate::cloudfront_distribution::listing::Distributions;
use crate::context::Context;
use crate::sdk::{built, done, found, gone, made, must_have};

fn client(context: &Context) -> Result<Client, KindError> {
    Ok(context.session()?.cloudfront())
}

fn config(spec: &Spec) -> Result<OriginAccessControlConfig, KindError> {
    let config = OriginAccessControlConfig::builder()
        .name(&spec.name)
        .description(&spec.description)
        .origin_access_control_origin_type(OriginAccessControlOriginTypes::S3)
        .signing_behavior(OriginAccessControlSigningBehaviors::Always)
        .signing_protocol(OriginAccessControlSigningProtocols::Sigv4)
        .build();
    built("CreateOriginAccessControl", config)
}

/// Every origin access control of an account. The listing has all that is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct AccessControls;

impl Page for AccessControls {
    type Snapshot = Vec<State>;
    const GLOBAL: bool = true;

    async fn read(&self, session: &Session) -> Result<Self::Snapshot, KindError> {
        let client = session.cloudfront();
        let mut controls = Vec::new();
        let mut marker: Option<String> = None;
        loop {
            let request = client
                .list_origin_access_controls()
                .set_marker(marker.take());
            let answer = done("ListOriginAccessControls", request.send().await)?;
            let Some(list) = answer.origin_access_control_list() else {
                return Ok(controls);
            };
            controls.extend(list.items().iter().map(|item| State {
                id: item.id().to_owned(),
                name: item.name().to_owned(),
                description: item.description().to_owned(),
                signs_always: signs_always(
                    item.signing_behavior(),
                    item.origin_access_control_origin_type(),
                ),
            }));
            match list.next_marker() {
                Some(next) if list.is_truncated() && !next.is_empty() => {
                    marker = Some(next.to_owned());
                }
                _ => return Ok(controls),
            }
        }
    }
}

fn signs_always(
    behavior: &OriginAccessControlSigningBehaviors,
    origin: &OriginAccessControlOriginTypes,
) -> bool {
    *behavior == OriginAccessControlSigningBehaviors::Always
        && *origin == OriginAccessControlOriginTypes::S3
}

async fn get(client: &Client, id: &str) -> Result<Option<(String, State)>, KindError> {
    let answer = client.get_origin_access_control().id(id).send().await;
    let Some(answer) = found("GetOriginAccessControl", answer)? else {
        return Ok(None);
    };
    let etag = answer.e_tag().unwrap_or_default().to_owned();
    let config = answer
        .origin_access_control()
        .and_then(|control| control.origin_access_control_config());
    Ok(config.map(|config| {
        let state = State {
            id: id.to_owned(),
            name: config.name().to_owned(),
            description: config.description().unwrap_or_default().to_owned(),
            signs_always: signs_always(
                config.signing_behavior(),
                config.origin_access_control_origin_type(),
            ),
        };
        (etag, state)
    }))
}

#[async_trait]
impl Observe<Context> for CloudfrontOriginAccessControl {
    async fn observe(
        &self,
        context: &Context,
        target: &Target<Spec>,
    ) -> Result<Observation<State>, KindError> {
        let listed = context.read(&AccessControls).await?;
        let mut listed = listed.iter();
        let state = match &target.physical {
            Some(id) => match listed.find(|one| one.id == id.as_str()) {
                Some(state) => Some(state.clone()),
                // What the ledger has is asked for by itself before it counts as gone.
                None => get(&client(context)?, id.as_str())
                    .await?
                    .map(|(_, state)| state),
            },
            None => listed.find(|one| one.name == target.spec.name).cloned(),
        };
        let Some(state) = state else {
            return Ok(Observation::Absent);
        };
        let ownership = if state.description == target.spec.description {
            Ownership::Ours
        } else {
            Ownership::Foreign
        };
        Ok(Observation::Present {
            physical: state.id.as_str().into(),
            state,
            ownership,
        })
    }
}

#[async_trait]
impl Mutate<Context> for CloudfrontOriginAccessControl {
    async fn create(&self, context: &Context, target: &Target<Spec>) -> Called<Nothing> {
        let client = client(context)?;
        let operation = "CreateOriginAccessControl";
        let request = client
            .create_origin_access_control()
            .origin_access_control_config(config(&target.spec)?);
        let answer = made(operation, request.send().await)?;
        let made = answer
            .as_ref()
            .and_then(|answer| answer.origin_access_control());
        let Some(made) = made else {
            // The name is unique: an earlier call made it, and its answer was lost.
            let listed = context.afresh().read(&AccessControls).await?;
            let ours = listed.iter().find(|one| one.name == target.spec.name);
            let ours = ours.ok_or_else(|| {
                let message = "it exists and is not listed yet";
                KindError::new(ErrorClass::NotYet, operation, message)
            })?;
            return Ok(PhysicalId::from(ours.id.as_str()).into());
        };
        let state = State {
            id: made.id().to_owned(),
            name: target.spec.name.clone(),
            description: target.spec.description.clone(),
            signs_always: true,
        };
        let outcome = CallResult::from(PhysicalId::from(made.id()));
        Ok(outcome.in_state::<Self>(state))
    }

    async fn update(
        &self,
        context: &Context,
        target: &Target<Spec>,
        _update: &Update<'_, Spec>,
    ) -> Called<Nothing> {
        let client = client(context)?;
        let operation = "UpdateOriginAccessControl";
        let id = must_have(operation, target.physical.as_ref())?;
        let (etag, _) = get(&client, id.as_str())
            .await?
            .ok_or_else(|| gone(operation, id.as_str()))?;
        let request = client
            .update_origin_access_control()
            .id(id.as_str())
            .if_match(etag)
            .origin_access_control_config(config(&target.spec)?);
        done(operation, request.send().await)?;
        Ok(id.clone().into())
    }

    async fn delete(&self, context: &Context, target: &Target<Spec>) -> Result<(), KindError> {
        let client = client(context)?;
        let Some(id) = &target.physical else {
            return Ok(());
        };
        // One listing tells all who wait that it is in use, where CloudFront would refuse each.
        let distributions = context.read(&Distributions).await?;
        if distributions.iter().any(|one| one.uses(id.as_str())) {
            let message = "the end of a distribution that reads through it";
            return Err(KindError::new(
                ErrorClass::NotYet,
                "DeleteOriginAccessControl",
                message,
            ));
        }
        if let Some((etag, _)) = get(&client, id.as_str()).await? {
            let request = client
                .delete_origin_access_control()
                .id(id.as_str())
                .if_match(etag);
            found("DeleteOriginAccessControl", request.send().await)?;
        }
        Ok(())
    }
}
