//! How long the rest of a plan lasts, while it is carried out.

use std::collections::BTreeMap;
use std::time::Duration;

use model::{ActionId, Level, Plan};

use crate::{Rate, Rates};

/// How far an action is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HowFar {
    /// It was not begun.
    Ahead,
    /// It was begun so long ago, and is not over.
    Begun(Duration),
    /// It is over, well or not.
    Over,
}

/// The time that each action of a plan takes. It does not borrow the plan, because whoever draws it
/// does so beside the run.
#[derive(Clone, Debug, Default)]
pub struct Schedule {
    items: Vec<Item>,
    /// The quota of each service in each location, as far as it is documented.
    quotas: Vec<Rate>,
}

/// One action.
#[derive(Clone, Debug, Default)]
struct Item {
    /// The actions that come first, and whether they have to be ready or only to be made.
    after: Vec<(ActionId, Level)>,
    /// From its call until it is ready.
    until_ready: Duration,
    /// Whether the run ends only when it is ready.
    is_awaited: bool,
    /// Its calls, by their place in `quotas`.
    calls: Vec<(usize, u32)>,
}

impl Schedule {
    /// The schedule of a plan.
    pub fn of(plan: &Plan, rates: &Rates) -> Self {
        let mut schedule = Self::default();
        let mut places = BTreeMap::new();
        for action in &plan.actions {
            let mut calls = Vec::new();
            for call in &action.calls {
                // A service without a documented quota makes nobody wait.
                let Some(rate) = rates.get(&call.service) else {
                    continue;
                };
                let quota = (action.location.as_ref(), call.service.as_str());
                let place = *places.entry(quota).or_insert_with(|| {
                    schedule.quotas.push(*rate);
                    schedule.quotas.len() - 1
                });
                calls.push((place, call.count));
            }
            let changes = action.changes();
            let edges = action.after.iter();
            schedule.items.push(Item {
                after: edges.map(|edge| (edge.action, edge.level)).collect(),
                until_ready: if changes && action.location.is_some() {
                    action.spec().kind().expected()
                } else {
                    Duration::ZERO
                },
                is_awaited: action.wait(),
                calls,
            });
        }
        schedule
    }

    /// How long the rest lasts, by AWS's quotas and by what each resource takes until it is ready. Zero
    /// where nothing is known of what is left: it takes longer than expected already, or it is for a
    /// person to do.
    pub fn left(&self, how_far: &dyn Fn(ActionId) -> HowFar) -> Duration {
        let reached: Vec<HowFar> = (0..self.items.len()).map(how_far).collect();
        self.waits(&reached) + self.calls(&reached)
    }

    /// The longest chain of waits.
    fn waits(&self, reached: &[HowFar]) -> Duration {
        // A plan has an action after all that come first.
        let mut made: Vec<Duration> = Vec::with_capacity(self.items.len());
        let mut ready: Vec<Duration> = Vec::with_capacity(self.items.len());
        let mut longest = Duration::ZERO;
        for (item, how_far) in self.items.iter().zip(reached) {
            let first = item.after.iter().map(|(other, level)| match level {
                Level::Ready => ready[*other],
                Level::Done => made[*other],
            });
            let begins = first.max().unwrap_or_default();
            let (is_made, is_ready) = match how_far {
                HowFar::Ahead => (begins, begins + item.until_ready),
                HowFar::Begun(ago) => (Duration::ZERO, item.until_ready.saturating_sub(*ago)),
                HowFar::Over => (Duration::ZERO, Duration::ZERO),
            };
            longest = longest.max(if item.is_awaited { is_ready } else { is_made });
            made.push(is_made);
            ready.push(is_ready);
        }
        longest
    }

    /// The time that the slowest quota makes the calls last that were not made.
    fn calls(&self, reached: &[HowFar]) -> Duration {
        let mut left = vec![0; self.quotas.len()];
        let ahead = self.items.iter().zip(reached);
        for (item, _) in ahead.filter(|(_, how_far)| **how_far == HowFar::Ahead) {
            for (place, count) in &item.calls {
                left[*place] += count;
            }
        }
        let seconds = self
            .quotas
            .iter()
            .zip(left)
            .map(|(rate, count)| (f64::from(count) - rate.burst).max(0.0) / rate.per_second);
        Duration::from_secs_f64(seconds.fold(0.0, f64::max))
    }
}
