//! What the tests of this crate share: the plans of the shipped manifests.

use std::collections::BTreeMap;

use kinds::tags::Tags;
use manifest::MemoryFiles;
use model::{Ledger, Plan, Resource};
use plan::{Actual, Estimate, Inputs, Rate, Rates};
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
    plan::plan(Inputs {
        project: "anycompany",
        kinds: &kinds::pure(),
        desired: resources,
        ledger: &Ledger::default(),
        actual: &with_zones(resources),
    })
}

/// Nothing there but the hosted zones, which the manifest says to find.
fn with_zones(resources: &[Resource]) -> Actual {
    use model::{Observation, Ownership, PhysicalId, Target};
    let mut actual = Actual::default();
    let zones = resources
        .iter()
        .filter(|resource| resource.id.kind == "route53_hosted_zone");
    for zone in zones {
        let target = Target {
            id: zone.id.clone(),
            home: zone.home.clone(),
            spec: zone.spec.clone(),
            physical: None,
        };
        let state = kinds::route53_hosted_zone::State {
            id: "Z0123456789EXAMPLE".to_owned(),
            name: zone.id.domain.clone(),
            name_servers: vec!["ns-1.awsdns-01.org".to_owned()],
            tags: Tags::new(),
        };
        let observation = Observation::Present {
            physical: PhysicalId::from("Z0123456789EXAMPLE"),
            state: serde_json::to_value(state).expect("a state is JSON"),
            ownership: Ownership::Shared,
        };
        actual.insert(target, observation);
    }
    actual
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
