//! The content of `p=` that is not a key of the record's type.

use super::public_key::{RsaPublicKey, decode_base64, encode_base64};

/// The DER around the 32 octets of an Ed25519 key in a `SubjectPublicKeyInfo` (RFC 8410 §4).
const ED25519_WRAPPING: &[u8] = &[
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

/// The nature of the octets of `p=`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Material {
    /// An RSA key.
    Rsa,
    /// An Ed25519 key, bare or wrapped as OpenSSL writes it.
    Ed25519([u8; 32]),
    /// A private key.
    Private,
    /// The start of a key.
    Cut {
        /// Those that are there.
        octets: usize,
        /// Those that the first of them announce.
        whole: usize,
    },
    /// Something else.
    Other,
}

impl Material {
    pub(super) fn of(bytes: &[u8]) -> Self {
        if RsaPublicKey::from_der(bytes).is_ok() {
            return Self::Rsa;
        }
        let bare = bytes.strip_prefix(ED25519_WRAPPING).unwrap_or(bytes);
        // Thirty-two octets can be the start of an RSA key as well, whose length takes more than one.
        let is_cut_rsa = matches!(bytes, [0x30, 0x81 | 0x82, ..]);
        if !is_cut_rsa && let Ok(key) = bare.try_into() {
            return Self::Ed25519(key);
        }
        match sequence_header(bytes) {
            // Both forms of a private key begin with their version, which is zero (RFC 8017
            // appendix A.1.2, RFC 5208 §5); no modulus is.
            Some((header, _)) if bytes[header..].starts_with(&[0x02, 0x01, 0x00]) => Self::Private,
            Some((header, length)) if header + length > bytes.len() => Self::Cut {
                octets: bytes.len(),
                whole: header + length,
            },
            _ => Self::Other,
        }
    }
}

/// The octets of the header of the DER sequence that `bytes` begin with, and of its content.
fn sequence_header(bytes: &[u8]) -> Option<(usize, usize)> {
    let [0x30, first, rest @ ..] = bytes else {
        return None;
    };
    let count = usize::from(first & 0x7f);
    match first {
        0..=0x7f => Some((2, count)),
        // No key takes more than 65,535 octets.
        0x81 | 0x82 => {
            let digits = rest.get(..count)?;
            let length = digits
                .iter()
                .fold(0, |length, digit| length << 8 | usize::from(*digit));
            Some((2 + count, length))
        }
        _ => None,
    }
}

/// The base64 that `text` holds besides what people paste around it, and what that is.
pub(super) fn meant_base64(text: &str) -> Option<(String, &'static str)> {
    let compact: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '"' | '\'' | '\\'))
        .collect();
    if compact.contains("PRIVATE") {
        return None;
    }
    let (base64, around) = if compact.contains("-----") {
        let longest = compact.split("-----").max_by_key(|piece| piece.len())?;
        (
            longest.to_owned(),
            "the lines that begin and end a PEM file",
        )
    } else if compact.contains(['-', '_']) {
        let standard = compact.replace('-', "+").replace('_', "/");
        (standard, "the `-` and `_` of base64url")
    } else {
        (compact, "quotes and backslashes")
    };
    let (bytes, _) = decode_base64(&base64).ok()?;
    // A name of a file is base64 by chance.
    (bytes.len() >= 32).then(|| (encode_base64(&bytes), around))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_the_place_of_a_key() {
        let check = |bytes: &[u8], expect: Material| assert_eq!(Material::of(bytes), expect);
        let wrapped = [ED25519_WRAPPING, &[7; 32]].concat();
        check(&[7; 32], Material::Ed25519([7; 32]));
        check(&wrapped, Material::Ed25519([7; 32]));
        check(
            &[0x30, 0x82, 0x01, 0x3a, 0x02, 0x01, 0x00, 0x02],
            Material::Private,
        );
        check(&[0x30, 0x2e, 0x02, 0x01, 0x00, 0x30], Material::Private);
        let (octets, whole) = (5, 294);
        check(
            &[0x30, 0x82, 0x01, 0x22, 0x30],
            Material::Cut { octets, whole },
        );
        check(
            &wrapped[..20],
            Material::Cut {
                octets: 20,
                whole: 44,
            },
        );
        check(&[], Material::Other);
        check(&[0x30, 0x84, 1, 2], Material::Other);
        check(&[0x30, 0x00], Material::Other);
    }

    #[test]
    fn base64_is_found_in_what_is_around_it() {
        let key = encode_base64(&[0xfb; 32]);
        let url = key.replace('+', "-").replace('/', "_");
        for text in [
            format!("\"{}\" \"{}\"", &key[..9], &key[9..]),
            format!("-----BEGIN PUBLIC KEY-----{key}-----END PUBLIC KEY-----"),
            url.trim_end_matches('=').to_owned(),
        ] {
            assert_eq!(
                meant_base64(&text).map(|(found, _)| found),
                Some(key.clone()),
                "{text}"
            );
        }
        for text in ["example.pem", "\"\"", "-----BEGIN PRIVATE KEY-----AAAA"] {
            assert_eq!(meant_base64(text), None, "{text}");
        }
    }
}
