//! The list of parts with which an upload is completed, checked against the parts that came.

use s3s::dto::{self, ETag};

use crate::bodies::Algorithm;
use crate::s3::error::{self, Error};
use crate::s3::state::{Object, Upload, UploadPart};

/// The smallest part that may be followed by another.
const SMALLEST_PART: u64 = 5 * 1024 * 1024;

/// The completion of an upload.
pub(super) struct Request<'a> {
    pub(super) id: &'a str,
    pub(super) upload: &'a Upload,
}

impl<'a> Request<'a> {
    /// The checksum of the object is of the kind that was asked for in the beginning.
    pub(super) fn check_mode(&self, asked: Option<&dto::ChecksumType>) -> Result<(), Error> {
        let mode = super::mode(!self.upload.object.composite);
        match asked {
            Some(asked) if asked.as_str() != mode => Err(error::invalid_request(format!(
                "The upload was created using the {mode} checksum mode. The complete request must use the same checksum mode."
            ))),
            _ => Ok(()),
        }
    }

    /// The parts that the completion names, which have to be there, in order, and large enough.
    pub(super) fn parts(
        &self,
        listed: &[dto::CompletedPart],
    ) -> Result<Vec<&'a UploadPart>, Error> {
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
            parts.push(self.part(part, number)?);
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

    fn part(&self, listed: &dto::CompletedPart, number: i32) -> Result<&'a UploadPart, Error> {
        let etag = listed.e_tag.as_ref().map(ETag::value);
        let invalid = || {
            Error::new(
                400,
                "InvalidPart",
                "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
            )
            .with("UploadId", self.id)
            .with("PartNumber", number.to_string())
            .with("ETag", etag.unwrap_or_default())
        };
        let found = self.upload.parts.get(&number).ok_or_else(invalid)?;
        if etag != Some(&found.etag) {
            return Err(invalid());
        }
        let stored = found.checksum.as_ref();
        for (algorithm, value) in checksums(listed) {
            let expected = self.upload.algorithm;
            let name = algorithm.name().to_lowercase();
            match stored.filter(|checksum| checksum.algorithm == algorithm) {
                Some(checksum) if checksum.value == value => {}
                None if expected.is_some() && expected != Some(algorithm) => {
                    return Err(Error::new(
                        400,
                        "BadDigest",
                        format!(
                            "The {name} you specified for part {number} did not match what we received."
                        ),
                    ));
                }
                _ => return Err(invalid()),
            }
        }
        self.check_given(listed, number)?;
        Ok(found)
    }

    /// A checksum of checksums needs those of all parts.
    fn check_given(&self, listed: &dto::CompletedPart, number: i32) -> Result<(), Error> {
        let Some(algorithm) = self
            .upload
            .algorithm
            .filter(|_| self.upload.object.composite)
        else {
            return Ok(());
        };
        if checksums(listed).any(|(given, _)| given == algorithm) {
            return Ok(());
        }
        let name = algorithm.name().to_lowercase();
        Err(error::invalid_request(format!(
            "The upload was created using a {name} checksum. The complete request must include the checksum for each part. It was missing for part {number} in the request."
        )))
    }
}

/// The checksums that a completion gives for a part.
fn checksums(part: &dto::CompletedPart) -> impl Iterator<Item = (Algorithm, &str)> {
    let all = [
        (Algorithm::Crc32, &part.checksum_crc32),
        (Algorithm::Crc32c, &part.checksum_crc32c),
        (Algorithm::Crc64Nvme, &part.checksum_crc64nvme),
        (Algorithm::Sha1, &part.checksum_sha1),
        (Algorithm::Sha256, &part.checksum_sha256),
    ];
    let given = all.into_iter();
    given.filter_map(|(algorithm, value)| Some((algorithm, value.as_deref()?)))
}

/// The size and the checksum that a completion says that its object has.
pub(super) fn check_object(
    object: &Object,
    input: &dto::CompleteMultipartUploadInput,
) -> Result<(), Error> {
    let length = object.body.len();
    if let Some(size) = input.mpu_object_size
        && u64::try_from(size) != Ok(length)
    {
        return Err(error::invalid_request(format!(
            "The provided 'x-amz-mp-object-size' header value {size} does not match what was computed: {length}"
        )));
    }
    let given = [
        (Algorithm::Crc32, &input.checksum_crc32),
        (Algorithm::Crc32c, &input.checksum_crc32c),
        (Algorithm::Crc64Nvme, &input.checksum_crc64nvme),
        (Algorithm::Sha1, &input.checksum_sha1),
        (Algorithm::Sha256, &input.checksum_sha256),
    ];
    let wrong = given.into_iter().find(|(algorithm, value)| {
        let found = object.checksum.as_ref();
        let found = found.filter(|checksum| checksum.algorithm == *algorithm);
        value.is_some() && value.as_ref() != found.map(|checksum| &checksum.value)
    });
    let Some(_) = wrong else { return Ok(()) };
    let name = object
        .checksum
        .as_ref()
        .map_or("", |checksum| checksum.algorithm.name());
    Err(Error::new(
        400,
        "BadDigest",
        format!(
            "The {} you specified did not match the calculated checksum.",
            name.to_lowercase()
        ),
    ))
}
