//! A ledger that is rebuilt.

use model::Location;
use schemars::JsonSchema;
use serde::Serialize;

use super::Content;

/// The resources that `deploy adopt --ledger` puts on record.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AdoptDocument {
    /// Whether it did.
    pub written: bool,
    /// Ours: a destroy removes it.
    pub ours: Vec<AdoptedResource>,
    /// Of others: a destroy leaves it.
    pub of_others: Vec<AdoptedResource>,
    /// Nothing tells who made it: a destroy leaves it, and says so.
    pub origin_unknown: Vec<AdoptedResource>,
    /// Those of the above that are not as the manifest asks.
    pub differing: Vec<AdoptedResource>,
}

/// A resource that exists.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct AdoptedResource {
    /// Its id, which `--claim` takes.
    pub resource: String,
    /// Its account and region; null for what a person publishes.
    pub location: Option<Location>,
    /// A record's name, type and values; null for anything else.
    pub record: Option<String>,
}

impl Content for AdoptDocument {
    const FORMAT: &'static str = "deploy.adopt";
    const VERSION: u32 = 1;
}
