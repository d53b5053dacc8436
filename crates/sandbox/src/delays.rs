//! How long things take at AWS.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// How long things take at AWS; in a world file as `40s` or `1m 30s`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Delays {
    /// The shortest API call.
    pub call_shortest: SignedDuration,
    /// The longest API call.
    pub call_longest: SignedDuration,
    /// How long a caller waits for an answer that does not come.
    pub time_out: SignedDuration,
    /// From `RequestCertificate` until its validation records are shown.
    pub acm_records: SignedDuration,
    /// From the moment a validation record is visible until the certificate is issued.
    pub acm_issue: SignedDuration,
    /// From a change of a distribution until it is Deployed.
    pub cloudfront_deploy: SignedDuration,
    /// Until an invalidation is Completed.
    pub cloudfront_invalidation: SignedDuration,
    /// From a Route 53 change until it is INSYNC.
    pub route53_insync: SignedDuration,
    /// From the moment that SES's records are visible until it has seen them.
    pub ses_verify: SignedDuration,
    /// From a change until CloudTrail tells of it (CloudTrail User Guide: about five minutes).
    pub cloudtrail_delivery: SignedDuration,
}

impl Default for Delays {
    /// As seen at AWS in 2026.
    fn default() -> Self {
        Self {
            call_shortest: SignedDuration::from_millis(60),
            call_longest: SignedDuration::from_millis(120),
            time_out: SignedDuration::from_secs(10),
            acm_records: SignedDuration::from_secs(2),
            acm_issue: SignedDuration::from_secs(40),
            cloudfront_deploy: SignedDuration::from_secs(170),
            cloudfront_invalidation: SignedDuration::from_secs(20),
            route53_insync: SignedDuration::from_secs(30),
            ses_verify: SignedDuration::from_secs(60),
            cloudtrail_delivery: SignedDuration::from_secs(300),
        }
    }
}

impl Delays {
    /// Everything happens at once.
    pub fn none() -> Self {
        Self {
            call_shortest: SignedDuration::ZERO,
            call_longest: SignedDuration::ZERO,
            time_out: SignedDuration::ZERO,
            acm_records: SignedDuration::ZERO,
            acm_issue: SignedDuration::ZERO,
            cloudfront_deploy: SignedDuration::ZERO,
            cloudfront_invalidation: SignedDuration::ZERO,
            route53_insync: SignedDuration::ZERO,
            ses_verify: SignedDuration::ZERO,
            cloudtrail_delivery: SignedDuration::ZERO,
        }
    }
}
