//! One desired resource: what the manifest asks for, and what it needs first.

use std::borrow::Cow;
use std::collections::BTreeSet;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use standards::Place;

use crate::{Impact, Location, PhysicalId, ResourceId, ServedPolicy, Spec, Target};

/// How far a needed resource must be.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Its call has returned.
    Done,
    /// It is usable: deployed, issued, in sync, verified.
    Ready,
}

/// In which order two resources go away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Undo {
    /// The dependent resource goes first, then its dependency. The common case.
    Reverse,
    /// The dependency goes first: senders before their records (SES-37).
    SameOrder,
}

/// Another resource that must come first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dependency {
    /// Which.
    pub resource: ResourceId,
    /// How far.
    pub level: Level,
    /// Why, for the graph and the plan.
    pub reason: Cow<'static, str>,
    /// The order of going away.
    pub undo: Undo,
}

impl Dependency {
    /// `resource` must be done first, because of `reason`.
    pub fn done(resource: &ResourceId, reason: &'static str) -> Self {
        Self {
            resource: resource.clone(),
            level: Level::Done,
            reason: Cow::Borrowed(reason),
            undo: Undo::Reverse,
        }
    }

    /// `resource` must be ready first, because of `reason`.
    pub fn ready(resource: &ResourceId, reason: &'static str) -> Self {
        Self {
            level: Level::Ready,
            ..Self::done(resource, reason)
        }
    }

    /// The same need, going away in the same order as it came.
    #[must_use]
    pub fn undone_in_same_order(mut self) -> Self {
        self.undo = Undo::SameOrder;
        self
    }
}

/// The check of a precondition, from outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PreconditionCheck {
    /// This URL returns exactly the planned bytes (STS-O01, BIMI-X12).
    Served {
        /// The URL.
        url: String,
        /// The SHA-256 of the planned bytes, as 64 hexadecimal digits.
        sha256: String,
    },
    /// The live DMARC policy of this domain is quarantine or reject (BIMI-X07).
    DmarcEnforced {
        /// The domain.
        domain: String,
    },
    /// Every live MX host matches a pattern of the policy (STS-P13).
    MxMatches {
        /// The domain.
        domain: String,
        /// The policy's patterns.
        patterns: Vec<String>,
    },
    /// Every live MX host offers STARTTLS with a certificate for its name (STS-P16).
    MxOffersTls {
        /// The domain.
        domain: String,
    },
    /// The world is no longer led to a zone, and resolvers have forgotten that it was (PLAN-13).
    NotRead {
        /// The zone's name.
        zone: String,
        /// The zone's own servers.
        servers: Vec<String>,
        /// The servers of the zone that takes over, where they are known.
        successors: Vec<String>,
        /// The servers that the zone above named when the plan was made.
        leads_to: Vec<String>,
        /// Until when a resolver may still ask the old servers; not known before the ledger has it
        /// that the delegation moved.
        #[schemars(with = "Option<String>", extend("format" = "date-time"))]
        until: Option<Timestamp>,
    },
    /// AWS shows by now what an interrupted run may have made (PLAN-24).
    Shown {
        /// Until when it may not.
        #[schemars(with = "String", extend("format" = "date-time"))]
        until: Timestamp,
    },
    /// Resolvers have forgotten what these records led to before they were changed (PLAN-26).
    Forgotten {
        /// The records.
        records: Vec<ResourceId>,
        /// For how many seconds after a change a resolver may hold what was there before.
        seconds: u32,
    },
    /// This resource of another shard is done, as the ledger has it (PLAN-23). A plan has this check
    /// where the ledger did not say so when it was made.
    Recorded {
        /// The resource.
        resource: ResourceId,
    },
}

/// A check that must pass just before an action's call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Precondition {
    /// The rule it keeps: also the id by which an operator accepts the risk.
    pub rule: String,
    /// The check itself.
    pub check: PreconditionCheck,
    /// Why it is there.
    pub reason: String,
}

/// One desired resource.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Resource {
    /// Our name for it.
    pub id: ResourceId,
    /// Its location; nothing for records that a person publishes.
    pub location: Option<Location>,
    /// The desired spec, references included.
    pub spec: Spec,
    /// The effect that a change or a removal can have on mail.
    pub impact: Impact,
    /// The resources that must come first, besides those that the spec refers to.
    pub dependencies: Vec<Dependency>,
    /// The external checks that must pass first.
    pub preconditions: Vec<Precondition>,
    /// Whether apply waits for it to be ready although nothing else needs that.
    pub wait: bool,
    /// Whether to take over what is there and is not ours.
    pub adopt: bool,
    /// The domains that hold it, for what domains share by design.
    pub holders: BTreeSet<String>,
    /// The resource through which alone it exists, where there is one: a token exists through its
    /// identity. Whose that one is, this is.
    pub through: Option<ResourceId>,
    /// The MTA-STS policy that this resource serves, if it does: the ledger remembers it (STS-O06).
    pub serves_policy: Option<ServedPolicy>,
    /// The place in the manifest that it comes from.
    #[serde(skip)]
    pub place: Place,
}

impl Resource {
    /// The target of the resource as it is desired, under AWS's name for it where one is known.
    pub fn target(&self, physical: Option<&PhysicalId>) -> Target {
        Target {
            id: self.id.clone(),
            location: self.location.clone(),
            spec: self.spec.clone(),
            physical: physical.cloned(),
        }
    }

    /// Its dependencies: what it says, and what its spec refers to.
    pub fn all_dependencies(&self) -> Vec<Dependency> {
        let mut dependencies = self.dependencies.clone();
        for reference in self.spec.references() {
            let is_known = |dependency: &Dependency| dependency.resource == reference.resource;
            if !dependencies.iter().any(is_known) {
                let reason = "uses what it returns";
                dependencies.push(Dependency::done(&reference.resource, reason));
            }
        }
        dependencies
    }
}
