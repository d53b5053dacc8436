//! Names: limits, spellings, families.

use proptest::prelude::*;

use super::{Name, lint_owner};

fn name(text: &str) -> Name {
    Name::parse(text).expect("a name")
}

#[test]
fn one_spelling_for_all_that_mean_the_same() {
    let check = |text: &str, canonical: &str| assert_eq!(name(text).to_string(), canonical);
    check("example.com", "example.com");
    check("Example.COM.", "example.com");
    check("bücher.example", "xn--bcher-kva.example");
    check("XN--BCHER-KVA.example", "xn--bcher-kva.example");
    check("_dmarc.bücher.example", "_dmarc.xn--bcher-kva.example");
    check("*.example.com", "*.example.com");
    check(".", ".");
    check("com", "com");
}

#[test]
fn what_is_no_name_says_why() {
    let check = |text: &str, reason: &str| {
        let error = Name::parse(text).expect_err("not a name");
        assert_eq!(error.to_string(), reason);
        assert_eq!(error.finding().rule, "DNS-05");
    };
    check("", "the name is empty");
    check("a..b", "\"a..b\" has an empty label");
    check(".a", "\".a\" has an empty label");
    check(
        "a b.example",
        "' ' in \"a b.example\" does not belong in a name",
    );
    check(
        "a*.example",
        "'*' in \"a*.example\" does not belong in a name",
    );
    check(
        "a\\052.example",
        "'\\\\' in \"a\\\\052.example\" does not belong in a name",
    );
    check(
        "xn--a.example",
        "\"xn--a.example\" is not a valid international name",
    );
    let long = "a".repeat(64);
    check(
        &format!("{long}.example"),
        &format!(
            "the label \"{}…\" has 64 octets, 63 are allowed",
            &long[..60]
        ),
    );
    let labels = vec!["a".repeat(49); 6].join(".");
    check(&labels, "the name has 299 octets, 253 are allowed");
}

#[test]
fn the_longest_label_and_name_are_names() {
    assert_eq!(name(&"a".repeat(63)).octets(), 63);
    let labels = [63, 63, 63, 61].map(|length| "a".repeat(length)).join(".");
    assert_eq!(name(&labels).octets(), 253);
    assert!(name("a").join(&name(&labels)).is_err());
}

#[test]
fn route53_escapes_are_octets() {
    let check = |text: &str, canonical: &str, octets: usize| {
        let name = Name::parse_route53(text).expect("a name");
        assert_eq!(name.to_string(), canonical);
        assert_eq!(name.octets(), octets);
    };
    check("\\052.example.com.", "*.example.com", 13);
    check("Example.com.", "example.com", 11);
    check("a\\100b.example.com.", "a\\100b.example.com", 15);
    check("\\141.example.com.", "a.example.com", 13);
    check("a/b.example.com.", "a\\057b.example.com", 15);
    check(".", ".", 0);
    for bad in [
        "\\",
        "\\05.example.com",
        "\\777.example.com",
        "\\08a.example.com",
        "",
    ] {
        assert!(Name::parse_route53(bad).is_err(), "{bad}");
    }
}

#[test]
fn families() {
    let domain = name("example.com");
    let check = |text: &str, within: bool, below: bool, labels: Option<&str>| {
        let name = name(text);
        assert_eq!(name.is_within(&domain), within, "{text}");
        assert_eq!(name.is_below(&domain), below, "{text}");
        assert_eq!(name.relative_to(&domain), labels, "{text}");
    };
    check("example.com", true, false, Some(""));
    check("a.b.EXAMPLE.com", true, true, Some("a.b"));
    check("badexample.com", false, false, None);
    check("com", false, false, None);
    check(".", false, false, None);

    assert!(domain.is_below(&Name::ROOT));
    assert_eq!(domain.relative_to(&Name::ROOT), Some("example.com"));
    assert_eq!(domain.child("_dmarc"), Ok(name("_dmarc.example.com")));
    assert_eq!(
        domain.child("default._bimi"),
        Ok(name("default._bimi.example.com"))
    );
    assert_eq!(domain.parent(), Some(name("com")));
    assert_eq!(name("com").parent(), Some(Name::ROOT));
    assert_eq!(Name::ROOT.parent(), None);
    assert_eq!(name("a.b.example.com").last_labels(2), domain);
    assert_eq!(domain.last_labels(7), domain);
    assert_eq!(Name::ROOT.label_count(), 0);
}

#[test]
fn hosts() {
    for host in [
        "mail.example.com",
        "a",
        "xn--bcher-kva.example",
        "1.example",
    ] {
        assert!(name(host).is_host(), "{host}");
    }
    for other in [
        ".",
        "_dmarc.example.com",
        "*.example.com",
        "-a.example",
        "a-.b",
        "192.0.2.1",
    ] {
        assert!(!name(other).is_host(), "{other}");
    }
}

#[test]
fn dns_05_and_dns_10_of_an_owner() {
    let domain = name("example.com");
    let check = |text: &str, rules: &[&str]| {
        let (_, findings) = lint_owner(text, &domain);
        let found: Vec<&str> = findings.iter().map(|finding| &*finding.rule).collect();
        assert_eq!(found, rules, "{text}");
    };
    check("_dmarc.example.com", &[]);
    check("_dmarc.example.com.example.com", &["DNS-10"]);
    check("example.com.example.com.", &["DNS-10"]);
    check("badexample.com.example.com", &[]);
    check("mail.example.community.example.com", &[]);
    check(&format!("{}.example.com", "a".repeat(64)), &["DNS-05"]);
    check("bücher.example", &[]);
}

#[test]
fn a_domain_sorts_before_what_lies_below_it() {
    let mut names = ["b.example", "a.b.example", "example", "a.example"].map(name);
    names.sort();
    assert_eq!(
        names,
        ["example", "a.example", "b.example", "a.b.example"].map(name)
    );
}

#[test]
fn serde_takes_both_spellings() {
    let wildcard: Name = serde_json::from_str(r#""\\052.Example.com.""#).expect("a name");
    assert_eq!(
        serde_json::to_string(&wildcard).expect("text"),
        r#""*.example.com""#
    );
    let strange: Name = serde_json::from_str(r#""a\\100b.example""#).expect("a name");
    let text = serde_json::to_string(&strange).expect("text");
    assert_eq!(
        serde_json::from_str::<Name>(&text).expect("a name"),
        strange
    );
}

proptest! {
    #[test]
    fn printing_and_reading_meet(labels in prop::collection::vec("[a-z0-9_-]{1,20}", 1..6)) {
        let text = labels.join(".");
        if let Ok(name) = Name::parse(&text) {
            prop_assert_eq!(name.to_string(), text);
        }
    }

    #[test]
    fn reading_any_text_ends_well(text in any::<String>()) {
        if let Ok(name) = Name::parse(&text) {
            prop_assert_eq!(Name::parse(&name.to_string()), Ok(name.clone()));
            prop_assert!(name.octets() <= super::NAME_MAX);
        }
        if let Ok(name) = Name::parse_route53(&text) {
            prop_assert_eq!(Name::parse_route53(&name.to_string()), Ok(name));
        }
    }

    #[test]
    fn any_octets_make_a_name_that_reads_back(
        labels in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..20), 1..6)
    ) {
        let name = Name::from_labels(labels.iter().map(Vec::as_slice)).expect("short enough");
        prop_assert_eq!(Name::parse_route53(&name.to_string()), Ok(name.clone()));
        prop_assert_eq!(name.octets(), labels.iter().map(|l| l.len() + 1).sum::<usize>() - 1);
    }
}

#[test]
fn addresses_have_names_in_reverse() {
    let reverse = |text: &str| Name::reverse(text.parse().expect("an address")).to_string();
    assert_eq!(reverse("192.0.2.1"), "1.2.0.192.in-addr.arpa");
    assert!(reverse("2001:db8::1").ends_with("8.b.d.0.1.0.0.2.ip6.arpa"));
    assert!(reverse("2001:db8::1").starts_with("1.0.0.0."));
}
