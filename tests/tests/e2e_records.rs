//! The rounds of `deploy records`: whoever publishes the records of the first round, and no other, never
//! breaks mail.

use serde_json::Value;
use tests::place::{Moment, Place};

const VERIFIED: &str = "SES has verified example.org in eu-west-1 of mail";
const DEPLOYED: &str =
    "CloudFront has deployed the distribution of bimi-assets.example.org and mta-sts.example.org";
const MX_HOSTS: [&str; 2] = ["mx1.example.org", "mx2.example.org"];

/// The records that are to be published after what is in `after`, by type and name.
fn round(records: &Value, after: &[&str]) -> Vec<String> {
    let rounds = records["rounds"].as_array().expect("rounds").iter();
    let mut rounds = rounds.map(|round| round["after"].as_array().expect("conditions"));
    let Some(number) = rounds.position(|round| round == after) else {
        return Vec::new();
    };
    let records = records["records"].as_array().expect("records").iter();
    let records = records.filter(|record| record["round"] == number);
    records
        .map(|record| format!("{} {}", text(record, "type"), text(record, "name")))
        .collect()
}

fn text<'a>(record: &'a Value, key: &str) -> &'a str {
    record[key].as_str().expect("a text")
}

fn records(place: &Place) -> Value {
    place.run("records", &["--json"]).exits(0).json()
}

/// Publishes the first round, as the operator would.
fn publish(place: &Place, records: &Value) {
    let records = records["records"].as_array().expect("records").clone();
    place.change_world(|world, now| {
        for host in MX_HOSTS {
            let published = world.dns.publish(host, "A", &["192.0.2.25"], now);
            published.expect("a name");
        }
        for record in records.iter().filter(|record| record["round"] == 0) {
            let values = record["values"].as_array().expect("values").iter();
            let values: Vec<&str> = values
                .map(|value| value.as_str().expect("a text"))
                .collect();
            let (name, rtype) = (text(record, "name"), text(record, "type"));
            world
                .dns
                .publish(name, rtype, &values, now)
                .expect("a name");
        }
    });
}

/// Nobody who keeps to the standards is told to refuse what passes, or led to what is not there.
fn is_safe(moment: &mut Moment) {
    let published = |moment: &Moment, name: &str| !moment.resolve(name, "TXT").is_empty();
    if published(moment, "_dmarc.example.org") {
        let dump = moment.owned();
        let identity =
            &dump["ses"]["places"]["333333333333/eu-west-1"]["identities"]["example.org"];
        assert_eq!(identity["dkim"]["check"]["status"], "Success", "{identity}");
    }
    if published(moment, "_mta-sts.example.org") {
        let policy = moment.fetch("mta-sts.example.org", "/.well-known/mta-sts.txt");
        assert!(policy.is_ok(), "{policy:?}");
    }
    if published(moment, "default._bimi.example.org") {
        assert!(published(moment, "_dmarc.example.org"));
        let logo = moment.fetch("bimi-assets.example.org", "/logo.svg");
        assert!(logo.is_ok(), "{logo:?}");
    }
}

/// The world when it was published, and all its changes have arrived.
fn arrived(place: &Place) -> Moment {
    place.world().later(0)
}

#[test]
fn the_first_round_alone_never_breaks_mail() {
    let place = Place::of("manual-dns").in_calm();
    place.make_world(None);
    // Before the first apply nothing is at AWS: what leads there is not known, or waits.
    let first = records(&place);
    let now = round(&first, &[]);
    assert!(now.contains(&"TXT example.org".to_owned()), "{now:?}");
    assert!(!now.iter().any(|one| one.contains("_dmarc")), "{now:?}");
    assert_eq!(round(&first, &[VERIFIED]), ["TXT _dmarc.example.org"]);
    let mut code = place.apply().exits(5).code;
    let mut published = Vec::new();
    while code == 5 {
        assert!(published.len() < 5, "{}", place.run("plan", &[]).stdout);
        let records = records(&place);
        publish(&place, &records);
        is_safe(&mut arrived(&place));
        let seen = place.run("verify", &["--json"]).code;
        assert!(seen == 0 || seen == 5, "verify has findings");
        published.push(records);
        code = place.apply().code;
    }
    assert_eq!(code, 0);
    is_safe(&mut arrived(&place));
    // What waited in one run is free in the next.
    let dmarc = "TXT _dmarc.example.org".to_owned();
    assert_eq!(
        round(&published[0], &[VERIFIED]),
        std::slice::from_ref(&dmarc)
    );
    assert!(
        round(&published[1], &[]).contains(&dmarc),
        "{}",
        published[1]
    );
    let last = published.last().expect("a round");
    let waited = ["TXT default._bimi.example.org", "TXT _mta-sts.example.org"];
    let now = round(last, &[]);
    assert!(
        waited.iter().all(|one| now.iter().any(|now| now == one)),
        "{now:?}"
    );
    let all = records(&place);
    assert_eq!(all["rounds"], serde_json::json!([{ "after": [] }]));
}

/// A policy gets stricter together with a new sender: what stands stays until that one is verified.
#[test]
fn what_stands_is_not_told_to_go_before_its_time() {
    let place = Place::of("manual-dns").in_calm();
    place.edit("    bimi: { logo: ../assets/logo.svg }\n", "");
    place.edit("dmarc: { p: quarantine", "dmarc: { p: none");
    place.apply().exits(5);
    publish(&place, &records(&place));
    place.edit("dmarc: { p: none", "dmarc: { p: quarantine");
    place.edit(
        "    ses:\n",
        "    ses:\n      - { account: mail, region: us-east-1, mail_from: other }\n",
    );
    let bind = place.run("records", &["--format", "bind"]).exits(0);
    let verified = "SES has verified example.org in us-east-1 of mail";
    let stays = format!("; _dmarc.example.org TXT stays as it is until {verified}");
    let live =
        "\n_dmarc.example.org. 3600 IN TXT \"v=DMARC1; p=none; rua=mailto:dmarc@example.org\"";
    let later = "\n; _dmarc.example.org. 3600 IN TXT \"v=DMARC1; p=quarantine;";
    bind.says(&stays).says(live).says(later);
    let missing = place.run("records", &["--missing"]).exits(0).stdout;
    assert!(!missing.contains("p=none"), "{missing}");
}

/// Apply writes the records of a zone in Route 53; for whoever takes them elsewhere, they have the same
/// rounds.
#[test]
fn records_of_route_53_have_rounds_until_they_are_applied() {
    let place = Place::of("example").in_calm();
    place.make_world(None);
    let first = records(&place);
    let dmarc = [
        "SES has verified example.com in us-east-1 of marketing",
        "SES has verified example.com in eu-west-1 of operations",
    ];
    assert_eq!(round(&first, &dmarc), ["TXT _dmarc.example.com"]);
    place.apply().exits(0);
    let all = records(&place);
    assert_eq!(all["rounds"], serde_json::json!([{ "after": [] }]));
    let now = round(&all, &[]);
    assert!(
        now.contains(&"TXT _mta-sts.example.com".to_owned()),
        "{now:?}"
    );
}

/// A name that leads to a distribution waits until there is one.
#[test]
fn names_wait_for_what_they_lead_to() {
    let place = Place::of("manual-dns").in_calm();
    place.apply().exits(5);
    let table = place.run("records", &[]).exits(0);
    table
        .says("Publish now")
        .says(&format!("Publish after {VERIFIED}"));
    let first = records(&place);
    let deployed = serde_json::json!({ "after": [DEPLOYED] });
    let rounds = first["rounds"].as_array().expect("rounds");
    assert!(rounds.contains(&deployed), "{first}");
    publish(&place, &first);
    place.apply().exits(5);
    let records = records(&place);
    let leads = ["CNAME bimi-assets.example.org", "CNAME mta-sts.example.org"];
    let now = round(&records, &[]);
    assert!(
        leads.iter().all(|one| now.iter().any(|now| now == one)),
        "{now:?}"
    );
    let rounds = records["rounds"].as_array().expect("rounds");
    assert!(!rounds.contains(&deployed), "{records}");
}

/// An identity signs until it is deleted: the note must not name a condition that holds already.
#[test]
fn keys_stay_until_what_signs_with_them_is_gone() {
    let place = Place::of("manual-dns").in_calm();
    let mut code = place.apply().exits(5).code;
    for _ in 0..5 {
        publish(&place, &records(&place));
        code = place.apply().code;
        if code == 0 {
            break;
        }
    }
    assert_eq!(code, 0);
    place.edit(
        "    ses:\n      - { account: mail, region: eu-west-1, mail_from: bounce }\n",
        "",
    );
    let bind = place.run("records", &["--format", "bind"]).exits(0);
    let bind = bind.says("stays as it is until this is applied: delete ses_identity/example.org/");
    assert!(!bind.stdout.contains(VERIFIED), "{}", bind.stdout);
    // Whoever withdraws everything takes out what others still wait for, too.
    let withdraw = [
        "sandbox",
        "withdraw",
        place.manifest(),
        "--speed",
        "instant",
    ];
    place.deploy(&withdraw).exits(0);
    let moment = arrived(&place);
    assert!(moment.resolve("bounce.example.org", "MX").is_empty());
}
