//! How many API calls a plan makes, and how long AWS's quotas make them last.

use std::collections::{BTreeMap, BTreeSet};

use model::{Level, Location, Plan};

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

/// What a plan costs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Estimate {
    /// Calls by service, with those of batches.
    pub calls: BTreeMap<String, u32>,
    /// Seconds that the slowest quota makes them last.
    pub seconds: f64,
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
    for (location, _, _) in batches(plan) {
        *by_quota.entry((location, "route53")).or_default() += 1;
    }
    let mut estimate = Estimate::default();
    for ((_, service), count) in by_quota {
        if let Some(rate) = rates.get(service) {
            let seconds = (f64::from(count) - rate.burst).max(0.0) / rate.per_second;
            estimate.seconds = estimate.seconds.max(seconds);
        }
        *estimate.calls.entry(service.to_owned()).or_default() += count;
    }
    estimate
}

/// Batches go out as their actions become free: one for each key and depth of waiting.
fn batches(plan: &Plan) -> BTreeSet<(Option<&Location>, &str, usize)> {
    let mut depth = vec![0usize; plan.actions.len()];
    let mut batches = BTreeSet::new();
    for action in &plan.actions {
        let waits = action.after.iter().map(|edge| {
            let slow = edge.level == Level::Ready || plan.actions[edge.action].changes();
            depth[edge.action] + usize::from(slow)
        });
        depth[action.id] = waits.max().unwrap_or(0);
        if let Some(key) = &action.batch {
            batches.insert((action.location.as_ref(), key.as_str(), depth[action.id]));
        }
    }
    batches
}
