//! Signature version 2, which S3 accepts in the regions that are older than version 4.
//!
//! botocore presigns with it in `us-east-1` and `eu-west-1` unless it is told otherwise, so
//! `generate_presigned_url` and `aws s3 presign` depend on it.
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html>

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use http::request::Parts;
use jiff::{SignedDuration, Timestamp};
use sha1::Sha1;

use super::{Claim, Denied, Reason, Scheme, Signed, header};
use crate::{query, s3};

/// The parts of a version 2 signature that only its own calculation needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Date {
    /// The line of the string to sign: a date, the end of a presigned URL, or nothing.
    line: String,
    /// The moment that it names: of signing, or of the end.
    time: Timestamp,
}

/// `AWS AKIA…:signature`.
pub(super) fn header_claim(request: &Parts, value: &str) -> Result<Claim, Denied> {
    let malformed = || Denied::from(Reason::Malformed);
    let (key, signature) = value.split_once(':').ok_or_else(malformed)?;
    let amazon = header(request, "x-amz-date");
    let text = amazon
        .or_else(|| header(request, "date"))
        .ok_or_else(malformed)?;
    let time = jiff::fmt::rfc2822::parse(text).map_err(|_| malformed())?;
    // `x-amz-date` is among the canonical headers, and takes the place of the date.
    let line = amazon.map_or(text, |_| "").to_owned();
    Ok(Claim {
        token: header(request, "x-amz-security-token").map(str::to_owned),
        ..claim(
            key,
            signature,
            Date {
                line,
                time: time.timestamp(),
            },
        )
    })
}

pub(super) fn query_claim(find: impl Fn(&str) -> Option<String>) -> Result<Claim, Denied> {
    let required = |name: &str| find(name).ok_or(Reason::OldParametersMissing);
    let (key, signature) = (required("AWSAccessKeyId")?, required("Signature")?);
    let expires = required("Expires")?;
    let seconds: Option<i64> = expires.parse().ok();
    let end = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
    let time =
        end.ok_or_else(|| Denied::from(Reason::InvalidExpires).with("Expires", expires.as_str()))?;
    Ok(Claim {
        presigned: true,
        token: find("x-amz-security-token").or_else(|| find("X-Amz-Security-Token")),
        // A `+` that was not escaped arrives as a space.
        ..claim(
            &key,
            &signature.replace(' ', "+"),
            Date {
                line: expires,
                time,
            },
        )
    })
}

fn claim(key: &str, signature: &str, date: Date) -> Claim {
    Claim {
        access_key_id: key.to_owned(),
        region: String::new(),
        service: "s3".to_owned(),
        presigned: false,
        signature: signature.to_owned(),
        token: None,
        scheme: Scheme::V2(date),
    }
}

impl Date {
    pub(super) fn check_time(
        &self,
        presigned: bool,
        now: Timestamp,
        skew: SignedDuration,
    ) -> Result<(), Denied> {
        if presigned && now > self.time {
            return Err(Denied::from(Reason::PresignedExpired).between(self.time, now));
        }
        if !presigned && now.duration_since(self.time).abs() > skew {
            return Err(Reason::Skewed.into());
        }
        Ok(())
    }

    /// Checks the signature itself.
    pub(super) fn verify(
        &self,
        claim: &Claim,
        signed: &Signed<'_>,
        secret: &str,
    ) -> Result<(), Denied> {
        let text = self.string_to_sign(claim, signed.request);
        let expected = STANDARD.decode(&claim.signature).unwrap_or_default();
        let mut hmac = Hmac::<Sha1>::new_from_slice(secret.as_bytes())
            .expect("HMAC takes a key of any length");
        hmac.update(text.as_bytes());
        hmac.verify_slice(&expected)
            .map_err(|_| Denied::wrong_signature(claim, &text))
    }

    fn string_to_sign(&self, claim: &Claim, request: &Parts) -> String {
        let query: Vec<(String, String)> =
            query::pairs(request.uri.query().unwrap_or_default()).collect();
        let headers = canonical_headers(claim, request, &query);
        let plain = |name: &str| headers.get(name).map_or("", String::as_str);
        let amazon = headers
            .iter()
            .filter(|(name, _)| name.starts_with("x-amz-"))
            .fold(String::new(), |text, (name, value)| {
                text + name + ":" + value + "\n"
            });
        format!(
            "{}\n{}\n{}\n{}\n{amazon}{}",
            request.method,
            plain("content-md5"),
            plain("content-type"),
            self.line,
            canonical_resource(request, &query)
        )
    }
}

/// The headers that count. botocore moves them into the query when it presigns
/// (`HmacV1QueryAuth._inject_signature`), and S3 reads them there.
fn canonical_headers(
    claim: &Claim,
    request: &Parts,
    query: &[(String, String)],
) -> BTreeMap<String, String> {
    let counts =
        |name: &str| name.starts_with("x-amz-") || name == "content-md5" || name == "content-type";
    let mut headers = BTreeMap::<String, String>::new();
    for name in request.headers.keys().filter(|name| counts(name.as_str())) {
        let values = request.headers.get_all(name).iter();
        let values: Vec<String> = values
            .map(|value| String::from_utf8_lossy(value.as_bytes()).trim().to_owned())
            .collect();
        headers.insert(name.to_string(), values.join(","));
    }
    if claim.presigned {
        let moved = query
            .iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value.clone()))
            .filter(|(name, _)| counts(name));
        headers.extend(moved);
    }
    headers
}

/// Parameters that are part of the resource, in the order in which they are written.
const SUBRESOURCES: &[&str] = &[
    "accelerate",
    "acl",
    "analytics",
    "cors",
    "defaultObjectAcl",
    "delete",
    "inventory",
    "lifecycle",
    "location",
    "logging",
    "metrics",
    "notification",
    "object-lock",
    "partNumber",
    "policy",
    "replication",
    "requestPayment",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
    "restore",
    "select",
    "select-type",
    "storageClass",
    "tagging",
    "torrent",
    "uploadId",
    "uploads",
    "versionId",
    "versioning",
    "versions",
    "website",
];

fn canonical_resource(request: &Parts, query: &[(String, String)]) -> String {
    let bucket = s3::host_bucket(request).map_or(String::new(), |bucket| format!("/{bucket}"));
    let mut resource = format!("{bucket}{}", request.uri.path());
    let mut separator = '?';
    for name in SUBRESOURCES {
        let Some((_, value)) = query.iter().find(|(key, _)| key == name) else {
            continue;
        };
        resource.push(separator);
        resource.push_str(name);
        if !value.is_empty() {
            resource.push('=');
            resource.push_str(value);
        }
        separator = '&';
    }
    resource
}
