//! Removals: what the ledger has and nothing desires any more goes, as far as nobody else holds it
//! and, in DNS, once the world no longer reads it.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use model::rules;
use model::{
    Action, Diff, Edge, Entry, Impact, LeftZone, Level, Location, MailImpact, Precondition,
    PreconditionCheck, Removal, Spec, Step, Transition, Unwanted, Verb, ZoneRef,
};

use standards::Strictness;

use crate::claims::Place;
use crate::decide::{Decision, removal};
use crate::planner::Planner;

/// For how long a resolver may go on asking the servers of a zone that is no longer delegated to.
/// Route 53 gives the NS records of a new hosted zone 172,800 seconds (Developer Guide, "NS and SOA
/// records that Amazon Route 53 creates for a public hosted zone"), as the registries of com and net
/// give a delegation, and resolvers may keep either.
const DELEGATION_TTL: Duration = Duration::from_hours(48);

impl<'a> Planner<'a> {
    /// Plans the removal of what the ledger has.
    pub(crate) fn remove(&mut self, entry: &'a Arc<Entry>, has_successor: bool) {
        let kind = entry.spec.kind();
        let place = Place::of_entry(entry);
        let has_left = self.zones.have_left(&entry.id.domain, &place);
        let (mut decision, spec) = self.removal(entry, &place, has_left);
        if decision.verb == Verb::Delete {
            self.weigh_removal(entry, &spec, &mut decision);
        }
        self.findings.extend(decision.finding.take());
        let deletes = decision.verb == Verb::Delete;
        let waits = deletes && has_left;
        let is_seen = self.seen(&entry.target()).state().is_some();
        let preconditions = match &place {
            Place::Dns(ZoneRef::Hosted(zone)) if waits => {
                decision.reason = "the DNS of its domain has moved".into();
                vec![self.not_read(zone, entry)]
            }
            _ if deletes && !is_seen => vec![shown(entry)],
            _ => Vec::new(),
        };
        let impact = if !deletes {
            Impact::none()
        } else if waits {
            // By then nobody reads these records, so that their removal does no harm.
            Impact::new(MailImpact::None, "the world reads another zone")
        } else if has_successor && matches!(place, Place::Dns(_)) {
            // The successor of a record has another name: what reads the old one finds nothing there.
            self.loss(entry, &spec).going(Strictness::Same)
        } else if has_successor {
            Impact::new(MailImpact::None, "its successor takes its place")
        } else {
            self.loss(entry, &spec)
        };
        // To forget touches the ledger alone.
        let batch = kind.batch(&spec).filter(|_| deletes);
        // A release leaves it in service, whatever was seen before.
        let state = self.seen(&entry.target()).state();
        let state = state.filter(|_| !self.is_released(entry));
        let calls = kind.calls(decision.verb, &spec, state, &Diff::default());
        let unwanted = Unwanted {
            preconditions,
            ..self.unwanted(entry, spec)
        };
        let step = match decision.verb {
            Verb::Delete => Step::Delete(unwanted),
            Verb::Forget => Step::Forget(unwanted),
            _ => Step::RefuseRemoval(unwanted),
        };
        self.actions.push(Action {
            id: self.actions.len(),
            impact,
            after: self.after_holders(entry, has_left),
            batch,
            calls,
            ..Action::new(&entry.id, entry.location.as_ref(), step, decision.reason)
        });
    }

    /// The loss to mail by the removal of `spec`.
    fn loss(&self, entry: &Entry, spec: &Spec) -> Impact {
        spec.kind().mail_impact(&Transition {
            id: &entry.id,
            seen: self.seen(&entry.target()).state(),
            was: Some(spec),
            becomes: None,
            restores: entry.before.as_ref(),
        })
    }

    /// Whether the resource goes, and the part of its spec that nobody else holds.
    fn removal(&self, entry: &Entry, place: &Place, has_left: bool) -> (Decision, Spec) {
        let kind = entry.spec.kind();
        let mut decision = removal(entry, self.seen(&entry.target()));
        let spec = self.resolved(&entry.spec);
        if decision.verb == Verb::Delete && !spec.references().is_empty() {
            forget(
                &mut decision,
                "nobody was told what to publish: the run was interrupted before AWS said it",
            );
        }
        if decision.verb != Verb::Delete {
            return (decision, spec);
        }
        let location = entry.location.as_ref();
        let neighbour = self.neighbours.holder(&entry.id, location, place, &spec);
        // A value that a person published and that we write from now on is one claim: whoever took
        // it out would take out ours.
        let is_handed_over = has_left && *place == Place::Dns(ZoneRef::ByHand);
        let claimed = |claim: &str| {
            self.claims.hold(place, claim)
                || self.neighbours.hold(place, claim)
                || is_handed_over && self.claims.hold_anywhere(place, claim)
        };
        let rest = kind.without(&spec, &claimed);
        match &rest {
            Some(rest) if self.renames.is_kept(entry) && kind.claims(rest).is_empty() => {
                forget(&mut decision, "renamed: now managed under another id");
            }
            Some(_) => {}
            None if is_handed_over => {
                forget(
                    &mut decision,
                    "stays: it is written in Route 53 from now on",
                );
            }
            None => forget(&mut decision, "another resource still holds it"),
        }
        // A value of a record can be theirs alone; of everything else there is one.
        if let Some(other) = neighbour.filter(|_| kind.claims(&spec).is_empty() || rest.is_none()) {
            forget(
                &mut decision,
                format!("the project `{other}` holds it as well"),
            );
        }
        (decision, rest.unwrap_or(spec))
    }

    /// The spec with what AWS has said since. What a person is to publish is on record before that, and the run may
    /// have been killed in between.
    fn resolved(&self, spec: &Spec) -> Spec {
        spec.resolved(&|reference| {
            let giver = self.inputs.ledger.entry(&reference.resource)?;
            let state = self.seen(&giver.target()).state()?;
            state.output(&reference.output)
        })
    }

    /// Asks the kind what speaks against the deletion: a finding, which refuses it unless it is a risk
    /// that somebody can accept.
    fn weigh_removal(&self, entry: &Entry, spec: &Spec, decision: &mut Decision) {
        // A resource that is gone takes nothing along.
        let Some(state) = self.seen(&entry.target()).state() else {
            return;
        };
        let ours = |part: &str| self.parts.hold(part);
        let finding = match spec.kind().removal(spec, state, &ours) {
            Removal::Free => return,
            Removal::Risk(finding) => finding,
            Removal::Blocked(finding) => {
                decision.verb = Verb::None;
                decision.reason = "refused".into();
                finding
            }
        };
        decision.finding = Some(finding.in_place(model::place::of_resource(
            &entry.id,
            entry.location.as_ref(),
        )));
    }

    /// Whether a shared resource that the plan does not ask for stays, because domains hold it that
    /// the plan is not about.
    pub(crate) fn is_held(&self, entry: &Entry) -> bool {
        let mut holders = entry.holders.iter();
        holders.any(|domain| !(self.inputs.is_about)(domain))
    }

    /// Takes domains off the holders of what they share and no longer ask for. It comes after the
    /// removal of what used it, and the resource itself is not touched.
    pub(crate) fn leave_shared(&mut self) {
        let ledger = self.inputs.ledger;
        for entry in ledger.entries().filter(|entry| entry.id.is_shared()) {
            let mut desired = self.inputs.desired.iter();
            let desired = desired.find(|resource| resource.id == entry.id);
            let asks =
                |domain: &String| desired.is_some_and(|resource| resource.holders.contains(domain));
            let (leaving, mut stay): (BTreeSet<String>, BTreeSet<String>) = entry
                .holders
                .iter()
                .cloned()
                .partition(|domain| (self.inputs.is_about)(domain) && !asks(domain));
            stay.extend(desired.iter().flat_map(|resource| resource.holders.clone()));
            if !leaving.is_empty() && !stay.is_empty() {
                self.leave(entry, &leaving, stay);
            }
        }
    }

    /// Whether an action of this plan makes it release what its successor takes.
    fn is_released(&self, entry: &Entry) -> bool {
        // Most kinds release nothing, and a fleet has many thousand actions.
        let can_release = entry.spec.kind().released(&entry.spec).is_some();
        can_release
            && self.actions.iter().any(|action| {
                matches!(action.step, Step::Release(..))
                    && action.resource == entry.id
                    && Location::is_same(action.location.as_ref(), entry.location.as_ref())
            })
    }

    fn leave(&mut self, entry: &'a Arc<Entry>, leaving: &BTreeSet<String>, stay: BTreeSet<String>) {
        let names = |domains: &BTreeSet<String>| {
            let names: Vec<&str> = domains.iter().map(String::as_str).collect();
            names.join(", ")
        };
        let reason = format!(
            "{} still holds it, {} no longer",
            names(&stay),
            names(leaving)
        );
        let step = Step::Forget(Unwanted {
            holders: stay,
            ..Unwanted::of(entry, entry.spec.clone())
        });
        self.actions.push(Action {
            id: self.actions.len(),
            ..Action::new(&entry.id, entry.location.as_ref(), step, reason)
        });
    }

    /// A value that moves is given up at its old place, or in the ledger, after it is there at the
    /// new one: a run that ends in between must still know that it is ours.
    fn after_holders(&self, entry: &Entry, has_left: bool) -> Vec<Edge> {
        if !has_left {
            return Vec::new();
        }
        let claims = entry.spec.kind().claims(&entry.spec);
        let holders = claims.iter().filter_map(|claim| self.holders.get(claim));
        let mut actions: Vec<usize> = holders.flatten().copied().collect();
        actions.sort_unstable();
        actions.dedup();
        let edge = |action| Edge {
            action,
            level: Level::Ready,
            reason: Cow::Borrowed("it is there at its new place first"),
        };
        actions.into_iter().map(edge).collect()
    }

    /// The world no longer reads the hosted zone `id`.
    fn not_read(&self, id: &str, entry: &Entry) -> Precondition {
        // A zone that could not be compared with what the world is told is known by its domain only.
        let unknown = || LeftZone {
            name: entry.id.domain.clone(),
            servers: Vec::new(),
            leads_to: Ok(Vec::new()),
            successors: Vec::new(),
            left_since: None,
        };
        let left = self.inputs.authority.get(id);
        let left = left.cloned().unwrap_or_else(unknown);
        let ttl = Duration::from_secs(entry.spec.kind().ttl(&entry.spec).into());
        // A domain that came back to this zone begins to leave anew.
        let since = left.left_since.filter(|_| !left.is_read());
        Precondition {
            rule: rules::PLAN_13.id.to_owned(),
            check: PreconditionCheck::NotRead {
                zone: left.name,
                servers: left.servers,
                successors: left.successors,
                leads_to: left.leads_to.unwrap_or_default(),
                until: since.map(|since| since + DELEGATION_TTL + ttl),
            },
            reason: "who still reads the old zone must find its records there".to_owned(),
        }
    }
}

fn forget(decision: &mut Decision, reason: impl Into<Cow<'static, str>>) {
    decision.verb = Verb::Forget;
    decision.reason = reason.into();
}

/// By then AWS shows what an interrupted run made.
fn shown(entry: &Entry) -> Precondition {
    Precondition {
        rule: rules::PLAN_24.id.to_owned(),
        check: PreconditionCheck::Shown {
            until: entry.changed + entry.spec.kind().stale(),
        },
        reason: "what was made a moment ago is not known everywhere at once".to_owned(),
    }
}
