//! The calls that a sandbox counted.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Content, Document};

/// The counts that `deploy sandbox stats` prints.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct StatsDocument {
    calls: Vec<CallsMade>,
}

/// The calls of one operation that ended in one way.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CallsMade {
    /// The account that the credentials acted in.
    pub account: String,
    /// The service: `route53`.
    pub service: String,
    /// The operation: `ChangeResourceRecordSets`.
    pub operation: String,
    /// `ok`, the error code of AWS, or `no answer`.
    pub result: String,
    /// How many.
    pub calls: u64,
}

impl Content for StatsDocument {
    const FORMAT: &'static str = "deploy.stats";
    const VERSION: u32 = 1;
}

/// These counts.
pub fn stats_json(calls: Vec<CallsMade>) -> Document<StatsDocument> {
    Document::new(StatsDocument { calls })
}
