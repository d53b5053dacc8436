//! Origin access controls: how CloudFront signs what it asks of a bucket.

use serde::{Deserialize, Serialize};

use super::ids;
use super::xml::Element;

/// One origin access control.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OriginAccessControl {
    /// `E` and thirteen more.
    pub id: String,
    /// `OriginAccessControlConfig`, complete.
    pub config: Element,
    #[serde(rename = "~revision")]
    pub(super) revision: u64,
    #[serde(rename = "~sequence")]
    pub(super) sequence: u64,
}

impl OriginAccessControl {
    /// Its version.
    pub fn etag(&self) -> String {
        ids::etag(&self.id, self.revision)
    }

    /// Whether it signs requests.
    pub fn signs(&self) -> bool {
        self.config.text_at("SigningBehavior") != "never"
    }
}
