//! Carries a plan out, then observes and plans again.

use std::collections::BTreeSet;
use std::time::Duration;

use blueprint::GracePeriod;
use engine::{Report, Terms};
use ledger::{Event, Journal};
use model::{Action, Plan};

use crate::{Error, Planned, Project, Wish, authority};

/// The first pause before stale reads are repeated.
const STALE_PAUSE: Duration = Duration::from_secs(10);

/// The second observation after an apply, and the second plan.
pub struct Settled {
    /// The plan of after.
    pub again: Planned,
}

impl Settled {
    /// Whether everything is as the manifest asks: the second plan is empty, and nothing refuses it.
    pub fn is_in_sync(&self) -> bool {
        self.again.plan.is_empty() && !self.again.is_refused()
    }
}

/// Carries a plan out. The documents that it changes are claimed first, as they were when the plan
/// was made: else nothing is changed. Then the accepted risks are recorded.
pub async fn carry_out(
    project: &Project,
    planned: &Planned,
    journal: &Journal,
    terms: Terms<'_>,
) -> Result<Report, Error> {
    let is_unknown = |rule: &&String| model::rules::find(rule).is_none();
    if let Some(unknown) = terms.options.accepted.iter().find(is_unknown) {
        return Err(Error::Usage(format!(
            "--accept-risk {unknown}: there is no such rule; `deploy rules` lists them"
        )));
    }
    journal.claim(&changed_documents(&planned.plan)).await?;
    authority::record(&planned.authority, journal).await?;
    record_risks(&planned.plan, journal, &terms.options.accepted).await?;
    let applied = project
        .engine
        .apply(&planned.plan, &planned.actual, journal, terms);
    Ok(applied.await?)
}

async fn record_risks(
    plan: &Plan,
    journal: &Journal,
    accepted: &BTreeSet<String>,
) -> Result<(), Error> {
    if accepted.is_empty() {
        return Ok(());
    }
    let accept = |rule: &String| Event::Accepted { rule: rule.clone() };
    for document in changed_documents(plan) {
        let accepted = accepted.iter().map(accept).collect();
        journal.intend(&document, accepted).await?;
    }
    Ok(())
}

/// The documents of what a plan changes.
fn changed_documents(plan: &Plan) -> BTreeSet<String> {
    let changing = plan.actions.iter().filter(|action| action.changes());
    changing
        .map(|action| action.resource.document().into_owned())
        .collect()
}

/// Observes and plans again: after a complete apply, the plan must be empty.
///
/// Where it is not, and only because of what `carried_out` changed a moment ago and AWS can still show
/// as it was, it is made again, with a pause that doubles, until such reads are over. `tell` gets
/// each pause, and how long they last at most.
pub async fn settle(
    project: &Project,
    journal: &Journal,
    carried_out: &Plan,
    tell: &(dyn Fn(Duration, Duration) + Sync),
) -> Result<Settled, Error> {
    let begun = project.clock.now();
    let mut pause = STALE_PAUSE;
    // What is left then is no answer from a moment ago.
    let moving = !moving(carried_out).is_empty();
    loop {
        let again = project.plan(journal.ledger(), Wish::All).await?;
        let stale = stale(project, &again.plan, carried_out);
        let passed = project.clock.now().duration_since(begun).unsigned_abs();
        if again.is_refused() || moving || stale <= passed {
            return Ok(Settled { again });
        }
        let next = pause.min(stale.saturating_sub(passed));
        tell(next, stale);
        project.clock.sleep(next).await;
        pause *= 2;
    }
}

/// The domains whose hosting a plan moves to another account. When it is carried out, the wildcards that it
/// took are left, which the next apply removes.
pub fn moving(plan: &Plan) -> BTreeSet<&str> {
    blueprint::moved(plan.actions.iter().filter_map(Action::desired))
}

/// How long what differs can be what was there before a change of `carried_out`; zero where something
/// differs that it did not change, or that AWS shows at once.
fn stale(project: &Project, again: &Plan, carried_out: &Plan) -> Duration {
    let of = |action: &Action| {
        let was_changed = |done: &&Action| done.changes() && done.resource == action.resource;
        let kind = project.engine.kinds().get(action.resource.kind.as_str());
        let changed = carried_out.actions.iter().find(was_changed);
        changed
            .and(kind)
            .map_or(Duration::ZERO, |kind| kind.stale())
    };
    let differing = again.actions.iter().filter(|action| action.changes());
    differing.map(of).min().unwrap_or_default()
}

/// The resources that stay for their grace period after a run: a later run removes them.
pub async fn grace_periods(project: &Project, journal: &Journal) -> Vec<GracePeriod> {
    let ledger = project.in_scope(journal.ledger());
    let (desired, _) = project.desired(&ledger).await;
    blueprint::grace_periods(&ledger, &desired, project.clock.now())
}
