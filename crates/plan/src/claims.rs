//! Claims: what our resources hold in the world, so that each thing goes only with its last holder.
//!
//! A claim has a place. Two resources that hold one thing in one place are two holders of it. One
//! value in two hosted zones is one claim, held in two places: the world reads one of them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::{
    Entry, Ledger, Location, Origin, OutputRef, PhysicalId, Resource, ResourceId, Spec, ZoneRef,
};

use crate::Inputs;

/// The place in which a resource holds its claims.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// In an account and region.
    At(String),
    /// In DNS.
    Dns(ZoneRef),
}

impl Place {
    /// The place of a resource with this spec.
    pub(crate) fn of(
        location: Option<&Location>,
        spec: &Spec,
        physical: Option<&PhysicalId>,
    ) -> Self {
        let at = || {
            location
                // By number: two names in the manifest can lead to one account.
                .map(|location| format!("{} {}", location.account_id, location.region))
                .unwrap_or_default()
        };
        let zone = spec.kind().zone(spec, physical);
        zone.map_or_else(|| Self::At(at()), Self::Dns)
    }

    /// The place of what the ledger has.
    pub(crate) fn of_entry(entry: &Entry) -> Self {
        Self::of(entry.location.as_ref(), &entry.spec, entry.physical())
    }

    /// The name of a claim in the world: a value of DNS is the same in every zone.
    fn in_the_world<'c>(&self, claim: &'c str) -> Cow<'c, str> {
        match self {
            Self::At(at) => Cow::Owned(format!("{at} {claim}")),
            Self::Dns(_) => Cow::Borrowed(claim),
        }
    }
}

/// The claims of several resources.
#[derive(Debug, Default)]
pub(crate) struct Claims {
    held: BTreeMap<Place, BTreeSet<String>>,
    world: BTreeSet<String>,
}

impl Claims {
    /// The claims of these entries.
    pub(crate) fn of<'a>(entries: impl Iterator<Item = &'a Arc<Entry>>) -> Self {
        let mut claims = Self::default();
        for entry in entries {
            claims.add(&Place::of_entry(entry), &entry.spec);
        }
        claims
    }

    /// The claims of everything that we made.
    pub(crate) fn made(inputs: Inputs<'_>) -> Self {
        let ledger = inputs.ledger.entries().chain(inputs.ledger.retired());
        let all = ledger.chain(inputs.beyond.entries());
        Self::of(all.filter(|entry| entry.origin == Origin::Created))
    }

    /// Adds what a spec claims in its place.
    pub(crate) fn add(&mut self, place: &Place, spec: &Spec) {
        let claims = spec.kind().claims(spec);
        if claims.is_empty() {
            return;
        }
        let world = claims.iter().map(|claim| place.in_the_world(claim));
        self.world.extend(world.map(Cow::into_owned));
        self.held.entry(place.clone()).or_default().extend(claims);
    }

    /// Whether somebody holds the claim in this place.
    pub(crate) fn hold(&self, place: &Place, claim: &str) -> bool {
        let here = self.held.get(place);
        here.is_some_and(|claims| claims.contains(claim))
    }

    /// Whether somebody holds the claim, in this place or in another that it can be read from.
    pub(crate) fn hold_anywhere(&self, place: &Place, claim: &str) -> bool {
        self.world.contains(place.in_the_world(claim).as_ref())
    }

    /// Whether everything that a spec claims is among these claims, and that is something.
    pub(crate) fn hold_all_of(&self, place: &Place, spec: &Spec) -> bool {
        let mut claims = spec.kind().claims(spec).into_iter().peekable();
        // A kind without claims would hold all of nothing, and count everything as ours.
        claims.peek().is_some() && claims.all(|claim| self.hold_anywhere(place, &claim))
    }
}

/// The zones through which the desired records of each domain are read.
#[derive(Debug, Default)]
pub(crate) struct Zones<'a>(BTreeMap<&'a str, BTreeSet<ZoneRef>>);

impl<'a> Zones<'a> {
    /// Adds the place of a desired resource of a domain.
    pub(crate) fn add(&mut self, domain: &'a str, place: &Place) {
        if let Place::Dns(zone) = place {
            self.0.entry(domain).or_default().insert(zone.clone());
        }
    }

    /// Whether a domain that has records still has none in this place: its DNS has moved.
    pub(crate) fn have_left(&self, domain: &str, place: &Place) -> bool {
        let Place::Dns(zone) = place else {
            return false;
        };
        let now = self.0.get(domain);
        // A domain without any record has not moved: it is removed, and nothing takes over.
        now.is_some_and(|zones| !zones.contains(zone))
    }
}

/// The desired resources whose entries on record are of another place: another account or region,
/// another hosted zone, or another name; each with the reason. What is on record there is a predecessor,
/// and goes by itself.
pub(crate) fn moved<'a>(
    resources: &[&'a Arc<Resource>],
    ledger: &Ledger,
) -> BTreeMap<&'a ResourceId, &'static str> {
    let mut moved = BTreeMap::new();
    for resource in resources {
        let old = ledger.entry(&resource.id);
        let why = old.and_then(|old| why_moved(resource, old, &moved, ledger));
        if let Some(why) = why {
            moved.insert(&resource.id, why);
        }
    }
    moved
}

/// Why a resource is of another place than its entry on record, if it is. `moved` has those of its
/// dependencies that are.
fn why_moved(
    resource: &Resource,
    old: &Entry,
    moved: &BTreeMap<&ResourceId, &'static str>,
    ledger: &Ledger,
) -> Option<&'static str> {
    if !Location::is_same(old.location.as_ref(), resource.location.as_ref()) {
        return Some("moves to another account or region");
    }
    let kind = resource.spec.kind();
    let why = kind.why_other(&resource.spec, &old.spec, old.physical());
    if why.is_some() {
        return why;
    }
    // A record is where its zone is.
    let is_of_dns = |spec: &Spec| spec.kind().zone(spec, None).is_some();
    let mut references = resource.spec.references().iter();
    let has_moved = |one: &OutputRef| {
        let giver = ledger.entry(&one.resource);
        moved.contains_key(&one.resource) && giver.is_some_and(|giver| is_of_dns(&giver.spec))
    };
    if is_of_dns(&resource.spec) && references.any(has_moved) {
        return Some("moves to another hosted zone");
    }
    let named_by = kind.named_by(&resource.spec)?;
    let is_renamed = is_renamed(resource, old, named_by, moved, ledger);
    is_renamed.then_some("AWS gives it another name")
}

/// Whether a resource that AWS names by `output` has another name than on record, because what gives the
/// name is another one: an identity that moves now, or that an earlier run has moved and was killed
/// before it knew the name.
fn is_renamed(
    resource: &Resource,
    old: &Entry,
    output: &OutputRef,
    moved: &BTreeMap<&ResourceId, &'static str>,
    ledger: &Ledger,
) -> bool {
    // A record that a person publishes is on record before it has a name.
    if old.spec.kind().named_by(&old.spec).is_some() {
        return false;
    }
    if moved.contains_key(&output.resource) {
        return true;
    }
    let giver = ledger.entry(&output.resource);
    let outputs = |reference: &OutputRef| {
        let giver = ledger.entry(&reference.resource)?;
        giver.state.as_ref()?.output(&reference.output)
    };
    let spec = resource.spec.resolved(&outputs);
    if spec.kind().named_by(&spec).is_none() {
        let why = spec.kind().why_other(&spec, &old.spec, old.physical());
        return why.is_some();
    }
    // A certificate that is made again in its place keeps the names of its validation.
    let mut predecessors = ledger.retired().filter(|one| one.id == output.resource);
    predecessors.any(|one| {
        giver.is_none_or(|giver| !Location::is_same(one.location.as_ref(), giver.location.as_ref()))
    })
}
