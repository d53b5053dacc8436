//! Lifecycle rules: kept, and checked as S3 checks them.

use std::collections::BTreeSet;

use s3s::dto::{self, LifecycleRule};

use super::error::{self, Error};
use super::face::Work;
use super::state::Lifecycle;

const MINIMUM_SIZE: &str = "all_storage_classes_128K";

pub(super) fn get_bucket_lifecycle_configuration(
    work: &mut Work,
    input: dto::GetBucketLifecycleConfigurationInput,
) -> Result<dto::GetBucketLifecycleConfigurationOutput, Error> {
    let lifecycle = work.state.bucket(&input.bucket)?.lifecycle.clone();
    let Some(lifecycle) = lifecycle else {
        return Err(Error::new(
            404,
            "NoSuchLifecycleConfiguration",
            "The lifecycle configuration does not exist",
        )
        .with("BucketName", input.bucket));
    };
    Ok(dto::GetBucketLifecycleConfigurationOutput {
        rules: Some(lifecycle.configuration.rules),
        transition_default_minimum_object_size: Some(lifecycle.minimum_size.into()),
    })
}

pub(super) fn put_bucket_lifecycle_configuration(
    work: &mut Work,
    input: dto::PutBucketLifecycleConfigurationInput,
) -> Result<dto::PutBucketLifecycleConfigurationOutput, Error> {
    let configuration = input.lifecycle_configuration;
    let mut configuration = configuration.ok_or_else(error::malformed_xml)?;
    if configuration.rules.is_empty() || configuration.rules.len() > 1000 {
        return Err(error::malformed_xml());
    }
    let mut ids = BTreeSet::new();
    for rule in &mut configuration.rules {
        check(rule)?;
        let id = match rule.id.take() {
            Some(id) if !id.is_empty() => id,
            // S3 names the rules that come without a name.
            _ => work.state.new_id("lifecycle rule"),
        };
        if !ids.insert(id.clone()) {
            return Err(Error::new(
                400,
                "InvalidArgument",
                "Rule ID must be unique. Found same ID for more than one rule",
            )
            .with("ArgumentName", "ID")
            .with("ArgumentValue", id));
        }
        rule.id = Some(id);
    }
    let minimum_size = input
        .transition_default_minimum_object_size
        .map_or(MINIMUM_SIZE.to_owned(), |size| size.as_str().to_owned());
    work.state.bucket_mut(&input.bucket)?.lifecycle = Some(Lifecycle {
        configuration,
        minimum_size: minimum_size.clone(),
    });
    Ok(dto::PutBucketLifecycleConfigurationOutput {
        transition_default_minimum_object_size: Some(minimum_size.into()),
    })
}

pub(super) fn delete_bucket_lifecycle(
    work: &mut Work,
    input: dto::DeleteBucketLifecycleInput,
) -> Result<dto::DeleteBucketLifecycleOutput, Error> {
    work.state.bucket_mut(&input.bucket)?.lifecycle = None;
    Ok(dto::DeleteBucketLifecycleOutput::default())
}

fn check(rule: &LifecycleRule) -> Result<(), Error> {
    if rule.id.as_ref().is_some_and(|id| id.len() > 255) {
        return Err(Error::new(
            400,
            "InvalidArgument",
            "ID length should not exceed allowed limit of 255",
        ));
    }
    if !["Enabled", "Disabled"].contains(&rule.status.as_str()) {
        return Err(error::malformed_xml());
    }
    // Exactly one of the old `Prefix` and the `Filter` that replaced it.
    if rule.filter.is_some() == rule.prefix.is_some() {
        return Err(error::malformed_xml());
    }
    if !has_action(rule) {
        return Err(error::invalid_request(
            "At least one action needs to be specified in a rule",
        ));
    }
    check_days(rule)?;
    check_expiration(rule)?;
    let tagged = rule.filter.as_ref().is_some_and(|filter| {
        let and = filter.and.as_ref().and_then(|and| and.tags.as_ref());
        filter.tag.is_some() || and.is_some_and(|tags| !tags.is_empty())
    });
    if tagged && rule.abort_incomplete_multipart_upload.is_some() {
        return Err(error::invalid_request(
            "AbortIncompleteMultipartUpload cannot be specified with Tags.",
        ));
    }
    Ok(())
}

fn has_action(rule: &LifecycleRule) -> bool {
    rule.abort_incomplete_multipart_upload.is_some()
        || rule.expiration.is_some()
        || rule.noncurrent_version_expiration.is_some()
        || rule
            .noncurrent_version_transitions
            .as_ref()
            .is_some_and(|transitions| !transitions.is_empty())
        || rule
            .transitions
            .as_ref()
            .is_some_and(|transitions| !transitions.is_empty())
}

fn check_days(rule: &LifecycleRule) -> Result<(), Error> {
    let expiration = rule.expiration.as_ref().and_then(|action| action.days);
    let noncurrent = rule.noncurrent_version_expiration.as_ref();
    let noncurrent = noncurrent.and_then(|action| action.noncurrent_days);
    let abort = rule.abort_incomplete_multipart_upload.as_ref();
    let abort = abort.and_then(|action| action.days_after_initiation);
    let table = [
        (
            expiration,
            "'Days' for Expiration action must be a positive integer",
        ),
        (
            noncurrent,
            "'NoncurrentDays' for NoncurrentVersionExpiration action must be a positive integer",
        ),
        (
            abort,
            "'DaysAfterInitiation' for AbortIncompleteMultipartUpload action must be a positive integer",
        ),
    ];
    for (days, message) in table {
        if days.is_some_and(|days| days <= 0) {
            return Err(Error::new(400, "InvalidArgument", message));
        }
    }
    let transitions = rule.transitions.iter().flatten();
    let latest = transitions.filter_map(|transition| transition.days).max();
    match (expiration, latest) {
        (Some(expiration), Some(latest)) if expiration <= latest => Err(Error::new(
            400,
            "InvalidArgument",
            "'Days' in the Expiration action for filter must be greater than 'Days' in the Transition action",
        )),
        _ => Ok(()),
    }
}

/// An expiration is by days, by date, or of markers that are left alone.
fn check_expiration(rule: &LifecycleRule) -> Result<(), Error> {
    let Some(expiration) = &rule.expiration else {
        return Ok(());
    };
    let kinds = [
        expiration.days.is_some(),
        expiration.date.is_some(),
        expiration.expired_object_delete_marker.is_some(),
    ];
    if kinds.into_iter().filter(|kind| *kind).count() != 1 {
        return Err(error::malformed_xml());
    }
    Ok(())
}
