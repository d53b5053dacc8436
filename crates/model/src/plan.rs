//! The plan: an ordered, immutable, printable, savable set of actions.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Serialize, Serializer};
use serde_json::Value;
use sha2::{Digest, Sha256};
use standards::Finding;

use crate::{
    Calls, Diff, Entry, Impact, Level, Location, Origin, PhysicalId, Precondition, Resource,
    ResourceId, Spec, Status, Target, Verb,
};

/// An action's position in its plan.
pub type ActionId = usize;

/// An action that must come first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Edge {
    /// Which.
    pub action: ActionId,
    /// Done, or ready.
    pub level: Level,
    /// Why.
    pub reason: Cow<'static, str>,
}

/// A desired resource, on its way to being as desired.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Wanted {
    /// The resource as the manifest asks for it.
    #[serde(serialize_with = "whole")]
    pub resource: Arc<Resource>,
    /// The stage of its spec that the action brings about, references included.
    pub spec: Spec,
    /// The fields that differ from the observed state.
    pub diff: Diff,
    /// Whether it is ours by making or by taking over, once the action is done.
    pub origin: Origin,
    /// The ledger's entry as it was when the plan was made. What it has on record is not part of
    /// the plan: two plans that do the same are the same.
    #[serde(skip)]
    pub entry: Option<Arc<Entry>>,
    /// Whether the entry is that of a predecessor, which is retired before the call and goes by an
    /// action of its own.
    #[serde(skip)]
    pub retires: bool,
}

/// A resource of the ledger that goes, or a part of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Unwanted {
    /// The ledger's entry.
    #[serde(skip)]
    pub entry: Arc<Entry>,
    /// AWS's name for it: the one on record, or else the one that it was found by. A run that was interrupted, or
    /// refused halfway, may have made it without learning its name.
    pub physical: Option<PhysicalId>,
    /// The part of its spec that the action is about: what other resources claim stays.
    pub spec: Spec,
    /// The external checks that must pass before it goes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub preconditions: Vec<Precondition>,
    /// The domains that still hold it, where it is shared: then nothing but its holders changes.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub holders: BTreeSet<String>,
}

fn whole<S: Serializer>(resource: &Arc<Resource>, serializer: S) -> Result<S::Ok, S::Error> {
    resource.as_ref().serialize(serializer)
}

/// The step that an action takes, with all that it takes for it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Makes what is not there.
    Create(Wanted),
    /// Makes the successor of what can't be changed; the old one is deleted by an action of its own.
    Replace(Wanted),
    /// Changes what is there, under AWS's name for it.
    Update(Wanted, PhysicalId),
    /// Brings the next stage about of what an earlier action of this plan makes.
    Advance(Wanted),
    /// Takes over what is there, changing what differs.
    Adopt(Wanted, PhysicalId),
    /// Leaves what is as desired.
    Keep(Wanted, PhysicalId),
    /// Does nothing, because a finding stands in the way of the change.
    RefuseChange(Wanted, Option<PhysicalId>),
    /// Makes a predecessor release what only one resource in the world can hold.
    Release(Unwanted, Diff),
    /// Removes what is ours and no longer declared.
    Delete(Unwanted),
    /// Notes that what was ours went along with the deletion of what held it, which an earlier action of
    /// this plan is.
    GoAlong(Unwanted),
    /// Drops it from the ledger; AWS is not touched.
    Forget(Unwanted),
    /// Does nothing, because a finding stands in the way of the removal.
    RefuseRemoval(Unwanted),
}

impl Unwanted {
    /// The part `spec` of what `entry` is about, to go without preconditions.
    pub fn of(entry: &Arc<Entry>, spec: Spec) -> Self {
        Self {
            entry: Arc::clone(entry),
            physical: entry.physical().cloned(),
            spec,
            preconditions: Vec::new(),
            holders: BTreeSet::new(),
        }
    }
}

/// One node of the plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Action {
    /// Its position.
    pub id: ActionId,
    /// To which resource.
    pub resource: ResourceId,
    /// The location of the resource.
    pub location: Option<Location>,
    /// The step that it takes.
    pub step: Step,
    /// Why.
    pub reason: Cow<'static, str>,
    /// The effect that it can have on mail, with the reason.
    pub impact: Impact,
    /// The actions that must come first.
    pub after: Vec<Edge>,
    /// Actions of one key that are ready to run go out in one call.
    pub batch: Option<String>,
    /// The API calls that it makes.
    pub calls: Vec<Calls>,
}

impl Action {
    /// The action `step` on `resource`, for `reason`. It affects no mail, waits for no other action
    /// and makes no calls until its maker says so.
    pub fn new(
        resource: &ResourceId,
        location: Option<&Location>,
        step: Step,
        reason: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            id: 0,
            resource: resource.clone(),
            location: location.cloned(),
            step,
            reason: reason.into(),
            impact: Impact::none(),
            after: Vec::new(),
            batch: None,
            calls: Vec::new(),
        }
    }

    /// Its verb.
    pub fn verb(&self) -> Verb {
        match self.step {
            Step::Create(_) => Verb::Create,
            Step::Replace(_) => Verb::Replace,
            Step::Update(..) | Step::Advance(_) | Step::Release(..) => Verb::Update,
            Step::Adopt(..) => Verb::Adopt,
            Step::Delete(_) | Step::GoAlong(_) => Verb::Delete,
            Step::Forget(_) => Verb::Forget,
            Step::Keep(..) | Step::RefuseChange(..) | Step::RefuseRemoval(_) => Verb::None,
        }
    }

    /// The target of its calls, with `spec` resolved, under AWS's name for it where one is known.
    pub fn target(&self, spec: Spec, physical: Option<&PhysicalId>) -> Target {
        Target {
            id: self.resource.clone(),
            location: self.location.clone(),
            spec,
            physical: physical.cloned(),
        }
    }

    /// The desired resource, for everything but removals.
    pub fn wanted(&self) -> Option<&Wanted> {
        match &self.step {
            Step::Create(wanted)
            | Step::Replace(wanted)
            | Step::Update(wanted, _)
            | Step::Advance(wanted)
            | Step::Adopt(wanted, _)
            | Step::Keep(wanted, _)
            | Step::RefuseChange(wanted, _) => Some(wanted),
            Step::Release(..)
            | Step::Delete(_)
            | Step::GoAlong(_)
            | Step::Forget(_)
            | Step::RefuseRemoval(_) => None,
        }
    }

    /// The entry that the ledger has and the manifest does not declare, for removals.
    pub fn unwanted(&self) -> Option<&Unwanted> {
        match &self.step {
            Step::Release(unwanted, _)
            | Step::Delete(unwanted)
            | Step::GoAlong(unwanted)
            | Step::Forget(unwanted)
            | Step::RefuseRemoval(unwanted) => Some(unwanted),
            _ => None,
        }
    }

    /// The spec that it brings about, or that goes.
    pub fn spec(&self) -> &Spec {
        match (self.wanted(), self.unwanted()) {
            (Some(wanted), _) => &wanted.spec,
            (None, Some(unwanted)) => &unwanted.spec,
            (None, None) => unreachable!("a step is about what is wanted or what is not"),
        }
    }

    /// The resource as the manifest asks for it.
    pub fn desired(&self) -> Option<&Resource> {
        self.wanted().map(|wanted| wanted.resource.as_ref())
    }

    /// The ledger's entry, as it was when the plan was made.
    pub fn entry(&self) -> Option<&Entry> {
        let wanted = self.wanted().and_then(|wanted| wanted.entry.as_deref());
        wanted.or_else(|| self.unwanted().map(|unwanted| unwanted.entry.as_ref()))
    }

    /// The spec that we are known to have written. What is replaced was written elsewhere, and goes by
    /// itself.
    pub fn owned(&self) -> Option<&Spec> {
        // What was written at another place says nothing about what stands at this one.
        let retires = self.wanted().is_some_and(|wanted| wanted.retires);
        self.entry().filter(|_| !retires).and_then(Entry::owned)
    }

    /// The fields that differ, for changes.
    pub fn diff(&self) -> &Diff {
        const NONE: &Diff = &Diff {
            changes: Vec::new(),
        };
        match &self.step {
            Step::Release(_, diff) => diff,
            _ => self.wanted().map_or(NONE, |wanted| &wanted.diff),
        }
    }

    /// AWS's name of what is changed, when it exists.
    pub fn physical(&self) -> Option<&PhysicalId> {
        match &self.step {
            Step::Update(_, physical) | Step::Adopt(_, physical) | Step::Keep(_, physical) => {
                Some(physical)
            }
            Step::RefuseChange(_, physical) => physical.as_ref(),
            Step::Create(_) | Step::Replace(_) | Step::Advance(_) => None,
            Step::Release(unwanted, _)
            | Step::Delete(unwanted)
            | Step::GoAlong(unwanted)
            | Step::Forget(unwanted)
            | Step::RefuseRemoval(unwanted) => unwanted.physical.as_ref(),
        }
    }

    /// The external checks that must pass first.
    pub fn preconditions(&self) -> &[Precondition] {
        match (self.wanted(), self.unwanted()) {
            (Some(wanted), _) if self.changes() => &wanted.resource.preconditions,
            (None, Some(unwanted)) => &unwanted.preconditions,
            _ => &[],
        }
    }

    /// The entry that puts its resource on record with this spec, with no state yet: a state would be
    /// believed by the next run, and an intent has none.
    pub fn recorded(&self, spec: Spec, status: Status, now: Timestamp) -> Entry {
        let resource = self.desired();
        let kept = self.entry().filter(|_| self.owned().is_some());
        // Others deleted it, and with it what there was before: that is not put back by our removal.
        let replaces = kept.filter(|_| !self.is_made_again());
        Entry {
            id: self.resource.clone(),
            location: self.location.clone(),
            status,
            spec,
            state: None,
            origin: self
                .wanted()
                .map_or(Origin::Created, |wanted| wanted.origin),
            holders: resource
                .into_iter()
                .flat_map(|resource| &resource.holders)
                // Domains that the run is not about hold it as well.
                .chain(kept.into_iter().flat_map(|entry| &entry.holders))
                .cloned()
                .collect(),
            before: replaces.and_then(|entry| entry.before.clone()),
            serves_policy: resource.and_then(|resource| resource.serves_policy),
            dependencies: resource.map(Resource::all_dependencies).unwrap_or_default(),
            impact: resource.map_or_else(Impact::none, |resource| resource.impact.clone()),
            changed: now,
        }
    }

    /// Whether it makes again what is on record and was deleted by somebody else.
    fn is_made_again(&self) -> bool {
        let is_settled = self.entry().is_some_and(|entry| !entry.is_open());
        matches!(self.step, Step::Create(_)) && is_settled
    }

    /// Whether apply waits until it is ready although nothing else depends on that.
    pub fn wait(&self) -> bool {
        self.desired().is_some_and(|resource| resource.wait)
    }

    /// Whether it changes something at AWS or in the ledger.
    pub fn changes(&self) -> bool {
        self.verb() != Verb::None
    }

    /// Whether a finding keeps it from being changed: then it does nothing, and is not in sync either.
    pub fn is_refused(&self) -> bool {
        matches!(self.step, Step::RefuseChange(..) | Step::RefuseRemoval(_))
    }
}

/// A time to carry an action out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// How often something is waited for before it.
    pub number: usize,
    /// The actions that have to be done, or their resources ready, first.
    pub after: BTreeMap<ActionId, Level>,
}

/// The plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Plan {
    /// The format's version.
    pub version: u32,
    /// The manifest's project.
    pub project: String,
    /// In an order that respects every edge.
    pub actions: Vec<Action>,
    /// The findings that stand in its way or are worth knowing.
    pub findings: Vec<Finding>,
}

impl Plan {
    /// The version of the saved form that this program writes.
    pub const VERSION: u32 = 1;

    /// Whether nothing is to be done.
    pub fn is_empty(&self) -> bool {
        !self.actions.iter().any(Action::changes)
    }

    /// How many of its actions change something.
    pub fn changes(&self) -> usize {
        let changing = self.actions.iter().filter(|action| action.changes());
        changing.count()
    }

    /// For each action, the round in which it can be carried out, by whoever does not wait for an apply
    /// to come to it.
    pub fn rounds(&self, is_ready: impl Fn(&Action) -> bool) -> Vec<Round> {
        let mut rounds: Vec<Round> = Vec::with_capacity(self.actions.len());
        // A plan is sorted: what comes first stands first.
        for action in &self.actions {
            let mut after = BTreeMap::new();
            for edge in &action.after {
                let before = &self.actions[edge.action];
                // A record by hand is done when somebody has published it.
                let level = match before.location {
                    Some(_) => edge.level,
                    None => Level::Ready,
                };
                let is_pending = before.changes() || before.is_refused();
                let earlier = &rounds[edge.action].after;
                match level {
                    Level::Ready if is_pending || !is_ready(before) => {
                        after.insert(edge.action, Level::Ready);
                    }
                    // An apply makes the call by itself when what comes before it is ready.
                    Level::Done if is_pending && earlier.is_empty() => {
                        after.entry(edge.action).or_insert(Level::Done);
                    }
                    _ => after.extend(earlier),
                }
            }
            if after.values().any(|level| *level == Level::Ready) {
                after.retain(|_, level| *level == Level::Ready);
            }
            self.keep_last(&mut after);
            let numbers = after.iter().map(|(id, level)| {
                let is_awaited = *level == Level::Ready;
                rounds[*id].number + usize::from(is_awaited)
            });
            let number = numbers.max().unwrap_or(0);
            rounds.push(Round { number, after });
        }
        rounds
    }

    /// Drops the actions that another of them comes after.
    fn keep_last(&self, after: &mut BTreeMap<ActionId, Level>) {
        let all: Vec<ActionId> = after.keys().copied().collect();
        for id in all {
            let mut seen = BTreeSet::new();
            let mut open = vec![id];
            while let Some(next) = open.pop() {
                let before = self.actions[next].after.iter().map(|edge| edge.action);
                open.extend(before.filter(|id| seen.insert(*id)));
            }
            after.retain(|one, _| !seen.contains(one));
        }
    }

    /// How many actions do `verb`.
    pub fn count(&self, verb: Verb) -> usize {
        self.actions
            .iter()
            .filter(|action| action.verb() == verb)
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
