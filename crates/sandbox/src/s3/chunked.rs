//! Bodies in AWS's own chunked form, with their trailing headers.

use bytes::{Bytes, BytesMut};
use http::HeaderMap;

use super::error::Error;

/// The decoded body and the trailers that came after it.
pub(super) type Decoded = (Bytes, Vec<(String, String)>);

/// Takes the body out of `aws-chunked` where `x-amz-content-sha256` says that it is in it.
pub(super) fn decode(headers: &HeaderMap, body: &Bytes) -> Result<Decoded, Error> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let payload = text("x-amz-content-sha256").unwrap_or_default();
    if !payload.starts_with("STREAMING-") {
        return Ok((body.clone(), Vec::new()));
    }
    let Some(length) = text("x-amz-decoded-content-length") else {
        return Err(Error::new(
            411,
            "MissingContentLength",
            "You must provide the Content-Length HTTP header.",
        ));
    };
    let (decoded, trailers) = read_chunks(body).ok_or_else(incomplete)?;
    if length.parse() != Ok(decoded.len()) {
        return Err(incomplete());
    }
    Ok((decoded, trailers))
}

fn incomplete() -> Error {
    Error::new(
        400,
        "IncompleteBody",
        "The request body terminated unexpectedly",
    )
}

/// Chunks are `size;chunk-signature=…` lines, each followed by its bytes, up to one of size zero.
fn read_chunks(mut rest: &[u8]) -> Option<Decoded> {
    let mut decoded = BytesMut::new();
    loop {
        let line = take_line(&mut rest)?;
        let size = line.split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        if size == 0 {
            return Some((decoded.freeze(), read_trailers(rest)));
        }
        decoded.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size..)?.strip_prefix(b"\r\n")?;
    }
}

fn read_trailers(mut rest: &[u8]) -> Vec<(String, String)> {
    let mut trailers = Vec::new();
    while let Some(line) = take_line(&mut rest) {
        if let Some((name, value)) = line.split_once(':') {
            trailers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    trailers
}

fn take_line<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    let end = rest.windows(2).position(|pair| pair == b"\r\n")?;
    let line = std::str::from_utf8(&rest[..end]).ok()?;
    *rest = &rest[end + 2..];
    Some(line)
}
