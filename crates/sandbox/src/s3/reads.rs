//! Objects read: whole, in part, on conditions, or their attributes alone.

use std::ops::Range;

use jiff::Timestamp;
use s3s::dto::{self, ETag, ETagCondition};

use super::error::{self, Error};
use super::lifecycle::expiration;
use super::state::{Object, Version};
use super::versions::{find, http_date, matches, shown};
use super::work::{Work, set_checksum, timestamp};

/// The parameters of a read besides the object.
#[derive(Default)]
struct Read {
    version: Option<String>,
    if_match: Option<ETagCondition>,
    if_none_match: Option<ETagCondition>,
    if_modified_since: Option<dto::Timestamp>,
    if_unmodified_since: Option<dto::Timestamp>,
    range: Option<dto::Range>,
    part: Option<i32>,
    checksums: bool,
}

pub(super) fn get_object(
    work: &mut Work,
    input: dto::GetObjectInput,
) -> Result<dto::GetObjectOutput, Error> {
    check_supported(input.sse_customer_algorithm.is_some())?;
    let read = Read {
        part: input.part_number,
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
    check_supported(input.sse_customer_algorithm.is_some())?;
    let read = Read {
        part: input.part_number,
        version: input.version_id,
        if_match: input.if_match,
        if_none_match: input.if_none_match,
        if_modified_since: input.if_modified_since,
        if_unmodified_since: input.if_unmodified_since,
        range: input.range,
        checksums: input.checksum_mode.is_some(),
    };
    let found = read_object(work, &input.bucket, &input.key, read)?;
    work.answer = None;
    // The library's output of HEAD has no such member.
    let tags = found.tag_count.map(|count| count.to_string());
    work.headers
        .extend(tags.map(|count| ("x-amz-tagging-count", count)));
    Ok(dto::HeadObjectOutput {
        accept_ranges: found.accept_ranges,
        bucket_key_enabled: found.bucket_key_enabled,
        expiration: found.expiration,
        parts_count: found.parts_count,
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

/// No object here has a key of the customer's.
fn check_supported(customer_key: bool) -> Result<(), Error> {
    if customer_key {
        return Err(error::invalid_request(
            "The encryption parameters are not applicable to this object.",
        ));
    }
    Ok(())
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
    check_read(&read, version, object, work.now)?;
    if object.is_archived() && work.reads_bytes {
        return Err(Error::new(
            403,
            "InvalidObjectState",
            "The operation is not valid for the object's storage class",
        )
        .with("StorageClass", &*object.storage_class));
    }
    let length = object.body.len();
    let range = range_of(&read, object)?;
    let bounds = range.clone().unwrap_or(0..length);
    let (body, size) = (object.body.clone(), bounds.end - bounds.start);
    let header = |name: &str| object.headers.get(name).cloned();
    let encryption = object.encryption.clone().unwrap_or_default();
    let class = Some(&object.storage_class).filter(|class| *class != "STANDARD");
    let tags = i32::try_from(object.tags.len()).ok();
    let mut output = dto::GetObjectOutput {
        accept_ranges: Some("bytes".to_owned()),
        bucket_key_enabled: encryption.bucket_key.then_some(true),
        expiration: expiration(bucket, key, object, version.modified),
        parts_count: read
            .part
            .and_then(|_| i32::try_from(object.parts.len()).ok())
            .filter(|count| *count > 0),
        cache_control: header("cache-control"),
        content_disposition: header("content-disposition"),
        content_encoding: header("content-encoding"),
        content_language: header("content-language"),
        content_length: i64::try_from(size).ok(),
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
        ..dto::GetObjectOutput::default()
    };
    // The checksum is of the whole object, so it does not come with a part of it.
    if read.checksums && output.content_range.is_none() {
        set_checksum!(output, object);
    }
    let expires = header("expires");
    work.headers.extend(expires.map(|value| ("expires", value)));
    work.answer = Some((body, bounds));
    Ok(output)
}

/// The bytes that are asked for, by a range or by the number of a part.
fn range_of(read: &Read, object: &Object) -> Result<Option<Range<u64>>, Error> {
    let length = object.body.len();
    let Some(part) = read.part else {
        let range = read.range.map(|range| range.check(length));
        return range.transpose().map_err(|_| {
            Error::new(
                416,
                "InvalidRange",
                "The requested range is not satisfiable",
            )
            .with("ActualObjectSize", length.to_string())
        });
    };
    if read.range.is_some() {
        return Err(error::invalid_request(
            "Cannot specify both Range header and partNumber query parameter",
        ));
    }
    // An object that was put in one piece is its own first part.
    let whole = [length];
    let parts: &[u64] = if object.parts.is_empty() {
        &whole
    } else {
        &object.parts
    };
    let index = usize::try_from(part - 1)
        .ok()
        .filter(|index| *index < parts.len());
    let index = index.ok_or_else(|| {
        Error::new(
            416,
            "InvalidPartNumber",
            "The requested partnumber is not satisfiable",
        )
        .with("ActualPartCount", parts.len().to_string())
        .with("PartNumberRequested", part.to_string())
    })?;
    let start: u64 = parts[..index].iter().sum();
    Ok((parts[index] > 0).then(|| start..start + parts[index]))
}

/// RFC 9110, section 13.2.2: the `ETag` conditions win over the dates. A date in the future is no
/// date (section 13.1.3).
fn check_read(
    read: &Read,
    version: &Version,
    object: &Object,
    now: Timestamp,
) -> Result<(), Error> {
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
        (None, Some(since)) => modified <= *since && *since <= timestamp(now),
        (None, None) => false,
    };
    if !same {
        return Ok(());
    }
    Err(Error::new(304, "NotModified", "Not Modified")
        .with_header("etag", format!("\"{}\"", object.etag))
        .with_header("last-modified", http_date(version.modified)))
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
    let parts = i32::try_from(object.parts.len()).ok();
    let parts = parts.filter(|count| *count > 0 && asked("ObjectParts"));
    Ok(dto::GetObjectAttributesOutput {
        object_parts: parts.map(|count| dto::GetObjectAttributesParts {
            total_parts_count: Some(count),
            ..dto::GetObjectAttributesParts::default()
        }),
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
