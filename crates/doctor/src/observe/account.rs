//! One account: entered, asked what may be done in it, and counted.

use std::collections::{BTreeMap, BTreeSet};

use aws::{Session, SessionError};
use futures::future::join_all;
use jiff::SignedDuration;
use kinds::owned::{self, Distribution};
use kinds::{
    AcmCertificate, CloudfrontDistribution, CloudfrontOriginAccessControl, Route53HostedZone,
    S3Bucket, SesIdentity, held, ses_account,
};
use model::{AccountName, Kind, KindError, Location, Only, Region};

use super::{Account, Patient, limits, refused, unseen, wanted};
use crate::facts::{AccountFacts, Entry, Permissions, Seen, Simulated, Unseen, Usage};
use crate::grants::{Grant, grants, service};
use crate::quotas::{self, Quota};

/// The region of global services, and of an account that nothing lives in.
pub(crate) const GLOBAL: &str = "us-east-1";
/// ACM counts the certificates of so long.
const YEAR: SignedDuration = SignedDuration::from_hours(365 * 24);

/// The counts, and the actions that were refused meanwhile.
#[derive(Default)]
struct Counted {
    usage: Vec<Usage>,
    refused: BTreeSet<String>,
}

/// An account, or a region of it, that is asked what it holds.
struct Asked<'a> {
    account: &'a Account,
    session: &'a Session,
    /// The region; empty for the whole account.
    place: String,
}

impl Counted {
    /// Keeps a count, or why there is none, with what the account was granted where more is wanted.
    async fn keep(
        &mut self,
        asked: &Asked<'_>,
        quota: Quota,
        held: Result<usize, KindError>,
        wanted: usize,
    ) {
        let held = self.seen(held);
        let granted = if wanted == 0 {
            Ok(None)
        } else {
            limits::granted(asked.session, asked.account, &quota).await
        };
        let granted = self.seen(granted).ok().flatten();
        self.usage.push(Usage {
            quota,
            place: asked.place.clone(),
            held,
            granted,
            wanted,
        });
    }

    /// The answer, with a note if it was refused.
    fn seen<T>(&mut self, read: Result<T, KindError>) -> Seen<T> {
        read.map_err(|error| {
            self.refused.extend(refused(&error));
            unseen(&error)
        })
    }
}

/// Everything about an account, and its distributions, where it could be entered.
pub(super) async fn observe(
    patient: &Patient<'_>,
    account: &Account,
) -> (AccountFacts, Option<Seen<Vec<Distribution>>>) {
    let mut facts = AccountFacts {
        name: account.name.clone(),
        id: account.id.clone(),
        entry: Entry::Refused(String::new()),
        permissions: Vec::new(),
        usage: Vec::new(),
        standings: Vec::new(),
    };
    let session = match patient.engine.session(&location(account, GLOBAL)).await {
        Ok(session) => session,
        Err(error) => {
            facts.entry = entry(error);
            return (facts, None);
        }
    };
    facts.entry = Entry::Entered(session.caller().to_owned());
    let mut counted = Counted::default();
    let whole = Asked {
        account,
        session: &session,
        place: String::new(),
    };
    let distributions = count_global(patient, &whole, &mut counted).await;
    for region in regions(patient, account) {
        // The account was entered: its other regions are open too.
        if let Ok(session) = patient
            .engine
            .session(&location(account, region.as_str()))
            .await
        {
            let asked = Asked {
                account,
                session: &session,
                place: format!("in {region}"),
            };
            count_region(patient, &asked, &mut counted).await;
            if wants(patient, account, SesIdentity::NAME, region.as_str()) {
                let standing = counted.seen(ses_account::standing(&session).await);
                facts.standings.push((region, standing));
            }
        }
    }
    facts.permissions = permissions(patient, account, &session, &counted.refused).await;
    facts.usage = counted.usage;
    (facts, Some(distributions))
}

pub(crate) fn location(account: &Account, region: &str) -> Location {
    Location {
        account: account.name.clone(),
        account_id: account.id.clone(),
        region: region.into(),
    }
}

fn entry(error: SessionError) -> Entry {
    match error {
        SessionError::WrongAccount { actual, .. } => Entry::WrongAccount(actual),
        SessionError::Credentials { reason, .. } | SessionError::Unavailable { reason, .. } => {
            Entry::Refused(reason)
        }
        SessionError::UnknownAccount(_) | SessionError::Renumbered { .. } => {
            Entry::Refused(error.to_string())
        }
    }
}

/// Nothing was observed in an account that could not be entered.
pub(super) fn closed(account: &AccountName) -> Unseen {
    Unseen::new(
        format!("account {account} could not be entered"),
        format!("see the finding of account {account}"),
    )
}

/// The regions in which something is to live.
fn regions(patient: &Patient<'_>, account: &Account) -> BTreeSet<Region> {
    let locations = patient
        .desired
        .iter()
        .filter_map(|one| one.location.as_ref());
    let here = locations.filter(|location| location.account == account.name);
    here.map(|location| location.region.clone()).collect()
}

fn wants(patient: &Patient<'_>, account: &Account, kind: &str, region: &str) -> bool {
    patient.desired.iter().any(|resource| {
        resource.id.kind == kind
            && resource.location.as_ref().is_some_and(|location| {
                location.account == account.name && location.region.as_str() == region
            })
    })
}

/// Counts what belongs to no region. A service that nothing is asked of is not asked either.
async fn count_global(
    patient: &Patient<'_>,
    asked: &Asked<'_>,
    counted: &mut Counted,
) -> Seen<Vec<Distribution>> {
    let session = asked.session;
    let account = &session.location().account;
    let wants = |kind: &str| {
        let mut all = patient.desired.iter();
        all.any(|one| {
            one.id.kind == kind
                && one
                    .location
                    .as_ref()
                    .is_some_and(|location| location.account == *account)
        })
    };
    let more = |kind: &str| wanted(patient, kind, account, None);
    if wants(S3Bucket::NAME) {
        let held = held::buckets(patient.engine.shared(), session).await;
        let more = more(S3Bucket::NAME);
        counted.keep(asked, quotas::BUCKETS, held, more).await;
    }
    if more(Route53HostedZone::NAME) > 0 && creates_zones(patient) {
        let held = owned::zones(session).await.map(|zones| zones.len());
        let more = more(Route53HostedZone::NAME);
        counted.keep(asked, quotas::ZONES, held, more).await;
    }
    if !wants(CloudfrontDistribution::NAME) {
        return Ok(Vec::new());
    }
    let distributions = owned::distributions(session).await;
    let held = distributions.as_ref().map(Vec::len).map_err(Clone::clone);
    let kind = CloudfrontDistribution::NAME;
    let quota = quotas::DISTRIBUTIONS;
    counted.keep(asked, quota, held, more(kind)).await;
    let kind = CloudfrontOriginAccessControl::NAME;
    let held = owned::access_controls(session).await;
    let quota = quotas::ACCESS_CONTROLS;
    counted.keep(asked, quota, held, more(kind)).await;
    counted.seen(distributions)
}

/// Whether some zone is to be made. One that is only found takes no room.
fn creates_zones(patient: &Patient<'_>) -> bool {
    let mut zones = patient.desired.iter();
    zones.any(|one| {
        let spec = one.spec.get::<Route53HostedZone>();
        spec.is_some_and(|spec| spec.create)
    })
}

/// Counts what each region has of its own.
async fn count_region(patient: &Patient<'_>, asked: &Asked<'_>, counted: &mut Counted) {
    let session = asked.session;
    let Location {
        account, region, ..
    } = session.location();
    let more = |kind: &str| wanted(patient, kind, account, Some(region.as_str()));
    let lives = |kind: &str| {
        patient
            .desired
            .iter()
            .any(|one| one.id.kind == kind && one.location.as_ref() == Some(session.location()))
    };
    if lives(AcmCertificate::NAME) {
        let times = owned::certificates(session).await;
        let since = (session.clock().now() - YEAR).as_second();
        let held = times.as_ref().map(Vec::len).map_err(Clone::clone);
        let more = more(AcmCertificate::NAME);
        let quota = quotas::CERTIFICATES;
        counted.keep(asked, quota, held, more).await;
        let recent = times.map(|times| times.iter().filter(|time| **time > since).count());
        let quota = quotas::CERTIFICATES_A_YEAR;
        counted.keep(asked, quota, recent, more).await;
    }
    if lives(SesIdentity::NAME) {
        let held = ses_account::identities(session).await;
        let held = held.map(|identities| identities.len());
        let more = more(SesIdentity::NAME);
        counted.keep(asked, quotas::IDENTITIES, held, more).await;
    }
}

/// The permissions of the role, by service.
async fn permissions(
    patient: &Patient<'_>,
    account: &Account,
    session: &Session,
    refused: &BTreeSet<String>,
) -> Vec<Permissions> {
    let grants = grants(patient.desired, &account.name);
    let principal = principal(account, session).await;
    let mut by_service: BTreeMap<&str, Permissions> = BTreeMap::new();
    let simulated = join_all(
        grants
            .iter()
            .map(|grant| simulate(session, &principal, grant)),
    );
    for (grant, simulated) in grants.iter().zip(simulated.await) {
        let permissions = by_service.entry(&grant.service).or_default();
        permissions.service.clone_from(&grant.service);
        permissions.needed.extend(&grant.actions);
        permissions.simulated = Some(add(permissions.simulated.take(), simulated));
    }
    for action in refused {
        // What only the doctor reads is needed by nobody else.
        if let Some(permissions) = by_service.get_mut(service(action))
            && permissions.needed.contains(action.as_str())
        {
            permissions.refused.insert(action.clone());
        }
    }
    by_service.into_values().collect()
}

/// One simulation after the other, as one.
fn add(before: Option<Seen<Simulated>>, next: Seen<Simulated>) -> Seen<Simulated> {
    let Some(before) = before else {
        return next;
    };
    let (mut before, next) = (before?, next?);
    before.allowed += next.allowed;
    before.denied.extend(next.denied);
    before.open.extend(next.open);
    Ok(before)
}

/// Asks IAM about a grant, on the first of its resources.
async fn simulate(session: &Session, principal: &Seen<String>, grant: &Grant) -> Seen<Simulated> {
    // IAM compares text: a star would be a name that no policy allows.
    let example = |text: &str| text.replace('*', "EXAMPLE");
    let resource = grant.resources.first().map_or("*", String::as_str);
    let resource = match resource {
        "*" => resource.to_owned(),
        _ => example(&resource.replace(":ses:*:", &format!(":ses:{}:", session.location().region))),
    };
    let first = |only: &Only| Only {
        values: only
            .values
            .iter()
            .take(1)
            .map(|value| example(value))
            .collect(),
        ..only.clone()
    };
    let question = aws::Question {
        principal: principal.as_ref().map_err(Unseen::clone)?,
        actions: grant.actions.iter().copied().collect(),
        resource: &resource,
        context: grant.only.iter().map(first).collect(),
    };
    let decisions = aws::simulate(session, &question).await;
    let decisions = decisions.map_err(|error| {
        let mut unseen = unseen(&error);
        unseen.why = format!("what the role may do was not simulated: {}", unseen.why);
        unseen
    })?;
    let mut simulated = Simulated::default();
    for decision in decisions {
        if decision.allowed {
            simulated.allowed += 1;
        } else if decision.missing.is_empty() {
            let on = resource.clone();
            simulated.denied.push((decision.action, on, decision.word));
        } else {
            simulated.open.push((decision.action, decision.missing));
        }
    }
    Ok(simulated)
}

/// The role or user whose policies decide, as IAM names it. STS names the session of a role, without
/// the role's path: IAM is asked for that, where it says.
async fn principal(account: &Account, session: &Session) -> Seen<String> {
    if let Some(role) = &account.role {
        return Ok(role.clone());
    }
    let caller = session.caller();
    if caller.contains(":user/") {
        return Ok(caller.to_owned());
    }
    let role = || {
        let (start, rest) = caller.split_once(":assumed-role/")?;
        let (name, _) = rest.split_once('/')?;
        Some((start.replace(":sts:", ":iam:"), name))
    };
    let Some((start, name)) = role() else {
        return Err(Unseen::new(
            format!("IAM simulates roles and users, and the credentials are {caller}"),
            "name a `role` for the account",
        ));
    };
    match aws::role_arn(session, name).await {
        Ok(arn) => Ok(arn),
        Err(_) if !name.starts_with(IDENTITY_CENTER) => Ok(format!("{start}:role/{name}")),
        Err(error) => Err(Unseen::new(
            format!(
                "IAM Identity Center made the role {name}, and IAM did not say its path: {}",
                unseen(&error).why
            ),
            "allow iam:GetRole, or name a `role` for the account",
        )),
    }
}

/// How the names of the roles begin that IAM Identity Center makes. They have a path (IAM Identity Center
/// user guide, "Referencing permission sets in resource policies").
const IDENTITY_CENTER: &str = "AWSReservedSSO_";
