//! The answers for external observers, by the state of zones and delegations.

use jiff::{SignedDuration, Timestamp};

use super::{Lookup, Record};
use crate::world::World;

const ACCOUNT: &str = "111111111111";

fn noon() -> Timestamp {
    "2026-11-24T12:00:00Z".parse().expect("a timestamp")
}

fn world_with(records: &[(&str, &str, &[&str])]) -> World {
    let mut world = World::default();
    let zone = world
        .seed_zone(ACCOUNT, "example.com", true)
        .expect("a name");
    for (name, rtype, values) in records {
        world
            .seed_records(&zone, name, (rtype, 300), values)
            .expect("a name");
    }
    world
}

fn values(lookup: &Lookup) -> Vec<String> {
    match lookup {
        Lookup::Found { records, .. } => records.iter().map(|r| r.value.clone()).collect(),
        other => vec![format!("{other:?}")],
    }
}

fn check(world: &World, name: &str, rtype: &str, expected: &[&str]) {
    assert_eq!(
        values(&world.resolve(name, rtype, noon())),
        expected,
        "{name} {rtype}"
    );
}

#[test]
fn a_zone_answers_only_when_it_is_delegated_to() {
    let mut world = World::default();
    let zone = world
        .seed_zone(ACCOUNT, "example.com", false)
        .expect("a name");
    world
        .seed_records(&zone, "a.example.com", ("A", 60), &["192.0.2.1"])
        .expect("a name");
    check(&world, "a.example.com", "A", &["NxDomain"]);
    world.delegate_zone(&zone, noon());
    check(&world, "a.example.com", "A", &["192.0.2.1"]);
    world.dns.undelegate("example.com").expect("a name");
    check(&world, "a.example.com", "A", &["NxDomain"]);
}

#[test]
fn of_zones_with_one_name_the_delegated_one_answers() {
    let mut world = world_with(&[("a.example.com", "A", &["192.0.2.1"])]);
    let other = world
        .seed_zone("222222222222", "example.com", false)
        .expect("a name");
    world
        .seed_records(&other, "a.example.com", ("A", 60), &["192.0.2.2"])
        .expect("a name");
    check(&world, "a.example.com", "A", &["192.0.2.1"]);
    world.delegate_zone(&other, noon());
    check(&world, "a.example.com", "A", &["192.0.2.2"]);
}

#[test]
fn a_delegation_to_servers_without_the_zone_fails() {
    let mut world = World::default();
    let servers = ["ns1.elsewhere.example".to_owned()];
    world
        .dns
        .delegate("example.com", &servers, noon())
        .expect("names");
    check(&world, "example.com", "SOA", &["ServFail"]);
}

#[test]
fn names_exist_above_their_records_and_nothing_else_does() {
    let world = world_with(&[("a.b.example.com", "A", &["192.0.2.1"])]);
    check(&world, "b.example.com", "A", &["NoData"]);
    check(&world, "a.b.example.com", "AAAA", &["NoData"]);
    check(&world, "c.example.com", "A", &["NxDomain"]);
    check(&world, "a.a.b.example.com", "A", &["NxDomain"]);
}

#[test]
fn a_wildcard_covers_what_is_not_there() {
    let world = world_with(&[
        ("*.example.com", "TXT", &["\"any\""]),
        ("there.example.com", "A", &["192.0.2.1"]),
    ]);
    check(&world, "a.example.com", "TXT", &["\"any\""]);
    check(&world, "a.b.example.com", "TXT", &["\"any\""]);
    check(&world, "a.example.com", "A", &["NoData"]);
    check(&world, "there.example.com", "TXT", &["NoData"]);
    check(&world, "x.there.example.com", "TXT", &["NxDomain"]);
    let Lookup::Found { records, .. } = world.resolve("A.Example.com.", "txt", noon()) else {
        panic!("the wildcard answers");
    };
    assert_eq!(records[0].name, "a.example.com");
}

#[test]
fn cnames_are_followed_across_zones() {
    let mut world = world_with(&[
        ("www.example.com", "CNAME", &["Web.Example.net."]),
        ("gone.example.com", "CNAME", &["gone.example.net"]),
        ("out.example.com", "CNAME", &["nobody.invalid"]),
    ]);
    world
        .dns
        .publish("web.example.net", "A", &["192.0.2.7"], noon())
        .expect("a name");
    let Lookup::Found { chain, records, .. } = world.resolve("www.example.com", "A", noon()) else {
        panic!("the chain ends in an address");
    };
    let cname = Record {
        name: "www.example.com".to_owned(),
        rtype: "CNAME".to_owned(),
        ttl: 300,
        value: "web.example.net".to_owned(),
    };
    assert_eq!(chain, [cname]);
    assert_eq!(records[0].value, "192.0.2.7");
    check(&world, "www.example.com", "CNAME", &["web.example.net"]);
    check(&world, "www.example.com", "MX", &["NoData"]);
    check(&world, "gone.example.com", "A", &["NxDomain"]);
    check(&world, "out.example.com", "A", &["NxDomain"]);
}

#[test]
fn cnames_that_go_round_fail() {
    let world = world_with(&[
        ("a.example.com", "CNAME", &["b.example.com"]),
        ("b.example.com", "CNAME", &["a.example.com"]),
    ]);
    check(&world, "a.example.com", "A", &["ServFail"]);
}

#[test]
fn ns_records_inside_a_zone_delegate() {
    let mut world = world_with(&[]);
    let parent = world.route53.zones.keys().next().cloned().expect("a zone");
    let child = world
        .seed_zone("222222222222", "mail.example.com", false)
        .expect("a name");
    world
        .seed_records(&child, "a.mail.example.com", ("A", 60), &["192.0.2.9"])
        .expect("a name");
    check(&world, "a.mail.example.com", "A", &["NxDomain"]);
    let servers: Vec<String> = world.route53.zones[&child]
        .name_servers
        .iter()
        .map(ToString::to_string)
        .collect();
    let servers: Vec<&str> = servers.iter().map(String::as_str).collect();
    world
        .seed_records(&parent, "mail.example.com", ("NS", 60), &servers)
        .expect("a name");
    check(&world, "a.mail.example.com", "A", &["192.0.2.9"]);
    world
        .seed_records(
            &parent,
            "mail.example.com",
            ("NS", 60),
            &["ns1.lame.example"],
        )
        .expect("a name");
    check(&world, "a.mail.example.com", "A", &["ServFail"]);
}

#[test]
fn zones_elsewhere_change_at_once_and_txt_is_quoted() {
    let mut world = World::default();
    let long = "v=DKIM1; p=".to_owned() + &"A".repeat(300);
    world
        .dns
        .publish("s._domainkey.example.org", "TXT", &[&long], noon())
        .expect("a name");
    let expected = format!("\"{}\" \"{}\"", &long[..255], &long[255..]);
    check(&world, "s._domainkey.example.org", "TXT", &[&expected]);
    check(&world, "_domainkey.example.org", "TXT", &["NoData"]);
    world
        .dns
        .unpublish("s._domainkey.example.org", "TXT", noon())
        .expect("a name");
    check(&world, "s._domainkey.example.org", "TXT", &["NxDomain"]);
}

#[test]
fn values_are_in_the_presentation_of_zone_files() {
    let world = world_with(&[
        ("example.com", "MX", &["10 MX.Example.net."]),
        ("null.example.com", "MX", &["0 ."]),
        ("t.example.com", "TXT", &[r#""a\100b""c""#]),
        ("example.com", "CAA", &["0 issue   \"amazon.com\""]),
        ("six.example.com", "AAAA", &["2001:0db8:0:0::1"]),
    ]);
    check(&world, "example.com", "MX", &["10 mx.example.net"]);
    check(&world, "null.example.com", "MX", &["0 ."]);
    check(&world, "t.example.com", "TXT", &[r#""a@b" "c""#]);
    check(&world, "example.com", "CAA", &[r#"0 issue "amazon.com""#]);
    check(&world, "six.example.com", "AAAA", &["2001:db8::1"]);
}

#[test]
fn aws_answers_for_its_own_names() {
    let world = World::default();
    check(
        &world,
        "inbound-smtp.eu-west-1.amazonaws.com",
        "A",
        &["127.0.0.1"],
    );
    check(
        &world,
        "feedback-smtp.us-east-1.amazonses.com",
        "MX",
        &["NoData"],
    );
    let spf = values(&world.resolve("amazonses.com", "TXT", noon()));
    assert!(spf[0].starts_with("\"v=spf1 ip4:199.255.192.0/22 "));
    check(&world, "nothing.cloudfront.net", "A", &["NxDomain"]);
}

#[test]
fn services_that_many_domains_include_can_be_resolved() {
    let world = World::default();
    let spf = &["\"v=spf1 ip4:198.51.100.0/24 ~all\""];
    check(&world, "_spf.google.com", "TXT", spf);
    check(&world, "spf.protection.outlook.com", "TXT", spf);
    check(&world, "_spf.google.com", "A", &["NoData"]);
    check(&world, "_spf.example.net", "TXT", &["NxDomain"]);
    // Whoever says what is there is believed.
    let mut other = World::default();
    let nobody = ["\"v=spf1 -all\""];
    let published = other.dns.publish("_spf.google.com", "TXT", &nobody, noon());
    published.expect("a name");
    check(&other, "_spf.google.com", "TXT", &["\"v=spf1 -all\""]);
}

#[test]
fn an_answer_is_as_old_as_its_youngest_part() {
    let mut world = world_with(&[("www.example.com", "CNAME", &["web.example.net"])]);
    let later = noon() + SignedDuration::from_secs(90);
    world
        .dns
        .publish("web.example.net", "A", &["192.0.2.7"], later)
        .expect("a name");
    let Lookup::Found { since, .. } = world.resolve("www.example.com", "A", later) else {
        panic!("there is an address");
    };
    assert_eq!(since, later);
}

#[test]
fn a_world_is_saved_and_read_back() {
    let world = world_with(&[("*.example.com", "TXT", &["\"any\""])]);
    let text = serde_json::to_string(&world).expect("JSON");
    let back: World = serde_json::from_str(&text).expect("a world");
    check(&back, "a.example.com", "TXT", &["\"any\""]);
    assert_eq!(serde_json::to_string(&back).expect("JSON"), text);
}
