//! A schedule for a hundred domains: the shipped workflow's own commands, each time in a fresh checkout,
//! with the role that only reads and the ledger in a bucket.

use sandbox::stats::Logged;
use tests::place::Place;
use tests::workflow::{GITHUB, on_a_runner, place_of};

#[path = "../../crates/reconcile/tests/it/fleet.rs"]
#[expect(dead_code, reason = "the bench changes a record too")]
mod fleet;

/// The bucket of the ledger.
const BUCKET: &str = "anycompany-deploy-ledger";

/// The fleet of the bench in the accounts of the workflow, one of which is for the web and for mail.
fn manifest() -> String {
    let ledger =
        format!("ledger: {{ s3: {{ account: mail, bucket: {BUCKET}, region: eu-west-1 }} }}\n");
    let nobody =
        ["RPT-09", "DMARC-21", "DMARC-22"].map(|rule| format!("{rule}: a fleet for tests"));
    let text = fleet::manifest(100);
    let lines = text.split_inclusive('\n');
    let text: String = lines.filter(|line| !line.starts_with("  web: ")).collect();
    let text = text
        .replace(
            "\"333333333333\", role: mail-deploy",
            "\"222222222222\", profile: mail",
        )
        .replace(
            "\"111111111111\", role: mail-deploy",
            "\"111111111111\", profile: dns",
        )
        .replace("account: web", "account: mail")
        // Nobody is at the address of the reports.
        .replace("accept: {", &format!("accept: {{ {},", nobody.join(", ")));
    format!("{text}{ledger}")
}

/// The requests of one morning's job: to AWS, and to the ledger.
fn morning(place: &Place) -> (usize, usize) {
    place.forget_history();
    on_a_runner(place, GITHUB, |runner| {
        runner.job("drift").exits(0).says("In sync");
        assert_eq!(runner.read("output"), "code=0\n");
    });
    let calls = place.all_calls();
    // The server was killed: a command takes its journal over.
    place.run("status", &[]).exits(0);
    let is_of_ledger = |call: &&Logged| call.url.contains(BUCKET);
    let ledger = calls.iter().filter(is_of_ledger).count();
    (calls.len() - ledger, ledger)
}

#[test]
fn the_second_morning_asks_for_versions_only() {
    let place = place_of(&manifest());
    place.run("apply", &["--yes", "--no-verify"]).exits(0);
    let first = morning(&place);
    let second = morning(&place);
    assert!(
        second.0 <= 1_700 && second.1 <= 130,
        "{first:?}, {second:?}"
    );
    assert!(first.0 > second.0, "the first reads everything: {first:?}");
}
