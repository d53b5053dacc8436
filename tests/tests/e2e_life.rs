//! The later life of a domain: DNS that moves, resources that domains share, a ledger that was lost,
//! changes by other people in between. At every step the world finds the records that mail depends on.

use jiff::Timestamp;
use sandbox::dns::Lookup;
use sandbox::world::World;
use tests::place::{Moment, Place};

const ACCOUNTS: &str = "project: shop

accounts:
  dns:  { id: \"111111111111\", role: mail-deploy }
  web:  { id: \"222222222222\", role: mail-deploy }
  mail: { id: \"333333333333\", role: mail-deploy }
";

const DNS: &str = "111111111111";
const WEB: &str = "222222222222";

/// Long enough for every resolver to forget a delegation, and a record of five minutes.
const FORGOTTEN: &str = "49h";

fn place(domains: &str) -> Place {
    Place::with(&format!("{ACCOUNTS}\n{domains}"))
}

fn zone(world: &World, account: &str) -> String {
    let zone = world.route53.zones_of(account).next();
    zone.expect("a zone").id.clone()
}

/// The name servers of a zone.
fn servers(world: &World, id: &str) -> Vec<String> {
    let mut zones = [DNS, WEB]
        .into_iter()
        .flat_map(|account| world.route53.zones_of(account));
    let zone = zones.find(|zone| zone.id == id).expect("a zone");
    zone.name_servers
        .iter()
        .map(|server| server.plain().to_ascii_lowercase())
        .collect()
}

/// The answer of a zone, whether the world is led to it or not.
fn in_zone(moment: &Moment, zone: &str, name: &str, rtype: &str) -> Vec<String> {
    let server = servers(&moment.world, zone).remove(0);
    let at = moment.time + jiff::SignedDuration::from_mins(2);
    let mut later = moment.world.clone();
    later.advance(at);
    match later.ask_server(&server, name, rtype, at) {
        Some(Lookup::Found { records, .. }) => {
            records.into_iter().map(|record| record.value).collect()
        }
        _ => Vec::new(),
    }
}

fn resolve(place: &Place, name: &str, rtype: &str) -> Vec<String> {
    place.world().later(120).resolve(name, rtype)
}

/// Puts a record set into a zone, as somebody else does at AWS.
fn put(world: &mut World, zone: &str, name: &str, rtype: &str, value: &str) {
    let put = world.seed_records(zone, name, (rtype, 300), &[value]);
    put.expect("a name");
}

/// Publishes at another provider, and leads the world there.
fn lead_elsewhere(world: &mut World, records: &[(&str, &str, &str)], now: Timestamp) {
    world.dns.undelegate("example.com").expect("a name");
    for (name, rtype, value) in records {
        let published = world.dns.publish(name, rtype, &[value], now);
        published.expect("a name");
    }
}

const PLAIN: &str = "domains:
  example.com:
    dns: { route53: { account: dns } }
    mx: [10 mx1.example.com]
    spf: { all: softfail }
";

const MX: (&str, &str, &str) = ("example.com", "MX", "10 mx1.example.com");
const SPF: (&str, &str, &str) = ("example.com", "TXT", "v=spf1 ~all");
const SPF_TEXT: &str = "\"v=spf1 ~all\"";

#[test]
fn dns_that_becomes_manual_is_emptied_only_when_the_world_reads_it_elsewhere() {
    let place = place(PLAIN);
    place.apply().exits(0);
    place.edit("dns: { route53: { account: dns } }", "dns: manual");
    let plan = place.run("plan", &[]).exits(0);
    plan.says("waits until example.com is delegated elsewhere")
        .says("now it leads to ns-");
    for _ in 0..2 {
        let waits = place.run("apply", &["--yes", "--wait", "1m"]).exits(5);
        waits
            .says("somebody to delegate example.com")
            .says("PLAN-13");
        assert_eq!(resolve(&place, MX.0, MX.1), [MX.2]);
        assert_eq!(resolve(&place, SPF.0, SPF.1), [SPF_TEXT]);
    }
    let old = zone(&place.world().world, DNS);
    place.change_world(|world, now| {
        let host = ("mx1.example.com", "A", "192.0.2.25");
        lead_elsewhere(world, &[MX, SPF, host], now);
    });
    let waits = place.run("apply", &["--yes", "--wait", "1m"]).exits(5);
    waits.says("resolvers to forget the old servers of example.com");
    assert_eq!(in_zone(&place.world(), &old, SPF.0, SPF.1), [SPF_TEXT]);
    place.advance(FORGOTTEN);
    place.run("apply", &["--yes", "--no-verify"]).exits(0);
    let nothing: [&str; 0] = [];
    assert_eq!(in_zone(&place.world(), &old, SPF.0, SPF.1), nothing);
    assert_eq!(in_zone(&place.world(), &old, MX.0, MX.1), nothing);
    assert_eq!(resolve(&place, SPF.0, SPF.1), [SPF_TEXT]);
    place.run("plan", &["--exit-code"]).exits(0);
}

#[test]
fn records_published_by_hand_are_the_same_claims_when_the_program_writes_them() {
    let place = place(&PLAIN.replace("dns: { route53: { account: dns } }", "dns: manual"));
    let world = format!(
        "zones:\n  - {{ account: \"{DNS}\", name: example.com, records: [{{ name: mx1.example.com, type: A, values: [192.0.2.1] }}] }}\n"
    );
    place.make_world(Some(&world));
    place.run("apply", &["--yes", "--wait", "1s"]).exits(5);
    place.change_world(|world, _| {
        let zone = zone(world, DNS);
        put(world, &zone, MX.0, MX.1, MX.2);
        put(world, &zone, SPF.0, SPF.1, SPF_TEXT);
    });
    place.advance("2m");
    place.apply().exits(0);
    place.edit("dns: manual", "dns: { route53: { account: dns } }");
    place
        .run("plan", &[])
        .exits(0)
        .says("it is written in Route 53 from now on");
    let ran = place.apply().exits(0);
    assert!(!ran.stdout.contains("take out"), "{}", ran.stdout);
    place.run("plan", &["--exit-code"]).exits(0);
    assert_eq!(resolve(&place, SPF.0, SPF.1), [SPF_TEXT]);
    // They were published for us, so they are ours, whoever wrote them.
    place.destroy().exits(0).says("nothing of ours is left");
    let nothing: [&str; 0] = [];
    assert_eq!(resolve(&place, MX.0, MX.1), nothing);
}

const TWO_ZONES: &str = "zones:
  - account: \"111111111111\"
    name: example.com
    records:
      - { name: example.com, type: MX, values: [10 mx1.example.com] }
      - { name: mx1.example.com, type: A, values: [192.0.2.1] }
  - { account: \"222222222222\", name: example.com, delegated: false, records: [{ name: example.com, type: MX, values: [10 mx1.example.com] }, { name: mx1.example.com, type: A, values: [192.0.2.1] }] }
";

/// Moves the DNS from the zone `old` to the zone `new`, minute by minute. `edit` changes the
/// manifest.
fn moves(place: &Place, (old, new): (&str, &str), edit: impl FnOnce(&Place)) {
    let name = "_dmarc.example.com";
    let dmarc = in_zone(&place.world(), old, name, "TXT");
    assert_eq!(dmarc.len(), 1);
    edit(place);
    place
        .run("plan", &[])
        .exits(0)
        .says("waits until example.com is delegated to ns-");
    for _ in 0..2 {
        // Filled, and not emptied: the world still reads the old zone.
        let ran = place.run("apply", &["--yes", "--no-verify"]).exits(5);
        ran.says("somebody to delegate example.com to ns-")
            .says("now it leads to ns-");
        assert_eq!(in_zone(&place.world(), old, name, "TXT"), dmarc);
        assert_eq!(in_zone(&place.world(), new, name, "TXT").len(), 1);
    }
    place.change_world(|world, now| world.delegate_zone(new, now));
    let ran = place.run("apply", &["--yes", "--no-verify"]).exits(5);
    ran.says("resolvers to forget the old servers of example.com");
    assert_eq!(in_zone(&place.world(), old, name, "TXT"), dmarc);
    place.advance(FORGOTTEN);
    place.apply().exits(0);
    let nothing: [&str; 0] = [];
    assert_eq!(in_zone(&place.world(), old, name, "TXT"), nothing);
    assert_eq!(resolve(place, name, "TXT").len(), 1);
    place.run("plan", &["--exit-code"]).exits(0);
    place.destroy().exits(0).says("nothing of ours is left");
}

const POLICIES: &str = "domains:
  example.com:
    dns: { route53: { account: dns } }
    dmarc: { p: none, rua: [\"mailto:dmarc@example.com\"] }
    spf: { all: softfail }
";

/// DNS that moves from one account to another, where `edit` also changes something else.
fn moves_between_accounts(edit: fn(&Place)) {
    let place = place(POLICIES);
    place.make_world(Some(TWO_ZONES));
    place.apply().exits(0);
    let world = place.world().world;
    let zones = (zone(&world, DNS), zone(&world, WEB));
    moves(&place, (&zones.0, &zones.1), |place| {
        place.edit("account: dns }", "account: web }");
        edit(place);
    });
}

#[test]
fn dns_that_moves_to_another_account_is_filled_there_and_emptied_last() {
    moves_between_accounts(|_| {});
}

/// The old zone keeps its value for those who still read it, also where the new one has another.
#[test]
fn dns_that_moves_while_its_values_change_is_emptied_last() {
    moves_between_accounts(|place| place.edit("dmarc@example.com", "reports@example.com"));
}

#[test]
fn dns_that_moves_to_another_zone_of_its_account_is_emptied_last() {
    let place = place(POLICIES);
    place.make_world(Some(&TWO_ZONES.replace(WEB, DNS)));
    let world = place.world().world;
    let delegated = world.delegation("example.com", place.world().time);
    let is_read = |id: &&String| {
        let servers = servers(&world, id);
        servers.iter().any(|server| delegated.contains(server))
    };
    let ids: Vec<String> = world
        .route53
        .zones_of(DNS)
        .map(|zone| zone.id.clone())
        .collect();
    let (old, new): (Vec<&String>, Vec<&String>) = ids.iter().partition(is_read);
    place.edit(
        "account: dns }",
        &format!("account: dns, zone: {} }}", old[0]),
    );
    place.apply().exits(0);
    moves(&place, (old[0], new[0]), |place| {
        place.edit(&format!("zone: {}", old[0]), &format!("zone: {}", new[0]));
    });
}

const SHARING: &str = "defaults:
  dns: { route53: { account: dns } }
  ses: [{ account: mail, region: eu-west-1, configuration_set: { name: main, tls: require } }]

domains:
  example.com:
  example.net:
";

fn sets(place: &Place) -> String {
    let dump = place.world().owned();
    dump["ses"]["places"]["333333333333/eu-west-1"]["sets"].to_string()
}

/// The document of the set, from its file in the folder.
fn shared(place: &Place) -> String {
    let name = "ses_configuration_set-mail.eu-west-1.main.jsonl";
    place.read(&format!("deploy/.deploy/sandbox/shop/shared/{name}"))
}

#[test]
fn a_configuration_set_that_two_domains_hold_goes_with_the_last_of_them() {
    let place = place(SHARING).in_folder();
    place.run("apply", &["--yes", "--no-verify"]).exits(0);
    place.run("plan", &["--exit-code"]).exits(0);
    let holders = r#""holders":["example.com","example.net"]"#;
    assert!(shared(&place).contains(holders), "{}", shared(&place));
    let first = place.run("destroy", &["--yes", "--target", "example.com"]);
    first
        .exits(0)
        .says("example.net still holds it, example.com no longer");
    assert!(sets(&place).contains("main"), "{}", sets(&place));
    assert!(!shared(&place).contains("example.com"));
    place
        .run("plan", &["--exit-code", "--target", "example.net"])
        .exits(0);
    place.destroy().exits(0).says("nothing of ours is left");
    assert!(!sets(&place).contains("main"), "{}", sets(&place));
}

#[test]
fn a_domain_joins_a_configuration_set_and_another_leaves_it() {
    let place = place(&SHARING.replace("  example.net:\n", "")).in_folder();
    place.run("apply", &["--yes", "--no-verify"]).exits(0);
    place.edit("  example.com:\n", "  example.com:\n  example.org:\n");
    place.make_world(None);
    place.change_world(|world, _| {
        world.seed_zone(DNS, "example.org", true).expect("a name");
    });
    let joins = place.run("apply", &["--yes", "--no-verify"]).exits(0);
    joins.says("is held by example.org from now on");
    place.run("plan", &["--exit-code"]).exits(0);
    place.edit("  example.com:\n", "");
    place.run("apply", &["--yes", "--no-verify"]).exits(0);
    place.run("plan", &["--exit-code"]).exits(0);
    assert!(sets(&place).contains("main"), "{}", sets(&place));
    assert!(!shared(&place).contains("example.com"));
}

const HOSTED: &str = "domains:
  example.com:
    dns: { route53: { account: dns } }
    hosting: { account: web, region: eu-west-1 }
    mx: [10 mx1.example.com]
    mta_sts: { mode: testing }
    tls_rpt: { rua: [\"mailto:tlsrpt@example.com\"] }
";

/// Promise 11: nothing is called in sync, and nothing gone, without a record to compare with.
#[test]
fn without_a_ledger_nothing_is_in_sync_and_nothing_is_destroyed() {
    let place = place(HOSTED);
    let fresh = place.run("drift", &[]).exits(1);
    assert!(!fresh.stdout.contains("In sync"), "{}", fresh.stdout);
    place.apply().exits(0);
    place.run("drift", &[]).exits(0);
    let before = place.world().dump();
    place.lose_ledger();
    place
        .run("drift", &[])
        .exits(1)
        .says("nothing to compare with");
    let json = place.run("drift", &["--json"]).exits(1).json();
    assert_eq!(json["in_sync"], false);
    let ran = place.destroy().exits(4);
    let ran = ran.says("cloudfront_distribution/example.com/assets");
    let ran = ran
        .says("origin unknown")
        .says("example.com MX 10 mx1.example.com");
    let ran = ran.says("deploy adopt --ledger");
    assert!(
        !ran.stderr.contains("nothing of ours is left"),
        "{}",
        ran.stderr
    );
    assert_eq!(place.world().dump(), before);
}

#[test]
fn what_carries_nothing_of_ours_has_an_unknown_origin_after_the_ledger_was_lost() {
    // In rough weather ACM shows no validation record of a name that it has validated (R-56): then nobody
    // knows any more which record is ours.
    let place = place(HOSTED).in_calm();
    place.apply().exits(0);
    place.lose_ledger();
    place.apply().exits(0);
    let ran = place.destroy().exits(0).says("Left, origin unknown");
    let ran = ran
        .says("example.com MX 10 mx1.example.com")
        .says("_smtp._tls.example.com TXT");
    assert!(
        !ran.stderr.contains("nothing of ours is left"),
        "{}",
        ran.stderr
    );
    assert_eq!(resolve(&place, MX.0, MX.1), [MX.2]);
    let nothing: [&str; 0] = [];
    for (name, rtype) in [
        ("mta-sts.example.com", "A"),
        ("_mta-sts.example.com", "TXT"),
    ] {
        assert_eq!(resolve(&place, name, rtype), nothing, "{name}");
    }
    let world = place.world().world;
    assert_eq!(world.cloudfront.all().count(), 0);
    let certificates = world.acm.certificates.values().flatten();
    assert_eq!(certificates.count(), 0);
    // Also a second destroy, whose ledger is empty, does not say that nothing is left.
    let again = place.destroy().exits(0).says("origin unknown");
    assert!(!again.stderr.contains("nothing of ours is left"));
}

#[test]
fn the_tokens_of_our_identity_are_ours_after_the_ledger_was_lost() {
    let place = Place::of("two-accounts-one-region");
    place.apply().exits(0);
    place.lose_ledger();
    place.apply().exits(0);
    place.destroy();
    let dump = place.world().later(120).dump();
    assert!(!dump.contains("dkim.amazonses.com"), "{dump}");
}

const ADOPTING: &str = "domains:
  example.com:
    dns: { route53: { account: dns } }
    adopt: true
    spf: { include: [amazonses.com], all: softfail }
    dmarc: { p: none }
";

/// Applies over former policies, lets somebody write another one over ours, and destroys.
fn restored(name: &str, (former, others): (&str, &str)) {
    let place = place(ADOPTING);
    let world = format!(
        "zones:\n  - account: \"{DNS}\"\n    name: example.com\n    records:\n      - {{ name: {name}, type: TXT, values: [\"{former}\"] }}\n"
    );
    place.make_world(Some(&world));
    place.run("apply", &["--yes", "--no-verify"]).exits(0);
    place.change_world(|world, _| {
        let zone = zone(world, DNS);
        put(world, &zone, name, "TXT", &format!("\"{others}\""));
    });
    place
        .destroy()
        .exits(0)
        .says("not put back")
        .says(former)
        .says(others);
    assert_eq!(resolve(&place, name, "TXT"), [format!("\"{others}\"")]);
}

#[test]
fn a_former_spf_is_not_put_back_beside_another() {
    let former = "v=spf1 include:_spf.google.com -all";
    let others = "v=spf1 include:amazonses.com ip4:192.0.2.7 ~all";
    restored("example.com", (former, others));
}

#[test]
fn a_former_dmarc_record_is_not_put_back_beside_another() {
    let others = "v=DMARC1; p=quarantine";
    restored("_dmarc.example.com", ("v=DMARC1; p=reject", others));
}

/// The name of the one distribution.
fn distribution(place: &Place) -> String {
    let world = place.world().world;
    let one = world.cloudfront.all().next();
    one.expect("a distribution").domain_name.clone()
}

#[test]
fn a_distribution_that_a_name_still_leads_to_is_not_deleted() {
    let place = place(HOSTED);
    place.apply().exits(0);
    let target = distribution(&place);
    let name = "mta-sts.example.com";
    place.change_world(|world, _| {
        let zone = zone(world, DNS);
        for rtype in ["A", "AAAA"] {
            world.lose_records(&zone, name, rtype).expect("a name");
        }
        put(world, &zone, name, "CNAME", &target);
    });
    let before = place.world().dump();
    let ran = place.destroy().exits(4).says("PLAN-14");
    ran.says(&format!("`{name}` CNAME leads to {target}"));
    assert_eq!(place.world().dump(), before);
    place.change_world(|world, _| {
        let zone = zone(world, DNS);
        world.lose_records(&zone, name, "CNAME").expect("a name");
    });
    place.destroy().exits(0).says("nothing of ours is left");
    assert_eq!(place.world().world.cloudfront.all().count(), 0);
}

/// A name that the manifest knows nothing of.
#[test]
fn a_distribution_that_another_name_leads_to_is_not_deleted() {
    let place = place(HOSTED);
    place.apply().exits(0);
    let target = distribution(&place);
    place.change_world(|world, _| {
        let zone = zone(world, DNS);
        put(world, &zone, "policy.example.com", "CNAME", &target);
    });
    let ran = place.destroy().exits(4).says("PLAN-14");
    ran.says(&format!("`policy.example.com` CNAME leads to {target}"));
    assert_eq!(place.world().world.cloudfront.all().count(), 1);
}
