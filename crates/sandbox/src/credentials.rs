//! Credentials and SDK configurations that act in the sandbox.

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_types::SdkConfig;
use aws_types::region::Region;

use crate::Sandbox;
use crate::sts::{State, User};

impl Sandbox {
    /// The long-lived credentials of an account's administrator.
    pub fn credentials(&self, account: &str) -> Credentials {
        permanent(account, User::Admin)
    }

    /// The long-lived credentials of an account's root.
    pub fn root_credentials(&self, account: &str) -> Credentials {
        permanent(account, User::Root)
    }

    /// An SDK configuration that acts as an account's administrator, on this sandbox's network and clock.
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

fn permanent(account: &str, user: User) -> Credentials {
    let (id, secret) = State::permanent_key(account, user);
    Credentials::new(id, secret, None, None, "sandbox")
}
