//! Shows a plan being carried out: totals and the slowest actions on a terminal, where nothing scrolls
//! but failures; a line for each change elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use clock::Clock;
use engine::{ActionOutcome, Progress, Watch};
use jiff::Timestamp;
use model::{ActionId, Plan, ResourceId};
use reconcile::{HowFar, Project, Schedule};
use report::{Carrying, Running, Wait, escape};

use crate::live::Live;
use crate::outcome::{seconds, why};
use crate::printer::Printer;

/// Shows progress.
pub(crate) struct Show<'a> {
    plan: &'a Plan,
    printer: &'a Printer,
    clock: Clock,
    state: Arc<Mutex<State>>,
    live: Live,
}

/// How far a plan is. Whoever draws it does so beside the run.
#[derive(Default)]
struct State {
    changes: usize,
    over: usize,
    failed: usize,
    ended: BTreeSet<ActionId>,
    running: BTreeMap<ActionId, Begun>,
    /// When something was last seen.
    now: Timestamp,
}

/// A running action.
struct Begun {
    since: Timestamp,
    /// The action while its call is made: `create s3_bucket/example.com/assets`.
    name: String,
    /// The resource while it is waited for: `example.com/assets`.
    resource: String,
    wait: Option<Wait>,
}

impl<'a> Show<'a> {
    pub(crate) fn new(
        plan: &'a Plan,
        schedule: Schedule,
        printer: &'a Printer,
        clock: Clock,
    ) -> Self {
        let state = Arc::new(Mutex::new(State {
            changes: plan.changes(),
            now: clock.now(),
            ..State::default()
        }));
        let shared = Arc::clone(&state);
        let schedule = Arc::new(schedule);
        let live = Live::show(printer.is_watched(), move |columns| {
            let state = shared.lock().unwrap_or_else(PoisonError::into_inner);
            // Under a paused clock, time passes in the run's own thread only.
            let now = clock.now().max(state.now);
            report::carrying_text(&state.carrying(&schedule, now), columns)
        });
        Self {
            plan,
            printer,
            clock,
            state,
            live,
        }
    }

    fn name(&self, id: ActionId) -> String {
        let action = &self.plan.actions[id];
        format!(
            "{} {}",
            report::verb(action.location.is_none(), action.verb()),
            action.resource
        )
    }

    /// The resource in few words: what is waited for says what kind of thing it is.
    fn resource(&self, id: ActionId) -> String {
        let ResourceId { domain, name, .. } = &self.plan.actions[id].resource;
        format!("{domain}/{name}")
    }

    /// Changes what is shown. Nothing may be printed meanwhile: whoever draws waits for this.
    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.now = self.clock.now();
        change(&mut state)
    }

    fn begin(&self, id: ActionId, wait: Option<Wait>) {
        self.change(|state| {
            let now = state.now;
            let begun = state.running.entry(id).or_insert_with(|| Begun {
                since: now,
                name: self.name(id),
                resource: self.resource(id),
                wait: None,
            });
            begun.wait = wait;
        });
    }

    fn wait(&self, id: ActionId, whom: &'static str, what: &str) {
        let what = what.to_owned();
        self.begin(id, Some(Wait { whom, what }));
    }

    fn finish(&self, id: ActionId, outcome: &ActionOutcome) {
        let changes = self.plan.actions[id].changes();
        let is_well = *outcome == ActionOutcome::Done;
        let begun = self.change(|state| {
            state.ended.insert(id);
            state.over += usize::from(changes);
            state.failed += usize::from(changes && !is_well);
            let begun = state.running.remove(&id)?;
            Some((state.now.duration_since(begun.since), begun.wait))
        });
        let lasted = begun.as_ref().map(|(lasted, _)| lasted.as_secs());
        // What was ready when it was first asked about is no news.
        if !changes && is_well && lasted.is_none_or(|seconds| seconds == 0) {
            return;
        }
        let mark = match outcome {
            ActionOutcome::Done => "✓",
            ActionOutcome::Waiting(_) | ActionOutcome::NotYet(_) | ActionOutcome::NotBegun => "…",
            ActionOutcome::Skipped(_) => "-",
            ActionOutcome::Failed(_) | ActionOutcome::Broken(_) | ActionOutcome::Refused(..) => "✗",
        };
        // On a terminal the totals count what went well, and the end lists what waits.
        if self.live.is_shown() && mark != "✗" {
            return;
        }
        let mut line = format!("  {mark} {}", self.name(id));
        if let Some((lasted, wait)) = &begun {
            let wait = wait.as_ref().map(|wait| briefly(&wait.what));
            let waited = wait.map_or_else(String::new, |what| format!("; waited for {what}"));
            let _ = write!(line, " ({}{waited})", seconds(lasted.as_secs_f64()));
        }
        if let Some(why) = why(outcome) {
            let _ = write!(line, ": {why}");
        }
        self.printer.progress(&escape(&line));
    }
}

impl State {
    fn carrying(&self, schedule: &Schedule, now: Timestamp) -> Carrying {
        let since =
            |begun: &Begun| Duration::try_from(now.duration_since(begun.since)).unwrap_or_default();
        let how_far = |id| match self.running.get(&id) {
            _ if self.ended.contains(&id) => HowFar::Over,
            Some(begun) => HowFar::Begun(since(begun)),
            None => HowFar::Ahead,
        };
        let running = self.running.values().map(|begun| Running {
            name: match begun.wait {
                Some(_) => begun.resource.clone(),
                None => begun.name.clone(),
            },
            lasts: since(begun),
            wait: begun.wait.clone(),
        });
        Carrying {
            over: self.over,
            of: self.changes,
            failed: self.failed,
            running: running.collect(),
            left: schedule.left(&how_far),
        }
    }
}

impl Watch for Show<'_> {
    fn see(&self, progress: &Progress<'_>) {
        match progress {
            Progress::Started(id) => self.begin(*id, None),
            Progress::Waiting(id, what) => {
                let action = &self.plan.actions[*id];
                let whom = match action.location {
                    Some(_) => report::service(&action.resource.kind),
                    None => "people",
                };
                self.wait(*id, whom, what);
            }
            Progress::Probing(id, what) => self.wait(*id, "probes", what),
            Progress::Applied(_) => {}
            Progress::Finished(id, outcome) => self.finish(*id, outcome),
        }
    }
}

/// The thing that is waited for, without its explanation.
fn briefly(what: &str) -> &str {
    let what = what.split_once(": ").map_or(what, |(what, _)| what);
    what.split_once(" (").map_or(what, |(what, _)| what)
}

/// Does what observes a project, and shows how far it is.
pub(crate) async fn while_reading<T>(
    project: &Project,
    printer: &Printer,
    work: impl Future<Output = T>,
) -> T {
    let reading = project.engine.reading();
    let _live = Live::show(printer.is_watched(), move |columns| {
        let now = reading.now();
        report::reading_text(now.seen, now.of, &now.asked, columns)
    });
    work.await
}
