//! A session: one account, one region, and the clients of the services in it.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_config::{Region, SdkConfig};
use clock::Clock;
use jiff::{SignedDuration, Timestamp};
use model::{AccountId, AccountName, Location};
use tokio::sync::{Mutex, OnceCell};

use crate::access::{Access, Connection};
use crate::attempt::Lane;
use crate::class::Class;
use crate::entry::{Closed, Door, Opened};
use crate::guard::Guard;
use crate::profile::Profile;
use crate::quotas::Quota;
use crate::scheduler::Scheduler;
use crate::simulator::Simulator;
use crate::skew::Skew;
use crate::wallet::Wallet;
use crate::wire::Wire;

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
        held: AccountId,
        /// The manifest's id.
        declared: AccountId,
    },
    /// AWS refused the credentials or the role.
    #[error("could not get credentials for account `{account}`: {reason}")]
    Credentials {
        /// The account.
        account: AccountName,
        /// AWS's words.
        reason: String,
    },
    /// There are no credentials, no way to AWS, or a setting that can't be followed.
    #[error("account `{account}` cannot be entered: {reason}")]
    Unavailable {
        /// The account.
        account: AccountName,
        /// The fault on this side, and what helps.
        reason: String,
    },
    /// The credentials act in another account (PLAN-03).
    #[error("account `{account}` is declared as {declared}, and its credentials act in {actual}")]
    WrongAccount {
        /// The account.
        account: AccountName,
        /// The manifest's id.
        declared: AccountId,
        /// The credentials' own.
        actual: AccountId,
    },
}

/// An account that was asked who it is, or is being asked: once in a run, whatever came of it. So
/// accounts answer side by side, and one that refuses us says so once, not for each resource.
type Checked = OnceCell<Result<Opened, SessionError>>;

/// Opens sessions, and keeps them.
pub struct Sessions {
    accounts: BTreeMap<AccountName, Access>,
    connection: Connection,
    scheduler: Scheduler,
    wire: Wire,
    open: Mutex<BTreeMap<Location, Arc<Session>>>,
    checked: Mutex<BTreeMap<AccountName, Arc<Checked>>>,
}

impl Sessions {
    /// Sessions into these accounts.
    pub fn new(accounts: BTreeMap<AccountName, Access>, connection: Connection) -> Self {
        let wire = Wire {
            clock: connection.clock,
            skew: Skew::default(),
            notice: connection.notice.clone(),
        };
        let scheduler = Scheduler::new(
            connection.clock,
            connection.quotas.clone(),
            connection.sharers,
        );
        Self {
            accounts,
            connection,
            scheduler,
            wire,
            open: Mutex::default(),
            checked: Mutex::default(),
        }
    }

    /// The part of each service's quota that this run may take, by the service's name.
    pub fn quotas(&self) -> BTreeMap<String, Quota> {
        let Connection {
            quotas, sharers, ..
        } = &self.connection;
        let by_service = crate::quotas::by_service(quotas).into_iter();
        by_service
            .map(|(service, quota)| (service, quota.shared(*sharers)))
            .collect()
    }

    /// How far AWS's clock is ahead of ours, when it has answered.
    pub fn skew(&self) -> Option<SignedDuration> {
        self.wire.skew.seen()
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
            .or_insert_with(|| Arc::new(Session::new(&entered, location, self)));
        Ok(session.clone())
    }

    /// Fails if the location's account is not the one that the manifest declares: under another number
    /// the same names may be somebody else's.
    fn is_declared(&self, location: &Location) -> Result<(), SessionError> {
        match self.accounts.get(&location.account) {
            Some(access) if access.id != location.account_id => Err(SessionError::Renumbered {
                account: location.account.clone(),
                held: location.account_id.clone(),
                declared: access.id.clone(),
            }),
            _ => Ok(()),
        }
    }

    async fn account(&self, name: &AccountName, region: &str) -> Result<Opened, SessionError> {
        let checked = {
            let mut accounts = self.checked.lock().await;
            accounts.entry(name.clone()).or_default().clone()
        };
        checked
            .get_or_init(|| self.check(name, region))
            .await
            .clone()
    }

    async fn check(&self, name: &AccountName, region: &str) -> Result<Opened, SessionError> {
        let access = self
            .accounts
            .get(name)
            .ok_or_else(|| SessionError::UnknownAccount(name.clone()))?;
        let door = Door {
            connection: &self.connection,
            wire: &self.wire,
            access,
            region,
        };
        let account = name.clone();
        let opened = Box::pin(door.open()).await.map_err(|closed| match closed {
            Closed::Here(reason) => SessionError::Unavailable { account, reason },
            Closed::Refused(reason) => SessionError::Credentials { account, reason },
        })?;
        if opened.account != access.id {
            return Err(SessionError::WrongAccount {
                account: name.clone(),
                declared: access.id.clone(),
                actual: opened.account,
            });
        }
        Ok(opened)
    }
}

/// One account and region.
#[derive(Clone, Debug)]
pub struct Session {
    location: Location,
    caller: String,
    config: SdkConfig,
    wallet: Wallet,
    profile: Option<Arc<Profile>>,
    simulator: Simulator,
    scheduler: Scheduler,
    skew: Skew,
    class: Class,
    rank: u64,
    guard: Option<Guard>,
}

impl Session {
    fn new(entered: &Opened, location: &Location, sessions: &Sessions) -> Self {
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
            profile: entered.profile.clone(),
            simulator: Simulator::default(),
            scheduler: sessions.scheduler.clone(),
            skew: sessions.wire.skew.clone(),
            class: Class::Plain,
            rank: 0,
            guard: None,
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

    /// The same session for a call whose time has come, after such a question.
    #[must_use]
    pub fn pressing(&self) -> Self {
        Self {
            class: Class::Plain,
            ..self.clone()
        }
    }

    /// Whether it is for questions that are asked until their answer changes.
    pub(crate) fn is_poll(&self) -> bool {
        self.class == Class::Poll
    }

    /// The same session for a part of a long run: of equally urgent requests, those of a lower rank go
    /// first.
    #[must_use]
    pub fn ranked(&self, rank: u64) -> Self {
        Self {
            rank,
            ..self.clone()
        }
    }

    /// The same session for requests that a guard has to agree to.
    #[must_use]
    pub fn guarded(&self, guard: Guard) -> Self {
        Self {
            guard: Some(guard),
            ..self.clone()
        }
    }

    /// The account and region in which it acts.
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// The ARN of whoever acts, as STS says it.
    pub fn caller(&self) -> &str {
        &self.caller
    }

    /// The account's number, to be named as the expected owner of every bucket.
    pub fn account_id(&self) -> &AccountId {
        &self.location.account_id
    }

    /// The time.
    pub fn clock(&self) -> Clock {
        self.scheduler.clock()
    }

    /// The time at AWS, by the `Date` of its last answer.
    pub fn server_time(&self) -> Timestamp {
        self.clock().now() + self.skew.seen().unwrap_or_default()
    }

    /// A clock that shows the time at AWS. A request that is attempted once has to be signed by it: where
    /// this machine's clock is wrong, the SDK corrects itself after a refusal, for the next attempt only.
    pub fn server_clock(&self) -> Clock {
        Clock::starting_at(self.server_time(), self.clock().speed())
    }

    pub(crate) fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// The endpoint of a service that is configured in a way that the SDK does not read.
    pub(crate) fn endpoint(&self, service: &str) -> Option<String> {
        self.profile.as_ref()?.endpoint(service)
    }

    pub(crate) fn simulator(&self) -> &Simulator {
        &self.simulator
    }

    pub(crate) fn lane(&self) -> Lane {
        Lane {
            scheduler: self.scheduler.clone(),
            account: self.account_id().clone(),
            region: self.location.region.to_string(),
            class: self.class,
            rank: self.rank,
            wallet: self.wallet.clone(),
            guard: self.guard.clone(),
        }
    }
}
