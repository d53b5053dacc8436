//! Credentials and SDK configurations that act in the sandbox.

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_types::SdkConfig;
use aws_types::region::Region;

use crate::Sandbox;
use crate::sts::State;

impl Sandbox {
    /// The root credentials of an account.
    pub fn credentials(&self, account: &str) -> Credentials {
        let (id, secret) = State::root_key(account);
        Credentials::new(id, secret, None, None, "sandbox")
    }

    /// An SDK configuration that acts as an account's root, on this sandbox's network and clock.
    pub fn sdk_config(&self, account: &str, region: &str) -> SdkConfig {
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region.to_owned()))
            .credentials_provider(SharedCredentialsProvider::new(self.credentials(account)))
            .http_client(self.http_client())
            .sleep_impl(SharedAsyncSleep::new(self.clock()))
            .time_source(SharedTimeSource::new(self.clock()))
            .build()
    }
}
