//! Route 53 through the AWS SDK: each behaviour by its name.

mod common;

use aws_sdk_route53::Client;
use aws_sdk_route53::operation::list_resource_record_sets::ListResourceRecordSetsOutput;
use aws_sdk_route53::types::{
    AccountLimitType, Change, ChangeBatch, ChangeStatus, HostedZone, HostedZoneConfig,
    ResourceRecord, ResourceRecordSet, ResourceRecordSetRegion, RrType, Tag, TagResourceType, Vpc,
    VpcRegion,
};
use common::route53::{self, accept, alias, change, send, set};
use common::{ONE, TWO, code, error, sandbox, sandbox_with, wait, without_retries};
use sandbox::Sandbox;
use sandbox::dns::Lookup;
use sandbox::world::World;

/// A sandbox with a delegated zone `example.com`, a client, and the zone's id.
fn with_zone() -> (Sandbox, Client, String) {
    let sandbox = sandbox();
    let zone = seed(&mut sandbox.world(), ONE, "example.com");
    let client = route53::client(&sandbox, ONE);
    (sandbox, client, zone)
}

fn seed(world: &mut World, account: &str, name: &str) -> String {
    world.seed_zone(account, name, true).expect("a name")
}

fn weighted(name: &str, identifier: &str, weight: i64, ttl: i64) -> ResourceRecordSet {
    let mut weighted = set(name, "A", ttl, &["192.0.2.1"]);
    weighted.set_identifier = Some(identifier.to_owned());
    weighted.weight = Some(weight);
    weighted
}

fn create(name: &str, rtype: &str, values: &[&str]) -> Change {
    change("CREATE", set(name, rtype, 300, values))
}

/// Sends a batch that has to be refused with these messages.
async fn refuse(client: &Client, zone: &str, changes: Vec<Change>, messages: &[&str]) {
    let expected = format!("InvalidChangeBatch: [{}]", messages.join(", "));
    assert_eq!(send(client, zone, changes).await, expected);
}

async fn list(client: &Client, zone: &str) -> ListResourceRecordSetsOutput {
    client
        .list_resource_record_sets()
        .hosted_zone_id(zone)
        .send()
        .await
        .expect("record sets")
}

fn names(listed: &ListResourceRecordSetsOutput) -> Vec<String> {
    listed
        .resource_record_sets()
        .iter()
        .map(|set| {
            let identifier = set
                .set_identifier()
                .map_or(String::new(), |id| format!(" {id}"));
            format!("{} {}{identifier}", set.name(), set.r#type().as_str())
        })
        .collect()
}

async fn make_zone(client: &Client, name: &str, reference: &str) -> String {
    let made = client
        .create_hosted_zone()
        .name(name)
        .caller_reference(reference)
        .send()
        .await
        .expect("a zone");
    let id = made.hosted_zone.expect("a zone").id;
    id.strip_prefix("/hostedzone/")
        .expect("a prefix")
        .to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_zone_has_four_name_servers_and_ns_and_soa_records() {
    let sandbox = sandbox();
    let client = route53::client(&sandbox, ONE);
    let made = client
        .create_hosted_zone()
        .name("Example.com")
        .caller_reference("first")
        .hosted_zone_config(HostedZoneConfig::builder().comment("mail").build())
        .send()
        .await
        .expect("a zone");
    let zone = made.hosted_zone().expect("a zone");
    assert!(zone.id().starts_with("/hostedzone/Z"));
    assert_eq!(zone.name(), "example.com.");
    assert_eq!(zone.caller_reference(), "first");
    assert_eq!(zone.resource_record_set_count(), Some(2));
    let config = zone.config().expect("a config");
    assert_eq!(
        (config.comment(), config.private_zone()),
        (Some("mail"), false)
    );
    let info = made.change_info().expect("a change");
    assert_eq!(info.status(), &ChangeStatus::Pending);
    assert_eq!(
        made.location(),
        format!("https://route53.amazonaws.com/2013-04-01{}", zone.id())
    );
    let servers = made.delegation_set().expect("servers").name_servers();
    assert_eq!(servers.len(), 4);
    let listed = list(&client, zone.id()).await;
    assert_eq!(names(&listed), ["example.com. NS", "example.com. SOA"]);
    let sets = listed.resource_record_sets();
    assert_eq!((sets[0].ttl(), sets[1].ttl()), (Some(172_800), Some(900)));
    let values: Vec<String> = servers.iter().map(|server| format!("{server}.")).collect();
    let listed: Vec<&str> = sets[0]
        .resource_records()
        .iter()
        .map(ResourceRecord::value)
        .collect();
    assert_eq!(listed, values);
    assert!(
        sets[1].resource_records()[0]
            .value()
            .starts_with(&format!("{} awsdns-hostmaster.amazon.com. 1 ", values[0]))
    );
}

#[tokio::test(start_paused = true)]
async fn a_caller_reference_makes_one_zone() {
    let sandbox = sandbox();
    let client = route53::client(&sandbox, ONE);
    make_zone(&client, "example.com", "first").await;
    let again = client
        .create_hosted_zone()
        .name("example.com")
        .caller_reference("first")
        .send()
        .await;
    let status = again.as_ref().err().and_then(|error| error.raw_response());
    assert_eq!(status.map(|raw| raw.status().as_u16()), Some(409));
    assert_eq!(
        error(again),
        "HostedZoneAlreadyExists: A hosted zone has already been created with the specified caller reference."
    );
    // Another account's references are its own.
    make_zone(&route53::client(&sandbox, TWO), "example.com", "first").await;
}

#[tokio::test(start_paused = true)]
async fn several_zones_have_one_name_and_no_server_in_common() {
    let sandbox = sandbox();
    let client = route53::client(&sandbox, ONE);
    let mut servers = std::collections::BTreeSet::new();
    for reference in 0..40 {
        let made = client
            .create_hosted_zone()
            .name("example.com")
            .caller_reference(reference.to_string())
            .send()
            .await
            .expect("a zone");
        servers.extend(
            made.delegation_set()
                .expect("servers")
                .name_servers()
                .to_vec(),
        );
    }
    assert_eq!(servers.len(), 160);
}

#[tokio::test(start_paused = true)]
async fn zones_are_refused_for_bad_names_and_unknown_delegation_sets() {
    let sandbox = sandbox();
    let client = route53::client(&sandbox, ONE);
    let make = |name: &str| client.create_hosted_zone().name(name).caller_reference("1");
    assert_eq!(code(make("a..com").send().await), "InvalidDomainName");
    let with_set = make("example.com").delegation_set_id("N1PA6795SAMPLE");
    assert_eq!(code(with_set.send().await), "NoSuchDelegationSet");
}

#[tokio::test(start_paused = true)]
async fn private_zones_of_one_name_and_vpc_conflict_and_nobody_sees_them() {
    let sandbox = sandbox();
    let client = route53::client(&sandbox, ONE);
    let vpc = Vpc::builder()
        .vpc_id("vpc-1")
        .vpc_region(VpcRegion::UsEast1)
        .build();
    let create_zone = |reference: &str| {
        client
            .create_hosted_zone()
            .name("example.com")
            .caller_reference(reference)
            .vpc(vpc.clone())
            .send()
    };
    let made = create_zone("1").await.expect("a zone");
    let zone = made.hosted_zone().expect("a zone");
    assert!(zone.config().expect("a config").private_zone());
    assert_eq!(code(create_zone("2").await), "ConflictingDomainExists");
    let found = client
        .get_hosted_zone()
        .id(zone.id())
        .send()
        .await
        .expect("the zone");
    assert_eq!(found.vpcs()[0].vpc_id(), Some("vpc-1"));
    let mut world = sandbox.world();
    let id = zone.id().trim_start_matches("/hostedzone/").to_owned();
    world.delegate_zone(&id, sandbox.clock().now());
    assert_eq!(
        world.resolve("example.com", "SOA", sandbox.clock().now()),
        Lookup::ServFail
    );
}

#[tokio::test(start_paused = true)]
async fn an_account_has_at_most_500_zones_at_first() {
    let sandbox = sandbox_with(|world| {
        world.quotas = sandbox::quotas::Quotas::none();
        world.route53.zones_max = Some(1);
    });
    let client = route53::client(&sandbox, ONE);
    make_zone(&client, "example.com", "1").await;
    let second = client
        .create_hosted_zone()
        .name("example.net")
        .caller_reference("2");
    assert_eq!(code(second.send().await), "TooManyHostedZones");
}

#[tokio::test(start_paused = true)]
async fn zones_are_listed_in_pages_by_marker() {
    let sandbox = sandbox();
    let client = route53::client(&sandbox, ONE);
    let mut made = Vec::new();
    for number in 0..5 {
        made.push(make_zone(&client, "example.com", &number.to_string()).await);
    }
    seed(&mut sandbox.world(), TWO, "example.net");
    made.sort();
    let mut seen = Vec::new();
    let mut marker = None;
    loop {
        let page = client
            .list_hosted_zones()
            .set_marker(marker.clone())
            .max_items(2)
            .send()
            .await
            .expect("a page");
        assert_eq!(page.max_items(), 2);
        seen.extend(page.hosted_zones().iter().map(|zone| zone.id().to_owned()));
        marker = page.next_marker().map(str::to_owned);
        assert_eq!(page.is_truncated(), marker.is_some());
        if marker.is_none() {
            break;
        }
    }
    let expected: Vec<String> = made.iter().map(|id| format!("/hostedzone/{id}")).collect();
    assert_eq!(seen, expected);
    let count = client
        .get_hosted_zone_count()
        .send()
        .await
        .expect("a count");
    assert_eq!(count.hosted_zone_count(), 5);
    let none = client.list_hosted_zones().max_items(0).send().await;
    assert_eq!(code(none), "InvalidInput");
}

#[tokio::test(start_paused = true)]
async fn zones_are_listed_by_name_from_the_right_and_by_id() {
    let sandbox = sandbox();
    let client = route53::client(&sandbox, ONE);
    let mut twins = Vec::new();
    for (number, name) in ["example.com", "a.example.com", "zebra.com", "example.com"]
        .iter()
        .enumerate()
    {
        let id = make_zone(&client, name, &number.to_string()).await;
        if *name == "example.com" {
            twins.push(id);
        }
    }
    twins.sort();
    let all = client
        .list_hosted_zones_by_name()
        .send()
        .await
        .expect("zones");
    let found: Vec<&str> = all.hosted_zones().iter().map(HostedZone::name).collect();
    assert_eq!(
        found,
        [
            "example.com.",
            "example.com.",
            "a.example.com.",
            "zebra.com."
        ]
    );
    let first = client
        .list_hosted_zones_by_name()
        .dns_name("EXAMPLE.com")
        .max_items(1)
        .send()
        .await
        .expect("a page");
    assert_eq!(first.dns_name(), Some("example.com."));
    assert!(first.is_truncated());
    assert_eq!(first.next_dns_name(), Some("example.com."));
    assert_eq!(first.next_hosted_zone_id(), Some(twins[1].as_str()));
    let second = client
        .list_hosted_zones_by_name()
        .dns_name("example.com")
        .hosted_zone_id(&twins[1])
        .max_items(1)
        .send()
        .await
        .expect("a page");
    assert_eq!(
        second.hosted_zones()[0].id(),
        format!("/hostedzone/{}", twins[1])
    );
    assert_eq!(second.next_dns_name(), Some("a.example.com."));
    let id_alone = client.list_hosted_zones_by_name().hosted_zone_id(&twins[1]);
    assert_eq!(code(id_alone.send().await), "InvalidInput");
}

#[tokio::test(start_paused = true)]
async fn a_zone_with_records_is_not_deleted() {
    let (_sandbox, client, zone) = with_zone();
    accept(
        &client,
        &zone,
        vec![create("a.example.com", "A", &["192.0.2.1"])],
    )
    .await;
    let refused = client.delete_hosted_zone().id(&zone).send().await;
    assert_eq!(
        error(refused),
        "HostedZoneNotEmpty: The specified hosted zone contains non-required resource record sets  and so cannot be deleted."
    );
    let delete = change("DELETE", set("a.example.com", "A", 300, &["192.0.2.1"]));
    accept(&client, &zone, vec![delete]).await;
    let deleted = client
        .delete_hosted_zone()
        .id(&zone)
        .send()
        .await
        .expect("deleted");
    assert_eq!(
        deleted.change_info().expect("a change").status(),
        &ChangeStatus::Pending
    );
    let gone = client.get_hosted_zone().id(&zone).send().await;
    let expected = format!("NoSuchHostedZone: No hosted zone found with ID: {zone}");
    assert_eq!(error(gone), expected);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_there_is_said_by_its_code() {
    let (_sandbox, client, _) = with_zone();
    let zone = "Z00000000000000000000";
    assert_eq!(
        code(client.get_hosted_zone().id(zone).send().await),
        "NoSuchHostedZone"
    );
    assert_eq!(
        code(client.delete_hosted_zone().id(zone).send().await),
        "NoSuchHostedZone"
    );
    assert_eq!(
        code(
            client
                .list_resource_record_sets()
                .hosted_zone_id(zone)
                .send()
                .await
        ),
        "NoSuchHostedZone"
    );
    assert_eq!(
        send(
            &client,
            zone,
            vec![create("a.example.com", "A", &["192.0.2.1"])]
        )
        .await,
        format!("NoSuchHostedZone: No hosted zone found with ID: {zone}")
    );
    assert_eq!(
        error(client.get_change().id("C123").send().await),
        "NoSuchChange: Could not find resource with ID: C123"
    );
}

#[tokio::test(start_paused = true)]
async fn accounts_do_not_see_each_others_zones() {
    let (sandbox, client, zone) = with_zone();
    let other = route53::client(&sandbox, TWO);
    assert_eq!(
        other
            .list_hosted_zones()
            .send()
            .await
            .expect("zones")
            .hosted_zones()
            .len(),
        0
    );
    assert_eq!(
        error(other.get_hosted_zone().id(&zone).send().await),
        "AccessDenied: User: arn:aws:iam::222222222222:user/admin is not authorized to access this resource"
    );
    let batch = vec![create("a.example.com", "A", &["192.0.2.1"])];
    assert!(send(&other, &zone, batch).await.starts_with("AccessDenied"));
    assert_eq!(names(&list(&client, &zone).await).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_change_is_pending_and_then_in_sync() {
    let (sandbox, client, zone) = with_zone();
    let batch = ChangeBatch::builder()
        .comment("for the test")
        .changes(create("a.example.com", "A", &["192.0.2.1"]))
        .build()
        .expect("a batch");
    let sent = client
        .change_resource_record_sets()
        .hosted_zone_id(&zone)
        .change_batch(batch)
        .send()
        .await
        .expect("a change");
    let info = sent.change_info().expect("a change");
    assert_eq!(info.status(), &ChangeStatus::Pending);
    assert_eq!(info.comment(), Some("for the test"));
    // The owner sees the record at once, the public does not.
    assert_eq!(names(&list(&client, &zone).await)[0], "example.com. NS");
    assert_eq!(names(&list(&client, &zone).await)[2], "a.example.com. A");
    let resolve = || {
        let now = sandbox.clock().now();
        sandbox.world().resolve("a.example.com", "A", now)
    };
    wait(&sandbox, 29).await;
    assert_eq!(resolve(), Lookup::NxDomain);
    wait(&sandbox, 1).await;
    let found = client
        .get_change()
        .id(info.id())
        .send()
        .await
        .expect("a change");
    assert_eq!(
        found.change_info().expect("a change").status(),
        &ChangeStatus::Insync
    );
    assert!(matches!(resolve(), Lookup::Found { .. }));
}

#[tokio::test(start_paused = true)]
async fn two_changes_of_a_zone_at_once_collide() {
    let (sandbox, _, zone) = with_zone();
    let client = Client::new(&without_retries(&sandbox, ONE));
    let (first, second) = futures::join!(
        send(
            &client,
            &zone,
            vec![create("a.example.com", "A", &["192.0.2.1"])]
        ),
        send(
            &client,
            &zone,
            vec![create("b.example.com", "A", &["192.0.2.1"])]
        ),
    );
    let refused = "PriorRequestNotComplete: The request was rejected because Route 53 was still \
                   processing a prior request.";
    let mut answers = [first, second];
    answers.sort();
    assert_eq!(answers, [refused.to_owned(), "no error".to_owned()]);
    // One after the other is always fine.
    for number in 0..10 {
        let name = format!("n{number}.example.com");
        accept(&client, &zone, vec![create(&name, "A", &["192.0.2.1"])]).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_batch_happens_wholly_or_not_at_all() {
    let (_sandbox, client, zone) = with_zone();
    let batch = vec![
        create("a.example.com", "A", &["192.0.2.1"]),
        create("b.example.com", "A", &["192.0.2.300"]),
    ];
    refuse(
        &client,
        &zone,
        batch,
        &["Invalid Resource Record: 'FATAL problem: ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address) encountered with '192.0.2.300''"],
    )
    .await;
    assert_eq!(names(&list(&client, &zone).await).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn create_of_what_exists_is_refused_and_upsert_replaces_it() {
    let (_sandbox, client, zone) = with_zone();
    accept(
        &client,
        &zone,
        vec![create("a.example.com", "A", &["192.0.2.1"])],
    )
    .await;
    refuse(
        &client,
        &zone,
        vec![create("A.example.com.", "A", &["192.0.2.2"])],
        &["Tried to create resource record set [name='a.example.com.', type='A'] but it already exists"],
    )
    .await;
    let upsert = change("UPSERT", set("a.example.com", "A", 60, &["192.0.2.2"]));
    accept(&client, &zone, vec![upsert]).await;
    let listed = list(&client, &zone).await;
    let sets = listed.resource_record_sets();
    assert_eq!(sets[2].ttl(), Some(60));
    assert_eq!(sets[2].resource_records()[0].value(), "192.0.2.2");
}

#[tokio::test(start_paused = true)]
async fn delete_needs_the_same_values_and_ttl_in_any_order() {
    let (_sandbox, client, zone) = with_zone();
    accept(
        &client,
        &zone,
        vec![create("a.example.com", "A", &["192.0.2.1", "192.0.2.2"])],
    )
    .await;
    let delete =
        |ttl, values: &[&str]| vec![change("DELETE", set("a.example.com", "A", ttl, values))];
    let mismatch = "Tried to delete resource record set [name='a.example.com.', type='A'] but the values provided do \
                    not match the current values";
    refuse(&client, &zone, delete(300, &["192.0.2.1"]), &[mismatch]).await;
    refuse(
        &client,
        &zone,
        delete(60, &["192.0.2.1", "192.0.2.2"]),
        &[mismatch],
    )
    .await;
    refuse(
        &client,
        &zone,
        vec![change("DELETE", set("b.example.com", "A", 60, &["192.0.2.1"]))],
        &["Tried to delete resource record set [name='b.example.com.', type='A'] but it was not found"],
    )
    .await;
    accept(&client, &zone, delete(300, &["192.0.2.2", "192.0.2.1"])).await;
}

#[tokio::test(start_paused = true)]
async fn a_set_is_changed_once_in_a_batch_or_replaced() {
    let (_sandbox, client, zone) = with_zone();
    let twice = "The request contains an invalid set of changes for a resource record set 'A a.example.com.'";
    let creates = vec![
        create("a.example.com", "A", &["192.0.2.1"]),
        create("a.example.com", "A", &["192.0.2.2"]),
    ];
    refuse(&client, &zone, creates, &[twice]).await;
    accept(
        &client,
        &zone,
        vec![create("a.example.com", "A", &["192.0.2.1"])],
    )
    .await;
    let delete = || change("DELETE", set("a.example.com", "A", 300, &["192.0.2.1"]));
    refuse(&client, &zone, vec![delete(), delete()], &[twice]).await;
    let replacement = create("a.example.com", "A", &["192.0.2.2"]);
    accept(&client, &zone, vec![delete(), replacement]).await;
}

#[tokio::test(start_paused = true)]
async fn a_record_outside_the_zone_is_refused() {
    let (_sandbox, client, zone) = with_zone();
    refuse(
        &client,
        &zone,
        vec![create("a.example.net", "A", &["192.0.2.1"])],
        &["RRSet with DNS name a.example.net. is not permitted in zone example.com."],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_cname_stands_alone_and_never_at_the_apex() {
    let (_sandbox, client, zone) = with_zone();
    refuse(
        &client,
        &zone,
        vec![create("example.com", "CNAME", &["example.net"])],
        &["RRSet of type CNAME with DNS name example.com. is not permitted at apex in zone example.com."],
    )
    .await;
    accept(
        &client,
        &zone,
        vec![create("a.example.com", "A", &["192.0.2.1"])],
    )
    .await;
    refuse(
        &client,
        &zone,
        vec![create("a.example.com", "CNAME", &["example.net"])],
        &["RRSet of type CNAME with DNS name a.example.com. is not permitted as it conflicts with other records with \
           the same DNS name in zone example.com."],
    )
    .await;
    accept(
        &client,
        &zone,
        vec![create("c.example.com", "CNAME", &["example.net"])],
    )
    .await;
    refuse(
        &client,
        &zone,
        vec![create("c.example.com", "TXT", &["\"x\""])],
        &["RRSet of type TXT with DNS name c.example.com. is not permitted because a conflicting RRSet of type CNAME \
           with the same DNS name already exists in zone example.com."],
    )
    .await;
    // Within one batch a CNAME takes the place of the others.
    let replacement = vec![
        change("DELETE", set("a.example.com", "A", 300, &["192.0.2.1"])),
        create("a.example.com", "CNAME", &["example.net"]),
    ];
    accept(&client, &zone, replacement).await;
}

#[tokio::test(start_paused = true)]
async fn the_apex_keeps_its_ns_and_soa() {
    let (_sandbox, client, zone) = with_zone();
    let listed = list(&client, &zone).await;
    let [servers, start] = listed.resource_record_sets() else {
        panic!("two sets");
    };
    refuse(
        &client,
        &zone,
        vec![change("DELETE", servers.clone())],
        &["A HostedZone must contain at least one NS record for the zone itself."],
    )
    .await;
    refuse(
        &client,
        &zone,
        vec![change("DELETE", start.clone())],
        &["A HostedZone must contain exactly one SOA record."],
    )
    .await;
    // They can be changed.
    let mut slower = servers.clone();
    slower.ttl = Some(60);
    accept(&client, &zone, vec![change("UPSERT", slower)]).await;
}

#[tokio::test(start_paused = true)]
async fn a_set_has_either_an_alias_or_a_ttl_with_values() {
    let (_sandbox, client, zone) = with_zone();
    let expected = |found: &str| {
        format!(
            "InvalidInput: Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or \
             TrafficPolicyInstanceId], but found {found} in Change with [Action=CREATE, Name=a.example.com, Type=A, \
             SetIdentifier=null]"
        )
    };
    let mut with_ttl = alias("a.example.com", "A", "Z2FDTNDATAQYW2", "d1.cloudfront.net");
    with_ttl.ttl = Some(300);
    let sent = send(&client, &zone, vec![change("CREATE", with_ttl)]).await;
    assert_eq!(sent, expected("more than one"));
    let mut without = set("a.example.com", "A", 300, &["192.0.2.1"]);
    without.resource_records = None;
    let sent = send(&client, &zone, vec![change("CREATE", without.clone())]).await;
    assert_eq!(sent, expected("none"));
    without.ttl = None;
    let sent = send(&client, &zone, vec![change("CREATE", without)]).await;
    assert_eq!(sent, expected("none"));
}

#[tokio::test(start_paused = true)]
async fn unknown_types_and_actions_are_not_in_the_enumeration() {
    let (_sandbox, client, zone) = with_zone();
    let sent = send(
        &client,
        &zone,
        vec![create("a.example.com", "HINFO", &["x"])],
    )
    .await;
    assert!(
        sent.starts_with(
            "InvalidInput: Invalid XML ; cvc-enumeration-valid: Value 'HINFO' is not facet-valid"
        ),
        "{sent}"
    );
    let odd = change("REPLACE", set("a.example.com", "A", 300, &["192.0.2.1"]));
    let sent = send(&client, &zone, vec![odd]).await;
    assert!(
        sent.contains("enumeration '[CREATE, DELETE, UPSERT]'"),
        "{sent}"
    );
    let sent = send(&client, &zone, Vec::new()).await;
    assert!(sent.starts_with("InvalidInput"), "{sent}");
}

/// Values that are refused: the type, the value, and why.
const INVALID: &[(&str, &str, &str)] = &[
    (
        "A",
        "example.net",
        "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)",
    ),
    (
        "A",
        "192.0.2.1 192.0.2.2",
        "ARRDATANotSingleField (Value contains spaces)",
    ),
    (
        "AAAA",
        "192.0.2.1",
        "AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)",
    ),
    (
        "MX",
        "mx.example.net",
        "MXRRDATANotTwoFields (MX record doesn't have 2 fields)",
    ),
    (
        "MX",
        "70000 mx.example.net",
        "MXRRDATAIllegalPriority (MX priority is not valid)",
    ),
    (
        "CAA",
        "0 issue",
        "CAARRDATANotThreeFields (CAA record doesn't have 3 fields)",
    ),
    (
        "CAA",
        "0 issue amazon.com",
        "InvalidCharacterString (Value should be enclosed in quotation marks)",
    ),
    (
        "CAA",
        "256 issue \"amazon.com\"",
        "CAARRDATAIllegalFlags (CAA flags are not valid)",
    ),
    (
        "TXT",
        "v=spf1 -all",
        "InvalidCharacterString (Value should be enclosed in quotation marks)",
    ),
    (
        "TXT",
        "\"ü\"",
        "UnsupportedCharacter (Value contains unsupported characters)",
    ),
    (
        "CNAME",
        "a..example.net",
        "DomainLabelEmpty (Domain label is empty)",
    ),
    (
        "SRV",
        "1 2 a.example.net",
        "SRVRRDATANotFourFields (SRV record doesn't have 4 fields)",
    ),
];

#[tokio::test(start_paused = true)]
async fn invalid_values_are_refused_for_their_reason() {
    let (_sandbox, client, zone) = with_zone();
    let long = format!("\"{}\"", "a".repeat(256));
    let huge = vec![format!("\"{}\"", "a".repeat(250)); 16].join(" ");
    let too_long = "CharacterStringTooLong (Value is too long)";
    let texts = [
        ("TXT", long.as_str(), too_long),
        ("TXT", huge.as_str(), too_long),
    ];
    for (rtype, value, problem) in INVALID.iter().chain(&texts) {
        let message = format!(
            "Invalid Resource Record: 'FATAL problem: {problem} encountered with '{value}''"
        );
        let invalid = vec![create("a.example.com", rtype, &[value])];
        refuse(&client, &zone, invalid, &[&message]).await;
    }
}

#[tokio::test(start_paused = true)]
async fn values_do_not_repeat_and_names_are_names() {
    let (_sandbox, client, zone) = with_zone();
    let twice = create("a.example.com", "A", &["192.0.2.1", "192.0.2.1"]);
    refuse(
        &client,
        &zone,
        vec![twice],
        &["Duplicate Resource Record: '192.0.2.1'"],
    )
    .await;
    let unnamed = create("a..example.com", "A", &["192.0.2.1"]);
    refuse(
        &client,
        &zone,
        vec![unnamed],
        &["FATAL problem: DomainLabelEmpty (Domain label is empty) encountered with 'a..example.com'"],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_batch_says_everything_that_is_wrong_with_it() {
    let (_sandbox, client, zone) = with_zone();
    refuse(
        &client,
        &zone,
        vec![
            create("a.example.net", "A", &["192.0.2.1"]),
            create("b.example.net", "A", &["192.0.2.1"]),
        ],
        &[
            "RRSet with DNS name a.example.net. is not permitted in zone example.com.",
            "RRSet with DNS name b.example.net. is not permitted in zone example.com.",
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn values_that_are_valid_come_back_as_they_were() {
    let (_sandbox, client, zone) = with_zone();
    let full = format!("\"{}\"", "a".repeat(255));
    let sets = [
        ("MX", "0 ."),
        ("TXT", full.as_str()),
        ("TXT", "\"one\"\"two\" \"\\100\""),
        ("CAA", "128 issuewild \";\""),
        ("AAAA", "2001:0db8:85a3:0:0:8a2e:0370:7334"),
        ("CNAME", "Target.example.net"),
        ("SRV", "0 0 443 a.example.net."),
        ("DS", "123 4 5 1234567890abcdef1234567890abcdef"),
        ("HTTPS", "1 . alpn=h2,h3"),
    ];
    let changes = sets
        .iter()
        .enumerate()
        .map(|(number, (rtype, value))| create(&format!("n{number}.example.com"), rtype, &[value]));
    accept(&client, &zone, changes.collect()).await;
    let listed = list(&client, &zone).await;
    let values: Vec<&str> = listed.resource_record_sets()[2..]
        .iter()
        .map(|set| set.resource_records()[0].value())
        .collect();
    assert_eq!(values, sets.map(|(_, value)| value));
}

#[tokio::test(start_paused = true)]
async fn a_batch_keeps_to_its_limits_and_an_upsert_counts_twice() {
    let (_sandbox, client, zone) = with_zone();
    let many = |action: &str, count: usize| -> Vec<Change> {
        let sets = (0..count)
            .map(|number| set(&format!("n{number}.example.com"), "A", 60, &["192.0.2.1"]));
        sets.map(|set| change(action, set)).collect()
    };
    let records = "Number of records limit of 1000 exceeded.";
    refuse(&client, &zone, many("CREATE", 1001), &[records]).await;
    refuse(&client, &zone, many("UPSERT", 501), &[records]).await;
    accept(&client, &zone, many("UPSERT", 500)).await;
    let text = format!("\"{}\"", "a".repeat(248));
    let long = |action: &str, count: usize| -> Vec<Change> {
        let sets =
            (0..count).map(|number| set(&format!("t{number}.example.com"), "TXT", 60, &[&text]));
        sets.map(|set| change(action, set)).collect()
    };
    let chars = "RDATA character limit of 32000 exceeded.";
    refuse(&client, &zone, long("CREATE", 129), &[chars]).await;
    refuse(&client, &zone, long("UPSERT", 65), &[chars]).await;
    accept(&client, &zone, long("CREATE", 128)).await;
}

#[tokio::test(start_paused = true)]
async fn a_zone_holds_at_most_10000_record_sets() {
    let (sandbox, client, zone) = with_zone();
    {
        let mut world = sandbox.world();
        for number in 0..9998 {
            let name = format!("n{number}.example.com");
            world
                .seed_records(&zone, &name, ("A", 60), &["192.0.2.1"])
                .expect("a name");
        }
    }
    let message = format!("Exceeded limit MAX_RRSETS_BY_ZONE for zone: {zone}");
    refuse(
        &client,
        &zone,
        vec![create("a.example.com", "A", &["192.0.2.1"])],
        &[&message],
    )
    .await;
    let replacement = change("UPSERT", set("n1.example.com", "A", 60, &["192.0.2.2"]));
    accept(&client, &zone, vec![replacement]).await;
}

#[tokio::test(start_paused = true)]
async fn names_are_lower_case_with_escapes() {
    let (_sandbox, client, zone) = with_zone();
    let changes = vec![
        create("*.Example.com", "A", &["192.0.2.1"]),
        create("a@b.example.com", "A", &["192.0.2.1"]),
        create("_DMARC.example.com", "TXT", &["\"v=DMARC1; p=none\""]),
    ];
    accept(&client, &zone, changes).await;
    assert_eq!(
        names(&list(&client, &zone).await)[2..],
        [
            "\\052.example.com. A",
            "_dmarc.example.com. TXT",
            "a\\100b.example.com. A"
        ]
    );
    let again = create("\\052.example.com.", "A", &["192.0.2.1"]);
    refuse(
        &client,
        &zone,
        vec![again],
        &["Tried to create resource record set [name='\\052.example.com.', type='A'] but it already exists"],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_alias_points_to_cloudfront_or_into_its_own_zone() {
    let (_sandbox, client, zone) = with_zone();
    let cloudfront = "Z2FDTNDATAQYW2";
    let good = alias(
        "www.example.com",
        "A",
        cloudfront,
        "D111111ABCDEF8.cloudfront.net",
    );
    accept(&client, &zone, vec![change("CREATE", good)]).await;
    let listed = list(&client, &zone).await;
    let target = listed.resource_record_sets()[2]
        .alias_target()
        .expect("an alias");
    assert_eq!(target.hosted_zone_id(), cloudfront);
    assert_eq!(target.dns_name(), "d111111abcdef8.cloudfront.net.");
    assert!(
        listed.resource_record_sets()[2]
            .resource_records()
            .is_empty()
    );
    let outside = "Tried to create an alias that targets e1.example.net., type A in zone Z2FDTNDATAQYW2, but the alias \
                   target name does not lie within the target zone";
    let wrong = alias("a.example.com", "A", cloudfront, "e1.example.net");
    refuse(&client, &zone, vec![change("CREATE", wrong)], &[outside]).await;
    let missing = format!(
        "Tried to create an alias that targets b.example.com., type A in zone {zone}, but that target was not found"
    );
    let wrong = alias("a.example.com", "A", &zone, "b.example.com");
    refuse(
        &client,
        &zone,
        vec![change("CREATE", wrong.clone())],
        &[&missing],
    )
    .await;
    let both = vec![
        create("b.example.com", "A", &["192.0.2.1"]),
        change("CREATE", wrong),
    ];
    accept(&client, &zone, both).await;
    let wrong_type = alias("m.example.com", "MX", cloudfront, "d1.cloudfront.net");
    let sent = send(&client, &zone, vec![change("CREATE", wrong_type)]).await;
    assert!(
        sent.ends_with("type MX in zone Z2FDTNDATAQYW2, but that target was not found]"),
        "{sent}"
    );
}

#[tokio::test(start_paused = true)]
async fn weighted_sets_share_a_name_and_differ_by_identifier() {
    let (_sandbox, client, zone) = with_zone();
    let changes = vec![
        change("CREATE", weighted("a.example.com", "two", 20, 60)),
        change("CREATE", weighted("a.example.com", "one", 0, 60)),
    ];
    accept(&client, &zone, changes).await;
    let listed = list(&client, &zone).await;
    assert_eq!(
        names(&listed)[2..],
        ["a.example.com. A one", "a.example.com. A two"]
    );
    assert_eq!(listed.resource_record_sets()[2].weight(), Some(0));
    refuse(
        &client,
        &zone,
        vec![change("CREATE", weighted("a.example.com", "one", 1, 60))],
        &["Tried to create resource record set [name='a.example.com.', type='A', set identifier='one'] but it already exists"],
    )
    .await;
    refuse(
        &client,
        &zone,
        vec![change("CREATE", weighted("a.example.com", "three", 1, 30))],
        &["RRSet with DNS name a.example.com., type A, SetIdentifier three cannot be created as weighted sets must \
           contain the same TTL."],
    )
    .await;
    refuse(
        &client,
        &zone,
        vec![create("a.example.com", "A", &["192.0.2.9"])],
        &["RRSet with DNS name a.example.com., type A cannot be created as other RRSets exist with the same name and \
           type."],
    )
    .await;
    let mut latency = set("a.example.com", "A", 60, &["192.0.2.1"]);
    latency.set_identifier = Some("far".to_owned());
    latency.region = Some(ResourceRecordSetRegion::EuWest1);
    refuse(
        &client,
        &zone,
        vec![change("CREATE", latency)],
        &["RRSet with DNS name a.example.com., type A, SetIdentifier far cannot be created as a non-latency set exists \
           with the same name and type."],
    )
    .await;
    let mut unnamed = weighted("b.example.com", "x", 1, 60);
    unnamed.set_identifier = None;
    let sent = send(&client, &zone, vec![change("CREATE", unnamed)]).await;
    assert!(
        sent.starts_with(
            "InvalidInput: Invalid request: Missing field 'SetIdentifier' in Change with"
        ),
        "{sent}"
    );
}

#[tokio::test(start_paused = true)]
async fn record_sets_are_listed_from_the_right_300_a_page() {
    let (_sandbox, client, zone) = with_zone();
    let changes =
        (0..400).map(|number| create(&format!("n{number:03}.example.com"), "A", &["192.0.2.1"]));
    accept(&client, &zone, changes.collect()).await;
    accept(
        &client,
        &zone,
        vec![create("z.a.example.com", "A", &["192.0.2.1"])],
    )
    .await;
    let first = list(&client, &zone).await;
    assert_eq!(first.resource_record_sets().len(), 300);
    assert_eq!(first.max_items(), 300);
    assert!(first.is_truncated());
    assert_eq!(
        names(&first)[..4],
        [
            "example.com. NS",
            "example.com. SOA",
            "z.a.example.com. A",
            "n000.example.com. A"
        ]
    );
    assert_eq!(first.next_record_name(), Some("n297.example.com."));
    assert_eq!(first.next_record_type(), Some(&RrType::A));
    assert_eq!(first.next_record_identifier(), None);
    let second = client
        .list_resource_record_sets()
        .hosted_zone_id(&zone)
        .set_start_record_name(first.next_record_name)
        .set_start_record_type(first.next_record_type)
        .max_items(1000)
        .send()
        .await
        .expect("a page");
    assert_eq!(names(&second)[0], "n297.example.com. A");
    assert_eq!(second.resource_record_sets().len(), 103);
    assert!(!second.is_truncated());
    let found = client
        .get_hosted_zone()
        .id(&zone)
        .send()
        .await
        .expect("the zone");
    assert_eq!(
        found
            .hosted_zone()
            .and_then(HostedZone::resource_record_set_count),
        Some(403)
    );
}

#[tokio::test(start_paused = true)]
async fn a_list_starts_at_a_name_a_type_and_an_identifier() {
    let (_sandbox, client, zone) = with_zone();
    let changes = vec![
        change("CREATE", weighted("a.example.com", "one", 1, 60)),
        change("CREATE", weighted("a.example.com", "two", 1, 60)),
        create("a.example.com", "TXT", &["\"x\""]),
    ];
    accept(&client, &zone, changes).await;
    let from = |name: Option<&str>, rtype: Option<RrType>, identifier: Option<&str>| {
        client
            .list_resource_record_sets()
            .hosted_zone_id(&zone)
            .set_start_record_name(name.map(str::to_owned))
            .set_start_record_type(rtype)
            .set_start_record_identifier(identifier.map(str::to_owned))
    };
    let a = Some("a.example.com");
    let by_name = from(a, None, None).send().await.expect("a list");
    assert_eq!(names(&by_name).len(), 3);
    let by_type = from(a, Some(RrType::Txt), None)
        .send()
        .await
        .expect("a list");
    assert_eq!(names(&by_type), ["a.example.com. TXT"]);
    let by_identifier = from(a, Some(RrType::A), Some("two"))
        .send()
        .await
        .expect("a list");
    assert_eq!(
        names(&by_identifier),
        ["a.example.com. A two", "a.example.com. TXT"]
    );
    let page = from(a, Some(RrType::A), None)
        .max_items(1)
        .send()
        .await
        .expect("a list");
    assert_eq!(page.next_record_identifier(), Some("two"));
    // A name in front of all others, and one behind.
    let between = from(Some("a-b.example.com"), None, None)
        .send()
        .await
        .expect("a list");
    assert_eq!(names(&between).len(), 3);
    let behind = from(Some("zzz"), None, None).send().await.expect("a list");
    assert!(behind.resource_record_sets().is_empty());
    let type_alone = from(None, Some(RrType::A), None).send().await;
    assert_eq!(error(type_alone), "InvalidInput: The input is not valid");
    assert_eq!(
        code(from(a, None, Some("two")).send().await),
        "InvalidInput"
    );
}

#[tokio::test(start_paused = true)]
async fn zones_have_tags() {
    let (_sandbox, client, zone) = with_zone();
    let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build();
    client
        .change_tags_for_resource()
        .resource_type(TagResourceType::Hostedzone)
        .resource_id(&zone)
        .add_tags(tag("project", "anycompany"))
        .add_tags(tag("owner", "mail"))
        .send()
        .await
        .expect("tags");
    client
        .change_tags_for_resource()
        .resource_type(TagResourceType::Hostedzone)
        .resource_id(&zone)
        .add_tags(tag("project", "other"))
        .remove_tag_keys("owner")
        .send()
        .await
        .expect("tags");
    let one = client
        .list_tags_for_resource()
        .resource_type(TagResourceType::Hostedzone)
        .resource_id(&zone)
        .send()
        .await
        .expect("tags");
    let found = one.resource_tag_set().expect("tags");
    assert_eq!(found.resource_id(), Some(zone.as_str()));
    assert_eq!(found.tags(), [tag("project", "other")]);
    let many = client
        .list_tags_for_resources()
        .resource_type(TagResourceType::Hostedzone)
        .resource_ids(&zone)
        .send()
        .await
        .expect("tags");
    assert_eq!(many.resource_tag_sets().len(), 1);
    let missing = client
        .list_tags_for_resource()
        .resource_type(TagResourceType::Hostedzone)
        .resource_id("Z1")
        .send()
        .await;
    assert_eq!(code(missing), "NoSuchHostedZone");
}

#[tokio::test(start_paused = true)]
async fn comments_change_and_zones_are_not_signed() {
    let (_sandbox, client, zone) = with_zone();
    let updated = client
        .update_hosted_zone_comment()
        .id(&zone)
        .comment("new & improved")
        .send()
        .await
        .expect("the zone");
    let config = updated
        .hosted_zone
        .and_then(|zone| zone.config)
        .expect("a config");
    assert_eq!(config.comment(), Some("new & improved"));
    let dnssec = client
        .get_dnssec()
        .hosted_zone_id(&zone)
        .send()
        .await
        .expect("a status");
    let status = dnssec.status().and_then(|status| status.serve_signature());
    assert_eq!(status, Some("NOT_SIGNING"));
    assert!(dnssec.key_signing_keys().is_empty());
}

#[tokio::test(start_paused = true)]
async fn changes_cost_by_their_number_and_requests_by_the_second() {
    let sandbox = sandbox_with(|_| {});
    let zone = seed(&mut sandbox.world(), ONE, "example.com");
    let client = Client::new(&without_retries(&sandbox, ONE));
    let upserts = |from: usize, count: usize| -> Vec<Change> {
        let names = (from..from + count).map(|number| format!("n{number}.example.com"));
        names
            .map(|name| change("UPSERT", set(&name, "A", 60, &["192.0.2.1"])))
            .collect()
    };
    // 1,500 tokens: an UPSERT costs two.
    accept(&client, &zone, upserts(0, 500)).await;
    accept(&client, &zone, upserts(500, 250)).await;
    assert_eq!(
        send(&client, &zone, upserts(750, 250)).await,
        "Throttling: Rate exceeded"
    );
    wait(&sandbox, 5).await;
    accept(&client, &zone, upserts(750, 250)).await;
    wait(&sandbox, 10).await;
    let lists = (0..60).map(|_| client.get_hosted_zone_count().send());
    let answers = futures::future::join_all(lists).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 50);
}

#[tokio::test(start_paused = true)]
async fn what_was_made_and_deleted_leaves_nothing_in_a_dump() {
    let (sandbox, client, zone) = with_zone();
    let before = sandbox.world().dump();
    accept(
        &client,
        &zone,
        vec![create("a.example.com", "A", &["192.0.2.1"])],
    )
    .await;
    let other = make_zone(&client, "example.net", "1").await;
    assert_ne!(sandbox.world().dump(), before);
    let delete = change("DELETE", set("a.example.com", "A", 300, &["192.0.2.1"]));
    accept(&client, &zone, vec![delete]).await;
    let deleted = client.delete_hosted_zone().id(&other).send().await;
    deleted.expect("deleted");
    assert_eq!(sandbox.world().dump(), before);
}

#[tokio::test(start_paused = true)]
async fn the_limit_of_zones_is_told_with_how_many_there_are() {
    let sandbox = sandbox_with(|world| world.route53.zones_max = Some(7));
    seed(&mut sandbox.world(), ONE, "example.com");
    let client = route53::client(&sandbox, ONE);
    let asked = client
        .get_account_limit()
        .r#type(AccountLimitType::MaxHostedZonesByOwner);
    let answer = asked.send().await.expect("a limit");
    assert_eq!(answer.count(), 1);
    assert_eq!(answer.limit().expect("a limit").value(), 7);
    let unknown = client.get_account_limit().r#type("MAX_RECORDS".into());
    assert_eq!(code(unknown.send().await), "InvalidInput");
}
