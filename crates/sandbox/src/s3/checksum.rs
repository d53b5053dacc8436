//! Checksums of bodies: what the client says they are, checked, and what S3 computes itself.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use s3s::crypto::{Checksum as _, Crc32, Crc32c, Crc64Nvme, Md5, Sha1, Sha256};
use serde::{Deserialize, Serialize};

use super::error::{self, Error};
use crate::hex::hex;

/// The algorithms that S3 knows for bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Algorithm {
    /// CRC-32, which the SDKs send unasked.
    Crc32,
    /// CRC-32C.
    Crc32c,
    /// CRC-64/NVME, which S3 computes when the client sends nothing.
    Crc64Nvme,
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
}

impl Algorithm {
    const ALL: [Self; 5] = [
        Self::Crc32,
        Self::Crc32c,
        Self::Crc64Nvme,
        Self::Sha1,
        Self::Sha256,
    ];

    /// AWS's name: `CRC32`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Crc32 => "CRC32",
            Self::Crc32c => "CRC32C",
            Self::Crc64Nvme => "CRC64NVME",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
        }
    }

    /// The algorithm of AWS's name.
    pub(super) fn named(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|algorithm| algorithm.name().eq_ignore_ascii_case(name))
    }

    pub(super) fn header(self) -> &'static str {
        match self {
            Self::Crc32 => "x-amz-checksum-crc32",
            Self::Crc32c => "x-amz-checksum-crc32c",
            Self::Crc64Nvme => "x-amz-checksum-crc64nvme",
            Self::Sha1 => "x-amz-checksum-sha1",
            Self::Sha256 => "x-amz-checksum-sha256",
        }
    }

    fn digest(self, body: &[u8]) -> Vec<u8> {
        match self {
            Self::Crc32 => Crc32::checksum(body).to_vec(),
            Self::Crc32c => Crc32c::checksum(body).to_vec(),
            Self::Crc64Nvme => Crc64Nvme::checksum(body).to_vec(),
            Self::Sha1 => Sha1::checksum(body).to_vec(),
            Self::Sha256 => Sha256::checksum(body).to_vec(),
        }
    }
}

/// A checksum of a whole object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checksum {
    /// How it was computed.
    pub algorithm: Algorithm,
    /// In base64.
    pub value: String,
}

impl Checksum {
    /// Computes the checksum of `body`.
    pub fn of(algorithm: Algorithm, body: &[u8]) -> Self {
        Self {
            algorithm,
            value: STANDARD.encode(algorithm.digest(body)),
        }
    }
}

/// The MD5 of `body` in hexadecimal: the `ETag` of an object that was put in one piece.
pub(super) fn etag(body: &[u8]) -> String {
    hex(&Md5::checksum(body))
}

/// Checks all that the headers (with the trailers among them) say about `body`, and returns the
/// checksum that was sent, if one was.
pub(super) fn verify(headers: &HeaderMap, body: &[u8]) -> Result<Option<Checksum>, Error> {
    verify_payload(headers, body)?;
    verify_md5(headers, body)?;
    let sent = sent(headers)?;
    let declared = text(headers, "x-amz-sdk-checksum-algorithm");
    let declared = declared.and_then(Algorithm::named);
    match (&sent, declared) {
        (None, Some(_)) => Err(error::invalid_request(
            "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.",
        )),
        (Some(checksum), Some(declared)) if checksum.algorithm != declared => Err(
            error::invalid_request("Value for x-amz-sdk-checksum-algorithm header is invalid."),
        ),
        (Some(checksum), _) if Checksum::of(checksum.algorithm, body) != *checksum => {
            let name = checksum.algorithm.name();
            Err(Error::new(
                400,
                "BadDigest",
                format!("The {name} you specified did not match the calculated checksum."),
            ))
        }
        _ => Ok(sent),
    }
}

/// Whether the request carries anything by which S3 can check its body.
pub(super) fn is_present(headers: &HeaderMap) -> bool {
    headers.contains_key("content-md5")
        || Algorithm::ALL
            .iter()
            .any(|algorithm| headers.contains_key(algorithm.header()))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The one checksum among the headers, well formed.
fn sent(headers: &HeaderMap) -> Result<Option<Checksum>, Error> {
    let mut found = None;
    for algorithm in Algorithm::ALL {
        let Some(value) = text(headers, algorithm.header()) else {
            continue;
        };
        if found.is_some() {
            return Err(error::invalid_request(
                "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
            ));
        }
        let length = STANDARD.decode(value).map(|digest| digest.len());
        if length != Ok(algorithm.digest(b"").len()) {
            let name = algorithm.header();
            return Err(error::invalid_request(format!(
                "Value for {name} header is invalid."
            )));
        }
        found = Some(Checksum {
            algorithm,
            value: value.to_owned(),
        });
    }
    Ok(found)
}

fn verify_md5(headers: &HeaderMap, body: &[u8]) -> Result<(), Error> {
    let Some(value) = text(headers, "content-md5") else {
        return Ok(());
    };
    let digest = STANDARD.decode(value).unwrap_or_default();
    if digest.len() != 16 {
        return Err(Error::new(
            400,
            "InvalidDigest",
            "The Content-MD5 you specified was invalid.",
        )
        .with("Content-MD5", value));
    }
    let calculated = Md5::checksum(body);
    if digest == calculated {
        return Ok(());
    }
    Err(Error::new(
        400,
        "BadDigest",
        "The Content-MD5 you specified did not match what we received.",
    )
    .with("ExpectedDigest", value)
    .with("CalculatedDigest", STANDARD.encode(calculated)))
}

fn verify_payload(headers: &HeaderMap, body: &[u8]) -> Result<(), Error> {
    let Some(value) = text(headers, "x-amz-content-sha256") else {
        return Ok(());
    };
    let is_digest = value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    let calculated = hex(&Sha256::checksum(body));
    if !is_digest || value.eq_ignore_ascii_case(&calculated) {
        return Ok(());
    }
    Err(Error::new(
        400,
        "XAmzContentSHA256Mismatch",
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
    )
    .with("ClientComputedContentSHA256", value)
    .with("S3ComputedContentSHA256", calculated))
}
