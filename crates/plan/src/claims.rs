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
/// another hosted zone, or another name. What is on record there is a predecessor, and goes by itself.
pub(crate) fn moved<'a>(
    resources: &[&'a Arc<Resource>],
    ledger: &Ledger,
) -> BTreeSet<&'a ResourceId> {
    let mut moved: BTreeSet<&ResourceId> = BTreeSet::new();
    let mut zones: BTreeSet<&ResourceId> = BTreeSet::new();
    for resource in resources {
        let Some(old) = ledger.entry(&resource.id) else {
            continue;
        };
        let kind = resource.spec.kind();
        let is_dns = kind.zone(&resource.spec, None).is_some();
        // A record is where its zone is.
        let mut references = resource.spec.references().iter();
        let follows = is_dns && references.any(|one| zones.contains(&one.resource));
        let named_by = kind.named_by(&resource.spec);
        if !Location::is_same(old.location.as_ref(), resource.location.as_ref())
            || is_other(&resource.spec, old)
            || follows
            || named_by.is_some_and(|output| is_renamed(resource, old, output, &moved, ledger))
        {
            moved.insert(&resource.id);
            if is_dns {
                zones.insert(&resource.id);
            }
        }
    }
    moved
}

/// Whether a spec is of another thing in the world than the one on record.
fn is_other(spec: &Spec, old: &Entry) -> bool {
    let why = spec.kind().why_other(spec, &old.spec, old.physical());
    why.is_some()
}

/// Whether a resource that AWS names by `output` has another name than on record, because what gives the
/// name is another one: an identity that moves now, or that an earlier run has moved and was killed
/// before it knew the name.
fn is_renamed(
    resource: &Resource,
    old: &Entry,
    output: &OutputRef,
    moved: &BTreeSet<&ResourceId>,
    ledger: &Ledger,
) -> bool {
    // A record that a person publishes is on record before it has a name.
    if old.spec.kind().named_by(&old.spec).is_some() {
        return false;
    }
    if moved.contains(&output.resource) {
        return true;
    }
    let giver = ledger.entry(&output.resource);
    let outputs = |reference: &OutputRef| {
        let giver = ledger.entry(&reference.resource)?;
        giver.state.as_ref()?.output(&reference.output)
    };
    let spec = resource.spec.resolved(&outputs);
    if spec.kind().named_by(&spec).is_none() {
        return is_other(&spec, old);
    }
    // A certificate that is made again in its place keeps the names of its validation.
    let mut predecessors = ledger.retired().filter(|one| one.id == output.resource);
    predecessors.any(|one| {
        giver.is_none_or(|giver| !Location::is_same(one.location.as_ref(), giver.location.as_ref()))
    })
}
