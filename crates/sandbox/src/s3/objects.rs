//! Objects written and deleted.

use std::collections::BTreeMap;

use s3s::dto::{self, ETag};

use super::acl::check_object_acl;
use super::error::{self, Error};
use super::face::{Work, set_checksum};
use super::settings::check_tags;
use super::state::{Bucket, Encryption, Object};
use super::versions::{check_delete, check_write, shown};
use crate::bodies::Algorithm;

pub(super) fn put_object(
    work: &mut Work,
    input: dto::PutObjectInput,
) -> Result<dto::PutObjectOutput, Error> {
    let bucket = work.state.bucket(&input.bucket)?;
    check_object_acl(bucket, input.acl.as_ref().map(dto::ObjectCannedACL::as_str))?;
    check_supported(bucket, &input)?;
    check_write(
        bucket,
        &input.key,
        input.if_match.as_ref(),
        input.if_none_match.as_ref(),
    )?;
    let sent = work.checksum.clone();
    let checksum = sent.unwrap_or_else(|| work.content.checksum(Algorithm::Crc64Nvme));
    let object = Object {
        etag: work.content.md5(),
        body: work.content.body(),
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
            input
                .server_side_encryption
                .as_ref()
                .map(dto::ServerSideEncryption::as_str),
            input.ssekms_key_id,
        )),
        storage_class: storage_class(input.storage_class.as_ref().map(dto::StorageClass::as_str))?,
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

/// Refuses what the sandbox would otherwise pass over in silence.
fn check_supported(bucket: &Bucket, input: &dto::PutObjectInput) -> Result<(), Error> {
    let grants = [
        &input.grant_full_control,
        &input.grant_read,
        &input.grant_read_acp,
        &input.grant_write_acp,
    ];
    if grants.into_iter().any(Option::is_some) && bucket.enforces_owner() {
        return Err(super::acl::not_supported());
    }
    let locked = input.object_lock_mode.is_some() || input.object_lock_legal_hold_status.is_some();
    if locked {
        return Err(error::invalid_request(
            "Bucket is missing Object Lock Configuration",
        ));
    }
    if input.sse_customer_algorithm.is_some() || input.write_offset_bytes.is_some() {
        return Err(error::not_implemented());
    }
    Ok(())
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
