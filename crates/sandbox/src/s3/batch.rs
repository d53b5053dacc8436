//! Operations on more than one object or on an object's tags: batch deletion, copies, tags.

use jiff::Timestamp;
use s3s::dto::{self, ETag, ETagCondition};

use super::access::{authorize, check_owner};
use super::acl::check_object_acl;
use super::error::{self, Error};
use super::lifecycle::expiration;
use super::objects::{Asked, header_tags, hide_md5, metadata, storage_class, stored_headers};
use super::settings::{TagsOf, check_tags, pairs, tag_set};
use super::state::{Object, Version};
use super::versions::{
    Conditions, check_delete, check_write, find, find_with_tags, matches, shown, written,
};
use super::work::{Work, set_checksum, timestamp};
use crate::bodies::{Algorithm, Checksum, Hasher};
use crate::hex::hex;

pub(super) fn delete_objects(
    work: &mut Work,
    input: dto::DeleteObjectsInput,
) -> Result<dto::DeleteObjectsOutput, Error> {
    let keys = input.delete.objects;
    if keys.is_empty() || keys.len() > 1000 {
        return Err(error::malformed_xml());
    }
    let quiet = input.delete.quiet.unwrap_or(false);
    let mut deleted = Vec::new();
    let mut errors = Vec::new();
    for key in keys {
        match delete_one(work, &input.bucket, &key) {
            Ok(_) if quiet => {}
            Ok(done) => deleted.push(done),
            Err(error) => errors.push(dto::Error {
                code: Some(error.code.into_owned()),
                key: Some(key.key),
                message: Some(error.message.into_owned()),
                version_id: key.version_id,
            }),
        }
    }
    Ok(dto::DeleteObjectsOutput {
        deleted: Some(deleted),
        errors: Some(errors),
        request_charged: None,
    })
}

fn delete_one(
    work: &mut Work,
    name: &str,
    identifier: &dto::ObjectIdentifier,
) -> Result<dto::DeletedObject, Error> {
    let bucket = work.state.bucket(name)?;
    let key = &identifier.key;
    let version = identifier.version_id.as_deref();
    let action = match version {
        Some(_) => "s3:DeleteObjectVersion",
        None => "s3:DeleteObject",
    };
    let mut caller = work.caller.clone();
    if let Some(etag) = &identifier.e_tag {
        // A policy may insist on conditional deletes.
        let key = "s3:if-match".to_owned();
        caller.context.insert(key, etag.value().to_owned());
    }
    authorize(name, bucket, &caller, action, key)?;
    if identifier.size.is_some() || identifier.last_modified_time.is_some() {
        return Err(error::not_implemented());
    }
    let condition = identifier.e_tag.clone().map(|etag| match etag.value() {
        "*" => ETagCondition::Any,
        _ => ETagCondition::ETag(etag),
    });
    check_delete(bucket, key, condition.as_ref(), work.arrived)?;
    let now = work.now;
    let done = work.state.delete(name, key, version, now)?;
    let marker = done.version.clone().filter(|_| done.marker);
    Ok(dto::DeletedObject {
        delete_marker: done.marker.then_some(true),
        delete_marker_version_id: marker,
        key: Some(key.clone()),
        version_id: identifier.version_id.clone(),
    })
}

pub(super) fn copy_object(
    work: &mut Work,
    input: dto::CopyObjectInput,
) -> Result<dto::CopyObjectOutput, Error> {
    let (found, source_version) = source(work, &input)?;
    let target = work.state.bucket(&input.bucket)?;
    check_object_acl(target, input.acl.as_ref().map(dto::ObjectCannedACL::as_str))?;
    let if_match = work.condition("if-match");
    let if_none_match = work.condition("if-none-match");
    let conditions = Conditions {
        if_match: if_match.as_ref(),
        if_none_match: if_none_match.as_ref(),
    };
    check_write(target, &input.key, conditions, work.arrived)?;
    let encryption = Asked {
        algorithm: input.server_side_encryption,
        key: input.ssekms_key_id,
        bucket_key: input.bucket_key_enabled,
    };
    let class = input.storage_class.as_ref();
    let mut object = Object {
        encryption: Some(encryption.resolve(target)?),
        etag: etag(&found),
        // The copy is in one piece.
        parts: Vec::new(),
        storage_class: storage_class(class.map(dto::StorageClass::as_str))?,
        ..found
    };
    let metadata_directive = input.metadata_directive.as_ref();
    if replaces(metadata_directive.map(dto::MetadataDirective::as_str)) {
        object.headers = stored_headers(&[
            ("content-type", input.content_type),
            ("cache-control", input.cache_control),
            ("content-disposition", input.content_disposition),
            ("content-encoding", input.content_encoding),
            ("content-language", input.content_language),
            ("expires", work.expires.clone()),
        ]);
        object.metadata = metadata(input.metadata)?;
    }
    // It is no metadata: a copy has the one that its own request brings.
    object.headers.remove(REDIRECT);
    let redirect = input.website_redirect_location;
    object
        .headers
        .extend(redirect.map(|to| (REDIRECT.to_owned(), to)));
    let tagging_directive = input.tagging_directive.as_ref();
    if replaces(tagging_directive.map(dto::TaggingDirective::as_str)) {
        object.tags = header_tags(input.tagging.as_deref())?;
    }
    let algorithm = input.checksum_algorithm.as_ref();
    if let Some(algorithm) = algorithm.and_then(|name| Algorithm::named(name.as_str())) {
        object.checksum = Some(Checksum::of_body(algorithm, &object.body));
    }
    write_copy(work, &input.bucket, &input.key, object, source_version)
}

const REDIRECT: &str = "x-amz-website-redirect-location";

/// The `ETag` of a copy, which is the MD5 of its bytes, in however many parts they once came.
fn etag(found: &Object) -> String {
    if found.parts.is_empty() {
        return found.etag.clone();
    }
    let mut hasher = Hasher::md5();
    found.body.read(|bytes| hasher.update(bytes));
    hex(&hasher.finish())
}

fn replaces(directive: Option<&str>) -> bool {
    directive == Some("REPLACE")
}

/// The object to be copied and the version that it was found in.
fn source(work: &Work, input: &dto::CopyObjectInput) -> Result<(Object, Option<String>), Error> {
    let dto::CopySource::Bucket {
        bucket: name,
        key,
        version_id,
    } = &input.copy_source
    else {
        return Err(error::not_implemented());
    };
    let bucket = work.state.bucket(name)?;
    check_owner(bucket, input.expected_source_bucket_owner.as_deref())?;
    let action = match version_id {
        Some(_) => "s3:GetObjectVersion",
        None => "s3:GetObject",
    };
    authorize(name, bucket, &work.caller, action, key)?;
    let (version, found) = find(bucket, key, version_id.as_deref())?;
    check_source(input, version, found, work.now)?;
    if found.is_archived() {
        return Err(Error::new(
            403,
            "ObjectNotInActiveTierError",
            "The source object of the COPY action is not in the active tier and is only stored in Amazon S3 Glacier.",
        ));
    }
    let directive = input.metadata_directive.as_ref();
    let unchanged = !replaces(directive.map(dto::MetadataDirective::as_str))
        && input.storage_class.is_none()
        && input.server_side_encryption.is_none()
        && input.website_redirect_location.is_none()
        && version_id.is_none();
    if unchanged && **name == *input.bucket && **key == *input.key {
        return Err(error::invalid_request(
            "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
        ));
    }
    Ok((found.clone(), shown(bucket, &version.id)))
}

/// Conditions on the source. An `ETag` wins over a date, and a date in the future says nothing
/// (RFC 9110, section 13).
fn check_source(
    input: &dto::CopyObjectInput,
    version: &Version,
    found: &Object,
    now: Timestamp,
) -> Result<(), Error> {
    let modified = timestamp(version.modified);
    let failed = |condition: &str| Err(error::precondition_failed(condition));
    match (
        &input.copy_source_if_match,
        &input.copy_source_if_unmodified_since,
    ) {
        (Some(condition), _) if !matches(condition, &found.etag) => {
            return failed("x-amz-copy-source-If-Match");
        }
        (None, Some(since)) if modified > *since => {
            return failed("x-amz-copy-source-If-Unmodified-Since");
        }
        _ => {}
    }
    match (
        &input.copy_source_if_none_match,
        &input.copy_source_if_modified_since,
    ) {
        (Some(condition), _) if matches(condition, &found.etag) => {
            failed("x-amz-copy-source-If-None-Match")
        }
        (None, Some(since)) if modified <= *since && *since <= timestamp(now) => {
            failed("x-amz-copy-source-If-Modified-Since")
        }
        _ => Ok(()),
    }
}

fn write_copy(
    work: &mut Work,
    bucket: &str,
    key: &str,
    mut object: Object,
    source_version: Option<String>,
) -> Result<dto::CopyObjectOutput, Error> {
    hide_md5(work, &mut object);
    let expiration = expiration(work.state.bucket(bucket)?, key, &object, work.now);
    let mut result = dto::CopyObjectResult {
        e_tag: Some(ETag::Strong(object.etag.clone())),
        last_modified: Some(timestamp(work.now)),
        ..dto::CopyObjectResult::default()
    };
    set_checksum!(result, object);
    let encryption = object.encryption.clone().unwrap_or_default();
    let id = work.state.write(bucket, key, work.now, Some(object))?;
    Ok(dto::CopyObjectOutput {
        copy_object_result: Some(result),
        copy_source_version_id: source_version,
        bucket_key_enabled: encryption.bucket_key.then_some(true),
        expiration,
        ssekms_key_id: encryption.key,
        server_side_encryption: Some(encryption.algorithm.into()),
        version_id: written(work.state.bucket(bucket)?, &id),
        ..dto::CopyObjectOutput::default()
    })
}

pub(super) fn get_object_tagging(
    work: &mut Work,
    input: dto::GetObjectTaggingInput,
) -> Result<dto::GetObjectTaggingOutput, Error> {
    let bucket = work.state.bucket(&input.bucket)?;
    let version = input.version_id.as_deref();
    let (version, object) = find_with_tags(bucket, &input.key, version, "GET")?;
    Ok(dto::GetObjectTaggingOutput {
        tag_set: tag_set(&object.tags),
        version_id: shown(bucket, &version.id),
    })
}

pub(super) fn put_object_tagging(
    work: &mut Work,
    input: dto::PutObjectTaggingInput,
) -> Result<dto::PutObjectTaggingOutput, Error> {
    let tags = pairs(input.tagging.tag_set)?;
    let target = Target {
        bucket: &input.bucket,
        key: &input.key,
        version: input.version_id.as_deref(),
        method: "PUT",
    };
    let version_id = retag(work, target, &tags)?;
    Ok(dto::PutObjectTaggingOutput { version_id })
}

pub(super) fn delete_object_tagging(
    work: &mut Work,
    input: dto::DeleteObjectTaggingInput,
) -> Result<dto::DeleteObjectTaggingOutput, Error> {
    let target = Target {
        bucket: &input.bucket,
        key: &input.key,
        version: input.version_id.as_deref(),
        method: "DELETE",
    };
    let version_id = retag(work, target, &[])?;
    Ok(dto::DeleteObjectTaggingOutput { version_id })
}

/// A version whose tags are to be changed, and the method of the request.
struct Target<'a> {
    bucket: &'a str,
    key: &'a str,
    version: Option<&'a str>,
    method: &'static str,
}

fn retag(
    work: &mut Work,
    target: Target<'_>,
    tags: &[(String, String)],
) -> Result<Option<String>, Error> {
    let tags = check_tags(tags, TagsOf::Object)?;
    let Target {
        key,
        version,
        method,
        ..
    } = target;
    let bucket = work.state.bucket_mut(target.bucket)?;
    let (found, _) = find_with_tags(bucket, key, version, method)?;
    let id = found.id.clone();
    let versions = bucket.objects.get_mut(key).into_iter().flatten();
    for version in versions.filter(|version| version.id == id) {
        if let Some(object) = &mut version.object {
            object.tags.clone_from(&tags);
        }
    }
    Ok(shown(bucket, &id))
}
