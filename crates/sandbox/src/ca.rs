//! The sandbox's own certification authority: what ACM issues and the HTTPS port shows.
//!
//! Every key is Ed25519, because such a key is its seed: all of them follow from one secret of the
//! world, nothing but that secret needs saving, and a world without one (a test) is the same on
//! every run.

use std::fmt;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PKCS_ED25519, SerialNumber, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::hex::hex;

/// The octets before the seed in an Ed25519 key of PKCS #8 (RFC 8410, section 7).
const PKCS8_ED25519: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// The longest common name that X.509 allows.
const COMMON_NAME_LIMIT: usize = 64;

/// The authority of one world.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Authority {
    /// The seed of its keys. Without one they are the same in every world, which is right for
    /// a test and wrong for an authority that someone may come to trust.
    secret: Option<String>,
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority")
            .field("secret", &self.secret.is_some())
            .finish()
    }
}

/// A certificate with its key.
#[derive(Clone)]
pub struct Leaf {
    /// The certificate as PEM.
    pub certificate_pem: String,
    /// The certificate as DER.
    pub certificate_der: CertificateDer<'static>,
    /// Its key.
    pub key_der: Vec<u8>,
}

impl fmt::Debug for Leaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Leaf")
            .field("certificate_pem", &self.certificate_pem)
            .finish_non_exhaustive()
    }
}

/// The content of a leaf certificate.
pub(crate) struct Subject<'a> {
    /// The seed of its key and serial number.
    pub(crate) id: &'a str,
    pub(crate) names: &'a [String],
    pub(crate) serial: [u8; 16],
    pub(crate) not_before: Timestamp,
    pub(crate) not_after: Timestamp,
}

impl Authority {
    /// Gives the authority a secret of its own, if it has none: for worlds that are served.
    pub fn make_secret(&mut self) {
        if self.secret.is_none()
            && let Ok(random) = KeyPair::generate()
        {
            self.secret = Some(hex(&Sha256::digest(random.serialized_der())));
        }
    }

    /// The root certificate as PEM, for `curl --cacert`.
    pub fn certificate_pem(&self) -> String {
        self.root().map(|(_, pem)| pem).unwrap_or_default()
    }

    /// A leaf for names that are AWS's own, such as `*.cloudfront.net`.
    pub fn own_leaf(&self, names: &[String], now: Timestamp) -> Option<Leaf> {
        let mut serial = [1; 16];
        serial[1..].copy_from_slice(&self.derive(&["serial", &names.join(",")])[..15]);
        self.mint(&Subject {
            id: &names.join(","),
            names,
            serial,
            not_before: now - SignedDuration::from_hours(24 * 366),
            not_after: now + SignedDuration::from_hours(24 * 366),
        })
    }

    /// Issues a certificate, with its key.
    pub(crate) fn mint(&self, subject: &Subject<'_>) -> Option<Leaf> {
        let (issuer, _) = self.root()?;
        let key = key(&self.derive(&["leaf", subject.id]))?;
        let mut params = CertificateParams::new(subject.names.to_vec()).ok()?;
        params.distinguished_name = rcgen::DistinguishedName::new();
        if let Some(first) = subject
            .names
            .first()
            .filter(|name| name.len() <= COMMON_NAME_LIMIT)
        {
            params
                .distinguished_name
                .push(DnType::CommonName, first.as_str());
        }
        params.serial_number = Some(SerialNumber::from_slice(&subject.serial));
        params.not_before = date_time_ymd(1970, 1, 1) + since_epoch(subject.not_before);
        params.not_after = date_time_ymd(1970, 1, 1) + since_epoch(subject.not_after);
        params.is_ca = IsCa::ExplicitNoCa;
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![
            KeyUsagePurpose::DigitalSignature,
            KeyUsagePurpose::KeyEncipherment,
        ];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let certificate = params.signed_by(&key, &issuer).ok()?;
        Some(Leaf {
            certificate_pem: certificate.pem(),
            certificate_der: certificate.der().clone(),
            key_der: key.serialized_der().to_vec(),
        })
    }

    fn root(&self) -> Option<(Issuer<'static, KeyPair>, String)> {
        let key = key(&self.derive(&["root"]))?;
        let mut params = CertificateParams::default();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params
            .distinguished_name
            .push(DnType::OrganizationName, "deploy sandbox");
        params
            .distinguished_name
            .push(DnType::CommonName, "deploy sandbox root");
        params.serial_number = Some(SerialNumber::from_slice(&[1]));
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2120, 1, 1);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let pem = params.self_signed(&key).ok()?.pem();
        Some((Issuer::new(params, key), pem))
    }

    fn derive(&self, parts: &[&str]) -> [u8; 32] {
        let mut hasher = Sha256::new();
        hasher.update(
            self.secret
                .as_deref()
                .unwrap_or("a sandbox without a secret"),
        );
        for part in parts {
            hasher.update([0]);
            hasher.update(part);
        }
        hasher.finalize().into()
    }
}

fn key(seed: &[u8; 32]) -> Option<KeyPair> {
    let der = [&PKCS8_ED25519[..], seed].concat();
    KeyPair::from_pkcs8_der_and_sign_algo(&PrivatePkcs8KeyDer::from(der), &PKCS_ED25519).ok()
}

fn since_epoch(time: Timestamp) -> Duration {
    Duration::from_secs(u64::try_from(time.as_second()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_world_has_the_same_certificates() {
        let names = ["*.cloudfront.net".to_owned()];
        let leaf = |authority: &Authority| {
            authority.own_leaf(
                &names,
                Timestamp::UNIX_EPOCH + SignedDuration::from_hours(500_000),
            )
        };
        let (one, two) = (leaf(&Authority::default()), leaf(&Authority::default()));
        let pem = one.expect("a leaf").certificate_pem;
        assert_eq!(pem, two.expect("a leaf").certificate_pem);
        let mut other = Authority::default();
        other.make_secret();
        assert_ne!(pem, leaf(&other).expect("a leaf").certificate_pem);
    }

    #[test]
    fn a_secret_does_not_show() {
        let mut authority = Authority::default();
        authority.make_secret();
        assert_eq!(format!("{authority:?}"), "Authority { secret: true }");
    }
}
