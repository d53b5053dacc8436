//! Finding the public half of a private key, to see that a signer and a record agree
//! (DKIM-15). Nothing of the private half is kept or printed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use x509_parser::asn1_rs::Tag;

use super::public_key::{RsaPublicKey, sequence};
use super::{DkimKey, PublicKey};
use crate::Finding;
use crate::rules;

/// Why no public key was found in a private key file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrivateKeyError {
    /// Neither PEM nor bare base64.
    #[error("the private key is neither PEM nor base64")]
    Encoding,
    /// PEM of something else.
    #[error("the file holds a {0:?}, where a private key is wanted")]
    Label(String),
    /// Encrypted with a pass phrase.
    #[error("the private key is encrypted; decrypt it first")]
    Encrypted,
    /// Another algorithm than RSA, or damaged.
    #[error("the private key is not an RSA key in PKCS #1 or PKCS #8")]
    NotRsa,
}

/// The public half of an RSA private key: PKCS #1 or PKCS #8, in PEM, or as bare base64
/// as Amazon SES takes it.
pub fn public_half(private_key: &str) -> Result<RsaPublicKey, PrivateKeyError> {
    let der = decode(private_key)?;
    let parts = sequence(&der).ok_or(PrivateKeyError::NotRsa)?;
    // PKCS #8 is version, algorithm and the PKCS #1 key as an octet string; PKCS #1 is
    // version, modulus, public exponent and what must stay secret.
    let inner = match &*parts {
        [_, algorithm, key, ..]
            if algorithm.tag() == Tag::Sequence && key.tag() == Tag::OctetString =>
        {
            sequence(key.data).ok_or(PrivateKeyError::NotRsa)?
        }
        _ => parts,
    };
    match &*inner {
        [_, modulus, exponent, _, _, _, _, _, _, ..] => {
            RsaPublicKey::from_integers(modulus, exponent)
        }
        _ => None,
    }
    .ok_or(PrivateKeyError::NotRsa)
}

impl DkimKey {
    /// DKIM-15: the record holds the public half of the private key that signs.
    pub fn check_private_key(&self, private_key: &str) -> Result<Option<Finding>, PrivateKeyError> {
        let half = public_half(private_key)?;
        Ok((self.key != PublicKey::Rsa(half)).then(|| {
            Finding::new(
                rules::DKIM_15,
                "the published key is not the public half of the private key that signs",
            )
        }))
    }
}

fn decode(text: &str) -> Result<Vec<u8>, PrivateKeyError> {
    let base64: String = match text.split_once("-----BEGIN ") {
        None => text.split_ascii_whitespace().collect(),
        Some((_, rest)) => {
            let (label, rest) = rest.split_once("-----").ok_or(PrivateKeyError::Encoding)?;
            match label {
                "PRIVATE KEY" | "RSA PRIVATE KEY" => {}
                "ENCRYPTED PRIVATE KEY" => return Err(PrivateKeyError::Encrypted),
                _ => return Err(PrivateKeyError::Label(label.chars().take(40).collect())),
            }
            let end = rest.find("-----END ").ok_or(PrivateKeyError::Encoding)?;
            let body = &rest[..end];
            if body.contains("ENCRYPTED") {
                return Err(PrivateKeyError::Encrypted);
            }
            body.split_ascii_whitespace().collect()
        }
    };
    STANDARD
        .decode(base64)
        .map_err(|_| PrivateKeyError::Encoding)
}
