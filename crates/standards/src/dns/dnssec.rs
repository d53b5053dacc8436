//! The chain from a zone's DS records at its parent to its keys (RFC 4034, RFC 4035).
//!
//! ```
//! use standards::dns::dnssec::{Dnskey, Ds, lint_chain};
//! use standards::dns::Name;
//!
//! // RFC 4509, section 2.3.
//! let zone = Name::parse("dskey.example.com")?;
//! let ds = Ds::parse("60485 5 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A")?;
//! let key = Dnskey::parse("256 3 5 AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZDRD99WYwYqUSdjMmmAphXdvxegXd/M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9XzcnOf+EPbtG9DMBmADjFDc2w/rljwvFw==")?;
//! assert!(lint_chain(&zone, &[ds], &[key]).is_none());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt::{self, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha384};

use super::Name;
use crate::quote::quote;

/// The flag of a key that signs its zone (RFC 4034, section 2.1.1).
const ZONE_KEY: u16 = 0x0100;
/// The only protocol of a key (RFC 4034, section 2.1.2).
const PROTOCOL: u8 = 3;
/// The signing algorithms that validators know (RFC 8624, section 3.1). A zone that has others alone
/// counts as unsigned for them.
const ALGORITHMS: [u8; 8] = [5, 7, 8, 10, 13, 14, 15, 16];

/// A DS record that cannot be read, or a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} is not a {rtype} record", quote(.text))]
pub struct DnssecError {
    /// `DS` or `DNSKEY`.
    pub rtype: &'static str,
    /// The text.
    pub text: String,
}

/// A key of a zone, as the zone above names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ds {
    /// The tag of the key.
    pub key_tag: u16,
    /// The algorithm of the key.
    pub algorithm: u8,
    /// The algorithm of the digest.
    pub digest_type: u8,
    /// The digest.
    pub digest: Vec<u8>,
}

/// A key of a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dnskey {
    /// The flags.
    pub flags: u16,
    /// 3.
    pub protocol: u8,
    /// The algorithm.
    pub algorithm: u8,
    /// The public key.
    pub key: Vec<u8>,
}

impl Ds {
    /// Reads the presentation form (RFC 4034, section 5.3).
    pub fn parse(text: &str) -> Result<Self, DnssecError> {
        read_ds(text).ok_or_else(|| DnssecError {
            rtype: "DS",
            text: text.to_owned(),
        })
    }

    /// Whether validators of today can follow it.
    fn is_known(&self) -> bool {
        ALGORITHMS.contains(&self.algorithm) && matches!(self.digest_type, 1 | 2 | 4)
    }

    /// Whether it names this key of `zone` (RFC 4034, section 5.1.4).
    pub fn names(&self, zone: &Name, key: &Dnskey) -> bool {
        let is_like = self.algorithm == key.algorithm && self.key_tag == key.tag();
        is_like && key.digest(zone, self.digest_type).as_ref() == Some(&self.digest)
    }
}

impl fmt::Display for Ds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digest = String::new();
        for octet in &self.digest {
            write!(digest, "{octet:02X}")?;
        }
        write!(
            f,
            "{} {} {} {digest}",
            self.key_tag, self.algorithm, self.digest_type
        )
    }
}

impl Dnskey {
    /// Reads the presentation form (RFC 4034, section 2.2).
    pub fn parse(text: &str) -> Result<Self, DnssecError> {
        read_dnskey(text).ok_or_else(|| DnssecError {
            rtype: "DNSKEY",
            text: text.to_owned(),
        })
    }

    /// Whether signatures of the zone can be checked with it.
    fn is_zone_key(&self) -> bool {
        self.flags & ZONE_KEY != 0 && self.protocol == PROTOCOL
    }

    fn octets(&self) -> Vec<u8> {
        let mut octets = self.flags.to_be_bytes().to_vec();
        octets.extend([self.protocol, self.algorithm]);
        octets.extend(&self.key);
        octets
    }

    /// The tag (RFC 4034, appendix B). Algorithm 1, which has another, is not used any more.
    pub fn tag(&self) -> u16 {
        let mut sum: u32 = 0;
        for (position, octet) in self.octets().into_iter().enumerate() {
            let octet = u32::from(octet);
            sum += if position % 2 == 0 { octet << 8 } else { octet };
        }
        sum += sum >> 16;
        u16::try_from(sum & 0xffff).unwrap_or_default()
    }

    /// The digest of it as a key of `zone`; nothing for an algorithm that is not known.
    pub fn digest(&self, zone: &Name, digest_type: u8) -> Option<Vec<u8>> {
        let mut octets = Vec::new();
        for label in zone.as_str().to_ascii_lowercase().split('.') {
            octets.push(u8::try_from(label.len()).ok()?);
            octets.extend(label.as_bytes());
        }
        octets.push(0);
        octets.extend(self.octets());
        match digest_type {
            1 => Some(Sha1::digest(&octets).to_vec()),
            2 => Some(Sha256::digest(&octets).to_vec()),
            4 => Some(Sha384::digest(&octets).to_vec()),
            _ => None,
        }
    }
}

fn read_ds(text: &str) -> Option<Ds> {
    let mut fields = text.split_ascii_whitespace();
    let (key_tag, algorithm) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    let digest_type = fields.next()?.parse().ok()?;
    let hex: String = fields.collect();
    if hex.is_empty() || !hex.is_ascii() || !hex.len().is_multiple_of(2) {
        return None;
    }
    let octets = (0..hex.len()).step_by(2);
    let octets = octets.map(|at| u8::from_str_radix(&hex[at..at + 2], 16).ok());
    Some(Ds {
        key_tag,
        algorithm,
        digest_type,
        digest: octets.collect::<Option<_>>()?,
    })
}

fn read_dnskey(text: &str) -> Option<Dnskey> {
    let mut fields = text.split_ascii_whitespace();
    let (flags, protocol) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    let algorithm = fields.next()?.parse().ok()?;
    let key: String = fields.collect();
    let key = STANDARD.decode(key).ok().filter(|key| !key.is_empty())?;
    Some(Dnskey {
        flags,
        protocol,
        algorithm,
        key,
    })
}

/// Why no resolver that validates can follow the DS records of `zone` to its keys; nothing where one can, or
/// where the zone counts as unsigned.
pub fn lint_chain(zone: &Name, signers: &[Ds], keys: &[Dnskey]) -> Option<String> {
    let known: Vec<&Ds> = signers.iter().filter(|ds| ds.is_known()).collect();
    // RFC 4509, section 3: beside a stronger digest, one of SHA-1 does not count.
    let is_stronger = |ds: &&Ds| ds.digest_type > 1;
    let has_stronger = known.iter().any(is_stronger);
    let mut counted = known.iter().filter(|ds| !has_stronger || is_stronger(ds));
    let is_named = |ds: &&&Ds| {
        let mut keys = keys.iter().filter(|key| key.is_zone_key());
        keys.any(|key| ds.names(zone, key))
    };
    if known.is_empty() || counted.any(|ds| is_named(&ds)) {
        return None;
    }
    let signers: Vec<String> = signers.iter().map(|ds| ds.key_tag.to_string()).collect();
    let signers = signers.join(", ");
    if keys.is_empty() {
        return Some(format!(
            "the parent has a DS record for key {signers}, and the zone is not signed"
        ));
    }
    let keys: Vec<String> = keys.iter().map(|key| key.tag().to_string()).collect();
    Some(format!(
        "the DS records at the parent are for key {signers}, and the zone has key {}: none is the same",
        keys.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4034, section 5.4.
    const ZONE: &str = "dskey.example.com";
    const KEY: &str = "256 3 5 ( AQOeiiR0GOMYkDshWoSKz9Xz fwJr1AYtsmx3TGkJaNXVbfi/ 2pHm822aJ5iI9BMzNXxeYCmZ DRD99WYwYqUSdjMmmAphXdvx egXd/M5+X7OrzKBaMbCVdFLU Uh6DhweJBjEVv5f2wwjM9Xzc nOf+EPbtG9DMBmADjFDc2w/r ljwvFw== )";
    const SHA1: &str = "60485 5 1 2BB183AF5F22588179A53B0A 98631FAD1A292118";
    /// RFC 4509, section 2.3.
    const SHA256: &str =
        "60485 5 2 D4B7D520E7BB5F0F67674A0C CEB1E3E0614B93C4F9E99B83 83F6A1E4469DA50A";

    fn key() -> Dnskey {
        Dnskey::parse(&KEY.replace(['(', ')'], "")).expect("a key")
    }

    fn check(signers: &[&str], keys: &[Dnskey], expect: Option<&str>) {
        let zone = Name::parse(ZONE).expect("a name");
        let signers: Vec<Ds> = signers
            .iter()
            .map(|text| Ds::parse(text).expect("a DS record"))
            .collect();
        let found = lint_chain(&zone, &signers, keys);
        match (&found, expect) {
            (None, None) => {}
            (Some(found), Some(expect)) if found.contains(expect) => {}
            _ => panic!("{signers:?}: {found:?}"),
        }
    }

    #[test]
    fn the_examples_of_the_rfcs_hold() {
        let zone = Name::parse(ZONE).expect("a name");
        assert_eq!(key().tag(), 60485);
        for text in [SHA1, SHA256] {
            let ds = Ds::parse(text).expect("a DS record");
            assert!(ds.names(&zone, &key()), "{text}");
            let elsewhere = Name::parse("example.com").expect("a name");
            assert!(!ds.names(&elsewhere, &key()), "{text}");
            let printed = ds.to_string();
            assert_eq!(Ds::parse(&printed), Ok(ds), "{printed}");
        }
        let digest = key().digest(&zone, 4).expect("SHA-384");
        assert_eq!(digest.len(), 48);
    }

    #[test]
    fn one_of_several_is_enough() {
        let other = "1 5 2 00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF";
        check(&[SHA256], &[key()], None);
        check(&[SHA1], &[key()], None);
        check(&[other, SHA256], &[key()], None);
        check(&[], &[key()], None);
        check(&[], &[], None);
        check(&[other], &[key()], Some("none is the same"));
        check(&[SHA256], &[], Some("the zone is not signed"));
    }

    #[test]
    fn sha_1_does_not_count_beside_a_stronger_digest() {
        let broken = SHA256.replace("D4B7", "0000");
        check(&[SHA1, &broken], &[key()], Some("none is the same"));
    }

    #[test]
    fn what_validators_do_not_know_leaves_a_zone_unsigned() {
        check(&["60485 12 2 00"], &[key()], None);
        check(&["60485 5 3 00"], &[key()], None);
    }

    #[test]
    fn a_key_that_signs_no_zone_is_none() {
        let mut key = key();
        key.flags = 0;
        let zone = Name::parse(ZONE).expect("a name");
        let digest = key.digest(&zone, 2).expect("SHA-256");
        let ds = Ds {
            key_tag: key.tag(),
            algorithm: 5,
            digest_type: 2,
            digest,
        };
        assert!(ds.names(&zone, &key));
        check(&[&ds.to_string()], &[key], Some("none is the same"));
    }

    #[test]
    fn what_is_no_record_is_refused() {
        for text in [
            "",
            "1 5",
            "1 5 2",
            "1 5 2 A",
            "1 5 2 ZZ",
            "70000 5 2 AA",
            "1 5 2 é",
        ] {
            assert!(Ds::parse(text).is_err(), "{text}");
        }
        for text in ["", "256 3 5", "256 3 5 %", "256 3 500 AA=="] {
            assert!(Dnskey::parse(text).is_err(), "{text}");
        }
    }
}
