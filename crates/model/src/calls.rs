//! The API calls that an action makes, by service and operation: quotas are counted by them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// API calls of one operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Calls {
    /// The service, as in the quota table: `route53`.
    pub service: String,
    /// The operation: `ChangeResourceRecordSets`.
    pub operation: String,
    /// How many.
    pub count: u32,
}

impl Calls {
    /// `count` calls of `operation`.
    pub fn new(service: &str, operation: &str, count: u32) -> Self {
        Self {
            service: service.to_owned(),
            operation: operation.to_owned(),
            count,
        }
    }
}
