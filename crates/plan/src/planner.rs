//! Turns desired, actual and ledger into a plan.

use std::collections::{BTreeMap, BTreeSet};

use model::any_kind::ShapeError;
use model::field::{references, resolve};
use model::{
    Action, AnyKind, Dependency, Diff, Edge, Entry, Level, Location, Observation, Origin,
    OutputRef, Plan, Resource, ResourceId, Target, Verb,
};
use serde_json::Value;
use standards::{Finding, Place};

use crate::claims::{claim_at, claims, held_claims, made};
use crate::decide::{Decision, decide, removal};
use crate::looks::{held, in_order, target};
use crate::things::Things;
use crate::{Inputs, order};

/// The plan, and in it every finding that stands in its way.
pub fn plan(inputs: Inputs<'_>) -> Plan {
    let mut planner = Planner {
        inputs,
        states: BTreeMap::new(),
        claims: claims(inputs, inputs.beyond.entries()),
        made: made(inputs),
        things: Things::of(inputs),
        last: BTreeMap::new(),
        actions: Vec::new(),
        findings: Vec::new(),
    };
    for resource in in_order(inputs.desired) {
        if let Err(error) = planner.desired(resource) {
            planner.findings.push(shape(&resource.id, &error));
        }
    }
    let wanted: BTreeSet<&ResourceId> =
        inputs.desired.iter().map(|resource| &resource.id).collect();
    let left = inputs
        .ledger
        .entries()
        .filter(|entry| !wanted.contains(&entry.id));
    for entry in left.chain(inputs.ledger.retired()) {
        if let Err(error) = planner.remove(entry) {
            planner.findings.push(shape(&entry.id, &error));
        }
    }
    planner.finish()
}

struct Planner<'a> {
    inputs: Inputs<'a>,
    /// States by which references resolve: of what exists and keeps its outputs.
    states: BTreeMap<ResourceId, Value>,
    /// Shared parts that what stays still holds.
    claims: BTreeSet<String>,
    /// Shared parts that we made.
    made: BTreeSet<String>,
    /// What there is at AWS under whatever name of ours.
    things: Things,
    /// The action after which a resource is as desired.
    last: BTreeMap<ResourceId, usize>,
    actions: Vec<Action>,
    findings: Vec<Finding>,
}

impl<'a> Planner<'a> {
    fn kind(&self, id: &ResourceId) -> &'a dyn AnyKind {
        // A resource of an unknown kind can't be built: blueprint and ledger know the registry.
        self.inputs
            .kinds
            .get(id.kind.as_str())
            .unwrap_or_else(|| panic!("no kind `{}`", id.kind))
            .as_ref()
    }

    fn seen(&self, target: &Target) -> Observation {
        self.inputs
            .actual
            .of(target)
            .cloned()
            .unwrap_or(Observation::Absent)
    }

    fn desired(&mut self, resource: &'a Resource) -> Result<(), ShapeError> {
        let kind = self.kind(&resource.id);
        let states = &self.states;
        let look_up = |reference: &OutputRef| {
            states
                .get(&reference.resource)?
                .pointer(&reference.pointer)
                .cloned()
        };
        let spec = resolve(&resource.spec, &look_up);
        let entry = self.inputs.ledger.entry(&resource.id);
        let is_here =
            |entry: &&Entry| Location::is_same(entry.location.as_ref(), resource.location.as_ref());
        let here = entry.filter(is_here);
        let seen = self
            .things
            .known(resource, here, self.seen(&target(resource, entry)));
        let mut decision = decide(kind, resource, &spec, here, &seen)?;
        if let Some(old) = entry.filter(|entry| !is_here(entry)) {
            if decision.verb == Verb::Create {
                decision = Decision {
                    verb: Verb::Replace,
                    reason: "moves to another account or region".to_owned(),
                    ..decision
                };
            }
            self.leave_behind(old)?;
        } else if decision.verb == Verb::Replace
            && let Some(old) = entry
        {
            self.leave_behind(old)?;
        }
        if let Some(finding) = decision.finding.take() {
            self.findings.push(finding);
        }
        if !matches!(decision.verb, Verb::Create | Verb::Replace)
            && let Some(state) = seen.state()
        {
            self.states.insert(resource.id.clone(), state.clone());
            self.things.keep(resource, &seen);
        }
        // What can't be seen now has returned this: what depends on it does not differ by that alone.
        if let (Observation::Unknown(_), Some(entry)) = (&seen, here) {
            self.states.insert(resource.id.clone(), entry.state.clone());
        }
        self.claims
            .extend(held_claims(kind, resource.location.as_ref(), &spec)?);
        self.add_stages((kind, resource, &seen), &spec, &decision)
    }

    /// The actions that bring one desired resource about: one, or one a stage.
    fn add_stages(
        &mut self,
        (kind, resource, seen): (&dyn AnyKind, &Resource, &Observation),
        spec: &Value,
        decision: &Decision,
    ) -> Result<(), ShapeError> {
        let mut stages = kind.stages(spec)?;
        let makes = matches!(decision.verb, Verb::Create | Verb::Replace);
        let predecessor = self.holding_predecessor(kind, resource)?;
        if let (true, Some(_), Some(released)) = (makes, &predecessor, kind.released(spec)?) {
            stages.insert(0, released);
        }
        // What a run that died has brought there is there: only what follows it is left to do.
        let is_there = decision.verb == Verb::Update && decision.diff.is_empty();
        if stages.len() == 1 || decision.verb == Verb::None || is_there {
            let mut action = self.action(kind, resource, spec, decision)?;
            if let Some((old, diff)) = predecessor.filter(|_| decision.verb != Verb::None) {
                action.id += 1;
                action.after.push(self.release(kind, old, diff, None)?);
            }
            self.push(action);
            return Ok(());
        }
        self.add_each_stage((kind, resource, seen), &stages, decision, predecessor)
    }

    fn add_each_stage(
        &mut self,
        (kind, resource, seen): (&dyn AnyKind, &Resource, &Observation),
        stages: &[Value],
        decision: &Decision,
        mut predecessor: Option<(&'a Entry, Diff)>,
    ) -> Result<(), ShapeError> {
        let makes = matches!(decision.verb, Verb::Create | Verb::Replace);
        let entry = self.inputs.ledger.entry(&resource.id);
        for (position, stage) in stages.iter().enumerate() {
            let diff = match seen.state() {
                Some(state) if !makes => kind.diff(stage, state, entry.map(|entry| &entry.spec))?,
                _ if position > 0 => model::diff::compare(stage, &stages[position - 1], &[]),
                _ => Diff::default(),
            };
            let verb = match (position, makes) {
                (0, false) if diff.is_empty() => Verb::None,
                (0, _) => decision.verb,
                _ => Verb::Update,
            };
            let reason = if position == 0 {
                decision.reason.clone()
            } else {
                "the step before is ready".to_owned()
            };
            let stage_decision = Decision {
                verb,
                reason,
                diff,
                origin: decision.origin,
                finding: None,
            };
            let mut action = self.action(kind, resource, stage, &stage_decision)?;
            if position > 0 {
                let before = self.actions.len() - 1;
                action.after.push(Edge {
                    action: before,
                    level: Level::Ready,
                    reason: "each step is ready before the next".to_owned(),
                });
                if let Some((old, diff)) = predecessor.take() {
                    action.id += 1;
                    action
                        .after
                        .push(self.release(kind, old, diff, Some(before))?);
                }
            }
            self.push(action);
        }
        Ok(())
    }

    /// What this resource succeeds, as long as that holds what only one in the world can hold, and
    /// what letting go changes.
    fn holding_predecessor(
        &self,
        kind: &dyn AnyKind,
        resource: &Resource,
    ) -> Result<Option<(&'a Entry, Diff)>, ShapeError> {
        let moved = self.inputs.ledger.entry(&resource.id).filter(|entry| {
            !Location::is_same(entry.location.as_ref(), resource.location.as_ref())
        });
        let retired = self
            .inputs
            .ledger
            .retired()
            .filter(|entry| entry.id == resource.id);
        for old in moved.into_iter().chain(retired) {
            let seen = self.seen(&held(old));
            if let (Some(released), Some(state)) = (kind.released(&old.spec)?, seen.state()) {
                let diff = kind.diff(&released, state, Some(&old.spec))?;
                if !diff.is_empty() {
                    return Ok(Some((old, diff)));
                }
            }
        }
        Ok(None)
    }

    /// Lets a predecessor let go, and gives the edge of who waits for that.
    fn release(
        &mut self,
        kind: &dyn AnyKind,
        old: &Entry,
        diff: Diff,
        after: Option<usize>,
    ) -> Result<Edge, ShapeError> {
        let id = self.actions.len();
        let spec = kind.released(&old.spec)?.unwrap_or_default();
        let first = after.map(|action| Edge {
            action,
            level: Level::Ready,
            reason: "its successor is there first".to_owned(),
        });
        self.actions.push(Action {
            id,
            verb: Verb::Update,
            resource: old.id.clone(),
            location: old.location.clone(),
            reason: "lets go of what its successor takes".to_owned(),
            physical: old.physical.clone(),
            desired: None,
            calls: kind.calls(Verb::Update, &spec)?,
            spec,
            entry: Some(old.clone()),
            origin: old.origin,
            diff,
            impact: old.impact.clone(),
            after: first.into_iter().collect(),
            preconditions: Vec::new(),
            wait: false,
            batch: None,
        });
        Ok(Edge {
            action: id,
            level: Level::Done,
            reason: "its predecessor lets go first".to_owned(),
        })
    }

    fn action(
        &self,
        kind: &dyn AnyKind,
        resource: &Resource,
        spec: &Value,
        decision: &Decision,
    ) -> Result<Action, ShapeError> {
        let entry = self.inputs.ledger.entry(&resource.id);
        let changes = decision.verb != Verb::None;
        let physical = match self.seen(&target(resource, entry)) {
            Observation::Present { physical, .. } if decision.verb != Verb::Replace => {
                Some(physical)
            }
            _ => None,
        };
        let is_change = matches!(decision.verb, Verb::Update | Verb::Replace | Verb::Adopt);
        // To adopt what is in sync touches only the ledger.
        let calls = match decision.verb {
            Verb::Adopt if decision.diff.is_empty() => Vec::new(),
            verb => kind.calls(verb, spec)?,
        };
        Ok(Action {
            id: self.actions.len(),
            verb: decision.verb,
            resource: resource.id.clone(),
            location: resource.location.clone(),
            reason: decision.reason.clone(),
            physical,
            desired: Some(resource.clone()),
            spec: spec.clone(),
            entry: entry.cloned(),
            origin: self.origin(kind, resource, spec, decision)?,
            diff: decision.diff.clone(),
            impact: if is_change && !decision.diff.is_empty() {
                resource.impact.clone()
            } else {
                model::Impact::none()
            },
            after: self.needed(resource),
            preconditions: if changes {
                resource.preconditions.clone()
            } else {
                Vec::new()
            },
            wait: resource.wait,
            batch: if changes { kind.batch(spec)? } else { None },
            calls,
        })
    }

    /// A value that is there already may be there because another resource of ours made it.
    fn origin(
        &self,
        kind: &dyn AnyKind,
        resource: &Resource,
        spec: &Value,
        decision: &Decision,
    ) -> Result<Origin, ShapeError> {
        if let Some(entry) = self
            .inputs
            .ledger
            .entry(&resource.id)
            .filter(|entry| decision.verb != Verb::Replace && entry.owned().is_some())
        {
            return Ok(entry.origin);
        }
        let claims = held_claims(kind, resource.location.as_ref(), spec)?;
        let ours = !claims.is_empty() && claims.iter().all(|claim| self.made.contains(claim));
        Ok(if ours {
            Origin::Created
        } else {
            decision.origin
        })
    }

    fn push(&mut self, action: Action) {
        self.last
            .insert(action.resource.clone(), self.actions.len());
        self.actions.push(action);
    }

    /// Edges to what a resource needs and refers to. Those come earlier, by [`in_order`].
    fn needed(&self, resource: &Resource) -> Vec<Edge> {
        dependencies(resource)
            .into_iter()
            .filter_map(|dependency| {
                let action = *self.last.get(&dependency.resource)?;
                Some(Edge {
                    action,
                    level: dependency.level,
                    reason: dependency.reason,
                })
            })
            .collect()
    }

    fn leave_behind(&mut self, entry: &'a Entry) -> Result<(), ShapeError> {
        let retired = self
            .inputs
            .ledger
            .retired()
            .any(|other| held(other).key() == held(entry).key());
        if retired { Ok(()) } else { self.remove(entry) }
    }

    fn remove(&mut self, entry: &'a Entry) -> Result<(), ShapeError> {
        let kind = self.kind(&entry.id);
        let mut decision = removal(entry, &self.seen(&held(entry)));
        if let Some(finding) = decision.finding.take() {
            self.findings.push(finding);
        }
        let mut spec = entry.spec.clone();
        if decision.verb == Verb::Delete
            && kind.claims(&spec)?.is_empty()
            && self.things.is_kept(entry)
        {
            decision.verb = Verb::Forget;
            "goes on under another name of ours".clone_into(&mut decision.reason);
        }
        if decision.verb == Verb::Delete {
            let claimed = |claim: &str| {
                self.claims
                    .contains(&claim_at(entry.location.as_ref(), claim))
            };
            if let Some(rest) = kind.without(&entry.spec, &claimed)? {
                spec = rest;
            } else {
                decision.verb = Verb::Forget;
                "another resource still needs it".clone_into(&mut decision.reason);
            }
        }
        let deletes = decision.verb == Verb::Delete;
        self.actions.push(Action {
            id: self.actions.len(),
            verb: decision.verb,
            resource: entry.id.clone(),
            location: entry.location.clone(),
            reason: decision.reason,
            physical: entry.physical.clone(),
            desired: None,
            spec: spec.clone(),
            entry: Some(entry.clone()),
            origin: entry.origin,
            diff: Diff::default(),
            impact: if deletes {
                entry.impact.clone()
            } else {
                model::Impact::none()
            },
            after: Vec::new(),
            preconditions: Vec::new(),
            wait: false,
            batch: if deletes { kind.batch(&spec)? } else { None },
            calls: kind.calls(decision.verb, &spec)?,
        });
        Ok(())
    }

    fn finish(mut self) -> Plan {
        order::order_removals(&mut self.actions);
        let actions = match order::sort(self.actions) {
            Ok(actions) => actions,
            Err((actions, cycle)) => {
                let names: Vec<String> = cycle.iter().map(ToString::to_string).collect();
                self.findings.push(Finding::new(
                    "PLAN-08",
                    format!("these need each other: {}", names.join(", ")),
                ));
                actions
            }
        };
        Plan {
            version: Plan::VERSION,
            project: self.inputs.project.to_owned(),
            actions,
            findings: self.findings,
        }
    }
}

/// What a resource needs: what it says, and what it refers to.
pub fn dependencies(resource: &Resource) -> Vec<Dependency> {
    let mut dependencies = resource.dependencies.clone();
    for reference in references(&resource.spec) {
        if !dependencies
            .iter()
            .any(|dependency| dependency.resource == reference.resource)
        {
            dependencies.push(Dependency::done(
                &reference.resource,
                "uses what it returns",
            ));
        }
    }
    dependencies
}

fn shape(id: &ResourceId, error: &ShapeError) -> Finding {
    Finding::new("PLAN-08", error.to_string()).in_place(Place::Resource {
        id: id.to_string(),
        account: None,
    })
}
