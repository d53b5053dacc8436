//! SES v2's calls for an identity.

use async_trait::async_trait;
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::operation::get_email_identity::GetEmailIdentityOutput;
use aws_sdk_sesv2::types::{
    DkimSigningAttributes, DkimSigningAttributesOrigin, DkimSigningKeyLength, Tag,
};
use model::kind::{Outcome, Update};
use model::{ErrorClass, KindError, Mutate, Nothing, Observation, Observe, PhysicalId, Target};

use super::{Dkim, DkimRecord, SesIdentity, Spec, State};
use crate::context::Context;
use crate::sdk::{built, done, finish, found, made, tag_changes};
use crate::tags::{self, Tags};

pub(crate) fn client(context: &Context) -> Result<Client, KindError> {
    Ok(context.session()?.ses())
}

/// Brings the tags of an SES resource, `identity/example.com`, to what is desired.
pub(crate) async fn retag(
    context: &Context,
    resource: &str,
    desired: &Tags,
) -> Result<(), KindError> {
    let client = client(context)?;
    let location = context.session()?.location();
    let arn = format!(
        "arn:aws:ses:{}:{}:{resource}",
        location.region, location.account_id
    );
    let request = client.list_tags_for_resource().resource_arn(&arn);
    let answer = done("ListTagsForResource", request.send().await)?;
    let actual = answer
        .tags()
        .iter()
        .map(|tag| (tag.key().to_owned(), tag.value().to_owned()))
        .collect();
    let (set, removed) = tag_changes(desired, &actual);
    if !set.is_empty() {
        let tags = sdk_tags("TagResource", &set)?;
        let request = client.tag_resource().resource_arn(&arn);
        done("TagResource", request.set_tags(Some(tags)).send().await)?;
    }
    if !removed.is_empty() {
        let request = client.untag_resource().resource_arn(&arn);
        let request = request.set_tag_keys(Some(removed));
        done("UntagResource", request.send().await)?;
    }
    Ok(())
}

fn key_length(length: &DkimSigningKeyLength) -> u32 {
    if *length == DkimSigningKeyLength::Rsa1024Bit {
        1024
    } else {
        2048
    }
}

fn state(domain: &str, region: &str, answer: &GetEmailIdentityOutput) -> State {
    let dkim = answer.dkim_attributes();
    let tokens = dkim.map(|dkim| dkim.tokens().to_vec()).unwrap_or_default();
    let origin = dkim
        .and_then(|dkim| dkim.signing_attributes_origin())
        .map_or_else(|| "AWS_SES".to_owned(), |origin| origin.as_str().to_owned());
    let zone = dkim
        .and_then(|dkim| dkim.signing_hosted_zone())
        .map_or_else(
            || standards::ses::signing_zone(region).to_string(),
            |zone| zone.trim_end_matches('.').to_owned(),
        );
    let record = |token: &String| DkimRecord {
        name: format!("{token}._domainkey.{domain}"),
        target: format!("{token}.{zone}"),
    };
    // A change of the length takes effect later; the one that was asked for counts.
    let length = dkim.filter(|_| origin != "EXTERNAL").and_then(|dkim| {
        dkim.next_signing_key_length()
            .or_else(|| dkim.current_signing_key_length())
            .map(key_length)
    });
    let failure = answer
        .verification_info()
        .and_then(|info| info.error_type());
    let tags = answer
        .tags()
        .iter()
        .map(|tag| (tag.key().to_owned(), tag.value().to_owned()));
    State {
        domain: domain.to_owned(),
        verification: answer
            .verification_status()
            .map(|status| status.as_str().to_owned())
            .unwrap_or_default(),
        dkim_status: dkim
            .and_then(|dkim| dkim.status())
            .map(|status| status.as_str().to_owned())
            .unwrap_or_default(),
        failure: failure.map(|failure| failure.as_str().to_owned()),
        signing: dkim.is_some_and(aws_sdk_sesv2::types::DkimAttributes::signing_enabled),
        key_length: length,
        records: if origin == "EXTERNAL" {
            Vec::new()
        } else {
            tokens.iter().map(record).collect()
        },
        dkim_origin: origin,
        tokens,
        configuration_set: answer.configuration_set_name().map(str::to_owned),
        feedback: answer.feedback_forwarding_status(),
        tags: tags::visible(tags),
    }
}

#[async_trait]
impl Observe<Context> for SesIdentity {
    async fn observe(
        &self,
        context: &Context,
        target: &Target<Spec>,
    ) -> Result<Observation<State>, KindError> {
        let domain = &target.spec.domain;
        let answer = client(context)?
            .get_email_identity()
            .email_identity(domain)
            .send()
            .await;
        let Some(answer) = found("GetEmailIdentity", answer)? else {
            return Ok(Observation::Absent);
        };
        let state = state(
            domain,
            context.session()?.location().region.as_str(),
            &answer,
        );
        let ownership = tags::ownership(&target.spec.tags, &state.tags);
        Ok(Observation::Present {
            physical: domain.as_str().into(),
            state,
            ownership,
        })
    }
}

/// The signing attributes that a creation takes; nothing where SES's defaults are meant.
fn signing(context: &Context, dkim: &Dkim) -> Result<DkimSigningAttributes, KindError> {
    let attributes = DkimSigningAttributes::builder();
    Ok(match dkim {
        Dkim::Easy { key_length } => attributes
            .next_signing_key_length(sdk_length(*key_length))
            .build(),
        Dkim::Byo {
            selector,
            key_sha256,
        } => {
            let key = private_key(context, key_sha256)?;
            attributes
                .domain_signing_selector(selector)
                .domain_signing_private_key(key)
                .build()
        }
        Dkim::Deterministic { .. } => attributes
            .domain_signing_attributes_origin(DkimSigningAttributesOrigin::from(
                dkim.origin().as_str(),
            ))
            .build(),
    })
}

fn sdk_length(bits: u32) -> DkimSigningKeyLength {
    if bits == 1024 {
        DkimSigningKeyLength::Rsa1024Bit
    } else {
        DkimSigningKeyLength::Rsa2048Bit
    }
}

/// SES takes the key as base64 without the PEM's first and last line (SES API reference,
/// `DkimSigningAttributes`).
fn private_key(context: &Context, sha256: &str) -> Result<String, KindError> {
    let pem = context.secrets.0.get(sha256).ok_or_else(|| {
        KindError::new(
            ErrorClass::Invalid,
            "read a private key",
            "the manifest's DKIM key is not at hand",
        )
    })?;
    let pem = String::from_utf8_lossy(pem);
    Ok(pem
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .map(str::trim)
        .collect())
}

pub(crate) fn sdk_tags(operation: &str, tags: &Tags) -> Result<Vec<Tag>, KindError> {
    tags.iter()
        .map(|(key, value)| built(operation, Tag::builder().key(key).value(value).build()))
        .collect()
}

#[async_trait]
impl Mutate<Context> for SesIdentity {
    async fn create(
        &self,
        context: &Context,
        target: &Target<Spec>,
    ) -> Result<Outcome<Nothing>, KindError> {
        let client = client(context)?;
        let operation = "CreateEmailIdentity";
        let spec = &target.spec;
        let request = client
            .create_email_identity()
            .email_identity(&spec.domain)
            .dkim_signing_attributes(signing(context, &spec.dkim)?)
            .set_configuration_set_name(spec.configuration_set.clone())
            .set_tags(Some(sdk_tags(operation, &spec.tags)?));
        let made = made(operation, request.send().await)?;
        if made.is_none() {
            return finish(self, context, target, operation).await;
        }
        if !spec.feedback {
            feedback(&client, spec).await?;
        }
        Ok(PhysicalId::from(spec.domain.as_str()).into())
    }

    async fn update(
        &self,
        context: &Context,
        target: &Target<Spec>,
        update: &Update<'_, Spec>,
    ) -> Result<Outcome<Nothing>, KindError> {
        let client = client(context)?;
        let spec = &target.spec;
        let touches = |field: &str| update.diff.touches(field);
        let of_signing = [
            "dkim_origin",
            "key_length",
            "selector",
            "key_sha256",
            "dkim_status",
        ];
        if of_signing.iter().any(|field| touches(field)) {
            put_signing(context, &client, spec).await?;
        }
        if touches("signing") {
            let request = client
                .put_email_identity_dkim_attributes()
                .email_identity(&spec.domain)
                .signing_enabled(true);
            done("PutEmailIdentityDkimAttributes", request.send().await)?;
        }
        if touches("configuration_set") {
            let request = client
                .put_email_identity_configuration_set_attributes()
                .email_identity(&spec.domain)
                .set_configuration_set_name(spec.configuration_set.clone());
            done(
                "PutEmailIdentityConfigurationSetAttributes",
                request.send().await,
            )?;
        }
        if touches("feedback") {
            feedback(&client, spec).await?;
        }
        if touches("tags") {
            retag(context, &format!("identity/{}", spec.domain), &spec.tags).await?;
        }
        Ok(PhysicalId::from(spec.domain.as_str()).into())
    }

    async fn delete(&self, context: &Context, target: &Target<Spec>) -> Result<(), KindError> {
        let answer = client(context)?
            .delete_email_identity()
            .email_identity(&target.spec.domain)
            .send()
            .await;
        found("DeleteEmailIdentity", answer)?;
        Ok(())
    }
}

async fn put_signing(context: &Context, client: &Client, spec: &Spec) -> Result<(), KindError> {
    let origin = match &spec.dkim {
        Dkim::Byo { .. } => DkimSigningAttributesOrigin::External,
        Dkim::Easy { .. } => DkimSigningAttributesOrigin::AwsSes,
        // SES-08: only a creation takes a parent region.
        Dkim::Deterministic { .. } => {
            let message =
                "an identity can become a replica only when it is made; remove it and apply again";
            return Err(KindError::new(
                ErrorClass::Invalid,
                "PutEmailIdentityDkimSigningAttributes",
                message,
            ));
        }
    };
    let request = client
        .put_email_identity_dkim_signing_attributes()
        .email_identity(&spec.domain)
        .signing_attributes_origin(origin)
        .signing_attributes(signing(context, &spec.dkim)?);
    done(
        "PutEmailIdentityDkimSigningAttributes",
        request.send().await,
    )?;
    Ok(())
}

async fn feedback(client: &Client, spec: &Spec) -> Result<(), KindError> {
    let request = client
        .put_email_identity_feedback_attributes()
        .email_identity(&spec.domain)
        .email_forwarding_enabled(spec.feedback);
    done("PutEmailIdentityFeedbackAttributes", request.send().await)?;
    Ok(())
}
