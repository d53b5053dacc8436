//! The versions of objects, and the conditions under which they may be replaced or deleted.

use jiff::{SignedDuration, Timestamp};
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
    let found = versions.iter().find(|version| version.id == id);
    let Some(found) = found else {
        check_version_id(id)?;
        return Err(error::no_such_version(key, id));
    };
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

/// The version whose tags or ACL a request reads or writes: where the key is deleted, that is the
/// delete marker, which has none.
pub(super) fn find_with_tags<'a>(
    bucket: &'a Bucket,
    key: &str,
    version: Option<&str>,
    method: &'static str,
) -> Result<(&'a Version, &'a Object), Error> {
    find(bucket, key, version).map_err(|error| {
        let marked = error
            .headers
            .iter()
            .any(|(name, _)| *name == "x-amz-delete-marker");
        if !marked {
            return error;
        }
        let headers = error.headers.into_iter();
        Error {
            headers: headers
                .filter(|(name, _)| *name != "last-modified")
                .collect(),
            ..error::method_not_allowed()
                .with("Method", method)
                .with("ResourceType", "DeleteMarker")
        }
    })
}

/// S3 recognises the ids that it gave out, also those of versions that are gone. Here the last eight
/// characters follow from the others.
pub(super) fn version_id(random: &str) -> String {
    let start = &random[..24];
    format!("{start}{}", check_characters(start))
}

fn check_characters(start: &str) -> String {
    let digest = crate::bodies::Algorithm::Sha256.digest(format!("version {start}").as_bytes());
    crate::hex::hex(&digest[..4])
}

fn check_version_id(id: &str) -> Result<(), Error> {
    let known = id.len() == 32 && id.is_ascii() && check_characters(&id[..24]) == id[24..];
    if id == NULL || known {
        return Ok(());
    }
    Err(error::invalid_argument(
        "Invalid version id specified",
        "versionId",
        id,
    ))
}

/// The version id that the answer to a write shows: none for the version `null`.
pub(super) fn written(bucket: &Bucket, version: &str) -> Option<String> {
    let enabled = bucket.versioning == Some(Versioning::Enabled);
    enabled.then(|| version.to_owned())
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
            Some(Versioning::Enabled) => {
                version_id(&self.new_id(&format!("version of {bucket}/{key}")))
            }
            Some(Versioning::Suspended) | None => NULL.to_owned(),
        };
        let bucket = self.bucket_mut(bucket)?;
        bucket.note_change(key, now);
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
            let versions = bucket.objects.entry(key.to_owned()).or_default();
            let found = versions.iter().position(|version| version.id == id);
            let removed = found.map(|index| versions.remove(index));
            if versions.is_empty() {
                bucket.objects.remove(key);
            }
            if removed.is_none() {
                check_version_id(id)?;
            }
            bucket.note_change(key, now);
            return Ok(Deleted {
                marker: removed.is_some_and(|version| version.object.is_none()),
                version: Some(id.to_owned()),
            });
        }
        if bucket.versioning.is_none() {
            bucket.objects.remove(key);
            bucket.note_change(key, now);
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

/// The result of a deletion.
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

impl Bucket {
    /// Notes that a key was written or deleted, for the uploads and the requests that are under way.
    fn note_change(&mut self, key: &str, now: Timestamp) {
        for upload in self.uploads.values_mut().filter(|upload| upload.key == key) {
            upload.overtaken = true;
        }
        // No request is under way for longer than this.
        let minute = SignedDuration::from_mins(1);
        self.changes
            .retain(|_, changed| now.duration_since(*changed) < minute);
        self.changes.insert(key.to_owned(), now);
    }

    /// Whether a key was written or deleted after a request arrived.
    fn changed_since(&self, key: &str, arrived: Timestamp) -> bool {
        self.changes
            .get(key)
            .is_some_and(|changed| *changed > arrived)
    }
}

pub(super) fn conflict(key: &str, condition: &str) -> Error {
    Error::new(
        409,
        "ConditionalRequestConflict",
        "The conditional request cannot succeed due to a conflicting operation against this resource.",
    )
    .with("Condition", condition)
    .with("Key", key)
}

fn unsupported_condition(header: &'static str, why: &'static str) -> Error {
    error::not_implemented()
        .with("Header", header)
        .with("additionalMessage", why)
}

/// The conditions of a write.
#[derive(Clone, Copy)]
pub(super) struct Conditions<'a> {
    pub(super) if_match: Option<&'a ETagCondition>,
    pub(super) if_none_match: Option<&'a ETagCondition>,
}

/// Checks the conditions of a write: `If-None-Match: *` and `If-Match` with an `ETag`.
///
/// A write that finds its key changed since it arrived is in conflict with that change: the caller
/// is to read again ("How to prevent object overwrites with conditional writes", S3 user guide).
/// Two creations are an exception: the second one fails its condition.
pub(super) fn check_write(
    bucket: &Bucket,
    key: &str,
    conditions: Conditions<'_>,
    arrived: Timestamp,
) -> Result<(), Error> {
    let current = bucket.current(key);
    let changed = bucket.changed_since(key, arrived);
    match (conditions.if_match, conditions.if_none_match) {
        (Some(_), Some(_)) => Err(unsupported_condition(
            "If-Match,If-None-Match",
            "Multiple conditional request headers present in the request",
        )),
        (None, Some(ETagCondition::Any)) if current.is_some() => {
            Err(error::precondition_failed("If-None-Match"))
        }
        (None, Some(ETagCondition::Any)) if changed => Err(conflict(key, "If-None-Match")),
        (None, None | Some(ETagCondition::Any)) => Ok(()),
        (None, Some(_)) => Err(unsupported_condition(
            "If-None-Match",
            "We don't accept the provided value of If-None-Match header for this API",
        )),
        (Some(ETagCondition::Any), None) => Err(unsupported_condition(
            "If-Match",
            "We don't accept the provided value of If-Match header for this API",
        )),
        (Some(_), None) if changed => Err(conflict(key, "If-Match")),
        (Some(condition), None) => match current {
            None => Err(error::no_such_key(key)),
            Some((_, object)) if matches(condition, &object.etag) => Ok(()),
            Some(_) => Err(error::precondition_failed("If-Match")),
        },
    }
}

/// Conditions of a deletion, which look at the current version alone.
pub(super) fn check_delete(
    bucket: &Bucket,
    key: &str,
    if_match: Option<&ETagCondition>,
    arrived: Timestamp,
) -> Result<(), Error> {
    let Some(condition) = if_match else {
        return Ok(());
    };
    if bucket.changed_since(key, arrived) {
        return Err(conflict(key, "If-Match"));
    }
    let current = bucket.objects.get(key).and_then(|versions| versions.last());
    let Some(current) = current else {
        return Err(error::no_such_key(key));
    };
    match &current.object {
        Some(object) if matches(condition, &object.etag) => Ok(()),
        _ => Err(error::precondition_failed("If-Match")),
    }
}
