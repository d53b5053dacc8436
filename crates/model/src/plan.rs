//! The plan: an ordered, immutable, printable, savable set of actions.

use std::fmt::{self, Write as _};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use standards::Finding;

use crate::{
    Calls, Diff, Entry, Impact, Level, Location, Origin, PhysicalId, Precondition, Resource,
    ResourceId,
};

/// What an action does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// Makes what is not there.
    Create,
    /// Changes what is there.
    Update,
    /// Makes the successor of what can't be changed; the old one is deleted by an action of its own.
    Replace,
    /// Removes what is ours and no longer asked for.
    Delete,
    /// Takes over what is there, changing what differs.
    Adopt,
    /// Drops it from the ledger; AWS is not touched.
    Forget,
    /// Nothing: desired and actual agree.
    None,
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Replace => "replace",
            Self::Delete => "delete",
            Self::Adopt => "adopt",
            Self::Forget => "forget",
            Self::None => "none",
        })
    }
}

/// An action's position in its plan.
pub type ActionId = usize;

/// An action that must come first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edge {
    /// Which.
    pub action: ActionId,
    /// Done, or ready.
    pub level: Level,
    /// Why.
    pub reason: String,
}

/// One node of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// Its position.
    pub id: ActionId,
    /// What it does.
    pub verb: Verb,
    /// To which resource.
    pub resource: ResourceId,
    /// Where.
    #[serde(rename = "home")]
    pub location: Option<Location>,
    /// Why.
    pub reason: String,
    /// AWS's name of what is changed, when it exists.
    pub physical: Option<PhysicalId>,
    /// The resource as desired, for everything but deletions and forgetting.
    pub desired: Option<Resource>,
    /// The stage of the spec that this action brings about, references included.
    pub spec: Value,
    /// The ledger's entry as it was when the plan was made.
    pub entry: Option<Entry>,
    /// Whether it is ours by making or by taking over, once this action is done.
    pub origin: Origin,
    /// What differs, for updates, replacements and adoptions.
    pub diff: Diff,
    /// What it can do to mail, and why.
    pub impact: Impact,
    /// What must come first.
    pub after: Vec<Edge>,
    /// What must be seen from outside first.
    #[serde(rename = "gates")]
    pub preconditions: Vec<Precondition>,
    /// Whether apply waits until it is ready although nothing else needs that.
    pub wait: bool,
    /// Actions of one key that are ready to run go out in one call.
    pub batch: Option<String>,
    /// The API calls that it makes.
    pub calls: Vec<Calls>,
}

impl Action {
    /// Whether it changes something at AWS or in the ledger.
    pub fn changes(&self) -> bool {
        self.verb != Verb::None
    }

    /// Whether a finding keeps it from being changed: then it does nothing, and is not in sync either.
    pub fn is_refused(&self) -> bool {
        self.verb == Verb::None && self.reason == Self::REFUSED
    }

    /// The reason of what a finding stands in the way of.
    pub const REFUSED: &str = "refused";
}

/// The plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The format's version.
    pub version: u32,
    /// The manifest's project.
    pub project: String,
    /// In an order that respects every edge.
    pub actions: Vec<Action>,
    /// What stands in its way or is worth knowing.
    pub findings: Vec<Finding>,
}

impl Plan {
    /// The version of the saved form that this program writes.
    pub const VERSION: u32 = 1;

    /// Whether nothing is to be done.
    pub fn is_empty(&self) -> bool {
        !self.actions.iter().any(Action::changes)
    }

    /// How many actions do `verb`.
    pub fn count(&self, verb: Verb) -> usize {
        self.actions
            .iter()
            .filter(|action| action.verb == verb)
            .count()
    }

    /// A hash of everything that the plan says, as 64 hexadecimal digits.
    pub fn digest(&self) -> String {
        digest(&serde_json::to_value(self).unwrap_or(Value::Null))
    }
}

/// The SHA-256 of a JSON value, as 64 hexadecimal digits.
pub fn digest(value: &Value) -> String {
    sha256(value.to_string().as_bytes())
}

/// The SHA-256 of `bytes`, as 64 hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        // Writing into a string can't fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
