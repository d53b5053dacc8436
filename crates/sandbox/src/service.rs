//! What every AWS service of the sandbox is to the rest of it.

use serde::{Deserialize, Serialize};

use crate::call::{Call, Reply};
use crate::world::World;

/// One AWS service: its wire protocol. Its state is a part of [`World`].
pub trait Service: Sync {
    /// The operation that a call asks for, as AWS documents its name (`ChangeResourceRecordSets`),
    /// or the service's own answer to an operation that it does not know.
    #[expect(
        clippy::result_large_err,
        reason = "an answer is made once a call, and is returned as it is"
    )]
    fn operation(&self, call: &Call) -> Result<&'static str, Reply>;

    /// Carries the call out.
    fn handle(&self, world: &mut World, call: &Call, operation: &'static str) -> Reply;

    /// Whether the operation changes nothing (a stale answer is possible, no save is needed).
    fn is_read(&self, operation: &'static str) -> bool {
        ["Get", "List", "Describe", "Head"]
            .iter()
            .any(|verb| operation.starts_with(verb))
    }

    /// What the call costs of the service's quotas, as (bucket, tokens). The buckets and their
    /// rates are in one table, `quotas.rs`.
    fn charges(&self, call: &Call, operation: &'static str) -> Vec<(&'static str, f64)>;

    /// An error in the service's own shape.
    fn error(&self, call: &Call, error: &ServiceError) -> Reply;
}

/// An error that any service can have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceError {
    /// The HTTP status.
    pub status: u16,
    /// AWS's code: `NoSuchHostedZone`.
    pub code: String,
    /// AWS's sentence.
    pub message: String,
}

impl ServiceError {
    /// An error with this status, code and message.
    pub fn new(status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.into(),
            message: message.into(),
        }
    }
}

/// The service that answers a call, if the sandbox has it.
pub(crate) fn find(call: &Call) -> Option<&'static dyn Service> {
    match call.service.as_str() {
        "sts" => Some(&crate::sts::Sts),
        // One line, one service.
        "iam" => Some(&crate::iam::Iam),
        // Each line below is filled in by the service's own folder.
        "s3" => Some(&crate::s3::S3),
        // One line, one service.
        "route53" => Some(&crate::route53::Route53),
        // One line, one service.
        "acm" => Some(&crate::acm::Acm),
        // One line, one service.
        "cloudfront" => Some(&crate::cloudfront::CloudFront),
        // SES v1 and v2 are signed with the same name.
        "ses" => Some(&crate::ses::Ses),
        // The Resource Groups Tagging API.
        "tagging" => Some(&crate::tagging::Tagging),
        _ => None,
    }
}
