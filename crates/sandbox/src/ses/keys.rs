//! DKIM keys and tokens: SES's own, and those that its users bring.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::problem::Problem;

/// The public keys of Easy DKIM here: real RSA keys, whose private halves were thrown away. SES has
/// keys of each identity's own; nothing is signed here, so three for all are enough.
const KEYS_2048: [&str; 3] = [
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAtrmBvmT97pCtOHfm6agcLl7kcqjS0FIfw0WuKMCgrYVGPznT9eM/csB1FG8GcNkPOPDms9pS0PYxq6U9+Q/z1mVkCSwCd9yTSnOhXi5tdRPm+s4aJq7reg/N8iSrtwJKLy2t27k4gJy0cumbeoq0kxhSgGuR01oSHgVw8c6dntYaU6IFc693DiFreQYO5nwFSn4JZseulgFjQmd7txzSi9mr6SfiHb21EdAruA6A4FDxUPASH2hMzFIoYwVYKHEtEFQs3uI2rH6vfjfrOa0be9zSAsbSfPhxfqL6Dc+JaN/MQJCIgAgFOJqTKOZcF5sfp8qfVfoDeCqQXrPEcpPb0QIDAQAB",
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA1iQO/cKFAbIcSXEeRnVHwbLuulJOlt1n3zWuZOQS+9T0O50GKq34ANKOScBQVcpSniYuAdIGNXF3CDgKebOQ25AGOPSrGUREAGtowjRrYln20NeLo7GCZvkvTm6RxUYyIbExWAAK+/W5k8DzPgltANPHSPv3ZjD4qF1KzBfCF6IIqpMs8Y8/UqUOEUK9ebic599/2BU4VJpJbV12xuqv+VloBCo8LJiHMXbmlP7k0aswmLVFQ6v/zsVUsyciUsvqAuniuNjOclZj5U5NJaFUswMi05ddE+mi3lXW4cIZdtpxLGtkERjZ0LDTdtdscoKdUEInKNx0QCHiF9WRWYAcKQIDAQAB",
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA1ewte+j4CNSestoQjDKLxTLJwaL/hLzYgB4ZI0mjoc7CkBqUzP630StEB5NB56vGdcyC4XQPSD/N0LDLcCKkA5O/9GFZlCC74MtOlrOwbNhYm32tsfaVxxHgv0kjjN16kd+SpXVc4nuXjPmtT4kBUnHsApdd1JGNXcVfawrTzpbgPdM+qLy3znnkhenEDc0IqTzcCMAtPf2HA0prM867CtP6obhnvmMpMOdC3jy+eoA1qK1SW2Vqv2Me1aC80NvXS/HzAQ5dQIYoWJQimU0toMIvI13oml8XiIp3VGYyMMbIrN+IRNRMECxVtUgmJjXhda4Aa+nWpYzkHRuyupW/kQIDAQAB",
];
const KEYS_1024: [&str; 3] = [
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDJBkKHiU6G6DblT7YzwAQPJuud7RDcdRPQ2n16Vw8Xi0lWFv44GZx1XRkaR0lETuqiABxaQFyMvmHsmr7JxN1YjkTbxIwV9qta63RiVCUJpIDlH/yso0XmYB0ICaQMJ5CZCkY6nrXtdlWMoHhFAyLpyDUuOc94Bt4S1fUN8e/gFQIDAQAB",
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCemMrZktZSuMARMU1FkT1cl5IDuuqKlGW4dp0RUj0KVUvpWyrqnFymXvoMt7aLPa+6gmzHdLPnbNUBucZuCeBhC1TZz7nWtJcJ+KaFzojLCB+E/Puu6W6IFGX7CKIVwseamk/aHTQlDyAe7vC/4Ha46ji37CDdGZHQSB0oyfxMRwIDAQAB",
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDS7VB705IbarbZjBt3EVNbnqfqpqA7qn8EHNeWargG5LMsaNVHMMDaqjfYmaycwmPGaYGGZLc+DSOPEC7MpaggbpuyW+h6R2hQQQBfG351VvPJLOR89uxtatncHi5hvpYACXvXOJ2wL/4YdeBYWkL0bD8LnQfQ8plntlQLg8NjMwIDAQAB",
];

/// The length of an RSA key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) enum KeyLength {
    /// 1,024 bits.
    #[serde(rename = "RSA_1024_BIT")]
    Short,
    /// 2,048 bits.
    #[serde(rename = "RSA_2048_BIT")]
    Long,
}

impl KeyLength {
    /// As AWS writes it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Short => "RSA_1024_BIT",
            Self::Long => "RSA_2048_BIT",
        }
    }

    /// Reads what AWS writes.
    pub(crate) fn parse(text: &str) -> Result<Self, Problem> {
        match text {
            "RSA_1024_BIT" => Ok(Self::Short),
            "RSA_2048_BIT" => Ok(Self::Long),
            _ => Err(Problem::invalid(
                "1 validation error detected: Value at 'signingAttributes.nextSigningKeyLength' failed to satisfy \
                 constraint: Member must satisfy enum value set: [RSA_1024_BIT, RSA_2048_BIT]",
            )),
        }
    }
}

/// The TXT value behind the `place`-th token of an identity.
pub(crate) fn easy_key(length: KeyLength, place: usize) -> String {
    let keys = match length {
        KeyLength::Short => KEYS_1024,
        KeyLength::Long => KEYS_2048,
    };
    let key = format!("p={}", keys[place % keys.len()]);
    // A string of a TXT record holds 255 octets.
    let strings: Vec<String> = key
        .as_bytes()
        .chunks(255)
        .map(|part| String::from_utf8_lossy(part).into_owned())
        .collect();
    format!("\"{}\"", strings.join("\" \""))
}

/// The three tokens of an identity's `generation`-th set of keys: 32 lower-case characters each.
pub(crate) fn easy_tokens(place: &str, identity: &str, generation: u64) -> Vec<String> {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    (0..3)
        .map(|number| {
            Sha256::digest(format!("dkim {place} {identity} {generation} {number}"))
                .iter()
                .map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))
                .collect()
        })
        .collect()
}

/// The value of the `_amazonses` record of a domain, the same whenever the account asks for it.
pub(crate) fn domain_token(place: &str, domain: &str) -> String {
    STANDARD.encode(Sha256::digest(format!("domain {place} {domain}")))
}

/// The zone in which a region's Easy DKIM keys are published (AWS General Reference, SES DKIM domains).
pub(crate) fn signing_zone(region: &str) -> String {
    const REGIONAL: [&str; 11] = [
        "af-south-1",
        "ap-northeast-3",
        "ap-south-2",
        "ap-southeast-3",
        "ap-southeast-5",
        "ca-west-1",
        "eu-central-2",
        "eu-south-1",
        "il-central-1",
        "me-central-1",
        "us-gov-east-1",
    ];
    if REGIONAL.contains(&region) {
        format!("dkim.{region}.amazonses.com")
    } else {
        "dkim.amazonses.com".to_owned()
    }
}

/// The public half, as `p=` has it, of a private key that was brought: base64 of PKCS #1 or
/// PKCS #8, RSA, 1,024 or 2,048 bits. The private half is not kept.
pub(crate) fn public_half(private_key: &str) -> Result<String, Problem> {
    let invalid = || Problem::invalid("The DKIM signing private key is not valid.");
    let der = STANDARD.decode(private_key).map_err(|_| invalid())?;
    let (modulus, exponent) = rsa_numbers(&der).ok_or_else(invalid)?;
    // A positive number whose first bit is set has a zero before it.
    let length = modulus.strip_prefix(&[0]).unwrap_or(modulus).len() * 8;
    if length != 1024 && length != 2048 {
        return Err(Problem::invalid(
            "The DKIM signing private key must be an RSA key of 1024 or 2048 bits.",
        ));
    }
    Ok(STANDARD.encode(subject_public_key_info(modulus, exponent)))
}

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const SEQUENCE: u8 = 0x30;

/// Modulus and public exponent of an RSA private key in DER (RFC 8017 appendix A.1.2; RFC 5958).
fn rsa_numbers(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (key, _) = element(der, SEQUENCE)?;
    let (_version, rest) = element(key, INTEGER)?;
    if let Some((_algorithm, rest)) = element(rest, SEQUENCE) {
        let (inner, _) = element(rest, OCTET_STRING)?;
        return rsa_numbers(inner);
    }
    let (modulus, rest) = element(rest, INTEGER)?;
    let (exponent, _) = element(rest, INTEGER)?;
    Some((modulus, exponent))
}

/// The content of the element at the start of `der`, and what follows it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (first, rest) = der.split_first()?;
    let (length, rest) = rest.split_first()?;
    if *first != tag {
        return None;
    }
    let (length, rest) = if *length < 0x80 {
        (usize::from(*length), rest)
    } else {
        let octets = usize::from(length & 0x7f);
        let (octets, rest) = rest.split_at_checked(octets)?;
        let length = octets.iter().try_fold(0_usize, |length, octet| {
            length.checked_mul(256)?.checked_add(usize::from(*octet))
        })?;
        (length, rest)
    };
    rest.split_at_checked(length)
}

/// RFC 8017 in RFC 5280's wrapping: what a DKIM record's `p=` holds.
fn subject_public_key_info(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    const RSA_ENCRYPTION: [u8; 13] = [
        0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
    ];
    let key = wrap(
        SEQUENCE,
        &[wrap(INTEGER, modulus), wrap(INTEGER, exponent)].concat(),
    );
    let bits = wrap(BIT_STRING, &[&[0], key.as_slice()].concat());
    wrap(SEQUENCE, &[wrap(SEQUENCE, &RSA_ENCRYPTION), bits].concat())
}

fn wrap(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let octets = &length[length
        .iter()
        .position(|octet| *octet != 0)
        .unwrap_or(length.len() - 1)..];
    let mut der = vec![tag];
    if content.len() >= 0x80 {
        der.push(0x80 | u8::try_from(octets.len()).unwrap_or(u8::MAX));
    }
    der.extend_from_slice(octets);
    der.extend_from_slice(content);
    der
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_32_lower_case_characters_and_differ_by_place_identity_and_generation() {
        let tokens = easy_tokens("1/us-east-1", "example.com", 1);
        assert!(tokens.iter().all(|token| {
            token.len() == 32
                && token
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        }));
        assert_ne!(tokens, easy_tokens("1/eu-west-1", "example.com", 1));
        assert_ne!(tokens, easy_tokens("1/us-east-1", "example.org", 1));
        assert_ne!(tokens, easy_tokens("1/us-east-1", "example.com", 2));
        assert_eq!(tokens, easy_tokens("1/us-east-1", "example.com", 1));
    }

    #[test]
    fn a_long_key_is_split_into_strings_of_at_most_255_octets() {
        let value = easy_key(KeyLength::Long, 0);
        let strings: Vec<&str> = value.trim_matches('"').split("\" \"").collect();
        assert_eq!(strings.len(), 2);
        assert!(strings.iter().all(|string| string.len() <= 255));
    }

    /// Made by `openssl genrsa 1024`, for this test alone.
    const PKCS1: &str = "MIICWwIBAAKBgQCbpbV3Mpw/QvHUZFb/DFNA+SC57X3Paq7wwa75+ZLk1b5ygfk9oW7ppmkqiPPadjGwAdPKfvG/gsgdg+EP33Zyb7017sCDiggHSSFX4wmBvmICI+WjbsY6gSELzJL0BrLq+lL9u7UIo1JiBnH0EmK8SgQNsxR0w9fOarIj4hKH9QIDAQABAoGAYM4yzD0tEueXMytpNF49FacdJKbCXhQTVGiSZKVGKI+MUPnnw9449pdqx2rAiDqE8txgFozX3O4BeuIAQ/gPWWs1t8mR1jDqoIzpdH6a5uiavAYTRzbvDFjuQCG11eNprYG0teR7BsbBCYq1cbL/v+ZCK/EidrXug13ib4BwU80CQQDJ6GgBARLiaI0T/CV3S84i7LvzFFozdF0Y+8ZHGVa0LmU1rGYb3pGuFk1VKNPR1AzlwvIHUdKgwA3724/wqNc7AkEAxViVCB8+mCe67MZgo4dAqhZw1immq/8vucNtU9i94QM+tUF/VIQc7ADlz2HH3R18XMYXJaTG2bjwbrOGIG4KjwJATi6Y/zKMPnFfl4p+c3g+BNYIXTLXTq9TUVZEy8krArAobqUoEMiZPoDSRxR9GPX0XI+lKmJrneVgRNMbJIQsewJAOW7TSJ7XN67wXrJJM65MKnQHeLx8bjgBKr3uVmWQtSidmmCqbu1YAXMtbpJVeUt4gwN/fwwadwi0qHMEyPFdjwJAJ1F/Q2GKgZNvmrAPbV4A3XPfvAbOjtQMgpO8OrgfmwCyCR5gxS+I0j3AZeC7HUkzH/WuHjUyOC3YfE5l2Bo2wQ==";
    const PKCS8: &str = "MIICdQIBADANBgkqhkiG9w0BAQEFAASCAl8wggJbAgEAAoGBAJultXcynD9C8dRkVv8MU0D5ILntfc9qrvDBrvn5kuTVvnKB+T2hbummaSqI89p2MbAB08p+8b+CyB2D4Q/fdnJvvTXuwIOKCAdJIVfjCYG+YgIj5aNuxjqBIQvMkvQGsur6Uv27tQijUmIGcfQSYrxKBA2zFHTD185qsiPiEof1AgMBAAECgYBgzjLMPS0S55czK2k0Xj0Vpx0kpsJeFBNUaJJkpUYoj4xQ+efD3jj2l2rHasCIOoTy3GAWjNfc7gF64gBD+A9ZazW3yZHWMOqgjOl0fprm6Jq8BhNHNu8MWO5AIbXV42mtgbS15HsGxsEJirVxsv+/5kIr8SJ2te6DXeJvgHBTzQJBAMnoaAEBEuJojRP8JXdLziLsu/MUWjN0XRj7xkcZVrQuZTWsZhveka4WTVUo09HUDOXC8gdR0qDADfvbj/Co1zsCQQDFWJUIHz6YJ7rsxmCjh0CqFnDWKaar/y+5w21T2L3hAz61QX9UhBzsAOXPYcfdHXxcxhclpMbZuPBus4YgbgqPAkBOLpj/Mow+cV+Xin5zeD4E1ghdMtdOr1NRVkTLySsCsChupSgQyJk+gNJHFH0Y9fRcj6UqYmud5WBE0xskhCx7AkA5btNIntc3rvBeskkzrkwqdAd4vHxuOAEqve5WZZC1KJ2aYKpu7VgBcy1uklV5S3iDA39/DBp3CLSocwTI8V2PAkAnUX9DYYqBk2+asA9tXgDdc9+8Bs6O1AyCk7w6uB+bALIJHmDFL4jSPcBl4LsdSTMf9a4eNTI4Ldh8TmXYGjbB";
    const PUBLIC: &str = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCbpbV3Mpw/QvHUZFb/DFNA+SC57X3Paq7wwa75+ZLk1b5ygfk9oW7ppmkqiPPadjGwAdPKfvG/gsgdg+EP33Zyb7017sCDiggHSSFX4wmBvmICI+WjbsY6gSELzJL0BrLq+lL9u7UIo1JiBnH0EmK8SgQNsxR0w9fOarIj4hKH9QIDAQAB";

    #[test]
    fn a_private_key_in_either_form_has_the_public_key_that_openssl_says() {
        assert_eq!(public_half(PKCS1).expect("a key"), PUBLIC);
        assert_eq!(public_half(PKCS8).expect("a key"), PUBLIC);
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in [
            "",
            "AAAA",
            "MIIB",
            &STANDARD.encode([0x30, 0x84, 0xff, 0xff, 0xff, 0xff]),
        ] {
            assert!(public_half(text).is_err(), "{text}");
        }
    }
}
