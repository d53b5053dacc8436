//! Uploads in parts.

mod completed;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use s3s::dto::{self, ETag};

use super::acl::check_object_acl;
use super::error::{self, Error};
use super::lifecycle::expiration;
use super::objects::{Asked, header_tags, hide_md5, metadata, storage_class, stored_headers};
use super::state::{Bucket, Object, Upload, UploadPart};
use super::versions::{Conditions, check_write, conflict, written};
use super::work::{Work, owner, set_checksum, timestamp};
use crate::bodies::{Algorithm, Body, Checksum, Hasher};
use crate::hex::{hex, unhex};

pub(super) fn create_multipart_upload(
    work: &mut Work,
    input: dto::CreateMultipartUploadInput,
) -> Result<dto::CreateMultipartUploadOutput, Error> {
    let (algorithm, whole) = algorithm(&input)?;
    let id = work.state.new_id("upload");
    let expires = work.expires.clone();
    let bucket = work.state.bucket_mut(&input.bucket)?;
    check_object_acl(bucket, input.acl.as_ref().map(dto::ObjectCannedACL::as_str))?;
    let encryption = Asked {
        algorithm: input.server_side_encryption,
        key: input.ssekms_key_id,
        bucket_key: input.bucket_key_enabled,
    }
    .resolve(bucket)?;
    let class = input.storage_class.as_ref();
    let object = Object {
        headers: stored_headers(&[
            ("content-type", input.content_type),
            ("cache-control", input.cache_control),
            ("content-disposition", input.content_disposition),
            ("content-encoding", input.content_encoding),
            ("content-language", input.content_language),
            ("expires", expires),
        ]),
        metadata: metadata(input.metadata)?,
        composite: !whole,
        encryption: Some(encryption.clone()),
        storage_class: storage_class(class.map(dto::StorageClass::as_str))?,
        tags: header_tags(input.tagging.as_deref())?,
        ..Object::default()
    };
    let upload = Upload {
        key: input.key.clone(),
        begun: work.now,
        object,
        algorithm,
        overtaken: false,
        parts: std::collections::BTreeMap::new(),
    };
    bucket.uploads.insert(id.clone(), upload);
    Ok(dto::CreateMultipartUploadOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(id),
        bucket_key_enabled: encryption.bucket_key.then_some(true),
        checksum_algorithm: algorithm
            .map(|algorithm| dto::ChecksumAlgorithm::from_static(algorithm.name())),
        checksum_type: algorithm.map(|_| dto::ChecksumType::from_static(mode(whole))),
        ssekms_key_id: encryption.key,
        server_side_encryption: Some(encryption.algorithm.into()),
        ..dto::CreateMultipartUploadOutput::default()
    })
}

fn mode(whole: bool) -> &'static str {
    if whole { "FULL_OBJECT" } else { "COMPOSITE" }
}

/// The checksum of an upload that begins: its algorithm, and whether it is of the whole object.
fn algorithm(input: &dto::CreateMultipartUploadInput) -> Result<(Option<Algorithm>, bool), Error> {
    let asked = input.checksum_algorithm.as_ref();
    let algorithm = asked.map(|name| Algorithm::named(name.as_str()));
    let algorithm = match algorithm {
        Some(None) => {
            return Err(error::invalid_request(
                "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
            ));
        }
        Some(Some(algorithm)) => Some(algorithm),
        None => None,
    };
    let kind = input.checksum_type.as_ref().map(dto::ChecksumType::as_str);
    let Some(algorithm) = algorithm else {
        return match kind {
            Some(_) => Err(error::invalid_request(
                "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.",
            )),
            // S3 computes a CRC-64 of the whole object by itself.
            None => Ok((None, true)),
        };
    };
    // A CRC of the whole follows from those of the parts, a SHA does not; CRC-64 is of the whole only.
    let impossible = matches!(
        (algorithm, kind),
        (Algorithm::Crc64Nvme, Some("COMPOSITE"))
            | (Algorithm::Sha1 | Algorithm::Sha256, Some("FULL_OBJECT"))
    );
    if impossible {
        return Err(error::invalid_request(format!(
            "The {} checksum type cannot be used with the {} checksum algorithm.",
            kind.unwrap_or_default(),
            algorithm.name().to_lowercase()
        )));
    }
    let whole = kind.map_or(algorithm == Algorithm::Crc64Nvme, |kind| {
        kind == "FULL_OBJECT"
    });
    Ok((Some(algorithm), whole))
}

fn no_such_upload(id: &str) -> Error {
    Error::new(
        404,
        "NoSuchUpload",
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
    )
    .with("UploadId", id)
}

fn find<'a>(bucket: &'a Bucket, key: &str, id: &str) -> Result<&'a Upload, Error> {
    let found = bucket.uploads.get(id).filter(|upload| upload.key == key);
    found.ok_or_else(|| no_such_upload(id))
}

pub(super) fn upload_part(
    work: &mut Work,
    input: dto::UploadPartInput,
) -> Result<dto::UploadPartOutput, Error> {
    if !(1..=10_000).contains(&input.part_number) {
        return Err(error::invalid_argument(
            "Part number must be an integer between 1 and 10000, inclusive",
            "partNumber",
            input.part_number.to_string(),
        ));
    }
    let bucket = work.state.bucket_mut(&input.bucket)?;
    let upload = find(bucket, &input.key, &input.upload_id)?;
    if let Some(expected) = upload.algorithm {
        let sent = work.checksum.as_ref().map(|checksum| checksum.algorithm);
        if sent != Some(expected) {
            let name = |algorithm: Algorithm| algorithm.name().to_lowercase();
            return Err(error::invalid_request(format!(
                "Checksum Type mismatch occurred, expected checksum Type: {}, actual checksum Type: {}",
                name(expected),
                sent.map_or("null".to_owned(), name)
            )));
        }
    }
    let part = UploadPart {
        etag: work.content.md5(),
        body: work.content.body(),
        checksum: work.checksum.clone(),
        modified: work.now,
    };
    let mut output = dto::UploadPartOutput {
        e_tag: Some(ETag::Strong(part.etag.clone())),
        server_side_encryption: Some(bucket.encryption.algorithm.clone().into()),
        ..dto::UploadPartOutput::default()
    };
    if let Some(checksum) = part.checksum.clone() {
        let value = Some(checksum.value);
        match checksum.algorithm {
            Algorithm::Crc32 => output.checksum_crc32 = value,
            Algorithm::Crc32c => output.checksum_crc32c = value,
            Algorithm::Crc64Nvme => output.checksum_crc64nvme = value,
            Algorithm::Sha1 => output.checksum_sha1 = value,
            Algorithm::Sha256 => output.checksum_sha256 = value,
        }
    }
    let upload = bucket.uploads.get_mut(&input.upload_id);
    let upload = upload.ok_or_else(|| no_such_upload(&input.upload_id))?;
    upload.parts.insert(input.part_number, part);
    Ok(output)
}

pub(super) fn complete_multipart_upload(
    work: &mut Work,
    input: dto::CompleteMultipartUploadInput,
) -> Result<dto::CompleteMultipartUploadOutput, Error> {
    let bucket = work.state.bucket(&input.bucket)?;
    let upload = find(bucket, &input.key, &input.upload_id)?;
    let listed = input.multipart_upload.as_ref();
    let listed = listed.and_then(|upload| upload.parts.as_deref());
    let completed = completed::Request {
        id: &input.upload_id,
        upload,
    };
    completed.check_mode(input.checksum_type.as_ref())?;
    let parts = completed.parts(listed.unwrap_or_default())?;
    let conditions = Conditions {
        if_match: input.if_match.as_ref(),
        if_none_match: input.if_none_match.as_ref(),
    };
    check_write(bucket, &input.key, conditions, work.arrived)?;
    if upload.overtaken {
        // The condition holds now, but it did not all the time.
        if conditions.if_match.is_some() {
            return Err(conflict(&input.key, "If-Match"));
        }
        if conditions.if_none_match.is_some() {
            return Err(conflict(&input.key, "If-None-Match"));
        }
    }
    let mut object = assemble(upload, &parts);
    completed::check_object(&object, &input)?;
    let expiration = expiration(bucket, &input.key, &object, work.now);
    let location = format!(
        "https://{}.s3.{}.amazonaws.com/{}",
        input.bucket, bucket.region, input.key
    );
    hide_md5(work, &mut object);
    let encryption = object.encryption.clone().unwrap_or_default();
    let mut output = dto::CompleteMultipartUploadOutput {
        location: Some(location),
        bucket_key_enabled: encryption.bucket_key.then_some(true),
        expiration,
        bucket: Some(input.bucket.clone()),
        key: Some(input.key.clone()),
        e_tag: Some(ETag::Strong(object.etag.clone())),
        ssekms_key_id: encryption.key,
        server_side_encryption: Some(encryption.algorithm.into()),
        ..dto::CompleteMultipartUploadOutput::default()
    };
    set_checksum!(output, object);
    let id = work
        .state
        .write(&input.bucket, &input.key, work.now, Some(object))?;
    let bucket = work.state.bucket_mut(&input.bucket)?;
    bucket.uploads.remove(&input.upload_id);
    output.version_id = written(bucket, &id);
    Ok(output)
}

/// The object that the parts make. Its `ETag` is the MD5 of the parts' MD5s, with their number.
fn assemble(upload: &Upload, parts: &[&UploadPart]) -> Object {
    let mut digests = Hasher::md5();
    for part in parts {
        digests.update(&unhex(&part.etag).unwrap_or_default());
    }
    let count = parts.len();
    let mut object = upload.object.clone();
    object.etag = format!("{}-{count}", hex(&digests.finish()));
    object.body = Body::joined(parts.iter().map(|part| &part.body));
    object.parts = parts.iter().map(|part| part.body.len()).collect();
    let algorithm = upload.algorithm.unwrap_or(Algorithm::Crc64Nvme);
    object.checksum = Some(if object.composite {
        let parts = parts.iter();
        let values = parts.map(|part| checksum(part, algorithm).value);
        let digests = values.filter_map(|value| STANDARD.decode(value).ok());
        let whole = Checksum::of(algorithm, &digests.flatten().collect::<Vec<_>>());
        Checksum {
            value: format!("{}-{count}", whole.value),
            algorithm,
        }
    } else {
        Checksum::of_body(algorithm, &object.body)
    });
    object
}

/// A part's checksum, which is known where the client sent it.
fn checksum(part: &UploadPart, algorithm: Algorithm) -> Checksum {
    let sent = part.checksum.as_ref();
    let sent = sent.filter(|checksum| checksum.algorithm == algorithm);
    sent.cloned()
        .unwrap_or_else(|| Checksum::of_body(algorithm, &part.body))
}

pub(super) fn abort_multipart_upload(
    work: &mut Work,
    input: dto::AbortMultipartUploadInput,
) -> Result<dto::AbortMultipartUploadOutput, Error> {
    let bucket = work.state.bucket_mut(&input.bucket)?;
    find(bucket, &input.key, &input.upload_id)?;
    bucket.uploads.remove(&input.upload_id);
    Ok(dto::AbortMultipartUploadOutput::default())
}

pub(super) fn list_parts(
    work: &mut Work,
    input: dto::ListPartsInput,
) -> Result<dto::ListPartsOutput, Error> {
    let bucket = work.state.bucket(&input.bucket)?;
    let upload = find(bucket, &input.key, &input.upload_id)?;
    let limit = input.max_parts.unwrap_or(1000).clamp(0, 1000);
    let marker = input.part_number_marker.unwrap_or_default();
    let mut rest = upload.parts.iter().filter(|(number, _)| **number > marker);
    let count = usize::try_from(limit).unwrap_or_default();
    let parts = rest.by_ref().take(count);
    let parts = parts.map(|(number, part)| {
        let checksum = part
            .checksum
            .as_ref()
            .filter(|_| upload.algorithm.is_some());
        let value = |algorithm| {
            let found = checksum.filter(|checksum| checksum.algorithm == algorithm);
            found.map(|checksum| checksum.value.clone())
        };
        dto::Part {
            checksum_crc32: value(Algorithm::Crc32),
            checksum_crc32c: value(Algorithm::Crc32c),
            checksum_crc64nvme: value(Algorithm::Crc64Nvme),
            checksum_sha1: value(Algorithm::Sha1),
            checksum_sha256: value(Algorithm::Sha256),
            e_tag: Some(ETag::Strong(part.etag.clone())),
            last_modified: Some(timestamp(part.modified)),
            part_number: Some(*number),
            size: i64::try_from(part.body.len()).ok(),
        }
    });
    let parts = parts.collect::<Vec<_>>();
    let more = rest.next().is_some();
    Ok(dto::ListPartsOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(input.upload_id),
        is_truncated: Some(more),
        max_parts: Some(limit),
        part_number_marker: Some(marker),
        next_part_number_marker: parts.last().and_then(|part| part.part_number),
        parts: Some(parts),
        owner: Some(owner(&bucket.owner)),
        storage_class: Some(upload.object.storage_class.clone().into()),
        checksum_algorithm: upload
            .algorithm
            .map(|algorithm| dto::ChecksumAlgorithm::from_static(algorithm.name())),
        checksum_type: upload
            .algorithm
            .map(|_| dto::ChecksumType::from_static(mode(!upload.object.composite))),
        ..dto::ListPartsOutput::default()
    })
}

pub(super) fn list_multipart_uploads(
    work: &mut Work,
    input: dto::ListMultipartUploadsInput,
) -> Result<dto::ListMultipartUploadsOutput, Error> {
    let bucket = work.state.bucket(&input.bucket)?;
    let prefix = input.prefix.clone().unwrap_or_default();
    let uploads = bucket.uploads.iter();
    let mut uploads = uploads
        .filter(|(_, upload)| upload.key.starts_with(&prefix))
        .map(|(id, upload)| dto::MultipartUpload {
            initiated: Some(timestamp(upload.begun)),
            key: Some(upload.key.clone()),
            owner: Some(owner(&bucket.owner)),
            storage_class: Some(upload.object.storage_class.clone().into()),
            upload_id: Some(id.clone()),
            ..dto::MultipartUpload::default()
        })
        .collect::<Vec<_>>();
    uploads.sort_by(|one, other| one.key.cmp(&other.key));
    uploads.truncate(1000);
    Ok(dto::ListMultipartUploadsOutput {
        bucket: Some(input.bucket),
        is_truncated: Some(false),
        max_uploads: Some(1000),
        prefix: input.prefix,
        uploads: Some(uploads),
        ..dto::ListMultipartUploadsOutput::default()
    })
}
