//! The keys that signatures are verified with: RSA (RFC 6376) and Ed25519 (RFC 8463).

use std::fmt;

use base64::Engine;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use x509_parser::asn1_rs::{Any, FromDer, Tag};

use crate::quote::quote;

/// The object identifier of RSA keys, 1.2.840.113549.1.1.1, as DER has it.
const RSA_OID: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];

/// A key, or the absence of one that says the selector's key is revoked.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum PublicKey {
    /// For `rsa-sha256`.
    Rsa(RsaPublicKey),
    /// For `ed25519-sha256`.
    Ed25519([u8; 32]),
    /// An empty `p=`: every signature with this selector is invalid.
    Revoked,
}

/// An RSA key: its modulus and exponent, without leading zeros and not zero.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RsaPublicKey {
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

/// Why bytes are not a public key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublicKeyError {
    /// No base64.
    #[error("it is not base64: {0}")]
    Base64(String),
    /// A DER structure that is neither of the two forms in use.
    #[error("it decodes to neither a SubjectPublicKeyInfo of RSA nor an RSAPublicKey")]
    Rsa,
    /// Another length than 32.
    #[error("it decodes to {0} octets, and an Ed25519 key has 32")]
    Ed25519(usize),
}

impl RsaPublicKey {
    /// The key with this modulus and exponent, as octets with the highest first; neither
    /// can be zero.
    pub fn new(modulus: &[u8], exponent: &[u8]) -> Option<Self> {
        let without_zeros = |number: &[u8]| {
            let first = number.iter().position(|&octet| octet != 0)?;
            Some(number[first..].to_vec())
        };
        Some(Self {
            modulus: without_zeros(modulus)?,
            exponent: without_zeros(exponent)?,
        })
    }

    /// Reads a `SubjectPublicKeyInfo`, the form in use, or an `RSAPublicKey`, the form of
    /// RFC 6376's text.
    pub fn from_der(der: &[u8]) -> Result<Self, PublicKeyError> {
        let parts = sequence(der).ok_or(PublicKeyError::Rsa)?;
        match &*parts {
            [algorithm, bits]
                if algorithm.tag() == Tag::Sequence && bits.tag() == Tag::BitString =>
            {
                let is_rsa = Any::from_der(algorithm.data)
                    .is_ok_and(|(_, oid)| oid.tag() == Tag::Oid && oid.data == RSA_OID);
                // The first octet counts the unused bits of the last: none.
                let key = bits.data.strip_prefix(&[0]).filter(|_| is_rsa);
                let parts = key.and_then(sequence).ok_or(PublicKeyError::Rsa)?;
                match &*parts {
                    [modulus, exponent] => Self::from_integers(modulus, exponent),
                    _ => None,
                }
            }
            [modulus, exponent] => Self::from_integers(modulus, exponent),
            _ => None,
        }
        .ok_or(PublicKeyError::Rsa)
    }

    /// The length of the modulus in bits, by which a key is called 1024 or 2048.
    pub fn bits(&self) -> usize {
        let unused = self.modulus[0].leading_zeros() as usize;
        self.modulus.len() * 8 - unused
    }

    /// The key as a `SubjectPublicKeyInfo`.
    pub fn to_der(&self) -> Vec<u8> {
        let key = der(
            0x30,
            &[integer(&self.modulus), integer(&self.exponent)].concat(),
        );
        let algorithm = der(0x30, &[der(0x06, RSA_OID), der(0x05, &[])].concat());
        let bits = der(0x03, &[vec![0], key].concat());
        der(0x30, &[algorithm, bits].concat())
    }

    pub(super) fn from_integers(modulus: &Any<'_>, exponent: &Any<'_>) -> Option<Self> {
        Self::new(positive(modulus)?, positive(exponent)?)
    }
}

impl PublicKey {
    /// The name of the key's type in a record.
    pub fn key_type(&self) -> &'static str {
        match self {
            Self::Rsa(_) | Self::Revoked => "rsa",
            Self::Ed25519(_) => "ed25519",
        }
    }
}

/// In base64, as it stands in `p=`.
impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa(key) => f.write_str(&STANDARD.encode(key.to_der())),
            Self::Ed25519(key) => f.write_str(&STANDARD.encode(key)),
            Self::Revoked => Ok(()),
        }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa(key) => write!(f, "Rsa({} bits, {self})", key.bits()),
            Self::Ed25519(_) => write!(f, "Ed25519({self})"),
            Self::Revoked => f.write_str("Revoked"),
        }
    }
}

impl fmt::Debug for RsaPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "RsaPublicKey({} bits, {})",
            self.bits(),
            STANDARD.encode(self.to_der())
        )
    }
}

/// The octets in base64.
pub(super) fn encode_base64(octets: &[u8]) -> String {
    STANDARD.encode(octets)
}

/// The octets that base64 `text` decodes to, white space left out; and whether receivers that keep
/// to the letter of RFC 4648 would decode it too.
pub(super) fn decode_base64(text: &str) -> Result<(Vec<u8>, bool), PublicKeyError> {
    let tolerant = GeneralPurpose::new(
        &alphabet::STANDARD,
        GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::Indifferent)
            .with_decode_allow_trailing_bits(true),
    );
    let compact: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    if let Ok(bytes) = STANDARD.decode(&compact) {
        return Ok((bytes, true));
    }
    match tolerant.decode(&compact) {
        Ok(bytes) => Ok((bytes, false)),
        Err(_) => Err(PublicKeyError::Base64(quote(&compact))),
    }
}

/// The elements of a DER sequence that fills `der` to its end.
pub(super) fn sequence(der: &[u8]) -> Option<Vec<Any<'_>>> {
    let (rest, whole) = Any::from_der(der).ok()?;
    if !rest.is_empty() || whole.tag() != Tag::Sequence {
        return None;
    }
    let mut elements = Vec::new();
    let mut rest = whole.data;
    while !rest.is_empty() {
        let (after, element) = Any::from_der(rest).ok()?;
        elements.push(element);
        rest = after;
    }
    Some(elements)
}

fn positive<'a>(integer: &Any<'a>) -> Option<&'a [u8]> {
    let is_positive = integer.data.first().is_some_and(|octet| octet & 0x80 == 0);
    (integer.tag() == Tag::Integer && is_positive).then_some(integer.data)
}

/// A DER integer is signed, so that a high first bit needs a zero before it.
fn integer(magnitude: &[u8]) -> Vec<u8> {
    let mut content = Vec::with_capacity(magnitude.len() + 1);
    if magnitude.first().is_some_and(|byte| byte & 0x80 != 0) {
        content.push(0);
    }
    content.extend_from_slice(magnitude);
    der(0x02, &content)
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut element = vec![tag];
    let length = content.len().to_be_bytes();
    let significant = &length[length.iter().position(|&byte| byte != 0).unwrap_or(7)..];
    if content.len() >= 0x80 {
        let count = u8::try_from(significant.len()).expect("a length has at most eight octets");
        element.push(0x80 | count);
    }
    element.extend_from_slice(significant);
    element.extend_from_slice(content);
    element
}
