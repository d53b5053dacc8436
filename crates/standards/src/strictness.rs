//! How one policy compares with the one before it: what it refuses that passed, and what passes again.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// In which direction a change of a policy goes.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Strictness {
    /// Nothing more is refused, and nothing less.
    #[default]
    Same,
    /// Something is refused, or treated with suspicion, that was not.
    Stricter,
    /// Something that was refused passes, or something that carried or vouched for mail is gone.
    Weaker,
}

impl Strictness {
    /// The direction from `before` to `after`, of things that are in order from mild to strict.
    pub fn between<T: PartialOrd>(before: &T, after: &T) -> Self {
        if after > before {
            Self::Stricter
        } else if after < before {
            Self::Weaker
        } else {
            Self::Same
        }
    }

    /// The other way.
    #[must_use]
    pub fn opposite(self) -> Self {
        match self {
            Self::Same => Self::Same,
            Self::Stricter => Self::Weaker,
            Self::Weaker => Self::Stricter,
        }
    }
}

/// One difference between two policies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its direction.
    pub strictness: Strictness,
    /// The meaning to mail, as a sentence fragment.
    pub what: String,
}

impl Step {
    /// A difference.
    pub fn new(strictness: Strictness, what: impl Into<String>) -> Self {
        Self {
            strictness,
            what: what.into(),
        }
    }

    /// The direction of several together: weaker where any is, because that takes something away.
    pub fn together(steps: &[Self]) -> Strictness {
        let directions = steps.iter().map(|step| step.strictness);
        directions.max().unwrap_or_default()
    }
}
