//! Accounts that will soon refuse more, by listings that a run needs for other things or that are one request.

use std::collections::BTreeSet;

use engine::Engine;
use kinds::{AcmCertificate, CloudfrontDistribution, held};
use model::{Kind, KindError, Ledger, Location};

use crate::observe::{Account, granted};
use crate::quotas::{CERTIFICATES, DISTRIBUTIONS, OF_ACCESS_CONTROL, Quota};

/// A limit of an account that is nearly reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearlyFull {
    /// The account and region.
    pub place: Location,
    /// The counted resources, and how many there may be.
    pub reason: String,
    /// How room is made.
    pub fix: String,
}

/// The limits that have room for less than a tenth more, in the accounts and regions in which the ledger has
/// distributions and certificates. What cannot be listed is passed over: it is told where it is missed.
pub async fn nearly_full(
    engine: &Engine,
    accounts: &[Account],
    ledger: &Ledger,
) -> Vec<NearlyFull> {
    let mut found = Vec::new();
    for place in places(ledger, CloudfrontDistribution::NAME) {
        found.extend(distributions(engine, accounts, place).await);
    }
    for place in places(ledger, AcmCertificate::NAME) {
        found.extend(certificates(engine, accounts, place).await);
    }
    found
}

/// The locations in which the ledger has resources of a kind.
fn places<'l>(ledger: &'l Ledger, kind: &str) -> BTreeSet<&'l Location> {
    let entries = ledger.entries();
    let entries = entries.filter(|entry| entry.id.kind.as_str() == kind);
    entries
        .filter_map(|entry| entry.location.as_ref())
        .collect()
}

async fn distributions(engine: &Engine, accounts: &[Account], place: &Location) -> Vec<NearlyFull> {
    let Ok(session) = engine.session(place).await else {
        return Vec::new();
    };
    let Ok(held) = held::distributions(engine.shared(), &session).await else {
        return Vec::new();
    };
    let mut found = Vec::new();
    found.extend(near(engine, accounts, place, &DISTRIBUTIONS, held.count).await);
    for (id, count) in held.by_access_control {
        if let Some(reason) = judge(&OF_ACCESS_CONTROL, count, None) {
            found.push(NearlyFull {
                place: place.clone(),
                reason: format!("{reason}: {id}"),
                fix: "host further domains in another account (`hosting.account`)".to_owned(),
            });
        }
    }
    found
}

async fn certificates(
    engine: &Engine,
    accounts: &[Account],
    place: &Location,
) -> Option<NearlyFull> {
    let session = engine.session(place).await.ok()?;
    let held = held::certificates(engine.shared(), &session).await.ok()?;
    near(engine, accounts, place, &CERTIFICATES, held).await
}

/// AWS is asked what it granted only where its default would be near.
async fn near(
    engine: &Engine,
    accounts: &[Account],
    place: &Location,
    quota: &Quota,
    held: usize,
) -> Option<NearlyFull> {
    let account = accounts.iter().find(|one| one.name == place.account)?;
    let stated = quota
        .of_account
        .and_then(|limit| account.limits.get(&limit));
    let limit = match stated {
        Some(stated) => Some(*stated),
        None if judge(quota, held, None).is_none() => return None,
        None => told(engine, account, place, quota).await.ok().flatten(),
    };
    Some(NearlyFull {
        place: place.clone(),
        reason: judge(quota, held, limit)?,
        fix: format!(
            "ask AWS for more at {}, or remove what is not used",
            quota.page()
        ),
    })
}

async fn told(
    engine: &Engine,
    account: &Account,
    place: &Location,
    quota: &Quota,
) -> Result<Option<usize>, KindError> {
    match engine.session(place).await {
        Ok(session) => granted(&session, account, quota).await,
        Err(_) => Ok(None),
    }
}

/// The sentence about a limit that has room for less than a tenth more. Whoever holds more than AWS's default
/// was granted more.
fn judge(quota: &Quota, held: usize, granted: Option<usize>) -> Option<String> {
    let limit = granted.unwrap_or(quota.limit);
    let is_unknown = granted.is_none() && held > limit;
    if is_unknown || held * 10 < limit * 9 {
        return None;
    }
    let by_default = if granted.is_none() { " by default" } else { "" };
    Some(format!(
        "there are {held} {}, and {limit} is the limit{by_default} ({})",
        quota.what, quota.source
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_told_when_less_than_a_tenth_is_left() {
        let check = |held: usize, granted: Option<usize>, expect: bool| {
            let told = judge(&CERTIFICATES, held, granted);
            assert_eq!(told.is_some(), expect, "{held} of {granted:?}: {told:?}");
        };
        check(2_249, None, false);
        check(2_250, None, true);
        check(2_500, None, true);
        // More than the default: AWS granted more, and nobody knows how much.
        check(2_501, None, false);
        check(2_501, Some(5_000), false);
        check(4_500, Some(5_000), true);
        check(5_001, Some(5_000), true);
        check(0, None, false);
    }
}
