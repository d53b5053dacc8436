//! A plan in a file: it applies exactly, or not at all.
//!
//! The file does not hold the plan itself. `deploy apply FILE` observes and plans again, and carries
//! the new plan out only if its digest is the saved one (decision record 11). So the file has the
//! digest, what the plan was made from, and one line for each action, to say what moved.

use std::collections::BTreeSet;
use std::path::PathBuf;

use model::{Action, Plan, ResourceId, Verb};
use serde::{Deserialize, Serialize};

use crate::Error;

/// The version of the program, which decides what a plan is as much as the manifest does.
const PROGRAM: &str = env!("CARGO_PKG_VERSION");

/// A saved plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedPlan {
    /// The version of the form. Its name tells a saved plan from a manifest.
    deploy_plan: u32,
    /// The version of the program that planned.
    program: String,
    /// The manifest.
    pub manifest: PathBuf,
    /// The domains that it is limited to.
    pub targets: Vec<String>,
    /// The plan's digest.
    digest: String,
    /// What the plan changes.
    actions: BTreeSet<SavedAction>,
    /// The SHA-256 of all of the above, so that a file that was edited is known as such.
    seal: String,
}

/// One action of a saved plan, in as many words as it takes to name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedAction {
    /// What it does.
    pub verb: Verb,
    /// Whether a person does it.
    pub by_hand: bool,
    /// To which resource.
    pub resource: ResourceId,
}

/// How the plan of now differs from the saved one.
#[derive(Debug, PartialEq, Eq)]
pub struct Moved {
    /// Actions that only the saved plan has.
    pub gone: Vec<SavedAction>,
    /// Actions that only the plan of now has.
    pub new: Vec<SavedAction>,
}

impl SavedPlan {
    /// A plan to be saved.
    pub fn new(manifest: PathBuf, targets: Vec<String>, plan: &Plan) -> Self {
        let mut saved = Self {
            deploy_plan: Plan::VERSION,
            program: PROGRAM.to_owned(),
            manifest,
            targets,
            digest: plan.digest(),
            actions: changes(plan),
            seal: String::new(),
        };
        saved.seal = saved.expected_seal();
        saved
    }

    /// Whether a text looks like a saved plan; a manifest does not.
    pub fn is_one(text: &str) -> bool {
        text.trim_start().starts_with('{') && text.contains("\"deploy_plan\"")
    }

    /// Reads a saved plan of this version of the program.
    pub fn read(text: &str) -> Result<Self, Error> {
        let saved: Option<Self> = serde_json::from_str(text).ok();
        let saved = saved.filter(|saved| {
            saved.deploy_plan == Plan::VERSION
                && saved.program == PROGRAM
                && saved.seal == saved.expected_seal()
        });
        saved.ok_or_else(|| {
            let why = "this is not a plan as this version saved it: plan again";
            Error::Usage(why.to_owned())
        })
    }

    /// The text of the file.
    pub fn text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    fn expected_seal(&self) -> String {
        let unsealed = Self {
            seal: String::new(),
            ..self.clone()
        };
        model::plan::sha256(unsealed.text().as_bytes())
    }

    /// How the plan of now differs from the saved one, if it does (PLAN-05).
    pub fn moved(&self, now: &Plan) -> Option<Moved> {
        if self.digest == now.digest() {
            return None;
        }
        let now = changes(now);
        Some(Moved {
            gone: self.actions.difference(&now).cloned().collect(),
            new: now.difference(&self.actions).cloned().collect(),
        })
    }
}

fn changes(plan: &Plan) -> BTreeSet<SavedAction> {
    let changing = plan.actions.iter().filter(|action| action.changes());
    let saved = |action: &Action| SavedAction {
        verb: action.verb(),
        by_hand: action.location.is_none(),
        resource: action.resource.clone(),
    };
    changing.map(saved).collect()
}
