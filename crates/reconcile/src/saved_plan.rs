//! A plan in a file: it applies exactly, or not at all.
//!
//! The file does not hold the plan itself. `deploy apply FILE` observes and plans again, and carries
//! the new plan out only if its digest is the saved one (decision record 11). So the file has the
//! digest, what the plan was made from, and one line for each action, to say what moved.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;
use std::path::PathBuf;

use manifest::Manifest;
use model::{Action, Plan, ResourceId, Verb};
use serde::{Deserialize, Serialize};

use crate::accounts::accesses;
use crate::{Error, Shard, Subset};

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
    /// The shard that it is limited to.
    pub shard: Option<Shard>,
    /// How many shards share AWS's quotas, where that was said.
    pub at_once: Option<NonZeroU32>,
    /// How each account is entered, by its name in the manifest.
    accounts: BTreeMap<String, SavedAccount>,
    /// The plan's digest.
    digest: String,
    /// The changes that the plan makes.
    actions: BTreeSet<SavedAction>,
    /// The SHA-256 of all of the above, so that a file that was edited is known as such.
    seal: String,
}

/// How an account is entered. A plan does not say it, and it decides who changes what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedAccount {
    id: String,
    role: Option<String>,
    profile: Option<String>,
    external_id: Option<String>,
}

/// One action of a saved plan, in as many words as it takes to name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedAction {
    /// Its verb.
    pub verb: Verb,
    /// Whether a person does it.
    pub by_hand: bool,
    /// To which resource.
    pub resource: ResourceId,
}

/// How the plan of now differs from the saved one.
#[derive(Debug, PartialEq, Eq)]
pub struct Moved {
    /// Whether an account is entered otherwise.
    pub accounts: bool,
    /// Actions that only the saved plan has.
    pub gone: Vec<SavedAction>,
    /// Actions that only the plan of now has.
    pub new: Vec<SavedAction>,
}

impl SavedPlan {
    /// A plan to be saved. `path` is that of its manifest.
    pub fn new(path: PathBuf, subset: Subset, manifest: &Manifest, plan: &Plan) -> Self {
        let (targets, shard, at_once) = match subset {
            Subset::All => (Vec::new(), None, None),
            Subset::Targets(targets) => (targets, None, None),
            Subset::Shard { shard, at_once } => (Vec::new(), Some(shard), at_once),
        };
        let mut saved = Self {
            deploy_plan: Plan::VERSION,
            program: PROGRAM.to_owned(),
            manifest: path,
            targets,
            shard,
            at_once,
            accounts: accounts(manifest),
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
    pub fn text(&self) -> Result<String, Error> {
        // A path that is not UTF-8 has no form in JSON.
        serde_json::to_string_pretty(self)
            .map_err(|error| Error::outside("could not write the plan as text", error))
    }

    fn expected_seal(&self) -> String {
        let unsealed = Self {
            seal: String::new(),
            ..self.clone()
        };
        let text = serde_json::to_string(&unsealed).unwrap_or_default();
        model::plan::sha256(text.as_bytes())
    }

    /// How the plan of now differs from the saved one, if it does (PLAN-05).
    pub fn moved(&self, manifest: &Manifest, now: &Plan) -> Option<Moved> {
        let accounts = self.accounts != accounts(manifest);
        if !accounts && self.digest == now.digest() {
            return None;
        }
        let now = changes(now);
        Some(Moved {
            accounts,
            gone: self.actions.difference(&now).cloned().collect(),
            new: now.difference(&self.actions).cloned().collect(),
        })
    }
}

fn accounts(manifest: &Manifest) -> BTreeMap<String, SavedAccount> {
    let accounts = accesses(manifest).into_iter();
    accounts
        .map(|(name, access)| {
            let saved = SavedAccount {
                id: access.id.to_string(),
                role: access.role,
                profile: access.profile,
                external_id: access.external_id,
            };
            (name.to_string(), saved)
        })
        .collect()
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
