//! Domains that have their files in one pair of buckets: one leaves, and the way there and back.

use std::collections::BTreeSet;
use std::sync::Arc;

use insta::assert_snapshot;
use kinds::s3_bucket_policy::Grant;
use kinds::{
    CloudfrontDistribution, S3Bucket, S3BucketPolicy, S3Object, cloudfront_distribution,
    s3_bucket_policy,
};
use model::{
    Authority, Entry, Field, Kind, Ledger, Observation, Ownership, Plan, Resource, Spec, State,
    Status, Target,
};

use super::review::review;
use super::{entry, shipped};
use crate::{Actual, Inputs, plan, queries};

const OWN: &str = "";
const SHARED: &str = ", shared: true";

/// The resources by which domains serve a policy, but for certificates and records. Each domain has these keys
/// of its hosting.
fn desired(domains: &[(&str, &str)]) -> Vec<Arc<Resource>> {
    let domain = |(name, keys): &(&str, &str)| {
        format!(
            "  {name}:
    dns: {{ route53: {{ account: web }} }}
    hosting: {{ account: web, region: eu-west-1{keys} }}
    mx: [10 mx.example.org]
    mta_sts: {{ mode: testing, max_age: 7d }}
    tls_rpt: {{ rua: [\"mailto:tls@{name}\"] }}
"
        )
    };
    let domains: String = domains.iter().map(domain).collect();
    let mut resources = shipped::desired(&format!(
        "project: shop\naccounts:\n  web: {{ id: \"222222222222\", role: mail-deploy }}\n\
         domains:\n{domains}"
    ));
    let kinds = [
        S3Bucket::NAME,
        S3BucketPolicy::NAME,
        S3Object::NAME,
        CloudfrontDistribution::NAME,
    ];
    resources.retain(|one| kinds.contains(&one.id.kind.as_str()));
    for resource in &mut resources {
        let resource = Arc::make_mut(resource);
        if let Some(spec) = resource.spec.get::<CloudfrontDistribution>() {
            let mut spec = spec.clone();
            spec.certificate = Field::Known(String::new());
            spec.access_control = Field::Known(String::new());
            resource.spec = Spec::of::<CloudfrontDistribution>(spec);
        }
    }
    resources
}

/// The ARN of the distribution of a domain.
fn arn(domain: &str) -> String {
    format!("arn:aws:cloudfront::222222222222:distribution/{domain}")
}

/// A resource as an apply left it on record.
fn applied(resource: &Resource) -> Entry {
    let mut spec = resource.spec.clone();
    if let Some(policy) = spec.get::<S3BucketPolicy>() {
        let mut policy = policy.clone();
        if let Grant::Reading(by) = &mut policy.grant {
            *by = Field::Known(arn(&resource.id.domain));
        }
        spec = Spec::of::<S3BucketPolicy>(policy);
    }
    Entry {
        id: resource.id.clone(),
        location: resource.location.clone(),
        status: Status::Settled(physical(&spec).as_str().into()),
        spec,
        holders: resource.holders.clone(),
        dependencies: resource.dependencies.clone(),
        impact: resource.impact.clone(),
        ..entry("any", &[])
    }
}

fn physical(spec: &Spec) -> String {
    let bucket = spec.get::<S3Bucket>().map(|one| one.name.clone());
    let policy = || spec.get::<S3BucketPolicy>().map(|one| one.bucket.clone());
    let object = || {
        let one = spec.get::<S3Object>()?;
        Some(format!("{}/{}", one.bucket, one.key))
    };
    let distribution = || Some(spec.get::<CloudfrontDistribution>()?.aliases.join(" "));
    let name = bucket.or_else(policy).or_else(object);
    name.or_else(distribution).expect("one of four kinds")
}

/// The state that an apply of this entry left.
fn state(entry: &Entry) -> State {
    let spec = &entry.spec;
    if let Some(bucket) = spec.get::<S3Bucket>() {
        return State::of::<S3Bucket>(bucket.wanted());
    }
    if let Some(policy) = spec.get::<S3BucketPolicy>() {
        let document = policy.document();
        return State::of::<S3BucketPolicy>(s3_bucket_policy::State { document });
    }
    if let Some(object) = spec.get::<S3Object>() {
        return State::of::<S3Object>(object.wanted(None));
    }
    let wanted = spec.get::<CloudfrontDistribution>();
    let wanted = wanted.expect("one of four kinds").clone();
    State::of::<CloudfrontDistribution>(cloudfront_distribution::State {
        arn: arn(&entry.id.domain),
        status: "Deployed".to_owned(),
        enabled: true,
        comment: wanted.comment,
        aliases: wanted.aliases,
        certificate: Some(String::new()),
        origin: wanted.origin,
        access_control: Some(String::new()),
        minimum_protocol: cloudfront_distribution::MINIMUM_PROTOCOL.to_owned(),
        viewer_protocol: "https-only".to_owned(),
        cache_policy: Some(cloudfront_distribution::CACHE_POLICY.to_owned()),
        http_version: "http2and3".to_owned(),
        ipv6: true,
        logging: wanted.logging,
        price_class: wanted.price_class,
        tags: wanted.tags,
        ..cloudfront_distribution::State::default()
    })
}

/// The plan to `after`, in a world that is as an apply of `before` left it.
fn between(before: &[(&str, &str)], after: &[(&str, &str)]) -> Plan {
    let mut ledger = Ledger::default();
    for resource in desired(before) {
        let document = resource.id.document().into_owned();
        let held = ledger.domains.entry(document).or_default();
        let entry = Arc::new(applied(&resource));
        held.entries.insert(entry.id.clone(), entry);
    }
    let desired = desired(after);
    let observation = |target: &Target| {
        let is_it = |one: &&Arc<Entry>| {
            one.id == target.id
                && target.physical.is_some()
                && one.physical() == target.physical.as_ref()
        };
        let entry = ledger.entries().find(is_it);
        entry.map_or(Observation::Absent, |entry| Observation::Present {
            physical: physical(&entry.spec).as_str().into(),
            state: state(entry),
            ownership: Ownership::Ours,
        })
    };
    let mut actual = Actual::default();
    for query in queries(&desired, &ledger) {
        let observation = observation(&query.target);
        if query.leaves {
            actual.insert_leaving(query.target, observation);
        } else {
            actual.insert(query.target, observation);
        }
    }
    plan(Inputs {
        project: "shop",
        desired: &desired,
        kept: &BTreeSet::new(),
        ledger: &ledger,
        beyond: &Ledger::default(),
        neighbours: &[],
        actual: &actual,
        authority: &Authority::default(),
        leads: &[],
        is_about: &|_| true,
    })
}

#[test]
fn what_was_applied_is_in_sync() {
    let both = [("example.com", SHARED), ("example.net", OWN)];
    let plan = between(&both, &both);
    assert!(plan.is_empty(), "{}", review(&plan));
}

/// Its own files and its distribution go, and of the pair it is a holder no longer.
#[test]
fn the_pair_stays_with_its_other_holder() {
    let both = [("example.com", SHARED), ("example.net", SHARED)];
    assert_snapshot!(review(&between(&both, &both[1..])), @r"
     0 keep s3_bucket/shared/web.eu-west-1.logs (web eu-west-1): in sync
     1 keep s3_bucket_policy/shared/web.eu-west-1.logs (web eu-west-1): in sync
         after 0 done: a policy belongs to its bucket
     2 keep s3_bucket/shared/web.eu-west-1.assets (web eu-west-1): in sync
         after 1 done: the bucket writes its access log there
     3 keep s3_object/example.net/mta-sts-policy (web eu-west-1): in sync
         after 2 done: an object is in a bucket
     4 keep s3_bucket_policy/shared/web.eu-west-1.assets (web eu-west-1): in sync
         after 2 done: a policy belongs to its bucket
     5 keep cloudfront_distribution/example.net/assets (web us-east-1): in sync
         after 3 done: a file is there before what serves it
         after 4 done: the distribution may read what it answers with
         after 2 done: the distribution reads from the bucket
         after 1 done: the distribution writes its log there
     6 delete cloudfront_distribution/example.com/assets (web us-east-1): no longer declared
         receiving: mta-sts.example.com no longer answers
     7 delete s3_object/example.com/mta-sts-policy (web eu-west-1): no longer declared
         receiving: senders no longer check TLS by a policy
         after 6 ready: goes away after what needs it (a file is there before what serves it)
     8 forget s3_bucket_policy/shared/web.eu-west-1.assets (web eu-west-1): example.net still holds it, example.com no longer
         after 6 ready: goes away after what needs it (the distribution may read what it answers with)
         after 4 ready: its successor is there first
         after 5 ready: what used it is switched first
     9 forget s3_bucket/shared/web.eu-west-1.assets (web eu-west-1): example.net still holds it, example.com no longer
         after 8 ready: goes away after what needs it (a policy belongs to its bucket)
         after 7 ready: goes away after what needs it (an object is in a bucket)
         after 6 ready: goes away after what needs it (the distribution reads from the bucket)
         after 2 ready: its successor is there first
         after 3, 4, 5 ready: what used it is switched first
    10 forget s3_bucket_policy/shared/web.eu-west-1.logs (web eu-west-1): example.net still holds it, example.com no longer
         after 9 ready: goes away after what needs it (the bucket writes its access log there)
         after 6 ready: goes away after what needs it (the distribution writes its log there)
         after 1 ready: its successor is there first
         after 2, 5 ready: what used it is switched first
    11 forget s3_bucket/shared/web.eu-west-1.logs (web eu-west-1): example.net still holds it, example.com no longer
         after 10 ready: goes away after what needs it (a policy belongs to its bucket)
         after 0 ready: its successor is there first
         after 1 ready: what used it is switched first
    ");
}

#[test]
fn the_pair_goes_with_its_last_holder() {
    let both = [("example.com", SHARED), ("example.net", OWN)];
    assert_snapshot!(review(&between(&both, &both[1..])), @r"
     0 keep s3_bucket/example.net/logs (web eu-west-1): in sync
     1 keep s3_bucket_policy/example.net/logs (web eu-west-1): in sync
         after 0 done: a policy belongs to its bucket
     2 keep s3_bucket/example.net/assets (web eu-west-1): in sync
         after 1 done: the bucket writes its access log there
     3 keep s3_object/example.net/mta-sts-policy (web eu-west-1): in sync
         after 2 done: an object is in a bucket
     4 keep cloudfront_distribution/example.net/assets (web us-east-1): in sync
         after 3 done: a file is there before what serves it
         after 2 done: the distribution reads from the bucket
         after 1 done: the distribution writes its log there
     5 keep s3_bucket_policy/example.net/assets (web eu-west-1): in sync
         after 2 done: a policy belongs to its bucket
         after 4 done: the policy names the distribution
     6 delete cloudfront_distribution/example.com/assets (web us-east-1): no longer declared
         receiving: mta-sts.example.com no longer answers
     7 delete s3_bucket/shared/web.eu-west-1.assets (web eu-west-1): no longer declared
         after 6 ready: goes away after what needs it (the distribution reads from the bucket)
     8 go along s3_object/example.com/mta-sts-policy (web eu-west-1): goes with what holds it
         receiving: senders no longer check TLS by a policy
         after 7 ready: goes with what holds it
     9 delete s3_bucket/shared/web.eu-west-1.logs (web eu-west-1): no longer declared
         after 7 ready: goes away after what needs it (the bucket writes its access log there)
         after 6 ready: goes away after what needs it (the distribution writes its log there)
    10 go along s3_bucket_policy/shared/web.eu-west-1.assets (web eu-west-1): goes with what holds it
         after 7 ready: goes with what holds it
    11 go along s3_bucket_policy/shared/web.eu-west-1.logs (web eu-west-1): goes with what holds it
         after 9 ready: goes with what holds it
    ");
}

/// A distribution is sent to the shared bucket when its files are there and it may read them. What it read from
/// goes after that.
#[test]
fn from_a_pair_of_its_own_to_a_shared_one() {
    let plan = between(&[("example.com", OWN)], &[("example.com", SHARED)]);
    assert_snapshot!(review(&plan), @r#"
     0 create s3_bucket/shared/web.eu-west-1.logs (web eu-west-1): declared, but does not exist
     1 create s3_bucket_policy/shared/web.eu-west-1.logs (web eu-west-1): declared, but does not exist
         after 0 done: a policy belongs to its bucket
     2 create s3_bucket/shared/web.eu-west-1.assets (web eu-west-1): declared, but does not exist
         after 1 done: the bucket writes its access log there
     3 replace s3_object/example.com/mta-sts-policy (web eu-west-1): moves to another bucket or key
         after 2 done: an object is in a bucket
     4 create s3_bucket_policy/shared/web.eu-west-1.assets (web eu-west-1): declared, but does not exist
         after 2 done: a policy belongs to its bucket
     5 update cloudfront_distribution/example.com/assets (web us-east-1): differs from the manifest
         origin: "shop-example-com-assets-6312dd15.s3.eu-west-1.amazonaws.com" → "shop-shared-assets-f2af99b5.s3.eu-west-1.amazonaws.com/example.com"
         logging.bucket: "shop-example-com-logs-cfb84083.s3.amazonaws.com" → "shop-shared-logs-112c8635.s3.amazonaws.com"
         after 3 done: a file is there before what serves it
         after 4 done: the distribution may read what it answers with
         after 2 done: the distribution reads from the bucket
         after 1 done: the distribution writes its log there
     6 delete s3_bucket/example.com/assets (web eu-west-1): no longer declared
         after 3, 5 ready: what used it is switched first
     7 go along s3_object/example.com/mta-sts-policy (web eu-west-1): goes with what holds it
         after 6 ready: goes with what holds it
     8 delete s3_bucket/example.com/logs (web eu-west-1): no longer declared
         after 6 ready: goes away after what needs it (the bucket writes its access log there)
         after 5 ready: what used it is switched first
     9 go along s3_bucket_policy/example.com/assets (web eu-west-1): goes with what holds it
         after 6 ready: goes with what holds it
    10 go along s3_bucket_policy/example.com/logs (web eu-west-1): goes with what holds it
         after 8 ready: goes with what holds it
    "#);
}

/// The same the other way. The policy of its own bucket names the distribution, which is there already.
#[test]
fn from_a_shared_pair_to_one_of_its_own() {
    let both = [("example.com", SHARED), ("example.net", SHARED)];
    let plan = between(&both, &[("example.com", OWN), ("example.net", SHARED)]);
    assert_snapshot!(review(&plan), @r#"
     0 create s3_bucket/example.com/logs (web eu-west-1): declared, but does not exist
     1 create s3_bucket_policy/example.com/logs (web eu-west-1): declared, but does not exist
         after 0 done: a policy belongs to its bucket
     2 create s3_bucket/example.com/assets (web eu-west-1): declared, but does not exist
         after 1 done: the bucket writes its access log there
     3 replace s3_object/example.com/mta-sts-policy (web eu-west-1): moves to another bucket or key
         after 2 done: an object is in a bucket
     4 create s3_bucket_policy/example.com/assets (web eu-west-1): declared, but does not exist
         after 2 done: a policy belongs to its bucket
     5 update cloudfront_distribution/example.com/assets (web us-east-1): differs from the manifest
         origin: "shop-shared-assets-f2af99b5.s3.eu-west-1.amazonaws.com/example.com" → "shop-example-com-assets-6312dd15.s3.eu-west-1.amazonaws.com"
         logging.bucket: "shop-shared-logs-112c8635.s3.amazonaws.com" → "shop-example-com-logs-cfb84083.s3.amazonaws.com"
         after 3 done: a file is there before what serves it
         after 2 done: the distribution reads from the bucket
         after 1 done: the distribution writes its log there
         after 4 ready: it is let in before it comes
     6 keep s3_bucket/shared/web.eu-west-1.logs (web eu-west-1): in sync
     7 keep s3_bucket_policy/shared/web.eu-west-1.logs (web eu-west-1): in sync
         after 6 done: a policy belongs to its bucket
     8 keep s3_bucket/shared/web.eu-west-1.assets (web eu-west-1): in sync
         after 7 done: the bucket writes its access log there
     9 keep s3_object/example.net/mta-sts-policy (web eu-west-1): in sync
         after 8 done: an object is in a bucket
    10 keep s3_bucket_policy/shared/web.eu-west-1.assets (web eu-west-1): in sync
         after 8 done: a policy belongs to its bucket
    11 keep cloudfront_distribution/example.net/assets (web us-east-1): in sync
         after 9 done: a file is there before what serves it
         after 10 done: the distribution may read what it answers with
         after 8 done: the distribution reads from the bucket
         after 7 done: the distribution writes its log there
    12 delete s3_object/example.com/mta-sts-policy (web eu-west-1): no longer declared
         after 3 ready: its successor is there first
         after 5 ready: what used it is switched first
    13 forget s3_bucket_policy/shared/web.eu-west-1.assets (web eu-west-1): example.net still holds it, example.com no longer
         after 10 ready: its successor is there first
         after 5, 11 ready: what used it is switched first
    14 forget s3_bucket/shared/web.eu-west-1.assets (web eu-west-1): example.net still holds it, example.com no longer
         after 13 ready: goes away after what needs it (a policy belongs to its bucket)
         after 12 ready: goes away after what needs it (an object is in a bucket)
         after 8 ready: its successor is there first
         after 3, 5, 9, 10, 11 ready: what used it is switched first
    15 forget s3_bucket_policy/shared/web.eu-west-1.logs (web eu-west-1): example.net still holds it, example.com no longer
         after 14 ready: goes away after what needs it (the bucket writes its access log there)
         after 7 ready: its successor is there first
         after 5, 8, 11 ready: what used it is switched first
    16 forget s3_bucket/shared/web.eu-west-1.logs (web eu-west-1): example.net still holds it, example.com no longer
         after 15 ready: goes away after what needs it (a policy belongs to its bucket)
         after 6 ready: its successor is there first
         after 7 ready: what used it is switched first
    "#);
}
