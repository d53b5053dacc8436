//! The records to publish by hand.

use schemars::JsonSchema;
use serde::Serialize;

use super::Content;

/// The records that a person publishes.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RecordsDocument {
    /// The rounds in which the records are published; the first is at once.
    pub(crate) rounds: Vec<RoundObject>,
    pub(crate) records: Vec<RecordObject>,
    /// The records that AWS has still to say.
    pub(crate) unknown: Vec<String>,
    /// Notes for people.
    pub(crate) notes: Vec<String>,
}

/// A time to publish records.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Round")]
pub(crate) struct RoundObject {
    /// The conditions that have to be seen before its records are published.
    pub(crate) after: Vec<String>,
}

/// A record set.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "RecordSet")]
pub(crate) struct RecordObject {
    pub(crate) zone: String,
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) rtype: &'static str,
    pub(crate) ttl: u32,
    /// TXT values whole and without quotes, host names without the final dot, MX as `10 host`.
    pub(crate) values: Vec<String>,
    /// Its position in `rounds`.
    pub(crate) round: usize,
}

impl Content for RecordsDocument {
    const FORMAT: &'static str = "deploy.records";
    const VERSION: u32 = 1;
}
