//! Checksums in the headers of a request: what the client says about its body, checked.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;

use super::content::Content;
use super::error::{self, Error};
use crate::bodies::{Algorithm, Checksum};
use crate::hex::unhex;

/// Checks all that the headers (with the trailers among them) say about `body`, and returns the
/// checksum that was sent, if one was.
pub(super) fn verify(headers: &HeaderMap, body: &Content) -> Result<Option<Checksum>, Error> {
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
        (Some(checksum), _) if body.checksum(checksum.algorithm) != *checksum => {
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

fn verify_md5(headers: &HeaderMap, body: &Content) -> Result<(), Error> {
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
    let calculated = unhex(&body.md5()).unwrap_or_default();
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

fn verify_payload(headers: &HeaderMap, body: &Content) -> Result<(), Error> {
    let Some(value) = text(headers, "x-amz-content-sha256") else {
        return Ok(());
    };
    let is_digest = value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_digest {
        return Ok(());
    }
    let calculated = body.sha256();
    if value.eq_ignore_ascii_case(&calculated) {
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
