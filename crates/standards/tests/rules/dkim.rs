//! DKIM keys.

use standards::Finding;
use standards::dkim::{DkimKey, PublicKey, RsaPublicKey, Selector, check_algorithms};

use crate::{cases, name};

const RSA_1024: &str = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCnudPfTf5Ow7qUCg2znPGcNo+kUo9hzLMgrM5jONrXHxr7pVRZJy9hTGExUgQfjm5N3yKYrgD9B0b5ijLCoRa2MkuFGd9RvsPyHJ+FfJtbHfv6sI4UXKtAUYTcCJSPm8p7WLl7Ho6byUZ8MUV7/EwHQb7p9X3zs7+xsYro4axskQIDAQAB";
/// From RFC 8463, appendix A.
const ED25519: &str = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
/// The private half of `RSA_1024`, made for these tests.
const PRIVATE_1024: &str = include_str!("../../src/dkim/test_keys/pkcs8.pem");

fn record(text: &str) -> Vec<Finding> {
    DkimKey::parse(text).1
}

/// A key of Ed25519 with these tags before it.
fn with(tags: &str) -> Vec<Finding> {
    record(&format!("v=DKIM1; k=ed25519; {tags}p={ED25519}"))
}

fn key(text: &str) -> DkimKey {
    DkimKey::parse(text).0.unwrap_or_else(|| panic!("{text}"))
}

fn rsa(bits: usize) -> DkimKey {
    let modulus = vec![0xff; bits / 8];
    DkimKey::new(PublicKey::Rsa(
        RsaPublicKey::new(&modulus, &[1, 0, 1]).expect("a key"),
    ))
}

fn ed25519(tags: &str) -> DkimKey {
    key(&format!("k=ed25519; {tags}p={ED25519}"))
}

fn owner(owner: &str) -> Option<Finding> {
    let selector: Selector = "s1".parse().expect("a selector");
    selector.check_owner(&name(owner), &name("example.com"))
}

fn private_half_of(key: &DkimKey) -> Option<Finding> {
    key.check_private_key(PRIVATE_1024).expect("an RSA key")
}

/// Signing for a subdomain with the key of its domain.
fn identity_below(key: &DkimKey) -> Option<Finding> {
    key.check_identity(&name("example.com"), &name("mail.example.com"))
}

cases! {
    "DKIM-01": fails(owner("s1.example.com")), passes(owner("s1._domainkey.example.com"));
    "DKIM-03": fails(record(&format!("k=ed25519; v=DKIM1; p={ED25519}"))), passes(with(""));
    "DKIM-04": fails(record("v=DKIM1; k=ed25519; p=!?")), passes(with(""));
    "DKIM-05": fails(record("v=DKIM1; k=ecdsa; p=AAAA")), passes(with(""));
    "DKIM-06": fails(rsa(1016).lint()), passes(rsa(1024).lint());
    "DKIM-07": fails(rsa(2040).lint()), passes(rsa(2048).lint());
    "DKIM-08": fails(record("v=DKIM1; k=rsa; p=AAAA")), passes(record(&rsa(2048).to_string()));
    "DKIM-09": fails(record("v=DKIM1; k=ed25519; p=AAAA")), passes(with(""));
    "DKIM-10": fails(with("h=sha1; ")), passes(with("h=sha1:sha256; "));
    "DKIM-11": fails(with("s=other; ")), passes(with("s=email:tlsrpt; "));
    "DKIM-12": fails(with("t=y; ")), passes(with("t=s; "));
    "DKIM-13": fails(identity_below(&ed25519("t=s; "))), passes(identity_below(&ed25519("")));
    "DKIM-14": fails(with("h=sha256; h=sha256; ")), passes(with("h=sha256; "));
    "DKIM-15": fails(private_half_of(&rsa(1024))), passes(private_half_of(&key(&format!("p={RSA_1024}"))));
    "DKIM-17": fails(check_algorithms([&ed25519("")])), passes(check_algorithms([&ed25519(""), &rsa(2048)]));
    "RPT-13": fails(ed25519("s=email; ").check_tls_report_signing()),
        passes(ed25519("s=email:tlsrpt; ").check_tls_report_signing());
}
