//! How much an account may hold: AWS's default figures, and where AWS tells what it was granted.

/// A limit of an account, which AWS tells and the manifest may state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AccountLimit {
    /// S3 buckets.
    Buckets,
    /// ACM certificates, in each region.
    Certificates,
    /// CloudFront distributions.
    Distributions,
    /// Route 53 hosted zones.
    HostedZones,
}

impl AccountLimit {
    pub(crate) const ALL: [Self; 4] = [
        Self::Buckets,
        Self::Certificates,
        Self::Distributions,
        Self::HostedZones,
    ];

    pub(crate) fn quota(self) -> Quota {
        match self {
            Self::Buckets => BUCKETS,
            Self::Certificates => CERTIFICATES,
            Self::Distributions => DISTRIBUTIONS,
            Self::HostedZones => ZONES,
        }
    }
}

/// A quota on what is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// The limit of the account that it is, where AWS tells that.
    pub of_account: Option<AccountLimit>,
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

/// A quota of which only the default is known.
const fn quota(what: &'static str, limit: usize, source: &'static str) -> Quota {
    Quota {
        of_account: None,
        what,
        limit,
        source,
        told: Told::Nowhere,
    }
}

const fn by_service_quotas(service: &'static str, code: &'static str) -> Told {
    Told::ByServiceQuotas { service, code }
}

pub(crate) const BUCKETS: Quota = Quota {
    of_account: Some(AccountLimit::Buckets),
    told: by_service_quotas("s3", "L-DC2B2D3D"),
    ..quota("S3 buckets", 10_000, "S3 quotas")
};
pub(crate) const CERTIFICATES: Quota = Quota {
    of_account: Some(AccountLimit::Certificates),
    told: by_service_quotas("acm", "L-F141DD1D"),
    ..quota("ACM certificates", 2_500, "ACM quotas")
};
pub(crate) const CERTIFICATES_A_YEAR: Quota =
    quota("ACM certificates of the last 365 days", 5_000, "ACM quotas");
pub(crate) const DISTRIBUTIONS: Quota = Quota {
    of_account: Some(AccountLimit::Distributions),
    told: by_service_quotas("cloudfront", "L-24B04930"),
    ..quota("CloudFront distributions", 500, "CloudFront quotas")
};
pub(crate) const ACCESS_CONTROLS: Quota = quota(
    "CloudFront origin access controls",
    100,
    "CloudFront quotas",
);
pub(crate) const OF_ACCESS_CONTROL: Quota = quota(
    "distributions of one origin access control",
    100,
    "CloudFront quotas",
);
pub(crate) const ZONES: Quota = Quota {
    of_account: Some(AccountLimit::HostedZones),
    told: Told::ByRoute53,
    ..quota("Route 53 hosted zones", 500, "Route 53 quotas")
};
pub(crate) const RECORDS: Quota = quota("records of hosted zone", 10_000, "Route 53 quotas");
pub(crate) const IDENTITIES: Quota = quota("SES identities", 10_000, "SES quotas");
