//! How a plan and each of its actions ended.

use std::time::Duration;

use model::{ActionId, KindError};

/// How an action ended.
#[derive(Clone, Debug, PartialEq)]
pub enum ActionOutcome {
    /// Done, and ready where that was asked for.
    Done,
    /// AWS refused.
    Failed(KindError),
    /// It became something that never gets ready.
    Broken(String),
    /// A precondition did not pass: the rule, and what was seen.
    Refused(String, String),
    /// Its call is through, and its resource is not ready: what that waits for.
    Waiting(String),
    /// Its call was not made, or is refused for now: what it waits for.
    NotYet(String),
    /// Not begun, because this action failed.
    Skipped(ActionId),
    /// Not begun, because the operator stopped the run.
    NotBegun,
}

/// How a plan ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// One outcome an action.
    pub outcomes: Vec<ActionOutcome>,
    /// How long it lasted, on the engine's clock.
    pub elapsed: Duration,
}

impl Report {
    /// The actions that ended otherwise than done.
    pub fn unfinished(&self) -> impl Iterator<Item = (ActionId, &ActionOutcome)> {
        self.outcomes
            .iter()
            .enumerate()
            .filter(|(_, outcome)| **outcome != ActionOutcome::Done)
    }

    /// Whether everything is done.
    pub fn is_complete(&self) -> bool {
        self.unfinished().next().is_none()
    }
}
