//! How many API calls a plan makes, and how long AWS's quotas make them last.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use model::{Action, Calls, Level, Location, Plan, Polls, Verb};

/// A token bucket's documented figures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// Tokens that come back each second.
    pub per_second: f64,
    /// How many can be saved up.
    pub burst: f64,
}

/// The rate of each service's calls, by the service's name.
pub type Rates = BTreeMap<String, Rate>;

/// The cost of a plan.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Estimate {
    /// Calls by service, with those of batches.
    pub calls: BTreeMap<String, u32>,
    /// Requests by service that ask whether what was changed is ready, as far as AWS takes as long as it
    /// usually does. They are within a fifth of what an apply of one domain or of ten makes in all, where
    /// nothing is throttled.
    pub polls: BTreeMap<String, u32>,
    /// Seconds that the slowest quota makes the calls last, with the polls that each of them needs: Route 53 takes
    /// the questions about changes from the quota of the changes. One question about all that wait is asked in
    /// the time that they take anyway.
    pub seconds: f64,
    /// That quota, where it makes anybody wait.
    pub binds: Option<Binding>,
}

/// The quota that makes a plan last the longest.
#[derive(Clone, Debug, PartialEq)]
pub struct Binding {
    /// The service, by its name in the rates.
    pub service: String,
    /// The region of the calls, if they are in one.
    pub region: Option<String>,
    /// How many calls, with the polls that each of them needs.
    pub calls: u32,
    /// How many of them AWS takes in a second.
    pub per_second: f64,
}

impl Estimate {
    /// Calls of all services, without polls.
    pub fn total(&self) -> u32 {
        self.calls.values().sum()
    }

    /// Polls of all services.
    pub fn total_polls(&self) -> u32 {
        self.polls.values().sum()
    }
}

/// The estimate.
pub fn estimate(plan: &Plan, rates: &Rates) -> Estimate {
    let mut by_quota: BTreeMap<(Option<&Location>, &str), u32> = BTreeMap::new();
    for action in &plan.actions {
        for calls in &action.calls {
            let quota = (action.location.as_ref(), calls.service.as_str());
            *by_quota.entry(quota).or_default() += calls.count;
        }
    }
    let batches: BTreeMap<_, _> = batches(plan).collect();
    for ((location, _, _), calls) in &batches {
        for calls in calls {
            *by_quota.entry((*location, &calls.service)).or_default() += calls.count;
        }
    }
    // A full bucket lets the burst through at once; only the rest waits. A service without a documented quota
    // makes nobody wait.
    let lasting = |service: &str, count: u32| {
        let rate = rates.get(service)?;
        Some((
            rate,
            (f64::from(count) - rate.burst).max(0.0) / rate.per_second,
        ))
    };
    let spread = |location: Option<&Location>, service: &str| {
        let count = by_quota.get(&(location, service)).copied();
        let lasting = lasting(service, count.unwrap_or_default());
        lasting.map_or(0.0, |(_, seconds)| seconds)
    };
    let polled = polls(plan, &spread);
    let mut estimate = Estimate {
        polls: polled.by_service,
        ..Estimate::default()
    };
    for (&(location, service), &count) in &by_quota {
        let each = polled.each.get(&(location, service));
        let calls = count + each.copied().unwrap_or_default();
        if let Some((rate, seconds)) = lasting(service, calls)
            && seconds > estimate.seconds
        {
            estimate.seconds = seconds;
            estimate.binds = Some(Binding {
                service: service.to_owned(),
                region: location.map(|location| location.region.to_string()),
                calls,
                per_second: rate.per_second,
            });
        }
        *estimate.calls.entry(service.to_owned()).or_default() += count;
    }
    estimate
}

/// The polls of a plan.
struct Polled<'p> {
    by_service: BTreeMap<String, u32>,
    /// Those that are about one change each.
    each: BTreeMap<(Option<&'p Location>, &'static str), u32>,
}

/// The polls of a plan. `spread` is the time over which the calls to a service are made.
fn polls<'p>(plan: &'p Plan, spread: &dyn Fn(Option<&Location>, &str) -> f64) -> Polled<'p> {
    let awaited = awaited(plan);
    let mut of_kinds: BTreeMap<(Option<&Location>, &str), (Polls, Duration)> = BTreeMap::new();
    let mut of_batches: BTreeMap<Batch<'_>, Polls> = BTreeMap::new();
    let mut each: BTreeMap<(Option<&Location>, &str), u32> = BTreeMap::new();
    for (action, depth) in plan.actions.iter().zip(depths(plan)) {
        if !awaited.contains(&action.id) || action.location.is_none() {
            continue;
        }
        let kind = action.spec().kind();
        let asked = kind.polls(action.verb());
        let location = action.location.as_ref();
        if asked.together > 0 {
            of_kinds.insert((location, kind.name()), (asked, kind.poll()));
        }
        match &action.batch {
            Some(key) => drop(of_batches.insert((location, key, depth), asked)),
            None => *each.entry((location, asked.service)).or_default() += asked.each,
        }
    }
    for ((location, ..), asked) in &of_batches {
        *each.entry((*location, asked.service)).or_default() += asked.each;
    }
    let mut by_service: BTreeMap<String, u32> = BTreeMap::new();
    for ((_, service), count) in each.iter().filter(|(_, count)| **count > 0) {
        *by_service.entry((*service).to_owned()).or_default() += count;
    }
    for ((location, _), (asked, pause)) in of_kinds {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a time that is not below zero, in pauses of seconds"
        )]
        let more = (spread(location, asked.service) / pause.as_secs_f64()).ceil() as u32;
        *by_service.entry(asked.service.to_owned()).or_default() += asked.together + more;
    }
    Polled { by_service, each }
}

/// The actions that a run waits for until they are ready, or gone.
fn awaited(plan: &Plan) -> BTreeSet<usize> {
    let edges = plan.actions.iter().flat_map(|action| &action.after);
    let ready = edges.filter(|edge| edge.level == Level::Ready);
    let needed: BTreeSet<usize> = ready.map(|edge| edge.action).collect();
    let is_awaited = |action: &&Action| {
        // A deletion waits for itself.
        let waits = action.wait() || action.verb() == Verb::Delete || needed.contains(&action.id);
        waits && action.changes()
    };
    let awaited = plan.actions.iter().filter(is_awaited);
    awaited.map(|action| action.id).collect()
}

/// A batch: where it goes, its key, and how deep it waits.
type Batch<'a> = (Option<&'a Location>, &'a str, usize);

/// Batches go out as their actions become free: one for each key and depth of waiting, each with the
/// calls of its kind.
fn batches(plan: &Plan) -> impl Iterator<Item = (Batch<'_>, Vec<Calls>)> {
    let actions = plan.actions.iter().zip(depths(plan));
    actions.filter_map(|(action, depth)| {
        let key = action.batch.as_ref()?;
        let batch = (action.location.as_ref(), key.as_str(), depth);
        Some((batch, action.spec().kind().batch_calls()))
    })
}

/// How deep each action waits.
fn depths(plan: &Plan) -> Vec<usize> {
    let mut depth = vec![0usize; plan.actions.len()];
    for action in &plan.actions {
        let waits = action.after.iter().map(|edge| {
            // An unchanged dependency is over at once, so that its followers still fit into the same batch.
            let slow = edge.level == Level::Ready || plan.actions[edge.action].changes();
            depth[edge.action] + usize::from(slow)
        });
        depth[action.id] = waits.max().unwrap_or(0);
    }
    depth
}
