//! CAA: reading, and who may issue.

use proptest::prelude::*;

use super::{Caa, Certificate, allows, climb, lint_host, lint_mark};
use crate::dns::{Name, Presentation};

fn name(text: &str) -> Name {
    Name::parse(text).expect("a name")
}

fn set(values: &[&str]) -> Vec<Caa> {
    values
        .iter()
        .map(|value| value.parse().expect("a CAA value"))
        .collect()
}

#[test]
fn reading_and_printing() {
    let check = |text: &str, canonical: &str| {
        assert_eq!(
            text.parse::<Caa>().expect("a CAA value").to_string(),
            canonical
        );
    };
    check(r#"0 issue "amazon.com""#, r#"0 issue "amazon.com""#);
    check("0   ISSUE  amazon.com", r#"0 issue "amazon.com""#);
    check(
        r#"128 iodef "mailto:a@example.com""#,
        r#"128 iodef "mailto:a@example.com""#,
    );
    check(r#"0 issue ";""#, r#"0 issue ";""#);
    check(r#"0 issue "\073""#, r#"0 issue ";""#);
    for bad in [
        "",
        "0",
        "0 issue",
        "256 issue \"a\"",
        "+1 issue \"a\"",
        "0 is_sue \"a\"",
        "0 issue \"a\" \"b\"",
        "0 issue \"a",
    ] {
        assert!(bad.parse::<Caa>().is_err(), "{bad}");
    }
}

#[test]
fn who_may_issue() {
    let amazon = [name("amazon.com")];
    let check = |values: &[&str], certificate, expect: bool| {
        assert_eq!(
            allows(&set(values), certificate, &amazon),
            expect,
            "{values:?}"
        );
    };
    check(&[], Certificate::Host, true);
    check(&["0 issue amazon.com"], Certificate::Host, true);
    check(
        &["0 issue \"amazon.com; account=1\""],
        Certificate::Host,
        true,
    );
    check(
        &["0 issue letsencrypt.org", "0 issue amazon.com"],
        Certificate::Host,
        true,
    );
    check(&["0 issue letsencrypt.org"], Certificate::Host, false);
    check(&["0 issue \";\""], Certificate::Host, false);
    check(&["0 issuewild letsencrypt.org"], Certificate::Host, true);
    check(
        &["0 issuewild letsencrypt.org", "0 issue amazon.com"],
        Certificate::Wildcard,
        false,
    );
    check(&["0 issue amazon.com"], Certificate::Wildcard, true);
    check(&["0 issue letsencrypt.org"], Certificate::Mark, true);
    check(&["0 issuevmc digicert.com"], Certificate::Mark, false);
    check(&["128 unheardof \"x\""], Certificate::Host, false);
    check(&["0 unheardof \"x\""], Certificate::Host, true);
    check(
        &["128 iodef \"mailto:a@example.com\""],
        Certificate::Host,
        true,
    );
}

#[test]
fn dns_13() {
    let check = |host: &str, values: &[&str], reason: Option<&str>| {
        let finding = lint_host(&name(host), &set(values));
        assert_eq!(
            finding.as_ref().map(|found| &*found.rule),
            reason.map(|_| "DNS-13")
        );
        assert_eq!(finding.map(|found| found.reason).as_deref(), reason);
    };
    check("mta-sts.example.com", &[], None);
    check("mta-sts.example.com", &["0 issue amazontrust.com"], None);
    check(
        "mta-sts.example.com",
        &["0 issue letsencrypt.org", "0 issue digicert.com"],
        Some(
            "CAA lets letsencrypt.org, digicert.com issue for mta-sts.example.com, and not Amazon",
        ),
    );
    check(
        "*.example.com",
        &["0 issue amazon.com", "0 issuewild \";\""],
        Some("CAA lets amazon.com issue for *.example.com, and not Amazon"),
    );
}

#[test]
fn dns_14() {
    let digicert = name("digicert.com");
    let check = |values: &[&str], expect: Option<&str>| {
        let finding = lint_mark(&name("example.com"), &set(values), &digicert);
        assert_eq!(finding.as_ref().map(|found| &*found.rule), expect);
    };
    check(&["0 issue amazon.com"], None);
    check(&["0 issuevmc digicert.com"], None);
    check(&["0 issuevmc globalsign.com"], Some("DNS-14"));
}

#[test]
fn the_nearest_set_decides() {
    let names: Vec<String> = climb(&name("a.b.example.com"))
        .map(|name| name.to_string())
        .collect();
    assert_eq!(
        names,
        ["a.b.example.com", "b.example.com", "example.com", "com"]
    );
}

proptest! {
    #[test]
    fn reading_any_text_ends_well(text in any::<String>()) {
        if let Ok(caa) = Caa::parse(&text, Presentation::Route53) {
            prop_assert_eq!(caa.to_string().parse::<Caa>(), Ok(caa));
        }
    }

    #[test]
    fn printing_and_reading_meet(
        flags in any::<u8>(),
        tag in "[a-z0-9]{1,15}",
        value in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let caa = Caa { flags, tag, value };
        for presentation in [Presentation::Route53, Presentation::ZoneFile] {
            prop_assert_eq!(Caa::parse(&caa.print(presentation), presentation), Ok(caa.clone()));
        }
    }
}
