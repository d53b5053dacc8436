//! How long the rest of a plan lasts.

use std::time::Duration;

use kinds::{CloudfrontDistribution, SesIdentity};
use model::{ActionId, Kind, Plan};

use super::shipped::{desired, first_plan};
use crate::{HowFar, Rate, Rates, Schedule};

fn example() -> Plan {
    first_plan(&desired(include_str!("../../../../deploy/example.yaml")))
}

fn left(plan: &Plan, rates: &Rates, how_far: impl Fn(ActionId) -> HowFar) -> u64 {
    Schedule::of(plan, rates).left(&how_far).as_secs()
}

/// The chain that takes longest: the certificate, the distribution that needs it, the names that lead to
/// it, and the record of the policy that is served by them.
#[test]
fn the_longest_chain_of_waits_is_what_is_left() {
    let plan = example();
    let none = Rates::new();
    assert_eq!(left(&plan, &none, |_| HowFar::Ahead), 60 + 165 + 30 + 30);
    assert_eq!(left(&plan, &none, |_| HowFar::Over), 0);
    let is = |id: ActionId, kind| plan.actions[id].resource.kind == kind;
    let deploying = |ago| {
        left(&plan, &none, move |id| {
            if is(id, CloudfrontDistribution::NAME) {
                HowFar::Begun(Duration::from_secs(ago))
            } else if id < 11 {
                HowFar::Over
            } else {
                HowFar::Ahead
            }
        })
    };
    assert_eq!(deploying(0), 165 + 30 + 30);
    assert_eq!(deploying(50), 115 + 30 + 30);
    // It takes longer than it should, and nobody knows how much longer. Then an identity and its MAIL FROM
    // take longest.
    assert_eq!(deploying(1000), 75 + 60);
}

#[test]
fn calls_that_were_not_made_last_as_their_quota_says() {
    let plan = example();
    let slow = Rate {
        per_second: 0.1,
        burst: 1.0,
    };
    let rates = Rates::from([("ses".to_owned(), slow)]);
    let waits = left(&plan, &Rates::new(), |_| HowFar::Ahead);
    let all = left(&plan, &rates, |_| HowFar::Ahead);
    // Each of the two instances has an identity, a MAIL FROM and a token, in a location of its own.
    assert_eq!(all - waits, 20);
    let made = |id: ActionId| {
        if plan.actions[id].resource.kind == SesIdentity::NAME {
            HowFar::Over
        } else {
            HowFar::Ahead
        }
    };
    let rest = left(&plan, &rates, made);
    assert_eq!(rest - left(&plan, &Rates::new(), made), 10);
}
