//! The hosted files: the logo, the mark certificate and the MTA-STS policy, in a private bucket behind
//! a distribution with a certificate.
//!
//! The order is: files, then what serves them, then the names of the hosts, then the records that
//! point there.

mod bimi;
mod buckets;
mod moving;
mod mta_sts;

use kinds::record::{Record, Sharing};
use kinds::tags::Tags;
use kinds::{
    AcmCertificate, CloudfrontDistribution, CloudfrontOriginAccessControl, acm_certificate,
    cloudfront_distribution, cloudfront_origin_access_control,
};
use manifest::{Hosting, Located};
use model::{Dependency, Field, Impact, Location, MailImpact, ResourceId};
use standards::dns::RecordType;

use crate::Facts;
use crate::names;
use crate::publisher::RecordDraft;
use crate::scope::{Draft, Scope};

use buckets::Owner;

pub use moving::{moved, moving, moving_from};
pub(crate) use mta_sts::{mta_sts_text, served_precondition};

/// One domain's site while it is expanded.
struct Site<'s, 'a> {
    scope: &'s mut Scope<'a>,
    hosting: &'a Located<Hosting>,
    /// The bucket's account and region.
    location: Location,
    /// The same account in us-east-1, where CloudFront and its certificates live.
    edge: Location,
    /// The owner of the buckets: the domain, or what stands for those that share them.
    owner: Owner,
}

/// A file to be served.
struct Served<'t> {
    name: &'t str,
    key: &'t str,
    /// The name under which it is served.
    host: &'t str,
    bytes: &'t [u8],
    media_type: &'t str,
    cache_control: &'t str,
    impact: Impact,
}

pub(crate) fn expand(scope: &mut Scope<'_>, facts: &Facts) {
    let Some(hosting) = &scope.domain.hosting else {
        return;
    };
    let bimi = scope.domain.bimi.as_ref().filter(|bimi| !*bimi.decline);
    let policy = scope
        .domain
        .mta_sts
        .as_ref()
        .and_then(|block| mta_sts::policy(scope, block, facts));
    if bimi.is_none() && policy.is_none() {
        return;
    }
    let location = scope.location(&hosting.account, hosting.region.as_str());
    let edge = scope.location(&hosting.account, "us-east-1");
    let owner = Owner::of(hosting);
    let mut site = Site {
        scope,
        hosting,
        location,
        edge,
        owner,
    };
    site.stay_while_winding_down(facts);
    let mut hosts = Vec::new();
    if bimi.is_some() {
        hosts.push(Host {
            purpose: "assets",
            name: site.assets_host(),
        });
    }
    // Senders ask for a policy that is wound down as well. Its file and its record are the ledger's.
    let is_wound_down = site.scope.domain.mta_sts.is_none()
        && facts.winding_down.get(site.scope.name) == Some(&site.place());
    if policy.is_some() || is_wound_down {
        hosts.push(Host {
            purpose: "mta-sts",
            name: site.scope.under("mta-sts"),
        });
    }
    let wildcards = site.wildcards(&hosts, facts);
    let logs = site.logs();
    let assets = site.assets(&logs);
    let files = bimi.map(|bimi| site.bimi_files(bimi)).unwrap_or_default();
    let object = policy.as_ref().map(|(_, body)| site.policy_object(body));
    let mut dependencies = vec![
        Dependency::done(&assets, "the distribution reads from the bucket"),
        Dependency::done(&logs, "the distribution writes its log there"),
    ];
    let objects = files.iter().map(|file| &file.object).chain(&object);
    dependencies
        .extend(objects.map(|id| Dependency::done(id, "a file is there before what serves it")));
    let names = hosts.iter().map(|host| host.name.clone());
    let names: Vec<String> = names.chain(wildcards).collect();
    let (distribution, readable) = site.serving(&names, &assets, dependencies);
    let aliases = site.aliases(&hosts, &distribution, &readable);
    if let Some(bimi) = bimi {
        site.bimi_record(bimi, &files, &aliases);
    }
    if let (Some((block, body)), Some(object)) = (policy, object) {
        let mut dependencies = host_dependencies("mta-sts", &aliases);
        dependencies.push(Dependency::ready(
            &distribution,
            "the policy is answered from every edge (STS-O01)",
        ));
        dependencies.push(Dependency::done(
            &object,
            "senders fetch the policy when they see a new id (STS-O01)",
        ));
        site.policy_record(block, &body, dependencies);
    }
}

/// A host of the site.
struct Host {
    /// `assets` or `mta-sts`.
    purpose: &'static str,
    name: String,
}

/// A record by which a host is found.
struct HostRecord {
    /// The purpose of the host.
    purpose: &'static str,
    id: ResourceId,
}

impl Site<'_, '_> {
    fn assets_host(&self) -> String {
        self.scope.under(&self.hosting.assets_host.to_string())
    }

    /// The wildcards over the hosts that the domain may have while its hosting moves.
    fn wildcards(&self, hosts: &[Host], facts: &Facts) -> Vec<String> {
        let allowed = facts.moving.get(self.scope.name).into_iter().flatten();
        let is_over = |wildcard: &&String| {
            let mut over = hosts.iter().filter_map(|host| moving::over(&host.name));
            over.any(|one| one == **wildcard)
        };
        allowed.filter(is_over).cloned().collect()
    }

    fn draft(&self, name: &str, location: &Location, dependencies: Vec<Dependency>) -> Draft {
        Draft {
            name: name.to_owned(),
            location: Some(location.clone()),
            impact: self.impact(),
            dependencies,
            place: self.hosting.place(),
        }
    }

    /// The effect of a change of the site: senders that enforce refuse to deliver when the policy host
    /// is broken while a new id is out.
    fn impact(&self) -> Impact {
        if self.scope.domain.mta_sts.is_some() {
            Impact::new(MailImpact::Receiving, "serves the MTA-STS policy")
        } else {
            Impact::new(MailImpact::Branding, "serves the logo")
        }
    }

    /// The certificate for every name, and the records by which ACM validates it.
    fn certificate(&mut self, names: &[String]) -> (ResourceId, Vec<ResourceId>) {
        let mut names = names.to_vec();
        // The first name of a certificate has at most 64 octets (ACM User Guide); others may be longer.
        names.sort_by_key(|name| name.len() > names::FIRST_NAME_MAX);
        let id = self.scope.id::<AcmCertificate>("hosts");
        let existing = self
            .hosting
            .certificate
            .as_ref()
            .map(|arn| arn.as_str().to_owned());
        let joined = names.join(",");
        let parts = [
            self.scope.project(),
            &id.to_string(),
            self.edge.account_id.as_str(),
            &joined,
        ];
        let spec = acm_certificate::Spec {
            names: names.clone(),
            token: names::token(&parts, 32),
            tags: if existing.is_some() {
                Tags::new()
            } else {
                self.scope.tags(&id, &Tags::new())
            },
            existing,
        };
        let is_named = spec.existing.is_some();
        let draft = self.draft("hosts", &self.edge, Vec::new());
        let certificate = self.scope.add::<AcmCertificate>(draft, spec);
        if is_named {
            self.scope.last().adopt = true;
            return (certificate, Vec::new());
        }
        // A domain and its wildcard are validated by one record (ACM User Guide, "DNS validation").
        let is_validated = |name: &&String| {
            let bare = name.strip_prefix("*.");
            !bare.is_some_and(|bare| names.iter().any(|other| other == bare))
        };
        let records = names
            .iter()
            .filter(is_validated)
            .map(|name| self.validation_record(&certificate, name))
            .collect();
        (certificate, records)
    }

    fn validation_record(&mut self, certificate: &ResourceId, name: &str) -> ResourceId {
        let value = acm_certificate::validation_value(name);
        let record = Record {
            name: Field::output(certificate, acm_certificate::validation_name(name)),
            rtype: RecordType::Cname,
            ttl: 300,
            values: vec![Field::output(certificate, value)],
            alias: None,
            sharing: Sharing::Whole,
        };
        let impact = Impact {
            reason: format!("ACM renews the certificate of {name} only while it is there"),
            ..self.impact()
        };
        let draft = RecordDraft {
            name: format!("acm.{}", name.trim_start_matches("*.")),
            record,
            impact,
            dependencies: Vec::new(),
            place: self.hosting.place(),
            adopt: *self.scope.domain.adopt,
        };
        self.scope.push(self.scope.publisher.record(draft))
    }

    fn distribution(&mut self, names: &[String], mut dependencies: Vec<Dependency>) -> ResourceId {
        let (certificate, validation) = self.certificate(names);
        let comment = names::comment(self.scope.project(), self.scope.name);
        let (name, access) = self.access_control();
        let draft = self.draft(&name, &self.edge, Vec::new());
        let access = self
            .scope
            .add_shared::<CloudfrontOriginAccessControl>(draft, access);
        let id = self.scope.id::<CloudfrontDistribution>("assets");
        let reference = [
            self.scope.project(),
            &id.to_string(),
            self.edge.account_id.as_str(),
            self.location.region.as_str(),
        ];
        let spec = cloudfront_distribution::Spec {
            caller_reference: names::token(&reference, 32),
            comment,
            aliases: names.to_vec(),
            certificate: Field::output(&certificate, acm_certificate::ARN),
            origin: self.origin(),
            access_control: Field::output(&access, cloudfront_origin_access_control::ID),
            logging: Some(cloudfront_distribution::Logging {
                bucket: format!("{}.s3.amazonaws.com", self.bucket_name("logs")),
                prefix: "cloudfront/".to_owned(),
            }),
            price_class: "PriceClass_100".to_owned(),
            tags: self.scope.tags(&id, &Tags::new()),
        };
        dependencies.push(Dependency::ready(
            &certificate,
            "CloudFront takes only an issued certificate",
        ));
        dependencies.extend(
            validation
                .iter()
                .map(|record| Dependency::done(record, "the certificate is validated through it")),
        );
        let draft = self.draft("assets", &self.edge, dependencies);
        let id = self.scope.add::<CloudfrontDistribution>(draft, spec);
        // A change counts as done when every edge answers by it, also where no record waits for it.
        self.scope.last().wait = true;
        id
    }

    /// An access control that up to a hundred distributions of the account share (CloudFront quotas):
    /// one of sixteen, by the domain's name. With it, our name for it.
    fn access_control(&self) -> (String, cloudfront_origin_access_control::Spec) {
        let project = self.scope.project();
        let shard = names::token(&[self.scope.name], 1);
        let account = names::token(&[project, self.edge.account_id.as_str()], 8);
        let spec = cloudfront_origin_access_control::Spec {
            name: format!("deploy-{project}-{account}-{shard}"),
            description: format!("deploy {project}"),
        };
        (format!("{}.{shard}", self.edge.account), spec)
    }

    /// The records of the hosts. As long as a name is there, the files behind it can be read.
    fn aliases(
        &mut self,
        hosts: &[Host],
        distribution: &ResourceId,
        readable: &ResourceId,
    ) -> Vec<HostRecord> {
        let mut aliases = Vec::new();
        for Host { purpose, name } in hosts {
            for (suffix, record) in
                self.scope
                    .publisher
                    .host_records(name, distribution, self.scope.ttl())
            {
                let draft = RecordDraft {
                    name: format!("{purpose}.{suffix}"),
                    record,
                    impact: host_impact(purpose),
                    dependencies: vec![
                        Dependency::ready(
                            distribution,
                            "a name points only at what answers for it",
                        ),
                        Dependency::done(
                            readable,
                            "the distribution may read what it answers with",
                        ),
                    ],
                    place: self.hosting.place(),
                    adopt: *self.scope.domain.adopt,
                };
                let id = self.scope.push(self.scope.publisher.record(draft));
                aliases.push(HostRecord { purpose, id });
            }
        }
        aliases
    }
}

/// The mail impact of a host's name, by its purpose.
fn host_impact(purpose: &str) -> Impact {
    if purpose == "mta-sts" {
        Impact::new(
            MailImpact::Receiving,
            "senders fetch the MTA-STS policy by this name",
        )
    } else {
        Impact::new(
            MailImpact::Branding,
            "receivers fetch the logo by this name",
        )
    }
}

fn host_dependencies(purpose: &str, aliases: &[HostRecord]) -> Vec<Dependency> {
    let of_host = aliases.iter().filter(|record| record.purpose == purpose);
    of_host
        .map(|record| Dependency::ready(&record.id, "the host's name is answered first"))
        .collect()
}
