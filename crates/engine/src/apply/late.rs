//! Whether what was gathered of a batch can go out with what comes later, and nothing ends later for it.

use std::time::Duration;

use jiff::Timestamp;
use model::{ActionId, Resource, Step};
use plan::{Since, Window};

use super::Run;
use super::board::{Board, Stage};

/// For how long the times that were reckoned serve. A fleet has thousands of actions.
const SERVES: Duration = Duration::from_secs(5);

/// The times of a run's calls, as far as they are known.
pub(super) struct Lateness {
    /// The actions about what is not new and takes time to become ready. An identity or a certificate of an earlier run is ready
    /// only after its records are there, as one of this run is; but its records say what it gave out by now, and
    /// no longer from where: the plan does not know that it waits for them.
    known: Vec<ActionId>,
    /// When each call was made.
    made: Vec<Option<Timestamp>>,
    begun: Timestamp,
    /// When the windows were reckoned, and how far each is from there.
    reckoned: Option<(Timestamp, Vec<Window>)>,
}

impl Lateness {
    pub(super) fn new(run: &Run<'_>) -> Self {
        let takes_time = |resource: &Resource| !resource.spec.kind().expected().is_zero();
        let known = run.plan.actions.iter().filter(|action| {
            !matches!(action.step, Step::Create(_))
                && action.location.is_some()
                && action.desired().is_some_and(takes_time)
        });
        Self {
            known: known.map(|action| action.id).collect(),
            made: vec![None; run.plan.actions.len()],
            begun: run.engine.clock.now(),
            reckoned: None,
        }
    }

    /// The call of an action was made.
    pub(super) fn made(&mut self, id: ActionId, now: Timestamp) {
        self.made[id] = Some(now);
    }

    /// Whether an action of this key will be free before what was gathered has to go out. A batch costs a request
    /// and one or two questions whether it is in sync. What is changed, not made, goes out at once: somebody may
    /// wait for it.
    pub(super) fn is_others_turn(
        &mut self,
        run: &Run<'_>,
        board: &Board<'_>,
        key: &str,
        gathered: &[ActionId],
    ) -> bool {
        let is_new = |id: &ActionId| matches!(run.plan.actions[*id].step, Step::Create(_));
        if !gathered.iter().all(is_new) || board.waiting_with(key).next().is_none() {
            return false;
        }
        let is_over = |id: &ActionId| matches!(board.stage(*id), Stage::Over(_));
        if !self.known.iter().all(is_over) {
            return false;
        }
        let windows = self.windows(run, board);
        let latest = gathered.iter().map(|id| windows[*id].latest).min();
        let after = run.slack.after(gathered);
        let mut others = board.waiting_with(key).filter(|id| !after.contains(id));
        others.any(|id| Some(windows[id].earliest) <= latest)
    }

    fn windows(&mut self, run: &Run<'_>, board: &Board<'_>) -> &[Window] {
        let now = run.engine.clock.now();
        let is_stale = |(since, _): &(Timestamp, Vec<Window>)| *since + SERVES < now;
        if self.reckoned.as_ref().is_none_or(is_stale) {
            let how_far = |id: ActionId| {
                let made = self.made[id].unwrap_or(self.begun);
                let ago = now.duration_since(made).unsigned_abs();
                match board.stage(id) {
                    Stage::Idle | Stage::Acting => Since::Ahead,
                    Stage::Done => Since::Made(ago),
                    Stage::Over(_) => Since::Over(ago),
                }
            };
            let windows = run.slack.windows(&how_far);
            self.reckoned = Some((now, windows));
        }
        self.reckoned.as_ref().map_or(&[], |(_, windows)| windows)
    }
}
