//! How an account is entered: with which credentials, over which network, and as whom.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use aws_config::ecs::EcsCredentialsProvider;
use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::imds;
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::meta::credentials::CredentialsProviderChain;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::web_identity_token::WebIdentityTokenCredentialsProvider;
use aws_config::{AppName, BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::timeout::TimeoutConfig;

use clock::Clock;
use jiff::Timestamp;
use model::{AccountId, NoAccountId};

use crate::access::{Access, Connection, partition};
use crate::http::{self, Trusted};
use crate::profile::Profile;
use crate::repeat;
use crate::wallet::{self, Wallet};
use crate::wire::{ANSWER_LIMIT, Wire};
use crate::words::{self, Fault};

/// The name of this program in the user agent of its requests.
const NAME: &str = "deploy";

/// The word of a user agent that has that name.
pub const APP: &str = "app/deploy";

/// How long this machine's metadata service may take. It is on the machine's own link, and where there
/// is none, every account would wait for it: the SDK tries for longer.
const METADATA_LIMIT: Duration = Duration::from_secs(2);

/// Why an account could not be entered.
#[derive(Clone, Debug)]
pub(crate) enum Closed {
    /// Something on this side: no credentials, no network, a setting that cannot be followed.
    Here(String),
    /// AWS refused.
    Refused(String),
}

/// An account that somebody enters.
pub(crate) struct Door<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) wire: &'a Wire,
    pub(crate) access: &'a Access,
    /// The region of the first request; it says which partition the account is in.
    pub(crate) region: &'a str,
}

/// An account that was entered.
#[derive(Clone, Debug)]
pub(crate) struct Opened {
    pub(crate) config: SdkConfig,
    pub(crate) wallet: Wallet,
    /// The shared configuration; nothing where credentials were handed over.
    pub(crate) profile: Option<Arc<Profile>>,
    /// The account of the credentials.
    pub(crate) account: AccountId,
    /// The ARN of whoever they are.
    pub(crate) caller: String,
}

impl Door<'_> {
    pub(crate) async fn open(&self) -> Result<Opened, Closed> {
        let profile = if self.handed_over().is_some() {
            None
        } else {
            let named = self.access.profile.as_deref();
            let profile = Profile::load(named).await.map_err(Closed::Here)?;
            Some(Arc::new(profile))
        };
        let wallet = Wallet::new();
        let config = self.configure(profile.as_deref()).await;
        let config = config.map_err(Closed::Here)?.into_builder();
        let mut config = config.identity_cache(wallet.clone()).build();
        let identity = match self.access.role_arn(self.region) {
            Some(role) => {
                let entered = self.assume(&config, &role, profile.as_deref()).await?;
                config = entered.config;
                entered.identity
            }
            None => caller(&config, profile.as_deref()).await?,
        };
        Ok(Opened {
            config,
            wallet,
            profile,
            account: identity.account,
            caller: identity.arn,
        })
    }

    /// Credentials that the program was given, as a sandbox gives them.
    fn handed_over(&self) -> Option<&SharedCredentialsProvider> {
        let own = self.connection.by_account.get(&self.access.id);
        own.filter(|_| self.access.role.is_none())
            .or(self.connection.credentials.as_ref())
    }

    async fn configure(&self, profile: Option<&Profile>) -> Result<SdkConfig, String> {
        let clock = self.connection.clock;
        let http = self.http(profile).await?;
        let http = match &self.connection.recorder {
            Some(recorder) => recorder.over(http),
            None => http,
        };
        let http = self.wire.watch(http);
        // Roles are assumed where every account has STS. Tokens of a regional endpoint are valid
        // in all regions, those of the global one not in opt-in regions (IAM User Guide, "Managing AWS
        // STS in a Region").
        let region = Region::new(main_region(self.region));
        let attempts = profile.map(Profile::max_attempts).transpose()?.flatten();
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .region(region.clone())
            .http_client(http.clone())
            .time_source(clock)
            .sleep_impl(clock)
            .retry_config(repeat::attempts(attempts))
            .timeout_config(timeouts())
            .stalled_stream_protection(stalls());
        if let Ok(name) = AppName::new(NAME) {
            loader = loader.app_name(name);
        }
        if let Some(name) = &self.access.profile {
            loader = loader.profile_name(name);
        }
        let credentials = match self.handed_over() {
            Some(credentials) => credentials.clone(),
            None => self.credentials(http, region),
        };
        Ok(loader.credentials_provider(credentials).load().await)
    }

    async fn http(&self, profile: Option<&Profile>) -> Result<SharedHttpClient, String> {
        if let Some(http) = &self.connection.http {
            return Ok(http.clone());
        }
        let instead = match profile.and_then(Profile::ca_bundle) {
            Some(path) => Some(http::authorities(&path).await?),
            None => None,
        };
        let besides = self.connection.authorities.clone();
        http::client(Trusted {
            instead,
            besides: besides.map(String::into_bytes),
        })
    }

    /// The credentials that the manifest names, and no others; or those that AWS's own clients would find. The default
    /// chain of the SDK begins with the environment, whatever profile it is given: so it would act as
    /// somebody else than the manifest says, without a word.
    fn credentials(&self, http: SharedHttpClient, region: Region) -> SharedCredentialsProvider {
        let clock = self.connection.clock;
        let config = ProviderConfig::without_region()
            .with_region(Some(region))
            .with_http_client(http)
            .with_time_source(clock)
            .with_sleep_impl(clock)
            .with_timeout_config(timeouts());
        if let Some(name) = &self.access.profile {
            let named = ProfileFileCredentialsProvider::builder().profile_name(name);
            return SharedCredentialsProvider::new(named.configure(&config).build());
        }
        SharedCredentialsProvider::new(chain(clock, &config))
    }

    /// Assumes the account's role. The answer says whose the credentials are, so that nobody has to be asked.
    async fn assume(
        &self,
        base: &SdkConfig,
        role: &str,
        profile: Option<&Profile>,
    ) -> Result<Assumed, Closed> {
        let session_name = self.access.session_name.as_deref().unwrap_or("deploy");
        let mut provider = aws_config::sts::AssumeRoleProvider::builder(role)
            .session_name(session_name)
            .configure(base);
        if let Some(external_id) = &self.access.external_id {
            provider = provider.external_id(external_id);
        }
        let provider = match base.credentials_provider() {
            Some(credentials) => provider.build_from_provider(credentials).await,
            None => provider.build().await,
        };
        let clock = self.connection.clock;
        let first = tokio::select! {
            biased;
            answer = provider.provide_credentials() => answer,
            () = clock.sleep(wallet::LIMIT) => Err(CredentialsError::provider_timed_out(wallet::LIMIT)),
        };
        let first = first.map_err(|error| closed(&error, profile))?;
        let account = first.account_id().map(|id| account(id.as_str()));
        let provider = Entered {
            clock,
            first: Mutex::new(Some(first)),
            provider,
        };
        let config = base.clone().into_builder();
        let provider = SharedCredentialsProvider::new(provider);
        let config = config.credentials_provider(provider).build();
        let identity = match account {
            Some(account) => Identity::of_role(account?, role, session_name),
            None => caller(&config, profile).await?,
        };
        Ok(Assumed { config, identity })
    }
}

/// A role that was assumed.
struct Assumed {
    config: SdkConfig,
    identity: Identity,
}

/// The identity behind credentials.
struct Identity {
    account: AccountId,
    arn: String,
}

impl Identity {
    /// The session of a role, as STS names it (IAM User Guide, "IAM identifiers"): without the role's path.
    fn of_role(account: AccountId, role: &str, session: &str) -> Self {
        let partition = role.split(':').nth(1).unwrap_or("aws");
        let name = role.rsplit('/').next().unwrap_or(role);
        let arn = format!("arn:{partition}:sts::{account}:assumed-role/{name}/{session}");
        Self { account, arn }
    }
}

/// The credentials of a role: those with which it was entered, and then others.
#[derive(Debug)]
struct Entered<P> {
    clock: Clock,
    first: Mutex<Option<Credentials>>,
    provider: P,
}

impl<P: ProvideCredentials> ProvideCredentials for Entered<P> {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let first = {
            let mut first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
            first.take()
        };
        let now = self.clock.now();
        let is_over = |end: SystemTime| Timestamp::try_from(end).is_ok_and(|end| end <= now);
        // An account can be entered long before anything is asked in it.
        let first = first.filter(|first| !first.expiry().is_some_and(is_over));
        match first {
            Some(first) => future::ProvideCredentials::ready(Ok(first)),
            None => self.provider.provide_credentials(),
        }
    }
}

/// AWS's default chain. The SDK's own gives the metadata service as long as it takes to fail.
fn chain(clock: Clock, config: &ProviderConfig) -> CredentialsProviderChain {
    let metadata = imds::Client::builder().configure(config).max_attempts(1);
    let metadata = ImdsCredentialsProvider::builder()
        .configure(config)
        .imds_client(metadata.build())
        .build();
    let profile = ProfileFileCredentialsProvider::builder().configure(config);
    let web_identity = WebIdentityTokenCredentialsProvider::builder().configure(config);
    let container = EcsCredentialsProvider::builder().configure(config);
    let environment = EnvironmentVariableCredentialsProvider::new();
    CredentialsProviderChain::first_try("Environment", environment)
        .or_else("Profile", profile.build())
        .or_else("WebIdentityToken", web_identity.build())
        .or_else("EcsContainer", container.build())
        .or_else("Ec2InstanceMetadata", Hurried { clock, metadata })
}

/// The metadata service, with a limit on all its questions together: it is asked for a token, then for
/// a role in two ways, then for the role's keys, and each may be left without an answer.
#[derive(Debug)]
struct Hurried {
    clock: Clock,
    metadata: ImdsCredentialsProvider,
}

impl ProvideCredentials for Hurried {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            tokio::select! {
                biased;
                answer = self.metadata.provide_credentials() => answer,
                () = self.clock.sleep(METADATA_LIMIT) => {
                    Err(CredentialsError::not_loaded("no metadata service answers"))
                }
            }
        })
    }
}

/// A region of the partition that every account in it has from the start.
fn main_region(region: &str) -> &'static str {
    match partition(region) {
        "aws-cn" => "cn-north-1",
        "aws-us-gov" => "us-gov-west-1",
        "aws-eusc" => "eusc-de-east-1",
        _ => "us-east-1",
    }
}

/// How long one attempt may take to connect, and until the answer begins. The time-outs of the SDK
/// that would count the wait for the quota as well, those of an operation and of its attempts, stay
/// off: `attempt::DEADLINE` stands in for them.
fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(10))
        .read_timeout(ANSWER_LIMIT)
        .disable_operation_timeout()
        .disable_operation_attempt_timeout()
        .build()
}

/// How long a body may stand still. The wait for the quota comes before the request exists, so that
/// no body of a held request is taken for a stalled one.
fn stalls() -> StalledStreamProtectionConfig {
    StalledStreamProtectionConfig::enabled()
        .grace_period(Duration::from_secs(20))
        .build()
}

/// The identity behind the credentials, as STS says it.
async fn caller(config: &SdkConfig, profile: Option<&Profile>) -> Result<Identity, Closed> {
    let client = aws_sdk_sts::Client::new(config);
    let answer = client.get_caller_identity().send().await;
    let identity = answer.map_err(|error| {
        let refused = crate::error("GetCallerIdentity", &error);
        match &refused.code {
            Some(code) => Closed::Refused(format!("AWS answered {code}: {}", refused.message)),
            None => closed(&error, profile),
        }
    })?;
    let id = identity.account();
    let id = id.ok_or_else(|| Closed::Here("AWS did not say which account".to_owned()))?;
    Ok(Identity {
        account: account(id)?,
        arn: identity.arn().unwrap_or_default().to_owned(),
    })
}

fn account(id: &str) -> Result<AccountId, Closed> {
    let account = id.parse();
    account.map_err(|error: NoAccountId| Closed::Here(error.to_string()))
}

/// The reason why an account stays closed, where no credentials of it could be had.
fn closed(error: &(dyn Error + 'static), profile: Option<&Profile>) -> Closed {
    match role_refusal(error) {
        Some(refusal) => Closed::Refused(format!(
            "its role cannot be assumed: AWS answered {refusal}"
        )),
        None => Closed::Here(unentered(error, profile)),
    }
}

/// The reason why the account could not be entered, and what helps. Only who has no credentials is told to log in.
fn unentered(error: &(dyn Error + 'static), profile: Option<&Profile>) -> String {
    let what = words::of(error);
    match profile.filter(|_| words::fault(error) == Fault::Credentials) {
        Some(profile) => format!("{what}; profile `{}`: {}", profile.name(), profile.login()),
        None => what,
    }
}

/// AWS's words, when it was the role that it refused: the SDK hides them below several errors.
fn role_refusal(error: &(dyn Error + 'static)) -> Option<String> {
    let refusal = words::chain(error).find_map(|error| error.downcast_ref::<AssumeRoleError>())?;
    let code = refusal.code().unwrap_or("an error without a code");
    Some(format!("{code}: {}", refusal.message().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r_51_roles_are_assumed_where_every_account_has_sts() {
        for (region, main) in [
            ("af-south-1", "us-east-1"),
            ("us-gov-east-1", "us-gov-west-1"),
            ("cn-northwest-1", "cn-north-1"),
            ("eusc-de-east-1", "eusc-de-east-1"),
        ] {
            assert_eq!(main_region(region), main);
        }
    }
}
