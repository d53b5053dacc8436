//! Broken in what mail is sent, signed and reported by.

use model::Unseen;

use super::world::{POLICY, POLICY_URL};
use super::{Stage, broken};

/// Plans and serves another policy.
fn serve(stage: &mut Stage, policy: &str) {
    stage.expected.policy = Some(policy.into());
    stage.world.page(POLICY_URL).body = policy.into();
}

#[tokio::test]
async fn mx_03_a_mail_host_is_a_host_with_an_address() {
    let no_address = |stage: &mut Stage| stage.world.set("mx1.example.com", "A", &[]);
    assert_eq!(broken(no_address).await, ["MX-03"]);
    let alias = |stage: &mut Stage| {
        stage
            .world
            .records
            .remove(&("mx1.example.com".into(), "A".into()));
        stage
            .world
            .set("mx1.example.com", "CNAME", &["mx.example.net"]);
    };
    assert_eq!(broken(alias).await, ["MX-03"]);
    let ip6_only = |stage: &mut Stage| {
        stage
            .world
            .records
            .remove(&("mx1.example.com".into(), "A".into()));
        stage
            .world
            .set("mx1.example.com", "AAAA", &["2001:db8::25"]);
    };
    assert!(broken(ip6_only).await.is_empty());
}

#[tokio::test]
async fn mx_01_a_null_mx_stands_alone() {
    let beside = |stage: &mut Stage| stage.world.add("example.com", "MX", "0 .");
    let found = broken(beside).await;
    assert!(found.contains(&"MX-01".to_owned()), "{found:?}");
}

#[tokio::test]
async fn mx_06_ses_receives_in_two_regions() {
    let two = |stage: &mut Stage| {
        let hosts = [
            "inbound-smtp.us-east-1.amazonaws.com",
            "inbound-smtp.eu-west-1.amazonaws.com",
        ];
        for host in hosts {
            stage.world.set(host, "A", &["192.0.2.9"]);
            stage.world.mail_hosts.insert(
                host.to_owned(),
                stage.world.mail_hosts["mx1.example.com"].clone(),
            );
        }
        stage.world.set(
            "example.com",
            "MX",
            &hosts
                .map(|host| format!("10 {host}"))
                .each_ref()
                .map(String::as_str),
        );
        serve(
            stage,
            &POLICY.replace("mx1.example.com", &hosts.join("\r\nmx: ")),
        );
    };
    assert_eq!(broken(two).await, ["MX-06"]);
}

#[tokio::test]
async fn sts_p13_and_p14_the_policy_and_the_mail_hosts_match() {
    let moved = |stage: &mut Stage| {
        stage.world.add("example.com", "MX", "20 mx2.example.com");
        stage.world.set("mx2.example.com", "A", &["192.0.2.27"]);
        let shown = stage.world.mail_hosts["mx1.example.com"].clone();
        stage
            .world
            .mail_hosts
            .insert("mx2.example.com".to_owned(), shown);
    };
    assert_eq!(broken(moved).await, ["STS-P13"]);
    let stale = |stage: &mut Stage| {
        serve(
            stage,
            &POLICY.replace("mx: ", "mx: old.example.com\r\nmx: "),
        );
    };
    assert_eq!(broken(stale).await, ["STS-P14"]);
}

#[tokio::test]
async fn sts_p16_mail_hosts_offer_starttls() {
    for unseen in [
        Unseen::NoTls("no STARTTLS".to_owned()),
        Unseen::OtherName("mx.provider.example".to_owned()),
        Unseen::Certificate("it has expired".to_owned()),
    ] {
        let without = |stage: &mut Stage| {
            stage
                .world
                .mail_hosts
                .insert("mx1.example.com".to_owned(), Err(unseen));
        };
        assert_eq!(broken(without).await, ["STS-P16"]);
    }
    let testing = |stage: &mut Stage| {
        stage.world.mail_hosts.clear();
        serve(stage, &POLICY.replace("enforce", "testing"));
    };
    assert!(broken(testing).await.is_empty());
}

#[tokio::test]
async fn rpt_09_and_dmarc_21_reports_can_arrive() {
    let tls = |stage: &mut Stage| {
        let value = "v=TLSRPTv1; rua=mailto:tls@nowhere.example";
        stage.publish("_smtp._tls.example.com", "TXT", value);
        stage.world.set("nowhere.example", "MX", &["0 ."]);
    };
    assert_eq!(broken(tls).await, ["RPT-09"]);
    let dmarc = |stage: &mut Stage| stage.world.set("reports.example.net", "MX", &["0 ."]);
    assert_eq!(broken(dmarc).await, ["DMARC-21"]);
}

#[tokio::test]
async fn dmarc_22_and_24_the_other_organization_agrees() {
    const AGREEMENT: &str = "example.com._report._dmarc.reports.example.net";
    let silent = |stage: &mut Stage| stage.world.set(AGREEMENT, "TXT", &[]);
    assert_eq!(broken(silent).await, ["DMARC-22"]);
    let sends_on = |stage: &mut Stage| {
        stage
            .world
            .set(AGREEMENT, "TXT", &["v=DMARC1; rua=mailto:a@other.example"]);
    };
    assert_eq!(broken(sends_on).await, ["DMARC-24"]);
}

#[tokio::test]
async fn a_planned_agreement_that_is_missing_is_one_fault() {
    let planned = |stage: &mut Stage| {
        let name = "example.com._report._dmarc.reports.example.net";
        stage.publish(name, "TXT", "v=DMARC1;");
        stage.world.set(name, "TXT", &[]);
    };
    assert_eq!(broken(planned).await, ["DMARC-22"]);
}

#[tokio::test]
async fn dmarc_27_organizations_by_walk_and_by_list_differ() {
    let above = |stage: &mut Stage| {
        stage
            .world
            .set("_dmarc.com", "TXT", &["v=DMARC1; p=reject"]);
    };
    assert_eq!(broken(above).await, ["DMARC-27"]);
}

#[tokio::test]
async fn bimi_x01_to_x05_the_policy_is_enforced() {
    for (policy, rule) in [
        ("p=none", "BIMI-X01"),
        ("p=reject; sp=none", "BIMI-X02"),
        ("p=quarantine; pct=20", "BIMI-X03"),
        ("p=quarantine; t=y", "BIMI-X04"),
        ("p=reject; np=none", "BIMI-X05"),
    ] {
        let weak = |stage: &mut Stage| {
            let value = format!("v=DMARC1; {policy}; rua=mailto:dmarc@example.com");
            stage.publish("_dmarc.example.com", "TXT", &value);
        };
        assert_eq!(broken(weak).await, [rule], "{policy}");
    }
}

#[tokio::test]
async fn ses_14_the_mail_from_has_the_spf_of_ses() {
    let other = |stage: &mut Stage| {
        stage.publish("mail1.example.com", "TXT", "v=spf1 ip4:192.0.2.0/24 ~all");
    };
    assert_eq!(broken(other).await, ["SES-14"]);
    let none = |stage: &mut Stage| stage.publish("mail1.example.com", "TXT", "hello");
    assert_eq!(broken(none).await, ["SES-14"]);
}

#[tokio::test]
async fn spf_09_to_15_the_record_can_be_evaluated() {
    let terms = |count: usize, term: &str| {
        let terms: Vec<String> = (0..count)
            .map(|at| term.replace('#', &at.to_string()))
            .collect();
        format!("v=spf1 {} ~all", terms.join(" "))
    };
    for (record, rule) in [
        (terms(11, "a:h#.example.com"), "SPF-09"),
        (terms(9, "a:h#.example.com"), "SPF-10"),
        (terms(3, "a:void#.example.com"), "SPF-11"),
        ("v=spf1 mx:many.example.com ~all".to_owned(), "SPF-12"),
        ("v=spf1 include:void.example.com ~all".to_owned(), "SPF-13"),
        ("v=spf1 redirect=void.example.com".to_owned(), "SPF-14"),
        ("v=spf1 include:example.com ~all".to_owned(), "SPF-15"),
    ] {
        let costly = |stage: &mut Stage| {
            for at in 0..11 {
                let host = format!("h{at}.example.com");
                stage.world.set(&host, "A", &["192.0.2.1"]);
                stage.world.set(&host, "AAAA", &["2001:db8::1"]);
                stage
                    .world
                    .add("many.example.com", "MX", &format!("10 {host}"));
            }
            stage.publish("example.com", "TXT", &record);
        };
        assert_eq!(broken(costly).await, [rule], "{record}");
    }
}

#[tokio::test]
async fn spf_04_a_record_that_cannot_be_read_is_none() {
    let wrong = |stage: &mut Stage| {
        stage.publish("example.com", "TXT", "v=spf1 includes:amazonses.com ~all");
    };
    assert_eq!(broken(wrong).await, ["SPF-04"]);
}

#[tokio::test]
async fn dkim_02_to_11_the_key_behind_a_name() {
    const BEHIND: &str = "token.dkim.amazonses.com";
    let key = super::world::KEY;
    let short = "p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBANsGsUZQ3ZDtDhCpBkVNoYTJcfQaMrY\
        W2CbjjjTCPPLZ3fMvWUyNBfYS0vNqhu3hmnaqHmqsa7aSvHlYCEOFMFkCAwEAAQ==";
    for (value, rule) in [
        ("p=".to_owned(), "DKIM-04"),
        ("p=not base64".to_owned(), "DKIM-04"),
        (format!("{key}; v=DKIM1"), "DKIM-03"),
        (format!("k=dsa; {key}"), "DKIM-05"),
        (short.to_owned(), "DKIM-06"),
        (format!("h=sha1; {key}"), "DKIM-10"),
        (format!("s=tlsrpt; {key}"), "DKIM-11"),
        (format!("t=y; {key}"), "DKIM-12"),
    ] {
        let found = broken(|stage| stage.world.set(BEHIND, "TXT", &[&value])).await;
        assert_eq!(found, [rule], "{value}");
    }
    let gone = |stage: &mut Stage| stage.world.set(BEHIND, "TXT", &[]);
    assert_eq!(broken(gone).await, ["DKIM-02"]);
}

#[tokio::test]
async fn a_key_that_is_revoked_by_plan_is_no_fault() {
    let revoked = |stage: &mut Stage| {
        stage.publish("own._domainkey.example.com", "TXT", "v=DKIM1; p=");
    };
    assert!(broken(revoked).await.is_empty());
}
