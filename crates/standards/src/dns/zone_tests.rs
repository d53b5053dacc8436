//! Zones: aliases, wildcards, repeated policies, delegation, TTLs.

use std::collections::BTreeSet;

use super::{Zone, lint_delegation, lint_ttl};
use crate::dns::{Name, Presentation, RecordSet, RecordType, RecordValue};
use crate::test_support::{name, rules};

/// A set from `name type value`, where further values are further words of the same kind.
fn set(owner: &str, kind: RecordType, values: &[&str]) -> RecordSet {
    let value = |text: &&str| RecordValue::observe(kind, text, Presentation::Route53);
    RecordSet {
        name: name(owner),
        kind,
        ttl: 300,
        values: values.iter().map(value).collect(),
    }
}

fn check(sets: &[RecordSet], expect: &[(&str, &str)]) {
    let apex = name("example.com");
    let findings = Zone { apex: &apex, sets }.lint(std::slice::from_ref(&apex));
    let found: Vec<(&str, &str)> = findings
        .iter()
        .map(|finding| (&*finding.rule, &*finding.reason))
        .collect();
    assert_eq!(found, expect);
}

const CNAME: RecordType = RecordType::Cname;
const TXT: RecordType = RecordType::Txt;

#[test]
fn dns_04() {
    check(&[set("www.example.com", CNAME, &["a.example."])], &[]);
    check(
        &[
            set("_dmarc.example.com", CNAME, &["a.example."]),
            set("_dmarc.example.com", TXT, &[r#""v=DMARC1; p=none""#]),
        ],
        &[("DNS-04", "_dmarc.example.com has a CNAME beside TXT")],
    );
    check(
        &[set("example.com", CNAME, &["a.example."])],
        &[(
            "DNS-04",
            "example.com is the top of its zone and has a CNAME",
        )],
    );
    check(
        &[
            set("a.example.org", CNAME, &["a.example."]),
            set("a.example.org", TXT, &[r#""text""#]),
        ],
        &[],
    );
}

#[test]
fn dns_06() {
    let wildcard = set("*.example.com", TXT, &[r#""v=spf1 -all""#]);
    let policies = [
        "_dmarc",
        "_mta-sts",
        "_smtp._tls",
        "default._bimi",
        "_domainkey",
        "mta-sts",
    ];
    let mut sets: Vec<RecordSet> = policies
        .iter()
        .map(|labels| set(&format!("{labels}.example.com"), TXT, &[r#""text""#]))
        .collect();
    sets.push(wildcard.clone());
    check(&sets, &[]);

    // A key below `_domainkey` is enough for the name to exist.
    sets[4] = set("a._domainkey.example.com", TXT, &[r#""p=""#]);
    check(&sets, &[]);

    sets.remove(0);
    check(
        &sets,
        &[(
            "DNS-06",
            "the TXT at *.example.com answers for _dmarc.example.com",
        )],
    );
    check(&[set("*.example.com", RecordType::A, &["192.0.2.1"])], &[]);
}

#[test]
fn dns_07() {
    check(
        &[set(
            "example.com",
            TXT,
            &[r#""v=spf1 -all""#, r#""v=spf10""#, r#""token""#],
        )],
        &[],
    );
    check(
        &[set(
            "example.com",
            TXT,
            &[r#""v=spf1 -all""#, r#""V=SPF1 mx ~all""#],
        )],
        &[("DNS-07", "example.com has 2 records that begin \"v=spf1\"")],
    );
    check(
        &[set(
            "_dmarc.example.com",
            TXT,
            &[r#""v=DMARC1; p=none""#, r#""v=DMARC1;p=reject""#],
        )],
        &[(
            "DNS-07",
            "_dmarc.example.com has 2 records that begin \"v=DMARC1\"",
        )],
    );
}

#[test]
fn dns_08() {
    let zone = name("example.com");
    let servers = |texts: &[&str]| {
        texts
            .iter()
            .map(|text| name(text))
            .collect::<BTreeSet<Name>>()
    };
    let hosted = servers(&["ns-1.awsdns-1.org", "ns-2.awsdns-2.com"]);
    let same = servers(&["NS-2.awsdns-2.com.", "ns-1.awsdns-1.org."]);
    assert_eq!(lint_delegation(&zone, &same, &hosted), None);
    let elsewhere = lint_delegation(&zone, &servers(&["ns.example.net"]), &hosted);
    let elsewhere: Vec<_> = elsewhere.into_iter().collect();
    assert_eq!(rules(&elsewhere), ["DNS-08"]);
    assert_eq!(
        elsewhere[0].reason,
        "example.com is delegated to ns.example.net, and the hosted zone is served by \
         ns-2.awsdns-2.com, ns-1.awsdns-1.org"
    );
}

#[test]
fn dns_09() {
    let short = set("_mta-sts.example.com", TXT, &[r#""v=STSv1; id=1""#]);
    assert_eq!(lint_ttl(&short, 300), None);
    let findings: Vec<_> = lint_ttl(&short, 299).into_iter().collect();
    assert_eq!(rules(&findings), ["DNS-09"]);
}
