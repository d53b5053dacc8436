//! How much an account may hold: AWS's default figures. Service Quotas, which knows what an account
//! was granted, is not asked: it would be one more service to be allowed.

/// A quota on what is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// The counted resources, in the plural.
    pub what: &'static str,
    /// How many there may be by default.
    pub limit: usize,
    /// The source of the figure.
    pub source: &'static str,
}

const fn quota(what: &'static str, limit: usize, source: &'static str) -> Quota {
    Quota {
        what,
        limit,
        source,
    }
}

pub(crate) const BUCKETS: Quota = quota("S3 buckets", 10_000, "S3 quotas");
pub(crate) const CERTIFICATES: Quota = quota("ACM certificates", 2_500, "ACM quotas");
pub(crate) const CERTIFICATES_A_YEAR: Quota =
    quota("ACM certificates of the last 365 days", 5_000, "ACM quotas");
pub(crate) const DISTRIBUTIONS: Quota = quota("CloudFront distributions", 500, "CloudFront quotas");
pub(crate) const ACCESS_CONTROLS: Quota = quota(
    "CloudFront origin access controls",
    100,
    "CloudFront quotas",
);
pub(crate) const ZONES: Quota = quota("Route 53 hosted zones", 500, "Route 53 quotas");
pub(crate) const RECORDS: Quota = quota("records of hosted zone", 10_000, "Route 53 quotas");
pub(crate) const IDENTITIES: Quota = quota("SES identities", 10_000, "SES quotas");
