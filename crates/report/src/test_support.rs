//! What the tests of this crate share: the plans of the shipped manifests.

use std::collections::BTreeMap;

use base64::Engine as _;
use manifest::MemoryFiles;
use model::{Entry, Ledger, Observation, Origin, Ownership, PhysicalId, Plan, Resource, Target};
use plan::{Actual, Estimate, Inputs, Rate, Rates};
use serde_json::{Value, json};
use standards::Finding;

/// The resources of `deploy/example.yaml`, and the findings about it.
pub(crate) fn example() -> (Vec<Resource>, Vec<Finding>) {
    desired(include_str!("../../../deploy/example.yaml"))
}

/// The resources of a manifest beside the shipped ones.
pub(crate) fn desired(text: &str) -> (Vec<Resource>, Vec<Finding>) {
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

/// The plan that makes `resources` where nothing is.
pub(crate) fn first_plan(resources: &[Resource]) -> Plan {
    planned(resources, &Ledger::default(), &with_zones(resources))
}

/// The plan that is made from these.
pub(crate) fn planned(desired: &[Resource], ledger: &Ledger, actual: &Actual) -> Plan {
    plan::plan(Inputs {
        project: "anycompany",
        kinds: &kinds::pure(),
        desired,
        ledger,
        beyond: &Ledger::default(),
        actual,
    })
}

/// Nothing there but the hosted zones, which the manifest says to find.
fn with_zones(resources: &[Resource]) -> Actual {
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

fn zone_state(zone: &Resource) -> Value {
    json!({
        "id": "Z0123456789EXAMPLE",
        "name": zone.id.domain,
        "name_servers": ["ns-1.awsdns-01.org"],
        "tags": {},
    })
}

/// Adds a resource that is there, and gives back the target that it was looked for by.
fn see(
    actual: &mut Actual,
    resource: &Resource,
    (physical, state): (&str, Value),
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
pub(crate) fn applied() -> (Vec<Resource>, Ledger, Actual) {
    applied_of(&["zone", "mx", "spf", "dmarc", "tls-rpt", "logo", "logs"])
}

/// These resources of the example, in the ledger and there as they were asked for.
pub(crate) fn applied_of(names: &[&str]) -> (Vec<Resource>, Ledger, Actual) {
    let (mut resources, _) = example();
    resources.retain(|resource| {
        names.contains(&resource.id.name.as_str()) && resource.id.kind != "s3_bucket_policy"
    });
    let mut ledger = Ledger::default();
    let mut actual = Actual::default();
    for resource in &mut resources {
        if let Some(zone) = resource.spec.get_mut("zone") {
            *zone = json!("Z0123456789EXAMPLE");
        }
        if let Some(distribution) = resource.spec.get_mut("distribution") {
            *distribution = json!("E2EXAMPLE");
        }
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
            physical: Some(physical),
            spec: resource.spec.clone(),
            intended: None,
            state: seen.1,
            origin: Origin::Created,
            before: None,
            serves_policy: resource.serves_policy,
            dependencies: resource.dependencies.clone(),
            impact: resource.impact.clone(),
            open: false,
            changed: "2026-11-24T06:00:00Z".parse().expect("a time"),
        };
        let domain = ledger
            .domains
            .entry(resource.id.domain.clone())
            .or_default();
        domain.entries.insert(resource.id.clone(), entry);
    }
    (resources, ledger, actual)
}

/// The physical id and the state of a resource that is as asked for.
fn state(resource: &Resource) -> (String, Value) {
    let spec = &resource.spec;
    match resource.id.kind.as_str() {
        "route53_hosted_zone" => ("Z0123456789EXAMPLE".to_owned(), zone_state(resource)),
        "route53_record_set" => {
            let record: kinds::record::Record =
                serde_json::from_value(spec["record"].clone()).expect("a record");
            let mut set = kinds::record::LiveSet::empty(&record);
            set.ttl = Some(record.ttl);
            let values = record.known_values();
            let live = |value: &String| kinds::record::LiveValue::ours(&record.rtype, value);
            set.values = values.iter().map(live).collect();
            let state = kinds::record::State {
                set: Some(set),
                in_the_way: Vec::new(),
                hidden_by: None,
                pending: None,
            };
            let name = record.name.known().expect("known");
            (format!("{name} {}", record.rtype), json!(state))
        }
        "s3_bucket" => {
            let mut state = spec.clone();
            for on in ["public_access_blocked", "encrypted", "versioned"] {
                state[on] = json!(true);
            }
            (spec["name"].as_str().expect("a name").to_owned(), state)
        }
        "s3_object" => {
            let content = spec["content"].as_str().expect("content");
            let bytes = base64::engine::general_purpose::STANDARD.decode(content);
            let sha256 = kinds::s3_object::sha256(&bytes.expect("base64"));
            let state = json!({
                "sha256": sha256,
                "media_type": spec["media_type"],
                "cache_control": spec["cache_control"],
            });
            (spec["key"].as_str().expect("a key").to_owned(), state)
        }
        other => panic!("no state for {other}"),
    }
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
