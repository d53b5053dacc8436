//! ACM's calls for a certificate.

use std::time::Duration;

use ::aws::{Page, Session};
use async_trait::async_trait;
use aws_sdk_acm::Client;
use aws_sdk_acm::types::{
    CertificateDetail, CertificateStatus, CertificateSummary, Filters, KeyAlgorithm, Tag,
    ValidationMethod,
};
use model::kind::{CallResult, Called, Update};
use model::{
    ErrorClass, KindError, Mutate, Nothing, Observation, Observe, Ownership, PhysicalId, Target,
};

use super::{AcmCertificate, Renewal, Spec, State, ValidationRecord, is_dead, sorted};
use crate::context::Context;
use crate::reference::{YOUNG, YOUNG_POLL};
use crate::s3_object::sha256;
use crate::sdk::{built, done, found, must_have, tag_changes};
use crate::tags::{self, Tags};
use clock::Clock;

fn client(context: &Context) -> Result<Client, KindError> {
    Ok(context.session()?.acm())
}

fn sdk_tags(operation: &str, tags: &Tags) -> Result<Vec<Tag>, KindError> {
    tags.iter()
        .map(|(key, value)| built(operation, Tag::builder().key(key).value(value).build()))
        .collect()
}

/// The tags of a certificate; none where it has gone, which ACM's lists show for a while all the same.
async fn tags_of(client: &Client, arn: &str) -> Result<Tags, KindError> {
    let answer = client
        .list_tags_for_certificate()
        .certificate_arn(arn)
        .send()
        .await;
    let Some(answer) = found("ListTagsForCertificate", answer)? else {
        return Ok(Tags::new());
    };
    Ok(tags::visible(answer.tags().iter().map(|tag| {
        (
            tag.key().to_owned(),
            tag.value().unwrap_or_default().to_owned(),
        )
    })))
}

/// Every certificate of an account in one region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Certificates;

impl Page for Certificates {
    type Snapshot = Vec<CertificateSummary>;
    const GLOBAL: bool = false;

    async fn read(&self, session: &Session) -> Result<Self::Snapshot, KindError> {
        let client = session.acm();
        let mut certificates = Vec::new();
        let mut token: Option<String> = None;
        loop {
            // Without a filter ACM lists RSA_1024 and RSA_2048 only (ACM API reference, `Filters`).
            let every_key = Filters::builder().set_key_types(Some(key_types())).build();
            let request = client
                .list_certificates()
                .includes(every_key)
                .max_items(1000)
                .set_next_token(token.take());
            let answer = done("ListCertificates", request.send().await)?;
            token = answer.next_token().map(str::to_owned);
            certificates.extend(answer.certificate_summary_list.unwrap_or_default());
            if token.is_none() {
                return Ok(certificates);
            }
        }
    }
}

fn listed_status(summary: &CertificateSummary) -> &str {
    let status = summary.status().map(CertificateStatus::as_str);
    status.unwrap_or_default()
}

/// The certificate that carries our tags and is for exactly our names: the one that it replaces
/// carries the same tags. One that lives goes before one that failed.
async fn find(context: &Context, spec: &Spec) -> Result<Option<String>, KindError> {
    let client = client(context)?;
    let mut dead: Option<String> = None;
    let wanted = sorted(&spec.names);
    for summary in context.read(&Certificates).await?.iter() {
        let Some(arn) = summary.certificate_arn() else {
            continue;
        };
        if sorted(summary.subject_alternative_name_summaries()) != wanted
            || tags::ownership(&spec.tags, &tags_of(&client, arn).await?) != Ownership::Ours
        {
            continue;
        }
        if !is_dead(listed_status(summary)) {
            return Ok(Some(arn.to_owned()));
        }
        dead.get_or_insert_with(|| arn.to_owned());
    }
    Ok(dead)
}

/// Every type of key that ACM knows, in the SDK's words.
fn key_types() -> Vec<KeyAlgorithm> {
    let words = KeyAlgorithm::values().iter();
    words.map(|word| KeyAlgorithm::from(*word)).collect()
}

async fn describe(client: &Client, arn: &str) -> Result<Option<CertificateDetail>, KindError> {
    let request = client.describe_certificate().certificate_arn(arn);
    let answer = found("DescribeCertificate", request.send().await)?;
    Ok(answer.and_then(|answer| answer.certificate))
}

/// How the renewal of a certificate stands; nothing where ACM has not begun one.
pub async fn renewal(session: &Session, arn: &str) -> Result<Option<Renewal>, KindError> {
    let detail = describe(&session.acm(), arn).await?;
    let summary = detail.and_then(|detail| detail.renewal_summary);
    Ok(summary.map(|summary| {
        let reason = summary.renewal_status_reason();
        Renewal {
            failure: reason.map(|reason| reason.as_str().to_owned()),
            status: summary.renewal_status.as_str().to_owned(),
        }
    }))
}

/// How long ACM takes to show the validation records of a request: "several seconds" (ACM API
/// reference, `DescribeCertificate`).
const RECORDS_SHOWN: Duration = Duration::from_secs(3);

/// A certificate that was requested a moment ago, or nothing where it stays not found: the token then
/// answers with one that somebody deleted (ACM API reference, `RequestCertificate`: the token is
/// remembered for an hour, whatever became of the certificate).
async fn described(
    client: &Client,
    clock: Clock,
    arn: &str,
) -> Result<Option<CertificateDetail>, KindError> {
    let limit = clock.now() + YOUNG;
    loop {
        let detail = describe(client, arn).await?;
        if detail.is_some() || clock.now() >= limit {
            return Ok(detail);
        }
        clock.sleep(YOUNG_POLL).await;
    }
}

/// How many certificates of one request may have failed within the hour that ACM remembers it.
const ATTEMPTS_MAX: usize = 5;

async fn request(client: &Client, spec: &Spec, token: &str) -> Result<String, KindError> {
    let operation = "RequestCertificate";
    let (first, others) = spec.names.split_first().ok_or_else(|| {
        KindError::new(ErrorClass::Invalid, operation, "a certificate needs a name")
    })?;
    let request = client
        .request_certificate()
        .domain_name(first)
        .set_subject_alternative_names((!others.is_empty()).then(|| others.to_vec()))
        .validation_method(ValidationMethod::Dns)
        .idempotency_token(token)
        .set_tags(Some(sdk_tags(operation, &spec.tags)?));
    let answer = done(operation, request.send().await)?;
    let arn = answer.certificate_arn().map(str::to_owned);
    arn.ok_or_else(|| KindError::new(ErrorClass::Ambiguous, operation, "ACM returned no ARN"))
}

fn state(arn: &str, detail: &CertificateDetail, tags: Tags) -> State {
    let validation = detail
        .domain_validation_options()
        .iter()
        .filter_map(|option| {
            let record = option.resource_record()?;
            let bare = |text: &str| text.trim_end_matches('.').to_ascii_lowercase();
            let record = ValidationRecord {
                name: bare(record.name()),
                value: bare(record.value()),
            };
            Some((option.domain_name().to_ascii_lowercase(), record))
        });
    State {
        arn: arn.to_owned(),
        status: detail
            .status()
            .map(|status| status.as_str().to_owned())
            .unwrap_or_default(),
        failure: detail
            .failure_reason()
            .map(|reason| reason.as_str().to_owned()),
        names: sorted(detail.subject_alternative_names()),
        validation: validation.collect(),
        not_after: detail.not_after().map(aws_smithy_types::DateTime::secs),
        not_before: detail.not_before().map(aws_smithy_types::DateTime::secs),
        tags,
    }
}

#[async_trait]
impl Observe<Context> for AcmCertificate {
    async fn observe(
        &self,
        context: &Context,
        target: &Target<Spec>,
    ) -> Result<Observation<State>, KindError> {
        let client = client(context)?;
        let spec = &target.spec;
        let arn = match (&spec.existing, &target.physical) {
            (Some(arn), _) => Some(arn.clone()),
            (None, Some(arn)) => Some(arn.as_str().to_owned()),
            (None, None) => find(context, spec).await?,
        };
        let Some(arn) = arn else {
            return Ok(Observation::Absent);
        };
        let Some(detail) = describe(&client, &arn).await? else {
            return Ok(Observation::Absent);
        };
        let tags = if spec.existing.is_some() {
            Tags::new()
        } else {
            tags_of(&client, &arn).await?
        };
        let ownership = if spec.existing.is_some() {
            Ownership::Shared
        } else {
            tags::ownership(&spec.tags, &tags)
        };
        Ok(Observation::Present {
            physical: arn.as_str().into(),
            state: state(&arn, &detail, tags),
            ownership,
        })
    }

    /// A certificate does not change but in its status and its tags.
    async fn confirm(
        &self,
        context: &Context,
        target: &Target<Spec>,
        recorded: &State,
    ) -> Result<Observation<State>, KindError> {
        let is_whole = recorded.validation.len() >= recorded.names.len();
        if target.spec.existing.is_some() || !is_whole {
            return self.observe(context, target).await;
        }
        // Side by side, so that the tags of all that is observed go out in one question.
        let (now, has_its_tags) = tokio::join!(
            self.status(context, target, recorded),
            context.carries(&recorded.arn, &recorded.tags)
        );
        if has_its_tags {
            now
        } else {
            self.observe(context, target).await
        }
    }

    /// One listing answers for all certificates. It lacks the validation records and the reason of a
    /// failure: these are asked for by themselves.
    async fn status(
        &self,
        context: &Context,
        target: &Target<Spec>,
        seen: &State,
    ) -> Result<Observation<State>, KindError> {
        if target.spec.existing.is_some() {
            return self.observe(context, target).await;
        }
        let mut now = seen.clone();
        if seen.validation.len() < seen.names.len() {
            let Some(detail) = describe(&client(context)?, &seen.arn).await? else {
                return Ok(Observation::Absent);
            };
            now = state(&seen.arn, &detail, seen.tags.clone());
        } else {
            let listed = context.read(&Certificates).await?;
            let mut listed = listed.iter();
            match listed.find(|one| one.certificate_arn() == Some(seen.arn.as_str())) {
                Some(summary) if !is_dead(listed_status(summary)) => {
                    listed_status(summary).clone_into(&mut now.status);
                    now.not_after = summary.not_after().map(aws_smithy_types::DateTime::secs);
                    now.not_before = summary.not_before().map(aws_smithy_types::DateTime::secs);
                }
                _ => return self.observe(context, target).await,
            }
        }
        Ok(Observation::Present {
            physical: seen.arn.as_str().into(),
            ownership: tags::ownership(&target.spec.tags, &now.tags),
            state: now,
        })
    }
}

#[async_trait]
impl Mutate<Context> for AcmCertificate {
    async fn create(&self, context: &Context, target: &Target<Spec>) -> Called<Nothing> {
        let operation = "RequestCertificate";
        let spec = &target.spec;
        if let Some(arn) = &spec.existing {
            let message = format!("the manifest names `{arn}`, which is not there");
            return Err(KindError::new(ErrorClass::Invalid, operation, message));
        }
        let client = client(context)?;
        let mut token = spec.token.clone();
        for _ in 0..ATTEMPTS_MAX {
            let arn = request(&client, spec, &token).await?;
            context.clock.sleep(RECORDS_SHOWN).await;
            let detail = described(&client, context.clock, &arn).await?;
            let made = detail.map(|detail| state(&arn, &detail, spec.tags.clone()));
            if let Some(made) = made.filter(|made| !is_dead(&made.status)) {
                return Ok(CallResult::from(PhysicalId::from(arn)).in_state::<Self>(made));
            }
            // Within the hour the token finds the request that failed or was deleted. The next token
            // derives from it, so that this attempt, repeated, is found as well.
            sha256(format!("{token} {arn}").as_bytes())[..32].clone_into(&mut token);
        }
        let message = "ACM refused several requests for these names within an hour";
        Err(KindError::new(ErrorClass::Conflict, operation, message))
    }

    async fn update(
        &self,
        context: &Context,
        target: &Target<Spec>,
        update: &Update<'_, Spec>,
    ) -> Called<Nothing> {
        let client = client(context)?;
        let arn = must_have("AddTagsToCertificate", target.physical.as_ref())?;
        if update.diff.touches("tags") {
            let given = update.owned.as_ref().map(|owned| &owned.tags);
            let actual = tags_of(&client, arn.as_str()).await?;
            let (set, removed) = tag_changes(&target.spec.tags, &actual, given);
            if !set.is_empty() {
                let operation = "AddTagsToCertificate";
                let tags = sdk_tags(operation, &set)?;
                let request = client
                    .add_tags_to_certificate()
                    .certificate_arn(arn.as_str())
                    .set_tags(Some(tags));
                done(operation, request.send().await)?;
            }
            if !removed.is_empty() {
                let operation = "RemoveTagsFromCertificate";
                let keys: Result<Vec<Tag>, _> = removed
                    .iter()
                    .map(|key| built(operation, Tag::builder().key(key).build()))
                    .collect();
                let request = client
                    .remove_tags_from_certificate()
                    .certificate_arn(arn.as_str())
                    .set_tags(Some(keys?));
                done(operation, request.send().await)?;
            }
        }
        Ok(arn.clone().into())
    }

    async fn delete(&self, context: &Context, target: &Target<Spec>) -> Result<(), KindError> {
        let Some(arn) = target
            .physical
            .as_ref()
            .filter(|_| target.spec.existing.is_none())
        else {
            return Ok(());
        };
        let answer = client(context)?
            .delete_certificate()
            .certificate_arn(arn.as_str())
            .send()
            .await;
        found("DeleteCertificate", answer)?;
        Ok(())
    }
}
