//! Checksums of bodies, computed while their bytes go by.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use s3s::crypto::{Checksum as _, Crc32, Crc32c, Crc64Nvme, Md5, Sha1, Sha256};
use serde::{Deserialize, Serialize};

use super::Body;

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
    /// All of them.
    pub(crate) const ALL: [Self; 5] = [
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
    pub(crate) fn named(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|algorithm| algorithm.name().eq_ignore_ascii_case(name))
    }

    pub(crate) fn header(self) -> &'static str {
        match self {
            Self::Crc32 => "x-amz-checksum-crc32",
            Self::Crc32c => "x-amz-checksum-crc32c",
            Self::Crc64Nvme => "x-amz-checksum-crc64nvme",
            Self::Sha1 => "x-amz-checksum-sha1",
            Self::Sha256 => "x-amz-checksum-sha256",
        }
    }

    pub(crate) fn digest(self, body: &[u8]) -> Vec<u8> {
        let mut hasher = Hasher::new(self);
        hasher.update(body);
        hasher.finish()
    }

    /// The algorithms that the headers of an upload name, or else the one that S3 uses by itself.
    pub(crate) fn of_upload(headers: &HeaderMap) -> Vec<Self> {
        let trailer = headers.get("x-amz-trailer");
        let trailer = trailer.and_then(|value| value.to_str().ok());
        let is_named = |algorithm: &Self| {
            let header = algorithm.header();
            let mut trailing = trailer.unwrap_or_default().split(',');
            trailing.any(|name| name.trim() == header) || headers.contains_key(header)
        };
        let mut named: Vec<Self> = Self::ALL.into_iter().filter(is_named).collect();
        if named.is_empty() {
            named.push(Self::Crc64Nvme);
        }
        named
    }
}

/// A checksum of a whole body.
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
        Self::new(algorithm, &algorithm.digest(body))
    }

    /// Computes the checksum of a body that may be in files.
    pub(crate) fn of_body(algorithm: Algorithm, body: &Body) -> Self {
        let mut hasher = Hasher::new(algorithm);
        body.read(|bytes| hasher.update(bytes));
        Self::new(algorithm, &hasher.finish())
    }

    pub(crate) fn new(algorithm: Algorithm, digest: &[u8]) -> Self {
        Self {
            algorithm,
            value: STANDARD.encode(digest),
        }
    }
}

/// Computes a digest of bytes that come one after the other.
pub(crate) enum Hasher {
    Crc32(Crc32),
    Crc32c(Crc32c),
    Crc64Nvme(Crc64Nvme),
    Md5(Md5),
    Sha1(Sha1),
    Sha256(Sha256),
}

impl std::fmt::Debug for Hasher {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Hasher")
    }
}

impl Hasher {
    pub(crate) fn new(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Crc32 => Self::Crc32(Crc32::new()),
            Algorithm::Crc32c => Self::Crc32c(Crc32c::new()),
            Algorithm::Crc64Nvme => Self::Crc64Nvme(Crc64Nvme::new()),
            Algorithm::Sha1 => Self::Sha1(Sha1::new()),
            Algorithm::Sha256 => Self::Sha256(Sha256::new()),
        }
    }

    /// MD5, which is no checksum that a client may choose.
    pub(crate) fn md5() -> Self {
        Self::Md5(Md5::new())
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Crc32(hasher) => hasher.update(bytes),
            Self::Crc32c(hasher) => hasher.update(bytes),
            Self::Crc64Nvme(hasher) => hasher.update(bytes),
            Self::Md5(hasher) => hasher.update(bytes),
            Self::Sha1(hasher) => hasher.update(bytes),
            Self::Sha256(hasher) => hasher.update(bytes),
        }
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        match self {
            Self::Crc32(hasher) => hasher.finalize().to_vec(),
            Self::Crc32c(hasher) => hasher.finalize().to_vec(),
            Self::Crc64Nvme(hasher) => hasher.finalize().to_vec(),
            Self::Md5(hasher) => hasher.finalize().to_vec(),
            Self::Sha1(hasher) => hasher.finalize().to_vec(),
            Self::Sha256(hasher) => hasher.finalize().to_vec(),
        }
    }
}
