//! Domains in a sandbox, verified over its DNS port as strangers would.

mod common;

use common::{expected, now, sandbox, stranger};
use model::Outside;
use verify::{Options, Outcome, Verdict, verify};

const DOMAIN: &str = "example.com";

#[tokio::test]
async fn what_is_in_a_hosted_zone_is_good() {
    let sandbox = sandbox(&[DOMAIN.to_owned()]);
    let stranger = stranger(&sandbox).await;
    let servers = stranger.lookup(DOMAIN, "NS").await.expect("an answer");
    assert_eq!(servers.len(), 4, "{servers:?}");
    let expected = expected(DOMAIN, &servers);
    let checks = verify(&expected, &stranger, &Options::at(now())).await;
    for check in &checks {
        assert_eq!(check.outcome, Outcome::Good, "{check:#?}");
    }
    assert!(checks.iter().any(|check| check.rule == "DNS-08"));
}

#[tokio::test]
async fn what_is_not_is_named() {
    let sandbox = sandbox(&[DOMAIN.to_owned()]);
    let stranger = stranger(&sandbox).await;
    let mut expected = expected(DOMAIN, &["ns.elsewhere.example".to_owned()]);
    expected.records[2].values = vec!["v=DMARC1; p=none".to_owned()];
    let checks = verify(&expected, &stranger, &Options::at(now())).await;
    let mut broken: Vec<&str> = checks
        .iter()
        .filter_map(verify::Check::finding)
        .map(|finding| &*finding.rule)
        .collect();
    broken.sort_unstable();
    assert_eq!(broken, ["DMARC-03", "DNS-08"]);
    assert_eq!(Verdict::of(&checks), Verdict::Faulty);
}
