//! Inflating gzip with a cap, so that a small file can't become a large one in memory.

use std::io::Read;

use flate2::bufread::GzDecoder;

/// Why a file can't be inflated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GzipFault {
    /// It is not gzip, is cut short, or its checksum is wrong.
    Broken,
    /// It inflates to more than the cap.
    TooLarge,
    /// More bytes follow the end of the gzip stream.
    Trailing,
}

/// Whether `file` opens with the two magic bytes of gzip.
pub(super) fn is_gzip(file: &[u8]) -> bool {
    file.starts_with(&[0x1f, 0x8b])
}

/// The content of `file`, if it is one gzip member of at most `cap` bytes.
///
/// Never holds more than `cap + 1` bytes, whatever the file claims to inflate to.
pub(super) fn inflate(file: &[u8], cap: usize) -> Result<Vec<u8>, GzipFault> {
    let mut inflated = Vec::new();
    let limit = u64::try_from(cap).unwrap_or(u64::MAX).saturating_add(1);
    let mut decoder = GzDecoder::new(file);
    decoder
        .by_ref()
        .take(limit)
        .read_to_end(&mut inflated)
        .map_err(|_| GzipFault::Broken)?;
    if inflated.len() > cap {
        return Err(GzipFault::TooLarge);
    }
    if !decoder.into_inner().is_empty() {
        return Err(GzipFault::Trailing);
    }
    Ok(inflated)
}
