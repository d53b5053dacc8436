//! How many API calls a plan makes, and how long AWS's quotas make them last.

use std::collections::BTreeMap;

use model::{Calls, Level, Location, Plan};

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
    /// Seconds that the slowest quota makes them last.
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
    /// How many calls.
    pub calls: u32,
    /// How many of them AWS takes in a second.
    pub per_second: f64,
}

impl Estimate {
    /// Calls of all services.
    pub fn total(&self) -> u32 {
        self.calls.values().sum()
    }
}

/// The estimate. Calls that look again while something is waited for are not in it.
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
    let mut estimate = Estimate::default();
    for ((location, service), count) in by_quota {
        // A service without a documented quota makes nobody wait.
        if let Some(rate) = rates.get(service) {
            // A full bucket lets the burst through at once; only the rest waits.
            let seconds = (f64::from(count) - rate.burst).max(0.0) / rate.per_second;
            if seconds > estimate.seconds {
                estimate.seconds = seconds;
                estimate.binds = Some(Binding {
                    service: service.to_owned(),
                    region: location.map(|location| location.region.to_string()),
                    calls: count,
                    per_second: rate.per_second,
                });
            }
        }
        *estimate.calls.entry(service.to_owned()).or_default() += count;
    }
    estimate
}

/// A batch: where it goes, its key, and how deep it waits.
type Batch<'a> = (Option<&'a Location>, &'a str, usize);

/// Batches go out as their actions become free: one for each key and depth of waiting, each with the
/// calls of its kind.
fn batches(plan: &Plan) -> impl Iterator<Item = (Batch<'_>, Vec<Calls>)> {
    let mut depth = vec![0usize; plan.actions.len()];
    let mut batches = Vec::new();
    for action in &plan.actions {
        let waits = action.after.iter().map(|edge| {
            // An unchanged dependency is over at once, so that its followers still fit into the same batch.
            let slow = edge.level == Level::Ready || plan.actions[edge.action].changes();
            depth[edge.action] + usize::from(slow)
        });
        depth[action.id] = waits.max().unwrap_or(0);
        if let Some(key) = &action.batch {
            let batch = (action.location.as_ref(), key.as_str(), depth[action.id]);
            batches.push((batch, action.spec().kind().batch_calls()));
        }
    }
    batches.into_iter()
}
