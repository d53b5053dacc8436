//! Turns desired, actual and ledger into a plan.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::rules;
use model::{
    Action, AnyKind, Edge, Entry, Impact, Level, Location, Observation, Origin, OutputRef,
    Ownership, PhysicalId, Plan, Readiness, Resource, ResourceId, Spec, State, Step, Target,
    Transition, Verb, Wanted,
};
use standards::Finding;

use crate::claims::{Claims, Place, Zones, moved};
use crate::decide::{self, Decision, Question, decide};
use crate::neighbours::Neighbours;
use crate::observations::{in_order, made_other, of_resource};
use crate::parts::Parts;
use crate::rebuild::is_text;
use crate::renames::Renames;
use crate::unrecorded::Unrecorded;
use crate::{Inputs, contained, order};

/// Makes the plan, and in it every finding that stands in its way.
pub fn plan(inputs: Inputs<'_>) -> Plan {
    let order = in_order(inputs.desired);
    let unrecorded = Unrecorded::of(inputs);
    let mut planner = Planner {
        inputs,
        unrecorded: &unrecorded,
        states: BTreeMap::new(),
        claims: Claims::of(inputs.beyond.entries()),
        neighbours: Neighbours::of(inputs.neighbours),
        made: Claims::made(inputs),
        moved: moved(&order, inputs.ledger),
        zones: Zones::default(),
        holders: BTreeMap::new(),
        ours: BTreeSet::new(),
        left: Vec::new(),
        renames: Renames::of(inputs),
        parts: Parts::of(inputs),
        last: BTreeMap::new(),
        actions: Vec::new(),
        findings: Vec::new(),
    };
    for resource in order {
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
    let left = std::mem::take(&mut planner.left).into_iter();
    for entry in left.chain(unwanted).chain(inputs.ledger.retired()) {
        if !planner.is_held(entry) {
            planner.remove(entry, wanted.contains(&entry.id));
        }
    }
    planner.leave_shared();
    planner.finish()
}

pub(crate) struct Planner<'a> {
    pub(crate) inputs: Inputs<'a>,
    /// The resources that count as on record, because they are ours and have to be replaced.
    unrecorded: &'a Unrecorded<'a>,
    /// The states by which references resolve: of resources that exist and keep their outputs.
    states: BTreeMap<&'a ResourceId, &'a State>,
    /// The claims of resources that stay.
    pub(crate) claims: Claims,
    /// The claims of other projects.
    pub(crate) neighbours: Neighbours<'a>,
    /// The claims of what we made.
    made: Claims,
    /// The desired resources that have a predecessor at another place, each with the reason.
    moved: BTreeMap<&'a ResourceId, &'static str>,
    /// The zones in which the records of each domain are desired.
    pub(crate) zones: Zones<'a>,
    /// The last action of each resource that holds a claim, by the claim.
    pub(crate) holders: BTreeMap<String, Vec<usize>>,
    /// The desired resources that are there and that we made, whatever the ledger knows of it.
    ours: BTreeSet<&'a ResourceId>,
    /// The predecessors of what moves or is replaced.
    left: Vec<&'a Arc<Entry>>,
    /// The parts that our resources keep inside others.
    pub(crate) parts: Parts,
    /// The physical resources that stay under another id of ours.
    pub(crate) renames: Renames<'a>,
    /// The action after which a resource is as desired.
    last: BTreeMap<&'a ResourceId, usize>,
    pub(crate) actions: Vec<Action>,
    pub(crate) findings: Vec<Finding>,
}

/// A desired resource with what the ledger and AWS have of it.
pub(crate) struct Subject<'a> {
    pub(crate) resource: &'a Arc<Resource>,
    /// Its spec, with every reference resolved that has a value.
    pub(crate) spec: Spec,
    /// The ledger's entry, wherever it lives.
    pub(crate) entry: Option<&'a Arc<Entry>>,
    /// Whether the entry is of another place.
    pub(crate) moves: bool,
    pub(crate) seen: &'a Observation,
    /// The owner, where it is known better by the resource's other id (see [`Renames`]).
    owner: Option<Ownership>,
}

impl<'a> Subject<'a> {
    /// The ledger's entry, if it is of this place.
    fn here(&self) -> Option<&'a Entry> {
        self.entry.filter(|_| !self.moves).map(AsRef::as_ref)
    }

    pub(crate) fn kind(&self) -> &'static dyn AnyKind {
        self.resource.spec.kind()
    }

    pub(crate) fn location(&self) -> Option<&'a Location> {
        self.resource.location.as_ref()
    }

    /// The place in which the resource is to hold what it claims.
    pub(crate) fn place(&self) -> Place {
        Place::of(self.location(), &self.spec, self.physical())
    }

    /// The mail impact of bringing `spec` about, after the stage `before` if there is one.
    fn mail_impact(&self, before: Option<&Spec>, spec: &Spec) -> Impact {
        let seen = self.seen.state().filter(|_| before.is_none());
        // What is gone was lost before this plan; what moves is still where it was.
        let is_known = seen.is_some() || self.moves || self.entry.is_none();
        let owned = self.entry.filter(|_| is_known).map(|entry| &entry.spec);
        self.kind().mail_impact(&Transition {
            id: &self.resource.id,
            seen,
            was: before.or(owned),
            becomes: Some(spec),
            restores: None,
        })
    }

    pub(crate) fn physical(&self) -> Option<&'a PhysicalId> {
        self.seen.physical()
    }
}

impl<'a> Planner<'a> {
    pub(crate) fn seen(&self, target: &Target) -> &'a Observation {
        // A resource that no query could name does not exist yet.
        const NOT_OBSERVED: &Observation = &Observation::Absent;
        let seen = self.inputs.actual.of(target);
        let seen = seen.or_else(|| self.unrecorded.seen(target));
        seen.unwrap_or(NOT_OBSERVED)
    }

    fn desired(&mut self, resource: &'a Arc<Resource>) {
        let states = &self.states;
        let output =
            |reference: &OutputRef| states.get(&reference.resource)?.output(&reference.output);
        let entry = self.inputs.ledger.entry(&resource.id);
        let entry = entry.or_else(|| self.unrecorded.entry(&resource.id));
        let why_moved = self.moved.get(&resource.id).copied();
        let moves = why_moved.is_some();
        let here = entry.filter(|_| !moves).map(AsRef::as_ref);
        let seen = self.seen(&of_resource(resource, here));
        let subject = Subject {
            resource,
            spec: resource.spec.resolved(&output),
            entry,
            moves,
            seen,
            owner: self.renames.ownership(resource, here, seen),
        };
        let mut decision = decide(Question {
            project: self.inputs.project,
            neighbour: self.neighbour(&subject),
            resource,
            spec: &subject.spec,
            entry: here,
            seen,
            known_owner: subject.owner,
        });
        if let Some(old) = entry.filter(|_| here.is_none()) {
            if decision.verb == Verb::Create {
                decision.verb = Verb::Replace;
                decision.reason = why_moved.unwrap_or_default().into();
            }
            // Mail goes on with the old one until the new one is ready, so both exist for a while.
            self.leave_behind(old);
        } else if let Some(old) = entry {
            if decision.verb == Verb::Create && self.is_half_made(old, resource) {
                decision.verb = Verb::Replace;
                decision.reason = "an interrupted run made one that is not as asked, which goes once this one is ready".into();
            }
            if decision.verb == Verb::Replace {
                self.leave_behind(old);
            }
        }
        if decision.verb == Verb::None && !decision.is_refused {
            join(resource, here, &mut decision);
        }
        self.findings.extend(decision.finding.take());
        self.remember(&subject, &decision);
        self.add_stages(&subject, decision);
    }

    /// Whether an interrupted run has made something else than is asked for, and it is there.
    fn is_half_made(&self, entry: &Entry, resource: &Resource) -> bool {
        made_other(entry, resource) && self.name_of(entry).is_some()
    }

    /// The project that has on record what is new to ours.
    fn neighbour(&self, subject: &Subject<'a>) -> Option<&'a str> {
        if subject.here().is_some() {
            return None;
        }
        let id = &subject.resource.id;
        self.neighbours
            .holder(id, subject.location(), &subject.place(), &subject.spec)
    }

    /// Keeps what later resources refer to and what removals have to respect.
    fn remember(&mut self, subject: &Subject<'a>, decision: &Decision) {
        let id = &subject.resource.id;
        if self.is_ours(subject) {
            self.ours.insert(id);
        }
        if !matches!(decision.verb, Verb::Create | Verb::Replace)
            && let Some(state) = subject.seen.state()
        {
            self.states.insert(id, state);
            self.renames.keep(subject.resource, subject.seen);
        }
        // A resource that can't be observed now has shown its state before. Without it, everything
        // that refers to the resource would seem to differ.
        if let (Observation::Unknown(_), Some(entry)) = (subject.seen, subject.here())
            && let Some(state) = &entry.state
        {
            self.states.insert(id, state);
        }
        let place = subject.place();
        self.claims.add(&place, &subject.spec);
        // What stays in a zone for a grace period does not make it the zone of the domain: the world may
        // still read there what has moved away.
        if !self.inputs.kept.contains(id) {
            self.zones.add(&id.domain, &place);
        }
    }

    /// The action that a decision comes to, for one stage of a resource's spec; `before` is the stage
    /// before it.
    pub(crate) fn action(
        &self,
        subject: &Subject<'a>,
        before: Option<&Spec>,
        spec: Spec,
        decision: Decision,
    ) -> Action {
        let kind = subject.kind();
        let verb = decision.verb;
        let changes = verb != Verb::None;
        // A later stage is made of the one before it.
        let seen = subject.seen.state().filter(|_| before.is_none());
        let calls = match verb {
            // To adopt what is in sync touches only the ledger.
            Verb::Adopt if decision.diff.is_empty() => Vec::new(),
            verb => kind.calls(verb, &spec, seen, &decision.diff),
        };
        let impact = if changes {
            subject.mail_impact(before, &spec)
        } else {
            Impact::none()
        };
        // To adopt what is as it should be is no call.
        let batch = kind
            .batch(&spec)
            .filter(|_| changes && (verb != Verb::Adopt || !decision.diff.is_empty()));
        let retires = subject.entry.is_some() && self.retires(subject, verb);
        let entry = subject.entry.map(|entry| {
            if retires {
                self.retired(entry)
            } else {
                Arc::clone(entry)
            }
        });
        let wanted = Wanted {
            resource: Arc::clone(subject.resource),
            origin: self.origin(subject, verb, &spec, decision.origin),
            spec,
            diff: decision.diff,
            entry,
            retires,
        };
        let step = if decision.is_refused {
            Step::RefuseChange(wanted, subject.physical().cloned())
        } else {
            step(verb, wanted, subject.physical())
        };
        let id = &subject.resource.id;
        let mut after = self.edges(subject.resource);
        if verb == Verb::Update {
            after.extend(self.given_by(subject.resource));
        }
        Action {
            id: self.actions.len(),
            impact,
            after,
            batch,
            calls,
            ..Action::new(id, subject.location(), step, decision.reason)
        }
    }

    /// Whether the entry on record is retired by this action: the first one that changes something.
    fn retires(&self, subject: &Subject<'a>, verb: Verb) -> bool {
        let moves =
            subject.moves && verb != Verb::None && !self.last.contains_key(&subject.resource.id);
        verb == Verb::Replace || moves
    }

    /// A value that is there already may be there because another resource of ours made it.
    fn origin(&self, subject: &Subject<'a>, verb: Verb, spec: &Spec, decided: Origin) -> Origin {
        // What others deleted, and is made again, is of our making, whatever it was before.
        let is_gone = |entry: &Entry| verb == Verb::Create && !entry.is_open();
        let on_record = subject
            .entry
            .filter(|entry| verb != Verb::Replace && !subject.moves && entry.owned().is_some())
            .filter(|entry| !is_gone(entry));
        if let Some(entry) = on_record {
            // Whatever it was before, it is theirs now, and not ours to delete.
            if decide::maker(entry, subject.seen) == Some(Ownership::Foreign) {
                return Origin::Adopted;
            }
            // The first run decided it: what was adopted does not become ours by a change.
            return entry.origin;
        }
        if self.made.hold_all_of(&subject.place(), spec) || self.ours.contains(&subject.resource.id)
        {
            return Origin::Created;
        }
        // Without a record, a text that was there before us and one that a lost ledger made look
        // the same.
        let domain = &subject.resource.id.domain;
        let is_recorded = self.inputs.ledger.domains.contains_key(domain);
        if decided == Origin::Adopted && is_text(spec) && !is_recorded {
            Origin::Unknown
        } else {
            decided
        }
    }

    /// Whether a resource that is there is of our making: on record, by its tags, or because it
    /// exists only through one that is.
    fn is_ours(&self, subject: &Subject<'a>) -> bool {
        let Observation::Present { ownership, .. } = subject.seen else {
            return false;
        };
        let recorded = subject.here().filter(|entry| entry.owned().is_some());
        // Others made it again: the tags say whose it is.
        let recorded = recorded.filter(|entry| decide::maker(entry, subject.seen).is_none());
        if let Some(entry) = recorded {
            return entry.origin == Origin::Created;
        }
        let through = subject.resource.through.as_ref();
        subject.owner.unwrap_or(*ownership) == Ownership::Ours
            || through.is_some_and(|through| self.ours.contains(through))
    }

    pub(crate) fn push(&mut self, subject: &Subject<'a>, action: Action) {
        let id = self.actions.len();
        self.last.insert(&subject.resource.id, id);
        // The removal of another holder comes after this action: see `after_holders`.
        for claim in subject.kind().claims(&subject.spec) {
            self.holders.entry(claim).or_default().push(id);
        }
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

    /// Edges to what gives a resource its outputs, by way of which it is known: the token of an SES
    /// instance that moves takes the place of the former one, by which SES may have verified the
    /// predecessor, only when the successor is verified.
    fn given_by(&self, resource: &Resource) -> Vec<Edge> {
        let references = resource.spec.references().iter();
        let givers = references.filter_map(|reference| {
            let mut desired = self.inputs.desired.iter();
            let giver = desired.find(|one| one.id == reference.resource)?;
            self.last.get(giver.through.as_ref()?).copied()
        });
        let edge = |action| Edge {
            action,
            level: Level::Ready,
            reason: Cow::Borrowed("the former value may be what its predecessor is verified by"),
        };
        givers.map(edge).collect()
    }

    /// Plans the removal of what a move or a replacement leaves, unless an earlier run retired it
    /// already: then it is removed as retired.
    fn leave_behind(&mut self, entry: &'a Arc<Entry>) {
        let key = entry.target().key();
        // What has no name on record can be told from another by its spec alone.
        let is_named = entry.physical().is_some();
        let is_it = |other: &Arc<Entry>| {
            other.target().key() == key && (is_named || other.spec == entry.spec)
        };
        if !self.inputs.ledger.retired().any(is_it) {
            self.left.push(entry);
        }
    }

    /// The actions that change nothing, and whose resources are not ready yet: a run that made them was interrupted, or
    /// did not wait until they were.
    fn unready(&self) -> BTreeSet<usize> {
        let is_unready = |action: &&Action| {
            let Step::Keep(wanted, _) = &action.step else {
                return false;
            };
            let seen = self.states.get(&action.resource);
            let readiness = seen.map(|seen| wanted.spec.kind().readiness(&wanted.spec, seen));
            readiness.is_some_and(|readiness| readiness != Readiness::Ready)
        };
        let unready = self.actions.iter().filter(is_unready);
        unready.map(|action| action.id).collect()
    }

    fn finish(mut self) -> Plan {
        self.switch_before_release();
        self.let_in_before_change();
        self.refuse_dangling();
        self.refuse_moves_together();
        let unready = self.unready();
        order::order_removals(&mut self.actions, &unready);
        contained::let_go_along(&mut self.actions);
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

/// Lets the domains hold a shared resource that nothing else has to be done for. They are on record
/// as its holders before they use it.
fn join(resource: &Resource, here: Option<&Entry>, decision: &mut Decision) {
    let is_new = |domain: &&String| here.is_some_and(|entry| !entry.holders.contains(*domain));
    let new: Vec<&str> = resource
        .holders
        .iter()
        .filter(is_new)
        .map(String::as_str)
        .collect();
    if !new.is_empty() {
        decision.verb = Verb::Adopt;
        decision.reason = format!("is held by {} from now on", new.join(", ")).into();
    }
}

/// The step that `verb` takes for a desired resource that exists as `physical`, or not at all.
fn step(verb: Verb, wanted: Wanted, physical: Option<&PhysicalId>) -> Step {
    match (verb, physical.cloned()) {
        (Verb::Create, _) => Step::Create(wanted),
        (Verb::Replace, _) => Step::Replace(wanted),
        (Verb::Update, Some(physical)) => Step::Update(wanted, physical),
        (Verb::Update, None) => Step::Advance(wanted),
        (Verb::Adopt, Some(physical)) => Step::Adopt(wanted, physical),
        (Verb::None, Some(physical)) => Step::Keep(wanted, physical),
        (_, physical) => Step::RefuseChange(wanted, physical),
    }
}
