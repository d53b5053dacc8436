//! Shows a plan being carried out: a line for each running action on a terminal, a line for each
//! finished one elsewhere.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use clock::Clock;
use engine::{ActionOutcome, Progress, Watch};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use jiff::Timestamp;
use model::{ActionId, Plan};
use report::escape;

use crate::printer::Printer;

/// A running action.
struct Running {
    since: Timestamp,
    waits_for: String,
    bar: Option<ProgressBar>,
}

/// Shows progress.
pub(crate) struct Show<'a> {
    plan: &'a Plan,
    printer: &'a Printer,
    clock: Clock,
    bars: Option<MultiProgress>,
    running: Mutex<BTreeMap<ActionId, Running>>,
}

impl<'a> Show<'a> {
    pub(crate) fn new(plan: &'a Plan, printer: &'a Printer, clock: Clock) -> Self {
        let bars = printer.is_watched().then(MultiProgress::new);
        Self {
            plan,
            printer,
            clock,
            bars,
            running: Mutex::default(),
        }
    }

    fn name(&self, id: ActionId) -> String {
        let action = &self.plan.actions[id];
        escape(&format!(
            "{} {}",
            report::verb(action.location.is_none(), action.verb()),
            action.resource
        ))
    }

    fn line(&self, text: &str) {
        match &self.bars {
            // A terminal that can't show a line can't show an error about it.
            Some(bars) => drop(bars.println(text)),
            None => self.printer.progress(text),
        }
    }

    fn start(&self, id: ActionId) -> Running {
        let bar = self.bars.as_ref().map(|bars| {
            let bar = bars.add(ProgressBar::new_spinner());
            if let Ok(style) = ProgressStyle::with_template("  {spinner} {msg}") {
                bar.set_style(style);
            }
            bar.set_message(self.name(id));
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Running {
            since: self.clock.now(),
            waits_for: String::new(),
            bar,
        }
    }

    fn wait(&self, id: ActionId, what: &str) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let state = running.entry(id).or_insert_with(|| self.start(id));
        let elapsed = seconds(self.clock.now().duration_since(state.since).as_secs_f64());
        let text = format!("{}  waits for {} ({elapsed})", self.name(id), escape(what));
        match &state.bar {
            Some(bar) => bar.set_message(text),
            None if state.waits_for != what => self.line(&format!("  … {text}")),
            None => {}
        }
        what.clone_into(&mut state.waits_for);
    }

    fn finish(&self, id: ActionId, outcome: &ActionOutcome) {
        let state = self
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&id);
        if let Some(bar) = state.as_ref().and_then(|state| state.bar.as_ref()) {
            bar.finish_and_clear();
        }
        let waited = state
            .as_ref()
            .is_some_and(|state| !state.waits_for.is_empty());
        if !self.plan.actions[id].changes() && !waited && *outcome == ActionOutcome::Done {
            return;
        }
        let elapsed = state.map(|state| self.clock.now().duration_since(state.since).as_secs_f64());
        let elapsed = elapsed
            .map(|elapsed| format!(" ({})", seconds(elapsed)))
            .unwrap_or_default();
        let mark = match outcome {
            ActionOutcome::Done => "✓",
            ActionOutcome::Waiting(_) | ActionOutcome::NotBegun => "…",
            ActionOutcome::Skipped(_) => "-",
            ActionOutcome::Failed(_) | ActionOutcome::Broken(_) | ActionOutcome::Refused(..) => "✗",
        };
        self.line(&format!("  {mark} {}{elapsed}", self.name(id)));
    }
}

impl Watch for Show<'_> {
    fn see(&self, progress: &Progress<'_>) {
        match progress {
            Progress::Started(id) => {
                let state = self.start(*id);
                self.running
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(*id, state);
            }
            Progress::Waiting(id, what) => self.wait(*id, what),
            Progress::Applied(_) => {}
            Progress::Finished(id, outcome) => self.finish(*id, outcome),
        }
    }
}

/// Seconds for people.
pub(crate) fn seconds(seconds: f64) -> String {
    if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{} min {:02.0} s", (seconds / 60.0).floor(), seconds % 60.0)
    }
}
