//! An account's standing with SES in a region: sandbox or production, and its settings.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// How long AWS's people take to look at a request for production access.
const REVIEW: SignedDuration = SignedDuration::from_hours(24);

/// AWS's opinion of an account's mail.
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
pub(crate) struct AccountStanding {
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
    /// How many messages went out in the last day.
    pub(crate) sent: f64,
    pub(crate) suppression: Value,
    pub(crate) vdm: Value,
}

impl Default for AccountStanding {
    /// In production: what a manifest presumes.
    fn default() -> Self {
        Self {
            production: true,
            sending: true,
            enforcement: Enforcement::Healthy,
            auto_warmup: false,
            details: None,
            asked: None,
            sent: 0.0,
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
    /// AWS's opinion of the account's mail.
    #[serde(default)]
    pub enforcement: Enforcement,
    /// How many messages went out in the last day.
    #[serde(default)]
    pub sent: f64,
    /// The tenants that each identity is associated with.
    #[serde(default)]
    pub tenants: BTreeMap<String, Vec<String>>,
    /// The identities and MAIL FROM domains whose records SES does not find, whatever DNS has.
    #[serde(default)]
    pub unseen: BTreeSet<String>,
}

fn yes() -> bool {
    true
}

impl AccountStanding {
    /// Whether mail can go to everybody by `now`.
    pub(crate) fn in_production(&self, now: Timestamp) -> bool {
        self.production || self.review(now) == Some("GRANTED")
    }

    /// The state of the review of a request.
    pub(crate) fn review(&self, now: Timestamp) -> Option<&'static str> {
        let asked = self.asked?;
        Some(if asked + REVIEW <= now {
            "GRANTED"
        } else {
            "PENDING"
        })
    }
}
