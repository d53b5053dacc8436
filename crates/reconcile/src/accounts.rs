//! The AWS accounts of a manifest: how each is entered, and how fast it may be asked.

use std::collections::BTreeMap;

use aws::quotas::Quota;
use aws::{Access, Connection, Notice};
use aws_credential_types::provider::SharedCredentialsProvider;
use clock::Clock;
use manifest::Manifest;
use model::{AccountId, AccountName};
use sandbox::Sandbox;

use crate::sandbox::OPERATOR;

/// The accounts' numbers, by the names that the manifest has for them.
pub(crate) fn ids(manifest: &Manifest) -> BTreeMap<AccountName, AccountId> {
    let accounts = manifest.accounts.iter();
    accounts
        .map(|(name, account)| (name.clone(), account.id.value.clone()))
        .collect()
}

/// How each account is entered.
pub(crate) fn accesses(manifest: &Manifest) -> BTreeMap<AccountName, Access> {
    let accounts = manifest.accounts.iter();
    accounts
        .map(|(name, account)| (name.clone(), access(account)))
        .collect()
}

fn access(account: &manifest::Account) -> Access {
    let text = |value: &str| value.to_owned();
    Access {
        id: account.id.value.clone(),
        role: account.role.as_ref().map(|role| text(role.as_str())),
        profile: account.profile.as_ref().map(|name| text(name.as_str())),
        external_id: account.external_id.as_ref().map(|id| text(id.as_str())),
        session_name: account
            .session_name
            .as_ref()
            .map(|name| text(name.as_str())),
    }
}

/// The way to AWS: to the real one, or to the sandbox.
pub(crate) fn connection(
    manifest: &Manifest,
    sandbox: Option<&Sandbox>,
    clock: Clock,
    notice: Notice,
) -> Connection {
    let shared = |sandbox: &Sandbox, account: &str| {
        SharedCredentialsProvider::new(sandbox.credentials(account))
    };
    let accounts = manifest.accounts.values();
    let ids = accounts.map(|account| &account.id.value);
    Connection {
        http: sandbox.map(Sandbox::http_client),
        credentials: sandbox.map(|sandbox| shared(sandbox, OPERATOR)),
        by_account: sandbox
            .map(|sandbox| {
                ids.map(|id| (id.clone(), shared(sandbox, id.as_str())))
                    .collect()
            })
            .unwrap_or_default(),
        quotas: quotas(manifest),
        notice,
        ..Connection::new(clock)
    }
}

/// The quotas that the manifest sets in place of AWS's documented ones.
fn quotas(manifest: &Manifest) -> BTreeMap<String, Quota> {
    let quota = |quota: &manifest::Quota| Quota {
        per_second: *quota.rate,
        burst: quota
            .burst
            .as_ref()
            .map_or(1.0, |burst| f64::from(burst.value)),
    };
    let quotas = manifest.quotas.iter();
    quotas
        .map(|(name, value)| (name.as_str().to_owned(), quota(value)))
        .collect()
}
