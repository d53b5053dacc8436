//! The actions that bring one desired resource about: one, or one for each stage of its spec, and
//! one by which a predecessor releases what only one resource in the world can hold.

use std::borrow::Cow;
use std::sync::Arc;

use model::{
    Action, Diff, Edge, Entry, Impact, Level, Location, MailImpact, Spec, Step, Transition, Verb,
    rules,
};
use standards::{Finding, Strictness};

use crate::decide::Decision;
use crate::planner::{Planner, Subject};

/// A predecessor that has not released yet.
struct Predecessor<'a> {
    entry: &'a Arc<Entry>,
    /// Its spec without what its successor takes.
    released: Spec,
    /// The hosts that it lets go.
    hosts: Vec<String>,
    /// The fields that the release changes.
    diff: Diff,
}

impl<'a> Planner<'a> {
    /// Adds the actions of `subject`.
    pub(crate) fn add_stages(&mut self, subject: &Subject<'a>, decision: Decision) {
        let kind = subject.kind();
        let mut stages = kind.stages(&subject.spec);
        let predecessor = self.predecessor(subject);
        if predecessor.is_some()
            && let Some(first) = first_stage(subject, decision.verb)
        {
            stages.insert(0, first);
        }
        // An interrupted run, or one whose ledger was lost, may have brought the last stage about
        // already. Then there is nothing to go through again, only what follows it.
        let makes_nothing = matches!(decision.verb, Verb::Update | Verb::Adopt);
        let is_there = makes_nothing && decision.diff.is_empty();
        if stages.len() == 1 || decision.verb == Verb::None || is_there {
            let changes = decision.verb != Verb::None;
            let mut action = self.action(subject, None, subject.spec.clone(), decision);
            if let Some(predecessor) = predecessor.filter(|_| changes) {
                // The release is pushed first, and takes the number that this action had.
                action.id += 1;
                action.after.push(self.release(subject, predecessor, None));
            }
            self.push(subject, action);
            return;
        }
        self.add_each_stage(subject, stages, &decision, predecessor);
    }

    fn add_each_stage(
        &mut self,
        subject: &Subject<'a>,
        stages: Vec<Spec>,
        decision: &Decision,
        mut predecessor: Option<Predecessor<'a>>,
    ) {
        let mut before: Option<Spec> = None;
        for stage in stages {
            let decision = stage_decision(subject, &stage, before.as_ref(), decision);
            let mut action = self.action(subject, before.as_ref(), stage.clone(), decision);
            if let Some(before) = &before {
                let previous = self.actions.len() - 1;
                action.after.push(Edge {
                    action: previous,
                    level: Level::Ready,
                    reason: Cow::Borrowed("each step is ready before the next"),
                });
                if let Some(predecessor) = predecessor.take() {
                    action.id += 1;
                    let first = Some((previous, before));
                    action.after.push(self.release(subject, predecessor, first));
                }
            }
            self.push(subject, action);
            before = Some(stage);
        }
    }

    /// The predecessor of a resource that moved or was replaced, as long as it holds what its
    /// successor takes.
    fn predecessor(&self, subject: &Subject<'a>) -> Option<Predecessor<'a>> {
        let kind = subject.kind();
        let moved = subject.entry.filter(|_| subject.moves);
        let retired = self.inputs.ledger.retired();
        let retired = retired.filter(|entry| entry.id == subject.resource.id);
        // Where a move is taken back, the predecessor of the predecessor is the resource itself.
        let is_other = |entry: &&Arc<Entry>| {
            entry
                .physical()
                .is_none_or(|one| subject.physical() != Some(one))
        };
        let all = moved.into_iter().chain(retired).filter(is_other);
        all.into_iter().find_map(|entry| {
            let state = self.seen(&entry.target()).state()?;
            // As it is, and not as a ledger that was rolled back has it: what it read from may be gone.
            let as_seen = kind.accepted(&entry.spec, state);
            let released = kind.released(as_seen.as_ref().unwrap_or(&entry.spec))?;
            let hosts = kind.lets_go(&released, state);
            let diff = kind.diff(&released, state, Some(&entry.spec));
            (!hosts.is_empty()).then_some(Predecessor {
                entry,
                released,
                hosts,
                diff,
            })
        })
    }

    /// The loss to mail between the release and the successor's taking over.
    fn release_impact(&self, entry: &Entry, released: &Spec) -> Impact {
        let impact = released.kind().mail_impact(&Transition {
            id: &entry.id,
            seen: self.seen(&entry.target()).state(),
            was: Some(&entry.spec),
            becomes: Some(released),
            restores: None,
        });
        match impact.mail {
            MailImpact::None => impact,
            // The loss is brief and on purpose, so it counts neither as weaker nor as stricter.
            _ => Impact {
                reason: format!("{}, until its successor takes over", impact.reason),
                ..impact.going(Strictness::Same)
            },
        }
    }

    /// Adds the action of a predecessor, after the `first` action of its successor, which brings a stage
    /// about, if there is one. Returns the edge of the successor's next action.
    fn release(
        &mut self,
        subject: &Subject<'a>,
        predecessor: Predecessor<'a>,
        first: Option<(usize, &Spec)>,
    ) -> Edge {
        let Predecessor {
            entry,
            released,
            hosts,
            diff,
        } = predecessor;
        let id = self.actions.len();
        let after = first.map(|(action, _)| Edge {
            action,
            level: Level::Ready,
            reason: Cow::Borrowed("its successor is there first"),
        });
        let unanswered = unanswered(subject, &hosts, first.map(|(_, stage)| stage));
        let impact = if unanswered.is_empty() {
            Impact::new(MailImpact::None, "its successor answers for them")
        } else {
            self.findings.push(gap(subject, entry, &unanswered));
            self.release_impact(entry, &released)
        };
        let calls = released.kind().calls(
            Verb::Update,
            &released,
            self.seen(&entry.target()).state(),
            &diff,
        );
        let step = Step::Release(self.unwanted(entry, released), diff);
        let reason = "releases what its successor takes";
        self.actions.push(Action {
            id,
            impact,
            after: after.into_iter().collect(),
            calls,
            ..Action::new(&entry.id, entry.location.as_ref(), step, reason)
        });
        Edge {
            action: id,
            // Where it is not gone from everywhere yet, the successor would not get it.
            level: Level::Ready,
            reason: Cow::Borrowed("its predecessor releases it first"),
        }
    }
}

/// The stage in which a successor is there without what its predecessor still holds: to be made, or, in
/// what an interrupted run has made, to be waited for. What has more than that is beyond it.
fn first_stage(subject: &Subject<'_>, verb: Verb) -> Option<Spec> {
    let kind = subject.kind();
    let first = kind.released(&subject.spec)?;
    match (verb, subject.seen.state()) {
        (Verb::Create | Verb::Replace, _) => Some(first),
        // A move that is taken back finds what it left, which carries our tags.
        (Verb::Update | Verb::Adopt, Some(seen)) => {
            kind.lets_go(&first, seen).is_empty().then_some(first)
        }
        _ => None,
    }
}

/// The hosts that a successor takes and that it does not answer for in its first stage.
fn unanswered(subject: &Subject<'_>, hosts: &[String], first: Option<&Spec>) -> Vec<String> {
    let kind = subject.kind();
    let is_left = |host: &&String| {
        let answers = |stage: &Spec| kind.answers(stage, host);
        answers(&subject.spec) && !first.is_some_and(answers)
    };
    hosts.iter().filter(is_left).cloned().collect()
}

fn gap(subject: &Subject<'_>, entry: &Entry, hosts: &[String]) -> Finding {
    let account = |location: Option<&Location>| {
        let account = location.map(|location| location.account_id.to_string());
        account.unwrap_or_default()
    };
    let text = format!(
        "{} moves from account {} to account {}, and nobody answers for it from the moment in which the \
         one lets it go until the other has it, some four minutes later",
        hosts.join(" and "),
        account(entry.location.as_ref()),
        account(subject.location()),
    );
    let place = model::place::of_resource(&subject.resource.id, subject.location());
    Finding::new(rules::PLAN_26, text).in_place(place)
}

/// The decision on one stage of a resource, from that on the whole; `before` is the stage before.
fn stage_decision(
    subject: &Subject<'_>,
    stage: &Spec,
    before: Option<&Spec>,
    whole: &Decision,
) -> Decision {
    let kind = subject.kind();
    let makes = matches!(whole.verb, Verb::Create | Verb::Replace);
    let owned = subject.entry.map(|entry| &entry.spec);
    let diff = match (before, subject.seen.state()) {
        // By then the stage before is there, whatever the plan saw.
        (Some(before), _) => kind.compare(stage, before),
        (None, Some(seen)) if !makes => kind.diff(stage, seen, owned),
        (None, _) => Diff::default(),
    };
    let (verb, reason) = match before {
        None if !makes && diff.is_empty() => (Verb::None, whole.reason.clone()),
        None => (whole.verb, whole.reason.clone()),
        Some(_) => (Verb::Update, Cow::Borrowed("the step before is ready")),
    };
    Decision {
        verb,
        reason,
        diff,
        origin: whole.origin,
        finding: None,
        is_refused: false,
    }
}
