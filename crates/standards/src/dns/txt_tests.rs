//! TXT values: strings, escapes, and the rules that hold for every policy.

use proptest::prelude::*;

use super::{Presentation, Txt, TxtError, lint_policy, lint_presentation, printed_length};
use Presentation::{Route53, ZoneFile};

#[test]
fn reading() {
    let check = |text: &str, presentation, expect: &[u8]| {
        assert_eq!(
            Txt::parse(text, presentation),
            Ok(Txt::new(expect)),
            "{text}"
        );
    };
    check(r#""v=spf1 -all""#, Route53, b"v=spf1 -all");
    check(r#""v=spf1 " "-all""#, Route53, b"v=spf1 -all");
    check(r#"  "a"	"b"  "#, Route53, b"ab");
    check(r#""a""b""#, Route53, b"ab");
    check(r#""""#, Route53, b"");
    check(r#""a\"b\\c""#, Route53, b"a\"b\\c");
    check(r#""\101\041\377\073""#, Route53, b"A!\xff;");
    check(r#""\065\255\059""#, ZoneFile, b"A\xff;");
    check(r#""\;""#, ZoneFile, b";");
    check("v=spf1 -all", ZoneFile, b"v=spf1-all");
    check(r"a\ b", ZoneFile, b"a b");
}

#[test]
fn what_cannot_be_read_says_where() {
    let check = |text: &str, presentation, error: TxtError| {
        assert_eq!(Txt::parse(text, presentation), Err(error), "{text}");
    };
    check("", Route53, TxtError::Empty);
    check("  ", ZoneFile, TxtError::Empty);
    check("v=spf1", Route53, TxtError::Unquoted(0));
    check(r#""a" b"#, Route53, TxtError::Unquoted(4));
    check(r#""a"#, Route53, TxtError::Unclosed(0));
    check(r#""a"b"#, Route53, TxtError::Unquoted(3));
    check(r#""a\"#, Route53, TxtError::Escape(2));
    check(r#""\08""#, Route53, TxtError::Escape(1));
    check(r#""\400""#, Route53, TxtError::Escape(1));
    check(r#""\256""#, ZoneFile, TxtError::Escape(1));
    let long = format!("\"a\" \"{}\"", "b".repeat(256));
    check(
        &long,
        Route53,
        TxtError::StringTooLong { at: 4, octets: 256 },
    );
}

#[test]
fn printing() {
    let check = |octets: &[u8], presentation, expect: &str| {
        assert_eq!(Txt::new(octets).print(presentation), expect);
    };
    check(b"v=spf1 -all", Route53, r#""v=spf1 -all""#);
    check(b"", Route53, r#""""#);
    check(b"a\"b\\c;", ZoneFile, r#""a\"b\\c;""#);
    check(b"\x07\xc3\xa9", Route53, r#""\007\303\251""#);
    check(b"\x07\xc3\xa9", ZoneFile, r#""\007\195\169""#);
}

#[test]
fn dns_01_strings_are_split_at_255_octets_without_a_loss() {
    let check = |octets: usize, lengths: &[usize]| {
        let value = Txt::new(vec![b'a'; octets]);
        let found: Vec<usize> = value.strings().map(<[u8]>::len).collect();
        assert_eq!(found, lengths);
        assert_eq!(Txt::from_strings(value.strings()), value);
    };
    check(0, &[0]);
    check(255, &[255]);
    check(256, &[255, 1]);
    check(600, &[255, 255, 90]);

    let rules = |text: &str| -> Vec<String> {
        let (_, findings) = lint_presentation(text, Route53);
        findings
            .iter()
            .map(|finding| finding.rule.to_string())
            .collect()
    };
    assert_eq!(rules(&format!("\"{}\"", "a".repeat(255))), [""; 0]);
    assert_eq!(rules(&format!("\"{}\"", "a".repeat(256))), ["DNS-01"]);
}

#[test]
fn dns_02_03_11_of_any_policy() {
    let check = |text: &str, expect: &[(&str, &str)]| {
        let found: Vec<(String, String)> = lint_policy(text)
            .into_iter()
            .map(|finding| (finding.rule.into_owned(), finding.reason))
            .collect();
        let expect: Vec<(String, String)> = expect
            .iter()
            .map(|(rule, reason)| ((*rule).into(), (*reason).into()))
            .collect();
        assert_eq!(found, expect, "{text}");
    };
    check("v=DMARC1; p=none", &[]);
    check(
        "v=DMARC1;\u{a0}p=none",
        &[("DNS-02", "a no-break space (U+00A0) in the value")],
    );
    check(
        "v=DMARC1;\u{200b}p=none",
        &[("DNS-02", "an invisible character (U+200B) in the value")],
    );
    check("v=spf1\t-all", &[("DNS-02", "a tab (U+0009) in the value")]);
    check(
        "\u{201c}v=spf1",
        &[("DNS-02", "a curly quote (U+201C) in the value")],
    );
    check(
        "v=DMARC1\\; p=none",
        &[("DNS-03", "the value holds a backslash before a semicolon")],
    );
    check(
        "\"v=spf1 -all\"",
        &[("DNS-03", "the value has quotes around it")],
    );
    check(&"a".repeat(3900), &[]);
    check(
        &"a".repeat(4000),
        &[(
            "DNS-11",
            "the value takes 4047 characters, Route 53 allows 4000",
        )],
    );
}

proptest! {
    #[test]
    fn printing_and_reading_meet(octets in prop::collection::vec(any::<u8>(), 0..700)) {
        let value = Txt::new(octets);
        for presentation in [Route53, ZoneFile] {
            prop_assert_eq!(Txt::parse(&value.print(presentation), presentation), Ok(value.clone()));
        }
    }

    #[test]
    fn reading_any_text_ends_well(text in any::<String>()) {
        for presentation in [Route53, ZoneFile] {
            if let Ok(value) = Txt::parse(&text, presentation) {
                let canonical = value.print(presentation);
                prop_assert_eq!(Txt::parse(&canonical, presentation), Ok(value));
            }
            let (_, findings) = lint_presentation(&text, presentation);
            prop_assert!(findings.len() <= 1);
        }
        lint_policy(&text);
    }
}

#[test]
fn the_length_of_a_value_is_that_of_its_print() {
    let texts = [
        "",
        "a",
        "\"a\\b\"",
        "é\tx\n",
        &"x".repeat(255),
        &"y\\".repeat(600),
    ];
    for text in texts {
        let txt = Txt::from(text);
        let printed = txt.print(Presentation::Route53);
        assert_eq!(printed_length(&txt), printed.len(), "{printed}");
    }
}
