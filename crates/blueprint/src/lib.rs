//! Manifest to desired: which resources, with which references and in which order.
//!
//! [`desired`] expands a manifest; [`grace_periods`] says which resources have to
//! stay for a while although the manifest no longer asks for them. Both are pure: what public DNS and the clock say arrives as arguments.

mod grace_period;
mod location;
mod names;
mod parked;
mod publisher;
mod records;
mod scope;
mod sending;
mod site;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kinds::tags::Tags;
use kinds::{S3Bucket, SesConfigurationSet};
use manifest::Manifest;
use model::{Location, Resource, ResourceId, Spec};
use standards::Finding;
use standards::dns::Name;

pub use grace_period::{GracePeriod, grace_periods, winding_down};
pub use site::{moved, moving, moving_from};

use scope::Scope;

/// The observations of public DNS before a plan is made.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The MX hosts that each domain publishes, in order of preference.
    pub mx: BTreeMap<String, Vec<Name>>,
    /// The domains whose policy is wound down, each with where it is served from.
    pub winding_down: BTreeMap<String, PolicyPlace>,
    /// The domains whose hosting moves to another account, each with the wildcards that it may have for that.
    pub moving: BTreeMap<String, BTreeSet<String>>,
}

/// The place of a policy's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyPlace {
    /// The account and region.
    pub location: Location,
    /// The bucket.
    pub bucket: String,
}

/// The resources that a manifest asks for, and the findings that forbid some of them.
pub fn desired(manifest: &Manifest, facts: &Facts) -> (Vec<Arc<Resource>>, Vec<Finding>) {
    let mut resources = Vec::new();
    let mut findings = Vec::new();
    for (name, domain) in &manifest.domains {
        let mut scope = Scope::new(manifest, name, domain);
        site::expand(&mut scope, facts);
        records::expand(&mut scope);
        sending::expand(&mut scope);
        let (more, problems) = scope.finish();
        resources.extend(more);
        findings.extend(problems);
    }
    for (name, domain) in &manifest.parked {
        resources.extend(parked::expand(manifest, name, domain));
    }
    (once(resources), findings)
}

/// Private keys that the manifest brings, by their SHA-256: specs hold only that.
pub fn secrets(manifest: &Manifest) -> BTreeMap<String, Vec<u8>> {
    let instances = manifest.domains.values().flat_map(|domain| &domain.ses);
    let keys = instances.filter_map(|instance| match &instance.dkim.value {
        manifest::Dkim::Byo(byo) => Some(byo.private_key.0.expose().to_vec()),
        manifest::Dkim::Easy(_) | manifest::Dkim::Deterministic(_) => None,
    });
    keys.map(|key| (kinds::s3_object::sha256(&key), key))
        .collect()
}

/// One resource of each id: two instances may ask for one MAIL FROM record, and two domains for one
/// configuration set, which both of them hold.
fn once(resources: Vec<Resource>) -> Vec<Arc<Resource>> {
    let mut places: BTreeMap<ResourceId, usize> = BTreeMap::new();
    let mut once: Vec<Resource> = Vec::new();
    for resource in resources {
        if let Some(place) = places.get(&resource.id) {
            join(&mut once[*place], resource);
        } else {
            places.insert(resource.id.clone(), once.len());
            once.push(resource);
        }
    }
    once.into_iter().map(Arc::new).collect()
}

/// Lets the holders of `other` hold `one` as well. It carries the tags on which they agree: each
/// domain can have tags of its own, and a resource that took them in turn would never be in sync. Logs stay for
/// as long as any of them wants them.
fn join(one: &mut Resource, other: Resource) {
    one.holders.extend(other.holders);
    one.adopt |= other.adopt;
    if other.impact.mail > one.impact.mail {
        one.impact = other.impact;
    }
    let agreed = |tags: &mut Tags, others: &Tags| {
        tags.retain(|key, value| others.get(key) == Some(value));
    };
    if let (Some(set), Some(other)) = (
        one.spec.get::<SesConfigurationSet>(),
        other.spec.get::<SesConfigurationSet>(),
    ) {
        let mut set = set.clone();
        agreed(&mut set.tags, &other.tags);
        one.spec = Spec::of::<SesConfigurationSet>(set);
    }
    if let (Some(bucket), Some(other)) = (one.spec.get::<S3Bucket>(), other.spec.get::<S3Bucket>())
    {
        let mut bucket = bucket.clone();
        agreed(&mut bucket.tags, &other.tags);
        bucket.expire_days = bucket.expire_days.max(other.expire_days);
        one.spec = Spec::of::<S3Bucket>(bucket);
    }
}
