//! Tables of what a manifest expands to, and of grace periods.

mod moving;
mod review;
mod shared;
mod shipped;
mod variants;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use manifest::{Manifest, MemoryFiles};
use model::{
    DomainLedger, Entry, Ledger, Level, Origin, PreconditionCheck, Resource, ResourceId,
    ServedPolicy, Status,
};

use crate::{Facts, desired, grace_periods};

const EXAMPLE: &str = include_str!("../../../../deploy/example.yaml");

fn load(text: &str) -> Manifest {
    load_with(MemoryFiles::default().with("deploy/example.yaml", text))
}

/// The manifest `deploy/example.yaml` of these files, to which the shipped assets are added.
fn load_with(files: MemoryFiles) -> Manifest {
    let files = files
        .with(
            "assets/logo.svg",
            include_bytes!("../../../../assets/logo.svg").as_slice(),
        )
        .with(
            "assets/bimi_vmc.pem",
            include_bytes!("../../../../assets/bimi_vmc.pem").as_slice(),
        );
    let (manifest, findings) = manifest::load("deploy/example.yaml", &files);
    assert!(findings.is_empty(), "{findings:?}");
    manifest.expect("a manifest")
}

fn expand(text: &str) -> Vec<Arc<Resource>> {
    expand_manifest(&load(text))
}

fn expand_manifest(manifest: &Manifest) -> Vec<Arc<Resource>> {
    let (resources, findings) = desired(manifest, &Facts::default());
    assert!(findings.is_empty(), "{findings:?}");
    resources
}

fn find<'a>(resources: &'a [Arc<Resource>], kind: &str, name: &str) -> &'a Resource {
    let id = ResourceId::new(kind, "example.com", name);
    resources
        .iter()
        .find(|resource| resource.id == id)
        .unwrap_or_else(|| panic!("no {id}"))
}

fn named<'a>(resources: &'a [Arc<Resource>], part: &str) -> Vec<&'a Arc<Resource>> {
    resources
        .iter()
        .filter(|resource| resource.id.name.contains(part))
        .collect()
}

#[test]
fn the_number_of_records_is_known_before_anything_exists() {
    let resources = expand(EXAMPLE);
    assert_eq!(
        named(&resources, ".dkim.").len(),
        6,
        "three for each of two instances"
    );
    assert_eq!(
        named(&resources, "acm.").len(),
        2,
        "one for each name of the certificate"
    );
    assert_eq!(named(&resources, "domain-token").len(), 2);
}

#[test]
fn instances_of_one_region_share_their_mail_from_records() {
    let both = EXAMPLE.replace(
        "operations, region: eu-west-1, mail_from: mail2",
        "operations, region: us-east-1, mail_from: mail1",
    );
    let resources = expand(&both);
    assert_eq!(named(&resources, "mail-from.mail1.example.com").len(), 2);
    assert!(named(&resources, "mail2").is_empty());
}

#[test]
fn every_dependency_and_reference_is_of_a_resource_that_is_asked_for() {
    let resources = expand(EXAMPLE);
    let is_asked_for = |id: &ResourceId| resources.iter().any(|resource| resource.id == *id);
    for resource in &resources {
        for dependency in resource.all_dependencies() {
            let id = &dependency.resource;
            assert!(is_asked_for(id), "{} needs {id}", resource.id);
        }
    }
}

#[test]
fn the_policy_is_announced_after_an_observer_gets_it() {
    let resources = expand(EXAMPLE);
    let record = find(&resources, "route53_record_set", "mta-sts");
    assert!(
        matches!(&record.preconditions[0].check, PreconditionCheck::Served { url, .. } if url.ends_with("mta-sts.txt"))
    );
    let ready = |name: &str| {
        record
            .dependencies
            .iter()
            .any(|dependency| dependency.resource.name == name && dependency.level == Level::Ready)
    };
    assert!(ready("mta-sts.a") && ready("mta-sts.aaaa") && ready("tls-rpt"));
}

#[test]
fn dmarc_enforcement_waits_for_every_sender_and_bimi_for_dmarc() {
    let resources = expand(EXAMPLE);
    let dependencies = |name: &str| -> Vec<String> {
        let record = find(&resources, "route53_record_set", name);
        let ready = record
            .dependencies
            .iter()
            .filter(|dependency| dependency.level == Level::Ready);
        ready
            .map(|dependency| dependency.resource.name.clone())
            .collect()
    };
    assert_eq!(
        dependencies("dmarc"),
        ["marketing.us-east-1", "operations.eu-west-1"]
    );
    assert!(dependencies("bimi.default").contains(&"dmarc".to_owned()));
}

#[test]
fn enforcing_needs_evidence() {
    let resources = expand(&EXAMPLE.replace("mode: testing", "mode: enforce"));
    let preconditions = &find(&resources, "s3_object", "mta-sts-policy").preconditions;
    let rules: Vec<&str> = preconditions
        .iter()
        .map(|precondition| precondition.rule.as_str())
        .collect();
    assert_eq!(rules, ["STS-P13", "STS-P16"]);
}

/// The mail hosts of a policy come from the MX that is published. Who has none is told so.
#[test]
fn a_policy_without_a_mail_host_says_why_there_is_none() {
    let text = "project: shop\naccounts:\n  web: { id: \"222222222222\", role: mail-deploy }\ndomains:\n  \
        example.com:\n    dns: { route53: { account: web } }\n    hosting: { account: web, region: eu-west-1 }\n    \
        mta_sts: { mode: enforce, max_age: 7d }\n";
    let (_, findings) = desired(&load(text), &Facts::default());
    let [finding] = findings.as_slice() else {
        panic!("{findings:?}");
    };
    assert_eq!(finding.rule, "STS-P07");
    assert_eq!(
        finding.reason,
        "no MX record of example.com was found, and the manifest names no mail host, so that the policy would \
         allow none"
    );
}

/// A ledger as after a perfect apply.
fn ledger(resources: &[Arc<Resource>], serving: ServedPolicy, now: Timestamp) -> Ledger {
    let mut held = DomainLedger::default();
    for resource in resources {
        held.entries.insert(
            resource.id.clone(),
            Arc::new(Entry {
                id: resource.id.clone(),
                location: resource.location.clone(),
                status: Status::Settled("x".into()),
                spec: resource.spec.clone(),
                state: None,
                origin: Origin::Created,
                holders: std::collections::BTreeSet::new(),
                before: None,
                serves_policy: resource.serves_policy,
                dependencies: resource.dependencies.clone(),
                impact: resource.impact.clone(),
                changed: now,
            }),
        );
    }
    held.serve(Some(serving), now);
    let mut ledger = Ledger::default();
    ledger.domains.insert("example.com".to_owned(), held);
    ledger
}

const ENFORCED: ServedPolicy = ServedPolicy {
    enforce: true,
    active: true,
    max_age: 86_400,
};

#[test]
fn an_enforced_policy_stays_as_none_until_its_last_copy_expires() {
    let now = Timestamp::UNIX_EPOCH;
    let resources = expand(EXAMPLE);
    let mut ledger = ledger(&resources, ENFORCED, now);
    let first = grace_periods(&ledger, &[], now);
    assert_eq!(first.len(), 1);
    assert_eq!(
        first[0].until, None,
        "the wait begins when `none` is served"
    );
    let policy = find(&first[0].resources, "s3_object", "mta-sts-policy");
    assert_eq!(
        policy.serves_policy.map(|policy| policy.active),
        Some(false)
    );
    assert!(
        first[0]
            .resources
            .iter()
            .all(|resource| !resource.id.name.contains("dkim"))
    );

    let held = ledger.domains.get_mut("example.com").expect("a domain");
    held.serve(policy.serves_policy, now);
    let until = now + Duration::from_hours(25);
    assert_eq!(grace_periods(&ledger, &[], now)[0].until, Some(until));
    assert!(grace_periods(&ledger, &[], until).is_empty());
}

/// Others deleted the distribution, and AWS refused to make it again.
#[test]
fn the_records_of_a_host_that_nothing_serves_do_not_stay() {
    let now = Timestamp::UNIX_EPOCH;
    let resources = expand(EXAMPLE);
    let mut ledger = ledger(&resources, ENFORCED, now);
    find(
        &grace_periods(&ledger, &[], now)[0].resources,
        "route53_record_set",
        "mta-sts.a",
    );
    let held = ledger.domains.get_mut("example.com").expect("a domain");
    held.entries
        .retain(|id, _| id.kind != "cloudfront_distribution");
    let grace = grace_periods(&ledger, &[], now);
    let names: Vec<&str> = grace[0]
        .resources
        .iter()
        .map(|one| one.id.name.as_str())
        .collect();
    assert!(names.contains(&"mta-sts-policy"), "{names:?}");
    assert!(!names.contains(&"mta-sts.a"), "{names:?}");
    // Nothing more goes once those records are gone.
    let stays = |id: &ResourceId| grace[0].resources.iter().any(|one| one.id == *id);
    let held = ledger.domains.get_mut("example.com").expect("a domain");
    held.entries.retain(|id, _| stays(id));
    assert_eq!(grace_periods(&ledger, &[], now), grace);
}

#[test]
fn a_policy_that_was_only_tested_goes_at_once() {
    let now = Timestamp::UNIX_EPOCH;
    let resources = expand(EXAMPLE);
    let tested = ServedPolicy {
        enforce: false,
        active: true,
        max_age: 86_400,
    };
    assert!(grace_periods(&ledger(&resources, tested, now), &[], now).is_empty());
}
