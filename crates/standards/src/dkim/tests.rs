//! Tables and properties of the DKIM rules.

use proptest::prelude::*;

use super::{
    DkimKey, HashAlgorithm, PrivateKeyError, PublicKey, RsaPublicKey, Selector, Service,
    check_algorithms, check_wildcard, public_half,
};
use crate::dns::Txt;
use crate::test_support::{Zone, block_on, has_error, name, rules, summary};

const RSA_512: &str = "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBANuzLIkztGQPsjOn0f753rWQT3PIor5vtfpdCSjFelG7U2b3QlBzSWSQuHnJL1XpFx3QeyYvdpXGUvwegSreMosCAwEAAQ==";
const RSA_1024: &str = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCnudPfTf5Ow7qUCg2znPGcNo+kUo9hzLMgrM5jONrXHxr7pVRZJy9hTGExUgQfjm5N3yKYrgD9B0b5ijLCoRa2MkuFGd9RvsPyHJ+FfJtbHfv6sI4UXKtAUYTcCJSPm8p7WLl7Ho6byUZ8MUV7/EwHQb7p9X3zs7+xsYro4axskQIDAQAB";
/// The key of `RSA_1024` without its `SubjectPublicKeyInfo`.
const RSA_1024_BARE: &str = "MIGJAoGBAKe5099N/k7DupQKDbOc8Zw2j6RSj2HMsyCszmM42tcfGvulVFknL2FMYTFSBB+Obk3fIpiuAP0HRvmKMsKhFrYyS4UZ31G+w/Icn4V8m1sd+/qwjhRcq0BRhNwIlI+byntYuXsejpvJRnwxRXv8TAdBvun1ffOzv7GxiujhrGyRAgMBAAE=";
const RSA_2048: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAo5ScUu2haZUm6OCbmsMjGnZPJRZb2JAyt9rXTozNXLhrbT1fZJmecuVnMzebFKQKdWrsVW9gYtQbS8KVPqbqTN+u5UH9zkxVnIrQ31QAit2m+vBuPPQdAXridqqqmAm0AUkVbNtddgvSpbfrWIsOZB4JH3+W86LXJtjdbtkO0f0zWDikQKnT7ZZnzWcdVO72QcUIFeviJTdS44gEDLyWY7QLvlC1+udvcD/OLpqLWV0i2Ok4Hj0NxqTUv1Cru+loqmtbhB9KfXu3XHMJJqipsLqXzzDWfJdoZSq2w0CpKVbr0Z3tfwK69caUy0vAcDQrYEPlhthN8OYE0YToAghBXQIDAQAB";
/// From RFC 8463, appendix A.
const ED25519: &str = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

fn check(text: &str, canonical: Option<&str>, findings: &[&str]) {
    let (record, found) = DkimKey::parse(text);
    let printed = record.map(|record| record.to_string());
    assert_eq!(printed.as_deref(), canonical, "{text:?}");
    assert_eq!(summary(text, &found), findings, "{text:?}");
}

/// A good 2048 bit key with these tags before it is read, with these findings.
fn check_tags(tags: &str, findings: &[&str]) -> DkimKey {
    let text = format!("v=DKIM1; {tags}p={RSA_2048}");
    let (record, found) = DkimKey::parse(&text);
    assert_eq!(summary(&text, &found), findings, "{tags:?}");
    record.expect("a key")
}

#[test]
fn keys_that_are_good() {
    let canonical = format!("v=DKIM1; k=rsa; p={RSA_2048}");
    check(&canonical, Some(&canonical), &[]);
    check(&format!("p={RSA_2048}"), Some(&canonical), &[]);
    check(&format!("k=rsa;p={RSA_2048};v2=x;"), Some(&canonical), &[]);
    let canonical = format!("v=DKIM1; k=ed25519; p={ED25519}");
    check(&canonical, Some(&canonical), &[]);
    let full = format!("v=DKIM1; k=rsa; h=sha1:sha256; s=email:tlsrpt; t=s; p={RSA_2048}");
    check(&full, Some(&full), &[]);
}

#[test]
fn dkim_01_selectors_and_owners() {
    for good in ["s1", "20240301", "a-b", "brisbane.east", "X"] {
        assert_eq!(
            good.parse::<Selector>().expect(good).as_str(),
            good.to_ascii_lowercase()
        );
    }
    for bad in [
        "",
        ".",
        "a.",
        "-a",
        "a-",
        "a_b",
        "a b",
        "ä",
        &"a".repeat(64),
        &"a.".repeat(130),
    ] {
        assert!(bad.parse::<Selector>().is_err(), "{bad}");
    }
    let selector: Selector = "brisbane".parse().expect("a selector");
    let domain = name("example.com");
    let owner = selector.owner(&domain).expect("a name");
    assert_eq!(owner, name("brisbane._domainkey.example.com"));
    assert_eq!(selector.check_owner(&owner, &domain), None);
    let finding = selector.check_owner(&name("brisbane.example.com"), &domain);
    assert_eq!(finding.expect("a finding").rule, "DKIM-01");
}

#[test]
fn dkim_02_one_record() {
    let owner = name("s._domainkey.example.com");
    let text = format!("v=DKIM1; k=ed25519; p={ED25519}");
    let one = [Txt::from(text.as_str())];
    let (key, findings) = DkimKey::among(&owner, &one);
    assert!(key.is_some() && findings.is_empty());
    let two = [one[0].clone(), Txt::from("v=DKIM1; p=")];
    let (key, findings) = DkimKey::among(&owner, &two);
    assert_eq!(key, None);
    assert_eq!(rules(&findings), ["DKIM-02"]);
    assert_eq!(DkimKey::among(&owner, &[]), (None, Vec::new()));
}

#[test]
fn dkim_03_version() {
    check(
        &format!("v=DKIM2; p={ED25519}; k=ed25519"),
        None,
        &["DKIM-03 error \"v=DKIM2\""],
    );
    check(
        &format!("k=ed25519; v=DKIM1; p={ED25519}"),
        None,
        &["DKIM-03 error \"v=DKIM1\""],
    );
}

#[test]
fn dkim_04_key_data() {
    check("v=DKIM1; k=rsa", None, &["DKIM-04 error \"\""]);
    check("v=DKIM1; k=ed25519; p=!?", None, &["DKIM-04 error \"!?\""]);
    check("v=DKIM1; p=", Some("v=DKIM1; p="), &["DKIM-04 warn \"p=\""]);
    let unpadded = ED25519.trim_end_matches('=');
    check(
        &format!("v=DKIM1; k=ed25519; p={unpadded}"),
        Some(&format!("v=DKIM1; k=ed25519; p={ED25519}")),
        &[&format!("DKIM-04 warn {unpadded:?}")],
    );
    assert_eq!(rules(&DkimKey::revoked().lint()), ["DKIM-04"]);
}

#[test]
fn dkim_05_key_type() {
    check(
        "v=DKIM1; k=ecdsa; p=AAAA",
        None,
        &["DKIM-05 error \"ecdsa\""],
    );
    check("v=DKIM1; k=RSA; p=AAAA", None, &["DKIM-05 error \"RSA\""]);
}

#[test]
fn dkim_06_and_07_key_length() {
    let key = |bits: usize| {
        let mut modulus = vec![0xff; bits.div_ceil(8)];
        if !bits.is_multiple_of(8) {
            modulus[0] = 0xff >> (8 - bits % 8);
        }
        let key = RsaPublicKey::new(&modulus, &[1, 0, 1]).expect("a key");
        assert_eq!(key.bits(), bits);
        DkimKey::new(PublicKey::Rsa(key))
    };
    for (bits, expect) in [
        (512, Some("DKIM-06")),
        (1023, Some("DKIM-06")),
        (1024, Some("DKIM-07")),
        (2047, Some("DKIM-07")),
        (2048, None),
        (3072, None),
        (4096, None),
        (4097, Some("DKIM-07")),
        (8192, Some("DKIM-07")),
    ] {
        let text = key(bits).to_string();
        let (read, findings) = DkimKey::parse(&text);
        assert_eq!(read, Some(key(bits)), "{bits}");
        assert_eq!(rules(&findings), Vec::from_iter(expect), "{bits}");
    }
    let short = format!("v=DKIM1; k=rsa; p={RSA_512}");
    check(
        &short,
        Some(&short),
        &[&format!("DKIM-06 error \"p={RSA_512}\"")],
    );
    let middle = format!("v=DKIM1; k=rsa; p={RSA_1024}");
    check(
        &middle,
        Some(&middle),
        &[&format!("DKIM-07 warn \"p={RSA_1024}\"")],
    );
}

#[test]
fn dkim_08_rsa_structure() {
    // Both forms are the same key, printed in the form that is in use.
    let (bare, findings) = DkimKey::parse(&format!("v=DKIM1; p={RSA_1024_BARE}"));
    assert_eq!(rules(&findings), ["DKIM-07"]);
    assert_eq!(
        bare.expect("a key").to_string(),
        format!("v=DKIM1; k=rsa; p={RSA_1024}")
    );
    for wrong in [
        ED25519,
        "AAAA",
        &RSA_2048[..RSA_2048.len() - 8],
        &format!("{RSA_2048}AAAA"),
    ] {
        check(
            &format!("v=DKIM1; p={wrong}"),
            None,
            &[&format!("DKIM-08 error {wrong:?}")],
        );
    }
}

#[test]
fn dkim_09_ed25519_length() {
    check(
        "v=DKIM1; k=ed25519; p=AAAA",
        None,
        &["DKIM-09 error \"AAAA\""],
    );
    let wrapped = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";
    check(
        &format!("v=DKIM1; k=ed25519; p={wrapped}"),
        None,
        &[&format!("DKIM-09 error {wrapped:?}")],
    );
}

#[test]
fn dkim_10_hashes() {
    let key = check_tags("h=sha256; ", &[]);
    assert_eq!(
        key.hashes.into_iter().collect::<Vec<_>>(),
        [HashAlgorithm::Sha256]
    );
    check_tags("h=sha1 : sha256:x; ", &[]);
    check_tags("h=sha1; ", &["DKIM-10 error \"h=sha1\""]);
    check_tags("h=md5; ", &["DKIM-10 error \"h=md5\""]);
}

#[test]
fn dkim_11_services_and_rpt_13() {
    let key = check_tags("s=*; ", &[]);
    assert_eq!(key.check_tls_report_signing(), None);
    let key = check_tags("s=email; ", &[]);
    assert_eq!(
        key.services.iter().copied().collect::<Vec<_>>(),
        [Service::Email]
    );
    assert_eq!(
        key.check_tls_report_signing().expect("a finding").rule,
        "RPT-13"
    );
    let key = check_tags("s=tlsrpt; ", &["DKIM-11 info \"s=tlsrpt\""]);
    assert_eq!(key.check_tls_report_signing(), None);
    check_tags("s=chat; ", &["DKIM-11 error \"s=chat\""]);
}

#[test]
fn dkim_12_and_13_flags() {
    assert!(check_tags("t=y; ", &["DKIM-12 warn \"t=y\""]).testing);
    let strict = check_tags("t=s:x; ", &[]);
    assert!(strict.same_domain);
    let domain = name("example.com");
    assert_eq!(strict.check_identity(&domain, &domain), None);
    let finding = strict.check_identity(&domain, &name("mail.example.com"));
    assert_eq!(finding.expect("a finding").rule, "DKIM-13");
    assert_eq!(
        check_tags("", &[]).check_identity(&domain, &name("mail.example.com")),
        None
    );
}

#[test]
fn dkim_14_lists() {
    check(
        &format!("v=DKIM1; k=ed25519; p={ED25519}; p={ED25519}"),
        None,
        &[&format!("DKIM-14 error \"p={ED25519}\"")],
    );
    check_tags("word; ", &["DKIM-14 error \"word\""]);
    check_tags("; ", &["DKIM-14 warn \"\""]);
    check_tags("n=\u{e4}; ", &["DNS-02 error \"\u{e4}\""]);
}

#[test]
fn dkim_15_private_keys() {
    let (key, _) = DkimKey::parse(&format!("p={RSA_1024}"));
    let key = key.expect("a key");
    let bare: String = include_str!("test_keys/pkcs1.pem")
        .lines()
        .filter(|line| !line.starts_with('-'))
        .collect();
    for private in [
        include_str!("test_keys/pkcs8.pem"),
        include_str!("test_keys/pkcs1.pem"),
        &bare,
    ] {
        assert_eq!(key.check_private_key(private), Ok(None));
    }
    let (other, _) = DkimKey::parse(&format!("p={RSA_2048}"));
    let finding = other
        .expect("a key")
        .check_private_key(&bare)
        .expect("an RSA key");
    assert_eq!(finding.expect("a finding").rule, "DKIM-15");
}

#[test]
fn private_keys_that_are_none() {
    for (text, error) in [
        ("", PrivateKeyError::NotRsa),
        ("!", PrivateKeyError::Encoding),
        (
            "-----BEGIN PRIVATE KEY-----\nAAAA",
            PrivateKeyError::Encoding,
        ),
        (
            include_str!("test_keys/encrypted.pem"),
            PrivateKeyError::Encrypted,
        ),
        (
            include_str!("test_keys/ed25519.pem"),
            PrivateKeyError::NotRsa,
        ),
        (RSA_1024, PrivateKeyError::NotRsa),
        (
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
            PrivateKeyError::Label("CERTIFICATE".to_owned()),
        ),
    ] {
        assert_eq!(public_half(text), Err(error), "{text}");
    }
}

#[test]
fn nothing_of_a_private_key_is_printed() {
    let half = public_half(include_str!("test_keys/pkcs8.pem")).expect("an RSA key");
    assert_eq!(
        format!("{half:?}"),
        format!("RsaPublicKey(1024 bits, {RSA_1024})")
    );
}

#[test]
fn dkim_17_algorithms() {
    let rsa = check_tags("", &[]);
    let (ed25519, _) = DkimKey::parse(&format!("k=ed25519; p={ED25519}"));
    let ed25519 = ed25519.expect("a key");
    assert_eq!(check_algorithms([&rsa, &ed25519]), None);
    assert_eq!(check_algorithms([]), None);
    let revoked = DkimKey::revoked();
    let finding = check_algorithms([&ed25519, &revoked]);
    assert_eq!(finding.expect("a finding").rule, "DKIM-17");
}

#[test]
fn dkim_18_wildcards() {
    let owner = "deploy-asks-for-a-selector-that-nobody-has._domainkey.example.com";
    let check = |texts: &[&str], expect: &[String]| {
        let records: Vec<_> = texts.iter().map(|text| (owner, *text)).collect();
        let found = block_on(check_wildcard(&Zone::new(&records), &name("example.com")));
        let findings = Vec::from_iter(found.expect("an answer"));
        assert_eq!(summary("", &findings), expect, "{texts:?}");
    };
    check(&[], &[]);
    check(&["v=DKIM1; p="], &[]);
    check(&["v=spf1 -all"], &[format!("DKIM-18 warn at {owner}")]);
    let key = format!("k=ed25519; p={ED25519}");
    check(
        &["v=DKIM1; p=", &key],
        &[format!("DKIM-18 warn at {owner}")],
    );
}

fn any_key() -> impl Strategy<Value = DkimKey> {
    let rsa = (
        prop::collection::vec(any::<u8>(), 1..80),
        prop::collection::vec(any::<u8>(), 1..5),
    )
        .prop_filter_map("zero", |(modulus, exponent)| {
            RsaPublicKey::new(&modulus, &exponent)
        })
        .prop_map(PublicKey::Rsa);
    let key = prop_oneof![
        rsa,
        any::<[u8; 32]>().prop_map(PublicKey::Ed25519),
        Just(PublicKey::Revoked)
    ];
    let hash = prop_oneof![
        Just(HashAlgorithm::Sha1),
        Just(HashAlgorithm::Sha256),
        Just(HashAlgorithm::Unknown)
    ];
    let service = prop_oneof![
        Just(Service::Any),
        Just(Service::Email),
        Just(Service::TlsRpt),
        Just(Service::Unknown)
    ];
    let sets = (
        prop::collection::btree_set(hash, 0..3),
        prop::collection::btree_set(service, 0..4),
    );
    (key, sets, any::<bool>(), any::<bool>()).prop_map(
        |(key, (hashes, services), testing, same_domain)| DkimKey {
            key,
            hashes,
            services,
            testing,
            same_domain,
        },
    )
}

proptest! {
    #[test]
    fn reading_undoes_printing(key in any_key()) {
        prop_assert_eq!(DkimKey::parse(&key.to_string()).0, Some(key));
    }

    #[test]
    fn never_panics(text in "(v=DKIM1|k=|rsa|ed25519|p=|[A-Za-z0-9+/=]{0,30}|;| |h=|s=|t=|\\PC){0,20}") {
        let (key, findings) = DkimKey::parse(&text);
        prop_assert!(key.is_some() || has_error(&findings));
    }

    #[test]
    fn hostile_der_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..120), at in 0..200_usize, byte: u8) {
        let _ = RsaPublicKey::from_der(&bytes);
        let (key, _) = DkimKey::parse(&format!("p={RSA_1024}"));
        let Some(PublicKey::Rsa(key)) = key.map(|key| key.key) else { panic!("a key") };
        let mut der = key.to_der();
        let at = at % der.len();
        der[at] = byte;
        let _ = RsaPublicKey::from_der(&der);
        let _ = RsaPublicKey::from_der(&der[..at]);
    }
}
