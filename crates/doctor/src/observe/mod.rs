//! Gathers the facts. Everything here reads: one cheap call for each thing that is asked, so that it
//! ends in seconds.

mod account;
mod domain;
mod limits;
mod zones;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use engine::Engine;
use futures::future::join_all;
use kinds::owned::Distribution;
use model::{AccountId, AccountName, ErrorClass, KindError, Ledger, Resource};
use standards::dns::Name;

use crate::facts::{Facts, Seen, Unseen};
use crate::quotas::AccountLimit;

pub(crate) use account::{GLOBAL, location};
pub(crate) use limits::granted;

/// The subject of the observations, and the way to it.
pub struct Patient<'a> {
    /// The engine that observes.
    pub engine: &'a Engine,
    /// The accounts.
    pub accounts: Vec<Account>,
    /// The domains.
    pub domains: Vec<Name>,
    /// The resources that the manifest asks for.
    pub desired: &'a [Arc<Resource>],
    /// The resources that are ours already.
    pub ledger: &'a Ledger,
}

/// An account of the manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its name.
    pub name: AccountName,
    /// Its number.
    pub id: AccountId,
    /// The ARN of the role to act in; nothing where the credentials act as they are.
    pub role: Option<String>,
    /// How much it may hold, where the manifest says it.
    pub limits: BTreeMap<AccountLimit, usize>,
}

/// The distributions of each account that could be entered, and of no other.
type Distributions = BTreeMap<AccountName, Seen<Vec<Distribution>>>;

/// Observes everything, accounts first: what they hold says whose a name is.
pub async fn observe(patient: &Patient<'_>) -> Facts {
    let observed = join_all(
        patient
            .accounts
            .iter()
            .map(|account| account::observe(patient, account)),
    );
    let (mut accounts, distributions): (Vec<_>, Vec<_>) = observed.await.into_iter().unzip();
    let names = accounts.iter().map(|account| account.name.clone());
    let distributions: Distributions = names
        .zip(distributions)
        .filter_map(|(name, seen)| Some((name, seen?)))
        .collect();
    let observed = domain::observe(patient, &distributions).await;
    let skew = patient.engine.skew().ok_or_else(|| {
        Unseen::new(
            "AWS has not answered",
            "fix what keeps this machine from reaching AWS",
        )
    });
    for account in &mut accounts {
        let records = observed.records.get(&account.name);
        account.usage.extend(records.cloned().unwrap_or_default());
    }
    Facts {
        skew,
        accounts,
        domains: observed.domains,
    }
}

/// How many resources of `kind` the manifest asks for in the account and region that are not ours
/// yet. Domains can share one: origin access controls of one name are one.
fn wanted(patient: &Patient<'_>, kind: &str, account: &AccountName, region: Option<&str>) -> usize {
    let of_kind = patient
        .ledger
        .entries()
        .filter(|entry| entry.id.kind == kind);
    let (ids, specs): (BTreeSet<_>, BTreeSet<_>) = of_kind
        .map(|entry| (&entry.id, entry.spec.to_json().to_string()))
        .unzip();
    let lives = |resource: &&Arc<Resource>| {
        resource.location.as_ref().is_some_and(|location| {
            location.account == *account
                && region.is_none_or(|region| location.region.as_str() == region)
        })
    };
    let here = patient.desired.iter().filter(lives);
    let new = here.filter(|resource| resource.id.kind == kind && !ids.contains(&resource.id));
    let new: BTreeSet<String> = new
        .map(|resource| resource.spec.to_json().to_string())
        .collect();
    new.difference(&specs).count()
}

/// A call that failed as a reason: what to do depends on whether it was refused.
pub(crate) fn unseen(error: &KindError) -> Unseen {
    let code = error.code.as_deref();
    let code = code.map(|code| format!(" {code}")).unwrap_or_default();
    let why = format!("{}:{code} {}", error.operation, error.message);
    let fix = match error.class {
        ErrorClass::Denied => match refused(error) {
            Some(action) => format!("allow {action}: `deploy iam` prints the whole policy"),
            None => "allow the call: `deploy iam` prints the whole policy".to_owned(),
        },
        // Asking again helps against what passes, and against nothing else.
        ErrorClass::NotYet | ErrorClass::Throttled | ErrorClass::Ambiguous => {
            "try again".to_owned()
        }
        ErrorClass::Invalid | ErrorClass::Conflict | ErrorClass::Full => {
            "see whether the endpoint offers this call, and what it refuses".to_owned()
        }
    };
    Unseen::new(why, fix)
}

/// The action that AWS says is not allowed.
fn refused(error: &KindError) -> Option<String> {
    if error.class != ErrorClass::Denied {
        return None;
    }
    let (_, rest) = error.message.split_once("not authorized to perform: ")?;
    let action = rest.split_whitespace().next()?;
    Some(action.trim_end_matches('.').to_owned())
}
