//! The work of one call: the state and everything that the call brings, with the forms that answers
//! have in common.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::{Duration, UNIX_EPOCH};

use jiff::Timestamp;
use s3s::dto;

use super::access::{Caller, authorize};
use super::content::Content;
use super::error::Error;
use super::state::{Bucket, Object, State, canonical_id};
use crate::bodies::{Body, Checksum};
use crate::sts::Account;

/// One call: the state, which is here for as long as it lasts, and what the call brings.
pub(super) struct Work {
    pub(super) state: State,
    /// The accounts that exist, for policies that name principals.
    pub(super) accounts: BTreeMap<String, Account>,
    pub(super) caller: Caller,
    pub(super) now: Timestamp,
    /// When the request came: other calls may have been carried out since then.
    pub(super) arrived: Timestamp,
    /// The body, out of its chunks.
    pub(super) content: Content,
    /// The checksum that was sent with it, found right.
    pub(super) checksum: Option<Checksum>,
    /// The bucket that the call is on.
    pub(super) bucket: String,
    /// `Expires` as it was sent: it need not be a date.
    pub(super) expires: Option<String>,
    /// Tags of a bucket to be created, which the library does not read.
    pub(super) tags: Vec<(String, String)>,
    /// Whether the answer has the bytes of an object in it: `GET`, not `HEAD`.
    pub(super) reads_bytes: bool,
    /// The bytes of the answer, which never pass through the library: those of an object, and a
    /// range of them.
    pub(super) answer: Option<(Body, Range<u64>)>,
    /// Headers for the answer that the library does not write.
    pub(super) headers: Vec<(&'static str, String)>,
    /// The error, whole: the library's own carries less.
    pub(super) failure: Option<Error>,
}

impl Work {
    /// A condition of the write, for operations whose conditions the library does not read.
    pub(super) fn condition(&self, header: &str) -> Option<dto::ETagCondition> {
        let value = self.caller.context.get(&format!("s3:{header}"))?;
        dto::ETagCondition::parse_http_header(value.as_bytes()).ok()
    }

    /// The error that a reader may know about an object that is not there: without the right to list the
    /// bucket, nothing.
    pub(super) fn hide(&self, bucket: &Bucket, error: Error) -> Error {
        if error.code != "NoSuchKey" {
            return error;
        }
        let listing = authorize(&self.bucket, bucket, &self.caller, "s3:ListBucket", "");
        match listing {
            Ok(()) => error,
            Err(denied) => denied,
        }
    }
}

/// Sets the checksum field of an answer that belongs to the object's algorithm.
macro_rules! set_checksum {
    ($output:expr, $object:expr) => {
        if let Some(checksum) = &$object.checksum {
            let value = Some(checksum.value.clone());
            match checksum.algorithm {
                $crate::bodies::Algorithm::Crc32 => $output.checksum_crc32 = value,
                $crate::bodies::Algorithm::Crc32c => $output.checksum_crc32c = value,
                $crate::bodies::Algorithm::Crc64Nvme => $output.checksum_crc64nvme = value,
                $crate::bodies::Algorithm::Sha1 => $output.checksum_sha1 = value,
                $crate::bodies::Algorithm::Sha256 => $output.checksum_sha256 = value,
            }
            let kind = $crate::s3::work::checksum_type(&$object);
            $output.checksum_type = Some(s3s::dto::ChecksumType::from_static(kind));
        }
    };
}
pub(super) use set_checksum;

pub(super) fn checksum_type(object: &Object) -> &'static str {
    if object.composite {
        "COMPOSITE"
    } else {
        "FULL_OBJECT"
    }
}

/// S3 keeps times to the second.
pub(super) fn timestamp(time: Timestamp) -> dto::Timestamp {
    let seconds = u64::try_from(time.as_second()).unwrap_or_default();
    dto::Timestamp::from(UNIX_EPOCH + Duration::from_secs(seconds))
}

pub(super) fn owner(account: &str) -> dto::Owner {
    dto::Owner {
        display_name: None,
        id: Some(canonical_id(account)),
    }
}
