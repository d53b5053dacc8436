//! The plans of the shipped manifests, which the tests of this crate share.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kinds::record::{LiveSet, LiveValue};
use kinds::{Route53HostedZone, Route53RecordSet, S3Bucket, S3Object, route53_hosted_zone};
use manifest::MemoryFiles;
use model::{
    Entry, Ledger, Observation, Origin, OutputRef, Ownership, PhysicalId, Plan, Resource, State,
    Status, Target,
};
use plan::{Actual, Estimate, Inputs, Rate, Rates};
use serde_json::Value;
use standards::Finding;

/// The resources of `deploy/example.yaml`, and the findings about it.
pub(crate) fn example() -> (Vec<Arc<Resource>>, Vec<Finding>) {
    desired(include_str!("../../../deploy/example.yaml"))
}

/// The resources of a manifest beside the shipped ones.
pub(crate) fn desired(text: &str) -> (Vec<Arc<Resource>>, Vec<Finding>) {
    let files = MemoryFiles::default()
        .with("deploy/test.yaml", text)
        .with(
            "assets/logo.svg",
            include_bytes!("../../../assets/logo.svg").as_slice(),
        )
        .with(
            "assets/bimi_vmc.pem",
            include_bytes!("../../../assets/bimi_vmc.pem").as_slice(),
        );
    let (manifest, mut findings) = manifest::load("deploy/test.yaml", &files);
    let manifest = manifest.expect("the shipped manifests load");
    let (resources, more) = blueprint::desired(&manifest, &blueprint::Facts::default());
    findings.extend(more);
    (resources, findings)
}

/// A logo for a [`fleet`]. It is read for each domain, so that many domains do without it in tests.
pub(crate) const LOGO: &str =
    "bimi: { logo: ../assets/logo.svg, certificate: ../assets/bimi_vmc.pem }";

/// A manifest of so many domains that have the same by `defaults`: DMARC with this policy, and `more`.
pub(crate) fn fleet(domains: usize, policy: &str, more: &str) -> String {
    let mut text = format!(
        "project: anycompany\n\
         accounts:\n  dns: {{ id: \"111111111111\" }}\n  web: {{ id: \"222222222222\" }}\n  mail: {{ id: \"333333333333\" }}\n\
         defaults:\n  dns: {{ route53: {{ account: dns }} }}\n  \
         hosting: {{ account: web, region: us-east-1 }}\n  \
         {more}\n  \
         mta_sts: {{ mode: testing }}\n  \
         tls_rpt: {{ rua: [\"mailto:tls@example.com\"] }}\n  \
         dmarc: {{ p: {policy}, rua: [\"mailto:dmarc@example.com\"] }}\n  \
         spf: {{ include: [amazonses.com], all: softfail }}\n  \
         ses: [{{ account: mail, region: us-east-1, mail_from: bounce }}]\n\
         domains:\n"
    );
    for number in 0..domains {
        let host = match number % 4 {
            0 => "inbound-smtp.us-east-1.amazonaws.com",
            _ => "mx.example.net",
        };
        crate::put::put!(text, "  d{number:03}.example.com:\n    mx: [10 {host}]\n");
    }
    text
}

/// The plan that makes `resources` where nothing is.
pub(crate) fn first_plan(resources: &[Arc<Resource>]) -> Plan {
    planned(resources, &Ledger::default(), &with_zones(resources))
}

/// The plan that is made from these.
pub(crate) fn planned(desired: &[Arc<Resource>], ledger: &Ledger, actual: &Actual) -> Plan {
    plan::plan(Inputs {
        project: "anycompany",
        desired,
        kept: &BTreeSet::new(),
        ledger,
        beyond: &Ledger::default(),
        neighbours: &[],
        actual,
        authority: &model::Authority::default(),
        leads: &[],
        is_about: &|_| true,
    })
}

/// Nothing there but the hosted zones, which the manifest says to find.
fn with_zones(resources: &[Arc<Resource>]) -> Actual {
    let mut actual = Actual::default();
    let zones = resources
        .iter()
        .filter(|resource| resource.id.kind == "route53_hosted_zone");
    for zone in zones {
        see(
            &mut actual,
            zone,
            ("Z0123456789EXAMPLE", zone_state(zone)),
            Ownership::Shared,
        );
    }
    actual
}

fn zone_state(zone: &Resource) -> State {
    State::of::<Route53HostedZone>(route53_hosted_zone::State {
        id: "Z0123456789EXAMPLE".to_owned(),
        name: zone.id.domain.clone(),
        name_servers: vec!["ns-1.awsdns-01.org".to_owned()],
        ..route53_hosted_zone::State::default()
    })
}

/// Adds a resource that is there, and gives back the target that it was observed by.
fn see(
    actual: &mut Actual,
    resource: &Resource,
    (physical, state): (&str, State),
    ownership: Ownership,
) -> PhysicalId {
    let physical = PhysicalId::from(physical);
    for known in [None, Some(physical.clone())] {
        let target = Target {
            id: resource.id.clone(),
            location: resource.location.clone(),
            spec: resource.spec.clone(),
            physical: known,
        };
        let observation = Observation::Present {
            physical: physical.clone(),
            state: state.clone(),
            ownership,
        };
        actual.insert(target, observation);
    }
    physical
}

/// The resources of the example that a person changes most: zone, records, a bucket, an object; in
/// the ledger and there as they were asked for.
pub(crate) fn applied() -> (Vec<Arc<Resource>>, Ledger, Actual) {
    applied_of(&["zone", "mx", "spf", "dmarc", "tls-rpt", "logo", "logs"])
}

/// These resources of the example, in the ledger and there as they were asked for.
pub(crate) fn applied_of(names: &[&str]) -> (Vec<Arc<Resource>>, Ledger, Actual) {
    applied_from(example().0, names)
}

/// These of the resources, in the ledger and there as they were asked for.
pub(crate) fn applied_from(
    mut resources: Vec<Arc<Resource>>,
    names: &[&str],
) -> (Vec<Arc<Resource>>, Ledger, Actual) {
    resources.retain(|resource| {
        names.contains(&resource.id.name.as_str()) && resource.id.kind != "s3_bucket_policy"
    });
    let mut ledger = Ledger::default();
    let mut actual = Actual::default();
    for resource in &mut resources {
        let known = |_: &OutputRef| Some("Z0123456789EXAMPLE".to_owned());
        let resolved = resource.spec.resolved(&known);
        Arc::make_mut(resource).spec = resolved;
        let seen = state(resource);
        let physical = see(
            &mut actual,
            resource,
            (&seen.0, seen.1.clone()),
            Ownership::Ours,
        );
        let entry = Entry {
            id: resource.id.clone(),
            location: resource.location.clone(),
            status: Status::Settled(physical),
            spec: resource.spec.clone(),
            state: Some(seen.1),
            origin: Origin::Created,
            holders: std::collections::BTreeSet::new(),
            before: None,
            serves_policy: resource.serves_policy,
            dependencies: resource.dependencies.clone(),
            impact: resource.impact.clone(),
            changed: "2026-11-24T06:00:00Z".parse().expect("a time"),
        };
        let domain = ledger
            .domains
            .entry(resource.id.domain.clone())
            .or_default();
        domain.entries.insert(resource.id.clone(), Arc::new(entry));
    }
    (resources, ledger, actual)
}

/// The physical id and the state of a resource that is as asked for.
fn state(resource: &Resource) -> (String, State) {
    let spec = &resource.spec;
    if spec.get::<Route53HostedZone>().is_some() {
        return ("Z0123456789EXAMPLE".to_owned(), zone_state(resource));
    }
    if let Some(spec) = spec.get::<Route53RecordSet>() {
        let record = &spec.record;
        let mut set = LiveSet::empty(record);
        set.ttl = Some(record.ttl);
        let values = record.known_values();
        let live = |value: &String| LiveValue::ours(record.rtype, value);
        set.values = values.iter().map(live).collect();
        let state = kinds::record::State {
            set: Some(set),
            ..kinds::record::State::default()
        };
        let name = record.name.known().expect("known");
        let physical = format!("{name} {}", record.rtype);
        return (physical, State::of::<Route53RecordSet>(state));
    }
    if let Some(spec) = spec.get::<S3Bucket>() {
        return (spec.name.clone(), State::of::<S3Bucket>(spec.wanted()));
    }
    let spec = spec.get::<S3Object>();
    let spec = spec.unwrap_or_else(|| panic!("no state for {}", resource.id));
    (spec.key.clone(), State::of::<S3Object>(spec.wanted(None)))
}

/// Changes the spec of a resource where its JSON says it best.
pub(crate) fn edit_spec(resource: &mut Arc<Resource>, edit: impl FnOnce(&mut Value)) {
    let mut json = resource.spec.to_json();
    edit(&mut json);
    let spec = resource.spec.kind().read_spec(&json);
    Arc::make_mut(resource).spec = spec.expect("a spec of its kind");
}

/// The estimate of a plan, by figures that are near AWS's.
pub(crate) fn estimate(plan: &Plan) -> Estimate {
    let rate = |per_second: f64| Rate {
        per_second,
        burst: per_second,
    };
    let rates: Rates = BTreeMap::from([
        ("acm".to_owned(), rate(5.0)),
        ("route53".to_owned(), rate(5.0)),
        ("s3".to_owned(), rate(10.0)),
        ("ses".to_owned(), rate(1.0)),
        ("sesv2".to_owned(), rate(1.0)),
    ]);
    plan::estimate(plan, &rates)
}
