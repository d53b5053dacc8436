//! When each call of a plan can be made, and how late it may be so that nothing ends later for it.
//!
//! Calls wait for each other by the plan's edges, for what has to be ready first, and for the quota of their
//! service. A call that may be late can go out together with a later one of its batch key.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::time::Duration;

use model::{Action, ActionId, Level, Plan};

use crate::Rates;

/// Longer than any run: the length of a wait that nobody can tell.
const UNKNOWN: f64 = 1e9;

/// A resource that is not ready so long after it should be, may never be.
const OVERDUE: f64 = 60.0;

/// How far an action is, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// Its call was not made.
    Ahead,
    /// Its call was made so long ago, and it is not over.
    Made(Duration),
    /// It is over, and its call was made so long ago.
    Over(Duration),
}

/// When an action can begin, and when it has to, counted from now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// By what is known of it, it cannot begin before.
    pub earliest: Duration,
    /// Nothing ends later for it if it begins then.
    pub latest: Duration,
}

/// One action comes so long after the call of another.
#[derive(Clone, Copy, Debug)]
struct Lag {
    after: ActionId,
    /// The action whose readiness is waited for: when that is over, there is nothing left to wait.
    ready: ActionId,
    length: f64,
}

/// The order of a plan's calls in time.
#[derive(Clone, Debug, Default)]
pub struct Slack {
    /// The waits of each action.
    lags: Vec<Vec<Lag>>,
    /// The actions that wait for each, with the place of the lag in theirs.
    followers: Vec<Vec<(ActionId, usize)>>,
    /// From the call of each until the run can end, and whose readiness that is.
    ends: Vec<Vec<(ActionId, f64)>>,
    /// The quotas that each action's calls draw from, and how many calls.
    lanes: Vec<Vec<(usize, f64)>>,
    rates: Vec<(f64, f64)>,
    /// The place of each among those that wait for one quota.
    places: Vec<usize>,
}

impl Slack {
    /// The order of a plan under these quotas.
    pub fn of(plan: &Plan, rates: &Rates) -> Self {
        let mut slack = Self::ordered(plan, true);
        // Where a record leads round to what it is published for, the plan's own edges stand alone.
        if slack.sorted().len() < plan.actions.len() {
            slack = Self::ordered(plan, false);
        }
        slack.draw(plan, rates);
        slack.place();
        slack
    }

    /// The waits of a plan, with or without those for what is published.
    fn ordered(plan: &Plan, published: bool) -> Self {
        let count = plan.actions.len();
        let mut slack = Self {
            lags: vec![Vec::new(); count],
            followers: vec![Vec::new(); count],
            ends: vec![Vec::new(); count],
            ..Self::default()
        };
        let mut records: Vec<Vec<ActionId>> = vec![Vec::new(); count];
        for action in &plan.actions {
            for edge in &action.after {
                if published && publishes(plan, action, edge.action, edge.level) {
                    records[edge.action].push(action.id);
                }
            }
        }
        for action in &plan.actions {
            slack.ends[action.id].push((action.id, 0.0));
            if action.wait() {
                for from in or_itself(&records[action.id], &action.id) {
                    slack.ends[*from].push((action.id, until_ready(action)));
                }
            }
            for edge in &action.after {
                let other = &plan.actions[edge.action];
                let waits = edge.level == Level::Ready;
                let length = if waits { until_ready(other) } else { 0.0 };
                let records = records[other.id].as_slice();
                for after in or_itself(if waits { records } else { &[] }, &other.id) {
                    let place = slack.lags[action.id].len();
                    slack.followers[*after].push((action.id, place));
                    slack.lags[action.id].push(Lag {
                        after: *after,
                        ready: other.id,
                        length,
                    });
                }
            }
        }
        slack
    }

    /// The actions, each after those that it waits for; those of a circle are missing.
    fn sorted(&self) -> Vec<ActionId> {
        let mut waits: Vec<usize> = self.lags.iter().map(Vec::len).collect();
        let mut sorted: Vec<ActionId> = (0..waits.len()).filter(|id| waits[*id] == 0).collect();
        let mut next = 0;
        while let Some(id) = sorted.get(next).copied() {
            next += 1;
            for (follower, _) in &self.followers[id] {
                waits[*follower] -= 1;
                if waits[*follower] == 0 {
                    sorted.push(*follower);
                }
            }
        }
        sorted
    }

    fn draw(&mut self, plan: &Plan, rates: &Rates) {
        let mut places = BTreeMap::new();
        for action in &plan.actions {
            let mut lanes = Vec::new();
            for call in action.calls.iter().filter(|_| action.changes()) {
                // A service without a documented quota makes nobody wait.
                let Some(rate) = rates.get(&call.service) else {
                    continue;
                };
                let quota = (action.location.as_ref(), call.service.as_str());
                let place = *places.entry(quota).or_insert_with(|| {
                    self.rates.push((rate.per_second, rate.burst));
                    self.rates.len() - 1
                });
                lanes.push((place, f64::from(call.count)));
            }
            self.lanes.push(lanes);
        }
    }

    /// Those after which the longest chain comes go first, and otherwise as they stand.
    fn place(&mut self) {
        let tails = self.tails();
        let mut order: Vec<ActionId> = (0..tails.len()).collect();
        order.sort_by_key(|id| (Reverse(Duration::from_secs_f64(tails[*id])), *id));
        self.places = vec![0; order.len()];
        for (place, id) in order.into_iter().enumerate() {
            self.places[id] = place;
        }
    }

    /// How long the chain of waits is after the call of each.
    fn tails(&self) -> Vec<f64> {
        let mut tails = vec![0.0_f64; self.lags.len()];
        for id in self.sorted().into_iter().rev() {
            let ends = self.ends[id].iter().map(|(_, length)| *length);
            let after = self.followers[id]
                .iter()
                .map(|(follower, place)| tails[*follower] + self.lags[*follower][*place].length);
            tails[id] = ends.chain(after).fold(0.0, f64::max);
        }
        tails
    }

    /// All that waits for one of these, directly or through others.
    pub fn after(&self, of: &[ActionId]) -> BTreeSet<ActionId> {
        let mut found = BTreeSet::new();
        let mut open = of.to_vec();
        while let Some(id) = open.pop() {
            let followers = self.followers[id].iter().map(|(follower, _)| *follower);
            open.extend(followers.filter(|follower| found.insert(*follower)));
        }
        found
    }

    /// The place of an action among those that wait for one quota: what a long chain comes after goes first.
    pub fn rank(&self, id: ActionId) -> u64 {
        self.places.get(id).map_or(0, |place| *place as u64)
    }

    /// When each action can begin and when it has to. What was begun has no window.
    pub fn windows(&self, how_far: &dyn Fn(ActionId) -> Since) -> Vec<Window> {
        let reached: Vec<Since> = (0..self.lags.len()).map(how_far).collect();
        let times = self.times(&reached);
        let latest = self.latest(&reached, &times);
        let window = |(earliest, latest): (&f64, f64)| Window {
            earliest: Duration::from_secs_f64(*earliest),
            latest: Duration::from_secs_f64(latest.max(*earliest)),
        };
        times.start.iter().zip(latest).map(window).collect()
    }

    /// When each call is made, in seconds from now, as each quota takes them one after the other.
    fn times(&self, reached: &[Since]) -> Times {
        let count = reached.len();
        let mut waits: Vec<usize> = self.lags.iter().map(Vec::len).collect();
        let mut begins = vec![0.0_f64; count];
        let mut times = Times {
            start: vec![0.0; count],
            order: Vec::new(),
        };
        let mut lanes = self.free_lanes(reached);
        let mut free: BinaryHeap<Reverse<(Duration, usize, ActionId)>> = BinaryHeap::new();
        let enter = |begins: f64, id: ActionId| {
            Reverse((Duration::from_secs_f64(begins), self.places[id], id))
        };
        free.extend(
            (0..count)
                .filter(|id| waits[*id] == 0)
                .map(|id| enter(0.0, id)),
        );
        while let Some(Reverse((_, _, id))) = free.pop() {
            if reached[id] == Since::Ahead {
                times.start[id] = self.pass(id, begins[id], &mut lanes);
                times.order.push(id);
            }
            for (follower, place) in &self.followers[id] {
                let left = left(&self.lags[*follower][*place], reached);
                begins[*follower] = begins[*follower].max(times.start[id] + left);
                waits[*follower] -= 1;
                if waits[*follower] == 0 {
                    free.push(enter(begins[*follower], *follower));
                }
            }
        }
        times
    }

    /// For each quota, the moment from which it is free. One that nobody drew from has all its burst.
    fn free_lanes(&self, reached: &[Since]) -> Vec<f64> {
        let mut used = vec![false; self.rates.len()];
        for (lanes, _) in self
            .lanes
            .iter()
            .zip(reached)
            .filter(|(_, one)| **one != Since::Ahead)
        {
            for (lane, _) in lanes {
                used[*lane] = true;
            }
        }
        let lanes = self.rates.iter().zip(used);
        lanes
            .map(|((rate, burst), used)| if used { 0.0 } else { (1.0 - burst) / rate })
            .collect()
    }

    /// Takes the calls of an action from their quotas, from `begins` on. Gives when that is.
    fn pass(&self, id: ActionId, begins: f64, lanes: &mut [f64]) -> f64 {
        let starts = self.lanes[id].iter().map(|(lane, _)| lanes[*lane]);
        let start = starts.fold(begins, f64::max);
        for (lane, count) in &self.lanes[id] {
            let (rate, burst) = self.rates[*lane];
            // Tokens that nobody takes are saved up to the burst.
            let saved = start + (1.0 - burst) / rate;
            lanes[*lane] = lanes[*lane].max(saved) + count / rate;
        }
        start
    }

    /// How late each call may be, from the last to the first.
    fn latest(&self, reached: &[Since], times: &Times) -> Vec<f64> {
        let is_over = |id: ActionId| matches!(reached[id], Since::Over(_));
        let ends = |id: ActionId| {
            let ends = self.ends[id]
                .iter()
                .filter(move |(ready, _)| !is_over(*ready));
            ends.map(|(_, length)| *length)
        };
        let mut horizon = 0.0_f64;
        for (id, since) in reached.iter().enumerate() {
            let ago = since.ago();
            let ends = ends(id).map(|length| times.start[id] + (length - ago).max(0.0));
            // What nobody knows the end of makes nothing else wait.
            horizon = ends.filter(|end| *end < UNKNOWN).fold(horizon, f64::max);
        }
        let mut latest = vec![horizon; reached.len()];
        let mut lanes = vec![f64::INFINITY; self.rates.len()];
        let mut order: Vec<ActionId> = times.order.clone();
        order.sort_by(|one, other| times.start[*one].total_cmp(&times.start[*other]));
        for id in order.into_iter().rev() {
            let mut late = ends(id).fold(horizon, |late, length| late.min(horizon - length));
            for (follower, place) in &self.followers[id] {
                let left = left(&self.lags[*follower][*place], reached);
                late = late.min(latest[*follower] - left);
            }
            for (lane, count) in &self.lanes[id] {
                late = late.min(lanes[*lane] - count / self.rates[*lane].0);
            }
            // By the burst of a quota, some begin at one time.
            latest[id] = late.max(times.start[id]);
            for (lane, _) in &self.lanes[id] {
                lanes[*lane] = late;
            }
        }
        latest
    }
}

/// When calls are made.
struct Times {
    start: Vec<f64>,
    /// Those that were not made yet, each after what it waits for.
    order: Vec<ActionId>,
}

impl Since {
    fn ago(self) -> f64 {
        match self {
            Self::Ahead => 0.0,
            Self::Made(ago) | Self::Over(ago) => ago.as_secs_f64(),
        }
    }
}

/// The rest of a lag, from the call that it is counted from, or from now where that was made.
fn left(lag: &Lag, reached: &[Since]) -> f64 {
    if matches!(reached[lag.ready], Since::Over(_)) {
        return 0.0;
    }
    let left = lag.length - reached[lag.after].ago();
    if left < -OVERDUE && lag.length > 0.0 {
        return UNKNOWN;
    }
    left.max(0.0)
}

/// From its call until a resource is ready. People publish when they do.
fn until_ready(action: &Action) -> f64 {
    if !action.changes() {
        return 0.0;
    }
    if action.location.is_none() {
        return UNKNOWN;
    }
    action.spec().kind().expected().as_secs_f64()
}

/// The records that a resource is not ready without, or, where there are none, itself.
fn or_itself<'a>(records: &'a [ActionId], id: &'a ActionId) -> &'a [ActionId] {
    if records.is_empty() {
        std::slice::from_ref(id)
    } else {
        records
    }
}

/// Whether an action publishes what another resource gives out: a certificate is issued, and an identity verified,
/// only after its records are there.
fn publishes(plan: &Plan, record: &Action, of: ActionId, level: Level) -> bool {
    let of = &plan.actions[of];
    let references = record.spec().references();
    level == Level::Done
        && record.batch.is_some()
        && record.wanted().is_some()
        && until_ready(of) > 0.0
        && references.iter().any(|one| one.resource == of.resource)
}
