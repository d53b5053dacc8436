//! A plan in a file: it applies exactly, or not at all.

use std::collections::BTreeSet;
use std::path::PathBuf;

use model::{Action, Plan};
use serde::{Deserialize, Serialize};

use crate::Error;

/// A saved plan: the plan, and what it was made from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SavedPlan {
    /// Tells a saved plan from a manifest.
    deploy_plan: u32,
    /// The manifest.
    pub manifest: PathBuf,
    /// The domains that it is limited to.
    pub targets: Vec<String>,
    /// The plan's digest, for people.
    digest: String,
    /// The plan.
    plan: Plan,
}

/// How the plan of now differs from the saved one.
#[derive(Debug)]
pub struct Moved<'a> {
    /// Actions that only the saved plan has.
    pub gone: Vec<&'a Action>,
    /// Actions that only the plan of now has.
    pub new: Vec<&'a Action>,
}

impl SavedPlan {
    /// A plan to be saved.
    pub fn new(manifest: PathBuf, targets: Vec<String>, plan: Plan) -> Self {
        Self {
            deploy_plan: Plan::VERSION,
            manifest,
            targets,
            digest: plan.digest(),
            plan,
        }
    }

    /// Whether a text looks like a saved plan; a manifest does not.
    pub fn is_one(text: &str) -> bool {
        text.trim_start().starts_with('{') && text.contains("\"deploy_plan\"")
    }

    /// Reads a saved plan.
    pub fn read(text: &str) -> Result<Self, Error> {
        let saved: Self = serde_json::from_str(text)
            .map_err(|error| Error::outside("could not read the saved plan", error))?;
        if saved.deploy_plan != Plan::VERSION || saved.digest != saved.plan.digest() {
            let why = "this is not a plan as this version saved it: plan again";
            return Err(Error::Usage(why.to_owned()));
        }
        Ok(saved)
    }

    /// The text of the file.
    pub fn text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// How the plan of now differs from the saved one, if it does (PLAN-05).
    pub fn moved<'a>(&'a self, now: &'a Plan) -> Option<Moved<'a>> {
        if self.digest == now.digest() {
            return None;
        }
        let key = |action: &Action| {
            (
                action.verb,
                action.location.is_none(),
                action.resource.clone(),
            )
        };
        let changing = |plan: &'a Plan| plan.actions.iter().filter(|action| action.changes());
        let only = |these: &'a Plan, others: &'a Plan| {
            let others: BTreeSet<_> = changing(others).map(key).collect();
            let these = changing(these).filter(|action| !others.contains(&key(action)));
            these.collect()
        };
        Some(Moved {
            gone: only(&self.plan, now),
            new: only(now, &self.plan),
        })
    }
}
