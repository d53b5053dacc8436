//! The interface that each AWS service of the sandbox offers to the request pipeline.

use serde::{Deserialize, Serialize};

use crate::call::{Call, Reply};
use crate::quotas::Charge;

/// The wire protocol of one AWS service. It knows no state: `api.rs` gives each service its own.
pub trait Service: Sync {
    /// The operation that a call asks for, as AWS documents its name (`ChangeResourceRecordSets`),
    /// or the service's own answer to an operation that it does not know.
    #[expect(
        clippy::result_large_err,
        reason = "an answer is made once a call, and is returned as it is"
    )]
    fn operation(&self, call: &Call) -> Result<&'static str, Reply>;

    /// Whether the operation changes nothing (a stale answer is possible, no save is needed).
    fn is_read(&self, operation: &'static str) -> bool {
        ["Get", "List", "Describe", "Head"]
            .iter()
            .any(|verb| operation.starts_with(verb))
    }

    /// The cost of the call in the service's quotas. The buckets and their rates are in one table,
    /// `quotas.rs`.
    fn charges(&self, call: &Call, operation: &'static str) -> Vec<Charge>;

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
    /// Further elements, which S3 alone writes into its answer.
    #[serde(skip)]
    pub details: Vec<(&'static str, String)>,
}

impl ServiceError {
    /// An error with this status, code and message.
    pub fn new(status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.into(),
            message: message.into(),
            details: Vec::new(),
        }
    }
}
