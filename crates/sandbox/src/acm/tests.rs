//! Names, without a client.

use super::names;

#[test]
fn names_are_those_of_acms_pattern() {
    let check = |name: &str, expected: bool| {
        assert_eq!(names::domain_name(name).is_ok(), expected, "{name}");
    };
    for good in [
        "example.com",
        "EXAMPLE.com",
        "*.example.com",
        "a-b.1.example.com",
        "xn--bcher-kva.example",
    ] {
        check(good, true);
    }
    for bad in [
        "",
        "com",
        "*",
        "*.",
        "a..b.com",
        "-a.com",
        "a-.com",
        "a.b",
        "*.*.com",
        "a.*.com",
        "a_b.com",
        "example.com.",
    ] {
        check(bad, false);
    }
    check(&format!("{}.com", "a".repeat(60)), true);
    check(&format!("{}.example.com", "a".repeat(60)), false);
}

#[test]
fn arns_have_six_parts() {
    let check = |arn: &str, expected: bool| {
        assert_eq!(names::check_arn(arn).is_ok(), expected, "{arn}");
    };
    check(
        "arn:aws:acm:us-east-1:111111111111:certificate/12345678-1234-1234-1234-123456789012",
        true,
    );
    check("arn:aws:acm:us-east-1:account:certificate/12345678", false);
    check(
        "arn:aws:iam:us-east-1:111111111111:certificate/12345678",
        false,
    );
    check("arn:aws:acm:us-east-1:111111111111", false);
    check("certificate/12345678-1234-1234-1234-123456789012", false);
}

#[test]
fn ids_have_the_form_of_uuids() {
    let id = names::uuid(&names::derive(&["a"]));
    let lengths: Vec<usize> = id.split('-').map(str::len).collect();
    assert_eq!(lengths, [8, 4, 4, 4, 12]);
    assert_ne!(names::derive(&["a", "b"]), names::derive(&["ab"]));
}
