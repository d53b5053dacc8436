//! Tables of the tree walk, against a small DNS.

use crate::dmarc::discovery::{discover, domains_to_ask, is_aligned_by_walk, walk};
use crate::dmarc::{Alignment, Policy};
use crate::test_support::{Zone, block_on, name, rules};

/// DMARC-28 is a rule for the walk itself.
#[test]
fn dmarc_28_at_most_eight_questions() {
    let asked = |domain: &str| {
        let domains = domains_to_ask(&name(domain)).into_iter();
        domains.map(|domain| domain.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(asked("com"), ["com"]);
    assert_eq!(asked("a.b.com"), ["a.b.com", "b.com", "com"]);
    let seven = asked("g.f.e.d.c.b.com");
    assert_eq!(seven.len(), 7);
    // RFC 9989 §4.10 has such a name of many labels as its example.
    let many = asked("a.b.c.d.e.f.g.h.i.j.mail.example.com");
    assert_eq!(many.len(), 8);
    assert_eq!(many[1], "g.h.i.j.mail.example.com");
    assert_eq!(many[7], "com");
    assert_eq!(asked("a.b.c.d.e.f.g.com")[1], "b.c.d.e.f.g.com");
}

/// The organizational domain of `domain`, and where its policy stands.
fn check(records: &[(&str, &str)], domain: &str, organizational: &str, applies: Option<&str>) {
    let found = block_on(discover(&Zone::new(records), &name(domain))).expect("an answer");
    assert_eq!(
        found.organizational_domain,
        Ok(name(organizational)),
        "{domain}"
    );
    assert_eq!(
        found.applies.map(|found| found.domain),
        applies.map(name),
        "{domain}"
    );
}

#[test]
fn organizational_domains_and_policies() {
    let one = [("_dmarc.example.com", "v=DMARC1; p=reject")];
    check(&one, "example.com", "example.com", Some("example.com"));
    check(&one, "a.b.example.com", "example.com", Some("example.com"));
    check(&[], "a.example.com", "a.example.com", None);

    let two = [
        ("_dmarc.example.com", "v=DMARC1; p=reject"),
        ("_dmarc.a.example.com", "v=DMARC1; p=none"),
    ];
    check(&two, "a.example.com", "example.com", Some("a.example.com"));
    check(&two, "b.a.example.com", "example.com", Some("example.com"));

    let own = [
        ("_dmarc.example.com", "v=DMARC1; p=reject"),
        ("_dmarc.a.example.com", "v=DMARC1; p=none; psd=n"),
    ];
    check(
        &own,
        "b.a.example.com",
        "a.example.com",
        Some("a.example.com"),
    );

    let suffix = [("_dmarc.bank", "v=DMARC1; p=reject; psd=y")];
    check(&suffix, "mail.giant.bank", "giant.bank", Some("bank"));
    check(&suffix, "bank", "bank", Some("bank"));
    let customer = [
        ("_dmarc.bank", "v=DMARC1; p=reject; psd=y"),
        ("_dmarc.giant.bank", "v=DMARC1; p=none"),
    ];
    check(
        &customer,
        "mail.giant.bank",
        "giant.bank",
        Some("giant.bank"),
    );
}

#[test]
fn the_walk_stops_where_a_record_says_so() {
    let zone = Zone::new(&[("_dmarc.a.example.com", "v=DMARC1; p=none; psd=n")]);
    block_on(walk(&zone, &name("b.a.example.com"))).expect("an answer");
    assert_eq!(
        *zone.asked.lock().expect("one thread"),
        ["_dmarc.b.a.example.com", "_dmarc.a.example.com"]
    );
}

#[test]
fn other_texts_and_doubled_records_do_not_count() {
    let zone = Zone::new(&[
        ("_dmarc.example.com", "v=DMARC1; p=reject"),
        ("_dmarc.example.com", "v=DMARC1; p=none"),
    ]);
    let found = block_on(discover(&zone, &name("example.com"))).expect("an answer");
    assert_eq!(found.applies, None);
    assert_eq!(rules(&found.findings), ["DMARC-03"]);
    let with_noise = [
        ("_dmarc.example.com", "v=spf1 -all"),
        ("_dmarc.example.com", "v=DMARC1; p=reject"),
        ("_dmarc.example.com", "v=DMARC12; p=none"),
    ];
    check(
        &with_noise,
        "example.com",
        "example.com",
        Some("example.com"),
    );
}

#[test]
fn dmarc_27_tree_walk_and_list_differ() {
    let differ = |records: &[(&str, &str)]| {
        let found =
            block_on(discover(&Zone::new(records), &name("a.example.com"))).expect("an answer");
        rules(&found.findings).contains(&"DMARC-27")
    };
    assert!(!differ(&[("_dmarc.example.com", "v=DMARC1; p=none")]));
    assert!(differ(&[("_dmarc.a.example.com", "v=DMARC1; p=none")]));
}

#[test]
fn the_policy_depends_on_where_it_was_found() {
    let zone = Zone::new(&[(
        "_dmarc.example.com",
        "v=DMARC1; p=none; sp=quarantine; np=reject; t=n",
    )]);
    let policy = |domain: &str, exists| {
        let found = block_on(discover(&zone, &name(domain))).expect("an answer");
        found.effective_policy(exists)
    };
    assert_eq!(policy("example.com", true), Some(Policy::None));
    assert_eq!(policy("a.example.com", true), Some(Policy::Quarantine));
    assert_eq!(policy("a.example.com", false), Some(Policy::Reject));
    assert_eq!(policy("example.net", true), None);
}

#[test]
fn alignment_by_the_walk() {
    let zone = Zone::new(&[
        ("_dmarc.example.com", "v=DMARC1; p=none"),
        ("_dmarc.own.example.com", "v=DMARC1; p=none; psd=n"),
    ]);
    let aligned = |alignment, author: &str, other: &str| {
        block_on(is_aligned_by_walk(
            &zone,
            alignment,
            &name(author),
            &name(other),
        ))
        .expect("an answer")
    };
    assert!(aligned(
        Alignment::Relaxed,
        "a.example.com",
        "b.example.com"
    ));
    assert!(!aligned(
        Alignment::Strict,
        "a.example.com",
        "b.example.com"
    ));
    assert!(aligned(Alignment::Strict, "a.example.com", "A.example.com"));
    assert!(!aligned(
        Alignment::Relaxed,
        "own.example.com",
        "example.com"
    ));
    assert!(aligned(
        Alignment::Relaxed,
        "own.example.com",
        "x.own.example.com"
    ));
}

#[test]
fn a_failure_is_not_an_absence() {
    let zone = Zone::new(&[]).with_broken("_dmarc.example.com");
    let error = block_on(discover(&zone, &name("a.example.com"))).expect_err("no answer");
    assert_eq!(
        error.to_string(),
        "DNS gave no answer for _dmarc.example.com: SERVFAIL"
    );
}

#[test]
fn an_own_record_decides_whether_parents_answer_or_not() {
    let own = [("_dmarc.a.example.com", "v=DMARC1; p=reject")];
    let zone = Zone::new(&own).with_broken("_dmarc.example.com");
    let found = block_on(discover(&zone, &name("a.example.com"))).expect("its own record");
    assert_eq!(found.effective_policy(true), Some(Policy::Reject));
    let error = found.organizational_domain.expect_err("a parent is silent");
    assert_eq!(error.name, name("_dmarc.example.com"));
    // One that says that the organization ends there asks nobody above.
    let own = [("_dmarc.a.example.com", "v=DMARC1; p=reject; psd=n")];
    let zone = Zone::new(&own).with_broken("_dmarc.example.com");
    let found = block_on(discover(&zone, &name("a.example.com"))).expect("its own record");
    assert_eq!(found.organizational_domain, Ok(name("a.example.com")));
}
