//! Moves to another account or region: built at the new place, switched to, then removed at the
//! old one.

use std::collections::BTreeSet;

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

const OPERATIONS: &str = "444444444444";

/// The files that are served of a place, which moves its hosting to another account.
struct Moving {
    place: Place,
    files: Vec<(String, &'static str)>,
}

impl Moving {
    fn of(place: Place, domain: &str, serves: &[(&str, &'static str)]) -> Self {
        place.apply().exits(0);
        place.advance("5m");
        place.keep_history();
        let host = |host: &str| format!("{host}.{domain}");
        let files = serves.iter().map(|(label, file)| (host(label), *file));
        Self {
            place,
            files: files.collect(),
        }
    }

    fn declares_the_other_account(&self) {
        let (from, to) = (
            "hosting: { account: web, region: us-east-1",
            "hosting: { account: operations, region: us-east-1",
        );
        self.place.edit(from, to);
    }

    /// Moves, and fetches each file at every second of it.
    fn is_served_at_every_moment(&self) {
        self.declares_the_other_account();
        let plan = self.place.run("plan", &["--full"]).exits(0);
        plan.says("± cloudfront_distribution assets")
            .says("resolvers have forgotten where the records of its names led before");
        self.place.apply().exits(5).says("apply again, and it goes");
        self.place.apply().exits(0);
        self.place.run("plan", &["--exit-code"]).exits(0);
        let mut seen = 0;
        replay(&self.place.history(), 120, |moment| {
            seen += 1;
            for (host, path) in &self.files {
                let served = moment.fetch(host, path);
                assert!(served.is_ok(), "{host}: {served:?} at {}", moment.time);
            }
        });
        assert!(seen > 300, "the test looked {seen} times");
        self.is_as_if_made_there();
    }

    /// Nothing is left in the old account, and nothing of what the move took in the new one.
    fn is_as_if_made_there(&self) {
        let now = self.place.world().later(120);
        let owners: Vec<&str> = now.buckets().map(|bucket| &*bucket.owner).collect();
        assert_eq!(owners, [OPERATIONS; 2]);
        let mut distributions = now.world.cloudfront.all();
        let one = distributions.next().expect("a distribution");
        assert_eq!(one.account, OPERATIONS);
        assert!(distributions.next().is_none());
        let hosts: Vec<&str> = self.files.iter().map(|(host, _)| &**host).collect();
        let mut aliases: Vec<&str> = one.aliases().collect();
        aliases.sort_unstable();
        assert_eq!(
            aliases,
            BTreeSet::from_iter(hosts).into_iter().collect::<Vec<_>>()
        );
        let all = &now.world.acm.certificates;
        assert!(all["222222222222/us-east-1"].is_empty(), "{all:?}");
        let certificates: Vec<_> = all["444444444444/us-east-1"].values().collect();
        let [certificate] = &certificates[..] else {
            panic!("{certificates:?}");
        };
        let wildcards = certificate
            .names
            .iter()
            .filter(|name| name.starts_with('*'));
        assert_eq!(wildcards.count(), 0, "{certificate:?}");
    }
}

/// A domain that has a policy and no logo.
fn with_a_policy(domain: &str) -> Place {
    Place::with(&format!(
        "project: shop

accounts:
  dns:        {{ id: \"111111111111\", role: mail-deploy }}
  web:        {{ id: \"222222222222\", role: mail-deploy }}
  operations: {{ id: \"444444444444\", role: mail-deploy }}

domains:
  {domain}:
    dns: {{ route53: {{ account: dns }} }}
    hosting: {{ account: web, region: us-east-1 }}
    mx: [10 inbound-smtp.us-east-1.amazonaws.com]
    mta_sts: {{ mode: enforce, max_age: 7d }}
    tls_rpt: {{ rua: [\"mailto:tlsrpt@{domain}\"] }}
"
    ))
}

const POLICY_FILE: (&str, &str) = ("mta-sts", "/.well-known/mta-sts.txt");

#[test]
fn r_15_a_policy_and_a_logo_that_change_their_account_are_served_at_every_moment() {
    let files = [
        POLICY_FILE,
        ("bimi-assets", "/logo.svg"),
        ("bimi-assets", "/bimi_vmc.pem"),
    ];
    let moving = Moving::of(Place::of("example"), "example.com", &files);
    moving.is_served_at_every_moment();
}

#[test]
fn r_15_a_policy_that_changes_its_account_is_served_at_every_moment() {
    for domain in ["example.com", "news.example.com"] {
        let moving = Moving::of(with_a_policy(domain), domain, &[POLICY_FILE]);
        moving.is_served_at_every_moment();
    }
}

/// The certificate is a person's, and so are the names that it is for.
#[test]
fn r_15_a_move_that_would_leave_a_gap_is_refused_before_anything_is_let_go() {
    let moving = Moving::of(with_a_policy("example.com"), "example.com", &[POLICY_FILE]);
    let maker = with_a_policy("example.com");
    maker.edit("hosting: { account: web", "hosting: { account: operations");
    maker.apply().exits(0);
    let made = maker.world().world.acm;
    let at = "444444444444/us-east-1";
    let arn = made.certificates[at].keys().next().expect("one").clone();
    let place = &moving.place;
    place.change_world(|world, _| {
        let there = made.certificates[at].clone();
        world.acm.certificates.insert(at.to_owned(), there);
    });
    moving.declares_the_other_account();
    place.edit(
        "account: operations, region: us-east-1 }",
        &format!("account: operations, region: us-east-1, certificate: \"{arn}\" }}"),
    );
    let before = place.world().dump();
    let refused = place.apply().exits(4).says("PLAN-26");
    refused.says("leave `certificate` out until the move is done");
    assert_eq!(place.world().dump(), before);
    place
        .run("apply", &["--yes", "--accept-risk", "PLAN-26"])
        .exits(0);
    place.run("plan", &["--exit-code"]).exits(0);
    let mut now = place.world().later(120);
    assert!(now.fetch(POLICY.0, POLICY.1).is_ok());
}

/// Somebody has the wildcard: the new distribution can't be had with it, and the old one keeps the name.
#[test]
fn r_15_a_wildcard_of_somebody_else_stops_a_move_before_anything_is_let_go() {
    let place = with_a_policy("example.com");
    place.make_world(Some(
        "distributions: [{ account: \"555555555555\", aliases: [\"*.example.com\"] }]\n",
    ));
    let moving = Moving::of(place, "example.com", &[POLICY_FILE]);
    moving.declares_the_other_account();
    let place = &moving.place;
    let refused = place.apply().exits(1).says("has *.example.com");
    refused.says("PLAN-09");
    assert!(place.world().later(300).fetch(POLICY.0, POLICY.1).is_ok());
    // The holder lets it go, and the run goes on from there.
    place.change_world(|world, _| world.cloudfront.lose("*.example.com"));
    place.apply().exits(5);
    place.apply().exits(0);
    replay(&place.history(), 120, |moment| {
        let served = moment.fetch(POLICY.0, POLICY.1);
        assert!(served.is_ok(), "{served:?} at {}", moment.time);
    });
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
