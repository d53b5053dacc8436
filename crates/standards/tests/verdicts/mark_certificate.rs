//! Mark certificates with more than one thing wrong.

#[path = "../../examples/make_test_mark_certificate/builder.rs"]
mod builder;

use builder::Recipe;
use jiff::Timestamp;
use rcgen::DnType;
use standards::bimi::{MarkCertificate, TrustStore};
use standards::checker::{Checked, check_file};
use standards::dns::Name;

/// The kind of each row of the tables below.
pub(crate) const KINDS: &[u8] = &[12, 12, 12, 12, 12, 12, 12, 12, 14];

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
            "the authority before the leaf",
            format!("{}{leaf}", &PAYPAL[leaf_end..]),
        ),
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
        assert!(is_for_another(&file), "{name}");
    }
    // The leaf alone: nobody vouches for it, and it has run out.
    let checked = check(leaf);
    let found = rules(&checked);
    assert!(
        found.contains(&"VMC-02") && found.contains(&"VMC-10"),
        "{found:?}"
    );
}

/// Whether the certificate of the file is found to be another domain's.
fn is_for_another(file: &str) -> bool {
    let (certificate, _) = MarkCertificate::parse(file.as_bytes());
    let certificate = certificate.expect("a certificate");
    let name: Name = "example.com".parse().expect("a name");
    let selector = "default".parse().expect("a selector");
    let finding = certificate.check_domain(&name, &name, &selector);
    finding.is_some_and(|one| one.rule == "VMC-09")
}

/// Nor does a fault of the leaf hide that it has run out, whose it is, and that nobody vouches for
/// it.
#[test]
fn a_fault_of_the_leaf_hides_nothing() {
    type Change = fn(&mut Recipe);
    let changes: [(&str, Change); 4] = [
        ("VMC-14", |recipe| {
            let field = DnType::from_oid(builder::MARK_TYPE);
            recipe.leaf.distinguished_name.remove(field);
        }),
        ("VMC-03", |recipe| recipe.leaf.extended_key_usages.clear()),
        ("VMC-12", |recipe| recipe.has_timestamp = false),
        ("VMC-05", |recipe| recipe.leaf.custom_extensions.clear()),
    ];
    for (rule, change) in changes {
        let logo = include_bytes!("../../../../assets/logo.svg");
        let mut recipe = Recipe::new("example.net", logo).expect("a recipe");
        recipe.leaf.not_after = rcgen::date_time_ymd(2027, 1, 1);
        change(&mut recipe);
        let chain = recipe.sign().expect("a chain");
        let file = [chain.leaf.as_str(), &chain.issuer].concat();
        let checked = check(&file);
        let found = rules(&checked);
        for rule in [rule, "VMC-10", "VMC-02"] {
            assert!(found.contains(&rule), "{rule}: {found:?}");
        }
        assert!(is_for_another(&file), "{rule}");
        // To those who trust its root, the same certificate is vouched for.
        let trust = TrustStore::empty().with_roots(&chain.root).expect("a root");
        let (certificate, _) = MarkCertificate::parse(file.as_bytes());
        let certificate = certificate.expect("a certificate");
        assert_eq!(certificate.check_trust(&trust), None, "{rule}");
    }
}
