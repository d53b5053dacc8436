//! Tables and properties of report URIs.

use proptest::prelude::*;

use super::{ReportUri, Scheme};

fn check_good(text: &str, scheme: Scheme, host: Option<&str>, canonical: &str) {
    let uri: ReportUri = text
        .parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(uri.scheme(), scheme, "{text}");
    assert_eq!(uri.host().map(crate::dns::Name::as_str), host, "{text}");
    assert_eq!(uri.to_string(), canonical);
}

fn check_bad(text: &str, message: &str) {
    let error = text.parse::<ReportUri>().expect_err(text);
    assert_eq!(error.to_string(), message);
}

#[test]
fn reads_addresses_and_endpoints() {
    check_good(
        "mailto:a@example.com",
        Scheme::Mailto,
        Some("example.com"),
        "mailto:a@example.com",
    );
    check_good(
        "MAILTO:a%21b@EXAMPLE.com",
        Scheme::Mailto,
        Some("example.com"),
        "mailto:a%21b@example.com",
    );
    check_good(
        "mailto:a%40example.com",
        Scheme::Mailto,
        Some("example.com"),
        "mailto:a%40example.com",
    );
    check_good(
        "mailto:a+b=c@example.com?subject=x",
        Scheme::Mailto,
        Some("example.com"),
        "mailto:a+b=c@example.com?subject=x",
    );
    check_good(
        "https://Reports.Example:8443/v1?a=b",
        Scheme::Https,
        Some("reports.example"),
        "https://reports.example:8443/v1?a=b",
    );
    check_good(
        "ftp://example.com/x",
        Scheme::Other,
        None,
        "ftp://example.com/x",
    );
    // Whichever way the `@`s are written, the last one ends the local part.
    for text in [
        "mailto:%22x@y%22%40example.com",
        "mailto:%22x%40y%22@example.com",
    ] {
        check_good(text, Scheme::Mailto, Some("example.com"), text);
    }
}

#[test]
fn says_what_is_wrong() {
    check_bad("", "there is nothing where a URI should be");
    check_bad("a@example.com", "\"a@example.com\" has no scheme");
    check_bad("example.com/x", "\"example.com/x\" has no scheme");
    check_bad(
        "mailto:a@example.com!10m",
        "\"!\" must be written %21 inside a URI",
    );
    check_bad(
        "mailto:a b@example.com",
        "\" \" must be written %20 inside a URI",
    );
    check_bad(
        "mailto:ä@example.com",
        "\"ä\" is not ASCII, and report addresses are",
    );
    check_bad(
        "mailto:100%@example.com",
        "a `%` is not followed by two hexadecimal digits",
    );
    check_bad(
        "mailto:example.com",
        "\"example.com\" is not one mail address: there is no `@`",
    );
    check_bad(
        "mailto:a@",
        "\"a@\" is not one mail address: the host name is empty",
    );
    check_bad(
        "mailto:a@b.example%2Cc@d.example",
        "\"a@b.example%2Cc@d.example\" is not one mail address: what stands before `@` is not a local part",
    );
    check_bad(
        "mailto:a@192.0.2.1",
        "\"a@192.0.2.1\" is not one mail address: a host name has labels of letters, digits and inner hyphens, and is no IP address",
    );
    check_bad(
        "https:/example.com",
        "the URI has no valid host: `https:` is not followed by `//`",
    );
    check_bad(
        "https:///x",
        "the URI has no valid host: the host name is empty",
    );
    check_bad(
        "https://u@example.com/",
        "the URI has no valid host: a user name stands before it",
    );
    check_bad(
        "https://example.com:99999/",
        "the URI has no valid host: the port is not a number up to 65535",
    );
}

#[test]
fn encodes_an_address() {
    let uri = ReportUri::mailto("a!b/c@example.com").expect("a valid address");
    assert_eq!(uri.as_str(), "mailto:a%21b%2Fc@example.com");
    assert!(ReportUri::mailto("nobody").is_err());
}

proptest! {
    #[test]
    fn never_panics_and_prints_what_it_reads(text in "(mailto:|https://|[a-z]{0,3}:?)\\PC{0,40}") {
        if let Ok(uri) = text.parse::<ReportUri>() {
            prop_assert_eq!(uri.to_string().parse::<ReportUri>(), Ok(uri));
        }
    }
}
