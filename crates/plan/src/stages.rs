//! The actions that bring one desired resource about: one, or one for each stage of its spec, and
//! one by which a predecessor releases what only one resource in the world can hold.

use std::borrow::Cow;
use std::sync::Arc;

use model::{
    Action, Diff, Edge, Entry, Impact, Level, MailImpact, Spec, Step, Transition, Unwanted, Verb,
};
use standards::Strictness;

use crate::decide::Decision;
use crate::planner::{Planner, Subject};

/// A predecessor that has not released yet.
struct Predecessor<'a> {
    entry: &'a Arc<Entry>,
    /// Its spec without what its successor takes.
    released: Spec,
    /// The fields that the release changes.
    diff: Diff,
}

impl<'a> Planner<'a> {
    /// Adds the actions of `subject`.
    pub(crate) fn add_stages(&mut self, subject: &Subject<'a>, decision: Decision) {
        let kind = subject.kind();
        let mut stages = kind.stages(&subject.spec);
        let makes = matches!(decision.verb, Verb::Create | Verb::Replace);
        let predecessor = self.predecessor(subject);
        if let (true, Some(_), Some(released)) = (makes, &predecessor, kind.released(&subject.spec))
        {
            stages.insert(0, released);
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
                action.after.push(self.release(predecessor, None));
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
            if before.is_some() {
                let previous = self.actions.len() - 1;
                action.after.push(Edge {
                    action: previous,
                    level: Level::Ready,
                    reason: Cow::Borrowed("each step is ready before the next"),
                });
                if let Some(predecessor) = predecessor.take() {
                    action.id += 1;
                    action.after.push(self.release(predecessor, Some(previous)));
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
        moved.into_iter().chain(retired).find_map(|entry| {
            let released = kind.released(&entry.spec)?;
            let state = self.seen(&entry.target()).state()?;
            let diff = kind.diff(&released, state, Some(&entry.spec));
            (!diff.is_empty()).then_some(Predecessor {
                entry,
                released,
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

    /// Adds the action of a predecessor, after the action `first` if there is one, and returns the
    /// edge of its successor.
    fn release(&mut self, predecessor: Predecessor<'a>, first: Option<usize>) -> Edge {
        let Predecessor {
            entry,
            released,
            diff,
        } = predecessor;
        let id = self.actions.len();
        let after = first.map(|action| Edge {
            action,
            level: Level::Ready,
            reason: Cow::Borrowed("its successor is there first"),
        });
        let impact = self.release_impact(entry, &released);
        let calls = released.kind().calls(Verb::Update, &released);
        let step = Step::Release(Unwanted::of(entry, released), diff);
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
            level: Level::Done,
            reason: Cow::Borrowed("its predecessor releases it first"),
        }
    }
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
    let diff = match (subject.seen.state(), before) {
        (Some(seen), _) if !makes => kind.diff(stage, seen, owned),
        (_, Some(before)) => kind.compare(stage, before),
        _ => Diff::default(),
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
