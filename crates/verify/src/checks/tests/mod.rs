//! A world in order, and the same world broken in one way: the checks name exactly that rule.

mod hostile;
mod instances;
mod live_rules;
mod mail;
mod names;
mod overview;
mod published;
mod web;
mod world;

use futures::StreamExt;

use crate::run::verify_all;
use model::check::{CheckOutcome, Verdict};
use world::{Stage, broken};

#[tokio::test]
async fn a_domain_as_planned_is_good() {
    let checks = Stage::new().verify().await;
    for check in &checks {
        assert_eq!(check.outcome, CheckOutcome::Good, "{check:#?}");
    }
    assert_eq!(Verdict::of(&checks), Verdict::Good);
    let is_checked = |rule: &str| checks.iter().any(|check| check.rule == rule);
    for rule in [
        "DNS-08", "DNS-12", "LIVE-01", "SPF-02", "DMARC-03", "RPT-07", "STS-R06", "BIMI-R12",
        "SES-21", "DKIM-02", "SES-13", "DNS-06", "DKIM-18", "DNS-13", "MX-03", "STS-H01",
        "STS-P13", "STS-P16", "RPT-09", "SES-14", "SPF-09", "DKIM-04", "DMARC-27", "DMARC-21",
        "DMARC-22", "BIMI-X01", "BIMI-X08", "VMC-10", "LIVE-04", "STS-H11", "DANE-01", "SES-23",
        "SES-25", "SES-26", "SES-33",
    ] {
        assert!(is_checked(rule), "nobody checked {rule}");
    }
}

#[tokio::test]
async fn a_domain_without_anything_is_good() {
    let stage = Stage::new();
    let expected = crate::Expected::of(world::name("quiet.example"));
    let checks = crate::verify(&expected, &stage.world, &stage.options).await;
    assert_eq!(Verdict::of(&checks), Verdict::Good, "{checks:#?}");
}

#[tokio::test]
async fn a_probe_that_is_not_possible_is_skipped_and_says_so() {
    let mut stage = Stage::new();
    stage.world.delegation = Err(model::Unseen::NotFromHere);
    stage.options.smtp = false;
    let checks = stage.verify().await;
    let skipped = |rule: &str| {
        let mut checks = checks.iter().filter(|check| check.rule == rule);
        checks.any(|check| matches!(check.outcome, CheckOutcome::Skipped { .. }))
    };
    assert!(skipped("DNS-08") && skipped("STS-P16"), "{checks:#?}");
    assert_eq!(Verdict::of(&checks), Verdict::Good);
}

#[tokio::test]
async fn a_fleet_is_verified_in_order() {
    let stage = Stage::new();
    let fleet = vec![stage.expected.clone(); 50];
    let verified: Vec<_> = verify_all(&fleet, &stage.world, &stage.options)
        .collect()
        .await;
    assert_eq!(verified.len(), 50);
    let all = verified.iter().flat_map(|(_, checks)| checks);
    assert_eq!(Verdict::of(all), Verdict::Good);
}

#[tokio::test]
async fn every_check_is_of_a_registered_rule() {
    for check in Stage::new().verify().await {
        assert!(model::rules::find(&check.rule).is_some(), "{check:?}");
    }
}
