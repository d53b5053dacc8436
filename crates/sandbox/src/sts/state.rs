//! Accounts, their roles, and the credentials that were given out.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::policy::{Ask, Policy};
use crate::service::ServiceError;

/// Accounts, roles and sessions. Secrets are derived when they are needed, never kept.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// By twelve-digit id.
    pub accounts: BTreeMap<String, Account>,
    /// Temporary credentials, by access key id.
    sessions: BTreeMap<String, Session>,
    issued: u64,
}

/// One AWS account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Account {
    /// By name.
    pub roles: BTreeMap<String, Role>,
    /// Regions that are off in it: AWS leaves the opt-in regions off until somebody enables them.
    pub regions_off: BTreeSet<String>,
    /// When AWS has switched its services on: a new account waits for that.
    pub opens: Option<Timestamp>,
    /// Whether AWS Support has still to let it create distributions.
    pub unverified: bool,
}

/// The users with long-lived credentials in an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum User {
    /// An IAM user who may do everything, assume roles included.
    Admin,
    /// The account's root, who cannot assume roles.
    Root,
}

impl User {
    fn arn(self, account: &str) -> String {
        match self {
            Self::Admin => format!("arn:aws:iam::{account}:user/admin"),
            Self::Root => format!("arn:aws:iam::{account}:root"),
        }
    }
}

/// A role that can be assumed from every account of the world that knows its external id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Role {
    /// The external id that the caller has to name, where the role asks for it.
    pub external_id: Option<String>,
    /// Its path, `/` where nothing is said: `/aws-reserved/sso.amazonaws.com/`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The longest session that it gives; an hour where nothing is said.
    pub max_session: Option<SignedDuration>,
    /// IAM actions that it is not allowed, with `*` for the rest of a name: `s3:Put*`.
    pub denied: Vec<String>,
    /// Its policy. Without one it may do everything in its account but what is denied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<Policy>,
}

impl Role {
    /// Its ARN after the account: `role/mail-deploy`.
    pub(crate) fn named(&self, name: &str) -> String {
        format!("role{}{name}", self.path.as_deref().unwrap_or("/"))
    }

    /// Whether it is not allowed what is asked.
    pub(crate) fn denies(&self, ask: &Ask) -> bool {
        let policy = self.policy.as_ref();
        policy.is_some_and(|policy| !policy.allows(ask)) || self.is_denied(&ask.action)
    }

    fn is_denied(&self, action: &str) -> bool {
        self.denied
            .iter()
            .any(|pattern| match pattern.strip_suffix('*') {
                Some(start) => action.starts_with(start),
                None => pattern == action,
            })
    }
}

/// The principal that acts, as far as an ARN tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Principal<'a> {
    /// A session of a role.
    Role {
        /// The role's account.
        account: &'a str,
        /// Its name, without a path.
        name: &'a str,
    },
    /// A user, or nobody that is known.
    Other,
}

impl<'a> Principal<'a> {
    /// The principal of `arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION`.
    pub(crate) fn of(arn: &'a str) -> Self {
        let session = || {
            let (account, rest) = arn.strip_prefix("arn:aws:sts::")?.split_once(':')?;
            let (name, _) = rest.strip_prefix("assumed-role/")?.split_once('/')?;
            Some(Self::Role { account, name })
        };
        session().unwrap_or(Self::Other)
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Session {
    account: String,
    principal: String,
    expires: Timestamp,
}

/// Credentials as they are handed out.
#[derive(Clone, PartialEq, Eq)]
pub struct Issued {
    /// `ASIA…`.
    pub access_key_id: String,
    /// Its secret.
    pub secret: String,
    /// Its session token.
    pub token: String,
    /// When the session ends.
    pub expires: Timestamp,
    /// The ARN of the session.
    pub principal: String,
}

/// An access key as the sandbox knows it.
pub(crate) struct Key {
    pub(crate) account: String,
    pub(crate) principal: String,
    pub(crate) secret: String,
    pub(crate) token: Option<String>,
    pub(crate) expires: Option<Timestamp>,
}

/// The input of `AssumeRole`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Assume<'a> {
    pub(crate) caller: &'a str,
    pub(crate) role_arn: &'a str,
    pub(crate) session_name: &'a str,
    pub(crate) external_id: Option<&'a str>,
    pub(crate) duration: SignedDuration,
}

impl State {
    /// Adds an account, with roles that ask for no external id.
    pub fn seed_account(&mut self, id: &str, roles: &[&str]) {
        let account = self.accounts.entry(id.to_owned()).or_default();
        for role in roles {
            account.roles.entry((*role).to_owned()).or_default();
        }
    }

    /// The long-lived credentials of an account: access key id and secret.
    pub fn permanent_key(account: &str, user: User) -> (String, String) {
        let owner = user.arn(account);
        (format!("AKIA{}", key_id(&owner)), secret(&owner))
    }

    /// The account and the secret behind an access key.
    pub(crate) fn key(&self, access_key_id: &str) -> Option<Key> {
        if let Some(session) = self.sessions.get(access_key_id) {
            return Some(Key {
                account: session.account.clone(),
                principal: session.principal.clone(),
                secret: secret(access_key_id),
                token: Some(token(access_key_id)),
                expires: Some(session.expires),
            });
        }
        let both = self
            .accounts
            .keys()
            .flat_map(|id| [(id, User::Admin), (id, User::Root)]);
        let found = both.map(|(id, user)| (id, user, Self::permanent_key(id, user)));
        let (id, user, (_, secret)) = found
            .into_iter()
            .find(|(_, _, (key, _))| key == access_key_id)?;
        Some(Key {
            account: id.clone(),
            principal: user.arn(id),
            secret,
            token: None,
            expires: None,
        })
    }

    /// Gives out credentials that act in a role.
    pub(crate) fn assume(
        &mut self,
        ask: Assume<'_>,
        now: Timestamp,
    ) -> Result<Issued, ServiceError> {
        let (account, role) = parse_role_arn(ask.role_arn)?;
        if ask.caller.ends_with(":root") {
            let message = "Roles may not be assumed by root accounts.";
            return Err(ServiceError::new(403, "AccessDenied", message));
        }
        let chained = ask.caller.contains(":assumed-role/");
        if chained && ask.duration > SignedDuration::from_hours(1) {
            let message = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining";
            return Err(ServiceError::new(400, "ValidationError", message));
        }
        let denied = || {
            let message = format!(
                "User: {} is not authorized to perform: sts:AssumeRole on resource: {}",
                ask.caller, ask.role_arn
            );
            ServiceError::new(403, "AccessDenied", message)
        };
        let name = role.rsplit('/').next().unwrap_or(role);
        let found = self
            .accounts
            .get(account)
            .and_then(|found| found.roles.get(name))
            .ok_or_else(denied)?;
        if found.external_id.is_some() && found.external_id.as_deref() != ask.external_id {
            return Err(denied());
        }
        let longest = found.max_session.unwrap_or(SignedDuration::from_hours(1));
        if ask.duration > longest {
            let message =
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
            return Err(ServiceError::new(400, "ValidationError", message));
        }
        let principal = format!(
            "arn:aws:sts::{account}:assumed-role/{name}/{}",
            ask.session_name
        );
        Ok(self.issue(account.to_owned(), principal, now + ask.duration, now))
    }

    /// Gives out temporary credentials.
    pub(crate) fn issue(
        &mut self,
        account: String,
        principal: String,
        expires: Timestamp,
        now: Timestamp,
    ) -> Issued {
        // A day is long enough to tell an ended session from one that never was.
        let day = SignedDuration::from_hours(24);
        self.sessions
            .retain(|_, session| session.expires + day > now);
        self.issued += 1;
        let access_key_id = format!("ASIA{}", key_id(&format!("session {}", self.issued)));
        self.sessions.insert(
            access_key_id.clone(),
            Session {
                account,
                principal: principal.clone(),
                expires,
            },
        );
        Issued {
            secret: secret(&access_key_id),
            token: token(&access_key_id),
            access_key_id,
            expires,
            principal,
        }
    }
}

/// The account and the path and name in a role's ARN.
fn parse_role_arn(arn: &str) -> Result<(&str, &str), ServiceError> {
    let invalid = || ServiceError::new(400, "ValidationError", format!("{arn} is invalid"));
    let rest = arn.strip_prefix("arn:aws:iam::").ok_or_else(invalid)?;
    let (account, resource) = rest.split_once(':').ok_or_else(invalid)?;
    let role = resource.strip_prefix("role/").ok_or_else(invalid)?;
    let digits = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || role.is_empty() {
        return Err(invalid());
    }
    Ok((account, role))
}

fn key_id(source: &str) -> String {
    letters(source, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)
}

fn secret(source: &str) -> String {
    let letters = letters(
        &format!("secret {source}"),
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        32,
    );
    format!("sandbox/{letters}")
}

fn token(source: &str) -> String {
    format!(
        "IQoJsandbox{}",
        letters(
            &format!("token {source}"),
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
            32
        )
    )
}

/// Letters that follow from `source` alone, up to 32.
fn letters(source: &str, alphabet: &[u8], length: usize) -> String {
    Sha256::digest(source)
        .iter()
        .take(length)
        .map(|byte| char::from(alphabet[usize::from(*byte) % alphabet.len()]))
        .collect()
}
