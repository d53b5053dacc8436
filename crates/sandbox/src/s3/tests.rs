//! Tables that take no request: names, pages, addresses, chunks, policies, the public access they give.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request};
use proptest::prelude::*;

use super::address::Address;
use super::listing::Query;
use super::names;
use super::policy::Policy;
use crate::bodies;
use crate::conditions::is_like;

fn address(host: &str, target: &str) -> String {
    let request = Request::get(target).header("host", host).body(());
    let (parts, ()) = request.expect("a request").into_parts();
    let address = Address::parse(&parts).expect("an address");
    let region = address.endpoint_region.as_deref().unwrap_or("-");
    format!("{} {} {region}", address.bucket, address.key)
}

#[test]
fn addresses() {
    let table = [
        ("s3.us-east-1.amazonaws.com", "/b/k/l", "b k/l us-east-1"),
        ("b.s3.eu-west-1.amazonaws.com", "/k%20l", "b k l eu-west-1"),
        ("a.b.s3.eu-west-1.amazonaws.com", "/", "a.b  eu-west-1"),
        ("my.s3.bucket.s3.amazonaws.com", "/k", "my.s3.bucket k -"),
        (
            "b.s3.dualstack.eu-west-1.amazonaws.com",
            "/k",
            "b k eu-west-1",
        ),
        ("127.0.0.1:4566", "/b/k", "b k -"),
        ("b.localhost:4566", "/k", "b k -"),
        ("b.s3.localhost:4566", "/k", "b k -"),
        ("localhost:4566", "/b//k", "b /k -"),
    ];
    for (host, target, expected) in table {
        assert_eq!(address(host, target), expected, "{host}{target}");
    }
}

#[test]
fn reserved_names() {
    for name in [
        "a--ol-s3",
        "a.mrap",
        "a--x-s3",
        "a--table-s3",
        "amzn-s3-demo-x",
        "a..b",
    ] {
        assert!(names::check(name).is_err(), "{name}");
    }
    assert!(names::check(&"a".repeat(63)).is_ok());
    assert!(names::check(&"a".repeat(64)).is_err());
}

fn chunks(length: &'static str, body: &'static str) -> Result<(Bytes, usize), String> {
    let mut headers = HeaderMap::new();
    let payload = HeaderValue::from_static("STREAMING-UNSIGNED-PAYLOAD-TRAILER");
    headers.insert("x-amz-content-sha256", payload);
    headers.insert(
        "x-amz-decoded-content-length",
        HeaderValue::from_static(length),
    );
    let decoded = bodies::decode(&headers, &Bytes::from_static(body.as_bytes()));
    let decoded = decoded.map_err(|refused| format!("{refused:?}"))?;
    Ok((decoded.0, decoded.1.len()))
}

#[test]
fn chunked_bodies() {
    let whole =
        "3;chunk-signature=00\r\nabc\r\n2\r\nde\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n";
    assert_eq!(chunks("5", whole), Ok((Bytes::from_static(b"abcde"), 1)));
    assert_eq!(chunks("4", whole), Err("Incomplete".to_owned()));
    assert_eq!(chunks("3", "3\r\nabc\r\n"), Err("Incomplete".to_owned()));
    assert_eq!(
        chunks("3", "7\r\nabc\r\n0\r\n\r\n"),
        Err("Incomplete".to_owned())
    );
}

#[test]
fn patterns() {
    let table = [
        ("s3:get*", "s3:getobject", true),
        ("s3:?etobject", "s3:getobject", true),
        ("*", "", true),
        ("a*b*c", "aXbXbc", true),
        ("a*b*c", "aXbXb", false),
        ("", "a", false),
    ];
    for (pattern, text, expected) in table {
        assert_eq!(is_like(pattern, text), expected, "{pattern} {text}");
    }
}

#[test]
fn public_policies() {
    let public = |principal: &str, condition: &str| {
        let text = format!(
            r#"{{"Statement":{{"Effect":"Allow","Principal":{principal},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{condition}}}}}"#
        );
        Policy::parse("b", &text).expect("a policy").is_public()
    };
    assert!(public(r#""*""#, "{}"));
    assert!(public(
        r#"{"AWS":["*"]}"#,
        r#"{"Bool":{"aws:SecureTransport":"true"}}"#
    ));
    assert!(public(
        r#""*""#,
        r#"{"StringLike":{"aws:SourceArn":"arn:aws:*"}}"#
    ));
    assert!(!public(
        r#""*""#,
        r#"{"StringEquals":{"aws:SourceAccount":"1"}}"#
    ));
    assert!(!public(r#"{"Service":"cloudfront.amazonaws.com"}"#, "{}"));
    assert!(!public(r#"{"AWS":"111111111111"}"#, "{}"));
}

/// All lines of a list, read in pages of `size`.
fn pages(keys: &[String], delimiter: Option<&str>, size: usize) -> Vec<String> {
    let mut lines = Vec::<String>::new();
    loop {
        let after = lines.last().cloned().unwrap_or_default();
        let query = Query {
            prefix: "",
            delimiter,
            after: &after,
        };
        let rest = keys
            .iter()
            .map(String::as_str)
            .filter(|key| *key > after.as_str());
        let entries = query.entries(rest);
        let page = entries
            .iter()
            .take(size)
            .map(|entry| entry.name().to_owned());
        lines.extend(page);
        if entries.len() <= size {
            return lines;
        }
    }
}

proptest! {
    #[test]
    fn pages_of_any_size_make_the_same_list(
        keys in proptest::collection::btree_set("[ab/]{1,5}", 0..20),
        size in 1_usize..5,
        delimited: bool,
    ) {
        let keys = keys.into_iter().collect::<Vec<_>>();
        let delimiter = delimited.then_some("/");
        prop_assert_eq!(pages(&keys, delimiter, size), pages(&keys, delimiter, usize::MAX));
    }

    #[test]
    fn a_pattern_of_stars_matches_what_it_was_made_from(text in "[a-c]{0,8}", at in 0_usize..9) {
        let at = at.min(text.len());
        let pattern = format!("{}*{}", &text[..at], &text[at..]);
        prop_assert!(is_like(&pattern, &text));
        let longer = format!("{}xyz{}", &text[..at], &text[at..]);
        prop_assert!(is_like(&pattern, &longer));
    }
}
