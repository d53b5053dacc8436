//! Makes mark certificates for tests: a root, an authority below it and a leaf with a logo
//! inside, each with all that the rules ask for.
//!
//! The parameters are rcgen's own and can be changed before they are signed, so that a test can
//! break one rule at a time. Nothing here is trusted by anybody: the root is made up on the spot.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CrlDistributionPoint, CustomExtension,
    DnType, Error, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose, PublicKeyData as _,
    SerialNumber, SigningKey as _, date_time_ymd,
};
use sha2::{Digest as _, Sha256};
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// The extended key usage of mark certificates.
pub(crate) const BIMI_KEY_USAGE: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 3, 31];
/// The logotype extension.
pub(crate) const LOGOTYPE: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 1, 12];
/// The certificate policies extension.
pub(crate) const POLICIES: &[u64] = &[2, 5, 29, 32];
/// The list of signed certificate timestamps.
pub(crate) const TIMESTAMPS: &[u64] = &[1, 3, 6, 1, 4, 1, 11129, 2, 4, 2];
/// The field of the subject that says what type of mark it is.
pub(crate) const MARK_TYPE: &[u64] = &[1, 3, 6, 1, 4, 1, 53087, 1, 13];
/// The fields of a registered mark.
pub(crate) const TRADEMARK_COUNTRY: &[u64] = &[1, 3, 6, 1, 4, 1, 53087, 1, 3];
/// The number of the trademark.
pub(crate) const TRADEMARK_IDENTIFIER: &[u64] = &[1, 3, 6, 1, 4, 1, 53087, 1, 4];

const STREET: &[u64] = &[2, 5, 4, 9];
const BUSINESS_CATEGORY: &[u64] = &[2, 5, 4, 15];
const SERIAL_NUMBER: &[u64] = &[2, 5, 4, 5];
const JURISDICTION_COUNTRY: &[u64] = &[1, 3, 6, 1, 4, 1, 311, 60, 2, 1, 3];

/// The contents of the three certificates of a chain.
pub(crate) struct Recipe {
    /// The root.
    pub(crate) root: CertificateParams,
    /// The authority that issues the leaf.
    pub(crate) issuer: CertificateParams,
    /// The mark certificate.
    pub(crate) leaf: CertificateParams,
    /// Whether the leaf gets a timestamp of a log.
    pub(crate) has_timestamp: bool,
}

/// A signed chain, each certificate as PEM.
pub(crate) struct Chain {
    /// The root, which verifiers have.
    pub(crate) root: String,
    /// The authority below it.
    pub(crate) issuer: String,
    /// The mark certificate.
    pub(crate) leaf: String,
}

impl Recipe {
    /// A chain without a fault, for `name`, with `logo` inside.
    pub(crate) fn new(name: &str, logo: &[u8]) -> Result<Self, Error> {
        Ok(Self {
            root: authority("Deploy Test Mark Root", 1, 2046)?,
            issuer: {
                let mut issuer = authority("Deploy Test Mark CA", 0, 2036)?;
                issuer.extended_key_usages = vec![bimi_key_usage()];
                issuer
            },
            leaf: leaf(name, logo)?,
            has_timestamp: true,
        })
    }

    /// Signs the chain with keys that are made for it and forgotten.
    pub(crate) fn sign(mut self) -> Result<Chain, Error> {
        let root = CertifiedIssuer::self_signed(self.root, KeyPair::generate()?)?;
        let issuer = CertifiedIssuer::signed_by(self.issuer, KeyPair::generate()?, &root)?;
        let leaf_key = KeyPair::generate()?;
        if self.has_timestamp {
            let unlogged = self.leaf.signed_by(&leaf_key, &issuer)?;
            let timestamps = timestamps(unlogged.der(), issuer.key())?;
            let extension = CustomExtension::from_oid_content(TIMESTAMPS, timestamps);
            self.leaf.custom_extensions.push(extension);
        }
        Ok(Chain {
            leaf: self.leaf.signed_by(&leaf_key, &issuer)?.pem(),
            issuer: issuer.pem(),
            root: root.pem(),
        })
    }
}

/// The purpose of mark certificates.
pub(crate) fn bimi_key_usage() -> ExtendedKeyUsagePurpose {
    ExtendedKeyUsagePurpose::Other(BIMI_KEY_USAGE.to_vec())
}

fn authority(name: &str, path_length: u8, last_year: i32) -> Result<CertificateParams, Error> {
    let mut authority = CertificateParams::new(Vec::new())?;
    authority.distinguished_name = rcgen::DistinguishedName::new();
    authority
        .distinguished_name
        .push(DnType::OrganizationName, "Deploy tests");
    authority.distinguished_name.push(DnType::CommonName, name);
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(path_length));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    authority.not_before = date_time_ymd(2026, 11, 1);
    authority.not_after = date_time_ymd(last_year, 11, 1);
    Ok(authority)
}

fn leaf(name: &str, logo: &[u8]) -> Result<CertificateParams, Error> {
    let mut leaf = CertificateParams::new(vec![name.to_owned()])?;
    leaf.distinguished_name = rcgen::DistinguishedName::new();
    for (field, text) in [
        (DnType::from_oid(BUSINESS_CATEGORY), "Private Organization"),
        (DnType::from_oid(JURISDICTION_COUNTRY), "US"),
        (DnType::from_oid(SERIAL_NUMBER), "TEST-0000000"),
        (DnType::CountryName, "US"),
        (DnType::StateOrProvinceName, "Test State"),
        (DnType::LocalityName, "Test City"),
        (DnType::from_oid(STREET), "1 Test Street"),
        (DnType::OrganizationName, "Deploy Test Organization"),
        (DnType::CommonName, "Deploy Test Organization"),
        (DnType::from_oid(TRADEMARK_COUNTRY), "US"),
        (DnType::from_oid(TRADEMARK_IDENTIFIER), "TEST-0000000"),
        (DnType::from_oid(MARK_TYPE), "Registered Mark"),
    ] {
        leaf.distinguished_name.push(field, text);
    }
    // The timestamp's signature is over the certificate without it, so both need one number.
    leaf.serial_number = Some(SerialNumber::from(0x5445_5354_0000_0001_u64));
    leaf.is_ca = IsCa::ExplicitNoCa;
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    leaf.extended_key_usages = vec![bimi_key_usage()];
    leaf.use_authority_key_identifier_extension = true;
    leaf.crl_distribution_points = vec![CrlDistributionPoint {
        uris: vec!["http://crl.example.com/test-mark-ca.crl".to_owned()],
    }];
    leaf.not_before = date_time_ymd(2026, 11, 1);
    leaf.not_after = date_time_ymd(2028, 11, 30);
    leaf.custom_extensions = vec![
        CustomExtension::from_oid_content(POLICIES, policies()),
        CustomExtension::from_oid_content(LOGOTYPE, logotype(&data_uri(logo), logo)),
    ];
    Ok(leaf)
}

/// The general policy of the BIMI Group, with the URL of a practice statement.
fn policies() -> Vec<u8> {
    let statement = sequence(&[
        oid(&[1, 3, 6, 1, 5, 5, 7, 2, 1]),
        ia5("https://example.com/test-cps"),
    ]);
    let policy = sequence(&[
        oid(&[1, 3, 6, 1, 4, 1, 53087, 1, 1]),
        sequence(&[statement]),
    ]);
    sequence(&[policy])
}

/// `content`, compressed, in the URI that a certificate holds it in.
pub(crate) fn data_uri(content: &[u8]) -> String {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).expect("a vector takes all");
    let packed = encoder.finish().expect("a vector takes all");
    format!("data:image/svg+xml;base64,{}", STANDARD.encode(packed))
}

/// A logotype extension with one image of the subject, and the hash of `hashed` (RFC 3709).
pub(crate) fn logotype(uri: &str, hashed: &[u8]) -> Vec<u8> {
    let sha256 = sequence(&[oid(&[2, 16, 840, 1, 101, 3, 4, 2, 1]), tlv(0x05, &[])]);
    let hash = sequence(&[sha256, tlv(0x04, &Sha256::digest(hashed))]);
    let details = sequence(&[
        ia5("image/svg+xml"),
        sequence(&[hash]),
        sequence(&[ia5(uri)]),
    ]);
    let image = sequence(&[details]);
    let direct = tlv(0xa0, &sequence(&[image]));
    sequence(&[tlv(0xa2, &direct)])
}

/// A list with one timestamp, signed by a log that is made up on the spot (RFC 6962 §3.2).
fn timestamps(unlogged: &[u8], issuer: &KeyPair) -> Result<Vec<u8>, Error> {
    /// 2026-11-01, in milliseconds.
    const TIME: u64 = 1_793_491_200_000;
    let log = KeyPair::generate()?;
    let (_, certificate) = X509Certificate::from_der(unlogged).expect("it was just made");
    let body = certificate.tbs_certificate.as_ref();
    let mut signed = vec![0, 0];
    signed.extend(TIME.to_be_bytes());
    signed.extend([0, 1]);
    signed.extend(Sha256::digest(issuer.subject_public_key_info()));
    signed.extend(
        &u32::try_from(body.len())
            .expect("a small certificate")
            .to_be_bytes()[1..],
    );
    signed.extend(body);
    signed.extend([0, 0]);
    let signature = log.sign(&signed)?;

    let mut timestamp = vec![0];
    timestamp.extend(Sha256::digest(log.subject_public_key_info()));
    timestamp.extend(TIME.to_be_bytes());
    // No extensions; SHA-256 with ECDSA.
    timestamp.extend([0, 0, 4, 3]);
    timestamp.extend(with_length(&signature));
    Ok(tlv(0x04, &with_length(&with_length(&timestamp))))
}

/// `content` after its length in two octets, as TLS writes it.
fn with_length(content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).expect("a short list");
    [&length.to_be_bytes(), content].concat()
}

fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

fn ia5(text: &str) -> Vec<u8> {
    tlv(0x16, text.as_bytes())
}

fn oid(arcs: &[u64]) -> Vec<u8> {
    let mut content = Vec::new();
    let first = arcs[0] * 40 + arcs[1];
    for arc in std::iter::once(&first).chain(&arcs[2..]) {
        let mut groups = vec![arc & 0x7f];
        let mut rest = arc >> 7;
        while rest > 0 {
            groups.push((rest & 0x7f) | 0x80);
            rest >>= 7;
        }
        content.extend(
            groups
                .iter()
                .rev()
                .map(|group| u8::try_from(*group).expect("eight bits")),
        );
    }
    tlv(0x06, &content)
}

/// DER: a tag, the length of the content, the content.
pub(crate) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut der = vec![tag];
    if length < 0x80 {
        der.push(u8::try_from(length).expect("it was compared"));
    } else {
        let bytes = u32::try_from(length)
            .expect("a small certificate")
            .to_be_bytes();
        let bytes = &bytes[bytes.iter().take_while(|byte| **byte == 0).count()..];
        der.push(0x80 | u8::try_from(bytes.len()).expect("four at most"));
        der.extend(bytes);
    }
    der.extend(content);
    der
}
