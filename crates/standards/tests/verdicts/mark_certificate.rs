//! Mark certificates with more than one thing wrong.

use jiff::Timestamp;
use standards::checker::{Checked, check_file};

/// The kind of each row of the table below.
pub(crate) const KINDS: &[u8] = &[12, 12, 12, 12, 14];

const PAYPAL: &str = include_str!("../real_mark_certificates/paypal.pem");
const KEY: &str = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
const LEAF_END: &str = "-----END CERTIFICATE-----";

fn check(file: &str) -> Checked {
    let now: Timestamp = "2027-11-28T00:00:00Z".parse().expect("a time");
    check_file("vmc.pem", file.as_bytes(), now).expect("a known kind")
}

fn rules(checked: &Checked) -> Vec<&str> {
    checked.findings.iter().map(|one| &*one.rule).collect()
}

/// Dates and trust are judged whenever X.509 parses, whatever else is wrong.
#[test]
fn one_error_hides_nothing() {
    let leaf_end = PAYPAL.find(LEAF_END).expect("a leaf") + LEAF_END.len();
    let leaf = &PAYPAL[..leaf_end];
    for (name, file) in [
        ("a leaf twice", format!("{leaf}\n{PAYPAL}")),
        ("a private key", format!("{PAYPAL}{KEY}")),
        (
            "a block that is no certificate",
            format!("{PAYPAL}-----BEGIN CERTIFICATE-----\nAAAA\n{LEAF_END}\n"),
        ),
    ] {
        let checked = check(&file);
        let found = rules(&checked);
        assert!(found.contains(&"VMC-01"), "{name}: {found:?}");
        assert!(found.contains(&"VMC-10"), "{name}: {found:?}");
        assert!(!found.contains(&"VMC-02"), "{name}: {found:?}");
        assert!(!checked.is_usable());
    }
    // The leaf alone: nobody vouches for it, and it has run out.
    let checked = check(leaf);
    let found = rules(&checked);
    assert!(
        found.contains(&"VMC-02") && found.contains(&"VMC-10"),
        "{found:?}"
    );
}
