//! Buckets that domains share.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use insta::assert_snapshot;
use kinds::{CloudfrontDistribution, S3Bucket, S3BucketPolicy, S3Object, s3_bucket};
use model::{Kind, Ledger, Resource, ServedPolicy};

use super::review::{difference, review};
use super::{EXAMPLE, expand, find, ledger, load};
use crate::{Facts, desired, grace_periods, winding_down};

/// Domains with an enforced policy, each with these keys of its hosting.
fn manifest(domains: &[(&str, &str)]) -> String {
    let domain = |(name, keys): &(&str, &str)| {
        format!(
            "  {name}:
    dns: {{ route53: {{ account: web }} }}
    hosting: {{ account: web, region: eu-west-1{keys} }}
    mx: [10 mx.example.org]
    mta_sts: {{ mode: testing, max_age: 7d }}
    tls_rpt: {{ rua: [\"mailto:tls@{name}\"] }}
    tags: {{ team: mail, of: {name} }}
"
        )
    };
    let domains: String = domains.iter().map(domain).collect();
    format!(
        "project: shop\naccounts:\n  web: {{ id: \"222222222222\", role: mail-deploy }}\n\
         domains:\n{domains}"
    )
}

/// The resources that domains share, but for access controls.
fn shared(resources: Vec<Arc<Resource>>) -> Vec<Arc<Resource>> {
    let kinds = [S3Bucket::NAME, S3BucketPolicy::NAME];
    let all = resources.into_iter();
    all.filter(|one| one.id.is_shared() && kinds.contains(&one.id.kind.as_str()))
        .collect()
}

#[test]
fn a_domain_that_shares_has_its_files_below_its_name() {
    let sharing = EXAMPLE.replace("log_retention: 90d", "log_retention: 90d, shared: true");
    assert_snapshot!(difference(&expand(EXAMPLE), &expand(&sharing)), @r#"
    - s3_bucket/example.com/logs in web us-east-1
    - s3_bucket_policy/example.com/logs in web us-east-1
    - s3_bucket/example.com/assets in web us-east-1
    ~ s3_object/example.com/logo in web us-east-1
        bucket: "anycompany-example-com-assets-4233ef5d" → "anycompany-shared-assets-d7dd6630"
        key: "logo.svg" → "example.com/logo.svg"
        - after assets done: an object is in a bucket
        + after web.us-east-1.assets done: an object is in a bucket
    ~ s3_object/example.com/mark-certificate in web us-east-1
        bucket: "anycompany-example-com-assets-4233ef5d" → "anycompany-shared-assets-d7dd6630"
        key: "bimi_vmc.pem" → "example.com/bimi_vmc.pem"
        - after assets done: an object is in a bucket
        + after web.us-east-1.assets done: an object is in a bucket
    ~ s3_object/example.com/mta-sts-policy in web us-east-1
        bucket: "anycompany-example-com-assets-4233ef5d" → "anycompany-shared-assets-d7dd6630"
        key: ".well-known/mta-sts.txt" → "example.com/.well-known/mta-sts.txt"
        - after assets done: an object is in a bucket
        + after web.us-east-1.assets done: an object is in a bucket
    ~ cloudfront_distribution/example.com/assets in web us-east-1, waited for
        origin: "anycompany-example-com-assets-4233ef5d.s3.us-east-1.amazonaws.com" → "anycompany-shared-assets-d7dd6630.s3.us-east-1.amazonaws.com/example.com"
        logging.bucket: "anycompany-example-com-logs-12e6e74e.s3.amazonaws.com" → "anycompany-shared-logs-4e79ad80.s3.amazonaws.com"
        - after assets done: the distribution reads from the bucket
        - after logs done: the distribution writes its log there
        + after web.us-east-1.assets done: the distribution may read what it answers with
        + after web.us-east-1.assets done: the distribution reads from the bucket
        + after web.us-east-1.logs done: the distribution writes its log there
    - s3_bucket_policy/example.com/assets in web us-east-1
    ~ route53_record_set/example.com/assets.a in dns us-east-1, waited for
        - after assets done: the distribution may read what it answers with
        + after web.us-east-1.assets done: the distribution may read what it answers with
    ~ route53_record_set/example.com/assets.aaaa in dns us-east-1, waited for
        - after assets done: the distribution may read what it answers with
        + after web.us-east-1.assets done: the distribution may read what it answers with
    ~ route53_record_set/example.com/mta-sts.a in dns us-east-1, waited for
        - after assets done: the distribution may read what it answers with
        + after web.us-east-1.assets done: the distribution may read what it answers with
    ~ route53_record_set/example.com/mta-sts.aaaa in dns us-east-1, waited for
        - after assets done: the distribution may read what it answers with
        + after web.us-east-1.assets done: the distribution may read what it answers with
    + s3_bucket/shared/web.us-east-1.logs in web us-east-1
    + s3_bucket_policy/shared/web.us-east-1.logs in web us-east-1
    + s3_bucket/shared/web.us-east-1.assets in web us-east-1
    + s3_bucket_policy/shared/web.us-east-1.assets in web us-east-1
    "#);
}

#[test]
fn domains_that_share_hold_one_pair_of_buckets() {
    let resources = expand(&manifest(&[
        ("example.com", ", shared: true, log_retention: 30d"),
        ("example.net", ", shared: true, log_retention: 60d"),
        ("example.org", ""),
    ]));
    let resources = shared(resources);
    assert_snapshot!(review(&resources), @r"
    s3_bucket/shared/web.eu-west-1.logs in web eu-west-1
    s3_bucket_policy/shared/web.eu-west-1.logs in web eu-west-1
        after web.eu-west-1.logs done: a policy belongs to its bucket
    s3_bucket/shared/web.eu-west-1.assets in web eu-west-1
        after web.eu-west-1.logs done: the bucket writes its access log there
    s3_bucket_policy/shared/web.eu-west-1.assets in web eu-west-1
        after web.eu-west-1.assets done: a policy belongs to its bucket
    ");
    for resource in &resources {
        let both = ["example.com", "example.net"].map(str::to_owned);
        assert_eq!(resource.holders, BTreeSet::from(both), "{}", resource.id);
    }
    let logs = resources[0].spec.get::<S3Bucket>().expect("a bucket");
    assert_eq!(logs.expire_days, Some(60), "the longest counts");
    assert_eq!(logs.tags.get("team").map(String::as_str), Some("mail"));
    assert_eq!(logs.tags.get("of"), None, "they do not agree on it");
}

#[test]
fn domains_share_with_those_that_say_the_same_name() {
    let resources = expand(&manifest(&[
        ("example.com", ", shared: true"),
        ("example.net", ", shared: brands"),
        ("example.org", ", shared: brands"),
    ]));
    let mut buckets: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for one in shared(resources) {
        if let Some(s3_bucket::Spec { name, .. }) = one.spec.get::<S3Bucket>() {
            buckets.insert(name.clone(), one.holders.iter().cloned().collect());
        }
    }
    let holders: Vec<String> = buckets.values().map(|all| all.join(" ")).collect();
    assert_eq!(buckets.len(), 4, "{buckets:?}");
    for expect in ["example.com", "example.net example.org"] {
        let held = holders.iter().filter(|one| *one == expect);
        assert_eq!(held.count(), 2, "{buckets:?}");
    }
    assert!(buckets.keys().all(|name| name.len() <= 63), "{buckets:?}");
}

/// The distribution reads from one place, and there the policy is.
#[test]
fn a_logo_stays_beside_a_policy_that_is_wound_down() {
    let now = jiff::Timestamp::UNIX_EPOCH;
    let enforced = ServedPolicy {
        enforce: true,
        active: true,
        max_age: 86_400,
    };
    let before = expand(&EXAMPLE.replace("mode: testing", "mode: enforce"));
    let ledger = ledger(&before, enforced, now);
    let sharing = EXAMPLE.replace("log_retention: 90d", "log_retention: 90d, shared: true");
    let (policy, _) = sharing.split_once("    mta_sts:").expect("a policy");
    let rest = sharing.split_once("    tls_rpt:").expect("reports").1;
    let without = format!("{policy}    tls_rpt:{rest}");
    let expand = |ledger: &Ledger| {
        let facts = Facts {
            winding_down: winding_down(ledger, now),
            ..Facts::default()
        };
        desired(&load(&without), &facts).0
    };
    let place = |resources: &[Arc<Resource>]| {
        let logo = find(resources, S3Object::NAME, "logo");
        let logo = logo.spec.get::<S3Object>().expect("a file").bucket.clone();
        let reads = find(resources, CloudfrontDistribution::NAME, "assets");
        let reads = reads.spec.get::<CloudfrontDistribution>();
        let reads = reads.expect("a distribution");
        assert!(reads.origin.starts_with(&logo), "{}", reads.origin);
        (logo, reads.aliases.len())
    };
    let (own, _) = place(&before);
    assert_eq!(place(&expand(&ledger)), (own.clone(), 2));
    let (then, names) = place(&expand(&Ledger::default()));
    assert!(then != own && names == 1, "{then} {names}");
}

/// After a move, the records of a host are on record with the policy of the bucket that was left: nothing of
/// them had to be changed.
#[test]
fn the_policy_of_a_bucket_stays_for_what_it_lets_in() {
    let now = jiff::Timestamp::UNIX_EPOCH;
    let enforced = ServedPolicy {
        enforce: true,
        active: true,
        max_age: 86_400,
    };
    let mut resources = expand(&EXAMPLE.replace("mode: testing", "mode: enforce"));
    for resource in &mut resources {
        let dependencies = &mut Arc::make_mut(resource).dependencies;
        dependencies.retain(|one| one.resource.kind != S3BucketPolicy::NAME);
    }
    let grace = grace_periods(&ledger(&resources, enforced, now), &[], now);
    find(&grace[0].resources, S3BucketPolicy::NAME, "assets");
}
