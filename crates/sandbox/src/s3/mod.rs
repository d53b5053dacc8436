//! S3: buckets with their settings, objects with their versions.
//!
//! The wire is read and written by the library `s3s`; `wire` stands around it and does what it
//! does not. The state machine is in the other files: each operation is a function from the
//! library's input to its output over [`State`].
//!
//! What it does not emulate is a table in the README of the crate.

mod access;
#[expect(
    clippy::needless_pass_by_value,
    reason = "the library hands its inputs over"
)]
mod acl;
mod address;
mod answer;
#[expect(
    clippy::needless_pass_by_value,
    reason = "the library hands its inputs over"
)]
mod batch;
#[expect(
    clippy::needless_pass_by_value,
    reason = "the library hands its inputs over"
)]
mod buckets;
mod checksum;
mod content;
mod error;
mod face;
#[expect(
    clippy::needless_pass_by_value,
    reason = "the library hands its inputs over"
)]
mod lifecycle;
#[expect(
    clippy::needless_pass_by_value,
    reason = "the library hands its inputs over"
)]
mod listing;
#[expect(
    clippy::needless_pass_by_value,
    reason = "the library hands its inputs over"
)]
mod multipart;
mod names;
#[expect(
    clippy::needless_pass_by_value,
    reason = "the library hands its inputs over"
)]
mod objects;
mod operations;
mod policy;
#[expect(
    clippy::needless_pass_by_value,
    reason = "the library hands its inputs over"
)]
mod reads;
#[expect(
    clippy::needless_pass_by_value,
    reason = "the library hands its inputs over"
)]
mod settings;
mod signed;
mod state;
#[cfg(test)]
mod tests;
#[expect(
    clippy::unnecessary_wraps,
    reason = "operations are all of one form, whether they can fail or not"
)]
mod unset;
mod versions;
mod wire;
mod work;

pub use crate::bodies::{Algorithm, Body, Checksum};
pub use access::{Refusal, Source};
pub(crate) use buckets::BUCKETS_PER_ACCOUNT;
pub use error::Error;
pub use state::{
    Bucket, Encryption, Grant, Lifecycle, Logging, Object, Ownership, PublicAccessBlock, State,
    Version, Versioning, arn, canonical_id,
};

use crate::bodies::Refused;
use crate::call::{Call, Reply};
use crate::quotas::Charge;
use crate::service::{Service, ServiceError};
use crate::sts;

/// The service.
#[derive(Clone, Copy, Debug)]
pub struct S3;

impl Service for S3 {
    fn operation(&self, call: &Call) -> Result<&'static str, Reply> {
        let routed = wire::route(call);
        let (_, operation) = routed.map_err(|error| answer::error_reply(call, &error))?;
        Ok(operation.name)
    }

    fn charges(&self, _call: &Call, operation: &'static str) -> Vec<Charge> {
        let bucket = if self.is_read(operation) {
            "s3.reads"
        } else {
            "s3.writes"
        };
        vec![Charge::one(bucket)]
    }

    fn error(&self, call: &Call, error: &ServiceError) -> Reply {
        let details = error.details.iter().cloned();
        let error = Error {
            details: details.collect(),
            ..Error::new(error.status, error.code.clone(), error.message.clone())
        };
        answer::error_reply(call, &error)
    }
}

/// Carries a call out.
pub(crate) fn handle(
    state: &mut State,
    accounts: &sts::State,
    call: &Call,
    operation: &'static str,
) -> Reply {
    match operations::by_name(operation) {
        Some(operation) => wire::handle(state, accounts, call, operation),
        None => answer::error_reply(call, &error::not_implemented()),
    }
}

/// The bucket that the host of a request names: signatures of version 2 cover it.
pub(crate) fn host_bucket(request: &http::request::Parts) -> Option<String> {
    address::host_bucket(request)
}

/// Whether an operation brings the bytes of an object, which may be many.
pub(crate) fn is_upload(operation: &str) -> bool {
    ["PutObject", "UploadPart"].contains(&operation)
}

/// Checks whether an upload would be let in, before its body is read.
pub(crate) fn check_upload(state: &State, call: &Call) -> Result<(), Box<Reply>> {
    wire::check_upload(state, call).map_err(|error| Box::new(answer::error_reply(call, &error)))
}

/// The answer to an upload whose body is not taken.
pub(crate) fn refuse(call: &Call, refused: Refused) -> Reply {
    answer::error_reply(call, &refused.into())
}

/// The action of IAM that an operation needs.
pub(crate) fn action(operation: &str) -> Option<&'static str> {
    operations::by_name(operation).map(|operation| operation.action)
}

/// The ARN of the bucket or of the object that a call is about.
pub(crate) fn arn_named(call: &Call) -> Option<String> {
    let address = address::Address::parse(&call.request).ok()?;
    let (bucket, key) = (address.bucket, address.key);
    let path = if key.is_empty() {
        bucket
    } else {
        format!("{bucket}/{key}")
    };
    (!path.is_empty()).then(|| format!("arn:aws:s3:::{path}"))
}

/// The key of KMS with which the object that a call reads is encrypted: reading it has its data key
/// decrypted.
pub(crate) fn key_read(state: &State, call: &Call, operation: &str) -> Option<String> {
    if call.service != "s3" || operation != "GetObject" {
        return None;
    }
    let address = address::Address::parse(&call.request).ok()?;
    let versions = state
        .buckets
        .get(&address.bucket)?
        .objects
        .get(&address.key)?;
    let encryption = versions.last()?.object.as_ref()?.encryption.as_ref()?;
    encryption.key.clone()
}

/// The bucket that a call names, if it names one.
pub(crate) fn bucket_named(call: &Call) -> Option<String> {
    let address = address::Address::parse(&call.request).ok()?;
    Some(address.bucket).filter(|name| !name.is_empty())
}
