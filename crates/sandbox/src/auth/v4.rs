//! Signature version 4: the canonical request, the string to sign and the signing key.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html>

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use http::request::Parts;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};

use super::{Claim, Denied, PARAMETERS, Reason, Scheme, Signed, header};
use crate::hex::{hex, unhex};
use crate::query;

/// The parts of a version 4 signature that only its own calculation needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scope {
    date: String,
    /// `20261124T055036Z`.
    time: String,
    signed_headers: Vec<String>,
    /// How long a presigned request is valid, in seconds as it was sent.
    expires: Option<i64>,
}

const UNSIGNED: &str = "UNSIGNED-PAYLOAD";
/// S3 presigns for at most one week.
const WEEK: i64 = 7 * 24 * 3600;

pub(super) fn header_claim(request: &Parts, value: &str) -> Result<Claim, Denied> {
    let malformed = || Denied::from(Reason::Malformed);
    let fields = value
        .strip_prefix("AWS4-HMAC-SHA256")
        .ok_or_else(malformed)?;
    let field = |name: &str| {
        fields
            .split(',')
            .find_map(|field| field.trim().strip_prefix(name)?.strip_prefix('='))
            .ok_or_else(malformed)
    };
    let time = header(request, "x-amz-date").ok_or_else(malformed)?;
    let scope = Scope {
        date: String::new(),
        time: time.to_owned(),
        signed_headers: list(field("SignedHeaders")?),
        expires: None,
    };
    let claim = claim(field("Credential")?, field("Signature")?, scope).ok_or_else(malformed)?;
    Ok(Claim {
        token: header(request, "x-amz-security-token").map(str::to_owned),
        ..claim
    })
}

/// Reads a presigned query. The sentences are those that S3 answers, as recorded by localstack's
/// `test_s3.snapshot.json` and in Amazon's list of error responses.
pub(super) fn query_claim(find: impl Fn(&str) -> Option<String>) -> Result<Claim, Denied> {
    let wrong = |message: &'static str| Denied::from(Reason::Parameters(message));
    let required = |name: &str| {
        find(name).ok_or_else(|| {
            wrong(
                "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
            )
        })
    };
    let [
        algorithm,
        credential,
        signature,
        time,
        signed_headers,
        expires,
    ] = PARAMETERS.map(required);
    if algorithm? != "AWS4-HMAC-SHA256" {
        return Err(wrong(
            "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256\"",
        ));
    }
    let (credential, signature, time) = (credential?, signature?, time?);
    let signed_headers = list(&signed_headers?);
    let expires: i64 = expires?
        .parse()
        .map_err(|_| wrong("X-Amz-Expires should be a number"))?;
    if expires < 0 {
        return Err(wrong("X-Amz-Expires must be non-negative"));
    }
    if expires > WEEK {
        return Err(wrong(
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds",
        ));
    }
    if parse_time(&time).is_none() {
        return Err(wrong(
            "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"",
        ));
    }
    let scope = Scope {
        date: String::new(),
        time,
        signed_headers,
        expires: Some(expires),
    };
    let claim = claim(&credential, &signature, scope).ok_or_else(|| {
        wrong(
            "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".",
        )
    })?;
    Ok(Claim {
        presigned: true,
        token: find("X-Amz-Security-Token"),
        ..claim
    })
}

fn list(headers: &str) -> Vec<String> {
    headers.split(';').map(str::to_owned).collect()
}

/// `AKIA…/20261124/eu-west-1/ses/aws4_request`.
fn claim(credential: &str, signature: &str, scope: Scope) -> Option<Claim> {
    let parts: Vec<&str> = credential.split('/').collect();
    let [key, date, region, service, "aws4_request"] = parts[..] else {
        return None;
    };
    Some(Claim {
        access_key_id: key.to_owned(),
        region: region.to_owned(),
        service: service.to_owned(),
        presigned: false,
        signature: signature.to_owned(),
        token: None,
        scheme: Scheme::V4(Scope {
            date: date.to_owned(),
            ..scope
        }),
    })
}

fn parse_time(text: &str) -> Option<Timestamp> {
    let time = DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
    TimeZone::UTC.to_timestamp(time).ok()
}

impl Scope {
    /// Compares the time of the signature with the time at AWS, in both directions.
    pub(super) fn check_time(&self, now: Timestamp, skew: SignedDuration) -> Result<(), Denied> {
        let signed = parse_time(&self.time).ok_or(Reason::Malformed)?;
        if !self.time.starts_with(&self.date) {
            return Err(Reason::WrongSignature.into());
        }
        let age = now.duration_since(signed);
        let skewed = || {
            Denied::from(Reason::Skewed)
                .with("RequestTime", &self.time)
                .with("ServerTime", now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
                .with("MaxAllowedSkewMilliseconds", skew.as_millis().to_string())
        };
        match self.expires {
            Some(seconds) if age > SignedDuration::from_secs(seconds) => {
                let end = signed + SignedDuration::from_secs(seconds);
                Err(Denied::from(Reason::PresignedExpired)
                    .with("X-Amz-Expires", seconds.to_string())
                    .between(end, now))
            }
            Some(_) if age < -skew => Err(Reason::NotYetValid.into()),
            None if age.abs() > skew => Err(skewed()),
            _ => Ok(()),
        }
    }

    /// Refuses headers that S3 would act on and that the signature does not cover.
    ///
    /// `x-amz-content-sha256` is an exception: it enters the canonical request by itself, so that
    /// a wrong one is a wrong signature. `x-amz-expires` and its like are here because a header
    /// must not override a signed parameter of the same name.
    pub(super) fn check_headers(&self, request: &Parts) -> Result<(), Denied> {
        let mut unsigned: Vec<&str> = request
            .headers
            .keys()
            .map(http::HeaderName::as_str)
            .filter(|name| name.starts_with("x-amz-") && *name != "x-amz-content-sha256")
            .filter(|name| !self.signed_headers.iter().any(|signed| signed == name))
            .collect();
        if unsigned.is_empty() {
            return Ok(());
        }
        unsigned.sort_unstable();
        let names = unsigned.join(", ");
        Err(Denied::from(Reason::HeadersNotSigned).with("HeadersNotSigned", names))
    }

    /// The value of the payload in the signature: the header's hash when there is one (S3 may leave
    /// the payload unsigned or sign it by chunks), else the body's.
    fn payload_hash(&self, signed: &Signed<'_>) -> Result<String, Denied> {
        let said = header(signed.request, "x-amz-content-sha256");
        if self.expires.is_some() {
            return Ok(said.unwrap_or(UNSIGNED).to_owned());
        }
        let Some(said) = said else {
            return Ok(signed.payload.sha256().unwrap_or_default());
        };
        if said.len() == 64
            && let Some(found) = signed.payload.sha256()
            && said != found
        {
            return Err(Denied::from(Reason::WrongHash)
                .with("ClientComputedContentSHA256", said)
                .with("S3ComputedContentSHA256", found));
        }
        Ok(said.to_owned())
    }

    /// Checks the signature itself.
    pub(super) fn verify(
        &self,
        claim: &Claim,
        signed: &Signed<'_>,
        secret: &str,
    ) -> Result<(), Denied> {
        let hash = self.payload_hash(signed)?;
        let request = self.canonical_request(claim, signed.request, &hash);
        let text = self.string_to_sign(claim, &request);
        let wrong = || {
            Denied::wrong_signature(claim, &text)
                .with("CanonicalRequest", &request)
                .with("CanonicalRequestBytes", super::octets(&request))
        };
        let expected = unhex(&claim.signature).ok_or_else(wrong)?;
        signer(&self.signing_key(claim, secret), text.as_bytes())
            .verify_slice(&expected)
            .map_err(|_| wrong())
    }

    fn canonical_request(&self, claim: &Claim, request: &Parts, hash: &str) -> String {
        let mut text = String::new();
        let path = canonical_path(claim, request.uri.path());
        let query = canonical_query(request.uri.query().unwrap_or_default());
        // Writing to a string cannot fail.
        let _ = write!(text, "{}\n{path}\n{query}\n", request.method);
        for name in &self.signed_headers {
            let values: Vec<String> = request.headers.get_all(name).iter().map(trimmed).collect();
            let _ = writeln!(text, "{name}:{}", values.join(","));
        }
        let _ = write!(text, "\n{}\n{hash}", self.signed_headers.join(";"));
        text
    }

    fn string_to_sign(&self, claim: &Claim, canonical_request: &str) -> String {
        let Self { date, time, .. } = self;
        let Claim {
            region, service, ..
        } = claim;
        let hash = hex(&Sha256::digest(canonical_request));
        format!("AWS4-HMAC-SHA256\n{time}\n{date}/{region}/{service}/aws4_request\n{hash}")
    }

    fn signing_key(&self, claim: &Claim, secret: &str) -> Vec<u8> {
        [&self.date, &claim.region, &claim.service, "aws4_request"]
            .iter()
            .fold(format!("AWS4{secret}").into_bytes(), |key, part| {
                signer(&key, part.as_bytes())
                    .finalize()
                    .into_bytes()
                    .to_vec()
            })
    }
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

fn signer(key: &[u8], text: &[u8]) -> Hmac<Sha256> {
    let mut hmac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    hmac.update(text);
    hmac
}
