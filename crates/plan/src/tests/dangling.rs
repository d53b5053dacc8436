//! The records that still lead to a distribution that goes.

use kinds::record::{self, Alias, Record, Sharing};
use kinds::{Route53RecordSet, route53_record_set};
use model::{Field, rules};
use standards::dns::RecordType;

use super::*;

const HOST: &str = "mta-sts.example.com";
const TARGET: &str = "d1.cloudfront.net";

/// A distribution that goes, and a record of ours in the zone `Z1` that leads to it, seen so.
fn world(record: Observation) -> World {
    let distribution = Entry {
        id: ResourceId::new(CloudfrontDistribution::NAME, DOMAIN, "cdn"),
        spec: Spec::of::<CloudfrontDistribution>(cloudfront_distribution::Spec::default()),
        status: Status::Settled("E1".into()),
        ..entry("cdn", &[])
    };
    let leading = Entry {
        id: ResourceId::new(Route53RecordSet::NAME, DOMAIN, "host"),
        spec: Spec::of::<Route53RecordSet>(route53_record_set::Spec {
            zone: Field::Known("Z1".to_owned()),
            zone_name: DOMAIN.to_owned(),
            record: Record {
                name: Field::Known(HOST.to_owned()),
                rtype: RecordType::A,
                ttl: 0,
                values: Vec::new(),
                alias: Some(Alias {
                    target: Field::Known(TARGET.to_owned()),
                    zone: "Z2FDTNDATAQYW2".to_owned(),
                }),
                sharing: Sharing::default(),
            },
        }),
        ..entry("host", &[])
    };
    let there = State::of::<CloudfrontDistribution>(cloudfront_distribution::State {
        id: "E1".to_owned(),
        domain_name: TARGET.to_owned(),
        aliases: vec![HOST.to_owned()],
        ..cloudfront_distribution::State::default()
    });
    World::default()
        .record(distribution)
        .record(leading)
        .see("cdn", present("E1", there))
        .see("host", record)
}

fn present(physical: &str, state: State) -> Observation {
    Observation::Present {
        physical: physical.into(),
        state,
        ownership: Ownership::Ours,
    }
}

fn record() -> Observation {
    present(
        "Z1/mta-sts.example.com/A",
        State::of::<Route53RecordSet>(record::State::default()),
    )
}

/// The rules that refuse the plan while the host leads to the distribution in this zone.
fn refused(record: Observation, zone: Option<&str>) -> Vec<String> {
    let mut world = world(record);
    world.leads.push(Lead {
        zone: zone.map(str::to_owned),
        name: HOST.to_owned(),
        rtype: RecordType::A,
        target: TARGET.to_owned(),
    });
    let findings = world.plan().findings.into_iter();
    findings.map(|finding| finding.rule.to_string()).collect()
}

#[test]
fn a_distribution_stays_while_a_record_that_the_plan_leaves_leads_to_it() {
    // The record goes with this plan, wherever it was seen.
    assert!(refused(record(), Some("Z1")).is_empty());
    assert!(refused(record(), None).is_empty());
    // Another zone has one too.
    assert_eq!(refused(record(), Some("Z2")), [rules::PLAN_14.id]);
    // What is only taken off the ledger stays where it is.
    assert_eq!(
        refused(Observation::Absent, Some("Z1")),
        [rules::PLAN_14.id]
    );
}
