//! The smallest life: the manifest of one domain, the change of it, and what AWS charges for it.

/// The domain and the account of a life.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The domain: a hosted zone of it is in the account, and no mail is lost if it gets policies.
    pub domain: String,
    /// The account's number.
    pub account: String,
    /// The profile that leads to it; nothing for the credentials of the environment.
    pub profile: Option<String>,
    /// The region of the buckets and of SES.
    pub region: String,
}

/// The state of the manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// As it is first applied.
    First,
    /// With another address for reports, and a policy that is kept for longer.
    Changed,
}

/// The name of the project: it is in the names and the tags of everything that is made.
pub const PROJECT: &str = "deploy-real";

impl Stage {
    /// The manifest.
    pub fn yaml(&self, version: Version) -> String {
        let Self {
            domain,
            account,
            profile,
            region,
        } = self;
        let entered = profile.as_ref().map(|name| format!(", profile: {name}"));
        let entered = entered.unwrap_or_default();
        let (address, age) = match version {
            Version::First => ("reports", "1d"),
            Version::Changed => ("tls-reports", "2d"),
        };
        format!(
            "project: {PROJECT}
accounts:
  main: {{ id: \"{account}\"{entered} }}
domains:
  {domain}:
    dns: {{ route53: {{ account: main }} }}
    hosting: {{ account: main, region: {region} }}
    mx: [10 inbound-smtp.{region}.amazonaws.com]
    mta_sts: {{ mode: testing, max_age: {age} }}
    tls_rpt: {{ rua: [\"mailto:{address}@{domain}\"] }}
    dmarc: {{ p: none, rua: [\"mailto:reports@{domain}\"] }}
    spf: {{ include: [amazonses.com], all: softfail }}
    ses:
      - {{ account: main, region: {region}, mail_from: bounce }}
"
        )
    }
}

/// The most that AWS charges for a life of a few hours, in US dollars. All of it is fractions of a cent, such as
/// $0.005 for a thousand writes and lists of S3 (S3's price list for us-east-1), and each is rounded up to one.
/// The hosted zone is there before, and is paid for whatever happens.
pub const PRICES: [(&str, f64); 5] = [
    ("S3, two buckets, a file and some hundred requests", 0.01),
    (
        "Route 53, the queries of the program and of those who verify",
        0.01,
    ),
    ("CloudFront, one distribution and hardly a request", 0.01),
    ("ACM, one public certificate", 0.0),
    ("SES, one identity and no mail", 0.0),
];

/// The most that a life costs, in US dollars.
pub fn cost_max() -> f64 {
    PRICES.iter().map(|(_, dollars)| dollars).sum()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use manifest::MemoryFiles;
    use standards::Severity;

    use super::{Stage, Version};

    #[test]
    fn both_versions_have_no_errors() {
        let stage = Stage {
            domain: "example.com".to_owned(),
            account: "111111111111".to_owned(),
            profile: Some("mail".to_owned()),
            region: "eu-west-1".to_owned(),
        };
        for version in [Version::First, Version::Changed] {
            let files = MemoryFiles::default().with("deploy.yaml", stage.yaml(version));
            let (manifest, findings) =
                reconcile::check("deploy.yaml", &files, Timestamp::UNIX_EPOCH);
            assert!(manifest.is_some());
            let errors = findings
                .iter()
                .filter(|one| one.severity == Severity::Error);
            assert_eq!(errors.count(), 0, "{findings:?}");
        }
    }
}
