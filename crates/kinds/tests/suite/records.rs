//! Records in Route 53: many owners in one set, adoption, big batches, and a world that moves.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_route53::types::{
    AliasTarget, Change, ChangeAction, ChangeBatch, ResourceRecord, ResourceRecordSet, RrType,
};
use kinds::record::{Alias, Record, Sharing};
use kinds::route53_record_set::Spec;
use kinds::{Changed, Route53RecordSet};
use model::kind::BatchItem;
use model::{
    Before, DomainLedger, Entry, ErrorClass, Field, Impact, KindError, Ledger, Observation, Origin,
    Ownership, Readiness, ResourceId, State, Status, Target,
};
use sandbox::faults::{Fault, FaultKind};
use standards::Protocol;
use standards::dns::RecordType;

use super::stage::{ACCOUNT, Stage};
use super::walk::{Walk, names};

const REGION: &str = "us-east-1";
const KIND: &str = "route53_record_set";
const CLOUDFRONT_ZONE: &str = "Z2FDTNDATAQYW2";

/// One change of a batch.
type Item = BatchItem<model::Spec, Before>;

/// A stage with a zone, and the zone's id.
fn zone() -> (Stage, String) {
    let mut zone = String::new();
    let stage = Stage::with(|world| {
        zone = world.seed_zone(ACCOUNT, "example.com", true).unwrap();
    });
    (stage, zone)
}

fn record(name: &str, rtype: &str, values: &[&str], sharing: Sharing) -> Record {
    Record {
        name: name.into(),
        rtype: rtype.parse().expect("a type"),
        ttl: 300,
        values: values.iter().map(|value| Field::from(*value)).collect(),
        alias: None,
        sharing,
    }
}

fn alias(name: &str, target: &str) -> Record {
    let alias = Alias {
        target: target.into(),
        zone: CLOUDFRONT_ZONE.to_owned(),
    };
    Record {
        alias: Some(alias),
        ..record(name, "A", &[], Sharing::Whole)
    }
}

fn spec(zone: &str, record: Record) -> Spec {
    Spec {
        zone: zone.into(),
        zone_name: "example.com".to_owned(),
        record,
    }
}

fn id(name: &str) -> ResourceId {
    ResourceId::new(KIND, "example.com", name)
}

/// The values that Route 53 has at a name and type, as they are written.
async fn live(stage: &Stage, zone: &str, name: &str, rtype: &str) -> Vec<String> {
    let set = live_set(stage, zone, name, rtype).await;
    set.map(|set| {
        let values = set.resource_records().iter();
        values.map(|record| record.value().to_owned()).collect()
    })
    .unwrap_or_default()
}

async fn live_set(stage: &Stage, zone: &str, name: &str, rtype: &str) -> Option<ResourceRecordSet> {
    let route53 = aws_sdk_route53::Client::new(&stage.sdk(REGION));
    let answer = route53
        .list_resource_record_sets()
        .hosted_zone_id(zone)
        .start_record_name(name)
        .start_record_type(RrType::from(rtype))
        .send()
        .await
        .expect("listed");
    let first = answer.resource_record_sets().first()?;
    let same = first.name().trim_end_matches('.') == name && first.r#type().as_str() == rtype;
    same.then(|| first.clone())
}

/// Changes one set behind the program's back.
async fn change(stage: &Stage, zone: &str, action: ChangeAction, set: ResourceRecordSet) {
    let change = Change::builder().action(action).resource_record_set(set);
    let batch = ChangeBatch::builder().changes(change.build().unwrap());
    let route53 = aws_sdk_route53::Client::new(&stage.sdk(REGION));
    route53
        .change_resource_record_sets()
        .hosted_zone_id(zone)
        .change_batch(batch.build().unwrap())
        .send()
        .await
        .expect("changed");
}

fn plain_set(name: &str, rtype: &str, values: &[&str]) -> ResourceRecordSet {
    let record = |value: &&str| ResourceRecord::builder().value(*value).build().unwrap();
    ResourceRecordSet::builder()
        .name(name)
        .r#type(RrType::from(rtype))
        .ttl(60)
        .set_resource_records(Some(values.iter().map(record).collect()))
        .build()
        .unwrap()
}

fn item(name: &str, wanted: Option<&Spec>, owned: Option<&Spec>) -> Item {
    let any = |spec: &Spec| model::Spec::of::<Route53RecordSet>(spec.clone());
    BatchItem {
        target: Target {
            id: id(name),
            location: Some(Stage::location(REGION)),
            spec: wanted.map(any),
            physical: None,
        },
        owned: owned.map(any),
        before: None,
        adopt: false,
        open: false,
    }
}

fn adopting(item: Item) -> Item {
    BatchItem {
        adopt: true,
        ..item
    }
}

async fn send(stage: &Stage, items: &[Item]) -> Result<Vec<Changed>, KindError> {
    let context = stage.context(Some(&Stage::location(REGION))).await;
    stage.actor(KIND).change(&context, items).await
}

#[tokio::test(start_paused = true)]
async fn a_record_walks_through_its_states() {
    let (stage, zone) = zone();
    let before = stage.sandbox.world().dump();
    let spf = || Sharing::OneOf {
        protocol: Protocol::Spf,
    };
    let name = "example.com";
    let mut wanted = spec(&zone, record(name, "TXT", &["v=spf1 -all"], spf()));
    let mut walk = Walk::new(&stage, &id("spf"), REGION, &wanted).await;
    walk.create().await;
    assert_eq!(walk.state().await.2, Ownership::Shared);
    walk.until_ready().await;
    wanted.record.values = vec!["v=spf1 ~all".into()];
    walk.change(&wanted, &["values"]).await;
    wanted.record.ttl = 60;
    let diff = {
        walk.ask(&wanted);
        walk.diff().await
    };
    assert_eq!(names(&diff), ["ttl"]);

    // Somebody takes our value away, and adds another.
    let theirs = plain_set(name, "TXT", &["\"site=1\""]);
    change(&stage, &zone, ChangeAction::Upsert, theirs).await;
    stage.wait(60).await;
    stage.forget_listings().await;
    assert_eq!(walk.observe().await, Observation::Absent);
    walk.create().await;
    assert_eq!(
        live(&stage, &zone, name, "TXT").await,
        ["\"site=1\"", "\"v=spf1 ~all\""]
    );
    walk.delete().await;
    assert_eq!(live(&stage, &zone, name, "TXT").await, ["\"site=1\""]);
    let theirs = plain_set(name, "TXT", &["\"site=1\""]);
    change(&stage, &zone, ChangeAction::Delete, theirs).await;
    assert_eq!(stage.sandbox.world().dump(), before, "nothing is left");
}

#[tokio::test(start_paused = true)]
async fn a_ttl_is_changed_while_the_set_is_ours_alone() {
    let (stage, zone) = zone();
    let mut wanted = spec(
        &zone,
        record("a.example.com", "A", &["192.0.2.1"], Sharing::Whole),
    );
    let mut walk = Walk::new(&stage, &id("a"), REGION, &wanted).await;
    walk.create().await;
    wanted.record.ttl = 60;
    walk.change(&wanted, &["ttl"]).await;
    wanted.record.values = vec!["192.0.2.2".into(), "192.0.2.3".into()];
    walk.change(&wanted, &["values"]).await;
    wanted.record.name = "b.example.com".into();
    let owned = walk.spec.get::<Route53RecordSet>();
    send(&stage, &[item("a", Some(&wanted), owned)])
        .await
        .expect("renamed");
    assert!(live(&stage, &zone, "a.example.com", "A").await.is_empty());
    assert_eq!(live(&stage, &zone, "b.example.com", "A").await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn two_owners_and_somebody_else_share_a_set() {
    let (stage, zone) = zone();
    let name = "_amazonses.example.com";
    let theirs = plain_set(name, "TXT", &["\"theirs\""]);
    change(&stage, &zone, ChangeAction::Create, theirs).await;
    let token = |value: &str| spec(&zone, record(name, "TXT", &[value], Sharing::Many));
    let (one, two) = (token("one"), token("two"));
    send(
        &stage,
        &[item("1", Some(&one), None), item("2", Some(&two), None)],
    )
    .await
    .expect("both");
    assert_eq!(
        live(&stage, &zone, name, "TXT").await,
        ["\"theirs\"", "\"one\"", "\"two\""]
    );
    send(&stage, &[item("1", None, Some(&one))])
        .await
        .expect("gone");
    assert_eq!(
        live(&stage, &zone, name, "TXT").await,
        ["\"theirs\"", "\"two\""]
    );
    send(&stage, &[item("2", None, Some(&two))])
        .await
        .expect("gone");
    assert_eq!(live(&stage, &zone, name, "TXT").await, ["\"theirs\""]);
}

#[tokio::test(start_paused = true)]
async fn an_alias_walks_through_its_states() {
    let (stage, zone) = zone();
    let name = "bimi.example.com";
    let mut wanted = spec(&zone, alias(name, "d111111abcdef8.cloudfront.net"));
    let mut walk = Walk::new(&stage, &id("alias"), REGION, &wanted).await;
    walk.create().await;
    wanted.record = alias(name, "d222222abcdef8.cloudfront.net");
    walk.change(&wanted, &["alias"]).await;
    walk.delete().await;
}

#[tokio::test(start_paused = true)]
async fn an_adopted_cname_comes_back() {
    let (stage, zone) = zone();
    let name = "mta-sts.example.com";
    let theirs = plain_set(name, "CNAME", &["Old.Example.NET"]);
    change(&stage, &zone, ChangeAction::Create, theirs).await;
    let before = stage.sandbox.world().dump();
    let wanted = spec(&zone, alias(name, "d111111abcdef8.cloudfront.net"));
    let walk = Walk::anywhere(&stage, &id("alias"), Some(Stage::location(REGION)), &wanted);
    let (_, state, _) = walk.state().await;
    assert!(walk.kind().conflict(&walk.spec, &state, None).is_some());
    let refused = send(&stage, &[item("alias", Some(&wanted), None)]).await;
    assert_eq!(refused.unwrap_err().class, ErrorClass::Conflict);

    let taken = send(&stage, &[adopting(item("alias", Some(&wanted), None))]).await;
    let taken = taken.expect("adopted");
    assert!(live(&stage, &zone, name, "CNAME").await.is_empty());
    let undo = BatchItem {
        before: taken[0].before.clone(),
        ..item("alias", None, Some(&wanted))
    };
    send(&stage, &[undo]).await.expect("restored");
    assert_eq!(stage.sandbox.world().dump(), before, "to the letter");
}

#[tokio::test(start_paused = true)]
async fn an_adopted_alias_that_evaluates_health_comes_back() {
    let (stage, zone) = zone();
    let name = "bimi.example.com";
    let target = AliasTarget::builder()
        .dns_name("d999999abcdef8.cloudfront.net")
        .hosted_zone_id(CLOUDFRONT_ZONE)
        .evaluate_target_health(false)
        .build()
        .unwrap();
    let theirs = ResourceRecordSet::builder()
        .name(name)
        .r#type(RrType::A)
        .alias_target(target)
        .build()
        .unwrap();
    change(&stage, &zone, ChangeAction::Create, theirs).await;
    let other = plain_set("www.example.com", "A", &["192.0.2.1"]);
    change(&stage, &zone, ChangeAction::Create, other).await;
    let inside = AliasTarget::builder()
        .dns_name("www.example.com")
        .hosted_zone_id(&zone)
        .evaluate_target_health(true)
        .build()
        .unwrap();
    let healthy = ResourceRecordSet::builder()
        .name("shop.example.com")
        .r#type(RrType::A)
        .alias_target(inside)
        .build()
        .unwrap();
    change(&stage, &zone, ChangeAction::Create, healthy).await;
    let before = stage.sandbox.world().dump();
    let mut items = Vec::new();
    for name in ["bimi.example.com", "shop.example.com"] {
        let wanted = spec(&zone, alias(name, "d111111abcdef8.cloudfront.net"));
        items.push((name, wanted));
    }
    let forward: Vec<_> = items
        .iter()
        .map(|(name, wanted)| adopting(item(name, Some(wanted), None)))
        .collect();
    let taken = send(&stage, &forward).await.expect("adopted");
    let back: Vec<_> = items
        .iter()
        .zip(&taken)
        .map(|((name, wanted), taken)| BatchItem {
            before: taken.before.clone(),
            ..item(name, None, Some(wanted))
        })
        .collect();
    send(&stage, &back).await.expect("restored");
    assert_eq!(stage.sandbox.world().dump(), before, "to the letter");
}

#[tokio::test(start_paused = true)]
async fn long_texts_and_escapes_come_through() {
    let (stage, zone) = zone();
    let long = format!("v=DKIM1; p={}", "A".repeat(700));
    let odd = "say \"hi\\there\"; caf\u{e9}";
    let name = "*._domainkey.example.com";
    let wanted = spec(&zone, record(name, "TXT", &[&long, odd], Sharing::Many));
    let mut walk = Walk::new(&stage, &id("texts"), REGION, &wanted).await;
    walk.create().await;
    stage.forget_listings().await;
    walk.in_sync().await;
    walk.delete().await;
}

#[tokio::test(start_paused = true)]
async fn a_null_mx_comes_through() {
    let (stage, zone) = zone();
    let wanted = spec(&zone, record("example.com", "MX", &["0 ."], Sharing::Whole));
    let mut walk = Walk::new(&stage, &id("mx"), REGION, &wanted).await;
    walk.create().await;
    stage.forget_listings().await;
    walk.in_sync().await;
    assert_eq!(live(&stage, &zone, "example.com", "MX").await, ["0 ."]);
    stage.wait(120).await;
    let now = stage.sandbox.clock().now();
    let mut found = stage.sandbox.world().resolve("example.com", "MX", now);
    if let sandbox::dns::Lookup::Found { records, .. } = &mut found {
        let seen = kinds::record::canonical(RecordType::Mx, &records.remove(0).value);
        assert_eq!(seen, "0 .");
    } else {
        panic!("{found:?}");
    }
    walk.delete().await;
}

#[tokio::test(start_paused = true)]
async fn fifteen_hundred_records_go_in_batches_within_the_limits() {
    let (stage, zone) = zone();
    let before = stage.sandbox.world().dump();
    let specs: Vec<(String, Spec)> = (0..1500)
        .map(|number| {
            let name = format!("r{number}.example.com");
            let record = record(&name, "TXT", &["value"], Sharing::Many);
            (name, spec(&zone, record))
        })
        .collect();
    let create: Vec<_> = specs
        .iter()
        .map(|(name, spec)| item(name, Some(spec), None))
        .collect();
    send(&stage, &create).await.expect("made");
    assert_eq!(changes(&stage), 2);
    // A replacement is two changes of one name, which stay together.
    let replaced: Vec<(String, Spec)> = specs
        .iter()
        .map(|(name, spec)| {
            let mut spec = spec.clone();
            spec.record.values = vec!["other".into()];
            (name.clone(), spec)
        })
        .collect();
    let update: Vec<_> = specs
        .iter()
        .zip(&replaced)
        .map(|((name, old), (_, new))| item(name, Some(new), Some(old)))
        .collect();
    send(&stage, &update).await.expect("replaced");
    assert_eq!(changes(&stage), 5);
    let delete: Vec<_> = replaced
        .iter()
        .map(|(name, spec)| item(name, None, Some(spec)))
        .collect();
    send(&stage, &delete).await.expect("deleted");
    assert_eq!(stage.sandbox.world().dump(), before, "nothing is left");
}

fn changes(stage: &Stage) -> u64 {
    let stats = stage.sandbox.stats();
    stats.calls("route53", "ChangeResourceRecordSets")
}

#[tokio::test(start_paused = true)]
async fn a_zone_that_moved_since_it_was_listed_is_listed_again() {
    let (stage, zone) = zone();
    let name = "_amazonses.example.com";
    let wanted = spec(&zone, record(name, "TXT", &["ours"], Sharing::Many));
    let mut walk = Walk::new(&stage, &id("token"), REGION, &wanted).await;
    let theirs = plain_set(name, "TXT", &["\"theirs\""]);
    change(&stage, &zone, ChangeAction::Create, theirs).await;
    walk.create().await;
    assert_eq!(
        live(&stage, &zone, name, "TXT").await,
        ["\"theirs\"", "\"ours\""]
    );
    let theirs = plain_set(name, "TXT", &["\"newcomer\"", "\"ours\""]);
    change(&stage, &zone, ChangeAction::Upsert, theirs).await;
    walk.delete().await;
    assert_eq!(live(&stage, &zone, name, "TXT").await, ["\"newcomer\""]);
}

#[tokio::test(start_paused = true)]
async fn what_was_taken_over_is_known_when_the_answer_was_lost() {
    let (stage, zone) = zone();
    let name = "_dmarc.example.com";
    let theirs = plain_set(name, "TXT", &["\"v=DMARC1; p=none\""]);
    change(&stage, &zone, ChangeAction::Create, theirs).await;
    let sharing = Sharing::OneOf {
        protocol: Protocol::Dmarc,
    };
    let wanted = spec(&zone, record(name, "TXT", &["v=DMARC1; p=reject"], sharing));
    let items = [adopting(item("dmarc", Some(&wanted), None))];
    let fault = Fault::new(FaultKind::ErrorAfter).at("route53", "ChangeResourceRecordSets");
    stage.sandbox.world().faults.script.push(fault);
    let error = send(&stage, &items).await.expect_err("the answer is lost");
    stage.sandbox.world().faults.script.clear();
    assert_ne!(error.class, ErrorClass::Invalid, "{error:?}");
    let outcome = send(&stage, &items).await.expect("it is there");
    let before = outcome[0].before.clone().expect("what was there");
    let undo = BatchItem {
        before: Some(before),
        ..item("dmarc", None, Some(&wanted))
    };
    send(&stage, &[undo]).await.expect("restored");
    assert_eq!(
        live(&stage, &zone, name, "TXT").await,
        ["\"v=DMARC1; p=none\""]
    );
}

/// A lost answer takes the id of the change along, and without it nobody can tell when all name
/// servers answer the record: the repeat writes it again.
#[tokio::test(start_paused = true)]
async fn a_record_whose_answer_was_lost_is_waited_for() {
    let (stage, zone) = zone();
    let record = record("a.example.com", "A", &["192.0.2.1"], Sharing::Whole);
    let wanted = spec(&zone, record);
    let lost = Fault::new(FaultKind::ErrorAfter).at("route53", "ChangeResourceRecordSets");
    stage.sandbox.world().faults.script.push(lost);
    let items = [item("a", Some(&wanted), None)];
    send(&stage, &items).await.expect_err("no answer");
    stage.sandbox.world().faults.script.clear();
    assert_eq!(
        live(&stage, &zone, "a.example.com", "A").await,
        ["192.0.2.1"]
    );

    send(&stage, &items).await.expect("written again");
    let walk = Walk::anywhere(&stage, &id("a"), Some(Stage::location(REGION)), &wanted);
    let readiness = |state: &State| walk.spec.kind().readiness(&walk.spec, state);
    let (_, state, _) = walk.state().await;
    assert_ne!(readiness(&state), Readiness::Ready);
    stage.wait(60).await;
    let (_, state, _) = walk.state().await;
    assert_eq!(readiness(&state), Readiness::Ready);

    // Once the answer came, the same again is no change.
    let before = changes(&stage);
    let again = [item("a", Some(&wanted), Some(&wanted))];
    send(&stage, &again).await.expect("nothing to do");
    assert_eq!(changes(&stage), before);
}

#[tokio::test(start_paused = true)]
async fn a_set_with_a_routing_policy_is_never_changed() {
    let (stage, zone) = zone();
    let name = "bimi.example.com";
    for (identifier, value) in [("blue", "192.0.2.1"), ("green", "192.0.2.2")] {
        let record = ResourceRecord::builder().value(value).build().unwrap();
        let set = ResourceRecordSet::builder()
            .name(name)
            .r#type(RrType::A)
            .ttl(60)
            .weight(1)
            .set_identifier(identifier)
            .resource_records(record)
            .build()
            .unwrap();
        change(&stage, &zone, ChangeAction::Create, set).await;
    }
    let before = stage.sandbox.world().dump();
    let wanted = spec(&zone, alias(name, "d111111abcdef8.cloudfront.net"));
    let blocker = blocker(&stage, &wanted).await.expect("the plan says so");
    assert!(blocker.contains("routing policy"), "{blocker}");
    let cname = record(name, "CNAME", &["y.example.net"], Sharing::Whole);
    let address = record(name, "A", &["192.0.2.1"], Sharing::Whole);
    for wanted in [alias(name, "d111111abcdef8.cloudfront.net"), cname, address] {
        let wanted = spec(&zone, wanted);
        let sent = send(&stage, &[adopting(item("x", Some(&wanted), None))]).await;
        let error = sent.expect_err("it is not ours to change");
        assert_eq!(error.class, ErrorClass::Conflict);
        assert!(error.message.contains("routing policy"), "{error}");
        let gone = send(&stage, &[item("x", None, Some(&wanted))]).await;
        // One of the sets holds the address: to forget it would leave it to whoever asks.
        let holds_ours = wanted.record.rtype == RecordType::A && wanted.record.alias.is_none();
        assert_eq!(gone.is_err(), holds_ours, "{gone:?}");
        assert_eq!(stage.sandbox.world().dump(), before);
    }
}

/// The blocker that the planner would be told.
async fn blocker(stage: &Stage, wanted: &Spec) -> Option<String> {
    let walk = Walk::anywhere(stage, &id("x"), Some(Stage::location(REGION)), wanted);
    let (_, state, _) = walk.state().await;
    let found = walk.kind().blocker(&walk.spec, Some(&state));
    found.map(|found| found.reason)
}

#[tokio::test(start_paused = true)]
async fn below_a_delegation_nothing_is_seen() {
    let (stage, zone) = zone();
    let servers = plain_set("mta-sts.example.com", "NS", &["ns1.example.net."]);
    change(&stage, &zone, ChangeAction::Create, servers).await;
    for name in ["mta-sts.example.com", "a.b.mta-sts.example.com"] {
        let wanted = spec(&zone, record(name, "TXT", &["x"], Sharing::Many));
        let found = blocker(&stage, &wanted).await.expect("a delegation");
        let expected = format!(
            "`mta-sts.example.com` is delegated to ns1.example.net, so nobody sees TXT {name} in \
             this hosted zone"
        );
        assert_eq!(found, expected);
    }
    // The zone's own servers delegate nothing, and neither does a name beside.
    for name in ["example.com", "sts.example.com"] {
        let wanted = spec(&zone, record(name, "TXT", &["x"], Sharing::Many));
        let walk = Walk::anywhere(&stage, &id("x"), Some(Stage::location(REGION)), &wanted);
        assert_eq!(walk.observe().await, Observation::Absent);
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_that_follows_waits_for_the_changes_of_the_one_before() {
    let (mut stage, zone) = zone();
    let wanted = spec(
        &zone,
        record("a.example.com", "A", &["192.0.2.1"], Sharing::Whole),
    );
    let walk = Walk::new(&stage, &id("a"), REGION, &wanted).await;
    walk.try_create().await.expect("made");
    let (_, recorded, _) = walk.state().await;
    let spec = walk.spec.clone();
    let readiness = |state: &State| spec.kind().readiness(&spec, state);
    assert_ne!(readiness(&recorded), Readiness::Ready);

    // The next process knows what the ledger has.
    stage.new_run();
    let zones = stage.context(None).await.shared;
    let now = stage.sandbox.clock().now();
    let ledger = on_record(&spec, recorded, now);
    kinds::resume(&zones, &ledger, now - Duration::from_secs(1)).await;
    let walk = Walk::anywhere(&stage, &id("a"), Some(Stage::location(REGION)), &spec);
    let (_, state, _) = walk.state().await;
    assert_ne!(readiness(&state), Readiness::Ready);
    stage.wait(60).await;
    let (_, state, _) = walk.state().await;
    assert_eq!(readiness(&state), Readiness::Ready);

    // Where the ledger does not have it, the record is written again, and that is waited for.
    stage.new_run();
    let open = BatchItem {
        open: true,
        ..item("a", Some(&wanted), Some(&wanted))
    };
    send(&stage, &[open]).await.expect("written again");
    let walk = Walk::anywhere(&stage, &id("a"), Some(Stage::location(REGION)), &spec);
    let (_, state, _) = walk.state().await;
    assert_ne!(readiness(&state), Readiness::Ready);
    assert_eq!(
        live(&stage, &zone, "a.example.com", "A").await,
        ["192.0.2.1"]
    );
}

/// A ledger that has one record.
fn on_record(spec: &model::Spec, state: State, changed: jiff::Timestamp) -> Ledger {
    let id = id("a");
    let entry = Entry {
        id: id.clone(),
        location: Some(Stage::location(REGION)),
        status: Status::Settled("a".into()),
        spec: spec.clone(),
        state: Some(state),
        origin: Origin::Created,
        holders: std::collections::BTreeSet::new(),
        before: None,
        serves_policy: None,
        dependencies: Vec::new(),
        impact: Impact::none(),
        changed,
    };
    let domain = DomainLedger {
        entries: BTreeMap::from([(id.clone(), Arc::new(entry))]),
        ..DomainLedger::default()
    };
    Ledger {
        domains: BTreeMap::from([(id.domain, domain)]),
    }
}

#[tokio::test(start_paused = true)]
async fn what_came_into_the_way_since_the_plan_is_not_joined() {
    let (stage, zone) = zone();
    let name = "_dmarc.example.com";
    let sharing = Sharing::OneOf {
        protocol: Protocol::Dmarc,
    };
    let wanted = spec(&zone, record(name, "TXT", &["v=DMARC1; p=reject"], sharing));
    let walk = Walk::new(&stage, &id("dmarc"), REGION, &wanted).await;
    let theirs = plain_set(name, "TXT", &["\"v=DMARC1; p=none\""]);
    change(&stage, &zone, ChangeAction::Create, theirs).await;
    let error = walk.try_create().await.expect_err("two policies are none");
    assert_eq!(error.class, ErrorClass::Conflict);
    assert!(error.message.contains("p=none"), "{error}");
    assert_eq!(live(&stage, &zone, name, "TXT").await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn with_its_zone_a_record_is_gone() {
    let (stage, zone) = zone();
    let wanted = spec(
        &zone,
        record("a.example.com", "A", &["192.0.2.1"], Sharing::Whole),
    );
    let route53 = aws_sdk_route53::Client::new(&stage.sdk(REGION));
    let gone = route53.delete_hosted_zone().id(&zone).send().await;
    gone.expect("deleted");
    let walk = Walk::new(&stage, &id("a"), REGION, &wanted).await;
    let error = walk.try_create().await.expect_err("there is no zone");
    assert_eq!(error.class, ErrorClass::Conflict, "{error:?}");
}
