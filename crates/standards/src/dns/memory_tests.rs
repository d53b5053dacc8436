//! Answers from the text of a zone, and the faults of one.

use super::MemoryResolver;
use crate::dns::Resolver as _;
use crate::test_support::{block_on, name};

const ZONE: &str = r#"
; a comment; with a semicolon
$ORIGIN example.com.
$TTL 300
@        3600 IN MX 10 mail   ; the host
         IN      MX 20 backup.example.net.
         TXT     ( "v=spf1 "
                   "mx -all" )  ; split
mail     A       192.0.2.1
mail     AAAA    2001:db8::1
www      CNAME   mail
*.wild   TXT     "a;b \"quoted\" \009"
there.wild A     192.0.2.2
loop     CNAME   loop
1.2.0.192.in-addr.arpa. PTR mail
a\046b   A       192.0.2.3
"#;

fn dns() -> MemoryResolver {
    MemoryResolver::parse(ZONE).expect("a zone file")
}

#[test]
fn a_zone_file_answers() {
    let dns = dns();
    let mx = block_on(dns.mx(&name("example.com"))).expect("an answer");
    let mx: Vec<String> = mx.iter().map(ToString::to_string).collect();
    assert_eq!(mx, ["10 mail.example.com.", "20 backup.example.net."]);
    let txt = |owner: &str| {
        let values = block_on(dns.txt(&name(owner))).expect("an answer");
        let texts = values.iter().map(|value| value.text().into_owned());
        texts.collect::<Vec<_>>()
    };
    assert_eq!(txt("example.com"), ["v=spf1 mx -all"]);
    assert_eq!(txt("x.wild.example.com"), ["a;b \"quoted\" \t"]);
    assert_eq!(txt("there.wild.example.com"), [""; 0], "no wildcard there");
    let a = |owner: &str| block_on(dns.a(&name(owner))).map(|found| found.len());
    assert_eq!(a("www.example.com"), Ok(1), "an alias is followed");
    assert!(a("loop.example.com").is_err());
    let dotted = crate::dns::Name::from_labels([b"a.b".as_slice(), b"example", b"com"]);
    assert_eq!(
        block_on(dns.a(&dotted.expect("a name"))).map(|a| a.len()),
        Ok(1)
    );
    let address = "192.0.2.1".parse().expect("an address");
    let names = block_on(dns.ptr(address)).expect("an answer");
    assert_eq!(names, [name("mail.example.com")]);
}

#[test]
fn a_name_without_data_is_told_from_a_name_that_does_not_exist() {
    let dns = dns().with_failure(name("broken.example"), "SERVFAIL");
    let exists = |owner: &str| block_on(dns.exists(&name(owner)));
    assert_eq!(exists("www.example.com"), Ok(true));
    // An empty non-terminal exists (RFC 8020 §2).
    assert_eq!(exists("wild.example.com"), Ok(true));
    assert_eq!(exists("any.wild.example.com"), Ok(true));
    assert_eq!(exists("nowhere.example.com"), Ok(false));
    assert!(exists("broken.example").is_err());
}

#[test]
fn a_fault_has_its_line() {
    let fault = |text: &str| {
        let error = MemoryResolver::parse(text).expect_err(text);
        error.to_string()
    };
    assert_eq!(
        fault("a. A 192.0.2.1\na. A 192.0.2\n"),
        "line 2: \"192.0.2\" is not a value of type A: invalid IPv4 address syntax"
    );
    assert_eq!(
        fault("A 192.0.2.1"),
        "line 1: the first record has no owner"
    );
    assert_eq!(
        fault("\na. TXT ( \"x\"\n"),
        "line 2: a parenthesis or a quote is not closed"
    );
    assert_eq!(
        fault("a. TXT \"x\n"),
        "line 1: a parenthesis or a quote is not closed"
    );
    assert_eq!(
        fault("$INCLUDE x"),
        "line 1: the directive \"$INCLUDE\" is not known"
    );
    assert_eq!(
        fault("a. is here"),
        "line 1: \"a. is here\" is no record: write an owner, a type and a value"
    );
}
