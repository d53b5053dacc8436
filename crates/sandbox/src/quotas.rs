//! AWS's limits on calls: one table, and the token buckets that enforce it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The callers that share a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One bucket for each account.
    Account,
    /// One bucket for each account and region.
    Region,
}

/// A limit on the calls of one service.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quota {
    /// Its name in world files, and what a service's `charges` name.
    pub name: &'static str,
    /// The callers that share a bucket.
    pub scope: Scope,
    /// Tokens that come back in a second.
    pub rate: f64,
    /// Tokens in a full bucket.
    pub burst: f64,
    /// The source of the figure.
    pub source: &'static str,
}

const fn quota(
    name: &'static str,
    scope: Scope,
    rate: f64,
    burst: f64,
    source: &'static str,
) -> Quota {
    Quota {
        name,
        scope,
        rate,
        burst,
        source,
    }
}

const ROUTE53: &str = "Route 53 Developer Guide, throttling of API requests, since 2026-07-30";
const ACM: &str = "ACM User Guide, quotas";
const S3: &str = "S3 User Guide, performance design patterns; per prefix there, per account here";

/// Every limit that is enforced.
pub const TABLE: &[Quota] = &[
    quota("route53.requests", Scope::Account, 10.0, 50.0, ROUTE53),
    quota(
        "route53.create_hosted_zone",
        Scope::Account,
        2.0,
        40.0,
        ROUTE53,
    ),
    quota(
        "route53.delete_hosted_zone",
        Scope::Account,
        5.0,
        40.0,
        ROUTE53,
    ),
    quota(
        "route53.record_changes",
        Scope::Account,
        100.0,
        1500.0,
        ROUTE53,
    ),
    quota(
        "ses.requests",
        Scope::Region,
        1.0,
        1.0,
        "SES Developer Guide, quotas: every action but Send*",
    ),
    quota("acm.request_certificate", Scope::Region, 5.0, 5.0, ACM),
    quota("acm.describe_certificate", Scope::Region, 10.0, 10.0, ACM),
    quota("acm.list_certificates", Scope::Region, 8.0, 8.0, ACM),
    quota("acm.delete_certificate", Scope::Region, 10.0, 10.0, ACM),
    quota("acm.add_tags", Scope::Region, 5.0, 5.0, ACM),
    quota(
        "cloudfront.requests",
        Scope::Account,
        2.0,
        20.0,
        "none published; ours, careful",
    ),
    quota(
        "cloudfront.create_invalidation",
        Scope::Account,
        0.5,
        5.0,
        "AWS staff on aws-sdk-js; the burst is ours",
    ),
    quota("s3.writes", Scope::Region, 3500.0, 3500.0, S3),
    quota("s3.reads", Scope::Region, 5500.0, 5500.0, S3),
    quota(
        "sts.requests",
        Scope::Region,
        600.0,
        600.0,
        "IAM User Guide, STS quotas",
    ),
    quota(
        "iam.requests",
        Scope::Account,
        5.0,
        20.0,
        "none published; ours, careful",
    ),
    quota(
        "sns.publish",
        Scope::Region,
        300.0,
        300.0,
        "SNS quotas, Publish: 300/s where it is lowest",
    ),
    quota(
        "tagging.requests",
        Scope::Region,
        15.0,
        15.0,
        "Resource Groups Tagging API reference, GetResources",
    ),
    quota(
        "servicequotas.requests",
        Scope::Account,
        5.0,
        10.0,
        "none published; ours, careful",
    ),
    quota(
        "cloudtrail.lookups",
        Scope::Region,
        2.0,
        2.0,
        "CloudTrail API reference, LookupEvents",
    ),
];

/// The limits of one world.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Quotas {
    /// Whether they are kept to at all.
    pub enforced: bool,
    /// Other figures than the table's, by name.
    pub rates: BTreeMap<String, Rate>,
}

/// A rate other than the table's.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// Tokens that come back in a second.
    pub rate: f64,
    /// Tokens in a full bucket.
    pub burst: f64,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            enforced: true,
            rates: BTreeMap::new(),
        }
    }
}

impl Quotas {
    /// No limits.
    pub fn none() -> Self {
        Self {
            enforced: false,
            rates: BTreeMap::new(),
        }
    }

    fn rate(&self, quota: &Quota) -> Rate {
        let table = Rate {
            rate: quota.rate,
            burst: quota.burst,
        };
        self.rates.get(quota.name).copied().unwrap_or(table)
    }
}

/// The buckets as they stand. Not saved: a sandbox starts with full ones.
#[derive(Debug, Default)]
pub(crate) struct Buckets {
    levels: BTreeMap<String, (f64, Timestamp)>,
}

/// A cost of one call: some tokens of the bucket of one quota.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Charge {
    quota: &'static str,
    tokens: f64,
}

impl Charge {
    /// This many tokens, of the quota of this name.
    pub const fn new(quota: &'static str, tokens: f64) -> Self {
        Self { quota, tokens }
    }

    /// One token.
    pub const fn one(quota: &'static str) -> Self {
        Self::new(quota, 1.0)
    }
}

/// Whose buckets a call draws on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Drawer<'a> {
    pub(crate) account: &'a str,
    pub(crate) region: &'a str,
    pub(crate) now: Timestamp,
}

/// Half a millionth of a token: a caller that keeps exactly to the limit is never refused for the
/// rounding of a clock.
const TOLERANCE: f64 = 5e-7;

impl Buckets {
    /// Takes what a call costs, from all its buckets or from none; false when one has too little.
    pub(crate) fn take(&mut self, quotas: &Quotas, drawer: Drawer<'_>, charges: &[Charge]) -> bool {
        if !quotas.enforced {
            return true;
        }
        let mut taken = Vec::new();
        for charge in charges {
            let name = charge.quota;
            let Some(quota) = TABLE.iter().find(|quota| quota.name == name) else {
                debug_assert!(false, "no quota named {name}");
                continue;
            };
            let rate = quotas.rate(quota);
            let key = match quota.scope {
                Scope::Account => format!("{name} {}", drawer.account),
                Scope::Region => format!("{name} {} {}", drawer.account, drawer.region),
            };
            let level = self.level(&key, rate, drawer.now) - charge.tokens;
            if level < -TOLERANCE {
                return false;
            }
            taken.push((key, level));
        }
        for (key, level) in taken {
            self.levels.insert(key, (level, drawer.now));
        }
        true
    }

    fn level(&self, key: &str, rate: Rate, now: Timestamp) -> f64 {
        let Some((level, at)) = self.levels.get(key) else {
            return rate.burst;
        };
        let passed = now.duration_since(*at).as_secs_f64();
        (level + passed * rate.rate).min(rate.burst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    fn take(buckets: &mut Buckets, seconds: f64, charges: &[Charge]) -> bool {
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_secs_f64(seconds);
        let drawer = Drawer {
            account: "111111111111",
            region: "us-east-1",
            now,
        };
        buckets.take(&Quotas::default(), drawer, charges)
    }

    #[test]
    fn a_caller_at_exactly_the_limit_is_never_refused() {
        let mut buckets = Buckets::default();
        for second in 0..1000 {
            assert!(take(
                &mut buckets,
                f64::from(second),
                &[Charge::one("ses.requests")]
            ));
        }
        assert!(!take(&mut buckets, 999.5, &[Charge::one("ses.requests")]));
    }

    #[test]
    fn a_refused_call_costs_nothing() {
        let mut buckets = Buckets::default();
        let both = [
            Charge::one("route53.requests"),
            Charge::new("route53.record_changes", 2000.0),
        ];
        assert!(!take(&mut buckets, 0.0, &both));
        for _ in 0..50 {
            assert!(take(&mut buckets, 0.0, &[Charge::one("route53.requests")]));
        }
        assert!(!take(&mut buckets, 0.0, &[Charge::one("route53.requests")]));
    }

    #[test]
    fn accounts_do_not_share_buckets() {
        let mut buckets = Buckets::default();
        assert!(take(&mut buckets, 0.0, &[Charge::one("ses.requests")]));
        let other = Drawer {
            account: "222222222222",
            region: "us-east-1",
            now: Timestamp::UNIX_EPOCH,
        };
        assert!(buckets.take(&Quotas::default(), other, &[Charge::one("ses.requests")]));
    }
}
