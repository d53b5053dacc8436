//! The body of a call: in memory, or on its way through a file.

use bytes::Bytes;

use crate::bodies::{Algorithm, Arrived, Body, Checksum, Hasher};
use crate::hex::hex;

/// The body of a call, out of its chunks.
#[derive(Clone, Debug)]
pub(super) enum Content {
    Held(Bytes),
    Filed(Arrived),
}

impl Content {
    /// The bytes, for an object to keep.
    pub(super) fn body(&self) -> Body {
        match self {
            Self::Held(bytes) => bytes.clone().into(),
            Self::Filed(arrived) => arrived.filed.clone().into(),
        }
    }

    /// The bytes of a document, none of which is so large that it is in a file.
    pub(super) fn document(&self) -> Bytes {
        match self {
            Self::Held(bytes) => bytes.clone(),
            Self::Filed(_) => Bytes::new(),
        }
    }

    /// The MD5, in hexadecimal: the `ETag` of an object that was put in one piece.
    pub(super) fn md5(&self) -> String {
        match self {
            Self::Held(bytes) => {
                let mut hasher = Hasher::md5();
                hasher.update(bytes);
                hex(&hasher.finish())
            }
            Self::Filed(arrived) => arrived.md5.clone(),
        }
    }

    /// The SHA-256, in hexadecimal.
    pub(super) fn sha256(&self) -> String {
        match self {
            Self::Held(bytes) => hex(&Algorithm::Sha256.digest(bytes)),
            Self::Filed(arrived) => arrived.filed.sha256.clone(),
        }
    }

    /// A checksum, which is known already where the request asked for it.
    pub(super) fn checksum(&self, algorithm: Algorithm) -> Checksum {
        match self {
            Self::Held(bytes) => Checksum::of(algorithm, bytes),
            Self::Filed(arrived) => {
                let mut known = arrived.checksums.iter();
                let known = known.find(|checksum| checksum.algorithm == algorithm);
                known
                    .cloned()
                    .unwrap_or_else(|| Checksum::of_body(algorithm, &self.body()))
            }
        }
    }
}
