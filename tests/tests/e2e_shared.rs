//! Domains whose files are in one pair of buckets, and the way there and back.

use tests::moment::Moment;
use tests::place::{Place, replay};

const POLICY: &str = "/.well-known/mta-sts.txt";

/// Two domains with a policy, each with these keys of its hosting.
fn two(first: &str, second: &str) -> Place {
    let domain = |name: &str, keys: &str| {
        format!(
            "  {name}:
    dns: {{ route53: {{ account: dns }} }}
    hosting: {{ account: web, region: eu-west-1, {keys} }}
    mx: [10 inbound-smtp.us-east-1.amazonaws.com]
    mta_sts: {{ mode: testing, max_age: 7d }}
    tls_rpt: {{ rua: [\"mailto:tlsrpt@{name}\"] }}
"
        )
    };
    Place::with(&format!(
        "project: shop

accounts:
  dns: {{ id: \"111111111111\", role: mail-deploy }}
  web: {{ id: \"222222222222\", role: mail-deploy }}

domains:
{}{}",
        domain("example.com", first),
        domain("example.net", second)
    ))
}

/// The keys of all objects that are there, without logs.
fn keys(moment: &Moment) -> Vec<&str> {
    let buckets = moment.buckets().filter(|bucket| {
        let policy = bucket.policy.as_deref().unwrap_or_default();
        policy.contains("cloudfront")
    });
    let objects = buckets.flat_map(|bucket| &bucket.objects);
    let there =
        objects.filter(|(_, versions)| versions.last().is_some_and(|one| one.object.is_some()));
    there.map(|(key, _)| key.as_str()).collect()
}

fn is_served(moment: &mut Moment, domain: &str) {
    let served = moment.fetch(&format!("mta-sts.{domain}"), POLICY);
    assert!(served.is_ok(), "{domain}: {served:?} at {}", moment.time);
}

#[test]
fn two_domains_share_their_buckets_until_the_last_one_goes() {
    let place = two("shared: true", "shared: true");
    place.run("lint", &[]).exits(0).says("MAN-21");
    place.apply().exits(0);
    place.run("plan", &["--exit-code"]).exits(0);
    let mut world = place.world();
    assert_eq!(world.buckets().count(), 2);
    assert_eq!(
        keys(&world),
        [
            "example.com/.well-known/mta-sts.txt",
            "example.net/.well-known/mta-sts.txt"
        ]
    );
    is_served(&mut world, "example.com");
    is_served(&mut world, "example.net");
    // A policy that changes is served anew: its path is that of the host.
    place.edit(
        "max_age: 7d }\n    tls_rpt: { rua: [\"mailto:tlsrpt@example.net",
        "max_age: 8d }\n    tls_rpt: { rua: [\"mailto:tlsrpt@example.net",
    );
    place.apply().exits(0);
    let served = place.world().fetch("mta-sts.example.net", POLICY);
    let served = String::from_utf8(served.expect("a policy")).expect("text");
    assert!(served.contains("max_age: 691200"), "{served}");

    let destroy = ["--yes", "--target", "example.com"];
    place.run("destroy", &destroy).exits(0);
    let mut world = place.world();
    assert_eq!(world.buckets().count(), 2);
    assert_eq!(keys(&world), ["example.net/.well-known/mta-sts.txt"]);
    is_served(&mut world, "example.net");
    place.destroy().exits(0);
    assert_eq!(place.world().buckets().count(), 0);
}

#[test]
fn domains_move_to_shared_buckets_and_back_and_are_served_at_every_moment() {
    let place = two(
        "log_retention: 90d, shared: false",
        "log_retention: 91d, shared: no-others",
    );
    place.apply().exits(0);
    place.advance("5m");
    place.keep_history();
    let moves = |from: &str, to: &str, buckets: usize| {
        place.edit(from, to);
        // The name of a bucket that went a moment ago can stay taken for an hour.
        place.run("apply", &["--yes", "--wait", "2h"]).exits(0);
        place.run("plan", &["--exit-code"]).exits(0);
        let world = place.world();
        assert_eq!(world.buckets().count(), buckets, "{to}: {:?}", keys(&world));
        assert_eq!(keys(&world).len(), 2, "{:?}", keys(&world));
    };
    // To a pair of buckets that is made for it, to one that is there, out of one that others stay in, and out of
    // one that goes.
    moves("90d, shared: false", "90d, shared: true", 4);
    moves("91d, shared: no-others", "91d, shared: true", 2);
    moves("91d, shared: true", "91d, shared: false", 4);
    moves("90d, shared: true", "90d, shared: false", 4);
    let mut seen = 0;
    replay(&place.history(), 120, |moment| {
        seen += 1;
        is_served(moment, "example.com");
        is_served(moment, "example.net");
    });
    assert!(seen > 400, "the test looked {seen} times");
}
