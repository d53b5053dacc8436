//! Every rule of the live domain, and a world that is broken in that one way.

use std::collections::BTreeSet;
use std::time::Duration;

use model::Unseen;
use model::rules::{self, Phase};

use super::world::{CERTIFICATE_URL, LOGO_URL, POLICY, POLICY_URL, name};
use super::{Stage, broken};
use model::Readiness;

type Break = fn(&mut Stage);

/// A rule, and what breaks it and nothing else.
const BROKEN: &[(&str, Break)] = &[
    ("STS-R06", |stage| {
        stage.world.set("_mta-sts.example.com", "TXT", &[]);
    }),
    ("STS-P13", |stage| {
        stage.world.add("example.com", "MX", "20 mx2.example.com");
        stage.world.set("mx2.example.com", "A", &["192.0.2.27"]);
        let shown = stage.world.mail_hosts["mx1.example.com"].clone();
        stage
            .world
            .mail_hosts
            .insert("mx2.example.com".to_owned(), shown);
    }),
    ("STS-P16", |stage| {
        let plain = Err(Unseen::NoTls("no STARTTLS".to_owned()));
        stage
            .world
            .mail_hosts
            .insert("mx1.example.com".to_owned(), plain);
    }),
    ("STS-H01", |stage| stage.world.page(POLICY_URL).status = 404),
    ("STS-H02", |stage| stage.world.page(POLICY_URL).status = 301),
    ("STS-H03", |stage| {
        let expired = Unseen::Certificate("it has expired".to_owned());
        stage.world.no_page(POLICY_URL, expired);
    }),
    ("STS-H04", |stage| {
        header(stage, "content-type", "text/html");
    }),
    ("STS-H05", |stage| {
        for rtype in ["A", "AAAA"] {
            let host = ("mta-sts.example.com".to_owned(), rtype.to_owned());
            stage.world.records.remove(&host);
        }
        let records = &mut stage.expected.records;
        records.retain(|record| record.name != name("mta-sts.example.com"));
        stage.publish("mta-sts.example.com", "CNAME", "provider.example");
        stage.world.set("provider.example", "A", &["192.0.2.7"]);
        let other = Unseen::OtherName("provider.example".to_owned());
        stage.world.no_page(POLICY_URL, other);
    }),
    ("STS-H06", |stage| {
        stage.world.page(POLICY_URL).took = Some(Duration::from_secs(8));
    }),
    ("STS-H07", |stage| {
        header(stage, "cache-control", "max-age=3600");
    }),
    ("STS-H08", |stage| {
        let body = POLICY.replace("604800", "604801");
        stage.world.page(POLICY_URL).body = body.into();
    }),
    ("STS-H09", |stage| {
        stage
            .world
            .no_page(POLICY_URL, Unseen::NoTls("unrecognized name".to_owned()));
    }),
    ("STS-H11", |stage| {
        let validity = stage.expected.certificates[0].validity.as_mut();
        let soon = "2026-12-03T00:00:00Z".parse().expect("a time");
        validity.expect("an issued certificate").not_after = soon;
    }),
    ("RPT-07", |stage| {
        let value = "v=TLSRPTv1; rua=mailto:a@example.com";
        stage.world.add("_smtp._tls.example.com", "TXT", value);
    }),
    ("RPT-10", |stage| {
        let value = "v=TLSRPTv1; rua=https://reports.example.net/tls";
        stage.publish("_smtp._tls.example.com", "TXT", value);
        let media_type = |form: &str| format!("application/tlsrpt+{form}");
        stage.world.posts.insert(media_type("gzip"), 201);
        stage.world.posts.insert(media_type("json"), 415);
    }),
    ("SPF-02", |stage| {
        stage.world.add("example.com", "TXT", "v=spf1 -all");
    }),
    ("DKIM-02", |stage| {
        stage.world.set("token.dkim.amazonses.com", "TXT", &[]);
    }),
    ("DMARC-03", |stage| {
        let other = "v=DMARC1; p=reject; rua=mailto:dmarc@example.com";
        stage.world.set("_dmarc.example.com", "TXT", &[other]);
    }),
    ("BIMI-R12", |stage| {
        stage
            .world
            .add("default._bimi.example.com", "TXT", "v=BIMI1; l=; a=;");
    }),
    ("BIMI-X08", |stage| stage.world.page(LOGO_URL).status = 403),
    ("BIMI-X09", |stage| {
        stage.world.page(CERTIFICATE_URL).status = 302;
    }),
    ("BIMI-X10", |stage| {
        let headers = &mut stage.world.page(LOGO_URL).headers;
        headers.insert("content-type".to_owned(), "text/plain".to_owned());
    }),
    ("VMC-10", |stage| {
        stage.options.now = "2026-10-01T00:00:00Z".parse().expect("a time");
    }),
    ("VMC-21", |stage| {
        stage.world.page(CERTIFICATE_URL).body.push(b'\n');
    }),
    ("DANE-01", |stage| {
        stage.world.set("example.com", "NS", &["ns-1.example.net"]);
        stage.world.sign();
        let owner = "_25._tcp.mx1.example.com";
        stage.world.set(owner, "TLSA", &["3 1 1 00"]);
        stage
            .world
            .chains
            .insert("mx1.example.com".to_owned(), Vec::new());
    }),
    ("SES-13", |stage| {
        stage
            .world
            .set("mail1.example.com", "MX", &["10 mx1.example.com"]);
    }),
    ("SES-14", |stage| {
        stage.publish("mail1.example.com", "TXT", "v=spf1 ip4:192.0.2.0/24 ~all");
    }),
    ("SES-23", |stage| {
        let part = &mut stage.expected.instances[0].parts[0];
        part.readiness = Some(Readiness::Failed("DKIM has failed".to_owned()));
    }),
    ("SES-33", |stage| {
        stage.publish("click.example.com", "CNAME", "r.eu-west-1.awstrack.me");
        stage
            .world
            .set("r.eu-west-1.awstrack.me", "A", &["192.0.2.41"]);
    }),
    ("RCV-06", |stage| {
        super::web::refuse(stage, "2026-10-31T23:59:59Z");
    }),
    ("RCV-04", |stage| {
        stage.publish("example.com", "TXT", "v=spf1 ip4:192.0.2.80 ~all");
    }),
    ("LIVE-01", |stage| {
        stage.world.set("mta-sts.example.com", "AAAA", &[]);
    }),
    ("LIVE-02", |stage| stage.world.servfail("example.com", "MX")),
    ("LIVE-03", |stage| {
        // Without a mark certificate, whose logo would differ too.
        stage.expected.marks[0].certificate = None;
        stage.world.page(LOGO_URL).body.push(b'\n');
    }),
    ("LIVE-04", |stage| {
        for rtype in ["A", "AAAA"] {
            stage.world.set("bimi-assets.example.com", rtype, &[]);
        }
    }),
    ("LIVE-06", |stage| {
        let ds = format!("12345 13 2 {}", "00".repeat(32));
        stage.world.set("example.com", "DS", &[ds.as_str()]);
    }),
];

/// Rules of phase V that no live domain can break, and who keeps them.
const KEPT_ELSEWHERE: &[(&str, &str)] = &[("SES-24", "the quota scheduler of `aws`")];

fn header(stage: &mut Stage, field: &str, value: &str) {
    let headers = &mut stage.world.page(POLICY_URL).headers;
    headers.insert(field.to_owned(), value.to_owned());
}

#[tokio::test]
async fn a_world_that_is_broken_in_one_way_breaks_one_rule() {
    for (rule, change) in BROKEN {
        assert_eq!(broken(change).await, [*rule]);
    }
}

#[test]
fn every_rule_of_the_live_domain_has_its_broken_world() {
    let all = rules::all().filter(|rule| rule.phases.contains(&Phase::Live));
    let live: BTreeSet<&str> = all.map(|rule| rule.id).collect();
    let shown = BROKEN.iter().map(|(rule, _)| *rule);
    let shown: BTreeSet<&str> = shown
        .chain(KEPT_ELSEWHERE.iter().map(|one| one.0))
        .collect();
    assert_eq!(live, shown);
}
