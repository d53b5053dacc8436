//! Bodies in AWS's own chunked form, with their trailing headers.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html>

use bytes::Bytes;
use http::HeaderMap;

use super::Refused;

/// The headers that came after a body.
pub(crate) type Trailers = Vec<(String, String)>;

/// The longest line between chunks: a size with a signature, or a trailing header.
const LONGEST_LINE: usize = 8 * 1024;

/// Takes the body out of `aws-chunked` where `x-amz-content-sha256` says that it is in it.
pub(crate) fn decode(headers: &HeaderMap, body: &Bytes) -> Result<(Bytes, Trailers), Refused> {
    let Some(mut decoder) = decoder(headers)? else {
        return Ok((body.clone(), Vec::new()));
    };
    let mut content = Vec::with_capacity(body.len());
    decoder.take(body, &mut |bytes| {
        content.extend_from_slice(bytes);
        Ok(())
    })?;
    let trailers = decoder.finish(content.len() as u64)?;
    Ok((content.into(), trailers))
}

/// A decoder for the body of a request, if it is in chunks.
pub(crate) fn decoder(headers: &HeaderMap) -> Result<Option<Decoder>, Refused> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let payload = text("x-amz-content-sha256").unwrap_or_default();
    if !payload.starts_with("STREAMING-") {
        return Ok(None);
    }
    let Some(length) = text("x-amz-decoded-content-length") else {
        return Err(Refused::NoLength);
    };
    Ok(Some(Decoder {
        declared: length.parse().map_err(|_| Refused::Incomplete)?,
        next: Next::Size,
        line: Vec::new(),
        trailers: Vec::new(),
    }))
}

/// Reads chunks as they come, however the network cut them. Chunks are `size;chunk-signature=…`
/// lines, each followed by its bytes, up to one of size zero; then come trailing headers.
#[derive(Debug)]
pub(super) struct Decoder {
    /// How many bytes the body has, as the request says.
    declared: u64,
    next: Next,
    /// The part of a line that has come so far.
    line: Vec<u8>,
    trailers: Trailers,
}

/// The next item of a body in chunks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Size,
    /// So many bytes of a chunk.
    Data(u64),
    /// The line break after them.
    End,
    Trailers,
}

impl Decoder {
    /// Takes the next bytes as they came, and passes the content on.
    pub(super) fn take(
        &mut self,
        mut bytes: &[u8],
        write: &mut impl FnMut(&[u8]) -> Result<(), Refused>,
    ) -> Result<(), Refused> {
        while !bytes.is_empty() {
            if let Next::Data(left) = self.next {
                let length = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
                let (content, rest) = bytes.split_at(length);
                write(content)?;
                bytes = rest;
                let left = left - length as u64;
                self.next = if left == 0 {
                    Next::End
                } else {
                    Next::Data(left)
                };
                continue;
            }
            let end = bytes.iter().position(|byte| *byte == b'\n');
            let length = end.map_or(bytes.len(), |end| end + 1);
            self.line.extend_from_slice(&bytes[..length]);
            bytes = &bytes[length..];
            if self.line.len() > LONGEST_LINE {
                return Err(Refused::Incomplete);
            }
            if end.is_some() {
                let line = std::mem::take(&mut self.line);
                self.line(&line).ok_or(Refused::Incomplete)?;
            }
        }
        Ok(())
    }

    fn line(&mut self, line: &[u8]) -> Option<()> {
        let line = std::str::from_utf8(line).ok()?.strip_suffix("\r\n")?;
        self.next = match self.next {
            Next::Size => {
                let size = line.split(';').next()?.trim();
                match u64::from_str_radix(size, 16).ok()? {
                    0 => Next::Trailers,
                    size => Next::Data(size),
                }
            }
            Next::End if line.is_empty() => Next::Size,
            Next::Trailers => {
                if let Some((name, value)) = line.split_once(':') {
                    let name = name.trim().to_ascii_lowercase();
                    self.trailers.push((name, value.trim().to_owned()));
                }
                Next::Trailers
            }
            Next::End | Next::Data(_) => return None,
        };
        Some(())
    }

    /// The trailing headers of a body that is complete.
    pub(super) fn finish(self, length: u64) -> Result<Trailers, Refused> {
        let whole = self.next == Next::Trailers && length == self.declared;
        if whole {
            Ok(self.trailers)
        } else {
            Err(Refused::Incomplete)
        }
    }
}
