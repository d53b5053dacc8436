//! MTA-STS: the record and the policy.

use standards::Finding;
use standards::dns::Name;
use standards::mta_sts::{
    Mode, MtaStsPolicy, MtaStsRecord, check_mail_subdomains, check_mx, check_record_owner,
    check_step,
};

use crate::{cases, name};

fn record(text: &str) -> Vec<Finding> {
    MtaStsRecord::parse(text).1
}

fn owner(owner: &str) -> Option<Finding> {
    check_record_owner(&name(owner), &name("example.com"))
}

fn policy(body: &str) -> Vec<Finding> {
    MtaStsPolicy::parse(body.as_bytes()).1
}

/// A policy with this in the place of one of its lines.
fn with(from: &str, to: &str) -> Vec<Finding> {
    assert!(GOOD.contains(from), "the good policy has no {from}");
    policy(&GOOD.replacen(from, to, 1))
}

const GOOD: &str = "version: STSv1\r\nmode: enforce\r\nmx: mx1.example.com\r\nmax_age: 604800\r\n";

/// A policy over more lines than fit into `octets`.
fn longer_than(octets: usize) -> String {
    let line = "mx: mx.example.org\r\n";
    format!("{GOOD}{}", line.repeat(octets / line.len() + 1))
}

/// The step from no policy to an enforced one of this age.
fn first_enforced(max_age: &str) -> Vec<Finding> {
    let patterns = vec!["mx1.example.com".parse().expect("a pattern")];
    let max_age = max_age.parse().expect("an age");
    let testing = MtaStsPolicy::new(Mode::Testing, max_age, patterns.clone());
    let enforced = MtaStsPolicy::new(Mode::Enforce, max_age, patterns);
    let (testing, enforced) = (testing.expect("a policy"), enforced.expect("a policy"));
    check_step(Some(&testing), &enforced, true)
}

/// The good policy beside these mail hosts.
fn beside(hosts: &[&str]) -> Vec<Finding> {
    let policy = MtaStsPolicy::parse(GOOD.as_bytes()).0.expect("a policy");
    let hosts: Vec<Name> = hosts.iter().map(|host| name(host)).collect();
    check_mx(&policy, &hosts)
}

cases! {
    "STS-R01": fails(owner("mta-sts.example.com")), passes(owner("_mta-sts.example.com"));
    "STS-R02": fails(record("v = STSv1; id=1;")), passes(record("v=STSv1; id=1;"));
    "STS-R03": fails(record("v=STSv1; id=2026-01-01;")), passes(record("v=STSv1; id=20260101;"));
    "STS-R04": fails(record("v=STSv1; id=1; a=b=c;")), passes(record("v=STSv1; id=1; a=b;"));
    "STS-R05": fails(record("v=STSv1; id=1; a=b;")), passes(record("v=STSv1; id=1;"));
    "STS-R10": fails(check_mail_subdomains(&[name("lists.example.com")], |domain| *domain == name("example.com"))),
        passes(check_mail_subdomains(&[name("lists.example.com")], |_| true));
    "STS-R11": fails(beside(&["."])), passes(beside(&["mx1.example.com"]));

    "STS-P01": fails(with("\r\n", "\n")), passes(policy(GOOD));
    "STS-P02": fails(with("STSv1", "stsv1")), passes(policy(GOOD));
    "STS-P03": fails(with("enforce", "Enforce")), passes(with("enforce", "testing"));
    "STS-P04": fails(with("604800", "1w")), passes(with("604800", "31557600"));
    "STS-P05": fails(with("604800", "604799")), passes(policy(GOOD));
    "STS-P06": fails(first_enforced("32d")), passes(first_enforced("31d"));
    "STS-P07": fails(with("mx: mx1.example.com\r\n", "")),
        passes(policy("version: STSv1\r\nmode: none\r\nmax_age: 86400\r\n"));
    "STS-P08": fails(with("mx1.example.com", "*.*.example.com")), passes(with("mx1.example.com", "*.example.com"));
    "STS-P09": fails(with("mode:", "mode :")), passes(with("mode: ", "mode:  "));
    "STS-P10": fails(with("mode: enforce", "mode: enforce\r\nmode: testing")),
        passes(with("max_age", "mx: mx2.example.com\r\nmax_age"));
    "STS-P11": fails(with("mode: enforce", "mode: enforce\r\n!: a")), passes(with("max_age", "extra: words\r\nmax_age"));
    "STS-P12": fails(policy(&longer_than(64 * 1024))), passes(policy(&longer_than(60 * 1024)));
    "STS-P15": fails(with("mx1.example.com", "*.co.uk")), passes(with("mx1.example.com", "*.example.co.uk"));
}
