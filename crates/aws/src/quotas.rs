//! AWS's control-plane limits as data, each with its source, and the charge of each operation.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

/// A token bucket's figures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quota {
    /// Tokens that come back each second.
    pub per_second: f64,
    /// How many can be saved up.
    pub burst: f64,
}

impl Quota {
    /// The part that each of so many runs may take. One request can always be saved up.
    #[must_use]
    pub fn shared(self, sharers: NonZeroU32) -> Self {
        let sharers = f64::from(sharers.get());
        Self {
            per_second: self.per_second / sharers,
            burst: (self.burst / sharers).max(1.0),
        }
    }
}

/// Which requests draw from one bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All of an account, whatever the region: the service is global.
    Account,
    /// All of an account in one region.
    Region,
    /// Those of one operation, in one account and region.
    Each,
}

/// A documented limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    /// The name by which the manifest overrides it: `route53.requests`.
    pub name: &'static str,
    /// Its default figures.
    pub quota: Quota,
    /// Which requests share a bucket.
    pub scope: Scope,
    /// Whether the scheduler may go faster while AWS does not throttle: where AWS publishes no
    /// figure, or it is not clear what the figure covers.
    pub adapts: bool,
    /// The document that has the figures.
    pub source: &'static str,
}

const fn limit(
    name: &'static str,
    scope: Scope,
    per_second: f64,
    burst: f64,
    source: &'static str,
) -> Limit {
    Limit {
        name,
        quota: Quota { per_second, burst },
        scope,
        adapts: false,
        source,
    }
}

const fn adaptive(limit: Limit) -> Limit {
    Limit {
        adapts: true,
        ..limit
    }
}

const ROUTE53: &str = "Route 53 Developer Guide, throttling API requests (since 2026-07-30)";
const ACM: &str = "ACM User Guide, quotas";
const CLOUDFRONT: &str = "none published; Steampipe's AWS plugin reads at 5/s with a burst of 10";
const S3: &str = "S3 User Guide, performance design patterns, per prefix";

use Scope::{Account, Each, Region};

/// Every limit that requests are held to.
pub const LIMITS: [Limit; 23] = [
    limit("route53.requests", Account, 10.0, 50.0, ROUTE53),
    limit("route53.create_hosted_zone", Account, 2.0, 40.0, ROUTE53),
    limit("route53.delete_hosted_zone", Account, 5.0, 40.0, ROUTE53),
    limit("route53.record_changes", Account, 100.0, 1500.0, ROUTE53),
    // The SES quotas page holds every action but v1's Send* to one a second; botocore's models state
    // a rate for none of the v2 operations used here. So all of them share a bucket that may grow.
    adaptive(limit(
        "ses.requests",
        Region,
        1.0,
        1.0,
        "SES Developer Guide, quotas; which v2 actions it covers is not clear",
    )),
    limit(
        "ses.v1_operation",
        Each,
        1.0,
        1.0,
        "SES API reference, version 2010-12-01: \"once per second\" of each operation",
    ),
    limit("acm.request_certificate", Region, 5.0, 5.0, ACM),
    limit("acm.describe_certificate", Region, 10.0, 10.0, ACM),
    limit("acm.list_certificates", Region, 8.0, 8.0, ACM),
    limit("acm.search_certificates", Region, 5.0, 5.0, ACM),
    limit("acm.delete_certificate", Region, 10.0, 10.0, ACM),
    limit("acm.add_tags", Region, 5.0, 5.0, ACM),
    limit("acm.list_tags", Region, 10.0, 10.0, ACM),
    limit(
        "acm.other",
        Each,
        5.0,
        5.0,
        "ACM User Guide, quotas: the lowest of them",
    ),
    adaptive(limit("cloudfront.reads", Account, 5.0, 10.0, CLOUDFRONT)),
    adaptive(limit("cloudfront.writes", Account, 1.0, 5.0, CLOUDFRONT)),
    adaptive(limit(
        "cloudfront.create_invalidation",
        Account,
        0.5,
        1.0,
        "AWS staff on aws-sdk-js",
    )),
    limit("s3.reads", Region, 5500.0, 5500.0, S3),
    limit("s3.writes", Region, 3500.0, 3500.0, S3),
    adaptive(limit(
        "iam.requests",
        Account,
        5.0,
        5.0,
        "none published: start low and adapt",
    )),
    limit(
        "tagging.requests",
        Region,
        15.0,
        15.0,
        "Resource Groups Tagging API reference, GetResources",
    ),
    adaptive(limit(
        "servicequotas.requests",
        Account,
        5.0,
        5.0,
        "none published: start low and adapt",
    )),
    limit(
        "cloudtrail.lookups",
        Region,
        2.0,
        2.0,
        "CloudTrail API reference, LookupEvents",
    ),
];

/// The limit of this name.
pub fn find(name: &str) -> Option<&'static Limit> {
    LIMITS.iter().find(|limit| limit.name == name)
}

/// The figures of each service's plain requests, with overrides, by the service's name.
pub fn by_service(overrides: &BTreeMap<String, Quota>) -> BTreeMap<String, Quota> {
    [
        ("route53", "route53.requests"),
        ("ses", "ses.requests"),
        ("cloudfront", "cloudfront.writes"),
        ("s3", "s3.writes"),
        ("acm", "acm.request_certificate"),
    ]
    .into_iter()
    .filter_map(|(service, name)| {
        let overridden = overrides.get(name).copied();
        let quota = overridden.or_else(|| find(name).map(|limit| limit.quota))?;
        Some((service.to_owned(), quota))
    })
    .collect()
}

/// An operation, by the names that the SDK's models give it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Operation {
    /// The service id of its model: `Route 53`.
    pub service: String,
    /// Its name: `GetChange`.
    pub name: String,
}

impl Operation {
    /// Whether it changes nothing, so that it can be sent again whatever became of it.
    pub fn is_read(&self) -> bool {
        // Every read of the services used here is named by one of these words (botocore's models).
        [
            "Get", "List", "Describe", "Head", "Search", "Simulate", "Lookup",
        ]
        .iter()
        .any(|verb| self.name.starts_with(verb))
    }

    /// Whether sending it twice has the effect of sending it once. Creations are not among them,
    /// although some carry a token: CloudFront refuses a caller reference that it has met, and a
    /// repeated `CreateBucket` in us-east-1 resets the bucket's ACL (S3 API reference,
    /// `BucketAlreadyOwnedByYou`). Nor are updates with an `ETag`, of which the second is refused.
    pub fn is_repeatable(&self) -> bool {
        let unrepeatable = ["Create", "Update", "ChangeResourceRecordSets"];
        self.is_read() || !unrepeatable.iter().any(|verb| self.name.starts_with(verb))
    }

    /// The limits that a request draws from, and how much from each. `record_changes` is the cost
    /// of the record changes in it.
    pub fn charges(&self, record_changes: f64) -> Vec<(&'static Limit, f64)> {
        let mut charges: Vec<(&str, f64)> = match self.service.as_str() {
            "Route 53" => vec![("route53.requests", 1.0)],
            "SES" => vec![("ses.requests", 1.0), ("ses.v1_operation", 1.0)],
            "SESv2" => vec![("ses.requests", 1.0)],
            "ACM" => vec![(acm_limit(&self.name), 1.0)],
            "CloudFront" if self.is_read() => vec![("cloudfront.reads", 1.0)],
            "CloudFront" if self.name == "CreateInvalidation" => {
                vec![("cloudfront.create_invalidation", 1.0)]
            }
            "CloudFront" => vec![("cloudfront.writes", 1.0)],
            "S3" if self.is_read() => vec![("s3.reads", 1.0)],
            "S3" => vec![("s3.writes", 1.0)],
            "IAM" => vec![("iam.requests", 1.0)],
            "Resource Groups Tagging API" => vec![("tagging.requests", 1.0)],
            "Service Quotas" => vec![("servicequotas.requests", 1.0)],
            "CloudTrail" => vec![("cloudtrail.lookups", 1.0)],
            // STS allows hundreds of requests a second, and a run makes one for each account.
            _ => Vec::new(),
        };
        match self.name.as_str() {
            // A zone is created and deleted with its NS and SOA records, which count as changes.
            "CreateHostedZone" => charges.extend([
                ("route53.create_hosted_zone", 1.0),
                ("route53.record_changes", 2.0),
            ]),
            "DeleteHostedZone" => charges.extend([
                ("route53.delete_hosted_zone", 1.0),
                ("route53.record_changes", 2.0),
            ]),
            "ChangeResourceRecordSets" => charges.push(("route53.record_changes", record_changes)),
            _ => {}
        }
        let known = |(name, cost)| find(name).map(|limit| (limit, cost));
        charges.into_iter().filter_map(known).collect()
    }
}

fn acm_limit(operation: &str) -> &'static str {
    match operation {
        "RequestCertificate" => "acm.request_certificate",
        "DescribeCertificate" => "acm.describe_certificate",
        "ListCertificates" => "acm.list_certificates",
        "SearchCertificates" => "acm.search_certificates",
        "DeleteCertificate" => "acm.delete_certificate",
        "AddTagsToCertificate" => "acm.add_tags",
        "ListTagsForCertificate" => "acm.list_tags",
        _ => "acm.other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(service: &str, name: &str) -> Vec<&'static str> {
        let operation = Operation {
            service: service.to_owned(),
            name: name.to_owned(),
        };
        let charges = operation.charges(7.0);
        charges.into_iter().map(|(limit, _)| limit.name).collect()
    }

    /// R-27 (Route 53 Developer Guide, throttling, July 2026): the account's bucket pays for zones
    /// too.
    #[test]
    fn r_27_a_zone_s_creation_and_deletion_draw_from_the_account_s_bucket_and_their_own() {
        for (operation, own) in [
            ("CreateHostedZone", "route53.create_hosted_zone"),
            ("DeleteHostedZone", "route53.delete_hosted_zone"),
        ] {
            let charged = names("Route 53", operation);
            assert!(
                charged.contains(&"route53.requests"),
                "{operation}: {charged:?}"
            );
            assert!(charged.contains(&own), "{operation}: {charged:?}");
        }
    }

    #[test]
    fn operations_have_buckets_of_their_own_where_aws_has_them() {
        assert_eq!(names("ACM", "ListTagsForCertificate"), ["acm.list_tags"]);
        assert_eq!(names("CloudFront", "GetDistribution"), ["cloudfront.reads"]);
        assert_eq!(
            names("CloudFront", "UpdateDistribution"),
            ["cloudfront.writes"]
        );
        assert_eq!(
            names("SES", "GetIdentityDkimAttributes"),
            ["ses.requests", "ses.v1_operation"]
        );
        assert_eq!(
            names("Route 53", "ChangeResourceRecordSets"),
            ["route53.requests", "route53.record_changes"]
        );
    }

    #[test]
    fn what_can_be_sent_twice_is_known_by_name() {
        for (name, repeatable) in [
            ("GetDistribution", true),
            ("PutBucketTagging", true),
            ("DeleteEmailIdentity", true),
            ("RequestCertificate", true),
            ("CreateDistribution", false),
            ("UpdateDistribution", false),
            ("ChangeResourceRecordSets", false),
            ("ChangeTagsForResource", true),
        ] {
            let operation = Operation {
                service: String::new(),
                name: name.to_owned(),
            };
            assert_eq!(operation.is_repeatable(), repeatable, "{name}");
        }
    }
}
