//! An account's standing with SES in a region: sandbox or production, and its settings.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::caller::Caller;
use super::problem::Problem;
use super::state::State;

/// How long AWS's people take to look at a request for production access.
const REVIEW: SignedDuration = SignedDuration::from_hours(24);

/// What AWS makes of an account's mail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Enforcement {
    /// Nothing is wrong.
    #[default]
    Healthy,
    /// Under review.
    Probation,
    /// Paused.
    Shutdown,
}

/// An account's standing in one region.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Standing {
    /// Whether mail can go to people who did not confirm their address to SES.
    pub(crate) production: bool,
    pub(crate) sending: bool,
    /// `HEALTHY`, `PROBATION` or `SHUTDOWN`.
    pub(crate) enforcement: Enforcement,
    pub(crate) auto_warmup: bool,
    /// As `PutAccountDetails` gave them.
    pub(crate) details: Option<Value>,
    /// When production access was asked for.
    pub(crate) asked: Option<Timestamp>,
    pub(crate) suppression: Value,
    pub(crate) vdm: Value,
}

impl Default for Standing {
    /// In production: what a manifest presumes.
    fn default() -> Self {
        Self {
            production: true,
            sending: true,
            enforcement: Enforcement::Healthy,
            auto_warmup: false,
            details: None,
            asked: None,
            suppression: json!({ "SuppressedReasons": ["BOUNCE", "COMPLAINT"] }),
            vdm: json!({ "VdmEnabled": "DISABLED" }),
        }
    }
}

/// An account's standing, as a world file gives it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seed {
    /// Twelve digits.
    pub account: String,
    /// `eu-west-1`.
    pub region: String,
    /// Whether the account is out of SES's own sandbox.
    #[serde(default = "yes")]
    pub production: bool,
    /// Whether the account's own switch lets mail out.
    #[serde(default = "yes")]
    pub sending: bool,
    /// What AWS makes of the account's mail.
    #[serde(default)]
    pub enforcement: Enforcement,
    /// The tenants that each identity is associated with.
    #[serde(default)]
    pub tenants: BTreeMap<String, Vec<String>>,
}

fn yes() -> bool {
    true
}

impl Standing {
    /// Whether mail can go to everybody by `now`.
    pub(crate) fn in_production(&self, now: Timestamp) -> bool {
        self.production || self.review(now) == Some("GRANTED")
    }

    /// Where the review of a request is.
    pub(crate) fn review(&self, now: Timestamp) -> Option<&'static str> {
        let asked = self.asked?;
        Some(if asked + REVIEW <= now {
            "GRANTED"
        } else {
            "PENDING"
        })
    }
}

impl State {
    /// Puts an account into SES's own sandbox in a region, as AWS puts new ones.
    pub fn seed_sandbox(&mut self, account: &str, region: &str) {
        let place = self
            .places
            .entry(crate::call::place(account, region))
            .or_default();
        place.standing.get_or_insert_default().production = false;
    }

    /// Gives an account its standing in a region.
    pub fn seed_standing(&mut self, seed: &Seed) {
        let place = crate::call::place(&seed.account, &seed.region);
        let place = self.places.entry(place).or_default();
        let standing = place.standing.get_or_insert_default();
        standing.production = seed.production;
        standing.sending = seed.sending;
        standing.enforcement = seed.enforcement;
        place.tenants.extend(seed.tenants.clone());
    }

    /// The caller's standing.
    pub(crate) fn standing(&self, caller: Caller<'_>) -> Standing {
        self.here(caller)
            .and_then(|place| place.standing.clone())
            .unwrap_or_default()
    }

    /// The caller's standing, to change it.
    pub(crate) fn standing_mut(&mut self, caller: Caller<'_>) -> &mut Standing {
        self.here_mut(caller).standing.get_or_insert_default()
    }

    /// Takes the account's details, and its request for production access.
    pub(crate) fn put_details(
        &mut self,
        caller: Caller<'_>,
        details: Value,
        wants_production: bool,
    ) -> Result<(), Problem> {
        let standing = self.standing(caller);
        if standing.review(caller.now) == Some("PENDING") {
            return Err(Problem::Conflict(
                "There is already a pending review for this account.".to_owned(),
            ));
        }
        let standing = self.standing_mut(caller);
        standing.details = Some(details);
        if wants_production && !standing.production {
            standing.asked = Some(caller.now);
        }
        Ok(())
    }
}
