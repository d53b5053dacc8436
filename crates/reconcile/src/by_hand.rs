//! The records that a person publishes, each in its round; in the sandbox they are published, as the
//! operator of a manual DNS would, or taken out again.

use engine::{PreconditionOutcome, check_precondition};
use kinds::record::Record;
use model::{Action, ActionId, Field, Level, PreconditionCheck, Round, Step, Verb};
use report::{PublishableRecord, RecordRound, RecordTask};
use sandbox::Sandbox;

use crate::{Error, Planned, Project, Wish};

/// The count of records that were published or taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByHand {
    /// The records that were set.
    pub done: usize,
    /// All records, with those that wait and those whose values are not known yet.
    pub all: usize,
}

/// Publishes the records that a person has to publish now, as far as they are known, or takes those out
/// that have to go.
pub async fn publish_by_hand(project: &Project, present: bool) -> Result<ByHand, Error> {
    let sandbox = project.sandbox.as_ref().ok_or_else(|| {
        Error::Usage("records are published by the program in a sandbox only".to_owned())
    })?;
    let wish = if present { Wish::All } else { Wish::NothingNow };
    let planned = project.plan(project.ledger().await?, wish).await?;
    let mut done = 0;
    let by_hand = planned.plan.actions.iter();
    let by_hand = by_hand.filter(|action| action.location.is_none());
    let records = publishable(project, &planned, by_hand).await;
    // Whoever withdraws everything does not wait for what uses it.
    let goes = |one: &&PublishableRecord| match one.task {
        RecordTask::TakeOut => true,
        RecordTask::Keep(_) => !present,
        RecordTask::Publish(_) => false,
    };
    // A set that is taken out may hold a value that stays, and is published again.
    for record in records.iter().filter(goes) {
        done += usize::from(set(sandbox, record, false)?);
    }
    for record in &records {
        if matches!(&record.task, RecordTask::Publish(round) if round.is_now()) {
            done += usize::from(set(sandbox, record, true)?);
        }
    }
    let all = records.iter();
    let all = all.filter(|one| !matches!(one.task, RecordTask::Keep(_)) || goes(one));
    let all = all.count();
    Ok(ByHand { done, all })
}

/// Publishes a record, or takes it out. Gives back whether it could be: what is not known yet can't.
fn set(sandbox: &Sandbox, record: &PublishableRecord, present: bool) -> Result<bool, Error> {
    let values: Option<Vec<&str>> = record.values.iter().map(Option::as_deref).collect();
    let (Some(name), Some(values)) = (&record.name, values) else {
        return Ok(false);
    };
    let now = sandbox.clock().now();
    let mut world = sandbox.world();
    if let Some(server) = world.dns.name_server(name) {
        return Err(Error::Usage(format!(
            "{name} is on the name server {server}: publish it there"
        )));
    }
    let done = if present {
        world.dns.publish(name, record.rtype.as_str(), &values, now)
    } else {
        world.dns.unpublish(name, record.rtype.as_str(), now)
    };
    done.map_err(|problem| Error::Usage(format!("{name}: {problem}")))?;
    Ok(true)
}

/// The records of these actions of a plan that somebody publishes: each as it is to be, in its round,
/// and what stands until then. A record that is published, or taken out, before its time can stop mail.
pub async fn publishable<'a>(
    project: &Project,
    planned: &Planned,
    actions: impl IntoIterator<Item = &'a Action>,
) -> Vec<PublishableRecord> {
    let rounds = planned.rounds();
    let mut records = Vec::new();
    for action in actions {
        let Some(record) = published(planned, action) else {
            continue;
        };
        let round = round(project, planned, action, &rounds[action.id]).await;
        let keep = RecordTask::Keep(round.after.clone());
        if action.wanted().is_some() {
            let standing = standing(planned, action).filter(|_| !round.is_now());
            records.extend(standing.map(|standing| PublishableRecord {
                task: keep,
                ..standing
            }));
            let task = RecordTask::Publish(round);
            records.push(PublishableRecord { task, ..record });
        } else if action.verb() == Verb::Delete {
            let task = if round.is_now() {
                RecordTask::TakeOut
            } else {
                keep
            };
            records.push(PublishableRecord { task, ..record });
        }
    }
    records
}

/// The record of an action, as far as it is known; nothing where it has none.
fn published(planned: &Planned, action: &Action) -> Option<PublishableRecord> {
    let spec = planned.resolved(action.spec());
    let record = kinds::record_of(&spec)?;
    Some(PublishableRecord::new(&action.resource, record))
}

/// The values that stand in the place of a record that is not to be published yet.
fn standing(planned: &Planned, action: &Action) -> Option<PublishableRecord> {
    let spec = planned.resolved(action.spec());
    let record = kinds::record_of(&spec)?;
    let set = kinds::record_state(planned.state(&action.resource)?)?
        .set
        .as_ref()?;
    let owned = action.owned().and_then(kinds::record_of);
    let values = record.standing(set, owned).into_iter();
    let values: Vec<Field<String>> = values.map(|value| value.to_owned().into()).collect();
    let standing = Record {
        values,
        alias: None,
        ..record.clone()
    };
    (!standing.values.is_empty()).then(|| PublishableRecord::new(&action.resource, &standing))
}

/// The round of a record. Conditions that are seen from outside are probed where nothing else is
/// waited for; what stands already as it is to be meets them.
async fn round(
    project: &Project,
    planned: &Planned,
    action: &Action,
    round: &Round,
) -> RecordRound {
    let stands = matches!(action.step, Step::Keep(..)) && planned.state(&action.resource).is_some();
    if stands {
        return RecordRound::default();
    }
    let condition = |(id, level): (&ActionId, &Level)| {
        let before = &planned.plan.actions[*id];
        let spec = planned.resolved(before.spec());
        match level {
            Level::Ready if before.wanted().is_some() => {
                spec.kind().describe_ready(&spec, before.location.as_ref())
            }
            // What goes is waited for until it is gone, not until it is ready.
            _ => format!("this is applied: {} {}", before.verb(), before.resource),
        }
    };
    let mut after: Vec<String> = round.after.iter().map(condition).collect();
    let is_free = after.is_empty();
    for precondition in action.preconditions() {
        if !(is_free && passes(project, &precondition.check).await) {
            after.push(report::precondition(precondition));
        }
    }
    let number = if after.is_empty() {
        0
    } else {
        round.number.max(1)
    };
    RecordRound { number, after }
}

/// Whether a condition is seen to hold.
async fn passes(project: &Project, check: &PreconditionCheck) -> bool {
    // No check of what a person publishes asks when something was changed.
    let outside = project.engine.outside();
    let outcome = check_precondition(outside, &|_| None, check, project.clock.now());
    outcome.await == PreconditionOutcome::Passed
}
