//! The hosted zones of each account, listed once: which is meant, and how full it is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::future::join_all;
use kinds::owned::{self, OwnedZone};
use kinds::{Route53HostedZone, Route53RecordSet, route53_hosted_zone};
use model::{AccountName, Kind, Location, Resource, Spec};
use standards::dns::Name;

use super::{Distributions, Patient, unseen};
use crate::facts::{DomainFacts, Seen, Unseen, Usage, ZoneFacts};
use crate::quotas::RECORDS;

/// The zones of each account that was entered and is to have records.
pub(super) type Zones<'a> = BTreeMap<&'a AccountName, Seen<Vec<OwnedZone>>>;

/// Lists the zones: a call for each hundred.
pub(super) async fn list<'a>(patient: &'a Patient<'_>, entered: &Distributions) -> Zones<'a> {
    let zones = patient.desired.iter().filter(|one| is_zone(one));
    let locations = zones.filter_map(|one| one.location.as_ref());
    let locations: BTreeSet<&Location> = locations
        .filter(|location| entered.contains_key(&location.account))
        .collect();
    let listed = join_all(locations.into_iter().map(|location| async move {
        let session = patient.engine.session(location).await;
        let zones = match session {
            Ok(session) => owned::zones(&session).await.map_err(|e| unseen(&e)),
            Err(error) => Err(Unseen::new(error.to_string(), "try again")),
        };
        (&location.account, zones)
    }));
    listed.await.into_iter().collect()
}

fn is_zone(resource: &Resource) -> bool {
    resource.id.kind == Route53HostedZone::NAME
}

/// The resource with its zone's id, where the list leaves no doubt: to search for a name costs a
/// call, and so does each look.
pub(super) fn known(mut resource: Arc<Resource>, zones: &Zones<'_>) -> Arc<Resource> {
    let location = resource.location.as_ref();
    let listed = location.and_then(|location| zones.get(&location.account)?.as_ref().ok());
    let Some(listed) = listed.filter(|_| is_zone(&resource)) else {
        return resource;
    };
    let spec = resource.spec.get::<Route53HostedZone>();
    let Some(spec) = spec.filter(|spec| !spec.create && spec.id.is_none()) else {
        return resource;
    };
    let mut of_name = listed
        .iter()
        .filter(|one| !one.is_private && one.name == spec.name);
    if let (Some(zone), None) = (of_name.next(), of_name.next()) {
        let spec = route53_hosted_zone::Spec {
            id: Some(zone.id.clone()),
            ..spec.clone()
        };
        Arc::make_mut(&mut resource).spec = Spec::of::<Route53HostedZone>(spec);
    }
    resource
}

/// How full the zones are, each once.
pub(super) fn usage(
    patient: &Patient<'_>,
    domains: &[DomainFacts],
    zones: &Zones<'_>,
) -> BTreeMap<AccountName, Vec<Usage>> {
    let ours: BTreeSet<_> = patient.ledger.entries().map(|entry| &entry.id).collect();
    let mut new: BTreeMap<&str, usize> = BTreeMap::new();
    let records = patient
        .desired
        .iter()
        .filter(|one| one.id.kind == Route53RecordSet::NAME && !ours.contains(&one.id));
    for record in records {
        *new.entry(&record.id.domain).or_default() += 1;
    }
    let mut wanted: BTreeMap<(&AccountName, &str), (&Name, usize)> = BTreeMap::new();
    for domain in domains {
        if let ZoneFacts::Found {
            account, id, name, ..
        } = &domain.zone
        {
            let more = new.get(domain.name.as_str()).copied().unwrap_or_default();
            wanted.entry((account, id)).or_insert((name, 0)).1 += more;
        }
    }
    let mut usage: BTreeMap<AccountName, Vec<Usage>> = BTreeMap::new();
    for ((account, id), (name, wanted)) in wanted {
        let held = match zones.get(account) {
            Some(Ok(zones)) => Ok(records_of(zones, id)),
            Some(Err(unseen)) => Err(unseen.clone()),
            None => Err(Unseen::new("the zones were not listed", "try again")),
        };
        usage.entry(account.clone()).or_default().push(Usage {
            quota: RECORDS,
            place: name.to_string(),
            held,
            granted: None,
            wanted,
        });
    }
    usage
}

fn records_of(zones: &[OwnedZone], id: &str) -> usize {
    let zone = zones.iter().find(|zone| zone.id == id);
    zone.map(|zone| zone.records).unwrap_or_default()
}
