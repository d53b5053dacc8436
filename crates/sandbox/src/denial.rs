//! Refusals that come before the service is asked: its codes and statuses, by protocol.

use crate::auth::{Claim, Denied, Reason};
use crate::call::{Call, Reply};
use crate::query::{self, Dialect, Form};
use crate::service::ServiceError;

/// How a service words what is common to all of AWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    /// S3 has words of its own.
    S3,
    /// STS, IAM, SES v1, SNS, Route 53 and CloudFront: XML.
    Xml,
    /// SES v2: REST with JSON.
    RestJson,
    /// ACM, the tagging API, Service Quotas and CloudTrail: JSON with a target header, and 400 for everything.
    Json,
}

fn family(call: &Call) -> Family {
    match call.service.as_str() {
        "s3" => Family::S3,
        "acm" | "tagging" | "servicequotas" | "cloudtrail" => Family::Json,
        "ses" if is_ses_v2(call) => Family::RestJson,
        _ => Family::Xml,
    }
}

/// SES v2 has paths; v1 posts forms to the root.
pub(crate) fn is_ses_v2(call: &Call) -> bool {
    call.request.uri.path().starts_with("/v2/")
}

/// Notes which service a request is for: by its signature, or, where it has none, by its form.
pub(crate) fn address(call: &mut Call, claim: Option<&Result<Claim, Denied>>) {
    if let Some(Ok(claim)) = claim {
        call.region.clone_from(&claim.region);
        call.service.clone_from(&claim.service);
        return;
    }
    let host = header(call, "host");
    let label = host.split('.').next().unwrap_or_default();
    let known = [
        "sts",
        "iam",
        "route53",
        "acm",
        "cloudfront",
        "sns",
        "tagging",
        "servicequotas",
        "cloudtrail",
    ];
    let service = match known.iter().find(|name| **name == label) {
        Some(name) => Some(*name),
        None if label == "email" => Some("ses"),
        None => by_form(call),
    };
    service.unwrap_or("s3").clone_into(&mut call.service);
}

/// The service that an unsigned request on a bare endpoint is for. The versions are those of the
/// services' API models; only S3 has none in its requests.
fn by_form(call: &Call) -> Option<&'static str> {
    const PATHS: [(&str, &str); 3] = [
        ("/2013-04-01/", "route53"),
        ("/2020-05-31/", "cloudfront"),
        ("/v2/email/", "ses"),
    ];
    const TARGETS: [(&str, &str); 2] = [
        ("CertificateManager.", "acm"),
        ("ResourceGroupsTaggingAPI_20170126.", "tagging"),
    ];
    let starts = |text: &str, table: &[(&str, &'static str)]| {
        let found = table.iter().find(|(start, _)| text.starts_with(start));
        found.map(|(_, service)| *service)
    };
    starts(call.request.uri.path(), &PATHS)
        .or_else(|| starts(header(call, "x-amz-target"), &TARGETS))
        .or_else(|| match Form::of_query(call)?.get("Version")? {
            "2011-06-15" => Some("sts"),
            "2010-05-08" => Some("iam"),
            "2010-12-01" => Some("ses"),
            "2010-03-31" => Some("sns"),
            _ => Some("unknown"),
        })
}

fn header<'a>(call: &'a Call, name: &str) -> &'a str {
    let value = call.request.headers.get(name);
    value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// The answer to an unsigned request.
pub(crate) fn unsigned(call: &Call) -> ServiceError {
    let message = "Request is missing Authentication Token";
    match family(call) {
        Family::Json => ServiceError::new(400, "MissingAuthenticationTokenException", message),
        Family::RestJson => ServiceError::new(403, "MissingAuthenticationTokenException", message),
        Family::Xml | Family::S3 => ServiceError::new(403, "MissingAuthenticationToken", message),
    }
}

/// The answer to a signature that is not accepted.
pub(crate) fn of(call: &Call, denied: Denied) -> ServiceError {
    let family = family(call);
    if family == Family::S3 {
        return ServiceError {
            details: denied.details,
            ..s3(denied.reason)
        };
    }
    let (xml, json, message) = match denied.reason {
        Reason::UnknownKey | Reason::WrongToken => (
            "InvalidClientTokenId",
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
        ),
        Reason::Expired => (
            "ExpiredToken",
            "ExpiredTokenException",
            "The security token included in the request is expired",
        ),
        Reason::WrongSignature | Reason::WrongHash | Reason::HeadersNotSigned => (
            "SignatureDoesNotMatch",
            "InvalidSignatureException",
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access \
             Key and signing method. Consult the service documentation for details.",
        ),
        Reason::Skewed | Reason::PresignedExpired | Reason::NotYetValid => (
            "SignatureDoesNotMatch",
            "InvalidSignatureException",
            "Signature expired: the request's time is more than 5 min from now",
        ),
        Reason::Malformed
        | Reason::Parameters(_)
        | Reason::OldParametersMissing
        | Reason::InvalidExpires => (
            "IncompleteSignature",
            "IncompleteSignatureException",
            "Authorization header requires 'Credential', 'Signature' and 'SignedHeaders' parameters.",
        ),
    };
    match family {
        Family::Xml | Family::S3 => ServiceError::new(403, xml, message),
        Family::RestJson => ServiceError::new(403, json, message),
        Family::Json => ServiceError::new(400, json, message),
    }
}

fn s3(reason: Reason) -> ServiceError {
    let (status, code, message) = match reason {
        Reason::UnknownKey => (
            403,
            "InvalidAccessKeyId",
            "The AWS Access Key Id you provided does not exist in our records.",
        ),
        Reason::WrongToken => (
            400,
            "InvalidToken",
            "The provided token is malformed or otherwise invalid.",
        ),
        Reason::Expired => (400, "ExpiredToken", "The provided token has expired."),
        Reason::WrongSignature => (
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. Check your key and signing \
             method.",
        ),
        Reason::WrongHash => (
            400,
            "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
        ),
        Reason::Skewed => (
            403,
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
        ),
        Reason::PresignedExpired => (403, "AccessDenied", "Request has expired"),
        Reason::NotYetValid => (403, "AccessDenied", "Request is not yet valid"),
        Reason::HeadersNotSigned => (
            403,
            "AccessDenied",
            "There were headers present in the request which were not signed",
        ),
        Reason::Parameters(message) => (400, "AuthorizationQueryParametersError", message),
        Reason::OldParametersMissing => (
            403,
            "AccessDenied",
            "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters",
        ),
        Reason::InvalidExpires => (
            403,
            "AccessDenied",
            "Invalid date (should be seconds since epoch)",
        ),
        Reason::Malformed => (
            400,
            "AuthorizationHeaderMalformed",
            "The authorization header that you provided is not valid.",
        ),
    };
    ServiceError::new(status, code, message)
}

/// The answer to keys that are not known: in a region that is off, every key is.
pub(crate) fn unknown_key(call: &Call) -> ServiceError {
    of(call, Reason::UnknownKey.into())
}

/// The answer to a new account whose service is not switched on yet.
pub(crate) fn not_signed_up(call: &Call) -> ServiceError {
    let message = "The AWS Access Key Id needs a subscription for the service";
    match family(call) {
        Family::S3 => ServiceError::new(
            403,
            "NotSignedUp",
            "Your account is not signed up for the S3 service. You must sign up before you can use S3.",
        ),
        Family::Json => ServiceError::new(400, "SubscriptionRequiredException", message),
        Family::RestJson => ServiceError::new(403, "SubscriptionRequiredException", message),
        Family::Xml => ServiceError::new(403, "OptInRequired", message),
    }
}

/// The answer to a caller whose role is not allowed `action`.
pub(crate) fn unauthorized(call: &Call, action: &str) -> ServiceError {
    let message = format!(
        "User: {} is not authorized to perform: {action} because no identity-based policy allows the {action} action",
        call.principal
    );
    match family(call) {
        Family::Json => ServiceError::new(400, "AccessDeniedException", message),
        Family::RestJson => ServiceError::new(403, "AccessDeniedException", message),
        Family::Xml if call.service == "sns" => {
            ServiceError::new(403, "AuthorizationError", message)
        }
        Family::Xml | Family::S3 => ServiceError::new(403, "AccessDenied", message),
    }
}

/// The service's own throttling error.
pub(crate) fn throttled(call: &Call) -> ServiceError {
    match call.service.as_str() {
        "s3" => ServiceError::new(503, "SlowDown", "Please reduce your request rate."),
        "acm" | "cloudtrail" => ServiceError::new(400, "ThrottlingException", "Rate exceeded"),
        "tagging" => ServiceError::new(400, "ThrottledException", "Rate exceeded"),
        "servicequotas" => ServiceError::new(400, "TooManyRequestsException", "Rate exceeded"),
        "ses" if is_ses_v2(call) => {
            ServiceError::new(429, "TooManyRequestsException", "Rate exceeded")
        }
        "sns" => ServiceError::new(429, "Throttled", "Rate exceeded"),
        _ => ServiceError::new(400, "Throttling", "Rate exceeded"),
    }
}

/// The answer to a body that no operation needs to be so large.
pub(crate) fn too_big() -> ServiceError {
    ServiceError::new(400, "MaxMessageLengthExceeded", "Your request was too big.")
}

/// The error of an AWS that is broken.
pub(crate) fn internal(call: &Call) -> ServiceError {
    let message = "We encountered an internal error. Please try again.";
    match family(call) {
        Family::S3 => ServiceError::new(500, "InternalError", message),
        Family::RestJson => ServiceError::new(500, "InternalServiceErrorException", message),
        Family::Xml | Family::Json => ServiceError::new(500, "InternalFailure", message),
    }
}

/// The answer to a request for a service that the sandbox does not have, in the protocol in which
/// it was asked, so that any client can read it.
pub(crate) fn no_such_service(call: &Call) -> Reply {
    const CODE: &str = "UnknownServiceException";
    let message = format!(
        "the sandbox has no service named {}; it has sts, iam, s3, route53, acm, cloudfront, ses, sns, tagging, servicequotas and cloudtrail",
        call.service
    );
    let error = ServiceError::new(501, CODE, &*message);
    if let Some(form) = Form::of_query(call) {
        // EC2 and its like have a form of the Query protocol of their own.
        return match form.get("Version") {
            Some("2016-11-15") => query::ec2_error(call, &error),
            _ => Dialect { namespace: "" }.error(call, &error),
        };
    }
    if header(call, "content-type").contains("xml") {
        return Dialect { namespace: "" }.error(call, &error);
    }
    let body = serde_json::json!({ "__type": CODE, "message": message }).to_string();
    let mut reply = Reply::new(body.into());
    *reply.status_mut() = http::StatusCode::NOT_IMPLEMENTED;
    let headers = reply.headers_mut();
    headers.insert("x-amzn-errortype", http::HeaderValue::from_static(CODE));
    if let Ok(id) = http::HeaderValue::from_str(&call.request_id) {
        headers.insert("x-amzn-requestid", id);
    }
    reply
}
