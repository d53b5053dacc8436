//! Whether accounts have room for what a plan makes, asked before anything is made.

use std::collections::BTreeMap;

use aws::Session;
use engine::Engine;
use kinds::{AcmCertificate, CloudfrontDistribution, Route53HostedZone, S3Bucket, held, owned};
use model::{AccountName, Kind, KindError, Location, Region};
use standards::Finding;

use crate::facts::Usage;
use crate::judge::over;
use crate::observe::{Account, GLOBAL, granted, location, unseen};
use crate::quotas::AccountLimit;

/// The number of new resources of each kind and location.
pub type Making = BTreeMap<(Location, String), usize>;

/// The limits that have no room for what is made, or little after it. Each is asked once for each
/// account, and only where something is made that it counts.
pub async fn room(engine: &Engine, accounts: &[Account], making: &Making) -> Vec<Finding> {
    let mut findings = Vec::new();
    for account in accounts {
        for limit in AccountLimit::ALL {
            for (region, wanted) in wanted(&account.name, limit, making) {
                // An account that cannot be entered has a finding of its own.
                if let Ok(session) = engine.session(&location(account, region.as_str())).await {
                    let usage = usage(engine, &session, account, limit, wanted).await;
                    let place = model::place::of_account(account.name.clone());
                    findings.extend(over(&usage).map(|finding| finding.in_place(place)));
                }
            }
        }
    }
    findings
}

fn kind(limit: AccountLimit) -> &'static str {
    match limit {
        AccountLimit::Buckets => S3Bucket::NAME,
        AccountLimit::Certificates => AcmCertificate::NAME,
        AccountLimit::Distributions => CloudfrontDistribution::NAME,
        AccountLimit::HostedZones => Route53HostedZone::NAME,
    }
}

/// Whether each region is counted by itself.
fn is_by_region(limit: AccountLimit) -> bool {
    limit == AccountLimit::Certificates
}

/// How many are made, by the region that counts them.
fn wanted(account: &AccountName, limit: AccountLimit, making: &Making) -> BTreeMap<Region, usize> {
    let mut wanted = BTreeMap::new();
    for ((location, made), count) in making {
        if location.account != *account || made != kind(limit) {
            continue;
        }
        let region = if is_by_region(limit) {
            location.region.clone()
        } else {
            GLOBAL.into()
        };
        *wanted.entry(region).or_default() += count;
    }
    wanted
}

async fn usage(
    engine: &Engine,
    session: &Session,
    account: &Account,
    limit: AccountLimit,
    wanted: usize,
) -> Usage {
    let quota = limit.quota();
    let held = held(engine, session, limit).await;
    // A role of an older policy may not ask; the default stands then, and refuses nothing.
    let granted = granted(session, account, &quota).await.ok().flatten();
    Usage {
        quota,
        place: if is_by_region(limit) {
            format!("in {}", session.location().region)
        } else {
            String::new()
        },
        held: held.map_err(|error| unseen(&error)),
        granted,
        wanted,
    }
}

/// The listings that a plan reads anyway serve.
async fn held(engine: &Engine, session: &Session, limit: AccountLimit) -> Result<usize, KindError> {
    let shared = engine.shared();
    match limit {
        AccountLimit::Buckets => held::buckets(shared, session).await,
        AccountLimit::Certificates => held::certificates(shared, session).await,
        AccountLimit::Distributions => {
            let held = held::distributions(shared, session).await;
            held.map(|held| held.count)
        }
        AccountLimit::HostedZones => owned::zones(session).await.map(|all| all.len()),
    }
}
