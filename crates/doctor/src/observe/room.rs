//! Whether accounts have room for what a plan makes, asked before anything is made.

use std::collections::BTreeMap;

use aws::Session;
use engine::Engine;
use kinds::{AcmCertificate, CloudfrontDistribution, Route53HostedZone, S3Bucket, owned};
use model::{Kind, KindError, Location, Region};
use standards::Finding;

use super::account::{GLOBAL, location};
use super::limits::granted;
use super::{Account, unseen};
use crate::facts::Usage;
use crate::judge::over;
use crate::quotas::{BUCKETS, CERTIFICATES, DISTRIBUTIONS, Quota, ZONES};

/// The number of new resources of each kind and location.
pub type Making = BTreeMap<(Location, String), usize>;

/// A quota of which AWS tells what was granted, the kind that it counts, and the region that counts;
/// nothing where all of the account is counted together.
struct Counted {
    kind: &'static str,
    quota: Quota,
    by_region: bool,
}

const COUNTED: [Counted; 4] = [
    Counted {
        kind: S3Bucket::NAME,
        quota: BUCKETS,
        by_region: false,
    },
    Counted {
        kind: Route53HostedZone::NAME,
        quota: ZONES,
        by_region: false,
    },
    Counted {
        kind: CloudfrontDistribution::NAME,
        quota: DISTRIBUTIONS,
        by_region: false,
    },
    Counted {
        kind: AcmCertificate::NAME,
        quota: CERTIFICATES,
        by_region: true,
    },
];

/// The quotas that have no room for what is made, or little after it. Each is asked once for each
/// account, and only where something is made that it counts.
pub async fn room(engine: &Engine, accounts: &[Account], making: &Making) -> Vec<Finding> {
    let mut findings = Vec::new();
    for account in accounts {
        for counted in &COUNTED {
            for (region, wanted) in wanted(account, counted, making) {
                let session = engine.session(&location(account, region.as_str())).await;
                // An account that cannot be entered has a finding of its own.
                let Ok(session) = session else {
                    continue;
                };
                let place = if counted.by_region {
                    format!("in {region}")
                } else {
                    String::new()
                };
                let usage = usage(&session, account, &counted.quota, place, wanted).await;
                let finding = over(&usage);
                findings.extend(finding.map(|finding| {
                    finding.in_place(model::place::of_account(account.name.clone()))
                }));
            }
        }
    }
    findings
}

/// How many are made, by the region that counts them.
fn wanted(account: &Account, counted: &Counted, making: &Making) -> BTreeMap<Region, usize> {
    let mut wanted = BTreeMap::new();
    for ((location, kind), count) in making {
        if location.account != account.name || kind != counted.kind {
            continue;
        }
        let region = if counted.by_region {
            location.region.clone()
        } else {
            GLOBAL.into()
        };
        *wanted.entry(region).or_default() += count;
    }
    wanted
}

async fn usage(
    session: &Session,
    account: &Account,
    quota: &Quota,
    place: String,
    wanted: usize,
) -> Usage {
    let held = held(session, quota).await;
    // A role of an older policy may not ask; the default stands then, and refuses nothing.
    let granted = granted(session, account, quota).await.ok().flatten();
    Usage {
        quota: *quota,
        place,
        held: held.map_err(|error| unseen(&error)),
        granted,
        wanted,
    }
}

async fn held(session: &Session, quota: &Quota) -> Result<usize, KindError> {
    match *quota {
        BUCKETS => owned::buckets(session).await,
        ZONES => owned::zones(session).await.map(|zones| zones.len()),
        CERTIFICATES => owned::certificates(session).await.map(|all| all.len()),
        _ => owned::distributions(session).await.map(|all| all.len()),
    }
}
