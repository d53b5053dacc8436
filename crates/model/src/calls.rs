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

/// The requests by which a run asks whether what it changed is ready, where AWS takes as long as it usually does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Polls {
    /// The service, as in the quota table. Nothing is asked where it is empty.
    pub service: &'static str,
    /// For each resource; of those that go out in a batch, for each batch.
    pub each: u32,
    /// For all resources of a kind in an account and region, because one answer is about all of them. They
    /// are asked for once more in every pause of their kind in which others are still being changed.
    pub together: u32,
}
