//! Broken in what SES says, in the addresses that send, and in what senders with DANE see.

use rcgen::{CertificateParams, KeyPair, PublicKeyData};
use sha2::{Digest, Sha256};

use super::world::now;
use super::{Stage, broken};
use crate::Validity;
use crate::expected::Tracking;
use model::check::{CheckOutcome, Verdict};
use model::rules;
use model::{Readiness, Unseen};

#[tokio::test]
async fn ses_23_says_how_far_each_part_is() {
    let readiness =
        |readiness| broken(move |stage| stage.expected.instances[0].parts[0].readiness = readiness);
    assert_eq!(readiness(None).await, ["SES-23"]);
    assert_eq!(
        readiness(Some(Readiness::Failed("no".to_owned()))).await,
        ["SES-23"]
    );
    assert!(
        readiness(Some(Readiness::Waiting("DKIM".to_owned())))
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn ses_25_and_26_the_account_may_send() {
    for rule in [rules::SES_25, rules::SES_26] {
        let kept_back = |stage: &mut Stage| {
            let finding = standards::Finding::new(rule, "SES says so");
            stage.expected.instances[0].account = Some(vec![finding]);
        };
        assert_eq!(broken(kept_back).await, [rule.id]);
    }
}

#[tokio::test]
async fn ses_33_links_over_https_need_a_certificate() {
    let https = |stage: &mut Stage| {
        let tracking = stage.expected.instances[0].tracking.as_mut();
        let Tracking { https, .. } = tracking.expect("a domain");
        *https = true;
    };
    assert_eq!(broken(https).await, ["SES-33"]);
    let served = |stage: &mut Stage| {
        https(stage);
        let page = super::world::page("text/html", b"");
        stage
            .world
            .pages
            .insert("https://click.example.com/".to_owned(), Ok(page));
    };
    assert!(broken(served).await.is_empty());
}

#[tokio::test]
async fn rcv_04_an_address_has_a_name_that_leads_back() {
    let named = |names: &'static [&'static str]| {
        broken(move |stage| {
            stage.publish(
                "example.com",
                "TXT",
                "v=spf1 ip4:192.0.2.80 ip4:198.51.100.0/24 ~all",
            );
            stage.world.set("80.2.0.192.in-addr.arpa", "PTR", names);
            stage.world.set("out.example.com", "A", &["192.0.2.80"]);
            stage.world.set("other.example.com", "A", &["192.0.2.81"]);
        })
    };
    assert!(
        named(&["other.example.com", "out.example.com"])
            .await
            .is_empty()
    );
    assert_eq!(named(&["other.example.com"]).await, ["RCV-04"]);
    assert_eq!(named(&[]).await, ["RCV-04"]);
}

/// A signed zone whose mail host shows a certificate, with this TLSA record.
fn dane(stage: &mut Stage, record: impl FnOnce(&[u8], &[u8]) -> String) {
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(["mx1.example.com".to_owned()]).expect("a name");
    let certificate = params
        .self_signed(&key)
        .expect("a certificate")
        .der()
        .to_vec();
    let record = record(&certificate, &key.subject_public_key_info());
    stage
        .world
        .set("_25._tcp.mx1.example.com", "TLSA", &[&record]);
    let chain = vec![certificate];
    stage
        .world
        .chains
        .insert("mx1.example.com".to_owned(), chain);
    stage.world.set("example.com", "NS", &["ns-1.example.net"]);
    stage.world.sign();
}

fn hexadecimal(octets: &[u8]) -> String {
    let pairs: Vec<String> = octets.iter().map(|octet| format!("{octet:02x}")).collect();
    pairs.concat()
}

fn of_key(_: &[u8], key: &[u8]) -> String {
    format!("3 1 1 {}", hexadecimal(&Sha256::digest(key)))
}

#[tokio::test]
async fn dane_01_the_certificate_is_one_that_dns_names() {
    assert!(broken(|stage| dane(stage, of_key)).await.is_empty());
    let whole = |certificate: &[u8], _: &[u8]| format!("3 0 0 {}", hexadecimal(certificate));
    assert!(broken(|stage| dane(stage, whole)).await.is_empty());
    for other in ["3 1 1 00", "2 1 1 00", "1 1 1 00", "nonsense"] {
        let wrong = |stage: &mut Stage| dane(stage, |_, _| other.to_owned());
        assert_eq!(broken(wrong).await, ["DANE-01"], "{other}");
    }
    let refused = |stage: &mut Stage| {
        dane(stage, of_key);
        stage.world.chains.clear();
    };
    assert_eq!(broken(refused).await, ["DANE-01"]);
}

#[tokio::test]
async fn dane_01_heeds_signed_zones_alone() {
    let unsigned = |stage: &mut Stage| {
        dane(stage, of_key);
        stage.world.set("example.com", "DS", &[]);
    };
    assert_eq!(broken(unsigned).await, ["DANE-01"]);
    let failing = |stage: &mut Stage| {
        stage.world.servfail("_25._tcp.mx1.example.com", "TLSA");
    };
    assert!(
        broken(failing).await.is_empty(),
        "the plan does not declare it"
    );
    let signed = |stage: &mut Stage| {
        dane(stage, of_key);
        failing(stage);
    };
    assert_eq!(broken(signed).await, ["DANE-01"]);
}

/// STS-H11: what ACM needs to renew is missed the more, the closer the end is.
#[tokio::test]
async fn sts_h11_a_certificate_without_its_validation_record_is_not_renewed() {
    let validity = |lifetime: i64, left: i64| Validity {
        not_before: now() - days(lifetime - left),
        not_after: now() + days(left),
    };
    for (lifetime, left, expect) in [
        (198, 90, "LIVE-01"),
        (198, 66, "LIVE-01"),
        (198, 65, "STS-H11"),
        (198, 10, "STS-H11"),
        (395, 131, "STS-H11"),
        (47, 16, "LIVE-01"),
        (47, 15, "STS-H11"),
    ] {
        let gone = broken(|stage| {
            stage.expected.certificates[0].validity = Some(validity(lifetime, left));
            stage.world.set("_acm.mta-sts.example.com", "CNAME", &[]);
        });
        assert_eq!(gone.await, [expect], "{left} of {lifetime}");
    }
    for (lifetime, left, expect) in [
        (198, 20, &[][..]),
        (198, 19, &["STS-H11"]),
        (47, 5, &[]),
        (47, 4, &["STS-H11"]),
    ] {
        let ends = broken(|stage| {
            stage.expected.certificates[0].validity = Some(validity(lifetime, left));
        });
        assert_eq!(ends.await, expect, "{left} of {lifetime}");
    }
}

fn days(count: i64) -> jiff::SignedDuration {
    jiff::SignedDuration::from_hours(24 * count)
}

#[tokio::test]
async fn drift_sees_what_moved_and_nothing_else() {
    let drifted = |change: fn(&mut Stage)| async move {
        let mut stage = Stage::new();
        let front = super::world::page("text/html", b"");
        for host in [
            "mta-sts.example.com",
            "bimi-assets.example.com",
            "click.example.com",
        ] {
            stage
                .world
                .pages
                .insert(format!("https://{host}/"), Ok(front.clone()));
        }
        change(&mut stage);
        let checks = crate::drift(&stage.expected, &stage.world, &stage.options).await;
        let broken = checks.iter().filter_map(crate::Check::finding);
        let broken: Vec<String> = broken.map(|finding| finding.rule.to_string()).collect();
        (broken, Verdict::of(&checks))
    };
    let rules = |rules: &[&str]| -> Vec<String> { rules.iter().map(|&rule| rule.into()).collect() };
    assert_eq!(drifted(|_| {}).await, (rules(&[]), Verdict::Good));
    // It is not for drift to judge what is served.
    let judged = drifted(|stage| stage.world.page(super::world::POLICY_URL).status = 404);
    assert_eq!(judged.await, (rules(&[]), Verdict::Good));
    let changed = drifted(|stage| {
        stage
            .world
            .set("_dmarc.example.com", "TXT", &["v=DMARC1; p=none"]);
    });
    assert_eq!(changed.await, (rules(&["DMARC-03"]), Verdict::Faulty));
    let dangling = drifted(|stage| {
        let refused = Unseen::NoTls("unrecognized name".to_owned());
        stage
            .world
            .no_page("https://bimi-assets.example.com/", refused);
    });
    assert_eq!(dangling.await, (rules(&["LIVE-04"]), Verdict::Faulty));
    let moved = drifted(|stage| {
        stage.world.delegation = Ok(vec!["ns.registrar.example".to_owned()]);
    });
    assert_eq!(moved.await, (rules(&["DNS-08"]), Verdict::Faulty));
    let cached = drifted(|stage| {
        let question = ("_dmarc.example.com".to_owned(), "TXT".to_owned());
        let new = stage.world.records[&question].clone();
        stage.world.ahead.insert(question, new);
        stage.world.set("_dmarc.example.com", "TXT", &[]);
    });
    assert_eq!(
        cached.await,
        (rules(&[]), Verdict::Waiting),
        "it does not flap"
    );
}

#[tokio::test]
async fn rpt_10_is_asked_for() {
    let mut stage = Stage::new();
    let value = "v=TLSRPTv1; rua=https://reports.example.net/tls";
    stage.publish("_smtp._tls.example.com", "TXT", value);
    stage.options.reports = false;
    let checks = stage.verify().await;
    let mut found = checks.iter().filter(|check| check.rule == "RPT-10");
    let why = "no report was sent".to_owned();
    assert_eq!(
        found.next().map(|check| &check.outcome),
        Some(&CheckOutcome::Skipped { why, fix: None })
    );
}
