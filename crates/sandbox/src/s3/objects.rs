//! Objects and their versions: written, read, deleted, each with its conditions.

use std::collections::BTreeMap;

use jiff::Timestamp;
use s3s::dto::{self, ETag, ETagCondition};

use super::acl::check_object_acl;
use super::checksum::{Algorithm, Checksum, etag};
use super::error::{self, Error};
use super::face::{Work, set_checksum, timestamp};
use super::settings::check_tags;
use super::state::{Bucket, Encryption, Object, State, Version, Versioning};

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

pub(super) fn put_object(
    work: &mut Work,
    input: dto::PutObjectInput,
) -> Result<dto::PutObjectOutput, Error> {
    let bucket = work.state.bucket(&input.bucket)?;
    check_object_acl(bucket, input.acl.as_ref().map(|acl| acl.as_str()))?;
    if input.sse_customer_algorithm.is_some() || input.write_offset_bytes.is_some() {
        return Err(error::not_implemented());
    }
    check_write(
        bucket,
        &input.key,
        input.if_match.as_ref(),
        input.if_none_match.as_ref(),
    )?;
    let body = work.body.clone();
    let sent = work.checksum.clone();
    let checksum = sent.unwrap_or_else(|| Checksum::of(Algorithm::Crc64Nvme, &body));
    let object = Object {
        etag: etag(&body),
        body,
        headers: stored_headers(&[
            ("content-type", input.content_type),
            ("cache-control", input.cache_control),
            ("content-disposition", input.content_disposition),
            ("content-encoding", input.content_encoding),
            ("content-language", input.content_language),
            ("expires", work.expires.clone()),
            (
                "x-amz-website-redirect-location",
                input.website_redirect_location,
            ),
        ]),
        metadata: metadata(input.metadata)?,
        checksum: Some(checksum),
        composite: false,
        encryption: Some(encryption(
            bucket,
            input.server_side_encryption.as_ref().map(|s| s.as_str()),
            input.ssekms_key_id,
        )),
        storage_class: storage_class(input.storage_class.as_ref().map(|s| s.as_str()))?,
        tags: header_tags(input.tagging.as_deref())?,
    };
    let mut output = dto::PutObjectOutput {
        e_tag: Some(ETag::Strong(object.etag.clone())),
        ..dto::PutObjectOutput::default()
    };
    if let Some(encryption) = object.encryption.clone() {
        output.ssekms_key_id = encryption.key;
        output.server_side_encryption = Some(encryption.algorithm.into());
    }
    set_checksum!(output, object);
    let id = work
        .state
        .write(&input.bucket, &input.key, work.now, Some(object))?;
    output.version_id = shown(work.state.bucket(&input.bucket)?, &id);
    Ok(output)
}

pub(super) fn stored_headers(headers: &[(&str, Option<String>)]) -> BTreeMap<String, String> {
    let given = headers.iter().filter_map(|(name, value)| {
        let value = value.clone().filter(|value| !value.is_empty())?;
        Some(((*name).to_owned(), value))
    });
    given.collect()
}

pub(super) fn metadata(given: Option<dto::Metadata>) -> Result<BTreeMap<String, String>, Error> {
    let metadata = given.unwrap_or_default().into_iter();
    let metadata = metadata.collect::<BTreeMap<_, _>>();
    let sizes = metadata.iter().map(|(key, value)| key.len() + value.len());
    let size = sizes.sum::<usize>();
    if size <= 2048 {
        return Ok(metadata);
    }
    Err(Error::new(
        400,
        "MetadataTooLarge",
        "Your metadata headers exceed the maximum allowed metadata size",
    )
    .with("Size", size.to_string())
    .with("MaxSizeAllowed", "2048"))
}

pub(super) fn encryption(bucket: &Bucket, asked: Option<&str>, key: Option<String>) -> Encryption {
    match asked {
        None => bucket.encryption.clone(),
        Some(algorithm) => Encryption {
            algorithm: algorithm.to_owned(),
            key,
            bucket_key: false,
        },
    }
}

pub(super) fn storage_class(asked: Option<&str>) -> Result<String, Error> {
    const CLASSES: &[&str] = &[
        "STANDARD",
        "REDUCED_REDUNDANCY",
        "STANDARD_IA",
        "ONEZONE_IA",
        "INTELLIGENT_TIERING",
        "GLACIER",
        "DEEP_ARCHIVE",
        "GLACIER_IR",
    ];
    let class = asked.unwrap_or("STANDARD");
    if CLASSES.contains(&class) {
        return Ok(class.to_owned());
    }
    Err(Error::new(
        400,
        "InvalidStorageClass",
        "The storage class you specified is not valid",
    )
    .with("StorageClassRequested", class))
}

/// `x-amz-tagging: a=1&b=2`.
pub(super) fn header_tags(header: Option<&str>) -> Result<BTreeMap<String, String>, Error> {
    let pairs = super::address::parse_query(header.unwrap_or_default());
    check_tags(&pairs, 10)
}

/// What a read asks for besides the object.
#[derive(Default)]
struct Read {
    version: Option<String>,
    if_match: Option<ETagCondition>,
    if_none_match: Option<ETagCondition>,
    if_modified_since: Option<dto::Timestamp>,
    if_unmodified_since: Option<dto::Timestamp>,
    range: Option<dto::Range>,
    checksums: bool,
}

pub(super) fn get_object(
    work: &mut Work,
    input: dto::GetObjectInput,
) -> Result<dto::GetObjectOutput, Error> {
    let read = Read {
        version: input.version_id,
        if_match: input.if_match,
        if_none_match: input.if_none_match,
        if_modified_since: input.if_modified_since,
        if_unmodified_since: input.if_unmodified_since,
        range: input.range,
        checksums: input.checksum_mode.is_some(),
    };
    read_object(work, &input.bucket, &input.key, read)
}

pub(super) fn head_object(
    work: &mut Work,
    input: dto::HeadObjectInput,
) -> Result<dto::HeadObjectOutput, Error> {
    let read = Read {
        version: input.version_id,
        if_match: input.if_match,
        if_none_match: input.if_none_match,
        if_modified_since: input.if_modified_since,
        if_unmodified_since: input.if_unmodified_since,
        range: input.range,
        checksums: input.checksum_mode.is_some(),
    };
    let found = read_object(work, &input.bucket, &input.key, read)?;
    Ok(dto::HeadObjectOutput {
        accept_ranges: found.accept_ranges,
        cache_control: found.cache_control,
        checksum_crc32: found.checksum_crc32,
        checksum_crc32c: found.checksum_crc32c,
        checksum_crc64nvme: found.checksum_crc64nvme,
        checksum_sha1: found.checksum_sha1,
        checksum_sha256: found.checksum_sha256,
        checksum_type: found.checksum_type,
        content_disposition: found.content_disposition,
        content_encoding: found.content_encoding,
        content_language: found.content_language,
        content_length: found.content_length,
        content_range: found.content_range,
        content_type: found.content_type,
        e_tag: found.e_tag,
        last_modified: found.last_modified,
        metadata: found.metadata,
        ssekms_key_id: found.ssekms_key_id,
        server_side_encryption: found.server_side_encryption,
        storage_class: found.storage_class,
        version_id: found.version_id,
        website_redirect_location: found.website_redirect_location,
        ..dto::HeadObjectOutput::default()
    })
}

fn read_object(
    work: &mut Work,
    bucket: &str,
    key: &str,
    read: Read,
) -> Result<dto::GetObjectOutput, Error> {
    let bucket = work.state.bucket(bucket)?;
    let found = find(bucket, key, read.version.as_deref());
    let (version, object) = found.map_err(|error| work.hide(bucket, error))?;
    check_read(&read, version, object)?;
    let length = object.body.len() as u64;
    let range = read.range.map(|range| range.check(length));
    let range = range.transpose().map_err(|_| {
        Error::new(
            416,
            "InvalidRange",
            "The requested range is not satisfiable",
        )
        .with("ActualObjectSize", length.to_string())
    })?;
    let body = match &range {
        Some(range) => object
            .body
            .slice(to_usize(range.start)..to_usize(range.end)),
        None => object.body.clone(),
    };
    let header = |name: &str| object.headers.get(name).cloned();
    let encryption = object.encryption.clone().unwrap_or_default();
    let class = Some(&object.storage_class).filter(|class| *class != "STANDARD");
    let tags = i32::try_from(object.tags.len()).ok();
    let mut output = dto::GetObjectOutput {
        accept_ranges: Some("bytes".to_owned()),
        cache_control: header("cache-control"),
        content_disposition: header("content-disposition"),
        content_encoding: header("content-encoding"),
        content_language: header("content-language"),
        content_length: i64::try_from(body.len()).ok(),
        content_range: range.map(|range| {
            let last = range.end - 1;
            format!("bytes {}-{last}/{length}", range.start)
        }),
        content_type: Some(object.content_type().to_owned()),
        e_tag: Some(ETag::Strong(object.etag.clone())),
        last_modified: Some(timestamp(version.modified)),
        metadata: Some(object.metadata.clone().into_iter().collect()),
        ssekms_key_id: encryption.key,
        server_side_encryption: Some(encryption.algorithm.into()),
        storage_class: class.map(|class| dto::StorageClass::from(class.clone())),
        tag_count: tags.filter(|count| *count > 0),
        version_id: shown(bucket, &version.id),
        website_redirect_location: header("x-amz-website-redirect-location"),
        body: Some(dto::StreamingBlob::from(s3s::Body::from(body))),
        ..dto::GetObjectOutput::default()
    };
    // The checksum is of the whole object, so it does not come with a part of it.
    if read.checksums && output.content_range.is_none() {
        set_checksum!(output, object);
    }
    let expires = header("expires");
    work.headers.extend(expires.map(|value| ("expires", value)));
    Ok(output)
}

fn to_usize(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

/// RFC 9110, section 13.2.2: the `ETag` conditions win over the dates.
fn check_read(read: &Read, version: &Version, object: &Object) -> Result<(), Error> {
    let modified = timestamp(version.modified);
    match (&read.if_match, &read.if_unmodified_since) {
        (Some(condition), _) if !matches(condition, &object.etag) => {
            return Err(error::precondition_failed("If-Match"));
        }
        (None, Some(since)) if modified > *since => {
            return Err(error::precondition_failed("If-Unmodified-Since"));
        }
        _ => {}
    }
    let same = match (&read.if_none_match, &read.if_modified_since) {
        (Some(condition), _) => matches(condition, &object.etag),
        (None, Some(since)) => modified <= *since,
        (None, None) => false,
    };
    if !same {
        return Ok(());
    }
    Err(Error::new(304, "NotModified", "Not Modified")
        .with_header("etag", format!("\"{}\"", object.etag))
        .with_header("last-modified", http_date(version.modified)))
}

pub(super) fn delete_object(
    work: &mut Work,
    input: dto::DeleteObjectInput,
) -> Result<dto::DeleteObjectOutput, Error> {
    if input.if_match_size.is_some() || input.if_match_last_modified_time.is_some() {
        // These two are for directory buckets.
        return Err(error::not_implemented());
    }
    let bucket = work.state.bucket(&input.bucket)?;
    check_delete(bucket, &input.key, input.if_match.as_ref())?;
    let version = input.version_id.as_deref();
    let now = work.now;
    let deleted = work.state.delete(&input.bucket, &input.key, version, now)?;
    Ok(dto::DeleteObjectOutput {
        delete_marker: deleted.marker.then_some(true),
        request_charged: None,
        version_id: deleted.version,
    })
}

pub(super) fn get_object_attributes(
    work: &mut Work,
    input: dto::GetObjectAttributesInput,
) -> Result<dto::GetObjectAttributesOutput, Error> {
    let bucket = work.state.bucket(&input.bucket)?;
    let found = find(bucket, &input.key, input.version_id.as_deref());
    let (version, object) = found.map_err(|error| work.hide(bucket, error))?;
    let asked = |name: &str| {
        let names = input.object_attributes.iter();
        names
            .flat_map(|names| names.as_str().split(','))
            .any(|asked| asked.trim() == name)
    };
    let mut checksum = dto::Checksum::default();
    set_checksum!(checksum, object);
    Ok(dto::GetObjectAttributesOutput {
        checksum: asked("Checksum").then_some(checksum),
        e_tag: asked("ETag").then(|| ETag::Strong(object.etag.clone())),
        last_modified: Some(timestamp(version.modified)),
        object_size: i64::try_from(object.body.len())
            .ok()
            .filter(|_| asked("ObjectSize")),
        storage_class: asked("StorageClass").then(|| object.storage_class.clone().into()),
        version_id: shown(bucket, &version.id),
        ..dto::GetObjectAttributesOutput::default()
    })
}
