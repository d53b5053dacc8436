//! Messages, and what receivers do with them.

use crate::dmarc::{Evaluation, Identifiers, evaluate};
use crate::dns::MemoryResolver;
use crate::test_support::{Zone, block_on, name};

const ZONE: &str = r#"
_dmarc.example.com.         TXT "v=DMARC1; p=reject; sp=quarantine; np=none"
_dmarc.strict.example.com.  TXT "v=DMARC1; p=reject; aspf=s; adkim=s"
_dmarc.own.example.com.     TXT "v=DMARC1; p=quarantine; t=y; psd=n"
_dmarc.without.example.com. TXT "v=DMARC1; p=rejct"
sub.example.com.            A   192.0.2.1
"#;

fn identifiers(spf: &str, dkim: &[&str]) -> Identifiers {
    Identifiers {
        spf: (!spf.is_empty()).then(|| name(spf)),
        dkim: dkim.iter().map(|domain| name(domain)).collect(),
    }
}

fn evaluated(dns: &MemoryResolver, author: &str, of: &Identifiers) -> Evaluation {
    block_on(evaluate(&name(author), of, dns))
}

#[test]
fn from_discovery_to_disposition() {
    let dns = MemoryResolver::parse(ZONE).expect("a zone");
    let check = |author: &str, spf: &str, dkim: &[&str], expect: &str| {
        let found = evaluated(&dns, author, &identifiers(spf, dkim));
        let shown = format!("{} {}", found.outcome, found.disposition);
        assert_eq!(shown, expect, "{author} spf={spf} dkim={dkim:?}");
    };
    check("example.com", "", &[], "fail reject");
    check("example.com", "example.com", &[], "pass none");
    check("example.com", "bounces.example.com", &[], "pass none");
    check("example.com", "", &["mailer.example"], "fail reject");
    check(
        "example.com",
        "mailer.example",
        &["mailer.example", "example.com"],
        "pass none",
    );
    check("sub.example.com", "example.com", &[], "pass none");
    // The subdomain's policy, and that of names that DNS does not have.
    check("sub.example.com", "", &[], "fail quarantine");
    check("nowhere.example.com", "", &[], "fail none");
    check(
        "strict.example.com",
        "example.com",
        &["x.strict.example.com"],
        "fail reject",
    );
    check(
        "strict.example.com",
        "",
        &["strict.example.com"],
        "pass none",
    );
    // An organization of its own, in test mode.
    check("own.example.com", "example.com", &[], "fail none");
    check("own.example.com", "a.own.example.com", &[], "pass none");
    check("without.example.com", "", &[], "none none");
    check("example.net", "example.net", &[], "none none");
}

#[test]
fn each_name_is_asked_for_once() {
    let zone = Zone::new(&[("_dmarc.example.com", "v=DMARC1; p=reject")]);
    let of = identifiers(
        "b.example.com",
        &["c.example.com", "b.example.com", "other.example"],
    );
    let found = block_on(evaluate(&name("a.example.com"), &of, &zone));
    assert_eq!(found.to_string(), "pass (p=reject of example.com)");
    let asked = zone.asked.lock().expect("one thread");
    assert_eq!(
        *asked,
        [
            "_dmarc.a.example.com",
            "_dmarc.example.com",
            "_dmarc.com",
            "_dmarc.b.example.com",
            "_dmarc.c.example.com",
        ]
    );
}

#[test]
fn silence_matters_only_where_it_decides() {
    let broken = |owner: &str| {
        let dns = MemoryResolver::parse(ZONE).expect("a zone");
        dns.with_failure(name(owner), "SERVFAIL")
    };
    let check = |dns: &MemoryResolver, author: &str, dkim: &[&str], expect: &str| {
        let found = evaluated(dns, author, &identifiers("", dkim));
        assert_eq!(found.outcome.to_string(), expect, "{author} dkim={dkim:?}");
    };
    let parent = broken("_dmarc.com");
    check(&parent, "example.com", &["example.com"], "pass");
    check(&parent, "example.com", &[], "fail");
    check(&parent, "example.com", &["mailer.example"], "fail");
    check(&parent, "example.com", &["a.example.com"], "temperror");
    check(&parent, "strict.example.com", &["a.example.com"], "fail");
    check(
        &parent,
        "sub.example.com",
        &["sub.example.com"],
        "temperror",
    );
    check(
        &broken("_dmarc.example.com"),
        "example.com",
        &["example.com"],
        "temperror",
    );
    check(
        &broken("_dmarc.a.example.com"),
        "example.com",
        &["a.example.com"],
        "temperror",
    );
    check(
        &broken("_dmarc.a.example.com"),
        "example.com",
        &["a.example.com", "example.com"],
        "pass",
    );
    check(&broken("x.example.com"), "x.example.com", &[], "temperror");
}
