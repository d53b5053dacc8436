//! The clients of the services, each with its lane: requests wait for the quota before they are
//! signed, and are repeated by the rules of this crate.

use aws_smithy_runtime::client::retries::{RetryPartition, TokenBucket};

use crate::attempt::Lane;
use crate::repeat::Classifier;
use crate::session::Session;

/// The SDK's quota of repeated requests, which is shared by all clients of a process and ends
/// repetition after a hundred failures: the scheduler paces repeated requests like all others, so
/// that there is nothing left for it to protect.
pub(crate) fn unlimited_repeats() -> RetryPartition {
    RetryPartition::custom("deploy")
        .token_bucket(TokenBucket::unlimited())
        .build()
}

macro_rules! client {
    ($name:ident, $sdk:ident, $service:literal) => {
        #[doc = concat!("A client of ", $service, " in this account and region.")]
        pub fn $name(&self) -> $sdk::Client {
            let lane: Lane = self.lane();
            let mut config = $sdk::config::Builder::from(self.config())
                .identity_cache(lane.clone())
                .interceptor(lane)
                .retry_classifier(Classifier)
                .retry_partition(unlimited_repeats());
            if let Some(url) = self.endpoint($service) {
                config.set_endpoint_url(Some(url));
            }
            $sdk::Client::from_conf(config.build())
        }
    };
}

impl Session {
    client!(acm, aws_sdk_acm, "ACM");
    client!(cloudfront, aws_sdk_cloudfront, "CloudFront");
    client!(route53, aws_sdk_route53, "Route 53");
    client!(s3, aws_sdk_s3, "S3");
    client!(ses_v1, aws_sdk_ses, "SES");
    client!(ses, aws_sdk_sesv2, "SESv2");
    client!(
        tagging,
        aws_sdk_resourcegroupstagging,
        "Resource Groups Tagging API"
    );
}
