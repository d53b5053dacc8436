//! Objects written and deleted.

use std::collections::BTreeMap;

use s3s::dto::{self, ETag};

use super::acl::check_object_acl;
use super::error::{self, Error};
use super::lifecycle::expiration;
use super::settings::{TagsOf, check_tags};
use super::state::{Bucket, Encryption, Object};
use super::versions::{Conditions, check_delete, check_write, written};
use super::work::{Work, set_checksum};
use crate::bodies::Algorithm;
use crate::hex::hex;

pub(super) fn put_object(
    work: &mut Work,
    input: dto::PutObjectInput,
) -> Result<dto::PutObjectOutput, Error> {
    let bucket = work.state.bucket(&input.bucket)?;
    check_object_acl(bucket, input.acl.as_ref().map(dto::ObjectCannedACL::as_str))?;
    check_supported(bucket, &input)?;
    let arrived = work.arrived;
    let conditions = Conditions {
        if_match: input.if_match.as_ref(),
        if_none_match: input.if_none_match.as_ref(),
    };
    check_write(bucket, &input.key, conditions, arrived)?;
    let encryption = Asked {
        algorithm: input.server_side_encryption,
        key: input.ssekms_key_id,
        bucket_key: input.bucket_key_enabled,
    }
    .resolve(bucket)?;
    let sent = work.checksum.clone();
    let checksum = sent.unwrap_or_else(|| work.content.checksum(Algorithm::Crc64Nvme));
    let mut object = Object {
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
        encryption: Some(encryption.clone()),
        storage_class: storage_class(input.storage_class.as_ref().map(dto::StorageClass::as_str))?,
        tags: header_tags(input.tagging.as_deref())?,
        parts: Vec::new(),
    };
    let expiration = expiration(bucket, &input.key, &object, work.now);
    hide_md5(work, &mut object);
    let mut output = dto::PutObjectOutput {
        bucket_key_enabled: encryption.bucket_key.then_some(true),
        e_tag: Some(ETag::Strong(object.etag.clone())),
        expiration,
        ssekms_key_id: encryption.key,
        server_side_encryption: Some(encryption.algorithm.into()),
        ..dto::PutObjectOutput::default()
    };
    set_checksum!(output, object);
    let id = work
        .state
        .write(&input.bucket, &input.key, work.now, Some(object))?;
    output.version_id = written(work.state.bucket(&input.bucket)?, &id);
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

/// The encryption that the headers of a write ask for.
pub(super) struct Asked {
    pub(super) algorithm: Option<dto::ServerSideEncryption>,
    pub(super) key: Option<String>,
    pub(super) bucket_key: Option<bool>,
}

impl Asked {
    /// The encryption of an object in `bucket`: a KMS key is shown as its ARN.
    pub(super) fn resolve(self, bucket: &Bucket) -> Result<Encryption, Error> {
        let default = &bucket.encryption;
        let mut encryption = match self.algorithm {
            None => default.clone(),
            Some(algorithm) => Encryption {
                algorithm: algorithm.as_str().to_owned(),
                key: self.key,
                bucket_key: false,
            },
        };
        if !encryption.algorithm.starts_with("aws:kms") {
            return Ok(encryption);
        }
        encryption.bucket_key = self.bucket_key.unwrap_or(default.bucket_key);
        encryption.key = Some(key_arn(bucket, encryption.key.as_deref())?);
        Ok(encryption)
    }
}

/// The ARN of a KMS key. Every key of the form is there; without one it is the account's own for S3.
fn key_arn(bucket: &Bucket, key: Option<&str>) -> Result<String, Error> {
    let is_id = |key: &str| {
        let parts: Vec<&str> = key.split('-').collect();
        let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
        let hex = key.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit());
        lengths == [8, 4, 4, 4, 12] && hex || key.starts_with("mrk-")
    };
    let arn = |resource: &str| format!("arn:aws:kms:{}:{}:{resource}", bucket.region, bucket.owner);
    match key {
        None => {
            let digest = hex(&Algorithm::Sha256.digest(arn("alias/aws/s3").as_bytes()));
            let parts = [
                &digest[..8],
                &digest[8..12],
                &digest[12..16],
                &digest[16..20],
            ];
            Ok(arn(&format!("key/{}-{}", parts.join("-"), &digest[20..32])))
        }
        Some(key) if key.starts_with("arn:") => Ok(key.to_owned()),
        Some(key) if key.starts_with("alias/") => Ok(arn(key)),
        Some(key) if is_id(key) => Ok(arn(&format!("key/{key}"))),
        Some(key) => Err(Error::new(
            400,
            "KMS.NotFoundException",
            format!("Invalid keyId '{key}'"),
        )),
    }
}

/// "Objects created by the `PUT` Object … encrypted by SSE-C or SSE-KMS have `ETags` that are not an MD5
/// digest of their object data" (API reference, Object).
pub(super) fn hide_md5(work: &mut Work, object: &mut Object) {
    let encrypted = object.encryption.as_ref();
    if encrypted.is_some_and(|encryption| encryption.algorithm.starts_with("aws:kms")) {
        let salt = work.state.new_id("ETag");
        let digest = hex(&Algorithm::Sha256.digest(format!("{salt}{}", object.etag).as_bytes()));
        let parts = object
            .etag
            .split_once('-')
            .map(|(_, parts)| format!("-{parts}"));
        object.etag = format!("{}{}", &digest[..32], parts.unwrap_or_default());
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

/// `x-amz-tagging: a=1&b=2`. What is wrong with the header has one sentence; only the prefix `aws:` and
/// the number of tags have those of a tag set.
pub(super) fn header_tags(header: Option<&str>) -> Result<BTreeMap<String, String>, Error> {
    let header = header.unwrap_or_default();
    let pairs = super::address::parse_query(header);
    check_tags(&pairs, TagsOf::Object).map_err(|error| {
        let reserved = pairs.iter().any(|(key, _)| key.starts_with("aws:"));
        if error.code != "InvalidTag" || reserved {
            return error;
        }
        error::invalid_argument(
            "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
            "x-amz-tagging",
            header,
        )
    })
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
    check_delete(bucket, &input.key, input.if_match.as_ref(), work.arrived)?;
    let version = input.version_id.as_deref();
    let now = work.now;
    let deleted = work.state.delete(&input.bucket, &input.key, version, now)?;
    Ok(dto::DeleteObjectOutput {
        delete_marker: deleted.marker.then_some(true),
        request_charged: None,
        version_id: deleted.version,
    })
}
