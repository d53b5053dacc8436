//! TLSA records (RFC 6698): which certificate a server shows. Senders of mail that know DANE
//! (RFC 7672) deliver to nobody else.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256, Sha512};

use crate::quote::quote;

/// Why a text is not a TLSA value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} is not usage, selector, matching type and data, as in `3 1 1 2bb1…`", quote(.0))]
pub struct TlsaError(String);

/// One TLSA record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tlsa {
    /// 3 is the server's own certificate, 2 an authority of its chain. Between mail servers 0 and 1
    /// say nothing (RFC 7672 §3.1.3).
    pub usage: u8,
    /// 0 is the whole certificate, 1 its public key.
    pub selector: u8,
    /// 0 is the thing itself, 1 its SHA-256, 2 its SHA-512.
    pub matching: u8,
    /// The value that it is compared with.
    pub data: Vec<u8>,
}

impl Tlsa {
    /// Whether senders of mail heed it.
    pub fn is_usable(&self) -> bool {
        matches!(self.usage, 2 | 3) && self.selector <= 1 && self.matching <= 2
    }

    /// Whether it means this certificate, given as DER and by its public key (the
    /// `SubjectPublicKeyInfo`, as DER too).
    pub fn matches(&self, certificate: &[u8], key: &[u8]) -> bool {
        let selected = match self.selector {
            0 => certificate,
            1 => key,
            _ => return false,
        };
        match self.matching {
            0 => self.data == selected,
            1 => self.data == Sha256::digest(selected).as_slice(),
            2 => self.data == Sha512::digest(selected).as_slice(),
            _ => false,
        }
    }
}

impl FromStr for Tlsa {
    type Err = TlsaError;

    fn from_str(text: &str) -> Result<Self, TlsaError> {
        let read = || {
            let mut words = text.split_ascii_whitespace();
            let mut number = || words.next()?.parse().ok();
            let (usage, selector, matching) = (number()?, number()?, number()?);
            let digits: String = words.collect();
            let data = hexadecimal(&digits)?;
            Some(Self {
                usage,
                selector,
                matching,
                data,
            })
        };
        read().ok_or_else(|| TlsaError(text.to_owned()))
    }
}

impl fmt::Display for Tlsa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} ", self.usage, self.selector, self.matching)?;
        self.data
            .iter()
            .try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

/// The octets behind pairs of hexadecimal digits.
fn hexadecimal(digits: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = digits.chars().map(|digit| digit.to_digit(16)).collect();
    let digits = digits.filter(|digits| !digits.is_empty() && digits.len() % 2 == 0)?;
    let octet = |pair: &[u32]| u8::try_from(pair[0] * 16 + pair[1]).ok();
    digits.chunks(2).map(octet).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_and_printed() {
        let value: Tlsa = "3 1 1 2BB1 83af".parse().expect("a value");
        assert_eq!(value.to_string(), "3 1 1 2bb183af");
        for wrong in [
            "",
            "3 1 1",
            "3 1 1 2b b",
            "3 1 1 xy",
            "300 1 1 00",
            "a b c d",
        ] {
            assert!(wrong.parse::<Tlsa>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_compared_depends_on_selector_and_matching_type() {
        let check = |value: &str, matches: bool| {
            let value: Tlsa = value.parse().expect("a value");
            assert_eq!(value.matches(b"certificate", b"key"), matches, "{value}");
        };
        check("3 0 0 6365727469666963617465", true);
        check("3 1 0 6b6579", true);
        check("3 0 0 6b6579", false);
        let sha256 = "2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683";
        check(&format!("2 1 1 {sha256}"), true);
        check(&format!("2 1 2 {sha256}"), false);
        check("3 1 3 6b6579", false);
        check("3 2 0 6b6579", false);
    }

    #[test]
    fn mail_has_no_use_for_the_public_roots() {
        let usable = |value: &str| value.parse::<Tlsa>().expect("a value").is_usable();
        assert!(usable("3 1 1 00") && usable("2 0 1 00"));
        assert!(!usable("0 1 1 00") && !usable("1 1 1 00") && !usable("3 1 9 00"));
    }
}
