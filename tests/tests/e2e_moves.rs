//! Moves to another account or region: built at the new place, switched to, then removed at the
//! old one.

use sandbox::stats::Logged;
use tests::place::{Place, replay};

const POLICY: (&str, &str) = ("mta-sts.example.com", "/.well-known/mta-sts.txt");

/// The example, applied and observed from now on.
fn applied() -> Place {
    let place = Place::of("example");
    place.apply().exits(0);
    place.advance("5m");
    place.keep_history();
    place
}

/// The position of an operation among the calls, in an account and a region.
fn position(calls: &[Logged], (account, region): (&str, &str), operation: &str) -> usize {
    let is_meant = |call: &Logged| {
        (&*call.account, &*call.region, &*call.operation) == (account, region, operation)
    };
    let found = calls.iter().position(is_meant);
    found.unwrap_or_else(|| panic!("no {operation} in {account} {region}"))
}

#[test]
fn a_site_that_changes_its_region_is_served_at_every_moment() {
    let place = applied();
    place.edit(
        "hosting: { account: web, region: us-east-1,",
        "hosting: { account: web, region: eu-west-1,",
    );
    place.apply().exits(0);
    place.run("plan", &["--exit-code"]).exits(0);
    let mut seen = 0;
    replay(&place.history(), 120, |moment| {
        seen += 1;
        let served = moment.fetch(POLICY.0, POLICY.1);
        assert!(served.is_ok(), "{served:?} at {}", moment.time);
    });
    assert!(seen > 100, "the test looked {seen} times");
    let calls = place.changing_calls();
    let [old, new] = ["us-east-1", "eu-west-1"].map(|region| ("222222222222", region));
    let built = position(&calls, new, "PutObject");
    let switched = position(&calls, old, "UpdateDistribution");
    let removed = position(&calls, old, "DeleteBucket");
    assert!(built < switched && switched < removed);
    let world = place.world();
    assert!(world.buckets().all(|bucket| bucket.region == "eu-west-1"));
    assert_eq!(world.buckets().count(), 2);
}

#[test]
fn a_site_that_changes_its_account_leaves_nothing_in_the_old_one() {
    let place = applied();
    place.edit(
        "hosting: { account: web, region: us-east-1,",
        "hosting: { account: operations, region: us-east-1,",
    );
    // CloudFront gives a name to one distribution only, so the old one releases it first.
    let plan = place.run("plan", &["--full"]).exits(0);
    plan.says("± cloudfront_distribution assets")
        .says("receiving");
    place.apply().exits(0);
    place.run("plan", &["--exit-code"]).exits(0);
    let mut now = place.world().later(120);
    assert!(now.fetch(POLICY.0, POLICY.1).is_ok());
    let calls = place.changing_calls();
    let [old, new] = ["222222222222", "444444444444"].map(|account| (account, "us-east-1"));
    let built = position(&calls, new, "CreateDistributionWithTags");
    assert!(built < position(&calls, old, "UpdateDistribution"));
    let owners: Vec<&str> = now.buckets().map(|bucket| &*bucket.owner).collect();
    assert_eq!(owners, ["444444444444"; 2]);
    assert_eq!(now.world.cloudfront.all().count(), 1);
    let left = &now.world.acm.certificates["222222222222/us-east-1"];
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn an_instance_that_changes_its_region_is_verified_there_before_it_goes_here() {
    let place = applied();
    place.edit(
        "account: operations, region: eu-west-1",
        "account: operations, region: us-west-2",
    );
    place.apply().exits(0);
    place.run("plan", &["--exit-code"]).exits(0);
    let calls = place.changing_calls();
    let [old, new] = ["eu-west-1", "us-west-2"].map(|region| ("444444444444", region));
    let made = position(&calls, new, "CreateEmailIdentity");
    let gone = position(&calls, old, "DeleteEmailIdentity");
    assert!(made < gone);
    let dump = place.world().owned();
    let identity = |at: &str| dump["ses"]["places"][at]["identities"]["example.com"].clone();
    let there = identity("444444444444/us-west-2");
    assert_eq!(there["verification"]["status"], "Success");
    assert!(identity("444444444444/eu-west-1").is_null());
}
