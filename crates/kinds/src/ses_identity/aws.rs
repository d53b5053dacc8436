//! SES v2's calls for an identity.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::types::{
    DkimSigningAttributes, DkimSigningAttributesOrigin, DkimSigningKeyLength, Tag,
};
use jiff::Timestamp;
use model::kind::{CallResult, Called, Update};
use model::{ErrorClass, KindError, Mutate, Nothing, Observation, Observe, PhysicalId, Target};

use super::answer::{Identities, Identity, state};
use super::{Dkim, SIGNING, SesIdentity, Spec, State};
use crate::context::Context;
use crate::sdk::{built, done, finish, found, made, tag_changes};
use crate::ses_v1::{DkimStatus, Verification};
use crate::tags::{self, Tags};

pub(crate) fn client(context: &Context) -> Result<Client, KindError> {
    Ok(context.session()?.ses())
}

/// Brings the tags of an SES resource, `identity/example.com`, to what is desired.
pub(crate) async fn retag(
    context: &Context,
    resource: &str,
    desired: &Tags,
    owned: Option<&Tags>,
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
    let (set, removed) = tag_changes(desired, &actual, owned);
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

#[async_trait]
impl Observe<Context> for SesIdentity {
    async fn observe(
        &self,
        context: &Context,
        target: &Target<Spec>,
    ) -> Result<Observation<State>, KindError> {
        let domain = &target.spec.domain;
        let Some(answer) = context.read_key(&Identity(domain.clone())).await? else {
            return Ok(Observation::Absent);
        };
        Ok(Observation::Present {
            physical: domain.as_str().into(),
            ownership: tags::ownership(&target.spec.tags, &answer.state.tags),
            state: answer.state.clone(),
        })
    }

    /// One listing answers for a thousand identities.
    async fn observe_leaving(
        &self,
        context: &Context,
        target: &Target<Spec>,
        recorded: Option<&State>,
    ) -> Result<Observation<State>, KindError> {
        // A role of an older policy may not list identities; it may ask about this one.
        let (Some(recorded), Ok(listed)) = (recorded, context.read(&Identities).await) else {
            return self.observe(context, target).await;
        };
        if !listed.contains(&target.spec.domain) {
            return Ok(Observation::Absent);
        }
        Ok(Observation::Present {
            physical: target.spec.domain.as_str().into(),
            ownership: tags::ownership(&target.spec.tags, &recorded.tags),
            state: recorded.clone(),
        })
    }

    /// Two requests answer for a hundred identities. Why a verification failed, v2 alone says.
    async fn status(
        &self,
        context: &Context,
        target: &Target<Spec>,
        seen: &State,
    ) -> Result<Observation<State>, KindError> {
        let domain = &target.spec.domain;
        let dkim = context.read_key(&DkimStatus(domain.clone())).await?;
        let mut now = seen.clone();
        match dkim.as_ref().map(|status| status.as_str()) {
            Some("PENDING" | "TEMPORARY_FAILURE" | "NOT_STARTED") => {}
            Some("SUCCESS") => {
                let verified = context.read_key(&Verification(domain.clone())).await?;
                if verified.is_some_and(|verified| verified.status == "Success") {
                    "SUCCESS".clone_into(&mut now.verification);
                }
            }
            _ => return self.observe(context, target).await,
        }
        now.dkim_status = dkim
            .map(|status| String::clone(&status))
            .unwrap_or_default();
        Ok(Observation::Present {
            physical: domain.as_str().into(),
            ownership: tags::ownership(&target.spec.tags, &now.tags),
            state: now,
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
    async fn create(&self, context: &Context, target: &Target<Spec>) -> Called<Nothing> {
        let client = client(context)?;
        let operation = "CreateEmailIdentity";
        let spec = &target.spec;
        let request = client
            .create_email_identity()
            .email_identity(&spec.domain)
            .dkim_signing_attributes(signing(context, &spec.dkim)?)
            .set_configuration_set_name(spec.configuration_set.clone())
            .set_tags(Some(sdk_tags(operation, &spec.tags)?));
        let Some(made) = made(operation, request.send().await)? else {
            return finish(self, context, target, operation).await;
        };
        if !spec.feedback {
            let feedback = feedback(&client, spec).await;
            feedback.map_err(KindError::begun)?;
        }
        let region = context.session()?.location().region.as_str();
        let state = State {
            configuration_set: spec.configuration_set.clone(),
            feedback: spec.feedback,
            tags: spec.tags.clone(),
            ..state(&spec.domain, region, made.dkim_attributes())
        };
        let outcome = CallResult::from(PhysicalId::from(spec.domain.as_str()));
        Ok(outcome.in_state::<Self>(state))
    }

    async fn update(
        &self,
        context: &Context,
        target: &Target<Spec>,
        update: &Update<'_, Spec>,
    ) -> Called<Nothing> {
        let client = client(context)?;
        let spec = &target.spec;
        let touches = |field: &str| update.diff.touches(field);
        let mut each = Each::default();
        if touches("signing") {
            each.add(sign(&client, spec).await)?;
        }
        if touches("configuration_set") {
            each.add(set_configuration_set(&client, spec).await)?;
        }
        if touches("feedback") {
            each.add(feedback(&client, spec).await)?;
        }
        if touches("tags") {
            let identity = format!("identity/{}", spec.domain);
            let given = update.owned.as_ref().map(|owned| &owned.tags);
            each.add(retag(context, &identity, &spec.tags, given).await)?;
        }
        // The last, because SES takes a new key length once a day only (SES-38): what it refuses
        // must not keep an identity from signing.
        if SIGNING.iter().any(|field| touches(field)) {
            let put = put_signing(context, &client, spec).await;
            each.add(match put {
                Err(error) if update.diff.touches("key_length") => {
                    Err(with_its_time(&client, &spec.domain, error, context.clock.now()).await)
                }
                put => put,
            })?;
        }
        each.end()?;
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

/// The first refusal among calls that do not depend on each other: each is made, whatever AWS
/// says to the one before it.
#[derive(Default)]
struct Each(Option<KindError>);

impl Each {
    /// Keeps a refusal. An error after which nobody can say what AWS will answer ends the update.
    fn add(&mut self, result: Result<(), KindError>) -> Result<(), KindError> {
        match result {
            Err(error) if REFUSALS.contains(&error.class) => {
                self.0.get_or_insert(error);
                Ok(())
            }
            other => other,
        }
    }

    fn end(self) -> Result<(), KindError> {
        self.0.map_or(Ok(()), Err)
    }
}

/// The classes of an answer that is about one call, and says nothing of the next.
const REFUSALS: [ErrorClass; 4] = [
    ErrorClass::Invalid,
    ErrorClass::Denied,
    ErrorClass::Conflict,
    ErrorClass::Full,
];

/// `error` with the time from which SES takes another key length, where that is why it refused
/// (SES Developer Guide, "Changing the DKIM signing key length": once in 24 hours).
async fn with_its_time(
    client: &Client,
    domain: &str,
    error: KindError,
    now: Timestamp,
) -> KindError {
    if !error.message.contains("once per day") {
        return error;
    }
    let answer = client.get_email_identity().email_identity(domain).send();
    let generated = answer.await.ok().and_then(|answer| {
        let dkim = answer.dkim_attributes()?;
        let seconds = dkim.last_key_generation_timestamp()?.secs();
        Timestamp::from_second(seconds).ok()
    });
    let message = format!("{} {}", error.message, when(generated, now));
    KindError { message, ..error }
}

/// The advice when to apply again, by the time at which SES generated the last key. It shows the key that it uses: where
/// that is older than a day, the next one is not in use yet, and SES does not show when it was asked for it.
fn when(generated: Option<Timestamp>, now: Timestamp) -> String {
    let again = generated.map(|time| time + Duration::from_hours(24));
    match again.filter(|time| *time > now) {
        Some(time) => format!(
            "It takes another one from {time} on: apply again then. Only the key length waits for it"
        ),
        None => {
            "Apply again a day after the last change. Only the key length waits for it".to_owned()
        }
    }
}

async fn sign(client: &Client, spec: &Spec) -> Result<(), KindError> {
    let request = client
        .put_email_identity_dkim_attributes()
        .email_identity(&spec.domain)
        .signing_enabled(true);
    done("PutEmailIdentityDkimAttributes", request.send().await)?;
    Ok(())
}

async fn set_configuration_set(client: &Client, spec: &Spec) -> Result<(), KindError> {
    let request = client
        .put_email_identity_configuration_set_attributes()
        .email_identity(&spec.domain)
        .set_configuration_set_name(spec.configuration_set.clone());
    let answer = request.send().await;
    done("PutEmailIdentityConfigurationSetAttributes", answer)?;
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A year-old key says nothing of a change that was asked for an hour ago (seed 1978).
    #[test]
    fn the_time_of_the_next_key_length_is_not_in_the_past() {
        let generated = Timestamp::UNIX_EPOCH;
        let after = |hours| when(Some(generated), generated + Duration::from_hours(hours));
        assert!(
            after(1).contains("from 1970-01-02T00:00:00Z on"),
            "{}",
            after(1)
        );
        assert!(
            after(25).contains("a day after the last change"),
            "{}",
            after(25)
        );
        assert!(when(None, generated).contains("a day after the last change"));
    }
}
