//! Who signed a request: AWS Signature Version 4, in the headers or in a presigned query.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use http::request::Parts;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};

use crate::hex::{hex, unhex};
use crate::query;
use crate::sts;

/// What a request says about who signed it, before anything is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Claim {
    pub(crate) access_key_id: String,
    pub(crate) date: String,
    pub(crate) region: String,
    pub(crate) service: String,
    signed_headers: Vec<String>,
    signature: String,
    token: Option<String>,
    /// `20261124T055036Z`.
    time: String,
    /// For how long a presigned request may be used.
    expires: Option<SignedDuration>,
}

/// Why a signature is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Denied {
    /// Nobody issued this access key.
    UnknownKey,
    /// The session token is missing, or is not the key's.
    WrongToken,
    /// The session has ended.
    Expired,
    /// The signature does not follow from the request and the secret.
    WrongSignature,
    /// The request's time is too far from the sandbox's.
    Skewed,
    /// The presigned request is too old.
    PresignedExpired,
    /// The body's hash is not the one that was signed.
    WrongHash,
    /// The signature cannot be read.
    Malformed,
}

/// Who signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signer {
    pub(crate) account: String,
    pub(crate) principal: String,
}

const SKEW: SignedDuration = SignedDuration::from_mins(15);
const UNSIGNED: &str = "UNSIGNED-PAYLOAD";

/// Reads the signature of a request. `None` when it has none.
pub(crate) fn claim(request: &Parts) -> Option<Result<Claim, Denied>> {
    if let Some(value) = header(request, "authorization") {
        return Some(header_claim(request, value).ok_or(Denied::Malformed));
    }
    let query = request.uri.query()?;
    let find = |name: &str| {
        query::pairs(query)
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    };
    find("X-Amz-Algorithm")?;
    Some(query_claim(find).ok_or(Denied::Malformed))
}

fn header_claim(request: &Parts, value: &str) -> Option<Claim> {
    let fields = value.strip_prefix("AWS4-HMAC-SHA256")?;
    let field = |name: &str| {
        fields
            .split(',')
            .find_map(|field| field.trim().strip_prefix(name)?.strip_prefix('='))
    };
    let time = header(request, "x-amz-date")?.to_owned();
    let token = header(request, "x-amz-security-token").map(str::to_owned);
    let claim = scope(field("Credential")?)?;
    Some(Claim {
        signed_headers: field("SignedHeaders")?
            .split(';')
            .map(str::to_owned)
            .collect(),
        signature: field("Signature")?.to_owned(),
        token,
        time,
        ..claim
    })
}

fn query_claim(find: impl Fn(&str) -> Option<String>) -> Option<Claim> {
    let seconds: i64 = find("X-Amz-Expires")?.parse().ok()?;
    let claim = scope(&find("X-Amz-Credential")?)?;
    Some(Claim {
        signed_headers: find("X-Amz-SignedHeaders")?
            .split(';')
            .map(str::to_owned)
            .collect(),
        signature: find("X-Amz-Signature")?,
        token: find("X-Amz-Security-Token"),
        time: find("X-Amz-Date")?,
        expires: Some(SignedDuration::from_secs(seconds)),
        ..claim
    })
}

/// `AKIA…/20261124/eu-west-1/ses/aws4_request`.
fn scope(credential: &str) -> Option<Claim> {
    let mut parts = credential.split('/').map(str::to_owned);
    let claim = Claim {
        access_key_id: parts.next()?,
        date: parts.next()?,
        region: parts.next()?,
        service: parts.next()?,
        signed_headers: Vec::new(),
        signature: String::new(),
        token: None,
        time: String::new(),
        expires: None,
    };
    (parts.next().as_deref() == Some("aws4_request")).then_some(claim)
}

/// The time, which a caller and AWS may not agree on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Now {
    /// What the world, and everybody who calls, goes by.
    pub(crate) here: Timestamp,
    /// What AWS says that it is.
    pub(crate) at_aws: Timestamp,
}

/// Checks a claim against the credentials that this world gave out.
pub(crate) fn verify(
    claim: &Claim,
    (request, body): (&Parts, &[u8]),
    keys: &sts::State,
    now: Now,
) -> Result<Signer, Denied> {
    let key = keys.key(&claim.access_key_id).ok_or(Denied::UnknownKey)?;
    if claim.token.as_deref() != key.token.as_deref() {
        return Err(Denied::WrongToken);
    }
    if key.expires.is_some_and(|expires| expires <= now.here) {
        return Err(Denied::Expired);
    }
    check_time(claim, now.at_aws)?;
    let hash = payload_hash(claim, request, body)?;
    let text = string_to_sign(claim, &canonical_request(claim, request, &hash));
    let expected = unhex(&claim.signature).ok_or(Denied::WrongSignature)?;
    signer(&signing_key(claim, &key.secret), text.as_bytes())
        .verify_slice(&expected)
        .map_err(|_| Denied::WrongSignature)?;
    Ok(Signer {
        account: key.account,
        principal: key.principal,
    })
}

fn check_time(claim: &Claim, now: Timestamp) -> Result<(), Denied> {
    let signed = DateTime::strptime("%Y%m%dT%H%M%SZ", &claim.time)
        .and_then(|time| TimeZone::UTC.to_timestamp(time))
        .map_err(|_| Denied::Malformed)?;
    if !claim.time.starts_with(&claim.date) {
        return Err(Denied::WrongSignature);
    }
    let age = now.duration_since(signed);
    match claim.expires {
        Some(expires) if age > expires => Err(Denied::PresignedExpired),
        Some(_) if age < -SKEW => Err(Denied::Skewed),
        None if age.abs() > SKEW => Err(Denied::Skewed),
        _ => Ok(()),
    }
}

/// The payload's part of the signature: the hash in the header when there is one (S3, which may
/// leave the payload unsigned or sign it by chunks), else the body's.
fn payload_hash(claim: &Claim, request: &Parts, body: &[u8]) -> Result<String, Denied> {
    let said = header(request, "x-amz-content-sha256");
    if claim.expires.is_some() {
        return Ok(said.unwrap_or(UNSIGNED).to_owned());
    }
    let found = || hex(&Sha256::digest(body));
    match said {
        Some(said) if said.len() == 64 && said != found() => Err(Denied::WrongHash),
        Some(said) => Ok(said.to_owned()),
        None => Ok(found()),
    }
}

fn canonical_request(claim: &Claim, request: &Parts, hash: &str) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}", request.method);
    let _ = writeln!(text, "{}", canonical_path(claim, request.uri.path()));
    let _ = writeln!(
        text,
        "{}",
        canonical_query(request.uri.query().unwrap_or_default())
    );
    for name in &claim.signed_headers {
        let values: Vec<String> = request.headers.get_all(name).iter().map(trimmed).collect();
        let _ = writeln!(text, "{name}:{}", values.join(","));
    }
    let _ = write!(text, "\n{}\n{hash}", claim.signed_headers.join(";"));
    text
}

/// Every service but S3 signs the path encoded once more than it is sent.
fn canonical_path(claim: &Claim, path: &str) -> String {
    const PATH: &AsciiSet = &UNRESERVED.remove(b'/');
    if claim.service == "s3" {
        return path.to_owned();
    }
    utf8_percent_encode(path, PATH).to_string()
}

const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

fn canonical_query(query: &str) -> String {
    let encode = |text: &str| utf8_percent_encode(text, UNRESERVED).to_string();
    let mut pairs: Vec<(String, String)> = query::pairs(query)
        .filter(|(name, _)| name != "X-Amz-Signature")
        .map(|(name, value)| (encode(&name), encode(&value)))
        .collect();
    pairs.sort();
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("&")
}

/// A header's value without the spaces around it, and with single ones inside.
fn trimmed(value: &http::HeaderValue) -> String {
    let text = String::from_utf8_lossy(value.as_bytes());
    text.split(' ')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn string_to_sign(claim: &Claim, canonical_request: &str) -> String {
    let Claim {
        date,
        region,
        service,
        time,
        ..
    } = claim;
    let hash = hex(&Sha256::digest(canonical_request));
    format!("AWS4-HMAC-SHA256\n{time}\n{date}/{region}/{service}/aws4_request\n{hash}")
}

fn signing_key(claim: &Claim, secret: &str) -> Vec<u8> {
    [&claim.date, &claim.region, &claim.service, "aws4_request"]
        .iter()
        .fold(format!("AWS4{secret}").into_bytes(), |key, part| {
            signer(&key, part.as_bytes())
                .finalize()
                .into_bytes()
                .to_vec()
        })
}

fn signer(key: &[u8], text: &[u8]) -> Hmac<Sha256> {
    let mut hmac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    hmac.update(text);
    hmac
}

fn header<'a>(request: &'a Parts, name: &str) -> Option<&'a str> {
    request.headers.get(name)?.to_str().ok()
}
