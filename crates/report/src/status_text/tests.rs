//! Status, as snapshots.

use insta::assert_snapshot;
use serde_json::json;
use std::sync::Arc;

use kinds::{S3Bucket, s3_bucket};
use model::id::SHARED;
use model::{Impact, Location, ResourceId, ServedPolicy, Spec, Status};

use super::*;

fn entry_of(kind: &str, name: &str, physical: &str) -> Entry {
    let location = Location {
        account: "web".into(),
        account_id: "222222222222".parse().expect("an account id"),
        region: "us-east-1".into(),
    };
    Entry {
        id: ResourceId::new(kind, "example.com", name),
        location: Some(location),
        status: Status::Settled(physical.into()),
        spec: Spec::of::<S3Bucket>(s3_bucket::Spec::default()),
        state: None,
        origin: Origin::Created,
        holders: std::collections::BTreeSet::new(),
        before: None,
        serves_policy: None,
        dependencies: Vec::new(),
        impact: Impact::none(),
        changed: "2026-11-24T06:00:00Z".parse().expect("a time"),
    }
}

fn ledger() -> Ledger {
    let mut domain = DomainLedger::default();
    let entries = [
        entry_of(
            "s3_bucket",
            "assets",
            "anycompany-example-com-assets-4233ef5d",
        ),
        Entry {
            status: Status::Changing {
                physical: Some("logo\u{1b}.svg".into()),
                to: Spec::of::<S3Bucket>(s3_bucket::Spec::default()),
            },
            ..entry_of("s3_object", "logo", "logo\u{1b}.svg")
        },
        Entry {
            origin: Origin::Adopted,
            ..entry_of("route53_hosted_zone", "zone", "Z0123456789EXAMPLE")
        },
    ];
    for entry in entries {
        domain.entries.insert(entry.id.clone(), Arc::new(entry));
    }
    domain.retired.push(Arc::new(entry_of(
        "acm_certificate",
        "hosts",
        "arn:aws:acm:us-east-1:222222222222:certificate/old",
    )));
    let policy = ServedPolicy {
        enforce: false,
        active: true,
        max_age: 604_800,
    };
    domain.serving = Some((policy, "2026-11-23T06:00:00Z".parse().expect("a time")));
    domain.cached_until = Some("2026-11-30T07:00:00Z".parse().expect("a time"));
    domain.accepted.push((
        "STS-P16".to_owned(),
        "2026-11-20T06:00:00Z".parse().expect("a time"),
    ));
    Ledger {
        domains: [("example.com".to_owned(), domain)].into(),
    }
}

#[test]
fn a_domain_of_which_nothing_is_left_is_not_listed() {
    let mut ledger = ledger();
    let gone = DomainLedger {
        accepted: vec![("STS-O04".to_owned(), Timestamp::UNIX_EPOCH)],
        ..DomainLedger::default()
    };
    ledger.domains.insert("example.net".to_owned(), gone);
    let now = "2026-11-24T07:00:00Z".parse().expect("a time");
    let to_do = plan::Pending::default();
    let text = status_text(&ledger, &to_do, now, Detail::Brief, &Palette::plain());
    assert!(!text.contains("example.net"), "{text}");
    assert!(text.contains("Owned: 3 resources in 1 domain."), "{text}");
}

#[test]
fn what_is_owned_and_what_is_pending() {
    let to_do = plan::Pending {
        create: vec![ResourceId::new("s3_bucket", "example.net", "assets")],
        delete: vec![
            ResourceId::new("s3_bucket", "example.org", "assets"),
            ResourceId::new("s3_bucket", "example.org", "logs"),
        ],
        by_hand: vec![ResourceId::new("published_record", "example.com", "mx")],
        ..plan::Pending::default()
    };
    let now = "2026-11-24T07:00:00Z".parse().expect("a time");
    assert_snapshot!(status_text(&ledger(), &to_do, now, Detail::Brief, &Palette::plain()), @r"
    example.com  3 resources
        route53_hosted_zone zone  web us-east-1  Z0123456789EXAMPLE  adopted
        s3_bucket assets          web us-east-1  anycompany-example-com-assets-4233ef5d
      ! s3_object logo            web us-east-1  logo\u{1b}.svg
          an earlier run stopped while it changed this; the next run observes it first
      ! acm_certificate hosts     web us-east-1  arn:aws:acm:us-east-1:222222222222:certificate/old
          was replaced; the next apply removes it
      MTA-STS: serves a testing policy for 1 d 1 h; senders keep it for 7 d
      MTA-STS: senders may hold an older enforced policy until 2026-11-30 07:00 UTC (6 d)
      risk: STS-P16, accepted 4 d 1 h ago

    Owned: 3 resources in 1 domain.
    Pending: 3 changes of the manifest (1 to create, 2 to delete), 1 record awaited by hand, 1 that a
             run began, to observe first, 1 replaced and still to go, 1 with a policy that senders may
             hold.
    `deploy plan` asks AWS, and shows them; `deploy records --missing` lists what public DNS lacks.
    ");
    assert_snapshot!(status_text(&Ledger::default(), &plan::Pending::default(), now, Detail::Brief, &Palette::plain()), @"
    Owned: 0 resources in 0 domains.
    Pending: nothing.
    ");
}

#[test]
fn json_counts_what_is_pending() {
    let now = "2026-11-24T07:00:00Z".parse().expect("a time");
    let to_do = plan::Pending {
        update: vec![ResourceId::new("s3_bucket", "example.com", "assets")],
        ..plan::Pending::default()
    };
    let json = json!(crate::status_json(&ledger(), &to_do, now));
    assert_eq!(
        json["pending"],
        json!({"create": [], "update": ["s3_bucket/example.com/assets"], "delete": [],
               "by_hand": [], "open": 1, "retired": 1, "grace_periods": 1})
    );
    assert_eq!(
        json["domains"][0]["resources"][0]["resource"],
        "route53_hosted_zone/example.com/zone"
    );
}

/// A domain that holds something that is shared is not its owner.
#[test]
fn what_domains_share_is_of_none_of_them() {
    let mut ledger = ledger();
    let shared = Entry {
        id: ResourceId::new("ses_configuration_set", SHARED, "mail.eu-west-1.main"),
        holders: ["example.com".to_owned(), "example.net".to_owned()].into(),
        ..entry_of("ses_configuration_set", "main", "main")
    };
    let mut part = DomainLedger::default();
    let name = shared.id.document().into_owned();
    part.entries.insert(shared.id.clone(), Arc::new(shared));
    ledger.domains.insert(name, part);
    let now = "2026-11-24T07:00:00Z".parse().expect("a time");
    let to_do = plan::Pending::default();
    let text = status_text(&ledger, &to_do, now, Detail::Brief, &Palette::plain());
    let (_, shown) = text.split_once("Shared by domains").expect("a heading");
    assert_snapshot!(shown);
    let more = |name: &str| Entry {
        id: ResourceId::new("cloudfront_origin_access_control", SHARED, name),
        ..entry_of("cloudfront_origin_access_control", name, name)
    };
    for name in ["web.1", "web.2", "web.3", "web.4"] {
        let one = more(name);
        let mut part = DomainLedger::default();
        let document = one.id.document().into_owned();
        part.entries.insert(one.id.clone(), Arc::new(one));
        ledger.domains.insert(document, part);
    }
    let text = |detail| status_text(&ledger, &to_do, now, detail, &Palette::plain());
    let brief = text(Detail::Brief);
    let line = "    4 cloudfront_origin_access_control  web us-east-1  `--full` lists them\n";
    assert!(brief.contains(line), "{brief}");
    assert!(!brief.contains("web.2"), "{brief}");
    assert!(text(Detail::Full).contains("web.2"));
    let json = json!(crate::status_json(&ledger, &to_do, now));
    let names = json["domains"].as_array().expect("a list").iter();
    let names: Vec<_> = names.map(|domain| &domain["domain"]).collect();
    assert_eq!(names, ["example.com"]);
    let shared = json["shared"]["resources"].as_array().expect("a list");
    let last = &shared.last().expect("a resource")["resource"];
    assert_eq!(last, "ses_configuration_set/shared/mail.eu-west-1.main");
    assert_eq!(shared.len(), 5);
}
