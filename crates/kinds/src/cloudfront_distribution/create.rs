//! The creation of a distribution, whose caller references are taken once and whose names somebody else
//! may have.

use aws_sdk_cloudfront::Client;
use aws_sdk_cloudfront::types::{ConflictingAliasesList, DistributionConfigWithTags};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use model::kind::{CallResult, Called};
use model::{ErrorClass, KindError, Nothing, PhysicalId, Target};

use super::config::{new_config, state};
use super::find::{client, config_of, find_ours, sdk_tags};
use super::{CloudfrontDistribution, Spec, State};
use crate::context::Context;
use crate::reference;
use crate::sdk::made;

/// Makes a distribution under the first caller reference that is not spent.
pub(super) async fn create(context: &Context, target: &Target<Spec>) -> Called<Nothing> {
    match under_a_reference(context, &target.spec).await {
        Err(error) if is_taken(&error) && !target.spec.aliases.is_empty() => {
            Err(without_names(context, &target.spec, error).await)
        }
        result => result,
    }
}

async fn under_a_reference(context: &Context, spec: &Spec) -> Called<Nothing> {
    let operation = "CreateDistributionWithTags";
    for reference in reference::chain(&spec.caller_reference) {
        let spec = Spec {
            caller_reference: reference,
            ..spec.clone()
        };
        match make(context, &spec).await? {
            Made::Here(id, state) => {
                let outcome = CallResult::from(PhysicalId::from(id));
                return Ok(match state {
                    Some(state) => outcome.in_state::<CloudfrontDistribution>(*state),
                    None => outcome,
                });
            }
            // What it made is gone, and CloudFront never takes it again.
            Made::Spent => {}
            Made::Hidden => {
                let message = "it exists and is not listed yet";
                return Err(KindError::new(ErrorClass::NotYet, operation, message));
            }
        }
    }
    let message = "every caller reference of this distribution is spent";
    Err(KindError::new(ErrorClass::Conflict, operation, message))
}

/// The result of a creation.
enum Made {
    /// The distribution of this reference, with its state where the answer has it.
    Here(String, Option<Box<State>>),
    /// The reference made one that is gone.
    Spent,
    /// The reference made one, and nothing says which.
    Hidden,
}

/// Makes a distribution under the spec's caller reference, or finds the one that the reference made:
/// an earlier call, whose answer was lost. CloudFront's refusal says which (aws-sdk-go issue 2213).
async fn make(context: &Context, spec: &Spec) -> Result<Made, KindError> {
    let client = client(context)?;
    let operation = "CreateDistributionWithTags";
    let config = DistributionConfigWithTags::builder()
        .distribution_config(new_config(spec)?)
        .tags(sdk_tags(operation, &spec.tags)?)
        .build();
    let request = client
        .create_distribution_with_tags()
        .distribution_config_with_tags(config);
    let result = request.send().await;
    let refusal = result.as_ref().err().and_then(SdkError::as_service_error);
    let message = refusal.and_then(ProvideErrorMetadata::message);
    let first = message.and_then(id_in).map(str::to_owned);
    let answer = made(operation, result)?;
    if let Some(answer) = &answer
        && let Some(made) = answer.distribution()
    {
        let etag = answer.e_tag().unwrap_or_default();
        let state = state(made, etag, spec.tags.clone()).map(Box::new);
        return Ok(Made::Here(made.id().to_owned(), state));
    }
    let Some(first) = first else {
        let found = find_ours(context, spec).await?;
        return Ok(found.map_or(Made::Hidden, |id| Made::Here(id, None)));
    };
    // One that was made a moment ago may not be shown yet.
    let limit = context.clock.now() + reference::YOUNG;
    loop {
        if config_of(&client, &first).await?.is_some() {
            return Ok(Made::Here(first, None));
        }
        if context.clock.now() >= limit {
            return Ok(Made::Spent);
        }
        context.clock.sleep(reference::YOUNG_POLL).await;
    }
}

/// Whether a name that we ask for is somebody else's, or DNS leads to somebody else's distribution.
pub(super) fn is_taken(error: &KindError) -> bool {
    error.code.as_deref() == Some("CNAMEAlreadyExists")
}

/// Makes the distribution without its names, because CloudFront tells who has a name only whoever has
/// a distribution with a certificate for it (CloudFront API reference, `ListConflictingAliases`). The
/// names follow once they are free.
async fn without_names(context: &Context, spec: &Spec, error: KindError) -> KindError {
    let nameless = Spec {
        aliases: Vec::new(),
        ..spec.clone()
    };
    let made = under_a_reference(context, &nameless).await;
    match (made, client(context)) {
        (Ok(made), Ok(client)) => {
            let id = made.physical;
            let error = holders(&client, id.as_str(), &spec.aliases, error).await;
            error.begun()
        }
        (Err(other), _) | (_, Err(other)) => other,
    }
}

/// `error` with the distribution and the account that have one of `aliases`, as far as CloudFront shows
/// them: it hides a part of the ids of other accounts.
pub(super) async fn holders(
    client: &Client,
    id: &str,
    aliases: &[String],
    error: KindError,
) -> KindError {
    let mut held = Vec::new();
    for alias in aliases {
        let request = client.list_conflicting_aliases();
        let answer = request.distribution_id(id).alias(alias).send().await;
        let list = answer
            .ok()
            .and_then(|answer| answer.conflicting_aliases_list);
        for one in list.iter().flat_map(ConflictingAliasesList::items) {
            held.push(format!(
                "distribution {} of account {} has {}",
                one.distribution_id().unwrap_or("(hidden)"),
                one.account_id().unwrap_or("(hidden)"),
                one.alias().unwrap_or(alias)
            ));
        }
    }
    let rule = model::rules::PLAN_09;
    let message = if held.is_empty() {
        format!(
            "{} CloudFront names nobody who has one of {}: then their DNS leads to another \
             distribution ({}; {})",
            error.message,
            aliases.join(", "),
            rule.id,
            rule.fix
        )
    } else {
        let held = held.join(", ");
        format!("{} {held} ({}; {})", error.message, rule.id, rule.fix)
    };
    KindError { message, ..error }
}

/// The id of a distribution in a message of CloudFront: "Already exists: E1ABCDEFGHIJKL".
fn id_in(message: &str) -> Option<&str> {
    let is_id = |word: &&str| {
        let of_id = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
        word.len() >= 12 && word.starts_with('E') && word.chars().all(of_id)
    };
    let mut words = message.split(|c: char| !c.is_ascii_alphanumeric());
    words.find(is_id)
}
