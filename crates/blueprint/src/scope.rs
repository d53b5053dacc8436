//! One domain while it is expanded: what is the same for all of its resources.

use std::collections::{BTreeMap, BTreeSet};

use kinds::tags::Tags;
use manifest::{Domain, Located, Manifest};
use model::id::SHARED;
use model::{AccountName, Dependency, Impact, Kind, Location, Resource, ResourceId, Spec};
use standards::dns::Name;
use standards::{Finding, Place};

use crate::location::location;
use crate::publisher::Publisher;

/// One domain while it is expanded.
pub(crate) struct Scope<'a> {
    pub(crate) manifest: &'a Manifest,
    pub(crate) domain: &'a Located<Domain>,
    /// The domain's name.
    pub(crate) name: &'a str,
    pub(crate) publisher: Publisher,
    resources: Vec<Resource>,
    findings: Vec<Finding>,
}

/// A resource before the domain's common parts are added.
pub(crate) struct Draft {
    pub(crate) name: String,
    pub(crate) location: Option<Location>,
    pub(crate) impact: Impact,
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) place: Place,
}

impl<'a> Scope<'a> {
    pub(crate) fn new(manifest: &'a Manifest, name: &'a Name, domain: &'a Located<Domain>) -> Self {
        let tags = texts(&domain.tags);
        let publisher = Publisher::new(manifest, name.as_str(), &domain.dns, &tags);
        let mut scope = Self {
            manifest,
            domain,
            name: name.as_str(),
            publisher,
            resources: Vec::new(),
            findings: Vec::new(),
        };
        scope
            .resources
            .extend(scope.publisher.zone(&domain.dns, *domain.adopt));
        scope
    }

    pub(crate) fn finish(self) -> (Vec<Resource>, Vec<Finding>) {
        (self.resources, self.findings)
    }

    pub(crate) fn project(&self) -> &'a str {
        self.manifest.project.as_str()
    }

    /// The domain's name with `label` in front.
    pub(crate) fn under(&self, label: &str) -> String {
        format!("{label}.{}", self.name)
    }

    /// The time to live of records, in seconds.
    pub(crate) fn ttl(&self) -> u32 {
        u32::try_from(self.domain.ttl.seconds).unwrap_or(u32::MAX)
    }

    pub(crate) fn location(&self, account: &AccountName, region: &str) -> Location {
        location(self.manifest, account, region)
    }

    pub(crate) fn id<K: Kind>(&self, name: &str) -> ResourceId {
        ResourceId::new(K::NAME, self.name, name)
    }

    /// The domain's tags, those of a block, and ours.
    pub(crate) fn tags(&self, id: &ResourceId, more: &Tags) -> Tags {
        let mut tags = texts(&self.domain.tags);
        tags.extend(more.clone());
        kinds::tags::tags(self.project(), id, &tags)
    }

    /// Adds a resource and returns its id.
    pub(crate) fn add<K: Kind>(&mut self, draft: Draft, spec: K::Spec) -> ResourceId {
        let id = self.id::<K>(&draft.name);
        self.resources.push(Resource {
            id: id.clone(),
            location: draft.location,
            spec: Spec::of::<K>(spec),
            impact: draft.impact,
            dependencies: draft.dependencies,
            preconditions: Vec::new(),
            wait: false,
            adopt: *self.domain.adopt,
            holders: BTreeSet::new(),
            through: None,
            serves_policy: None,
            place: draft.place,
        });
        id
    }

    /// Adds a resource that domains share, which this domain holds, and returns its id.
    pub(crate) fn add_shared<K: Kind>(&mut self, draft: Draft, spec: K::Spec) -> ResourceId {
        let id = shared_id::<K>(&draft.name);
        self.add::<K>(draft, spec);
        let holder = self.name.to_owned();
        let resource = self.last();
        resource.id = id.clone();
        resource.holders.insert(holder);
        id
    }

    /// Adds a resource made elsewhere.
    pub(crate) fn push(&mut self, resource: Resource) -> ResourceId {
        let id = resource.id.clone();
        self.resources.push(resource);
        id
    }

    /// The resource that was added last, to say more about it.
    pub(crate) fn last(&mut self) -> &mut Resource {
        self.resources
            .last_mut()
            .expect("a resource was added before")
    }

    pub(crate) fn find(&mut self, finding: Finding) {
        self.findings.push(finding);
    }
}

/// The id of a resource that domains share.
pub(crate) fn shared_id<K: Kind>(name: &str) -> ResourceId {
    ResourceId::new(K::NAME, SHARED, name)
}

pub(crate) fn texts(
    tags: &indexmap::IndexMap<manifest::TagKey, Located<manifest::TagValue>>,
) -> BTreeMap<String, String> {
    tags.iter()
        .map(|(key, value)| (key.as_str().to_owned(), value.as_str().to_owned()))
        .collect()
}

impl Scope<'_> {
    /// The id that a record of this domain has, wherever it is published.
    pub(crate) fn publisher_id(&self, name: &str) -> ResourceId {
        self.publisher.record_id(name)
    }
}
