//! The answer of AWS, or of public DNS, about one resource in this run.

use serde::{Deserialize, Serialize};

use crate::{PhysicalId, State};

/// Whose a resource is that was found without an entry in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ownership {
    /// It carries this project's tags, or is a part of something that does.
    Ours,
    /// It carries none: somebody else made it.
    Foreign,
    /// It holds parts of several owners; the kind tells which conflict.
    Shared,
}

/// One observation of one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observation<S = State> {
    /// AWS says that it does not exist.
    Absent,
    /// It exists.
    Present {
        /// AWS's name for it.
        physical: PhysicalId,
        /// Its state.
        state: S,
        /// Whose it is.
        ownership: Ownership,
    },
    /// It could not be seen, and this is why. Nothing is decided on a guess.
    Unknown(String),
}

impl<S> Observation<S> {
    /// The state, when it is present.
    pub fn state(&self) -> Option<&S> {
        match self {
            Self::Present { state, .. } => Some(state),
            Self::Absent | Self::Unknown(_) => None,
        }
    }

    /// AWS's name for it, when it is present.
    pub fn physical(&self) -> Option<&PhysicalId> {
        match self {
            Self::Present { physical, .. } => Some(physical),
            Self::Absent | Self::Unknown(_) => None,
        }
    }

    /// The same observation, with its state turned into another type.
    pub fn map<T>(self, turn: impl FnOnce(S) -> T) -> Observation<T> {
        match self {
            Self::Absent => Observation::Absent,
            Self::Present {
                physical,
                state,
                ownership,
            } => Observation::Present {
                physical,
                state: turn(state),
                ownership,
            },
            Self::Unknown(reason) => Observation::Unknown(reason),
        }
    }
}

/// Whether a resource is usable by what depends on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Readiness {
    /// Usable.
    Ready,
    /// Not yet; what it waits for.
    Waiting(String),
    /// It will not become so without a change; why.
    Failed(String),
}
