//! A session: one account, one region, and the clients of the services in it.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::{AppName, BehaviorVersion, Region, SdkConfig};
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use aws_smithy_http_client::tls;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use clock::Clock;
use jiff::SignedDuration;
use model::{AccountName, KindError, Location};
use tokio::sync::{Mutex, OnceCell};

use crate::access::{Access, Connection};
use crate::attempt::Lane;
use crate::scheduler::{Class, Scheduler};
use crate::skew::Skew;
use crate::wallet::Wallet;
use crate::wire::{ANSWER_LIMIT, Wire};

/// Why a session could not be opened.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SessionError {
    /// The manifest has no such account.
    #[error("the manifest has no account `{0}`")]
    UnknownAccount(AccountName),
    /// The manifest gave the account's name to another account, and something is left in the old one.
    #[error(
        "the ledger has resources in account {held} as `{account}`, and the manifest declares that as {declared}"
    )]
    Renumbered {
        /// The account.
        account: AccountName,
        /// The number that the ledger has.
        held: String,
        /// The manifest's id.
        declared: String,
    },
    /// AWS refused the credentials, or they could not be had.
    #[error("could not get credentials for account `{account}`: {reason}")]
    Credentials {
        /// The account.
        account: AccountName,
        /// AWS's words.
        reason: String,
    },
    /// The credentials act in another account (PLAN-03).
    #[error("account `{account}` is declared as {declared}, and its credentials act in {actual}")]
    WrongAccount {
        /// The account.
        account: AccountName,
        /// The manifest's id.
        declared: String,
        /// The credentials' own.
        actual: String,
    },
}

/// An account that was asked who it is, or is being asked: once in a run, whatever came of it. So
/// accounts answer side by side, and one that refuses us says so once, not for each resource.
type Checked = OnceCell<Result<Entered, SessionError>>;

/// Opens sessions, and keeps them.
pub struct Sessions {
    accounts: BTreeMap<AccountName, Access>,
    connection: Connection,
    http: SharedHttpClient,
    scheduler: Scheduler,
    skew: Skew,
    open: Mutex<BTreeMap<Location, Arc<Session>>>,
    checked: Mutex<BTreeMap<AccountName, Arc<Checked>>>,
}

/// An account that was entered, its number found to be the declared one.
#[derive(Clone)]
struct Entered {
    config: SdkConfig,
    wallet: Wallet,
    /// The ARN of whoever the credentials are.
    caller: String,
}

impl Sessions {
    /// Sessions into these accounts.
    pub fn new(accounts: BTreeMap<AccountName, Access>, connection: Connection) -> Self {
        let http = connection.http.clone().unwrap_or_else(|| {
            aws_smithy_http_client::Builder::new()
                .tls_provider(tls::Provider::Rustls(
                    tls::rustls_provider::CryptoMode::Ring,
                ))
                .build_https()
        });
        let skew = Skew::default();
        let wire = Wire {
            clock: connection.clock,
            skew: skew.clone(),
            notice: connection.notice.clone(),
        };
        let http = wire.watch(http);
        let scheduler = Scheduler::new(connection.clock, connection.quotas.clone());
        Self {
            accounts,
            connection,
            http,
            scheduler,
            skew,
            open: Mutex::default(),
            checked: Mutex::default(),
        }
    }

    /// How far AWS's clock is ahead of ours, when it has answered.
    pub fn skew(&self) -> Option<SignedDuration> {
        self.skew.seen()
    }

    /// The session of a location. The first in an account compares the account's number with the
    /// declared one; nothing else is asked of AWS before that.
    pub async fn session(&self, location: &Location) -> Result<Arc<Session>, SessionError> {
        if let Some(session) = self.open.lock().await.get(location) {
            return Ok(session.clone());
        }
        self.is_declared(location)?;
        let entered = self
            .account(&location.account, location.region.as_str())
            .await?;
        let mut open = self.open.lock().await;
        let session = open
            .entry(location.clone())
            .or_insert_with(|| Arc::new(Session::new(&entered, location, &self.scheduler)));
        Ok(session.clone())
    }

    /// What the ledger has under an account's name is in the account that had it then. In another one
    /// the same names may be somebody else's.
    fn is_declared(&self, location: &Location) -> Result<(), SessionError> {
        match self.accounts.get(&location.account) {
            Some(access) if access.id != location.account_id => Err(SessionError::Renumbered {
                account: location.account.clone(),
                held: location.account_id.to_string(),
                declared: access.id.to_string(),
            }),
            _ => Ok(()),
        }
    }

    async fn account(&self, name: &AccountName, region: &str) -> Result<Entered, SessionError> {
        let checked = {
            let mut accounts = self.checked.lock().await;
            accounts.entry(name.clone()).or_default().clone()
        };
        checked
            .get_or_init(|| self.check(name, region))
            .await
            .clone()
    }

    async fn check(&self, name: &AccountName, region: &str) -> Result<Entered, SessionError> {
        let access = self
            .accounts
            .get(name)
            .ok_or_else(|| SessionError::UnknownAccount(name.clone()))?;
        let wallet = Wallet::new();
        let config = self.configure(access, region).await;
        let config = config.into_builder().identity_cache(wallet.clone()).build();
        let (actual, caller) =
            caller(&config)
                .await
                .map_err(|reason| SessionError::Credentials {
                    account: name.clone(),
                    reason,
                })?;
        if actual != access.id.as_str() {
            return Err(SessionError::WrongAccount {
                account: name.clone(),
                declared: access.id.to_string(),
                actual,
            });
        }
        Ok(Entered {
            config,
            wallet,
            caller,
        })
    }

    async fn configure(&self, access: &Access, region: &str) -> SdkConfig {
        let Connection {
            clock, credentials, ..
        } = &self.connection;
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new(region.to_owned()))
            .http_client(self.http.clone())
            .time_source(*clock)
            .sleep_impl(*clock)
            .retry_config(RetryConfig::standard().with_max_attempts(8))
            .timeout_config(timeouts())
            .stalled_stream_protection(stalls());
        if let Ok(name) = AppName::new("deploy") {
            loader = loader.app_name(name);
        }
        let own = self
            .connection
            .by_account
            .get(&access.id)
            .filter(|_| access.role.is_none());
        if let Some(credentials) = own.or(credentials.as_ref()) {
            loader = loader.credentials_provider(credentials.clone());
        } else if let Some(profile) = &access.profile {
            loader = loader.profile_name(profile);
        }
        let base = loader.load().await;
        let Some(role) = access.role_arn(region) else {
            return base;
        };
        let session_name = access.session_name.as_deref().unwrap_or("deploy");
        let mut provider = aws_config::sts::AssumeRoleProvider::builder(role)
            .session_name(session_name)
            .configure(&base);
        if let Some(external_id) = &access.external_id {
            provider = provider.external_id(external_id);
        }
        let provider = match base.credentials_provider() {
            Some(credentials) => provider.build_from_provider(credentials).await,
            None => provider.build().await,
        };
        base.into_builder()
            .credentials_provider(
                aws_credential_types::provider::SharedCredentialsProvider::new(provider),
            )
            .build()
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

/// The account and the ARN of whoever the credentials are.
async fn caller(config: &SdkConfig) -> Result<(String, String), String> {
    let client = aws_sdk_sts::Client::new(config);
    let answer = client.get_caller_identity().send().await;
    let identity = answer.map_err(|error| match role_refusal(&error) {
        Some(refusal) => format!("its role cannot be assumed: AWS answered {refusal}"),
        None => no_identity(&crate::error("GetCallerIdentity", &error)),
    })?;
    let account = identity
        .account()
        .ok_or_else(|| "AWS did not say which account".to_owned())?;
    let arn = identity.arn().unwrap_or_default();
    Ok((account.to_owned(), arn.to_owned()))
}

fn no_identity(error: &KindError) -> String {
    match &error.code {
        Some(code) => format!("AWS answered {code}: {}", error.message),
        None => format!(
            "no usable AWS credentials were found: log in (`aws sso login`), set AWS_PROFILE, or name a `profile` ({})",
            error.message.replace('\n', " ")
        ),
    }
}

/// AWS's words, when it was the role that it refused: the SDK hides them below several errors.
fn role_refusal(error: &(dyn Error + 'static)) -> Option<String> {
    let refusal = std::iter::successors(Some(error), |error: &&(dyn Error + 'static)| {
        (*error).source()
    })
    .find_map(|error| error.downcast_ref::<AssumeRoleError>())?;
    let code = refusal.code().unwrap_or("an error without a code");
    Some(format!("{code}: {}", refusal.message().unwrap_or_default()))
}

/// One account and region.
#[derive(Clone, Debug)]
pub struct Session {
    location: Location,
    caller: String,
    config: SdkConfig,
    wallet: Wallet,
    scheduler: Scheduler,
    class: Class,
}

impl Session {
    fn new(entered: &Entered, location: &Location, scheduler: &Scheduler) -> Self {
        let config = entered
            .config
            .clone()
            .into_builder()
            .region(Region::new(location.region.to_string()))
            .build();
        Self {
            location: location.clone(),
            caller: entered.caller.clone(),
            config,
            wallet: entered.wallet.clone(),
            scheduler: scheduler.clone(),
            class: Class::Plain,
        }
    }

    /// The same session for questions that are asked until their answer changes: its requests let
    /// others go first.
    #[must_use]
    pub fn polling(&self) -> Self {
        Self {
            class: Class::Poll,
            ..self.clone()
        }
    }

    /// Where it acts.
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// The ARN of whoever acts, as STS says it.
    pub fn caller(&self) -> &str {
        &self.caller
    }

    /// The account's number, to be named as the expected owner of every bucket.
    pub fn account_id(&self) -> &str {
        self.location.account_id.as_str()
    }

    /// The time.
    pub fn clock(&self) -> Clock {
        self.scheduler.clock()
    }

    pub(crate) fn config(&self) -> &SdkConfig {
        &self.config
    }

    pub(crate) fn lane(&self) -> Lane {
        Lane {
            scheduler: self.scheduler.clone(),
            account: self.account_id().to_owned(),
            region: self.location.region.to_string(),
            class: self.class,
            wallet: self.wallet.clone(),
        }
    }
}
