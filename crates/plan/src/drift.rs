//! Drift: actual against the ledger.

use jiff::Timestamp;
use model::{Change, Diff, Effect, Location, MailImpact, Observation, ResourceId};
use serde::Serialize;
use standards::Severity;

use crate::Inputs;
use crate::claims::{Claims, Place};

/// How a resource moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Moved {
    /// Fields are no longer as we left them.
    Modified(Diff),
    /// Others added something beside it, which may stay. It is as we left it.
    Added(Diff),
    /// It is gone.
    Deleted,
    /// It could not be seen; why.
    Unknown(String),
}

/// One resource that moved without us.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Drift {
    /// Which.
    pub resource: ResourceId,
    /// Its location.
    pub location: Option<Location>,
    /// How it moved.
    pub moved: Moved,
    /// The mail that it reaches: that of its removal, which is the most that a change of it can do.
    pub mail: MailImpact,
    /// When an earlier run first saw that it had moved.
    pub since: Option<Timestamp>,
    /// The caller who changed it, where CloudTrail was asked.
    pub changed_by: Option<ChangedBy>,
}

/// Whether CloudTrail tells who changed a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangedBy {
    /// The last who changed it after us.
    Caller(Caller),
    /// No event is about it. AWS tells some minutes late.
    NotTold,
    /// It could not be asked; why.
    Unasked(String),
}

/// Somebody who changed a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Caller {
    /// The ARN of a user or of a role's session, or an AWS service.
    pub who: String,
    /// The address, or the service, that it came from.
    pub from: Option<String>,
    /// The program.
    pub with: Option<String>,
    /// The event: `DeleteBucketPolicy`.
    pub event: String,
    /// When.
    pub at: Timestamp,
}

impl Drift {
    /// Whether nothing of ours moved: others added something, and it may stay.
    pub fn is_note(&self) -> bool {
        matches!(self.moved, Moved::Added(_))
    }

    /// How bad it is.
    pub fn severity(&self) -> Severity {
        match self.moved {
            Moved::Added(_) => Severity::Info,
            // An account that did not answer is no fault of the mail, and no all-clear either.
            Moved::Unknown(_) => Severity::Warn,
            Moved::Modified(_) | Moved::Deleted if self.mail == MailImpact::None => Severity::Warn,
            Moved::Modified(_) | Moved::Deleted => Severity::Error,
        }
    }
}

/// Everything in the ledger that is not as we left it.
pub fn drift(inputs: Inputs<'_>) -> Vec<Drift> {
    let mut drifts = Vec::new();
    // Values that other domains of this project hold in the same set moved nowhere.
    let all = inputs.ledger.entries().chain(inputs.beyond.entries());
    let claims = Claims::of(all);
    // An open intent differs from the world because of us: the next apply settles it.
    for entry in inputs.ledger.entries().filter(|entry| !entry.is_open()) {
        let moved = match inputs.actual.of(&entry.target()) {
            None | Some(Observation::Absent) => Moved::Deleted,
            Some(Observation::Unknown(reason)) => Moved::Unknown(reason.clone()),
            Some(Observation::Present { state, .. }) => {
                let place = Place::of_entry(entry);
                let ours = |claim: &str| claims.hold(&place, claim);
                let kind = entry.spec.kind();
                let diff = kind.drift(&entry.spec, entry.state.as_ref(), state, &ours);
                if diff.is_empty() {
                    continue;
                }
                let asks_nothing = |change: &Change| change.effect == Effect::Nothing;
                if diff.changes.iter().all(asks_nothing) {
                    Moved::Added(diff)
                } else {
                    Moved::Modified(diff)
                }
            }
        };
        drifts.push(Drift {
            resource: entry.id.clone(),
            location: entry.location.clone(),
            mail: match moved {
                // Our own values are as they were, so that mail is as well.
                Moved::Added(_) => MailImpact::None,
                _ => entry.impact.mail,
            },
            moved,
            since: None,
            changed_by: None,
        });
    }
    drifts
}
