//! What should be live, from what is desired and what other resources returned.

use std::collections::{BTreeMap, BTreeSet};

use kinds::record::{Record, Sharing, canonical};
use kinds::{
    AcmCertificate, Route53HostedZone, S3Object, SesDomainToken, SesIdentity, SesMailFrom,
    acm_certificate, route53_hosted_zone, s3_object, ses_mail_from,
};
use manifest::Manifest;
use model::{Kind, OutputRef, Readiness, Resource, field};
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use standards::dns::Name;
use standards::{Finding, Severity};
use verify::{Check, Expected, File, HostedZone, Instance, Mark, Outcome};

use crate::project::{Planned, Project};

/// What should be live, one domain after the other.
pub(crate) fn expected(project: &Project, planned: &Planned) -> Vec<Expected> {
    let mut domains: BTreeMap<&str, Expected> = BTreeMap::new();
    for resource in &planned.desired {
        let Ok(name) = Name::parse(&resource.id.domain) else {
            continue;
        };
        let expected = domains
            .entry(&resource.id.domain)
            .or_insert_with(|| Expected::of(name));
        add(expected, resource, planned);
    }
    let mut domains: Vec<Expected> = domains.into_values().collect();
    for domain in &mut domains {
        domain
            .marks
            .extend(marks(&project.manifest, &domain.domain));
    }
    domains
}

fn add(expected: &mut Expected, resource: &Resource, planned: &Planned) {
    let spec = field::resolve(&resource.spec, &|reference: &OutputRef| {
        planned.output(reference)
    });
    match resource.id.kind.as_str() {
        Route53HostedZone::NAME => expected.zone = state(planned, resource).and_then(zone),
        AcmCertificate::NAME => {
            let spec: Option<acm_certificate::Spec> = read(&spec);
            let names = spec.map(|spec| spec.names).unwrap_or_default();
            expected
                .hosts
                .extend(names.iter().filter_map(|name| Name::parse(name).ok()));
        }
        S3Object::NAME if resource.serves_policy.is_some() => {
            let spec: Option<s3_object::Spec> = read(&spec);
            expected.policy = spec.map(|spec| spec.bytes());
        }
        SesIdentity::NAME => {
            let label = resource
                .home
                .as_ref()
                .map(|home| format!("{} in {}", home.account, home.region));
            let mail_from = None;
            expected.instances.push(Instance {
                label: label.unwrap_or_default(),
                mail_from,
            });
        }
        SesMailFrom::NAME => {
            let spec: Option<ses_mail_from::Spec> = read(&spec);
            if let (Some(instance), Some(spec)) = (expected.instances.last_mut(), spec) {
                instance.mail_from = Name::parse(&spec.mail_from).ok();
            }
        }
        _ => {
            let record: Option<Record> = spec.get("record").and_then(read);
            expected
                .records
                .extend(record.and_then(|record| live(&record)));
        }
    }
}

fn read<T: DeserializeOwned>(value: &Value) -> Option<T> {
    T::deserialize(value).ok()
}

fn state(planned: &Planned, resource: &Resource) -> Option<Value> {
    planned.output(&OutputRef {
        resource: resource.id.clone(),
        pointer: String::new(),
    })
}

fn zone(state: Value) -> Option<HostedZone> {
    let state: route53_hosted_zone::State = serde_json::from_value(state).ok()?;
    let servers: BTreeSet<Name> = state
        .name_servers
        .iter()
        .filter_map(|name| Name::parse(name).ok())
        .collect();
    Some(HostedZone {
        name: Name::parse(&state.name).ok()?,
        servers,
    })
}

/// The record as a stranger should see it. What is not known yet can't be expected.
fn live(record: &Record) -> Option<verify::Record> {
    if !record.is_known() {
        return None;
    }
    Some(verify::Record {
        name: Name::parse(record.name.known()?).ok()?,
        rtype: record.rtype.clone(),
        values: record
            .known_values()
            .iter()
            .map(|value| canonical(&record.rtype, value))
            .collect(),
        ttl: record.ttl,
        alone: record.sharing == Sharing::Whole,
    })
}

/// The logo and its certificate, where they are served.
fn marks(manifest: &Manifest, domain: &Name) -> Option<Mark> {
    let block = manifest.domains.get(domain)?;
    let (bimi, hosting) = (block.bimi.as_ref()?, block.hosting.as_ref()?);
    let host = format!("{}.{domain}", hosting.assets_host.value);
    let file = |path: &str, bytes: &[u8]| File {
        url: format!("https://{host}/{}", path.rsplit('/').next().unwrap_or(path)),
        sha256: Sha256::digest(bytes).into(),
    };
    let logo = &bimi.logo.as_ref().filter(|_| !*bimi.decline)?.value.0;
    Some(Mark {
        selector: bimi.selector.to_string().parse().ok()?,
        logo: file(&logo.path, &logo.bytes),
        certificate: bimi
            .certificate
            .as_ref()
            .map(|certificate| file(&certificate.value.0.path, &certificate.value.0.bytes)),
    })
}

/// What SES itself says of each instance (SES-23).
pub(crate) fn instances(project: &Project, planned: &Planned) -> Vec<Check> {
    let kinds = [SesIdentity::NAME, SesMailFrom::NAME, SesDomainToken::NAME];
    let ours = planned
        .desired
        .iter()
        .filter(|resource| kinds.contains(&resource.id.kind.as_str()));
    ours.filter_map(|resource| instance(project, planned, resource))
        .collect()
}

fn instance(project: &Project, planned: &Planned, resource: &Resource) -> Option<Check> {
    let kind = project.engine.kinds().get(resource.id.kind.as_str())?;
    let seen = state(planned, resource).map(|state| kind.readiness(&resource.spec, &state));
    let outcome = match seen {
        None => Outcome::Finding(Finding::new("SES-23", "SES does not have it")),
        Some(Ok(Readiness::Ready)) => Outcome::Good,
        Some(Ok(Readiness::Waiting(what))) => Outcome::Skipped {
            why: format!("waits for {what}"),
        },
        Some(Ok(Readiness::Failed(why))) => Outcome::Finding(Finding::new("SES-23", why)),
        Some(Err(_)) => return None,
    };
    Some(Check {
        rule: "SES-23".into(),
        domain: Name::parse(&resource.id.domain).ok()?,
        what: format!("{} {}", resource.id.kind, resource.id.name),
        seen: None,
        outcome,
    })
}

/// Findings that the manifest accepts weigh nothing.
pub(crate) fn accepted(manifest: &Manifest, checks: &mut [Check]) {
    for check in checks {
        let Some(block) = manifest.domains.get(&check.domain) else {
            continue;
        };
        if let Outcome::Finding(finding) = &mut check.outcome
            && let Some((_, reason)) = block
                .accept
                .iter()
                .find(|(rule, _)| rule.as_str() == finding.rule)
        {
            finding.severity = Severity::Info;
            finding.mend = format!("accepted in the manifest: {}", reason.as_str());
        }
    }
}
