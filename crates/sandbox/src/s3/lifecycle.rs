//! Lifecycle rules: kept, and checked as S3 checks them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use s3s::dto::{self, LifecycleRule};

use super::error::{self, Error};
use super::state::{Bucket, Lifecycle, Object};
use super::versions::http_date;
use super::work::Work;

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

/// The value of `x-amz-expiration`: when the first rule that fits removes an object, and which one.
pub(super) fn expiration(
    bucket: &Bucket,
    key: &str,
    object: &Object,
    modified: Timestamp,
) -> Option<String> {
    let rules = &bucket.lifecycle.as_ref()?.configuration.rules;
    let fitting = rules
        .iter()
        .filter(|rule| rule.status.as_str() == "Enabled" && fits(rule, key, object));
    let ends = fitting.filter_map(|rule| Some((end(rule, modified)?, rule.id.as_deref()?)));
    let (end, id) = ends.min()?;
    let end = http_date(end);
    let id = utf8_percent_encode(id, RULE_ID);
    Some(format!("expiry-date=\"{end}\", rule-id=\"{id}\""))
}

const RULE_ID: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Days are counted from the moment of writing, and end at the next midnight UTC ("Lifecycle
/// configuration elements", S3 user guide).
fn end(rule: &LifecycleRule, modified: Timestamp) -> Option<Timestamp> {
    const DAY: i64 = 24 * 3600;
    let expiration = rule.expiration.as_ref()?;
    if let Some(days) = expiration.days {
        let due = modified.as_second() + i64::from(days) * DAY;
        return Timestamp::from_second((due / DAY + 1) * DAY).ok();
    }
    let mut text = Vec::new();
    let date = expiration.date.as_ref()?;
    date.format(dto::TimestampFormat::DateTime, &mut text)
        .ok()?;
    std::str::from_utf8(&text).ok()?.parse().ok()
}

fn fits(rule: &LifecycleRule, key: &str, object: &Object) -> bool {
    // Rules of before 2018 have their prefix outside of the filter.
    let prefix = rule.prefix.as_deref();
    let Some(filter) = &rule.filter else {
        return key.starts_with(prefix.unwrap_or_default());
    };
    let size = i64::try_from(object.body.len()).unwrap_or(i64::MAX);
    let tagged = |tag: &dto::Tag| {
        let found = tag.key.as_ref().and_then(|key| object.tags.get(key));
        found.is_some() && found == tag.value.as_ref()
    };
    let and = filter.and.clone().unwrap_or_default();
    let prefixes = [filter.prefix.as_deref(), and.prefix.as_deref()];
    let greater = [
        filter.object_size_greater_than,
        and.object_size_greater_than,
    ];
    let less = [filter.object_size_less_than, and.object_size_less_than];
    prefixes
        .iter()
        .flatten()
        .all(|prefix| key.starts_with(prefix))
        && greater.iter().flatten().all(|least| size > *least)
        && less.iter().flatten().all(|most| size < *most)
        && filter.tag.iter().all(tagged)
        && and.tags.iter().flatten().all(tagged)
}
