//! An invalidation: the edge is told to forget.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::xml::Element;

/// One invalidation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Invalidation {
    /// `I` and thirteen more.
    pub id: String,
    /// `InvalidationBatch`, complete.
    pub batch: Element,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When every edge has forgotten.
    pub due: Timestamp,
    /// Whether that has happened.
    pub(super) done: bool,
}

impl Invalidation {
    /// `InProgress` or `Completed`.
    pub fn status(&self) -> &'static str {
        if self.done { "Completed" } else { "InProgress" }
    }

    /// The paths that are forgotten.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.batch
            .items("Paths")
            .iter()
            .map(|path| path.text.as_str())
    }

    /// The reference that its caller gave.
    pub(super) fn reference(&self) -> &str {
        self.batch.text_at("CallerReference")
    }
}
