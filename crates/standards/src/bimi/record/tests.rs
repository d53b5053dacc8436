//! A table for each rule of the record, and its properties.

use proptest::prelude::*;

use super::*;
use crate::Place;

#[track_caller]
fn check(text: &str, expect: &[&str]) {
    let (record, findings) = Bimi::parse(text);
    let is_usable = record.is_some_and(|record| record.is_usable());
    assert_eq!(is_usable, is_sound(&findings), "{text}: {findings:?}");
    let rules: Vec<&str> = findings.iter().map(|finding| &*finding.rule).collect();
    assert_eq!(rules, expect, "{text}: {findings:?}");
    for finding in &findings {
        let Place::Span(span) = &finding.place else {
            panic!("{finding:?} has no place")
        };
        assert!(
            text.get(span.clone()).is_some(),
            "{finding:?} is outside of {text}"
        );
    }
}

fn name(text: &str) -> Name {
    Name::parse(text).expect("a name")
}

#[test]
fn bimi_r12_several_records_are_none() {
    let among = |values: &[&str]| {
        let values: Vec<Txt> = values.iter().map(|value| Txt::new(*value)).collect();
        let (record, findings) = Bimi::among(&name("default._bimi.example.com"), &values);
        let rules: Vec<String> = findings.iter().map(|one| one.rule.to_string()).collect();
        (record.is_some(), rules)
    };
    let record = "v=BIMI1; l=https://example.com/logo.svg";
    assert_eq!(among(&[record, "something else"]), (true, vec![]));
    assert_eq!(among(&["something else"]), (false, vec![]));
    let several = among(&[record, "v=BIMI1; l=; a=;"]);
    assert_eq!(several, (false, vec!["BIMI-R12".to_owned()]));
}

#[test]
fn bimi_r01_and_x13_names() {
    let rule = |owner| {
        let finding = check_record_owner(&name(owner), &name("example.com"));
        finding.map(|finding| finding.rule.into_owned())
    };
    assert_eq!(rule("default._bimi.example.com"), None);
    assert_eq!(rule("2026.spring._BIMI.Example.com."), None);
    assert_eq!(rule("_bimi.example.com").as_deref(), Some("BIMI-X13"));
    assert_eq!(rule("example.com").as_deref(), Some("BIMI-X13"));
    for wrong in [
        "default.bimi.example.com",
        "a_b._bimi.example.com",
        "default._bimi.example.net",
        "default._bimi.notexample.com",
    ] {
        assert_eq!(rule(wrong).as_deref(), Some("BIMI-R01"), "{wrong}");
    }
    let owner = record_owner(&Selector::default(), &name("example.com")).expect("short enough");
    assert_eq!(owner.as_str(), "default._bimi.example.com");
}

#[test]
fn bimi_r02_version() {
    check("v=BIMI1; l=https://example.com/a.svg", &[]);
    check("v = BIMI1;l = https://example.com/a.svg;", &[]);
    check("v=bimi1; l=https://example.com/a.svg", &["BIMI-R02"]);
    check("V=BIMI1; l=https://example.com/a.svg", &["BIMI-R02"]);
    check("l=https://example.com/a.svg; v=BIMI1", &["BIMI-R02"]);
    check("v=BIMI2; l=https://example.com/a.svg", &["BIMI-R02"]);
    check("", &["BIMI-R02"]);
}

#[test]
fn bimi_r03_location() {
    check("v=BIMI1; a=https://example.com/a.pem", &["BIMI-R03"]);
    check("v=BIMI1; l=http://example.com/a.svg", &["BIMI-R03"]);
    check("v=BIMI1; l=example.com/a.svg", &["BIMI-R03"]);
    check("v=BIMI1; l=https:///a.svg", &["BIMI-R03"]);
    check("v=BIMI1; l=https://example.com/%zz.svg", &["BIMI-R03"]);
    check("v=BIMI1; l=HTTPS://Example.com:8443/a.svg?v=1#b", &[]);
}

#[test]
fn bimi_r04_authority() {
    let check = |a: &str, expect: &[&str]| {
        check(
            &format!("v=BIMI1; l=https://example.com/a.svg; a={a}"),
            expect,
        );
    };
    check("", &[]);
    check("https://example.com/a.pem", &[]);
    check("http://example.com/a.pem", &["BIMI-R04"]);
    check("self", &["BIMI-R04"]);
    check("https://192.0.2.1/a.pem", &["BIMI-R04"]);
    check("https://[2001:db8::1]/a.pem", &["BIMI-R04"]);
    check("https://localhost/a.pem", &["BIMI-R04"]);
    check("https://me@example.com/a.pem", &["BIMI-R04"]);
    check("https://example.com:port/a.pem", &["BIMI-R04"]);
}

#[test]
fn bimi_r05_bare_characters() {
    check("v=BIMI1; l=https://example.com/a,b.svg", &["BIMI-R05"]);
    check(
        "v=BIMI1; l=https://example.com/a.svg,https://example.com/b.svg",
        &["BIMI-R05"],
    );
    check("v=BIMI1; l=https://example.com/a b.svg", &["BIMI-R05"]);
    check("v=BIMI1; l=https://example.com/a%2Cb%20c.svg", &[]);
}

#[test]
fn bimi_r06_suffixes() {
    check("v=BIMI1; l=https://example.com/a.png", &["BIMI-R06"]);
    check("v=BIMI1; l=https://example.com/a.svg/", &["BIMI-R06"]);
    check("v=BIMI1; l=https://example.com/?a.svg", &["BIMI-R06"]);
    check("v=BIMI1; l=https://example.com/a.SVGZ", &[]);
    check(
        "v=BIMI1; l=https://example.com/a.svg; a=https://example.com/a.crt",
        &["BIMI-R06"],
    );
}

#[test]
fn bimi_r07_avatar() {
    check(
        "v=BIMI1; l=https://example.com/a.svg; avp=logo",
        &["BIMI-R07"],
    );
    check("v=BIMI1; l=https://example.com/a.svg; avp=Brand", &[]);
    check("v=BIMI1; l=https://example.com/a.svg; avp=brand", &[]);
    let (record, _) = Bimi::parse("v=BIMI1; l=https://example.com/a.svg; avp=personal");
    assert_eq!(record.expect("valid").avatar(), AvatarPreference::Personal);
}

#[test]
fn bimi_r08_local_parts() {
    check(
        "v=BIMI1; l=https://example.com/a.svg; lps=a_b",
        &["BIMI-R08"],
    );
    check(
        "v=BIMI1; l=https://example.com/a.svg; lps=a,,b",
        &["BIMI-R08"],
    );
    check(
        &format!("v=BIMI1; l=; a=; lps={}", "a".repeat(64)),
        &["BIMI-R08"],
    );
    check("v=BIMI1; l=https://example.com/a.svg; lps=", &[]);
    let (record, findings) = Bimi::parse("v=BIMI1; l=; a=; lps=News , brand-2");
    assert_eq!(findings, []);
    let record = record.expect("valid");
    assert_eq!(record.to_string(), "v=BIMI1; l=; a=; lps=news,brand-2;");
}

#[test]
fn bimi_r09_local_parts_have_selectors() {
    let selectors = |names: &[&str]| -> Vec<Selector> {
        names
            .iter()
            .map(|name| name.parse().expect("a selector"))
            .collect()
    };
    let rules = |lps: &str, published: &[&str]| -> Vec<String> {
        let (record, _) = Bimi::parse(&format!("v=BIMI1; l=; a=;{lps}"));
        let findings = record
            .expect("valid")
            .check_local_parts(&selectors(published));
        findings
            .into_iter()
            .map(|finding| finding.rule.into_owned())
            .collect()
    };
    assert_eq!(rules("", &[]), [""; 0]);
    assert_eq!(rules("lps=news", &["default", "newsletter-eu"]), [""; 0]);
    assert_eq!(
        rules("lps=news,shop", &["default", "newsletter-eu"]),
        ["BIMI-R09"]
    );
    assert_eq!(rules("lps=", &["default"]), ["BIMI-R09"]);
    assert_eq!(rules("lps=", &["default", "news"]), [""; 0]);
}

#[test]
fn local_parts_become_selectors() {
    for (local, selector) in [
        ("News", Some("news")),
        ("news+march", Some("news")),
        ("a_b.c-d", Some("a-b-c-d")),
        ("._a.-_b_.", Some("a-b")),
        ("+tag", None),
        ("...", None),
        ("jos\u{e9}", None),
        ("a!b", None),
    ] {
        let found = Selector::of_local_part(local).map(|selector| selector.to_string());
        assert_eq!(found.as_deref(), selector, "{local}");
    }
    assert_eq!(Selector::of_local_part(&"a".repeat(64)), None);
}

#[test]
fn bimi_r10_and_r11_declining() {
    check("v=BIMI1; l=; a=;", &[]);
    check("v=BIMI1;l=;a=", &[]);
    check("v=BIMI1; l=;", &["BIMI-R10"]);
    check("v=BIMI1; l=none; a=;", &["BIMI-R10"]);
    check("v=BIMI1; l=; a=https://example.com/a.pem", &["BIMI-R11"]);
    let (record, _) = Bimi::parse("v=BIMI1; l=; a=;");
    assert!(record.expect("valid").is_declination());
}

#[test]
fn bimi_r13_tags() {
    check("v=BIMI1; l=https://example.com/a.svg; z=1", &["BIMI-R13"]);
    check("v=BIMI1; l=https://example.com/a.svg; l=", &["BIMI-R13"]);
    check("v=BIMI1; l=https://example.com/a.svg; words", &["BIMI-R13"]);
    check("v=BIMI1;; l=https://example.com/a.svg", &["BIMI-R13"]);
}

#[test]
fn bimi_r14_copies() {
    let record = |text| Bimi::parse(text).0.expect("valid");
    let one = record("v=BIMI1; l=https://example.com/a.svg");
    let same = record("v=BIMI1;l=https://example.com/a.svg;a=");
    let other = record("v=BIMI1; l=https://example.com/b.svg");
    let none = Bimi::declination();
    let [a, b, c] = ["a.example", "b.example", "c.example"].map(name);
    let findings = check_copies([(&a, &one), (&b, &same), (&c, &other)]);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].rule, "BIMI-R14");
    assert_eq!(check_copies([(&a, &one), (&c, &other)]), []);
    assert_eq!(check_copies([(&a, &none), (&c, &none)]), []);
}

#[test]
fn bimi_r15_no_s() {
    check(
        "v=BIMI1; l=https://example.com/a.svg; s=brand",
        &["BIMI-R15"],
    );
}

#[test]
fn a_record_can_be_made() {
    let uri = |text: &str| text.parse::<HttpsUri>().expect("a URI");
    let record = Bimi::new(
        uri("https://a.example/l.svg"),
        Some(uri("https://a.example/c.pem")),
    );
    let record = record
        .expect("a logo's suffix")
        .with_avatar(AvatarPreference::Personal);
    assert_eq!(
        record.to_string(),
        "v=BIMI1; l=https://a.example/l.svg; a=https://a.example/c.pem; avp=personal"
    );
    assert!(Bimi::new(uri("https://a.example/l.png"), None).is_err());
}

fn uri(suffix: &'static str) -> impl Strategy<Value = HttpsUri> {
    "[a-z]{1,9}\\.[a-z]{2,5}(:[1-9][0-9]{0,3})?(/[A-Za-z0-9._~-]{1,9}){0,3}/[a-z]{1,5}"
        .prop_map(move |rest| format!("https://{rest}{suffix}").parse().expect("a URI"))
}

fn record() -> impl Strategy<Value = Bimi> {
    let prefixes = proptest::collection::vec("[a-z0-9-]{1,12}", 0..4);
    let location = proptest::option::of(uri(".svg"));
    let authority = proptest::option::of(uri(".pem"));
    (
        location,
        authority,
        any::<bool>(),
        proptest::option::of(prefixes),
    )
        .prop_map(|(location, authority, personal, prefixes)| Bimi {
            location,
            authority,
            avatar: if personal {
                AvatarPreference::Personal
            } else {
                AvatarPreference::Brand
            },
            local_parts: prefixes
                .map(|list| list.iter().map(|p| p.parse().expect("a prefix")).collect()),
        })
}

proptest! {
    #[test]
    fn what_is_printed_is_read_back(record in record()) {
        let (read, findings) = Bimi::parse(&record.to_string());
        prop_assert!(findings.iter().all(|finding| finding.rule == "BIMI-R11"), "{findings:?}");
        prop_assert_eq!(read, Some(record));
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in "\\PC{0,80}") {
        if let (Some(record), _) = Bimi::parse(&text) {
            let printed = record.to_string();
            prop_assert_eq!(Bimi::parse(&printed).0.expect("canonical").to_string(), printed);
        }
    }

    #[test]
    fn any_tags_are_read_without_a_panic(
        text in "(v=BIMI1|l=|a=|avp=|lps=|s=|;| |,|https://|a\\.b|/|\\.svg|\\.pem|%|é|brand){0,20}"
    ) {
        Bimi::parse(&text);
        if let Ok(owner) = Name::parse(&text) {
            check_record_owner(&owner, &name("example.com"));
        }
        Selector::of_local_part(&text);
    }
}
