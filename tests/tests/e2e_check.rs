//! `deploy check`: any domain, without a manifest and without an account. `deploy report`: all domains
//! of a manifest.

use serde_json::Value;
use tests::place::{Place, Ran};

fn check(place: &Place, arguments: &[&str]) -> Ran {
    let sandbox = ["--sandbox", "--speed", "instant", "--sandbox-of"];
    place.deploy(&[&["check"], arguments, &sandbox, &[place.manifest()]].concat())
}

/// The grade of each standard of the first domain.
fn grades(ran: &Ran) -> Vec<(String, String)> {
    let json = ran.json();
    assert_eq!(json["format"], "deploy.overview");
    let standards = json["domains"][0]["standards"].as_array().expect("a list");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let pair = |one: &Value| (text(&one["standard"]), text(&one["grade"]));
    standards.iter().map(pair).collect()
}

fn grade(ran: &Ran, standard: &str) -> String {
    let found = grades(ran).into_iter().find(|(name, _)| name == standard);
    found.expect("a standard").1
}

/// The example's certificate is for tests, and no receiver trusts it: everything else is in order.
#[test]
fn what_the_example_deployed_is_good() {
    let place = Place::of("example");
    let before = check(&place, &["example.com", "--format", "json"]).exits(0);
    for standard in ["spf", "dmarc", "mta_sts", "tls_rpt", "bimi"] {
        assert_eq!(grade(&before, standard), "absent", "{standard}");
    }
    place.apply().exits(0);
    place.advance("5m");
    let after = check(&place, &["example.com", "--format", "json"]).exits(3);
    for standard in ["dns", "mx", "spf", "dmarc", "tls_rpt"] {
        assert_eq!(
            grade(&after, standard),
            "good",
            "{standard}\n{}",
            after.stdout
        );
    }
    assert_eq!(grade(&after, "mta_sts"), "begun", "{}", after.stdout);
    assert_eq!(grade(&after, "bimi"), "faulty", "{}", after.stdout);
    let steps = after.json()["domains"][0]["steps"].clone();
    assert_eq!(steps[0]["rule"], "VMC-02", "{steps:#}");
}

#[test]
fn the_page_is_one_file_in_each_form() {
    let place = Place::of("example");
    place.apply().exits(0);
    place.advance("5m");
    check(&place, &["example.com"])
        .exits(3)
        .says("To do, the most urgent first:");
    let markdown = check(&place, &["example.com", "--format", "markdown"]).exits(3);
    assert!(markdown.stdout.starts_with("### example.com\n"));
    let html = check(&place, &["example.com", "--format", "html"]).exits(3);
    assert!(html.stdout.starts_with("<!doctype html>\n"));
    assert!(!html.stdout.contains("<script"));
}

#[test]
fn a_domain_that_is_not_there_fails_and_the_others_are_shown() {
    let place = Place::of("example");
    check(&place, &["nothing.example", "example.com"])
        .exits(1)
        .says("DNS has nothing at nothing.example")
        .says("not published");
    check(&place, &["com"]).exits(2);
}

/// Other than for `deploy check`, the keys are known from the manifest, and so is what it accepts.
#[test]
fn a_report_knows_the_manifest() {
    let place = Place::of("example");
    place.apply().exits(0);
    place.advance("5m");
    let report = || {
        let site = place.path().join("site").display().to_string();
        let report = ["report", place.manifest(), "--sandbox"];
        let ran = place.deploy(&[&report[..], &["--speed", "instant", "-o", &site]].concat());
        ran.exits(0).says("index.html about 1 domain");
        let read = |file: &str| place.read(&format!("site/{file}"));
        (read("index.html"), read("domains/example.com.html"))
    };
    let (index, page) = report();
    assert!(!index.contains("grade bad"), "{index}");
    assert!(index.contains("1 domain, none is faulty"), "{index}");
    assert!(page.contains("6 of the 6 keys of SES are good"), "{page}");
    assert!(page.contains("accepted in the manifest"), "{page}");
    assert!(page.contains("the certificate hosts of ACM"), "{page}");
    assert_eq!(page.matches("src=\"data:image/png;base64,").count(), 6);
    assert!(index.contains("Nothing moved without us"), "{index}");

    place.change_world(|world, _| {
        let zone = world.route53.zones_of("111111111111").next();
        let zone = zone.expect("a zone").id.clone();
        let (name, values) = ("_dmarc.example.com", ["\"v=DMARC1; p=none\""]);
        let seeded = world.seed_records(&zone, name, ("TXT", 300), &values);
        seeded.expect("a name");
    });
    let (index, page) = report();
    assert!(index.contains("<td>1 resource</td>"), "{index}");
    assert!(
        page.contains("dmarc@example.com → v=DMARC1; p=none"),
        "{page}"
    );
}
