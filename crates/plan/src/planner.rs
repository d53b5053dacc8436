//! Turns desired, actual and ledger into a plan.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::rules;
use model::{
    Action, AnyKind, Edge, Entry, Impact, Location, Observation, Origin, OutputRef, PhysicalId,
    Plan, Resource, ResourceId, Spec, State, Step, Target, Unwanted, Verb, Wanted,
};
use standards::Finding;

use crate::claims::{claim_at, claims, held_claims, made};
use crate::decide::{Decision, decide, removal};
use crate::observations::{in_order, of_resource};
use crate::renames::Renames;
use crate::{Inputs, order};

/// Makes the plan, and in it every finding that stands in its way.
pub fn plan(inputs: Inputs<'_>) -> Plan {
    let mut planner = Planner {
        inputs,
        states: BTreeMap::new(),
        claims: claims(inputs.beyond.entries()),
        made: made(inputs),
        renames: Renames::of(inputs),
        last: BTreeMap::new(),
        actions: Vec::new(),
        findings: Vec::new(),
    };
    for resource in in_order(inputs.desired) {
        planner.desired(resource);
    }
    // Removals are planned after everything that stays, because only then it is known which shared
    // parts the resources that stay still claim.
    let wanted: BTreeSet<&ResourceId> =
        inputs.desired.iter().map(|resource| &resource.id).collect();
    let unwanted = inputs
        .ledger
        .entries()
        .filter(|entry| !wanted.contains(&entry.id));
    for entry in unwanted.chain(inputs.ledger.retired()) {
        planner.remove(entry);
    }
    planner.finish()
}

pub(crate) struct Planner<'a> {
    pub(crate) inputs: Inputs<'a>,
    /// The states by which references resolve: of resources that exist and keep their outputs.
    states: BTreeMap<&'a ResourceId, &'a State>,
    /// The shared parts that resources which stay still claim.
    claims: BTreeSet<String>,
    /// The shared parts that we made.
    made: BTreeSet<String>,
    /// The physical resources that stay under another id of ours.
    renames: Renames<'a>,
    /// The action after which a resource is as desired.
    last: BTreeMap<&'a ResourceId, usize>,
    pub(crate) actions: Vec<Action>,
    findings: Vec<Finding>,
}

/// A desired resource with what the ledger and AWS have of it.
pub(crate) struct Subject<'a> {
    pub(crate) resource: &'a Arc<Resource>,
    /// Its spec, with every reference resolved that has a value.
    pub(crate) spec: Spec,
    /// The ledger's entry, wherever it lives.
    pub(crate) entry: Option<&'a Arc<Entry>>,
    pub(crate) seen: &'a Observation,
}

impl<'a> Subject<'a> {
    pub(crate) fn kind(&self) -> &'static dyn AnyKind {
        self.resource.spec.kind()
    }

    pub(crate) fn location(&self) -> Option<&'a Location> {
        self.resource.location.as_ref()
    }

    /// The entry, when it lives where the resource is to live.
    fn entry_here(&self) -> Option<&'a Arc<Entry>> {
        self.entry
            .filter(|entry| Location::is_same(entry.location.as_ref(), self.location()))
    }

    fn physical(&self) -> Option<&'a PhysicalId> {
        match self.seen {
            Observation::Present { physical, .. } => Some(physical),
            Observation::Absent | Observation::Unknown(_) => None,
        }
    }
}

impl<'a> Planner<'a> {
    pub(crate) fn seen(&self, target: &Target) -> &'a Observation {
        const NOT_OBSERVED: &Observation = &Observation::Absent;
        self.inputs.actual.of(target).unwrap_or(NOT_OBSERVED)
    }

    fn desired(&mut self, resource: &'a Arc<Resource>) {
        let states = &self.states;
        let output =
            |reference: &OutputRef| states.get(&reference.resource)?.output(&reference.output);
        let entry = self.inputs.ledger.entry(&resource.id);
        let subject = Subject {
            resource,
            spec: resource.spec.resolved(&output),
            entry,
            seen: self.seen(&of_resource(resource, entry.map(AsRef::as_ref))),
        };
        let here = subject.entry_here().map(AsRef::as_ref);
        let ownership = self.renames.ownership(resource, here, subject.seen);
        let mut decision = decide(resource, &subject.spec, here, (subject.seen, ownership));
        if let Some(old) = entry.filter(|_| here.is_none()) {
            if decision.verb == Verb::Create {
                decision.verb = Verb::Replace;
                decision.reason = "moves to another account or region".into();
            }
            self.leave_behind(old);
        } else if decision.verb == Verb::Replace
            && let Some(old) = entry
        {
            self.leave_behind(old);
        }
        self.findings.extend(decision.finding.take());
        self.remember(&subject, here, &decision);
        self.add_stages(&subject, decision);
    }

    /// Keeps what later resources refer to and what removals have to respect.
    fn remember(&mut self, subject: &Subject<'a>, here: Option<&'a Entry>, decision: &Decision) {
        let id = &subject.resource.id;
        if !matches!(decision.verb, Verb::Create | Verb::Replace)
            && let Some(state) = subject.seen.state()
        {
            self.states.insert(id, state);
            self.renames.keep(subject.resource, subject.seen);
        }
        // A resource that can't be observed now has shown its state before. Without it, everything
        // that refers to the resource would seem to differ.
        if let (Observation::Unknown(_), Some(entry)) = (subject.seen, here)
            && let Some(state) = &entry.state
        {
            self.states.insert(id, state);
        }
        self.claims
            .extend(held_claims(subject.location(), &subject.spec));
    }

    /// The action that a decision comes to, for one stage of a resource's spec.
    pub(crate) fn action(&self, subject: &Subject<'a>, spec: Spec, decision: Decision) -> Action {
        let kind = subject.kind();
        let verb = decision.verb;
        let changes = verb != Verb::None;
        let calls = match verb {
            // To adopt what is in sync touches only the ledger.
            Verb::Adopt if decision.diff.is_empty() => Vec::new(),
            verb => kind.calls(verb, &spec),
        };
        let weighs = matches!(verb, Verb::Update | Verb::Replace | Verb::Adopt);
        let impact = match &subject.resource.impact {
            impact if weighs && !decision.diff.is_empty() => impact.clone(),
            _ => Impact::none(),
        };
        Action {
            id: self.actions.len(),
            resource: subject.resource.id.clone(),
            location: subject.location().cloned(),
            batch: kind.batch(&spec).filter(|_| changes),
            reason: decision.reason,
            impact,
            after: self.edges(subject.resource),
            calls,
            step: {
                let refused = decision.is_refused;
                let wanted = Wanted {
                    resource: Arc::clone(subject.resource),
                    origin: self.origin(subject, verb, &spec, decision.origin),
                    spec,
                    diff: decision.diff,
                    entry: subject.entry.map(Arc::clone),
                };
                step((verb, refused), wanted, subject.physical())
            },
        }
    }

    /// A value that is there already may be there because another resource of ours made it.
    fn origin(&self, subject: &Subject<'a>, verb: Verb, spec: &Spec, decided: Origin) -> Origin {
        let on_record = subject
            .entry
            .filter(|entry| verb != Verb::Replace && entry.owned().is_some());
        if let Some(entry) = on_record {
            return entry.origin;
        }
        let mut claims = held_claims(subject.location(), spec).peekable();
        if claims.peek().is_some() && claims.all(|claim| self.made.contains(&claim)) {
            Origin::Created
        } else {
            decided
        }
    }

    pub(crate) fn push(&mut self, subject: &Subject<'a>, action: Action) {
        self.last.insert(&subject.resource.id, self.actions.len());
        self.actions.push(action);
    }

    /// Edges to the dependencies of a resource, which are planned before it (see [`in_order`]).
    fn edges(&self, resource: &Resource) -> Vec<Edge> {
        let dependencies = resource.all_dependencies().into_iter();
        let edge = dependencies.filter_map(|dependency| {
            Some(Edge {
                action: *self.last.get(&dependency.resource)?,
                level: dependency.level,
                reason: dependency.reason,
            })
        });
        edge.collect()
    }

    /// Plans the removal of what a move or a replacement leaves, unless an earlier run retired it
    /// already: then it is removed as retired.
    fn leave_behind(&mut self, entry: &'a Arc<Entry>) {
        let key = entry.target().key();
        let mut retired = self.inputs.ledger.retired();
        if !retired.any(|other| other.target().key() == key) {
            self.remove(entry);
        }
    }

    fn remove(&mut self, entry: &'a Arc<Entry>) {
        let kind = entry.spec.kind();
        let mut decision = removal(entry, self.seen(&entry.target()));
        self.findings.extend(decision.finding.take());
        let mut spec = entry.spec.clone();
        if decision.verb == Verb::Delete {
            let claimed = |claim: &str| {
                let claim = claim_at(entry.location.as_ref(), claim);
                self.claims.contains(&claim)
            };
            if kind.claims(&spec).is_empty() && self.renames.is_kept(entry) {
                decision.verb = Verb::Forget;
                decision.reason = "renamed: now managed under another id".into();
            } else if let Some(rest) = kind.without(&spec, &claimed) {
                spec = rest;
            } else {
                decision.verb = Verb::Forget;
                decision.reason = "another resource still needs it".into();
            }
        }
        let deletes = decision.verb == Verb::Delete;
        self.actions.push(Action {
            id: self.actions.len(),
            resource: entry.id.clone(),
            location: entry.location.clone(),
            reason: decision.reason,
            impact: match &entry.impact {
                impact if deletes => impact.clone(),
                _ => Impact::none(),
            },
            after: Vec::new(),
            batch: kind.batch(&spec).filter(|_| deletes),
            calls: kind.calls(decision.verb, &spec),
            step: {
                let entry = Arc::clone(entry);
                let unwanted = Unwanted { entry, spec };
                match decision.verb {
                    Verb::Delete => Step::Delete(unwanted),
                    Verb::Forget => Step::Forget(unwanted),
                    _ => Step::RefuseRemoval(unwanted),
                }
            },
        });
    }

    fn finish(mut self) -> Plan {
        order::order_removals(&mut self.actions);
        let actions = match order::sort(self.actions) {
            Ok(actions) => actions,
            Err((actions, cycle)) => {
                let names: Vec<String> = cycle.iter().map(ToString::to_string).collect();
                let text = format!("these need each other: {}", names.join(", "));
                self.findings.push(Finding::new(rules::PLAN_08, text));
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

/// What `verb` does to a desired resource that is there under the name `physical`, or not at all.
fn step((verb, refused): (Verb, bool), wanted: Wanted, physical: Option<&PhysicalId>) -> Step {
    match (verb, physical.cloned()) {
        (Verb::Create, _) => Step::Create(wanted),
        (Verb::Replace, _) => Step::Replace(wanted),
        (Verb::Update, Some(physical)) => Step::Update(wanted, physical),
        (Verb::Update, None) => Step::Advance(wanted),
        (Verb::Adopt, Some(physical)) => Step::Adopt(wanted, physical),
        (Verb::None, Some(physical)) if !refused => Step::Keep(wanted, physical),
        (_, physical) => Step::RefuseChange(wanted, physical),
    }
}
