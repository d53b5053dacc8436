//! Broken in DNS.

use std::time::Duration;

use jiff::Timestamp;
use model::Unseen;

use super::world::{KEY, name, now};
use super::{Stage, broken};
use model::check::{CheckOutcome, Verdict};

#[tokio::test]
async fn dns_08_the_world_is_sent_elsewhere() {
    let elsewhere = |stage: &mut Stage| {
        stage.world.delegation = Ok(vec!["ns.registrar.example".to_owned()]);
    };
    assert_eq!(broken(elsewhere).await, ["DNS-08"]);
    let nobody = |stage: &mut Stage| stage.world.delegation = Ok(Vec::new());
    assert_eq!(broken(nobody).await, ["DNS-08"]);
    let lame = |stage: &mut Stage| {
        stage.world.lame.insert("ns-2.example.net".to_owned());
    };
    assert_eq!(broken(lame).await, ["DNS-08"]);
}

#[tokio::test]
async fn dns_12_a_signed_zone_does_not_validate() {
    let bogus = |stage: &mut Stage| {
        stage.world.sign();
        stage.world.servfail("example.com", "SOA");
    };
    assert_eq!(broken(bogus).await, ["DNS-12"]);
    assert!(broken(|stage| stage.world.sign()).await.is_empty());
}

#[tokio::test]
async fn live_06_the_parent_names_another_key() {
    let other = |stage: &mut Stage| {
        stage.world.sign();
        let digest = "00".repeat(32);
        let other = format!("12345 13 2 {digest}");
        stage.world.set("example.com", "DS", &[other.as_str()]);
    };
    assert_eq!(broken(other).await, ["LIVE-06"]);
    // The resolver validates, and answers nothing.
    let bogus = |stage: &mut Stage| {
        other(stage);
        stage.world.servfail("example.com", "SOA");
    };
    assert_eq!(broken(bogus).await, ["LIVE-06"]);
    let unsigned = |stage: &mut Stage| {
        stage.world.sign();
        stage.world.set("example.com", "DNSKEY", &[]);
    };
    assert_eq!(broken(unsigned).await, ["LIVE-06"]);
    // A domain whose DNS is elsewhere.
    let by_hand = |stage: &mut Stage| {
        other(stage);
        stage.expected.zone = None;
    };
    assert_eq!(broken(by_hand).await, ["LIVE-06"]);
}

#[tokio::test]
async fn live_02_nobody_answers() {
    for (name, rtype) in [
        ("_mta-sts.example.com", "TXT"),
        ("bimi-assets.example.com", "AAAA"),
        ("example.com", "MX"),
        ("amazonses.com", "TXT"),
    ] {
        let failing = |stage: &mut Stage| stage.world.servfail(name, rtype);
        assert_eq!(broken(failing).await, ["LIVE-02"], "{name} {rtype}");
    }
    let unreachable = |stage: &mut Stage| {
        stage.world.delegation = Err(Unseen::NoAnswer("no answer in 10 seconds".to_owned()));
    };
    assert_eq!(broken(unreachable).await, ["LIVE-02"]);
}

#[tokio::test]
async fn live_02_aliases_lead_in_a_circle() {
    let circle = |stage: &mut Stage| {
        let world = &mut stage.world;
        world
            .records
            .remove(&("bimi-assets.example.com".into(), "A".into()));
        world.set("bimi-assets.example.com", "CNAME", &["b.example.com"]);
        world.set("b.example.com", "CNAME", &["bimi-assets.example.com"]);
    };
    assert_eq!(broken(circle).await, ["LIVE-02"]);
}

#[tokio::test]
async fn a_planned_record_is_missing() {
    for (owner, rtype, rule) in [
        ("mta-sts.example.com", "AAAA", "LIVE-01"),
        ("bimi-assets.example.com", "A", "LIVE-01"),
        ("_dmarc.example.com", "TXT", "DMARC-03"),
        ("_smtp._tls.example.com", "TXT", "RPT-07"),
        ("_mta-sts.example.com", "TXT", "STS-R06"),
        ("default._bimi.example.com", "TXT", "BIMI-R12"),
        ("_amazonses.example.com", "TXT", "SES-21"),
        ("token._domainkey.example.com", "CNAME", "DKIM-02"),
        ("own._domainkey.example.com", "TXT", "DKIM-02"),
        ("example.com", "TXT", "SPF-02"),
        ("mail1.example.com", "MX", "SES-13"),
    ] {
        let mut found = broken(|stage| stage.world.set(owner, rtype, &[])).await;
        // Without the domain's policy there is no enforcement for its logo either.
        found.retain(|found| owner != "_dmarc.example.com" || found != "BIMI-X01");
        assert_eq!(found, [rule], "{owner} {rtype}");
    }
}

#[tokio::test]
async fn a_missing_record_says_what_to_publish() {
    let mut stage = Stage::new();
    stage.world.set("_smtp._tls.example.com", "TXT", &[]);
    let checks = stage.verify().await;
    let fixes: Vec<&str> = checks.iter().filter_map(model::Check::fix).collect();
    let fix = "publish TXT v=TLSRPTv1; rua=mailto:tls@example.com at _smtp._tls.example.com; \
        with Route 53, apply again";
    assert_eq!(fixes, [fix]);
}

#[tokio::test]
async fn a_record_stands_there_twice() {
    for (owner, value, rule) in [
        (
            "_smtp._tls.example.com",
            "v=TLSRPTv1; rua=mailto:a@example.com",
            "RPT-07",
        ),
        ("_mta-sts.example.com", "v=STSv1; id=other", "STS-R06"),
        ("default._bimi.example.com", "v=BIMI1; l=; a=;", "BIMI-R12"),
        ("example.com", "v=spf1 -all", "SPF-02"),
        ("own._domainkey.example.com", KEY, "DKIM-02"),
        ("token.dkim.amazonses.com", KEY, "DKIM-02"),
    ] {
        let found = broken(|stage| stage.world.add(owner, "TXT", value)).await;
        assert_eq!(found, [rule], "{owner}");
    }
    // All policies at the name are discarded, and with them what BIMI needs.
    let twice = |stage: &mut Stage| {
        stage
            .world
            .add("_dmarc.example.com", "TXT", "v=DMARC1; p=none");
    };
    assert_eq!(broken(twice).await, ["DMARC-03", "BIMI-X01"]);
}

#[tokio::test]
async fn sts_r07_something_else_stands_beside_the_record() {
    let beside = |stage: &mut Stage| stage.world.add("_mta-sts.example.com", "TXT", "hello");
    assert_eq!(broken(beside).await, ["STS-R07"]);
}

#[tokio::test]
async fn values_of_others_are_no_fault() {
    let more = |stage: &mut Stage| {
        stage
            .world
            .add("example.com", "TXT", "site-verification=abc");
        stage
            .world
            .add("_amazonses.example.com", "TXT", "a-third-token");
    };
    assert!(broken(more).await.is_empty());
}

/// A value that SES and ACM find where a provider refuses underscores is no fault.
#[tokio::test]
async fn another_spelling_that_amazon_takes_is_no_fault() {
    let moved = |stage: &mut Stage| {
        let token = "_amazonses.example.com";
        stage.world.set(token, "TXT", &["amazonses:first-token"]);
        stage
            .world
            .add("example.com", "TXT", "amazonses:second-token");
        let validation = "_acm.mta-sts.example.com";
        stage
            .world
            .set(validation, "CNAME", &["x.acm-validations.aws"]);
    };
    assert!(broken(moved).await.is_empty());
}

#[tokio::test]
async fn ses_13_the_mail_from_has_one_mx() {
    let two = |stage: &mut Stage| {
        stage.world.add(
            "mail1.example.com",
            "MX",
            "10 feedback-smtp.eu-west-1.amazonses.com",
        );
    };
    assert_eq!(broken(two).await, ["SES-13"]);
    let other = |stage: &mut Stage| {
        stage
            .world
            .set("mail1.example.com", "MX", &["10 mx1.example.com"]);
    };
    assert_eq!(broken(other).await, ["SES-13"]);
}

/// The resolver's answer of before the change, while the name servers have the new one.
fn on_its_way(stage: &mut Stage) {
    let question = ("_mta-sts.example.com".to_owned(), "TXT".to_owned());
    let new = stage.world.records.get(&question).cloned();
    stage.world.ahead.insert(question, new.expect("a record"));
    stage
        .world
        .set("_mta-sts.example.com", "TXT", &["v=STSv1; id=before"]);
}

#[tokio::test]
async fn what_resolvers_still_remember_is_waited_for() {
    let until = |held_for| async move {
        let mut stage = Stage::new();
        on_its_way(&mut stage);
        stage.world.held_for = held_for;
        let checks = stage.verify().await;
        assert_eq!(Verdict::of(&checks), Verdict::Waiting, "{checks:#?}");
        let found = checks.into_iter().find_map(|check| match check.outcome {
            CheckOutcome::Waiting { until } => Some((check.rule.into_owned(), until?)),
            _ => None,
        });
        found.expect("something to wait for")
    };
    let after = |seconds: u64| -> Timestamp { now() + Duration::from_secs(seconds) };
    let rule = "STS-R06".to_owned();
    assert_eq!(
        until(Some(Duration::from_secs(42))).await,
        (rule.clone(), after(42))
    );
    // Without a better word it is the record's own time to live.
    assert_eq!(until(None).await, (rule, after(300)));
}

#[tokio::test]
async fn a_name_server_that_is_behind_is_a_fault() {
    let behind = |stage: &mut Stage| {
        let question = ("_mta-sts.example.com".to_owned(), "TXT".to_owned());
        stage
            .world
            .ahead
            .insert(question, vec!["v=STSv1; id=before".to_owned()]);
    };
    assert_eq!(broken(behind).await, ["STS-R06"]);
}

/// The name servers of a manual DNS are those that the world is sent to.
#[tokio::test]
async fn manual_dns_is_waited_for_too_where_its_servers_are_seen() {
    let mut stage = Stage::new();
    stage.expected.zone = None;
    on_its_way(&mut stage);
    let checks = stage.verify().await;
    assert_eq!(Verdict::of(&checks), Verdict::Waiting, "{checks:#?}");
    let blind = |stage: &mut Stage| {
        stage.expected.zone = None;
        stage.world.delegation = Err(Unseen::NotFromHere);
        on_its_way(stage);
    };
    assert_eq!(broken(blind).await, ["STS-R06"]);
}

/// Servers that copy from each other are not there at the same time.
#[tokio::test]
async fn a_manual_server_that_is_behind_is_waited_for() {
    let mut stage = Stage::new();
    stage.expected.zone = None;
    let behind = (
        "ns-2.example.net".to_owned(),
        "_mta-sts.example.com".to_owned(),
    );
    stage.world.stale.insert(behind);
    let checks = stage.verify().await;
    assert_eq!(Verdict::of(&checks), Verdict::Waiting, "{checks:#?}");
}

/// On the first deployment a record that nobody has published is no fault of anybody's.
#[tokio::test]
async fn what_a_person_has_still_to_publish_is_waited_for() {
    let mut stage = Stage::new();
    for (owner, rtype) in [
        ("_dmarc.example.com", "TXT"),
        ("mail1.example.com", "TXT"),
        ("mta-sts.example.com", "A"),
        ("mta-sts.example.com", "AAAA"),
        ("bimi-assets.example.com", "A"),
        ("bimi-assets.example.com", "AAAA"),
        ("example.com", "MX"),
    ] {
        stage.world.set(owner, rtype, &[]);
        let awaited = (name(owner), rtype.parse().expect("a type"));
        stage.expected.awaited.insert(awaited);
    }
    let checks = stage.verify().await;
    assert_eq!(Verdict::of(&checks), Verdict::Waiting, "{checks:#?}");
    let waits = |rule: &str| {
        let mut checks = checks.iter().filter(|check| check.rule == rule);
        checks.any(|check| check.outcome == CheckOutcome::Waiting { until: None })
    };
    for rule in ["DMARC-03", "SES-14", "STS-H01", "BIMI-X08", "RPT-09"] {
        assert!(waits(rule), "{rule}: {checks:#?}");
    }
    // What nobody has to publish is a fault.
    stage.world.set("_smtp._tls.example.com", "TXT", &[]);
    assert_eq!(Verdict::of(&stage.verify().await), Verdict::Faulty);
}

#[tokio::test]
async fn reports_to_a_domain_that_is_still_to_be_applied_are_waited_for() {
    let mut stage = Stage::new();
    let agreement = "example.com._report._dmarc.reports.example.net";
    stage.world.set(agreement, "TXT", &[]);
    stage.world.set("reports.example.net", "MX", &[]);
    assert_eq!(Verdict::of(&stage.verify().await), Verdict::Faulty);
    stage.expected.pending.insert(name("reports.example.net"));
    let checks = stage.verify().await;
    assert_eq!(Verdict::of(&checks), Verdict::Waiting, "{checks:#?}");
}

/// A domain whose delegation went away has one fault, whatever cannot be seen because of it.
#[tokio::test]
async fn what_follows_from_a_delegation_elsewhere_is_not_one_fault_more() {
    let gone = |stage: &mut Stage| {
        stage.world.delegation = Ok(vec!["ns.registrar.example".to_owned()]);
        let records = &mut stage.world.records;
        records.retain(|(owner, _), _| !owner.ends_with("example.com"));
    };
    assert_eq!(broken(gone).await, ["DNS-08"]);
}

#[tokio::test]
async fn a_silent_name_server_is_not_called_lame() {
    let silent = |stage: &mut Stage| {
        stage.world.silent.insert("ns-2.example.net".to_owned());
    };
    assert_eq!(broken(silent).await, ["LIVE-02"]);
}

#[tokio::test]
async fn dns_06_and_dkim_18_wildcards_answer_for_policies() {
    let wildcard = |stage: &mut Stage| {
        stage.world.set("*.example.com", "TXT", &["hello"]);
        // A policy that is not planned, so that the wildcard answers in its place.
        let is_tls = |name: &str| name == "_smtp._tls.example.com";
        stage.world.records.retain(|(owner, _), _| !is_tls(owner));
        stage
            .expected
            .records
            .retain(|record| !is_tls(record.name.as_str()));
    };
    assert_eq!(broken(wildcard).await, ["DNS-06"]);
    let harmless = |stage: &mut Stage| stage.world.set("*.example.com", "TXT", &["hello"]);
    assert!(broken(harmless).await.is_empty());
    let keys = |stage: &mut Stage| {
        stage
            .world
            .set("*._domainkey.example.com", "TXT", &["hello"]);
    };
    assert_eq!(broken(keys).await, ["DKIM-18"]);
}

#[tokio::test]
async fn dns_13_caa_keeps_amazon_out() {
    let other = |stage: &mut Stage| {
        stage
            .world
            .set("example.com", "CAA", &["0 issue \"letsencrypt.org\""]);
    };
    assert_eq!(broken(other).await, ["DNS-13"]);
    let amazon = |stage: &mut Stage| {
        stage
            .world
            .set("example.com", "CAA", &["0 issue \"amazon.com\""]);
    };
    assert!(broken(amazon).await.is_empty());
    let closer = |stage: &mut Stage| {
        stage
            .world
            .set("example.com", "CAA", &["0 issue \"letsencrypt.org\""]);
        for host in ["mta-sts.example.com", "bimi-assets.example.com"] {
            stage.world.set(host, "CAA", &["0 issue \"amazonaws.com\""]);
        }
    };
    assert!(broken(closer).await.is_empty());
}

#[tokio::test]
async fn dns_14_caa_keeps_the_issuer_of_the_mark_certificate_out() {
    let caa = |value: &'static str| {
        broken(move |stage| {
            let values = ["0 issue \"amazon.com\"", value];
            stage.world.set("example.com", "CAA", &values);
        })
    };
    assert_eq!(caa("0 issuevmc \";\"").await, ["DNS-14"]);
    // Nobody knows by which name the issuer of this certificate would be listed.
    assert!(caa("0 issuevmc \"digicert.com\"").await.is_empty());
}

#[tokio::test]
async fn a_zone_may_be_above_the_domain() {
    let mut stage = Stage::new();
    let zone = stage.expected.zone.as_mut().expect("a zone");
    zone.name = name("com");
    stage.world.set("com", "SOA", &["a b 1 1 1 1 1"]);
    let checks = stage.verify().await;
    assert_eq!(Verdict::of(&checks), Verdict::Good, "{checks:#?}");
}

#[tokio::test]
async fn a_parked_domain_is_good() {
    let mut stage = Stage::new();
    let mut parked = crate::Expected::of(name("parked.example"));
    for (owner, rtype, value) in [
        ("parked.example", "MX", "0 ."),
        ("parked.example", "TXT", "v=spf1 -all"),
        (
            "_dmarc.parked.example",
            "TXT",
            "v=DMARC1; p=reject; sp=reject",
        ),
        ("*._domainkey.parked.example", "TXT", "v=DKIM1; p="),
    ] {
        stage.world.set(owner, rtype, &[value]);
        parked.records.push(crate::Record {
            name: name(owner),
            rtype: rtype.parse().expect("a type"),
            values: vec![value.to_owned()],
            ttl: 300,
            alone: rtype == "MX",
        });
    }
    stage.expected = parked;
    for check in stage.verify().await {
        assert_eq!(check.outcome, CheckOutcome::Good, "{check:#?}");
    }
}

#[tokio::test(start_paused = true)]
async fn checks_without_end_are_given_up() {
    let endless = |stage: &mut Stage| {
        stage.world.endless.insert("amazonses.com".to_owned());
    };
    assert_eq!(broken(endless).await, ["LIVE-02"]);
}
