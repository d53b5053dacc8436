//! How much an account may hold: AWS's default figures, and where AWS tells what it was granted.

/// A quota on what is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// The key under which the manifest overrides it; empty where it cannot be.
    pub key: &'static str,
    /// The counted resources, in the plural.
    pub what: &'static str,
    /// How many there may be by default.
    pub limit: usize,
    /// The source of the figure.
    pub source: &'static str,
    /// The place where AWS tells what an account was granted.
    pub told: Told,
}

/// The place where AWS tells how much an account was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// No call tells it.
    Nowhere,
    /// Route 53's `GetAccountLimit`.
    ByRoute53,
    /// Service Quotas, by the codes of the service and of the quota.
    ByServiceQuotas {
        /// `cloudfront`.
        service: &'static str,
        /// `L-24B04930`.
        code: &'static str,
    },
}

impl Quota {
    /// The page on which AWS takes a request for more.
    pub fn page(&self) -> String {
        const CONSOLE: &str = "https://console.aws.amazon.com";
        match self.told {
            Told::ByServiceQuotas { service, code } => {
                format!("{CONSOLE}/servicequotas/home/services/{service}/quotas/{code}")
            }
            Told::ByRoute53 => format!("{CONSOLE}/servicequotas/home/services/route53/quotas"),
            Told::Nowhere => format!("{CONSOLE}/servicequotas"),
        }
    }
}

const fn quota(key: &'static str, what: &'static str, limit: usize, source: &'static str) -> Quota {
    Quota {
        key,
        what,
        limit,
        source,
        told: Told::Nowhere,
    }
}

const fn told(quota: Quota, service: &'static str, code: &'static str) -> Quota {
    Quota {
        told: Told::ByServiceQuotas { service, code },
        ..quota
    }
}

pub(crate) const BUCKETS: Quota = told(
    quota("buckets", "S3 buckets", 10_000, "S3 quotas"),
    "s3",
    "L-DC2B2D3D",
);
pub(crate) const CERTIFICATES: Quota = told(
    quota("certificates", "ACM certificates", 2_500, "ACM quotas"),
    "acm",
    "L-F141DD1D",
);
pub(crate) const CERTIFICATES_A_YEAR: Quota = quota(
    "",
    "ACM certificates of the last 365 days",
    5_000,
    "ACM quotas",
);
pub(crate) const DISTRIBUTIONS: Quota = told(
    quota(
        "distributions",
        "CloudFront distributions",
        500,
        "CloudFront quotas",
    ),
    "cloudfront",
    "L-24B04930",
);
pub(crate) const ACCESS_CONTROLS: Quota = quota(
    "",
    "CloudFront origin access controls",
    100,
    "CloudFront quotas",
);
pub(crate) const ZONES: Quota = Quota {
    told: Told::ByRoute53,
    ..quota(
        "hosted_zones",
        "Route 53 hosted zones",
        500,
        "Route 53 quotas",
    )
};
pub(crate) const RECORDS: Quota = quota("", "records of hosted zone", 10_000, "Route 53 quotas");
pub(crate) const IDENTITIES: Quota = quota("", "SES identities", 10_000, "SES quotas");
