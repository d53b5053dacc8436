//! The place of records that stay for a grace period, where the DNS of their domain moves meanwhile.
//!
//! The world is led to the new zone as soon as the other records are there. So what announces the policy,
//! and the host that serves it, have to be found there too.

use std::sync::Arc;

use kinds::record::Record;
use kinds::{
    PublishedRecord, Route53HostedZone, Route53RecordSet, route53_hosted_zone, route53_record_set,
};
use model::{Dependency, Field, Kind, Resource, ResourceId, Spec};

/// The resources that stay, with the records of `domain` in the hosted zone that `desired` has for it. What
/// a person has published stays at the old place as well, because the world may be led there still, but
/// for what `desired` has at the same name: there it moves as it always does. (From one hosted zone to
/// another, the removal of what is left behind waits for the delegation by itself.)
pub(super) fn in_zone(
    domain: &str,
    kept: Vec<Resource>,
    desired: &[Arc<Resource>],
) -> Vec<Resource> {
    let zone = ResourceId::new(Route53HostedZone::NAME, domain, "zone");
    let Some(zone) = desired.iter().find(|resource| resource.id == zone) else {
        return kept;
    };
    let (published, mut kept): (Vec<Resource>, Vec<Resource>) = kept
        .into_iter()
        // The zone of the ledger can be one that the domain leaves.
        .filter(|resource| resource.id != zone.id)
        .partition(|resource| resource.id.domain == domain && is_published(resource));
    for resource in kept.iter_mut().filter(|one| one.id.domain == domain) {
        if let Some(spec) = resource.spec.get::<Route53RecordSet>() {
            resource.spec = in_zone_of(zone, spec.record.clone());
            resource.location.clone_from(&zone.location);
        }
    }
    let is_kept = |copy: &Resource| kept.iter().any(|one| one.id == copy.id);
    let is_desired = |copy: &Resource| desired.iter().any(|one| is_at_name_of(one, copy));
    let mut copies = Vec::new();
    let mut stay = Vec::new();
    for one in &published {
        let copy = copy(one, zone).filter(|copy| !is_desired(copy));
        stay.extend(copy.is_some().then(|| one.clone()));
        copies.extend(copy.filter(|copy| !is_kept(copy)));
    }
    let all = desired.iter().map(AsRef::as_ref).chain(&kept);
    let all: Vec<&Resource> = all.chain(&copies).collect();
    let dependencies = copies.iter().map(|copy| in_place(copy, &published, &all));
    let dependencies: Vec<Vec<Dependency>> = dependencies.collect();
    for (copy, dependencies) in copies.iter_mut().zip(dependencies) {
        copy.dependencies = dependencies;
    }
    kept.extend(stay);
    kept.extend(copies);
    kept
}

fn is_published(resource: &Resource) -> bool {
    resource.spec.get::<PublishedRecord>().is_some()
}

/// The record of a resource in a hosted zone.
fn record(resource: &Resource) -> Option<&Record> {
    let spec = resource.spec.get::<Route53RecordSet>();
    spec.map(|spec| &spec.record)
}

/// Whether a record stands at the name of another: a host has its addresses already.
fn is_at_name_of(one: &Resource, other: &Resource) -> bool {
    let name = |resource| record(resource).map(|record| &record.name);
    name(one).is_some() && name(one) == name(other)
}

/// A record that a person has published, as one in the hosted zone.
fn copy(published: &Resource, zone: &Resource) -> Option<Resource> {
    let spec = published.spec.get::<PublishedRecord>()?;
    let ResourceId { domain, name, .. } = &published.id;
    Some(Resource {
        id: ResourceId::new(Route53RecordSet::NAME, domain, name),
        location: zone.location.clone(),
        spec: in_zone_of(zone, spec.record.clone()),
        adopt: zone.adopt,
        ..published.clone()
    })
}

fn in_zone_of(zone: &Resource, record: Record) -> Spec {
    Spec::of::<Route53RecordSet>(route53_record_set::Spec {
        zone: Field::output(&zone.id, route53_hosted_zone::ID),
        zone_name: zone.id.domain.clone(),
        record,
    })
}

/// The dependencies of a copy: what stands at the names of published records is what it needs in the zone.
fn in_place(copy: &Resource, published: &[Resource], all: &[&Resource]) -> Vec<Dependency> {
    let dependencies = copy.dependencies.iter().flat_map(|dependency| {
        let mut by_hand = published.iter();
        let by_hand = by_hand.find(|one| one.id == dependency.resource);
        let Some(spec) = by_hand.and_then(|one| one.spec.get::<PublishedRecord>()) else {
            return vec![dependency.clone()];
        };
        let at_name = all
            .iter()
            .filter(|one| record(one).is_some_and(|record| record.name == spec.record.name));
        let instead = |one: &&Resource| Dependency {
            resource: one.id.clone(),
            ..dependency.clone()
        };
        at_name.map(instead).collect()
    });
    dependencies.collect()
}
