//! The errors of one call, by what its caller may do about them.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The choices of the caller of a failed call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorClass {
    /// The request can't be right: nothing but a changed manifest or program helps.
    Invalid,
    /// The credentials may not do this.
    Denied,
    /// Something else is in the way: another owner, another change at the same time.
    Conflict,
    /// It will work later without a change: eventual consistency, a state still in progress.
    NotYet,
    /// Too fast.
    Throttled,
    /// A quota of the account is full: nothing but a higher quota helps.
    Full,
    /// Sent, and the outcome is not known: observe before doing anything else.
    Ambiguous,
}

/// One failed call, with AWS's own words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, JsonSchema)]
#[error("{operation}: {message}")]
pub struct KindError {
    /// The class: it says what may be done about it.
    pub class: ErrorClass,
    /// The API operation, as AWS calls it.
    pub operation: String,
    /// AWS's error code, when it answered with one.
    pub code: Option<String>,
    /// AWS's message, or ours.
    pub message: String,
    /// AWS's request id, for its support.
    pub request_id: Option<String>,
    /// For how long at most it makes sense to try again, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patience: Option<Duration>,
    /// Whether an earlier call of the same creation was carried out: then something of ours is there,
    /// and its intent stays open.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub begun: bool,
}

impl KindError {
    /// An error of ours, not of AWS.
    pub fn new(class: ErrorClass, operation: &str, message: impl Into<String>) -> Self {
        Self {
            class,
            operation: operation.to_owned(),
            code: None,
            message: message.into(),
            request_id: None,
            patience: None,
            begun: false,
        }
    }

    /// The same, of a later call of a creation of which the first one was carried out.
    #[must_use]
    pub fn begun(self) -> Self {
        Self {
            begun: true,
            ..self
        }
    }
}
