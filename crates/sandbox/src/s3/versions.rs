//! The versions of objects, and the conditions under which they may be replaced or deleted.

use jiff::Timestamp;
use s3s::dto::ETagCondition;

use super::error::{self, Error};
use super::state::{Bucket, Object, State, Version, Versioning};

/// The version of an object that does not come from a versioned bucket.
const NULL: &str = "null";

/// The version that a read asks for.
pub(super) fn find<'a>(
    bucket: &'a Bucket,
    key: &str,
    version: Option<&str>,
) -> Result<(&'a Version, &'a Object), Error> {
    let versions = bucket.objects.get(key).map_or(&[][..], Vec::as_slice);
    let Some(id) = version else {
        let Some(current) = versions.last() else {
            return Err(error::no_such_key(key));
        };
        return match &current.object {
            Some(object) => Ok((current, object)),
            None => Err(error::no_such_key(key)
                .with_header("x-amz-delete-marker", "true")
                .with_header("x-amz-version-id", &*current.id)),
        };
    };
    check_version_id(id)?;
    let found = versions.iter().find(|version| version.id == id);
    let found = found.ok_or_else(|| error::no_such_version(key, id))?;
    match &found.object {
        Some(object) => Ok((found, object)),
        None => Err(error::method_not_allowed()
            .with("Method", "GET")
            .with("ResourceType", "DeleteMarker")
            .with_header("allow", "DELETE")
            .with_header("x-amz-delete-marker", "true")
            .with_header("x-amz-version-id", id)
            .with_header("last-modified", http_date(found.modified))),
    }
}

pub(super) fn http_date(time: Timestamp) -> String {
    time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn check_version_id(id: &str) -> Result<(), Error> {
    if id == NULL || id.len() == 32 {
        return Ok(());
    }
    Err(error::invalid_argument(
        "Invalid version id specified",
        "versionId",
        id,
    ))
}

/// The version id that answers show: none where versioning was never enabled.
pub(super) fn shown(bucket: &Bucket, version: &str) -> Option<String> {
    bucket.versioning.map(|_| version.to_owned())
}

impl State {
    /// Makes `object` the current version of `key`, and returns the id of the version.
    pub(super) fn write(
        &mut self,
        bucket: &str,
        key: &str,
        now: Timestamp,
        object: Option<Object>,
    ) -> Result<String, Error> {
        let versioning = self.bucket(bucket)?.versioning;
        let id = match versioning {
            Some(Versioning::Enabled) => self.new_id(&format!("version of {bucket}/{key}")),
            Some(Versioning::Suspended) | None => NULL.to_owned(),
        };
        let bucket = self.bucket_mut(bucket)?;
        let versions = bucket.objects.entry(key.to_owned()).or_default();
        // The version `null` exists once; every other id is new.
        versions.retain(|version| version.id != id);
        versions.push(Version {
            id: id.clone(),
            modified: now,
            object,
        });
        Ok(id)
    }

    /// Deletes as S3 does: without a version id, a versioned bucket gets a delete marker.
    pub(super) fn delete(
        &mut self,
        name: &str,
        key: &str,
        version: Option<&str>,
        now: Timestamp,
    ) -> Result<Deleted, Error> {
        let bucket = self.bucket_mut(name)?;
        if let Some(id) = version {
            check_version_id(id)?;
            let versions = bucket.objects.entry(key.to_owned()).or_default();
            let found = versions.iter().position(|version| version.id == id);
            let removed = found.map(|index| versions.remove(index));
            if versions.is_empty() {
                bucket.objects.remove(key);
            }
            return Ok(Deleted {
                marker: removed.is_some_and(|version| version.object.is_none()),
                version: Some(id.to_owned()),
            });
        }
        if bucket.versioning.is_none() {
            bucket.objects.remove(key);
            return Ok(Deleted {
                marker: false,
                version: None,
            });
        }
        let id = self.write(name, key, now, None)?;
        Ok(Deleted {
            marker: true,
            version: Some(id),
        })
    }
}

/// What a deletion did.
pub(super) struct Deleted {
    /// Whether a delete marker was made, or one was removed.
    pub(super) marker: bool,
    pub(super) version: Option<String>,
}

pub(super) fn matches(condition: &ETagCondition, etag: &str) -> bool {
    match condition {
        ETagCondition::Any => true,
        ETagCondition::ETag(expected) => expected.value() == etag,
    }
}

/// Conditions of a write: `If-None-Match: *` and `If-Match` with an `ETag`.
pub(super) fn check_write(
    bucket: &Bucket,
    key: &str,
    if_match: Option<&ETagCondition>,
    if_none_match: Option<&ETagCondition>,
) -> Result<(), Error> {
    let current = bucket.current(key);
    match (if_match, if_none_match) {
        (None, None) => Ok(()),
        (None, Some(ETagCondition::Any)) if current.is_none() => Ok(()),
        (None, Some(ETagCondition::Any)) => Err(error::precondition_failed("If-None-Match")),
        (Some(condition), None) => match current {
            None => Err(error::no_such_key(key)),
            Some((_, object)) if matches(condition, &object.etag) => Ok(()),
            Some(_) => Err(error::precondition_failed("If-Match")),
        },
        (_, Some(_)) => Err(error::not_implemented()),
    }
}

/// Conditions of a deletion, which look at the current version alone.
pub(super) fn check_delete(
    bucket: &Bucket,
    key: &str,
    if_match: Option<&ETagCondition>,
) -> Result<(), Error> {
    let Some(condition) = if_match else {
        return Ok(());
    };
    let current = bucket.objects.get(key).and_then(|versions| versions.last());
    let Some(current) = current else {
        return Err(error::no_such_key(key));
    };
    match &current.object {
        Some(object) if matches(condition, &object.etag) => Ok(()),
        _ => Err(error::precondition_failed("If-Match")),
    }
}
