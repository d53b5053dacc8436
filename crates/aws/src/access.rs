//! How accounts are reached.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use clock::Clock;
use model::AccountId;

use crate::quotas::Quota;
use crate::record::Recorder;
use crate::wire::Notice;

/// How one account of the manifest is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Its number: credentials of another account are refused.
    pub id: AccountId,
    /// The role to assume, by name or ARN.
    pub role: Option<String>,
    /// The profile of the AWS configuration to start from.
    pub profile: Option<String>,
    /// The external id that the role asks for.
    pub external_id: Option<String>,
    /// The name of the role's session, for CloudTrail.
    pub session_name: Option<String>,
}

impl Access {
    /// The ARN of the role in this account.
    pub fn role_arn(&self, region: &str) -> Option<String> {
        let role = self.role.as_ref()?;
        if role.starts_with("arn:") {
            return Some(role.clone());
        }
        Some(format!(
            "arn:{}:iam::{}:role/{role}",
            partition(region),
            self.id
        ))
    }
}

/// The partition of a region (AWS General Reference, "ARNs").
pub fn partition(region: &str) -> &'static str {
    match region.split('-').next() {
        Some("cn") => "aws-cn",
        Some("us") if region.starts_with("us-gov-") => "aws-us-gov",
        Some("eusc") => "aws-eusc",
        _ => "aws",
    }
}

/// The end of the names of AWS's endpoints in a region.
pub(crate) fn suffix(region: &str) -> &'static str {
    match partition(region) {
        "aws-cn" => "amazonaws.com.cn",
        "aws-eusc" => "amazonaws.eu",
        _ => "amazonaws.com",
    }
}

/// The connection that all sessions share: the network, or a sandbox in its place.
#[derive(Clone, Debug)]
pub struct Connection {
    /// The time.
    pub clock: Clock,
    /// The client that carries requests; nothing for AWS itself.
    pub http: Option<SharedHttpClient>,
    /// Credentials to start from; nothing for AWS's default chain.
    pub credentials: Option<SharedCredentialsProvider>,
    /// Credentials of single accounts, for those that are entered without a role.
    pub by_account: BTreeMap<AccountId, SharedCredentialsProvider>,
    /// Quotas that the manifest overrides, by name.
    pub quotas: BTreeMap<String, Quota>,
    /// How many runs share the quotas, this one included.
    pub sharers: NonZeroU32,
    /// Certificates of authorities to trust besides the system's, or besides those of `AWS_CA_BUNDLE`
    /// that stand in their place, as PEM.
    pub authorities: Option<String>,
    /// Hears what is waited for.
    pub notice: Notice,
    /// Hears each exchange.
    pub recorder: Option<Recorder>,
}

impl Connection {
    /// The way to AWS itself, with the credentials of AWS's default chain.
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            http: None,
            credentials: None,
            by_account: BTreeMap::new(),
            quotas: BTreeMap::new(),
            sharers: NonZeroU32::MIN,
            authorities: None,
            notice: Notice::default(),
            recorder: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_s_name_becomes_an_arn_of_its_partition() {
        let access = Access {
            id: "111111111111".parse().expect("an account id"),
            role: Some("mail".to_owned()),
            profile: None,
            external_id: None,
            session_name: None,
        };
        assert_eq!(
            access.role_arn("eu-west-1").as_deref(),
            Some("arn:aws:iam::111111111111:role/mail")
        );
        assert_eq!(
            access.role_arn("us-gov-east-1").as_deref(),
            Some("arn:aws-us-gov:iam::111111111111:role/mail")
        );
        let by_arn = Access {
            role: Some("arn:aws:iam::1:role/x".to_owned()),
            ..access
        };
        assert_eq!(
            by_arn.role_arn("eu-west-1").as_deref(),
            Some("arn:aws:iam::1:role/x")
        );
    }
}
