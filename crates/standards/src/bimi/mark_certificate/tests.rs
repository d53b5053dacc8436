//! A table for each rule of mark certificates, over certificates that are made with one fault.

#[path = "../../../examples/make_test_mark_certificate/builder.rs"]
mod builder;

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use rcgen::{
    CertificateParams, CustomExtension, DnType, ExtendedKeyUsagePurpose, IsCa, KeyUsagePurpose,
};

use super::*;
use builder::{Chain, Recipe};

const LOGO: &[u8] = include_bytes!("../../../../../assets/logo.svg");

/// Makes a chain for `example.com` after `change` to its recipe.
fn make(change: impl FnOnce(&mut Recipe)) -> Chain {
    let mut recipe = Recipe::new("example.com", LOGO).expect("a recipe");
    change(&mut recipe);
    recipe.sign().expect("a chain")
}

fn file(chain: &Chain) -> String {
    [chain.leaf.as_str(), chain.issuer.as_str()].concat()
}

fn rules(file: &str) -> Vec<String> {
    let (certificate, findings) = MarkCertificate::parse(file.as_bytes());
    let is_usable = certificate.is_some_and(|certificate| certificate.is_usable());
    assert_eq!(is_usable, is_sound(&findings), "{findings:?}");
    findings
        .into_iter()
        .map(|finding| finding.rule.into_owned())
        .collect()
}

/// Expects exactly these rules to be broken after `change`.
#[track_caller]
fn check(change: impl FnOnce(&mut Recipe), expect: &[&str]) {
    assert_eq!(rules(&file(&make(change))), expect);
}

fn valid(chain: &Chain) -> MarkCertificate {
    let (certificate, findings) = MarkCertificate::parse(file(chain).as_bytes());
    assert_eq!(findings, []);
    certificate.expect("there are no findings")
}

fn replace_extension(leaf: &mut CertificateParams, oid: &[u64], content: Vec<u8>) {
    remove_extension(leaf, oid);
    let extension = CustomExtension::from_oid_content(oid, content);
    leaf.custom_extensions.push(extension);
}

fn remove_extension(leaf: &mut CertificateParams, oid: &[u64]) {
    leaf.custom_extensions
        .retain(|extension| !extension.oid_components().eq(oid.iter().copied()));
}

fn set(leaf: &mut CertificateParams, field: &[u64], text: &str) {
    let field = DnType::from_oid(field);
    leaf.distinguished_name.remove(field.clone());
    leaf.distinguished_name.push(field, text);
}

fn unset(leaf: &mut CertificateParams, field: DnType) {
    assert!(leaf.distinguished_name.remove(field), "the field was there");
}

#[test]
fn the_good_certificate_breaks_no_rule() {
    let certificate = valid(&make(|_| {}));
    assert!(certificate.is_usable());
    assert_eq!(certificate.logo().expect("a logo").as_bytes(), LOGO);
    assert_eq!(certificate.organization(), Some("Deploy Test Organization"));
    assert_eq!(certificate.mark_type(), Some(MarkType::Registered));
    assert_eq!(certificate.not_before().to_string(), "2026-11-01T00:00:00Z");
    assert_eq!(certificate.not_after().to_string(), "2028-11-30T00:00:00Z");
}

#[test]
fn vmc_01_the_file() {
    let chain = make(|_| {});
    let other = make(|_| {});
    let Chain { root, issuer, leaf } = &chain;
    assert_eq!(rules(&[leaf.as_str(), issuer, root].concat()), [""; 0]);
    assert_eq!(
        rules(&format!("a comment\n{leaf}another\r\n{issuer}")),
        [""; 0]
    );
    assert_eq!(rules(&file(&chain).replace('\n', "\r\n")), [""; 0]);

    assert_eq!(rules(""), ["VMC-01"]);
    assert_eq!(rules(&[leaf.as_str(), issuer, issuer].concat()), ["VMC-01"]);
    assert_eq!(
        rules(&[leaf.as_str(), root, issuer].concat()),
        ["VMC-01", "VMC-01"]
    );
    assert_eq!(
        rules(&[leaf.as_str(), issuer, &other.root].concat()),
        [""; 0],
        "it has the same name"
    );
    let second = rules(&[leaf.as_str(), &other.leaf, issuer].concat());
    assert_eq!(second, ["VMC-01"]);
    let reversed = rules(&[issuer.as_str(), leaf].concat());
    assert_eq!(
        reversed.iter().filter(|rule| *rule == "VMC-01").count(),
        2,
        "{reversed:?}"
    );
    assert_eq!(
        rules(&format!(
            "{leaf}-----BEGIN CERTIFICATE-----\nAAAA\n{issuer}"
        )),
        ["VMC-01"]
    );
    let broken =
        format!("{leaf}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n{issuer}");
    assert_eq!(rules(&broken), ["VMC-01"]);
    assert_eq!(
        MarkCertificate::parse(&[0x30, 0x82, 0xff]).1[0].rule,
        "VMC-01"
    );
    assert_eq!(rules(&" ".repeat(READ_LIMIT + 1)), ["VMC-01"]);
    assert_eq!(
        rules(&leaf.repeat(20)).len(),
        19,
        "each copy is a duplicate"
    );

    let key = rcgen::KeyPair::generate().expect("a key").serialize_pem();
    let (_, findings) = MarkCertificate::parse([file(&chain), key].concat().as_bytes());
    assert_eq!(findings.len(), 1);
    assert!(findings[0].fix.contains("private key"), "{:?}", findings[0]);
}

#[test]
fn vmc_02_trust() {
    let chain = make(|_| {});
    let trust = TrustStore::bimi().with_roots(&chain.root).expect("a root");
    let reason = |file: String, trust: &TrustStore| {
        let (certificate, findings) = MarkCertificate::parse(file.as_bytes());
        let certificate = certificate.unwrap_or_else(|| panic!("valid: {findings:?}"));
        certificate.check_trust(trust).map(|finding| {
            assert_eq!(finding.rule, "VMC-02");
            finding.reason
        })
    };
    assert_eq!(reason(file(&chain), &trust), None);
    let whole = [chain.leaf.as_str(), &chain.issuer, &chain.root].concat();
    assert_eq!(reason(whole.clone(), &trust), None);

    let expect = |found: Option<String>, part: &str| {
        assert!(
            found.as_ref().is_some_and(|reason| reason.contains(part)),
            "{part}: {found:?}"
        );
    };
    expect(
        reason(file(&chain), &TrustStore::bimi()),
        "neither in the file nor a root",
    );
    expect(
        reason(whole, &TrustStore::bimi()),
        "no root for mark certificates",
    );
    expect(
        reason(chain.leaf.clone(), &trust),
        "neither in the file nor a root",
    );
    // The same names, and other keys.
    let other = make(|_| {});
    let mixed = [chain.leaf.as_str(), &other.issuer].concat();
    expect(reason(mixed, &trust), "the signature of");
    let other = TrustStore::empty().with_roots(&other.root).expect("a root");
    expect(reason(file(&chain), &other), "the signature of");
    let long = make(|recipe| recipe.root.is_ca = IsCa::Ca(rcgen::BasicConstraints::Constrained(0)));
    let trust = TrustStore::empty().with_roots(&long.root).expect("a root");
    expect(reason(file(&long), &trust), "at most 0 authorities");
    let unable = make(|recipe| recipe.issuer.key_usages = vec![KeyUsagePurpose::CrlSign]);
    let trust = TrustStore::empty()
        .with_roots(&unable.root)
        .expect("a root");
    expect(reason(file(&unable), &trust), "may not sign certificates");
}

#[test]
fn trust_stores() {
    assert_eq!(TrustStore::bimi().len(), 5);
    assert!(TrustStore::empty().is_empty());
    let chain = make(|_| {});
    let fault = TrustStore::empty().with_roots(&chain.leaf);
    assert_eq!(fault, Err(TrustStoreError::NotAuthority { position: 1 }));
    assert_eq!(
        TrustStore::empty().with_roots("none"),
        Err(TrustStoreError::Empty)
    );
    let twice = TrustStore::empty()
        .with_roots(&chain.root.repeat(2))
        .expect("roots");
    assert_eq!(twice.len(), 1);
}

#[test]
fn vmc_03_and_04_purpose() {
    check(
        |recipe| recipe.leaf.extended_key_usages.clear(),
        &["VMC-03"],
    );
    check(
        |recipe| recipe.leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth],
        &["VMC-03"],
    );
    check(
        |recipe| {
            let other = ExtendedKeyUsagePurpose::ClientAuth;
            recipe.leaf.extended_key_usages.push(other);
        },
        &["VMC-03"],
    );
    check(
        |recipe| {
            let other = ExtendedKeyUsagePurpose::Other(vec![1, 2, 3, 4]);
            recipe.leaf.extended_key_usages.push(other);
        },
        &["VMC-03"],
    );
    check(
        |recipe| recipe.issuer.extended_key_usages.clear(),
        &["VMC-04"],
    );
}

#[test]
fn vmc_05_the_logotype_extension() {
    check(
        |recipe| remove_extension(&mut recipe.leaf, builder::LOGOTYPE),
        &["VMC-05"],
    );
    check(
        |recipe| recipe.leaf.custom_extensions[1].set_criticality(true),
        &["VMC-05"],
    );
}

#[track_caller]
fn check_logotype(extension: Vec<u8>, expect: &[&str]) {
    check(
        |recipe| replace_extension(&mut recipe.leaf, builder::LOGOTYPE, extension),
        expect,
    );
}

#[test]
fn vmc_06_the_logo_inside() {
    let uri = builder::data_uri(LOGO);
    let good = builder::logotype(&uri, LOGO);
    check_logotype(
        builder::logotype(&uri.replace("data:image/svg", "DATA:Image/SVG"), LOGO),
        &[],
    );
    check_logotype(builder::logotype(&uri, b"another logo"), &["VMC-06"]);
    let packed = STANDARD
        .decode(uri.rsplit(',').next().expect("base64"))
        .expect("base64");
    check_logotype(builder::logotype(&uri, &packed), &["VMC-06"]);
    check_logotype(
        builder::logotype("https://example.com/logo.svg", LOGO),
        &["VMC-06"],
    );
    check_logotype(
        builder::logotype("data:image/png;base64,AAAA", LOGO),
        &["VMC-06"],
    );
    check_logotype(
        builder::logotype("data:image/svg+xml;base64,?", LOGO),
        &["VMC-06"],
    );
    let plain = format!("data:image/svg+xml;base64,{}", STANDARD.encode(LOGO));
    check_logotype(builder::logotype(&plain, LOGO), &["VMC-06"]);
    let bomb = vec![b' '; 1 << 20];
    check_logotype(
        builder::logotype(&builder::data_uri(&bomb), &bomb),
        &["VMC-06"],
    );
    check_logotype(good[..good.len() - 1].to_vec(), &["VMC-06"]);
    check_logotype(vec![0x30, 0x00], &["VMC-06"]);
    check_logotype(vec![0x30, 0x84, 0xff, 0xff, 0xff, 0xff], &["VMC-06"]);
    check_logotype(Vec::new(), &["VMC-06"]);
}

#[test]
fn vmc_06_the_hash_is_over_the_logo_with_line_feeds() {
    let text = String::from_utf8(LOGO.to_vec()).expect("text");
    let with_returns = text.replace('\n', "\r\n");
    let uri = builder::data_uri(with_returns.as_bytes());
    check_logotype(builder::logotype(&uri, with_returns.as_bytes()), &[]);
    check_logotype(builder::logotype(&uri, LOGO), &[]);
}

#[test]
fn vmc_07_and_08_which_logo() {
    let text = std::str::from_utf8(LOGO).expect("text");
    let other = text.replace("Deploy", "Other");
    let bad = text.replace("tiny-ps", "tiny");
    check(
        |recipe| *recipe = Recipe::new("example.com", bad.as_bytes()).expect("a recipe"),
        &["VMC-07"],
    );
    let certificate = valid(&make(|_| {}));
    let svg = |text: &str| Svg::parse(text.as_bytes()).0.expect("a logo");
    assert_eq!(certificate.check_logo(&svg(text)), None);
    let finding = certificate.check_logo(&svg(&other)).expect("another logo");
    assert_eq!(finding.rule, "VMC-08");
}

#[test]
fn vmc_09_the_domain() {
    let check = |in_certificate: &str, domain: &str, organizational: &str, is_covered: bool| {
        let recipe = Recipe::new(in_certificate, LOGO).expect("a recipe");
        let certificate = valid(&recipe.sign().expect("a chain"));
        let name = |text| Name::parse(text).expect("a name");
        let selector = "spring".parse().expect("a selector");
        let finding = certificate.check_domain(&name(domain), &name(organizational), &selector);
        assert_eq!(
            finding.is_none(),
            is_covered,
            "{in_certificate} for {domain}: {finding:?}"
        );
        assert!(finding.is_none_or(|finding| finding.rule == "VMC-09"));
    };
    check("example.com", "example.com", "example.com", true);
    check("Example.COM", "example.com", "example.com", true);
    check("example.com", "news.example.com", "example.com", true);
    check("news.example.com", "news.example.com", "example.com", true);
    check(
        "spring._bimi.example.com",
        "example.com",
        "example.com",
        true,
    );
    check(
        "spring._bimi.example.com",
        "news.example.com",
        "example.com",
        true,
    );
    check(
        "xn--bcher-kva.example",
        "b\u{fc}cher.example",
        "b\u{fc}cher.example",
        true,
    );
    check("example.com", "example.net", "example.net", false);
    check("news.example.com", "example.com", "example.com", false);
    check("*.example.com", "news.example.com", "example.com", false);
    check(
        "default._bimi.example.com",
        "example.com",
        "example.com",
        false,
    );
    check("www.example.com", "example.com", "example.com", false);
}

#[test]
fn vmc_10_the_time() {
    let certificate = valid(&make(|_| {}));
    let check = |now: &str, expect: &[Severity]| {
        let now = now.parse().expect("a time");
        let findings = certificate.check_time(now);
        assert!(findings.iter().all(|finding| finding.rule == "VMC-10"));
        let found: Vec<Severity> = findings.iter().map(|finding| finding.severity).collect();
        assert_eq!(found, expect, "{now}: {findings:?}");
    };
    check("2026-10-31T23:59:59Z", &[Severity::Error, Severity::Error]);
    check("2026-11-01T00:00:00Z", &[]);
    // The lifetime has 760 days: the last eighth begins 95 days before the end.
    check("2028-08-26T23:59:59Z", &[]);
    check("2028-08-27T00:00:00Z", &[Severity::Warn]);
    check("2028-11-29T00:00:00Z", &[Severity::Warn]);
    check("2028-11-30T00:00:00Z", &[Severity::Warn]);
    check("2028-11-30T00:00:01Z", &[Severity::Error]);
    check("2040-01-01T00:00:00Z", &[Severity::Error, Severity::Error]);
    let in_days = |now: &str| {
        certificate.check_time(now.parse().expect("a time"))[0]
            .reason
            .clone()
    };
    assert!(in_days("2028-10-10T00:00:00Z").contains(": 51 of its 760 days are left"));
}

#[test]
fn vmc_11_12_13_extensions() {
    check(
        |recipe| recipe.leaf.crl_distribution_points.clear(),
        &["VMC-11"],
    );
    check(|recipe| recipe.has_timestamp = false, &["VMC-12"]);
    check(
        |recipe| {
            recipe.has_timestamp = false;
            replace_extension(
                &mut recipe.leaf,
                builder::TIMESTAMPS,
                builder::tlv(0x04, &[0, 0]),
            );
        },
        &["VMC-12"],
    );
    check(
        |recipe| remove_extension(&mut recipe.leaf, builder::POLICIES),
        &["VMC-13", "VMC-13"],
    );
    let any_policy = [0x30, 0x08, 0x30, 0x06, 0x06, 0x04, 0x55, 0x1d, 0x20, 0x00];
    check(
        |recipe| replace_extension(&mut recipe.leaf, builder::POLICIES, any_policy.to_vec()),
        &["VMC-13", "VMC-13"],
    );
}

#[test]
fn vmc_14_15_20_the_mark() {
    const PRIOR_USE_SOURCE: &[u64] = &[1, 3, 6, 1, 4, 1, 53087, 5, 1];
    const STATUTE_COUNTRY: &[u64] = &[1, 3, 6, 1, 4, 1, 53087, 3, 2];
    const STATUTE_CITATION: &[u64] = &[1, 3, 6, 1, 4, 1, 53087, 3, 5];
    let mark = |recipe: &mut Recipe, name: &str| set(&mut recipe.leaf, builder::MARK_TYPE, name);

    check(
        |recipe| unset(&mut recipe.leaf, DnType::from_oid(builder::MARK_TYPE)),
        &["VMC-14"],
    );
    check(|recipe| mark(recipe, "registered mark"), &["VMC-14"]);
    check(|recipe| mark(recipe, "Pending Registration Mark"), &[]);
    check(
        |recipe| {
            let field = DnType::from_oid(builder::TRADEMARK_COUNTRY);
            unset(&mut recipe.leaf, field);
        },
        &["VMC-15"],
    );
    check(
        |recipe| set(&mut recipe.leaf, builder::TRADEMARK_IDENTIFIER, " "),
        &["VMC-15"],
    );
    check(
        |recipe| mark(recipe, "Modified Registered Mark"),
        &["VMC-20"],
    );
    check(
        |recipe| mark(recipe, "Government Mark"),
        &["VMC-15", "VMC-15"],
    );
    check(
        |recipe| {
            mark(recipe, "Government Mark");
            set(&mut recipe.leaf, STATUTE_COUNTRY, "US");
            set(&mut recipe.leaf, STATUTE_CITATION, "A statute");
        },
        &[],
    );
    check(
        |recipe| mark(recipe, "Prior Use Mark"),
        &["VMC-15", "VMC-20"],
    );
    check(
        |recipe| {
            mark(recipe, "Prior Use Mark");
            set(&mut recipe.leaf, PRIOR_USE_SOURCE, "https://example.com/");
        },
        &["VMC-20"],
    );
    // Before 2025-04-15 no page had to be named.
    check(
        |recipe| {
            mark(recipe, "Prior Use Mark");
            recipe.leaf.not_before = rcgen::date_time_ymd(2025, 4, 14);
            recipe.leaf.not_after = rcgen::date_time_ymd(2026, 4, 14);
        },
        &["VMC-20"],
    );
}

#[test]
fn vmc_16_the_subject() {
    const BUSINESS_CATEGORY: &[u64] = &[2, 5, 4, 15];
    for field in [
        DnType::OrganizationName,
        DnType::CountryName,
        DnType::from_oid(BUSINESS_CATEGORY),
        DnType::from_oid(&[2, 5, 4, 9]),
        DnType::from_oid(&[2, 5, 4, 5]),
        DnType::from_oid(&[1, 3, 6, 1, 4, 1, 311, 60, 2, 1, 3]),
    ] {
        check(|recipe| unset(&mut recipe.leaf, field), &["VMC-16"]);
    }
    check(|recipe| unset(&mut recipe.leaf, DnType::LocalityName), &[]);
    check(
        |recipe| {
            unset(&mut recipe.leaf, DnType::LocalityName);
            unset(&mut recipe.leaf, DnType::StateOrProvinceName);
        },
        &["VMC-16"],
    );
}

#[test]
fn vmc_17_18_19_the_leaf() {
    const NAME_CONSTRAINTS: &[u64] = &[2, 5, 29, 30];
    const PILOT: &[u64] = &[1, 3, 6, 1, 4, 1, 53087, 4, 1];
    check(
        |recipe| recipe.leaf.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained),
        &["VMC-01", "VMC-17"],
    );
    check(
        |recipe| replace_extension(&mut recipe.leaf, NAME_CONSTRAINTS, vec![0x30, 0x00]),
        &["VMC-17"],
    );
    check(
        |recipe| recipe.leaf.key_usages = vec![KeyUsagePurpose::KeyAgreement],
        &["VMC-17"],
    );
    let without_usage = file(&make(|recipe| recipe.leaf.key_usages.clear()));
    let (certificate, findings) = MarkCertificate::parse(without_usage.as_bytes());
    assert!(certificate.is_some());
    assert_eq!(
        (&*findings[0].rule, findings[0].severity),
        ("VMC-17", Severity::Warn)
    );

    check(
        |recipe| replace_extension(&mut recipe.leaf, PILOT, vec![0x05, 0x00]),
        &["VMC-18"],
    );
    check(
        |recipe| {
            replace_extension(&mut recipe.leaf, PILOT, vec![0x05, 0x00]);
            recipe.leaf.not_before = rcgen::date_time_ymd(2025, 3, 14);
            recipe.leaf.not_after = rcgen::date_time_ymd(2026, 3, 14);
        },
        &[],
    );
    check(
        |recipe| recipe.leaf.not_after = rcgen::date_time_ymd(2029, 2, 3),
        &[],
    );
    check(
        |recipe| recipe.leaf.not_after = rcgen::date_time_ymd(2029, 2, 4),
        &["VMC-19"],
    );
}

#[test]
fn the_shipped_certificate_is_for_the_shipped_logo() {
    let pem = include_bytes!("../../../../../assets/bimi_vmc.pem");
    let root = include_str!("../../../../../assets/test-bimi-root.pem");
    let (certificate, findings) = MarkCertificate::parse(pem);
    assert_eq!(findings, []);
    let certificate = certificate.expect("there are no findings");
    let (logo, findings) = Svg::parse(LOGO);
    assert_eq!(findings, []);
    let domain = Name::parse("example.com").expect("a name");
    let trust = TrustStore::empty().with_roots(root).expect("a root");
    let now = "2026-11-24T00:00:00Z".parse().expect("a time");
    let mut with = Use {
        domain: &domain,
        organizational_domain: &domain,
        selector: &Selector::default(),
        logo: &logo.expect("a logo"),
        trust: &trust,
        now,
    };
    assert_eq!(certificate.check_use(&with), []);
    // The world does not trust it, and must not.
    let world = TrustStore::bimi();
    let elsewhere = Name::parse("example.net").expect("a name");
    with.trust = &world;
    with.domain = &elsewhere;
    with.organizational_domain = &elsewhere;
    let findings = certificate.check_use(&with);
    let rules: Vec<&str> = findings.iter().map(|finding| &*finding.rule).collect();
    assert_eq!(rules, ["VMC-02", "VMC-09"]);
}

/// Puts `content` into a block of a certificate.
fn block(content: &[u8]) -> String {
    let body = STANDARD.encode(content);
    format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(content in proptest::collection::vec(any::<u8>(), 0..300)) {
        MarkCertificate::parse(&content);
        rules(&block(&content));
    }

    #[test]
    fn any_change_of_a_certificate_is_read_without_a_panic(
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..4)
    ) {
        let pem = include_str!("../../../../../assets/bimi_vmc.pem");
        let mut der = pem::blocks(pem)[0].der.clone().expect("a certificate");
        for (at, byte) in changes {
            let at = at.index(der.len());
            der[at] = byte;
        }
        let (certificate, _) = MarkCertificate::parse(block(&der).as_bytes());
        if let Some(certificate) = certificate {
            // What is signed can't be changed unseen.
            prop_assert!(certificate.check_trust(&TrustStore::bimi()).is_some());
        }
    }

    #[test]
    fn any_logotype_is_read_without_a_panic(content in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = logotype::read_logo(&content);
    }
}

#[test]
fn a_bomb_inside_is_refused_before_it_is_inflated() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..4 {
        encoder
            .write_all(&vec![b' '; 1 << 20])
            .expect("a vector takes all");
    }
    let packed = encoder.finish().expect("a vector takes all");
    let uri = format!("data:image/svg+xml;base64,{}", STANDARD.encode(packed));
    let reason = logotype::read_logo(&builder::logotype(&uri, b""))
        .err()
        .expect("a bomb");
    assert!(reason.contains("inflates to more"), "{reason}");
}
