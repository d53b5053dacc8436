//! The logotype extension: the logo inside of the certificate (RFC 3709, RFC 6170).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest as _, Sha1};

use crate::bimi::gzip::{self, GzipFault};
use crate::bimi::svg::{READ_LIMIT, sha256};

const SEQUENCE: u8 = 0x30;
const OCTET_STRING: u8 = 0x04;
const IA5_STRING: u8 = 0x16;
/// `[0]` in its constructed form, and so on.
const CONTEXT_0: u8 = 0xa0;
const CONTEXT_2: u8 = 0xa2;

/// The DER of the object identifier of SHA-256, 2.16.840.1.101.3.4.2.1.
const SHA256: &[u8] = &[
    0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01,
];
/// The DER of the object identifier of SHA-1, 1.3.14.3.2.26.
const SHA1: &[u8] = &[0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a];
const MEDIA_TYPE: &str = "image/svg+xml";
const DATA_URI: &str = "data:image/svg+xml;base64,";

/// The logo of a certificate, inflated, and how strong the hash over it is.
pub(super) struct Logo {
    pub(super) content: Vec<u8>,
    /// Whether one of the hashes is SHA-256, not only the SHA-1 that one authority still writes.
    pub(super) has_sha256: bool,
}

/// The one logo of the extension; or why there is none.
pub(super) fn read_logo(extension: &[u8]) -> Result<Logo, String> {
    let details = image_details(extension).ok_or("the extension has no logo of the subject")?;
    let mut details = Reader(details);
    let media_type = details.text().ok_or("the logo has no media type")?;
    if !media_type.eq_ignore_ascii_case(MEDIA_TYPE) {
        return Err(format!(
            "the media type is {}, not {MEDIA_TYPE}",
            crate::quote::quote(media_type)
        ));
    }
    let hashes = details.take(SEQUENCE).ok_or("the logo has no hash")?;
    let uris = details.take(SEQUENCE).ok_or("the logo has no URI")?;
    let mut uris = Reader(uris);
    let uri = uris.text().ok_or("the logo has no URI")?;
    if !uris.0.is_empty() {
        return Err("the logo has more than one URI".to_owned());
    }
    let packed = read_data_uri(uri)?;
    let content = gzip::inflate(&packed, READ_LIMIT).map_err(|fault| match fault {
        GzipFault::Broken => "the logo is not gzip, or broken",
        GzipFault::TooLarge => "the logo inflates to more than this program reads",
        GzipFault::Trailing => "more bytes follow the logo's gzip data",
    })?;
    let has_sha256 = check_hashes(hashes, &content)?;
    Ok(Logo {
        content,
        has_sha256,
    })
}

/// Walks down to the details of the first image of the subject's logo, and refuses a second one.
///
/// `LogotypeExtn { [2] { [0] LogotypeData { images { LogotypeImage { details, … } } } } }`
fn image_details(extension: &[u8]) -> Option<&[u8]> {
    let mut whole = Reader(extension);
    let mut extension = Reader(whole.take(SEQUENCE)?);
    whole.0.is_empty().then_some(())?;
    let subject = loop {
        let (tag, content) = extension.next()?;
        if tag == CONTEXT_2 {
            break content;
        }
    };
    let direct = Reader(subject).take(CONTEXT_0)?;
    let mut images = Reader(Reader(direct).take(SEQUENCE)?);
    let image = images.take(SEQUENCE)?;
    images.0.is_empty().then_some(())?;
    Reader(image).take(SEQUENCE)
}

fn read_data_uri(uri: &str) -> Result<Vec<u8>, String> {
    let prefix = uri.get(..DATA_URI.len()).unwrap_or(uri);
    if !prefix.eq_ignore_ascii_case(DATA_URI) {
        let prefix = crate::quote::quote(prefix);
        return Err(format!(
            "the logo's URI starts with {prefix}, not {DATA_URI}"
        ));
    }
    STANDARD
        .decode(&uri[DATA_URI.len()..])
        .map_err(|_| "the logo's URI is not base64".to_owned())
}

/// Checks every hash of an algorithm that is known here, and says whether one is SHA-256.
///
/// The hash of an SVGZ is that of the inflated SVG, with `LF` at the ends of lines (RFC 6170
/// §5.2); so do the certificates of all three authorities that were read.
fn check_hashes(hashes: &[u8], content: &[u8]) -> Result<bool, String> {
    let canonical = String::from_utf8_lossy(content).replace("\r\n", "\n");
    let forms = [content, canonical.as_bytes()];
    let mut hashes = Reader(hashes);
    let mut known = 0;
    let mut has_sha256 = false;
    while let Some(pair) = hashes.take(SEQUENCE) {
        let mut pair = Reader(pair);
        let algorithm = pair.take(SEQUENCE).ok_or("a hash has no algorithm")?;
        let value = pair.take(OCTET_STRING).ok_or("a hash has no value")?;
        let matches = if algorithm.starts_with(SHA256) {
            has_sha256 = true;
            forms.iter().any(|form| value == sha256(form))
        } else if algorithm.starts_with(SHA1) {
            forms
                .iter()
                .any(|form| value == Sha1::digest(form).as_slice())
        } else {
            continue;
        };
        known += 1;
        if !matches {
            return Err("the hash is not that of the logo".to_owned());
        }
    }
    if known == 0 {
        return Err("the logo has no hash by SHA-256".to_owned());
    }
    Ok(has_sha256)
}

/// Reads DER, one value after the other.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// The next value's tag and content. `None` at the end, and where it is not DER.
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = if first < 0x80 {
            (usize::from(first), rest)
        } else {
            let count = usize::from(first & 0x7f);
            if !(1..=4).contains(&count) || rest.len() < count {
                return None;
            }
            let (bytes, rest) = rest.split_at(count);
            let length = bytes
                .iter()
                .fold(0, |length, &byte| (length << 8) | usize::from(byte));
            (length, rest)
        };
        if rest.len() < length {
            return None;
        }
        let (content, rest) = rest.split_at(length);
        self.0 = rest;
        Some((tag, content))
    }

    /// The content of the next value, if it has this tag.
    fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        let mut ahead = Reader(self.0);
        let (found, content) = ahead.next()?;
        (found == tag).then(|| {
            self.0 = ahead.0;
            content
        })
    }

    fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.take(IA5_STRING)?).ok()
    }
}
