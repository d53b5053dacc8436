//! The place of a domain's records: a hosted zone of Route 53, or the list for whoever runs the DNS.

use std::collections::BTreeSet;

use kinds::record::{Record, Sharing};
use kinds::tags::Tags;
use kinds::{
    PublishedRecord, Route53HostedZone, Route53RecordSet, cloudfront_distribution,
    published_record, route53_hosted_zone, route53_record_set,
};
use manifest::{Dns, Manifest};
use model::{Dependency, Field, Impact, Kind, Location, MailImpact, Resource, ResourceId, Spec};
use standards::Place;
use standards::dns::RecordType;

use crate::location::location;
use crate::names;

/// AWS's own hosted zone for CloudFront names (Route 53 API reference, `AliasTarget`).
const CLOUDFRONT_ZONE: &str = "Z2FDTNDATAQYW2";

/// Makes a domain's record resources.
pub(crate) struct Publisher {
    domain: String,
    project: String,
    tags: Tags,
    /// The location and the id of the zone's resource; nothing when a person publishes.
    zone: Option<(Location, ResourceId)>,
}

/// The special properties of one record.
pub(crate) struct RecordDraft {
    /// Its name among the domain's records.
    pub(crate) name: String,
    pub(crate) record: Record,
    pub(crate) impact: Impact,
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) place: Place,
    pub(crate) adopt: bool,
}

impl Publisher {
    pub(crate) fn new(manifest: &Manifest, domain: &str, dns: &Dns, tags: &Tags) -> Self {
        let zone = match dns {
            Dns::Manual => None,
            Dns::Route53(route53) => Some((
                location(manifest, &route53.account, "us-east-1"),
                ResourceId::new(Route53HostedZone::NAME, domain, "zone"),
            )),
        };
        Self {
            domain: domain.to_owned(),
            project: manifest.project.as_str().to_owned(),
            tags: tags.clone(),
            zone,
        }
    }

    /// The zone itself.
    pub(crate) fn zone(&self, dns: &manifest::Located<Dns>, adopt: bool) -> Option<Resource> {
        let (location, id) = self.zone.clone()?;
        let Dns::Route53(route53) = &dns.value else {
            return None;
        };
        let spec = route53_hosted_zone::Spec {
            name: self.domain.clone(),
            id: route53.zone.as_ref().map(|zone| zone.as_str().to_owned()),
            create: *route53.create,
            caller_reference: names::token(
                &[&self.project, &id.to_string(), location.account_id.as_str()],
                32,
            ),
            tags: if *route53.create {
                kinds::tags::tags(&self.project, &id, &self.tags)
            } else {
                Tags::new()
            },
        };
        Some(Resource {
            id,
            location: Some(location),
            spec: Spec::of::<Route53HostedZone>(spec),
            impact: Impact::new(
                MailImpact::Receiving,
                "every record of the domain is in this zone",
            ),
            dependencies: Vec::new(),
            preconditions: Vec::new(),
            wait: false,
            adopt,
            holders: BTreeSet::new(),
            through: None,
            serves_policy: None,
            place: dns.place(),
        })
    }

    /// The id of the record `name`.
    pub(crate) fn record_id(&self, name: &str) -> ResourceId {
        let kind = if self.zone.is_some() {
            Route53RecordSet::NAME
        } else {
            PublishedRecord::NAME
        };
        ResourceId::new(kind, &self.domain, name)
    }

    /// One record.
    pub(crate) fn record(&self, mut draft: RecordDraft) -> Resource {
        // A record that says what another resource returned exists through that one.
        let mut fields = draft.record.fields().into_iter();
        let through = fields.find_map(|field| Some(field.reference()?.resource.clone()));
        drop(fields);
        let (id, location, spec) = match &self.zone {
            Some((location, zone)) => (
                ResourceId::new(Route53RecordSet::NAME, &self.domain, draft.name),
                Some(location.clone()),
                Spec::of::<Route53RecordSet>(route53_record_set::Spec {
                    zone: Field::output(zone, route53_hosted_zone::ID),
                    zone_name: self.domain.clone(),
                    record: draft.record,
                }),
            ),
            None => (
                ResourceId::new(PublishedRecord::NAME, &self.domain, draft.name),
                None,
                Spec::of::<PublishedRecord>(published_record::Spec {
                    record: draft.record,
                }),
            ),
        };
        Resource {
            id,
            location,
            spec,
            impact: draft.impact,
            dependencies: draft.dependencies,
            preconditions: Vec::new(),
            // A change of DNS is done when an external observer can see it.
            wait: true,
            adopt: draft.adopt,
            holders: BTreeSet::new(),
            through,
            serves_policy: None,
            place: draft.place,
        }
    }

    /// The records that send a host's visitors to a distribution: A and AAAA aliases in Route 53, a
    /// CNAME elsewhere.
    pub(crate) fn host_records(
        &self,
        host: &str,
        distribution: &ResourceId,
        ttl: u32,
    ) -> Vec<(&'static str, Record)> {
        let target: Field<String> =
            Field::output(distribution, cloudfront_distribution::DOMAIN_NAME);
        let record = |rtype, values, alias| Record {
            name: host.into(),
            rtype,
            ttl,
            values,
            alias,
            sharing: Sharing::Whole,
        };
        let alias = || kinds::record::Alias {
            target: target.clone(),
            zone: CLOUDFRONT_ZONE.to_owned(),
        };
        if self.zone.is_some() {
            vec![
                ("a", record(RecordType::A, Vec::new(), Some(alias()))),
                ("aaaa", record(RecordType::Aaaa, Vec::new(), Some(alias()))),
            ]
        } else {
            vec![(
                "cname",
                record(RecordType::Cname, vec![target.clone()], None),
            )]
        }
    }
}
