//! Authenticates requests: AWS signatures of version 4, and of version 2 for S3, each in the
//! headers or in a presigned query.

mod v2;
mod v4;

use http::request::Parts;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use crate::hex::hex;
use crate::query;
use crate::sts;

/// The signature of a request as it was sent, before anything is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Claim {
    pub(crate) access_key_id: String,
    /// Empty for signatures of version 2, which name no region.
    pub(crate) region: String,
    pub(crate) service: String,
    /// Whether the signature is in the query.
    pub(crate) presigned: bool,
    signature: String,
    token: Option<String>,
    scheme: Scheme,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Scheme {
    V4(v4::Scope),
    V2(v2::Date),
}

/// Why a request is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// No account has this access key.
    UnknownKey,
    /// The session token is missing, or is not the key's.
    WrongToken,
    /// The session has ended.
    Expired,
    /// The signature does not follow from the request and the secret.
    WrongSignature,
    /// The request's time is too far from AWS's.
    Skewed,
    /// The presigned request is too old.
    PresignedExpired,
    /// The presigned request begins in the future.
    NotYetValid,
    /// The body's hash is not the one that was signed.
    WrongHash,
    /// The signature cannot be read.
    Malformed,
    /// A presigned query of version 4 is wrong, in S3's words.
    Parameters(&'static str),
    /// A presigned query of version 2 lacks one of its three parameters.
    OldParametersMissing,
    /// The end of a presigned query of version 2 is no number.
    InvalidExpires,
    /// S3 would act on headers that the signature does not cover.
    HeadersNotSigned,
}

/// A refusal, with the elements that S3 adds to its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Denied {
    pub(crate) reason: Reason,
    pub(crate) details: Vec<(&'static str, String)>,
}

impl From<Reason> for Denied {
    fn from(reason: Reason) -> Self {
        Self {
            reason,
            details: Vec::new(),
        }
    }
}

impl Denied {
    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.details.push((name, value.into()));
        self
    }

    fn between(self, end: Timestamp, now: Timestamp) -> Self {
        let text = |time: Timestamp| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        self.with("Expires", text(end))
            .with("ServerTime", text(now))
    }

    fn wrong_signature(claim: &Claim, string_to_sign: &str) -> Self {
        Self::from(Reason::WrongSignature)
            .with("AWSAccessKeyId", &*claim.access_key_id)
            .with("StringToSign", string_to_sign)
            .with("SignatureProvided", &*claim.signature)
            .with("StringToSignBytes", octets(string_to_sign))
    }
}

/// `41 57 53`: the bytes of a text, as S3 shows them beside it.
fn octets(text: &str) -> String {
    let octets: Vec<String> = text.bytes().map(|octet| format!("{octet:02x}")).collect();
    octets.join(" ")
}

/// The caller behind a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signer {
    pub(crate) account: String,
    pub(crate) principal: String,
}

/// How far a request's time may be from AWS's, in either direction.
fn skew(service: &str) -> SignedDuration {
    // "Authenticating Requests (AWS Signature Version 4)": five minutes; S3 alone gives fifteen.
    SignedDuration::from_mins(if service == "s3" { 15 } else { 5 })
}

/// The six parameters of a presigned query of version 4.
const PARAMETERS: [&str; 6] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Signature",
    "X-Amz-Date",
    "X-Amz-SignedHeaders",
    "X-Amz-Expires",
];

/// Reads the signature of a request. `None` when it has none.
pub(crate) fn claim(request: &Parts) -> Option<Result<Claim, Denied>> {
    if let Some(value) = header(request, "authorization") {
        return Some(match value.strip_prefix("AWS ") {
            Some(value) => v2::header_claim(request, value),
            None => v4::header_claim(request, value),
        });
    }
    let query: Vec<(String, String)> = query::pairs(request.uri.query()?).collect();
    let find = |name: &str| {
        let found = query.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.clone())
    };
    if PARAMETERS.iter().any(|name| find(name).is_some()) {
        return Some(v4::query_claim(find));
    }
    let old = ["AWSAccessKeyId", "Signature"];
    old.iter()
        .any(|name| find(name).is_some())
        .then(|| v2::query_claim(find))
}

/// The moment of a request, which a caller and AWS may not agree on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Now {
    /// On the clock by which callers sign.
    pub(crate) here: Timestamp,
    /// At AWS.
    pub(crate) at_aws: Timestamp,
}

/// The parts of a request that a signature covers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signed<'a> {
    pub(crate) request: &'a Parts,
    pub(crate) payload: Payload<'a>,
}

/// The body, as far as a signature depends on it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Payload<'a> {
    /// The bytes.
    Held(&'a [u8]),
    /// The SHA-256 of bytes that are in a file, in hexadecimal.
    Hashed(&'a str),
    /// The body is still to come: the hash in the header counts until then.
    Unread,
}

impl Payload<'_> {
    fn sha256(self) -> Option<String> {
        match self {
            Self::Held(body) => Some(hex(&Sha256::digest(body))),
            Self::Hashed(hash) => Some(hash.to_owned()),
            Self::Unread => None,
        }
    }
}

/// Checks a claim against the credentials that this world gave out.
pub(crate) fn verify(
    claim: &Claim,
    signed: Signed<'_>,
    keys: &sts::State,
    now: Now,
) -> Result<Signer, Denied> {
    let key = keys.key(&claim.access_key_id).ok_or_else(|| {
        Denied::from(Reason::UnknownKey).with("AWSAccessKeyId", &*claim.access_key_id)
    })?;
    if claim.token.as_deref() != key.token.as_deref() {
        let token = claim.token.as_deref().unwrap_or_default();
        return Err(Denied::from(Reason::WrongToken).with("Token-0", token));
    }
    if key.expires.is_some_and(|expires| expires <= now.here) {
        return Err(Reason::Expired.into());
    }
    let skew = skew(&claim.service);
    match &claim.scheme {
        Scheme::V4(scope) => {
            if claim.presigned {
                scope.check_headers(signed.request)?;
            }
            scope.verify(claim, &signed, &key.secret)?;
            scope.check_time(now.at_aws, skew)?;
        }
        Scheme::V2(date) => {
            date.check_time(claim.presigned, now.at_aws, skew)?;
            date.verify(claim, &signed, &key.secret)?;
        }
    }
    Ok(Signer {
        account: key.account,
        principal: key.principal,
    })
}

fn header<'a>(request: &'a Parts, name: &str) -> Option<&'a str> {
    request.headers.get(name)?.to_str().ok()
}
