//! CloudFront's calls for an origin access control.

use async_trait::async_trait;
use aws_sdk_cloudfront::Client;
use aws_sdk_cloudfront::types::{
    OriginAccessControlConfig, OriginAccessControlOriginTypes, OriginAccessControlSigningBehaviors,
    OriginAccessControlSigningProtocols,
};
use model::kind::{Outcome, Update};
use model::{
    ErrorClass, KindError, Mutate, Nothing, Observation, Observe, Ownership, PhysicalId, Target,
};

use super::{CloudfrontOriginAccessControl, Spec, State};
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

/// The id of the access control of this name.
async fn find(client: &Client, name: &str) -> Result<Option<String>, KindError> {
    let mut marker: Option<String> = None;
    loop {
        let request = client
            .list_origin_access_controls()
            .set_marker(marker.take());
        let answer = done("ListOriginAccessControls", request.send().await)?;
        let Some(list) = answer.origin_access_control_list() else {
            return Ok(None);
        };
        if let Some(item) = list.items().iter().find(|item| item.name() == name) {
            return Ok(Some(item.id().to_owned()));
        }
        match list.next_marker() {
            Some(next) if list.is_truncated() && !next.is_empty() => marker = Some(next.to_owned()),
            _ => return Ok(None),
        }
    }
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
            signs_always: *config.signing_behavior() == OriginAccessControlSigningBehaviors::Always
                && *config.origin_access_control_origin_type()
                    == OriginAccessControlOriginTypes::S3,
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
        let client = client(context)?;
        let id = match &target.physical {
            Some(id) => Some(id.as_str().to_owned()),
            None => find(&client, &target.spec.name).await?,
        };
        let Some(id) = id else {
            return Ok(Observation::Absent);
        };
        let Some((_, state)) = get(&client, &id).await? else {
            return Ok(Observation::Absent);
        };
        let ownership = if state.description == target.spec.description {
            Ownership::Ours
        } else {
            Ownership::Foreign
        };
        Ok(Observation::Present {
            physical: id.into(),
            state,
            ownership,
        })
    }
}

#[async_trait]
impl Mutate<Context> for CloudfrontOriginAccessControl {
    async fn create(
        &self,
        context: &Context,
        target: &Target<Spec>,
    ) -> Result<Outcome<Nothing>, KindError> {
        let client = client(context)?;
        let operation = "CreateOriginAccessControl";
        let request = client
            .create_origin_access_control()
            .origin_access_control_config(config(&target.spec)?);
        let answer = made(operation, request.send().await)?;
        let id = match answer
            .as_ref()
            .and_then(|answer| answer.origin_access_control())
        {
            Some(control) => Some(control.id().to_owned()),
            // The name is unique: an earlier call made it, and its answer was lost.
            None => find(&client, &target.spec.name).await?,
        };
        let id = id.ok_or_else(|| {
            KindError::new(
                ErrorClass::NotYet,
                operation,
                "it exists and is not listed yet",
            )
        })?;
        Ok(PhysicalId::from(id).into())
    }

    async fn update(
        &self,
        context: &Context,
        target: &Target<Spec>,
        _update: &Update<'_, Spec>,
    ) -> Result<Outcome<Nothing>, KindError> {
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
