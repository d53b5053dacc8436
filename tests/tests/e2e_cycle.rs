//! Every shipped manifest goes round: apply, look, apply, destroy. What was there before is there
//! afterwards, byte for byte.

use tests::place::Place;

/// Other people's things in the zone of `domain`: values in sets that we share, whole sets, a bucket
/// and a distribution.
fn foreign(account: &str, domain: &str) -> String {
    foreign_beside_mx(account, domain).replace(
        "    records:\n",
        &format!(
            "    records:\n      - {{ name: {domain}, type: MX, values: [10 mail.{domain}] }}\n      - {{ name: mail.{domain}, type: A, values: [192.0.2.25] }}\n"
        ),
    )
}

/// The same without an MX, for a manifest that says where mail goes.
fn foreign_beside_mx(account: &str, domain: &str) -> String {
    format!(
        r#"
zones:
  - account: "{account}"
    name: {domain}
    records:
      - {{ name: {domain}, type: TXT, ttl: 600, values: ["site-verification=abc", "another=1"] }}
      - {{ name: www.{domain}, type: A, ttl: 60, values: [192.0.2.1, 192.0.2.2] }}
      - {{ name: _amazonses.{domain}, type: TXT, ttl: 1800, values: [somebody-elses-token] }}
      - {{ name: old._domainkey.{domain}, type: CNAME, values: [old.dkim.example.invalid] }}
buckets: [{{ account: "888888888888", name: somebody-elses, region: eu-west-1 }}]
distributions: [{{ account: "888888888888", aliases: [www.{domain}] }}]
"#
    )
}

/// Whether something in a plan would change.
fn is_empty(place: &Place) -> bool {
    let plan = place
        .run("plan", &["--exit-code", "--json"])
        .exits(0)
        .json();
    let actions = plan["actions"].as_array().expect("actions");
    assert!(
        !actions.is_empty(),
        "a plan of an applied manifest has what is in sync"
    );
    actions.iter().all(|action| action["verb"] == "none")
}

/// Promise 1: "A second plan after apply is empty, whatever the manifest."
/// Promise 3: "What we don't own is never changed and never deleted."
/// Promise 4: "Destroy leaves nothing of ours behind, and says so after looking."
fn goes_round(place: &Place, world_file: &str) {
    place.make_world(Some(world_file));
    let before = place.world().dump();
    place.apply().exits(0).says("Observed again");
    assert_ne!(place.world().dump(), before);
    is_in_sync(place);
    ends(place, &before);
}

/// Nothing is planned, nothing is changed, nothing has drifted.
fn is_in_sync(place: &Place) {
    assert!(is_empty(place));
    place.keep_calls();
    place.apply().exits(0);
    assert!(!place.calls().is_empty(), "it looked");
    assert_eq!(place.changing_calls(), [], "it changed nothing");
    place.run("drift", &[]).exits(0);
}

fn ends(place: &Place, before: &str) {
    // `--yes` alone destroys three domains at most.
    let many = ["--yes", "--domains", "12"];
    let arguments = if place.manifest().ends_with("fleet.yaml") {
        &many[..]
    } else {
        &many[..1]
    };
    place
        .run("destroy", arguments)
        .exits(0)
        .says("Observed again: nothing of ours is left.");
    same(before, &place.world().dump());
    place.destroy().exits(0);
}

/// Both dumps, or the first lines that differ.
#[track_caller]
fn same(before: &str, after: &str) {
    let differs = before
        .lines()
        .zip(after.lines())
        .find(|(before, after)| before != after);
    assert_eq!(differs, None, "{after}");
    assert_eq!(before, after);
}

#[test]
fn example_goes_round() {
    goes_round(
        &Place::of("example"),
        &foreign_beside_mx("111111111111", "example.com"),
    );
}

#[test]
fn two_accounts_one_region_goes_round() {
    let world = foreign("111111111111", "example.com");
    goes_round(&Place::of("two-accounts-one-region"), &world);
}

#[test]
fn two_accounts_two_regions_goes_round() {
    let world = foreign("111111111111", "example.com");
    goes_round(&Place::of("two-accounts-two-regions"), &world);
}

#[test]
fn one_account_two_regions_goes_round() {
    let world = foreign("333333333333", "example.com");
    goes_round(&Place::of("one-account-two-regions"), &world);
}

#[test]
fn fleet_goes_round() {
    goes_round(
        &Place::of("fleet"),
        &foreign_beside_mx("111111111111", "example.org"),
    );
}

#[test]
fn conflicting_values_are_adopted_and_restored() {
    let place = Place::of("example");
    place.edit(
        "    spf: { include:",
        "    adopt: true\n    spf: { include:",
    );
    let world = foreign("111111111111", "example.com").replace(
        "buckets:",
        r#"      - { name: _dmarc.example.com, type: TXT, ttl: 300, values: ["v=DMARC1; p=none"] }
      - { name: _mta-sts.example.com, type: TXT, ttl: 300, values: ["v=STSv1; id=1"] }
      - { name: mta-sts.example.com, type: A, ttl: 60, values: [192.0.2.7] }
      - { name: bimi-assets.example.com, type: CNAME, ttl: 60, values: [old.example.net] }
buckets:"#,
    );
    goes_round(&place, &world);
}

#[test]
fn manual_dns_goes_round_when_a_person_publishes() {
    let place = Place::of("manual-dns");
    place.make_world(None);
    let before = place.world().dump();
    let mut code = place.apply().exits(5).code;
    let mut published = Vec::new();
    let mut rounds = 0;
    while code == 5 {
        rounds += 1;
        assert!(rounds < 5, "{}", place.run("plan", &[]).stdout);
        published = publish(&place);
        code = place.apply().code;
    }
    assert_eq!(code, 0, "{}", place.apply().stderr);
    is_in_sync(&place);
    // Nothing goes away while names still point there.
    place.destroy().exits(5).says("out of the DNS");
    assert_eq!(place.world().world.cloudfront.all().count(), 1);
    place.change_world(|world, now| {
        for (name, rtype) in &published {
            world.dns.unpublish(name, rtype, now).expect("a name");
        }
    });
    ends(&place, &before);
}

/// Publishes what `deploy records` says, as far as it is known, as the operator would; the mail hosts
/// have been there all the time.
fn publish(place: &Place) -> Vec<(String, String)> {
    let records = place.run("records", &["--json"]).json();
    let records = records.as_array().or_else(|| records["records"].as_array());
    let mut records = records.expect("records").clone();
    records.retain(|record| record["round"] == 0);
    let mut published = Vec::new();
    place.change_world(|world, now| {
        for host in ["mx1.example.org", "mx2.example.org"] {
            let published = world.dns.publish(host, "A", &["192.0.2.25"], now);
            published.expect("a name");
        }
        let mut sets = std::collections::BTreeMap::<(String, String), Vec<String>>::new();
        for record in &records {
            let text = |key: &str| record[key].as_str().unwrap_or_default().to_owned();
            let values = match &record["values"] {
                serde_json::Value::Array(values) => values.clone(),
                _ => vec![record["value"].clone()],
            };
            let known = values.iter().filter_map(|value| value.as_str());
            let known = known.filter(|value| !value.contains("known after apply"));
            let set = sets.entry((text("name"), text("type"))).or_default();
            set.extend(known.map(str::to_owned));
        }
        for ((name, rtype), values) in sets {
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            if !values.is_empty() && !name.contains("known after apply") {
                world
                    .dns
                    .publish(&name, &rtype, &values, now)
                    .expect("a name");
                published.push((name, rtype));
            }
        }
    });
    published
}
