//! Domains in a sandbox, verified over its DNS port as external observers would.

mod common;

use common::{expected, now, observer, sandbox};
use model::Outside;
use sandbox::world::World;
use standards::dns::RecordType;
use verify::{CheckOutcome, Expected, Options, verify};

const DOMAIN: &str = "example.com";

#[tokio::test]
async fn what_is_in_a_hosted_zone_is_good() {
    let sandbox = sandbox(&[DOMAIN.to_owned()]);
    let observer = observer(&sandbox).await;
    let servers = observer
        .lookup(DOMAIN, RecordType::Ns)
        .await
        .expect("an answer");
    assert_eq!(servers.len(), 4, "{servers:?}");
    let expected = expected(DOMAIN, &servers);
    let checks = verify(&expected, &observer, &Options::at(now())).await;
    for check in &checks {
        assert_eq!(check.outcome, CheckOutcome::Good, "{check:#?}");
    }
    assert!(checks.iter().any(|check| check.rule == "DNS-08"));
}

/// The rules that are broken in `sandbox` by what `change` makes of it and of what is planned.
async fn broken(change: impl FnOnce(&mut World, &mut Expected)) -> Vec<String> {
    let sandbox = sandbox(&[DOMAIN.to_owned()]);
    let observer = observer(&sandbox).await;
    let servers = observer
        .lookup(DOMAIN, RecordType::Ns)
        .await
        .expect("an answer");
    let mut expected = expected(DOMAIN, &servers);
    change(&mut sandbox.world(), &mut expected);
    let checks = verify(&expected, &observer, &Options::at(now())).await;
    let findings = checks.iter().filter_map(verify::Check::finding);
    let mut rules: Vec<String> = findings.map(|finding| finding.rule.to_string()).collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}

#[tokio::test]
async fn what_is_not_is_named() {
    let other = broken(|_, expected| {
        expected.records[2].values = vec!["v=DMARC1; p=none".to_owned()];
    });
    assert_eq!(other.await, ["DMARC-03"]);
}

/// DNS-08 in both ways: the registry sends the world elsewhere, or the zone moved from under it.
#[tokio::test]
async fn a_delegation_that_leads_elsewhere_is_named() {
    let moved = broken(|world, _| {
        let elsewhere = ["ns1.registrar.example".to_owned()];
        let done = world.dns.delegate(DOMAIN, &elsewhere, now());
        done.expect("a name");
    });
    assert_eq!(moved.await, ["DNS-08"]);
    let forgotten = broken(|world, _| world.dns.undelegate(DOMAIN).expect("a name"));
    assert_eq!(forgotten.await, ["DNS-08"]);
    let other_zone = broken(|world, _| {
        world
            .seed_zone("222222222222", DOMAIN, true)
            .expect("a zone");
    });
    assert_eq!(other_zone.await, ["DNS-08"]);
    let not_ours = broken(|_, expected| {
        let zone = expected.zone.as_mut().expect("a zone");
        zone.servers = ["ns.elsewhere.example".parse().expect("a name")].into();
    });
    assert_eq!(not_ours.await, ["DNS-08"]);
}
