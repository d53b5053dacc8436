//! Conversions between SDK types and ours.

use std::collections::BTreeMap;

use aws::Meaning;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use model::kind::{Called, Update};
use model::{ErrorClass, Field, KindError, Mutate, Observation, Ownership, PhysicalId, Target};

use crate::context::Context;

/// The answer, or nothing where AWS says that what was asked about is gone.
pub(crate) fn found<T, E>(
    operation: &str,
    result: Result<T, SdkError<E, HttpResponse>>,
) -> Result<Option<T>, KindError>
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    unless(Meaning::Gone, operation, result)
}

/// The answer, or nothing where AWS says that what was to be created is there already.
pub(crate) fn made<T, E>(
    operation: &str,
    result: Result<T, SdkError<E, HttpResponse>>,
) -> Result<Option<T>, KindError>
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    unless(Meaning::Exists, operation, result)
}

fn unless<T, E>(
    meaning: Meaning,
    operation: &str,
    result: Result<T, SdkError<E, HttpResponse>>,
) -> Result<Option<T>, KindError>
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    match result {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if aws::meaning(operation, &error) == Some(meaning) => Ok(None),
        Err(error) => Err(aws::error(operation, &error)),
    }
}

/// The answer, with AWS's error as ours.
pub(crate) fn done<T, E>(
    operation: &str,
    result: Result<T, SdkError<E, HttpResponse>>,
) -> Result<T, KindError>
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    result.map_err(|error| aws::error(operation, &error))
}

/// A part of a request that could not be built: a fault of ours.
pub(crate) fn built<T, E: std::fmt::Display>(
    operation: &str,
    result: Result<T, E>,
) -> Result<T, KindError> {
    result.map_err(|error| KindError::new(ErrorClass::Invalid, operation, error.to_string()))
}

/// A field that must be known by now.
pub(crate) fn known<'a, T>(operation: &str, field: &'a Field<T>) -> Result<&'a T, KindError> {
    field.known().ok_or_else(|| {
        KindError::new(
            ErrorClass::NotYet,
            operation,
            "a value of another resource is not known yet",
        )
    })
}

/// AWS's name of what is to be changed. The planner plans a change only of what was seen.
pub(crate) fn must_have<'a>(
    operation: &str,
    physical: Option<&'a PhysicalId>,
) -> Result<&'a PhysicalId, KindError> {
    physical.ok_or_else(|| {
        KindError::new(
            ErrorClass::Invalid,
            operation,
            "it is not known which resource to change",
        )
    })
}

/// A resource that was there when the plan was made has gone since.
pub(crate) fn gone(operation: &str, what: &str) -> KindError {
    KindError::new(
        ErrorClass::Conflict,
        operation,
        format!("`{what}` was deleted by somebody else meanwhile: apply again"),
    )
}

/// Ends a creation to which AWS said that the thing is there already. An earlier call of ours, whose
/// answer was lost, or which was refused after its first step, made it; if somebody else did, it is not
/// ours to touch. What is refused here was begun: it is there, and ours.
pub(crate) async fn finish<K: Mutate<Context>>(
    kind: &K,
    context: &Context,
    target: &Target<K::Spec>,
    operation: &str,
) -> Called<K::Before> {
    let Observation::Present {
        physical,
        state,
        ownership,
    } = kind.observe(&context.afresh(), target).await?
    else {
        let message = "it exists and is not shown yet";
        return Err(KindError::new(ErrorClass::NotYet, operation, message).begun());
    };
    if ownership == Ownership::Foreign {
        let message = format!("somebody else made `{physical}` meanwhile");
        return Err(KindError::new(ErrorClass::Conflict, operation, message));
    }
    let diff = K::diff(&target.spec, &state, None);
    if diff.is_empty() {
        return Ok(physical.into());
    }
    let update = Update {
        diff: &diff,
        owned: None,
    };
    let finished = kind.update(context, target, &update);
    finished.await.map_err(KindError::begun)
}

/// The tags to set and the keys to remove that turn `actual` into `desired`. `owned` are the
/// tags that we gave it: only those are ours to remove.
pub(crate) fn tag_changes(
    desired: &BTreeMap<String, String>,
    actual: &BTreeMap<String, String>,
    owned: Option<&BTreeMap<String, String>>,
) -> (BTreeMap<String, String>, Vec<String>) {
    let set = desired
        .iter()
        .filter(|(key, value)| actual.get(*key) != Some(value));
    let set = set
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let were = owned.into_iter().flat_map(BTreeMap::keys);
    let removed = were
        .filter(|key| actual.contains_key(*key) && !desired.contains_key(*key))
        .cloned()
        .collect();
    (set, removed)
}
