//! Uploads in parts.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use s3s::dto::{self, ETag};

use super::acl::check_object_acl;
use super::error::{self, Error};
use super::face::{Work, owner, set_checksum, timestamp};
use super::objects::{encryption, header_tags, metadata, storage_class, stored_headers};
use super::state::{Bucket, Object, Part, Upload};
use super::versions::{check_write, shown};
use crate::bodies::{Algorithm, Body, Checksum, Hasher};
use crate::hex::{hex, unhex};

/// The smallest part that may be followed by another.
const SMALLEST_PART: u64 = 5 * 1024 * 1024;

pub(super) fn create_multipart_upload(
    work: &mut Work,
    input: dto::CreateMultipartUploadInput,
) -> Result<dto::CreateMultipartUploadOutput, Error> {
    let id = work.state.new_id("upload");
    let expires = work.expires.clone();
    let bucket = work.state.bucket_mut(&input.bucket)?;
    check_object_acl(bucket, input.acl.as_ref().map(dto::ObjectCannedACL::as_str))?;
    let asked = input.server_side_encryption.as_ref();
    let encryption = encryption(
        bucket,
        asked.map(dto::ServerSideEncryption::as_str),
        input.ssekms_key_id,
    );
    let algorithm = input.checksum_algorithm.as_ref();
    let algorithm = algorithm.and_then(|name| Algorithm::named(name.as_str()));
    // CRC-64 is always of the whole object; the others are of the parts unless asked otherwise.
    let whole = match input.checksum_type.as_ref().map(dto::ChecksumType::as_str) {
        Some(kind) => kind == "FULL_OBJECT",
        None => matches!(algorithm, None | Some(Algorithm::Crc64Nvme)),
    };
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
        parts: std::collections::BTreeMap::new(),
    };
    bucket.uploads.insert(id.clone(), upload);
    Ok(dto::CreateMultipartUploadOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(id),
        checksum_algorithm: input.checksum_algorithm,
        checksum_type: input.checksum_type,
        ssekms_key_id: encryption.key,
        server_side_encryption: Some(encryption.algorithm.into()),
        ..dto::CreateMultipartUploadOutput::default()
    })
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
    find(bucket, &input.key, &input.upload_id)?;
    let part = Part {
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
    let listed = input.multipart_upload.and_then(|upload| upload.parts);
    let parts = listed_parts(upload, &listed.unwrap_or_default())?;
    check_write(
        bucket,
        &input.key,
        input.if_match.as_ref(),
        input.if_none_match.as_ref(),
    )?;
    let object = assemble(upload, &parts);
    let encryption = object.encryption.clone().unwrap_or_default();
    let mut output = dto::CompleteMultipartUploadOutput {
        location: Some(format!(
            "https://{}.s3.{}.amazonaws.com/{}",
            input.bucket, bucket.region, input.key
        )),
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
    output.version_id = shown(bucket, &id);
    Ok(output)
}

/// The parts that the completion names, which have to be there, in order, and large enough.
fn listed_parts<'a>(
    upload: &'a Upload,
    listed: &[dto::CompletedPart],
) -> Result<Vec<&'a Part>, Error> {
    if listed.is_empty() {
        return Err(error::malformed_xml());
    }
    let invalid = || {
        Error::new(
            400,
            "InvalidPart",
            "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
        )
    };
    let mut parts = Vec::new();
    let mut last = 0;
    for part in listed {
        let number = part.part_number.ok_or_else(error::malformed_xml)?;
        if number <= last {
            return Err(Error::new(
                400,
                "InvalidPartOrder",
                "The list of parts was not in ascending order. Parts must be ordered by part number.",
            ));
        }
        last = number;
        let found = upload.parts.get(&number).ok_or_else(invalid)?;
        if part.e_tag.as_ref().map(ETag::value) != Some(&found.etag) {
            return Err(invalid().with("PartNumber", number.to_string()));
        }
        parts.push(found);
    }
    let (_, followed) = parts.split_last().ok_or_else(error::malformed_xml)?;
    if followed.iter().any(|part| part.body.len() < SMALLEST_PART) {
        return Err(Error::new(
            400,
            "EntityTooSmall",
            "Your proposed upload is smaller than the minimum allowed size",
        )
        .with("MinSizeAllowed", SMALLEST_PART.to_string()));
    }
    Ok(parts)
}

/// The object that the parts make. Its `ETag` is the MD5 of the parts' MD5s, with their number.
fn assemble(upload: &Upload, parts: &[&Part]) -> Object {
    let mut digests = Hasher::md5();
    for part in parts {
        digests.update(&unhex(&part.etag).unwrap_or_default());
    }
    let count = parts.len();
    let mut object = upload.object.clone();
    object.etag = format!("{}-{count}", hex(&digests.finish()));
    object.body = Body::joined(parts.iter().map(|part| &part.body));
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
fn checksum(part: &Part, algorithm: Algorithm) -> Checksum {
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
    let parts = parts.map(|(number, part)| dto::Part {
        e_tag: Some(ETag::Strong(part.etag.clone())),
        last_modified: Some(timestamp(part.modified)),
        part_number: Some(*number),
        size: i64::try_from(part.body.len()).ok(),
        ..dto::Part::default()
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
