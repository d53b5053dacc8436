//! The parts of a request's signature that S3 reads besides its caller: the version, and the headers
//! that a presigned URL carries as parameters.

use http::{HeaderMap, HeaderName, HeaderValue};

use super::address::Address;
use super::error::{self, Error};
use super::state::State;
use crate::call::Call;

/// The regions that are older than signatures of version 4. All others accept nothing else
/// ("Authenticating Requests", S3 user guide).
const OLD_REGIONS: [&str; 8] = [
    "us-east-1",
    "us-west-1",
    "us-west-2",
    "eu-west-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-northeast-1",
    "sa-east-1",
];

pub(super) fn check_signature_version(
    state: &State,
    call: &Call,
    address: &Address,
) -> Result<(), Error> {
    let header = text(&call.request.headers, "authorization");
    let old = address.query("AWSAccessKeyId").is_some()
        || header.is_some_and(|header| header.starts_with("AWS "));
    let bucket = state.buckets.get(&address.bucket);
    let region = bucket.map_or("us-east-1", |bucket| &bucket.region);
    if !old || OLD_REGIONS.contains(&region) {
        return Ok(());
    }
    Err(error::invalid_request(
        "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
    ))
}

/// Moves the headers that a presigned URL carries as parameters back to where they belong.
///
/// boto3 and the JavaScript SDK presign `x-amz-…` headers and conditions as parameters, and S3 acts
/// on them. A checksum is an exception: the JavaScript SDK presigns that of an empty body.
pub(super) fn take_signed_parameters(headers: &mut HeaderMap, address: &Address) {
    const CONDITIONS: [&str; 4] = [
        "if-match",
        "if-none-match",
        "if-modified-since",
        "if-unmodified-since",
    ];
    let v4 = address.query("X-Amz-Signature").is_some();
    if !v4 && address.query("Signature").is_none() {
        return;
    }
    for (name, value) in &address.query {
        let name = name.to_ascii_lowercase();
        let moves = name.starts_with("x-amz-") && !name.starts_with("x-amz-checksum-")
            || CONDITIONS.contains(&&*name)
            || !v4 && (name == "content-type" || name == "content-md5");
        let header = HeaderName::try_from(name).ok().filter(|_| moves);
        if let (Some(header), Ok(value)) = (header, HeaderValue::from_bytes(value.as_bytes())) {
            headers.entry(header).or_insert(value);
        }
    }
    // These say how the URL was signed, and nothing of the request.
    for name in [
        "x-amz-algorithm",
        "x-amz-credential",
        "x-amz-date",
        "x-amz-expires",
        "x-amz-signature",
        "x-amz-signedheaders",
    ] {
        headers.remove(name);
    }
}

/// The value of a header, if it is text.
pub(super) fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
