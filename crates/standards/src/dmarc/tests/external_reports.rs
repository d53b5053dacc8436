//! Tables of the rules for reports that leave the organization.

use super::record;
use crate::dmarc::external_reports::{authorization_name, check_authorization};
use crate::dns::Txt;
use crate::test_support::{Zone, block_on, name, summary};

#[test]
fn names_of_the_authorization() {
    let found = authorization_name(&name("example.com"), &name("reports.example.net"));
    assert_eq!(
        found,
        Ok(name("example.com._report._dmarc.reports.example.net"))
    );
}

#[test]
fn hosts_outside_the_organization() {
    let record = record(
        "v=DMARC1; p=none; rua=mailto:a@mail.example.com,mailto:b@example.net; ruf=mailto:c@example.org,mailto:d@example.net",
    );
    let hosts: Vec<String> = record
        .external_hosts(&name("www.example.com"))
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(hosts, ["example.net", "example.org"]);
}

/// The findings of DNS with `zone` about a policy of example.com with this `rua`.
fn check(zone: &[(&str, &str)], rua: &str, findings: &[&str]) {
    let record = record(&format!("v=DMARC1; p=none; rua={rua}"));
    let found = block_on(record.check_external_hosts(&Zone::new(zone), &name("example.com")));
    assert_eq!(summary("", &found.expect("an answer")), findings, "{rua}");
}

#[test]
fn dmarc_21_mail_arrives() {
    let record = record(
        "v=DMARC1; p=none; rua=mailto:a@a.example,https://h.example/; ruf=mailto:b@b.example",
    );
    let check = |zone: Zone, findings: &[&str]| {
        let found = block_on(record.check_report_mail(&zone)).expect("an answer");
        assert_eq!(summary("", &found), findings);
    };
    check(
        Zone::default(),
        &["DMARC-21 error at a.example", "DMARC-21 error at b.example"],
    );
    let with_a = || Zone::default().with_mx("a.example", "10 mx.example");
    check(with_a(), &["DMARC-21 error at b.example"]);
    check(with_a().with_host("b.example"), &[]);
    check(
        with_a().with_mx("b.example", "0 .").with_host("b.example"),
        &["DMARC-21 error at b.example"],
    );
}

#[test]
fn dmarc_22_consent() {
    let owner = "example.com._report._dmarc.example.net";
    let missing = format!("DMARC-22 error at {owner}");
    check(&[], "mailto:a@example.net", &[&missing]);
    check(
        &[(owner, "v=spf1 -all")],
        "mailto:a@example.net",
        &[&missing],
    );
    for consent in [
        "v=DMARC1",
        "v=DMARC1;",
        "v=DMARC1; rua=mailto:b@example.net",
    ] {
        check(&[(owner, consent)], "mailto:a@example.net", &[]);
    }
    check(
        &[("_dmarc.example.com", "v=DMARC1; p=none")],
        "mailto:a@lists.example.com",
        &[],
    );
}

#[test]
fn dmarc_24_the_same_host() {
    let values = [Txt::from("v=DMARC1; rua=mailto:a@elsewhere.example")];
    let finding = check_authorization(&values, &name("example.com"), &name("example.net"));
    assert_eq!(finding.expect("a finding").rule, "DMARC-24");
    let values = [Txt::from("v=DMARC1; rua=mailto:a@Example.NET")];
    assert_eq!(
        check_authorization(&values, &name("example.com"), &name("example.net")),
        None
    );
}

#[test]
fn dmarc_25_length() {
    let long = name(&format!(
        "{}.example",
        ["a".repeat(60).as_str(); 3].join(".")
    ));
    assert!(authorization_name(&long, &name("example.net")).is_ok());
    let host = name(&format!("{}.example.net", "b".repeat(60)));
    assert!(authorization_name(&long, &host).is_err());
    let record = record(&format!("v=DMARC1; p=none; rua=mailto:a@{host}"));
    let found = block_on(record.check_external_hosts(&Zone::new(&[]), &long)).expect("an answer");
    assert_eq!(summary("", &found), ["DMARC-25 error"]);
}

#[test]
fn dmarc_23_our_own_hosts() {
    let record = record("v=DMARC1; p=none; rua=mailto:a@example.net,mailto:b@example.org");
    let domain = name("example.com");
    let ours = name("example.net");
    let check =
        |is_planned: bool| record.check_owned_hosts(&domain, |host| *host == ours, |_| is_planned);
    assert_eq!(summary("", &check(false)), ["DMARC-23 error"]);
    assert_eq!(check(true), []);
}
