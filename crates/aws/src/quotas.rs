//! AWS's control-plane limits, as data, each with its source.

use std::collections::BTreeMap;

/// A token bucket's figures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quota {
    /// Tokens that come back each second.
    pub per_second: f64,
    /// How many can be saved up.
    pub burst: f64,
}

/// A documented limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    /// The name by which the manifest overrides it: `route53.requests`.
    pub name: &'static str,
    /// Its default figures.
    pub quota: Quota,
    /// Whether the scheduler may go faster while AWS does not throttle: where AWS publishes no
    /// figure, or it is not clear what the figure covers.
    pub adapts: bool,
    /// Where the figures are written.
    pub source: &'static str,
}

const fn limit(name: &'static str, per_second: f64, burst: f64, source: &'static str) -> Limit {
    Limit {
        name,
        quota: Quota { per_second, burst },
        adapts: false,
        source,
    }
}

const fn adaptive(name: &'static str, per_second: f64, burst: f64, source: &'static str) -> Limit {
    Limit {
        name,
        quota: Quota { per_second, burst },
        adapts: true,
        source,
    }
}

const ROUTE53: &str = "Route 53 Developer Guide, throttling API requests (since 2026-07-30)";

/// Every limit that requests are held to. A bucket is kept for each account, region and name.
pub const LIMITS: [Limit; 16] = [
    limit("route53.requests", 10.0, 50.0, ROUTE53),
    limit("route53.create_hosted_zone", 2.0, 40.0, ROUTE53),
    limit("route53.delete_hosted_zone", 5.0, 40.0, ROUTE53),
    limit("route53.record_changes", 100.0, 1500.0, ROUTE53),
    adaptive(
        "ses.requests",
        1.0,
        1.0,
        "SES quotas; which v2 actions it covers is not clear",
    ),
    limit("acm.request_certificate", 5.0, 5.0, "ACM quotas"),
    limit("acm.describe_certificate", 10.0, 10.0, "ACM quotas"),
    limit("acm.list_certificates", 8.0, 8.0, "ACM quotas"),
    limit("acm.delete_certificate", 10.0, 10.0, "ACM quotas"),
    limit("acm.add_tags", 5.0, 5.0, "ACM quotas"),
    limit("acm.other", 5.0, 5.0, "ACM quotas, the lowest of them"),
    adaptive(
        "cloudfront.requests",
        2.0,
        2.0,
        "none published: start low and adapt",
    ),
    adaptive(
        "cloudfront.create_invalidation",
        0.5,
        1.0,
        "AWS staff on aws-sdk-js",
    ),
    limit(
        "s3.requests",
        3500.0,
        3500.0,
        "S3 performance guidelines, writes of a prefix",
    ),
    adaptive(
        "iam.requests",
        5.0,
        5.0,
        "none published: start low and adapt",
    ),
    limit(
        "sts.requests",
        100.0,
        100.0,
        "IAM and STS quotas, far above what is used here",
    ),
];

/// The limit of this name.
pub fn find(name: &str) -> Option<&'static Limit> {
    LIMITS.iter().find(|limit| limit.name == name)
}

/// The figures of each service's plain requests, with overrides, by the service's name.
pub fn by_service(overrides: &BTreeMap<String, Quota>) -> BTreeMap<String, Quota> {
    let services = ["route53", "ses", "cloudfront", "s3"]
        .map(|service| (service, format!("{service}.requests")));
    let acm = ("acm", "acm.request_certificate".to_owned());
    services
        .into_iter()
        .chain([acm])
        .filter_map(|(service, name)| {
            let quota = overrides
                .get(&name)
                .copied()
                .or_else(|| find(&name).map(|limit| limit.quota))?;
            Some((service.to_owned(), quota))
        })
        .collect()
}
